"""A bureau's own policy profiles: a preview, the proposal, the second person's word.

Holds always: a profile holds for the whole bureau, so only who reaches everything previews,
proposes or answers one; whoever approves names the digest of the text that they were shown.
"""

from fastapi import APIRouter, Depends, Request

from api import models as m
from api import models_policy as p
from api.guard import Caller, check_everything, needs
from api.models_register import Made
from api.policy_shown import changed, found, own, problem
from api.responses import PROBLEMS
from api.world import world_of
from evidence.errors import BadInput
from people import own_policies
from people.own_policies import Preview
from people.roles import Permission

router = APIRouter(prefix="/api/policies", tags=["policy"])

_reading = Depends(needs(Permission.READ_RATIO))
_managing = Depends(needs(Permission.MANAGE_RULES))
_confirming = Depends(needs(Permission.CONFIRM_RULES))


@router.get("/own", responses=PROBLEMS["read"])
def list_own(request: Request, caller: Caller = _reading) -> p.OwnPolicies:
    """Every profile of the bureau's own that was ever proposed, the latest first."""
    with world_of(request).site.database.read() as connection:
        stated, person = own_policies.everything(connection), caller.account.person
        return p.OwnPolicies(policies=[own(connection, one, person=person) for one in stated])


@router.post("/preview", responses=PROBLEMS["change"])
def preview(request: Request, given: p.PolicyText, caller: Caller = _managing) -> p.PolicyPreview:
    """What a text would change if it were in force, or what is wrong with it; nothing is kept."""
    check_everything(caller)
    with world_of(request).site.database.read() as connection:
        return _shown(own_policies.preview(connection, given.body))


@router.post("/own", status_code=201, responses=PROBLEMS["change"])
def propose(request: Request, given: p.PolicyGiven, caller: Caller = _managing) -> Made:
    """Proposes a profile: it has no effect until another person approves it."""
    check_everything(caller)
    ledger, person = world_of(request).ledger_of(caller.account), caller.account.person
    made = own_policies.propose(
        ledger, given.body, person=person, retroactive=given.retroactive, note=given.note
    )
    return Made(id=made)


@router.get("/own/{policy}", responses=PROBLEMS["find"])
def one_own(request: Request, policy: m.Key, caller: Caller = _reading) -> p.OwnPolicyDetail:
    """A proposed profile with its text and what it changes."""
    with world_of(request).site.database.read() as connection:
        stated = own_policies.find(connection, policy)
        seen = own_policies.shown_again(connection, policy)
        return p.OwnPolicyDetail(
            policy=own(connection, stated, person=caller.account.person),
            body=stated.body,
            preview=_shown(seen),
        )


@router.post("/own/{policy}/answer", responses=PROBLEMS["change"])
def answer(
    request: Request, policy: m.Key, given: p.PolicyAnswerGiven, caller: Caller = _confirming
) -> m.Done:
    """Brings a text into force, refuses it, or withdraws one's own."""
    check_everything(caller, Permission.CONFIRM_RULES)
    ledger, person = world_of(request).ledger_of(caller.account), caller.account.person
    if given.approve:
        if given.seen is None:
            raise BadInput("The digest is missing", why="POLICY_SEEN")
        own_policies.approve(ledger, policy, person=person, seen=given.seen, note=given.note)
    else:
        own_policies.refuse(ledger, policy, person=person, note=given.note)
    return m.Done()


def _shown(seen: Preview) -> p.PolicyPreview:
    return p.PolicyPreview(
        profile=None if seen.profile is None else found(seen.profile),
        changed=[changed(one) for one in seen.changed],
        problems=[problem(one) for one in seen.problems],
        sha256=seen.sha256,
    )
