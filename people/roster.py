"""Reads a roster: who is in the file, what is wrong with which row, and the act that takes it in.

Holds always: nothing is taken before it was shown what would be; a row with a fault is taken never
and named with its line; taking a file in is one act, undoing it another, and both stay on record.
"""

import secrets
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from evidence.enforcing import PersonKind, PostStatus
from evidence.errors import BadInput, LiuhenError, NotFound
from evidence.messages import error_sentence
from evidence.register_words import word
from people import register
from people.cells import Cells, Fault, Reader, Rows, check_columns, is_blank
from people.register import (
    Bearer,
    NewCertificate,
    Newcomer,
    NewPosting,
    all_bearers,
    is_free,
)
from people.units import nameable_units
from storage import schema
from storage.ledger import Act, Ledger, Row

NAME, NUMBER, UNIT, KIND = "姓名", "工号", "单位", "人员类别"
ESTABLISHED, ON_POST, FROM = "在编", "在岗", "任职日期"
CERTIFICATE, ISSUER, VALID_FROM, VALID_TO = "执法证号", "发证机关", "有效期起", "有效期止"
UNDERTAKING = "保密承诺日期"
REQUIRED = (NAME, NUMBER, UNIT, KIND, ESTABLISHED, ON_POST, FROM)
OPTIONAL = (CERTIFICATE, ISSUER, VALID_FROM, VALID_TO, UNDERTAKING)

_KINDS = {word(kind)[0]: kind for kind in PersonKind}


@dataclass(frozen=True)
class RosterLine:
    """A row: its line in the file, from 1 for the headings on, and what it comes to."""

    line: int
    newcomer: Newcomer | None
    faults: tuple[Fault, ...] = ()


COLUMNS = (*REQUIRED, *OPTIONAL)


def read_roster(
    connection: Connection,
    rows: Sequence[Cells],
    *,
    first_line: int = 2,
    within: Collection[str] | None = None,
) -> list[RosterLine]:
    """What each row would come to; raises `BadInput` for a file without a needed column.

    `first_line` is the number of the first of the rows in its file; empty rows are passed over.
    `within` are the units that may be named, None: all; others are as if they were not there.
    """
    check_columns(rows, REQUIRED)
    known = _Known.of(connection, rows, within=within)
    return [
        known.line(line, cells)
        for line, cells in enumerate(rows, start=first_line)
        if not is_blank(cells)
    ]


@dataclass(frozen=True)
class _Known:
    """What rows are held against: units that one name or id means, numbers with their bearers."""

    units: frozenset[str]
    bearers: Mapping[str, Sequence[Bearer]]
    often: Mapping[str, int]

    @classmethod
    def of(
        cls, connection: Connection, rows: Sequence[Cells], *, within: Collection[str] | None
    ) -> "_Known":
        often = Counter(row.get(NUMBER, "").strip() for row in rows)
        return cls(nameable_units(connection, within), all_bearers(connection), often)

    def line(self, line: int, cells: Cells) -> RosterLine:
        reader = Reader(cells)
        newcomer = _newcomer(reader)
        number = newcomer.officer_number
        if newcomer.posting.unit and newcomer.posting.unit not in self.units:
            reader.add(UNIT, "CELL_UNIT")
        if not is_free(self.bearers.get(number, ()), newcomer.full_name):
            reader.add(NUMBER, "CELL_NUMBER_TAKEN")
        if number and self.often[number] > 1:
            reader.add(NUMBER, "CELL_NUMBER_TWICE")
        found = tuple(reader.found)
        return RosterLine(line, None if found else newcomer, found)


def _newcomer(reader: Reader) -> Newcomer:
    kind = reader.choice(KIND, _KINDS, why="CELL_KIND") or PersonKind.EXTERNAL
    established = reader.flag(ESTABLISHED)
    told = any(fault.column == ESTABLISHED for fault in reader.found)
    if kind is PersonKind.OFFICER and not established and not told:
        reader.add(ESTABLISHED, "CELL_NOT_ESTABLISHED")
    posting = NewPosting(
        from_day=reader.day(FROM),
        unit=reader.text(UNIT),
        kind=kind,
        on_establishment=established,
        on_post=reader.flag(ON_POST),
        status=PostStatus.ACTIVE,
    )
    return Newcomer(
        full_name=reader.text(NAME),
        officer_number=reader.text(NUMBER),
        posting=posting,
        certificate=_certificate(reader),
        undertaking=reader.day(UNDERTAKING) if reader.is_given(UNDERTAKING) else None,
    )


def _certificate(reader: Reader) -> NewCertificate | None:
    """The certificate of a row; None where it names none."""
    if not any(reader.is_given(one) for one in (CERTIFICATE, ISSUER, VALID_FROM, VALID_TO)):
        return None
    number, issuer = reader.text(CERTIFICATE), reader.text(ISSUER)
    first, last = reader.day(VALID_FROM), reader.day(VALID_TO)
    if last < first and last != date.min:
        reader.add(VALID_TO, "CELL_DAYS_ORDER")
    return NewCertificate(number, issuer, first, last)


def take_roster(
    ledger: Ledger,
    rows: Sequence[Cells],
    *,
    file_sha256: str,
    skip_faulty: bool,
    first_line: int = 2,
) -> tuple[str, list[RosterLine]]:
    """The act `roster.imported`; returns its id and every line. Rows with a fault are left out.

    Raises `BadInput` where any row has a fault and these are not to be skipped, or none is left.
    """
    read = Rows(tuple(rows), first_line)
    return take_within(ledger, read, file_sha256=file_sha256, skip_faulty=skip_faulty, within=None)


def take_within(
    ledger: Ledger,
    rows: Rows,
    *,
    file_sha256: str,
    skip_faulty: bool,
    within: Collection[str] | None,
) -> tuple[str, list[RosterLine]]:
    """The same, by somebody who may name these units only; None: all."""
    with ledger.act() as act:
        lines = read_roster(act.connection, rows.cells, first_line=rows.first_line, within=within)
        good = [line for line in lines if line.newcomer is not None]
        refused = len(lines) - len(good)
        counts = check_faults(len(good), refused=refused, skip_faulty=skip_faulty)
        import_id = insert_import(act, "ROSTER", file_sha256=file_sha256, counts=counts)
        _insert_all(act, good, import_id=import_id)
        act.enter("roster.imported", {"import": import_id, "rows": len(good)})
    return import_id, lines


def check_faults(good: int, *, refused: int, skip_faulty: bool) -> tuple[int, int]:
    """How many rows are taken and how many are left out; raises `BadInput` where none may be."""
    if refused and not skip_faulty:
        raise BadInput("Some rows have faults", why="ROSTER_FAULTS", count=refused)
    if not good:
        raise BadInput("No row can be taken", why="ROSTER_NOTHING")
    return good, refused


def insert_import(act: Act, kind: str, *, file_sha256: str, counts: tuple[int, int]) -> str:
    """Writes that a file was read in, with its rows taken and left out; returns the id."""
    row: Row = {
        "id": secrets.token_hex(8),
        "kind": kind,
        "file_sha256": file_sha256,
        "rows_taken": counts[0],
        "rows_refused": counts[1],
        "imported_at": act.at_text,
    }
    act.insert(schema.roster_imports, row)
    return str(row["id"])


def _insert_all(act: Act, lines: Sequence[RosterLine], *, import_id: str) -> None:
    for line in lines:
        if line.newcomer is not None:
            with of_line(line.line):
                register.insert_person(act, line.newcomer, import_id=import_id)


@contextmanager
def of_line(line: int) -> Iterator[None]:
    """Names the line of whatever is refused within, in both languages."""
    try:
        yield
    except LiuhenError as error:
        chinese, english = error_sentence(error.code, str(error), facts=error.facts)
        raise BadInput(
            f"Line {line}: {error}",
            why="ROSTER_LINE",
            line=line,
            reason_zh=chinese,
            reason_en=english,
        ) from error


def undo_roster(ledger: Ledger, import_id: str, *, reason: str) -> None:
    """The act `roster.undone`: what a file stated counts no more. Raises `BadInput`, `NotFound`."""
    table, undos = schema.roster_imports, schema.roster_undos
    with ledger.act() as act:
        if (
            act.connection.execute(select(table.c.id).where(table.c.id == import_id)).first()
            is None
        ):
            raise NotFound(f"No roster {import_id} was read in", why="NO_ROSTER", roster=import_id)
        if act.connection.execute(select(undos.c.id).where(undos.c.id == import_id)).first():
            raise BadInput(f"Roster {import_id} was undone", why="ROSTER_UNDONE", roster=import_id)
        row: Row = {
            "id": import_id,
            "reason": register.remark(act, reason),
            "undone_at": act.at_text,
        }
        act.insert(undos, row)
        act.enter("roster.undone", {"import": import_id})


def imports(connection: Connection) -> Iterator[Mapping[str, str | int | None]]:
    """Every file that was read in, newest first, with the moment it was undone, if it was."""
    table, undos = schema.roster_imports, schema.roster_undos
    joined = table.join(undos, undos.c.id == table.c.id, isouter=True)
    query = select(table, undos.c.undone_at).select_from(joined)
    for row in connection.execute(query.order_by(table.c.imported_at.desc())).mappings():
        yield dict(row)


def units_of_import(connection: Connection, import_id: str) -> frozenset[str]:
    """The units in which a file posted people, or which ever had a device of it; undone or not."""
    posted, kinds, owned = schema.postings, schema.recorder_kinds, schema.recorder_units
    people = select(posted.c.unit_id).where(posted.c.import_id == import_id)
    listed = select(kinds.c.recorder_id).where(kinds.c.import_id == import_id)
    devices = select(owned.c.unit_id).where(owned.c.recorder_id.in_(listed))
    return frozenset(connection.execute(people.union(devices)).scalars())
