"""The bodies of answers about policy profiles and the working-day calendar."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from api.models import Given, Sha256, Words
from api.models_case_given import Long
from api.models_register import Said
from evidence.vocabulary import Basis, DayKind, DueState, Standing, TermUnit, YearOrigin
from people.own_policies import MOST_CHARACTERS


class SourceShown(BaseModel):
    """A document that a profile rests on; `sha256` is of the text as it was read."""

    title: str
    number: str | None
    dated: date | None
    sha256: str


class ProfileShown(BaseModel):
    """A profile with its days; `to_be_set` names what a bureau must still set."""

    id: str
    jurisdiction: str
    version: int
    valid_from: date
    valid_to: date | None
    inherits: str | None
    remark: Words
    sources: list[SourceShown]
    to_be_set: list[str]


class Profiles(BaseModel):
    """The profiles that come with the product."""

    profiles: list[ProfileShown]


class CitationShown(BaseModel):
    """A clause in the words of its document, with the digest that binds them."""

    document: str
    number: str | None
    article: str
    quote: str
    digest: str


class Explained(BaseModel):
    """What holds of a rule or parameter: `profile` says it; `value` as the profile writes it."""

    profile: str
    name: str
    words: Words
    standing: Standing
    value: object
    basis: Basis
    remark: Words | None
    citations: list[CitationShown]
    rule_version: int | None


class Explanation(BaseModel):
    """The answer of one jurisdiction on a day; null where nothing is said."""

    day: date
    jurisdiction: str
    profiles: list[str]
    answer: Explained | None


class ProfileFound(BaseModel):
    """The head of the profile that a text holds."""

    id: str
    jurisdiction: str
    version: int
    valid_from: date
    valid_to: date | None
    inherits: str | None


class PolicyChanged(BaseModel):
    """A parameter or rule as it holds without a text, null where nothing does, and with it."""

    before: Explained | None
    after: Explained


class PolicyProblem(BaseModel):
    """What is wrong with a text, and where."""

    code: str
    place: str
    words: Words


class PolicyPreview(BaseModel):
    """What a text would change on its first day, or what is wrong with it; its digest."""

    profile: ProfileFound | None
    changed: list[PolicyChanged]
    problems: list[PolicyProblem]
    sha256: str


class OwnPolicy(BaseModel):
    """A profile of the bureau's own as it was proposed; `answer` is null while it waits.

    `is_own`: whoever asks proposed it.
    """

    id: str
    profile: str
    valid_from: date
    retroactive: bool
    sha256: str
    note: str | None
    person: str
    name: str | None
    is_own: bool
    stated_at: datetime
    answer: Said | None
    answered_by: str | None
    answered_at: datetime | None
    answer_note: str | None


class OwnPolicies(BaseModel):
    """Every profile that was proposed, the latest first."""

    policies: list[OwnPolicy]


class OwnPolicyDetail(BaseModel):
    """A proposed profile with its text and what it changes."""

    policy: OwnPolicy
    body: str
    preview: PolicyPreview


class PolicyText(Given):
    """A profile as TOML text."""

    body: Annotated[str, StringConstraints(min_length=1, max_length=MOST_CHARACTERS)]


class PolicyGiven(PolicyText):
    """A profile to propose; `retroactive`: it may judge days before today anew."""

    retroactive: bool = False
    note: Long | None = None


class PolicyAnswerGiven(Given):
    """A second person's answer; to approve names the digest of the text that was shown."""

    approve: bool
    seen: Sha256 | None = None
    note: Long | None = None


class DayShown(BaseModel):
    """A day that is not what its weekday says."""

    day: date
    kind: DayKind


class YearShown(BaseModel):
    """A year of the calendar, and which document it is from."""

    year: int
    source: str
    origin: YearOrigin
    imported_at: str | None
    days: list[DayShown]


class Calendar(BaseModel):
    """The years that are known; of any other nothing is."""

    years: list[YearShown]


class TermShown(BaseModel):
    """When a term ends: `day` is null where a year it needs is not known.

    `not_before` is then the earliest day on which it can end.
    """

    event: date
    count: int
    unit: TermUnit
    roll: bool
    state: DueState
    day: date | None
    not_before: date | None
