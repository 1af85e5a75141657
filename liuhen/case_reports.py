"""`report coverage|docking|unlinked|auxiliaries`: what is on record of cases, as files."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

import typer
from sqlalchemy import Connection

from cases.auxiliary_report import auxiliary_report, see_auxiliaries
from cases.coverage_report import coverage_report, see_coverage
from cases.docking_report import docking_report, see_docking
from cases.finding_follow import follow
from cases.report_rows import Asked
from cases.unlinked_report import see_unlinked, unlinked_report
from evidence.report import Report
from liuhen import arguments, clock, invocation
from liuhen.giving_reports import File, Making, finish, give
from people import units
from storage.reporting import LogPosition

app = typer.Typer()

First = Annotated[str | None, typer.Option("--from", help="首日，默认末日前 30 天  First day")]
Last = Annotated[str | None, typer.Option("--to", help="末日，默认今天  Last day")]
Unit = Annotated[str | None, typer.Option(help="单位及其下属，默认全部  Unit and those below it")]
Make = Callable[[Connection, Asked], tuple[Report, LogPosition]]
_BEFORE = timedelta(days=30)


@app.command()
def coverage(
    context: typer.Context, file: File, first: First = None, last: Last = None, unit: Unit = None
) -> None:
    """覆盖情况报告：记录率、及时上传率、缺口及证明  Coverage, with each gap and its proof."""

    def make(connection: Connection, asked: Asked) -> tuple[Report, LogPosition]:
        seen = see_coverage(connection, asked)
        return coverage_report(seen), seen.register.position

    _report(context, "report coverage", file=file, days=(first, last, unit), make=make)


@app.command()
def docking(
    context: typer.Context, file: File, first: First = None, last: Last = None, unit: Unit = None
) -> None:
    """逾期归还采集报告  Recorders that were docked late, or not yet."""

    def make(connection: Connection, asked: Asked) -> tuple[Report, LogPosition]:
        seen = see_docking(connection, asked)
        return docking_report(seen), seen.register.position

    _report(context, "report docking", file=file, days=(first, last, unit), make=make)


@app.command()
def unlinked(
    context: typer.Context, file: File, first: First = None, last: Last = None, unit: Unit = None
) -> None:
    """未关联录像报告  Footage of which nobody has said the action."""

    def make(connection: Connection, asked: Asked) -> tuple[Report, LogPosition]:
        seen = see_unlinked(connection, asked)
        return unlinked_report(seen), seen.register.position

    _report(context, "report unlinked", file=file, days=(first, last, unit), make=make)


@app.command()
def auxiliaries(
    context: typer.Context, file: File, first: First = None, last: Last = None, unit: Unit = None
) -> None:
    """辅助人员单独执法报告  Auxiliaries alone, and teams below the number."""

    def make(connection: Connection, asked: Asked) -> tuple[Report, LogPosition]:
        seen = see_auxiliaries(connection, asked)
        return auxiliary_report(seen), seen.register.position

    _report(context, "report auxiliaries", file=file, days=(first, last, unit), make=make)


def _report(
    context: typer.Context,
    command: str,
    *,
    file: File,
    days: tuple[str | None, str | None, str | None],
    make: Make,
) -> None:
    """Follows the log, so that the report is of what holds now, then gives it out."""
    run = invocation.of(context)
    with run.reporting(command):
        now = clock.now()
        first, last, unit = days
        end = arguments.day_of(last, now)
        start = end - _BEFORE if first is None else arguments.day_of(first, now)

        def read(connection: Connection) -> tuple[Report, LogPosition]:
            return make(connection, Asked(start, end, now, _within(connection, unit)))

        said = {"from": start.isoformat(), "to": end.isoformat()}
        making = Making(read, now, said, lambda site: follow(site.ledger))
        given = give(run, file, making=making)
    finish(run, command, given=given)


def _within(connection: Connection, unit: str | None) -> frozenset[str] | None:
    if unit is None:
        return None
    found = units.all_units(connection)
    return units.below(found, units.chosen(found, unit).id)
