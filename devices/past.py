"""How the ratio went: each day by the bodies and the policy of that very day.

Holds always: a day is judged as the board judges it when asked for that day; where the unit owed
no ratio there is no day; where no profile was in force nothing is said, and never by another one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise

from sqlalchemy import Connection

from devices.board import Register, read_facts, sorted_by
from devices.sections import with_sections
from evidence.ratio import RatioDay, Window, by_day, first_moment, history
from people import units
from people.bodies import Body, bodies, turning_days
from people.policies import Followed
from people.ratio_rule import rule_for, stamp_for


@dataclass(frozen=True)
class Stretch:
    """Days after each other, both included, through which the bodies are the same.

    `lines` are the bodies that owe a ratio and the units of each, by unit.
    """

    first: date
    last: date
    register: Register
    lines: dict[str, Body]


def read_past(connection: Connection, *, first: date, last: date) -> list[Stretch]:
    """The register through these days, in stretches."""
    tree, facts = units.all_units(connection), read_facts(connection)
    turns = [day for day in turning_days(connection) if first < day <= last]
    found = []
    for begins, after in pairwise([first, *turns, last + timedelta(days=1)]):
        register = sorted_by(bodies(connection, begins), facts)
        register, sections = with_sections(register, tree)
        lines = {section.body.unit.id: section.body for section in sections}
        found.append(Stretch(begins, after - timedelta(days=1), register, lines))
    return found


def days_of(past: Sequence[Stretch], unit: str, *, until: datetime | None = None) -> list[RatioDay]:
    """Each day of a unit, the last one up to `until` where that comes before its end.

    Raises `NotFound` for a day on which no profile was in force.
    """
    return [day for stretch in past for day in _within(stretch, unit, until=until)]


def _within(stretch: Stretch, unit: str, *, until: datetime | None) -> Iterator[RatioDay]:
    body = stretch.lines.get(unit)
    if body is None:
        return
    followed = body.followed
    facts = stretch.register.facts(body)
    for first, last in _same_policy(followed, stretch):
        end = first_moment(last + timedelta(days=1))
        window = Window(first_moment(first), end if until is None else min(end, until))
        yield from by_day(history(facts, window, rule=rule_for(followed, first)))


def _same_policy(followed: Followed | None, stretch: Stretch) -> Iterator[tuple[date, date]]:
    """The days in parts through which the same profiles are in force."""
    count = (stretch.last - stretch.first).days + 1
    each = (stretch.first + timedelta(days=place) for place in range(count))
    for _, same in groupby(each, key=lambda day: stamp_for(followed, day)):
        part = list(same)
        yield part[0], part[-1]
