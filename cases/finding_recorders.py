"""Recorders, dockings and shortages, judged for findings.

Holds always: as in `cases.finding_look`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from cases.finding_look import (
    SURE,
    Among,
    Due,
    Look,
    due_of,
    hours,
    once,
    recorder_of,
    rows_of,
    stamped,
)
from cases.policy import owner_of
from devices import board
from devices.holding import Assignment, holder_at, holders
from evidence.canonical import Json, loads_object
from evidence.entry import parse_time
from evidence.finding_facts import (
    Observed,
    Outing,
    of_condition,
    of_observation,
    of_outing,
    of_ratio,
)
from evidence.finding_rules import About, FindingKind
from evidence.ratio import at_moment, day_of
from evidence.vocabulary import ClaimSubject
from people.ratio_rule import rule_for
from storage import schema


def judge_outing(look: Look, held: Assignment) -> list[Due]:
    """Late docking of one time that a recorder was out."""
    day = day_of(held.due_at)
    unit = owner_of(look.connection, held.recorder, at=held.out_at)
    within = hours(look, unit, day=day, name="dock.within_hours")
    if within is None or look.now <= held.due_at + within:
        return []  # whatever became of it, it is not late yet
    persons = tuple(one for one in (held.holder, held.supervisor) if one is not None)
    about = About(unit, look.principal(unit, day), None, None, None, persons)
    outing = Outing(held.id, held.recorder, held.due_at, _ended(look.connection, held))
    found = of_outing(outing, look.now, within=within, about=about)
    return stamped(look, once(look, found), unit=unit, day=day)


def outing(connection: Connection, key: str) -> Assignment | None:
    """One time that a recorder was out, by its id."""
    found = holders(connection, key.rpartition("/")[0])
    return next((one for one in found if one.id == key), None)


def _ended(connection: Connection, held: Assignment) -> datetime | None:
    """When it came back: by hand, or in a dock that knew it, whichever was first."""
    docked = docked_at(connection, held)
    found = [at for at in (held.back_at, docked) if at is not None]
    return min(found, default=None)


def docked_at(connection: Connection, held: Assignment) -> datetime | None:
    """When the recorder first stood in a dock after it was taken out, and before it was again.

    The ids of sessions begin with when they were opened, to the second, so that only those after
    it was taken out are looked at.
    """
    claims, sessions = schema.claims, schema.dock_sessions
    joined = sessions.join(claims, claims.c.session_id == sessions.c.id)
    query = select(sessions.c.opened_at).select_from(joined)
    query = query.where(
        sessions.c.id >= f"{held.out_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        claims.c.subject == ClaimSubject.RECORDER.value,
        claims.c.value == held.recorder,
        claims.c.verdict.in_(SURE),
    )
    later = [one.out_at for one in holders(connection, held.recorder) if one.out_at > held.out_at]
    until = min(later, default=datetime.max.replace(tzinfo=UTC))
    found = (parse_time(at) for at in connection.execute(query).scalars())
    return min((at for at in found if held.out_at <= at < until), default=None)


def judge_recorder(look: Look, recorder: str) -> list[Due]:
    """A recorder that is lost."""
    rows = rows_of(look.connection, schema.recorder_conditions, owner="recorder_id", value=recorder)
    ordered = sorted(rows, key=lambda row: (row.since, row.number))
    at = parse_time(ordered[-1].since) if ordered else look.now
    unit = owner_of(look.connection, recorder, at=at)
    held = holder_at(look.connection, recorder, at=at)
    persons = () if held is None else (held.holder,)
    about = About(unit, look.principal(unit, day_of(at)), None, None, None, persons)
    found = of_condition(recorder, [row.condition for row in ordered], about=about)
    lost = Among({FindingKind.RECORDER_LOST})
    due = due_of(look, [f"recorder/{recorder}"], holding=found, among=lost)
    return stamped(look, due, unit=unit, day=day_of(at))


def judge_observation(look: Look, key: str) -> list[Due]:
    """What a docking or a scrub found."""
    table = schema.observations
    row = look.connection.execute(select(table).where(table.c.id == key)).first()
    if row is None:
        return []
    at, facts = parse_time(row.observed_at), loads_object(row.facts.encode())
    recorder = None if row.session_id is None else recorder_of(look.connection, row.session_id)
    card = None if row.session_id is None else _card(look.connection, row.session_id)
    whose = recorder or card or ""
    unit = None if recorder is None else owner_of(look.connection, recorder, at=at)
    persons = _persons_of(look, facts, recorder=recorder, at=at)
    about = About(unit, look.principal(unit, day_of(at)), None, None, row.recording_id, persons)
    seen = Observed(row.code, row.session_id, row.recording_id, whose, facts)
    due = once(look, of_observation(seen, about))
    return stamped(look, due, unit=unit, day=day_of(at))


def _persons_of(
    look: Look, facts: Mapping[str, Json], *, recorder: str | None, at: datetime
) -> tuple[str, ...]:
    named = facts.get("holder")
    if isinstance(named, str):
        return (named,)
    held = None if recorder is None else holder_at(look.connection, recorder, at=at)
    return () if held is None else (held.holder,)


def _card(connection: Connection, session: str) -> str | None:
    table = schema.dock_sessions
    return connection.execute(select(table.c.card).where(table.c.id == session)).scalar()


# --- units ----------------------------------------------------------------------------------------


def judge_ratio(look: Look) -> list[Due]:
    """Every body that is short of recorders now (R-051, R-149)."""
    day = day_of(look.now)
    register = board.load(look.connection, day)
    due: list[Due] = []
    for body in register.bodies:
        unit, policy = body.unit.id, look.policy(body.unit.id, day)
        if policy is None or not body.owes_ratio:
            continue
        rule = rule_for(body.followed, day)
        verdict = at_moment(register.facts(body), look.now, rule=rule).verdict
        found = of_ratio(unit, verdict, about=About(unit, look.principal(unit, day)))
        short = Among({FindingKind.RATIO_SHORT})
        changed = due_of(look, [f"unit/{unit}"], holding=found, among=short)
        due += stamped(look, changed, unit=unit, day=day)
    return due
