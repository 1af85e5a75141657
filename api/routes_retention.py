"""How long recordings are kept: what is due, the periods in force, and who changes them.

Holds always: a change is made by one person and approved by another who was shown what it touches;
a recording out of reach stands in no list.
"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection

from api import models as m
from api import models_retention as t
from api.case_reach import case_within
from api.guard import Caller, check_recording, needs
from api.models_register import Made
from api.responses import PROBLEMS
from api.retention_shown import Shown, clause, period
from api.retention_shown import preview as preview_shown
from api.world import World, world_of
from cases import case_terms, follow, holds, retention, retention_changes, retention_due
from cases.retention_changes import NewVersion, Stated
from evidence.errors import BadInput, NotFound
from evidence.ratio import day_of
from evidence.retention import LITIGATION, CaseTerm, PeriodRule, Source
from people import units
from people.roles import Extent, Permission
from storage import listing

router = APIRouter(tags=["retention"])

_reading = Depends(needs(Permission.READ_RETENTION))
_changing = Depends(needs(Permission.CHANGE_RETENTION))
_confirming = Depends(needs(Permission.CONFIRM_RETENTION))
After = Annotated[m.Key | None, Query(description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=100)]
OfUnit = Annotated[m.Key | None, Query(description="a unit; the bureau itself without")]


@router.get("/api/recordings/{recording}/retention", responses=PROBLEMS["find"])
def of_recording(
    request: Request, recording: m.Sha256, caller: Caller = _reading
) -> t.StandingShown:
    """How long a recording is kept, by what, and what holds it."""
    world = _followed(request)
    check_recording(world, caller.extent, recording=recording)
    today = _today(world)
    with world.site.database.read() as connection:
        found = retention.standing(connection, recording, today=today)
        held = holds.active_holds(connection, recording, today=today)
        return _shown(connection, caller, today=today).standing(found, held)


@router.get("/api/retention/due", responses=PROBLEMS["read"])
def list_due(
    request: Request, after: After = None, limit: Limit = 50, caller: Caller = _reading
) -> t.DueList:
    """What is due within reach, the oldest first, with what still holds it."""
    world = _followed(request)
    listing.catch_up(world.site.database)
    today = _today(world)
    with world.site.database.read() as connection:
        page = retention_due.due_page(
            connection,
            today=today,
            after=after,
            limit=limit,
            within=lambda recording: _covers(connection, caller.extent, recording=recording),
        )
        shown = _shown(connection, caller, today=today)
        lines = [shown.standing(one.standing, one.held_by) for one in page.found]
    return t.DueList(due=lines, looked_at=page.looked_at, next=page.next, today=today)


@router.get("/api/retention/periods", responses=PROBLEMS["read"])
def list_periods(request: Request, unit: OfUnit = None, caller: Caller = _reading) -> t.Periods:
    """The periods in force today, each with its source."""
    world = world_of(request)
    with world.site.database.read() as connection:
        key = None if unit is None else _unit_within(connection, caller.extent, named=unit)
        found = retention.periods_in_force(connection, key, today=_today(world))
    return t.Periods(periods=[period(one) for one in found], litigation=clause(LITIGATION))


@router.post("/api/retention/preview", responses=PROBLEMS["change"])
def preview(request: Request, given: t.VersionGiven, caller: Caller = _changing) -> t.PreviewShown:
    """What a version would touch if it were approved today; nothing is written."""
    world = _followed(request)
    with world.site.database.read() as connection:
        new = _new(connection, caller, given=given)
        return preview_shown(retention_changes.preview(connection, new, today=_today(world)))


@router.get("/api/retention/versions", responses=PROBLEMS["read"])
def list_versions(request: Request, caller: Caller = _reading) -> t.VersionsShown:
    """Every version within reach, the latest first."""
    world = world_of(request)
    with world.site.database.read() as connection:
        found = [
            one
            for one in retention_changes.all_versions(connection)
            if caller.extent.contains(one.version.unit)
        ]
        shown = _shown(connection, caller, today=_today(world))
        return t.VersionsShown(versions=shown.versions(found))


@router.post("/api/retention/versions", status_code=201, responses=PROBLEMS["change"])
def propose(request: Request, given: t.VersionGiven, caller: Caller = _changing) -> Made:
    """Makes a version: it has no effect until another person approves it."""
    world = _followed(request)
    with world.site.database.read() as connection:
        new = _new(connection, caller, given=given)
    ledger, person = world.ledger_of(caller.account), caller.account.person
    return Made(id=retention_changes.propose(ledger, new, person=person))


@router.get("/api/retention/versions/{version}", responses=PROBLEMS["find"])
def one_version(request: Request, version: m.Key, caller: Caller = _reading) -> t.VersionDetail:
    """A version, and what it touches now; its digest is what an approval names."""
    world = _followed(request)
    today = _today(world)
    with world.site.database.read() as connection:
        found = _within(connection, caller, version=version)
        seen = retention_changes.shown_again(connection, version, today=today)
        shown = _shown(connection, caller, today=today)
        return t.VersionDetail(version=shown.versions([found])[0], preview=preview_shown(seen))


@router.post("/api/retention/versions/{version}/answer", responses=PROBLEMS["change"])
def answer(
    request: Request, version: m.Key, given: t.VersionAnswerGiven, caller: Caller = _confirming
) -> m.Done:
    """Approves what was shown, refuses it, or withdraws one's own."""
    world = _followed(request)
    with world.site.database.read() as connection:
        _within(connection, caller, version=version)
    ledger, person = world.ledger_of(caller.account), caller.account.person
    if given.approve:
        if given.seen is None:
            raise BadInput("The digest is missing", why="RETENTION_SEEN")
        retention_changes.approve(ledger, version, person=person, seen=given.seen, note=given.note)
    else:
        retention_changes.refuse(ledger, version, person=person, note=given.note)
    return m.Done()


@router.get("/api/cases/{case}/terms", responses=PROBLEMS["find"])
def list_terms(request: Request, case: m.Key, caller: Caller = _reading) -> t.CaseTerms:
    """What was ever stated of the end of a case file."""
    world = world_of(request)
    with world.site.database.read() as connection:
        case_within(connection, caller, case_id=case)
        shown = _shown(connection, caller, today=_today(world))
        return t.CaseTerms(terms=shown.terms(case_terms.of_case(connection, case)))


@router.post("/api/cases/{case}/terms", status_code=201, responses=PROBLEMS["change"])
def state_term(
    request: Request, case: m.Key, given: t.TermGiven, caller: Caller = _changing
) -> Made:
    """States how long a case file is kept; an earlier end waits for another person."""
    world = world_of(request)
    with world.site.database.read() as connection:
        case_within(connection, caller, case_id=case)
    new = CaseTerm(
        class_code=given.class_code,
        period=given.period,
        ends_on=given.ends_on,
        is_real_estate=given.is_real_estate,
        source=Source(given.document, given.article, given.quote),
    )
    ledger, person = world.ledger_of(caller.account), caller.account.person
    return Made(id=case_terms.state_term(ledger, case, new=new, person=person).id)


@router.post("/api/terms/{term}/answer", responses=PROBLEMS["change"])
def answer_term(
    request: Request, term: m.Key, given: t.TermAnswerGiven, caller: Caller = _confirming
) -> m.Done:
    """Answers an end of a case file that lets go earlier."""
    world = world_of(request)
    with world.site.database.read() as connection:
        found = case_terms.find(connection, term)
        try:
            case_within(connection, caller, case_id=found.case)
        except NotFound as error:
            message = f"There is no term {term}"
            raise NotFound(message, why="NO_CASE_TERM", term=term) from error
    ledger, person = world.ledger_of(caller.account), caller.account.person
    case_terms.answer_term(ledger, term, person=person, approve=given.approve, note=given.note)
    return m.Done()


def _followed(request: Request) -> World:
    """The world, in which all that is on record has been tied together."""
    world = world_of(request)
    follow.catch_up(world.site.ledger)
    return world


def _today(world: World) -> date:
    return day_of(world.site.clock())


def _shown(connection: Connection, caller: Caller, *, today: date) -> Shown:
    return Shown(connection, reader=caller.account.person, today=today)


def _covers(connection: Connection, reach: Extent, *, recording: str) -> bool:
    rows = listing.of_recording(connection, recording)
    return any(reach.covers(unit_id=row.unit, officer=row.officer) for row in rows)


def _unit_within(connection: Connection, reach: Extent, *, named: str) -> str:
    """The id of a unit within reach. Raises `NotFound`."""
    found = units.find_unit(connection, named).id
    if not reach.contains(found):
        raise NotFound(f"No one unit is called {named}", why="NO_UNIT", unit=named)
    return found


def _within(connection: Connection, caller: Caller, *, version: str) -> Stated:
    """A version within reach. Raises `NotFound`."""
    found = retention_changes.find(connection, version)
    if not caller.extent.contains(found.version.unit):
        message = f"There is no version {version}"
        raise NotFound(message, why="NO_RETENTION_VERSION", version=version)
    return found


def _new(connection: Connection, caller: Caller, *, given: t.VersionGiven) -> NewVersion:
    rules = tuple(
        PeriodRule(one.class_code, one.period, "", (Source(one.document, one.article, one.quote),))
        for one in given.periods
    )
    unit = _unit_within(connection, caller.extent, named=given.unit)
    return NewVersion(unit, given.from_day, rules, given.is_retroactive, given.note)
