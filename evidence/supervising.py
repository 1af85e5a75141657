"""Supervision of access (记录信息调阅监督): what stands out among the looks of a period.

Holds always: a flag is a question and no verdict; a day of a year without a calendar is flagged by
its hour alone and counted as unknown, never guessed; whoever reviews a period does not review their
own looks; every flag is raised as a finding or explained in words. Source: R-153.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from evidence.access import Ground
from evidence.canonical import Json
from evidence.ratio import SHANGHAI, day_of
from evidence.workdays import WorkCalendar

_YEAR_MONTHS = 12


class LookFlag(StrEnum):
    """Why looks of one person stand out."""

    ODD_HOURS = "ODD_HOURS"
    BULK = "BULK"
    OUT_OF_TEAM = "OUT_OF_TEAM"
    DENIED = "DENIED"


class ReviewState(StrEnum):
    """How far a period has been reviewed."""

    RUNNING = "RUNNING"
    EMPTY = "EMPTY"
    DUE = "DUE"
    PARTLY = "PARTLY"
    REVIEWED = "REVIEWED"


@dataclass(frozen=True)
class Measure:
    """By what looks are measured: duty hours on working days, and how many recordings are many.

    Bulk is `bulk` different recordings or more within `window`.
    """

    begins: time = time(8)
    ends: time = time(18)
    bulk: int = 20
    window: timedelta = timedelta(hours=1)

    def json(self) -> dict[str, Json]:
        """As a review states it."""
        return {
            "duty": [self.begins.isoformat("minutes"), self.ends.isoformat("minutes")],
            "bulk": self.bulk,
            "window_minutes": int(self.window / timedelta(minutes=1)),
        }


@dataclass(frozen=True)
class Looked:
    """One look, or one try that was refused: `ground` is None where it is not on record.

    `is_of_team` says that the person is of the team of an action it is linked to, `is_linked` that
    there is such an action at all.
    """

    id: str
    person: str
    recording: str
    at: datetime
    ground: Ground | None = None
    is_linked: bool = False
    is_of_team: bool = False
    was_denied: bool = False


@dataclass(frozen=True)
class Flagged:
    """Looks of one person that stand out for one reason; `looks` are their ids in order."""

    person: str
    flag: LookFlag
    looks: tuple[str, ...]

    @property
    def id(self) -> str:
        """What tells it from others of the period."""
        return f"{self.person}:{self.flag.value}"

    def json(self) -> dict[str, Json]:
        """As a review states it."""
        return {"person": self.person, "flag": self.flag.value, "looks": list(self.looks)}


@dataclass(frozen=True)
class Period:
    """Whole months, by the days of Asia/Shanghai; `last` is included."""

    first: date
    last: date

    @property
    def name(self) -> str:
        """Such as 2026-05, or 2026-04..2026-06 for several months."""
        one, other = (f"{day.year:04}-{day.month:02}" for day in (self.first, self.last))
        return one if one == other else f"{one}..{other}"

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies within."""
        return self.first <= day_of(at) <= self.last


def period_of(day: date, *, months: int) -> Period:
    """The period that a day lies in; periods of `months` (a divisor of 12) begin in January."""
    start = (day.month - 1) // months * months
    first = date(day.year, start + 1, 1)
    return Period(first, _month_after(first, months) - timedelta(days=1))


def periods(since: date, today: date, *, months: int) -> list[Period]:
    """Every period from the one that `since` lies in to the one that today lies in, in order."""
    found = [period_of(since, months=months)]
    while found[-1].last < today:
        found.append(period_of(found[-1].last + timedelta(days=1), months=months))
    return found


def months_of(every: str | None) -> int:
    """The months of an interval such as P1M; one where nothing is set or it divides no year."""
    text = every or ""
    if text.startswith("P") and text.endswith("M") and text[1:-1].isdigit():
        found = int(text[1:-1])
        if found and _YEAR_MONTHS % found == 0:
            return found
    return _YEAR_MONTHS if text == "P1Y" else 1


def _month_after(first: date, months: int) -> date:
    ahead = first.year * _YEAR_MONTHS + first.month - 1 + months
    return date(ahead // _YEAR_MONTHS, ahead % _YEAR_MONTHS + 1, 1)


def flagged(
    looks: Iterable[Looked], calendar: WorkCalendar, *, measure: Measure
) -> tuple[Flagged, ...]:
    """What stands out, by person and reason, in that order."""
    by_person: defaultdict[str, list[Looked]] = defaultdict(list)
    for one in sorted(looks, key=lambda one: (one.at, one.id)):
        by_person[one.person].append(one)
    found: list[Flagged] = []
    for person, theirs in sorted(by_person.items()):
        seen = [one for one in theirs if not one.was_denied]
        kinds: Mapping[LookFlag, Sequence[Looked]] = {
            LookFlag.ODD_HOURS: [one for one in seen if is_odd(one.at, calendar, measure=measure)],
            LookFlag.BULK: _bulk(seen, measure),
            LookFlag.OUT_OF_TEAM: [one for one in seen if _is_out_of_team(one)],
            LookFlag.DENIED: [one for one in theirs if one.was_denied],
        }
        found += [
            Flagged(person, flag, tuple(one.id for one in some))
            for flag, some in kinds.items()
            if some
        ]
    return tuple(found)


def is_odd(at: datetime, calendar: WorkCalendar, *, measure: Measure) -> bool:
    """Whether a moment lies outside duty hours; of an unknown day only the hour is judged."""
    here = at.astimezone(SHANGHAI)
    if not measure.begins <= here.time() < measure.ends:
        return True
    return calendar.knows(here.date()) and not calendar.is_working(here.date())


def unknown_days(looks: Iterable[Looked], calendar: WorkCalendar) -> int:
    """How many looks were on days of which nobody knows whether they were worked."""
    return sum(not calendar.knows(day_of(one.at)) for one in looks)


def _is_out_of_team(one: Looked) -> bool:
    is_answered = one.ground in (Ground.OWN, Ground.TEAM, Ground.GRANT)
    return one.is_linked and not one.is_of_team and not is_answered


def _bulk(looks: Sequence[Looked], measure: Measure) -> list[Looked]:
    """The looks that lie in a window with too many different recordings; in order of time."""
    found: dict[str, Looked] = {}
    start = 0
    for end, last in enumerate(looks):
        while last.at - looks[start].at > measure.window:
            start += 1
        within = looks[start : end + 1]
        if len({one.recording for one in within}) >= measure.bulk:
            found |= {one.id: one for one in within}
    return list(found.values())


def left_unexplained(
    found: Iterable[Flagged], *, raised: Collection[str], note: str | None
) -> list[str]:
    """The ids of flags that a review neither raises nor explains."""
    if note and note.strip():
        return []
    return [one.id for one in found if one.id not in raised]


def review_state(
    period: Period, today: date, *, persons: Collection[str], signers: Collection[str]
) -> ReviewState:
    """How far a period is reviewed: `persons` looked in it, `signers` signed a review of it.

    A review speaks for the looks of everybody but its signer.
    """
    if today <= period.last:
        return ReviewState.RUNNING
    if not signers:
        return ReviewState.DUE if persons else ReviewState.EMPTY
    left = [one for one in persons if not set(signers) - {one}]
    return ReviewState.PARTLY if left else ReviewState.REVIEWED
