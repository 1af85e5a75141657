"""Bodies and what they are in law, waivers, legal reviewers, trainings, certificates, clean-ups.

Holds always: a body is shown to whoever reaches all of its units, and people to whoever reaches the
unit they are of; what is stated of a unit is stated of one within reach.
"""

from datetime import date
from typing import Annotated, TypedDict

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection

from api import models as m
from api import models_bureau as b
from api import models_register as r
from api.guard import Caller, needs
from api.register_words import all_said, asked, person_within, said
from api.responses import PROBLEMS
from api.world import World, world_of
from devices import waivers
from devices.tasks import BlockLine, TaskLine, block_list, certificate_tasks
from evidence.errors import NotFound
from evidence.ratio import first_moment
from evidence.training import Training
from people import clean_up, units
from people.bodies import Body, UnitStanding, bodies, state_unit
from people.policies import policies_of
from people.ratio_rule import clauses_for, stamp_for
from people.reviewers import BodyReviewers, reviewers, state_reviewer
from people.roles import Permission
from people.staff import Member, names_of
from people.training import note_training, training_lines

router = APIRouter(prefix="/api", tags=["bureau"])

_RULE = "reviewer_ratio"
_ratio = Depends(needs(Permission.READ_RATIO))
_staff = Depends(needs(Permission.READ_STAFF))
_managing = Depends(needs(Permission.MANAGE_STAFF))
_units = Depends(needs(Permission.MANAGE_USERS))
_devices = Depends(needs(Permission.MANAGE_DEVICES))
On = Annotated[r.Day | None, Query(description="a day in Asia/Shanghai; today if left out")]
Year = Annotated[int | None, Query(ge=1900, le=2999, description="this year if left out")]


@router.get("/bodies", responses=PROBLEMS["read"])
def list_bodies(request: Request, on: On = None, caller: Caller = _ratio) -> b.Bodies:
    """The bodies within reach: what each is in law, in whose name it acts, by which policy."""
    world = world_of(request)
    day = asked(world, on).day
    with world.site.database.read() as connection:
        found = bodies(connection, day)
    shown = [_body(one, day) for one in found if _is_within(caller, one)]
    return b.Bodies(day=day, bodies=shown)


@router.post("/units/{unit}/standings", status_code=201, responses=PROBLEMS["change"])
def state_standing(
    request: Request, unit: m.Key, given: b.StandingGiven, caller: Caller = _units
) -> m.Done:
    """States what a unit is in law from a day on."""
    world = world_of(request)
    unit_id = _unit_within(world, caller, named=unit)
    _check_profile(world, given.profile)
    principal = given.principal and _unit_named(world, given.principal)
    new = UnitStanding(
        from_day=given.from_day,
        kind=given.body_kind,
        capacity_basis=given.capacity_basis,
        capacity_to=given.capacity_to,
        principal=principal,
        powers=given.powers,
        filing_number=given.filing_number,
        profile=given.profile,
    )
    state_unit(world.ledger_of(caller.account), unit_id, new=new)
    return m.Done()


@router.post("/ratio/{unit}/waivers", status_code=201, responses=PROBLEMS["change"])
def waive_ratio(
    request: Request, unit: m.Key, given: b.WaiverGiven, caller: Caller = _devices
) -> r.Made:
    """Waives the ratio of a body for some days: changes what is shown, never a number."""
    world = world_of(request)
    unit_id = _unit_within(world, caller, named=unit)
    with world.site.database.read() as connection:
        approver = person_within(
            connection, caller, person=given.approver, day=asked(world, None).day
        )
    ledger, days = world.ledger_of(caller.account), (given.first, given.last)
    waiver = waivers.waive(ledger, unit_id, days=days, reason=given.reason, approver=approver.id)
    return r.Made(id=waiver)


@router.get("/reviewers", responses=PROBLEMS["find"])
def list_reviewers(request: Request, on: On = None, caller: Caller = _ratio) -> b.Reviewers:
    """Whether each body within reach has the legal reviewers that its officers demand."""
    world = world_of(request)
    day = asked(world, on).day
    with world.site.database.read() as connection:
        found = reviewers(connection, day)
    shown = [_reviewers(one, day) for one in found if _is_within(caller, one.body)]
    return b.Reviewers(day=day, bodies=shown)


@router.post("/persons/{person}/reviewings", status_code=201, responses=PROBLEMS["change"])
def state_reviewing(
    request: Request, person: m.Key, given: b.ReviewingGiven, caller: Caller = _managing
) -> m.Done:
    """States that somebody reviews for a unit from a day on, or no longer."""
    world = world_of(request)
    found = _person(world, caller, person=person)
    unit = _unit_within(world, caller, named=given.unit)
    ledger = world.ledger_of(caller.account)
    state_reviewer(ledger, found.id, unit=unit, from_day=given.from_day, source=given.source)
    return m.Done()


@router.get("/trainings", responses=PROBLEMS["find"])
def list_trainings(request: Request, year: Year = None, caller: Caller = _staff) -> b.Trainings:
    """How many hours of training each officer within reach has in a year, and lacks."""
    world = world_of(request)
    today = asked(world, None).day
    of_year = year or today.year
    with world.site.database.read() as connection:
        found = training_lines(connection, of_year, today=today)
    people = [
        b.TrainingLine(
            **_who(one.person),
            unit=one.unit_id,
            tenths=one.year.tenths,
            short_tenths=one.year.short_tenths,
            general=one.year.general,
            general_short=one.year.general_short,
            pre_post=one.year.pre_post,
        )
        for one in found
        if caller.extent.contains(one.unit_id)
    ]
    return b.Trainings(year=of_year, people=people)


@router.post("/persons/{person}/trainings", status_code=201, responses=PROBLEMS["change"])
def add_training(
    request: Request, person: m.Key, given: b.TrainingGiven, caller: Caller = _managing
) -> r.Made:
    """Notes a training that somebody had."""
    world = world_of(request)
    found = _person(world, caller, person=person)
    ledger, new = world.ledger_of(caller.account), Training(given.day, given.tenths, given.kind)
    return r.Made(id=note_training(ledger, found.id, new=new, course=given.course))


@router.get("/certificates/due", responses=PROBLEMS["find"])
def list_due(request: Request, on: On = None, caller: Caller = _staff) -> b.Due:
    """What is to be done about certificates, and devices that whoever may not have them has."""
    world = world_of(request)
    when = asked(world, on)
    with world.site.database.read() as connection:
        tasks = certificate_tasks(connection, when.day)
        blocks = block_list(connection, when.at if on is None else first_moment(when.day))
    reach = caller.extent
    return b.Due(
        day=when.day,
        tasks=[_task(one) for one in tasks if reach.contains(one.unit_id)],
        blocked=[_block(one) for one in blocks if reach.contains(one.unit_id)],
    )


@router.get("/units/{unit}/clean-up", responses=PROBLEMS["find"])
def one_clean_up(
    request: Request, unit: m.Key, year: Year = None, caller: Caller = _staff
) -> b.CleanUp:
    """The yearly list of officers of a unit and those below who may not enforce, and why."""
    world = world_of(request)
    unit_id, today = _unit_within(world, caller, named=unit), asked(world, None).day
    with world.site.database.read() as connection:
        return _clean_up(connection, unit_id, year=year or today.year, today=today)


@router.post("/units/{unit}/clean-up", status_code=201, responses=PROBLEMS["change"])
def sign_clean_up(
    request: Request, unit: m.Key, given: b.CleanUpGiven, caller: Caller = _managing
) -> b.CleanUp:
    """Signs the list as it is now, in the name of whoever asks."""
    world = world_of(request)
    unit_id, today = _unit_within(world, caller, named=unit), asked(world, None).day
    year, account = given.year or today.year, caller.account
    ledger = world.ledger_of(account)
    clean_up.sign_clean_up(ledger, unit_id, year=year, signer=account.person, day=today)
    with world.site.database.read() as connection:
        return _clean_up(connection, unit_id, year=year, today=today)


# --- within reach ---------------------------------------------------------------------------------


def _is_within(caller: Caller, body: Body) -> bool:
    return all(caller.extent.contains(unit) for unit in body.units)


def _unit_within(world: World, caller: Caller, *, named: str) -> str:
    with world.site.database.read() as connection:
        within = [one for one in units.all_units(connection) if caller.extent.contains(one.id)]
    return units.chosen(within, named).id


def _unit_named(world: World, named: str) -> str:
    """Whoever is entrusted may be so by a unit that is out of reach."""
    with world.site.database.read() as connection:
        return units.find_unit(connection, named).id


def _person(world: World, caller: Caller, *, person: str) -> Member:
    with world.site.database.read() as connection:
        return person_within(connection, caller, person=person, day=asked(world, None).day)


# --- words ----------------------------------------------------------------------------------------


class _Who(TypedDict):
    person: str
    name: str | None
    officer_number: str | None


def _who(person: Member) -> _Who:
    return {
        "person": person.id,
        "name": person.full_name,
        "officer_number": person.officer_number,
    }


def _body(body: Body, day: date) -> b.BodyShown:
    standing = body.standing
    return b.BodyShown(
        unit=m.Unit(**vars(body.unit)),
        sections=sorted(body.units - {body.unit.id}),
        kind=None if standing is None else standing.kind,
        has_capacity=standing is not None and standing.has_capacity(day),
        capacity_basis=None if standing is None else standing.capacity_basis,
        capacity_to=None if standing is None else standing.capacity_to,
        principal=body.principal,
        powers=[] if standing is None else [*standing.powers],
        filing_number=None if standing is None else standing.filing_number,
        profile=None if standing is None else standing.profile,
    )


def _check_profile(world: World, profile: str | None) -> None:
    """Raises `NotFound` for a profile that there is not on any day."""
    with world.site.database.read() as connection:
        known = {one.id for one in policies_of(connection).all}
    if profile is not None and profile not in known:
        raise NotFound("There is no such profile", why="NO_PROFILE", profile=profile)


def _reviewers(one: BodyReviewers, day: date) -> b.BodyReviewers:
    followed, verdict = one.body.followed, one.verdict.verdict
    return b.BodyReviewers(
        unit=m.Unit(**vars(one.body.unit)),
        officers=verdict.people,
        present=verdict.present,
        own=one.verdict.own,
        outside=one.verdict.outside,
        required=verdict.required,
        short=verdict.short,
        status=said(verdict.status),
        reviewers=[
            b.ReviewerShown(**_who(line.person), source=said(line.source), counted=line.serves)
            for line in one.reviewers
        ],
        clauses=[
            r.ClauseShown(**vars(clause)) for clause in clauses_for(followed, day, rule=_RULE)
        ],
        stamp={**stamp_for(followed, day, rule=_RULE)},
    )


def _task(one: TaskLine) -> b.DueShown:
    return b.DueShown(
        **_who(one.person),
        unit=one.unit_id,
        certificate=one.paper.id,
        number=one.paper.number,
        valid_to=one.paper.valid_to,
        task=said(one.task),
        devices=[*one.devices],
    )


def _block(one: BlockLine) -> b.BlockShown:
    return b.BlockShown(
        **_who(one.person),
        device=one.held.recorder,
        unit=one.unit_id,
        reasons=all_said(one.reasons),
    )


def _clean_up(connection: Connection, unit: str, *, year: int, today: date) -> b.CleanUp:
    last = date(year, 12, 31)
    lines = clean_up.clean_up_list(connection, unit, day=min(today, last))
    done = clean_up.signed_clean_up(connection, unit, year=year)
    signer = None if done is None else names_of(connection, [done.signer])[done.signer]
    return b.CleanUp(
        year=year,
        people=[
            b.CleanUpLine(**_who(one.person), reasons=all_said(one.standing.bars)) for one in lines
        ],
        signed_on=None if done is None else done.signed_on,
        signed_by=signer,
        signed_for=None if done is None else done.listed,
        sha256=None if done is None else done.sha256,
        late=done.is_late if done else today > last,
    )
