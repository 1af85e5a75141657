"""Looking at a recording: first the entry, then the bytes (`api.routes_bytes`).

Holds always: a view that is answered with is on record.
"""

from fastapi import APIRouter, Depends, Request

from api import models as m
from api.access import check_may_look
from api.direct import ViewId
from api.guard import Caller, anybody, needs, session_of
from api.responses import PROBLEMS
from api.world import World, world_of
from evidence.derivative import DerivativeState
from people.logins import LoggedIn
from people.roles import Permission
from people.views import Looker, View, ViewKind, open_view
from storage import derivatives

router = APIRouter(prefix="/api", tags=["views"])

_viewing = Depends(needs(Permission.VIEW_RECORDING))
_taking = Depends(needs(Permission.TAKE_ORIGINAL))


@router.post("/recordings/{recording}/preview", responses=PROBLEMS["look"])
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


@router.post("/recordings/{recording}/original", responses=PROBLEMS["look"])
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
    world.looking.end(view, session=session_of(world, request))
    return m.Done()


def _open(
    world: World, caller: Caller, *, request: Request, recording: str, kind: ViewKind
) -> View:
    because = check_may_look(world, caller, recording=recording, kind=kind)
    account = caller.account
    looker = Looker(account.id, account.person, caller.logged_in.session)
    ledger = world.ledger_of(account)
    view = open_view(ledger, looker, recording=recording, kind=kind, because=because)
    world.looking.open(view, session=session_of(world, request))
    return view
