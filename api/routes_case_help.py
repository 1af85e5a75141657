"""What somebody needs beside a case or an action: names to choose, readiness, the printed list.

Holds always: names are offered to whoever keeps the case or action, of its own body alone; asking
changes nothing, but that a list was given out is on record before its first byte.
"""

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Depends, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api import models as m
from api import models_case_help as h
from api.case_reach import action_within, case_within
from api.case_shown import unit_name
from api.guard import Caller, needs
from api.register_words import all_said, said, unit_of
from api.responses import PROBLEMS
from api.world import world_of
from cases import gather, reading, segments
from cases.policy import policy_of
from cases.readiness import Checked, readiness
from devices.places import places_at
from evidence.enforcing import AnnualCheck, may_enforce
from evidence.ratio import day_of
from people.roles import Permission
from people.staff import Member, members, members_of
from render.pdf import as_pdf, check_font
from storage.reporting import record_report

router = APIRouter(prefix="/api", tags=["cases"])

_reading = Depends(needs(Permission.READ_CASES))
_keeping = Depends(needs(Permission.KEEP_CASES))
_PDF: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the file; its SHA-256 stands in the header X-Liuhen-Sha256",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/cases/{case}/choices", responses=PROBLEMS["find"])
def choices_of_case(request: Request, case: m.Key, caller: Caller = _keeping) -> h.Choices:
    """Who and which rooms may be named in a new action of a case."""
    world = world_of(request)
    now = world.site.clock()
    with world.site.database.read() as connection:
        found = case_within(connection, caller, case_id=case)
        return _choices(connection, found.details.unit, now=now)


@router.get("/actions/{action}/choices", responses=PROBLEMS["find"])
def choices_of_action(request: Request, action: m.Key, caller: Caller = _keeping) -> h.Choices:
    """Who and which rooms may be named in an action; whoever is of its team is among them."""
    world = world_of(request)
    now = world.site.clock()
    with world.site.database.read() as connection:
        found = action_within(connection, caller, action_id=action)
        team = [one.person for one in reading.team(connection, action)]
        return _choices(connection, found.details.unit, now=now, team=team)


@router.get("/actions/{action}/readiness", responses=PROBLEMS["find"])
def is_ready(request: Request, action: m.Key, caller: Caller = _reading) -> h.ReadinessShown:
    """Whether an action can go out: who goes, what they carry, and where the footage will lie."""
    world = world_of(request)
    with world.site.database.read() as connection:
        action_within(connection, caller, action_id=action)
        found = readiness(connection, action, at=world.site.clock(), space=world.site.vault.space())
    return h.ReadinessShown(ready=found.is_ready, points=[_point(one) for one in found.points])


@router.post(
    "/actions/{action}/segments/print",
    response_class=Response,
    responses={**PROBLEMS["change"], **_PDF},
)
def print_segments(request: Request, action: m.Key, caller: Caller = _reading) -> Response:
    """关键内容和相应时间段说明 of an action as a PDF; that it was given out is on record."""
    check_font()
    world = world_of(request)
    now = world.site.clock()
    with world.site.database.read() as connection:
        action_within(connection, caller, action_id=action)
        report = segments.printed(connection, action)
    data = as_pdf(report, made_at=now)
    ledger = world.ledger_of(caller.account)
    sha256 = record_report(ledger, report.kind, data=data, facts={"action": action})
    headers = {
        "content-disposition": f'attachment; filename="{report.kind.value}-{action}.pdf"',
        "x-liuhen-sha256": sha256,
    }
    return Response(data, media_type="application/pdf", headers=headers)


def _choices(
    connection: Connection, unit: str, *, now: datetime, team: list[str] | None = None
) -> h.Choices:
    day = day_of(now)
    body = gather.body_of(connection, unit, day=day)
    units = {unit} if body is None else body.units
    near = [one for one in members(connection, units=units).values() if unit_of(one, day) in units]
    people = {one.id: one for one in near} | members_of(connection, team or [])
    policy = policy_of(connection, unit, day=day)
    check = AnnualCheck[policy.text("certificate.annual_check").upper()]
    offered = [_person(connection, one, day=day, check=check) for one in people.values()]
    offered.sort(key=lambda one: (not one.may_enforce, one.officer_number or "", one.person))
    rooms = [
        h.RoomOffered(id=one.place.id, name=one.place.name, kind=said(one.place.kind))
        for one in places_at(connection, now)
        if one.place.unit_id in units
    ]
    return h.Choices(people=offered, rooms=rooms)


def _person(
    connection: Connection, one: Member, *, day: date, check: AnnualCheck
) -> h.PersonOffered:
    standing = may_enforce(one.facts, day, annual_check=check)
    return h.PersonOffered(
        person=one.id,
        name=one.full_name,
        officer_number=one.officer_number,
        unit_name=unit_name(connection, unit_of(one, day)),
        may_enforce=standing.may_enforce,
        reasons=all_said(standing.bars),
    )


def _point(one: Checked) -> h.PointShown:
    todo = None if one.todo is None else m.Words(zh=one.todo[0], en=one.todo[1])
    words = m.Words(zh=one.said[0], en=one.said[1])
    return h.PointShown(point=one.point, light=one.light, about=one.about, words=words, todo=todo)
