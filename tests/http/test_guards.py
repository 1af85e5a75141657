"""Every route is guarded, by the table of roles or by a list that says who may."""

from fastapi import FastAPI

from api.guard import ANYBODY, OPEN, UNDER_A_VIEW
from people.roles import Permission
from tests.routes import application, endpoints, new_application, unguarded


def nothing() -> None:
    """A route that a test adds."""


def test_every_route_is_guarded() -> None:
    assert unguarded(application()) == []
    assert len(endpoints(application())) > 30


def test_no_list_names_a_route_that_is_not_there() -> None:
    keys = {one.key for one in endpoints(application())}
    assert keys >= OPEN
    assert keys >= ANYBODY
    assert set(UNDER_A_VIEW) <= keys


def test_every_permission_guards_a_route() -> None:
    used = {one.permission for one in endpoints(application())} | set(UNDER_A_VIEW.values())
    assert set(Permission) <= used


def test_a_route_without_a_guard_is_found() -> None:
    app = FastAPI(openapi_url=None)
    app.add_api_route("/api/secrets", nothing, methods=["GET"])
    assert unguarded(app) == [("GET", "/api/secrets")]
    plain = new_application()
    plain.add_api_route("/api/secrets/{name}", nothing, methods=["DELETE", "POST"])
    assert unguarded(plain) == [("DELETE", "/api/secrets/{name}"), ("POST", "/api/secrets/{name}")]


def test_a_listed_route_under_another_method_is_found() -> None:
    app = new_application()
    app.add_api_route("/api/login", nothing, methods=["PUT"])
    assert unguarded(app) == [("PUT", "/api/login")]
