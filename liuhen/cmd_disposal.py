"""`disposal …`: what is due, batches that two persons approve, certificates, and the clock."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from cases import disposal, disposal_clock, disposal_rows
from cases.disposal import House, Proposal, Said
from cases.disposal_clock import LogTimes
from cases.disposal_judging import Judge, due
from cases.disposal_report import certificate_report
from cases.disposal_rows import Batch
from evidence.disposal import Answer
from evidence.disposal_clock import Doubt, JumpKind
from evidence.report import Report
from liuhen import clock, invocation
from liuhen.disposal_view import (
    bars_json,
    batch_json,
    certificate_json,
    clock_json,
    say_batch,
    say_batches,
    say_doubts,
    say_lines,
)
from liuhen.giving_reports import Making, give
from liuhen.invocation import Invocation
from liuhen.machine import machine
from liuhen.output import ExitCode
from people import staff
from storage import catalogue, removing
from storage.reporting import LogPosition, log_position
from storage.site import Site

app = typer.Typer(
    help="处置到期录像：两人批准、两步执行、永久证明  Let go what is due, by two persons",
    no_args_is_help=True,
)

BatchId = Annotated[str, typer.Argument(help="批次，如 DB-2026-1  Batch")]
By = Annotated[
    str, typer.Option("--by", help="由谁，工号或编号  Officer number or id of whoever does it")
]
Note = Annotated[str | None, typer.Option("--note", help="说明  In words")]


@app.command("due")
def due_(
    context: typer.Context,
    after: Annotated[str | None, typer.Option(help="上一页给出的 next  Next page")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="最多行数  At most")] = 200,
) -> None:
    """列出到期的录像，以及到期而须保留者和原因  What is due, and what must stay and why."""
    run = invocation.of(context)
    with run.reporting("disposal due"), run.site() as site:
        with site.database.read() as connection:
            log, now = LogTimes.read(connection), site.clock()
            judge = Judge.of(connection, now=now, log=log, stores=removing.shelves(site))
            page = due(judge, after=after, limit=limit)
            doubts = _doubts(connection, now=now, log=log)
        returned = removing.returned(site)
    say_doubts(run.output, doubts)
    say_lines(run.output, page.lines)
    for line, against in page.kept:
        chinese = "；".join(one.said[0] for one in against)
        english = "; ".join(one.said[1] for one in against)
        run.output.say(f"{line.recording[:16]} {chinese}", f"{line.recording[:16]} {english}")
    for one in returned:
        run.output.say(f"{one[:16]} 应已处置，原件又出现", f"{one[:16]} should be gone and is back")
    run.output.finish(
        {
            "command": "disposal due",
            "recordings": [one.json() for one in page.lines],
            "kept": [
                {"recording": line.json(), "reasons": [one.json() for one in against]}
                for line, against in page.kept
            ],
            "returned": [*returned],
            "clock": [one.json() for one in doubts],
            "next": page.following,
        }
    )


@app.command()
def propose(
    context: typer.Context,
    recordings: Annotated[list[str], typer.Argument(help="SHA-256 或其开头  Recordings")],
    by: By,
    appraisal: Annotated[str, typer.Option(help="鉴定意见  Appraisal in words")],
) -> None:
    """提出处置批次，清单以摘要冻结  Propose a batch; its list is frozen by its digest."""
    run = invocation.of(context)
    with run.reporting("disposal propose"), run.site() as site:
        named = tuple(catalogue.full_digest(site.database, one) for one in recordings)
        new = Proposal(named, _person(site, by), appraisal)
        batch = _batch(site, disposal.propose(House.of(site, machine()), new))
    run.output.say(f"已提出批次 {batch.id}", f"The batch {batch.id} is proposed")
    say_batch(run.output, batch)
    run.output.finish({"command": "disposal propose", **batch_json(batch)})


@app.command()
def approve(
    context: typer.Context,
    batch: BatchId,
    by: By,
    digest: Annotated[str, typer.Option("--list", help="所见清单的摘要  Digest of the list seen")],
    note: Note = None,
) -> None:
    """批准批次：须两名不同的人员  Approve a batch; two different persons must."""
    _answer(context, "disposal approve", batch=batch, said=(Answer.APPROVED, by, digest, note))


@app.command()
def refuse(context: typer.Context, batch: BatchId, by: By, note: Note = None) -> None:
    """不批准或撤回批次，全部保留  Refuse a batch or take it back; everything stays."""
    _answer(context, "disposal refuse", batch=batch, said=(Answer.REFUSED, by, "", note))


@app.command("list")
def list_(context: typer.Context) -> None:
    """列出处置批次，新的在前  Every batch, newest first."""
    run = invocation.of(context)
    with run.reporting("disposal list"), run.site() as site, site.database.read() as connection:
        found = disposal_rows.batches(connection)
    say_batches(run.output, found)
    run.output.finish({"command": "disposal list", "batches": [batch_json(one) for one in found]})


@app.command()
def show(context: typer.Context, batch: BatchId) -> None:
    """显示一个批次及其清单  One batch with its list."""
    run = invocation.of(context)
    with run.reporting("disposal show"), run.site() as site:
        found = _batch(site, batch)
    say_batch(run.output, found)
    run.output.finish({"command": "disposal show", **batch_json(found)})


@app.command()
def check(context: typer.Context, batch: BatchId) -> None:
    """试运行：现在执行会有什么不可以，什么也不改  Dry run: all that stands against it now."""
    run = invocation.of(context)
    with run.reporting("disposal check"), run.site() as site:
        bars = disposal.rehearse(House.of(site, machine()), batch)
    if bars:
        run.output.say(*bars.sentences())
    else:
        run.output.say(f"{batch} 可以执行", f"{batch} may be carried out")
    code = ExitCode.FINDING if bars else ExitCode.FINE
    body = {"command": "disposal check", "batch": batch, "may": not bars, **bars_json(bars)}
    run.output.finish(body, code)


@app.command()
def execute(context: typer.Context, batch: BatchId, by: By) -> None:
    """执行批次：先登记，再删除原件，最后出具证明  Carry a batch out; its certificate stays."""
    run = invocation.of(context)
    with run.reporting("disposal execute"), run.site() as site:
        house = House.of(site, machine())
        for one in disposal.resume(house):
            run.output.say(f"已补完此前中断的处置：{one}", f"Finished what was cut short: {one}")
        disposal.carry_out(house, batch, person=_person(site, by))
        found = _batch(site, batch)
    run.output.say(
        f"已处置 {len(found.lines)} 份，证明编号 {found.certificate}",
        f"{len(found.lines)} recordings went under certificate {found.certificate}",
    )
    run.output.finish({"command": "disposal execute", **batch_json(found)})


@app.command()
def certificate(
    context: typer.Context,
    number: Annotated[str, typer.Argument(help="证明编号，如 DC-2026-1  Certificate")],
    pdf: Annotated[
        Path | None, typer.Option(help="目标文件 .pdf 或 .xlsx，不覆盖  Target, never overwritten")
    ] = None,
) -> None:
    """显示处置证明，或生成 PDF  A certificate with its signature, or as a PDF."""
    run = invocation.of(context)
    with run.reporting("disposal certificate"):
        with run.site() as site, site.database.read() as connection:
            found = disposal_rows.certificate(connection, number)
        path = None if pdf is None else _give(run, number, file=pdf)
    run.output.say(f"{found.id}（批次 {found.batch}）", f"{found.id} of batch {found.batch}")
    run.output.say_exactly("" if run.output.as_json else found.signed)
    run.output.finish({"command": "disposal certificate", **certificate_json(found), "path": path})


@app.command("clock")
def clock_(context: typer.Context) -> None:
    """时钟是否可信，日志时间有无跳变  Whether the clock may be believed, and why not."""
    run = invocation.of(context)
    with run.reporting("disposal clock"), run.site() as site:
        disposal_clock.mark_boot(site.database, machine(), now=site.clock())
        with site.database.read() as connection:
            log = LogTimes.read(connection)
            doubts = _doubts(connection, now=site.clock(), log=log)
    say_doubts(run.output, doubts)
    code = ExitCode.FINDING if doubts else ExitCode.FINE
    run.output.finish({"command": "disposal clock", **clock_json(doubts, log)}, code)


@app.command()
def explain(
    context: typer.Context,
    kind: Annotated[JumpKind, typer.Argument(case_sensitive=False, help="情形  What it was")],
    by: By,
    second: Annotated[str, typer.Option(help="第二人，工号或编号  A second person")],
    text: Annotated[str, typer.Option(help="说明文字  In words")],
) -> None:
    """两人说明日志时间为何跳变  Two persons say why the log's times jump."""
    run = invocation.of(context)
    with run.reporting("disposal explain"), run.site() as site:
        said = disposal_clock.Explanation(kind, text, _person(site, by), _person(site, second))
        disposal_clock.explain_jumps(site.ledger, machine(), said=said)
        with site.database.read() as connection:
            log = LogTimes.read(connection)
            doubts = _doubts(connection, now=site.clock(), log=log)
    run.output.say("已登记时钟说明", "What happened to the clock is on record")
    say_doubts(run.output, doubts)
    run.output.finish({"command": "disposal explain", **clock_json(doubts, log)})


# --- parts ----------------------------------------------------------------------------------------


def _answer(
    context: typer.Context, command: str, *, batch: str, said: tuple[Answer, str, str, str | None]
) -> None:
    run = invocation.of(context)
    answer, by, digest, note = said
    with run.reporting(command), run.site() as site:
        given = Said(answer, _person(site, by), digest, note)
        disposal.answer(House.of(site, machine()), batch, said=given)
        found = _batch(site, batch)
    say_batch(run.output, found)
    run.output.finish({"command": command, **batch_json(found)})


def _give(run: Invocation, number: str, *, file: Path) -> str:
    def read(connection: Connection) -> tuple[Report, LogPosition]:
        found = disposal_rows.certificate(connection, number)
        return certificate_report(connection, found), log_position(connection)

    making = Making(read, clock.now(), {"certificate": number})
    given = give(run, file, making=making)
    run.output.say(f"已生成 {given.file}", f"Made {given.file}, SHA-256 {given.sha256}")
    return str(given.file)


def _doubts(connection: Connection, *, now: datetime, log: LogTimes) -> list[Doubt]:
    return disposal_clock.doubts_now(connection, now=now, machine=machine(), log=log)


def _batch(site: Site, batch: str) -> Batch:
    with site.database.read() as connection:
        return disposal_rows.batch(connection, batch)


def _person(site: Site, named: str) -> str:
    with site.database.read() as connection:
        return staff.find(connection, named).id
