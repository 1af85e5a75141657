"""Guards of a case's steps: everything that stands against a step, all of it at once.

Holds always: as in `evidence.guards`; a verdict is never changed by closing a case over it, and an
explanation counts only with the approval of somebody outside the team (D-07; R-061, R-076, R-080,
R-136, R-155 to R-163, R-169, R-170, R-188, R-200, R-208 to R-211; part 3.2).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from evidence.canonical import Json
from evidence.case_vocabulary import ActionState, CaseStage, CaseState, Opinion
from evidence.guards import COVERAGE_CODES
from evidence.refusals import Refusal, RefusalCode, listed

_C = RefusalCode
_S = CaseState

BEFORE: Mapping[CaseState, frozenset[CaseState]] = {
    _S.FILED: frozenset({_S.MATTER}),
    _S.NOT_FILED: frozenset({_S.MATTER}),
    _S.INVESTIGATING: frozenset({_S.FILED, _S.REVIEW}),
    _S.REVIEW: frozenset({_S.INVESTIGATING, _S.REVIEW}),
    _S.COLLECTIVE: frozenset({_S.INVESTIGATING, _S.REVIEW}),
    _S.DECIDED: frozenset({_S.INVESTIGATING, _S.REVIEW, _S.COLLECTIVE}),
    _S.SERVED: frozenset({_S.DECIDED}),
    _S.EXECUTED: frozenset({_S.SERVED}),
    _S.CLOSED: frozenset({_S.SERVED, _S.EXECUTED}),
    _S.ARCHIVED: frozenset({_S.CLOSED, _S.NOT_FILED}),
    _S.TRANSFERRED: frozenset({_S.INVESTIGATING, _S.REVIEW, _S.COLLECTIVE, _S.DECIDED}),
}
"""From which states a state may be reached. Who has nothing to execute closes after service."""

_DECIDED = frozenset({_S.DECIDED, _S.SERVED, _S.EXECUTED, _S.CLOSED, _S.ARCHIVED})


class Override(StrEnum):
    """What may stand in for coverage at closing: `gap.override`."""

    FINDING = "finding"
    NEVER = "never"


def move_refusals(state: CaseState, to: CaseState) -> tuple[Refusal, ...]:
    """What stands against a step that needs nothing but its order."""
    if state in BEFORE.get(to, frozenset()):
        return ()
    if to is _S.DECIDED and state in _DECIDED:
        return (Refusal(_C.ALREADY_DECIDED, {"state": state.value}),)
    allowed = listed(one.value for one in BEFORE.get(to, frozenset()))
    return (Refusal(_C.WRONG_STATE, {"state": state.value, "allowed": allowed}),)


# --- legal review and decision --------------------------------------------------------------------


def submit_refusals(
    state: CaseState, *, linked: frozenset[str], bundle: frozenset[str]
) -> tuple[Refusal, ...]:
    """What stands against sending a case to review: no recording may be left out (R-061)."""
    left_out = linked - bundle
    against = [Refusal(_C.REVIEW_INCOMPLETE, {"recordings": listed(left_out)})] if left_out else []
    return (*move_refusals(state, _S.REVIEW), *against)


@dataclass(frozen=True)
class ReviewFact:
    """Legal review as it stands: the last round sent in, and the last opinion on that round.

    `is_current` where the recordings and documents of today are those that were sent in.
    """

    round: int = 0
    opinion: Opinion | None = None
    reviewer: str | None = None
    is_current: bool = False


@dataclass(frozen=True)
class CollectiveFact:
    """A collective discussion: members, votes in favour, and whether its minutes are there."""

    members: int
    in_favour: int
    has_minutes: bool
    after_review: bool = True


@dataclass(frozen=True)
class DecideFacts:
    """What bears on deciding a case; `team` is everybody of any team of it."""

    state: CaseState
    is_major: bool
    especially_major: bool
    collective_step: bool
    review: ReviewFact
    collective: CollectiveFact | None
    team: frozenset[str]
    linked: frozenset[str] = frozenset()
    relied_on: frozenset[str] = frozenset()


def decide_refusals(facts: DecideFacts) -> tuple[Refusal, ...]:
    """All that stands against a decision."""
    return tuple(_against_decision(facts))


def _against_decision(facts: DecideFacts) -> Iterator[Refusal]:
    yield from move_refusals(facts.state, _S.DECIDED)
    if facts.is_major:
        yield from review_refusals(facts.review, facts.team)
    if facts.especially_major or (facts.is_major and facts.collective_step):
        yield from _against_collective(facts)
    strangers = facts.relied_on - facts.linked
    if strangers:
        yield Refusal(_C.RELIED_NOT_LINKED, {"recordings": listed(strangers)})


def review_refusals(review: ReviewFact, team: frozenset[str]) -> Iterator[Refusal]:
    """What is missing of legal review: agreed, on what is there today, by somebody else."""
    if review.opinion is not Opinion.AGREE:
        said = None if review.opinion is None else review.opinion.value
        yield Refusal(_C.REVIEW_NOT_AGREED, {"round": review.round, "opinion": said})
    if review.round > 0 and not review.is_current:
        yield Refusal(_C.REVIEW_STALE, {"round": review.round})
    if review.reviewer is not None and review.reviewer in team:
        yield Refusal(_C.REVIEWER_IN_TEAM, {"person": review.reviewer})


def _against_collective(facts: DecideFacts) -> Iterator[Refusal]:
    found = facts.collective
    if found is None or not found.after_review:
        yield Refusal(_C.COLLECTIVE_MISSING)
    if facts.especially_major and (found is None or not found.has_minutes):
        yield Refusal(_C.MINUTES_MISSING)
    if found is not None and 2 * found.in_favour < found.members:
        votes: Mapping[str, Json] = {"members": found.members, "in_favour": found.in_favour}
        yield Refusal(_C.VOTES_TOO_FEW, votes)


# --- closing and archiving ------------------------------------------------------------------------


@dataclass(frozen=True)
class ActionFact:
    """An action of the case at closing; `against` is what stands against it, settled or not.

    `is_answered` where its finding was explained and approved by somebody outside the team.
    """

    id: str
    state: ActionState
    against: tuple[Refusal, ...] = ()
    is_answered: bool = False


@dataclass(frozen=True)
class CloseFacts:
    """What bears on closing a case; `unfixed` are linked recordings without a fixation."""

    state: CaseState
    actions: tuple[ActionFact, ...]
    override: Override
    unfixed: frozenset[str] = frozenset()


def close_refusals(facts: CloseFacts) -> tuple[Refusal, ...]:
    """All that stands against closing: each action's coverage, the rest of it, fixation."""
    found = list(move_refusals(facts.state, _S.CLOSED))
    for action in facts.actions:
        found.extend(_against_action(action, facts.override))
    if facts.unfixed:
        found.append(Refusal(_C.NOT_FIXED, {"recordings": listed(facts.unfixed)}))
    return tuple(found)


def _against_action(action: ActionFact, override: Override) -> Iterator[Refusal]:
    """An action that is settled stands; one that is not passes only over its coverage (D-07)."""
    if action.state in (ActionState.SETTLED, ActionState.CANCELLED):
        return
    others = [one.code.value for one in action.against if one.code not in COVERAGE_CODES]
    coverage = [one for one in action.against if one.code in COVERAGE_CODES]
    passes = override is Override.FINDING and action.is_answered
    for one in coverage:
        waits = one.code is _C.COVERAGE_PROVISIONAL
        if waits or not passes:
            told: Mapping[str, Json] = {"action": action.id, "override": override.value}
            yield Refusal(one.code, {**one.facts, **told})
    if others or not coverage or action.state is not ActionState.ENDED:
        facts: Mapping[str, Json] = {
            "action": action.id,
            "state": action.state.value,
            "codes": listed(others),
        }
        yield Refusal(_C.NOT_SETTLED, facts)


@dataclass(frozen=True)
class ArchiveFacts:
    """What bears on archiving; `missing` are items of the manifest that are not whole.

    A matter that was not filed is archived as working material and owes no stages (R-188).
    """

    state: CaseState
    stages: frozenset[CaseStage]
    missing: frozenset[str] = frozenset()


def archive_refusals(facts: ArchiveFacts) -> tuple[Refusal, ...]:
    """All that stands against archiving: the four stages, and every item (R-080, R-136)."""
    found = list(move_refusals(facts.state, _S.ARCHIVED))
    missing: list[Json] = [stage.value for stage in CaseStage if stage not in facts.stages]
    if missing and facts.state is not _S.NOT_FILED:
        found.append(Refusal(_C.STAGE_MISSING, {"stages": missing}))
    if facts.missing:
        found.append(Refusal(_C.ITEM_MISSING, {"items": listed(facts.missing)}))
    return tuple(found)


def transfer_refusals(state: CaseState, *, has_receipt: bool) -> tuple[Refusal, ...]:
    """What stands against handing a case over: the receiver's receipt is needed (R-076)."""
    against = [] if has_receipt else [Refusal(_C.TRANSFER_RECEIPT)]
    return (*move_refusals(state, _S.TRANSFERRED), *against)


def file_refusals(state: CaseState, to: CaseState, *, has_reason: bool) -> tuple[Refusal, ...]:
    """What stands against filing a matter or leaving it unfiled, which needs its reason."""
    needs = to is _S.NOT_FILED and not has_reason
    against = [Refusal(_C.REASON_MISSING)] if needs else []
    return (*move_refusals(state, to), *against)
