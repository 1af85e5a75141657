"""Whether a body has the recorders its officers demand, at a moment and through time.

Holds always: the history is what `at_moment` says at each of its moments, found by walking only
the moments at which some fact turns; a day begins at 00:00 in Asia/Shanghai; the head count is of
those who may enforce, with the roster beside it, so that lapsed certificates hide no shortfall
(readings D-01 to D-03; R-147 to R-149, R-166).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum

from evidence.device_sets import (
    CountRule,
    DeviceFacts,
    Part,
    count_device,
    sets_of,
    turning_moments,
)
from evidence.enforcing import AnnualCheck, PersonFacts, may_enforce, turning_days
from evidence.quota import Quota, QuotaStatus, QuotaVerdict, judge

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has had one zone and no summer time since 1991."""


class Headcount(StrEnum):
    """Who is counted as an officer: `ratio.headcount`."""

    MAY_ENFORCE = "MAY_ENFORCE"
    ROSTER = "ROSTER"


@dataclass(frozen=True)
class RatioRule:
    """The parameters of a profile that bear on the ratio."""

    quota: Quota
    counting: CountRule
    headcount: Headcount = Headcount.MAY_ENFORCE
    annual_check: AnnualCheck = AnnualCheck.FLAG


@dataclass(frozen=True)
class Waiver:
    """From one day to another, both included: shown as waived, the numbers stay."""

    from_day: date
    to_day: date

    def holds(self, day: date) -> bool:
        """Whether it is in force that day."""
        return self.from_day <= day <= self.to_day


@dataclass(frozen=True)
class BodyFacts:
    """A body that owes the ratio: its units, and whoever and whatever was ever in them."""

    units: frozenset[str]
    people: Sequence[PersonFacts] = ()
    devices: Sequence[DeviceFacts] = ()
    waivers: Sequence[Waiver] = ()


@dataclass(frozen=True)
class Heads:
    """Officers who may enforce, and officers on the roster."""

    able: int = 0
    roster: int = 0


@dataclass(frozen=True)
class RatioAt:
    """The ratio while nothing changes."""

    heads: Heads
    verdict: QuotaVerdict


@dataclass(frozen=True)
class RatioSpan:
    """From a moment up to, and not including, another, the ratio is this."""

    start: datetime
    end: datetime
    ratio: RatioAt


@dataclass(frozen=True)
class Window:
    """From a moment up to, and not including, another."""

    since: datetime
    until: datetime


def day_of(at: datetime) -> date:
    """The day in Asia/Shanghai."""
    return at.astimezone(SHANGHAI).date()


def first_moment(day: date) -> datetime:
    """Where a day begins in Asia/Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)


def at_moment(body: BodyFacts, at: datetime, *, rule: RatioRule) -> RatioAt:
    """The ratio of a body at a moment, counted from its facts one by one."""
    day, counts = day_of(at), _Counts()
    for person in body.people:
        counts.add(_person_counts(person, day, body=body, rule=rule), 1)
    for device in body.devices:
        counts.add(_device_counts(device, at, body=body, rule=rule), 1)
    return counts.ratio(body, day, rule=rule)


def history(body: BodyFacts, window: Window, *, rule: RatioRule) -> list[RatioSpan]:
    """The ratio through a window, in as few spans as can be; none where the window is empty.

    Costs about as much as there are facts, however many days lie between.
    """
    if window.since >= window.until:
        return []
    changes = sorted(_changes(body, window, rule=rule), key=lambda change: change[0])
    moments = sorted({at for at, _, _ in changes} | set(_waived(body, window)))
    counts, spans, place = _Counts(), list[RatioSpan](), 0
    for index, start in enumerate(moments):
        while place < len(changes) and changes[place][0] <= start:
            counts.add(changes[place][1], changes[place][2])
            place += 1
        end = moments[index + 1] if index + 1 < len(moments) else window.until
        ratio = counts.ratio(body, day_of(start), rule=rule)
        if spans and spans[-1].ratio == ratio:
            spans[-1] = RatioSpan(spans[-1].start, end, ratio)
        else:
            spans.append(RatioSpan(start, end, ratio))
    return spans


@dataclass(frozen=True)
class RatioDay:
    """A day's ratio: at its worst moment, with the most missing, and when it ended."""

    day: date
    worst: RatioAt
    last: RatioAt


def by_day(spans: Sequence[RatioSpan]) -> Iterator[RatioDay]:
    """The days that a history touches, in order; one that it covers in part is judged by that."""
    if not spans:
        return
    place, day = 0, day_of(spans[0].start)
    while place < len(spans):
        after = first_moment(day + timedelta(days=1))
        last = place
        while last + 1 < len(spans) and spans[last + 1].start < after:
            last += 1
        found = [span.ratio for span in spans[place : last + 1]]
        yield RatioDay(day, max(found, key=_badness), found[-1])
        place = last if spans[last].end > after else last + 1
        day += timedelta(days=1)


def _badness(ratio: RatioAt) -> tuple[int, int]:
    return _BADNESS.index(ratio.verdict.unwaived), ratio.verdict.short


_BADNESS = (
    *(QuotaStatus.NOT_APPLICABLE, QuotaStatus.MET, QuotaStatus.MET_FLOOR_ONLY, QuotaStatus.SHORT),
)


# --- counting -------------------------------------------------------------------------------------

_Key = Part | str
_ABLE, _ROSTER = "able", "roster"


@dataclass
class _Counts:
    """What is there of everything that counts."""

    found: Counter[_Key] = field(default_factory=Counter)

    def add(self, keys: Iterable[_Key], times: int) -> None:
        for key in keys:
            self.found[key] += times

    def ratio(self, body: BodyFacts, day: date, *, rule: RatioRule) -> RatioAt:
        heads = Heads(self.found[_ABLE], self.found[_ROSTER])
        people = heads.roster if rule.headcount is Headcount.ROSTER else heads.able
        present = sets_of({part: self.found[part] for part in Part})
        waived = any(waiver.holds(day) for waiver in body.waivers)
        return RatioAt(heads, judge(rule.quota, people, present=present, is_waived=waived))


def _person_counts(
    person: PersonFacts, day: date, *, body: BodyFacts, rule: RatioRule
) -> frozenset[_Key]:
    standing = may_enforce(person, day, annual_check=rule.annual_check)
    if standing.posting is None or standing.posting.unit_id not in body.units:
        return frozenset()
    held = {_ABLE: standing.may_enforce, _ROSTER: standing.is_on_roster}
    return frozenset(key for key, holds in held.items() if holds)


def _device_counts(
    device: DeviceFacts, at: datetime, *, body: BodyFacts, rule: RatioRule
) -> frozenset[_Key]:
    count = count_device(device, at, rule=rule.counting)
    counts = count.part is not None and count.unit_id in body.units
    return frozenset({count.part}) if counts and count.part else frozenset()


_Change = tuple[datetime, frozenset[_Key], int]
_Steps = Iterator[tuple[datetime, frozenset[_Key]]]


def _changes(body: BodyFacts, window: Window, *, rule: RatioRule) -> Iterator[_Change]:
    """What begins to count and what stops, and when; what counts at the start begins there."""
    for person in body.people:
        days = turning_days(person, annual_check=rule.annual_check)
        moments = _within((first_moment(day) for day in days), window)
        yield from _differences(
            (at, _person_counts(person, day_of(at), body=body, rule=rule)) for at in moments
        )
    for device in body.devices:
        moments = _within(turning_moments(device, rule.counting), window)
        yield from _differences(
            (at, _device_counts(device, at, body=body, rule=rule)) for at in moments
        )


def _within(moments: Iterable[datetime], window: Window) -> list[datetime]:
    """Where the window begins, and the moments inside it, in order."""
    inside = {at for at in moments if window.since < at < window.until}
    return [window.since, *sorted(inside)]


def _differences(steps: _Steps) -> Iterator[_Change]:
    before: frozenset[_Key] = frozenset()
    for at, now in steps:
        if now - before:
            yield at, now - before, 1
        if before - now:
            yield at, before - now, -1
        before = now


def _waived(body: BodyFacts, window: Window) -> list[datetime]:
    ends = [waiver.to_day + timedelta(days=1) for waiver in body.waivers]
    days = [*(waiver.from_day for waiver in body.waivers), *ends]
    return _within((first_moment(day) for day in days), window)
