"""The body of a request for a report. Days are those of Asia/Shanghai as YYYY-MM-DD."""

from typing import Literal

from pydantic import Field

from api.models import Given
from api.models_register import Day
from evidence.report import ReportFormat


class ReportAsked(Given):
    """Which report of which days, both included; a report of the ratio is of the last alone."""

    kind: Literal["ratio", "holders", "coverage", "docking", "unlinked", "auxiliaries"]
    first: Day | None = Field(None, description="30 days before the last if left out")
    last: Day | None = Field(None, description="today if left out")
    format: ReportFormat = ReportFormat.EXCEL
