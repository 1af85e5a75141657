"""Rows of text from a table that a bureau keeps: a workbook of Excel, or a CSV file.

Holds always: a file that is too large, unpacks to too much, or is no table is refused before any of
it is used; a merged cell says its text in each of its places; nothing in a file is executed.
"""

import csv
import hashlib
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from evidence.errors import BadInput

MOST_BYTES = 16 << 20
MOST_UNPACKED = 256 << 20
MOST_ROWS = 5000
MOST_COLUMNS = 200
_ZIP = b"PK"
_OLE = b"\xd0\xcf\x11\xe0"

Cells = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Sheet:
    """A table as text. `sha256` is of the file; a row's number in the file is its place plus 1."""

    sha256: str
    rows: Cells


def read_sheet(path: Path) -> Sheet:
    """The first sheet of a workbook (.xlsx, .xls), or a CSV file in UTF-8 or GB 18030.

    Raises `BadInput` for what is no such table, and `OSError` for a file that cannot be read.
    """
    return sheet_of(path, _bytes_of(path))


def sheet_of(path: Path, data: bytes) -> Sheet:
    """The same of a file's bytes; `path` is only what a refusal calls it. Raises `BadInput`."""
    if not data:
        raise _refused(path, "the file is empty")
    is_workbook = data.startswith((_ZIP, _OLE))
    rows = _workbook(path, data) if is_workbook else _lines(path, data)
    if len(rows) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in rows):
        raise _refused(path, f"more than {MOST_ROWS} rows or {MOST_COLUMNS} columns")
    return Sheet(hashlib.sha256(data).hexdigest(), rows)


def _bytes_of(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise _refused(path, f"more than {MOST_BYTES >> 20} MiB")
    return data


def _refused(path: Path, reason: str) -> BadInput:
    return BadInput(f"{path} is no table: {reason}", why="SHEET", path=str(path), reason=reason)


# --- workbooks ------------------------------------------------------------------------------------


def _workbook(path: Path, data: bytes) -> Cells:
    try:
        _check_unpacked(path, data)
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        return _cells(path, sheet)
    except (CalamineError, zipfile.BadZipFile, ValueError, IndexError) as error:
        raise _refused(path, str(error)) from error


def _check_unpacked(path: Path, data: bytes) -> None:
    if not data.startswith(_ZIP):
        return
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        unpacked = sum(item.file_size for item in packed.infolist())
    if unpacked > MOST_UNPACKED:
        raise _refused(path, f"more than {MOST_UNPACKED >> 20} MiB unpacked")


def _cells(path: Path, sheet: CalamineSheet) -> Cells:
    if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
        raise _refused(path, f"more than {MOST_ROWS} rows or {MOST_COLUMNS} columns")
    rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        if top < len(rows) and left < len(rows[top]):
            _spread(rows, rows[top][left], area=(top, left, bottom, right))
    return tuple(tuple(row) for row in rows)


def _spread(rows: list[list[str]], text: str, *, area: tuple[int, int, int, int]) -> None:
    top, left, bottom, right = area
    for row in rows[top : bottom + 1]:
        for column in range(left, min(right + 1, len(row))):
            row[column] = text


def _text(cell: object) -> str:
    """A cell as people read it: whole numbers without a point, dates as ISO 8601 writes them."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return _one_line(str(cell))


# --- lines ----------------------------------------------------------------------------------------


def _lines(path: Path, data: bytes) -> Cells:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _parsed(path, text)
    raise _refused(path, "neither UTF-8 nor GB 18030")


def _parsed(path: Path, text: str) -> Cells:
    if "\x00" in text:
        raise _refused(path, "it holds bytes that are no text")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise _refused(path, str(error)) from error
    return tuple(tuple(_one_line(cell) for cell in row) for row in rows)


def _one_line(text: str) -> str:
    """Text on one line, with what cannot be printed left out."""
    words = " ".join(text.split())
    return "".join(letter for letter in words if letter.isprintable())
