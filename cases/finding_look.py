"""A look at the register for findings, and what is to be done so that they say what holds.

Holds always: whoever judges reads evidence only and writes nothing, and judges a thing from all
that is on record of it and not from what was seen before, so whoever judges it anew finds the same;
the policy is that of the day of the act, and where none was in force the finding says so.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from cases import finding_rows
from cases.findings import Stamp
from evidence.errors import NotFound
from evidence.finding_rules import RULES, Change, FindingKind, Holding, changes
from evidence.policy import InForce
from evidence.policy_catalogue import RULES as POLICY_RULES
from evidence.vocabulary import ClaimSubject, ClaimVerdict
from evidence.workdays import WorkCalendar
from people import calendar
from people.bodies import Body, bodies
from people.policies import Followed
from people.ratio_rule import policy_for
from storage import schema

SURE = (ClaimVerdict.AGREED.value, ClaimVerdict.SINGLE_SOURCE.value)
"""Verdicts on a claim that can be relied on."""

Due = tuple[Change, Stamp]
"""A change that is due, with the stamp of the rule it rests on."""


@dataclass
class Look:
    """One look at the register at a moment; bodies of a day are read once."""

    connection: Connection
    now: datetime
    _bodies: dict[date, list[Body]] = field(default_factory=dict)
    _calendar: WorkCalendar | None = None

    def body(self, unit: str | None, day: date) -> Body | None:
        """The body that a unit is or acts for on a day."""
        if day not in self._bodies:
            self._bodies[day] = bodies(self.connection, day)
        return next((one for one in self._bodies[day] if unit in one.units), None)

    def bodies(self, day: date) -> list[Body]:
        """The bodies there were on a day."""
        self.body(None, day)
        return self._bodies[day]

    def followed(self, unit: str | None, day: date) -> Followed | None:
        """The policy profile stated for the unit's body; None for the default one."""
        body = self.body(unit, day)
        return None if body is None else body.followed

    def principal(self, unit: str | None, day: date) -> str | None:
        """The unit in whose name an entrusted body acts."""
        body = self.body(unit, day)
        return None if body is None or body.standing is None else body.standing.principal

    def policy(self, unit: str | None, day: date) -> InForce | None:
        """The policy of a unit on a day; None where no profile was in force."""
        try:
            return policy_for(self.followed(unit, day), day)
        except NotFound:
            return None

    def calendar(self) -> WorkCalendar:
        """The calendar in force."""
        if self._calendar is None:
            self._calendar = calendar.in_force(self.connection)
        return self._calendar


# --- what is due ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Among:
    """Which kinds are judged, and of which of them nobody can say yet."""

    kinds: Collection[FindingKind]
    undecided: Collection[FindingKind] = frozenset()


def due_of(
    look: Look, subjects: Iterable[str], *, holding: Iterable[Holding], among: Among
) -> list[Change]:
    """What is to be done about these subjects, of these kinds only."""
    there = finding_rows.about(look.connection, subjects)
    known = [one.known() for one in there if one.kind in among.kinds]
    return changes(known, holding, undecided=among.undecided)


def once(look: Look, holding: Sequence[Holding]) -> list[Change]:
    """What is to be done about what happened: it opens once."""
    among = Among({one.kind for one in holding})
    return due_of(look, [one.subject for one in holding], holding=holding, among=among)


def stamped(look: Look, found: Iterable[Change], *, unit: str | None, day: date) -> list[Due]:
    """Each change with the rule of the unit's policy on the day."""
    policy = look.policy(unit, day)
    return [(change, _stamp(policy, change)) for change in found]


def _stamp(policy: InForce | None, change: Change) -> Stamp:
    one = change.holding or change.known
    rule = RULES[FindingKind.COVERAGE_GAP if one is None else one.kind]
    if policy is None:
        return {"profiles": [], "rule": rule, "rule_version": POLICY_RULES[rule].version}
    return policy.stamp(rule)


def hours(look: Look, unit: str | None, *, day: date, name: str) -> timedelta | None:
    """A parameter in hours, by the unit's policy on a day; None where none was in force."""
    policy = look.policy(unit, day)
    return None if policy is None else timedelta(hours=policy.whole(name))


def rows_of(connection: Connection, table: Table, *, owner: str, value: str) -> Sequence[Row[Any]]:
    """Every row about one thing, in order."""
    query = select(table).where(table.c[owner] == value).order_by(table.c.number)
    return connection.execute(query).all()


def newest(connection: Connection, table: Table, *, owner: str, value: str) -> Row[Any] | None:
    """The row about one thing that counts."""
    query = select(table).where(table.c[owner] == value).order_by(table.c.number.desc()).limit(1)
    return connection.execute(query).first()


# --- rows -----------------------------------------------------------------------------------------


def recorder_of(connection: Connection, session: str) -> str | None:
    """Which recorder was docked, where that is certain by the newest judgement."""
    table = schema.claims
    query = select(table.c.verdict, table.c.value).where(
        table.c.session_id == session, table.c.subject == ClaimSubject.RECORDER.value
    )
    query = query.order_by(table.c.judged_at.desc(), table.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    return row.value if row is not None and row.verdict in SURE else None
