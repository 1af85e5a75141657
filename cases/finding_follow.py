"""Findings follow the custody log, and the clock.

Holds always: what an entry touched is judged anew, and nothing else; the position is written after
what it led to, so a process that is killed judges it again, which changes nothing; what falls due
by time alone is looked for by a sweep. Two processes may follow at once.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from cases import follow as case_follow
from cases.finding_actions import judge_action
from cases.finding_cases import judge_case
from cases.finding_clean_ups import judge_clean_ups
from cases.finding_look import Due, Look
from cases.finding_recorders import (
    judge_observation,
    judge_outing,
    judge_ratio,
    judge_recorder,
    outing,
)
from cases.finding_recordings import judge_recording, recordings_due
from cases.finding_reviews import judge_review
from cases.findings import Superseded, carry_out
from devices.holding import lasting
from evidence import entry as entries
from evidence.entry import RowRef, parse_time, time_text
from evidence.errors import BadInput, Malformed, NotFound
from evidence.finding_facts import OBSERVED
from evidence.ratio import day_of
from people.bodies import bodies
from storage import schema
from storage.database import Database
from storage.ledger import Ledger

log = logging.getLogger(__name__)

_BATCH = 500
_AT_ONCE = 200
"""Recordings that one sweep judges at most: an old site's footage is taken up bit by bit."""
_HOURS = 24
"""How far back a sweep looks where no policy is in force: nothing is judged without one."""
_LOG, _UNLINKED = "log", "unlinked"
_EPOCH, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
"""A position in time is kept as microseconds since 1970, one in the log as the entry's number."""

_OWNED: Mapping[str, str] = {
    "assessments": "action",
    "action_intervals": "action",
    "action_statements": "action",
    "quarantines": "recording",
    "links": "recording",
    "link_answers": "recording",
    "case_steps": "case",
    "case_records": "case",
    "recorder_conditions": "recorder",
    "clean_ups": "clean-up",
}
"""Tables whose rows are numbered beneath what they are about: the key begins with it."""
_ITSELF: Mapping[str, str] = {
    "observations": "observation",
    "supervisions": "supervision",
    "assignments": "outing",
    "assignment_returns": "outing",
}


def follow(ledger: Ledger) -> int:
    """Links and assesses what is new, follows the log up to its head, then sweeps.

    Returns how many findings were touched.
    """
    case_follow.catch_up(ledger)
    return catch_up(ledger) + sweep(ledger)


def catch_up(ledger: Ledger, *, is_over: Callable[[], bool] = lambda: False) -> int:
    """Follows the log up to its head, or until `is_over`; how many findings were touched.

    What cannot be judged, as for a value of policy that the bureau has not set, is said in the
    program's log and keeps nothing else waiting.
    """
    touched = 0
    while not is_over() and (found := _follow_some(ledger)) is not None:
        touched += found
    return touched


def sweep(ledger: Ledger) -> int:
    """What falls due by time: recorders that are out, unlinked footage, shortages, clean-ups."""
    now = ledger.clock()
    with ledger.database.read() as connection:
        look = Look(connection, now)
        due = [one for held in lasting(connection) for one in judge_outing(look, held)]
        due += [*judge_ratio(look), *judge_clean_ups(look)]
        footage, until = _unlinked(look)
    done = _carry_out(ledger, [*due, *footage])
    _keep_position(ledger.database, _UNLINKED, position=(until - _EPOCH) // _TICK)
    return done


# --- following ------------------------------------------------------------------------------------


def _follow_some(ledger: Ledger) -> int | None:
    """Follows some entries; how many findings they touched, None where there are none left."""
    with ledger.database.read() as connection:
        position = _position(connection, _LOG)
        bodies_read = _bodies(connection, position)
        if not bodies_read:
            return None
        refs = [ref for body in bodies_read for ref in entries.parse(body.encode()).rows]
        due = _judged(Look(connection, ledger.clock()), refs)
    done = _carry_out(ledger, due)
    _keep_position(ledger.database, _LOG, position=position + len(bodies_read))
    return done


def _bodies(connection: Connection, position: int) -> list[str]:
    table = schema.entries
    query = select(table.c.body).where(table.c.seq >= position).order_by(table.c.seq)
    return [str(body) for body in connection.execute(query.limit(_BATCH)).scalars()]


def _judged(look: Look, refs: Sequence[RowRef]) -> list[Due]:
    """All that is due about whatever these rows touch."""
    judges: Mapping[str, Callable[[Look, str], list[Due]]] = {
        "action": judge_action,
        "case": judge_case,
        "recording": judge_recording,
        "recorder": judge_recorder,
        "observation": judge_observation,
        "outing": _judge_outing,
        "clean-up": judge_clean_ups,
        "supervision": judge_review,
    }
    due: list[Due] = []
    for kind, keys in sorted(_touched(look.connection, refs).items()):
        for key in sorted(keys):
            due += _tried(judges[kind], look, key=key)
    return due


def _tried(judge: Callable[[Look, str], list[Due]], look: Look, *, key: str) -> list[Due]:
    try:
        return judge(look, key)
    except (BadInput, Malformed, NotFound) as error:
        log.warning("%s is not judged for findings: %s", key, error)
        return []


def _touched(connection: Connection, refs: Sequence[RowRef]) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for ref in refs:
        if ref.table in _OWNED:
            found[_OWNED[ref.table]].add(ref.key.rpartition("/")[0])
        elif ref.table in _ITSELF:
            found[_ITSELF[ref.table]].add(ref.key)
    ended = [ref.key for ref in refs if ref.table == "link_ends"]
    found["recording"] |= {key.rpartition("/")[0] for key in ended}
    seen = found.pop("observation", set())
    found["observation"] |= set(_telling(connection, sorted(seen)))
    return found


def _telling(connection: Connection, keys: Sequence[str]) -> Iterator[str]:
    """The observations of these that are findings."""
    table = schema.observations
    for start in range(0, len(keys), _BATCH):
        query = select(table.c.id).where(table.c.id.in_(keys[start : start + _BATCH]))
        yield from connection.execute(query.where(table.c.code.in_(OBSERVED))).scalars()


def _judge_outing(look: Look, key: str) -> list[Due]:
    held = outing(look.connection, key)
    return [] if held is None else judge_outing(look, held)


# --- footage that nobody has said the action of ---------------------------------------------------


@dataclass(frozen=True)
class _Hours:
    """The shortest and the longest `link.within_hours` of any body."""

    least: timedelta
    most: timedelta


def _unlinked(look: Look) -> tuple[list[Due], datetime]:
    """What is due about footage whose time ran out, and up to which moment it was looked at."""
    hours = _link_hours(look)
    since = _EPOCH + _position(look.connection, _UNLINKED) * _TICK
    until = look.now - hours.least
    found = list(
        recordings_due(
            look.connection, after=time_text(since), until=time_text(until), limit=_AT_ONCE
        )
    )
    due = [one for key, _ in found for one in _tried(judge_recording, look, key=key)]
    sure = look.now - hours.most
    if len(found) == _AT_ONCE:
        sure = min(sure, parse_time(found[-1][1]))
    return due, max(sure, since)


def _link_hours(look: Look) -> _Hours:
    day = day_of(look.now)
    units = [None, *(body.unit.id for body in bodies(look.connection, day))]
    policies = [look.policy(unit, day) for unit in units]
    hours = [one.whole("link.within_hours") for one in policies if one is not None]
    least, most = min(hours, default=_HOURS), max(hours, default=_HOURS)
    return _Hours(timedelta(hours=least), timedelta(hours=most))


# --- acts and position ----------------------------------------------------------------------------


def _carry_out(ledger: Ledger, due: Iterable[Due]) -> int:
    """One act for each change; how many there were."""
    done = 0
    for change, rule in due:
        try:
            carry_out(ledger, change, rule=rule)
        except Superseded:
            continue
        done += 1
    return done


def _position(connection: Connection, name: str) -> int:
    table = schema.finding_follow
    query = select(table.c.position).where(table.c.id == name)
    return int(connection.execute(query).scalar() or 0)


def _keep_position(database: Database, name: str, *, position: int) -> None:
    """Never goes back: a slower process has judged what it saw already."""
    table = schema.finding_follow
    with database.locked() as connection:
        before = select(table.c.position).where(table.c.id == name)
        found = connection.execute(before).scalar()
        if found is None:
            connection.execute(insert(table).values(id=name, position=position))
        elif int(found) < position:
            connection.execute(update(table).where(table.c.id == name).values(position=position))
