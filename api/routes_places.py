"""Registering devices, the rooms they are fitted in, and docking stations.

Holds always: a room or station is shown to whoever reaches its unit; a device is fitted, described
and given away by whoever reaches it, and only to units and rooms within reach.
"""

from datetime import datetime

from fastapi import APIRouter, Depends, Request
from sqlalchemy import Connection

from api import models as m
from api import models_bureau as b
from api import models_register as r
from api.guard import Caller, needs
from api.register_words import said
from api.responses import PROBLEMS
from api.routes_devices import own_device
from api.world import World, world_of
from devices import places, stations
from devices.makes import load_makes
from devices.places import NewPlace, PlaceNow
from devices.recorders import add_recorder, assign_recorder
from devices.upkeep import DeviceDetails, state_kind
from evidence.device_sets import Condition, newest
from evidence.errors import NotFound
from evidence.places import FixedDevice
from people import units
from people.roles import Permission

router = APIRouter(prefix="/api", tags=["devices"])

_reading = Depends(needs(Permission.READ_DEVICES))
_managing = Depends(needs(Permission.MANAGE_DEVICES))


@router.post("/devices", status_code=201, responses=PROBLEMS["change"])
def add_device(request: Request, given: b.DeviceGiven, caller: Caller = _managing) -> r.Made:
    """Registers a device and gives it to a unit."""
    world = world_of(request)
    unit = _unit(world, caller, named=given.unit)
    ledger = world.ledger_of(caller.account)
    added = add_recorder(ledger, load_makes(), number=given.number, make=given.make)
    assign_recorder(ledger, added.number, unit=unit, since=given.since)
    return r.Made(id=added.number)


@router.post("/devices/{device}/unit", status_code=201, responses=PROBLEMS["change"])
def give_device(
    request: Request, device: m.Key, given: b.UnitOfDeviceGiven, caller: Caller = _managing
) -> m.Done:
    """Gives a device to another unit from a moment on."""
    world = world_of(request)
    found = own_device(world, caller, device=device)
    unit = _unit(world, caller, named=given.unit)
    ledger = world.ledger_of(caller.account)
    assign_recorder(ledger, found.number, unit=unit, since=given.since)
    return m.Done()


@router.post("/devices/{device}/details", status_code=201, responses=PROBLEMS["change"])
def describe_device(
    request: Request, device: m.Key, given: b.DetailsGiven, caller: Caller = _managing
) -> m.Done:
    """States what a device is, and when its service life ends."""
    world = world_of(request)
    found = own_device(world, caller, device=device)
    details = DeviceDetails(given.kind, given.serial, given.retires_on)
    state_kind(world.ledger_of(caller.account), found.number, details=details)
    return m.Done()


@router.post("/devices/{device}/place", status_code=201, responses=PROBLEMS["change"])
def fit_device(
    request: Request, device: m.Key, given: b.FittingGiven, caller: Caller = _managing
) -> m.Done:
    """States that a device is fitted in a room from a moment on, or in none."""
    world = world_of(request)
    found = own_device(world, caller, device=device)
    place = None if given.place is None else _place(world, caller, place=given.place)
    since = given.since or world.site.clock()
    places.fit(world.ledger_of(caller.account), found.number, place=place, since=since)
    return m.Done()


@router.get("/places", responses=PROBLEMS["read"])
def list_places(request: Request, caller: Caller = _reading) -> b.Places:
    """The rooms within reach, and since when nothing that is fitted in them works."""
    world = world_of(request)
    at = world.site.clock()
    with world.site.database.read() as connection:
        found = places.places_at(connection, at)
    within = [one for one in found if caller.extent.contains(one.place.unit_id)]
    return b.Places(at=at, places=[_shown(one, at=at) for one in within])


@router.post("/places", status_code=201, responses=PROBLEMS["change"])
def add_place(request: Request, given: b.PlaceGiven, caller: Caller = _managing) -> r.Made:
    """Registers a case-handling room."""
    world = world_of(request)
    new = NewPlace(
        name=given.name,
        unit=_unit(world, caller, named=given.unit),
        kind=given.kind,
        since=given.since or world.site.clock(),
        rights_bearing=given.rights_bearing,
        signage=given.signage,
    )
    return r.Made(id=places.add_place(world.ledger_of(caller.account), new))


@router.post("/places/{place}/close", status_code=201, responses=PROBLEMS["change"])
def close_place(
    request: Request, place: m.Key, given: b.PlaceEndGiven, caller: Caller = _managing
) -> m.Done:
    """States that a room is used no longer."""
    world = world_of(request)
    found = _place(world, caller, place=place)
    at = given.at or world.site.clock()
    places.close_place(world.ledger_of(caller.account), found, at=at)
    return m.Done()


@router.get("/stations", responses=PROBLEMS["read"])
def list_stations(request: Request, caller: Caller = _reading) -> b.Stations:
    """The docking stations within reach, and whether the clock of each can be trusted."""
    world = world_of(request)
    with world.site.database.read() as connection:
        found = stations.stations(connection, world.site.clock())
    shown = [
        b.StationShown(
            station=one.code,
            unit=one.unit_id,
            slots=one.slots,
            offset_ms=one.offset_ms,
            measured_at=one.measured_at,
            trusted=one.is_trusted,
        )
        for one in found
        if caller.extent.contains(one.unit_id)
    ]
    return b.Stations(stations=shown)


@router.post("/stations", status_code=201, responses=PROBLEMS["change"])
def add_station(request: Request, given: b.StationGiven, caller: Caller = _managing) -> r.Made:
    """Registers a docking station."""
    world = world_of(request)
    unit = _unit(world, caller, named=given.unit)
    ledger = world.ledger_of(caller.account)
    stations.add_station(ledger, given.station, unit=unit, slots=given.slots)
    return r.Made(id=given.station)


@router.post("/stations/{station}/clock", status_code=201, responses=PROBLEMS["change"])
def note_clock(
    request: Request, station: m.Key, given: b.StationClockGiven, caller: Caller = _managing
) -> m.Done:
    """States how far a station's own clock was ahead; beyond a second its times are in doubt."""
    world = world_of(request)
    at = given.measured_at or world.site.clock()
    with world.site.database.read() as connection:
        known = stations.stations(connection, world.site.clock())
    if not any(one.code == station and caller.extent.contains(one.unit_id) for one in known):
        raise NotFound(f"No station {station}", why="NO_STATION", station=station)
    ledger = world.ledger_of(caller.account)
    stations.note_clock(ledger, station, offset_ms=given.offset_ms, measured_at=at)
    return m.Done()


def _unit(world: World, caller: Caller, *, named: str) -> str:
    with world.site.database.read() as connection:
        within = [one for one in units.all_units(connection) if caller.extent.contains(one.id)]
    return units.chosen(within, named).id


def _place(world: World, caller: Caller, *, place: str) -> str:
    """The id of a room in use within reach; raises `NotFound` for any other."""
    with world.site.database.read() as connection:
        return _place_in(connection, caller, place=place)


def _place_in(connection: Connection, caller: Caller, *, place: str) -> str:
    found = places.find_place(connection, place)
    if not caller.extent.contains(found.unit_id):
        raise NotFound(f"No one room is called {place}", why="NO_PLACE", place=place)
    return found.id


def _shown(one: PlaceNow, *, at: datetime) -> b.PlaceShown:
    place = one.place
    return b.PlaceShown(
        place=place.id,
        name=place.name,
        unit=place.unit_id,
        kind=said(place.kind),
        rights_bearing=place.rights_bearing,
        signage=place.signage,
        since=place.since,
        devices=[_fixed(each, at=at) for each in one.devices],
        unwatched_since=one.unwatched,
    )


def _fixed(device: FixedDevice, *, at: datetime) -> b.FixedShown:
    condition = newest(device.conditions, at)
    shown = Condition.SERVING if condition is None else condition.value
    return b.FixedShown(device=device.number, condition=said(shown), works=device.works(at))
