"""The yearly clean-up of the roster: who may not enforce and why, and who signed the list (R-056).

Holds always: the list is made from the register, never written by hand; signing binds its digest,
so that what was signed can be told from what the register says later.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from evidence.canonical import Json, dumps
from evidence.enforcing import PersonKind, Standing, may_enforce
from evidence.errors import BadInput
from people.bodies import bodies
from people.ratio_rule import annual_check_for
from people.register import known_person
from people.staff import Member, members
from people.units import all_units, below, chosen
from storage import schema
from storage.ledger import Ledger, Row


@dataclass(frozen=True)
class CleanUpLine:
    """Somebody on the books as an officer who may not enforce that day."""

    person: Member
    standing: Standing


@dataclass(frozen=True)
class SignedCleanUp:
    """A list that was signed; `is_late` where that was after the year's end."""

    year: int
    listed: int
    sha256: str
    signer: str
    signed_on: date

    @property
    def is_late(self) -> bool:
        """Whether the year was over by then."""
        return self.signed_on > date(self.year, 12, 31)


def clean_up_list(connection: Connection, unit: str, *, day: date) -> list[CleanUpLine]:
    """Every officer of a unit and those below who may not enforce on a day, with the reasons.

    Raises `NotFound` for a unit that there is not, or where no profile is in force.
    """
    tree = all_units(connection)
    within = below(tree, chosen(tree, unit).id)
    profiles = {one: body.followed for body in bodies(connection, day) for one in body.units}
    found = []
    for person in members(connection, units=within).values():
        standing = may_enforce(person.facts, day)
        posting = standing.posting
        if posting is None or posting.unit_id not in within:
            continue
        check = annual_check_for(profiles[posting.unit_id], day)
        standing = may_enforce(person.facts, day, annual_check=check)
        if posting.kind is PersonKind.OFFICER and standing.bars:
            found.append(CleanUpLine(person, standing))
    return sorted(found, key=lambda one: (one.person.officer_number or "", one.person.id))


def sign_clean_up(ledger: Ledger, unit: str, *, year: int, signer: str, day: date) -> SignedCleanUp:
    """The act `clean_up.signed` on a day, of the list as it is then.

    Raises `NotFound`, or `BadInput` for a year that has not begun.
    """
    if year > day.year:
        raise BadInput("That year is still to come", why="DAY_TO_COME", day=str(year))
    table = schema.clean_ups
    with ledger.act() as act:
        unit_id = chosen(all_units(act.connection), unit).id
        lines = clean_up_list(act.connection, unit_id, day=min(day, date(year, 12, 31)))
        sha256 = _digest(lines)
        row: Row = {
            **act.numbered(table, owner="unit_id", value=unit_id),
            "year": year,
            "listed": len(lines),
            "list_sha256": sha256,
            "signer_id": known_person(act.connection, signer),
            "signed_on": day.isoformat(),
            "stated_at": act.at_text,
        }
        act.insert(table, row)
        act.enter("clean_up.signed", {"unit": unit_id, "year": year, "listed": len(lines)})
    return SignedCleanUp(year, len(lines), sha256, signer, day)


def signed_clean_up(connection: Connection, unit: str, *, year: int) -> SignedCleanUp | None:
    """The first signature of a year, None where nobody signed. `unit` is an id."""
    table = schema.clean_ups
    query = select(table).where(table.c.unit_id == unit, table.c.year == year)
    row = connection.execute(query.order_by(table.c.number).limit(1)).first()
    if row is None:
        return None
    signed_on = date.fromisoformat(row.signed_on)
    return SignedCleanUp(year, row.listed, row.list_sha256, row.signer_id, signed_on)


def signed_years(connection: Connection) -> dict[str, frozenset[int]]:
    """The years that were signed for, by the unit they were signed for."""
    table = schema.clean_ups
    found: defaultdict[str, set[int]] = defaultdict(set)
    for row in connection.execute(select(table.c.unit_id, table.c.year).distinct()):
        found[row.unit_id].add(row.year)
    return {unit: frozenset(years) for unit, years in found.items()}


def _digest(lines: Sequence[CleanUpLine]) -> str:
    body: list[Json] = [
        {"person": one.person.id, "reasons": [bar.value for bar in one.standing.bars]}
        for one in lines
    ]
    return hashlib.sha256(dumps(body)).hexdigest()
