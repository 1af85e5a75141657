"""Rows of a file by the headings of their columns, and what is wrong with a cell.

Holds always: every fault of a row is said at once, with its column; a cell is never guessed at; a
line is the row's number in the file, from 1 on, with titles and empty rows counted.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from evidence.errors import BadInput
from people.sheets import Sheet

E = TypeVar("E", bound=StrEnum)
Cells = Mapping[str, str]
"""One row of a file by the heading of its column; empty cells are empty."""

_LONGEST = 64
_HEADINGS_WITHIN = 10
_EARLIEST_YEAR = 1900  # before it, somebody mistyped
_IN_BRACKETS = re.compile(r"\([^()]*\)")  # a heading may add (必填)
_DAY = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?")
_YES_NO = {"是": True, "否": False}


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row: the column, and the reason's code with its facts."""

    column: str
    why: str
    facts: Mapping[str, str]


@dataclass(frozen=True)
class Rows:
    """The rows below the headings; `first_line` is the number of the first in its file."""

    cells: tuple[Cells, ...]
    first_line: int = 2

    def __len__(self) -> int:
        return len(self.cells)


def rows_of(sheet: Sheet, columns: Collection[str]) -> Rows:
    """The rows of a table by these columns; titles above the headings are passed over.

    Raises `BadInput` (ROSTER_HEADINGS) where a heading stands twice.
    """
    wanted = {_plain(column): column for column in columns}
    names = [[wanted.get(_plain(cell), "") for cell in row] for row in sheet.rows]
    top = max(
        range(min(len(names), _HEADINGS_WITHIN)),
        key=lambda place: len(set(names[place]) - {""}),
        default=0,
    )
    headings = names[top] if names else []
    doubled = sorted({name for name in headings if name and headings.count(name) > 1})
    if doubled:
        raise BadInput("A column stands twice", why="ROSTER_HEADINGS", columns="、".join(doubled))
    found = tuple(_by_heading(headings, row) for row in sheet.rows[top + 1 :])
    return Rows(found, first_line=top + 2)


def check_columns(rows: Sequence[Cells], required: Collection[str]) -> None:
    """Raises `BadInput` for a file without rows or without a column that is needed."""
    if not any(any(cell.strip() for cell in row.values()) for row in rows):
        raise BadInput("The file has no rows", why="ROSTER_EMPTY")
    missing = [column for column in required if column not in rows[0]]
    if missing:
        raise BadInput("The file lacks columns", why="ROSTER_COLUMNS", columns="、".join(missing))


def is_blank(cells: Cells) -> bool:
    """Whether nothing stands in a row."""
    return not any(cell.strip() for cell in cells.values())


class Reader:
    """Reads the cells of one row and collects what is wrong with them."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.found: list[Fault] = []

    def add(self, column: str, why: str, **facts: str) -> None:
        """Notes that a column's cell is wrong."""
        self.found.append(Fault(column, why, {"value": self.cells.get(column, ""), **facts}))

    def is_given(self, column: str) -> bool:
        """Whether anything stands in the cell."""
        return bool(self.cells.get(column, "").strip())

    def text(self, column: str) -> str:
        """What must stand in the cell: at most 64 printable characters."""
        value = self.cells.get(column, "").strip()
        if not value:
            self.add(column, "CELL_EMPTY")
        elif len(value) > _LONGEST or not value.isprintable():
            self.add(column, "CELL_TEXT")
        return value

    def day(self, column: str) -> date:
        """A day written like 2024-06-30, 2024/6/30, 2024.6.30 or 2024年6月30日; else the first."""
        if not self.is_given(column):
            self.add(column, "CELL_EMPTY")
            return date.min
        parts = _DAY.fullmatch(self.cells[column].strip())
        try:
            found = date(*(int(part) for part in parts.groups())) if parts else date.min
        except ValueError:
            found = date.min
        if found.year < _EARLIEST_YEAR:
            self.add(column, "CELL_DAY")
            return date.min
        return found

    def flag(self, column: str) -> bool:
        """是 or 否."""
        value = _YES_NO.get(self.text(column))
        if value is None and self.is_given(column):
            self.add(column, "CELL_YES_NO")
        return bool(value)

    def choice(self, column: str, words: Mapping[str, E], *, why: str) -> E | None:
        """The member that a word stands for; None with a fault of this code."""
        value = words.get(self.text(column))
        if value is None and self.is_given(column):
            self.add(column, why)
        return value


def _by_heading(headings: Sequence[str], row: Sequence[str]) -> Cells:
    found = {name: "" for name in headings if name}
    found.update((name, cell) for name, cell in zip(headings, row, strict=False) if name)
    return found


def _plain(text: str) -> str:
    """A heading as it is compared: half-width, without brackets and white space."""
    return _IN_BRACKETS.sub("", "".join(unicodedata.normalize("NFKC", text).split()))
