"""The assessment of an action: gathers what is on record, judges it, and keeps each result.

Holds always: what is judged is evidence alone, never an operational row; the same facts give the
same bytes, and the same bytes are not written again; the results before stay (3.2, 3.3).
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, select

from cases import clocks
from cases.clocks import microseconds
from cases.coverage_facts import assessment_of
from evidence.assessment import Assessment
from evidence.canonical import Json
from evidence.coverage import Verdict
from evidence.entry import parse_time, time_text
from storage import schema
from storage.ledger import Act, Ledger
from storage.ledger import Row as NewRow

_BATCH = 500
_AT_ONCE = 0
"""A second before every limit."""

_CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Assessed:
    """A result on record; `body` is `evidence.assessment.Assessment.body`."""

    action: str
    number: int
    verdict: Verdict
    body: Mapping[str, Json]
    sha256: str
    assessed_at: datetime


class _Same(Exception):
    """Nothing has changed: the act is undone before it wrote anything."""


def assess(ledger: Ledger, action_id: str) -> bool:
    """The act `action.assessed`, only where the result is another; says whether it was.

    An action without a declared interval is not assessed yet. Raises `NotFound`, or `BadInput` for
    a value of policy that the bureau must set first.
    """
    with ledger.database.read() as connection:
        found = assessment_of(connection, action_id, now=ledger.clock())
        if found is None:
            return False
        is_new = _digest(found) != _last_digest(connection, action_id)
    if is_new:
        is_new = _enter(ledger, action_id)
    _remember_due(ledger, found)
    return is_new


def _enter(ledger: Ledger, action_id: str) -> bool:
    """Judges anew under the log's lock, so that the result is of what the log holds."""
    with suppress(_Same), ledger.act() as act:
        found = assessment_of(act.connection, action_id, now=act.at)
        if found is None or _digest(found) == _last_digest(act.connection, action_id):
            raise _Same
        _insert(act, found)
        verdict, sha256 = found.verdict.value, _digest(found)
        act.enter("action.assessed", {"action": action_id, "verdict": verdict, "sha256": sha256})
        return True
    return False


def _insert(act: Act, found: Assessment) -> None:
    row: NewRow = {
        **act.numbered(schema.assessments, owner="action_id", value=found.facts.action),
        "verdict": found.verdict.value,
        "body": found.bytes().decode(),
        "sha256": _digest(found),
        "assessed_at": act.at_text,
    }
    act.insert(schema.assessments, row)


def _digest(found: Assessment) -> str:
    return hashlib.sha256(found.bytes()).hexdigest()


def _last_digest(connection: Connection, action_id: str) -> str | None:
    table = schema.assessments
    query = select(table.c.sha256).where(table.c.action_id == action_id)
    return connection.execute(query.order_by(table.c.number.desc()).limit(1)).scalar()


def _remember_due(ledger: Ledger, found: Assessment) -> None:
    """When the result may be another though nothing is entered: a docking limit passes."""
    table, action = schema.assessments_due, found.facts.action
    limits = [one.limit_at for one in found.facts.waits_for]
    with ledger.database.locked() as connection:  # another may follow at once
        connection.execute(delete(table).where(table.c.id == action))
        if limits:
            connection.execute(insert(table).values(id=action, at_s=min(limits)))


def due(connection: Connection, *, now: datetime, limit: int = 1000) -> list[str]:
    """Some of the actions that wait to be assessed: a docking limit passed, or policy changed."""
    table = schema.assessments_due
    query = select(table.c.id).where(table.c.at_s < _second(now))
    return list(connection.execute(query.order_by(table.c.at_s, table.c.id).limit(limit)).scalars())


def put_due(connection: Connection, actions: Iterable[str]) -> None:
    """Has actions assessed anew, before those whose limit passes."""
    table = schema.assessments_due
    ordered = sorted(actions)
    for start in range(0, len(ordered), _BATCH):
        some = ordered[start : start + _BATCH]
        connection.execute(delete(table).where(table.c.id.in_(some)))
        connection.execute(insert(table), [{"id": one, "at_s": _AT_ONCE} for one in some])


def forget_due(connection: Connection, action_id: str, *, now: datetime) -> None:
    """That an action waits no longer; a limit that is still to come stays."""
    table = schema.assessments_due
    is_past = table.c.at_s < _second(now)
    connection.execute(delete(table).where(table.c.id == action_id, is_past))


def declared_since(
    connection: Connection, since: date | None, *, units: Collection[str] | None = None
) -> set[str]:
    """The actions that began on a day or later by any version, or ever; of these units, or all."""
    table, said = schema.action_intervals, schema.action_statements
    query = select(table.c.action_id).distinct()
    if since is not None:
        midnight = datetime.combine(since, datetime.min.time(), _CHINA).astimezone(UTC)
        query = query.where(table.c.starts_at >= time_text(midnight))
    if units is not None:
        joined = table.join(said, said.c.action_id == table.c.action_id)
        query = query.select_from(joined).where(said.c.unit_id.in_(sorted(units)))
    return set(connection.execute(query).scalars())


def _second(at: datetime) -> int:
    return microseconds(at) // clocks.SECOND_US


def history(connection: Connection, action_id: str) -> list[Assessed]:
    """Every result of an action, the latest last."""
    table = schema.assessments
    query = select(table).where(table.c.action_id == action_id).order_by(table.c.number)
    return [
        Assessed(
            action=row.action_id,
            number=row.number,
            verdict=Verdict(row.verdict),
            body=json.loads(row.body),
            sha256=row.sha256,
            assessed_at=parse_time(row.assessed_at),
        )
        for row in connection.execute(query)
    ]


def latest(connection: Connection, action_id: str) -> Assessed | None:
    """The result that counts."""
    return next(reversed(history(connection, action_id)), None)
