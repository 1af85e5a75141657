"""The bodies of answers and requests about holds, retention periods and what is due."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from api.models import PLAIN, Given, Key, Sha256
from api.models_case_given import Line, Long
from api.models_case_help import RecordingNamed
from api.models_register import ClauseShown, Day, Moment, Said
from evidence.retention_holds import MOST_NAMED, HoldKind

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{1,39}$")]
Quote = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=PLAIN)]
Ids = Annotated[list[Key], Field(max_length=MOST_NAMED, default_factory=list)]


# --- what is asked --------------------------------------------------------------------------------


class ScopeGiven(Given):
    """What a hold is about: each part reaches more. Persons need `since`."""

    persons: Ids
    since: Moment | None = None
    until: Moment | None = None
    cases: Ids
    actions: Ids
    recordings: Annotated[list[Sha256], Field(max_length=MOST_NAMED, default_factory=list)]


class HoldSought(Given):
    """What a hold would be about, in which unit."""

    unit: Key
    scope: ScopeGiven


class HoldGiven(HoldSought):
    """A hold: what for, on which basis, who answers for it, and when it is looked at."""

    kind: HoldKind
    basis: Line
    review_on: Day
    owner: Key | None = None
    note: Long | None = None
    ends_on: Day | None = None


class HoldReleaseGiven(Given):
    """On which basis a hold is let go."""

    basis: Line
    note: Long | None = None


class HoldReviewGiven(Given):
    """When a hold is looked at next."""

    review_on: Day
    note: Long | None = None


class RemediesGiven(Given):
    """The last days for reconsideration and for suing, as a decision told them."""

    reconsideration_until: Day
    suit_until: Day
    reconsidered_by: Line | None = None
    court: Line | None = None
    document_sha256: Sha256 | None = None
    at: Moment | None = None


class PeriodGiven(Given):
    """The period of a class, with its source: `permanent`, `case-archive`, `30 y` or `6 mo`."""

    class_code: Code
    period: Line
    document: Line
    article: Line
    quote: Quote


class VersionGiven(Given):
    """A table of periods of a unit from a day on; `is_retroactive`: for what is there, too."""

    unit: Key
    periods: Annotated[list[PeriodGiven], Field(min_length=1, max_length=50)]
    from_day: Day
    is_retroactive: bool = False
    note: Long | None = None


class VersionAnswerGiven(Given):
    """A second person's answer; to approve names the digest of what was shown."""

    approve: bool
    seen: Sha256 | None = None
    note: Long | None = None


class TermGiven(Given):
    """How long a case file is kept: for a period, or until a day; where that stands."""

    class_code: Code
    document: Line
    article: Line
    quote: Quote
    period: Line | None = None
    ends_on: Day | None = None
    is_real_estate: bool = False


class TermAnswerGiven(Given):
    """A second person's answer to an end of a case file that lets go earlier."""

    approve: bool
    note: Long | None = None


# --- what is shown --------------------------------------------------------------------------------


class ScopeShown(BaseModel):
    """What a hold is about; `persons` by name where it is known."""

    persons: list[str]
    person_names: list[str]
    since: datetime | None
    until: datetime | None
    cases: list[str]
    case_numbers: list[str]
    actions: list[str]
    recordings: list[str]


class HoldShown(BaseModel):
    """A hold as it stands; `listed` is how many recordings it found when it was placed."""

    id: str
    kind: Said
    state: Said
    unit: str | None
    unit_name: str | None
    basis: str
    note: str | None
    owner_name: str | None
    scope: ScopeShown
    listed: int
    review_on: date
    is_review_late: bool
    ends_on: date | None
    follows_from: str | None
    person_name: str | None
    is_own: bool
    placed_at: datetime
    released_by_name: str | None
    release_basis: str | None
    release_note: str | None
    released_at: datetime | None


class Holds(BaseModel):
    """Holds within reach, the latest first; `today` is the day they are judged by."""

    holds: list[HoldShown]
    today: date


class PersonNamed(BaseModel):
    """Somebody whom a hold may name."""

    id: str
    name: str | None
    officer_number: str | None


class HoldPersons(BaseModel):
    """Everybody within reach whom a hold may name."""

    persons: list[PersonNamed]


class HoldFound(BaseModel):
    """What a hold reaches: how many recordings, and those that the caller may know of."""

    count: int
    recordings: list[RecordingNamed]


class HoldDetail(BaseModel):
    """A hold, and what it holds now."""

    hold: HoldShown
    found: HoldFound


class GroundShown(BaseModel):
    """One thing that keeps a recording."""

    class_code: str
    why: Said
    subject: str
    period: str | None
    counted_from: date | None
    ends_on: date | None
    reasons: list[Said]
    set_by: str
    sources: list[ClauseShown]


class HeldBy(BaseModel):
    """A hold that keeps a recording, as short as a list needs it."""

    id: str
    kind: Said
    basis: str
    review_on: date


class StandingShown(BaseModel):
    """How long a recording is kept; `due_on` null: never as things stand, and `reasons` say why."""

    recording: str
    class_words: Said
    period: str | None
    counted_from: date | None
    ends_on: date | None
    due_on: date | None
    is_due: bool
    is_ready: bool
    reasons: list[Said]
    warnings: list[Said]
    litigation_until: date | None
    litigation: ClauseShown | None
    sources: list[ClauseShown]
    grounds: list[GroundShown]
    held_by: list[HeldBy]


class DueList(BaseModel):
    """Some of what is due, the oldest first; `next` is where to go on."""

    due: list[StandingShown]
    looked_at: int
    next: str | None
    today: date


class PeriodShown(BaseModel):
    """The period of a class; null: none is set, and nothing of it is ever due."""

    class_words: Said
    period: str | None
    set_by: str
    sources: list[ClauseShown]


class Periods(BaseModel):
    """The periods in force in a unit today."""

    periods: list[PeriodShown]
    litigation: ClauseShown


class MovedShown(BaseModel):
    """A recording whose due day moves."""

    recording: str
    class_words: Said
    before: date | None
    after: date | None


class PreviewShown(BaseModel):
    """What a version touches: how many in all, the first of them, and what is to be minded."""

    touched: int
    moved: list[MovedShown]
    shorter: list[Said]
    below_litigation: list[Said]
    litigation: ClauseShown
    sha256: str


class VersionShown(BaseModel):
    """A table of periods as it stands on record, with its answer if there is one."""

    id: str
    unit: str
    unit_name: str | None
    number: int
    from_day: date
    is_retroactive: bool
    periods: list[PeriodShown]
    touched: int
    note: str | None
    person_name: str | None
    is_own: bool
    stated_at: datetime
    answer: Said | None
    answered_by_name: str | None
    answered_at: datetime | None


class VersionsShown(BaseModel):
    """Every version within reach, the latest first."""

    versions: list[VersionShown]


class VersionDetail(BaseModel):
    """A version, and what it touches now."""

    version: VersionShown
    preview: PreviewShown


class CaseTermShown(BaseModel):
    """The end of a case file, as stated."""

    id: str
    class_code: str
    period: str | None
    ends_on: date | None
    is_real_estate: bool
    source: ClauseShown | None
    needs_second: bool
    waits: bool
    answer: Said | None
    person_name: str | None
    is_own: bool
    stated_at: datetime


class CaseTerms(BaseModel):
    """What was ever stated of the end of a case file, in order."""

    terms: list[CaseTermShown]
