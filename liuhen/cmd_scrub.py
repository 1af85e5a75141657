"""`scrub`: stored originals read again, the longest unchecked first."""

from typing import Annotated

import typer

from evidence.canonical import Json
from evidence.sizes import human_size
from liuhen import invocation
from liuhen.output import ExitCode, Output
from storage import second_digest
from storage.scrub import ScrubPass
from storage.scrub import scrub as scrub_vault


def scrub(
    context: typer.Context,
    limit: Annotated[
        int | None, typer.Option(min=1, help="最多检查多少份  At most this many")
    ] = None,
    sm3: Annotated[bool, typer.Option(help="同时补算 SM3  Also add missing SM3 digests")] = False,
) -> None:
    """重读存储库中的原件并比对摘要  Read stored originals again and compare their digests."""
    run = invocation.of(context)
    bar = run.output.bar()
    with run.reporting("scrub"), run.site() as site, bar:
        task = bar.add_task("巡检 Scrub", total=None)
        done = scrub_vault(
            site, limit=limit, progress=lambda n: bar.advance(task, n), stop=lambda: False
        )
        added = len(list(second_digest.add_missing(site, lambda _: None, bad=set()))) if sm3 else 0
    _report(run.output, done, added=added)


def _report(output: Output, done: ScrubPass, *, added: int) -> None:
    for bad in done.bad:
        output.say(
            f"副本不符：{bad.recording}（{bad.found}）；请勿删除任何文件，尽快从记录仪或备份恢复",
            f"Stored copy does not match: {bad.recording}; delete nothing, restore it soon",
        )
    size = human_size(done.bytes)
    output.say(
        f"已检查 {done.objects} 份（{size}），不符 {len(done.bad)}，从未检查 {done.not_checked}",
        f"Checked {done.objects} ({size}), {len(done.bad)} bad, {done.not_checked} never checked",
    )
    if added:
        output.say(f"已补算 SM3 {added} 份", f"SM3 added to {added}")
    failed: list[Json] = [{"recording": b.recording, "found": b.found} for b in done.bad]
    body: dict[str, Json] = {
        "command": "scrub",
        "scrub": done.scrub_id,
        "mode": done.mode,
        "objects": done.objects,
        "bytes": done.bytes,
        "failed": failed,
        "not_checked": done.not_checked,
        "oldest_check": done.oldest,
        "sm3_added": added,
    }
    nothing = done.objects == 0
    output.finish(body, ExitCode.FINDING if done.bad or nothing else ExitCode.FINE)
