"""`copies`: what is known of every stored copy, in three honest answers."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer

from evidence.canonical import Json
from evidence.entry import time_text
from evidence.ratio import day_of
from liuhen import invocation
from liuhen.output import ExitCode
from people.keeping_rule import scrub_rule
from storage import second
from storage.vault import Vault

_ROLES = {"FIRST": ("首个存储库", "first vault"), "SECOND": ("第二存储库", "second vault")}


def copies(
    context: typer.Context,
    place: Annotated[
        bool, typer.Option("--place", help="先补齐第二副本  First place what is missing")
    ] = False,
) -> None:
    """查看每份副本是否核验过  Show what is known of every stored copy."""
    run = invocation.of(context)
    with run.reporting("copies"), run.site() as site:
        vault: Vault | None = second.open_second(site) if place else None
        placed, bad = 0, set[str]()
        if vault is not None:
            placed = len(list(second.copy_missing(site, vault, progress=lambda _: None, bad=bad)))
        now = site.clock()
        rule = scrub_rule(day_of(now))
        found = second.states(site, since=time_text(now - timedelta(days=rule.days)))
        twice = second.copied_twice(site)
    for one in found:
        chinese, english = _ROLES[one.role]
        run.output.say(
            f"{chinese}：共 {one.copies} 份，已核验 {one.verified}，不符 {one.failed}，"
            f"未核验 {one.not_checked}（其中超过 {rule.days} 天 {one.overdue}）",
            f"{english}: {one.copies} copies, {one.verified} verified, {one.failed} failed, "
            f"{one.not_checked} not checked ({one.overdue} longer ago than {rule.days} days)",
        )
    run.output.say(f"有两份副本的录像 {twice} 份", f"{twice} recordings have two copies")
    vaults: list[Json] = [asdict(one) for one in found]
    body: dict[str, Json] = {
        "command": "copies",
        "every": rule.every,
        "vaults": vaults,
        "twice": twice,
        "placed": placed,
        "not_placed": sorted(bad),
    }
    failed = any(one.failed for one in found) or bool(bad)
    run.output.finish(body, ExitCode.FINDING if failed else ExitCode.FINE)
