"""Access: asked for, granted by a second person, revoked; and who looked at the footage of a case.

Holds always: a grant is shown to whom it concerns, to who may approve it and to who may know who
looked; who asked or is meant never approves; a refusal names every reason.
"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from api import models as m
from api import models_access as a
from api.case_reach import case_within
from api.grants_shown import own, shown, visible, within
from api.guard import Caller, anybody, check_recording, needs
from api.models_register import Made
from api.register_words import said
from api.responses import PROBLEMS
from api.world import World, world_of
from cases import access, confidentiality, grants, handing_out
from cases.grants import NewGrant, Objects, Whom
from cases.handing_out import Loan, NewLoan
from evidence.access import Term
from evidence.entry import parse_time
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


@router.get("/outgoing", responses=PROBLEMS["read"])
def outgoing(request: Request, caller: Caller = _requesting) -> a.Outgoing:
    """What left under the grants that are shown: media lent, what is out first, and copies."""
    world = world_of(request)
    with world.site.database.read() as connection:
        found = {one.id: one for one in visible(connection, caller)}
        lent = handing_out.loans(connection, found)
        copies = [one for grant in found for one in handing_out.copies_of(connection, grant)]
    today = day_of(world.site.clock())
    return a.Outgoing(
        loans=[_loan(one, found[one.grant].document_number, today=today) for one in lent],
        copies=[
            a.CopyShown(
                id=one.id,
                grant=one.grant,
                document_number=found[one.grant].document_number,
                form=said(one.form),
                receiver=one.receiver,
                given_at=parse_time(one.stated_at),
                signed=one.signed,
            )
            for one in copies
        ],
    )


@router.post("/grants/{grant}/loans", status_code=201, responses=PROBLEMS["change"])
def lend(request: Request, grant: m.Key, given: a.LoanGiven, caller: Caller = _approving) -> Made:
    """Lends a medium under a grant to borrow: it is due back on a day."""
    world = _checked(request, caller, grant=grant)
    new = NewLoan(given.medium, given.due_on, given.receiver)
    ledger, person = world.ledger_of(caller.account), caller.account.person
    return Made(id=handing_out.lend(ledger, grant, new=new, person=person))


@router.post("/grants/{grant}/loans/{number}/return", responses=PROBLEMS["change"])
def take_back(
    request: Request,
    grant: m.Key,
    number: Annotated[int, Path(ge=0, le=2**31)],
    given: a.GrantNote,
    caller: Caller = _approving,
) -> m.Done:
    """A lent medium is back."""
    world = _checked(request, caller, grant=grant)
    ledger, person = world.ledger_of(caller.account), caller.account.person
    handing_out.take_back(ledger, f"{grant}/{number}", person=person, said=given.note)
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


def _loan(one: Loan, document_number: str, *, today: date) -> a.LoanShown:
    return a.LoanShown(
        id=one.id,
        grant=one.grant,
        number=int(one.id.rpartition("/")[2]),
        document_number=document_number,
        medium=one.medium,
        due_on=one.due_on,
        overdue=one.is_overdue(today),
        receiver=one.receiver,
        lent_at=parse_time(one.stated_at),
        back_at=None if one.back_at is None else parse_time(one.back_at),
        back_note=one.back_note,
    )


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
