"""Sends a file, or a range of it, in large pieces, without one slow reader holding up the others.

Holds always: what is in the page cache is read in the event loop with a call that refuses to wait
(`RWF_NOWAIT`); what is not is read in a thread; the file is held open once, so what is sent is one
file whatever happens to its name; before a piece is handed to the network the right to it is
asked for again and the piece noted; where either is refused, the answer breaks off.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from evidence.spans import Span

PIECE = 1 << 20
_NOWAIT = os.RWF_NOWAIT


@dataclass(frozen=True)
class Leave:
    """What a piece needs to go out: `holds` asks whether the look still may, `note` puts it down.

    `note` is False where the look has ended meanwhile: what nobody notes is not sent.
    """

    holds: Callable[[], Awaitable[bool]]
    note: Callable[[Span], bool]


class FileBytes(Response):
    """A response of the bytes of an open file; closes the descriptor when it ends.

    Without `asked`, which is the range asked for, it is the whole file.
    """

    def __init__(
        self, fd: int, asked: Span | None, *, size: int, headers: Mapping[str, str], leave: Leave
    ) -> None:
        super().__init__(status_code=206 if asked else 200, headers=dict(headers))
        self._fd = fd
        self._span = span = asked or Span(0, size)
        self._leave = leave
        del self.headers["content-length"]
        self.headers["accept-ranges"] = "bytes"
        self.headers["content-length"] = str(span.end - span.start)
        if asked:
            self.headers["content-range"] = f"bytes {span.start}-{span.end - 1}/{size}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it; breaks off when the other side or the right to it has gone."""
        gone = asyncio.ensure_future(_until_gone(receive))
        try:
            await send(self._start())
            if scope["method"] == "HEAD" or self._span.start == self._span.end:
                await send(_body(b"", more=False))
            else:
                await self._send_pieces(send, gone)
        finally:
            gone.cancel()
            os.close(self._fd)

    def _start(self) -> Message:
        return {
            "type": "http.response.start",
            "status": self.status_code,
            "headers": self.raw_headers,
        }

    async def _send_pieces(self, send: Send, gone: "asyncio.Future[None]") -> None:
        at, end = self._span.start, self._span.end
        while at < end:
            await asyncio.sleep(0)  # lets `gone` be told: what is sent to nobody goes nowhere
            if gone.done():
                return
            length = min(PIECE, end - at)
            piece: bytes | bytearray | None = _read_now(self._fd, at, length=length)
            if piece is None:
                piece = await asyncio.to_thread(os.pread, self._fd, length, at)
            if not piece:
                raise OSError("The file is shorter than it was")
            if not await self._leave.holds() or not self._leave.note(Span(at, at + len(piece))):
                return  # the server closes the connection: fewer bytes than were promised
            at += len(piece)
            await send(_body(piece, more=at < end))


async def _until_gone(receive: Receive) -> None:
    """Returns when the other side has gone; the server takes what is sent after that in silence."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _body(piece: bytes | bytearray, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": piece, "more_body": more}


def _read_now(fd: int, at: int, *, length: int) -> bytes | bytearray | None:
    """What can be read without waiting for a disk; None where nothing can."""
    buffer = bytearray(length)
    try:
        count = os.preadv(fd, [buffer], at, _NOWAIT)
    except OSError:  # EAGAIN: not in the cache; EOPNOTSUPP: a file system that cannot tell
        return None
    if count < length:
        return bytes(buffer[:count]) if count else None
    return buffer  # not copied: it is never touched again
