"""The bodies of requests about cases and enforcement actions; moments are UTC texts."""

from typing import Annotated

from pydantic import Field, StringConstraints

from api.models import PLAIN, Given, Key, Sha256
from api.models_register import Moment
from evidence.case_vocabulary import (
    ActionType,
    Awareness,
    Bearing,
    CaseStage,
    CaseState,
    Category,
    IdentityMode,
    MetadataGroup,
    NoticeItem,
    Opinion,
    RecordChoice,
    Signed,
    TeamRole,
)
from evidence.vocabulary import Tier

Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PLAIN)]
Long = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Second = Annotated[int, Field(ge=0, le=86_400)]


class CaseGiven(Given):
    """A case by hand or from a platform; the same external id again states the same case anew."""

    number: Line
    unit: Key
    category: Category
    category_name: Line | None = None
    power_item: Line | None = None
    title: Line | None = None
    party: Line | None = None
    is_major: bool = False
    especially_major: bool = False
    source: Line | None = None
    external_id: Line | None = None


class InterestsGiven(Given):
    """What an action touches; one of them makes whole recording a duty."""

    liberty: bool = False
    life_health: bool = False
    major_property: bool = False


class ActionGiven(Given):
    """An action by hand or from a platform; the same external id again states the same anew."""

    unit: Key
    type: ActionType
    category: Category
    type_name: Line | None = None
    category_name: Line | None = None
    power_item: Line | None = None
    case: Key | None = None
    place: Line | None = None
    room: Line | None = None
    interests: InterestsGiven = InterestsGiven()
    tier_raised: Tier | None = None
    planned_from: Moment | None = None
    planned_to: Moment | None = None
    source: Line | None = None
    external_id: Line | None = None


class MemberGiven(Given):
    """Somebody of a team; without times they are there from beginning to end."""

    person: Key
    role: TeamRole
    is_recorder_person: bool = False
    came: Moment | None = None
    left: Moment | None = None


class TeamGiven(Given):
    """The whole team; who is left out is withdrawn."""

    members: Annotated[list[MemberGiven], Field(min_length=1, max_length=50)]


class IntervalGiven(Given):
    """From when to when an action really lasted, by which document."""

    start: Moment
    end: Moment
    basis_sha256: Sha256 | None = None


class CorrectionGiven(Given):
    """Another interval than the declared one, and why: it waits for a second person."""

    start: Moment
    end: Moment
    reason: Long


class StepGiven(Given):
    """A step is taken at a moment, now if left out; `document_sha256` is what it rests on."""

    at: Moment | None = None
    document_sha256: Sha256 | None = None


class EndGiven(StepGiven):
    """An action ends, with the interval that its written record states."""

    start: Moment
    end: Moment
    basis_sha256: Sha256 | None = None


class CancelGiven(StepGiven):
    """A planned action is cancelled, and why."""

    reason: Long


class CaseStepGiven(StepGiven):
    """A case goes on to a state; what belongs to the step stands beside it.

    `reason` is asked where it is not filed, `outcome` and `relied_on` where it is decided,
    `receiver` where it is transferred; `recordings` is the bundle sent to review, all if left out.
    """

    to: CaseState
    reason: Long | None = None
    outcome: Line | None = None
    relied_on: Annotated[tuple[Sha256, ...], Field(max_length=1000)] = ()
    receiver: Line | None = None
    recordings: Annotated[list[Sha256], Field(max_length=1000)] | None = None


class FixationGiven(Given):
    """Recordings reduced to a signed writing; a refusal to sign needs its note."""

    document_sha256: Sha256
    recordings: Annotated[list[Sha256], Field(min_length=1, max_length=1000)]
    signature: Signed = Signed.SIGNED
    note: Long | None = None
    at: Moment | None = None


class OpinionGiven(Given):
    """What legal review came to; whoever is logged in is the reviewer."""

    opinion: Opinion
    document_sha256: Sha256 | None = None
    at: Moment | None = None


class CollectiveGiven(Given):
    """A collective discussion with its votes; the document is its minutes."""

    members: Annotated[int, Field(ge=1, le=1000)]
    in_favour: Annotated[int, Field(ge=0, le=1000)]
    document_sha256: Sha256 | None = None
    at: Moment | None = None


class StageGiven(Given):
    """A record of one of the four stages, by its document."""

    stage: CaseStage
    document_sha256: Sha256
    note: Long | None = None
    at: Moment | None = None


class TagGiven(Given):
    """Which way a recording of the case bears."""

    recording: Sha256
    bearing: Bearing
    note: Long | None = None
    at: Moment | None = None


class AnswerGiven(Given):
    """A remark on an answer."""

    note: Long | None = None


class DecisionGiven(Given):
    """Whether to record, where that is left to those on the spot."""

    choice: RecordChoice
    reason: Long | None = None


class AwarenessGiven(Given):
    """How the counterpart knew of the recording."""

    mode: Awareness
    recording: Sha256 | None = None
    offset_s: Second | None = None
    sign: Line | None = None


class IdentityGiven(Given):
    """That certificates were shown or worn."""

    mode: IdentityMode
    offset_s: Second | None = None


class NoticeGiven(Given):
    """That the counterpart was told of something, in a recording or a document."""

    item: NoticeItem
    offset_s: Second | None = None
    document_sha256: Sha256 | None = None


class DocumentGiven(Given):
    """A document: its code, and its template or why it is in free form."""

    code: Line
    document_sha256: Sha256
    template: Line | None = None
    reason: Long | None = None


class SignatureGiven(Given):
    """A signature on a document; `signer` is a person's id, COUNTERPART or WITNESS."""

    document_sha256: Sha256
    signer: Key
    result: Signed = Signed.SIGNED
    note: Long | None = None
    noted_by: Key | None = None


class WitnessGiven(Given):
    """A witness; `person` where they are of the register."""

    name: Line
    is_present: bool = True
    person: Key | None = None


class MetadataGiven(Given):
    """One of the six groups that the record must state."""

    group: MetadataGroup
    text: Long


class PartyGiven(Given):
    """A party of the action."""

    name: Line


class ExemptionGiven(Given):
    """Text instead of recording: which documents, who signed them, and why."""

    documents: Annotated[list[Sha256], Field(min_length=1, max_length=20)]
    signers: Annotated[list[Key], Field(min_length=1, max_length=20)]
    reason: Long
