"""Reads findings as people ask for them: state, matter and history from what was put on record.

Holds always: a state is told from the events alone, in their order; what a finding is about is what
it was last about; texts that were erased are null.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, literal, or_, select, tuple_

from evidence.canonical import Json, loads_object
from evidence.errors import BadInput, NotFound
from evidence.finding_rules import (
    FindingEvent,
    FindingKind,
    FindingState,
    Known,
    is_self_reported,
    read_number,
    shown_number,
    state_of,
)
from storage import schema

_AT_ONCE = 500
_DECISIVE = tuple(
    event.value
    for event in FindingEvent
    if event not in (FindingEvent.SELF_REPORTED, FindingEvent.TRIAGED)
)
_LAST_OF: Mapping[FindingState, tuple[FindingEvent, ...]] = {
    FindingState.OPEN: (FindingEvent.CHANGED, FindingEvent.REOPENED),
    FindingState.EXPLAINED: (FindingEvent.EXPLAINED,),
    FindingState.ACCEPTED: (FindingEvent.APPROVED,),
    FindingState.CLOSED: (FindingEvent.CLOSED,),
}


@dataclass(frozen=True)
class Happened:
    """One event; `number` is set where it gave the finding a new number, `texts` are opened."""

    event: FindingEvent
    at: str
    person: str | None
    body: Mapping[str, Json]
    number: str | None
    texts: Mapping[str, str | None]


@dataclass(frozen=True)
class Finding:
    """A finding as it stands; `numbers` begins with the first it was given."""

    id: str
    numbers: tuple[str, ...]
    kind: FindingKind
    subject: str
    unit: str | None
    principal: str | None
    action: str | None
    case: str | None
    recording: str | None
    rule: Mapping[str, Json]
    matter: Mapping[str, Json]
    persons: tuple[str, ...]
    opened_at: str
    events: tuple[Happened, ...]

    @property
    def number(self) -> str:
        """The number it bears now."""
        return self.numbers[-1]

    @property
    def state(self) -> FindingState:
        """Where it stands."""
        return state_of(one.event for one in self.events)

    @property
    def explained_by(self) -> str | None:
        """Who gave the newest explanation."""
        found = [one.person for one in self.events if one.event is FindingEvent.EXPLAINED]
        return found[-1] if found else None

    @property
    def triaged(self) -> Happened | None:
        """The newest way in which it is dealt with."""
        found = [one for one in self.events if one.event is FindingEvent.TRIAGED]
        return found[-1] if found else None

    @property
    def self_reported(self) -> bool:
        """Whether somebody reported it before it was detected (R-042)."""
        reports = [
            str(one.body["reported_at"])
            for one in self.events
            if one.event is FindingEvent.SELF_REPORTED
        ]
        return is_self_reported(reports, self.opened_at)

    def known(self) -> Known:
        """What the rules need to know of it."""
        return Known(self.id, self.kind, self.subject, self.state, self.matter)


@dataclass(frozen=True)
class Wanted:
    """Which findings are asked for; empty parts ask for nothing. `within` are the units in reach.

    A unit that entrusted another one sees what is found there, too (R-051).
    """

    states: Sequence[FindingState] = ()
    kinds: Sequence[FindingKind] = ()
    unit: str | None = None
    action: str | None = None
    case: str | None = None
    recording: str | None = None
    within: frozenset[str] | None = None


def find(connection: Connection, named: str) -> Finding:
    """The finding of this id, or of a number that it bears or bore. Raises `NotFound`."""
    table, events = schema.findings, schema.finding_events
    number = read_number(named)
    query = select(table).where(table.c.id == named)
    if number is not None:
        year, ordinal = number
        again = select(events.c.finding_id).where(
            events.c.year == year, events.c.ordinal == ordinal
        )
        first = (table.c.year == year) & (table.c.ordinal == ordinal)
        query = select(table).where(first | table.c.id.in_(again))
    found = _loaded(connection, query)
    if not found:
        raise NotFound(f"There is no finding {named}", why="NO_FINDING", finding=named)
    return found[0]


def page(
    connection: Connection, wanted: Wanted, *, before: str | None = None, limit: int = 200
) -> list[Finding]:
    """The newest findings before a cursor, newest first. Raises `BadInput` for no cursor."""
    table = schema.findings
    query = select(table).where(*_conditions(wanted))
    if before is not None:
        at, mark, key = before.partition("|")
        if not (mark and at and key):
            raise BadInput(f"{before!r} is no page", why="NOT_A_PAGE", page=before)
        query = query.where(
            tuple_(table.c.opened_at, table.c.id) < tuple_(literal(at), literal(key))
        )
    query = query.order_by(table.c.opened_at.desc(), table.c.id.desc()).limit(limit)
    return _loaded(connection, query)


def cursor(finding: Finding) -> str:
    """What the next page is asked with."""
    return f"{finding.opened_at}|{finding.id}"


def about(connection: Connection, subjects: Iterable[str]) -> list[Finding]:
    """Every finding about one of these subjects."""
    table = schema.findings
    found: list[Finding] = []
    for chosen in _chunks(sorted(set(subjects))):
        found += _loaded(connection, select(table).where(table.c.subject.in_(chosen)))
    return found


def counts(connection: Connection, wanted: Wanted) -> dict[FindingState, int]:
    """How many there are in each state."""
    last = _last_event()
    query = select(last.label("last"), func.count()).select_from(schema.findings)
    query = query.where(*_conditions(wanted)).group_by("last")
    found = dict.fromkeys(FindingState, 0)
    for event, count in connection.execute(query):
        found[state_of([] if event is None else [FindingEvent(event)])] += int(count)
    return found


def team_of(connection: Connection, action: str | None) -> frozenset[str]:
    """Everybody who was ever named for the team of an action, later withdrawn or not."""
    table = schema.action_team
    query = select(table.c.person_id).where(table.c.action_id == action).distinct()
    return frozenset() if action is None else frozenset(connection.execute(query).scalars())


# --- reading --------------------------------------------------------------------------------------


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    table = schema.findings
    exact = {
        table.c.unit_id: wanted.unit,
        table.c.action_id: wanted.action,
        table.c.case_id: wanted.case,
        table.c.recording_id: wanted.recording,
    }
    found = [column == value for column, value in exact.items() if value is not None]
    if wanted.kinds:
        found.append(table.c.kind.in_([kind.value for kind in wanted.kinds]))
    if wanted.states:
        found.append(_in_states(wanted.states))
    if wanted.within is not None:
        units = sorted(wanted.within)
        found.append(or_(table.c.unit_id.in_(units), table.c.principal_id.in_(units)))
    return found


def _in_states(states: Sequence[FindingState]) -> ColumnElement[bool]:
    events = [event.value for state in states for event in _LAST_OF[state]]
    last = _last_event()
    asked = last.in_(events)
    return or_(asked, last.is_(None)) if FindingState.OPEN in states else asked


def _last_event() -> ColumnElement[Any]:
    """The event that decides the state of a finding of the query around it; null for none."""
    events = schema.finding_events
    query = select(events.c.event).where(
        events.c.finding_id == schema.findings.c.id, events.c.event.in_(_DECISIVE)
    )
    query = query.order_by(events.c.number.desc()).limit(1)
    return query.correlate(schema.findings).scalar_subquery()


def _loaded(connection: Connection, query: Select[Any]) -> list[Finding]:
    rows = connection.execute(query).all()
    events = _events(connection, [row.id for row in rows])
    return [_finding(row, events[row.id]) for row in rows]


def _finding(row: Row[Any], events: Sequence[Happened]) -> Finding:
    facts = loads_object(row.facts.encode())
    for one in events:
        if "matter" in one.body:
            facts = dict(one.body)
    matter, persons = facts["matter"], facts["persons"]
    first = shown_number(row.year, row.ordinal)
    return Finding(
        id=row.id,
        numbers=(first, *(one.number for one in events if one.number is not None)),
        kind=FindingKind(row.kind),
        subject=row.subject,
        unit=row.unit_id,
        principal=row.principal_id,
        action=row.action_id,
        case=row.case_id,
        recording=row.recording_id,
        rule=loads_object(row.rule.encode()),
        matter=matter if isinstance(matter, Mapping) else {},
        persons=tuple(map(str, persons)) if isinstance(persons, Sequence) else (),
        opened_at=row.opened_at,
        events=tuple(events),
    )


def _events(connection: Connection, findings: Sequence[str]) -> Mapping[str, list[Happened]]:
    table = schema.finding_events
    rows: list[Row[Any]] = []
    for chosen in _chunks(findings):
        query = select(table).where(table.c.finding_id.in_(chosen)).order_by(table.c.number)
        rows += connection.execute(query).all()
    bodies = {row.id: loads_object(row.body.encode()) for row in rows}
    texts = _opened(connection, [ref for body in bodies.values() for ref in _refs(body).values()])
    found: defaultdict[str, list[Happened]] = defaultdict(list)
    for row in rows:
        body = bodies[row.id]
        number = None if row.ordinal is None else shown_number(row.year, row.ordinal)
        opened = {name: texts.get(ref) for name, ref in _refs(body).items()}
        event = FindingEvent(row.event)
        found[row.finding_id].append(
            Happened(event, row.stated_at, row.person_id, body, number, opened)
        )
    return found


def _refs(body: Mapping[str, Json]) -> dict[str, str]:
    """The commitments in a body, by the name of the text."""
    return {
        name.removesuffix("_ref"): value
        for name, value in body.items()
        if name.endswith("_ref") and isinstance(value, str)
    }


def _opened(connection: Connection, refs: Sequence[str]) -> dict[str, str]:
    table = schema.personal_data
    found: dict[str, str] = {}
    for chosen in _chunks(refs):
        query = select(table.c.id, table.c.value).where(table.c.id.in_(chosen))
        found.update((row.id, row.value) for row in connection.execute(query))
    return found


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]
