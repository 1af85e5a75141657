"""Every clock: the register's examples by their row, what always holds, and what is not known."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import BadInput, ProgramMistake
from evidence.terms import (
    EARLIEST,
    LATEST,
    MOST,
    SHANGHAI,
    Due,
    Term,
    YearDay,
    day_of,
    due_after,
    extended,
    is_overdue,
    within_months,
)
from evidence.vocabulary import DueState, TermUnit
from evidence.workdays import CalendarYear, WorkCalendar, calendar_of, days_of
from people.calendar import shipped

WD, CD, MONTH = TermUnit.WORKING_DAY, TermUnit.CALENDAR_DAY, TermUnit.MONTH
CALENDAR = calendar_of(shipped())
ON = date.fromisoformat


def due(event: str | date, term: Term | YearDay, *, roll: bool = True) -> Due:
    day = ON(event) if isinstance(event, str) else event
    return due_after(day, term, calendar=CALENDAR, roll=roll)


def at(text: str) -> datetime:
    """An instant by Shanghai's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


# --- the register's examples ------------------------------------------------------------------

EXAMPLES = (
    ("R-005 G-20", "2024-09-23", Term(15, WD), "2024-10-17"),
    ("R-007 G-20", "2024-10-17", Term(15, WD), "2024-11-07"),
    ("R-033 G-23", "2024-09-20", Term(15, CD), "2024-10-08"),
    ("R-033", "2024-09-25", Term(15, CD), "2024-10-10"),
    ("R-043 a Monday", "2024-03-04", Term(2, CD), "2024-03-06"),
    ("R-043 a Friday", "2024-03-01", Term(2, CD), "2024-03-04"),
    ("R-045", "2024-01-31", Term(1, MONTH), "2024-02-29"),
    ("R-071 G-21", "2025-09-22", Term(20, WD), "2025-10-24"),
    ("R-072 G-21", "2025-09-22", Term(7, WD), "2025-09-30"),
    ("R-087", "2023-12-31", YearDay(1, 31), "2024-01-31"),
    ("R-134", "2023-12-31", YearDay(1, 20), "2024-01-20"),
    ("R-212", "2026-02-09", Term(7, WD), "2026-02-25"),
    ("G-21 withdrawal", "2025-11-03", Term(3, CD), "2025-11-06"),
    ("ZW summary", "2020-06-04", YearDay(10, 20), "2020-10-20"),
)


@pytest.mark.parametrize(("row", "event", "term", "last"), EXAMPLES, ids=[e[0] for e in EXAMPLES])
def test_an_example_of_the_register(
    row: str, event: str, term: Term | YearDay, *, last: str
) -> None:
    found = due(event, term)
    assert (found.state, found.day) == (DueState.FINAL, ON(last)), row
    assert found.ends_at == at(last) + timedelta(days=1)
    assert is_overdue(found, at(f"{last}T23:59:59")) is False
    assert is_overdue(found, at(last) + timedelta(days=1)) is True


def test_r_033_and_r_043_say_where_they_rolled_from() -> None:
    assert due("2024-09-20", Term(15, CD)).unrolled == ON("2024-10-05")
    assert due("2024-03-01", Term(2, CD)).unrolled == ON("2024-03-03")
    assert due("2024-03-01", Term(2, CD), roll=False).day == ON("2024-03-03")
    assert due("2024-09-23", Term(15, WD)).unrolled is None


def test_r_006_r_008_a_request_is_in_time_up_to_24_00() -> None:
    last = due("2024-09-23", Term(15, WD))
    assert is_overdue(last, at("2024-10-17T17:00")) is False
    assert is_overdue(last, at("2024-10-18T00:00")) is True
    assert is_overdue(last, at("2024-10-18T09:00")) is True
    assert is_overdue(last, datetime(2024, 10, 17, 15, 59, tzinfo=UTC)) is False
    assert is_overdue(last, datetime(2024, 10, 17, 16, 0, tzinfo=UTC)) is True


def test_r_007_g_20_an_extension_counts_from_the_old_last_day() -> None:
    last = due(day_of(at("2024-09-23T11:00")), Term(15, WD))
    longer = extended(last, Term(15, WD), calendar=CALENDAR, roll=True)
    assert longer == Due(DueState.FINAL, ON("2024-11-07"), None)
    # Both of the wrong ways that G-20 names give other days.
    weekdays = CalendarYear(2024, frozenset(), frozenset(), "weekdays only")
    year = CALENDAR.year(2024)
    assert year is not None
    unmade = CalendarYear(2024, year.off, frozenset(), "no make-up days")
    for wrong, day in ((weekdays, "2024-10-14"), (unmade, "2024-10-21")):
        found = due_after(ON("2024-09-23"), Term(15, WD), calendar=calendar_of([wrong]), roll=True)
        assert found.day == ON(day)


def test_r_134_the_last_working_day_before_a_fixed_date_is_known() -> None:
    last = due("2023-12-31", YearDay(1, 20))
    assert last.day == ON("2024-01-20")
    assert not CALENDAR.is_working(last.day)
    assert CALENDAR.last_working(last.day) == ON("2024-01-19")


def test_g_23_a_report_on_the_rolled_day_is_in_time() -> None:
    last = due("2024-09-20", Term(15, CD))
    assert is_overdue(last, at("2024-10-08T17:00")) is False
    assert is_overdue(last, at("2024-10-09T00:00")) is True


def test_g_18_a_retention_period_does_not_roll() -> None:
    # 2024-07-12 is a Friday; 2024-07-13 a Saturday, to which a period from the 13th would run.
    assert due("2024-01-12", Term(6, MONTH), roll=False).day == ON("2024-07-12")
    assert due("2024-01-13", Term(6, MONTH), roll=False).day == ON("2024-07-13")
    assert due("2024-01-13", Term(6, MONTH)).day == ON("2024-07-15")


@pytest.mark.parametrize(
    ("first", "later", "within"),
    [
        ("2023-05-10", "2024-05-10", True),
        ("2023-05-10", "2024-05-11", False),
        ("2024-02-29", "2025-02-28", True),
        ("2024-02-29", "2025-03-01", False),
        ("2023-02-28", "2024-02-28", True),
        ("2023-02-28", "2024-02-29", False),
        ("2023-05-10", "2023-05-10", True),
        ("2023-05-10", "2023-05-09", False),
    ],
)
def test_r_040_a_window_of_a_year(first: str, later: str, *, within: bool) -> None:
    assert within_months(ON(first), ON(later), months=12) is within
    last = due(first, Term(12, MONTH), roll=False).day
    assert last is not None
    assert (ON(first) <= ON(later) <= last) is within


# --- what always holds ------------------------------------------------------------------------

events = st.dates(date(2006, 1, 1), date(2024, 12, 31))
counts = st.integers(0, 250)
units = st.sampled_from(TermUnit)


def final(event: date, count: int, unit: TermUnit = WD) -> date:
    day = due(event, Term(count if unit != MONTH else count % 12, unit)).day
    assert day is not None
    return day


@given(events, counts, units)
def test_a_term_never_ends_on_a_day_off_nor_before_its_event(
    event: date, count: int, unit: TermUnit
) -> None:
    found = final(event, count, unit)
    assert CALENDAR.is_working(found)
    assert found >= event


@given(events, counts)
def test_exactly_so_many_working_days_lie_after_the_event(event: date, count: int) -> None:
    found = final(event, count)
    days = [event + timedelta(days=n) for n in range(1, (found - event).days + 1)]
    worked = sum(CALENDAR.is_working(day) for day in days)
    assert worked == (count or int(found > event))


@given(events, st.integers(1, 200), counts)
def test_working_days_add_up(event: date, first: int, second: int) -> None:
    assert final(final(event, first), second) == final(event, first + second)


@given(events, st.integers(0, 60), counts, units)
def test_a_later_event_never_ends_earlier(
    event: date, more: int, count: int, unit: TermUnit
) -> None:
    assert final(event, count, unit) <= final(event + timedelta(days=more), count, unit)
    assert final(event, count) <= final(event, count + 1)


@given(events, counts, st.sampled_from((CD, MONTH)))
def test_rolling_skips_days_off_only_and_rolls_once(
    event: date, count: int, unit: TermUnit
) -> None:
    found = due(event, Term(count, unit) if unit == CD else Term(count % 12, unit))
    assert found.day is not None
    assert found.unrolled is not None
    skipped = range((found.day - found.unrolled).days)
    assert not any(CALENDAR.is_working(found.unrolled + timedelta(days=n)) for n in skipped)
    assert final(found.day, 0, CD) == found.day


@given(st.dates(EARLIEST, date(2900, 1, 1)), st.integers(0, 1000))
def test_months_end_on_the_corresponding_day_or_the_months_last(event: date, count: int) -> None:
    day = due(event, Term(count, MONTH), roll=False).day
    assert day is not None
    assert (day.year * 12 + day.month) - (event.year * 12 + event.month) == count
    assert day.day == event.day or (day.day < event.day and (day + timedelta(days=1)).day == 1)


@given(st.dates(EARLIEST, LATEST), st.dates(date(2001, 1, 1), date(2001, 12, 31)))
def test_a_date_of_the_year_comes_within_a_year_and_is_final(event: date, day: date) -> None:
    found = due(event, YearDay(day.month, day.day)).day
    assert found is not None
    assert (found.month, found.day) == (day.month, day.day)
    assert 1 <= (found - event).days <= 366


# --- what is not known ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "term", "not_before"),
    [
        ("2026-12-31", Term(1, WD), "2027-01-01"),
        ("2026-12-30", Term(1, WD), None),
        ("2026-12-30", Term(3, WD), "2027-01-02"),
        ("2026-12-01", Term(60, WD), "2027-02-07"),
        ("2027-03-01", Term(3, WD), "2027-03-04"),
        ("2027-03-01", Term(0, WD), "2027-03-01"),
        ("2026-12-20", Term(15, CD), "2027-01-04"),
        ("2026-12-15", Term(1, MONTH), "2027-01-15"),
        ("2005-12-20", Term(1, WD), "2005-12-21"),
    ],
)
def test_beyond_the_data_a_term_is_provisional(
    event: str, term: Term, not_before: str | None
) -> None:
    found = due(event, term)
    if not_before is None:
        assert found.day == ON("2026-12-31")
        return
    assert found.state == DueState.PROVISIONAL
    assert (found.day, found.ends_at) == (None, None)
    assert found.not_before == ON(not_before)


def test_what_needs_no_calendar_stays_final_beyond_the_data() -> None:
    empty = WorkCalendar(())
    for term, day in (
        (YearDay(1, 31), "2031-01-31"),
        (Term(3, CD), "2030-06-05"),
        (Term(1, MONTH), "2030-07-02"),
    ):
        found = due_after(ON("2030-06-02"), term, calendar=empty, roll=False)
        assert (found.state, found.day) == (DueState.FINAL, ON(day))
    rolls = due_after(ON("2030-06-02"), YearDay(1, 31), calendar=empty, roll=True)
    assert rolls.state == DueState.FINAL


def test_a_roll_that_leaves_the_data_is_provisional() -> None:
    off = frozenset(d for d in days_of(2026) if d >= ON("2026-12-28"))
    ends_off = calendar_of([CalendarYear(2026, off, frozenset(), "a test")])
    found = due_after(ON("2026-12-20"), Term(9, CD), calendar=ends_off, roll=True)
    expected = Due(DueState.PROVISIONAL, ON("2027-01-01"), ON("2026-12-29"))
    assert found == expected


@given(
    st.dates(date(2026, 10, 1), date(2027, 12, 31)),
    st.integers(0, 120),
    units,
    st.sets(st.sampled_from([*days_of(2027), *days_of(2028)])),
)
def test_what_a_provisional_term_calls_certain_is(
    event: date, count: int, unit: TermUnit, flipped: set[date]
) -> None:
    """Whatever the years to come will be: any days of them off, any weekend days worked."""
    term = Term(count if unit != MONTH else count % 12, unit)
    years = [
        CalendarYear(
            number,
            frozenset(d for d in flipped if d.weekday() < 5 and d.year == number),
            frozenset(d for d in flipped if d.weekday() >= 5 and d.year == number),
            "a test",
        )
        for number in (2027, 2028)
    ]
    wiser = calendar_of([*shipped(), *years])
    now, later = due(event, term), due_after(event, term, calendar=wiser, roll=True)
    assert later.not_before >= now.not_before
    if now.state == DueState.FINAL:
        assert later == now
    longer = extended(now, Term(5, WD), calendar=CALENDAR, roll=True)
    wiser_longer = extended(later, Term(5, WD), calendar=wiser, roll=True)
    assert wiser_longer.not_before >= longer.not_before
    assert longer.state == DueState.FINAL or longer.day is None


def test_a_provisional_term_is_certainly_not_overdue_until_it_may_be() -> None:
    open_end = due("2026-12-31", Term(5, WD))
    assert open_end.not_before == ON("2027-01-05")
    assert is_overdue(open_end, at("2027-01-05T23:59")) is False
    assert is_overdue(open_end, at("2027-01-06T00:00")) is None
    longer = extended(open_end, Term(2, CD), calendar=CALENDAR, roll=False)
    assert longer == Due(DueState.PROVISIONAL, ON("2027-01-07"), None)


# --- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "unit"), [(-1, WD), (MOST + 1, CD), (MOST // 31 + 1, MONTH)])
def test_absurd_lengths_are_refused(count: int, unit: TermUnit) -> None:
    with pytest.raises(BadInput) as caught:
        Term(count, unit)
    assert caught.value.facts["why"] == "TERM_LENGTH"


@pytest.mark.parametrize(("month", "day"), [(2, 29), (4, 31), (0, 1), (13, 1), (1, 0)])
def test_dates_that_some_year_lacks_are_refused(month: int, day: int) -> None:
    with pytest.raises(BadInput):
        YearDay(month, day)


@pytest.mark.parametrize("day", [EARLIEST - timedelta(days=1), LATEST + timedelta(days=1)])
def test_events_outside_the_clock_are_refused(day: date) -> None:
    with pytest.raises(BadInput):
        due(day, Term(1, WD))
    for edge, term in ((EARLIEST, Term(0, WD)), (LATEST, Term(MOST, WD)), (LATEST, YearDay(1, 1))):
        assert due(edge, term).not_before >= edge


def test_the_clock_reaches_from_1992_to_2999_and_a_hundred_years() -> None:
    assert ON("1992-01-01") == EARLIEST
    assert ON("2999-12-31") == LATEST
    assert MOST == 36_500
    assert Term(1177, MONTH).count == 1177  # 36,500 days are so many months at least
    with pytest.raises(BadInput):
        Term(1178, MONTH)


def test_an_instant_must_have_a_zone() -> None:
    naive = datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(ProgramMistake):
        is_overdue(due("2024-01-02", Term(1, WD)), naive)
    with pytest.raises(ProgramMistake):
        day_of(naive)
    assert day_of(datetime(2024, 1, 1, 16, 0, tzinfo=UTC)) == ON("2024-01-02")
    assert day_of(datetime(2024, 1, 1, 15, 59, tzinfo=UTC)) == ON("2024-01-01")


def test_what_is_refused_says_what_it_was() -> None:
    with pytest.raises(BadInput, match=r"A term of 1178 is not between 0 and 1177") as long:
        Term(1178, MONTH)
    assert long.value.facts == {"why": "TERM_LENGTH", "count": 1178, "most": 1177}
    with pytest.raises(BadInput, match=r"02-29 is not a date of every year") as leap:
        YearDay(2, 29)
    assert leap.value.facts == {"why": "YEAR_DAY", "month": 2, "day": 29}
    with pytest.raises(BadInput, match=r"No terms are counted from 1991-12-31") as early:
        due(EARLIEST - timedelta(days=1), Term(1, CD))
    day = (EARLIEST - timedelta(days=1)).isoformat()
    assert early.value.facts == {"why": "TERM_EVENT", "day": day}


def test_the_day_before_rolling_is_told_but_for_working_days() -> None:
    for found in (due("2024-09-23", YearDay(1, 20)), due("2024-09-20", Term(15, CD), roll=False)):
        assert (found.state, found.unrolled) == (DueState.FINAL, found.day)
    assert due("2024-09-20", Term(15, CD)).unrolled == ON("2024-10-05")
    assert due("2024-09-23", Term(15, WD)).unrolled is None


def test_an_extension_rolls_as_its_term_does() -> None:
    first = due("2024-09-20", Term(5, CD))
    rolled, plain = (
        extended(first, Term(10, CD), calendar=CALENDAR, roll=roll).day for roll in (True, False)
    )
    assert (rolled, plain) == (ON("2024-10-08"), ON("2024-10-05"))
