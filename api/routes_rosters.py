"""Rosters: what a file would come to, taking it in, and undoing that.

Holds always: rows may name units within reach alone; a file that was read in is shown to whoever
reaches every unit it names. The file is the request's body, so that its name goes nowhere.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection

from api import models as m
from api import models_register as r
from api.guard import Caller, needs
from api.responses import PROBLEMS
from api.sent_file import BODY, CALLED, FILE
from api.world import world_of
from evidence.errors import NotFound
from evidence.reason_messages import WHY
from people import roster, units
from people.cells import Cells, Fault, rows_of
from people.roles import Extent, Permission
from people.roster import NAME, NUMBER, RosterLine
from people.sheets import Sheet, sheet_of

router = APIRouter(prefix="/api/rosters", tags=["people"])

_reading = Depends(needs(Permission.READ_STAFF))
_managing = Depends(needs(Permission.MANAGE_STAFF))
Skip = Annotated[Literal["faulty"] | None, Query(description="leaves out rows with a fault")]


@router.get("", responses=PROBLEMS["read"])
def list_rosters(request: Request, caller: Caller = _reading) -> r.Rosters:
    """The files that were read in, newest first."""
    with world_of(request).site.database.read() as connection:
        found = [
            r.RosterShown.model_validate(one)
            for one in roster.imports(connection)
            if _is_within(connection, caller.extent, import_id=str(one["id"]))
        ]
    return r.Rosters(rosters=found)


@router.post("/preview", responses=PROBLEMS["change"], openapi_extra=BODY)
def preview_roster(
    request: Request, caller: Caller = _managing, file: bytes = FILE
) -> r.RosterRead:
    """What each row of a file would come to; nothing is taken in."""
    sheet = sheet_of(CALLED, file)
    rows = rows_of(sheet, roster.COLUMNS)
    with world_of(request).site.database.read() as connection:
        lines = roster.read_roster(
            connection,
            rows.cells,
            first_line=rows.first_line,
            within=nameable(connection, caller.extent),
        )
    return _read(lines, sheet, first_line=rows.first_line, cells=rows.cells)


@router.post("", status_code=201, responses=PROBLEMS["change"], openapi_extra=BODY)
def take_roster(
    request: Request, skip: Skip = None, caller: Caller = _managing, file: bytes = FILE
) -> r.RosterRead:
    """Takes a file in, as one act."""
    world = world_of(request)
    sheet = sheet_of(CALLED, file)
    rows = rows_of(sheet, roster.COLUMNS)
    with world.site.database.read() as connection:
        within = nameable(connection, caller.extent)
    import_id, lines = roster.take_within(
        world.ledger_of(caller.account),
        rows,
        file_sha256=sheet.sha256,
        skip_faulty=skip is not None,
        within=within,
    )
    read = _read(lines, sheet, first_line=rows.first_line, cells=rows.cells)
    return read.model_copy(update={"id": import_id})


@router.post("/{roster_id}/undo", responses=PROBLEMS["change"])
def undo_roster(
    request: Request, roster_id: m.Key, given: r.ReasonGiven, caller: Caller = _managing
) -> m.Done:
    """Undoes a file: what it stated counts no more; both acts stay on record."""
    world = world_of(request)
    with world.site.database.read() as connection:
        known = {str(one["id"]) for one in roster.imports(connection)}
        reached = _is_within(connection, caller.extent, import_id=roster_id)
    if roster_id not in known or not reached:
        raise NotFound(f"No roster {roster_id} was read in", why="NO_ROSTER", roster=roster_id)
    roster.undo_roster(world.ledger_of(caller.account), roster_id, reason=given.reason)
    return m.Done()


def nameable(connection: Connection, reach: Extent) -> frozenset[str]:
    """The units that somebody may name."""
    return frozenset(one.id for one in units.all_units(connection) if reach.contains(one.id))


def _is_within(connection: Connection, reach: Extent, *, import_id: str) -> bool:
    """Whether all that a file stated lies within; of a file about no unit only for everything."""
    named = roster.units_of_import(connection, import_id)
    return reach.everything or (bool(named) and all(reach.contains(unit) for unit in named))


def _read(
    lines: list[RosterLine], sheet: Sheet, *, first_line: int, cells: tuple[Cells, ...]
) -> r.RosterRead:
    rows = [_row(line, cells[line.line - first_line]) for line in lines]
    faulty = sum(bool(row.faults) for row in rows)
    return r.RosterRead(
        id=None, sha256=sheet.sha256, good=len(rows) - faulty, faulty=faulty, rows=rows
    )


def _row(line: RosterLine, cells: Cells) -> r.RosterRow:
    return r.RosterRow(
        line=line.line,
        name=cells.get(NAME, ""),
        officer_number=cells.get(NUMBER, ""),
        faults=[fault_shown(one) for one in line.faults],
    )


def fault_shown(fault: Fault) -> r.FaultShown:
    """A fault in words."""
    chinese, english = WHY[fault.why]
    words = m.Words(zh=chinese.format_map(fault.facts), en=english.format_map(fault.facts))
    return r.FaultShown(column=fault.column, code=fault.why, words=words)
