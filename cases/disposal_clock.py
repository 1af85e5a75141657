"""Whether the clock may be believed here and now, asked of everything that knows a time.

Holds always: what the machine and other machines say comes in as an argument; nothing is asked of
a clock that the one in question could have moved, without saying so; two persons together say why
the log's times jump, and what they say is on record before anything rests on it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select

from cases import kept
from evidence import entry as entries
from evidence.disposal_clock import (
    BOUND,
    ClockSource,
    Doubt,
    Explained,
    Jump,
    JumpKind,
    Reading,
    Unsound,
    doubts,
    jumps,
    log_doubt,
    unsound,
)
from evidence.entry import parse_time, time_text
from evidence.errors import BadInput, Refused
from evidence.personal import REMARK
from storage import schema
from storage.database import Database
from storage.ledger import Act, Ledger
from storage.ledger import Row as NewRow

_SEALING = ("recording.sealed", "recording.adopted")


@dataclass(frozen=True)
class Machine:
    """What this and other machines know of the time; None or empty where there is no such thing.

    `boot` gives a name of this boot and the seconds since, which nobody can set; `database_time`
    asks the database on a connection, None where it is this very machine's; `stores` give the Date
    of object stores.
    """

    boot: Callable[[], tuple[str, float]] | None = None
    database_time: Callable[[Connection], datetime | None] | None = None
    stores: tuple[Callable[[], datetime], ...] = ()


NOTHING = Machine()
"""A machine that knows no time but its clock's: the log alone is compared."""


def mark_boot(database: Database, machine: Machine, *, now: datetime) -> None:
    """Remembers, once in each boot, when it began by the wall clock: a later jump shows then."""
    if machine.boot is None:
        return
    name, seconds = machine.boot()
    marks = schema.clock_marks
    with database.write() as connection:
        if connection.execute(select(marks.c.id).where(marks.c.id == name)).first() is None:
            started = time_text(now - timedelta(seconds=seconds))
            row = {"id": name, "started_at": started, "seen_at": time_text(now)}
            connection.execute(insert(marks).values(**row))


@dataclass(frozen=True)
class LogTimes:
    """What the log's times say: jumps, what was said of them, and stretches of no known age."""

    jumps: tuple[Jump, ...]
    explained: tuple[Explained, ...]
    newest: datetime | None

    @classmethod
    def read(cls, connection: Connection) -> "LogTimes":
        """As the log stands; each size of it was signed at the time of its newest entry."""
        said = connection.execute(
            select(schema.clock_explanations).order_by(schema.clock_explanations.c.number)
        )
        explained = tuple(Explained(row.position, JumpKind(row.kind)) for row in said)
        newest = connection.execute(select(schema.log_head.c.last_at)).scalar_one()
        found = tuple(jumps(_times(connection)))
        return cls(found, explained, None if newest is None else parse_time(newest))

    @property
    def unsound(self) -> list[Unsound]:
        """Stretches whose clock may have been behind."""
        return unsound(self.jumps, explained=self.explained)

    @property
    def open(self) -> list[Jump]:
        """Jumps that nobody explained yet."""
        answered = max((one.position for one in self.explained), default=-1)
        return [one for one in self.jumps if one.position > answered]


def _times(connection: Connection) -> Iterator[tuple[int, datetime]]:
    table = schema.checkpoints
    query = select(table.c.size, table.c.signed_at).where(table.c.size > 0).order_by(table.c.size)
    for size, at in connection.execute(query):
        yield size - 1, parse_time(at)


def doubts_now(
    connection: Connection, *, now: datetime, machine: Machine, log: LogTimes
) -> list[Doubt]:
    """Everything that does not agree with the clock of now; empty where it may be believed."""
    readings = []
    if machine.boot is not None:
        readings += _booted(connection, machine.boot())
    at = None if machine.database_time is None else machine.database_time(connection)
    if at is not None:
        readings.append(Reading(ClockSource.DATABASE, at))
    readings += [Reading(ClockSource.STORE, store()) for store in machine.stores]
    found = doubts(now, readings)
    of_log = log_doubt(log.jumps, explained=log.explained, newest=log.newest, now=now)
    return found if of_log is None else [of_log, *found]


def _booted(connection: Connection, boot: tuple[str, float]) -> list[Reading]:
    (name, seconds), marks = boot, schema.clock_marks
    query = select(marks.c.started_at).where(marks.c.id == name)
    started = connection.execute(query).scalar()
    if started is None:
        return []
    return [Reading(ClockSource.BOOT, parse_time(started) + timedelta(seconds=seconds))]


def sealed_in_doubt(connection: Connection, log: LogTimes) -> dict[str, datetime]:
    """Recordings sealed by a clock that may have been behind, and when it was at the latest."""
    table, found = schema.entries, dict[str, datetime]()
    for stretch in log.unsound:
        within = table.c.seq.between(stretch.first, min(stretch.last, 2**53 - 1))
        for body in connection.execute(select(table.c.body).where(within)).scalars():
            entry = entries.parse(body.encode())
            recording = entry.facts.get("recording")
            if entry.act in _SEALING and isinstance(recording, str):
                found[recording] = max(found.get(recording, stretch.latest), stretch.latest)
    return found


@dataclass(frozen=True)
class Explanation:
    """Why the log's times jump, in words, by two persons (ids)."""

    kind: JumpKind
    text: str
    person: str
    second: str


def explain_jumps(ledger: Ledger, machine: Machine, *, said: Explanation) -> None:
    """The act `clock.explained`: about every jump up to here, the step to its own time included.

    Raises `BadInput`, `NotFound`, or `Refused` (CLOCK_NOT_EXPLAINED) by one person alone, of a
    clock that went back and therefore did not stand still, or while another clock disagrees.
    """
    with ledger.act() as act:
        if said.person == said.second:
            raise _not_explained("须由两名不同的人员说明", "two different persons must explain it")
        log = LogTimes.read(act.connection)
        _check_explains(act, machine, log=log, kind=said.kind)
        size = act.connection.execute(select(schema.log_head.c.size)).scalar_one()
        number = len(log.explained)
        row: NewRow = {
            "id": f"clock/{number}",
            "number": number,
            "position": size,
            "kind": said.kind.value,
            "note": kept.keep_needed(act, REMARK, value=said.text, why="CASE_TEXT"),
            "person_id": kept.known_person(act.connection, said.person),
            "second_id": kept.known_person(act.connection, said.second),
            "stated_at": act.at_text,
        }
        act.insert(schema.clock_explanations, row)
        act.enter("clock.explained", {"position": size, "kind": said.kind.value})
        _mark_anew(act, machine)


def _check_explains(act: Act, machine: Machine, *, log: LogTimes, kind: JumpKind) -> None:
    backwards = any(one.is_backwards for one in log.open)
    newest = log.newest
    backwards = backwards or (newest is not None and newest - act.at > BOUND)
    if kind is JumpKind.STOOD_STILL and backwards:
        raise _not_explained(
            "时钟曾向后拨，不是停用", "the clock went back, which is no standing still"
        )
    found = doubts_now(act.connection, now=act.at, machine=machine, log=log)
    if any(one.source in (ClockSource.DATABASE, ClockSource.STORE) for one in found):
        raise _not_explained("时钟仍与其他时钟不符", "the clock still disagrees with another")
    if not found:
        raise BadInput("There is no jump to explain", why="NO_JUMP")


def _mark_anew(act: Act, machine: Machine) -> None:
    """The boot is counted from now on by the clock that two persons stand for."""
    if machine.boot is None:
        return
    name, seconds = machine.boot()
    marks = schema.clock_marks
    act.connection.execute(marks.delete().where(marks.c.id == name))
    started = time_text(act.at - timedelta(seconds=seconds))
    act.connection.execute(insert(marks).values(id=name, started_at=started, seen_at=act.at_text))


def _not_explained(chinese: str, english: str) -> Refused:
    return Refused(english, code="CLOCK_NOT_EXPLAINED", reason_zh=chinese)
