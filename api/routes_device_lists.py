"""Lists of devices: what a file would come to, and taking it in. `/api/rosters` undoes it too.

Holds always: rows may name units within reach alone.
"""

from collections.abc import Sequence

from fastapi import APIRouter, Depends, Request

from api import models_lists as m
from api.guard import Caller, needs
from api.responses import PROBLEMS
from api.routes_rosters import Skip, fault_shown, nameable
from api.sent_file import BODY, CALLED, FILE
from api.world import World, world_of
from devices import inventory_file
from devices.inventory_file import MAKE, NUMBER, DeviceLine, ListFile
from devices.makes import load_makes
from people.cells import rows_of
from people.roles import Permission
from people.sheets import sheet_of

router = APIRouter(prefix="/api/device-lists", tags=["devices"])

_managing = Depends(needs(Permission.MANAGE_DEVICES))


@router.post("/preview", responses=PROBLEMS["change"], openapi_extra=BODY)
def preview_devices(
    request: Request, caller: Caller = _managing, file: bytes = FILE
) -> m.DevicesRead:
    """What each row of a file would come to; nothing is taken in."""
    world, devices = world_of(request), _listed(file)
    with world.site.database.read() as connection:
        lines = inventory_file.read_devices(
            connection,
            devices,
            makes=load_makes(),
            now=world.site.clock(),
            within=nameable(connection, caller.extent),
        )
    return _read(devices, lines, import_id=None)


@router.post("", status_code=201, responses=PROBLEMS["change"], openapi_extra=BODY)
def take_devices(
    request: Request, skip: Skip = None, caller: Caller = _managing, file: bytes = FILE
) -> m.DevicesRead:
    """Takes a file in, as one act."""
    world, devices = world_of(request), _listed(file)
    import_id, lines = inventory_file.take_devices(
        world.ledger_of(caller.account),
        devices,
        makes=load_makes(),
        skip_faulty=skip is not None,
        within=_within(world, caller),
    )
    return _read(devices, lines, import_id=import_id)


def _within(world: World, caller: Caller) -> frozenset[str]:
    with world.site.database.read() as connection:
        return nameable(connection, caller.extent)


def _listed(file: bytes) -> ListFile:
    sheet = sheet_of(CALLED, file)
    rows = rows_of(sheet, inventory_file.COLUMNS)
    return ListFile(rows.cells, sheet.sha256, rows.first_line)


def _read(file: ListFile, lines: Sequence[DeviceLine], *, import_id: str | None) -> m.DevicesRead:
    rows = [_row(file, line) for line in lines]
    faulty = sum(bool(row.faults) for row in rows)
    return m.DevicesRead(
        id=import_id, sha256=file.sha256, good=len(rows) - faulty, faulty=faulty, rows=rows
    )


def _row(file: ListFile, line: DeviceLine) -> m.DeviceRow:
    cells = file.rows[line.line - file.first_line]
    return m.DeviceRow(
        line=line.line,
        device=cells.get(NUMBER, ""),
        make=cells.get(MAKE, ""),
        faults=[fault_shown(one) for one in line.faults],
    )
