"""Recorders and other devices: with whom each is, what became of it, handing out and taking back.

Holds always: a device is shown to whoever reaches the unit that owns it or has it on loan; holders
who are out of reach are shown by id alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Depends, Request
from sqlalchemy import Connection

from api import models as m
from api import models_register as r
from api.guard import Caller, anybody, needs
from api.register_words import (
    all_said,
    name_in,
    person_within,
    persons_within,
    profile_of,
    said,
    unit_of,
)
from api.responses import PROBLEMS
from api.world import World, world_of
from devices import holding, upkeep
from devices.fleet import Device, fleet, units_of
from devices.holding import Assignment, CheckOut
from evidence.device_sets import Condition, newest
from evidence.errors import NotFound
from evidence.ratio import day_of
from people import units
from people.logins import LoggedIn
from people.roles import Extent, Permission
from people.staff import Member, members

router = APIRouter(prefix="/api", tags=["devices"])

_MOST_HOLDERS = 1000
_reading = Depends(needs(Permission.READ_DEVICES))
_handing = Depends(needs(Permission.HAND_OUT_DEVICES))
_managing = Depends(needs(Permission.MANAGE_DEVICES))
_anybody = Depends(anybody)


@dataclass(frozen=True)
class _Seen:
    """What is needed to show a device: who has what, and the people whose names may be told."""

    at: datetime
    held: Mapping[str, Assignment]
    people: Mapping[str, Member]


@router.get("/devices", responses=PROBLEMS["read"])
def list_devices(request: Request, caller: Caller = _reading) -> r.Devices:
    """The devices within reach as they are now."""
    world = world_of(request)
    at = world.site.clock()
    with world.site.database.read() as connection:
        found = fleet(connection).values()
        out = {one.recorder: one for one in holding.lasting(connection)}
        people = persons_within(connection, caller.extent, day=day_of(at))
    seen = _Seen(at, out, people)
    within = [one for one in found if _is_within(caller.extent, one, at=at)]
    return r.Devices(at=at, devices=[_shown(one, seen) for one in within])


@router.get("/devices/{device}/holders", responses=PROBLEMS["find"])
def holders_of(request: Request, device: m.Key, caller: Caller = _reading) -> r.Holders:
    """Who had a device, newest first; at most a thousand times."""
    world = world_of(request)
    at = world.site.clock()
    with world.site.database.read() as connection:
        found = _device(connection, caller, device=device, at=at)
        held = holding.holders(connection, found.number, limit=_MOST_HOLDERS)
        people = persons_within(connection, caller.extent, day=day_of(at))
    return r.Holders(device=device, holders=[_held(one, people, at=at) for one in held])


@router.get("/holdings/own", responses=PROBLEMS["read"])
def own_holdings(request: Request, who: LoggedIn = _anybody) -> r.OwnHoldings:
    """What whoever asks has out now, by the person of the account."""
    world = world_of(request)
    at = world.site.clock()
    with world.site.database.read() as connection:
        mine = [one for one in holding.lasting(connection) if one.holder == who.account.person]
        people = members(connection) if mine else {}
    me = {one: member for one, member in people.items() if one == who.account.person}
    return r.OwnHoldings(holders=[_held(one, me, at=at) for one in mine])


@router.post("/devices/{device}/check-out", status_code=201, responses=PROBLEMS["change"])
def check_out(
    request: Request, device: m.Key, given: r.CheckOutGiven, caller: Caller = _handing
) -> r.Made:
    """Hands a device out (领用); a refusal names every reason."""
    world = world_of(request)
    at = world.site.clock()
    day = day_of(given.out_at or at)
    with world.site.database.read() as connection:
        found = _device(connection, caller, device=device, at=at)
        holder = person_within(connection, caller, person=given.holder, day=day)
        if given.supervisor is not None:
            person_within(connection, caller, person=given.supervisor, day=day)
        profile = profile_of(connection, unit_of(holder, day), day=day)
    new = CheckOut(
        recorder=found.number,
        holder=given.holder,
        out_at=given.out_at or at,
        due_at=given.due_at,
        supervisor=given.supervisor,
        offset_ms=given.offset_ms,
    )
    ledger = world.ledger_of(caller.account)
    rule = holding.check_out_rule(profile, day)
    return r.Made(id=holding.check_out(ledger, new, rule=rule))


@router.post("/devices/{device}/check-in", status_code=201, responses=PROBLEMS["change"])
def check_in(
    request: Request, device: m.Key, given: r.CheckInGiven, caller: Caller = _handing
) -> r.Made:
    """Takes a device back (归还)."""
    world = world_of(request)
    found = own_device(world, caller, device=device)
    at = given.back_at or world.site.clock()
    ledger = world.ledger_of(caller.account)
    done = holding.check_in(ledger, found.number, back_at=at, offset_ms=given.offset_ms)
    return r.Made(id=done)


@router.post("/devices/{device}/tests", status_code=201, responses=PROBLEMS["change"])
def note_test(
    request: Request, device: m.Key, given: r.TestGiven, caller: Caller = _handing
) -> m.Done:
    """Notes a self-test, passed or not."""
    world = world_of(request)
    found = own_device(world, caller, device=device)
    at = given.tested_at or world.site.clock()
    ledger = world.ledger_of(caller.account)
    upkeep.note_test(ledger, found.number, passed=given.passed, tested_at=at)
    return m.Done()


@router.post("/devices/{device}/condition", status_code=201, responses=PROBLEMS["change"])
def state_condition(
    request: Request, device: m.Key, given: r.ConditionGiven, caller: Caller = _managing
) -> m.Done:
    """States what has become of a device: serving, in repair, lost, retired."""
    world = world_of(request)
    found = own_device(world, caller, device=device)
    upkeep.state_condition(
        world.ledger_of(caller.account),
        found.number,
        condition=given.condition,
        since=given.since or world.site.clock(),
        reason=given.reason,
    )
    return m.Done()


@router.post("/devices/{device}/loan", status_code=201, responses=PROBLEMS["change"])
def lend_device(
    request: Request, device: m.Key, given: r.LoanGiven, caller: Caller = _managing
) -> r.Made:
    """Lends a device to another unit within reach."""
    world = world_of(request)
    found = own_device(world, caller, device=device)
    with world.site.database.read() as connection:
        within = [one for one in units.all_units(connection) if caller.extent.contains(one.id)]
    unit = units.chosen(within, given.unit).id
    at = given.out_at or world.site.clock()
    ledger = world.ledger_of(caller.account)
    return r.Made(id=upkeep.lend(ledger, found.number, unit=unit, out_at=at))


@router.post("/devices/{device}/loan/end", status_code=201, responses=PROBLEMS["change"])
def end_loan(
    request: Request, device: m.Key, given: r.LoanEndGiven, caller: Caller = _managing
) -> m.Done:
    """Notes that a loan came back."""
    world = world_of(request)
    found = own_device(world, caller, device=device)
    at = given.back_at or world.site.clock()
    upkeep.take_back(world.ledger_of(caller.account), found.number, back_at=at)
    return m.Done()


def own_device(world: World, caller: Caller, *, device: str) -> Device:
    """A device within reach now; raises `NotFound` for any other."""
    with world.site.database.read() as connection:
        return _device(connection, caller, device=device, at=world.site.clock())


def _device(connection: Connection, caller: Caller, *, device: str, at: datetime) -> Device:
    """A device within reach; raises `NotFound` for any other."""
    found = fleet(connection, only=device).get(device)
    if found is None or not _is_within(caller.extent, found, at=at):
        raise NotFound(f"No recorder {device}", why="NO_RECORDER", recorder=device)
    return found


def _is_within(reach: Extent, device: Device, *, at: datetime) -> bool:
    return reach.everything or any(reach.contains(unit) for unit in units_of(device, at))


def _shown(device: Device, seen: _Seen) -> r.DeviceShown:
    facts, at = device.facts, seen.at
    owner, condition = newest(facts.owners, at), newest(facts.conditions, at)
    test = newest(facts.tests, at)
    held = seen.held.get(device.number)
    reasons = holding.against_device(facts, at)
    return r.DeviceShown(
        device=device.number,
        make=device.make,
        kind=said(facts.kind),
        serial=device.serial,
        unit=None if owner is None else owner.value,
        lent_to=next((loan.unit_id for loan in facts.loans if loan.holds(at)), None),
        condition=said(Condition.SERVING if condition is None else condition.value),
        tested_at=None if test is None else test.at,
        test_passed=None if test is None else test.value,
        retires_on=device.retires_on,
        ready=not reasons and held is None,
        reasons=all_said(reasons),
        holder=None if held is None else _held(held, seen.people, at=at),
    )


def _held(held: Assignment, people: Mapping[str, Member], *, at: datetime) -> r.HolderShown:
    holder = people.get(held.holder)
    return r.HolderShown(
        assignment=held.id,
        device=held.recorder,
        holder=held.holder,
        name=name_in(people, held.holder),
        officer_number=None if holder is None else holder.officer_number,
        supervisor=held.supervisor,
        supervisor_name=name_in(people, held.supervisor),
        out_at=held.out_at,
        due_at=held.due_at,
        back_at=held.back_at,
        overdue=held.is_overdue(at),
    )
