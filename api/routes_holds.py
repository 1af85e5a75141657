"""Holds: what keeps recordings from being disposed of, placed by one person, released by another.

Holds always: a hold stands in the list of a unit and is shown to whoever reaches that; what it
names must lie within reach, and what it finds beyond is held all the same and only counted.
"""

from fastapi import APIRouter, Depends, Request
from sqlalchemy import Connection

from api import models as m
from api import models_retention as t
from api.case_reach import action_within, case_within
from api.footage_named import recordings_named
from api.guard import Caller, check_recording, needs
from api.models_register import Made
from api.register_words import persons_within
from api.responses import PROBLEMS
from api.retention_shown import Shown
from api.world import World, world_of
from cases import follow, holds, holds_following, holds_found, kept
from cases.holds import Hold, NewHold, Release
from cases.holds_following import Remedies
from cases.records import Said
from evidence.errors import NotFound
from evidence.ratio import day_of
from evidence.retention_holds import HoldState, Scope, scope_of
from people import units
from people.roles import Extent, Permission
from storage import listing

router = APIRouter(tags=["holds"])

_reading = Depends(needs(Permission.READ_RETENTION))
_placing = Depends(needs(Permission.PLACE_HOLDS))
_releasing = Depends(needs(Permission.RELEASE_HOLDS))
_keeping = Depends(needs(Permission.KEEP_CASES))
_MOST_NAMED = 100


@router.get("/api/holds", responses=PROBLEMS["read"])
def list_holds(
    request: Request, state: HoldState = HoldState.ACTIVE, caller: Caller = _reading
) -> t.Holds:
    """Holds within reach in a state, the latest first."""
    world = world_of(request)
    today = day_of(world.site.clock())
    with world.site.database.read() as connection:
        found = [
            one
            for one in holds.all_holds(connection)
            if _reaches(caller.extent, one.unit) and one.state(today) is state
        ]
        shown = Shown(connection, reader=caller.account.person, today=today)
        return t.Holds(holds=shown.holds(found), today=today)


@router.get("/api/holds/persons", responses=PROBLEMS["read"])
def list_persons(request: Request, caller: Caller = _placing) -> t.HoldPersons:
    """Whom a hold may name: everybody within reach."""
    world = world_of(request)
    today = day_of(world.site.clock())
    with world.site.database.read() as connection:
        found = persons_within(connection, caller.extent, day=today)
    persons = [
        t.PersonNamed(id=one.id, name=one.full_name, officer_number=one.officer_number)
        for one in found.values()
    ]
    return t.HoldPersons(persons=persons)


@router.post("/api/holds/found", responses=PROBLEMS["change"])
def find(request: Request, given: t.HoldSought, caller: Caller = _placing) -> t.HoldFound:
    """What a hold of this scope would hold now; nothing is written."""
    world = _followed(request)
    with world.site.database.read() as connection:
        _unit_within(connection, caller.extent, named=given.unit)
        scope = _scope(connection, world, caller=caller, given=given.scope)
        found = holds_found.found_by(connection, scope, placed=world.site.clock())
        return _found(connection, caller, found=found)


@router.post("/api/holds", status_code=201, responses=PROBLEMS["change"])
def place(request: Request, given: t.HoldGiven, caller: Caller = _placing) -> Made:
    """Places a hold; whoever is logged in has asked for it, and another person releases it."""
    world = _followed(request)
    person = caller.account.person
    with world.site.database.read() as connection:
        unit = _unit_within(connection, caller.extent, named=given.unit)
        scope = _scope(connection, world, caller=caller, given=given.scope)
        owner = kept.known_person(connection, given.owner or person)
    new = NewHold(
        kind=given.kind,
        basis=given.basis,
        scope=scope,
        review_on=given.review_on,
        owner=owner,
        person=person,
        note=given.note,
        until=given.ends_on,
        unit=unit,
    )
    return Made(id=holds.place_hold(world.ledger_of(caller.account), new))


@router.get("/api/holds/{hold}", responses=PROBLEMS["find"])
def one_hold(request: Request, hold: m.Key, caller: Caller = _reading) -> t.HoldDetail:
    """A hold, and everything that it holds now."""
    world = _followed(request)
    today = day_of(world.site.clock())
    with world.site.database.read() as connection:
        there = _within(connection, caller, hold=hold)
        shown = Shown(connection, reader=caller.account.person, today=today)
        found = holds.held_by(connection, there)
        return t.HoldDetail(
            hold=shown.holds([there])[0], found=_found(connection, caller, found=found)
        )


@router.post("/api/holds/{hold}/release", responses=PROBLEMS["change"])
def release(
    request: Request, hold: m.Key, given: t.HoldReleaseGiven, caller: Caller = _releasing
) -> m.Done:
    """Releases a hold that another person asked for."""
    world = _reached(request, caller, hold=hold)
    said = Release(caller.account.person, given.basis, given.note)
    holds.release_hold(world.ledger_of(caller.account), hold, said=said)
    return m.Done()


@router.post("/api/holds/{hold}/review", responses=PROBLEMS["change"])
def review(
    request: Request, hold: m.Key, given: t.HoldReviewGiven, caller: Caller = _placing
) -> m.Done:
    """Says that somebody looked at a hold, and when it is looked at next."""
    world = _reached(request, caller, hold=hold)
    ledger, person = world.ledger_of(caller.account), caller.account.person
    holds.review_hold(ledger, hold, person=person, review_on=given.review_on, note=given.note)
    return m.Done()


@router.post("/api/cases/{case}/remedies", status_code=201, responses=PROBLEMS["change"])
def state_remedies(
    request: Request, case: m.Key, given: t.RemediesGiven, caller: Caller = _keeping
) -> Made:
    """States a decision's limits for remedies: all of the case is held until the later ends."""
    world = _followed(request)
    with world.site.database.read() as connection:
        case_within(connection, caller, case_id=case)
    new = Remedies(
        given.reconsideration_until, given.suit_until, given.reconsidered_by, given.court
    )
    at = given.at or world.site.clock()
    said = Said(caller.account.person, at, given.document_sha256)
    ledger = world.ledger_of(caller.account)
    return Made(id=holds_following.state_remedies(ledger, case, said=said, new=new)[0])


def _followed(request: Request) -> World:
    """The world, in which all that is on record has been tied together."""
    world = world_of(request)
    follow.catch_up(world.site.ledger)
    return world


def _reaches(reach: Extent, unit: str | None) -> bool:
    return reach.everything or (unit is not None and unit in reach.units)


def _unit_within(connection: Connection, reach: Extent, *, named: str) -> str:
    """The id of a unit within reach. Raises `NotFound`."""
    found = units.find_unit(connection, named).id
    if not _reaches(reach, found):
        raise NotFound(f"No one unit is called {named}", why="NO_UNIT", unit=named)
    return found


def _within(connection: Connection, caller: Caller, *, hold: str) -> Hold:
    """A hold within reach. Raises `NotFound`."""
    found = holds.find(connection, hold)
    if not _reaches(caller.extent, found.unit):
        raise NotFound(f"There is no hold {hold}", why="NO_HOLD", hold=hold)
    return found


def _reached(request: Request, caller: Caller, *, hold: str) -> World:
    world = world_of(request)
    with world.site.database.read() as connection:
        _within(connection, caller, hold=hold)
    return world


def _scope(connection: Connection, world: World, *, caller: Caller, given: t.ScopeGiven) -> Scope:
    """What a hold is about, each part within reach. Raises `NotFound` or `BadInput`."""
    for case in given.cases:
        case_within(connection, caller, case_id=case)
    for action in given.actions:
        action_within(connection, caller, action_id=action)
    for recording in given.recordings:
        check_recording(world, caller.extent, recording=recording)
    for person in given.persons:
        kept.known_person(connection, person)
    return scope_of(
        persons=given.persons,
        interval=(given.since, given.until),
        cases=given.cases,
        actions=given.actions,
        recordings=given.recordings,
    )


def _found(connection: Connection, caller: Caller, *, found: list[str]) -> t.HoldFound:
    """How many recordings, and the first of those that the caller may know of."""
    known = [one for one in found if _may_know(connection, caller, recording=one)]
    named = recordings_named(connection, known[:_MOST_NAMED])
    return t.HoldFound(count=len(found), recordings=named)


def _may_know(connection: Connection, caller: Caller, *, recording: str) -> bool:
    rows = listing.of_recording(connection, recording)
    return any(caller.extent.covers(unit_id=row.unit, officer=row.officer) for row in rows)
