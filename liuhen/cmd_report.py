"""`report ratio|holders`: what the register says, as an Excel file or a PDF."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from devices.holders_report import holders_report, see_holders
from devices.ratio_report import ratio_report, see_ratio
from evidence.canonical import Json
from evidence.entry import time_text
from evidence.errors import BadInput
from evidence.report import Report, ReportFormat
from evidence.sizes import human_size
from liuhen import arguments, clock, invocation
from liuhen.invocation import Invocation
from render.pdf import as_pdf, check_font
from render.sheets_out import as_excel
from storage.exporting import check_target
from storage.reporting import LogPosition, give_report

app = typer.Typer(help="报告：Excel 或 PDF  Reports as Excel or PDF", no_args_is_help=True)

File = Annotated[
    Path, typer.Argument(help="目标文件 .xlsx 或 .pdf，不覆盖  Target file, never overwritten")
]
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

        given = _give(run, file, read=read, now=now, days={"day": day.isoformat()})
    _finish(run, "report ratio", given=given)


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

        given = _give(run, file, read=read, now=now, days=days)
    _finish(run, "report holders", given=given)


# --- making and saying ----------------------------------------------------------------------------

Read = Callable[[Connection], tuple[Report, LogPosition]]


@dataclass(frozen=True)
class _Given:
    """A report that was written, with what it rests on."""

    file: Path
    data: bytes
    sha256: str
    days: Mapping[str, str]
    position: LogPosition


def _give(
    run: Invocation, file: Path, *, read: Read, now: datetime, days: Mapping[str, str]
) -> _Given:
    """Reads, sets and gives out a report; what stands against the file is found before that.

    Raises `BadInput`, `NotFound` or `EnvironmentTrouble`.
    """
    form = _format_of(file)
    with run.site() as site:
        with site.database.read() as connection:
            report, position = read(connection)
        make = as_pdf if form is ReportFormat.PDF else as_excel
        data = make(report, made_at=now)
        sha256 = give_report(site, report.kind, data=data, facts={**days}, target=file)
    return _Given(file, data, sha256, days, position)


def _format_of(file: Path) -> ReportFormat:
    try:
        form = ReportFormat(file.suffix.lower().removeprefix("."))
    except ValueError as error:
        raise BadInput(f"{file} ends in neither", why="REPORT_SUFFIX", path=str(file)) from error
    if form is ReportFormat.PDF:
        check_font()
    check_target(file)
    return form


def _finish(run: Invocation, command: str, *, given: _Given) -> None:
    size = len(given.data)
    run.output.say(
        f"已生成 {given.file}（{human_size(size)}），并已记入保管日志",
        f"Made {given.file}, which is on record, SHA-256 {given.sha256}",
    )
    log: dict[str, Json] = {
        "size": given.position.checkpoint.size,
        "root": given.position.checkpoint.root.hex(),
        "signed_at": time_text(given.position.signed_at),
    }
    head: dict[str, Json] = {"command": command, "path": str(given.file), **given.days}
    run.output.finish({**head, "size": size, "sha256": given.sha256, "log": log})
