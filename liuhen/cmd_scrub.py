"""`scrub`: stored originals read again, the longest unchecked first."""

from typing import Annotated

import typer

from evidence.canonical import Json
from evidence.sizes import human_size
from liuhen import invocation
from liuhen.output import ExitCode, Output
from storage import second_digest
from storage.scrub import Scope, ScrubPass
from storage.scrub import scrub as scrub_vault
from storage.second import open_second
from storage.site import Site
from storage.vault import Vault


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
        second = open_second(site)
        done = scrub_vault(
            site,
            limit=limit,
            progress=lambda n: bar.advance(task, n),
            stop=lambda: False,
            scope=Scope(other=second),
        )
        there = _scrub_second(site, second, limit=limit)
        added = len(list(second_digest.add_missing(site, lambda _: None, bad=set()))) if sm3 else 0
    _report(run.output, done, there=there, added=added)


def _scrub_second(site: Site, second: Vault | None, *, limit: int | None) -> ScrubPass | None:
    """The copies of the second vault, repaired from the first; None without one."""
    if second is None:
        return None
    scope = Scope(second, site.vault)
    return scrub_vault(site, limit=limit, progress=lambda _: None, stop=lambda: False, scope=scope)


def _say(output: Output, done: ScrubPass) -> None:
    for bad in done.bad:
        if bad.recording in done.restored:
            output.say_code("STORED_COPY_RESTORED", {})
            output.say(f"  {bad.recording}", bad.found)
            continue
        output.say(
            f"副本不符：{bad.recording}（{bad.found}）；请勿删除任何文件，尽快从记录仪或备份恢复",
            f"Stored copy does not match: {bad.recording}; delete nothing, restore it soon",
        )
    size = human_size(done.bytes)
    output.say(
        f"已检查 {done.objects} 份（{size}），不符 {len(done.bad)}，从未检查 {done.not_checked}",
        f"Checked {done.objects} ({size}), {len(done.bad)} bad, {done.not_checked} never checked",
    )


def _report(output: Output, done: ScrubPass, *, there: ScrubPass | None, added: int) -> None:
    _say(output, done)
    if there is not None:
        output.say("第二存储库：", "Second vault:")
        _say(output, there)
    if added:
        output.say(f"已补算 SM3 {added} 份", f"SM3 added to {added}")
    body: dict[str, Json] = {
        "command": "scrub",
        **_json(done),
        "second": None if there is None else _json(there),
        "sm3_added": added,
    }
    is_bad = done.bad or done.objects == 0 or (there is not None and there.bad)
    output.finish(body, ExitCode.FINDING if is_bad else ExitCode.FINE)


def _json(done: ScrubPass) -> dict[str, Json]:
    failed: list[Json] = [{"recording": b.recording, "found": b.found} for b in done.bad]
    return {
        "scrub": done.scrub_id,
        "mode": done.mode,
        "objects": done.objects,
        "bytes": done.bytes,
        "failed": failed,
        "restored": sorted(done.restored),
        "not_checked": done.not_checked,
        "oldest_check": done.oldest,
    }
