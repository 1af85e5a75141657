"""The web server beside the watch: uvicorn in a thread of its own, ended with the service."""

import asyncio
import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import uvicorn

from api.app import create_app
from api.looking import Looking
from api.world import World, ledger_for
from evidence.errors import EnvironmentTrouble, LiuhenError
from ingest.board import DockView
from liuhen import clock
from liuhen.machine import machine
from liuhen.settings import Settings
from people.views import View, end_left_open
from storage import listing
from storage.ledger import Ledger
from storage.site import Site

log = logging.getLogger(__name__)

PAGES = Path(__file__).resolve().parent / "pages"
_BEAT_SECONDS = 1.0
_GRACE_SECONDS = 3
_LAST_SECONDS = 6


class WebServer:
    """Serves page and API until `stop`; safe to start and stop once."""

    def __init__(
        self,
        settings: Settings,
        site: Site,
        *,
        docks: Callable[[], list[DockView]],
        pages: Path = PAGES,
    ) -> None:
        self._ending = threading.Event()
        self._looking = Looking(_ledger_of(site), clock.monotonic)
        self._site = site
        self._socket = _listening(settings.web.host, settings.web.port or 0)
        world = World(
            site=site,
            docks=docks,
            ending=self._ending.is_set,
            looking=self._looking,
            secure=settings.web.is_secure,
            machine=machine(),
            pages=pages if (pages / "index.html").is_file() else None,
        )
        self.has_page = world.pages is not None
        self._server = uvicorn.Server(_config(settings, world))
        scheme = "http" if settings.web.certificate is None else "https"
        host, port = self._socket.getsockname()[:2]
        self.address = f"{scheme}://{_shown(host)}:{port}/"
        self._threads = [
            threading.Thread(target=self._serve, name="web"),
            threading.Thread(target=self._write_looks, name="looks"),
        ]

    def start(self) -> None:
        """Ends the looks that a killed service left open, then answers.

        Raises `DatabaseUnavailable`, or `EvidenceAltered` for a log that is not what was signed.
        """
        if count := end_left_open(self._site.ledger):
            log.warning("Ended %d looks that were cut short; not all that was sent is known", count)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Answers what is under way, for a moment, and writes down what was seen."""
        self._ending.set()
        self._server.should_exit = True
        for thread in self._threads:
            thread.join()
        self._looking.close(_report)
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(SystemExit):  # uvicorn's way to say that it could not start
            factory = self._server.config.get_loop_factory()
            with asyncio.Runner(loop_factory=factory) as runner:
                runner.run(self._answer())
        if not self._ending.is_set():
            log.error("The web server has ended; docks go on")

    async def _answer(self) -> None:
        letting_go = asyncio.ensure_future(self._let_go_of_the_slow())
        await self._server.serve(sockets=[self._socket])
        letting_go.cancel()

    async def _let_go_of_the_slow(self) -> None:
        """Breaks connections that are still open a while after the end was asked for.

        A reader that takes nothing would hold up the service; cancelling its answer instead would
        be reported as a mistake of ours.
        """
        while not self._ending.is_set():  # noqa: ASYNC110 - another thread sets it
            await asyncio.sleep(_BEAT_SECONDS / 4)
        await asyncio.sleep(_GRACE_SECONDS)
        for connection in list(self._server.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()

    def _write_looks(self) -> None:
        while not self._ending.wait(_BEAT_SECONDS):
            self._looking.write_due(_report)
            try:
                listing.catch_up(self._site.database)
            except LiuhenError as error:
                log.warning("The list could not follow the log: %s", error)


@contextlib.contextmanager
def serving(
    settings: Settings, site: Site, *, docks: Callable[[], list[DockView]]
) -> Iterator[WebServer]:
    """A web server while the block runs; raises `EnvironmentTrouble` where the port is taken."""
    server = WebServer(settings, site, docks=docks)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _ledger_of(site: Site) -> Callable[[View], Ledger]:
    def ledger(view: View) -> Ledger:
        return ledger_for(site, account_id=view.account, person_id=view.person)

    return ledger


def _config(settings: Settings, world: World) -> uvicorn.Config:
    web = settings.web
    return uvicorn.Config(
        create_app(world),
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=True,
        lifespan="off",
        timeout_graceful_shutdown=_LAST_SECONDS,
        proxy_headers=web.trusted_proxy is not None,
        forwarded_allow_ips=web.trusted_proxy or [],
        ssl_certfile=None if web.certificate is None else str(web.certificate),
        ssl_keyfile=None if web.key is None else str(web.key),
    )


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=256)
    except OSError as error:
        reason = error.strerror or str(error)
        raise EnvironmentTrouble(
            f"Address {host} port {port} cannot be used: {reason}", reason=reason
        ) from error


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host


def _report(error: LiuhenError) -> None:
    log.warning("What was seen could not be written down yet: %s", error)
