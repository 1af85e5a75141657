"""Cases: what they are, their steps, their records, and what blocks the next step.

Holds always: a case out of reach is answered as if it were not there; a step is taken by whoever is
logged in, past its guard, and refused with every reason.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection

from api import models as m
from api import models_case_given as g
from api import models_cases as c
from api.case_reach import allowed, case_within, unit_within
from api.case_shown import (
    action_shown,
    blocks_shown,
    case_records_shown,
    case_shown,
    tries_shown,
)
from api.footage_named import recordings_named
from api.guard import Caller, needs
from api.models_register import Made
from api.responses import PROBLEMS
from api.world import World, world_of
from cases import blocking, case_facts, case_file, case_moves, follow, lists, reading, register
from cases.case_file import NewFixation, NewTag
from cases.case_moves import CaseMove
from cases.lists import Wanted
from cases.reading import CaseDetails, Origin
from cases.records import Said
from cases.trying import Step
from people.roles import Permission
from storage import schema

router = APIRouter(prefix="/api/cases", tags=["cases"])

_reading = Depends(needs(Permission.READ_CASES))
_keeping = Depends(needs(Permission.KEEP_CASES))
_judging = Depends(needs(Permission.JUDGE_FOOTAGE))
_confirming = Depends(needs(Permission.CONFIRM_CASES))
Before = Annotated[m.Key | None, Query(description="`next` of the page before")]
Number = Annotated[m.Key | None, Query(description="cases of just this number")]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("", responses=PROBLEMS["read"])
def list_cases(
    request: Request,
    before: Before = None,
    number: Number = None,
    limit: Limit = 50,
    caller: Caller = _reading,
) -> c.Cases:
    """Cases of the units within reach, newest first."""
    units = None if caller.extent.everything else caller.extent.units
    wanted = Wanted(units=units, number=number, before=before, limit=limit)
    with world_of(request).site.database.read() as connection:
        page = lists.case_page(connection, wanted)
        shown = [case_shown(connection, one) for one in page.found]
    return c.Cases(cases=shown, next=page.next)


@router.post("", status_code=201, responses=PROBLEMS["change"])
def add_case(request: Request, given: g.CaseGiven, caller: Caller = _keeping) -> c.StatedShown:
    """Puts a case on record, or states it anew under its external id."""
    world = world_of(request)
    origin = Origin(given.source or Origin.source, given.external_id)
    with world.site.database.read() as connection:
        details = _details(connection, caller, given=given)
        known = register.find_by_origin(connection, schema.cases, origin=origin)
        if known is not None:
            case_within(connection, caller, case_id=known)
    stated = register.add_case(world.ledger_of(caller.account), details, origin=origin)
    return c.StatedShown(id=stated.id, outcome=stated.outcome.value)


@router.get("/{case}", responses=PROBLEMS["find"])
def one_case(request: Request, case: m.Key, caller: Caller = _reading) -> c.CaseDetail:
    """A case with its actions, records and recordings, and what blocks its next steps."""
    world = world_of(request)
    follow.catch_up(world.site.ledger)
    now = world.site.clock()
    with world.site.database.read() as connection:
        found = case_within(connection, caller, case_id=case)
        actions = [
            reading.action(connection, one) for one in reading.actions_of_case(connection, case)
        ]
        recordings = sorted(case_facts.linked(connection, case))
        return c.CaseDetail(
            case=case_shown(connection, found),
            may=allowed(connection, caller, about=found),
            footage=recordings_named(connection, recordings),
            actions=[action_shown(connection, one, at=now) for one in actions],
            records=case_records_shown(connection, case),
            recordings=recordings,
            unfixed=sorted(case_facts.unfixed(connection, case)),
            blocks=blocks_shown(blocking.of_case(connection, found, at=now)),
            tries=tries_shown(connection, f"case/{case}"),
        )


@router.post("/{case}/statement", responses=PROBLEMS["change"])
def state_case(
    request: Request, case: m.Key, given: g.CaseGiven, caller: Caller = _keeping
) -> c.StatedShown:
    """States a case anew; a major case stays one."""
    world = world_of(request)
    with world.site.database.read() as connection:
        case_within(connection, caller, case_id=case)
        details = _details(connection, caller, given=given)
    stated = register.state_case(world.ledger_of(caller.account), case, details=details)
    return c.StatedShown(id=stated.id, outcome=stated.outcome.value)


@router.post("/{case}/steps", responses=PROBLEMS["change"])
def take_step(
    request: Request, case: m.Key, given: g.CaseStepGiven, caller: Caller = _keeping
) -> m.Done:
    """Takes the case to its next state, past the guard of that step."""
    world = _kept(request, caller, case=case)
    follow.catch_up(world.site.ledger)
    move = CaseMove(
        to=given.to,
        reason=given.reason,
        outcome=given.outcome,
        relied_on=tuple(given.relied_on),
        receiver=given.receiver,
        recordings=None if given.recordings is None else tuple(given.recordings),
    )
    step = Step(caller.account.person, given.at or world.site.clock(), given.document_sha256)
    ledger = world.ledger_of(caller.account)
    case_moves.take(ledger, case, step=step, move=move, vault=world.site.vault)
    return m.Done()


@router.post("/{case}/fixations", status_code=201, responses=PROBLEMS["change"])
def fix(request: Request, case: m.Key, given: g.FixationGiven, caller: Caller = _keeping) -> Made:
    """Reduces recordings to a signed writing."""
    world = _kept(request, caller, case=case)
    said = _said(world, caller, at=given.at, document=given.document_sha256)
    new = NewFixation(tuple(given.recordings), given.signature, given.note)
    return Made(id=case_file.fix(world.ledger_of(caller.account), case, said=said, new=new))


@router.post("/{case}/opinions", status_code=201, responses=PROBLEMS["change"])
def give_opinion(
    request: Request, case: m.Key, given: g.OpinionGiven, caller: Caller = _confirming
) -> Made:
    """What legal review came to on its last round; the reviewer is whoever is logged in."""
    world = _kept(request, caller, case=case)
    said = _said(world, caller, at=given.at, document=given.document_sha256)
    ledger = world.ledger_of(caller.account)
    return Made(id=case_file.give_opinion(ledger, case, said=said, opinion=given.opinion))


@router.post("/{case}/collective", status_code=201, responses=PROBLEMS["change"])
def hold_collective(
    request: Request, case: m.Key, given: g.CollectiveGiven, caller: Caller = _keeping
) -> Made:
    """A collective discussion with its votes."""
    world = _kept(request, caller, case=case)
    said = _said(world, caller, at=given.at, document=given.document_sha256)
    ledger = world.ledger_of(caller.account)
    done = case_file.hold_collective(
        ledger, case, said=said, members=given.members, in_favour=given.in_favour
    )
    return Made(id=done)


@router.post("/{case}/stages", status_code=201, responses=PROBLEMS["change"])
def note_stage(
    request: Request, case: m.Key, given: g.StageGiven, caller: Caller = _keeping
) -> Made:
    """A record of one of the four stages, by its document."""
    world = _kept(request, caller, case=case)
    said = _said(world, caller, at=given.at, document=given.document_sha256)
    ledger = world.ledger_of(caller.account)
    done = case_file.note_stage(ledger, case, said=said, stage=given.stage, note=given.note)
    return Made(id=done)


@router.post("/{case}/tags", status_code=201, responses=PROBLEMS["change"])
def tag(request: Request, case: m.Key, given: g.TagGiven, caller: Caller = _judging) -> Made:
    """Says which way a recording of the case bears, as whoever reviews it sees it."""
    world = _kept(request, caller, case=case)
    said = _said(world, caller, at=given.at, document=None)
    new = NewTag(given.recording, given.bearing, given.note)
    return Made(id=case_file.tag(world.ledger_of(caller.account), case, said=said, new=new))


def _kept(request: Request, caller: Caller, *, case: str) -> World:
    """The world, once it is known that the case lies within reach."""
    world = world_of(request)
    with world.site.database.read() as connection:
        case_within(connection, caller, case_id=case)
    return world


def _said(world: World, caller: Caller, *, at: datetime | None, document: str | None) -> Said:
    return Said(caller.account.person, at or world.site.clock(), document)


def _details(connection: Connection, caller: Caller, *, given: g.CaseGiven) -> CaseDetails:
    """What is said of a case, its unit within reach. Raises `NotFound`."""
    left = given.model_dump(exclude={"source", "external_id", "unit"})
    return CaseDetails(unit=unit_within(connection, caller, named=given.unit), **left)
