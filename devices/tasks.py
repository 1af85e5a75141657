"""What is to be done about certificates, and which devices stand in the way (R-058, R-115).

Holds always: whoever is barred and has a device still is on the list until it is back; a task names
the devices that its person has.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection

from devices.holding import Assignment, against_holder, lasting
from evidence.certificate_tasks import CertificateTask, PaperState, task_of
from evidence.ratio import day_of
from people.bodies import bodies
from people.papers import Paper, all_papers
from people.policies import Followed
from people.ratio_rule import annual_check_for, warn_days_for
from people.register import CertificateEvent
from people.staff import Member, members


@dataclass(frozen=True)
class TaskLine:
    """What is to be done about a certificate, and the devices that its bearer has out."""

    person: Member
    unit_id: str
    paper: Paper
    task: CertificateTask
    devices: tuple[str, ...]


@dataclass(frozen=True)
class BlockLine:
    """Somebody who may not have a device any more and has it still, with the reasons."""

    person: Member
    unit_id: str
    held: Assignment
    reasons: tuple[StrEnum, ...]


def certificate_tasks(connection: Connection, day: date) -> list[TaskLine]:
    """Every certificate about which something is to be done, in order of numbers.

    Raises `NotFound` where no profile is in force.
    """
    profiles, papers = _profiles(connection, day), all_papers(connection)
    held: defaultdict[str, list[str]] = defaultdict(list)
    for one in lasting(connection):
        held[one.holder].append(one.recorder)
    found = []
    for person in members(connection).values():
        unit = _unit_of(person, day)
        warn = warn_days_for(profiles[unit], day)
        of_person = papers.get(person.id, [])
        for paper in of_person:
            task = _task(paper, day, papers=of_person, person=person, warn=warn)
            if task is not None:
                devices = tuple(held.get(person.id, ()))
                found.append(TaskLine(person, unit, paper, task, devices))
    return sorted(found, key=lambda line: (line.person.officer_number or "", line.paper.id))


def block_list(connection: Connection, at: datetime) -> list[BlockLine]:
    """Everybody who has a device and may not have it, in order of devices. Raises `NotFound`."""
    day = day_of(at)
    profiles, people = _profiles(connection, day), members(connection)
    return list(_blocked(connection, at, people=people, profiles=profiles))


def _blocked(
    connection: Connection,
    at: datetime,
    *,
    people: dict[str, Member],
    profiles: dict[str, Followed | None],
) -> Iterator[BlockLine]:
    for one in lasting(connection):
        person = people.get(one.holder)
        if person is None:
            continue
        unit = _unit_of(person, day_of(at))
        check = annual_check_for(profiles[unit], day_of(at))
        reasons = tuple(against_holder(person, at, annual_check=check))
        if reasons:
            yield BlockLine(person, unit, one, reasons)


def _task(
    paper: Paper, day: date, *, papers: list[Paper], person: Member, warn: int
) -> CertificateTask | None:
    same = [one.certificate for one in papers if one.kind == paper.kind and one is not paper]
    state = PaperState(
        paper.certificate,
        paper.first(CertificateEvent.COLLECTED),
        paper.first(CertificateEvent.DESTROYED),
    )
    return task_of(state, day, person=person.facts, others=same, warn=warn)


def _unit_of(person: Member, day: date) -> str:
    """The unit of the posting that holds on a day, or of the first to come."""
    begun = [one for one in person.facts.postings if one.from_day <= day]
    return (max(begun) if begun else min(person.facts.postings)).unit_id


def _profiles(connection: Connection, day: date) -> dict[str, Followed | None]:
    return {unit: body.followed for body in bodies(connection, day) for unit in body.units}
