"""What blocks the next steps of a case or an action, asked without trying them.

Holds always: it is judged by the same guards as the step itself, at this moment; asking leaves no
try on record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from cases import case_facts, steps
from cases.reading import Action, Case
from cases.trying import Judged, Step, Told, explained
from evidence.case_guards import close_refusals, decide_refusals
from evidence.case_vocabulary import ActionState, CaseState


@dataclass(frozen=True)
class Block:
    """A step that may come next (`START`, `SETTLE`, or the state of a case), and all against it."""

    step: str
    told: Sequence[Told]


_NEXT: Mapping[CaseState, tuple[CaseState, ...]] = {
    CaseState.INVESTIGATING: (CaseState.DECIDED,),
    CaseState.REVIEW: (CaseState.DECIDED,),
    CaseState.COLLECTIVE: (CaseState.DECIDED,),
    CaseState.SERVED: (CaseState.CLOSED,),
    CaseState.EXECUTED: (CaseState.CLOSED,),
}
"""The guarded steps that come next; those that need nothing but their order block nothing."""


def of_action(connection: Connection, action: Action, *, person: str, at: datetime) -> list[Block]:
    """What blocks the next step of an action."""
    step = Step(person, at)
    if action.state is ActionState.PLANNED:
        return [
            _block(connection, "START", judged=steps.start_judged(connection, action.id, step=step))
        ]
    if action.state is ActionState.ENDED:
        return [
            _block(
                connection, "SETTLE", judged=steps.settle_judged(connection, action.id, step=step)
            )
        ]
    return []


def of_case(connection: Connection, case: Case, *, at: datetime) -> list[Block]:
    """What blocks the next guarded step of a case."""
    about = case_facts.asked(connection, case.id, at=at)
    found: list[Block] = []
    for to in _NEXT.get(case.state, ()):
        if to is CaseState.DECIDED:
            refusals = decide_refusals(case_facts.decide(connection, about))
        else:
            refusals = close_refusals(case_facts.close(connection, about, now=at))
        found.append(_block(connection, to.value, judged=Judged(refusals, about.policy)))
    return found


def _block(connection: Connection, step: str, *, judged: Judged) -> Block:
    return Block(step, explained(connection, judged))
