"""The time a recorder claims, put together from the pieces of a name or a log line.

Holds always: nothing is guessed. A date that does not exist gives no time; a missing piece gives
no time; the zone is not known here and not stated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from devices.words import Remark

DATE = ("year", "month", "day")
CLOCK = ("hour", "minute")
PIECES = (*DATE, *CLOCK, "second")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIRST_PLAUSIBLE_YEAR = 2000


@dataclass(frozen=True)
class WallTime:
    """`text` is YYYY-MM-DDTHH:MM:SS on the recorder's own clock, or None; `remark` says why."""

    text: str | None
    remark: Remark | None


def wall_time(pieces: Mapping[str, str | None]) -> WallTime:
    """The time of pieces named year, month, day, hour, minute and second, each digits or None."""
    given = {key for key in PIECES if pieces.get(key)}
    if not given:
        return WallTime(None, None)
    if not given.issuperset(DATE + CLOCK):
        return WallTime(None, Remark.TIME_INCOMPLETE)
    try:
        moment = datetime.fromisoformat(_iso(pieces))
    except ValueError:
        return WallTime(None, Remark.TIME_INVALID)
    return WallTime(moment.isoformat(timespec="seconds"), _remark(moment, given))


def _iso(pieces: Mapping[str, str | None]) -> str:
    month = str(pieces["month"]).lower()
    if month in _MONTHS:
        month = f"{_MONTHS.index(month) + 1:02d}"
    second = pieces.get("second") or "00"
    date = f"{pieces['year']}-{month}-{pieces['day']}"
    return f"{date}T{pieces['hour']}:{pieces['minute']}:{second}"


def _remark(moment: datetime, given: set[str]) -> Remark | None:
    if moment.year < _FIRST_PLAUSIBLE_YEAR:
        return Remark.TIME_BEFORE_2000
    return None if "second" in given else Remark.TIME_TO_MINUTE
