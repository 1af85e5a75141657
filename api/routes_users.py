"""Accounts, roles, units and log-ins, for those who keep them."""

from fastapi import APIRouter, Depends, Request

from api import models as m
from api.guard import Caller, needs
from api.responses import PROBLEMS
from api.world import World, world_of
from evidence.errors import NotFound
from evidence.vocabulary import AccountState
from people import accounts, invitations, logins, units
from people.accounts import Account, NewPerson
from people.roles import Extent, Permission

router = APIRouter(prefix="/api", tags=["users"])

_MOST = 200
_reading = Depends(needs(Permission.READ_USERS))
_managing = Depends(needs(Permission.MANAGE_USERS))
_ending = Depends(needs(Permission.MANAGE_SESSIONS))


@router.get("/users", responses=PROBLEMS["read"])
def list_users(request: Request, caller: Caller = _reading) -> m.Accounts:
    """The accounts within reach."""
    with world_of(request).site.database.read() as connection:
        found = [_shown(one) for one in accounts.listed(connection) if _is_within(caller, one)]
    return m.Accounts(accounts=found)


@router.post("/users", status_code=201, responses=PROBLEMS["change"])
def add_user(request: Request, given: m.AccountGiven, caller: Caller = _managing) -> m.Invited:
    """Adds a person's account; the answer is the only time its one-time code is shown."""
    world = world_of(request)
    unit = _unit(world, caller.extent, named=given.unit)
    ledger = world.ledger_of(caller.account)
    new = NewPerson(given.name, given.login, given.officer_number)
    account_id = accounts.add_account(ledger, new, role=given.role, unit_id=unit)
    return m.Invited(account=account_id, code=invitations.invite(ledger, account_id))


@router.post("/users/{account}/invite", responses=PROBLEMS["change"])
def invite_user(request: Request, account: m.Key, caller: Caller = _managing) -> m.Invited:
    """A new one-time code, for a password that was forgotten."""
    world = world_of(request)
    found = _account(world, caller.extent, account=account)
    code = invitations.invite(world.ledger_of(caller.account), found.id)
    return m.Invited(account=found.id, code=code)


@router.post("/users/{account}/disable", responses=PROBLEMS["change"])
def disable_user(request: Request, account: m.Key, caller: Caller = _managing) -> m.Done:
    """Disables an account and ends its log-ins."""
    return _set_state(world_of(request), caller, account=account, state=AccountState.DISABLED)


@router.post("/users/{account}/enable", responses=PROBLEMS["change"])
def enable_user(request: Request, account: m.Key, caller: Caller = _managing) -> m.Done:
    """Lets an account log in again."""
    return _set_state(world_of(request), caller, account=account, state=AccountState.ACTIVE)


@router.post("/users/{account}/roles", status_code=201, responses=PROBLEMS["change"])
def grant_role(
    request: Request, account: m.Key, given: m.RoleGiven, caller: Caller = _managing
) -> m.Held:
    """Gives an account a role in a unit."""
    world = world_of(request)
    found = _account(world, caller.extent, account=account)
    unit = _unit(world, caller.extent, named=given.unit)
    ledger = world.ledger_of(caller.account)
    held = accounts.grant_role(ledger, found.id, role=given.role, unit_id=unit)
    return m.Held(id=held, role=given.role, unit=unit)


@router.delete("/users/{account}/roles/{role}", responses=PROBLEMS["change"])
def end_role(request: Request, account: m.Key, role: m.Key, caller: Caller = _managing) -> m.Done:
    """Ends a role that an account holds."""
    world = world_of(request)
    found = _account(world, caller.extent, account=account)
    held = next((one for one in found.memberships if one.id == role), None)
    if held is None or not caller.extent.contains(held.unit_id):
        raise NotFound(f"No role {role} is held", why="NO_ROLE", role=role)
    accounts.end_role(world.ledger_of(caller.account), role)
    return m.Done()


@router.get("/units", responses=PROBLEMS["read"])
def list_units(request: Request, caller: Caller = _reading) -> m.Units:
    """The units within reach."""
    with world_of(request).site.database.read() as connection:
        found = [unit for unit in units.all_units(connection) if caller.extent.contains(unit.id)]
    return m.Units(units=[m.Unit(**vars(unit)) for unit in found])


@router.post("/units", status_code=201, responses=PROBLEMS["change"])
def add_unit(request: Request, given: m.UnitGiven, caller: Caller = _managing) -> m.Unit:
    """Adds a unit below another."""
    world = world_of(request)
    parent = _unit(world, caller.extent, named=given.parent)
    ledger = world.ledger_of(caller.account)
    return m.Unit(**vars(units.add_unit(ledger, name=given.name, parent=parent)))


@router.get("/logins", responses=PROBLEMS["read"])
def list_logins(request: Request, caller: Caller = _ending) -> m.Logins:
    """The newest log-ins of accounts within reach."""
    database = world_of(request).site.database
    with database.read() as connection:
        within = {one.id for one in accounts.listed(connection) if _is_within(caller, one)}
    found = logins.sessions(database, of=within, limit=_MOST)
    return m.Logins(logins=[m.Login(**vars(one)) for one in found])


@router.delete("/logins/{name}", responses=PROBLEMS["change"])
def revoke_login(request: Request, name: m.Key, caller: Caller = _ending) -> m.Done:
    """Ends somebody's log-in."""
    world = world_of(request)
    account_id = logins.account_of(world.site.database, name)
    with world.site.database.read() as connection:
        found = accounts.by_id(connection, account_id)
    if found is None or not _is_whole_within(caller.extent, found):
        raise logins.no_session(name)  # as if there were none: not even whose it is
    logins.revoke(world.ledger_of(caller.account), name)
    return m.Done()


def _set_state(world: World, caller: Caller, *, account: str, state: AccountState) -> m.Done:
    found = _account(world, caller.extent, account=account)
    accounts.set_state(world.ledger_of(caller.account), found.id, state=state)
    return m.Done()


def _account(world: World, reach: Extent, *, account: str) -> Account:
    """The account, all of whose roles lie within reach; raises `NotFound` for any other.

    Whoever keeps one unit's accounts must not touch a person who is more elsewhere, nor one who
    holds no role any more: whose that was, and may be again, is for the bureau to say.
    """
    with world.site.database.read() as connection:
        found = accounts.by_id(connection, account)
    if found is None or not _is_whole_within(reach, found):
        raise NotFound(f"There is no account {account}", why="NO_ACCOUNT", account=account)
    return found


def _unit(world: World, reach: Extent, *, named: str) -> str:
    """The id of the unit of this id or name, which lies within reach; raises `NotFound`."""
    with world.site.database.read() as connection:
        within = [unit for unit in units.all_units(connection) if reach.contains(unit.id)]
    return units.chosen(within, named).id


def _is_within(caller: Caller, account: Account) -> bool:
    held = account.memberships
    return any(caller.extent.contains(one.unit_id) for one in held) or caller.extent.everything


def _is_whole_within(reach: Extent, account: Account) -> bool:
    held = account.memberships
    return reach.everything or (bool(held) and all(reach.contains(one.unit_id) for one in held))


def _shown(one: Account) -> m.Account:
    return m.Account(
        account=one.id,
        login=one.login,
        name=one.full_name,
        officer_number=one.officer_number,
        state=one.state,
        has_password=one.has_password,
        roles=[m.Held(id=held.id, role=held.role, unit=held.unit_id) for held in one.memberships],
    )
