"""Yearly clean-ups of personnel that nobody signed, judged for findings (R-056).

Holds always: as in `cases.finding_look`; each year is judged by the bodies and the policy of its
last day, and only years in which the body was on record here and had people: what was signed on
paper before, nobody here can know.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select

from cases.finding_look import Among, Due, Look, due_of, stamped
from evidence.entry import parse_time
from evidence.finding_facts import of_clean_up
from evidence.finding_rules import About, FindingKind, Holding
from evidence.ratio import day_of
from people.bodies import Body
from people.clean_up import signed_years
from people.staff import first_days
from storage import schema

_KIND = FindingKind.CLEAN_UP_UNSIGNED


class _Told(NamedTuple):
    """A finding that holds, and the day by whose policy it does."""

    holding: Holding
    due: date


def judge_clean_ups(look: Look, _signed: str | None = None) -> list[Due]:
    """Every year of every body whose last day has passed unsigned.

    A signature bears on units below the one it is for, so all are judged anew whatever was signed.
    """
    told = {one.holding.subject: one for one in _unsigned(look)}
    table = schema.findings
    query = select(table.c.subject).where(table.c.kind == _KIND.value)
    subjects = {*look.connection.execute(query).scalars(), *told}
    holding = [one.holding for one in told.values()]
    found: list[Due] = []
    for change in due_of(look, subjects, holding=holding, among=Among({_KIND})):
        unit = None if change.holding is None else change.holding.about.unit
        due = told[change.holding.subject].due if change.holding is not None else day_of(look.now)
        found += stamped(look, [change], unit=unit, day=due)
    return found


def _unsigned(look: Look) -> Iterator[_Told]:
    today, known = day_of(look.now), _known(look.connection)
    first = min((one.added for one in known.values()), default=today)
    for year in range(first.year, today.year + 1):
        for body in look.bodies(date(year, 12, 31)):
            unit, due = body.unit.id, _last_day(look, body.unit.id, year=year)
            if due is None or due >= today or not _owes(known, body, due=due):
                continue
            about = About(unit, look.principal(unit, due))
            yield from (_Told(one, due) for one in of_clean_up(unit, year, due=due, about=about))


def _last_day(look: Look, unit: str, *, year: int) -> date | None:
    """By which day of a year its clean-up is signed; None where there is no such duty."""
    policy = look.policy(unit, date(year, 12, 31))
    due = None if policy is None else policy.value("clean_up.due")
    return None if due is None else date.fromisoformat(f"{year}-{due}")


# --- what is on record ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Unit:
    """What is on record of a unit: when it was added, since when it has people, what it signed."""

    above: str | None
    added: date
    staffed: date | None
    signed: frozenset[int]


def _known(connection: Connection) -> dict[str, _Unit]:
    """Every unit by its id."""
    staffed, signed = first_days(connection), signed_years(connection)
    return {
        row.id: _Unit(
            above=row.parent_id,
            added=day_of(parse_time(row.added_at)),
            staffed=staffed.get(row.id),
            signed=signed.get(row.id, frozenset()),
        )
        for row in connection.execute(select(schema.units))
    }


def _owes(known: Mapping[str, _Unit], body: Body, *, due: date) -> bool:
    """Whether an enforcing body had people by that day, and neither it nor one above it signed."""
    if not body.owes_ratio or known[body.unit.id].added > due:
        return False
    since = [known[one].staffed for one in body.units]
    if not any(day is not None and day <= due for day in since):
        return False
    at: str | None = body.unit.id
    while at is not None:
        if due.year in known[at].signed:
            return False
        at = known[at].above
    return True
