"""Footage that waits for somebody to say which action it is of, with the candidates and why.

Holds always: what waits is found again by following the log; a waiting recording is linked or
answered by a person and dropped by nobody; overdue is what waited `link.within_hours` (R-189) of
the policy that its recorder's unit acted under when it was docked.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from cases.links import LinkState, links_of, state_of
from cases.matching import Matched
from cases.policy import owner_of, policy_of
from evidence.entry import parse_time, time_text
from evidence.linking import Candidate, LinkReason
from evidence.ratio import day_of
from storage import schema

_TABLE = schema.link_waiting
_DECISIVE = frozenset({LinkReason.HOLDER, LinkReason.ROOM})


@dataclass(frozen=True)
class Waiting:
    """A recording that waits since it was sealed; no candidates: nobody knows of any action."""

    recording: str
    since: datetime
    recorder: str | None
    candidates: tuple[Candidate, ...]


def remember(connection: Connection, recording: str, *, matched: Matched | None) -> None:
    """Writes whether a recording waits, and for which actions, instead of what was known before.

    What is linked waits again where another action has a claim of its own to it, by holder or room:
    several teams may have been at one place (R-065). What people unlinked is not proposed again.
    """
    connection.execute(delete(_TABLE).where(_TABLE.c.id == recording))
    state = state_of(connection, recording)
    known = {one.action for one in links_of(connection, recording)}
    found = () if matched is None else matched.found
    left = [one for one in found if one.action not in known]
    if state is LinkState.LINKED:
        left = [one for one in left if _DECISIVE & set(one.reasons)]
    if state is LinkState.UNLINKED or left:
        recorder = None if matched is None else matched.placed.sighted.recorder
        connection.execute(
            insert(_TABLE).values(_row(connection, recording, recorder=recorder, left=left))
        )


def _row(
    connection: Connection, recording: str, *, recorder: str | None, left: Sequence[Candidate]
) -> dict[str, str | None]:
    sealed = select(schema.recordings.c.sealed_at).where(schema.recordings.c.id == recording)
    told = [[one.action, [r.value for r in one.reasons], one.overlap_s] for one in left]
    return {
        "id": recording,
        "since": str(connection.execute(sealed).scalar_one()),
        "candidates": json.dumps(told),
        "recorder_id": recorder,
    }


def forget(connection: Connection, recording: str) -> None:
    """What is no footage does not wait."""
    connection.execute(delete(_TABLE).where(_TABLE.c.id == recording))


def waiting(
    connection: Connection, *, before: datetime | None = None, limit: int = 1000
) -> list[Waiting]:
    """What waits, the longest first; `before`: only what was sealed by then."""
    query = select(_TABLE).order_by(_TABLE.c.since, _TABLE.c.id).limit(limit)
    if before is not None:
        query = query.where(_TABLE.c.since <= time_text(before))
    return [_waiting(row) for row in connection.execute(query)]


@dataclass
class Deadlines:
    """Until when somebody is to say what footage is of; one policy is read once."""

    connection: Connection
    _hours: dict[tuple[str | None, date], int] = field(default_factory=dict)

    def of(self, one: Waiting) -> datetime:
        """The moment from which it is overdue. Raises `NotFound` where no policy was in force."""
        recorder, day = one.recorder, day_of(one.since)
        unit = None if recorder is None else owner_of(self.connection, recorder, at=one.since)
        if (unit, day) not in self._hours:
            policy = policy_of(self.connection, unit, day=day)
            self._hours[unit, day] = policy.whole("link.within_hours")
        return one.since + timedelta(hours=self._hours[unit, day])


def find_waiting(connection: Connection, recording: str) -> Waiting | None:
    """One that waits, or None."""
    row = connection.execute(select(_TABLE).where(_TABLE.c.id == recording)).first()
    return None if row is None else _waiting(row)


def _waiting(row: Row[Any]) -> Waiting:
    told = tuple(
        Candidate(action, tuple(map(LinkReason, reasons)), overlap)
        for action, reasons, overlap in json.loads(row.candidates)
    )
    return Waiting(row.id, parse_time(row.since), row.recorder_id, told)
