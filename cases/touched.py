"""What an entry of the log bears on: recordings, actions, and what must be put aside.

Holds always: an entry names the rows it wrote, and those rows name what they are about; whatever
may change a link or an assessment is named here, with how far it reaches.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, Row, Table, select

from cases import assess, clocks, spans
from cases.clocks import SECOND_US, Hold
from cases.spans import Side
from evidence.assessment import Exclusion
from evidence.case_vocabulary import ActionFact, Awareness
from evidence.entry import Entry, parse_time, time_text
from evidence.interval import Span
from evidence.vocabulary import ClaimSubject
from people import units
from storage import schema

_DAY_S = 86_400
_FAR_S = 1 << 33
_DOCKED_WITHIN = timedelta(days=30)
"""After a recorder came back, its card may still hold what was made before."""

_COPY_BAD = "STORED_COPY_BAD"


@dataclass
class Touched:
    """Recordings to be placed and matched anew, actions to be assessed, windows to be found anew.

    A window that changes has its action assessed too. Those in `later` may be very many: they are
    assessed bit by bit, after all that is new was followed.
    """

    recordings: set[str] = field(default_factory=set)
    actions: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    windows: set[str] = field(default_factory=set)
    to_put_aside: set[tuple[str, Exclusion]] = field(default_factory=set)


_Keys = Sequence[str]


class _Reader(Protocol):
    """Tells what rows of one table bear on, by their keys."""

    def __call__(self, connection: Connection, keys: _Keys, /, *, found: Touched) -> None:
        """Adds to what was found."""


def touched_by(connection: Connection, followed: Iterable[Entry]) -> Touched:
    """What these entries bear on."""
    by_table: dict[str, list[str]] = {}
    for one in followed:
        for ref in one.rows:
            if ref.table in _READERS:
                by_table.setdefault(ref.table, []).append(ref.key)
    found = Touched()
    for table, keys in by_table.items():
        _READERS[table](connection, keys, found=found)
    found.actions |= found.windows
    return found


def _owner(key: str) -> str:
    """What a numbered row is about: `<owner>/<number>`."""
    return key.rsplit("/", 1)[0]


def _of_recordings(_connection: Connection, keys: _Keys, *, found: Touched) -> None:
    found.recordings |= {_owner(key) for key in keys}


def _of_windows(_connection: Connection, keys: _Keys, *, found: Touched) -> None:
    found.windows |= {_owner(key) for key in keys}


def _of_records(connection: Connection, keys: _Keys, *, found: Touched) -> None:
    """A record of an action; footage that its subject did not know of is put aside (R-197)."""
    found.actions |= {_owner(key) for key in keys}
    table = schema.action_records
    for row in _rows(connection, table, keys=keys):
        body = json.loads(row.body)
        if row.kind != ActionFact.AWARENESS.value or body.get("mode") != Awareness.NONE.value:
            continue
        if isinstance(body.get("recording"), str):
            found.to_put_aside.add((body["recording"], Exclusion.COVERT))


def _of_sightings(connection: Connection, keys: _Keys, *, found: Touched) -> None:
    rows = _rows(connection, schema.sightings, keys=keys)
    found.recordings |= {row.recording_id for row in rows}


def _of_claims(connection: Connection, keys: _Keys, *, found: Touched) -> None:
    """Whose card it is: every recording of that docking is placed anew."""
    sessions = {row.session_id for row in _rows(connection, schema.claims, keys=keys)}
    table = schema.sightings
    query = select(table.c.recording_id).where(table.c.session_id.in_(sorted(sessions)))
    found.recordings |= set(connection.execute(query).scalars())


def _of_receipts(connection: Connection, keys: _Keys, *, found: Touched) -> None:
    """A recorder was docked whole: actions of whoever has or had it may wait no longer."""
    receipts, claims = schema.receipts, schema.claims
    joined = receipts.join(claims, claims.c.session_id == receipts.c.session_id)
    query = select(claims.c.value).select_from(joined).where(receipts.c.id.in_(keys))
    query = query.where(claims.c.subject == ClaimSubject.RECORDER.value, receipts.c.complete == 1)
    due = schema.assessments_due
    waits = set(connection.execute(select(due.c.id)).scalars())
    for recorder in set(connection.execute(query).scalars()) - {None}:
        for hold in clocks.holds_before(connection, recorder, until_us=_FAR_S // 4 * SECOND_US):
            found.actions |= waits & set(_actions_of(connection, hold))


def _of_assignments(connection: Connection, keys: _Keys, *, found: Touched) -> None:
    """Who had a recorder, and how its clock went: its recordings, and that person's actions."""
    for key in keys:
        hold = clocks.hold_of(connection, key)
        if hold is None:
            continue
        tie, span = f"recorder/{hold.recorder}", _span(hold, reach=_DAY_S)
        found.recordings |= set(spans.touching(connection, Side.FOOTAGE, ties=[tie], span=span))
        found.actions |= set(_actions_of(connection, hold))


def _of_anchors(connection: Connection, keys: _Keys, *, found: Touched) -> None:
    for row in _rows(connection, schema.clock_anchors, keys=keys):
        if row.recording_id is not None:
            found.recordings.add(row.recording_id)
            continue
        at_us = clocks.microseconds(parse_time(row.true_at))
        for hold in clocks.holds_before(connection, row.recorder_id, until_us=at_us)[:1]:
            tie, span = f"recorder/{hold.recorder}", _span(hold, reach=_DAY_S)
            near = spans.touching(connection, Side.FOOTAGE, ties=[tie], span=span)
            found.recordings |= {*near, *_untimed(connection, hold)}


def _untimed(connection: Connection, hold: Hold) -> Iterable[str]:
    """Recordings that were docked after an outing, whatever times they show."""
    recordings, table = schema.recordings, schema.spans
    tie = f"recorder/{hold.recorder}"
    joined = table.join(recordings, recordings.c.id == table.c.owner)
    query = select(table.c.owner).select_from(joined).distinct()
    query = query.where(table.c.side == Side.FOOTAGE.value, table.c.tie == tie)
    query = query.where(recordings.c.sealed_at >= time_text(clocks.moment(hold.out_us)))
    if hold.back_us is not None:
        last = time_text(clocks.moment(hold.back_us) + _DOCKED_WITHIN)
        query = query.where(recordings.c.sealed_at <= last)
    return connection.execute(query).scalars().all()


def _of_links(connection: Connection, keys: _Keys, *, found: Touched) -> None:
    rows = _rows(connection, schema.links, keys=keys)
    found.recordings |= {row.recording_id for row in rows}
    found.actions |= {row.action_id for row in rows}


def _of_observations(connection: Connection, keys: _Keys, *, found: Touched) -> None:
    """A stored copy that is not what was sealed (R-198); what is put aside is not lost."""
    for row in _rows(connection, schema.observations, keys=keys):
        if row.code == _COPY_BAD and row.recording_id is not None:
            found.to_put_aside.add((row.recording_id, Exclusion.MISMATCH))


def _of_persons(connection: Connection, keys: _Keys, *, found: Touched) -> None:
    _persons(connection, {_owner(key) for key in keys}, found=found)


def _of_certificates(connection: Connection, keys: _Keys, *, found: Touched) -> None:
    persons = {row.person_id for row in _rows(connection, schema.certificates, keys=keys)}
    _persons(connection, persons, found=found)


def _of_certificate_events(connection: Connection, keys: _Keys, *, found: Touched) -> None:
    rows = _rows(connection, schema.certificate_events, keys=keys)
    _of_certificates(connection, [row.certificate_id for row in rows], found=found)


def _of_undos(connection: Connection, keys: _Keys, *, found: Touched) -> None:
    """A roster was undone: everybody in it."""
    for table in (schema.postings, schema.certificates):
        query = select(table.c.person_id).where(table.c.import_id.in_(keys))
        _persons(connection, set(connection.execute(query).scalars()), found=found)


def _of_fittings(connection: Connection, keys: _Keys, *, found: Touched) -> None:
    """A device was put into a room or taken out, or given to a unit: its recordings are placed."""
    _recorders(connection, {_owner(key) for key in keys}, found=found)


def _of_recorders(connection: Connection, keys: _Keys, *, found: Touched) -> None:
    """A device is of the bureau now: what it recorded before may count (R-139)."""
    _recorders(connection, keys, found=found)


def _recorders(connection: Connection, recorders: Iterable[str], *, found: Touched) -> None:
    for recorder in recorders:
        found.recordings |= set(spans.of_tie(connection, Side.FOOTAGE, tie=f"recorder/{recorder}"))


def _of_standings(connection: Connection, keys: _Keys, *, found: Touched) -> None:
    """Which policy a body follows from a day on: whatever it did since, with its sections."""
    tree = units.all_units(connection)
    for row in _rows(connection, schema.unit_standings, keys=keys):
        since, within = date.fromisoformat(row.from_day), units.below(tree, row.unit_id)
        found.later |= assess.declared_since(connection, since, units=within)


def _of_own_lists(connection: Connection, keys: _Keys, *, found: Touched) -> None:
    """What must be recorded from a day on, by the bureau's own list (R-140)."""
    for row in _rows(connection, schema.tier_catalogues, keys=keys):
        since = date.fromisoformat(row.valid_from)
        found.later |= assess.declared_since(connection, since)


def _persons(connection: Connection, persons: Iterable[str], *, found: Touched) -> None:
    """Who may enforce: every action of theirs."""
    for person in persons:
        found.actions |= set(spans.of_tie(connection, Side.ACTION, tie=f"person/{person}"))


_READERS: Mapping[str, _Reader] = {
    "media_facts": _of_recordings,
    "quarantines": _of_recordings,
    "link_answers": _of_recordings,
    "sightings": _of_sightings,
    "claims": _of_claims,
    "receipts": _of_receipts,
    "assignments": _of_assignments,
    "assignment_returns": _of_assignments,
    "clock_anchors": _of_anchors,
    "links": _of_links,
    "link_ends": _of_links,
    "observations": _of_observations,
    "postings": _of_persons,
    "certificates": _of_certificates,
    "certificate_events": _of_certificate_events,
    "roster_undos": _of_undos,
    "place_devices": _of_fittings,
    "recorder_units": _of_fittings,
    "recorders": _of_recorders,
    "unit_standings": _of_standings,
    "tier_catalogues": _of_own_lists,
    "action_statements": _of_windows,
    "action_states": _of_windows,
    "action_intervals": _of_windows,
    "action_team": _of_windows,
    "action_records": _of_records,
}
"""What each table bears on; a table that is not here bears on no link and no assessment."""


def _rows(connection: Connection, table: Table, *, keys: _Keys) -> Sequence[Row[Any]]:
    return connection.execute(select(table).where(table.c.id.in_(keys))).all()


def _span(hold: Hold, *, reach: int) -> Span:
    end = _FAR_S if hold.back_us is None else hold.back_us // SECOND_US
    return Span(hold.out_us // SECOND_US - reach, max(hold.out_us // SECOND_US, end) + reach)


def _actions_of(connection: Connection, hold: Hold) -> list[str]:
    """The actions of whoever had a recorder, while they had it."""
    tie = f"person/{hold.holder}"
    return spans.touching(connection, Side.ACTION, ties=[tie], span=_span(hold, reach=0))
