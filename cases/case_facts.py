"""Reads what a guard of a case must know, as `evidence.case_guards` takes it.

Holds always: as in `cases.gather`. What a review was given is compared with what there is today.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from cases import answers, gather, links, reading
from cases.coverage_facts import assessment_of
from cases.policy import policy_of
from cases.reading import Case, Record
from evidence.canonical import Json
from evidence.case_guards import (
    ActionFact,
    CloseFacts,
    CollectiveFact,
    DecideFacts,
    Override,
    ReviewFact,
)
from evidence.case_vocabulary import ActionState, CaseFact, CaseStage, CaseState, Opinion
from evidence.guards import against_contents
from evidence.policy import InForce
from evidence.ratio import day_of


@dataclass(frozen=True)
class AskedCase:
    """A case, the day by which it is judged, and the policy in force that day."""

    case: Case
    day: date
    policy: InForce


def asked(connection: Connection, case_id: str, *, at: datetime) -> AskedCase:
    """A case judged by the day of the step. Raises `NotFound`."""
    case, day = reading.case(connection, case_id), day_of(at)
    return AskedCase(case, day, policy_of(connection, case.details.unit, day=day))


def is_major(connection: Connection, case_id: str) -> bool:
    """Whether its decision is a major one."""
    return reading.case(connection, case_id).details.is_major


def team(connection: Connection, case_id: str) -> frozenset[str]:
    """Everybody who is of the team of any of its actions."""
    return frozenset(
        member.person
        for action in reading.actions_of_case(connection, case_id)
        for member in reading.team(connection, action)
    )


def linked(connection: Connection, case_id: str) -> frozenset[str]:
    """The recordings that belong to any of its actions now."""
    return frozenset(
        recording
        for action in reading.actions_of_case(connection, case_id)
        for recording in links.recordings_of(connection, action)
    )


def documents(connection: Connection, case_id: str) -> frozenset[str]:
    """The digests of all documents of its actions."""
    return frozenset(
        record.document_sha256
        for action in reading.actions_of_case(connection, case_id)
        for record in reading.action_records(connection, action)
        if record.document_sha256 is not None
    )


def of_kind(connection: Connection, case_id: str, *, kind: CaseFact) -> Sequence[Record]:
    """The case's records of one kind, in order."""
    records = reading.case_records(connection, case_id)
    return [record for record in records if record.kind == kind.value]


def bundle(connection: Connection, case_id: str) -> dict[str, Json]:
    """What there is to review today: recordings and documents by digest."""
    recordings, papers = list[Json](), list[Json]()
    recordings.extend(sorted(linked(connection, case_id)))
    papers.extend(sorted(documents(connection, case_id)))
    return {"recordings": recordings, "documents": papers}


def review(connection: Connection, case_id: str) -> ReviewFact:
    """Legal review as it stands: the last round, its last opinion, and whether it is current."""
    sent = of_kind(connection, case_id, kind=CaseFact.REVIEW_SUBMITTED)
    opinions = of_kind(connection, case_id, kind=CaseFact.REVIEW_OPINION)
    on_last = [one for one in opinions if one.body["round"] == len(sent)]
    last = on_last[-1] if on_last else None
    now = bundle(connection, case_id)
    current = bool(sent) and all(sent[-1].body[name] == now[name] for name in now)
    return ReviewFact(
        round=len(sent),
        opinion=None if last is None else Opinion(str(last.body["opinion"])),
        reviewer=None if last is None else str(last.body["reviewer"]),
        is_current=current,
    )


def decide(
    connection: Connection, about: AskedCase, *, relied_on: Sequence[str] = ()
) -> DecideFacts:
    """What bears on deciding a case."""
    case_id, details = about.case.id, about.case.details
    return DecideFacts(
        state=about.case.state,
        is_major=details.is_major,
        especially_major=details.especially_major,
        collective_step=about.policy.flag("case.collective_step"),
        review=review(connection, case_id),
        collective=_collective(connection, case_id),
        team=team(connection, case_id),
        linked=linked(connection, case_id),
        relied_on=frozenset(relied_on),
    )


def _collective(connection: Connection, case_id: str) -> CollectiveFact | None:
    """The last discussion; it comes after the opinion where there is one (R-210)."""
    held = of_kind(connection, case_id, kind=CaseFact.COLLECTIVE)
    if not held:
        return None
    last = held[-1]
    opinions = of_kind(connection, case_id, kind=CaseFact.REVIEW_OPINION)
    return CollectiveFact(
        members=int(str(last.body["members"])),
        in_favour=int(str(last.body["in_favour"])),
        has_minutes=last.document_sha256 is not None,
        after_review=not opinions or last.number > opinions[-1].number,
    )


def close(connection: Connection, about: AskedCase, *, now: datetime) -> CloseFacts:
    """What bears on closing a case, each action judged at this moment."""
    case_id, policy = about.case.id, about.policy
    actions = reading.actions_of_case(connection, case_id)
    needs = policy.flag("fixation.required")
    return CloseFacts(
        state=about.case.state,
        actions=tuple(_action(connection, one, now=now) for one in actions),
        override=Override(policy.text("gap.override")),
        unfixed=unfixed(connection, case_id) if needs else frozenset(),
    )


def unfixed(connection: Connection, case_id: str) -> frozenset[str]:
    """The linked recordings that no fixation covers (R-200)."""
    fixed = {
        str(recording)
        for record in of_kind(connection, case_id, kind=CaseFact.FIXATION)
        for recording in _list(record.body["recordings"])
    }
    return linked(connection, case_id) - fixed


def _action(connection: Connection, action_id: str, *, now: datetime) -> ActionFact:
    about = gather.asked(connection, action_id, at=now)
    state = about.action.state
    if state in (ActionState.SETTLED, ActionState.CANCELLED):
        return ActionFact(action_id, state)
    against = against_contents(gather.settle(connection, about, now=now))
    found = assessment_of(connection, action_id, now=now)
    is_answered = found is not None and answers.is_answered(connection, found)
    return ActionFact(action_id, state, against, is_answered)


def stages(connection: Connection, about: AskedCase) -> frozenset[CaseStage]:
    """The stages of which there is a record: entered as such, or by what was done (R-080)."""
    records = of_kind(connection, about.case.id, kind=CaseFact.STAGE)
    found = {CaseStage(str(record.body["stage"])) for record in records}
    if documents(connection, about.case.id) or linked(connection, about.case.id):
        found.add(CaseStage.INVESTIGATE)
    for state, stage in _STAGE_OF.items():
        if _has_document(connection, about.case.id, state=state):
            found.add(stage)
    return frozenset(found)


_STAGE_OF = {
    CaseState.FILED: CaseStage.START,
    CaseState.DECIDED: CaseStage.DECIDE,
    CaseState.SERVED: CaseStage.SERVE_EXECUTE,
    CaseState.EXECUTED: CaseStage.SERVE_EXECUTE,
}
"""The stage of which a step is a record where it names its document."""


def _has_document(connection: Connection, case_id: str, *, state: CaseState) -> bool:
    steps = reading.case_steps(connection, case_id)
    return any(one.kind == state.value and "document" in one.body for one in steps)


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
