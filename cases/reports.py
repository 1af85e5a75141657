"""The reports that are given out to whoever may have them, each made from days and units alone.

Holds always: what lies in other units than those asked for is not in a report.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from cases.auxiliary_report import auxiliary_report, see_auxiliaries
from cases.coverage_report import coverage_report, see_coverage
from cases.docking_report import docking_report, see_docking
from cases.report_rows import Asked
from cases.unlinked_report import see_unlinked, unlinked_report
from devices.holders_report import holders_report, see_holders
from devices.ratio_report import ratio_report, see_ratio
from evidence.report import Report, ReportKind


def _ratio(connection: Connection, asked: Asked) -> Report:
    """Of the last day alone."""
    return ratio_report(see_ratio(connection, asked.last, now=asked.now, within=asked.within))


def _holders(connection: Connection, asked: Asked) -> Report:
    first, last = asked.first, asked.last
    return holders_report(
        see_holders(connection, first, last=last, now=asked.now, within=asked.within)
    )


REPORTS: Mapping[ReportKind, Callable[[Connection, Asked], Report]] = {
    ReportKind.RATIO: _ratio,
    ReportKind.HOLDERS: _holders,
    ReportKind.COVERAGE: lambda connection, asked: coverage_report(see_coverage(connection, asked)),
    ReportKind.DOCKING: lambda connection, asked: docking_report(see_docking(connection, asked)),
    ReportKind.UNLINKED: lambda connection, asked: unlinked_report(see_unlinked(connection, asked)),
    ReportKind.AUXILIARIES: lambda connection, asked: auxiliary_report(
        see_auxiliaries(connection, asked)
    ),
}
"""How each is made; raises `BadInput` for days in the wrong order or to come, or `NotFound`."""
