"""`link quarantine|release|anchor|segment|segments`: what counts of footage, and key content."""

import re
from pathlib import Path
from typing import Annotated

import typer

from cases import follow, quarantine, segments
from cases.quarantine import NewAnchor, Said
from cases.segments import NewSegment, Segment
from evidence.assessment import Exclusion
from evidence.canonical import Json
from evidence.entry import time_text
from evidence.errors import BadInput, NotFound
from evidence.report import ReportFormat
from liuhen import clock, invocation
from liuhen.arguments import moment_of
from people import accounts, staff
from render.pdf import as_pdf, check_font
from storage import catalogue
from storage.exporting import check_target
from storage.reporting import give_report
from storage.site import Site

app = typer.Typer()

Recording = Annotated[str, typer.Argument(help="录像 SHA-256 或其开头  Recording")]
Action = Annotated[str, typer.Argument(help="执法活动编号  Action")]
By = Annotated[str, typer.Option("--by", help="经办人工号、编号或登录名  Who says so")]
Cause = Annotated[Exclusion, typer.Argument(help="事由  Cause", case_sensitive=False)]
Note = Annotated[str, typer.Option(help="说明  Note")]
_COLUMNS = ("录像 recording", "起止 from to", "文书 document", "内容 content")
_OFFSET = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:\.(\d{1,3}))?\Z")


@app.command("quarantine")
def quarantine_(
    context: typer.Context, recording: Recording, cause: Cause, by: By, note: Note
) -> None:
    """隔离录像：保留、不计入覆盖  Put a recording aside: kept, and not counted."""
    run = invocation.of(context)
    with run.reporting("link quarantine"), run.site() as site:
        sha256 = catalogue.full_digest(site.database, recording)
        said = Said(person_of(site, by), note)
        is_new = quarantine.quarantine(site.ledger, sha256, cause=cause, said=said)
        follow.catch_up(site.ledger)
    run.output.say(f"已隔离 {sha256[:16]}（{cause}）", f"{sha256[:16]} is put aside")
    body: dict[str, Json] = {"recording": sha256, "cause": cause.value, "is_new": is_new}
    run.output.finish({"command": "link quarantine", **body})


@app.command()
def release(context: typer.Context, recording: Recording, cause: Cause, by: By, note: Note) -> None:
    """解除隔离，仅限复核人员  Let a recording count again; a reviewer says why."""
    run = invocation.of(context)
    with run.reporting("link release"), run.site() as site:
        sha256 = catalogue.full_digest(site.database, recording)
        said = Said(person_of(site, by), note)
        quarantine.release(site.ledger, sha256, cause=cause, said=said)
        follow.catch_up(site.ledger)
    run.output.say(f"已解除隔离 {sha256[:16]}（{cause}）", f"{sha256[:16]} counts again")
    body: dict[str, Json] = {"recording": sha256, "cause": cause.value}
    run.output.finish({"command": "link release", **body})


@app.command()
def anchor(
    context: typer.Context,
    shown: Annotated[str, typer.Argument(help="设备显示时间  What the device showed")],
    true: Annotated[str, typer.Argument(help="实际时间（北京时间）  True moment in China")],
    by: By,
    note: Note,
    recorder: Annotated[str | None, typer.Option(help="记录仪  Recorder")] = None,
    recording: Annotated[str | None, typer.Option(help="录像 SHA-256  Recording")] = None,
) -> None:
    """确定时钟基准，仅限复核人员；原始时间不变  Set a clock anchor; raw times stay."""
    run = invocation.of(context)
    with run.reporting("link anchor"), run.site() as site:
        sha256 = None if recording is None else catalogue.full_digest(site.database, recording)
        new = NewAnchor(
            device_at=moment_of(shown, clock.now()),
            true_at=moment_of(true, clock.now()),
            person=person_of(site, by),
            note=note,
            recorder=recorder,
            recording=sha256,
        )
        row = quarantine.set_anchor(site.ledger, new)
        follow.catch_up(site.ledger)
    run.output.say("已确定时钟基准", "The clock anchor is set")
    body: dict[str, Json] = {"recorder": recorder, "recording": sha256, "anchor": row}
    device_at, true_at = time_text(new.device_at), time_text(new.true_at)
    run.output.finish({"command": "link anchor", **body, "shown": device_at, "true": true_at})


@app.command()
def segment(
    context: typer.Context,
    recording: Recording,
    action: Action,
    start: Annotated[str, typer.Option("--from", help="起，如 00:12:40  From, in the recording")],
    end: Annotated[str, typer.Option("--to", help="止，如 00:13:05  To, in the recording")],
    document: Annotated[str, typer.Option(help="文书 SHA-256  Document")],
    code: Annotated[str, typer.Option(help="文书名称，如 询问笔录  What it is called")],
    note: Note,
    by: By,
) -> None:
    """登记关键时间段与文书的对应  Tie a stretch of a recording to a document of the case."""
    run = invocation.of(context)
    with run.reporting("link segment"), run.site() as site:
        new = NewSegment(
            recording=catalogue.full_digest(site.database, recording),
            action=action,
            document_sha256=document,
            document_code=code,
            from_ms=offset_of(start),
            to_ms=offset_of(end),
            note=note,
            person=person_of(site, by),
        )
        row = segments.add_segment(site.ledger, new)
    run.output.say(f"已登记关键时间段 {start}–{end}", f"The segment {start} to {end} is on record")
    run.output.finish({"command": "link segment", "segment": row, "action": action})


@app.command("segments")
def segments_(
    context: typer.Context,
    action: Action,
    to: Annotated[Path | None, typer.Option(help="写成 PDF，不覆盖  Write as a PDF")] = None,
) -> None:
    """关键内容和相应时间段说明  List the key content of an action with its times."""
    run = invocation.of(context)
    with run.reporting("link segments"), run.site() as site:
        follow.catch_up(site.ledger)
        sha256 = None if to is None else _print(site, action, target=to)
        with site.database.read() as connection:
            found = segments.segments_of(connection, action)
    run.output.table(
        ("录像 recording", "起止 from to", "文书 document", "内容 content"), map(_row, found)
    )
    told: list[Json] = [_json(one) for one in found]
    body: dict[str, Json] = {"action": action, "segments": told}
    path = None if to is None else str(to)
    run.output.finish({"command": "link segments", **body, "path": path, "sha256": sha256})


def _print(site: Site, action: str, *, target: Path) -> str:
    """Gives the list out as a PDF, which is on record first. Raises as `give_report`."""
    if target.suffix.lower() != f".{ReportFormat.PDF}":
        raise BadInput(f"{target} ends in neither", why="REPORT_SUFFIX", path=str(target))
    check_font()
    check_target(target)
    now = clock.now()
    with site.database.read() as connection:
        report = segments.printed(connection, action)
    data = as_pdf(report, made_at=now)
    return give_report(site, report.kind, data=data, facts={"action": action}, target=target)


def offset_of(text: str) -> int:
    """A time within a recording as milliseconds; raises `BadInput`."""
    found = _OFFSET.match(text)
    if found is None:
        raise BadInput(f"{text} is no time within a recording", why="SEGMENT_TIME", value=text)
    hours, minutes, seconds, part = found.groups()
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int((part or "0").ljust(3, "0"))


def _row(one: Segment) -> tuple[str, ...]:
    times = f"{segments.offset_text(one.from_ms)}–{segments.offset_text(one.to_ms)}"
    return one.recording[:16], times, one.document_code, one.note or "—"


def _json(one: Segment) -> dict[str, Json]:
    return {
        "segment": one.id,
        "recording": one.recording,
        "document": one.document_sha256,
        "code": one.document_code,
        "from_ms": one.from_ms,
        "to_ms": one.to_ms,
        "note": one.note,
        "person": one.person,
        "stated_at": time_text(one.stated_at),
    }


def person_of(site: Site, named: str) -> str:
    """The person of this officer number or id, or of this log-in. Raises `NotFound`."""
    with site.database.read() as connection:
        try:
            return staff.find(connection, named).id
        except NotFound:
            return accounts.find(connection, named).person
