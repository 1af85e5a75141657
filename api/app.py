"""Puts the routes together into one application."""

from pathlib import Path

from fastapi import FastAPI, Request
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from api import (
    errors,
    routes_access,
    routes_action_facts,
    routes_actions,
    routes_bureau,
    routes_bytes,
    routes_case_help,
    routes_case_lists,
    routes_cases,
    routes_copies,
    routes_device_lists,
    routes_devices,
    routes_disposal,
    routes_docks,
    routes_findings,
    routes_holds,
    routes_links,
    routes_lists,
    routes_login,
    routes_own_policies,
    routes_places,
    routes_policy,
    routes_proposals,
    routes_ratio,
    routes_recordings,
    routes_reports,
    routes_retention,
    routes_rosters,
    routes_service,
    routes_staff,
    routes_supervision,
    routes_users,
    routes_views,
)
from api.security import Security, headers_of_answers
from api.world import World

_ROUTERS = (
    routes_bytes.router,  # first: asked most often, and each address is tried in this order
    routes_service.router,
    routes_login.router,
    routes_docks.router,
    routes_copies.router,
    routes_recordings.router,
    routes_views.router,
    routes_users.router,
    routes_ratio.router,
    routes_staff.router,
    routes_rosters.router,
    routes_devices.router,
    routes_device_lists.router,
    routes_places.router,
    routes_bureau.router,
    routes_policy.router,
    routes_own_policies.router,
    routes_lists.router,
    routes_cases.router,
    routes_actions.router,
    routes_case_help.router,
    routes_case_lists.router,
    routes_action_facts.router,
    routes_proposals.router,
    routes_links.router,
    routes_findings.router,
    routes_holds.router,
    routes_retention.router,
    routes_reports.router,
    routes_disposal.router,
    routes_access.router,
    routes_supervision.router,
)


class _Place(StringConvertor):
    """Any address of the browser application: none of the API's, which answers for itself."""

    regex = "(?!api/|assets/).*"


def create_app(world: World) -> FastAPI:
    """The application over one world; `/openapi.json` describes it, no page of others does."""
    app = FastAPI(
        title="留痕 Liuhen",
        version="1",
        docs_url=None,
        redirect_slashes=False,
        redoc_url=None,
        description="Body-camera evidence you can prove. A change carries the session's word in "
        "the header X-Liuhen-Csrf; see GET /api/me.",
    )
    app.state.world = world
    errors.install(app, headers_of_answers(secure=world.secure))
    for router in _ROUTERS:
        app.include_router(router)
    if world.pages is not None:
        _add_pages(app, world.pages)
    app.add_middleware(Security, secure=world.secure)
    return app


def _add_pages(app: FastAPI, pages: Path) -> None:
    """The browser application: its assets by name, its one page for every other address."""
    app.mount("/assets", StaticFiles(directory=pages / "assets"), name="assets")

    async def page(_request: Request) -> Response:
        return FileResponse(pages / "index.html", headers={"cache-control": "no-cache"})

    register_url_convertor("place", _Place())
    app.add_route("/{place:place}", page, methods=["GET"], include_in_schema=False)
