"""Looking at a recording: first the entry, then the bytes.

Holds always: a byte goes out only under a view that is on record and open, to the person who asked
for it; that person's right is looked up again at least every two seconds, in the middle of an
answer too.
"""

import asyncio
import contextlib
import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from fastapi import Path as InPath
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import models as m
from api.files import TYPES, UNKNOWN, OpenFile, open_derivative, open_original
from api.guard import Caller, anybody, check_recording, cookie_name, extent_of, needs
from api.looking import Trust
from api.ranges import wanted
from api.responses import PROBLEMS
from api.sending import FileBytes, Leave
from api.world import World, world_of
from evidence.derivative import DerivativeKind, DerivativeState
from evidence.errors import BadInput, LiuhenError, NotFound
from evidence.spans import Span
from people.logins import LoggedIn
from people.roles import Permission
from people.views import Looker, View, ViewKind, find_open_view, open_view
from storage import derivatives

router = APIRouter(prefix="/api", tags=["views"])

PERMISSION = {
    ViewKind.PREVIEW: Permission.VIEW_RECORDING,
    ViewKind.ORIGINAL: Permission.TAKE_ORIGINAL,
}
_viewing = Depends(needs(Permission.VIEW_RECORDING))
_taking = Depends(needs(Permission.TAKE_ORIGINAL))

ViewId = Annotated[str, InPath(pattern=r"^[0-9a-f]{32}$")]
FileName = Annotated[str, InPath(pattern=r"^[a-z0-9]+\.[a-z0-9]+$", max_length=40)]


def _bytes(*types: str) -> dict[int | str, dict[str, Any]]:
    """The answers of a route that sends a file of one of these types."""
    content = {name: {"schema": {"type": "string", "format": "binary"}} for name in types}
    words = {200: "the whole file", 206: "the range asked for"}
    return {status: {"description": said, "content": content} for status, said in words.items()}


class Asked:
    """Which bytes a request asks for, as the headers of RFC 9110 carry it."""

    def __init__(
        self,
        of_range: Annotated[
            str | None, Header(alias="range", description="one range, as `bytes=0-99`")
        ] = None,
        if_range: Annotated[str | None, Header(description="the entity tag it is of")] = None,
    ) -> None:
        self._range = of_range
        self._tag = if_range

    def span(self, file: OpenFile) -> Span | None:
        """The range of this file, None for the whole of it; raises `Unsatisfiable`."""
        return wanted(self._range if self._tag in (None, file.etag) else None, file.size)


_asked = Depends(Asked)


@router.post("/recordings/{recording}/preview", responses=PROBLEMS["change"])
def open_preview(request: Request, recording: m.Sha256, caller: Caller = _viewing) -> m.ViewOpened:
    """Puts a look on record and opens what was made of the recording to that person."""
    world = world_of(request)
    view = _open(world, caller, request=request, recording=recording, kind=ViewKind.PREVIEW)
    files = {
        f"{row.kind.value}/{file['name']}": f"/api/views/{view.id}/{row.kind.value}/{file['name']}"
        for row in derivatives.of_recording(world.site.database, recording)
        if row.state == DerivativeState.READY
        for file in row.files
    }
    return m.ViewOpened(id=view.id, files=files)


@router.post("/recordings/{recording}/original", responses=PROBLEMS["change"])
def open_the_original(
    request: Request, recording: m.Sha256, caller: Caller = _taking
) -> m.ViewOpened:
    """Puts a look on record and opens the recording itself to that person."""
    world = world_of(request)
    view = _open(world, caller, request=request, recording=recording, kind=ViewKind.ORIGINAL)
    return m.ViewOpened(id=view.id, files={"ORIGINAL": f"/api/views/{view.id}/original"})


@router.post("/views/{view}/end", responses=PROBLEMS["change"])
def end_view(
    request: Request,
    view: ViewId,
    _logged_in: LoggedIn = Depends(anybody),  # noqa: B008 - FastAPI's form
) -> m.Done:
    """Ends a look; what was shown is on record when this answers."""
    world = world_of(request)
    world.looking.end(view, session=_session(world, request))
    return m.Done()


@router.head("/views/{view}/original", include_in_schema=False)
@router.get(
    "/views/{view}/original",
    response_class=Response,
    responses={**PROBLEMS["bytes"], **_bytes(UNKNOWN)},
)
async def original_bytes(request: Request, view: ViewId, asked: Asked = _asked) -> Response:
    """The recording itself, or one range of it."""
    world = world_of(request)
    found = await _look(world, request, view_id=view, kind=ViewKind.ORIGINAL)
    file = world.looking.file(view, "ORIGINAL")
    if file is None:
        opened = await run_in_threadpool(open_original, world.site, found.recording)
        file = world.looking.keep_file(view, opened)
    return _answer(world, request, view=found, file=file, asked=asked)


@router.head("/views/{view}/{kind}/{name}", include_in_schema=False)
@router.get(
    "/views/{view}/{kind}/{name}",
    response_class=Response,
    responses={**PROBLEMS["bytes"], **_bytes(*TYPES.values(), UNKNOWN)},
)
async def derivative_bytes(
    request: Request, view: ViewId, kind: DerivativeKind, name: FileName, asked: Asked = _asked
) -> Response:
    """A file that was made of the recording, or one range of it."""
    world = world_of(request)
    found = await _look(world, request, view_id=view, kind=ViewKind.PREVIEW)
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
    return _answer(world, request, view=found, file=file, asked=asked)


def _open(
    world: World, caller: Caller, *, request: Request, recording: str, kind: ViewKind
) -> View:
    check_recording(world, caller.extent, recording=recording)
    account = caller.account
    looker = Looker(account.id, account.person, caller.logged_in.session)
    view = open_view(world.ledger_of(account), looker, recording=recording, kind=kind)
    world.looking.open(view, session=_session(world, request))
    return view


def _session(world: World, request: Request) -> str:
    """What binds a view to the browser that opened it: not the secret, only its digest."""
    secret = request.cookies.get(cookie_name(secure=world.secure), "")
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


async def _look(world: World, request: Request, *, view_id: str, kind: ViewKind) -> View:
    """The open view, this person's right to it being fresh; raises as the routes say."""
    session = _session(world, request)
    trust = world.looking.trusted(view_id, session=session)
    if trust is Trust.GONE:
        await run_in_threadpool(_look_again, world, request, view_id=view_id)
    elif trust is Trust.AGING:  # renewed beside the bytes: they need not wait for it yet
        _renewing.add(renewal := asyncio.ensure_future(_renew(world, request, view_id=view_id)))
        renewal.add_done_callback(_renewing.discard)
    view = world.looking.view(view_id, session=session)
    if view.kind != kind:
        raise NotFound("The view is of another kind", why="NO_VIEW", view=view_id)
    return view


_renewing: set[asyncio.Future[None]] = set()
"""Checks under way: the loop itself would forget them."""


async def _renew(world: World, request: Request, *, view_id: str) -> None:
    try:
        await run_in_threadpool(_look_again, world, request, view_id=view_id)
    except LiuhenError:
        world.looking.distrust(view_id)


def _look_again(world: World, request: Request, *, view_id: str) -> None:
    """Asks the database anew; also takes over what this log-in opened through another worker."""
    logged_in = anybody(request)
    view = find_open_view(world.site.database, view_id, session=logged_in.session)
    reach = extent_of(logged_in, PERMISSION[view.kind])
    check_recording(world, reach, recording=view.recording)
    world.looking.trust(view, session=_session(world, request))


def _answer(
    world: World, request: Request, *, view: View, file: OpenFile, asked: Asked
) -> Response:
    try:
        span = asked.span(file)
    except BadInput:
        file.close()
        raise

    async def holds() -> bool:
        with contextlib.suppress(LiuhenError):
            return bool(await _look(world, request, view_id=view.id, kind=view.kind))
        return False

    def note(piece: Span) -> bool:
        return world.looking.went_out(view.id, what=file.what, size=file.size, span=piece)

    leave = Leave(holds, note)
    return FileBytes(file.fd, span, size=file.size, headers=file.headers(), leave=leave)
