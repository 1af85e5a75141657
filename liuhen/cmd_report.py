"""`report …`: what the register and the cases say, as an Excel file or a PDF."""

from datetime import timedelta
from typing import Annotated

import typer
from sqlalchemy import Connection

from devices.holders_report import holders_report, see_holders
from devices.ratio_report import ratio_report, see_ratio
from evidence.report import Report
from liuhen import arguments, case_reports, clock, invocation
from liuhen.giving_reports import File, Making, finish, give
from storage.reporting import LogPosition

app = typer.Typer(help="报告：Excel 或 PDF  Reports as Excel or PDF", no_args_is_help=True)

_BEFORE = timedelta(days=30)


@app.command()
def ratio(
    context: typer.Context,
    file: File,
    on: Annotated[str | None, typer.Option(help="日期，默认此刻  Date, else now")] = None,
) -> None:
    """配备情况报告：各单位、未计入者、条文  The ratio of each body, with reasons and clauses."""
    run = invocation.of(context)
    with run.reporting("report ratio"):
        now = clock.now()
        day = arguments.day_of(on, now)

        def read(connection: Connection) -> tuple[Report, LogPosition]:
            seen = see_ratio(connection, day, now=now)
            return ratio_report(seen), seen.position

        given = give(run, file, making=Making(read, now, {"day": day.isoformat()}))
    finish(run, "report ratio", given=given)


@app.command()
def holders(
    context: typer.Context,
    file: File,
    first: Annotated[
        str | None, typer.Option("--from", help="首日，默认末日前 30 天  First day")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="末日，默认今天  Last day")] = None,
) -> None:
    """领用归还报告：每台设备由谁领用、是否逾期  Each recorder with its holders."""
    run = invocation.of(context)
    with run.reporting("report holders"):
        now = clock.now()
        end = arguments.day_of(last, now)
        start = end - _BEFORE if first is None else arguments.day_of(first, now)
        days = {"from": start.isoformat(), "to": end.isoformat()}

        def read(connection: Connection) -> tuple[Report, LogPosition]:
            seen = see_holders(connection, start, last=end, now=now)
            return holders_report(seen), seen.position

        given = give(run, file, making=Making(read, now, days))
    finish(run, "report holders", given=given)


app.add_typer(case_reports.app)
