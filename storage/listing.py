"""The list of recordings as people search it: one row a sighting, with what was claimed of it.

Holds always: these rows are operational, made from evidence by following the custody log from a
remembered position, and may be thrown away and made again; each filter offered has an index that
also gives the order, newest first, and a page goes by key, never by offset, without a count.

A sighting's unit is that of its recorder when it was sealed, or the first one its recorder was
given to afterwards; until then, and where the recorder is not certain, it has none. Every column is
told from evidence as a whole and not from what was followed before, so whoever follows the log anew
finds the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)

from evidence import entry as entries
from evidence.entry import Entry, RowRef
from evidence.errors import BadInput
from evidence.vocabulary import ClaimSubject, ClaimVerdict
from storage import schema
from storage.database import Database

_TABLE = schema.listing
_HEAD = schema.listing_head
_BATCH = 500
_SURE = (ClaimVerdict.AGREED.value, ClaimVerdict.SINGLE_SOURCE.value)


@dataclass(frozen=True)
class Filter:
    """At most one of the exact ones is given; `sealed_from` and `sealed_to` are UTC texts."""

    recorder: str | None = None
    officer: str | None = None
    unit: str | None = None
    dock: str | None = None
    kind: str | None = None
    day: str | None = None
    session: str | None = None
    recording: str | None = None
    sealed_from: str | None = None
    sealed_to: str | None = None


_COLUMNS = {
    "recorder": _TABLE.c.recorder,
    "officer": _TABLE.c.officer,
    "unit": _TABLE.c.unit_id,
    "dock": _TABLE.c.dock,
    "kind": _TABLE.c.kind,
    "day": _TABLE.c.day,
    "session": _TABLE.c.session_id,
    "recording": _TABLE.c.recording_id,
}


@dataclass(frozen=True)
class Within:
    """Whose rows may be seen: everything, or those of these units or this officer."""

    everything: bool = False
    units: frozenset[str] = frozenset()
    officer: str | None = None


@dataclass(frozen=True)
class Listed:
    """One row of the list."""

    sighting: str
    recording: str
    session: str
    sealed_at: str
    kind: str
    dock: str
    recorder: str | None
    officer: str | None
    unit: str | None
    day: str | None


# --- following the log ----------------------------------------------------------------------------


def catch_up(database: Database) -> int:
    """Follows the log up to its head; how many entries that took."""
    followed = 0
    while count := _follow_some(database):
        followed += count
    return followed


def is_behind(connection: Connection) -> bool:
    """Whether the log has entries that the list does not know."""
    size = connection.execute(select(schema.log_head.c.size)).scalar_one()
    return int(connection.execute(select(_HEAD.c.position)).scalar_one()) < int(size)


def _follow_some(database: Database) -> int:
    with database.read() as connection:
        if not is_behind(connection):
            return 0
    with database.write() as connection:
        position = connection.execute(select(_HEAD.c.position).with_for_update()).scalar_one()
        bodies = _bodies(connection, int(position))
        followed = [entries.parse(body.encode()) for body in bodies]
        refs = [ref for entry in followed for ref in entry.rows]
        _note_subjects(connection, followed)
        _take_sightings(connection, _keys(refs, "sightings"))
        _take_claims(connection, _keys(refs, "claims"))
        _take_units(connection, _keys(refs, "recorder_units"))
        connection.execute(update(_HEAD).values(position=int(position) + len(bodies)))
    return len(bodies)


def _bodies(connection: Connection, position: int) -> list[str]:
    table = schema.entries
    query = select(table.c.body).where(table.c.seq >= position).order_by(table.c.seq)
    return [str(body) for body in connection.execute(query.limit(_BATCH)).scalars()]


def _note_subjects(connection: Connection, followed: Sequence[Entry]) -> None:
    """Which entries are about which recording; those of a whole session stand once, under it."""
    found = [
        {"subject": subject, "seq": entry.seq}
        for entry in followed
        if (subject := subject_of(entry)) is not None
    ]
    if found:
        connection.execute(insert(schema.entry_subjects), found)


def subject_of(entry: Entry) -> str | None:
    """What an entry is about: `recording/<sha256>`, else `session/<id>`, else nothing."""
    for name in ("recording", "session"):
        value = entry.facts.get(name)
        if isinstance(value, str):
            return f"{name}/{value}"
    return None


def entries_about(connection: Connection, subjects: Sequence[str], *, limit: int) -> list[str]:
    """The stored bodies of the newest entries about these subjects, oldest first."""
    table, log = schema.entry_subjects, schema.entries
    joined = log.join(table, table.c.seq == log.c.seq)
    query = select(log.c.seq, log.c.body).select_from(joined)
    query = query.where(table.c.subject.in_(subjects)).order_by(log.c.seq.desc()).limit(limit)
    return [str(row.body) for row in reversed(connection.execute(query).all())]


def _keys(refs: Iterable[RowRef], table: str) -> list[str]:
    return [ref.key for ref in refs if ref.table == table]


def _take_sightings(connection: Connection, keys: Sequence[str]) -> None:
    if not keys:
        return
    table, sessions = schema.sightings, schema.dock_sessions
    joined = table.join(sessions, sessions.c.id == table.c.session_id)
    query = select(table, sessions.c.dock).select_from(joined).where(table.c.id.in_(keys))
    rows = connection.execute(query).all()
    there = set(connection.execute(select(_TABLE.c.id).where(_TABLE.c.id.in_(keys))).scalars())
    claims = _claims_of(connection, {row.session_id for row in rows})
    values = [_values(row, claims.get(row.session_id, {})) for row in rows if row.id not in there]
    if values:
        connection.execute(insert(_TABLE), values)
        _place(connection, _TABLE.c.id.in_([value["id"] for value in values]))


def _values(row: "Row[tuple[object, ...]]", claims: dict[str, str]) -> dict[str, str | None]:
    return {
        "id": row.id,
        "recording_id": row.recording_id,
        "session_id": row.session_id,
        "sealed_at": row.sealed_at,
        "kind": row.kind,
        "dock": row.dock,
        "recorder": claims.get(ClaimSubject.RECORDER.value),
        "officer": claims.get(ClaimSubject.OFFICER.value),
        "day": _day(row),
    }


def _day(row: "Row[tuple[object, ...]]") -> str | None:
    """The claimed day in the assumed zone: of the name, else the container, else the file."""
    if row.name_time:
        return str(row.name_time)[:10]
    for text, zone in ((row.container_time, row.container_zone), (row.file_time, "UTC")):
        if text:
            in_utc = str(zone).startswith("UTC")
            return _local_day(str(text), str(row.zone)) if in_utc else str(text)[:10]
    return None


def _local_day(text: str, zone: str) -> str:
    """The day in `zone` of a time in UTC; the day as it stands where that cannot be told."""
    try:
        at = datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
        return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d}"
    except (ValueError, OverflowError, KeyError):
        return text[:10]


def _claims_of(connection: Connection, sessions: set[str]) -> dict[str, dict[str, str]]:
    """Certain claims of sessions, by subject; an officer's number is opened."""
    table, personal = schema.claims, schema.personal_data
    joined = table.join(personal, personal.c.id == table.c.value, isouter=True)
    query = select(table, personal.c.value.label("opened")).select_from(joined)
    query = query.where(table.c.session_id.in_(sessions))
    query = query.order_by(table.c.judged_at, table.c.id)
    found: dict[str, dict[str, str]] = {}
    for row in connection.execute(query):
        known = found.setdefault(row.session_id, {})
        known.pop(row.subject, None)  # a later judgement counts, be it that nothing is certain
        officer = row.subject == ClaimSubject.OFFICER.value
        value = row.opened if officer else row.value
        if row.verdict in _SURE and value is not None:
            known[row.subject] = str(value)
    return found


def _take_claims(connection: Connection, keys: Sequence[str]) -> None:
    table = schema.claims
    query = select(table.c.session_id).where(table.c.id.in_(keys)).distinct()
    sessions = set(connection.execute(query).scalars()) if keys else set()
    for session, claims in _claims_of(connection, sessions).items() if sessions else ():
        values = {
            "recorder": claims.get(ClaimSubject.RECORDER.value),
            "officer": claims.get(ClaimSubject.OFFICER.value),
        }
        chosen = _TABLE.c.session_id == session
        connection.execute(update(_TABLE).where(chosen).values(**values))
        _place(connection, chosen)


def _take_units(connection: Connection, keys: Sequence[str]) -> None:
    table = schema.recorder_units
    query = select(table.c.recorder_id).where(table.c.id.in_(keys)).distinct()
    for recorder in connection.execute(query).scalars().all() if keys else ():
        _place(connection, _TABLE.c.recorder == recorder)


def _place(connection: Connection, chosen: ColumnElement[bool]) -> None:
    """Writes the unit of these rows: that of the recorder at sealing, else its first one."""
    table = schema.recorder_units
    of_recorder = select(table.c.unit_id).where(table.c.recorder_id == _TABLE.c.recorder)
    then = of_recorder.where(table.c.since <= _TABLE.c.sealed_at)
    last = then.order_by(table.c.since.desc(), table.c.number.desc())
    then = last.limit(1).correlate(_TABLE)
    first = of_recorder.order_by(table.c.since, table.c.number).limit(1).correlate(_TABLE)
    unit = func.coalesce(then.scalar_subquery(), first.scalar_subquery())
    connection.execute(update(_TABLE).where(chosen).values(unit_id=unit))


# --- pages ----------------------------------------------------------------------------------------


def page(
    connection: Connection, wanted: Filter, *, within: Within, before: str | None, limit: int
) -> list[Listed]:
    """The newest rows before a cursor; each set of rows that may be seen is asked by itself.

    Raises `BadInput` for a cursor that no page gave, or for more than one exact filter.
    """
    statement(wanted, seen=None, before=before, limit=limit)  # refuses, be there nothing to see
    found: dict[str, Listed] = {}
    for seen in _parts(within):
        query = statement(wanted, seen=seen, before=before, limit=limit)
        found.update((row.id, _listed(row)) for row in connection.execute(query))
    newest = sorted(found.values(), key=lambda one: (one.sealed_at, one.sighting), reverse=True)
    return newest[:limit]


def cursor(row: Listed) -> str:
    """What the next page is asked with."""
    return f"{row.sealed_at}|{row.sighting}"


Seen = tuple[str, str] | None
"""One condition of what may be seen: ("unit", id), ("officer", number), or None for everything."""


def _parts(within: Within) -> list[Seen]:
    if within.everything:
        return [None]
    parts: list[Seen] = [("unit", unit) for unit in sorted(within.units)]
    if within.officer is not None:
        parts.append(("officer", within.officer))
    return parts


def statement(
    wanted: Filter, *, seen: Seen, before: str | None, limit: int
) -> Select[tuple[object, ...]]:
    """The query of one page over one set of rows; raises `BadInput`."""
    exact = [(column, getattr(wanted, name)) for name, column in _COLUMNS.items()]
    given = [(column, value) for column, value in exact if value is not None]
    if len(given) > 1:
        raise BadInput("Only one exact filter at a time", why="ONE_FILTER")
    query = select(_TABLE).order_by(_TABLE.c.sealed_at.desc(), _TABLE.c.id.desc()).limit(limit)
    for column, value in given:
        query = query.where(column == value)
    if seen is not None:
        query = query.where(_COLUMNS[seen[0]] == seen[1])
    if wanted.sealed_from is not None:
        query = query.where(_TABLE.c.sealed_at >= wanted.sealed_from)
    if wanted.sealed_to is not None:
        query = query.where(_TABLE.c.sealed_at < wanted.sealed_to)
    if before is not None:
        query = query.where(_after(before))
    return query


def _after(before: str) -> ColumnElement[bool]:
    at, mark, sighting = before.partition("|")
    if not (mark and at and sighting):
        raise BadInput(f"{before!r} is no page", why="NOT_A_PAGE", page=before)
    return tuple_(_TABLE.c.sealed_at, _TABLE.c.id) < tuple_(literal(at), literal(sighting))


def of_recording(connection: Connection, recording: str) -> list[Listed]:
    """Every row of one recording, oldest first."""
    query = select(_TABLE).where(_TABLE.c.recording_id == recording)
    query = query.order_by(_TABLE.c.sealed_at, _TABLE.c.id)
    return [_listed(row) for row in connection.execute(query)]


def _listed(row: "Row[tuple[object, ...]]") -> Listed:
    return Listed(
        sighting=row.id,
        recording=row.recording_id,
        session=row.session_id,
        sealed_at=row.sealed_at,
        kind=row.kind,
        dock=row.dock,
        recorder=row.recorder,
        officer=row.officer,
        unit=row.unit_id,
        day=row.day,
    )
