"""`card clear`: the one command that removes anything, and only from a card, by receipt."""

import threading
from pathlib import Path
from typing import Annotated

import typer

from evidence.canonical import Json
from evidence.errors import BadInput
from evidence.vocabulary import ClearResult
from ingest.card import Card
from ingest.clear import Clearing, clear_card
from liuhen import invocation
from liuhen.arguments import real_path
from liuhen.output import ExitCode, Output
from liuhen.stopping import stopping

app = typer.Typer(help="记录仪的卡  Cards", no_args_is_help=True)

_WORDS = {
    ClearResult.CLEARED: "已清除 cleared",
    ClearResult.DIFFERS: "与收据不符，保留 differs, kept",
    ClearResult.STORED_COPY_BAD: "库中副本异常，保留 stored copy bad, kept",
    ClearResult.STILL_WRITING: "仍在写入，保留 still being written, kept",
    ClearResult.FAILED: "清除失败 failed",
}


@app.command()
def clear(
    context: typer.Context,
    receipt: Annotated[str, typer.Argument(help="收据号  Receipt")],
    card: Annotated[Path, typer.Argument(help="卡的目录  Folder of the card")],
    yes: Annotated[bool, typer.Option("--yes", help="不再询问  Do not ask")] = False,
) -> None:
    """按收据清除卡上文件：两份副本重新读取并与收据一致才删除  Clear a card by its receipt."""
    run = invocation.of(context)
    with run.reporting("card clear"):
        if not card.is_dir():
            raise BadInput(f"{card} is not a folder", why="NOT_A_FOLDER", path=str(card))
        _ask(run.output, card, yes=yes)
        opened = Card(real_path(card))
        stop = threading.Event()
        try:
            with run.site() as site, stopping(stop):
                outcome = clear_card(site, opened, receipt_id=receipt, stop=stop)
        finally:
            opened.close()
    _report(run.output, outcome)


def _ask(output: Output, card: Path, *, yes: bool) -> None:
    if yes:
        return
    if output.as_json or not output.people.is_terminal:
        raise BadInput("Clearing a card must be confirmed with --yes", why="SAY_YES")
    if not typer.confirm(f"将清除 {card} 上收据所列文件，继续？ Clear these files?"):
        raise BadInput("Clearing was not confirmed", why="NOT_CONFIRMED")


def _report(output: Output, outcome: Clearing) -> None:
    rows = ((file.name, _WORDS[file.result], file.detail) for file in outcome.files)
    output.table(("文件 file", "结果 result", "说明 detail"), rows)
    cleared = outcome.count(ClearResult.CLEARED)
    kept = len(outcome.files) - cleared
    output.say(
        f"已清除 {cleared} 个，保留 {kept} 个，收据之外 {outcome.others} 个未动",
        f"Cleared {cleared}, kept {kept}, {outcome.others} outside the receipt untouched",
    )
    if outcome.absent:
        output.say(
            f"收据所列 {outcome.absent} 个文件已不在卡上",
            f"{outcome.absent} files of the receipt are not on the card any more",
        )
    if outcome.stopped:
        output.say("已按要求停止，其余文件未动", "Stopped as asked; the other files are untouched")
    if kept:
        output.say("记录仪未清空", "The recorder is not empty")
    lines: list[Json] = [
        {
            "name": file.name,
            "recording": file.recording,
            "result": file.result.value,
            "detail": file.detail,
        }
        for file in outcome.files
    ]
    body: dict[str, Json] = {
        "command": "card clear",
        "receipt": outcome.receipt_id,
        "cleared": cleared,
        "kept": kept,
        "others": outcome.others,
        "absent": outcome.absent,
        "stopped": outcome.stopped,
        "files": lines,
    }
    output.finish(body, ExitCode.PARTIAL if kept or outcome.stopped else ExitCode.FINE)
