"""The Chinese working-day calendar: which days are worked in the years that a document covers.

Holds always: a day of a year that is not here is not known; no rule of weekdays is put in its
place. Within a known year a Monday to Friday is worked unless it is listed as off, a Saturday or
Sunday is off unless it is listed as worked (调休上班, a make-up day).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from evidence.errors import NotFound
from evidence.vocabulary import DayState

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class CalendarYear:
    """One year: days listed as off, weekend days that are worked, and the document they are from.

    `off` may name weekend days too, as the State Council's notices do.
    """

    number: int
    off: frozenset[date]
    worked: frozenset[date]
    source: str

    def is_working(self, day: date) -> bool:
        """Whether a day of this very year is worked."""
        return day in self.worked or (not is_weekend(day) and day not in self.off)

    def state(self, day: date) -> DayState:
        """What a day of this very year is listed as, or is where it is not listed."""
        if day in self.off:
            return DayState.OFF
        if day in self.worked:
            return DayState.WORKED
        return DayState.WEEKEND if is_weekend(day) else DayState.WEEKDAY


@dataclass(frozen=True)
class WorkCalendar:
    """Years in ascending order, each number once; made by `calendar_of`."""

    years: tuple[CalendarYear, ...]

    def year(self, number: int) -> CalendarYear | None:
        """The year of this number, or None where it is not known."""
        return self._by_number.get(number)

    def knows(self, day: date) -> bool:
        """Whether the day's year is known."""
        return day.year in self._by_number

    def is_working(self, day: date) -> bool:
        """Whether the day is worked; raises `NotFound` where its year is not known."""
        year = self.year(day.year)
        if year is None:
            raise NotFound(
                f"The working days of {day.year} are not known", why="CALENDAR_YEAR", year=day.year
            )
        return year.is_working(day)

    def known_until(self, day: date) -> date | None:
        """The last day up to which every day from `day` on is known; None where `day` is not."""
        if not self.knows(day):
            return None
        last = day.year
        while last + 1 in self._by_number:
            last += 1
        return date(last, 12, 31)

    def nth_after(self, day: date, count: int) -> date | None:
        """The `count`th working day after `day`, the first being 1.

        None where a day on the way there is not known.
        """
        until = self.known_until(day + _DAY)
        at = bisect_right(self._worked, day.toordinal()) + count - 1
        if until is None or at >= len(self._worked) or self._worked[at] > until.toordinal():
            return None
        return date.fromordinal(self._worked[at])

    def counted_after(self, day: date) -> tuple[int, date]:
        """How many working days after `day` are certain, and the last day that was looked at.

        The count ends where knowledge does; (0, `day`) where the day after is not known.
        """
        until = self.known_until(day + _DAY)
        if until is None:
            return 0, day
        ordinals = self._worked
        first = bisect_right(ordinals, day.toordinal())
        return bisect_right(ordinals, until.toordinal()) - first, until

    def last_working(self, day: date) -> date | None:
        """The newest working day up to and including `day`; None where it is not known."""
        at = bisect_left(self._worked, day.toordinal() + 1) - 1
        if at < 0 or not self.knows(day):
            return None
        found = date.fromordinal(self._worked[at])
        until = self.known_until(found)
        return found if until is not None and until >= day else None

    @cached_property
    def _by_number(self) -> dict[int, CalendarYear]:
        return {year.number: year for year in self.years}

    @cached_property
    def _worked(self) -> tuple[int, ...]:
        """Ordinals of every working day of every known year, ascending."""
        return tuple(
            day.toordinal()
            for year in self.years
            for day in days_of(year.number)
            if year.is_working(day)
        )


def calendar_of(years: Iterable[CalendarYear]) -> WorkCalendar:
    """The calendar of these years; of two with one number the later given holds."""
    newest = {year.number: year for year in years}
    return WorkCalendar(tuple(newest[number] for number in sorted(newest)))


def days_of(year: int) -> list[date]:
    """Every day of a year in order."""
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1)]


def is_weekend(day: date) -> bool:
    """Whether it is a Saturday or Sunday, worked or not."""
    return day.weekday() >= _SATURDAY


def holidays_of(year: CalendarYear) -> list[tuple[date, date]]:
    """First and last day of each unbroken run of days off that is more than a weekend, in order.

    Runs end with the year; the days before and after it are of other documents.
    """
    found: list[tuple[date, date]] = []
    for day in (day for day in days_of(year.number) if not year.is_working(day)):
        if found and found[-1][1] + _DAY == day:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return [run for run in found if any(run[0] <= day <= run[1] for day in year.off)]
