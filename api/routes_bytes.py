"""Bytes of a recording, or of what was made from it, to whoever has an open look.

Holds always: a byte goes out only under a view that is on record and open, to the person who asked
for it; that person's right is looked up again at least every two seconds, in the middle of an
answer too.
"""

import asyncio
import contextlib
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.access import check_still_may_look
from api.direct import ASKED, Asked, DirectRoute, FileName, ViewId
from api.files import TYPES, UNKNOWN, OpenFile, open_derivative, open_original
from api.guard import anybody, session_of
from api.looking import Trust
from api.responses import PROBLEMS
from api.sending import FileBytes, Leave
from api.world import world_of
from evidence.derivative import DerivativeKind
from evidence.errors import BadInput, LiuhenError, NotFound
from evidence.spans import Span
from people.views import View, ViewKind, find_open_view
from storage.graves import check_not_buried

router = APIRouter(prefix="/api", tags=["views"], route_class=DirectRoute)


def _bytes(*types: str) -> dict[int | str, dict[str, Any]]:
    """The answers of a route that sends a file of one of these types."""
    content = {name: {"schema": {"type": "string", "format": "binary"}} for name in types}
    words = {200: "the whole file", 206: "the range asked for"}
    return {status: {"description": said, "content": content} for status, said in words.items()}


@router.head("/views/{view}/original", include_in_schema=False)
@router.get(
    "/views/{view}/original",
    response_class=Response,
    responses={**PROBLEMS["bytes"], **_bytes(UNKNOWN)},
)
async def original_bytes(request: Request, view: ViewId, asked: Asked = ASKED) -> Response:
    """The recording itself, or one range of it."""
    asking = _Asking(request)
    found = await asking.look(view, kind=ViewKind.ORIGINAL)
    looking, site = asking.world.looking, asking.world.site
    file = looking.file(view, "ORIGINAL")
    if file is None:
        opened = await run_in_threadpool(open_original, site, found.recording)
        file = looking.keep_file(view, opened)
    return asking.answer(found, file=file, asked=asked)


@router.head("/views/{view}/{kind}/{name}", include_in_schema=False)
@router.get(
    "/views/{view}/{kind}/{name}",
    response_class=Response,
    responses={**PROBLEMS["bytes"], **_bytes(*TYPES.values(), UNKNOWN)},
)
async def derivative_bytes(
    request: Request, view: ViewId, kind: DerivativeKind, name: FileName, asked: Asked = ASKED
) -> Response:
    """A file that was made of the recording, or one range of it."""
    asking = _Asking(request)
    found = await asking.look(view, kind=ViewKind.PREVIEW)
    world = asking.world
    file = world.looking.file(view, f"{kind.value}/{name}")
    if file is None:
        opened = await run_in_threadpool(
            open_derivative,
            world.site,
            found.recording,
            kind=kind,
            name=name,
            checked=world.checked,
        )
        file = world.looking.keep_file(view, opened)
    return asking.answer(found, file=file, asked=asked)


class _Asking:
    """One request for bytes, and whose browser it came from."""

    def __init__(self, request: Request) -> None:
        self.world = world_of(request)
        self._request = request
        self._session = session_of(self.world, request)

    async def look(self, view_id: str, *, kind: ViewKind) -> View:
        """The open view, this person's right to it being fresh; raises as the routes say."""
        looking, session = self.world.looking, self._session
        trust = looking.trusted(view_id, session=session)
        if trust is not Trust.FRESH:
            check = self.world.checks.begin((view_id, session), lambda: self._look_again(view_id))
            # What only ages is renewed beside the bytes: they need not wait for it yet.
            refusal = await asyncio.shield(check) if trust is Trust.GONE else None
            if refusal is not None:
                raise refusal
        view = looking.view(view_id, session=session)
        if view.kind != kind:
            raise NotFound("The view is of another kind", why="NO_VIEW", view=view_id)
        return view

    def _look_again(self, view_id: str) -> None:
        """Asks the database anew; also takes over what this log-in opened in another process."""
        world, session, since = self.world, self._session, self.world.looking.now()
        try:
            logged_in = anybody(self._request)
            view = find_open_view(world.site.database, view_id, session=logged_in.session)
            check_still_may_look(world, logged_in, recording=view.recording, kind=view.kind)
            with world.site.database.read() as connection:
                check_not_buried(connection, view.recording)
        except LiuhenError:
            world.looking.refuse(view_id, session=session)
            raise
        world.looking.trust(view, session=session, since=since)

    def answer(self, view: View, *, file: OpenFile, asked: Asked) -> Response:
        """The bytes asked for, under the view; raises `Unsatisfiable`."""
        try:
            span = asked.span(file)
        except BadInput:
            file.close()
            raise

        async def holds() -> bool:
            with contextlib.suppress(LiuhenError):
                return bool(await self.look(view.id, kind=view.kind))
            return False

        def note(piece: Span) -> bool:
            return looking.went_out(view.id, what=file.what, size=file.size, span=piece)

        looking, leave = self.world.looking, Leave(holds, note)
        return FileBytes(file.fd, span, size=file.size, headers=file.headers(), leave=leave)
