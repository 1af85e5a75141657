"""What may come next of a case or an action, and what blocks it, asked without trying.

Holds always: it is judged by the same guards as the step itself, at this moment, but for bytes of
the vault that only archiving reads; asking changes nothing and leaves no try on record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from cases import case_facts, steps
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

GUARDED = frozenset({"START", "SETTLE", CaseState.DECIDED.value, CaseState.CLOSED.value})
"""Steps that need more than their order and a word of whoever takes them."""


@dataclass(frozen=True)
class NextStep:
    """A step that may come next, as tries name it, the state it leads to, and all against it."""

    step: str
    to: str
    told: Sequence[Told]


def of_action(
    connection: Connection, action: Action, *, at: datetime, person: str = ""
) -> list[NextStep]:
    """The next step of an action; none once it is settled or cancelled."""
    step = Step(person, at)
    if action.state is ActionState.PLANNED:
        judged = steps.start_judged(connection, action.id, step=step)
        return [NextStep("START", ActionState.STARTED.value, explained(connection, judged))]
    if action.state is ActionState.ENDED:
        judged = steps.settle_judged(connection, action.id, step=step)
        return [NextStep("SETTLE", ActionState.SETTLED.value, explained(connection, judged))]
    is_started = action.state is ActionState.STARTED
    return [NextStep("END", ActionState.ENDED.value, ())] if is_started else []


def of_case(connection: Connection, case: Case, *, at: datetime) -> list[NextStep]:
    """Each state of a case that may follow."""
    about = case_facts.asked(connection, case.id, at=at)
    following = [to for to in CaseState if case.state in BEFORE.get(to, frozenset())]
    return [
        NextStep(
            to.value,
            to.value,
            explained(connection, Judged(_against(connection, about, to=to, at=at), about.policy)),
        )
        for to in following
    ]


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
