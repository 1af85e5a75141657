"""What is made of a recording for people to look at, and when a failure is tried again.

Holds always: a derivative is never evidence; it names the digest it came from. A recording is
settled when each kind has a row that is not due again; a failure of the file itself is tried a few
times and then left until somebody asks, trouble of the machine is tried for ever, ever more
seldom.
"""

from datetime import datetime, timedelta
from enum import StrEnum


class DerivativeKind(StrEnum):
    """The kinds in the order they are made; each may read the facts of those before it."""

    PROBE = "PROBE"
    POSTER = "POSTER"
    HLS = "HLS"
    SHEET = "SHEET"
    PEAKS = "PEAKS"
    PICTURE = "PICTURE"


class DerivativeState(StrEnum):
    """What became of it. READY was checked; NOT_APPLICABLE is as final as READY."""

    READY = "READY"
    FAILED = "FAILED"
    NOT_APPLICABLE = "NOT_APPLICABLE"


class MediaLabel(StrEnum):
    """A remark on the source that stays with what was made of it."""

    DAMAGED = "DAMAGED"
    EMPTY = "EMPTY"
    NOT_MEDIA = "NOT_MEDIA"
    SOUND_INCOMPLETE = "SOUND_INCOMPLETE"


SETTLED = frozenset({DerivativeState.READY, DerivativeState.NOT_APPLICABLE})

MACHINE_TROUBLE = frozenset(
    {
        *("CONFINEMENT_UNAVAILABLE", "TOOL_MISSING", "VAULT_UNAVAILABLE", "OUT_OF_SPACE"),
        *("DATABASE_FULL", "DATABASE_UNAVAILABLE", "COMMIT_UNKNOWN", "STORAGE_FAILED"),
        *("ENVIRONMENT", "NOT_FOUND"),
    }
)
"""Codes that say nothing about the file: tried again for ever."""

MOST_ATTEMPTS = 3
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=6)
SELDOM = 6
"""Attempts after which the pause grows no more."""


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many failures: 1, 4, 16 minutes and so on, at most six hours."""
    factor: int = 4 ** min(max(attempts, 1), SELDOM) // 4
    return min(_FIRST_PAUSE * factor, _LONGEST_PAUSE)


def due_again(code: str, *, attempts: int, made_at: datetime, now: datetime) -> bool:
    """Whether a failed derivative is to be tried now."""
    if code not in MACHINE_TROUBLE and attempts >= MOST_ATTEMPTS:
        return False
    return now >= made_at + pause_after(attempts)
