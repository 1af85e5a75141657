"""The bodies of answers and requests about links, footage that is judged, and findings."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.models import Given, Key, Sha256, Words
from api.models_case_given import Line, Long
from api.models_register import ClauseShown, Moment, Said
from cases.links import LinkAnswer
from evidence.assessment import Exclusion
from evidence.finding_rules import Cause, Triage
from people.roles import Permission

Milliseconds = Annotated[int, Field(ge=0, le=10**9)]


# --- what is asked --------------------------------------------------------------------------------


class LinkGiven(Given):
    """The action that a recording belongs to."""

    action: Key


class UnlinkGiven(Given):
    """The action that a recording does not belong to after all, and why."""

    action: Key
    reason: Long


class LinkAnswerGiven(Given):
    """What is said of footage that waits: of no case, or to be answered later."""

    answer: LinkAnswer


class AsideGiven(Given):
    """Why a recording is put aside."""

    cause: Exclusion
    note: Long | None = None


class ReleaseGiven(Given):
    """Which cause holds no more, and why."""

    cause: Exclusion
    note: Long


class AnchorGiven(Given):
    """At the true moment `true_at` the recorder's clock showed `device_at`; how that is known."""

    device_at: Moment
    true_at: Moment
    note: Long


class SegmentGiven(Given):
    """A stretch of a recording that a document rests on, in milliseconds from its first frame."""

    recording: Sha256
    document_sha256: Sha256
    document_code: Line
    from_ms: Milliseconds
    to_ms: Milliseconds
    note: Long


class ExplanationGiven(Given):
    """Why it came to it; an explanation never changes a verdict."""

    cause: Cause
    text: Long


class TriageGiven(Given):
    """How a finding is dealt with, and who answers for it."""

    triage: Triage
    person: Key | None = None
    deadline: date | None = None
    recipient: Line | None = None
    document: Line | None = None
    head: Key | None = None
    direct: Annotated[tuple[Key, ...], Field(max_length=20)] = ()


# --- what is answered -----------------------------------------------------------------------------


class CandidateShown(BaseModel):
    """An action that a recording may belong to, and why; its times are declared, else planned."""

    action: str
    case: str | None
    case_number: str | None
    type: Said
    unit_name: str | None
    place: str | None
    start: datetime | None
    end: datetime | None
    reasons: list[Said]
    overlap_s: int


class WaitingShown(BaseModel):
    """Footage that waits for somebody to say what it is of, and until when (R-189)."""

    recording: str
    since: datetime
    due: datetime
    overdue: bool
    recorder: str | None
    holder_name: str | None
    start: datetime | None
    end: datetime | None
    candidates: list[CandidateShown]


class Inbox(BaseModel):
    """What waits within reach, the longest first."""

    waiting: list[WaitingShown]


class LinkShown(BaseModel):
    """A recording and an action that belong together, or did."""

    recording: str
    action: str
    case: str | None
    case_number: str | None
    type: Said
    basis: Said
    reasons: list[Said]
    person: str | None
    name: str | None
    stated_at: datetime
    ended_at: datetime | None
    end_reason: str | None


class RecordingCases(BaseModel):
    """What a recording is of, and when it was made by corrected time; `aside` is why it is out.

    `raw` is when it began by its recorder's clock; `may` is what whoever asks may do with it.
    """

    may: list[Permission]
    raw: datetime | None
    state: Said
    links: list[LinkShown]
    aside: list[Said]
    start: datetime | None
    end: datetime | None
    clock: Said | None
    uncertainty_s: int | None
    holder: str | None
    holder_name: str | None


class SegmentShown(BaseModel):
    """A stretch of a recording that a document rests on."""

    recording: str
    document_sha256: str
    document_code: str
    from_ms: int
    to_ms: int
    note: str | None
    person: str
    name: str | None
    stated_at: datetime


class Segments(BaseModel):
    """The segments of an action, by recording and time."""

    segments: list[SegmentShown]


class HappenedShown(BaseModel):
    """Something that happened to a finding after it was opened."""

    event: Said
    at: datetime
    person: str | None
    name: str | None
    facts: dict[str, object]
    texts: dict[str, str | None]


class FindingShown(BaseModel):
    """A finding: what was found in words, on which clauses it rests, and what became of it."""

    id: str
    number: str
    kind: Said
    state: Said
    words: Words
    unit: str | None
    action: str | None
    case: str | None
    recording: str | None
    persons: list[str]
    self_reported: bool
    opened_at: datetime
    clauses: list[ClauseShown]
    events: list[HappenedShown]


class Findings(BaseModel):
    """A page of findings, newest first; `next` asks for what is older."""

    findings: list[FindingShown]
    next: str | None
