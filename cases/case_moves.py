"""Which guarded step leads a case to a state: one road for whoever takes steps by the state's name.

Holds always: every state that a case can be taken to here has its guard in `cases.case_steps`.
"""

from dataclasses import dataclass

from cases import case_steps, manifest
from cases.case_steps import PLAIN, Decision
from cases.trying import Step
from evidence.case_vocabulary import CaseState
from evidence.errors import BadInput
from storage.ledger import Ledger
from storage.vault import Vault


@dataclass(frozen=True)
class CaseMove:
    """Where a case is to go, with what belongs to that step."""

    to: CaseState
    reason: str | None = None
    outcome: str | None = None
    relied_on: tuple[str, ...] = ()
    receiver: str | None = None
    recordings: tuple[str, ...] | None = None


def take(ledger: Ledger, case_id: str, *, step: Step, move: CaseMove, vault: Vault) -> None:
    """Takes the step. Raises `StepRefused`, `BadInput` or `NotFound`."""
    to = move.to
    if to in PLAIN:
        case_steps.move(ledger, case_id, to=to, step=step)
    elif to in (CaseState.FILED, CaseState.NOT_FILED):
        is_filed = to is CaseState.FILED
        case_steps.file(ledger, case_id, step=step, is_filed=is_filed, reason=move.reason)
    elif to is CaseState.REVIEW:
        case_steps.submit_review(ledger, case_id, step=step, recordings=move.recordings)
    elif to is CaseState.DECIDED:
        decision = Decision(move.outcome or "", move.relied_on)
        case_steps.decide(ledger, case_id, step=step, decision=decision)
    elif to is CaseState.CLOSED:
        case_steps.close(ledger, case_id, step=step)
    elif to is CaseState.ARCHIVED:
        case_steps.archive(ledger, case_id, step=step, is_whole=manifest.whole_in(vault))
    elif to is CaseState.TRANSFERRED:
        case_steps.transfer(ledger, case_id, step=step, to=move.receiver or "")
    else:
        raise BadInput(f"No step leads to {to}", why="NO_STEP", state=to.value)
