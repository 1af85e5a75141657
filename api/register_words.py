"""The register's words, units and names as answers show them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from api import models as m
from api import models_register as r
from api.guard import Caller
from api.world import World
from cases.links import LinkBasis, LinkState
from evidence.enforcing import posting_on
from evidence.errors import BadInput, NotFound
from evidence.ratio import RatioRule, day_of, first_moment
from evidence.register_words import word
from people.bodies import Body, bodies, followed_by
from people.policies import Followed
from people.ratio_rule import rule_for
from people.register import CertificateEvent
from people.roles import Extent
from people.staff import Member, members

_OWN: Mapping[type[StrEnum], Mapping[str, tuple[str, str]]] = {
    CertificateEvent: {
        "ANNUAL_CHECK": ("年检", "annual check"),
        "REVOKED": ("注销", "revoked"),
        "COLLECTED": ("收回", "collected"),
        "DESTROYED": ("销毁", "destroyed"),
    },
    LinkState: {
        "LINKED": ("已关联", "linked"),
        "UNLINKED": ("待关联", "waiting for its action"),
        "WORKING_MATERIAL": ("工作资料", "working material"),
    },
    LinkBasis: {
        "AUTO": ("自动关联", "by itself"),
        "PERSON": ("人工关联", "by a person"),
    },
}
"""What words are called that belong to the packages above the vocabulary."""

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Asked:
    """The day that is asked about, and the moment of it that counts."""

    day: date
    at: datetime


def asked(world: World, on: date | None) -> Asked:
    """Now for today, else the last moment of the day; raises `BadInput` for one still to come."""
    now = world.site.clock()
    today = day_of(now)
    if on is None or on == today:
        return Asked(today, now)
    if on > today:
        raise BadInput(f"{on} is still to come", why="DAY_TO_COME", day=on.isoformat())
    return Asked(on, first_moment(on + timedelta(days=1)) - _TICK)


def profile_of(connection: Connection, unit: str, *, day: date) -> Followed | None:
    """The profile of the body that a unit is or acts for on a day; None where none is stated."""
    return followed_by(bodies(connection, day), unit)


def rule_among(known: Iterable[Body], unit: str, *, day: date) -> RatioRule:
    """The rule of the body that a unit is or acts for on a day. Raises as `rule_for`."""
    return rule_for(followed_by(known, unit), day)


def said(member: StrEnum) -> r.Said:
    """A word of the register with its code."""
    own = _OWN.get(type(member))
    chinese, english = word(member) if own is None else own[member.name]
    return r.Said(code=member.value, words=m.Words(zh=chinese, en=english))


def all_said(members_of: Iterable[StrEnum]) -> list[r.Said]:
    """Several of them."""
    return [said(one) for one in members_of]


def unit_of(member: Member, day: date) -> str:
    """The unit somebody is of on a day: of the posting that holds, or of the first to come."""
    posting = posting_on(member.facts.postings, day) or min(member.facts.postings)
    return posting.unit_id


def persons_within(connection: Connection, reach: Extent, *, day: date) -> dict[str, Member]:
    """Everybody who is of a unit within reach on a day, by id."""
    found = members(connection, units=None if reach.everything else reach.units)
    return {one.id: one for one in found.values() if reach.contains(unit_of(one, day))}


def person_within(connection: Connection, caller: Caller, *, person: str, day: date) -> Member:
    """Somebody within reach; raises `NotFound` for anybody else."""
    found = persons_within(connection, caller.extent, day=day).get(person)
    if found is None:
        raise no_person(person)
    return found


def no_person(person: str) -> NotFound:
    """As if there were none: no more is told."""
    return NotFound(f"There is no person {person}", why="NO_PERSON", person=person)


def name_in(people: Mapping[str, Member], person: str | None) -> str | None:
    """The name of somebody, None for whoever is not among these."""
    found = None if person is None else people.get(person)
    return None if found is None else found.full_name
