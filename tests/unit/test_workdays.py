"""The calendar that ships, against the published facts and against two packages' own answers."""

import hashlib
import json
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

import chinese_calendar
import pytest

from evidence.errors import NotFound
from evidence.terms import Term, due_after
from evidence.vocabulary import DueState, TermUnit
from evidence.workdays import CalendarYear, WorkCalendar, calendar_of, days_of, holidays_of
from evidence.year_table import read_year
from people.calendar import shipped
from script import calendar_years
from tests.fault import working_days
from tests.footage import REPOSITORY

FIRST, LAST = date(2019, 1, 1), date(2026, 12, 31)
LENGTHS = 60

# requirements.md, 4.0: days off from first to last, then make-up days.
FACTS = {
    2021: (
        "01-01..03 02-11..17 04-03..05 05-01..05 06-12..14 09-19..21 10-01..07",
        "02-07 02-20 04-25 05-08 09-18 09-26 10-09",
    ),
    2022: (
        "01-01..03 01-31..02-06 04-03..05 04-30..05-04 06-03..05 09-10..12 10-01..07 12-31",
        "01-29 01-30 04-02 04-24 05-07 10-08 10-09",
    ),
    2023: (
        "01-01..02 01-21..27 04-05 04-29..05-03 06-22..24 09-29..10-06 12-30..31",
        "01-28 01-29 04-23 05-06 06-25 10-07 10-08",
    ),
    2024: (
        "01-01 02-10..17 04-04..06 05-01..05 06-10 09-15..17 10-01..07",
        "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    ),
    2025: (
        "01-01 01-28..02-04 04-04..06 05-01..05 05-31..06-02 10-01..08",
        "01-26 02-08 04-27 09-28 10-11",
    ),
    2026: (
        "01-01..03 02-15..23 04-04..06 05-01..05 06-19..21 09-25..27 10-01..07",
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}


@cache
def calendar() -> WorkCalendar:
    return calendar_of(shipped())


@cache
def recorded() -> dict[str, Any]:
    path = REPOSITORY / "tests" / "assets" / "working_days.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def spelled(year: int, text: str) -> set[date]:
    """The days of a list such as `01-31..02-06 04-05`."""
    days: set[date] = set()
    for span in text.split():
        first, _, last = span.partition("..")
        last = last if len(last) == 5 else first[:3] + (last or first[3:])
        start, end = (date.fromisoformat(f"{year}-{part}") for part in (first, last))
        days |= {start + timedelta(days=n) for n in range((end - start).days + 1)}
    return days


@pytest.mark.parametrize("number", sorted(FACTS))
def test_the_holiday_facts_hold(number: int) -> None:
    off, worked = (spelled(number, text) for text in FACTS[number])
    for day in days_of(number):
        expected = day in worked or (day.weekday() < 5 and day not in off)
        assert calendar().is_working(day) is expected, day


def test_what_ships_is_what_the_script_writes() -> None:
    folder = REPOSITORY / "people" / "calendar"
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == (
        calendar_years.years()
    )
    assert [year.number for year in shipped()] == list(range(2006, 2027))
    assert all("chinesecalendar 1.11.0" in year.source for year in shipped())


# --- two packages that know nothing of us -----------------------------------------------------


@pytest.mark.parametrize("package", ["chinesecalendar", "holidays"])
def test_each_day_is_as_both_packages_say(package: str) -> None:
    said = recorded()[package]
    days = [day for year in shipped() for day in days_of(year.number)]
    ours = {day: calendar().is_working(day) for day in days}
    assert [str(d) for d in days if d.weekday() < 5 and not ours[d]] == said["off_weekdays"]
    assert [str(d) for d in days if d.weekday() >= 5 and ours[d]] == said["worked_weekends"]
    assert len(said["worked_weekends"]) > 100


@cache
def our_answers() -> tuple[str, int]:
    """Digest over our answer for each start and length, in the form of the recorded ones."""
    digest, beyond = hashlib.sha256(), 0
    terms = [Term(count, TermUnit.WORKING_DAY) for count in range(LENGTHS + 1)]
    for start in (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)):
        for term in terms:
            found = due_after(start, term, calendar=calendar(), roll=True)
            beyond += found.day is None
            digest.update(f"{start} {term.count} {found.day or 'beyond'}\n".encode())
    return digest.hexdigest(), beyond


@pytest.mark.parametrize("package", ["chinesecalendar", "holidays"])
def test_each_term_of_2019_to_2026_is_as_both_packages_say(package: str) -> None:
    said = recorded()[package]
    assert our_answers() == (said["answers_sha256"], said["answers_beyond"])
    assert said["answers_beyond"] > 1000


def test_the_installed_package_still_says_so() -> None:
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    worked = set(chinese_calendar.get_workdays(FIRST, LAST))
    assert {day for day in days if calendar().is_working(day)} == worked
    seed = Random().randrange(2**32)
    chance = Random(seed)
    for _ in range(60):
        start, count = chance.choice(days[:-120]), chance.randrange(1, LENGTHS + 1)
        # Its count starts on the first working day at or after the start.
        rest = count if start in worked else count - 1
        found = due_after(start, Term(count, TermUnit.WORKING_DAY), calendar=calendar(), roll=True)
        assert found.day == chinese_calendar.find_workday(rest, start), (seed, start, count)


def answered(month: str, *, less: int = 0) -> list[str]:
    """Our own answers for a month in the form of the packages' ones, so many days too early."""
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    terms = [Term(count, TermUnit.WORKING_DAY) for count in range(LENGTHS + 1)]
    found = [
        (f"{start} {term.count}", due_after(start, term, calendar=calendar(), roll=True).day)
        for start in days
        if f"{start:%Y-%m}" == month
        for term in terms
    ]
    said = [f"{asked} {day - timedelta(days=less) if day else 'beyond'}" for asked, day in found]
    return [f"{package} {line}" for package in working_days.PACKAGES for line in said]


def test_the_campaign_asks_for_each_day_and_finds_an_answer_that_differs_or_lacks() -> None:
    assert (working_days.MONTHS[0], working_days.MONTHS[-1]) == ("2019-01", "2026-12")
    last = len(working_days.MONTHS) - 1
    honest = working_days.campaign(answered).trial(1, last)
    assert honest["different"] == honest["unanswered"] == 0
    assert honest["chinesecalendar"] == honest["holidays"] == 31 * (LENGTHS + 1)
    early = working_days.campaign(lambda month: answered(month, less=1)).trial(1, last)
    assert early["different"] == 2 * 31 * (LENGTHS + 1) - early["beyond the data"] > 0
    fewer = working_days.campaign(lambda month: answered(month)[:-7]).trial(1, last)
    assert fewer["unanswered"] == 7


# --- what is not known ------------------------------------------------------------------------


def year_of(number: int, *off: str) -> CalendarYear:
    return CalendarYear(number, frozenset(map(date.fromisoformat, off)), frozenset(), "a test")


def test_a_year_that_is_not_known_is_not_guessed() -> None:
    with pytest.raises(NotFound) as caught:
        calendar().is_working(date(2027, 3, 3))
    assert caught.value.facts["year"] == 2027
    assert calendar().known_until(date(2027, 1, 1)) is None
    assert calendar().last_working(date(2027, 3, 3)) is None
    assert not calendar().knows(date(2005, 12, 31))


def test_knowledge_ends_at_a_gap_between_years() -> None:
    gap = calendar_of([year_of(2026), year_of(2028)])
    assert gap.known_until(date(2026, 5, 1)) == date(2026, 12, 31)
    assert gap.known_until(date(2028, 5, 1)) == date(2028, 12, 31)
    assert gap.nth_after(date(2026, 12, 31), 1) is None
    assert gap.nth_after(date(2026, 12, 30), 1) == date(2026, 12, 31)
    assert gap.nth_after(date(2026, 12, 30), 2) is None
    assert gap.counted_after(date(2026, 12, 30)) == (1, date(2026, 12, 31))
    assert gap.counted_after(date(2026, 12, 31)) == (0, date(2026, 12, 31))
    # 1 January 2028 is a Saturday: the working day before it lies in a year that is not known.
    assert gap.last_working(date(2028, 1, 2)) is None
    assert gap.last_working(date(2028, 1, 4)) == date(2028, 1, 4)
    assert calendar().last_working(date(2024, 10, 6)) == date(2024, 9, 30)


def test_each_year_that_ships_is_followed_by_the_next() -> None:
    for year in shipped():
        assert calendar().known_until(date(year.number, 7, 1)) == LAST


def test_before_the_first_working_day_none_is_the_last() -> None:
    alone = calendar_of([year_of(2026, "2026-01-01")])
    assert alone.last_working(date(2026, 1, 1)) is None
    assert alone.last_working(date(2026, 1, 2)) == date(2026, 1, 2)


def test_the_newer_of_two_years_holds() -> None:
    newer = year_of(2026, "2026-03-03")
    found = calendar_of([year_of(2027), year_of(2026), newer])
    assert found.years == (newer, year_of(2027))
    assert not found.is_working(date(2026, 3, 3))
    assert found.year(2026) is newer
    assert found.year(2025) is None


def test_holidays_are_told_as_runs() -> None:
    year = read_year((REPOSITORY / "people" / "calendar" / "2024.csv").read_text("utf-8")).year
    assert year is not None
    told = [f"{first:%m-%d}..{last:%m-%d}" for first, last in holidays_of(year)]
    assert told == [
        "01-01..01-01", "02-10..02-17", "04-04..04-06", "05-01..05-05", "06-08..06-10",
        "09-15..09-17", "10-01..10-07",
    ]  # fmt: skip


def test_a_wrong_day_would_be_seen() -> None:
    """The comparison with the packages can fail: a make-up day less gives another answer."""
    less = [
        CalendarYear(y.number, y.off, y.worked - {date(2024, 9, 29)}, y.source) for y in shipped()
    ]
    term = Term(1, TermUnit.WORKING_DAY)
    found = due_after(date(2024, 9, 28), term, calendar=calendar_of(less), roll=True)
    assert (found.state, found.day) == (DueState.FINAL, date(2024, 9, 30))
    ours = due_after(date(2024, 9, 28), term, calendar=calendar(), roll=True)
    assert ours.day == date(2024, 9, 29)
