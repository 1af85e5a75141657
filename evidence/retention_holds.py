"""Holds (保全): what is held, told from persons, interval, cases and recordings each time anew.

Holds always: a hold reaches everything that any part of its scope names, so to name more never
holds less; where a time is not known the recording is held; what was held when the hold was placed
stays held, whatever becomes of links and teams. A complaint about somebody holds every recording of
any action that they attended, whoever carried the camera, and whatever recorders held by them
recorded then (R-001).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from evidence.canonical import Json, dumps
from evidence.entry import parse_time, time_text
from evidence.errors import BadInput

MOST_NAMED = 200
"""How many persons, cases, actions or recordings one hold may name; what it finds has no limit."""


class HoldKind(StrEnum):
    """Why something is held."""

    COMPLAINT = "COMPLAINT"
    LITIGATION = "LITIGATION"
    TRANSFER = "TRANSFER"
    FAULT = "FAULT"
    REMEDY_WINDOW = "REMEDY_WINDOW"
    MANUAL = "MANUAL"


class HoldState(StrEnum):
    """Whether a hold holds: it was released by somebody, or its last day is over."""

    ACTIVE = "ACTIVE"
    ENDED = "ENDED"
    RELEASED = "RELEASED"


@dataclass(frozen=True)
class Scope:
    """What a hold is about: persons in an interval, cases, actions, and recordings by digest.

    `since` and `until` are moments in UTC, None without limit; persons need `since`. Ids stand
    sorted, each once.
    """

    persons: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    cases: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    recordings: tuple[str, ...] = ()

    def check(self) -> None:
        """Raises `BadInput` for a scope that names nothing, too much, or a time that is none."""
        named = (self.persons, self.cases, self.actions, self.recordings)
        if not any(named):
            raise BadInput("A hold names nothing", why="HOLD_SCOPE")
        if any(len(one) > MOST_NAMED for one in named):
            raise BadInput("A hold names too much", why="HOLD_TOO_MANY", most=MOST_NAMED)
        if self.persons and self.since is None:
            raise BadInput("A hold by person needs its interval", why="HOLD_INTERVAL")
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise BadInput("The interval ends before it begins", why="INTERVAL_ORDER")

    def covers(self, start: datetime | None, end: datetime | None) -> bool:
        """Whether a time touches the interval; what has no known time does."""
        begins_late = start is not None and self.until is not None and start >= self.until
        ended_early = end is not None and self.since is not None and end < self.since
        return not begins_late and not ended_early

    def json(self) -> dict[str, Json]:
        """As rows, commands and the API hold it."""
        return {
            "persons": [*self.persons],
            "from": None if self.since is None else time_text(self.since),
            "to": None if self.until is None else time_text(self.until),
            "cases": [*self.cases],
            "actions": [*self.actions],
            "recordings": [*self.recordings],
        }

    def text(self) -> str:
        """As its row holds it."""
        return dumps(self.json()).decode()


def read_scope(text: str) -> Scope:
    """The scope that a row holds."""
    said = json.loads(text)
    return Scope(
        persons=tuple(said["persons"]),
        since=None if said["from"] is None else parse_time(said["from"]),
        until=None if said["to"] is None else parse_time(said["to"]),
        cases=tuple(said["cases"]),
        actions=tuple(said["actions"]),
        recordings=tuple(said["recordings"]),
    )


def scope_of(
    *,
    persons: Sequence[str] = (),
    interval: tuple[datetime | None, datetime | None] = (None, None),
    cases: Sequence[str] = (),
    actions: Sequence[str] = (),
    recordings: Sequence[str] = (),
) -> Scope:
    """A scope with each id once and in order; raises `BadInput` as `Scope.check`."""
    named = [tuple(sorted(set(ids))) for ids in (persons, cases, actions, recordings)]
    scope = Scope(named[0], *interval, *named[1:])
    scope.check()
    return scope


@dataclass(frozen=True)
class Attended:
    """An action that a recording belongs to, or did until `unlinked`; `persons` ever were of it.

    `times` are all that were ever declared or planned of it, none where nobody said.
    """

    action: str
    case: str | None
    persons: frozenset[str]
    times: tuple[tuple[datetime, datetime], ...] = ()
    unlinked: datetime | None = None


@dataclass(frozen=True)
class Carried:
    """Somebody had the recorder, or is named by its card, at a time that may not be known."""

    person: str
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True)
class Holdable:
    """What a hold must know of a recording; `relied_on` are cases whose decision rests on it."""

    recording: str
    actions: tuple[Attended, ...] = ()
    carried: tuple[Carried, ...] = ()
    relied_on: frozenset[str] = frozenset()


def reaches(scope: Scope, one: Holdable, *, placed: datetime) -> bool:
    """Whether a hold placed at a moment reaches a recording as things stand now.

    A link that had ended before the hold was placed counts no more; one that ended since does.
    """
    if one.recording in scope.recordings or one.relied_on & set(scope.cases):
        return True
    there = [act for act in one.actions if act.unlinked is None or act.unlinked >= placed]
    if any(act.action in scope.actions or act.case in scope.cases for act in there):
        return True
    if not scope.persons:
        return False
    wanted = set(scope.persons)
    return any(act.persons & wanted and _touches(scope, act) for act in there) or any(
        held.person in wanted and scope.covers(held.start, held.end) for held in one.carried
    )


def _touches(scope: Scope, act: Attended) -> bool:
    return not act.times or any(scope.covers(start, end) for start, end in act.times)


def state_of(*, is_released: bool, until: date | None, today: date) -> HoldState:
    """Whether a hold holds on a day; the last day of one that ends by itself is included."""
    if is_released:
        return HoldState.RELEASED
    return HoldState.ENDED if until is not None and today > until else HoldState.ACTIVE


def remedy_until(limits: Mapping[str, date]) -> date:
    """The later of the limits for reconsideration and for suing (R-067)."""
    return max(limits.values())
