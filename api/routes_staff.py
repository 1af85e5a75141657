"""The register of people: who serves where and as what, and whether they may enforce.

Holds always: only people of units within reach are answered for, and nobody is posted to a unit out
of reach; a name never stands in an address.
"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from api import models as m
from api import models_register as r
from api.guard import Caller, needs
from api.register_words import (
    all_said,
    asked,
    person_within,
    persons_within,
    rule_among,
    said,
    unit_of,
)
from api.responses import PROBLEMS
from api.world import World, world_of
from evidence.enforcing import PostStatus, may_enforce
from evidence.errors import NotFound
from people import register, units
from people.bodies import Body, bodies
from people.papers import Paper, papers_of
from people.register import NewCertificate, Newcomer, NewPosting
from people.roles import Permission
from people.staff import Member

router = APIRouter(prefix="/api/persons", tags=["people"])

_reading = Depends(needs(Permission.READ_STAFF))
_managing = Depends(needs(Permission.MANAGE_STAFF))
On = Annotated[r.Day | None, Query(description="a day in Asia/Shanghai; today if left out")]


@router.get("", responses=PROBLEMS["find"])
def list_persons(
    request: Request, on: On = None, unit: m.Key | None = None, caller: Caller = _reading
) -> r.Persons:
    """Everybody within reach on a day, in order of units and numbers; of one unit if named."""
    world = world_of(request)
    day = asked(world, on).day
    with world.site.database.read() as connection:
        found = persons_within(connection, caller.extent, day=day).values()
        known = bodies(connection, day)
    shown = [_shown(one, day, known=known) for one in found]
    shown.sort(key=lambda one: (one.unit, one.officer_number or "", one.person))
    return r.Persons(day=day, persons=[one for one in shown if unit in (None, one.unit)])


@router.post("", status_code=201, responses=PROBLEMS["change"])
def add_person(request: Request, given: r.PersonGiven, caller: Caller = _managing) -> r.Made:
    """Enters somebody with the first posting; whoever has an account by this number is the same."""
    world = world_of(request)
    certificate = None if given.certificate is None else _certificate(given.certificate)
    posting = _posting(given, unit=_unit(world, caller, named=given.unit))
    new = Newcomer(given.name, given.officer_number, posting, certificate, given.undertaking)
    return r.Made(id=register.add_person(world.ledger_of(caller.account), new))


@router.get("/{person}", responses=PROBLEMS["find"])
def one_person(
    request: Request, person: m.Key, on: On = None, caller: Caller = _reading
) -> r.PersonDetail:
    """All that is on record of somebody, and whether they may enforce on a day."""
    world = world_of(request)
    day = asked(world, on).day
    with world.site.database.read() as connection:
        found = person_within(connection, caller, person=person, day=day)
        papers = papers_of(connection, found.id)
        known = bodies(connection, day)
    postings = [one for one in found.facts.postings if caller.extent.contains(one.unit_id)]
    return r.PersonDetail(
        shown=_shown(found, day, known=known),
        day=day,
        postings=[
            r.PostingShown(
                from_day=one.from_day,
                unit=one.unit_id,
                kind=said(one.kind),
                on_establishment=one.on_establishment,
                on_post=one.on_post,
                status=said(one.status),
            )
            for one in postings
        ],
        elsewhere=len(found.facts.postings) - len(postings),
        certificates=[_paper(one) for one in papers],
        undertakings=list(found.undertakings),
    )


@router.post("/{person}/postings", status_code=201, responses=PROBLEMS["change"])
def post_person(
    request: Request, person: m.Key, given: r.PostingGiven, caller: Caller = _managing
) -> m.Done:
    """States where and as what somebody serves from a day on."""
    world = world_of(request)
    found = _managed(world, caller, person=person)
    new = _posting(given, unit=_unit(world, caller, named=given.unit))
    register.state_posting(world.ledger_of(caller.account), found.id, new=new)
    return m.Done()


@router.post("/{person}/certificates", status_code=201, responses=PROBLEMS["change"])
def certify_person(
    request: Request, person: m.Key, given: r.CertificateGiven, caller: Caller = _managing
) -> r.Made:
    """Enters a certificate of somebody."""
    world = world_of(request)
    found = _managed(world, caller, person=person)
    ledger = world.ledger_of(caller.account)
    return r.Made(id=register.add_certificate(ledger, found.id, new=_certificate(given)))


@router.post(
    "/{person}/certificates/{certificate}/events", status_code=201, responses=PROBLEMS["change"]
)
def note_certificate(
    request: Request,
    person: m.Key,
    certificate: m.Key,
    given: r.EventGiven,
    caller: Caller = _managing,
) -> m.Done:
    """Notes what became of a certificate: annual check, revoked, collected, destroyed."""
    world = world_of(request)
    found = _managed(world, caller, person=person)
    with world.site.database.read() as connection:
        known = {one.id for one in papers_of(connection, found.id)}
    if certificate not in known:
        raise NotFound(
            f"No certificate {certificate}", why="NO_CERTIFICATE", certificate=certificate
        )
    ledger = world.ledger_of(caller.account)
    register.note_event(ledger, certificate, event=given.event, day=given.day)
    return m.Done()


@router.post("/{person}/undertakings", status_code=201, responses=PROBLEMS["change"])
def undertake(
    request: Request, person: m.Key, given: r.UndertakingGiven, caller: Caller = _managing
) -> m.Done:
    """Notes that somebody undertook to keep secrets."""
    world = world_of(request)
    found = _managed(world, caller, person=person)
    ledger = world.ledger_of(caller.account)
    register.sign_undertaking(ledger, found.id, signed_on=given.signed_on)
    return m.Done()


def _managed(world: World, caller: Caller, *, person: str) -> Member:
    """Somebody who is within reach today; raises `NotFound` for anybody else."""
    day = asked(world, None).day
    with world.site.database.read() as connection:
        return person_within(connection, caller, person=person, day=day)


def _unit(world: World, caller: Caller, *, named: str) -> str:
    """The id of the unit of this id or name, which lies within reach; raises `NotFound`."""
    with world.site.database.read() as connection:
        within = [one for one in units.all_units(connection) if caller.extent.contains(one.id)]
    return units.chosen(within, named).id


def _posting(given: r.PostingGiven, *, unit: str) -> NewPosting:
    return NewPosting(
        from_day=given.from_day,
        unit=unit,
        kind=given.kind,
        on_establishment=given.on_establishment,
        on_post=given.on_post,
        status=given.status,
        reason=given.reason,
    )


def _certificate(given: r.CertificateGiven) -> NewCertificate:
    return NewCertificate(given.number, given.issuer, given.valid_from, given.valid_to, given.kind)


def _shown(member: Member, day: date, *, known: list[Body]) -> r.PersonShown:
    """Somebody with the verdict of a day, by the rule of the body that they are of."""
    unit = unit_of(member, day)
    rule = rule_among(known, unit, day=day)
    verdict = may_enforce(member.facts, day, annual_check=rule.annual_check)
    posting = verdict.posting or min(member.facts.postings)
    return r.PersonShown(
        person=member.id,
        name=member.full_name,
        officer_number=member.officer_number,
        unit=unit,
        kind=said(posting.kind),
        status=said(posting.status if verdict.posting else PostStatus.ACTIVE),
        may_enforce=verdict.may_enforce,
        reasons=all_said(verdict.bars),
        flags=all_said(verdict.flags),
    )


def _paper(paper: Paper) -> r.CertificateShown:
    return r.CertificateShown(
        certificate=paper.id,
        number=paper.number,
        kind=paper.kind,
        issuer=paper.issuer,
        valid_from=paper.valid_from,
        valid_to=paper.valid_to,
        events=[r.EventShown(event=said(event), day=day) for event, day in paper.events],
    )
