"""When a file may be taken: unchanged for a while, and not held open for writing.

Holds always: a file that was seen to change is never taken in that state; one that never settles
is asked about for ever and is always shown.
"""

import fcntl
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.card import FoundFile


@dataclass(frozen=True)
class _Sight:
    version: FoundFile
    since: float


class Settler:
    """Remembers since when each listed file has looked the same; times are monotonic seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._sights: dict[bytes, _Sight] = {}

    def split(
        self, files: Sequence[FoundFile], now: float
    ) -> tuple[list[FoundFile], list[FoundFile]]:
        """The files that have settled, and those that have not yet."""
        sights = {file.path: self._sight(file, now) for file in files}
        self._sights = sights
        ready = [file for file in files if now - sights[file.path].since >= self._seconds]
        waiting = [file for file in files if now - sights[file.path].since < self._seconds]
        return ready, waiting

    def unsettle(self, file: FoundFile, now: float) -> None:
        """Starts a file's waiting anew, because it was caught changing or held open."""
        self._sights[file.path] = _Sight(file, now)

    def _sight(self, file: FoundFile, now: float) -> _Sight:
        before = self._sights.get(file.path)
        return before if before is not None and before.version == file else _Sight(file, now)


def held_for_writing(descriptor: int) -> bool:
    """Whether some process on this machine has the file open for writing.

    The kernel refuses a read lease on such a file (fcntl(2), F_SETLEASE). Where leases are not to
    be had (network, FUSE, another owner's file) the answer is no, and only the wait protects.
    A writer that comes while we hold the lease makes the kernel send us a signal: SIGURG, which
    does nothing, instead of SIGIO, which would end the process.
    """
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def unchanged(file: FoundFile, before: os.stat_result, *, after: os.stat_result) -> bool:
    """Whether a file looked the same when listed, when opened, and when it had been read.

    `before` and `after` are looks at one open descriptor.
    """
    return (
        file.same_version(before) and file.same_version(after) and os.path.samestat(before, after)
    )
