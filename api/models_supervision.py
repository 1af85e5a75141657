"""The bodies of answers and requests about the supervision of access."""

from datetime import date

from pydantic import BaseModel, Field

from api.models import Given, Key
from api.models_case_given import Long
from api.models_register import Said


class WatchedShown(BaseModel):
    """A period with how far it was reviewed."""

    period: str
    first: date
    last: date
    state: Said
    looks: int
    denied: int


class Watched(BaseModel):
    """Watched, the latest first."""

    periods: list[WatchedShown]


class FlagShown(BaseModel):
    """Looks of one person that stand out for one reason."""

    id: str
    person: str
    name: str | None
    flag: Said
    looks: int
    first_at: str
    last_at: str


class LooksReview(BaseModel):
    """A review on record."""

    id: str
    person: str
    name: str | None
    at: str
    looks: int
    flags: int
    raised: int
    note: str | None


class WatchedSeen(WatchedShown):
    """A period with what stands out for this reader: without their own looks."""

    flags: list[FlagShown]
    unknown_days: int
    duty: list[str]
    bulk: int
    reviews: list[LooksReview]


class LooksReviewGiven(Given):
    """What is raised as findings, and what is said of the rest."""

    raised: list[Key] = Field(default=[], max_length=500)
    note: Long | None = None
