"""The bodies of answers about policy profiles and the working-day calendar."""

from datetime import date

from pydantic import BaseModel

from api.models import Words
from evidence.vocabulary import Basis, DayKind, DueState, Standing, TermUnit, YearOrigin


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
