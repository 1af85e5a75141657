"""What may be disposed of today, and what stands against it, asked anew each time.

Holds always: a recording is judged by its standing, the holds, the clock it was sealed by, the
locks of its stores and the batches it stands in, all on one connection; what is not known to be due
is not; nothing is proposed because room is short.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, select, tuple_

from cases import disposal_rows, holds
from cases.disposal_clock import LogTimes, sealed_in_doubt
from cases.holds import Hold
from cases.retention import Shelf
from evidence.canonical import Json
from evidence.disposal import GRACE, DisposalBar, Line, in_grace, words
from evidence.errors import NotFound
from evidence.policy import InForce
from evidence.ratio import day_of
from evidence.reason_messages import Sentence
from evidence.retention import Standing
from people.bodies import bodies
from people.ratio_rule import policy_for
from storage import removing, schema
from storage.graves import grave
from storage.removing import Shelf as Store

DELAY = "disposal.delay_days"
_AT_ONCE = 2000
"""How many recordings a page of the due list looks at: an answer comes soon, whatever there is."""


@dataclass(frozen=True)
class Against:
    """One reason against one recording, in words."""

    recording: str
    bar: DisposalBar
    said: Sentence

    def json(self) -> dict[str, Json]:
        """As commands and the API give it."""
        return {
            "recording": self.recording,
            "code": self.bar.value,
            "zh": self.said[0],
            "en": self.said[1],
        }


@dataclass
class Judge:
    """Judges recordings on one connection and one day; `stores` may each keep a lock."""

    connection: Connection
    today: date
    shelf: Shelf
    held: Sequence[Hold]
    doubted: Mapping[str, datetime]
    elsewhere: Mapping[str, str]
    stores: Sequence[Store] = field(default=())

    @classmethod
    def of(
        cls, connection: Connection, *, now: datetime, log: LogTimes, stores: Sequence[Store]
    ) -> "Judge":
        """Everything that is asked once."""
        today = day_of(now)
        return cls(
            connection,
            today,
            Shelf.of(connection, today),
            holds.all_active(connection, today=today),
            sealed_in_doubt(connection, log),
            disposal_rows.in_open_batches(connection),
            stores,
        )

    def line(self, recording: str) -> Line | None:
        """The recording as a list holds it; None where it has no day on which it is due."""
        standing = self.shelf.standing(recording)
        if standing.due_on is None:
            return None
        start = standing.start or standing.due_on
        return Line(
            recording=recording,
            size=_size(self.connection, recording),
            class_code=standing.class_code,
            period=standing.period or "",
            start=start.isoformat(),
            due_on=standing.due_on.isoformat(),
            basis=_basis(standing),
            again=grave(self.connection, recording) is not None,
        )

    def against(self, line: Line, *, batch: str | None = None) -> list[Against]:
        """All that stands against a line, which is in that batch already, if in any."""
        found: list[Against] = []

        def add(bar: DisposalBar, **facts: str | int) -> None:
            found.append(Against(line.recording, bar, words(bar, facts)))

        due_on = date.fromisoformat(line.due_on)
        if self.today < due_on:
            add(DisposalBar.NOT_DUE, due_on=line.due_on)
        elif in_grace(due_on, today=self.today):
            add(DisposalBar.IN_GRACE, due_on=line.due_on)
        elif self._is_young(line, due_on):
            add(DisposalBar.SEALED_IN_DOUBT)
        if holds.reaching(self.connection, line.recording, among=self.held):
            add(DisposalBar.HELD)
        until = removing.locked_until(self.stores, line.recording)
        if until is not None:
            add(DisposalBar.LOCKED, until=until)
        if self.elsewhere.get(line.recording, batch) != batch:
            add(DisposalBar.ELSEWHERE)
        if not self._has_bytes(line.recording):
            add(DisposalBar.ALREADY_GONE if line.again else DisposalBar.MISSING)
        return found

    def against_frozen(self, line: Line, *, batch: str) -> list[Against]:
        """As `against`, of a line of a frozen list that must still be what it was."""
        now = self.line(line.recording)
        if now is None:
            bar = DisposalBar.NEVER_DUE
            return [Against(line.recording, bar, words(bar, {}))]
        found = self.against(now, batch=batch)
        if now != line:
            bar = DisposalBar.NOT_AS_FROZEN
            found.append(Against(line.recording, bar, words(bar, {})))
        return found

    def judged(self, recording: str) -> tuple[Line | None, list[Against]]:
        """A recording that somebody proposes: its line, and all that stands against it."""
        line = self.line(recording)
        if line is None:
            bar = DisposalBar.NEVER_DUE
            return None, [Against(recording, bar, words(bar, {}))]
        return line, self.against(line)

    def _is_young(self, line: Line, due_on: date) -> bool:
        """Whether it may be younger than it says, by the clock that it was sealed by."""
        latest = self.doubted.get(line.recording)
        if latest is None:
            return False
        kept_for = due_on - date.fromisoformat(line.start)
        return self.today < day_of(latest) + kept_for + GRACE

    def _has_bytes(self, recording: str) -> bool:
        return any(store.has(recording) for store in self.stores)


@dataclass(frozen=True)
class DuePage:
    """Recordings that may be proposed today, and those that are due and must stay, with reasons.

    `following` goes on behind the last that was looked at; None at the end.
    """

    lines: tuple[Line, ...]
    kept: tuple[tuple[Line, tuple[Against, ...]], ...]
    following: str | None


def due(judge: Judge, *, after: str | None = None, limit: int = 200) -> DuePage:
    """What became due, in the order in which it was sealed; raises `NotFound` for a wrong page."""
    lines: list[Line] = []
    staying: list[tuple[Line, tuple[Against, ...]]] = []
    looked, last = 0, after
    for recording in _recordings(judge.connection, after):
        looked, last = looked + 1, recording
        line = judge.line(recording)
        if line is not None and date.fromisoformat(line.due_on) <= judge.today:
            against = tuple(judge.against(line))
            if any(one.bar is DisposalBar.ALREADY_GONE for one in against):
                continue
            lines += [] if against else [line]
            staying += [(line, against)] if against else []
        if len(lines) >= limit:
            return DuePage(tuple(lines), tuple(staying), last)
    return DuePage(tuple(lines), tuple(staying), last if looked == _AT_ONCE else None)


def delay_days(connection: Connection, day: date) -> int:
    """How long a batch waits after its second approval: the longest that any body here asks for."""
    followed = {one.followed for one in bodies(connection, day)}
    found: list[InForce] = [policy_for(one, day) for one in {None, *followed}]
    return max(one.whole(DELAY) for one in found)


def _recordings(connection: Connection, after: str | None) -> list[str]:
    table = schema.recordings
    query = select(table.c.id).order_by(table.c.sealed_at, table.c.id).limit(_AT_ONCE)
    if after is not None:
        at = connection.execute(select(table.c.sealed_at).where(table.c.id == after)).scalar()
        if at is None:
            raise NotFound(f"There is no page behind {after}", why="NO_RECORDING", recording=after)
        query = query.where(tuple_(table.c.sealed_at, table.c.id) > tuple_(at, after))
    return [str(one) for one in connection.execute(query).scalars()]


def _size(connection: Connection, recording: str) -> int:
    table = schema.recordings
    return int(connection.execute(select(table.c.size).where(table.c.id == recording)).scalar_one())


def _basis(standing: Standing) -> str:
    """The clauses that set the period; without any, the profile or version that did."""
    said = [f"{one.document} {one.article}".strip() for one in standing.sources]
    return "；".join(dict.fromkeys(said)) or standing.longest.by
