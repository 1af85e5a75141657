"""What is on record of a case or an action now: the latest of what was said, opened.

Holds always: nothing is decided here; a text whose opening was erased is None.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from cases import kept
from evidence.canonical import Json
from evidence.case_vocabulary import (
    ActionState,
    ActionType,
    CaseState,
    Category,
    TeamRole,
)
from evidence.entry import parse_time
from evidence.errors import NotFound
from evidence.vocabulary import Tier
from storage import schema


@dataclass(frozen=True)
class CaseDetails:
    """What is said of a case. `unit` is the id or the name of the unit that handles it."""

    number: str
    unit: str
    category: Category
    category_name: str | None = None
    power_item: str | None = None
    title: str | None = None
    party: str | None = None
    is_major: bool = False
    especially_major: bool = False


@dataclass(frozen=True)
class Interests:
    """Which of the interests an action touches that make it MANDATORY (R-144)."""

    liberty: bool = False
    life_health: bool = False
    major_property: bool = False

    def lowered(self, later: "Interests") -> bool:
        """Whether one of them stands here and no more in `later`."""
        return any(
            (
                self.liberty and not later.liberty,
                self.life_health and not later.life_health,
                self.major_property and not later.major_property,
            )
        )


@dataclass(frozen=True)
class ActionDetails:
    """What is said of an action. `case` is a case's id; `planned` the interval planned, in UTC."""

    unit: str
    type: ActionType
    category: Category
    type_name: str | None = None
    category_name: str | None = None
    power_item: str | None = None
    case: str | None = None
    place: str | None = None
    room: str | None = None
    interests: Interests = Interests()
    tier_raised: Tier | None = None
    planned: tuple[datetime, datetime] | None = None


@dataclass(frozen=True)
class Origin:
    """Where a case or action comes from; by hand it has no id but its own."""

    source: str = "hand"
    external_id: str | None = None


@dataclass(frozen=True)
class Case:
    """A case as it stands."""

    id: str
    origin: Origin
    details: CaseDetails
    state: CaseState
    state_at: datetime
    state_number: int


@dataclass(frozen=True)
class Action:
    """An action as it stands."""

    id: str
    origin: Origin
    details: ActionDetails
    state: ActionState
    state_at: datetime
    state_number: int


@dataclass(frozen=True)
class Interval:
    """One version of the interval that was declared; `reason` is None once erased."""

    number: int
    start: datetime
    end: datetime
    basis_sha256: str | None
    reason: str | None
    declared_by: str
    second_person: str | None
    stated_at: datetime


@dataclass(frozen=True)
class TeamMember:
    """Somebody of the team; without times they are there from beginning to end."""

    person: str
    role: TeamRole
    is_recorder_person: bool = False
    came: datetime | None = None
    left: datetime | None = None


@dataclass(frozen=True)
class Record:
    """One record of a case or action, `body` as it was written."""

    number: int
    kind: str
    at: datetime
    document_sha256: str | None
    body: Mapping[str, Json]
    person: str | None


def case(connection: Connection, case_id: str) -> Case:
    """A case by its id. Raises `NotFound`."""
    known = _by_id(connection, schema.cases, value=case_id)
    said = _latest(connection, schema.case_statements, owner="case_id", value=case_id)
    step = _latest(connection, schema.case_steps, owner="case_id", value=case_id)
    if known is None or said is None or step is None:
        raise NotFound(f"There is no case {case_id}", why="NO_CASE", case=case_id)
    names = kept.opened(connection, (said.title, said.party))
    return Case(
        id=case_id,
        origin=Origin(known.source, known.external_id),
        details=_case_details(said, names),
        state=CaseState(step.state),
        state_at=parse_time(step.at),
        state_number=step.number,
    )


def action(connection: Connection, action_id: str) -> Action:
    """An action by its id. Raises `NotFound`."""
    known = _by_id(connection, schema.actions, value=action_id)
    said = _latest(connection, schema.action_statements, owner="action_id", value=action_id)
    state = _latest(connection, schema.action_states, owner="action_id", value=action_id)
    if known is None or said is None or state is None:
        raise NotFound(f"There is no action {action_id}", why="NO_ACTION", action=action_id)
    return Action(
        id=action_id,
        origin=Origin(known.source, known.external_id),
        details=_action_details(said, kept.opened(connection, (said.place,))),
        state=ActionState(state.state),
        state_at=parse_time(state.at),
        state_number=state.number,
    )


def intervals(connection: Connection, action_id: str) -> list[Interval]:
    """Every version of an action's interval, the latest last."""
    table = schema.action_intervals
    query = select(table).where(table.c.action_id == action_id).order_by(table.c.number)
    rows = connection.execute(query).all()
    texts = kept.opened(connection, (row.reason for row in rows))
    return [
        Interval(
            number=row.number,
            start=parse_time(row.starts_at),
            end=parse_time(row.ends_at),
            basis_sha256=row.basis_sha256,
            reason=texts.get(row.reason or ""),
            declared_by=row.declared_by,
            second_person=row.second_person,
            stated_at=parse_time(row.stated_at),
        )
        for row in rows
    ]


def team(connection: Connection, action_id: str) -> list[TeamMember]:
    """Who is of the team now, in the order in which they were first named."""
    table = schema.action_team
    query = select(table).where(table.c.action_id == action_id).order_by(table.c.number)
    latest: dict[str, Row[Any]] = {}
    for row in connection.execute(query):
        latest[row.person_id] = row
    return [
        TeamMember(
            person=row.person_id,
            role=TeamRole(row.role),
            is_recorder_person=bool(row.is_recorder_person),
            came=None if row.came_at is None else parse_time(row.came_at),
            left=None if row.left_at is None else parse_time(row.left_at),
        )
        for row in latest.values()
        if not row.is_withdrawn
    ]


def action_records(connection: Connection, action_id: str) -> list[Record]:
    """Every record of an action, in order."""
    return _records(connection, schema.action_records, owner="action_id", value=action_id)


def case_records(connection: Connection, case_id: str) -> list[Record]:
    """Every record of a case, in order."""
    return _records(connection, schema.case_records, owner="case_id", value=case_id)


def case_steps(connection: Connection, case_id: str) -> list[Record]:
    """Every state that a case reached, in order; `kind` is the state."""
    return _states(connection, schema.case_steps, owner="case_id", value=case_id)


def action_states(connection: Connection, action_id: str) -> list[Record]:
    """Every state that an action reached, in order; `kind` is the state."""
    return _states(connection, schema.action_states, owner="action_id", value=action_id)


def actions_of_case(connection: Connection, case_id: str) -> list[str]:
    """The ids of a case's actions, by what is said of each now, in order of ids."""
    table = schema.action_statements
    later = table.alias("later")
    is_old = select(later.c.id).where(
        later.c.action_id == table.c.action_id, later.c.number > table.c.number
    )
    query = select(table.c.action_id).where(table.c.case_id == case_id, ~is_old.exists())
    return sorted(connection.execute(query).scalars())


def _records(connection: Connection, table: Table, *, owner: str, value: str) -> list[Record]:
    query = select(table).where(table.c[owner] == value).order_by(table.c.number)
    return [
        Record(
            number=row.number,
            kind=row.kind,
            at=parse_time(row.at),
            document_sha256=row.document_sha256,
            body=json.loads(row.body),
            person=row.person_id,
        )
        for row in connection.execute(query)
    ]


def _states(connection: Connection, table: Table, *, owner: str, value: str) -> list[Record]:
    query = select(table).where(table.c[owner] == value).order_by(table.c.number)
    return [
        Record(
            number=row.number,
            kind=row.state,
            at=parse_time(row.at),
            document_sha256=None,
            body=json.loads(row.body),
            person=row.person_id,
        )
        for row in connection.execute(query)
    ]


def _by_id(connection: Connection, table: Table, *, value: str) -> Row[Any] | None:
    return connection.execute(select(table).where(table.c.id == value)).first()


def _latest(connection: Connection, table: Table, *, owner: str, value: str) -> Row[Any] | None:
    query = select(table).where(table.c[owner] == value).order_by(table.c.number.desc())
    return connection.execute(query.limit(1)).first()


def _case_details(said: Row[Any], names: Mapping[str, str]) -> CaseDetails:
    return CaseDetails(
        number=said.case_number,
        unit=said.unit_id,
        category=Category(said.category),
        category_name=said.category_name,
        power_item=said.power_item,
        title=names.get(said.title or ""),
        party=names.get(said.party or ""),
        is_major=bool(said.is_major),
        especially_major=bool(said.especially_major),
    )


def _action_details(said: Row[Any], names: Mapping[str, str]) -> ActionDetails:
    first, last = said.planned_from, said.planned_to
    planned = None if first is None else (parse_time(first), parse_time(last))
    return ActionDetails(
        unit=said.unit_id,
        type=ActionType(said.type),
        category=Category(said.category),
        type_name=said.type_name,
        category_name=said.category_name,
        power_item=said.power_item,
        case=said.case_id,
        place=names.get(said.place or ""),
        room=said.room_id,
        interests=Interests(
            bool(said.touches_liberty),
            bool(said.touches_life_health),
            bool(said.touches_major_property),
        ),
        tier_raised=None if said.tier_raised is None else Tier(said.tier_raised),
        planned=planned,
    )
