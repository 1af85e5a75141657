"""Reading a year of the working-day calendar from a table, as the yearly notice is typed up.

A line is a date and 休 (off) or 班 (worked), separated by a comma or a tab; what follows is a
remark and is not kept. Lines may begin with `#`; `# source: ...` (or 来源：) names the document. A
heading line may come first. Text is UTF-8, with or without its mark, or GB 18030 (which GBK is part
of), as spreadsheets write it. The result lists every problem with its line; only a table without
one makes a year.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from evidence.errors import BadInput
from evidence.vocabulary import DayKind
from evidence.workdays import CalendarYear, is_weekend

Facts = Mapping[str, str | int]

KINDS: Mapping[str, DayKind] = MappingProxyType({"休": DayKind.OFF, "班": DayKind.WORKED})
MOST_BYTES = 100_000
FIRST_YEAR, LAST_YEAR = 1992, 2999

_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?\Z")
_SOURCE = re.compile(r"#\s*(?:source|来源|依据)\s*[:：](.*)\Z", re.IGNORECASE)
_HEADING = frozenset({"日期", "date"})
_ALWAYS_OFF = ((1, 1), (5, 1), (10, 1))
"""New Year, Labour Day and National Day: off each year by the State Council's regulation."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Problem:
    """What is wrong at a line (from 1; 0 is the whole file); `code` has its sentences."""

    line: int
    code: str
    facts: Facts


@dataclass(frozen=True)
class YearTable:
    """What a table says: the year where there is no problem, else None and the problems."""

    year: CalendarYear | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _Row:
    line: int
    day: date
    kind: DayKind


def decode(data: bytes) -> str:
    """The text of a table's bytes; raises `BadInput` for what is neither UTF-8 nor GB 18030."""
    if len(data) > MOST_BYTES:
        raise BadInput("The file is larger than any year", why="CALENDAR_SIZE", most=MOST_BYTES)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput("The file is neither UTF-8 nor GBK text", why="CALENDAR_TEXT")


def read_year(text: str, *, number: int | None = None, source: str | None = None) -> YearTable:
    """The year that the table gives.

    `number` is the year expected, else that of the first date. `source` is the document, else what
    the table's own line says. Never raises: what is wrong is in `problems`.
    """
    rows, problems = _rows(text)
    said = (source or _own_source(text)).strip()
    if not said:
        problems.append(Problem(0, "CALENDAR_NO_SOURCE", {}))
    expected = number if number is not None else rows[0].day.year if rows else None
    if not rows or expected is None:
        problems.append(Problem(0, "CALENDAR_NO_ROWS", {}))
        return YearTable(None, tuple(problems))
    problems += _row_problems(rows, expected)
    if problems:
        return YearTable(None, tuple(sorted(problems, key=lambda problem: problem.line)))
    by_kind = {kind: frozenset(row.day for row in rows if row.kind == kind) for kind in DayKind}
    year = CalendarYear(expected, by_kind[DayKind.OFF], by_kind[DayKind.WORKED], said)
    lacking = tuple(_incomplete(year))
    return YearTable(None if lacking else year, lacking)


def write_year(year: CalendarYear) -> str:
    """The table of a year, which `read_year` reads again; one line for each day."""
    words = {kind: word for word, kind in KINDS.items()}
    days = dict.fromkeys(year.off, words[DayKind.OFF])
    days |= dict.fromkeys(year.worked, words[DayKind.WORKED])
    lines = [f"# source: {year.source}", "日期,类别", *(f"{d},{days[d]}" for d in sorted(days))]
    return "\n".join(lines) + "\n"


# --- lines --------------------------------------------------------------------------------------


def _own_source(text: str) -> str:
    lines = (line.strip(' ,"\t\r') for line in text.splitlines())
    return next((found[1] for line in lines if (found := _SOURCE.match(line))), "")


def _rows(text: str) -> tuple[list[_Row], list[Problem]]:
    rows: list[_Row] = []
    problems: list[Problem] = []
    for line, cells in _cells(text):
        read = _row(line, cells)
        if isinstance(read, _Row):
            rows.append(read)
        else:
            problems.append(read)
    return rows, problems


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """Lines that say something, with their numbers; a heading counts only as the first of them."""
    is_first = True
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.replace("\t", ",").replace("，", ",")
        cells = [cell.strip() for cell in next(csv.reader([bare]), [])]
        if not any(cells) or cells[0].startswith("#"):
            continue
        if not (is_first and cells[0].lower() in _HEADING):
            yield number, cells
        is_first = False


def _row(line: int, cells: list[str]) -> _Row | Problem:
    if len(cells) < 2 or not cells[1]:
        return Problem(line, "CALENDAR_ROW", {"text": ",".join(cells)[:40]})
    day = _date(cells[0])
    if day is None:
        return Problem(line, "CALENDAR_DATE", {"text": cells[0][:40]})
    kind = KINDS.get(cells[1])
    if kind is None:
        return Problem(line, "CALENDAR_KIND", {"text": cells[1][:40], "day": str(day)})
    return _Row(line, day, kind)


def _date(text: str) -> date | None:
    found = _DATE.match(text)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


# --- the year as a whole ------------------------------------------------------------------------


def _row_problems(rows: list[_Row], expected: int) -> Iterator[Problem]:
    if not FIRST_YEAR <= expected <= LAST_YEAR:
        yield Problem(0, "CALENDAR_RANGE", {"year": expected})
    off = {row.day for row in rows if row.kind == DayKind.OFF}
    first_line: dict[date, int] = {}
    for row in rows:
        facts: Facts = {"day": str(row.day), "year": expected}
        if row.day.year != expected:
            yield Problem(row.line, "CALENDAR_OTHER_YEAR", facts)
        elif row.day in first_line:
            yield Problem(row.line, "CALENDAR_TWICE", {**facts, "first": first_line[row.day]})
        elif row.kind == DayKind.WORKED and not is_weekend(row.day):
            yield Problem(row.line, "CALENDAR_WORKED_WEEKDAY", facts)
        elif row.kind == DayKind.OFF and not _joined(row.day, off):
            yield Problem(row.line, "CALENDAR_LONE_WEEKEND", facts)
        first_line.setdefault(row.day, row.line)


def _joined(day: date, off: set[date]) -> bool:
    """Whether a day off is a weekday, or of a weekend that a weekday off touches.

    Notices list the weekend days inside a holiday. One that no holiday touches is off anyway: its
    date is wrong, or the line may be left out. What touches a weekend at an end of the year may
    stand in the next year's table.
    """
    return any(
        _touching(day, step=step) in off or _touching(day, step=step).year != day.year
        for step in (_DAY, -_DAY)
    )


def _touching(day: date, *, step: timedelta) -> date:
    """The next weekday in this direction, the day itself if it is one."""
    while is_weekend(day):
        day += step
    return day


def _incomplete(year: CalendarYear) -> Iterator[Problem]:
    """A table that was cut off, or typed up in part, would say that holidays are worked."""
    for month, day in _ALWAYS_OFF:
        if year.is_working(date(year.number, month, day)):
            facts: Facts = {"day": f"{month:02}-{day:02}", "year": year.number}
            yield Problem(0, "CALENDAR_INCOMPLETE", facts)
