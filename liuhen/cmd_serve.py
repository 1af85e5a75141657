"""`serve`: watches the docks and takes every card that appears, until it is ended."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.live import Live

from evidence.canonical import Json
from evidence.errors import BadInput
from evidence.vocabulary import DockState, SourceKind
from ingest.board import Board, DockView
from ingest.places import DockRoot
from liuhen import bootstrap, invocation
from liuhen.arguments import check_apart
from liuhen.board_view import LineBoard, LiveBoard, notices_json
from liuhen.deriving import Deriving
from liuhen.invocation import Invocation
from liuhen.output import ExitCode, Output
from liuhen.service import Service
from liuhen.settings import Settings
from liuhen.stopping import stopping

_REFRESH_SECONDS = 0.2


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


def _check_roots(settings: Settings, roots: Sequence[DockRoot]) -> None:
    for root in roots:
        if root.source == SourceKind.DEVICE:
            continue  # its folder is made when the first card is mounted
        if not root.path.is_dir():
            raise BadInput(
                f"Dock {root.path} is not a folder", why="NOT_A_FOLDER", path=str(root.path)
            )
        check_apart(settings, root.path)
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
