"""The register of case-handling rooms and what is fitted in them: acts, and how each room is.

Holds always: nothing stated is changed; a device is fitted in one room at a time; a name stands
once among the rooms of a unit that are in use; a room that is closed is listed for its days still
(R-150; 0.2 `tier.fixed_place`, reading D-08).
"""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from devices.fleet import fleet
from devices.upkeep import known, not_later
from evidence.device_sets import Stated
from evidence.entry import parse_time, time_text
from evidence.errors import BadInput, NotFound
from evidence.places import FixedDevice, PlaceKind, is_watched, unwatched_since
from people.units import find_unit
from storage import schema
from storage.ledger import Act, Ledger, Row

_LONGEST = 64


@dataclass(frozen=True)
class NewPlace:
    """A room in use since a moment; `rights_bearing` is whether what is done in it touches liberty,
    life, health or major property; `signage` is the sign by which people know of the recording.
    """

    name: str
    unit: str
    kind: PlaceKind
    since: datetime
    rights_bearing: bool = True
    signage: str | None = None


@dataclass(frozen=True)
class Place:
    """A room of the register; `unit_id` is the unit whose it is. Times are UTC."""

    id: str
    unit_id: str
    name: str
    kind: PlaceKind
    rights_bearing: bool
    signage: str | None
    since: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class PlaceNow:
    """How a room is at a moment: `unwatched` is since when no device works in it, None: one does.

    `devices` are those that are fitted in it.
    """

    place: Place
    devices: Sequence[FixedDevice]
    unwatched: datetime | None


def add_place(ledger: Ledger, new: NewPlace) -> str:
    """The act `place.added`; returns the room's id. Raises `BadInput` or `NotFound`."""
    name, table = _said(new.name), schema.places
    with ledger.act() as act:
        not_later(act, new.since)
        unit_id = find_unit(act.connection, new.unit).id
        if any(one.name == name and one.unit_id == unit_id for one in _in_use(act.connection)):
            raise BadInput(f"There is a room {name} already", why="PLACE_THERE", name=name)
        row: Row = {
            "id": secrets.token_hex(8),
            "unit_id": unit_id,
            "name": name,
            "kind": new.kind.value,
            "rights_bearing": int(new.rights_bearing),
            "signage": None if new.signage is None else _said(new.signage),
            "since": time_text(new.since),
            "stated_at": act.at_text,
        }
        act.insert(table, row)
        act.enter("place.added", {"place": row["id"], "unit": unit_id, "kind": new.kind.value})
    return str(row["id"])


def close_place(ledger: Ledger, named: str, *, at: datetime) -> str:
    """The act `place.closed`; returns the room's id. Raises `BadInput` or `NotFound`."""
    with ledger.act() as act:
        not_later(act, at)
        place = find_place(act.connection, named)
        row: Row = {"id": place.id, "ended_at": time_text(at), "stated_at": act.at_text}
        act.insert(schema.place_ends, row)
        act.enter("place.closed", {"place": place.id})
    return place.id


def fit(ledger: Ledger, recorder: str, *, place: str | None, since: datetime) -> str:
    """The act `place.fitted`: a device is in a room from a moment on, or in none; returns the row.

    Raises `NotFound`, or `BadInput` for a moment before what is on record already.
    """
    with ledger.act() as act:
        not_later(act, since)
        known(act.connection, recorder)
        last = _fittings(act.connection).get(recorder, [])
        if last and max(last).at >= since:
            raise BadInput(f"{recorder} was fitted later", why="FITTED_LATER", recorder=recorder)
        if place is None and not (last and max(last).value):
            raise BadInput(f"{recorder} is in no room", why="NOT_FITTED", recorder=recorder)
        place_id = None if place is None else find_place(act.connection, place).id
        return _insert_fitting(act, recorder, place_id=place_id, since=since)


def _insert_fitting(act: Act, recorder: str, *, place_id: str | None, since: datetime) -> str:
    row: Row = {
        **act.numbered(schema.place_devices, owner="recorder_id", value=recorder),
        "place_id": place_id,
        "since": time_text(since),
        "stated_at": act.at_text,
    }
    act.insert(schema.place_devices, row)
    act.enter("place.fitted", {"recorder": recorder, "place": place_id})
    return str(row["id"])


# --- reading --------------------------------------------------------------------------------------


def find_place(connection: Connection, named: str) -> Place:
    """The room in use of this id, or of this name if one alone bears it; raises `NotFound`."""
    there = _in_use(connection)
    found = [one for one in there if one.id == named] or [one for one in there if one.name == named]
    if len(found) != 1:
        raise NotFound(f"No one room is called {named}", why="NO_PLACE", place=named)
    return found[0]


def places_at(connection: Connection, at: datetime) -> list[PlaceNow]:
    """How each room is that is in use at a moment, in order of names."""
    devices = _fixed(connection)
    return [
        PlaceNow(
            place,
            [one for one in devices if one.place(at) == place.id],
            unwatched_since(place.id, devices, at=at, added_at=place.since),
        )
        for place in all_places(connection)
        if place.since <= at and (place.ended_at is None or at < place.ended_at)
    ]


def is_watched_at(connection: Connection, place_id: str, *, at: datetime) -> bool:
    """Whether a device that is fitted in a room works then; an action there may rest on it."""
    return is_watched(place_id, _fixed(connection), at=at)


def all_places(connection: Connection) -> list[Place]:
    """Every room there ever was, in order of names."""
    table, ends = schema.places, schema.place_ends
    joined = table.join(ends, ends.c.id == table.c.id, isouter=True)
    query = select(table, ends.c.ended_at).select_from(joined).order_by(table.c.name, table.c.id)
    return [
        Place(
            id=row.id,
            unit_id=row.unit_id,
            name=row.name,
            kind=PlaceKind(row.kind),
            rights_bearing=bool(row.rights_bearing),
            signage=row.signage,
            since=parse_time(row.since),
            ended_at=None if row.ended_at is None else parse_time(row.ended_at),
        )
        for row in connection.execute(query)
    ]


def _in_use(connection: Connection) -> list[Place]:
    return [one for one in all_places(connection) if one.ended_at is None]


def _fixed(connection: Connection) -> list[FixedDevice]:
    """Every device that was ever fitted somewhere."""
    fittings = _fittings(connection)
    devices = fleet(connection) if fittings else {}
    return [
        FixedDevice(number, tuple(stated), devices[number].facts.conditions)
        for number, stated in sorted(fittings.items())
    ]


def _fittings(connection: Connection) -> dict[str, list[Stated[str | None]]]:
    table = schema.place_devices
    found: defaultdict[str, list[Stated[str | None]]] = defaultdict(list)
    for row in connection.execute(select(table).order_by(table.c.recorder_id, table.c.number)):
        stated = Stated[str | None](parse_time(row.since), row.number, row.place_id)
        found[row.recorder_id].append(stated)
    return found


def _said(name: str) -> str:
    name = name.strip()
    if not name or len(name) > _LONGEST or not name.isprintable():
        raise BadInput(f"{name!r} cannot name a room", why="ROOM_NAME", name=name)
    return name
