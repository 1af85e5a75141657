"""Guards of an action's steps: everything that stands against a step, all of it at once.

Holds always: a guard rests on facts alone and reads nothing; it refuses a step and never a fact;
numbers come from the profile in force on the day of the act (part 3.2; R-038, R-048 to R-054,
R-062, R-078, R-142, R-146, R-184, R-190 to R-196, D-05, D-16, D-21).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from evidence.canonical import Json
from evidence.case_vocabulary import (
    ActionState,
    ActionType,
    Awareness,
    Category,
    IdentityMode,
    MetadataGroup,
    Signed,
    TeamRole,
)
from evidence.enforcing import Bar, PersonKind
from evidence.refusals import Refusal, RefusalCode, listed
from evidence.vocabulary import Tier

_C = RefusalCode


class CapacityBar(StrEnum):
    """Why a body may not enforce on a day (R-048)."""

    NOT_STATED = "NOT_STATED"
    NO_CAPACITY = "NO_CAPACITY"


@dataclass(frozen=True)
class TeamFact:
    """Somebody of the team on the day of the act; `bars` is empty for who may enforce."""

    person: str
    role: TeamRole
    kind: PersonKind | None
    bars: tuple[Bar, ...] = ()
    is_recorder_person: bool = False

    @property
    def is_officer(self) -> bool:
        """Whether this counts towards the officers that are needed."""
        return not self.bars and self.kind is PersonKind.OFFICER


@dataclass(frozen=True)
class PowerFact:
    """The item of the power list; `in_force` is None where no list says anything."""

    code: str | None
    in_force: bool | None = None


@dataclass(frozen=True)
class StartFacts:
    """What bears on starting; `review` is what is missing of the review of a major case.

    Only executing its decision asks for that (R-211).
    """

    state: ActionState
    team: tuple[TeamFact, ...]
    least: int
    capacity: CapacityBar | None
    power: PowerFact
    tier: Tier
    is_decided: bool = False
    is_exempted: bool = False
    recorders: int = 0
    review: tuple[Refusal, ...] = ()


def start_refusals(facts: StartFacts) -> tuple[Refusal, ...]:
    """All that stands against PLANNED to STARTED."""
    return tuple(_against_start(facts))


def _against_start(facts: StartFacts) -> Iterator[Refusal]:
    yield from _wrong_state(facts.state, ActionState.PLANNED)
    yield from _against_team(facts.team, facts.least)
    if facts.capacity is not None:
        yield Refusal(_C.NOT_QUALIFIED, {"why": facts.capacity.value})
    if facts.power.code is None:
        yield Refusal(_C.NO_POWER_ITEM)
    elif facts.power.in_force is False:
        yield Refusal(_C.POWER_ITEM_ENDED, {"item": facts.power.code})
    if facts.tier is Tier.MANDATORY and facts.recorders < 1:
        yield Refusal(_C.NO_RECORDER, {"recorders": facts.recorders})
    if facts.tier is Tier.DISCRETIONARY and not (facts.is_decided or facts.is_exempted):
        yield Refusal(_C.NO_DECISION)
    yield from facts.review


def _against_team(team: Sequence[TeamFact], least: int) -> Iterator[Refusal]:
    officers = [one for one in team if one.is_officer]
    barred = [one for one in team if one.kind is PersonKind.OFFICER and one.bars]
    if len(officers) < least:
        causes: list[Json] = [_cause(one) for one in barred]
        facts: Mapping[str, Json] = {"officers": len(officers), "least": least, "causes": causes}
        yield Refusal(_C.TEAM_TOO_SMALL, facts)
    for one in barred:
        code = _C.CERT_EXPIRED if Bar.CERT_EXPIRED in one.bars else _C.MEMBER_BARRED
        yield Refusal(code, _cause(one))
    if not any(one.role is TeamRole.LEAD for one in officers):
        yield Refusal(_C.NO_LEAD)
    if sum(one.is_recorder_person for one in team) != 1:
        yield Refusal(_C.NO_RECORDER_PERSON)


def _cause(one: TeamFact) -> dict[str, Json]:
    return {"person": one.person, "bars": [bar.value for bar in one.bars]}


def _wrong_state(state: StrEnum, *allowed: StrEnum) -> Iterator[Refusal]:
    if state not in allowed:
        names: list[Json] = [one.value for one in allowed]
        yield Refusal(_C.WRONG_STATE, {"state": state.value, "allowed": names})


def end_refusals(state: ActionState, *, has_interval: bool) -> tuple[Refusal, ...]:
    """All that stands against STARTED to ENDED: it needs the interval that the record states."""
    against = [] if has_interval else [Refusal(_C.NO_INTERVAL)]
    return (*_wrong_state(state, ActionState.STARTED), *against)


def cancel_refusals(state: ActionState, *, has_reason: bool) -> tuple[Refusal, ...]:
    """All that stands against PLANNED to CANCELLED."""
    against = [] if has_reason else [Refusal(_C.REASON_MISSING)]
    return (*_wrong_state(state, ActionState.PLANNED), *against)


# --- text instead of recording --------------------------------------------------------------------


@dataclass(frozen=True)
class ExemptFacts:
    """A text that is to stand for recording; `may` is `tiering.may_exempt`.

    `signers` are those of the team who may enforce; the approver is not of the team.
    """

    tier: Tier
    may: bool
    documents: int
    signers: frozenset[str]
    least: int
    has_reason: bool
    approver: str | None
    team: frozenset[str] = frozenset()


def exempt_refusals(facts: ExemptFacts) -> tuple[Refusal, ...]:
    """All that stands against a text exemption (R-142): reason and approver if DISCRETIONARY."""
    found: list[Refusal] = []
    if not facts.may:
        found.append(Refusal(_C.EXEMPTION_FORBIDDEN, {"tier": facts.tier.value}))
    if facts.documents < 1:
        found.append(Refusal(_C.MISSING_DOC, {"documents": []}))
    if len(facts.signers) < facts.least:
        found.append(_signatures(len(facts.signers), facts.least, document=None))
    if facts.tier is Tier.ORDINARY:
        return tuple(found)
    if not facts.has_reason:
        found.append(Refusal(_C.EXEMPTION_REASON))
    if facts.approver is None or facts.approver in facts.team:
        found.append(Refusal(_C.EXEMPTION_APPROVER))
    return tuple(found)


def _signatures(signed: int, least: int, *, document: str | None) -> Refusal:
    return Refusal(_C.SIGNATURES, {"signed": signed, "least": least, "document": document})


# --- settling -------------------------------------------------------------------------------------

SETTLED_BY = frozenset({"FULL", "SEAMED", "TEXT_EXEMPT", "DISCRETION_NOT_RECORDED", "NOT_REQUIRED"})
"""Verdicts with which an action can be settled (3.2)."""

_AGAINST_VERDICT: Mapping[str, RefusalCode] = {
    "GAP": _C.COVERAGE_GAP,
    "NONE": _C.COVERAGE_NONE,
    "PROVISIONAL": _C.COVERAGE_PROVISIONAL,
    "NO_DECISION": _C.NO_DECISION,
}
COVERAGE_CODES = frozenset(_AGAINST_VERDICT.values())
"""What an answered finding may stand in for where the profile allows it (D-07)."""

_IDENTITY_FOR = frozenset({Category.INSPECTION, Category.PENALTY, Category.COMPULSION})
_IDENTITY_TYPES = frozenset({ActionType.INSPECTION, ActionType.EVIDENCE_TAKING})


@dataclass(frozen=True)
class CoverageFact:
    """The verdict of the newest assessment, with the uncovered seconds of each modality."""

    verdict: str | None
    video_s: int = 0
    audio_s: int = 0


@dataclass(frozen=True)
class PaperFact:
    """A document of the action and who signed it.

    `officers` signed it, were there and may enforce. `counterpart` and `witness` are None where
    nothing is on record of their signing.
    """

    sha256: str
    code: str
    officers: frozenset[str] = frozenset()
    counterpart: Signed | None = None
    counterpart_noted: bool = False
    witness: Signed | None = None


@dataclass(frozen=True)
class WitnessFact:
    """A witness who was there; `of_bureau` for an officer or auxiliary of the bureau."""

    record: int
    of_bureau: bool = False


@dataclass(frozen=True)
class ToldFact:
    """How a linked recording was known of; `mode` is None where nothing is on record."""

    recording: str
    mode: Awareness | None
    has_verbal: bool = False


@dataclass(frozen=True)
class SettleFacts:
    """What bears on settling an action; `required` are the documents its type must have."""

    state: ActionState
    type: ActionType
    category: Category
    coverage: CoverageFact
    groups: frozenset[MetadataGroup]
    required: tuple[str, ...]
    papers: tuple[PaperFact, ...]
    least_signatures: int
    identity: frozenset[IdentityMode]
    identity_modes: frozenset[IdentityMode]
    witnesses: tuple[WitnessFact, ...] = ()
    told: tuple[ToldFact, ...] = field(default=())
    require_verbal: bool = False


def settle_refusals(facts: SettleFacts) -> tuple[Refusal, ...]:
    """All that stands against ENDED to SETTLED."""
    return (*_wrong_state(facts.state, ActionState.ENDED), *against_contents(facts))


def against_contents(facts: SettleFacts) -> tuple[Refusal, ...]:
    """The same without the state: what is wrong with the action itself."""
    return (
        *_against_coverage(facts.coverage),
        *_against_metadata(facts.groups),
        *_against_papers(facts),
        *_against_witnesses(facts),
        *_against_identity(facts),
        *_against_awareness(facts),
    )


def _against_coverage(found: CoverageFact) -> Iterator[Refusal]:
    if found.verdict is None:
        yield Refusal(_C.NO_INTERVAL)
    elif found.verdict not in SETTLED_BY:
        seconds: Mapping[str, Json] = {
            "verdict": found.verdict,
            "video_s": found.video_s,
            "audio_s": found.audio_s,
        }
        yield Refusal(_AGAINST_VERDICT[found.verdict], seconds)


def _against_metadata(groups: frozenset[MetadataGroup]) -> Iterator[Refusal]:
    missing: list[Json] = [group.value for group in MetadataGroup if group not in groups]
    if missing:
        yield Refusal(_C.META_INCOMPLETE, {"missing": missing})


def _against_papers(facts: SettleFacts) -> Iterator[Refusal]:
    """Each required document with its signatures; else one document at least with them (D-12)."""
    there = {paper.code for paper in facts.papers}
    missing = [code for code in facts.required if code not in there]
    if missing or not facts.papers:
        yield Refusal(_C.MISSING_DOC, {"documents": listed(missing)})
    needed = [paper for paper in facts.papers if paper.code in facts.required]
    if facts.required:
        for paper in needed:
            yield from _against_paper(paper, facts)
    elif facts.papers:
        yield from min(
            (tuple(_against_paper(paper, facts)) for paper in facts.papers),
            key=len,
        )


def _against_paper(paper: PaperFact, facts: SettleFacts) -> Iterator[Refusal]:
    about: Mapping[str, Json] = {"document": paper.sha256}
    if len(paper.officers) < facts.least_signatures:
        signed = len(paper.officers)
        yield _signatures(signed, facts.least_signatures, document=paper.sha256)
    if paper.counterpart is Signed.REFUSED and not paper.counterpart_noted:
        yield Refusal(_C.REFUSAL_NOTE, about)
    is_absent = facts.type is ActionType.SERVICE_BY_ANNOUNCEMENT
    if paper.counterpart is None and not is_absent:
        yield Refusal(_C.COUNTERPART_SIGNATURE, about)
    if facts.witnesses and paper.witness is None:
        yield Refusal(_C.WITNESS_SIGNATURE, about)


def _against_witnesses(facts: SettleFacts) -> Iterator[Refusal]:
    for witness in facts.witnesses:
        if witness.of_bureau:
            yield Refusal(_C.WITNESS_OF_BUREAU, {"record": witness.record})


def _against_identity(facts: SettleFacts) -> Iterator[Refusal]:
    is_needed = facts.category in _IDENTITY_FOR or facts.type in _IDENTITY_TYPES
    if facts.type is ActionType.SERVICE_BY_ANNOUNCEMENT:
        return
    if is_needed and not facts.identity & facts.identity_modes:
        modes = listed(mode.value for mode in facts.identity_modes)
        yield Refusal(_C.NO_IDENTITY, {"modes": modes})


def _against_awareness(facts: SettleFacts) -> Iterator[Refusal]:
    """Recordings of which nobody said how the counterpart knew, or that they were told."""
    missing = listed(one.recording for one in facts.told if _is_untold(one, facts))
    if missing:
        verbal = facts.require_verbal
        yield Refusal(_C.NOT_TOLD, {"recordings": missing, "require_verbal": verbal})


def _is_untold(one: ToldFact, facts: SettleFacts) -> bool:
    if one.mode in (None, Awareness.NONE):
        return True
    return facts.require_verbal and one.mode is Awareness.VISIBLE_DEVICE and not one.has_verbal
