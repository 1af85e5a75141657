"""The bodies of answers and requests about bodies, reviewers, rooms, stations and what is due.

Days are those of Asia/Shanghai as YYYY-MM-DD, moments are UTC texts.
"""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.models import Given, Key, Unit
from api.models_register import ClauseShown, Day, Moment, Offset, Remark, Said, Text
from evidence.places import PlaceKind
from evidence.reviewing import ReviewerSource
from evidence.training import TrainingKind
from evidence.vocabulary import DeviceKind
from people.bodies import UnitKind

Long = Annotated[str, Field(min_length=1, max_length=200)]


class BodyShown(BaseModel):
    """A body with its units; `kind` is null where nothing is stated of it."""

    unit: Unit
    sections: list[str]
    kind: UnitKind | None
    has_capacity: bool
    capacity_basis: str | None
    capacity_to: date | None
    principal: str | None
    powers: list[str]
    filing_number: str | None
    profile: str | None


class Bodies(BaseModel):
    """The bodies within reach on a day."""

    day: date
    bodies: list[BodyShown]


class StandingGiven(Given):
    """What a unit is in law from a day on; an entrusted one names principal, powers, filing."""

    from_day: Day
    body_kind: UnitKind
    capacity_basis: Long | None = None
    capacity_to: Day | None = None
    principal: Key | None = None
    powers: Annotated[tuple[Text, ...], Field(max_length=500)] = ()
    filing_number: Long | None = None
    profile: Key | None = None


class WaiverGiven(Given):
    """From which day to which the ratio is waived, why, and who approved it."""

    first: Day
    last: Day
    reason: Remark
    approver: Key


class DeviceGiven(Given):
    """A device to register, of a unit from a moment on; null means now."""

    number: Text
    unit: Key
    make: Text = "zfy"
    since: Moment | None = None


class UnitOfDeviceGiven(Given):
    """The unit that a device is given to from a moment on; null means now."""

    unit: Key
    since: Moment | None = None


class DetailsGiven(Given):
    """What a device is; `retires_on` is the first day past its service life."""

    kind: DeviceKind
    serial: Text | None = None
    retires_on: Day | None = None


class ReviewerShown(BaseModel):
    """Somebody who is stated to review; `counted` is whether they serve that day."""

    person: str
    name: str | None
    officer_number: str | None
    source: Said
    counted: bool


class BodyReviewers(BaseModel):
    """Whether a body has the legal reviewers its officers demand, own and outside apart."""

    unit: Unit
    officers: int
    present: int
    own: int
    outside: int
    required: int
    short: int
    status: Said
    reviewers: list[ReviewerShown]
    clauses: list[ClauseShown]
    stamp: dict[str, object]


class Reviewers(BaseModel):
    """The legal reviewers of every body within reach."""

    day: date
    bodies: list[BodyReviewers]


class ReviewingGiven(Given):
    """For which unit somebody reviews from a day on; a source of null ends it."""

    unit: Key
    from_day: Day
    source: ReviewerSource | None


class FixedShown(BaseModel):
    """A device that is fitted in a room."""

    device: str
    condition: Said
    works: bool


class PlaceShown(BaseModel):
    """A case-handling room; `unwatched_since` is null where a device in it works."""

    place: str
    name: str
    unit: str
    kind: Said
    rights_bearing: bool
    signage: str | None
    since: datetime
    devices: list[FixedShown]
    unwatched_since: datetime | None


class Places(BaseModel):
    """The rooms within reach as they are now."""

    at: datetime
    places: list[PlaceShown]


class PlaceGiven(Given):
    """A room to register, in use since a moment; null means now."""

    name: Text
    unit: Key
    kind: PlaceKind = PlaceKind.INQUIRY_ROOM
    rights_bearing: bool = True
    signage: Text | None = None
    since: Moment | None = None


class PlaceEndGiven(Given):
    """When a room was closed; null means now."""

    at: Moment | None = None


class FittingGiven(Given):
    """The room that a device is fitted in from a moment on, null: none; a moment of null: now."""

    place: Key | None
    since: Moment | None = None


class StationShown(BaseModel):
    """A docking station; `trusted` is null where nobody measured its clock."""

    station: str
    unit: str
    slots: int
    offset_ms: int | None
    measured_at: datetime | None
    trusted: bool | None


class StationGiven(Given):
    """A docking station to be registered."""

    station: Text
    unit: Key
    slots: Annotated[int, Field(ge=1, le=999)] = 1


class StationClockGiven(Given):
    """How far a station's own clock is ahead, in ms; measured now if no moment is given."""

    offset_ms: Offset
    measured_at: Moment | None = None


class Stations(BaseModel):
    """The docking stations within reach."""

    stations: list[StationShown]


class TrainingGiven(Given):
    """A training that somebody had; hours in tenths."""

    day: Day
    tenths: Annotated[int, Field(ge=1, le=7440)]
    course: Text
    kind: TrainingKind = TrainingKind.SPECIAL_LAW


class TrainingLine(BaseModel):
    """An officer's year of training; hours in tenths."""

    person: str
    name: str | None
    officer_number: str | None
    unit: str
    tenths: int
    short_tenths: int
    general: int
    general_short: int
    pre_post: bool


class Trainings(BaseModel):
    """The year of every officer within reach."""

    year: int
    people: list[TrainingLine]


class DueShown(BaseModel):
    """What is to be done about a certificate; `devices` are those that its bearer has out."""

    person: str
    name: str | None
    officer_number: str | None
    unit: str
    certificate: str
    number: str | None
    valid_to: date
    task: Said
    devices: list[str]


class BlockShown(BaseModel):
    """Somebody who has a device and may not have it any more."""

    device: str
    person: str
    name: str | None
    officer_number: str | None
    unit: str
    reasons: list[Said]


class Due(BaseModel):
    """What is due of certificates and devices, of people within reach."""

    day: date
    tasks: list[DueShown]
    blocked: list[BlockShown]


class CleanUpLine(BaseModel):
    """An officer who may not enforce."""

    person: str
    name: str | None
    officer_number: str | None
    reasons: list[Said]


class CleanUp(BaseModel):
    """The list of a year, and the first signature; `late`: the year was over before it.

    `signed_by` is null where nobody signed, and where whoever did is erased.
    """

    year: int
    people: list[CleanUpLine]
    signed_on: date | None
    signed_by: str | None
    signed_for: int | None
    sha256: str | None
    late: bool


class CleanUpGiven(Given):
    """Of which year the list is signed; null: this one."""

    year: Annotated[int, Field(ge=1900, le=2999)] | None = None
