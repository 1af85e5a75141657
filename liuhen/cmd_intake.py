"""`ingest`: takes cards once; cards in, receipts out."""

import contextlib
import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn

from evidence.canonical import Json
from evidence.derivative import DerivativeState
from evidence.errors import BadInput, EnvironmentTrouble
from evidence.messages import STATES
from evidence.sizes import human_size
from evidence.vocabulary import DockState
from ingest.board import Board, DockView
from ingest.one_shot import Taken, take_cards
from ingest.station import Station
from liuhen import bootstrap, invocation
from liuhen.arguments import check_apart
from liuhen.board_view import notice_text
from liuhen.card_report import card_report
from liuhen.invocation import Invocation
from liuhen.output import ExitCode, Output
from liuhen.settings import DOCK_NAME, Settings
from liuhen.stopping import stopping
from liuhen.waiting import derived, recordings_of, wait_for

_REFRESH_SECONDS = 0.2


def ingest(
    context: typer.Context,
    named: Annotated[
        list[str], typer.Argument(metavar="CARDS...", help="卡的目录  Folders of cards")
    ],
    dock: Annotated[str, typer.Option(help="采集口名称  Name of the dock")] = "cli",
    wait: Annotated[
        bool, typer.Option("--wait", help="等预览生成后返回  Return when previews are made")
    ] = False,
) -> None:
    """采集若干张卡，完成后返回  Take cards; returns when each file is safe or reported."""
    run = invocation.of(context)
    with run.reporting("ingest"):
        if not re.match(DOCK_NAME, dock) or len(dock) > 64:
            raise BadInput(f"{dock!r} is not a name for a dock", why="DOCK_NAME", dock=dock)
        cards = [_card(run.settings, path) for path in named]
        with run.site(make=True) as site:
            site.vault.sweep()
            station = bootstrap.station(run.settings, site)
            with _bar(run.output, station.board), stopping(station.stop):
                taken = take_cards(station, cards, dock=dock)
            reports = _report(run.output, station, taken=taken)
            made = _previews(run, station, taken=taken) if wait else None
            code = _exit_of(station, taken)
            if made and made["untried"] and code == ExitCode.FINE:
                code = ExitCode.PARTIAL
            body = {"command": "ingest", "cards": reports, "derivatives": made}
            run.output.finish(body, code)


def _card(settings: Settings, named: str) -> Path:
    """The card's folder; an empty word, as an unset variable leaves it, is not the current one."""
    if not named:
        raise BadInput("A path is empty", why="NO_PATH")
    card = Path(named)
    if not card.is_dir():
        raise BadInput(f"{card} is not a folder", why="NOT_A_FOLDER", path=str(card))
    check_apart(settings, card)
    return card


def _report(output: Output, station: Station, *, taken: Sequence[Taken]) -> list[Json]:
    """Tells what became of each card before anything else is waited for."""
    reports = [card_report(station, one) for one in taken]
    for one, report in zip(taken, reports, strict=True):
        _tell_card(output, station.board.get(one.key), taken=one, report=report)
    return [*reports]


def _previews(run: Invocation, station: Station, *, taken: Sequence[Taken]) -> dict[str, Json]:
    """Has derivatives made of what was taken, and tells how many there are, and what is left."""
    site, recordings = station.site, recordings_of(taken)
    with stopping(station.stop):
        wait_for(site, run.settings, recordings=recordings, output=run.output, stop=station.stop)
    made = derived(site, recordings)
    count, left = _length(made["failed"]), _length(made["untried"])
    ready, tried = _ready(made["counts"]), len(recordings) - left
    run.output.say(
        f"预览：已处理 {tried} 个文件，生成 {ready} 项，失败 {count} 项",
        f"Previews: {tried} files were tried, {ready} previews are made, {count} failed",
    )
    if left:
        run.output.say(
            f"已中断：{left} 个文件的预览尚未生成，由服务或下次 ingest --wait 继续",
            f"Interrupted: previews of {left} files are still to be made, by the service or the "
            "next ingest --wait",
        )
    return made


def _ready(counts: Json) -> Json:
    return counts[DerivativeState.READY.value] if isinstance(counts, dict) else 0


def _length(found: Json) -> int:
    return len(found) if isinstance(found, list) else 0


def _tell_card(output: Output, view: DockView, *, taken: Taken, report: dict[str, Json]) -> None:
    state = str(report["state"])
    chinese, english = STATES[state]
    count = f"{view.safe}/{view.files}"
    output.say(f"{view.card}：{chinese}（{count}）", f"{view.card}: {english} ({count})")
    for notice in view.notices:
        output.people.print(notice_text(notice))
    if taken.trouble is not None:
        output.say_code(taken.trouble.code, taken.trouble.facts)
    if view.receipt_id:
        output.say(f"收据 {view.receipt_id}", f"Receipt {view.receipt_id}")


def _exit_of(station: Station, taken: Sequence[Taken]) -> ExitCode:
    """Environment trouble that took nothing, else partial if anything is not safe."""
    states = [station.board.get(one.key).state for one in taken]
    if all(state in (DockState.SAFE, DockState.EMPTY_CARD) for state in states):
        return ExitCode.FINE
    if all(isinstance(one.trouble, EnvironmentTrouble) for one in taken):
        return ExitCode.ENVIRONMENT
    return ExitCode.PARTIAL


@contextlib.contextmanager
def _bar(output: Output, board: Board) -> Iterator[None]:
    """A progress bar over all cards, on the people's console."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
    )
    ended = threading.Event()
    with output.bar(*columns) as progress:
        task = progress.add_task("采集 Copying", total=None)

        def follow() -> None:
            while not ended.wait(_REFRESH_SECONDS):
                views = board.views()
                total = sum(view.bytes_total for view in views)
                done = sum(view.bytes_done for view in views)
                progress.update(task, total=total, completed=done)

        thread = threading.Thread(target=follow, name="bar")
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
    total = sum(view.bytes_done for view in board.views())
    output.say(f"共读取 {human_size(total)}", f"Read {human_size(total)} from the cards")
