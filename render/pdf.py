"""A report as a PDF, in the one typeface that comes with the program.

Holds always: the page is described by `report.typ`, and what the report says reaches it as data,
so no word of a report is obeyed; nothing of the machine is read, its typefaces included; a
character that the typeface lacks is spelled out by its number, never left out or shown as a box.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path

import typst
from PIL import ImageFont

from evidence.canonical import Json
from evidence.errors import EnvironmentTrouble, ProgramMistake
from evidence.report import Cell, Report, Table

FONTS = Path(__file__).resolve().parent / "fonts"
FACE = "NotoSansSC_400Regular.ttf"

_TEMPLATE = Path(__file__).resolve().parent / "report.typ"
_NO_CHARACTER = "\uffff"
_PIXELS = 16


def check_font(fonts: Path = FONTS) -> None:
    """Raises `EnvironmentTrouble` (FONT_MISSING) where the typeface was not fetched."""
    if not (fonts / FACE).is_file():
        raise EnvironmentTrouble(f"{fonts / FACE} is not there", code="FONT_MISSING")


def as_pdf(report: Report, *, made_at: datetime, fonts: Path = FONTS) -> bytes:
    """The bytes of the file; `made_at` is UTC. Raises `EnvironmentTrouble` (FONT_MISSING)."""
    check_font(fonts)
    said = json.dumps(_json(report, Speller(fonts / FACE)), ensure_ascii=False)
    try:
        made = typst.compile(
            str(_TEMPLATE),
            font_paths=[str(fonts)],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"report": said},
            timestamp=int(made_at.timestamp()),
        )
    except typst.TypstError as error:
        raise ProgramMistake(f"A report could not be set: {error}") from error
    if not isinstance(made, bytes):
        raise ProgramMistake("A report came out as pages")
    return made


class Speller:
    """Spells out what a typeface has no picture of: 「U+2B7A9」 for a rare character of a name."""

    def __init__(self, face: Path) -> None:
        self._font = ImageFont.truetype(str(face), _PIXELS)
        self._box = self._picture(_NO_CHARACTER)
        self._has = cache(self._is_there)

    def spelled(self, text: str) -> str:
        """The text as it can be shown."""
        return "".join(one if self._has(one) else f"「U+{ord(one):04X}」" for one in text)

    def _is_there(self, character: str) -> bool:
        return character.isspace() or self._picture(character) != self._box

    def _picture(self, character: str) -> tuple[tuple[int, int], bytes]:
        mask = self._font.getmask(character)
        return mask.size, bytes(mask)


def _json(report: Report, speller: Speller) -> dict[str, Json]:
    words = speller.spelled
    facts: list[Json] = [
        [_texts(title, speller), _cell(value, speller)] for title, value in report.facts
    ]
    return {
        "title": _texts(report.title, speller),
        "footer": words(" ".join(report.title)),
        "facts": facts,
        "tables": [_table(table, speller) for table in report.tables],
    }


def _table(table: Table, speller: Speller) -> Json:
    columns: list[Json] = [
        {"title": _texts(column.title, speller), "width": column.width} for column in table.columns
    ]
    rows: list[Json] = [[_cell(value, speller) for value in row] for row in table.rows]
    return {
        "title": _texts(table.title, speller),
        "empty": _texts(table.empty, speller),
        "columns": columns,
        "rows": rows,
    }


def _texts(words: Iterable[str], speller: Speller) -> list[Json]:
    return [speller.spelled(word) for word in words]


def _cell(value: Cell, speller: Speller) -> Json:
    return value if isinstance(value, int) else speller.spelled(value)
