"""Writes `people/calendar/*.csv` from the package chinesecalendar.

`python -P -m script.calendar_years`

From 2006 on: of the years before, its data and that of the package holidays differ in a day.
"""

from datetime import date
from importlib.metadata import version
from pathlib import Path

import chinese_calendar

from evidence.workdays import CalendarYear, days_of, is_weekend
from evidence.year_table import write_year
from script.studio import ROOT

FIRST = 2006
FOLDER = ROOT / "people" / "calendar"


def years() -> dict[str, str]:
    """The texts of the files by name."""
    last = max(chinese_calendar.holidays).year
    return {f"{number}.csv": write_year(_year(number)) for number in range(FIRST, last + 1)}


def _year(number: int) -> CalendarYear:
    days = days_of(number)
    worked = frozenset(day for day in days if is_weekend(day) and _is_worked(day))
    off = frozenset(day for day in days if not is_weekend(day) and not _is_worked(day))
    source = (
        f"Python 软件包 chinesecalendar {version('chinesecalendar')} 的 {number} 年数据，"
        "其按国务院办公厅当年放假通知编制；通知原文未核对"
    )
    return CalendarYear(number, off, worked, source)


def _is_worked(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


def write(folder: Path) -> None:
    """Writes every file."""
    for name, text in years().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(FOLDER)
