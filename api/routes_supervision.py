"""Supervision of access: what stood out in a period, reviewed by somebody else than looked.

Holds always: it is of the whole bureau, so who reviews holds that role at the bureau itself; nobody
is shown their own looks as flags, nor signs for them.
"""

from fastapi import APIRouter, Depends, Request
from sqlalchemy import Connection

from api import models as m
from api import models_supervision as s
from api.guard import Caller, needs
from api.models_register import Made
from api.register_words import said
from api.responses import PROBLEMS
from api.world import world_of
from cases import finding_follow, follow, supervision
from cases.supervision import NewReview, Seen
from evidence.entry import time_text
from evidence.errors import Forbidden
from evidence.supervising import Measure
from people.roles import Permission
from people.staff import names_of

router = APIRouter(prefix="/api/supervision", tags=["access"])

_supervising = Depends(needs(Permission.SUPERVISE_ACCESS))


@router.get("", responses=PROBLEMS["read"])
def list_periods(request: Request, caller: Caller = _supervising) -> s.Watched:
    """The periods of review, the latest first, and which of them wait."""
    _check_whole(caller)
    world = world_of(request)
    with world.site.database.read() as connection:
        found = supervision.listed(connection, world.site.clock())
        return s.Watched(periods=[_head(one) for one in found])


@router.get("/{period}", responses=PROBLEMS["find"])
def one_period(request: Request, period: m.Key, caller: Caller = _supervising) -> s.WatchedSeen:
    """What stands out in a period, without the reader's own looks, and its reviews."""
    _check_whole(caller)
    world = world_of(request)
    with world.site.database.read() as connection:
        found = supervision.named(connection, period, now=world.site.clock())
        return _shown(connection, found, reader=caller.account.person)


@router.post("/{period}/reviews", status_code=201, responses=PROBLEMS["change"])
def review_period(
    request: Request, period: m.Key, given: s.LooksReviewGiven, caller: Caller = _supervising
) -> Made:
    """Signs a review: each flag is raised as a finding, or explained."""
    _check_whole(caller)
    world = world_of(request)
    new = NewReview(caller.account.person, tuple(given.raised), given.note)
    made = supervision.review(world.ledger_of(caller.account), period, new=new)
    follow.catch_up(world.site.ledger)
    finding_follow.catch_up(world.site.ledger)
    return Made(id=made)


def _check_whole(caller: Caller) -> None:
    """Raises `Forbidden` for a role held at a part of the bureau."""
    if not caller.extent.everything:
        permission = Permission.SUPERVISE_ACCESS.value
        raise Forbidden("Supervision is of the whole bureau", permission=permission)


def _head(found: Seen) -> s.WatchedShown:
    return s.WatchedShown(
        period=found.period.name,
        first=found.period.first,
        last=found.period.last,
        state=said(found.state),
        looks=len(found.looks) - found.denied,
        denied=found.denied,
    )


def _shown(connection: Connection, found: Seen, *, reader: str) -> s.WatchedSeen:
    measure = Measure()
    flags = supervision.flags_of(connection, found, measure=measure, without=reader)
    people = {one.person for one in flags} | {one.person for one in found.reviews}
    names = names_of(connection, people)
    at = {one.id: time_text(one.at) for one in found.looks}
    return s.WatchedSeen(
        **vars(_head(found)),
        flags=[
            s.FlagShown(
                id=one.id,
                person=one.person,
                name=names.get(one.person),
                flag=said(one.flag),
                looks=len(one.looks),
                first_at=at[one.looks[0]],
                last_at=at[one.looks[-1]],
            )
            for one in flags
        ],
        unknown_days=supervision.unknown_in(connection, found),
        duty=[measure.begins.isoformat("minutes"), measure.ends.isoformat("minutes")],
        bulk=measure.bulk,
        reviews=[
            s.LooksReview(
                id=one.id,
                person=one.person,
                name=names.get(one.person),
                at=one.at,
                looks=one.looks,
                flags=len(one.flags),
                raised=len(one.raised),
                note=one.note,
            )
            for one in found.reviews
        ],
    )
