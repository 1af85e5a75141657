"""What a report says: headings and tables in both languages, with no say in how it is laid out.

Holds always: a report is made of values that were read already, so a spreadsheet and a PDF of it
say the same; a cell is a whole number or plain text, never a formula and never markup.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from evidence.reason_messages import Sentence

Cell = str | int


class ReportKind(StrEnum):
    """What a report is about."""

    RATIO = "ratio"
    HOLDERS = "holders"
    SEGMENTS = "segments"
    COVERAGE = "coverage"
    DOCKING = "docking"
    UNLINKED = "unlinked"
    AUXILIARIES = "auxiliaries"
    DISPOSAL = "disposal"


class ReportFormat(StrEnum):
    """How a report is written, by the end of its file's name."""

    EXCEL = "xlsx"
    PDF = "pdf"


@dataclass(frozen=True)
class Column:
    """A heading in Chinese and English, and its share of a page's width beside the others."""

    title: Sentence
    width: int = 2


@dataclass(frozen=True)
class Table:
    """Rows as wide as the columns; `empty` is said where there are none."""

    title: Sentence
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    empty: Sentence = ("无", "none")


@dataclass(frozen=True)
class Report:
    """A title, what was asked and on what it rests, then the tables."""

    kind: ReportKind
    title: Sentence
    facts: Sequence[tuple[Sentence, Cell]]
    tables: Sequence[Table] = field(default=())


def columns(*titles: tuple[str, str, int]) -> tuple[Column, ...]:
    """Columns from their headings in Chinese and English and their widths."""
    return tuple(Column((chinese, english), width) for chinese, english, width in titles)


def both(words: Sentence) -> str:
    """Chinese and English after each other, as one cell."""
    return " ".join(words)


def listed(words: Iterable[Sentence]) -> str:
    """Several of them in one cell."""
    return "；".join(both(one) for one in words)
