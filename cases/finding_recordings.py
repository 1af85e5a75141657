"""Recordings, judged for findings: covert footage, secrets, and what nobody has said the action of.

Holds always: as in `cases.finding_look`.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from cases.finding_look import (
    Among,
    Due,
    Look,
    due_of,
    hours,
    recorder_of,
    stamped,
)
from cases.footage import MEDIA
from cases.links import LinkState, state_of
from cases.policy import owner_of
from cases.quarantine import quarantined
from devices.holding import holder_at
from evidence.entry import parse_time
from evidence.finding_facts import QUARANTINE_KINDS, of_quarantine, of_unlinked
from evidence.finding_rules import About, FindingKind, Holding
from evidence.ratio import day_of
from storage import schema

_KINDS = sorted(MEDIA)


def judge_recording(look: Look, recording: str) -> list[Due]:
    """Covert footage, state secrets, and footage of which nobody said the action."""
    seen = _first_sighting(look.connection, recording)
    if seen is None:
        return []
    about = _about_recording(look, recording, seen=seen)
    subject = f"recording/{recording}"
    causes = quarantined(look.connection, [recording]).get(recording, frozenset())
    found = of_quarantine(recording, {one.value for one in causes}, about=about)
    due = due_of(look, [subject], holding=found, among=Among(QUARANTINE_KINDS))
    docked = parse_time(seen.sealed_at)
    within = hours(look, about.unit, day=day_of(docked), name="link.within_hours")
    lacking: list[Holding] = []
    if within is not None and state_of(look.connection, recording) is LinkState.UNLINKED:
        lacking = of_unlinked(recording, docked, now=look.now, within=within, about=about)
    due += due_of(look, [subject], holding=lacking, among=Among({FindingKind.UNLINKED}))
    return stamped(look, due, unit=about.unit, day=day_of(docked))


def _first_sighting(connection: Connection, recording: str) -> Row[Any] | None:
    table = schema.sightings
    query = select(table).where(table.c.recording_id == recording, table.c.kind.in_(_KINDS))
    return connection.execute(query.order_by(table.c.sealed_at, table.c.id).limit(1)).first()


def _about_recording(look: Look, recording: str, *, seen: Row[Any]) -> About:
    at = parse_time(seen.sealed_at)
    recorder = recorder_of(look.connection, seen.session_id)
    unit = None if recorder is None else owner_of(look.connection, recorder, at=at)
    held = None if recorder is None else holder_at(look.connection, recorder, at=at)
    persons = () if held is None else (held.holder,)
    return About(unit, look.principal(unit, day_of(at)), None, None, recording, persons)


def recordings_due(
    connection: Connection, *, after: str, until: str, limit: int
) -> Iterator[tuple[str, str]]:
    """Footage sealed after one moment and until another, oldest first: digest and moment."""
    table, seen = schema.recordings, schema.sightings
    kinds = select(seen.c.recording_id).where(seen.c.kind.in_(_KINDS))
    query = select(table.c.id, table.c.sealed_at)
    query = query.where(
        table.c.sealed_at > after, table.c.sealed_at <= until, table.c.id.in_(kinds)
    )
    query = query.order_by(table.c.sealed_at, table.c.id).limit(limit)
    for row in connection.execute(query):
        yield row.id, row.sealed_at
