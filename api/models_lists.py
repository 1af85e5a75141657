"""The bodies of answers about files that are read in: devices, the calendar, the bureau's list."""

from datetime import date

from pydantic import BaseModel

from api.models import Words
from api.models_policy import DayShown
from api.models_register import FaultShown, Said
from evidence.vocabulary import Tier


class DeviceRow(BaseModel):
    """A row of a list of devices by its line in the file; it is taken where it has no fault."""

    line: int
    device: str
    make: str
    faults: list[FaultShown]


class DevicesRead(BaseModel):
    """What a file would come to, or came to; `id` is null as long as it was not taken in."""

    id: str | None
    sha256: str
    good: int
    faulty: int
    rows: list[DeviceRow]


class CaseLine(BaseModel):
    """A row of a file of cases or actions, by its line and its number or external id.

    `outcome` is ADDED, CHANGED or UNCHANGED once it was taken in.
    """

    line: int
    named: str
    outcome: str | None
    faults: list[FaultShown]


class CaseLinesRead(BaseModel):
    """What a file would come to, or came to; `id` is null as long as it was not taken in."""

    id: str | None
    sha256: str
    good: int
    faulty: int
    rows: list[CaseLine]


class LineFault(BaseModel):
    """What is wrong with a line of a file; line 0 is the file as a whole."""

    line: int
    code: str
    words: Words


class DayTurned(BaseModel):
    """A day that is listed now or would be: what it was, and what it becomes."""

    day: date
    was: Said
    becomes: Said


class CalendarRead(BaseModel):
    """The year a table makes, null where it has faults, and what would change of what holds now.

    `before` names the document of what holds now, null where nothing does.
    """

    taken: bool
    year: int | None
    source: str | None
    days: list[DayShown]
    turns: list[DayTurned]
    before: str | None
    changed: list[date]
    faults: list[LineFault]


class ListedShown(BaseModel):
    """One row of the bureau's list of what is recorded; `row` is its number in the file."""

    row: int
    item: str
    occasion: str | None
    begins: str
    content: str | None
    ends: str
    tier: Tier
    period: str | None
    code: str | None


class CatalogueRead(BaseModel):
    """What a list comes to, held against a profile; `id` is null where it was not taken in."""

    id: str | None
    profile: str
    sha256: str
    valid_from: date
    items: list[ListedShown]
    faults: list[LineFault]


class CatalogueShown(BaseModel):
    """The list that holds on a day; null where none does yet."""

    day: date
    catalogue: CatalogueRead | None
