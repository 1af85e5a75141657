"""A report as an Excel file: a sheet of facts, then one sheet for each table.

Holds always: text is text, whatever it begins with, so no cell of a report is ever computed or
fetched by the program that opens it; equal reports give equal cells.
"""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from evidence.report import Cell, Report, Table

_LIKE_FORMULAS = ("=", "+", "-", "@")
_WIDTH = 6
_HEAD_FILL = PatternFill("solid", fgColor="E8EEF7")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_MOST_OF_A_NAME = 31


def as_excel(report: Report, *, made_at: datetime) -> bytes:
    """The bytes of the file; `made_at` is UTC and stands in the file's properties."""
    book = Workbook()
    book.properties.creator = "Liuhen"
    book.properties.created = made_at.replace(tzinfo=None)
    first = book.active
    if not isinstance(first, Worksheet):
        raise TypeError("A new workbook has no sheet")
    _facts(first, report)
    for table in report.tables:
        _table(book.create_sheet(_sheet_name(table.title[0])), table)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _sheet_name(title: str) -> str:
    return title[:_MOST_OF_A_NAME]


def _facts(sheet: Worksheet, report: Report) -> None:
    sheet.title = "概况"
    rows: list[Sequence[Cell]] = [report.title]
    rows += [(chinese, english, value) for (chinese, english), value in report.facts]
    for row, values in enumerate(rows, 1):
        _write_row(sheet, row, values=values)
    for cell in sheet[1]:
        cell.font = Font(bold=True, size=14)
    for letter, width in (("A", 30), ("B", 32), ("C", 60)):
        sheet.column_dimensions[letter].width = width


def _table(sheet: Worksheet, table: Table) -> None:
    """Both headings in one row, so that the table can be sorted and filtered as it is."""
    heads = [f"{column.title[0]}\n{column.title[1]}" for column in table.columns]
    _write_row(sheet, 1, values=heads)
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEAD_FILL
    for row, values in enumerate(table.rows, 2):
        _write_row(sheet, row, values=values)
    if not table.rows:
        _write_row(sheet, 2, values=[" ".join(table.empty)])
    for place, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = max(10, column.width * _WIDTH)
    sheet.freeze_panes = "A2"
    if table.rows:
        sheet.auto_filter.ref = sheet.dimensions


def _write_row(sheet: Worksheet, row: int, *, values: Sequence[Cell]) -> None:
    for place, value in enumerate(values, 1):
        cell = sheet.cell(row, place)
        if not isinstance(cell, SheetCell):
            raise TypeError("A cell of a new sheet is merged")
        _put(cell, value)


def _put(cell: SheetCell, value: Cell) -> None:
    cell.alignment = _WRAPPED
    if isinstance(value, int):
        cell.value = value
        return
    text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)
    cell.value = text
    cell.data_type = "s"  # openpyxl takes what begins with "=" for a formula
    if text.startswith(_LIKE_FORMULAS):
        cell.quotePrefix = True  # whoever edits the cell keeps a text, too
