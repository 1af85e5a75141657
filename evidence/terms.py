"""One clock for every term: working days, calendar days, months, and dates of the year.

Rules (D-09): the day of the event is not counted; the due day ends at 24:00 in Shanghai; working
days are those of the calendar, make-up days included; terms in calendar days and months end on the
next working day where the caller says that they roll; dates of the year include that day and never
roll. Months end on the corresponding day, or on the last day of a month that has none.

Holds always: where the answer rests on a year that the calendar does not know, it is PROVISIONAL
and says only what is certain; it is never counted from weekdays. Keep the event and the term, and
ask again: a later notice makes a provisional answer final, and may change one within its year.
"""

import calendar as gregorian
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from evidence.errors import BadInput, ProgramMistake
from evidence.vocabulary import DueState, TermUnit
from evidence.workdays import WorkCalendar

SHANGHAI = timezone(timedelta(hours=8))
"""Law's time of all China. Without summer time since 1992; no earlier event is taken."""

EARLIEST = date(1992, 1, 1)
LATEST = date(2999, 12, 31)
MOST = 36_500
"""The longest term, in its own unit; a hundred years of days."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Term:
    """So many working days, calendar days or months; raises `BadInput` outside 0 to `MOST`.

    Zero working days end with the day itself, or with the next working day if it is none.
    """

    count: int
    unit: TermUnit

    def __post_init__(self) -> None:
        most = MOST // 31 if self.unit == TermUnit.MONTH else MOST
        if not 0 <= self.count <= most:
            message = f"A term of {self.count} is not between 0 and {most}"
            raise BadInput(message, why="TERM_LENGTH", count=self.count, most=most)


@dataclass(frozen=True)
class YearDay:
    """A date of every year, such as 31 January (每年1月31日前); that day itself is included.

    Raises `BadInput` for a date that some year does not have.
    """

    month: int
    day: int

    def __post_init__(self) -> None:
        try:
            date(2001, self.month, self.day)
        except ValueError as error:
            message = f"{self.month:02}-{self.day:02} is not a date of every year"
            raise BadInput(message, why="YEAR_DAY", month=self.month, day=self.day) from error

    def next_after(self, event: date) -> date:
        """The first such date after the event; one on the event's own day is the next year's."""
        here = date(event.year, self.month, self.day)
        return here if here > event else here.replace(year=event.year + 1)


@dataclass(frozen=True)
class Due:
    """When a term ends.

    FINAL: `not_before` is the last day, which ends at 24:00. PROVISIONAL: the last day is that day
    or a later one, and which is not known yet. `unrolled` is the day the term ended on before it
    was moved to a working day; None for terms in working days, which need no moving.
    """

    state: DueState
    not_before: date
    unrolled: date | None

    @property
    def day(self) -> date | None:
        """The last day; None while it is not known."""
        return self.not_before if self.state == DueState.FINAL else None

    @property
    def ends_at(self) -> datetime | None:
        """24:00 of the last day, in Shanghai's time; None while it is not known."""
        return _end_of(self.not_before) if self.state == DueState.FINAL else None


def due_after(event: date, term: Term | YearDay, *, calendar: WorkCalendar, roll: bool) -> Due:
    """When a term that an event of this day (Shanghai's date) set going ends.

    `roll` is the profile's `calendar.roll_last_day`; False for retention periods and for windows
    of time. It concerns terms in calendar days and months only. Raises `BadInput` for an event
    outside 1992 to 2999.
    """
    if not EARLIEST <= event <= LATEST:
        raise BadInput(f"No terms are counted from {event}", why="TERM_EVENT", day=str(event))
    if isinstance(term, YearDay):
        found = term.next_after(event)
        return Due(DueState.FINAL, found, found)
    if term.unit == TermUnit.WORKING_DAY:
        return _working(event, term.count, calendar=calendar)
    if term.unit == TermUnit.MONTH:
        nominal = _months_after(event, term.count)
    else:
        nominal = event + timedelta(days=term.count)
    if not roll:
        return Due(DueState.FINAL, nominal, nominal)
    rolled = _working(nominal, 0, calendar=calendar)
    return Due(rolled.state, rolled.not_before, nominal)


def extended(due: Due, by: Term, *, calendar: WorkCalendar, roll: bool) -> Due:
    """The new end of a term that was prolonged: counted from the old last day, as from an event.

    From a provisional end it is provisional, and no earlier than from the earliest old end.
    """
    new = due_after(due.not_before, by, calendar=calendar, roll=roll)
    if due.state == DueState.FINAL:
        return new
    return Due(DueState.PROVISIONAL, new.not_before, None)


def is_overdue(due: Due, instant: datetime) -> bool | None:
    """Whether the last day has ended at this instant; None where that is not certain.

    A provisional term is certainly not overdue up to the end of `not_before`. Raises
    `ProgramMistake` for an instant without a zone.
    """
    if instant.tzinfo is None:
        raise ProgramMistake("An instant without a zone is compared with a term")
    ended = instant >= _end_of(due.not_before)
    return None if ended and due.state == DueState.PROVISIONAL else ended


def day_of(instant: datetime) -> date:
    """The date in Shanghai; raises `ProgramMistake` for an instant without a zone."""
    if instant.tzinfo is None:
        raise ProgramMistake("An instant without a zone has no date")
    return instant.astimezone(SHANGHAI).date()


def within_months(first: date, later: date, *, months: int) -> bool:
    """Whether `later` lies in the window that `first` opens, its corresponding date included.

    一年内 is 12 months (R-040): from 29 February the window ends on 28 February.
    """
    return first <= later <= _months_after(first, months)


def _working(day: date, count: int, *, calendar: WorkCalendar) -> Due:
    if count == 0:  # the day itself counts: it is the first working day after the day before
        day, count = day - _DAY, 1
    found = calendar.nth_after(day, count)
    if found is not None:
        return Due(DueState.FINAL, found, None)
    counted, last = calendar.counted_after(day)
    # No more than one working day fits into each day that is not known.
    return Due(DueState.PROVISIONAL, last + timedelta(days=count - counted), None)


def _months_after(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = gregorian.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _end_of(day: date) -> datetime:
    return datetime.combine(day + _DAY, time(0), SHANGHAI)
