"""What is asked of a report, and a report as a page shows it.

Days are those of Asia/Shanghai as YYYY-MM-DD.
"""

from typing import Literal

from pydantic import BaseModel, Field

from api.models import Given, Words
from api.models_register import Day
from evidence.report import ReportFormat

Kind = Literal["ratio", "holders", "coverage", "docking", "unlinked", "auxiliaries"]


class ReportAsked(Given):
    """Which report of which days, both included; a report of the ratio is of the last alone."""

    kind: Kind
    first: Day | None = Field(None, description="30 days before the last if left out")
    last: Day | None = Field(None, description="today if left out")
    format: ReportFormat = ReportFormat.EXCEL


class FactShown(BaseModel):
    """What was asked, or what the report rests on."""

    title: Words
    value: str | int


class TableShown(BaseModel):
    """Rows as wide as the columns; `empty` is said where there are none."""

    title: Words
    columns: list[Words]
    rows: list[list[str | int]]
    empty: Words


class ReportShown(BaseModel):
    """A report as its file has it, but for the layout."""

    kind: Kind
    title: Words
    facts: list[FactShown]
    tables: list[TableShown]
