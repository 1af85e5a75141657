"""The steps of an action, each past its guard: start, end, settle, cancel, and a text exemption.

Holds always: as in `cases.trying`; an action that took place without passing here is taken as a
fact by `cases.arrived` and judged afterwards (law 4).
"""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection

from cases import arrived, case_facts, gather, kept, records
from cases.arrived import NewInterval
from cases.gather import Asked
from cases.records import NewExemption, Said
from cases.trying import Judged, Step, Try, Write, take
from devices.places import is_watched_at
from evidence.canonical import Json
from evidence.case_guards import review_refusals
from evidence.case_vocabulary import ActionFact, ActionState
from evidence.guards import (
    ExemptFacts,
    StartFacts,
    cancel_refusals,
    end_refusals,
    exempt_refusals,
    settle_refusals,
    start_refusals,
)
from evidence.personal import REMARK
from evidence.refusals import Refusal
from evidence.tiering import may_exempt, tier_policy
from evidence.vocabulary import Tier
from storage.ledger import Act, Ledger

START, END, SETTLE, CANCEL, EXEMPT = "START", "END", "SETTLE", "CANCEL", "EXEMPT"


def start(ledger: Ledger, action_id: str, *, step: Step) -> None:
    """PLANNED to STARTED; the tier it then has is on record.

    Raises `StepRefused`, `BadInput` or `NotFound`, as everything below.
    """
    told: dict[str, Json] = {}

    def judge(act: Act) -> Judged:
        about = gather.asked(act.connection, action_id, at=step.at)
        facts = start_facts(act.connection, about, step=step)
        told["tier"] = facts.tier.value
        return Judged(start_refusals(facts), about.policy)

    def write(act: Act) -> None:
        reached = step.reached({"tier": told["tier"]})
        _reach(act, action_id, state=ActionState.STARTED, reached=reached)

    take(ledger, _try(action_id, START, step=step), judge=judge, write=write)


def end(ledger: Ledger, action_id: str, *, step: Step, interval: NewInterval) -> None:
    """STARTED to ENDED, with the interval that the written record states."""

    def judge(act: Act) -> Judged:
        about = gather.asked(act.connection, action_id, at=step.at)
        return Judged(end_refusals(about.action.state, has_interval=True), about.policy)

    def write(act: Act) -> None:
        arrived.put_interval(act, action_id, new=interval)
        _reach(act, action_id, state=ActionState.ENDED, reached=step.reached())

    take(ledger, _try(action_id, END, step=step), judge=judge, write=write)


def settle(ledger: Ledger, action_id: str, *, step: Step) -> None:
    """ENDED to SETTLED, by the verdict of this moment, which is on record with it."""
    told: dict[str, Json] = {}

    def judge(act: Act) -> Judged:
        about = gather.asked(act.connection, action_id, at=step.at)
        facts = gather.settle(act.connection, about, now=act.at)
        told["verdict"] = facts.coverage.verdict
        return Judged(settle_refusals(facts), about.policy)

    def write(act: Act) -> None:
        reached = step.reached({"verdict": told["verdict"]})
        _reach(act, action_id, state=ActionState.SETTLED, reached=reached)

    take(ledger, _try(action_id, SETTLE, step=step), judge=judge, write=write)


def cancel(ledger: Ledger, action_id: str, *, step: Step, reason: str) -> None:
    """PLANNED to CANCELLED, with its reason."""

    def judge(act: Act) -> Judged:
        about = gather.asked(act.connection, action_id, at=step.at)
        against = cancel_refusals(about.action.state, has_reason=bool(reason.strip()))
        return Judged(against, about.policy)

    def write(act: Act) -> None:
        kept_reason: Mapping[str, Json] = {"reason_ref": kept.keep(act, REMARK, value=reason)}
        reached = step.reached(kept_reason)
        _reach(act, action_id, state=ActionState.CANCELLED, reached=reached)

    take(ledger, _try(action_id, CANCEL, step=step), judge=judge, write=write)


def exempt(
    ledger: Ledger,
    action_id: str,
    *,
    step: Step,
    new: NewExemption,
    also: Write = lambda _: None,
) -> None:
    """A text that stands for the recording (R-142), where profile, signers and approver allow.

    `also` writes what else belongs to the same act.
    """

    def judge(act: Act) -> Judged:
        about = gather.asked(act.connection, action_id, at=step.at)
        against = exempt_refusals(_exempt_facts(act.connection, about, new=new))
        return Judged(against, about.policy)

    def write(act: Act) -> None:
        said = Said(step.person, step.at, step.document_sha256)
        records.put_exemption(act, action_id, said=said, new=new)
        also(act)
        act.enter("action.recorded", {"action": action_id, "kind": ActionFact.EXEMPTION.value})

    take(ledger, _try(action_id, EXEMPT, step=step), judge=judge, write=write)


# --- what bears on a step -------------------------------------------------------------------------


def start_facts(connection: Connection, about: Asked, *, step: Step) -> StartFacts:
    """All that bears on a start at that moment."""
    details = about.action.details
    body = gather.body_of(connection, details.unit, day=about.day)
    there = gather.facts(connection, about.action.id)
    in_hand = len(gather.recorders(connection, about, at=step.at))
    watched = details.room is not None and is_watched_at(connection, details.room, at=step.at)
    return StartFacts(
        state=about.action.state,
        team=gather.team(connection, about),
        least=about.policy.whole("team.min_officers"),
        capacity=gather.capacity(body, about.day),
        power=gather.power(connection, about, body=body),
        tier=Tier(gather.tier(connection, about)),
        is_decided=bool(there.of(ActionFact.DECISION)),
        is_exempted=bool(there.of(ActionFact.EXEMPTION)),
        recorders=in_hand + int(watched),
        review=_review(connection, about),
    )


def start_judged(connection: Connection, action_id: str, *, step: Step) -> Judged:
    """What stands against a start, asked without trying it."""
    about = gather.asked(connection, action_id, at=step.at)
    return Judged(start_refusals(start_facts(connection, about, step=step)), about.policy)


def settle_judged(connection: Connection, action_id: str, *, step: Step) -> Judged:
    """What stands against settling, asked without trying it."""
    about = gather.asked(connection, action_id, at=step.at)
    return Judged(settle_refusals(gather.settle(connection, about, now=step.at)), about.policy)


def _review(connection: Connection, about: Asked) -> tuple[Refusal, ...]:
    """What the review of a major case lacks where its decision is to be executed (R-211)."""
    details = about.action.details
    if details.case is None or details.type.value not in about.policy.texts("execution.types"):
        return ()
    case_id = details.case
    if not case_facts.is_major(connection, case_id):
        return ()
    # What is filmed while the decision is executed comes after the review by its nature.
    review = replace(case_facts.review(connection, case_id), is_current=True)
    return tuple(review_refusals(review, case_facts.team(connection, case_id)))


def _exempt_facts(connection: Connection, about: Asked, *, new: NewExemption) -> ExemptFacts:
    tier = Tier(gather.tier(connection, about))
    present = gather.team(connection, about)
    officers = frozenset(one.person for one in present if one.is_officer)
    kind = about.action.details.type.value
    return ExemptFacts(
        tier=tier,
        may=may_exempt(tier, kind, policy=tier_policy(about.policy)),
        documents=len(new.documents),
        signers=officers & frozenset(new.signers),
        least=about.policy.whole("signature.min_officers"),
        has_reason=bool((new.reason or "").strip()),
        approver=new.approver,
        team=frozenset(one.person for one in present),
    )


def _try(action_id: str, name: str, *, step: Step) -> Try:
    return Try(f"action/{action_id}", name, step)


def _reach(act: Act, action_id: str, *, state: ActionState, reached: arrived.Reached) -> None:
    arrived.put_action_state(act, action_id, state=state, reached=reached)
    act.enter("action.stepped", {"action": action_id, "state": state.value})
