"""Whether there are enough recorders: the board, what a line rests on, its past and its future.

Holds always: a line is shown to whoever reaches all of its units, so that no sum tells of units out
of reach, and to whoever entrusted the body; each number can be followed to persons, devices and
clauses, by those who reach them.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection

from api import models as m
from api import models_register as r
from api.guard import Caller, needs
from api.register_words import Asked, all_said, asked, said
from api.responses import PROBLEMS
from api.world import world_of
from devices import board, waivers
from devices.board import BodyRatio, DeviceLine, PersonLine, Register
from devices.past import days_of, read_past
from devices.sections import Section, with_sections
from evidence.device_sets import count_device, newest
from evidence.errors import BadInput, NotFound
from evidence.ratio import Headcount, RatioAt, RatioRule, Window, at_moment, first_moment
from people import units
from people.bodies import Body
from people.ratio_rule import clauses_for, rule_for, stamp_for
from people.roles import Permission
from people.staff import names_of

router = APIRouter(prefix="/api/ratio", tags=["ratio"])

MOST_DAYS = 1100
"""Three years and some days."""
_A_MONTH, _A_YEAR = timedelta(days=29), timedelta(days=365)

_reading = Depends(needs(Permission.READ_RATIO))
On = Annotated[r.Day | None, Query(description="a day in Asia/Shanghai; today if left out")]


@router.get("", responses=PROBLEMS["find"])
def ratio_board(request: Request, on: On = None, caller: Caller = _reading) -> r.RatioBoard:
    """Each body within reach, and each unit of one counted by itself."""
    world = world_of(request)
    when = asked(world, on)
    with world.site.database.read() as connection:
        register, sections = _loaded(connection, caller, day=when.day)
    lines = [
        _line(
            section,
            at_moment(register.facts(section.body), when.at, rule=_rule(section, when)),
            caller=caller,
        )
        for section in sections
    ]
    return r.RatioBoard(day=when.day, at=when.at, lines=lines)


@router.get("/{unit}", responses=PROBLEMS["find"])
def ratio_detail(
    request: Request, unit: m.Key, on: On = None, caller: Caller = _reading
) -> r.RatioDetail:
    """Who and what is counted in one line, who and what not, and why."""
    world = world_of(request)
    when = asked(world, on)
    with world.site.database.read() as connection:
        register, section = _one(connection, caller, unit=unit, day=when.day)
        stated = waivers.waivers_of(connection, unit)
        names = names_of(connection, {one.approver for one in stated})
    body, rule = section.body, _rule(section, when)
    ratio = at_moment(register.facts(body), when.at, rule=rule)
    people = board.people_of(register, body, day=when.day, rule=rule)
    return r.RatioDetail(
        day=when.day,
        at=when.at,
        line=_line(section, ratio, caller=caller),
        rule=_shown_rule(rule, body, day=when.day),
        people=sorted((_person(one, rule=rule) for one in people), key=_place),
        devices=list(_devices(register, body, when=when, rule=rule)),
        waivers=[
            r.WaiverShown(
                first=one.first,
                last=one.last,
                reason=one.reason,
                approver=names[one.approver],
            )
            for one in stated
        ],
    )


@router.get("/{unit}/history", responses=PROBLEMS["find"])
def ratio_history(
    request: Request,
    unit: m.Key,
    first: Annotated[
        r.Day | None, Query(description="the first day; 29 before the last if left out")
    ] = None,
    last: Annotated[r.Day | None, Query(description="the last; today if left out")] = None,
    caller: Caller = _reading,
) -> r.RatioHistory:
    """The ratio of each day between two, by the bodies and rules of that day; at most 1100 days."""
    world = world_of(request)
    when = asked(world, last)
    begin = first or when.day - _A_MONTH
    _check_days(begin, when.day)
    with world.site.database.read() as connection:
        _, section = _one(connection, caller, unit=unit, day=when.day)
        past = read_past(connection, first=begin, last=when.day)
    days = [
        r.RatioDayShown(day=one.day, worst=_ratio(one.worst), last=_ratio(one.last))
        for one in days_of(past, unit, until=when.at + timedelta(microseconds=1))
    ]
    return r.RatioHistory(unit=m.Unit(**vars(section.body.unit)), days=days)


@router.get("/{unit}/forecast", responses=PROBLEMS["find"])
def ratio_forecast(
    request: Request,
    unit: m.Key,
    until: Annotated[r.Day | None, Query(description="the last day; in a year if left out")] = None,
    caller: Caller = _reading,
) -> r.RatioForecast:
    """The ratio from now on, as devices retire and certificates run out; at most 1100 days."""
    world = world_of(request)
    when = asked(world, None)
    end = until or when.day + _A_YEAR
    _check_days(when.day, end)
    with world.site.database.read() as connection:
        register, section = _one(connection, caller, unit=unit, day=when.day)
    window = Window(when.at, first_moment(end + timedelta(days=1)))
    spans = board.forecast(register, section.body, window=window, rule=_rule(section, when))
    return r.RatioForecast(
        unit=m.Unit(**vars(section.body.unit)),
        spans=[r.RatioSpanShown(start=s.start, end=s.end, ratio=_ratio(s.ratio)) for s in spans],
    )


def _check_days(first: date, last: date) -> None:
    if first > last:
        raise BadInput("The first day is after the last", why="DAYS_ORDER")
    if (last - first).days >= MOST_DAYS:
        raise BadInput(f"More than {MOST_DAYS} days", why="DAYS_MANY", most=MOST_DAYS)


def _loaded(connection: Connection, caller: Caller, *, day: date) -> tuple[Register, list[Section]]:
    """The register with the lines within reach, and those of bodies entrusted by one within."""
    tree = units.all_units(connection)
    register, sections = with_sections(board.load(connection, day), tree)
    return register, [one for one in sections if _is_shown(caller, one)]


def _one(
    connection: Connection, caller: Caller, *, unit: str, day: date
) -> tuple[Register, Section]:
    """The line of one unit; raises `NotFound` where none is within reach."""
    register, sections = _loaded(connection, caller, day=day)
    within = (one for one in sections if _is_within(caller, one.body))
    found = next((one for one in within if one.body.unit.id == unit), None)
    if found is None:
        raise NotFound(f"No one unit is called {unit}", why="NO_UNIT", unit=unit)
    return register, found


def _is_within(caller: Caller, body: Body) -> bool:
    return all(caller.extent.contains(unit) for unit in body.units)


def _is_shown(caller: Caller, section: Section) -> bool:
    """Who entrusted a body sees its line, since a shortage there concerns them (R-051)."""
    above = section.body.principal if section.is_body else None
    return _is_within(caller, section.body) or (above is not None and caller.extent.contains(above))


def _rule(section: Section, when: Asked) -> RatioRule:
    return rule_for(section.body.followed, when.day)


def _line(section: Section, ratio: RatioAt, *, caller: Caller) -> r.RatioLine:
    unit = m.Unit(**vars(section.body.unit))
    body = section.body
    concerns = BodyRatio(body, ratio).notified if section.is_body else ()
    return r.RatioLine(
        unit=unit,
        is_body=section.is_body,
        principal=body.principal if section.is_body else None,
        concerns=list(concerns),
        within=_is_within(caller, body),
        ratio=_ratio(ratio),
    )


def _ratio(ratio: RatioAt) -> r.RatioShown:
    verdict = ratio.verdict
    return r.RatioShown(
        people=verdict.people,
        able=ratio.heads.able,
        roster=ratio.heads.roster,
        present=verdict.present,
        required=verdict.required,
        required_by_floor=verdict.required_by_floor,
        short=verdict.short,
        status=said(verdict.status),
        unwaived=said(verdict.unwaived),
    )


def _shown_rule(rule: RatioRule, body: Body, *, day: date) -> r.RuleShown:
    quota = rule.quota
    return r.RuleShown(
        numerator=quota.numerator,
        denominator=quota.denominator,
        minimum=quota.minimum,
        minimum_below=quota.minimum_below,
        rounding=said(quota.rounding),
        headcount=said(rule.headcount),
        clauses=[r.ClauseShown(**vars(one)) for one in clauses_for(body.followed, day)],
        stamp={**stamp_for(body.followed, day)},
    )


def _person(line: PersonLine, *, rule: RatioRule) -> r.PersonCounted:
    standing, posting = line.standing, line.standing.posting
    if posting is None:
        raise TypeError("Somebody without a posting is of no unit")
    by_roster = rule.headcount is Headcount.ROSTER
    return r.PersonCounted(
        person=line.person.id,
        name=line.person.full_name,
        officer_number=line.person.officer_number,
        unit=posting.unit_id,
        kind=said(posting.kind),
        counted=standing.is_on_roster if by_roster else standing.may_enforce,
        reasons=all_said(standing.bars),
        flags=all_said(standing.flags),
    )


def _place(one: r.PersonCounted) -> tuple[str, str, str]:
    return one.unit, one.officer_number or "", one.person


def _devices(
    register: Register, body: Body, *, when: Asked, rule: RatioRule
) -> Iterator[r.DeviceCounted]:
    """The devices that are the body's at the moment, and its own that are lent away."""
    there = board.devices_of(register, body, at=when.at, rule=rule)
    yield from (_device(one) for one in there)
    known = {one.device.number for one in there}
    for device in register.devices.get(body.unit.id, ()):
        owner = newest(device.facts.owners, when.at)
        if owner is not None and owner.value in body.units and device.number not in known:
            count = count_device(device.facts, when.at, rule=rule.counting)
            yield _device(DeviceLine(device, count), is_away=True)


def _device(line: DeviceLine, *, is_away: bool = False) -> r.DeviceCounted:
    count = line.count
    return r.DeviceCounted(
        device=line.device.number,
        kind=said(line.device.facts.kind),
        unit=None if is_away else count.unit_id,
        counted=count.part is not None and not is_away,
        part=None if count.part is None or is_away else said(count.part),
        reasons=all_said(count.reasons),
        lent_to=count.unit_id if is_away else None,
    )
