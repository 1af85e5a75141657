"""Reads reports back as whoever opens them does: cells of a spreadsheet, words of a PDF."""

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZipFile

from pypdf import PdfReader
from python_calamine import CalamineWorkbook

Sheets = Mapping[str, list[list[object]]]


def sheets_of(data: bytes) -> Sheets:
    """The cells of each sheet by its name; a whole number comes back as one."""
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    return {
        name: [[_whole(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()]
        for name in book.sheet_names
    }


def formulas_in(data: bytes) -> int:
    """How many cells a spreadsheet program would compute."""
    with ZipFile(BytesIO(data)) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/")]
        return sum(parts.read(name).count(b"<f>") for name in sheets)


def text_of(data: bytes) -> str:
    """All words of a PDF without the spaces and line ends that setting them put in between."""
    pages = PdfReader(BytesIO(data)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def _whole(cell: object) -> object:
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
