"""`backup`, `restore`, `rebuild` and `drill`: what is lost can be put back, and that is tried."""

from pathlib import Path
from typing import Annotated

import typer

from evidence.canonical import Json
from evidence.sizes import human_size
from liuhen import bootstrap, invocation
from liuhen.drill import drill as run_drill
from liuhen.invocation import Invocation
from liuhen.output import ExitCode, Output
from storage.backup import Made, Wanted, make_backup
from storage.backup_folder import BackupFolder
from storage.restoring import Restored, Source, accept_loss, rebuild_site
from storage.restoring import restore as restore_site

State = Annotated[str | None, typer.Option(help="备份状态，缺省为最新  Which state, else newest")]
Tools = Annotated[
    Path | None, typer.Option(help="PostgreSQL 程序目录  Folder of pg_dump and pg_restore")
]


def backup(
    context: typer.Context,
    to: Annotated[Path, typer.Argument(help="备份目录  Folder of backups")],
    without_originals: Annotated[
        bool, typer.Option("--without-originals", help="不备份原件  Leave out the originals")
    ] = False,
    keep: Annotated[
        int | None,
        typer.Option(min=1, help="只保留最新的 N 个数据库状态  Keep the newest N states"),
    ] = None,
    tools: Tools = None,
) -> None:
    """备份数据库、日志与原件；密钥另行保管  Back up database, log and originals; keys go apart."""
    run = invocation.of(context)
    bar = run.output.bar()
    with run.reporting("backup"), run.site() as site, bar:
        task = bar.add_task("备份 Backup", total=None)
        wanted = Wanted(originals=not without_originals, keep=keep, tools=tools)
        made = make_backup(site, to, wanted=wanted, progress=lambda n: bar.advance(task, n))
    _say_made(run.output, made)
    body: dict[str, Json] = {
        "command": "backup",
        "state": made.state,
        "size": made.size,
        "root": made.root,
        "copied": made.copied,
        "bytes": made.copied_bytes,
        "there": made.there,
        "disposed": made.disposed,
        "bad": _bad(made.bad),
        "forgotten": made.forgotten,
    }
    run.output.finish(body, ExitCode.FINDING if made.bad else ExitCode.FINE)


def restore(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="FROM", help="备份目录  Folder of backups")],
    state: State = None,
    accept: Annotated[
        bool,
        typer.Option(
            "--accept-loss", help="接受备份之后的丢失，记录在案  Accept what is lost since"
        ),
    ] = False,
    tools: Tools = None,
) -> None:
    """补回丢失的部分，已有的不动  Put back what is missing; what is there is never touched."""
    run = invocation.of(context)
    bar = run.output.bar()
    with run.reporting("restore"), bar:
        task = bar.add_task("恢复 Restore", total=None)
        done = restore_site(
            run.settings.plan,
            Source(BackupFolder(source), state, tools),
            progress=lambda n: bar.advance(task, n),
        )
        entered = _enter(run, done, accept=accept)
    _say_restored(run.output, done, entered=entered)
    run.output.finish(
        {"command": "restore", **_json(done, entered=entered)}, _code(done, entered=entered)
    )


def rebuild(context: typer.Context) -> None:
    """由存储库旁的日志文本重建数据库  Make the database anew from the journal beside the vault."""
    run = invocation.of(context)
    with run.reporting("rebuild"):
        found, done = rebuild_site(run.settings.plan)
        entered = _enter(run, done, accept=False)
    run.output.say(
        f"已重建：日志 {found.entries} 条，数据行 {found.rows}，个人信息 {found.openings} 项",
        f"Rebuilt: {found.entries} entries, {found.rows} rows, {found.openings} openings",
    )
    run.output.say(
        "密码、登录和巡检记录不在其中：请用 user invite 重新发码；预览和列表会自动重做",
        "Passwords, log-ins and scrub notes are not in it: invite people anew",
    )
    _say_keys(run.output, done, entered=entered)
    body: dict[str, Json] = {
        "command": "rebuild",
        "entries": found.entries,
        "rows": found.rows,
        "openings": found.openings,
        **_json(done, entered=entered),
    }
    run.output.finish(body, _code(done, entered=entered))


def drill(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="FROM", help="备份目录  Folder of backups")],
    state: State = None,
    scratch: Annotated[
        Path | None, typer.Option("--in", help="演练用的目录，用后清除  Folder to restore into")
    ] = None,
    tools: Tools = None,
) -> None:
    """演练：恢复到别处并核验，站点不动  Restore aside and verify; the site is not touched."""
    run = invocation.of(context)
    with run.reporting("drill"):
        where = Source(BackupFolder(source), state, tools)
        found = run_drill(run.settings.plan, where, scratch=scratch)
    signs = {True: "✓", False: "✗"}
    for step in found.steps:
        run.output.say(f"{signs[step.state == 'OK']} {step.chinese}", step.english)
    steps: list[Json] = [
        {"name": s.name, "state": s.state, "zh": s.chinese, "en": s.english} for s in found.steps
    ]
    body: dict[str, Json] = {
        "command": "drill",
        "state": found.state,
        "size": found.size,
        "originals": found.originals,
        "behind": found.behind,
        "steps": steps,
    }
    run.output.finish(body, ExitCode.FINE if found.passed else ExitCode.FINDING)


# --- after a restore ----------------------------------------------------------------------------


def _enter(run: Invocation, done: Restored, *, accept: bool) -> bool:
    """The act `site.restored`, where something was and the site can sign; says whether it is there.

    A step back goes on record only with the loss accepted: `site.went_back` comes first.
    """
    if not done.anything or done.keys_missing or (done.went_back and not accept):
        return False
    lost = accept_loss(run.settings.plan) if done.went_back else None
    site = bootstrap.open_existing(run.settings, bootstrap.operator())
    try:
        if lost is not None:
            with site.ledger.act() as act:
                facts: dict[str, Json] = {"size": done.size, "lost": lost.size}
                act.enter("site.went_back", {**facts, "root": lost.root.hex()})
        with site.ledger.act() as act:
            act.enter("site.restored", {"state": done.state, "database": done.database})
    finally:
        site.close()
    return True


def _say_made(output: Output, made: Made) -> None:
    for sha256, why in made.bad.items():
        output.say(
            f"原件 {sha256} 未能备份（{why}）；请勿删除任何文件，先运行 scrub",
            f"Original {sha256} could not be backed up: {why}; delete nothing, run scrub first",
        )
    size = human_size(made.copied_bytes)
    output.say(
        f"备份 {made.state} 完成：日志 {made.size} 条；"
        f"新增原件 {made.copied} 份（{size}），已有 {made.there} 份",
        f"Backup {made.state}: {made.size} entries; "
        f"{made.copied} originals new ({size}), {made.there} there",
    )
    output.say(
        "私钥、口令和设置不在备份中：请将 keys 目录和设置文件另行加密保管",
        "Private keys, passwords and settings are not in it: keep them apart, in secret",
    )


def _say_restored(output: Output, done: Restored, *, entered: bool) -> None:
    words = {True: ("已恢复", "restored"), False: ("未动", "left as it is")}
    (database, database_en), (vault, vault_en) = words[done.database], words[done.vault]
    output.say(
        f"数据库{database}（日志 {done.size} 条，其中由日志文本补上 {done.rolled_forward} 条）；"
        f"存储库{vault}，补回原件 {done.originals} 份，已有 {done.there} 份",
        f"Database {database_en} ({done.size} entries, {done.rolled_forward} from the journal); "
        f"vault {vault_en}, {done.originals} originals put back, {done.there} were there",
    )
    for sha256, why in done.bad.items():
        output.say(f"原件 {sha256} 未能恢复：{why}", f"Original {sha256} not restored: {why}")
    _say_keys(output, done, entered=entered)


def _say_keys(output: Output, done: Restored, *, entered: bool) -> None:
    if done.keys_missing:
        names = "、".join(done.keys_missing)
        output.say(
            f"缺少密钥 {names}：请从另行保管处放回 keys 目录；在此之前站点不会启动",
            f"Keys are missing ({names}): put them back into keys; the site does not start without",
        )
    if done.went_back and not entered:
        output.say(
            f"这是回退：日志现有 {done.size} 条，而本站已签署到 {done.remembered} 条。"
            "站点不会继续签署；若其余确已丢失，请由负责人决定后加 --accept-loss 重做，"
            "回退将记录在案",
            f"This is a step back: {done.size} entries, and {done.remembered} were signed. "
            "The site signs no more; if the rest is lost for good, run it again with "
            "--accept-loss, which is put on record",
        )


def _code(done: Restored, *, entered: bool) -> ExitCode:
    if done.bad or (done.went_back and not entered):
        return ExitCode.FINDING
    return ExitCode.PARTIAL if done.keys_missing else ExitCode.FINE


def _json(done: Restored, *, entered: bool) -> dict[str, Json]:
    return {
        "state": done.state,
        "site_file": done.site_file,
        "database": done.database,
        "rolled_forward": done.rolled_forward,
        "vault": done.vault,
        "originals": done.originals,
        "there": done.there,
        "bad": _bad(done.bad),
        "log_size": done.size,
        "signed": done.remembered,
        "went_back": done.went_back,
        "keys_missing": done.keys_missing,
        "on_record": entered,
    }


def _bad(bad: dict[str, str]) -> list[Json]:
    return [{"recording": sha256, "found": why} for sha256, why in bad.items()]
