"""Whether the clock may be believed when something is to be disposed of for being old enough.

Holds always: clocks are only ever compared, never put right; one that disagrees is enough to stop
everything; an hour that nobody can vouch for makes nothing older. What is compared:

- the custody log must not have times later than now, nor have stood still for longer than a
  station is switched off (`LONGEST_QUIET`); where it jumped, two persons must have said why;
- the database's own time, where it is another machine's;
- the boot clock, which nobody can set: what the wall clock shows beyond it stays the same;
- the object store's Date, where there is one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from evidence.canonical import Json
from evidence.entry import time_text

BOUND = timedelta(minutes=5)
"""How far clocks that are kept right may be apart; log-ins by ticket allow the same."""

LONGEST_QUIET = timedelta(days=10)
"""A week of holidays with its weekends: longer than that no station in use is without an entry."""


class ClockSource(StrEnum):
    """What the clock was compared with."""

    LOG = "LOG"
    DATABASE = "DATABASE"
    BOOT = "BOOT"
    STORE = "STORE"


SOURCES: dict[ClockSource, tuple[str, str]] = {
    ClockSource.LOG: ("保管日志", "custody log"),
    ClockSource.DATABASE: ("数据库时间", "database's time"),
    ClockSource.BOOT: ("开机时钟", "boot clock"),
    ClockSource.STORE: ("对象存储时间", "object store's time"),
}


class JumpKind(StrEnum):
    """What two persons say of a jump of the log's times."""

    STOOD_STILL = "STOOD_STILL"  # the station was off, its clock was right before and after
    CLOCK_WAS_WRONG = "CLOCK_WAS_WRONG"  # what was sealed by it has no age that anybody knows


@dataclass(frozen=True)
class Doubt:
    """A source that does not agree: what it says (`at`, UTC) while the clock says `now`."""

    source: ClockSource
    at: datetime
    now: datetime

    def json(self) -> dict[str, Json]:
        """The doubt as commands and the API show it."""
        return {"source": self.source.value, "at": time_text(self.at), "now": time_text(self.now)}


@dataclass(frozen=True)
class Jump:
    """Between the entries before and at log position `position` the clock cannot be followed."""

    position: int
    before: datetime
    after: datetime

    @property
    def is_backwards(self) -> bool:
        """Whether it went back, which no station does by standing still."""
        return self.after < self.before


@dataclass(frozen=True)
class Explained:
    """What two persons said of all jumps up to a log position."""

    position: int
    kind: JumpKind


@dataclass(frozen=True)
class Reading:
    """What a source says of the time."""

    source: ClockSource
    at: datetime


def doubts(now: datetime, readings: Iterable[Reading]) -> list[Doubt]:
    """The sources that are further off than the bound."""
    return [Doubt(one.source, one.at, now) for one in readings if abs(now - one.at) > BOUND]


def jumps(times: Iterable[tuple[int, datetime]]) -> list[Jump]:
    """Where the log's times, given with their positions in order, cannot be followed.

    A step back is measured against the newest time since the last jump, so many small ones add up.
    """
    found: list[Jump] = []
    newest: datetime | None = None
    for position, at in times:
        if newest is not None and (at - newest > LONGEST_QUIET or newest - at > BOUND):
            found.append(Jump(position, newest, at))
            newest = at
        newest = at if newest is None else max(newest, at)
    return found


def log_doubt(
    found: Sequence[Jump], *, explained: Sequence[Explained], newest: datetime | None, now: datetime
) -> Doubt | None:
    """What the log itself holds against the clock of now; None where it may be believed."""
    answered = max((one.position for one in explained), default=-1)
    for jump in found:
        if jump.position > answered:
            return Doubt(ClockSource.LOG, jump.before, now)
    if newest is not None and (newest - now > BOUND or now - newest > LONGEST_QUIET):
        return Doubt(ClockSource.LOG, newest, now)
    return None


@dataclass(frozen=True)
class Unsound:
    """A stretch of the log whose clock may have been behind: from position `first` to `last`.

    What was entered there happened at `latest` at the latest, and counts as if it had been then.
    """

    first: int
    last: int
    latest: datetime


def unsound(found: Sequence[Jump], *, explained: Sequence[Explained]) -> list[Unsound]:
    """Stretches whose times nothing that came later bears out, in no order.

    Seen from the end, whose clock is compared with others: a stretch is sound where the next sound
    one goes on from it, at once or after a time that a station may stand still, or where two
    persons say that it stood still just there. So a clock that was set forward or back for a while
    and put right again leaves what was before it as old as it is.
    """
    bad: list[Unsound] = []
    for place in range(len(found) - 1, -1, -1):
        jump, first = found[place], found[place - 1].position if place else 0
        start = _sound_start(found, place, bad=bad)
        quiet = start - jump.before
        follows = -BOUND <= quiet <= LONGEST_QUIET
        if not follows and not (not jump.is_backwards and _stood_still(jump, explained)):
            bad.append(Unsound(first, jump.position - 1, max(start, jump.before)))
    return bad


def _sound_start(found: Sequence[Jump], place: int, *, bad: Sequence[Unsound]) -> datetime:
    """When the next sound stretch behind the jump at `place` begins; the last one always is."""
    lost = {one.first for one in bad}
    after = (jump.after for jump in found[place:-1] if jump.position not in lost)
    return next(after, found[-1].after)


def _stood_still(jump: Jump, explained: Sequence[Explained]) -> bool:
    """What two persons said first of this jump."""
    said = [one for one in explained if one.position >= jump.position]
    first = min(said, key=lambda one: one.position, default=None)
    return first is not None and first.kind is JumpKind.STOOD_STILL
