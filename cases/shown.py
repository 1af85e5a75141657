"""Cases and actions as lists and pages ask for them, and what blocks the next step of each.

Holds always: asking changes nothing and leaves no try; what is told against a step is what taking
it now would tell, but for bytes of the vault that only archiving reads.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, select

from cases import case_facts, reading, steps
from cases.reading import Action, Case
from cases.trying import Judged, Step, Told, explained
from evidence.case_guards import (
    BEFORE,
    ArchiveFacts,
    archive_refusals,
    close_refusals,
    decide_refusals,
    move_refusals,
)
from evidence.case_vocabulary import ActionState, CaseState
from evidence.refusals import Refusal
from storage import schema


@dataclass(frozen=True)
class Wanted:
    """Which cases or actions: of these units (None: all), in a state, of a case."""

    units: Collection[str] | None = None
    state: str | None = None
    case: str | None = None


@dataclass(frozen=True)
class NextStep:
    """A state that may come next, and all that stands against it now."""

    to: str
    told: tuple[Told, ...]


def cases(connection: Connection, wanted: Wanted, *, limit: int = 200) -> list[Case]:
    """Cases, the last added first."""
    query = _latest_of(schema.cases, schema.case_statements, owner="case_id", wanted=wanted)
    query = _in_state(query, schema.cases, states=schema.case_steps, owner="case_id", wanted=wanted)
    found = connection.execute(query.limit(limit)).scalars()
    return [reading.case(connection, one) for one in found]


def actions(connection: Connection, wanted: Wanted, *, limit: int = 200) -> list[Action]:
    """Actions, the last added first."""
    said = schema.action_statements
    query = _latest_of(schema.actions, said, owner="action_id", wanted=wanted)
    if wanted.case is not None:
        query = query.where(said.c.case_id == wanted.case)
    query = _in_state(
        query, schema.actions, states=schema.action_states, owner="action_id", wanted=wanted
    )
    found = connection.execute(query.limit(limit)).scalars()
    return [reading.action(connection, one) for one in found]


def find_case(connection: Connection, named: str) -> Case:
    """A case by its id, its number, or the id of its source. Raises `NotFound`."""
    table, said = schema.cases, schema.case_statements
    query = select(table.c.id).where((table.c.id == named) | (table.c.external_id == named))
    found = set(connection.execute(query).scalars())
    if not found:
        query = select(said.c.case_id).where(said.c.case_number == named)
        found = set(connection.execute(query).scalars())
    return reading.case(connection, found.pop() if len(found) == 1 else named)


def find_action(connection: Connection, named: str) -> Action:
    """An action by its id or the id of its source. Raises `NotFound`."""
    table = schema.actions
    query = select(table.c.id).where((table.c.id == named) | (table.c.external_id == named))
    found = set(connection.execute(query).scalars())
    return reading.action(connection, found.pop() if len(found) == 1 else named)


def next_of_case(connection: Connection, case_id: str, *, at: datetime) -> list[NextStep]:
    """Each state that may follow, with what stands against it."""
    about = case_facts.asked(connection, case_id, at=at)
    following = [to for to in CaseState if about.case.state in BEFORE.get(to, frozenset())]
    found: list[NextStep] = []
    for to in following:
        judged = Judged(_against(connection, about, to=to, at=at), about.policy)
        found.append(NextStep(to.value, _told(connection, judged)))
    return found


def next_of_action(connection: Connection, action_id: str, *, at: datetime) -> list[NextStep]:
    """The state that may follow, with what stands against it; none once it is settled."""
    action, step = reading.action(connection, action_id), Step("", at)
    if action.state is ActionState.PLANNED:
        judged = steps.start_judged(connection, action_id, step=step)
        return [NextStep(ActionState.STARTED.value, _told(connection, judged))]
    if action.state is ActionState.ENDED:
        judged = steps.settle_judged(connection, action_id, step=step)
        return [NextStep(ActionState.SETTLED.value, _told(connection, judged))]
    is_started = action.state is ActionState.STARTED
    return [NextStep(ActionState.ENDED.value, ())] if is_started else []


def _against(
    connection: Connection, about: case_facts.AskedCase, *, to: CaseState, at: datetime
) -> tuple[Refusal, ...]:
    if to is CaseState.DECIDED:
        return decide_refusals(case_facts.decide(connection, about))
    if to is CaseState.CLOSED:
        return close_refusals(case_facts.close(connection, about, now=at))
    if to is CaseState.ARCHIVED:
        stages = case_facts.stages(connection, about)
        return archive_refusals(ArchiveFacts(about.case.state, stages))
    return move_refusals(about.case.state, to)


def _told(connection: Connection, judged: Judged) -> tuple[Told, ...]:
    return tuple(explained(connection, judged))


def _latest_of(table: Table, said: Table, *, owner: str, wanted: Wanted) -> Select[Any]:
    """Ids with what is said last of each, the last added first."""
    later = said.alias("later")
    is_old = select(later.c.id).where(
        later.c[owner] == said.c[owner], later.c.number > said.c.number
    )
    query = select(table.c.id).join(said, said.c[owner] == table.c.id).where(~is_old.exists())
    if wanted.units is not None:
        query = query.where(said.c.unit_id.in_(sorted(wanted.units)))
    return query.order_by(table.c.added_at.desc(), table.c.id)


def _in_state(
    query: Select[Any], table: Table, *, states: Table, owner: str, wanted: Wanted
) -> Select[Any]:
    if wanted.state is None:
        return query
    later = states.alias("later_state")
    is_old = select(later.c.id).where(
        later.c[owner] == states.c[owner], later.c.number > states.c.number
    )
    joined = query.join(states, states.c[owner] == table.c.id)
    return joined.where(~is_old.exists(), states.c.state == wanted.state)
