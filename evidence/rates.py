"""Rates as reports show them: what is counted, of what, and what nobody can say yet.

Holds always: integers only; what is provisional or unknown is in neither part of a rate and stands
beside it; a rate is cut off, never rounded up, so 100 % means all; of nothing there is no rate.

记录率 (recording rate): of the MANDATORY actions of some days that are assessed for good, those
that are FULL or SEAMED. 及时上传率 (rate of timely upload): of the times a recorder was out that
were due in some days, or of the recordings sealed in them, those that came within
`dock.within_hours` of the due time (R-100, R-104, R-110; D-07).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

_WHOLE = frozenset({"FULL", "SEAMED"})
_LACKING = frozenset({"GAP", "NONE"})
_MANDATORY = "MANDATORY"


class Timely(StrEnum):
    """Whether something came in time; PENDING is not due yet, UNKNOWN has no due time on record."""

    ON_TIME = "ON_TIME"
    LATE = "LATE"
    PENDING = "PENDING"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Rate:
    """`good` of `judged`; `pending` and `unknown` are counted apart."""

    good: int = 0
    judged: int = 0
    pending: int = 0
    unknown: int = 0

    @property
    def per_mille(self) -> int | None:
        """Thousandths, cut off; None of nothing."""
        return None if self.judged == 0 else self.good * 1000 // self.judged

    def text(self) -> str:
        """As a percentage with one digit, such as 94.0 %."""
        found = self.per_mille
        return "—" if found is None else f"{found // 10}.{found % 10} %"


def recording_rate(results: Iterable[tuple[str | None, str | None]]) -> Rate:
    """The recording rate of actions by (tier, verdict); both None where nobody assessed it yet.

    A verdict is in force for the tier it was given under. What is neither recorded nor lacking,
    such as NO_DECISION of a DISCRETIONARY action, bears on no rate.
    """
    found: Counter[str] = Counter()
    for tier, verdict in results:
        if verdict is None:
            found["unknown"] += 1
        elif tier == _MANDATORY and verdict == "PROVISIONAL":
            found["pending"] += 1
        elif tier == _MANDATORY and verdict in _WHOLE | _LACKING:
            found["judged"] += 1
            found["good"] += verdict in _WHOLE
    return Rate(found["good"], found["judged"], found["pending"], found["unknown"])


def timely(
    due_at: datetime | None, came_at: datetime | None, *, within: timedelta, now: datetime
) -> Timely:
    """Whether what was due came, or can still come, within the hours after that."""
    if due_at is None:
        return Timely.UNKNOWN
    limit = due_at + within
    if came_at is not None:
        return Timely.ON_TIME if came_at <= limit else Timely.LATE
    return Timely.PENDING if now <= limit else Timely.LATE


def timely_rate(results: Iterable[Timely]) -> Rate:
    """The rate of timely upload."""
    found = Counter(results)
    good, late = found[Timely.ON_TIME], found[Timely.LATE]
    return Rate(good, good + late, found[Timely.PENDING], found[Timely.UNKNOWN])


def coverage_text(covered: int, seconds: int) -> str:
    """How much of an action is covered, cut off to hundredths of a per cent, such as 98.75 %."""
    if seconds <= 0:
        return "—"
    parts = covered * 10_000 // seconds
    return f"{parts // 100}.{parts % 100:02} %"
