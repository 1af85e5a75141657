"""Supervision of access as an act: what stood out among the looks of a period, and its reviews.

Holds always: what is flagged is computed anew from the looks on record each time; a review names
its measures, every flag and what was raised, and how far the log reached; it speaks for the looks
of everybody but its signer's own; a flag neither raised nor explained is not signed over.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select

from cases import access, kept, links, reading
from cases.access import Denied, LookOnRecord
from evidence.canonical import Json
from evidence.entry import parse_time, time_text
from evidence.errors import BadInput, NotFound, Refused
from evidence.personal import REMARK
from evidence.ratio import day_of, first_moment
from evidence.supervising import (
    Flagged,
    Looked,
    Measure,
    Period,
    ReviewState,
    flagged,
    left_unexplained,
    months_of,
    period_of,
    periods,
    review_state,
    unknown_days,
)
from people import calendar
from people.ratio_rule import policy_for
from storage import schema
from storage.ledger import Ledger
from storage.ledger import Row as NewRow

_REVIEW_PERIOD = "access.review_period"
_MOST_PERIODS = 24


@dataclass(frozen=True)
class Review:
    """A review on record; `raised` are ids of flags, `looks` how many it speaks for."""

    id: str
    period: str
    person: str
    at: str
    looks: int
    flags: tuple[Mapping[str, Any], ...]
    raised: tuple[str, ...]
    note: str | None


@dataclass(frozen=True)
class Seen:
    """What there is of one period."""

    period: Period
    state: ReviewState
    looks: tuple[Looked, ...]
    reviews: tuple[Review, ...]

    @property
    def denied(self) -> int:
        """How many tries were refused."""
        return sum(one.was_denied for one in self.looks)


@dataclass(frozen=True)
class NewReview:
    """Who reviews, by which measure, what is raised, and what is said of the rest."""

    person: str
    raised: tuple[str, ...] = ()
    note: str | None = None
    measure: Measure = field(default_factory=Measure)


def listed(connection: Connection, now: datetime) -> list[Seen]:
    """The last periods, the latest first; from the first look on record."""
    today = day_of(now)
    found = _periods(connection, today)[-_MOST_PERIODS:]
    return [seen(connection, one, today=today) for one in reversed(found)]


def named(connection: Connection, name: str, *, now: datetime) -> Seen:
    """One period by its name. Raises `NotFound`."""
    today = day_of(now)
    for one in _periods(connection, today):
        if one.name == name:
            return seen(connection, one, today=today)
    raise NotFound(f"{name} is no period of review", why="NO_PERIOD", period=name[:40])


def _periods(connection: Connection, today: date) -> list[Period]:
    first = connection.execute(select(func.min(schema.views.c.opened_at))).scalar()
    since = today if first is None else day_of(parse_time(str(first)))
    months = _months(today)
    before = period_of(min(since, today), months=months).first - timedelta(days=1)
    return periods(before, today, months=months)  # the one before shows that nobody had looked


def seen(connection: Connection, period: Period, *, today: date) -> Seen:
    """What there is of a period."""
    since = time_text(first_moment(period.first))
    until = time_text(first_moment(period.last + timedelta(days=1)))
    looks = access.looks_between(connection, since=since, until=until)
    denials = access.denials_between(connection, since=since, until=until)
    teams = _Teams(connection)
    found = (*map(teams.looked, looks), *map(teams.looked, denials))
    done = reviews_of(connection, period.name)
    persons = {one.person for one in found}
    state = review_state(period, today, persons=persons, signers={one.person for one in done})
    return Seen(period, state, found, tuple(done))


def flags_of(
    connection: Connection, found: Seen, *, measure: Measure, without: str | None = None
) -> tuple[Flagged, ...]:
    """What stands out, without the looks of one person: a review is not of its signer's own."""
    looks = [one for one in found.looks if one.person != without]
    return flagged(looks, calendar.in_force(connection), measure=measure)


def unknown_in(connection: Connection, found: Seen) -> int:
    """How many looks were on days of which no calendar is known."""
    return unknown_days(found.looks, calendar.in_force(connection))


def review(ledger: Ledger, name: str, *, new: NewReview) -> str:
    """The act `access.supervised`; returns the review's id.

    Raises `NotFound`, `BadInput` for a period that is not over or a flag left open, `Refused`
    (REVIEW_OWN) where nobody but the reviewer looked.
    """
    with ledger.act() as act:
        found = named(act.connection, name, now=act.at)
        if found.state is ReviewState.RUNNING:
            raise BadInput(f"{name} is not over", why="PERIOD_RUNNING", period=name)
        others = [one for one in found.looks if one.person != new.person]
        if found.looks and not others:
            raise Refused("Nobody else looked", code="REVIEW_OWN", period=name)
        flags = flags_of(act.connection, found, measure=new.measure, without=new.person)
        _check_answered(flags, new)
        body: dict[str, Json] = {
            "measure": new.measure.json(),
            "flags": [one.json() for one in flags],
            "raised": sorted(set(new.raised)),
        }
        size = act.connection.execute(select(schema.log_head.c.size)).scalar_one()
        row: NewRow = {
            **act.numbered(schema.supervisions, owner="period", value=name),
            "first_day": found.period.first.isoformat(),
            "last_day": found.period.last.isoformat(),
            "looks": len(others),
            "log_size": int(size),
            "body": kept.body_text(body),
            "note": kept.keep(act, REMARK, value=new.note),
            "person_id": kept.known_person(act.connection, new.person),
            "stated_at": act.at_text,
        }
        act.insert(schema.supervisions, row)
        facts: dict[str, Json] = {"supervision": str(row["id"]), "period": name}
        act.enter("access.supervised", {**facts, "looks": len(others), "flags": len(flags)})
    return str(row["id"])


def reviews_of(connection: Connection, period: str) -> list[Review]:
    """Every review of a period, in order."""
    table = schema.supervisions
    query = select(table).where(table.c.period == period).order_by(table.c.number)
    return _reviews(connection, connection.execute(query).all())


def find(connection: Connection, review_id: str) -> Review:
    """A review by its id. Raises `NotFound`."""
    table = schema.supervisions
    rows = connection.execute(select(table).where(table.c.id == review_id)).all()
    if not rows:
        raise NotFound(f"There is no review {review_id}", why="NO_PERIOD", period=review_id)
    return _reviews(connection, rows)[0]


def _reviews(connection: Connection, rows: Sequence[Row[Any]]) -> list[Review]:
    notes = kept.opened(connection, (row.note for row in rows))
    found = ((row, json.loads(row.body)) for row in rows)
    return [
        Review(
            id=row.id,
            period=row.period,
            person=row.person_id,
            at=row.stated_at,
            looks=row.looks,
            flags=tuple(body["flags"]),
            raised=tuple(body["raised"]),
            note=notes.get(row.note or ""),
        )
        for row, body in found
    ]


def _check_answered(flags: Collection[Flagged], new: NewReview) -> None:
    known = {one.id for one in flags}
    for one in new.raised:
        if one not in known:
            raise BadInput(f"There is no flag {one}", why="REVIEW_NO_FLAG", flag=one[:80])
    left = left_unexplained(flags, raised=new.raised, note=new.note)
    if left:
        raise BadInput("Flags are left open", why="REVIEW_OPEN", count=len(left))


def _months(today: date) -> int:
    value = policy_for(None, today).text(_REVIEW_PERIOD)
    return months_of(value)


class _Teams:
    """Of which actions a recording is, and who is of their teams; each asked once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, tuple[bool, frozenset[str]]] = {}

    def looked(self, one: LookOnRecord | Denied) -> Looked:
        """A look or refused try with what is known of its recording."""
        is_linked, team = self._of(one.recording)
        because = one.ground if isinstance(one, LookOnRecord) else None
        return Looked(
            id=one.id,
            person=one.person,
            recording=one.recording,
            at=parse_time(one.at),
            ground=None if because is None else because.ground,
            is_linked=is_linked,
            is_of_team=one.person in team,
            was_denied=isinstance(one, Denied),
        )

    def _of(self, recording: str) -> tuple[bool, frozenset[str]]:
        if recording not in self._known:
            found = links.standing_links(self._connection, recording)
            teams = (reading.team(self._connection, one.action) for one in found)
            persons = frozenset(member.person for team in teams for member in team)
            self._known[recording] = bool(found), persons
        return self._known[recording]
