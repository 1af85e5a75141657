"""The bodies of answers about cases and enforcement actions; moments are UTC texts."""

from datetime import datetime

from pydantic import BaseModel

from api.models import Words
from api.models_case_help import RecordingNamed
from api.models_register import ClauseShown, Said
from evidence.vocabulary import Tier
from people.roles import Permission


class StatedShown(BaseModel):
    """The case or action that was spoken of, and what became of it."""

    id: str
    outcome: str


class CaseShown(BaseModel):
    """A case as it stands; title and party are null once they are erased."""

    id: str
    number: str
    unit: str
    unit_name: str | None
    category: Said
    category_name: str | None
    power_item: str | None
    title: str | None
    party: str | None
    is_major: bool
    especially_major: bool
    state: Said
    state_at: datetime
    source: str
    external_id: str | None


class Cases(BaseModel):
    """A page of cases, newest first; `next` asks for what is older."""

    cases: list[CaseShown]
    next: str | None


class InterestsShown(BaseModel):
    """What an action touches."""

    liberty: bool
    life_health: bool
    major_property: bool


class VerdictShown(BaseModel):
    """The latest assessment of an action; `number` counts its assessments."""

    number: int
    verdict: Said
    flags: list[Said]
    assessed_at: datetime
    sha256: str


class ActionShown(BaseModel):
    """An action as it stands; `verdict` is null before anything was assessed."""

    id: str
    case: str | None
    case_number: str | None
    unit: str
    unit_name: str | None
    type: Said
    type_name: str | None
    category: Said
    category_name: str | None
    power_item: str | None
    place: str | None
    room: str | None
    room_name: str | None
    interests: InterestsShown
    tier: Said
    tier_reasons: list[Said]
    tier_raised: Tier | None
    planned_from: datetime | None
    planned_to: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    state: Said
    state_at: datetime
    source: str
    external_id: str | None
    verdict: VerdictShown | None


class Actions(BaseModel):
    """Actions, of a case or of a page; `next` asks for what is older."""

    actions: list[ActionShown]
    next: str | None = None


class MemberShown(BaseModel):
    """Somebody of a team, and whether they may enforce on the day of the action."""

    person: str
    name: str | None
    officer_number: str | None
    role: Said
    is_recorder_person: bool
    came: datetime | None
    left: datetime | None
    may_enforce: bool
    reasons: list[Said]


class IntervalShown(BaseModel):
    """One version of the interval that was declared."""

    number: int
    start: datetime
    end: datetime
    basis_sha256: str | None
    reason: str | None
    declared_by: str
    second_person: str | None
    stated_at: datetime


class RecordShown(BaseModel):
    """A record of an action or case; `texts` are what people wrote, by name, null once erased.

    `words` say the facts as people read them.
    """

    number: int
    kind: Said
    at: datetime
    document_sha256: str | None
    facts: dict[str, object]
    words: list[Words]
    texts: dict[str, str | None]
    person: str | None


class StretchShown(BaseModel):
    """Seconds of an action, by true time."""

    start: datetime
    end: datetime
    seconds: int


class CoveredShown(BaseModel):
    """What one modality covers of the action."""

    seconds: int
    gaps: list[StretchShown]
    seams: list[StretchShown]
    overlap_s: int


class FootageShown(BaseModel):
    """A recording that counts, and when it has picture and sound by corrected time."""

    recording: str
    device: str
    clock: Said
    uncertainty_s: int | None
    video: list[StretchShown]
    audio: list[StretchShown]


class ExcludedShown(BaseModel):
    """A recording that is linked and does not count, and why."""

    recording: str
    reason: Said


class CoverageShown(BaseModel):
    """An assessment to the second, with the clauses that it rests on."""

    number: int
    verdict: Said
    flags: list[Said]
    assessed_at: datetime
    sha256: str
    window: StretchShown
    video: CoveredShown
    audio: CoveredShown
    team_below: list[StretchShown]
    aux_alone: list[StretchShown]
    footage: list[FootageShown]
    excluded: list[ExcludedShown]
    clauses: list[ClauseShown]


class RefusalShown(BaseModel):
    """Why a step cannot be taken: the article it rests on, and what would lift it."""

    code: str
    words: Words
    lift: Words
    clauses: list[ClauseShown]


class StepBlockShown(BaseModel):
    """A step that may come next, and all that stands against it now."""

    step: str
    words: Words
    refusals: list[RefusalShown]


class TryShown(BaseModel):
    """A try of a step that is on record."""

    step: str
    words: Words
    passed: bool
    codes: list[str]
    reasons: list[Words]
    person: str | None
    name: str | None
    tried_at: datetime


class ProposalShown(BaseModel):
    """Something that waits for a second person, or was answered by one.

    `is_own` tells that whoever asks made it, and so may withdraw it and not answer it.
    """

    id: str
    action: str
    action_type: Said
    case_number: str | None
    is_own: bool
    kind: Said
    facts: dict[str, object]
    reason: str | None
    person: str
    name: str | None
    stated_at: datetime
    answer: Said | None
    answered_by: str | None
    answered_name: str | None
    note: str | None


class Proposals(BaseModel):
    """What waits for a second person."""

    proposals: list[ProposalShown]


class ProposalMade(BaseModel):
    """A proposal that now waits."""

    id: str


class ActionDetail(BaseModel):
    """An action with all that is on record of it; `coverage` is null before it was assessed.

    `recordings` are those that belong to it now; `may` is what whoever asks may do with it.
    """

    action: ActionShown
    may: list[Permission]
    recordings: list[RecordingNamed]
    team: list[MemberShown]
    intervals: list[IntervalShown]
    records: list[RecordShown]
    proposals: list[ProposalShown]
    coverage: CoverageShown | None
    history: list[VerdictShown]
    blocks: list[StepBlockShown]
    tries: list[TryShown]


class CaseDetail(BaseModel):
    """A case with its actions, records and recordings, and what blocks its next steps.

    `unfixed` are the recordings that no fixation covers yet, `footage` says what each recording
    is; `may` is what whoever asks may do with the case.
    """

    case: CaseShown
    may: list[Permission]
    footage: list[RecordingNamed]
    actions: list[ActionShown]
    records: list[RecordShown]
    recordings: list[str]
    unfixed: list[str]
    blocks: list[StepBlockShown]
    tries: list[TryShown]
