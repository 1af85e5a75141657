"""Files of cases and of actions: what each row would come to, and taking a file in.

Holds always: rows may name units within reach alone, and change nothing that is of another unit;
the file is the request's body, so that its name goes nowhere.
"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from api import models_lists as m
from api.guard import Caller, needs
from api.responses import PROBLEMS
from api.routes_rosters import Skip, fault_shown, nameable
from api.sent_file import BODY, CALLED, FILE
from api.world import World, world_of
from cases import action_import, case_import
from cases.import_cells import FileOf, Line
from people.cells import rows_of
from people.roles import Permission
from people.sheets import sheet_of

router = APIRouter(prefix="/api", tags=["cases"])

_importing = Depends(needs(Permission.IMPORT_CASES))
Source = Annotated[
    str, Query(min_length=1, max_length=200, description="the platform whose ids the file has")
]


@router.post("/case-lists/preview", responses=PROBLEMS["change"], openapi_extra=BODY)
def preview_cases(
    request: Request, source: Source = "file", caller: Caller = _importing, file: bytes = FILE
) -> m.CaseLinesRead:
    """What each row of a file of cases would come to; nothing is taken in."""
    world = world_of(request)
    given = _file(world, caller, source=source, file=file, columns=case_import.COLUMNS)
    with world.site.database.read() as connection:
        lines = case_import.preview(connection, given, now=world.site.clock())
    return _read(given, lines, named=case_import.NUMBER)


@router.post("/case-lists", status_code=201, responses=PROBLEMS["change"], openapi_extra=BODY)
def take_cases(
    request: Request,
    source: Source = "file",
    skip: Skip = None,
    caller: Caller = _importing,
    file: bytes = FILE,
) -> m.CaseLinesRead:
    """Takes a file of cases in, as one act; the same external id again is the same case."""
    world = world_of(request)
    given = _file(world, caller, source=source, file=file, columns=case_import.COLUMNS)
    ledger = world.ledger_of(caller.account)
    import_id, lines = case_import.take_cases(ledger, given, skip_faulty=skip is not None)
    return _read(given, lines, named=case_import.NUMBER, import_id=import_id)


@router.post("/action-lists/preview", responses=PROBLEMS["change"], openapi_extra=BODY)
def preview_actions(
    request: Request, source: Source = "file", caller: Caller = _importing, file: bytes = FILE
) -> m.CaseLinesRead:
    """What each row of a file of actions would come to; nothing is taken in."""
    world = world_of(request)
    given = _file(world, caller, source=source, file=file, columns=action_import.COLUMNS)
    with world.site.database.read() as connection:
        lines = action_import.preview(connection, given, now=world.site.clock())
    return _read(given, lines, named=action_import.ID)


@router.post("/action-lists", status_code=201, responses=PROBLEMS["change"], openapi_extra=BODY)
def take_actions(
    request: Request,
    source: Source = "file",
    skip: Skip = None,
    caller: Caller = _importing,
    file: bytes = FILE,
) -> m.CaseLinesRead:
    """Takes a file of actions in, as one act; one that is over comes as a fact and is judged."""
    world = world_of(request)
    given = _file(world, caller, source=source, file=file, columns=action_import.COLUMNS)
    ledger = world.ledger_of(caller.account)
    import_id, lines = action_import.take_actions(ledger, given, skip_faulty=skip is not None)
    return _read(given, lines, named=action_import.ID, import_id=import_id)


def _file(
    world: World, caller: Caller, *, source: str, file: bytes, columns: Sequence[str]
) -> FileOf:
    sheet = sheet_of(CALLED, file)
    within = None
    if not caller.extent.everything:
        with world.site.database.read() as connection:
            within = nameable(connection, caller.extent)
    return FileOf(rows_of(sheet, columns), sheet.sha256, source, within)


def _read(
    given: FileOf, lines: Sequence[Line], *, named: str, import_id: str | None = None
) -> m.CaseLinesRead:
    """`named` is the column by which people know a row."""
    cells, first = given.rows.cells, given.rows.first_line
    rows = [
        m.CaseLine(
            line=one.line,
            named=cells[one.line - first].get(named, ""),
            outcome=one.outcome,
            faults=[fault_shown(fault) for fault in one.faults],
        )
        for one in lines
    ]
    faulty = sum(bool(row.faults) for row in rows)
    return m.CaseLinesRead(
        id=import_id, sha256=given.sha256, good=len(rows) - faulty, faulty=faulty, rows=rows
    )
