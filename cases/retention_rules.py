"""Periods that a bureau set itself, and the ends that were stated of case files: what is in force.

Holds always: a version is a whole table of periods, takes effect once a second person approved it,
and then for what begins on its first day or later; for what was there before only if it says so,
which that person approved too. Of several that apply the one that begins last counts, of one day
the last that was made. The end of a case file that lets go earlier than the one before waits for a
second person as well.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from evidence.case_vocabulary import ProposalAnswer
from evidence.entry import parse_time
from evidence.ratio import day_of
from evidence.retention import CaseTerm, PeriodRule, Source
from people import units
from storage import schema


@dataclass(frozen=True)
class Version:
    """A bureau's own table of periods, of one unit and all below it, from a day on."""

    id: str
    unit: str
    number: int
    from_day: date
    rules: tuple[PeriodRule, ...]
    is_retroactive: bool

    def applies(self, start: date | None, *, today: date) -> bool:
        """Whether it is for what began on a day; what has not begun will begin under it."""
        begun = self.from_day <= today
        return begun and (self.is_retroactive or start is None or start >= self.from_day)

    @property
    def classes(self) -> frozenset[str]:
        """The classes that it names."""
        return frozenset(rule.class_code for rule in self.rules)

    def rule(self, class_code: str) -> PeriodRule | None:
        """What it says of a class, None where nothing."""
        return next((one for one in self.rules if one.class_code == class_code), None)


@dataclass(frozen=True)
class Versions:
    """The versions in force by unit; `above` is the unit above each."""

    by_unit: Mapping[str, Sequence[Version]]
    above: Mapping[str, str | None]
    top: str | None

    @classmethod
    def approved(cls, connection: Connection) -> "Versions":
        """Every version that a second person approved."""
        table, answers = schema.retention_versions, schema.retention_answers
        joined = table.join(answers, answers.c.id == table.c.id)
        query = select(table, answers.c.stated_at.label("answered_at")).select_from(joined)
        query = query.where(answers.c.answer == ProposalAnswer.APPROVED.value)
        found = [_begun(read_version(row), row.answered_at) for row in connection.execute(query)]
        return cls.of(connection, found)

    @classmethod
    def of(cls, connection: Connection, found: Sequence[Version]) -> "Versions":
        """These versions, as if each were approved."""
        tree = units.all_units(connection)
        by_unit: dict[str, list[Version]] = {}
        for one in sorted(found, key=lambda version: (version.from_day, version.number)):
            by_unit.setdefault(one.unit, []).append(one)
        top = next((unit.id for unit in tree if unit.parent is None), None)
        return cls(by_unit, {unit.id: unit.parent for unit in tree}, top)

    @property
    def classes(self) -> frozenset[str]:
        """Every class that any of them names."""
        there = (one for each in self.by_unit.values() for one in each)
        return frozenset(code for one in there for code in one.classes)

    def rule(
        self, class_code: str, *, unit: str | None, start: date | None, today: date
    ) -> PeriodRule | None:
        """What the nearest unit at or above says today of a class for what began on a day."""
        at = unit or self.top
        while at is not None:
            for version in reversed(self.by_unit.get(at, ())):
                found = version.rule(class_code) if version.applies(start, today=today) else None
                if found is not None:
                    return found
            at = self.above.get(at)
        return None


def _begun(version: Version, approved_at: str) -> Version:
    """A version as it takes effect: for nothing that began before it was approved."""
    approved = day_of(parse_time(approved_at))
    return replace(version, from_day=max(version.from_day, approved))


def read_version(row: Row[Any]) -> Version:
    """A version as its row holds it."""
    by = f"{row.unit_id}/{row.number}"
    rules = tuple(
        PeriodRule(
            one["class"],
            one["period"],
            by,
            (Source(one["document"], one["article"], one["quote"]),),
        )
        for one in json.loads(row.periods)
    )
    day = date.fromisoformat(row.from_day)
    return Version(row.id, row.unit_id, row.number, day, rules, bool(row.retroactive))


def case_term(connection: Connection, case_id: str) -> CaseTerm | None:
    """What holds of the end of a case file; None where nobody said anything that counts."""
    table, answers = schema.case_terms, schema.case_term_answers
    joined = table.join(answers, answers.c.id == table.c.id, isouter=True)
    query = select(table, answers.c.answer).select_from(joined)
    rows = connection.execute(query.where(table.c.case_id == case_id).order_by(table.c.number))
    held = [row for row in rows if not row.needs_second or _is_approved(row)]
    return read_term(held[-1]) if held else None


def read_term(row: Row[Any]) -> CaseTerm:
    """The end of a case file as its row holds it."""
    return CaseTerm(
        class_code=row.class_code,
        period=row.period,
        ends_on=None if row.ends_on is None else date.fromisoformat(row.ends_on),
        is_real_estate=bool(row.real_estate),
        source=Source(row.source, row.article, row.quote),
    )


def _is_approved(row: Row[Any]) -> bool:
    return str(row.answer) == ProposalAnswer.APPROVED.value
