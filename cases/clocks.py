"""Who had a recorder when it showed a time, and what its clock was worth then.

Holds always: raw times stay as they were claimed; an offset is never guessed. A recorder's clock is
one from check-out to return: an anchor that a reviewer set inside that time counts for all of it,
one set for a recording counts for that recording alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select

from evidence.clockfix import Anchor, ClockBasis, DeviceClock, clock_of, correct
from evidence.entry import parse_time, time_text
from storage import schema

SECOND_US = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_A_FEW = 4
_A_DAY_US = 86_400 * SECOND_US
_FURTHEST = timedelta(days=365 * 200)


@dataclass(frozen=True)
class Hold:
    """One time that somebody had a recorder, in microseconds since 1970; `back_us` None: it is out.

    `limit_us` is when it was due; offsets say how far its clock was ahead, None: nobody looked.
    """

    id: str
    recorder: str
    holder: str
    out_us: int
    limit_us: int
    back_us: int | None
    out_offset_us: int | None
    back_offset_us: int | None

    def holds(self, at_us: int) -> bool:
        """Whether the recorder was out then."""
        return self.out_us <= at_us and (self.back_us is None or at_us < self.back_us)

    @property
    def out_anchor(self) -> Anchor | None:
        """What its clock showed at check-out."""
        if self.out_offset_us is None:
            return None
        return Anchor(self.out_us + self.out_offset_us, self.out_us)

    @property
    def dock_anchor(self) -> Anchor | None:
        """What its clock showed when it came back."""
        if self.back_us is None or self.back_offset_us is None:
            return None
        return Anchor(self.back_us + self.back_offset_us, self.back_us)


@dataclass(frozen=True)
class Timed:
    """A recorder's clock at a time: `id` names it, so what one clock shows moves together."""

    id: str
    clock: DeviceClock
    hold: Hold | None = None

    @property
    def is_trusted(self) -> bool:
        """Whether its times may be counted."""
        return self.clock.basis is not ClockBasis.UNTRUSTED


@dataclass(frozen=True)
class Asked:
    """Which clock is asked for: of this recorder when it showed `at_us`, docked at `docked_us`."""

    recording: str
    recorder: str | None
    at_us: int
    docked_us: int


def microseconds(at: datetime) -> int:
    """A moment as microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def moment(at_us: int) -> datetime:
    """The moment of such a number."""
    return _EPOCH + timedelta(microseconds=at_us)


def timed(connection: Connection, asked: Asked, *, max_correctable_s: int) -> Timed:
    """The clock by which the times of a recording are put right."""
    own = _newest_anchor(connection, f"recording/{asked.recording}")
    holds = holds_before(connection, asked.recorder, until_us=asked.at_us + _A_DAY_US)
    if own is not None:
        clock = clock_of(None, None, reviewer=own, max_correctable_s=max_correctable_s)
        true_us = correct(asked.at_us, clock) * SECOND_US
        held = next((hold for hold in holds if hold.holds(true_us)), None)
        return Timed(f"recording/{asked.recording}", clock, held)
    for hold in holds:
        clock = clock_in(connection, hold, max_correctable_s=max_correctable_s)
        if hold.holds(correct(asked.at_us, clock) * SECOND_US):
            return Timed(f"assignment/{hold.id}", clock, hold)
    return _of_nobody(connection, asked, max_correctable_s=max_correctable_s)


def _of_nobody(connection: Connection, asked: Asked, *, max_correctable_s: int) -> Timed:
    """Nobody had the recorder at the time it showed.

    Where its clock is known to have been off at the docking, that is why; else nothing is known.
    """
    last = holds_before(connection, asked.recorder, until_us=asked.docked_us)[:1]
    for hold in last:
        clock = clock_in(connection, hold, max_correctable_s=max_correctable_s)
        if clock.basis is ClockBasis.UNTRUSTED:
            return Timed(f"assignment/{hold.id}", clock)
    nothing = clock_of(None, None, max_correctable_s=max_correctable_s)
    return Timed(f"recorder/{asked.recorder or asked.recording}", nothing)


def clock_in(connection: Connection, hold: Hold, *, max_correctable_s: int) -> DeviceClock:
    """The clock of a recorder while somebody had it."""
    anchors = _anchors(connection, f"recorder/{hold.recorder}")
    inside = [anchor for anchor in anchors if hold.holds(anchor.true_us)]
    return clock_of(
        hold.out_anchor,
        hold.dock_anchor,
        reviewer=inside[-1] if inside else None,
        max_correctable_s=max_correctable_s,
    )


def holds_before(connection: Connection, recorder: str | None, *, until_us: int) -> list[Hold]:
    """The last few times that somebody took a recorder before a moment, the latest first."""
    if recorder is None or abs(until_us) > _FURTHEST // timedelta(microseconds=1):
        return []
    table = schema.assignments
    query = _joined().where(
        table.c.recorder_id == recorder, table.c.out_at <= time_text(moment(until_us))
    )
    query = query.order_by(table.c.out_at.desc(), table.c.number.desc()).limit(_A_FEW)
    return [_hold(row) for row in connection.execute(query)]


def holds_within(
    connection: Connection, persons: Sequence[str], *, since: datetime, until: datetime
) -> list[Hold]:
    """What these persons had out at some moment of a time, in order of ids."""
    table, returns = schema.assignments, schema.assignment_returns
    back = func.coalesce(table.c.back_at, returns.c.back_at)
    query = _joined().where(table.c.holder_id.in_(persons), table.c.out_at < time_text(until))
    query = query.where(or_(back.is_(None), back > time_text(since)))
    return [_hold(row) for row in connection.execute(query.order_by(table.c.id))]


def hold_of(connection: Connection, assignment: str) -> Hold | None:
    """One time that somebody had a recorder, by its id."""
    row = connection.execute(_joined().where(schema.assignments.c.id == assignment)).first()
    return None if row is None else _hold(row)


def _joined() -> Select[Any]:
    table, returns = schema.assignments, schema.assignment_returns
    joined = table.join(returns, returns.c.id == table.c.id, isouter=True)
    return select(
        table,
        returns.c.back_at.label("returned_at"),
        returns.c.clock_offset_ms.label("returned_offset_ms"),
    ).select_from(joined)


def _hold(row: Row[Any]) -> Hold:
    back = row.back_at or row.returned_at
    return Hold(
        id=row.id,
        recorder=row.recorder_id,
        holder=row.holder_id,
        out_us=microseconds(parse_time(row.out_at)),
        limit_us=microseconds(parse_time(row.due_at)),
        back_us=None if back is None else microseconds(parse_time(back)),
        out_offset_us=_offset(row.clock_offset_ms),
        back_offset_us=_offset(row.returned_offset_ms),
    )


def _offset(text: str | None) -> int | None:
    return None if text is None else int(text) * 1000


def _anchors(connection: Connection, subject: str) -> list[Anchor]:
    """Every anchor that a reviewer set for a recorder or a recording, the latest last."""
    table = schema.clock_anchors
    query = select(table).where(table.c.subject == subject).order_by(table.c.number)
    return [
        Anchor(microseconds(parse_time(row.device_at)), microseconds(parse_time(row.true_at)))
        for row in connection.execute(query)
    ]


def _newest_anchor(connection: Connection, subject: str) -> Anchor | None:
    return next(reversed(_anchors(connection, subject)), None)
