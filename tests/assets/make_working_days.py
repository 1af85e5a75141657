"""Writes `working_days.json`: what two packages that know nothing of us say of working days.

`python -m venv V && V/bin/pip install --require-hashes -r requirements/calendar.lock` and
`V/bin/python -P tests/assets/make_working_days.py`. The package holidays cannot stand in the
environment of the tests, because it needs an older python-dateutil than the product; so its answers
are recorded. For each package: its days off that are weekdays and its worked weekend days, and the
SHA-256 over its own answer for each start day and each length, where an answer beyond the data is
`beyond`.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

import chinese_calendar
import holidays

FIRST_DAY, FIRST, LAST = date(2006, 1, 1), date(2019, 1, 1), date(2026, 12, 31)
LENGTHS = 60
TARGET = Path(__file__).with_name("working_days.json")

Nth = Callable[[date, int], date | None]


def of_holidays() -> Nth:
    """Its `get_nth_working_day`; it would make up 2027 from weekdays, which is not an answer."""
    china = holidays.country_holidays("CN", years=range(FIRST_DAY.year, LAST.year + 2))

    def nth(start: date, count: int) -> date | None:
        found: date = china.get_nth_working_day(start, count)
        return found if found <= LAST else None

    return nth


def of_chinese_calendar() -> Nth:
    """Its `find_workday`, which counts on from the first working day at or after its start."""

    def nth(start: date, count: int) -> date | None:
        rest = count - 1 if count and not chinese_calendar.is_workday(start) else count
        try:
            found: date = chinese_calendar.find_workday(rest, start)
        except NotImplementedError:
            return None
        return found

    return nth


def days(first: date) -> Iterator[date]:
    """Every day from `first` to the last of the data."""
    return (first + timedelta(days=n) for n in range((LAST - first).days + 1))


def described(package: str, nth: Nth) -> dict[str, object]:
    """What is recorded of a package."""
    digest = hashlib.sha256()
    beyond = 0
    for start in days(FIRST):
        for count in range(LENGTHS + 1):
            found = nth(start, count)
            beyond += found is None
            digest.update(f"{start} {count} {found or 'beyond'}\n".encode())
    worked = {day for day in days(FIRST_DAY) if nth(day, 0) == day}
    return {
        "version": version(package),
        "off_weekdays": [str(d) for d in days(FIRST_DAY) if d.weekday() < 5 and d not in worked],
        "worked_weekends": [str(d) for d in sorted(worked) if d.weekday() >= 5],
        "answers_beyond": beyond,
        "answers_sha256": digest.hexdigest(),
    }


def main() -> None:
    """Asks both and writes the file; chinesecalendar takes five minutes."""
    said = {
        "chinesecalendar": described("chinesecalendar", of_chinese_calendar()),
        "holidays": described("holidays", of_holidays()),
    }
    TARGET.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
