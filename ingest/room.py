"""Whether a file fits into the vault, asked before its first byte is written.

Holds always: what copies under way still need is counted as taken, so two of them are never
promised the same room; a reserve stays free for the database, which must be able to say what
became of the files that did fit.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from evidence.errors import OutOfSpace
from storage.vault import Progress, ReadAt, Space, Vault

RESERVE = 512 << 20
"""Bytes that are left free, or a twentieth of a medium where that is less."""
_LOOK_AGAIN = 8 << 20


@dataclass(eq=False)
class Promise:
    """Bytes that one copy still needs."""

    rest: int

    def took(self, count: int) -> None:
        """So much of it is on the medium now."""
        self.rest = max(0, self.rest - count)


@dataclass
class Room:
    """What is promised to the copies of one process; safe to share between threads."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _promises: list[Promise] = field(default_factory=list)

    @contextmanager
    def promised(self, vault: Vault, size: int) -> Iterator[Promise]:
        """Keeps room for a file while the block copies it.

        Raises `OutOfSpace` where it does not fit; nothing is written then.
        """
        promise = Promise(size)
        with self._lock:
            _check(vault.space(), size + sum(other.rest for other in self._promises))
            self._promises.append(promise)
        try:
            yield promise
        finally:
            with self._lock:
                self._promises.remove(promise)


def watched(read_at: ReadAt, vault: Vault) -> ReadAt:
    """Reads on only while the reserve is there: a file may grow, and others write to the disk too.

    The reader raises `OutOfSpace`.
    """
    looked_at = 0

    def read(buffer: memoryview, offset: int) -> int:
        nonlocal looked_at
        if offset >= looked_at + _LOOK_AGAIN:
            looked_at = offset
            _check(vault.space(), 0)
        return read_at(buffer, offset)

    return read


def counted(progress: Progress, promise: Promise) -> Progress:
    """Tells both of the bytes that are on the medium."""

    def copied(count: int) -> None:
        promise.took(count)
        progress(count)

    return copied


def reserve(total: int) -> int:
    """Bytes that are left free on a medium of this size."""
    return min(RESERVE, total // 20)


def _check(space: Space, wanted: int) -> None:
    kept = reserve(space.total_bytes)
    if space.free_bytes < wanted + kept or space.files == 0:
        free, files = space.free_bytes, -1 if space.files is None else space.files
        message = f"{wanted} bytes and a reserve of {kept} do not fit: {free} are left"
        raise OutOfSpace(message, free_bytes=free, free_files=files)
