"""Logging in and out, the first administrator, and choosing a password by a one-time code."""

from fastapi import APIRouter, Depends, Request, Response

from api import models as m
from api.guard import anybody, cookie_name, extent_of, origin_of
from api.responses import PROBLEMS
from api.world import World, world_of
from evidence.errors import Forbidden
from people import accounts, invitations, logins, units
from people.accounts import NewPerson
from people.logins import LASTING, LoggedIn
from people.roles import Extent, Permission

router = APIRouter(prefix="/api", tags=["login"])


@router.get("/setup", responses=PROBLEMS["open"])
def setup_state(request: Request) -> m.Setup:
    """Whether the first administrator is still to come."""
    with world_of(request).site.database.read() as connection:
        return m.Setup(needed=not accounts.is_any(connection))


@router.post("/setup", responses=PROBLEMS["code"])
def set_up(request: Request, response: Response, given: m.SetupGiven) -> m.Me:
    """Makes the bureau and its first administrator, who is logged in by it."""
    world = world_of(request)
    first = NewPerson(given.name, given.login)
    logins.guess(world.site.ledger, origin_of(request))
    invitations.found(
        world.site.ledger, given.code, bureau=given.bureau, first=first, password=given.password
    )
    chosen = m.LoginGiven(login=given.login, password=given.password)
    return _log_in(world, request, response=response, given=chosen)


@router.post("/password", responses=PROBLEMS["code"])
def choose_password(request: Request, given: m.PasswordGiven) -> m.Done:
    """Takes a one-time code and sets the password chosen with it; every older log-in ends."""
    world = world_of(request)
    logins.guess(world.site.ledger, origin_of(request))
    invitations.accept(world.site.ledger, given.code, password=given.password)
    return m.Done()


@router.post("/login", responses=PROBLEMS["login"])
def log_in(request: Request, response: Response, given: m.LoginGiven) -> m.Me:
    """Logs in: sets the cookie and tells who is logged in."""
    return _log_in(world_of(request), request, response=response, given=given)


@router.post("/logout", responses=PROBLEMS["change"])
def log_out(
    request: Request,
    response: Response,
    logged_in: LoggedIn = Depends(anybody),  # noqa: B008 - FastAPI's form
) -> m.Done:
    """Ends the session and takes the cookie away."""
    world = world_of(request)
    logins.log_out(world.ledger_of(logged_in.account), logged_in.session)
    response.delete_cookie(
        cookie_name(secure=world.secure), secure=world.secure, httponly=True, samesite="strict"
    )
    return m.Done()


@router.get("/me", responses=PROBLEMS["read"])
def me(request: Request, logged_in: LoggedIn = Depends(anybody)) -> m.Me:  # noqa: B008
    """Who is logged in, and what they may do."""
    return _me(world_of(request), logged_in)


def _log_in(world: World, request: Request, *, response: Response, given: m.LoginGiven) -> m.Me:
    secret = logins.log_in(
        world.site.ledger, given.login, password=given.password, origin=origin_of(request)
    )
    response.set_cookie(
        cookie_name(secure=world.secure),
        secret,
        max_age=int(LASTING.total_seconds()),
        path="/",
        secure=world.secure,
        httponly=True,
        samesite="strict",
    )
    return _me(world, logins.recognise(world.site.database, world.site.clock, secret=secret))


def _me(world: World, logged_in: LoggedIn) -> m.Me:
    account = logged_in.account
    within = {unit for one in account.memberships for unit in one.units}
    with world.site.database.read() as connection:
        known = units.all_units(connection)
    extents = {one: found for one in Permission if (found := _extent(logged_in, one)) is not None}
    return m.Me(
        account=account.id,
        login=account.login,
        name=account.full_name,
        roles=[m.Held(id=one.id, role=one.role, unit=one.unit_id) for one in account.memberships],
        units=[m.UnitNamed(id=one.id, name=one.name) for one in known if one.id in within],
        permissions=list(extents),
        everywhere=[one for one, reach in extents.items() if reach.everything],
        csrf=logged_in.csrf,
        until=logged_in.until,
    )


def _extent(logged_in: LoggedIn, permission: Permission) -> Extent | None:
    try:
        return extent_of(logged_in, permission)
    except Forbidden:
        return None
