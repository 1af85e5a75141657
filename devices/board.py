"""The ratio of every body on a day, with each person and device counted or not, and why.

Holds always: computed from the register each time it is asked for, never stored, so nothing can be
out of date; a body's numbers rest on the facts of its own people and devices alone.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from devices.fleet import Device, fleet
from evidence.device_sets import (
    Condition,
    CountRule,
    DeviceCount,
    DeviceFacts,
    Stated,
    Uncounted,
    count_device,
)
from evidence.enforcing import Standing, may_enforce
from evidence.ratio import (
    BodyFacts,
    RatioAt,
    RatioRule,
    RatioSpan,
    Waiver,
    Window,
    at_moment,
    day_of,
    first_moment,
    history,
)
from people.bodies import Body, bodies
from people.staff import Member, members
from storage import schema

_KEPT_UP = timedelta(days=100 * 366)
"""Longer than any look ahead."""
RuleFor = Callable[[Body], RatioRule]
"""The rule of the profile in force for a body."""


@dataclass(frozen=True)
class Register:
    """All facts that bear on ratios, sorted by the body they bear on."""

    bodies: Sequence[Body]
    people: Mapping[str, Sequence[Member]]
    devices: Mapping[str, Sequence[Device]]
    waivers: Mapping[str, Sequence[Waiver]]

    def facts(self, body: Body) -> BodyFacts:
        """What the rules need to know of one body."""
        top = body.unit.id
        return BodyFacts(
            body.units,
            [person.facts for person in self.people.get(top, ())],
            [device.facts for device in self.devices.get(top, ())],
            self.waivers.get(top, ()),
        )


@dataclass(frozen=True)
class BodyRatio:
    """One line of the board."""

    body: Body
    ratio: RatioAt

    @property
    def notified(self) -> tuple[str, ...]:
        """Whom a shortage concerns: the unit, and whoever entrusted it (R-051); else nobody."""
        if not self.ratio.verdict.short:
            return ()
        above = self.body.principal
        return (self.body.unit.id,) if above is None else (self.body.unit.id, above)


@dataclass(frozen=True)
class PersonLine:
    """A person of a body and whether the head count has them."""

    person: Member
    standing: Standing


@dataclass(frozen=True)
class DeviceLine:
    """A device of a body and what it adds."""

    device: Device
    count: DeviceCount


@dataclass(frozen=True)
class Facts:
    """Everybody, every device and every waiver, whatever bodies there are."""

    people: Sequence[Member]
    devices: Sequence[Device]
    waivers: Mapping[str, Sequence[Waiver]]


def load(connection: Connection, day: date) -> Register:
    """Reads the register; bodies and their sections are those of the day."""
    return sorted_by(bodies(connection, day), read_facts(connection))


def read_facts(connection: Connection) -> Facts:
    """Reads what bears on ratios; waivers by the unit they were stated for."""
    waivers: defaultdict[str, list[Waiver]] = defaultdict(list)
    for row in connection.execute(select(schema.ratio_waivers)):
        waiver = Waiver(date.fromisoformat(row.from_day), date.fromisoformat(row.to_day))
        waivers[row.unit_id].append(waiver)
    return Facts(list(members(connection).values()), list(fleet(connection).values()), waivers)


def sorted_by(found: Sequence[Body], facts: Facts) -> Register:
    """The facts by the body of these that they bear on."""
    body_of = {unit: body.unit.id for body in found for unit in body.units}
    people: defaultdict[str, list[Member]] = defaultdict(list)
    for person in facts.people:
        for top in {body_of[posting.unit_id] for posting in person.facts.postings}:
            people[top].append(person)
    devices: defaultdict[str, list[Device]] = defaultdict(list)
    for device in facts.devices:
        for top in {body_of[unit] for unit in _units_of(device.facts)}:
            devices[top].append(device)
    return Register(found, people, devices, facts.waivers)


def board(register: Register, at: datetime, *, rule_for: RuleFor) -> list[BodyRatio]:
    """The ratio at a moment of each body that owes one, entrusted ones below their principals."""
    return [
        BodyRatio(body, at_moment(register.facts(body), at, rule=rule_for(body)))
        for body in below_principals([body for body in register.bodies if body.owes_ratio])
    ]


def below_principals(found: Sequence[Body]) -> list[Body]:
    """The bodies in their order, each followed by those that it entrusted (R-051)."""
    there = {body.unit.id for body in found}
    tops = [body for body in found if body.principal not in there]
    ordered: dict[str, Body] = {}
    waiting = [*tops, *found]  # the latter for bodies that entrust each other in a circle
    while waiting:
        body = waiting.pop(0)
        if body.unit.id not in ordered:
            ordered[body.unit.id] = body
            waiting[:0] = [other for other in found if other.principal == body.unit.id]
    return list(ordered.values())


def people_of(register: Register, body: Body, *, day: date, rule: RatioRule) -> list[PersonLine]:
    """Everybody who is in the body's units on a day, counted or not."""
    lines = [
        PersonLine(person, may_enforce(person.facts, day, annual_check=rule.annual_check))
        for person in register.people.get(body.unit.id, ())
    ]
    return [line for line in lines if _is_in(line.standing, body)]


def devices_of(
    register: Register, body: Body, *, at: datetime, rule: RatioRule
) -> list[DeviceLine]:
    """Every device that is the body's at a moment, lent to it included, counted or not."""
    lines = [
        DeviceLine(device, count_device(device.facts, at, rule=rule.counting))
        for device in register.devices.get(body.unit.id, ())
    ]
    return [line for line in lines if line.count.unit_id in body.units]


def forecast(register: Register, body: Body, *, window: Window, rule: RatioRule) -> list[RatioSpan]:
    """How a body's ratio will go if nobody does anything.

    Devices leave when their service life ends, certificates run out; a self-test that holds when
    the window begins is taken to be kept up, since one that is due is no shortage (R-166).
    """
    facts, since = register.facts(body), window.since
    found = register.devices.get(body.unit.id, ())
    ahead = [_ahead(device, since, counting=rule.counting) for device in found]
    kept_up = replace(rule, counting=replace(rule.counting, test_holds=_KEPT_UP))
    return history(replace(facts, devices=ahead), window, rule=kept_up)


def _ahead(device: Device, since: datetime, *, counting: CountRule) -> DeviceFacts:
    """What is to become of a device from a moment on; a test too old by then is worth nothing."""
    facts = device.facts
    if Uncounted.TEST_TOO_OLD in count_device(facts, since, rule=counting).reasons:
        facts = replace(facts, tests=())
    if device.retires_on is None:
        return facts
    end = Stated(first_moment(device.retires_on), len(facts.conditions), Condition.RETIRED)
    return replace(facts, conditions=(*facts.conditions, end))


def _is_in(standing: Standing, body: Body) -> bool:
    return standing.posting is not None and standing.posting.unit_id in body.units


def _units_of(device: DeviceFacts) -> Iterable[str]:
    yield from (owner.value for owner in device.owners)
    yield from (loan.unit_id for loan in device.loans)


def today(now: datetime) -> date:
    """The day in Asia/Shanghai."""
    return day_of(now)
