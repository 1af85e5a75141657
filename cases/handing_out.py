"""What leaves the house under a grant: copies against a signed receipt, media lent and due back.

Holds always: to copy is not to borrow, and to see is neither (R-204): each needs a grant of its own
kind that is active on the day; a copy is an original with its digest and custody entries beside it;
who got it, from whom and when stands in a signed receipt, entered with the act; a lent medium is
due on a day within its grant, and what is not back after that day is overdue until it is.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from cases import confidentiality, grants, kept
from cases.grants import Grant
from evidence import note
from evidence.access import CopyForm, GrantKind, GrantState, allowed_forms
from evidence.access_messages import ACCESS_WORDS
from evidence.canonical import Json
from evidence.errors import BadInput, NotFound, Refused
from evidence.personal import REMARK
from evidence.ratio import day_of
from storage import listing, schema
from storage.durable import make_dirs_durably, write_durably
from storage.exporting import check_target, export_original
from storage.ledger import Act, Ledger
from storage.ledger import Row as NewRow
from storage.reporting import log_position
from storage.site import Site

RECEIPT = "liuhen copy receipt v1"
_MOST_ENTRIES = 10_000


@dataclass(frozen=True)
class CopyOut:
    """A copy that left, with its signed receipt; `receiver` is None once erased."""

    id: str
    grant: str
    form: CopyForm
    receiver: str | None
    signed: str
    person: str
    stated_at: str


@dataclass(frozen=True)
class Loan:
    """A lent medium; `back_at` is None while it is out. Times are UTC texts."""

    id: str
    grant: str
    medium: str
    due_on: date
    receiver: str | None
    person: str
    stated_at: str
    back_at: str | None
    back_note: str | None

    def is_overdue(self, today: date) -> bool:
        """Whether it should have been back before this day."""
        return self.back_at is None and today > self.due_on


@dataclass(frozen=True)
class NewLoan:
    """A medium to lend until a day, included, to somebody."""

    medium: str
    due_on: date
    receiver: str


# --- copies ---------------------------------------------------------------------------------------


def give_originals(
    site: Site, grant_id: str, *, folder: Path, receiver: str, person: str
) -> CopyOut:
    """The act `access.copied`: every recording of a grant, into a new folder, against a receipt.

    Beside each original lie its custody entries; `SHA256SUMS` and the signed receipt name them all.
    Raises `NotFound`, `BadInput` for a folder that is there or a receiver that is missing,
    `Refused` (GRANT_NOT_COPY, GRANT_NOT_ACTIVE, COPY_FORM), `StorageFailed` or `OutOfSpace`.
    """
    kept.needed_line(receiver, "COPY_RECEIVER")
    with site.database.read() as connection:
        recordings = _to_copy(connection, grant_id, today=day_of(site.clock()))
    check_target(folder)
    make_dirs_durably(folder, 0o700)
    sizes = {one: export_original(site, one, target=folder / one) for one in recordings}
    sums = "".join(f"{one}  {one}\n" for one in recordings)
    write_durably(folder / "SHA256SUMS", sums.encode())
    listing.catch_up(site.database)
    for one in recordings:
        _write_custody(site, one, folder=folder)
    with site.ledger.act() as act:
        _to_copy(act.connection, grant_id, today=day_of(act.at))  # it may have ended meanwhile
        made = _enter_copy(site, act, grant_id=grant_id, sizes=sizes, said=(receiver, person))
    write_durably(folder / "receipt.txt", made.signed.encode())
    return made


def _to_copy(connection: Connection, grant_id: str, *, today: date) -> list[str]:
    found = _usable(connection, grant_id, kind=GrantKind.COPY, today=today)
    recordings = grants.objects_of(connection, found)
    levels = confidentiality.levels(connection, recordings)
    for one in recordings:
        level = levels.get(one)
        if level and CopyForm.ORIGINAL not in allowed_forms(found.whom.kind, level=level):
            raise Refused(f"{one} is confidential", code="COPY_FORM", recording=one)
    if not recordings:
        raise BadInput("The grant reaches nothing", why="COPY_NOTHING", grant=grant_id)
    return recordings


def _write_custody(site: Site, recording: str, *, folder: Path) -> None:
    with site.database.read() as connection:
        rows = listing.of_recording(connection, recording)
        subjects = [f"recording/{recording}", *sorted({f"session/{row.session}" for row in rows})]
        bodies = listing.entries_about(connection, subjects, limit=_MOST_ENTRIES)
    lines = "".join(f"{body}\n" for body in bodies)
    write_durably(folder / f"{recording}.custody.jsonl", lines.encode())


def _enter_copy(
    site: Site, act: Act, *, grant_id: str, sizes: Mapping[str, int], said: tuple[str, str]
) -> CopyOut:
    receiver, person = said
    position = log_position(act.connection).checkpoint
    commitment = kept.keep_needed(act, REMARK, value=receiver, why="COPY_RECEIVER")
    numbered = act.numbered(schema.copies_out, owner="grant_id", value=grant_id)
    listed: list[Json] = [{"recording": one, "size": str(size)} for one, size in sizes.items()]
    body: dict[str, Json] = {
        "v": 1,
        "site": site.site_id,
        "copy": str(numbered["id"]),
        "grant": grant_id,
        "form": CopyForm.ORIGINAL.value,
        "receiver": commitment,
        "given_by": kept.known_person(act.connection, person),
        "given_at": act.at_text,
        "log": {"origin": position.origin, "size": position.size, "root": position.root.hex()},
        "recordings": listed,
    }
    row: NewRow = {
        **numbered,
        "form": CopyForm.ORIGINAL.value,
        "receiver": commitment,
        "signed": site.station_signer.note(note.statement(RECEIPT, body)),
        "person_id": person,
        "stated_at": act.at_text,
    }
    act.insert(schema.copies_out, row)
    facts: dict[str, Json] = {"grant": grant_id, "copy": str(row["id"]), "objects": [*sizes]}
    act.enter("access.copied", facts)
    return CopyOut(
        str(row["id"]),
        grant_id,
        CopyForm.ORIGINAL,
        receiver.strip(),
        str(row["signed"]),
        person,
        act.at_text,
    )


def copies_of(connection: Connection, grant_id: str) -> list[CopyOut]:
    """What left under a grant, in order."""
    table, data = schema.copies_out, schema.personal_data
    joined = table.join(data, data.c.id == table.c.receiver, isouter=True)
    query = select(table, data.c.value).select_from(joined).where(table.c.grant_id == grant_id)
    return [
        CopyOut(
            row.id,
            row.grant_id,
            CopyForm(row.form),
            row.value,
            row.signed,
            row.person_id,
            row.stated_at,
        )
        for row in connection.execute(query.order_by(table.c.number))
    ]


# --- loans ----------------------------------------------------------------------------------------


def lend(ledger: Ledger, grant_id: str, *, new: NewLoan, person: str) -> str:
    """The act `access.lent`; returns the loan's id.

    Raises `NotFound`, `BadInput` for what is missing or a due day that is past or after the grant's
    last, `Refused` (GRANT_NOT_BORROW, GRANT_NOT_ACTIVE).
    """
    with ledger.act() as act:
        today = day_of(act.at)
        found = _usable(act.connection, grant_id, kind=GrantKind.BORROW, today=today)
        if not today <= new.due_on <= found.term.last:
            last = found.term.last.isoformat()
            raise BadInput("It is due outside its grant", why="LOAN_DUE", last=last)
        row: NewRow = {
            **act.numbered(schema.borrowings, owner="grant_id", value=grant_id),
            "medium": kept.needed_line(new.medium, "LOAN_MEDIUM"),
            "due_on": new.due_on.isoformat(),
            "receiver": kept.keep_needed(act, REMARK, value=new.receiver, why="COPY_RECEIVER"),
            "person_id": kept.known_person(act.connection, person),
            "stated_at": act.at_text,
        }
        act.insert(schema.borrowings, row)
        facts: dict[str, Json] = {"grant": grant_id, "borrowing": str(row["id"])}
        objects: list[Json] = [*grants.objects_of(act.connection, found)]
        act.enter("access.lent", {**facts, "due_on": row["due_on"], "objects": objects})
    return str(row["id"])


def take_back(ledger: Ledger, loan_id: str, *, person: str, said: str | None = None) -> None:
    """The act `access.returned`, late or not. Raises `NotFound`, `BadInput` where it is back."""
    with ledger.act() as act:
        found = loan(act.connection, loan_id)
        if found.back_at is not None:
            raise BadInput(f"{loan_id} is back", why="LOAN_BACK", loan=loan_id)
        row: NewRow = {
            "id": loan_id,
            "note": kept.keep(act, REMARK, value=said),
            "person_id": kept.known_person(act.connection, person),
            "stated_at": act.at_text,
        }
        act.insert(schema.borrowing_ends, row)
        act.enter("access.returned", {"grant": found.grant, "borrowing": loan_id})


def loan(connection: Connection, loan_id: str) -> Loan:
    """A loan by its id. Raises `NotFound`."""
    found = _loans(connection, _joined().where(schema.borrowings.c.id == loan_id))
    if not found:
        raise NotFound(f"There is no loan {loan_id}", why="NO_LOAN", loan=loan_id)
    return found[0]


def loans(connection: Connection, of: Collection[str] | None = None) -> list[Loan]:
    """What was lent, of some grants or of all: what is out first, by due day."""
    query = _joined()
    if of is not None:
        query = query.where(schema.borrowings.c.grant_id.in_(sorted(of)))
    return sorted(_loans(connection, query), key=lambda one: (one.back_at is not None, one.due_on))


def _joined() -> Select[Any]:
    table, ends, data = schema.borrowings, schema.borrowing_ends, schema.personal_data
    said, why = data.alias(), data.alias()
    joined = (
        table.join(ends, ends.c.id == table.c.id, isouter=True)
        .join(said, said.c.id == table.c.receiver, isouter=True)
        .join(why, why.c.id == ends.c.note, isouter=True)
    )
    columns = (said.c.value.label("name"), ends.c.stated_at.label("back_at"), why.c.value)
    return select(table, *columns).select_from(joined)


def _loans(connection: Connection, query: Select[Any]) -> list[Loan]:
    return [_loan(row) for row in connection.execute(query)]


def _loan(row: Row[Any]) -> Loan:
    return Loan(
        id=row.id,
        grant=row.grant_id,
        medium=row.medium,
        due_on=date.fromisoformat(row.due_on),
        receiver=row.name,
        person=row.person_id,
        stated_at=row.stated_at,
        back_at=row.back_at,
        back_note=row.value,
    )


def _usable(connection: Connection, grant_id: str, *, kind: GrantKind, today: date) -> Grant:
    """The grant, if it is of this kind and active. Raises `NotFound` or `Refused`."""
    found = grants.find(connection, grant_id)
    if found.kind is not kind:
        chinese, english = ACCESS_WORDS[GrantKind][found.kind.name]
        facts = {"kind": english, "kind_zh": chinese, "grant": grant_id}
        message = f"{grant_id} is no grant to {kind.value.lower()}"
        raise Refused(message, code=f"GRANT_NOT_{kind.value}", **facts)
    state = found.state(today)
    if state is not GrantState.ACTIVE:
        chinese, english = ACCESS_WORDS[GrantState][state.name]
        facts = {"state": english, "state_zh": chinese, "grant": grant_id}
        raise Refused(f"{grant_id} is not active", code="GRANT_NOT_ACTIVE", **facts)
    return found
