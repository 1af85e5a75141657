"""The ledger of trainings: the act that notes one, and who lacks hours in a year (R-055, R-167).

Holds always: a training is noted once and never changed; the duty is of officers who serve.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from evidence.enforcing import PersonKind, PostStatus, posting_on
from evidence.errors import BadInput
from evidence.training import Training, TrainingKind, TrainingYear, training_year
from people.bodies import bodies, followed_by
from people.ratio_rule import training_rule_for
from people.register import known_person, said
from people.staff import Member, members
from storage import schema
from storage.ledger import Ledger, Row

_MOST_TENTHS = 24 * 10 * 31


@dataclass(frozen=True)
class TrainingLine:
    """An officer with the year's trainings."""

    person: Member
    unit_id: str
    year: TrainingYear


def note_training(ledger: Ledger, person_id: str, *, new: Training, course: str) -> str:
    """The act `training.noted`; returns its id. Raises `NotFound` or `BadInput`."""
    if not 0 < new.tenths <= _MOST_TENTHS:
        raise BadInput("The hours of a training cannot be that", why="TRAINING_HOURS")
    table = schema.trainings
    with ledger.act() as act:
        row: Row = {
            **act.numbered(table, owner="person_id", value=known_person(act.connection, person_id)),
            "day": new.day.isoformat(),
            "tenths": new.tenths,
            "kind": new.kind.value,
            "course": said(course, "TRAINING_COURSE"),
            "stated_at": act.at_text,
        }
        act.insert(table, row)
        act.enter("training.noted", {"person": person_id, "training": row["id"]})
    return str(row["id"])


def training_lines(
    connection: Connection, year: int, *, today: date, units: Collection[str] | None = None
) -> list[TrainingLine]:
    """Every officer who serves at the end of a year, or today in one that lasts, in order.

    Raises `NotFound` where no profile is in force.
    """
    day = min(today, date(year, 12, 31))
    known, trainings = bodies(connection, day), _trainings(connection)
    found = []
    for person in members(connection, units=units).values():
        posting = posting_on(person.facts.postings, day)
        if posting is None or posting.kind is not PersonKind.OFFICER:
            continue
        if posting.status is not PostStatus.ACTIVE or (units and posting.unit_id not in units):
            continue
        rule = training_rule_for(followed_by(known, posting.unit_id), day)
        had = training_year(trainings.get(person.id, ()), year, rule=rule)
        found.append(TrainingLine(person, posting.unit_id, had))
    return sorted(found, key=lambda one: (one.person.officer_number or "", one.person.id))


def _trainings(connection: Connection) -> dict[str, list[Training]]:
    found: defaultdict[str, list[Training]] = defaultdict(list)
    for row in connection.execute(select(schema.trainings)):
        one = Training(date.fromisoformat(row.day), row.tenths, TrainingKind(row.kind))
        found[row.person_id].append(one)
    return found
