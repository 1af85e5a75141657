"""The register of docking stations (采集站): whose each is, and how far its own clock was off.

Holds always: a station takes cards whatever its clock says; an offset of more than a second, by its
own time servers, is what makes the times of its dockings doubtful (part 3.1 and 3.2).
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from devices.upkeep import not_later
from evidence.entry import parse_time, time_text
from evidence.errors import BadInput, NotFound
from people.units import find_unit
from storage import schema
from storage.ledger import Ledger, Row

MOST_OFF_MS = 1000
_CODE = re.compile(r"[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff._-]{0,31}\Z")
_MOST_SLOTS = 999


@dataclass(frozen=True)
class Station:
    """A station with the newest measure of its clock; both are None where nobody measured."""

    code: str
    unit_id: str
    slots: int
    offset_ms: int | None
    measured_at: datetime | None

    @property
    def is_trusted(self) -> bool | None:
        """Whether its clock was good when it was measured last; None: not known."""
        return None if self.offset_ms is None else abs(self.offset_ms) <= MOST_OFF_MS


def add_station(ledger: Ledger, code: str, *, unit: str, slots: int) -> str:
    """The act `station.added`; returns the unit's id. Raises `BadInput` or `NotFound`."""
    if not _CODE.match(code):
        raise BadInput(f"{code!r} is no code of a station", why="STATION_CODE", station=code)
    if not 0 < slots <= _MOST_SLOTS:
        raise BadInput(f"{slots} slots cannot be", why="STATION_SLOTS")
    with ledger.act() as act:
        unit_id = find_unit(act.connection, unit).id
        if _is_known(act.connection, code):
            raise BadInput(f"Station {code} is there already", why="STATION_THERE", station=code)
        row: Row = {"id": code, "unit_id": unit_id, "slots": slots, "added_at": act.at_text}
        act.insert(schema.stations, row)
        act.enter("station.added", {"station": code, "unit": unit_id})
    return unit_id


def note_clock(ledger: Ledger, code: str, *, offset_ms: int, measured_at: datetime) -> None:
    """The act `station.measured`: how far its clock is ahead. Raises `BadInput` or `NotFound`."""
    table = schema.station_clocks
    with ledger.act() as act:
        not_later(act, measured_at)
        if not _is_known(act.connection, code):
            raise NotFound(f"No station {code}", why="NO_STATION", station=code)
        row: Row = {
            **act.numbered(table, owner="station_id", value=code),
            "offset_ms": str(offset_ms),
            "measured_at": time_text(measured_at),
            "stated_at": act.at_text,
        }
        act.insert(table, row)
        act.enter("station.measured", {"station": code, "offset_ms": str(offset_ms)})


def stations(connection: Connection, at: datetime) -> list[Station]:
    """Every station with what was measured last by a moment, in order of codes."""
    table, clocks = schema.stations, schema.station_clocks
    query = select(clocks).where(clocks.c.measured_at <= time_text(at))
    query = query.order_by(clocks.c.measured_at, clocks.c.number)
    newest = {row.station_id: row for row in connection.execute(query)}
    found = []
    for row in connection.execute(select(table).order_by(table.c.id)):
        clock = newest.get(row.id)
        offset = None if clock is None else int(clock.offset_ms)
        measured = None if clock is None else parse_time(clock.measured_at)
        found.append(Station(row.id, row.unit_id, row.slots, offset, measured))
    return found


def _is_known(connection: Connection, code: str) -> bool:
    table = schema.stations
    return connection.execute(select(table.c.id).where(table.c.id == code)).first() is not None
