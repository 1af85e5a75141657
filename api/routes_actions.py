"""Enforcement actions: what they are, who takes part, their steps, and how they are covered.

Holds always: an action out of reach is answered as if it were not there; a step is taken by whoever
is logged in, past its guard, and refused with every reason.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection

from api import models as m
from api import models_case_given as g
from api import models_cases as c
from api.case_reach import action_within, allowed, case_within, unit_within
from api.case_shown import (
    action_records_shown,
    action_shown,
    blocks_shown,
    interval_shown,
    proposals_shown,
    team_shown,
    tries_shown,
)
from api.coverage_shown import coverage_shown, verdict_shown
from api.footage_named import recordings_named
from api.guard import Caller, needs
from api.models_register import Made
from api.responses import PROBLEMS
from api.world import World, world_of
from cases import (
    arrived,
    assess,
    blocking,
    follow,
    links,
    lists,
    proposals,
    reading,
    register,
    steps,
    team,
)
from cases.arrived import NewInterval
from cases.lists import Wanted
from cases.proposals import NewText, Why
from cases.reading import ActionDetails, Interests, Origin, TeamMember
from cases.trying import Step
from people.roles import Permission
from storage import schema

router = APIRouter(prefix="/api/actions", tags=["actions"])

_reading = Depends(needs(Permission.READ_CASES))
_keeping = Depends(needs(Permission.KEEP_CASES))
Before = Annotated[m.Key | None, Query(description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("", responses=PROBLEMS["read"])
def list_actions(
    request: Request, before: Before = None, limit: Limit = 50, caller: Caller = _reading
) -> c.Actions:
    """Actions of the units within reach, newest first."""
    world = world_of(request)
    units = None if caller.extent.everything else caller.extent.units
    with world.site.database.read() as connection:
        page = lists.action_page(connection, Wanted(units=units, before=before, limit=limit))
        shown = [action_shown(connection, one, at=world.site.clock()) for one in page.found]
    return c.Actions(actions=shown, next=page.next)


@router.post("", status_code=201, responses=PROBLEMS["change"])
def add_action(request: Request, given: g.ActionGiven, caller: Caller = _keeping) -> c.StatedShown:
    """Puts an action on record, or states it anew under its external id."""
    world = world_of(request)
    origin = Origin(given.source or Origin.source, given.external_id)
    with world.site.database.read() as connection:
        details = _details(connection, caller, given=given)
        known = register.find_by_origin(connection, schema.actions, origin=origin)
        if known is not None:
            action_within(connection, caller, action_id=known)
    stated = register.add_action(world.ledger_of(caller.account), details, origin=origin)
    return c.StatedShown(id=stated.id, outcome=stated.outcome.value)


@router.get("/{action}", responses=PROBLEMS["find"])
def one_action(request: Request, action: m.Key, caller: Caller = _reading) -> c.ActionDetail:
    """All that is on record of an action, its coverage to the second, and what blocks it."""
    world = world_of(request)
    follow.catch_up(world.site.ledger)
    now = world.site.clock()
    with world.site.database.read() as connection:
        found = action_within(connection, caller, action_id=action)
        assessed = assess.history(connection, action)
        intervals = reading.intervals(connection, action)
        planned = found.details.planned
        at = intervals[-1].start if intervals else (planned[0] if planned else now)
        person = caller.account.person
        waiting = proposals.of_action(connection, action)
        tied = links.recordings_of(connection, action)
        return c.ActionDetail(
            action=action_shown(connection, found, at=now),
            may=allowed(connection, caller, about=found),
            recordings=recordings_named(connection, tied),
            team=team_shown(connection, found, at=at),
            intervals=[interval_shown(one) for one in intervals],
            records=action_records_shown(connection, action),
            proposals=proposals_shown(connection, waiting, reader=person),
            coverage=coverage_shown(connection, found, one=assessed[-1]) if assessed else None,
            history=[verdict_shown(one) for one in assessed],
            blocks=blocks_shown(blocking.of_action(connection, found, person=person, at=now)),
            tries=tries_shown(connection, f"action/{action}"),
        )


@router.post("/{action}/statement", responses=PROBLEMS["change"])
def state_action(
    request: Request, action: m.Key, given: g.ActionGiven, caller: Caller = _keeping
) -> c.StatedShown:
    """States an action anew; what makes its recording stricter is never taken back."""
    world = world_of(request)
    with world.site.database.read() as connection:
        action_within(connection, caller, action_id=action)
        details = _details(connection, caller, given=given)
    stated = register.state_action(world.ledger_of(caller.account), action, details=details)
    return c.StatedShown(id=stated.id, outcome=stated.outcome.value)


@router.post("/{action}/team", responses=PROBLEMS["change"])
def state_team(
    request: Request, action: m.Key, given: g.TeamGiven, caller: Caller = _keeping
) -> m.Done:
    """States the whole team: who, as what, and from when to when."""
    world = _kept(request, caller, action=action)
    members = [TeamMember(**one.model_dump()) for one in given.members]
    team.state_team(world.ledger_of(caller.account), action, members=members)
    return m.Done()


@router.post("/{action}/start", responses=PROBLEMS["change"])
def start(request: Request, action: m.Key, given: g.StepGiven, caller: Caller = _keeping) -> m.Done:
    """Begins an action past its guard."""
    world = _kept(request, caller, action=action)
    step = _step(world, caller, given=given)
    steps.start(world.ledger_of(caller.account), action, step=step)
    return m.Done()


@router.post("/{action}/end", responses=PROBLEMS["change"])
def end(request: Request, action: m.Key, given: g.EndGiven, caller: Caller = _keeping) -> m.Done:
    """Ends an action with the interval that its written record states."""
    world = _kept(request, caller, action=action)
    step = _step(world, caller, given=given)
    interval = NewInterval(given.start, given.end, caller.account.person, given.basis_sha256)
    steps.end(world.ledger_of(caller.account), action, step=step, interval=interval)
    return m.Done()


@router.post("/{action}/settle", responses=PROBLEMS["change"])
def settle(
    request: Request, action: m.Key, given: g.StepGiven, caller: Caller = _keeping
) -> m.Done:
    """Settles an action past its guard, by the verdict of this moment."""
    world = _kept(request, caller, action=action)
    follow.catch_up(world.site.ledger)
    step = _step(world, caller, given=given)
    steps.settle(world.ledger_of(caller.account), action, step=step)
    return m.Done()


@router.post("/{action}/cancel", responses=PROBLEMS["change"])
def cancel(
    request: Request, action: m.Key, given: g.CancelGiven, caller: Caller = _keeping
) -> m.Done:
    """Cancels a planned action, with its reason."""
    world = _kept(request, caller, action=action)
    step = _step(world, caller, given=given)
    steps.cancel(world.ledger_of(caller.account), action, step=step, reason=given.reason)
    return m.Done()


@router.post("/{action}/interval", status_code=201, responses=PROBLEMS["change"])
def declare_interval(
    request: Request, action: m.Key, given: g.IntervalGiven, caller: Caller = _keeping
) -> m.Done:
    """Declares the interval of an action that took place without its steps taken here."""
    world = _kept(request, caller, action=action)
    new = NewInterval(given.start, given.end, caller.account.person, given.basis_sha256)
    arrived.declare_interval(world.ledger_of(caller.account), action, new=new)
    return m.Done()


@router.post("/{action}/corrections", status_code=201, responses=PROBLEMS["change"])
def propose_interval(
    request: Request, action: m.Key, given: g.CorrectionGiven, caller: Caller = _keeping
) -> Made:
    """Proposes another interval: it waits for a second person."""
    world = _kept(request, caller, action=action)
    done = proposals.propose_interval(
        world.ledger_of(caller.account),
        action,
        times=(given.start, given.end),
        why=Why(caller.account.person, given.reason),
    )
    return Made(id=done)


@router.post("/{action}/exemptions", status_code=201, responses=PROBLEMS["change"])
def propose_exemption(
    request: Request, action: m.Key, given: g.ExemptionGiven, caller: Caller = _keeping
) -> Made:
    """Proposes that a text stands for the recording: it waits for whoever approves it."""
    world = _kept(request, caller, action=action)
    done = proposals.propose_exemption(
        world.ledger_of(caller.account),
        action,
        new=NewText(tuple(given.documents), tuple(given.signers)),
        why=Why(caller.account.person, given.reason),
    )
    return Made(id=done)


def _kept(request: Request, caller: Caller, *, action: str) -> World:
    """The world, once it is known that the action lies within reach."""
    world = world_of(request)
    with world.site.database.read() as connection:
        action_within(connection, caller, action_id=action)
    return world


def _step(world: World, caller: Caller, *, given: g.StepGiven) -> Step:
    return Step(caller.account.person, given.at or world.site.clock(), given.document_sha256)


def _details(connection: Connection, caller: Caller, *, given: g.ActionGiven) -> ActionDetails:
    """What is said of an action, its unit and case within reach. Raises `NotFound`."""
    if given.case is not None:
        case_within(connection, caller, case_id=given.case)
    planned = None
    if given.planned_from is not None and given.planned_to is not None:
        planned = (given.planned_from, given.planned_to)
    return ActionDetails(
        unit=unit_within(connection, caller, named=given.unit),
        type=given.type,
        category=given.category,
        type_name=given.type_name,
        category_name=given.category_name,
        power_item=given.power_item,
        case=given.case,
        place=given.place,
        room=given.room,
        interests=Interests(**given.interests.model_dump()),
        tier_raised=given.tier_raised,
        planned=planned,
    )
