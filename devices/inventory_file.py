"""Reads a list of devices: what is in the file, what is wrong with which row, the act taking it in.

Holds always: as in `people.roster`: a preview writes nothing, a row with a fault is never taken and
named with its line, taking a file in is one act and undoing it another (`people.roster`). Undoing
takes back unit, kind and self-test; the number stays registered, since cards of it may be docked.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from devices.fleet import Device, fleet
from devices.makes import Makes
from devices.recorders import insert_recorder, insert_unit_of, is_number
from devices.upkeep import DeviceDetails, insert_kind, insert_test
from evidence.ratio import day_of, first_moment
from evidence.register_words import word
from evidence.vocabulary import DeviceKind
from people.cells import Cells, Fault, Reader, check_columns, is_blank
from people.roster import check_faults, insert_import, of_line
from people.units import find_unit, nameable_units
from storage import schema
from storage.ledger import Act, Ledger

NUMBER, MAKE, KIND, SERIAL = "编号", "品牌", "类别", "序列号"
UNIT, RETIRES, TESTED = "单位", "报废日期", "自检日期"
REQUIRED = (NUMBER, MAKE, KIND, UNIT)
OPTIONAL = (SERIAL, RETIRES, TESTED)
COLUMNS = (*REQUIRED, *OPTIONAL)

_KINDS = {word(kind)[0]: kind for kind in DeviceKind}


@dataclass(frozen=True)
class NewDevice:
    """A device to be entered; `tested_on` is the day of a self-test that it passed."""

    number: str
    make: str
    unit: str
    details: DeviceDetails
    tested_on: date | None = None


@dataclass(frozen=True)
class DeviceLine:
    """A row: its line in the file, and what it comes to; None where there are faults."""

    line: int
    device: NewDevice | None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class ListFile:
    """The rows of a list, as `people.cells` reads them, and the digest of their file."""

    rows: Sequence[Cells]
    sha256: str
    first_line: int = 2


def read_devices(
    connection: Connection,
    file: ListFile,
    *,
    makes: Makes,
    now: datetime,
    within: Collection[str] | None = None,
) -> list[DeviceLine]:
    """What each row would come to; raises `BadInput` for a file without a needed column.

    `within` are the units that may be named, None: all; others are as if they were not there. A
    number that is registered and of no unit yet may stand in a list, under the same make.
    """
    check_columns(file.rows, REQUIRED)
    often = Counter(row.get(NUMBER, "").strip() for row in file.rows)
    known = _Known(
        nameable_units(connection, within),
        frozenset(profile.id for profile in makes),
        fleet(connection),
        often,
        day_of(now),
    )
    return [
        known.line(line, cells)
        for line, cells in enumerate(file.rows, start=file.first_line)
        if not is_blank(cells)
    ]


def take_devices(
    ledger: Ledger,
    file: ListFile,
    *,
    makes: Makes,
    skip_faulty: bool,
    within: Collection[str] | None = None,
) -> tuple[str, list[DeviceLine]]:
    """The act `recorders.imported`; returns its id and every line. Rows with a fault are left out.

    Raises `BadInput` where any row has a fault and these are not to be skipped, or none is left.
    """
    with ledger.act() as act:
        lines = read_devices(act.connection, file, makes=makes, now=act.at, within=within)
        good = [line for line in lines if line.device is not None]
        refused = len(lines) - len(good)
        counts = check_faults(len(good), refused=refused, skip_faulty=skip_faulty)
        import_id = insert_import(act, "DEVICES", file_sha256=file.sha256, counts=counts)
        numbers = select(schema.recorders.c.id)
        registered = frozenset(act.connection.execute(numbers).scalars())
        for line in good:
            with of_line(line.line):
                _insert(act, line.device, import_id=import_id, registered=registered)
        act.enter("recorders.imported", {"import": import_id, "rows": len(good)})
    return import_id, lines


def _insert(
    act: Act, device: NewDevice | None, *, import_id: str, registered: frozenset[str]
) -> None:
    if device is None:
        return
    if device.number not in registered:
        insert_recorder(act, device.number, make=device.make)
    insert_unit_of(act, device.number, unit_id=find_unit(act.connection, device.unit).id)
    insert_kind(act, device.number, details=device.details, import_id=import_id)
    if device.tested_on is not None:
        tested_at = first_moment(device.tested_on)
        insert_test(act, device.number, passed=True, tested_at=tested_at, import_id=import_id)


@dataclass(frozen=True)
class _Known:
    """What rows are held against."""

    units: frozenset[str]
    makes: frozenset[str]
    devices: Mapping[str, Device]
    often: Mapping[str, int]
    today: date

    def line(self, line: int, cells: Cells) -> DeviceLine:
        reader = Reader(cells)
        device = self._device(reader)
        self._check(reader, device)
        found = tuple(reader.found)
        return DeviceLine(line, None if found else device, found)

    def _device(self, reader: Reader) -> NewDevice:
        kind = reader.choice(KIND, _KINDS, why="CELL_DEVICE_KIND")
        details = DeviceDetails(
            kind or DeviceKind.BODY_CAMERA,
            serial=reader.text(SERIAL) if reader.is_given(SERIAL) else None,
            retires_on=reader.day(RETIRES) if reader.is_given(RETIRES) else None,
        )
        tested = reader.day(TESTED) if reader.is_given(TESTED) else None
        number, make = reader.text(NUMBER), reader.text(MAKE)
        return NewDevice(number, make, reader.text(UNIT), details, tested)

    def _check(self, reader: Reader, device: NewDevice) -> None:
        if device.number and not is_number(device.number):
            reader.add(NUMBER, "CELL_RECORDER")
        if device.number and self.often[device.number] > 1:
            reader.add(NUMBER, "CELL_RECORDER_TWICE")
        known = self.devices.get(device.number)
        if known is not None and known.facts.owners:
            reader.add(NUMBER, "CELL_RECORDER_TAKEN")
        elif known is not None and known.make != device.make:
            reader.add(MAKE, "CELL_MAKE_OTHER", make=known.make)
        if device.make and device.make not in self.makes:
            reader.add(MAKE, "CELL_MAKE", known="、".join(sorted(self.makes)))
        if device.unit and device.unit not in self.units:
            reader.add(UNIT, "CELL_UNIT")
        if device.tested_on is not None and device.tested_on > self.today:
            reader.add(TESTED, "CELL_FUTURE")
