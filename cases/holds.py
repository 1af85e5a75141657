"""Holds (保全) as acts: placed, reviewed, and released by somebody else than asked for them.

Holds always: whatever a hold reaches is told anew each time it is asked (`active_holds`), so what
is docked afterwards is held too, and what it found when it was placed stays held; each act runs
under the log's lock, as every act does. Whoever removes bytes must, in the transaction that writes
the tombstone and under that same lock, ask `active_holds` for each recording and write none that is
held; a hold that is placed after that commit finds the tombstone and is refused. So a hold that was
acknowledged keeps its bytes. A release disposes of nothing.
"""

import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select

from cases import holds_found, kept, reading
from cases.quarantine import known_recording
from evidence.canonical import Json, dumps
from evidence.entry import parse_time
from evidence.errors import BadInput, NotFound, Refused
from evidence.personal import REMARK
from evidence.ratio import day_of
from evidence.retention_holds import HoldKind, HoldState, Scope, reaches, read_scope, state_of
from storage import graves, schema
from storage.ledger import Act, Ledger
from storage.ledger import Row as NewRow

SET_BY_SYSTEM = frozenset({HoldKind.REMEDY_WINDOW, HoldKind.TRANSFER})
"""Kinds that follow from what was decided or handed over; a person may place them too."""


@dataclass(frozen=True)
class NewHold:
    """A hold to be placed: what for, by which basis, who answers for it, when it is looked at.

    `person` asks for it, None where it follows from a fact on record, which `origin` then names.
    `until` is the last day of one that ends by itself; `unit` is whose list it stands in.
    """

    kind: HoldKind
    basis: str
    scope: Scope
    review_on: date
    owner: str | None
    person: str | None
    note: str | None = None
    until: date | None = None
    unit: str | None = None
    origin: str | None = None


@dataclass(frozen=True)
class Release:
    """Who lets go, and on what basis."""

    person: str
    basis: str
    note: str | None = None


@dataclass(frozen=True)
class Released:
    """Who let go, when and on what basis; `note` is None once erased."""

    person: str
    basis: str
    note: str | None
    at: str


@dataclass(frozen=True)
class Hold:
    """A hold as it stands; times are UTC texts as rows hold them.

    `listed` are the recordings that it found when it was placed, `review_on` the day set last.
    """

    id: str
    kind: HoldKind
    unit: str | None
    basis: str
    note: str | None
    owner: str | None
    scope: Scope
    listed: frozenset[str]
    review_on: date
    until: date | None
    origin: str | None
    person: str | None
    placed_at: str
    released: Released | None = None

    def state(self, today: date) -> HoldState:
        """Whether it holds on a day."""
        return state_of(is_released=self.released is not None, until=self.until, today=today)

    def is_review_late(self, today: date) -> bool:
        """Whether somebody should have looked at it by now."""
        return self.state(today) is HoldState.ACTIVE and self.review_on < today


def place_hold(ledger: Ledger, new: NewHold) -> str:
    """The act `hold.placed`, whose entry lists all that is held; returns the hold's id.

    Raises `BadInput` or `NotFound`.
    """
    with ledger.act() as act:
        hold = put_hold(act, new)
        facts: dict[str, Json] = {"hold": hold, "kind": new.kind.value}
        act.enter("hold.placed", {**facts, "objects": [*sorted(find(act.connection, hold).listed)]})
    return hold


def release_hold(ledger: Ledger, hold_id: str, *, said: Release) -> None:
    """The act `hold.released`, by another person than asked for it.

    Raises `NotFound`, `BadInput` without a basis or for one that is over, `Refused`.
    """
    basis = kept.needed_line(said.basis, "HOLD_BASIS")
    with ledger.act() as act:
        found = find(act.connection, hold_id)
        _check_active(found, today=day_of(act.at))
        if found.person == said.person:
            message = f"{hold_id} is released by another person than asked for it"
            raise Refused(message, code="HOLD_SECOND_PERSON", hold=hold_id)
        row: NewRow = {
            "id": hold_id,
            "basis": basis,
            "note": kept.keep(act, REMARK, value=said.note),
            "person_id": kept.known_person(act.connection, said.person),
            "released_at": act.at_text,
        }
        act.insert(schema.hold_releases, row)
        act.enter("hold.released", {"hold": hold_id, "kind": found.kind.value})


def review_hold(
    ledger: Ledger, hold_id: str, *, person: str, review_on: date, note: str | None = None
) -> None:
    """The act `hold.reviewed`: somebody looked at it, and says when it is looked at next.

    Raises `NotFound`, or `BadInput` for a day that is past or a hold that is over.
    """
    with ledger.act() as act:
        found = find(act.connection, hold_id)
        _check_active(found, today=day_of(act.at))
        row: NewRow = {
            **act.numbered(schema.hold_reviews, owner="hold_id", value=hold_id),
            "review_on": _review_day(act, review_on),
            "note": kept.keep(act, REMARK, value=note),
            "person_id": kept.known_person(act.connection, person),
            "stated_at": act.at_text,
        }
        act.insert(schema.hold_reviews, row)
        act.enter("hold.reviewed", {"hold": hold_id, "review_on": review_on.isoformat()})


def put_hold(act: Act, new: NewHold) -> str:
    """Writes a hold within an act; returns its id. Raises `BadInput` or `NotFound`."""
    new.scope.check()
    _check_known(act.connection, new)
    listed = _still_here(act, new)
    row: NewRow = {
        "id": secrets.token_hex(8),
        "kind": new.kind.value,
        "unit_id": new.unit,
        "basis": kept.needed_line(new.basis, "HOLD_BASIS"),
        "note": kept.keep(act, REMARK, value=new.note),
        "owner_id": new.owner,
        "scope": new.scope.text(),
        "listed": dumps([*listed]).decode(),
        "review_on": _review_day(act, new.review_on),
        "until_day": None if new.until is None else new.until.isoformat(),
        "origin": new.origin,
        "person_id": new.person,
        "stated_at": act.at_text,
    }
    act.insert(schema.holds, row)
    return str(row["id"])


def _still_here(act: Act, new: NewHold) -> list[str]:
    """What a hold finds whose bytes are here.

    Raises `Refused` (HOLD_TOO_LATE) where somebody names what was disposed of, or all that is found
    was: nothing is acknowledged that cannot be kept. A hold that follows from a fact keeps what is
    left: no fact is refused for it.
    """
    found = holds_found.found_by(act.connection, new.scope, placed=act.at)
    gone = graves.graves(act.connection, found)
    named = sorted(gone.keys() & set(new.scope.recordings))
    here = [one for one in found if one not in gone]
    if new.origin is None and gone and (named or not here):
        first = gone[named[0]] if named else next(iter(gone.values()))
        grave = first.certificate or first.batch
        message = f"{first.recording} was disposed of ({grave})"
        raise Refused(message, code="HOLD_TOO_LATE", recording=first.recording, grave=grave)
    return here


def _check_known(connection: Connection, new: NewHold) -> None:
    """Raises `NotFound` for whatever a hold names that is not there."""
    for person in {new.person, new.owner, *new.scope.persons} - {None}:
        kept.known_person(connection, str(person))
    for case in new.scope.cases:
        reading.case(connection, case)
    for action in new.scope.actions:
        reading.action(connection, action)
    for recording in new.scope.recordings:
        known_recording(connection, recording)


def _check_active(found: Hold, *, today: date) -> None:
    if found.state(today) is not HoldState.ACTIVE:
        raise BadInput(f"The hold {found.id} is over already", why="HOLD_OVER", hold=found.id)


def _review_day(act: Act, day: date) -> str:
    """The day as rows hold it; raises `BadInput` for one that is past."""
    if day < day_of(act.at):
        raise BadInput("The review is to come", why="HOLD_REVIEW", day=day.isoformat())
    return day.isoformat()


# --- reading --------------------------------------------------------------------------------------


def active_holds(connection: Connection, recording: str, *, today: date) -> list[Hold]:
    """The holds that keep a recording on a day, the first placed first; none: nothing holds it.

    Ask it on the connection of the act that decides (`Act.connection`), so that no hold can be
    placed between the answer and the decision.
    """
    there = all_active(connection, today=today)
    return reaching(connection, recording, among=there)


def reaching(connection: Connection, recording: str, *, among: Collection[Hold]) -> list[Hold]:
    """Those of some holds that reach a recording now; for many recordings, ask for holds once."""
    if not among:
        return []
    facts = holds_found.holdable(connection, recording)
    return [
        one
        for one in among
        if recording in one.listed or reaches(one.scope, facts, placed=parse_time(one.placed_at))
    ]


def held_by(connection: Connection, hold: Hold) -> list[str]:
    """Every recording that a hold holds now: what it found when it was placed, and since.

    What was disposed of before is not held by it.
    """
    now = holds_found.found_by(connection, hold.scope, placed=parse_time(hold.placed_at))
    found = {*hold.listed, *now}
    return sorted(found - graves.graves(connection, found).keys())


def all_active(connection: Connection, *, today: date) -> list[Hold]:
    """Every hold that holds on a day, the first placed first."""
    table, releases = schema.holds, schema.hold_releases
    query = _joined().where(releases.c.id.is_(None))
    query = query.where(or_(table.c.until_day.is_(None), table.c.until_day >= today.isoformat()))
    return _holds(connection, query.order_by(table.c.stated_at, table.c.id))


def all_holds(connection: Connection) -> list[Hold]:
    """Every hold that ever was, the latest first."""
    table = schema.holds
    return _holds(connection, _joined().order_by(table.c.stated_at.desc(), table.c.id))


def find(connection: Connection, hold_id: str) -> Hold:
    """A hold by its id. Raises `NotFound`."""
    found = _holds(connection, _joined().where(schema.holds.c.id == hold_id))
    if not found:
        raise NotFound(f"There is no hold {hold_id}", why="NO_HOLD", hold=hold_id)
    return found[0]


def of_origin(connection: Connection, origin: str) -> Hold | None:
    """The hold that followed from a fact on record, None where none did."""
    found = _holds(connection, _joined().where(schema.holds.c.origin == origin))
    return found[0] if found else None


def _joined() -> Select[Any]:
    table, releases, reviews = schema.holds, schema.hold_releases, schema.hold_reviews
    last = select(reviews.c.hold_id, func.max(reviews.c.number).label("number"))
    newest = last.group_by(reviews.c.hold_id).subquery()
    joined = table.join(releases, releases.c.id == table.c.id, isouter=True)
    joined = joined.join(newest, newest.c.hold_id == table.c.id, isouter=True)
    same = (reviews.c.hold_id == newest.c.hold_id) & (reviews.c.number == newest.c.number)
    joined = joined.join(reviews, same, isouter=True)
    return select(
        table,
        reviews.c.review_on.label("reviewed_to"),
        releases.c.basis.label("release_basis"),
        releases.c.note.label("release_note"),
        releases.c.person_id.label("released_by"),
        releases.c.released_at,
    ).select_from(joined)


def _holds(connection: Connection, query: Select[Any]) -> list[Hold]:
    rows = connection.execute(query).all()
    texts = kept.opened(connection, (one for row in rows for one in (row.note, row.release_note)))
    return [_hold(row, texts) for row in rows]


def _hold(row: Row[Any], texts: Mapping[str, str]) -> Hold:
    released = None
    if row.released_at is not None:
        note = texts.get(row.release_note or "")
        released = Released(row.released_by, row.release_basis, note, row.released_at)
    return Hold(
        id=row.id,
        kind=HoldKind(row.kind),
        unit=row.unit_id,
        basis=row.basis,
        note=texts.get(row.note or ""),
        owner=row.owner_id,
        scope=read_scope(row.scope),
        listed=frozenset(json.loads(row.listed)),
        review_on=date.fromisoformat(row.reviewed_to or row.review_on),
        until=None if row.until_day is None else date.fromisoformat(row.until_day),
        origin=row.origin,
        person=row.person_id,
        placed_at=row.stated_at,
        released=released,
    )
