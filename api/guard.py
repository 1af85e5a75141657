"""Who asks, and whether they may: the one way from a request to an account.

Holds always: a route either names the permission it needs, or stands in `OPEN`, and a test walks
over all routes; a change also needs the word that only our own page can know (CSRF).
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Depends, Request

from api.world import World, world_of
from evidence.errors import Forbidden, NotFound
from people.accounts import Account
from people.logins import LoggedIn, Origin, recognise
from people.roles import Extent, Permission, extent
from storage import listing
from storage.listing import Within

COOKIE = "liuhen_session"
SECURE_COOKIE = "__Host-liuhen_session"
CSRF = "x-liuhen-csrf"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})

OPEN = frozenset(
    {
        ("GET", "/api/health"),
        ("GET", "/api/setup"),
        ("POST", "/api/setup"),
        ("POST", "/api/login"),
        ("POST", "/api/password"),
    }
)
"""Routes for somebody who has not logged in."""

ANYBODY = frozenset(
    {
        ("GET", "/api/me"),
        ("POST", "/api/logout"),
        ("POST", "/api/views/{view}/end"),
        ("GET", "/api/holdings/own"),
        ("POST", "/api/grants/{grant}/withdraw"),
    }
)
"""Routes for whoever has logged in, whatever the roles; each is about one's own alone."""

UNDER_A_VIEW = {
    (method, path): permission
    for method in ("GET", "HEAD")
    for path, permission in (
        ("/api/views/{view}/original", Permission.TAKE_ORIGINAL),
        ("/api/views/{view}/{kind}/{name}", Permission.VIEW_RECORDING),
    )
}
"""Routes that `api.routes_bytes` guards by the view itself, so that a range costs no look-up."""


@dataclass(frozen=True)
class Caller:
    """Who asks, with how far the permission of the route reaches for them."""

    logged_in: LoggedIn
    extent: Extent

    @property
    def account(self) -> Account:
        """The account of whoever asks."""
        return self.logged_in.account

    @property
    def within(self) -> Within:
        """The rows of the list that may be seen."""
        reach = self.extent
        return Within(reach.everything, reach.units, reach.officer)


def cookie_name(*, secure: bool) -> str:
    """The cookie's name; under TLS one that a neighbouring host cannot set."""
    return SECURE_COOKIE if secure else COOKIE


def session_of(world: World, request: Request) -> str:
    """What binds a view to the browser that opened it: not the secret, only its digest."""
    secret = request.cookies.get(cookie_name(secure=world.secure), "")
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def origin_of(request: Request) -> Origin:
    """Where a request comes from."""
    address = request.client.host if request.client else "?"
    return Origin(address, request.headers.get("user-agent", ""))


def anybody(request: Request) -> LoggedIn:
    """Whoever has logged in; raises `NotLoggedIn`, or `Forbidden` for a change without the word."""
    world = world_of(request)
    secret = request.cookies.get(cookie_name(secure=world.secure), "")
    found = recognise(world.site.database, world.site.clock, secret=secret)
    if request.method not in _READING:
        given = request.headers.get(CSRF, "")
        if not hmac.compare_digest(given.encode(), found.csrf.encode()):
            raise Forbidden("The request lacks the word of our page", code="CROSS_SITE")
    return found


def still_logged_in(request: Request) -> LoggedIn:
    """Whose session a stream that stands open belongs to; that it stands open is no use of it.

    Raises `NotLoggedIn`.
    """
    world = world_of(request)
    secret = request.cookies.get(cookie_name(secure=world.secure), "")
    return recognise(world.site.database, world.site.clock, secret=secret, is_use=False)


def extent_of(logged_in: LoggedIn, permission: Permission) -> Extent:
    """How far a permission reaches for whoever asks; raises `Forbidden`."""
    account = logged_in.account
    return extent(account.memberships, permission, officer=account.officer_number)


def needs(permission: Permission) -> Callable[..., Caller]:
    """The dependency of a route that needs this permission."""

    def guard(logged_in: LoggedIn = Depends(anybody)) -> Caller:  # noqa: B008 - FastAPI's form
        return Caller(logged_in, extent_of(logged_in, permission))

    guard.permission = permission  # type: ignore[attr-defined]  # read by the test over all routes
    return guard


def check_recording(world: World, reach: Extent, *, recording: str) -> None:
    """Raises `NotFound` unless a sighting of the recording lies within: no more is told."""
    listing.catch_up(world.site.database)
    with world.site.database.read() as connection:
        rows = listing.of_recording(connection, recording)
    if not any(reach.covers(unit_id=row.unit, officer=row.officer) for row in rows):
        raise NotFound("No such recording", why="NO_RECORDING", recording=recording)


def check_everything(caller: Caller, permission: Permission = Permission.MANAGE_RULES) -> None:
    """Raises `Forbidden` for who reaches a part: what they change holds for the whole bureau."""
    if not caller.extent.everything:
        message = "It holds for the whole bureau"
        raise Forbidden(message, permission=permission.value)
