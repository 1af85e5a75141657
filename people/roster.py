"""Reads a roster: who is in the file, what is wrong with which row, and the act that takes it in.

Holds always: nothing is taken before it was shown what would be; a row with a fault is taken never
and named with its line; taking a file in is one act, undoing it another, and both stay on record.
"""

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from evidence.enforcing import PersonKind, PostStatus
from evidence.errors import BadInput, LiuhenError, NotFound
from evidence.register_words import word
from people import register, units
from people.register import NewCertificate, Newcomer, NewPosting
from people.staff import members
from storage import schema
from storage.ledger import Act, Ledger, Row

Cells = Mapping[str, str]
"""One row of a file by the heading of its column; empty cells are empty."""

NAME, NUMBER, UNIT, KIND = "姓名", "工号", "单位", "人员类别"
ESTABLISHED, ON_POST, FROM = "在编", "在岗", "任职日期"
CERTIFICATE, ISSUER, VALID_FROM, VALID_TO = "执法证号", "发证机关", "有效期起", "有效期止"
UNDERTAKING = "保密承诺日期"
REQUIRED = (NAME, NUMBER, UNIT, KIND, ESTABLISHED, ON_POST, FROM)
OPTIONAL = (CERTIFICATE, ISSUER, VALID_FROM, VALID_TO, UNDERTAKING)

_YES_NO = {"是": True, "否": False}
_KINDS = {word(kind)[0]: kind for kind in PersonKind}


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row: the column, and the reason's code with its facts."""

    column: str
    why: str
    facts: Mapping[str, str]


@dataclass(frozen=True)
class RosterLine:
    """A row: its line in the file, from 1 for the headings on, and what it comes to."""

    line: int
    newcomer: Newcomer | None
    faults: tuple[Fault, ...] = ()


class _Faults:
    """Collects what is wrong with one row, so that all of it is said at once."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.found: list[Fault] = []

    def add(self, column: str, why: str) -> None:
        self.found.append(Fault(column, why, {"value": self.cells.get(column, "")}))

    def text(self, column: str) -> str:
        value = self.cells.get(column, "").strip()
        if not value:
            self.add(column, "CELL_EMPTY")
        return value

    def day(self, column: str) -> date:
        try:
            return date.fromisoformat(self.text(column).replace("/", "-"))
        except ValueError:
            if self.cells.get(column, "").strip():
                self.add(column, "CELL_DAY")
            return date.min

    def flag(self, column: str) -> bool:
        value = _YES_NO.get(self.text(column))
        if value is None and self.cells.get(column, "").strip():
            self.add(column, "CELL_YES_NO")
        return bool(value)

    def kind(self) -> PersonKind:
        value = _KINDS.get(self.text(KIND))
        if value is None and self.cells.get(KIND, "").strip():
            self.add(KIND, "CELL_KIND")
        return value or PersonKind.EXTERNAL


def read_roster(connection: Connection, rows: Sequence[Cells]) -> list[RosterLine]:
    """What each row would come to; raises `BadInput` for a file without a needed column."""
    if not rows:
        raise BadInput("The file has no rows", why="ROSTER_EMPTY")
    missing = [column for column in REQUIRED if column not in rows[0]]
    if missing:
        raise BadInput("The file lacks columns", why="ROSTER_COLUMNS", columns="、".join(missing))
    known = {unit.name for unit in units.all_units(connection)}
    known |= {unit.id for unit in units.all_units(connection)}
    taken = {one.officer_number for one in members(connection).values()}
    often = Counter(row.get(NUMBER, "").strip() for row in rows)
    lines: list[RosterLine] = []
    for line, cells in enumerate(rows, start=2):
        faults = _Faults(cells)
        newcomer = _newcomer(faults)
        if newcomer.posting.unit and newcomer.posting.unit not in known:
            faults.add(UNIT, "CELL_UNIT")
        if newcomer.officer_number in taken:
            faults.add(NUMBER, "CELL_NUMBER_TAKEN")
        if newcomer.officer_number and often[newcomer.officer_number] > 1:
            faults.add(NUMBER, "CELL_NUMBER_TWICE")
        found = tuple(faults.found)
        lines.append(RosterLine(line, None if found else newcomer, found))
    return lines


def _newcomer(faults: _Faults) -> Newcomer:
    kind, established = faults.kind(), faults.flag(ESTABLISHED)
    if kind is PersonKind.OFFICER and not established:
        faults.add(ESTABLISHED, "CELL_NOT_ESTABLISHED")
    posting = NewPosting(
        from_day=faults.day(FROM),
        unit=faults.text(UNIT),
        kind=kind,
        on_establishment=established,
        on_post=faults.flag(ON_POST),
        status=PostStatus.ACTIVE,
    )
    signed = faults.cells.get(UNDERTAKING, "").strip()
    return Newcomer(
        full_name=faults.text(NAME),
        officer_number=faults.text(NUMBER),
        posting=posting,
        certificate=_certificate(faults),
        undertaking=faults.day(UNDERTAKING) if signed else None,
    )


def _certificate(faults: _Faults) -> NewCertificate | None:
    """The certificate of a row; None where it names none."""
    columns = (CERTIFICATE, ISSUER, VALID_FROM, VALID_TO)
    if not any(faults.cells.get(column, "").strip() for column in columns):
        return None
    number, issuer = faults.text(CERTIFICATE), faults.text(ISSUER)
    first, last = faults.day(VALID_FROM), faults.day(VALID_TO)
    if last < first and last != date.min:
        faults.add(VALID_TO, "CELL_DAYS_ORDER")
    return NewCertificate(number, issuer, first, last)


def take_roster(
    ledger: Ledger, rows: Sequence[Cells], *, file_sha256: str, skip_faulty: bool
) -> tuple[str, list[RosterLine]]:
    """The act `roster.imported`; returns its id and every line. Rows with a fault are left out.

    Raises `BadInput` where any row has a fault and these are not to be skipped, or none is left.
    """
    import_id = secrets.token_hex(8)
    with ledger.act() as act:
        lines = read_roster(act.connection, rows)
        good = [line for line in lines if line.newcomer is not None]
        if len(good) < len(lines) and not skip_faulty:
            raise BadInput(
                "Some rows have faults", why="ROSTER_FAULTS", count=len(lines) - len(good)
            )
        if not good:
            raise BadInput("No row can be taken", why="ROSTER_NOTHING")
        row: Row = {
            "id": import_id,
            "kind": "ROSTER",
            "file_sha256": file_sha256,
            "rows_taken": len(good),
            "rows_refused": len(lines) - len(good),
            "imported_at": act.at_text,
        }
        act.insert(schema.roster_imports, row)
        _insert_all(act, good, import_id=import_id)
        act.enter("roster.imported", {"import": import_id, "rows": len(good)})
    return import_id, lines


def _insert_all(act: Act, lines: Sequence[RosterLine], *, import_id: str) -> None:
    for line in lines:
        if line.newcomer is None:
            continue
        try:
            register.insert_person(act, line.newcomer, import_id=import_id)
        except LiuhenError as error:
            raise BadInput(
                f"Line {line.line}: {error}", why="ROSTER_LINE", line=line.line, reason=str(error)
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
