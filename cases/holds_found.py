"""What a hold finds: for each recording what ties it to persons, actions and cases.

Holds always: told from evidence as it stands now, so a recording docked after a hold was placed is
found by it; a recorder whose recordings have no time that can be trusted was carried, for all that
is known, by everybody who had it between going out and a month after coming back.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from cases import clocks, footage, kept, links
from cases.clocks import Hold as Held
from cases.clocks import moment
from cases.footage import Placed, Sighted
from evidence.case_vocabulary import CaseState
from evidence.entry import parse_time, time_text
from evidence.errors import NotFound
from evidence.personal import OFFICER_NUMBER
from evidence.retention_holds import Attended, Carried, Holdable, Scope, reaches
from storage import schema

_STILL_ON_CARD = timedelta(days=30)
"""After a recorder came back, its card may still hold what was made before."""
_A_DAY = timedelta(days=1)
_LONG_AGO, _FAR = datetime(1992, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)


def holdable(connection: Connection, recording: str) -> Holdable:
    """What a hold must know of a recording."""
    there = links.links_of(connection, recording)
    return Holdable(
        recording,
        actions=tuple(_attended(connection, one.action, unlinked=one.ended_at) for one in there),
        carried=tuple(_carried(connection, recording)),
        relied_on=relied_on_in(connection, recording),
    )


def relied_on_in(connection: Connection, recording: str) -> frozenset[str]:
    """The cases whose decision rests on a recording, linked or not (R-186)."""
    table = schema.case_steps
    query = select(table.c.case_id).where(table.c.state == CaseState.DECIDED.value)
    query = query.where(table.c.body.contains(recording, autoescape=True))
    return frozenset(connection.execute(query).scalars())


def relied_on(connection: Connection) -> dict[str, frozenset[str]]:
    """For each recording that any decision rests on, the cases that do."""
    table = schema.case_steps
    query = select(table.c.case_id, table.c.body).where(table.c.state == CaseState.DECIDED.value)
    found: dict[str, frozenset[str]] = {}
    for row in connection.execute(query):
        for one in kept.texts_in(kept.read_body(row.body), "relied_on"):
            found[one] = found.get(one, frozenset()) | {row.case_id}
    return found


def found_by(connection: Connection, scope: Scope, *, placed: datetime) -> list[str]:
    """Every recording that a hold placed at a moment reaches now, in order of digests."""
    candidates = set(scope.recordings)
    actions = _actions(connection, scope)
    table = schema.links
    query = select(table.c.recording_id).where(table.c.action_id.in_(sorted(actions)))
    candidates |= set(connection.execute(query).scalars())
    candidates |= _relied_on(connection, scope.cases)
    candidates |= _recorded_by(connection, scope)
    known = (one for one in sorted(candidates) if _is_known(connection, one))
    return [one for one in known if reaches(scope, holdable(connection, one), placed=placed)]


def _attended(connection: Connection, action: str, *, unlinked: datetime | None) -> Attended:
    team, said = schema.action_team, schema.action_statements
    persons = select(team.c.person_id).where(team.c.action_id == action)
    query = select(said.c.case_id, said.c.planned_from, said.c.planned_to)
    stated = connection.execute(query.where(said.c.action_id == action)).all()
    times = [(row.planned_from, row.planned_to) for row in stated if row.planned_from is not None]
    lasted = schema.action_intervals
    declared = select(lasted.c.starts_at, lasted.c.ends_at).where(lasted.c.action_id == action)
    times += [(row.starts_at, row.ends_at) for row in connection.execute(declared)]
    return Attended(
        action,
        case=stated[-1].case_id if stated else None,
        persons=frozenset(connection.execute(persons).scalars()),
        times=tuple((parse_time(start), parse_time(end)) for start, end in times),
        unlinked=unlinked,
    )


def _carried(connection: Connection, recording: str) -> Iterable[Carried]:
    """Who had its recorder, and whom its card names."""
    placed = _placed(connection, recording)
    for seen in footage.sightings_of(connection, recording):
        start, end = _times(placed)
        if seen.officer is not None:
            for person in _of_number(connection, seen.officer):
                yield Carried(person, start, end)
        if placed is not None and placed.timed.hold is not None and start is not None:
            yield Carried(placed.timed.hold.holder, start, end)
            continue
        for held in _outings_before(connection, seen):
            back = None if held.back_us is None else moment(held.back_us)
            yield Carried(held.holder, moment(held.out_us), back)


def _placed(connection: Connection, recording: str) -> Placed | None:
    """The recording with its time, None where no policy says how far a clock may be off."""
    try:
        return footage.placed(connection, recording)
    except NotFound:
        return None


def _times(placed: Placed | None) -> tuple[datetime | None, datetime | None]:
    """From when to when it was made, if that is known and may be trusted."""
    if placed is None or not placed.timed.is_trusted:
        return None, None
    span = placed.span
    return moment(span.start * clocks.SECOND_US), moment(span.end * clocks.SECOND_US)


def _outings_before(connection: Connection, seen: Sighted) -> list[Held]:
    """The times that somebody had a recorder from which its card may still hold something."""
    docked = clocks.microseconds(seen.docked_at)
    held = clocks.holds_before(connection, seen.recorder, until_us=docked)
    earliest = clocks.microseconds(seen.docked_at - _STILL_ON_CARD)
    return [one for one in held if one.back_us is None or one.back_us >= earliest]


def _of_number(connection: Connection, number: str) -> list[str]:
    """The persons with an officer number."""
    persons, personal = schema.persons, schema.personal_data
    joined = persons.join(personal, personal.c.id == persons.c.officer_number)
    query = select(persons.c.id).select_from(joined).where(personal.c.kind == OFFICER_NUMBER)
    return list(connection.execute(query.where(personal.c.value == number)).scalars())


def _actions(connection: Connection, scope: Scope) -> set[str]:
    """Actions that a scope names, or that its persons were ever of, or that are of its cases."""
    team, said = schema.action_team, schema.action_statements
    of_persons = select(team.c.action_id).where(team.c.person_id.in_(scope.persons))
    of_cases = select(said.c.action_id).where(said.c.case_id.in_(scope.cases))
    found = set(scope.actions)
    for query in (of_persons, of_cases):
        found |= set(connection.execute(query).scalars())
    return found


def _relied_on(connection: Connection, cases: Iterable[str]) -> set[str]:
    """The recordings on which the decisions of these cases rest."""
    table = schema.case_steps
    query = select(table.c.body).where(table.c.case_id.in_(sorted(cases)))
    query = query.where(table.c.state == CaseState.DECIDED.value)
    bodies = [kept.read_body(body) for body in connection.execute(query).scalars()]
    return {str(one) for body in bodies for one in kept.texts_in(body, "relied_on")}


def _recorded_by(connection: Connection, scope: Scope) -> set[str]:
    """What was docked since from recorders that these persons held then, or from cards of theirs.

    Which of it is of that time is judged one by one.
    """
    if not scope.persons:
        return set()
    since, until = scope.since or _LONG_AGO, scope.until or _FAR
    held = clocks.holds_within(connection, scope.persons, since=since, until=until)
    recorders = sorted({one.recorder for one in held})
    sightings, claims, personal = schema.sightings, schema.claims, schema.personal_data
    of_recorders = select(claims.c.session_id).where(claims.c.value.in_(recorders))
    numbers = _numbers_of(connection, scope.persons)
    named = claims.join(personal, personal.c.id == claims.c.value)
    of_officers = select(claims.c.session_id).select_from(named)
    of_officers = of_officers.where(personal.c.value.in_(numbers))
    found: set[str] = set()
    for sessions in (of_recorders, of_officers):
        query = select(sightings.c.recording_id).where(sightings.c.session_id.in_(sessions))
        query = query.where(sightings.c.sealed_at >= time_text(since - _A_DAY))
        found |= set(connection.execute(query).scalars())
    return found


def _numbers_of(connection: Connection, persons: Iterable[str]) -> list[str]:
    table = schema.persons
    query = select(table.c.officer_number).where(table.c.id.in_(sorted(persons)))
    return sorted(kept.opened(connection, connection.execute(query).scalars()).values())


def _is_known(connection: Connection, recording: str) -> bool:
    table = schema.recordings
    return connection.execute(select(table.c.id).where(table.c.id == recording)).first() is not None
