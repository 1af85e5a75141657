"""The routes of the application as tests walk over them: what guards each, what it takes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel

from api.app import create_app
from api.guard import ANYBODY, OPEN, UNDER_A_VIEW
from api.looking import Looking
from api.world import World
from people.roles import Permission

DESCRIPTION = ("GET", "/openapi.json")
"""The one route that is no route of ours: it tells what there is, and nothing of what is in it."""


@dataclass(frozen=True)
class Endpoint:
    """One route under one method; `status` is that of success."""

    method: str
    path: str
    permission: Permission | None
    body: type[BaseModel] | None
    status: int

    @property
    def key(self) -> tuple[str, str]:
        """As `api.guard` names it."""
        return self.method, self.path

    @property
    def is_change(self) -> bool:
        """Whether it needs the word of our page."""
        return self.method not in ("GET", "HEAD")


@cache
def application() -> FastAPI:
    """The application over nothing, made once a process: not to be changed."""
    return new_application()


def new_application() -> FastAPI:
    """The application over nothing, for its routes and its description."""
    looking = Looking(lambda _: NotImplemented, lambda: 0.0)
    return create_app(World(site=None, docks=list, ending=lambda: False, looking=looking))  # type: ignore[arg-type]


@cache
def endpoints(app: FastAPI) -> list[Endpoint]:
    """Every route under every method, in order."""
    found = [one for route in _contexts(app.routes) for one in _endpoints_of(route)]
    return sorted(found, key=lambda one: (one.path, one.method))


def unguarded(app: FastAPI) -> list[tuple[str, str]]:
    """The routes that neither need a permission nor stand in a list that says who may."""
    listed = {*OPEN, *ANYBODY, *UNDER_A_VIEW, DESCRIPTION, ("HEAD", DESCRIPTION[1])}
    return [one.key for one in endpoints(app) if one.permission is None and one.key not in listed]


def guarded_by(endpoint: Endpoint) -> Permission | None:
    """What the route needs, be it asked for by the view."""
    return endpoint.permission or UNDER_A_VIEW.get(endpoint.key)


def _contexts(routes: Iterable[Any]) -> Iterator[Any]:
    for route in routes:
        nested = getattr(route, "effective_route_contexts", None)
        if nested is None:
            yield route
        else:
            yield from nested()


def _endpoints_of(route: Any) -> Iterator[Endpoint]:  # noqa: ANN401 - the framework's own kinds
    dependant = getattr(route, "dependant", None)
    field = getattr(route, "body_field", None)
    body = None if field is None else field.field_info.annotation
    for method in sorted(route.methods):
        yield Endpoint(
            method=method,
            path=route.path,
            permission=None if dependant is None else _permission(dependant),
            body=body,
            status=getattr(route, "status_code", None) or 200,
        )


def _permission(dependant: Dependant) -> Permission | None:
    for inner in dependant.dependencies:
        found = getattr(inner.call, "permission", None) or _permission(inner)
        if found is not None:
            return Permission(found)
    return None
