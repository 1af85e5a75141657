"""A socket before the PostgreSQL server that breaks connections in the moment of their commit.

What the server did is real, and so is what the program hears of it: the commit never arrives, or it
is done and the answer is lost.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from enum import Enum, auto
from pathlib import Path

from tests.databases import PostgresServer

_NAME = ".s.PGSQL.5432"


class Cut(Enum):
    """When a connection breaks."""

    BEFORE = auto()
    """The commit never reaches the server."""
    AFTER = auto()
    """The server has committed, and its answer never arrives."""


Due = Callable[[bytes], Cut | None]
"""How the commit is to break that ends what this connection sent since its last one."""


class Cutting:
    """The socket; `due` is asked at each commit, `cuts` counts those that broke."""

    def __init__(self, folder: Path, server: PostgresServer) -> None:
        self.folder = folder
        self.due: Due = lambda _sent: None
        self.cuts = 0
        self._server = server
        self._back_at = 0.0
        self._open: set[socket.socket] = set()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / _NAME))
        self._listener.listen(64)
        threading.Thread(target=self._accept, name="cutting", daemon=True).start()

    def url(self, direct: str) -> str:
        """The address of the same database through this socket."""
        return direct.replace(str(self._server.socket_dir), str(self.folder))

    def back_in(self, seconds: float) -> None:
        """Takes no new connection for a while."""
        self._back_at = time.monotonic() + seconds

    def close(self) -> None:
        """Ends it."""
        _break(self._listener)
        self._listener.close()
        for end in tuple(self._open):
            _break(end)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        if time.monotonic() < self._back_at:
            client.close()
            return
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(self._server.socket_dir / _NAME))
        self._open |= {client, server}
        mute = threading.Event()
        for work in (self._ask, self._answer):
            threading.Thread(target=work, args=(client, server, mute), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket, mute: threading.Event) -> None:
        sent = b""
        for data in _received(client):
            sent += data
            if data.startswith(b"Q") and b"COMMIT" in data:
                cut, sent = self.due(sent), b""
                self.cuts += cut is not None
                if cut == Cut.BEFORE:
                    break
                if cut == Cut.AFTER:
                    mute.set()
            with contextlib.suppress(OSError):
                server.sendall(data)
        if not mute.is_set():
            _break(client)
        _break(server)

    def _answer(self, client: socket.socket, server: socket.socket, mute: threading.Event) -> None:
        for data in _received(server):
            if mute.is_set():
                break
            with contextlib.suppress(OSError):
                client.sendall(data)
        for end in (client, server):
            _break(end)
            self._open.discard(end)
            end.close()


def _received(end: socket.socket) -> Iterator[bytes]:
    with contextlib.suppress(OSError):
        while data := end.recv(1 << 16):
            yield data


def _break(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
