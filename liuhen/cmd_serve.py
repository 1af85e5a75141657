"""`serve`: the watch over the docks, and page and API where a port is set."""

import contextlib
import gc
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.live import Live

from evidence.canonical import Json
from evidence.errors import BadInput, LiuhenError
from evidence.messages import STATES
from evidence.vocabulary import SourceKind
from ingest.board import Board, DockView
from ingest.places import DockRoot
from ingest.station import Station
from liuhen import bootstrap, invocation
from liuhen.arguments import check_apart, real_path
from liuhen.board_view import LineBoard, LiveBoard, notices_json
from liuhen.deriving import Deriving
from liuhen.invocation import Invocation, in_the_tree
from liuhen.machine import machine
from liuhen.outcome import WHOLE, Outcome
from liuhen.output import Output, error_json, exit_code
from liuhen.service import Service
from liuhen.settings import Settings, Web, with_web
from liuhen.stopping import stopping
from liuhen.web_server import WebServer, serving
from people.invitations import invite_first
from storage.site import Site

_REFRESH_SECONDS = 0.2
_MIB = 1 << 20


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
    host: Annotated[str | None, typer.Option(help="网页服务地址  Address of page and API")] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="网页服务端口，0 为任选  Port of page and API"),
    ] = None,
) -> None:
    """守候采集口并持续采集，按 Ctrl-C 结束  Watch the docks and take every card; Ctrl-C ends it."""
    run = invocation.of(context)
    with run.reporting("serve"):
        run = replace(run, settings=with_web(run.settings, host=host, port=port))
        roots = [
            *(configured.root() for configured in run.settings.docks),
            *_roots(dock or [], "dock", source=SourceKind.MOUNT),
            *_roots(drop or [], "drop", source=SourceKind.DROP_FOLDER),
            *_roots(card or [], "card", source=SourceKind.MOUNT, single=True),
        ]
        if not roots and run.settings.web.port is None:
            raise BadInput("No dock is named", why="NO_DOCK")
        _check_roots(run.settings, roots)
        _serve(run, roots, once=once)


def _roots(
    paths: Sequence[Path], name: str, *, source: SourceKind, single: bool = False
) -> Iterator[DockRoot]:
    for number, path in enumerate(paths, start=1):
        yield DockRoot(f"{name}-{number}", real_path(path), source, single=single)


def _check_roots(settings: Settings, roots: Sequence[DockRoot]) -> None:
    for root in roots:
        check_apart(settings, root.path)
        if root.source == SourceKind.DEVICE:
            continue  # its folder is made when the first card is mounted
        if not root.path.is_dir():
            raise BadInput(
                f"Dock {root.path} is not a folder", why="NOT_A_FOLDER", path=str(root.path)
            )
    names = [root.name for root in roots]
    if len(set(names)) != len(names):
        raise BadInput("Two docks have the same name", why="DOCKS_DOUBLED")


def _serve(run: Invocation, roots: Sequence[DockRoot], *, once: int) -> None:
    done = Outcome(once)
    site = bootstrap.open_or_make(run.settings, bootstrap.service())
    try:
        trouble = _take_until_ended(run, site, roots=roots, done=done)
    finally:
        site.close()
    _say_ended(run.output, done, trouble=trouble)


def _take_until_ended(
    run: Invocation, site: Site, *, roots: Sequence[DockRoot], done: Outcome
) -> LiuhenError | None:
    """Takes cards until the end; returns what went wrong after the start, the end included.

    It is not raised, because what became of the cards must be told all the same. Raises
    `LiuhenError` where the service could not be started.
    """
    settings, output = run.settings, run.output
    live = output.people.is_terminal
    lines = LineBoard(output.people)
    station = bootstrap.station(settings, site, listener=done if live else _Both(done, lines))
    deriving = Deriving(settings) if settings.previews else None
    rate = settings.scrub.mib_per_second * _MIB
    service = Service(station, roots, deriving=deriving, machine=machine(), scrub_rate=rate)
    # From here on a signal ends it in order, not in the middle.
    with stopping(done.ended), _pages(settings, site, station=station) as pages:
        service.start()
        _spare_what_stays()
        try:
            with _stopped_after(service):
                _say_started(output, roots)
                _say_address(output, site, pages=pages)
                _say_what_is_open(output, settings.web)
                _watch(output, station.board, done=done, live=live)
        except LiuhenError as error:
            return error
        except OSError as error:
            return in_the_tree(error)
    return None


@contextlib.contextmanager
def _stopped_after(service: Service) -> Iterator[None]:
    try:
        yield
    finally:
        service.stop()


def _spare_what_stays() -> None:
    """Tells the garbage collector that what a started service holds is there to stay.

    Else it walks all of it again and again, and every answer under way waits: without this the
    slowest ranges took four times as long.
    """
    gc.collect()
    gc.freeze()


def _say_started(output: Output, roots: Sequence[DockRoot]) -> None:
    for root in roots:
        output.say(f"守候 {root.name}：{root.path}", f"Watching {root.name}")


@contextlib.contextmanager
def _pages(settings: Settings, site: Site, *, station: Station) -> Iterator[WebServer | None]:
    """The web server while the block runs, where a port is set."""
    if settings.web.port is None:
        yield None
        return
    with serving(settings, site, docks=station.board.views) as server:
        yield server


def _say_address(output: Output, site: Site, *, pages: WebServer | None) -> None:
    """Where page and API are, and the way in for the first administrator while there is none."""
    if pages is None:
        return
    output.say(f"网页与接口：{pages.address}", f"Page and API at {pages.address}")
    if not pages.has_page:
        output.say("网页尚未构建，仅提供接口", "The page was not built; only the API is served")
    code = invite_first(site.ledger)
    if code is not None:
        output.say(
            f"尚无账号：请在一小时内打开网页，用一次性代码 {code} 建立首个管理员",
            f"There is no account yet: open the page within an hour and use the code {code}",
        )


def _say_what_is_open(output: Output, web: Web) -> None:
    """That cookies are not kept to TLS, where the settings let them cross a network."""
    if web.port is not None and web.plain and not web.is_secure:
        output.say(
            "未使用 TLS：口令与登录 Cookie 会在网络上明文传输。若前置设备负责 TLS，请把 "
            "web.public_url 设为对外的 https 地址",
            "Passwords and cookies cross the network in the clear. If something in front does TLS, "
            "set web.public_url to the https address that browsers use",
        )


def _say_ended(output: Output, done: Outcome, *, trouble: LiuhenError | None) -> None:
    views, taken = done.views(), done.taken
    output.say(f"已结束；采集 {taken} 张卡", f"Ended; {taken} cards taken")
    for view in views:
        if view.state not in WHOLE:
            _say_not_whole(output, view)
    body: dict[str, Json] = {"command": "serve", "cards": [_view_json(view) for view in views]}
    if trouble is None:
        output.finish(body, done.exit_code())
    output.say_error(trouble)
    output.finish({**body, "error": error_json(trouble)}, exit_code(trouble))


def _say_not_whole(output: Output, view: DockView) -> None:
    chinese, english = STATES[view.state]
    where, count = f"{view.dock} {view.card}", f"{view.safe}/{view.files}"
    output.say(f"未全部入库 {where}：{chinese}（{count}）", f"Not all safe: {english} ({count})")


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


def _watch(output: Output, board: Board, *, done: Outcome, live: bool) -> None:
    if not live:
        done.ended.wait()
        return
    with Live(LiveBoard(board), console=output.people, refresh_per_second=5):
        while not done.ended.wait(_REFRESH_SECONDS):
            pass


class _Both:
    """Two listeners as one."""

    def __init__(self, first: Outcome, second: LineBoard) -> None:
        self._listeners = (first, second)

    def __call__(self, before: DockView, after: DockView) -> None:
        """A board listener."""
        for listener in self._listeners:
            listener(before, after)
