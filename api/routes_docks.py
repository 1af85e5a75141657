"""The dock board, once and live."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from api import models as m
from api.guard import Caller, extent_of, needs, still_logged_in
from api.responses import PROBLEMS
from api.world import World, world_of
from evidence.errors import LiuhenError
from evidence.messages import STATES, sentence
from ingest.board import DockView
from people.roles import Permission

router = APIRouter(prefix="/api", tags=["docks"])

_LOOK_SECONDS = 0.4
_CHECK_SECONDS = 2.0
_BEAT_SECONDS = 5.0
_EVENT = {
    "type": "object",
    "description": "one event; `data` is the object in JSON",
    "properties": {"event": {"enum": ["docks", "beat"]}, "data": {"type": "string"}},
    "required": ["event", "data"],
}
_watching = Depends(needs(Permission.WATCH_DOCKS))


@router.get("/docks", responses=PROBLEMS["read"])
def docks(request: Request, _caller: Caller = _watching) -> m.Docks:
    """The docks now."""
    return _picture(world_of(request))


@router.get(
    "/docks/events",
    response_class=StreamingResponse,
    responses={
        **PROBLEMS["read"],
        200: {
            "description": "server-sent events: `docks` with the object that `/api/docks` answers, "
            "at once and whenever it has changed, `beat` after five seconds without a change; the "
            "stream ends with the session",
            "content": {"text/event-stream": {"schema": _EVENT}},
        },
    },
)
def dock_events(request: Request, _caller: Caller = _watching) -> StreamingResponse:
    """The docks as they change."""
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_events(request), media_type="text/event-stream", headers=headers)


async def _events(request: Request) -> AsyncIterator[str]:
    world = world_of(request)
    clock = asyncio.get_running_loop().time
    shown, said_at, checked_at = "", clock(), clock()
    while not await request.is_disconnected() and not world.ending():
        picture = _picture(world).model_dump_json()
        if picture != shown:
            shown, said_at = picture, clock()
            yield f"event: docks\ndata: {picture}\n\n"
        elif clock() - said_at >= _BEAT_SECONDS:
            said_at = clock()
            yield "event: beat\ndata: {}\n\n"
        if clock() - checked_at >= _CHECK_SECONDS:
            checked_at = clock()
            if not await run_in_threadpool(_may_go_on, request):
                return
        await asyncio.sleep(_LOOK_SECONDS)


def _may_go_on(request: Request) -> bool:
    """Whether the session still holds and its roles still allow to watch."""
    try:
        extent_of(still_logged_in(request), Permission.WATCH_DOCKS)
    except LiuhenError:
        return False
    return True


def _picture(world: World) -> m.Docks:
    return m.Docks(docks=[_dock(view) for view in world.docks()])


def _dock(view: DockView) -> m.Dock:
    chinese, english = STATES[view.state]
    return m.Dock(
        key=view.key,
        dock=view.dock,
        card=view.card,
        state=view.state.value,
        words=m.Words(zh=chinese, en=english),
        may_leave=view.may_leave,
        session=view.session_id or None,
        recorder=view.recorder or None,
        receipt=view.receipt_id or None,
        files=view.files,
        safe=view.safe,
        recognised=view.recognised,
        failed=view.failed,
        waiting=view.waiting,
        bytes_total=view.bytes_total,
        bytes_done=view.bytes_done,
        current=view.current,
        notices=[_notice(view, place) for place in range(len(view.notices))],
        more_notices=view.more_notices,
    )


def _notice(view: DockView, place: int) -> m.NoticeShown:
    notice = view.notices[place]
    chinese, english = sentence(notice.code, {"name": notice.name, **(notice.facts or {})})
    return m.NoticeShown(code=notice.code, words=m.Words(zh=chinese, en=english))
