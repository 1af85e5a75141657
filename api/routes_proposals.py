"""What needs two persons: what waits, and the second person's answer.

Holds always: who answers is whoever is logged in, and never who proposed it.
"""

from fastapi import APIRouter, Depends, Request
from sqlalchemy import Connection

from api import models as m
from api import models_case_given as g
from api import models_cases as c
from api.case_reach import action_within, reaches_action
from api.case_shown import proposals_shown
from api.guard import Caller, needs
from api.responses import PROBLEMS
from api.world import world_of
from cases import proposals, reading
from evidence.errors import NotFound
from people.roles import Permission

router = APIRouter(prefix="/api/proposals", tags=["cases"])

_confirming = Depends(needs(Permission.CONFIRM_CASES))
_reading = Depends(needs(Permission.READ_CASES))


@router.get("", responses=PROBLEMS["read"])
def list_proposals(request: Request, caller: Caller = _confirming) -> c.Proposals:
    """What waits for a second person, the oldest first."""
    with world_of(request).site.database.read() as connection:
        found = [
            one
            for one in proposals.waiting(connection)
            if reaches_action(connection, caller, action=reading.action(connection, one.action))
        ]
        return c.Proposals(
            proposals=proposals_shown(connection, found, reader=caller.account.person)
        )


@router.post("/{proposal}/approve", responses=PROBLEMS["change"])
def approve(
    request: Request, proposal: m.Key, given: g.AnswerGiven, caller: Caller = _confirming
) -> m.Done:
    """Approves what another person proposed: it is done at once."""
    world = world_of(request)
    with world.site.database.read() as connection:
        _check(connection, caller, proposal=proposal)
    ledger, person = world.ledger_of(caller.account), caller.account.person
    proposals.approve(ledger, proposal, person=person, note=given.note)
    return m.Done()


@router.post("/{proposal}/refuse", responses=PROBLEMS["change"])
def refuse(
    request: Request, proposal: m.Key, given: g.AnswerGiven, caller: Caller = _confirming
) -> m.Done:
    """Refuses what another person proposed, or withdraws one's own."""
    world = world_of(request)
    with world.site.database.read() as connection:
        _check(connection, caller, proposal=proposal)
    ledger, person = world.ledger_of(caller.account), caller.account.person
    proposals.refuse(ledger, proposal, person=person, note=given.note)
    return m.Done()


@router.post("/{proposal}/withdraw", responses=PROBLEMS["change"])
def withdraw(request: Request, proposal: m.Key, caller: Caller = _reading) -> m.Done:
    """Withdraws what one proposed oneself, whoever else may answer it."""
    world = world_of(request)
    with world.site.database.read() as connection:
        _check(connection, caller, proposal=proposal)
    ledger, person = world.ledger_of(caller.account), caller.account.person
    proposals.withdraw(ledger, proposal, person=person)
    return m.Done()


def _check(connection: Connection, caller: Caller, *, proposal: str) -> None:
    """Raises `NotFound` for a proposal out of reach."""
    found = proposals.find(connection, proposal)
    try:
        action_within(connection, caller, action_id=found.action)
    except NotFound as error:
        raise NotFound(f"No proposal {proposal}", why="NO_PROPOSAL", proposal=proposal) from error
