"""Rooms where cases are handled, and whether a device that is fixed there works (执法办案场所).

Holds always: a device is in one room at a time; a room is watched at a moment where one device that
is fitted there serves; since when it is not is found from the same facts, never stated (R-150).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from evidence.device_sets import Condition, Stated, newest


class PlaceKind(StrEnum):
    """What a room is for."""

    INQUIRY_ROOM = "INQUIRY_ROOM"
    HEARING_ROOM = "HEARING_ROOM"
    OTHER_PLACE = "OTHER_PLACE"


@dataclass(frozen=True)
class FixedDevice:
    """What is on record of a device that was ever fitted somewhere; a place of None: nowhere."""

    number: str
    places: tuple[Stated[str | None], ...]
    conditions: tuple[Stated[Condition], ...] = ()

    def place(self, at: datetime) -> str | None:
        """The room that it is fitted in at a moment."""
        found = newest(self.places, at)
        return None if found is None else found.value

    def works(self, at: datetime) -> bool:
        """Whether it serves at a moment; of which nothing is stated does."""
        found = newest(self.conditions, at)
        return found is None or found.value is Condition.SERVING


def is_watched(place: str, devices: Iterable[FixedDevice], *, at: datetime) -> bool:
    """Whether a device that is fitted in a room works at a moment."""
    return any(device.place(at) == place and device.works(at) for device in devices)


def unwatched_since(
    place: str, devices: Iterable[FixedDevice], *, at: datetime, added_at: datetime
) -> datetime | None:
    """Since when no device works in a room that was entered then; None where one does."""
    there = [one for one in devices if any(stated.value == place for stated in one.places)]
    moments = {stated.at for one in there for stated in one.places}
    moments |= {stated.at for one in there for stated in one.conditions}
    since = None
    for moment in sorted({m for m in moments if added_at < m < at} | {added_at, at}, reverse=True):
        if is_watched(place, there, at=moment):
            break
        since = moment
    return since
