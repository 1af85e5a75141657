"""The working-day calendar in force: the years that ship, overlaid by notices that were imported.

Holds always: an import is an act and is never changed or removed; of several imports of a year the
newest holds; each year says which document it is from, and none is made up.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from sqlalchemy import Connection, select

from evidence.errors import BadInput, Malformed, ProgramMistake
from evidence.messages import sentence
from evidence.vocabulary import DayKind, DayState, YearOrigin
from evidence.workdays import CalendarYear, WorkCalendar, calendar_of, days_of
from evidence.year_table import Problem, YearTable, decode, read_year
from storage import schema
from storage.ledger import Act, Ledger, Row


@dataclass(frozen=True)
class YearInForce:
    """A year and where it is from; number (from 0) and UTC time of its import, else None."""

    year: CalendarYear
    origin: YearOrigin
    number: int | None = None
    imported_at: str | None = None


@dataclass(frozen=True)
class Turn:
    """A day that a table lists, or that what holds now lists, and what becomes of it."""

    day: date
    was: DayState
    becomes: DayState


@dataclass(frozen=True)
class Preview:
    """What importing a table would do.

    `before` is what holds now of that year, None if nothing; `changed` are the days that would be
    worked and are not, or the other way round: all days off and make-up days where nothing holds.
    """

    table: YearTable
    before: YearInForce | None
    changed: tuple[date, ...]

    @property
    def turns(self) -> list[Turn]:
        """Each listed day, before and after, in order; none of a table with a problem."""
        year, before = self.table.year, self.before
        if year is None:
            return []
        held = None if before is None else before.year
        listed = {*year.off, *year.worked, *(() if held is None else (*held.off, *held.worked))}
        return [
            Turn(day, DayState.UNKNOWN if held is None else held.state(day), year.state(day))
            for day in sorted(listed)
        ]


@cache
def shipped() -> tuple[CalendarYear, ...]:
    """The years packaged in `people/calendar/`, ascending; raises `BadInput` naming the file."""
    folder = resources.files("people").joinpath("calendar")
    files = sorted(item.name for item in folder.iterdir() if item.name.endswith(".csv"))
    texts = {name: folder.joinpath(name).read_text(encoding="utf-8") for name in files}
    return tuple(_shipped(name, text) for name, text in texts.items())


def years_in_force(connection: Connection) -> tuple[YearInForce, ...]:
    """Every known year, ascending. Raises `Malformed` where a stored day is none."""
    held = {year.number: YearInForce(year, YearOrigin.SHIPPED) for year in shipped()}
    held |= _imported(connection)
    return tuple(held[number] for number in sorted(held))


def in_force(connection: Connection) -> WorkCalendar:
    """The calendar that terms are counted by. Raises `Malformed` where a stored day is none."""
    return calendar_of(held.year for held in years_in_force(connection))


def preview(
    connection: Connection, data: bytes, *, number: int | None = None, source: str | None = None
) -> Preview:
    """What importing a file's bytes would do; writes nothing.

    `number` and `source` are those of `evidence.year_table.read_year`. Raises `BadInput` for bytes
    that are no text.
    """
    table = read_year(decode(data), number=number, source=source)
    if table.year is None:
        return Preview(table, None, ())
    held = {held.year.number: held for held in years_in_force(connection)}
    before = held.get(table.year.number)
    return Preview(table, before, _changed(before.year if before else None, table.year))


def import_year(
    ledger: Ledger, data: bytes, *, number: int | None = None, source: str | None = None
) -> YearInForce:
    """The act `calendar.imported`: this table is the year from now on.

    Raises `BadInput` for a table with any problem, and for one that holds already.
    """
    with ledger.act() as act:
        seen = preview(act.connection, data, number=number, source=source)
        year = _without_problems(seen.table)
        before = seen.before
        if before and before.origin == YearOrigin.IMPORTED and _same(before.year, year):
            message = f"{year.number} was imported already"
            raise BadInput(message, why="CALENDAR_SAME", year=year.number)
        place = 0 if before is None or before.number is None else before.number + 1
        _insert(act, year, place=place, data=data)
        act.enter("calendar.imported", {"year": year.number, "number": place})
    return YearInForce(year, YearOrigin.IMPORTED, place, act.at_text)


def problem_sentence(problem: Problem) -> tuple[str, str]:
    """The Chinese and the English sentence of a problem."""
    return sentence(problem.code, {"line": problem.line, **problem.facts})


def _shipped(name: str, text: str) -> CalendarYear:
    return _without_problems(read_year(text, number=int(name.removesuffix(".csv"))))


def _without_problems(table: YearTable) -> CalendarYear:
    if table.year is not None:
        return table.year
    if not table.problems:
        raise ProgramMistake("A table without a year has no problem")
    chinese, english = problem_sentence(table.problems[0])
    raise BadInput(
        f"The table of working days has {len(table.problems)} problems",
        why="CALENDAR_FILE",
        count=len(table.problems),
        first_zh=chinese,
        first_en=english,
    )


def _same(one: CalendarYear, other: CalendarYear) -> bool:
    return one.source == other.source and not _changed(one, other)


def _changed(before: CalendarYear | None, year: CalendarYear) -> tuple[date, ...]:
    if before is None:
        return tuple(sorted(year.off | year.worked))
    days = days_of(year.number)
    return tuple(day for day in days if before.is_working(day) != year.is_working(day))


def _insert(act: Act, year: CalendarYear, *, place: int, data: bytes) -> None:
    key = f"{year.number}/{place}"
    row: Row = {
        "id": key,
        "year": year.number,
        "number": place,
        "source": year.source,
        "file_sha256": hashlib.sha256(data).hexdigest(),
        "imported_at": act.at_text,
    }
    act.insert(schema.calendar_years, row)
    kinds = dict.fromkeys(year.off, DayKind.OFF) | dict.fromkeys(year.worked, DayKind.WORKED)
    for day in sorted(kinds):
        cells = {"id": f"{key}/{day}", "calendar_year_id": key, "day": str(day)}
        act.insert(schema.calendar_days, {**cells, "kind": kinds[day].value})


def _imported(connection: Connection) -> dict[int, YearInForce]:
    """The newest import of each year."""
    years, days = schema.calendar_years, schema.calendar_days
    listed: dict[str, dict[date, str]] = {}
    for row in connection.execute(select(days)):
        listed.setdefault(row.calendar_year_id, {})[_day(row.day)] = row.kind
    found: dict[int, YearInForce] = {}
    for row in connection.execute(select(years).order_by(years.c.year, years.c.number)):
        year = _year_of(row.year, listed.get(row.id, {}), source=row.source)
        found[row.year] = YearInForce(year, YearOrigin.IMPORTED, row.number, row.imported_at)
    return found


def _year_of(number: int, kinds: Mapping[date, str], *, source: str) -> CalendarYear:
    off = frozenset(day for day, kind in kinds.items() if kind == DayKind.OFF)
    return CalendarYear(number, off, frozenset(kinds) - off, source)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Malformed(f"A stored day of the calendar is {text!r}") from error
