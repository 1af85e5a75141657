"""Which actions a recording may belong to, with the reasons in words; nothing is ever guessed.

Holds always: a reason is a fact, there are no weights; a candidate overlaps the recording and has
at least one tie to it besides: who held the recorder, the registered room, the place, or the
officer that the card names; only exactly one candidate by holder or room wins by itself. Footage
whose clock nobody can trust wins nothing.

An index keeps the actions of each holder, room and neighbourhood in order of their start, those of
like length together, so that the longest bounds how far back anybody must look: what one recording
costs does not grow with the number of actions before it.
"""

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import compress

from evidence.interval import Span

E7 = 10_000_000
"""How many units of a `Point` make a degree."""

METRES_PER_DEGREE = 111_320
"""Of latitude; of longitude times the cosine of the latitude."""

CELL_E7 = 200_000
"""Side of a neighbourhood in ten-millionths of a degree: about two kilometres."""

NARROWEST = 0.01
"""The least share of a degree of latitude that one of longitude is taken to be, near a pole."""

LIKE = 4
"""Lengths whose binary digits are alike to within so many places are kept together."""


class LinkReason(StrEnum):
    """Why an action may be the one, the strongest first; the last two are warnings."""

    HOLDER = "HOLDER"
    ROOM = "ROOM"
    OVERLAP = "OVERLAP"
    PLACE = "PLACE"
    CARD_NAMES = "CARD_NAMES"
    MARKED = "MARKED"
    OTHER_PLACE = "OTHER_PLACE"
    CLOCK_UNTRUSTED = "CLOCK_UNTRUSTED"


@dataclass(frozen=True, slots=True)
class Point:
    """Where a recorder was, in ten-millionths of a degree (WGS 84)."""

    latitude_e7: int
    longitude_e7: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where an action is: a point, and how many metres from it still are there."""

    point: Point
    radius_m: int = 300


@dataclass(frozen=True, slots=True)
class Footage:
    """A recording as it is to be linked; `span` is corrected, and of no length for a still.

    `holder` is the person who had the recorder then, `claimed` the one whom the card names, `room`
    where a fixed device stands; `is_marked` where somebody pressed the important mark.
    """

    recording: str
    device: str
    span: Span
    holder: str | None = None
    room: str | None = None
    claimed: str | None = None
    gps: Point | None = None
    is_marked: bool = False
    is_clock_trusted: bool = True


@dataclass(frozen=True, slots=True)
class ActionWindow:
    """An action as footage may belong to it: planned or declared time, people, place."""

    action: str
    span: Span
    team: frozenset[str] = frozenset()
    room: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An action that a recording may belong to; reasons are in the order of `LinkReason`."""

    action: str
    reasons: tuple[LinkReason, ...]
    overlap_s: int


class ActionIndex:
    """Actions by who and where; made once, asked for each recording."""

    def __init__(self, windows: Iterable[ActionWindow]) -> None:
        alike: dict[Hashable, dict[int, list[ActionWindow]]] = defaultdict(dict)
        for window in windows:
            length = window.span.seconds.bit_length() // LIKE
            for key in ties_of_action(window):
                alike[key].setdefault(length, []).append(window)
        self._lanes = {key: [_Lane(w) for w in those.values()] for key, those in alike.items()}

    def looked_at(self, footage: Footage) -> Iterator[ActionWindow]:
        """The actions that have a tie to a recording, or nearly one, and may overlap it."""
        for key in ties_of_footage(footage):
            for lane in self._lanes.get(key, ()):
                yield from lane.around(footage.span)

    def near(self, footage: Footage) -> list[ActionWindow]:
        """Those that do overlap it, each once."""
        found = {w.action: w for w in self.looked_at(footage) if _touch(w.span, footage.span)}
        return list(found.values())


class _Lane:
    """Actions of like length in order of their start."""

    def __init__(self, windows: list[ActionWindow]) -> None:
        self._windows = sorted(windows, key=_start)
        self._starts = [window.span.start for window in self._windows]
        self._longest = max(window.span.seconds for window in windows)

    def around(self, span: Span) -> list[ActionWindow]:
        """Those that begin before a span is over, and late enough to reach it."""
        first = bisect_right(self._starts, span.start - self._longest)
        return self._windows[first : bisect_right(self._starts, span.end)]


def candidates(footage: Footage, index: ActionIndex) -> list[Candidate]:
    """The actions that a recording may belong to, the best reasons first."""
    found = [_candidate(footage, window) for window in index.near(footage)]
    return sorted([one for one in found if not _TIES.isdisjoint(one.reasons)], key=_rank)


def winner(found: Iterable[Candidate]) -> Candidate | None:
    """The one that needs nobody's decision: the only one by holder or room. None for any doubt."""
    clear = [one for one in found if not _DECISIVE.isdisjoint(one.reasons)]
    if len(clear) != 1 or LinkReason.CLOCK_UNTRUSTED in clear[0].reasons:
        return None
    return clear[0]


def metres(one: Point, other: Point) -> int:
    """How far two points are apart, to the metre, where they are near each other."""
    north = (one.latitude_e7 - other.latitude_e7) / E7
    middle = math.radians((one.latitude_e7 + other.latitude_e7) / 2 / E7)
    east = (one.longitude_e7 - other.longitude_e7) / E7 * math.cos(middle)
    return round(math.hypot(north, east) * METRES_PER_DEGREE)


# --- ties -----------------------------------------------------------------------------------------

_DECISIVE = frozenset({LinkReason.HOLDER, LinkReason.ROOM})
_TIES = _DECISIVE | {LinkReason.PLACE, LinkReason.CARD_NAMES}
_ORDER = tuple(LinkReason)


def _candidate(footage: Footage, window: ActionWindow) -> Candidate:
    is_there = _is_there(footage, window)
    holds = (
        footage.holder in window.team,
        footage.room is not None and footage.room == window.room,
        True,
        is_there is True,
        footage.claimed in window.team,
        footage.is_marked,
        is_there is False,
        not footage.is_clock_trusted,
    )
    overlap = footage.span.overlap(window.span)
    return Candidate(window.action, tuple(compress(_ORDER, holds)), overlap)


def _is_there(footage: Footage, window: ActionWindow) -> bool | None:
    """Whether the recorder was at the action's place; None where either is not known."""
    if footage.gps is None or window.place is None:
        return None
    return metres(footage.gps, window.place.point) <= window.place.radius_m


def _rank(one: Candidate) -> tuple[list[int], int, str]:
    return [_ORDER.index(reason) for reason in one.reasons], -one.overlap_s, one.action


def ties_of_action(window: ActionWindow) -> Iterator[Hashable]:
    """What footage of an action may be found by: its people, its room, the land around it."""
    for person in window.team:
        yield "person", person
    if window.room is not None:
        yield "room", window.room
    if window.place is not None:
        yield from _cells(window.place.point, reach_m=window.place.radius_m)


def ties_of_footage(footage: Footage) -> Iterator[Hashable]:
    """What actions may be found by that a recording is of."""
    if footage.holder is not None:
        yield "person", footage.holder
    if footage.claimed is not None:
        yield "person", footage.claimed
    if footage.room is not None:
        yield "room", footage.room
    if footage.gps is not None:
        yield from _cells(footage.gps, reach_m=0)


def _cells(point: Point, *, reach_m: int) -> Iterator[Hashable]:
    """The neighbourhoods that a circle touches, or a few more; distances are rounded to a metre."""
    north = math.ceil((reach_m + 1) * _E7_PER_METRE)
    furthest = math.radians((abs(point.latitude_e7) + north) / E7)
    east = math.ceil(north / max(math.cos(furthest), NARROWEST))
    for row in _cells_between(point.latitude_e7 - north, point.latitude_e7 + north):
        for column in _cells_between(point.longitude_e7 - east, point.longitude_e7 + east):
            yield "cell", row, column


def _cells_between(low: int, high: int) -> range:
    return range(low // CELL_E7, high // CELL_E7 + 1)


_E7_PER_METRE = E7 / METRES_PER_DEGREE


def _start(window: ActionWindow) -> int:
    return window.span.start


def _touch(window: Span, footage: Span) -> bool:
    """Whether they share a second; a still shares the one it was taken in."""
    if footage.seconds == 0:
        return window.holds(footage.start)
    return window.start < footage.end and footage.start < window.end
