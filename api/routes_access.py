"""Access: asked for, granted by a second person, revoked; and who looked at the footage of a case.

Holds always: a grant is shown to whom it concerns, to who may approve it and to who may know who
looked; who asked or is meant never approves; a refusal names every reason.
"""

from fastapi import APIRouter, Depends, Request

from api import models as m
from api import models_access as a
from api.case_reach import case_within
from api.grants_shown import own, shown, visible, within
from api.guard import Caller, anybody, check_recording, needs
from api.models_register import Made
from api.register_words import said
from api.responses import PROBLEMS
from api.world import World, world_of
from cases import access, confidentiality, grants
from cases.grants import NewGrant, Objects, Whom
from evidence.access import Term
from evidence.errors import NotFound
from evidence.ratio import day_of
from people.logins import LoggedIn
from people.roles import Permission
from people.staff import names_of
from people.views import Because

router = APIRouter(prefix="/api", tags=["access"])

_MOST_LOOKS = 200
_requesting = Depends(needs(Permission.REQUEST_ACCESS))
_approving = Depends(needs(Permission.APPROVE_ACCESS))
_judging = Depends(needs(Permission.JUDGE_FOOTAGE))
_reading = Depends(needs(Permission.LIST_RECORDINGS))
_knowing = Depends(needs(Permission.READ_VIEWS))
_anybody = Depends(anybody)


@router.get("/grants", responses=PROBLEMS["read"])
def list_grants(request: Request, caller: Caller = _requesting) -> a.Grants:
    """One's own grants, and those within reach of who approves or supervises; latest first."""
    world = world_of(request)
    with world.site.database.read() as connection:
        found = visible(connection, caller)
        today = day_of(world.site.clock())
        return a.Grants(grants=shown(connection, found, caller=caller, today=today))


@router.post("/grants", status_code=201, responses=PROBLEMS["change"])
def request_grant(request: Request, given: a.GrantGiven, caller: Caller = _requesting) -> Made:
    """Asks for access: it waits for a second person."""
    world, person = world_of(request), caller.account.person
    new = NewGrant(
        kind=given.kind,
        whom=Whom(given.grantee, given.person or person, given.outsider),
        purpose=given.purpose,
        basis=given.basis,
        document_number=given.document_number,
        objects=Objects(given.case, tuple(dict.fromkeys(given.recordings))),
        term=Term(given.from_day, given.to_day),
        requester=person,
    )
    return Made(id=grants.request(world.ledger_of(caller.account), new))


@router.post("/grants/{grant}/approve", responses=PROBLEMS["change"])
def approve_grant(
    request: Request, grant: m.Key, given: a.GrantNote, caller: Caller = _approving
) -> m.Done:
    """Approves what another person asked for somebody else."""
    world = _checked(request, caller, grant=grant)
    ledger, person = world.ledger_of(caller.account), caller.account.person
    grants.approve(ledger, grant, person=person, note=given.note)
    return m.Done()


@router.post("/grants/{grant}/refuse", responses=PROBLEMS["change"])
def refuse_grant(
    request: Request, grant: m.Key, given: a.GrantNote, caller: Caller = _approving
) -> m.Done:
    """Refuses a request."""
    world = _checked(request, caller, grant=grant)
    ledger, person = world.ledger_of(caller.account), caller.account.person
    grants.refuse(ledger, grant, person=person, note=given.note)
    return m.Done()


@router.post("/grants/{grant}/revoke", responses=PROBLEMS["change"])
def revoke_grant(
    request: Request, grant: m.Key, given: a.RevokeGiven, caller: Caller = _approving
) -> m.Done:
    """Ends a grant: also whoever looks under it just now is cut off."""
    world = _checked(request, caller, grant=grant)
    ledger, person = world.ledger_of(caller.account), caller.account.person
    grants.revoke(ledger, grant, person=person, reason=given.reason)
    return m.Done()


@router.post("/grants/{grant}/withdraw", responses=PROBLEMS["change"])
def withdraw_grant(request: Request, grant: m.Key, logged_in: LoggedIn = _anybody) -> m.Done:
    """Takes one's own request back."""
    world, person = world_of(request), logged_in.account.person
    with world.site.database.read() as connection:
        if own(connection, person, grant=grant).requester != person:
            raise NotFound(f"{grant} is not theirs", why="GRANT_NOT_OWN", grant=grant)
    grants.refuse(world.ledger_of(logged_in.account), grant, person=person)
    return m.Done()


@router.get("/cases/{case}/access", responses=PROBLEMS["find"])
def case_access(request: Request, case: m.Key, caller: Caller = _knowing) -> a.CaseAccess:
    """Who looked at the footage of a case, who tried and was refused, and what was granted."""
    world = world_of(request)
    with world.site.database.read() as connection:
        case_within(connection, caller, case_id=case)
        recordings = grants.recordings_of_case(connection, case)
        looks = access.looks_at(connection, recordings, limit=_MOST_LOOKS)
        denials = access.denials_of(connection, recordings)
        people = {one.person for one in looks} | {one.person for one in denials}
        names = names_of(connection, people)
        found = grants.of_case(connection, case)
        granted = shown(connection, found, caller=caller, today=day_of(world.site.clock()))
    tries = [
        *(_try(one, names, ground=one.ground) for one in looks),
        *(_try(one, names, denied=True) for one in denials),
    ]
    return a.CaseAccess(tries=sorted(tries, key=lambda one: one.at, reverse=True), grants=granted)


@router.get("/recordings/{recording}/confidentiality", responses=PROBLEMS["find"])
def confidentiality_of(
    request: Request, recording: m.Sha256, caller: Caller = _reading
) -> a.LevelShown:
    """How confidential a recording is."""
    world = world_of(request)
    check_recording(world, caller.extent, recording=recording)
    with world.site.database.read() as connection:
        level = confidentiality.levels(connection, [recording])[recording]
    return a.LevelShown(recording=recording, level=said(level))


@router.post("/recordings/{recording}/confidentiality", responses=PROBLEMS["change"])
def state_confidentiality(
    request: Request, recording: m.Sha256, given: a.LevelGiven, caller: Caller = _judging
) -> m.Done:
    """States how confidential a recording is; a state secret is put aside instead."""
    world = world_of(request)
    check_recording(world, caller.extent, recording=recording)
    confidentiality.state(
        world.ledger_of(caller.account),
        recording,
        level=given.level,
        person=caller.account.person,
        reason=given.reason,
    )
    return m.Done()


def _checked(request: Request, caller: Caller, *, grant: str) -> World:
    """The world, once the grant is known to lie within reach. Raises `NotFound`."""
    world = world_of(request)
    with world.site.database.read() as connection:
        within(connection, caller, grant=grant)
    return world


def _try(
    one: access.Denied | access.LookOnRecord,
    names: dict[str, str | None],
    *,
    denied: bool = False,
    ground: Because | None = None,
) -> a.LookTried:
    return a.LookTried(
        at=one.at,
        recording=one.recording,
        person=one.person,
        name=names.get(one.person),
        kind=one.kind.value,
        denied=denied,
        ground=None if ground is None else said(ground.ground),
    )
