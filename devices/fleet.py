"""Reads what is on record of devices, as the pure rules take it.

Holds always: a device counts for the unit it was given to from that moment on, and for nobody
before; one of which no kind is stated is a body camera, since that is what the register was for
before kinds; rows of a file that was undone are left out, and so is the unit that its act gave.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from evidence.device_sets import Condition, DeviceFacts, Loan, Stated, newest
from evidence.entry import parse_time
from evidence.vocabulary import DeviceKind
from storage import schema

Rows = Mapping[str, list[Row[Any]]]


@dataclass(frozen=True)
class Device:
    """A device of the register; `retires_on` is the first day past its service life."""

    number: str
    make: str
    serial: str | None
    retires_on: date | None
    facts: DeviceFacts


def fleet(connection: Connection, only: str | None = None) -> dict[str, Device]:
    """Every registered device by number, or the one named."""
    table = schema.recorders
    query = select(table).order_by(table.c.id)
    if only is not None:
        query = query.where(table.c.id == only)
    kinds = _by_recorder(connection, schema.recorder_kinds, only=only)
    owners = _by_recorder(connection, schema.recorder_units, only=only)
    conditions = _by_recorder(connection, schema.recorder_conditions, only=only)
    tests = _by_recorder(connection, schema.self_tests, only=only)
    loans = _loans(connection, only)
    withdrawn = _withdrawn(connection)
    found: dict[str, Device] = {}
    for row in connection.execute(query):
        kind = kinds[row.id][-1] if kinds[row.id] else None
        facts = DeviceFacts(
            kind=DeviceKind.BODY_CAMERA if kind is None else DeviceKind(kind.kind),
            owners=_stated(
                (one.since, one.number, one.unit_id)
                for one in owners[row.id]
                if (row.id, one.since) not in withdrawn
            ),
            conditions=tuple(
                Stated(parse_time(one.since), one.number, Condition(one.condition))
                for one in conditions[row.id]
            ),
            tests=tuple(
                Stated(parse_time(one.tested_at), one.number, bool(one.passed))
                for one in tests[row.id]
            ),
            loans=tuple(loans.get(row.id, ())),
        )
        found[row.id] = _device(row, kind, facts=facts)
    return found


def units_of(device: Device, at: datetime) -> Iterator[str]:
    """The unit that owns a device, and the one that has it on loan."""
    owner = newest(device.facts.owners, at)
    if owner is not None:
        yield owner.value
    yield from (loan.unit_id for loan in device.facts.loans if loan.holds(at))


def _device(row: Row[Any], kind: Row[Any] | None, *, facts: DeviceFacts) -> Device:
    if kind is None:
        return Device(row.id, row.make, None, None, facts)
    retires = None if kind.retires_on is None else date.fromisoformat(kind.retires_on)
    return Device(row.id, row.make, kind.serial, retires, facts)


def _stated(rows: Iterable[tuple[str, int, str]]) -> tuple[Stated[str], ...]:
    return tuple(Stated(parse_time(since), number, unit) for since, number, unit in rows)


def _by_recorder(connection: Connection, table: Table, *, only: str | None) -> Rows:
    query = select(table).order_by(table.c.recorder_id, table.c.number)
    if only is not None:
        query = query.where(table.c.recorder_id == only)
    if "import_id" in table.c:
        undone = select(schema.roster_undos.c.id)
        query = query.where(table.c.import_id.is_(None) | table.c.import_id.not_in(undone))
    found: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.recorder_id].append(row)
    return found


def _withdrawn(connection: Connection) -> frozenset[tuple[str, str]]:
    """Devices of files that were undone, with the moment at which the file gave them a unit.

    A unit is given in the act that reads the file, so both bear the same moment.
    """
    kinds, imports, undos = schema.recorder_kinds, schema.roster_imports, schema.roster_undos
    joined = kinds.join(imports, imports.c.id == kinds.c.import_id)
    joined = joined.join(undos, undos.c.id == imports.c.id)
    query = select(kinds.c.recorder_id, imports.c.imported_at).select_from(joined)
    return frozenset((row.recorder_id, row.imported_at) for row in connection.execute(query))


def _loans(connection: Connection, only: str | None) -> dict[str, list[Loan]]:
    table, ends = schema.loans, schema.loan_ends
    joined = table.join(ends, ends.c.id == table.c.id, isouter=True)
    query = select(table, ends.c.back_at).select_from(joined)
    if only is not None:
        query = query.where(table.c.recorder_id == only)
    found: defaultdict[str, list[Loan]] = defaultdict(list)
    for row in connection.execute(query):
        back: datetime | None = None if row.back_at is None else parse_time(row.back_at)
        found[row.recorder_id].append(Loan(row.unit_id, parse_time(row.out_at), back))
    return found
