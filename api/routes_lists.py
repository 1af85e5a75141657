"""The working-day calendar and the bureau's list of what is recorded: preview, and taking in.

Holds always: both hold for the whole bureau, so only who reaches everything takes one in or
previews it; a file with a fault is not taken, and each fault is named with its line.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from api import models as m
from api import models_lists as n
from api import models_register as r
from api.guard import Caller, check_everything, needs
from api.models_policy import DayShown
from api.register_words import asked, said
from api.responses import PROBLEMS
from api.sent_file import BODY, CALLED, FILE
from api.world import World, world_of
from evidence.policy import InForce
from evidence.vocabulary import DayKind
from people import calendar, catalogues
from people.bodies import own_profile
from people.catalogue_import import ListedItem, Preview, RowFault, preview_of
from people.policies import policies_of
from people.roles import Permission
from people.sheets import sheet_of

router = APIRouter(prefix="/api", tags=["policy"])

_reading = Depends(needs(Permission.READ_RATIO))
_managing = Depends(needs(Permission.MANAGE_RULES))
Year = Annotated[int | None, Query(ge=1992, le=2999, description="the table's own if left out")]
Source = Annotated[str | None, Query(min_length=1, max_length=200, description="its document")]
Named = Annotated[
    str | None,
    Query(min_length=1, max_length=64, description="profile above; the bureau's own if left out"),
]
From = Annotated[r.Day | None, Query(description="the first day; today if left out")]


@router.post("/calendar/preview", responses=PROBLEMS["change"], openapi_extra=BODY)
def preview_year(
    request: Request,
    year: Year = None,
    source: Source = None,
    caller: Caller = _managing,
    file: bytes = FILE,
) -> n.CalendarRead:
    """What a table of a year's days off and make-up days would change; nothing is taken in."""
    check_everything(caller)
    with world_of(request).site.database.read() as connection:
        seen = calendar.preview(connection, file, number=year, source=source)
    return _year_read(seen, taken=False)


@router.post("/calendar", status_code=201, responses=PROBLEMS["change"], openapi_extra=BODY)
def take_year(
    request: Request,
    year: Year = None,
    source: Source = None,
    caller: Caller = _managing,
    file: bytes = FILE,
) -> n.CalendarRead:
    """Takes a year in, as one act: it holds from now on."""
    check_everything(caller)
    world = world_of(request)
    with world.site.database.read() as connection:
        seen = calendar.preview(connection, file, number=year, source=source)
    calendar.import_year(world.ledger_of(caller.account), file, number=year, source=source)
    return _year_read(seen, taken=True)


@router.get("/catalogue", responses=PROBLEMS["read"])
def show_catalogue(
    request: Request, on: From = None, _caller: Caller = _reading
) -> n.CatalogueShown:
    """The bureau's own list of what is recorded that holds on a day."""
    world = world_of(request)
    day = on or asked(world, None).day
    with world.site.database.read() as connection:
        found = catalogues.in_force(connection, day)
    if found is None:
        return n.CatalogueShown(day=day, catalogue=None)
    shown = n.CatalogueRead(
        id=found.id,
        profile=found.profile,
        sha256=found.sha256,
        valid_from=found.valid_from,
        items=[_item(one) for one in found.items],
        faults=[],
    )
    return n.CatalogueShown(day=day, catalogue=shown)


@router.post("/catalogue/preview", responses=PROBLEMS["change"], openapi_extra=BODY)
def preview_catalogue(
    request: Request,
    profile: Named = None,
    first: From = None,
    caller: Caller = _managing,
    file: bytes = FILE,
) -> n.CatalogueRead:
    """What a list of what is recorded would come to, row by row; nothing is taken in."""
    check_everything(caller)
    world = world_of(request)
    day = first or asked(world, None).day
    seen = preview_of(sheet_of(CALLED, file), _above(world, profile, day=day))
    return _list_read(seen, day, taken=None)


@router.post("/catalogue", status_code=201, responses=PROBLEMS["change"], openapi_extra=BODY)
def take_catalogue(
    request: Request,
    profile: Named = None,
    first: From = None,
    caller: Caller = _managing,
    file: bytes = FILE,
) -> n.CatalogueRead:
    """Takes a list in, as one act, if no row has a fault: it holds from its first day on."""
    check_everything(caller)
    world = world_of(request)
    day = first or asked(world, None).day
    seen = preview_of(sheet_of(CALLED, file), _above(world, profile, day=day))
    ledger = world.ledger_of(caller.account)
    taken = catalogues.import_catalogue(ledger, seen, valid_from=day)
    return _list_read(seen, day, taken=taken)


def _above(world: World, profile: str | None, *, day: r.Day) -> InForce:
    """The policy that a list is held against; raises `NotFound` where none is in force."""
    with world.site.database.read() as connection:
        return policies_of(connection).in_force(profile or own_profile(connection, day), day)


def _year_read(seen: calendar.Preview, *, taken: bool) -> n.CalendarRead:
    year, before = seen.table.year, seen.before
    off, worked = (year.off, year.worked) if year else (frozenset(), frozenset())
    kinds = {**dict.fromkeys(off, DayKind.OFF), **dict.fromkeys(worked, DayKind.WORKED)}
    faults = [
        _fault(one.line, one.code, words=calendar.problem_sentence(one))
        for one in seen.table.problems
    ]
    return n.CalendarRead(
        taken=taken,
        year=year.number if year else None,
        source=year.source if year else None,
        days=[DayShown(day=day, kind=kinds[day]) for day in sorted(kinds)],
        turns=[
            n.DayTurned(day=one.day, was=said(one.was), becomes=said(one.becomes))
            for one in seen.turns
        ],
        before=before.year.source if before else None,
        changed=list(seen.changed),
        faults=faults,
    )


def _list_read(seen: Preview, day: r.Day, *, taken: str | None) -> n.CatalogueRead:
    return n.CatalogueRead(
        id=taken,
        profile=seen.profile,
        sha256=seen.sha256,
        valid_from=day,
        items=[_item(one) for one in seen.items],
        faults=[_row_fault(one) for one in seen.faults],
    )


def _item(one: ListedItem) -> n.ListedShown:
    return n.ListedShown(**vars(one))


def _row_fault(fault: RowFault) -> n.LineFault:
    return _fault(fault.row, fault.code, words=fault.sentence)


def _fault(line: int, code: str, *, words: tuple[str, str]) -> n.LineFault:
    return n.LineFault(line=line, code=code, words=m.Words(zh=words[0], en=words[1]))
