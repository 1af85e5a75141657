"""What reports of cases are made of: actions with their newest results, outings, and uploads.

Holds always: evidence only, read in one look; all is there that lies in the days asked for, by
China's clocks; nothing is counted twice.
"""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, and_, or_, select

from cases.finding_look import SURE, Look
from cases.footage import MEDIA
from devices.holding import Assignment, held_within
from evidence import entry as entries
from evidence.canonical import Json
from evidence.entry import parse_time, time_text
from evidence.errors import BadInput
from evidence.rates import Timely, timely
from evidence.ratio import Window, day_of, first_moment
from evidence.vocabulary import ClaimSubject
from people import units
from people.staff import Member, members
from storage import schema
from storage.reporting import LogPosition, log_position

_LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """Which days, both included, as of which moment, and of which units; None for all.

    Of `named` units alone whoever ever served there is called by name; None: everybody is.
    """

    first: date
    last: date
    now: datetime
    within: frozenset[str] | None = None
    named: frozenset[str] | None = None

    def check(self) -> None:
        """Raises `BadInput` for days in the wrong order, or to come."""
        if self.last < self.first:
            raise BadInput("The last day is before the first", why="DAYS_ORDER")
        if self.first > day_of(self.now):
            day = self.first.isoformat()
            raise BadInput("That day is still to come", why="REPORT_TO_COME", day=day)

    @property
    def window(self) -> Window:
        """From the first moment of the first day to the end of the last."""
        return Window(first_moment(self.first), first_moment(self.last + _DAY))

    def covers(self, unit: str | None) -> bool:
        """Whether something of this unit is asked for; what has no unit, where all are."""
        return self.within is None or unit in self.within

    def json(self) -> dict[str, Json]:
        """The days, as objects hold them."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}


@dataclass(frozen=True)
class Register:
    """Names that reports need, and how far the log reached."""

    units: Mapping[str, str]
    people: Mapping[str, Member]
    position: LogPosition

    def unit(self, key: str | None) -> str:
        """A unit's name."""
        return "—" if key is None else self.units.get(key, key)

    def person(self, key: str) -> str:
        """Somebody's name and number, or the id where the register has no name."""
        member = self.people.get(key)
        if member is None or member.full_name is None:
            return key
        return f"{member.full_name} {member.officer_number or ''}".strip()


def register(connection: Connection, asked: Asked) -> Register:
    """The units that are asked for, whoever may be named, and the log."""
    found = {one.id: one.name for one in units.all_units(connection) if asked.covers(one.id)}
    people = members(connection, units=asked.named)
    return Register(found, people, log_position(connection))


# --- actions --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ActionLine:
    """An action by the newest version of its interval, with its newest assessment, if any."""

    action: str
    unit: str
    case_number: str | None
    type: str
    start: datetime
    end: datetime
    verdict: str | None = None
    sha256: str | None = None
    body: Mapping[str, Any] | None = None

    @property
    def tier(self) -> str | None:
        """The tier it was assessed under."""
        return None if self.body is None else str(self.body["tier"])

    @property
    def seconds(self) -> int:
        """How long it lasted."""
        return int((self.end - self.start).total_seconds())


def actions_within(connection: Connection, asked: Asked) -> list[ActionLine]:
    """The actions that began in these days, in order of their beginnings."""
    windows, said, results = (
        schema.action_intervals,
        schema.action_statements,
        schema.assessments,
    )
    joined = windows.join(said, said.c.action_id == windows.c.action_id)
    newest_result = and_(results.c.action_id == windows.c.action_id, _newest(results, "action_id"))
    joined = joined.join(results, newest_result, isouter=True)
    query: Select[Any] = select(
        *(windows.c.action_id, windows.c.starts_at, windows.c.ends_at, said.c.unit_id),
        *(said.c.case_id, said.c.type, results.c.verdict, results.c.sha256, results.c.body),
    )
    query = query.select_from(joined).where(
        windows.c.starts_at >= time_text(asked.window.since),
        windows.c.starts_at < time_text(asked.window.until),
        _newest(windows, "action_id"),
        _newest(said, "action_id"),
    )
    rows = connection.execute(query.order_by(windows.c.starts_at, windows.c.action_id)).all()
    rows = [row for row in rows if asked.covers(row.unit_id)]
    numbers = _case_numbers(connection, {row.case_id for row in rows if row.case_id is not None})
    return [_line(row, numbers) for row in rows]


def _line(row: Row[Any], numbers: Mapping[str, str]) -> ActionLine:
    return ActionLine(
        action=row.action_id,
        unit=row.unit_id,
        case_number=numbers.get(row.case_id or ""),
        type=row.type,
        start=parse_time(row.starts_at),
        end=parse_time(row.ends_at),
        verdict=row.verdict,
        sha256=row.sha256,
        body=None if row.body is None else json.loads(row.body),
    )


def _newest(table: Table, owner: str) -> Any:  # noqa: ANN401 - a condition of SQLAlchemy's
    """That no later row about the same thing stands in the table."""
    later = table.alias(f"later_{table.name}")
    same = later.c[owner] == table.c[owner]
    return ~select(later.c.id).where(same, later.c.number > table.c.number).exists()


def _case_numbers(connection: Connection, cases: Collection[str]) -> dict[str, str]:
    table = schema.case_statements
    query = select(table.c.case_id, table.c.case_number).order_by(table.c.number)
    rows = connection.execute(query.where(table.c.case_id.in_(sorted(cases)))).all()
    return {row.case_id: row.case_number for row in rows}


# --- recorders and their recordings ---------------------------------------------------------------


@dataclass(frozen=True)
class OutingLine:
    """One time that a recorder was out; `limit` is its due time and the hours after that."""

    held: Assignment
    unit: str | None
    limit: datetime
    came_at: datetime | None
    timely: Timely


@dataclass(frozen=True)
class UploadLine:
    """A recording that was sealed, and whether in time; its limit is that of its outing."""

    recording: str
    unit: str | None
    sealed_at: datetime
    timely: Timely


@dataclass(frozen=True)
class Fleet:
    """Who had which recorder when, where it stood in a dock, and whose it was."""

    look: Look
    outings: Mapping[str, Sequence[Assignment]]
    docked: Mapping[str, Sequence[datetime]]
    owners: Mapping[str, Sequence[tuple[datetime, str]]]

    @classmethod
    def read(cls, look: Look) -> "Fleet":
        """All that is on record of recorders up to now."""
        outings: defaultdict[str, list[Assignment]] = defaultdict(list)
        for one in held_within(look.connection, Window(_LONG_AGO, look.now + _DAY)):
            outings[one.recorder].append(one)
        owners: defaultdict[str, list[tuple[datetime, str]]] = defaultdict(list)
        table = schema.recorder_units
        for row in look.connection.execute(select(table).order_by(table.c.number)):
            owners[row.recorder_id].append((parse_time(row.since), row.unit_id))
        return cls(look, outings, _dockings(look.connection), owners)

    def unit(self, recorder: str, at: datetime) -> str | None:
        """The unit a recorder was of, or the first it was given to afterwards."""
        rows = self.owners.get(recorder, ())
        then = [unit for since, unit in rows if since <= at]
        return then[-1] if then else next((unit for _, unit in rows), None)

    def within(self, unit: str | None, day: date) -> timedelta:
        """`dock.within_hours` by the unit's policy; nothing where none was in force."""
        policy = self.look.policy(unit, day)
        return timedelta(hours=0 if policy is None else policy.whole("dock.within_hours"))

    def line(self, held: Assignment) -> OutingLine:
        """One outing, judged."""
        unit = self.unit(held.recorder, held.out_at)
        within = self.within(unit, day_of(held.due_at))
        came = self._came(held)
        judged = timely(held.due_at, came, within=within, now=self.look.now)
        return OutingLine(held, unit, held.due_at + within, came, judged)

    def _came(self, held: Assignment) -> datetime | None:
        """When it came back by hand, or stood in a dock before it was out again."""
        later = [one.out_at for one in self.outings[held.recorder] if one.out_at > held.out_at]
        until = min(later, default=None)
        docked = [
            at
            for at in self.docked.get(held.recorder, ())
            if at >= held.out_at and (until is None or at < until)
        ]
        found = [*docked[:1], *([] if held.back_at is None else [held.back_at])]
        return min(found, default=None)

    def upload(self, row: Row[Any], recorder: str | None) -> UploadLine:
        """One recording, judged by the outing that it came from."""
        sealed = parse_time(row.sealed_at)
        if recorder is None:
            return UploadLine(row.recording_id, None, sealed, Timely.UNKNOWN)
        unit = self.unit(recorder, sealed)
        outings = self.outings.get(recorder, ())
        place = bisect_right([one.out_at for one in outings], sealed)
        if place == 0:
            return UploadLine(row.recording_id, unit, sealed, Timely.UNKNOWN)
        due = outings[place - 1].due_at
        within = self.within(unit, day_of(due))
        judged = timely(due, sealed, within=within, now=self.look.now)
        return UploadLine(row.recording_id, unit, sealed, judged)


def outings_due(fleet: Fleet, asked: Asked) -> list[OutingLine]:
    """The outings that were due in these days, in order of their due times."""
    due = [
        held
        for outings in fleet.outings.values()
        for held in outings
        if asked.window.since <= held.due_at < asked.window.until
    ]
    lines = (fleet.line(held) for held in sorted(due, key=lambda one: (one.due_at, one.id)))
    return [line for line in lines if asked.covers(line.unit)]


def uploads(fleet: Fleet, asked: Asked) -> list[UploadLine]:
    """The recordings first sealed in these days, in order of sealing."""
    connection, table, seen = fleet.look.connection, schema.recordings, schema.sightings
    joined = table.join(seen, seen.c.recording_id == table.c.id)
    query = select(table.c.id.label("recording_id"), table.c.sealed_at, seen.c.session_id)
    query = query.select_from(joined).where(
        table.c.sealed_at >= time_text(asked.window.since),
        table.c.sealed_at < time_text(asked.window.until),
        seen.c.kind.in_(sorted(MEDIA)),
    )
    rows = connection.execute(query.order_by(table.c.sealed_at, table.c.id, seen.c.sealed_at)).all()
    first = {row.recording_id: row for row in reversed(rows)}
    of_session = _recorders_of(connection, {row.session_id for row in first.values()})
    lines = [fleet.upload(row, of_session.get(row.session_id)) for row in first.values()]
    return sorted(
        (line for line in lines if asked.covers(line.unit)),
        key=lambda line: (line.sealed_at, line.recording),
    )


def _dockings(connection: Connection) -> dict[str, list[datetime]]:
    """When each recorder stood in a dock that was certain of it, in order."""
    claims, sessions = schema.claims, schema.dock_sessions
    joined = sessions.join(claims, claims.c.session_id == sessions.c.id)
    query = select(claims.c.value, sessions.c.opened_at).select_from(joined)
    query = query.where(claims.c.subject == ClaimSubject.RECORDER.value, claims.c.verdict.in_(SURE))
    found: defaultdict[str, list[datetime]] = defaultdict(list)
    for row in connection.execute(query.order_by(sessions.c.opened_at)):
        found[row.value].append(parse_time(row.opened_at))
    return found


def _recorders_of(connection: Connection, sessions: Collection[str]) -> dict[str, str]:
    table = schema.claims
    found: dict[str, str] = {}
    keys = sorted(sessions)
    for start in range(0, len(keys), 500):
        query = select(table.c.session_id, table.c.verdict, table.c.value)
        query = query.where(
            table.c.session_id.in_(keys[start : start + 500]),
            table.c.subject == ClaimSubject.RECORDER.value,
        )
        for row in connection.execute(query.order_by(table.c.judged_at, table.c.id)):
            found.pop(row.session_id, None)
            if row.verdict in SURE and row.value is not None:
                found[row.session_id] = row.value
    return found


# --- proof ----------------------------------------------------------------------------------------


def entries_of(
    connection: Connection, *, results: Iterable[str], recordings: Iterable[str]
) -> dict[str, int]:
    """The entry of the log by which each result or recording came on record, by its digest."""
    wanted = {*results, *recordings}
    if not wanted:
        return {}
    table = schema.entries
    told = or_(*(table.c.body.contains(f'"act":"{act}"') for act in _PROVING))
    found: dict[str, int] = {}
    for row in connection.execute(select(table.c.seq, table.c.body).where(told)):
        entry = entries.parse(str(row.body).encode())
        digest = entry.facts.get(_PROVING.get(entry.act, ""))
        if isinstance(digest, str) and digest in wanted:
            found.setdefault(digest, row.seq)
    return found


_PROVING = {"action.assessed": "sha256", "recording.sealed": "recording"}
"""The acts by which something comes on record, and the fact that bears its digest."""
