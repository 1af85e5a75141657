"""How every `report` command gives its report out: one road, on record before the first byte."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from sqlalchemy import Connection

from evidence.canonical import Json
from evidence.entry import time_text
from evidence.errors import BadInput
from evidence.report import Report, ReportFormat
from evidence.sizes import human_size
from liuhen.invocation import Invocation
from render.pdf import as_pdf, check_font
from render.sheets_out import as_excel
from storage.exporting import check_target
from storage.reporting import LogPosition, give_report
from storage.site import Site

File = Annotated[
    Path, typer.Argument(help="目标文件 .xlsx 或 .pdf，不覆盖  Target file, never overwritten")
]

Read = Callable[[Connection], tuple[Report, LogPosition]]


@dataclass(frozen=True)
class Given:
    """A report that was written, with what it rests on."""

    file: Path
    data: bytes
    sha256: str
    days: Mapping[str, str]
    position: LogPosition


@dataclass(frozen=True)
class Making:
    """How a report is made: what reads it, as of which moment, of which days.

    `before` is done with the site opened and before anything is read.
    """

    read: Read
    now: datetime
    days: Mapping[str, str]
    before: Callable[[Site], object] = lambda _: None


def give(run: Invocation, file: Path, *, making: Making) -> Given:
    """Reads, sets and gives out a report; what stands against the file is found before that.

    Raises `BadInput`, `NotFound` or `EnvironmentTrouble`.
    """
    form = _format_of(file)
    with run.site() as site:
        making.before(site)
        with site.database.read() as connection:
            report, position = making.read(connection)
        make = as_pdf if form is ReportFormat.PDF else as_excel
        data = make(report, made_at=making.now)
        facts: dict[str, Json] = {**making.days}
        sha256 = give_report(site, report.kind, data=data, facts=facts, target=file)
    return Given(file, data, sha256, making.days, position)


def _format_of(file: Path) -> ReportFormat:
    try:
        form = ReportFormat(file.suffix.lower().removeprefix("."))
    except ValueError as error:
        raise BadInput(f"{file} ends in neither", why="REPORT_SUFFIX", path=str(file)) from error
    if form is ReportFormat.PDF:
        check_font()
    check_target(file)
    return form


def finish(run: Invocation, command: str, *, given: Given) -> NoReturn:
    """Says where the report lies, and ends the command with its object."""
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
