"""What two packages that know nothing of us say of working days, recorded or asked month by month.

It needs an environment of its own, because the package holidays needs an older python-dateutil than
the product: `python -m venv V && V/bin/pip install --require-hashes -r requirements/calendar.lock`.

`V/bin/python -P tests/assets/make_working_days.py` writes `working_days.json`: for each package its
days off that are weekdays and its worked weekend days, and the SHA-256 over its own answer for each
start day and each length, where an answer beyond the data is `beyond`.
`… make_working_days.py 2024-02` prints the answers for the start days of that month instead, as
lines `package start length answer`; `script/prove working-days` asks for every month that way.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
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


PACKAGES = {"chinesecalendar": of_chinese_calendar, "holidays": of_holidays}


def days(first: date) -> Iterator[date]:
    """Every day from `first` to the last of the data."""
    return (first + timedelta(days=n) for n in range((LAST - first).days + 1))


def answers(nth: Nth, starts: Iterable[date]) -> Iterator[tuple[str, date | None]]:
    """A line `start length answer` for each start day and each length, with the answer."""
    for start in starts:
        for count in range(LENGTHS + 1):
            found = nth(start, count)
            yield f"{start} {count} {found or 'beyond'}", found


def described(package: str, nth: Nth) -> dict[str, object]:
    """What is recorded of a package."""
    digest = hashlib.sha256()
    beyond = 0
    for line, found in answers(nth, days(FIRST)):
        beyond += found is None
        digest.update(f"{line}\n".encode())
    worked = {day for day in days(FIRST_DAY) if nth(day, 0) == day}
    return {
        "version": version(package),
        "off_weekdays": [str(d) for d in days(FIRST_DAY) if d.weekday() < 5 and d not in worked],
        "worked_weekends": [str(d) for d in sorted(worked) if d.weekday() >= 5],
        "answers_beyond": beyond,
        "answers_sha256": digest.hexdigest(),
    }


def main(months: list[str]) -> None:
    """Asks both; writes the file, which takes minutes, or prints the answers of some months."""
    if not months:
        said = {package: described(package, make()) for package, make in PACKAGES.items()}
        TARGET.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    for month in months:
        starts = [day for day in days(FIRST) if f"{day:%Y-%m}" == month]
        for package, make in PACKAGES.items():
            for line, _ in answers(make(), starts):
                sys.stdout.write(f"{package} {line}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
