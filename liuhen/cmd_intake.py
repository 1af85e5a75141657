"""`serve` and `ingest`: cards in, receipts out."""

import contextlib
import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.live import Live
from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn

from evidence.canonical import Json
from evidence.errors import BadInput, EnvironmentTrouble
from evidence.messages import STATES
from evidence.vocabulary import DockState, SourceKind
from ingest.board import Board, DockView
from ingest.one_shot import Taken, take_cards
from ingest.places import DockRoot
from ingest.station import Station
from liuhen import bootstrap, invocation
from liuhen.board_view import LineBoard, LiveBoard, notice_text, notices_json
from liuhen.card_report import card_report
from liuhen.deriving import Deriving
from liuhen.invocation import Invocation
from liuhen.output import ExitCode, Output, human_size
from liuhen.service import Service
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
            body = {"command": "ingest", "cards": reports, "derivatives": made}
            run.output.finish(body, _exit_of(station, taken))


def _card(settings: Settings, named: str) -> Path:
    """The card's folder; an empty word, as an unset variable leaves it, is not the current one."""
    if not named:
        raise BadInput("A path is empty", why="NO_PATH")
    card = Path(named)
    if not card.is_dir():
        raise BadInput(f"{card} is not a folder", why="NOT_A_FOLDER", path=str(card))
    _check_apart(settings, card)
    return card


def _report(output: Output, station: Station, *, taken: Sequence[Taken]) -> list[Json]:
    """Tells what became of each card before anything else is waited for."""
    reports = [card_report(station, one) for one in taken]
    for one, report in zip(taken, reports, strict=True):
        _tell_card(output, station.board.get(one.key), taken=one, report=report)
    return [*reports]


def _previews(run: Invocation, station: Station, *, taken: Sequence[Taken]) -> Json:
    """Has derivatives made of what was taken, and tells how many there are."""
    site, recordings = station.site, recordings_of(taken)
    with stopping(station.stop):
        wait_for(site, run.settings, recordings=recordings, output=run.output, stop=station.stop)
    made = derived(site, recordings)
    failed = made["failed"]
    count = len(failed) if isinstance(failed, list) else 0
    run.output.say(
        f"预览已生成：{len(recordings)} 个文件，失败 {count} 项",
        f"Previews of {len(recordings)} files are made, {count} failed",
    )
    return made


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
    if all(state == DockState.SAFE for state in states):
        return ExitCode.FINE
    if all(isinstance(one.trouble, EnvironmentTrouble) for one in taken):
        return ExitCode.ENVIRONMENT
    return ExitCode.PARTIAL


def serve(
    context: typer.Context,
    dock: Annotated[
        list[Path] | None,
        typer.Option(help="目录，其下每个文件夹是一张卡  Folder of mounted cards"),
    ] = None,
    drop: Annotated[
        list[Path] | None, typer.Option(help="采集站投递目录  Drop folder of a vendor's station")
    ] = None,
    card: Annotated[
        list[Path] | None, typer.Option(help="一张卡的目录  Folder that is itself a card")
    ] = None,
    once: Annotated[
        int, typer.Option(min=0, help="采集完 N 张卡后结束  End after N cards are taken")
    ] = 0,
) -> None:
    """守候采集口并持续采集，按 Ctrl-C 结束  Watch the docks and take every card; Ctrl-C ends it."""
    run = invocation.of(context)
    with run.reporting("serve"):
        roots = [
            *(configured.root() for configured in run.settings.docks),
            *_roots(dock or [], "dock", source=SourceKind.MOUNT),
            *_roots(drop or [], "drop", source=SourceKind.DROP_FOLDER),
            *_roots(card or [], "card", source=SourceKind.MOUNT, single=True),
        ]
        if not roots:
            raise BadInput("No dock is named", why="NO_DOCK")
        _check_roots(run.settings, roots)
        _serve(run, roots, once=once)


def _roots(
    paths: Sequence[Path], name: str, *, source: SourceKind, single: bool = False
) -> Iterator[DockRoot]:
    for number, path in enumerate(paths, start=1):
        yield DockRoot(f"{name}-{number}", path.absolute(), source, single=single)


def _check_apart(settings: Settings, path: Path) -> None:
    """Raises `BadInput` where cards and site lie in each other: taking would never come to an end.

    A site beside the cards of a dock is one of its folders, and so it would be taken, too.
    """
    cards = path.resolve()
    for ours in (settings.plan.data.resolve(), settings.plan.vault_root.resolve()):
        if cards.is_relative_to(ours) or ours.is_relative_to(cards):
            raise BadInput(
                f"{path} and the site in {ours} lie in each other",
                why="INSIDE_SITE",
                path=str(path),
            )


def _check_roots(settings: Settings, roots: Sequence[DockRoot]) -> None:
    for root in roots:
        if root.source == SourceKind.DEVICE:
            continue  # its folder is made when the first card is mounted
        if not root.path.is_dir():
            raise BadInput(
                f"Dock {root.path} is not a folder", why="NOT_A_FOLDER", path=str(root.path)
            )
        _check_apart(settings, root.path)
    names = [root.name for root in roots]
    if len(set(names)) != len(names):
        raise BadInput("Two docks have the same name", why="DOCKS_DOUBLED")


def _serve(run: Invocation, roots: Sequence[DockRoot], *, once: int) -> None:
    settings, output = run.settings, run.output
    site = bootstrap.open_or_make(settings, bootstrap.service())
    done = _Done(once)
    live = output.people.is_terminal
    lines = LineBoard(output.people)
    try:
        station = bootstrap.station(settings, site, listener=done if live else _Both(done, lines))
        deriving = Deriving(settings) if settings.previews else None
        service = Service(station, roots, deriving=deriving)
        with stopping(done.ended):  # from here on a signal ends it in order, not in the middle
            service.start()
            try:
                _say_started(output, roots)
                _watch(output, station.board, done=done, live=live)
            finally:
                service.stop()
    finally:
        site.close()
    _say_ended(output, done)


def _say_started(output: Output, roots: Sequence[DockRoot]) -> None:
    for root in roots:
        output.say(f"守候 {root.name}：{root.path}", f"Watching {root.name}")


def _say_ended(output: Output, done: "_Done") -> None:
    views = done.views()
    output.say(f"已结束；采集 {len(views)} 张卡", f"Ended; {len(views)} cards taken")
    cards: list[Json] = [_view_json(view) for view in views]
    whole = done.is_enough and all(
        view.state in (DockState.SAFE, DockState.NEW_SAFE) for view in views
    )
    code = ExitCode.FINE if whole else ExitCode.PARTIAL
    output.finish({"command": "serve", "cards": cards}, code)


def _view_json(view: DockView) -> dict[str, Json]:
    return {
        "dock": view.dock,
        "card": view.card,
        "session": view.session_id,
        "state": view.state.value,
        "may_leave": view.may_leave,
        "recorder": view.recorder or None,
        "files": view.files,
        "safe": view.safe,
        "failed": view.failed,
        "receipt": view.receipt_id or None,
        "notices": notices_json(view),
        "more_notices": view.more_notices,
    }


def _watch(output: Output, board: Board, *, done: "_Done", live: bool) -> None:
    if not live:
        done.ended.wait()
        return
    with Live(LiveBoard(board), console=output.people, refresh_per_second=5):
        while not done.ended.wait(_REFRESH_SECONDS):
            pass


class _Done:
    """Counts the cards that were taken; `ended` is set once enough were, or on a signal."""

    def __init__(self, enough: int) -> None:
        self._enough = enough
        self._taken: dict[str, DockView] = {}
        self._lock = threading.Lock()
        self.ended = threading.Event()

    def __call__(self, _before: DockView, after: DockView) -> None:
        """A board listener."""
        if not after.may_leave:
            return
        with self._lock:
            self._taken[after.key] = after
            if self._enough and len(self._taken) >= self._enough:
                self.ended.set()

    @property
    def is_enough(self) -> bool:
        """Whether as many cards were taken as were asked for; true where no number was given."""
        with self._lock:
            return len(self._taken) >= self._enough

    def views(self) -> list[DockView]:
        """Each card as it was when it might be taken away."""
        with self._lock:
            return list(self._taken.values())


class _Both:
    """Two listeners as one."""

    def __init__(self, first: _Done, second: LineBoard) -> None:
        self._listeners = (first, second)

    def __call__(self, before: DockView, after: DockView) -> None:
        """A board listener."""
        for listener in self._listeners:
            listener(before, after)


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
