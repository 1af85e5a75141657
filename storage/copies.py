"""An original carried from one vault to another, whole or not at all.

Holds always: what arrives was read back from the other medium and has the digest that names it;
bytes that are not what their name says are never carried on.
"""

import contextlib
from typing import BinaryIO

from evidence.errors import NotFound, StorageFailed
from storage.durable import storage_trouble
from storage.vault import Progress, ReadAt, Stored, Vault


def carry(source: Vault, target: Vault, *, sha256: str, progress: Progress) -> Stored:
    """The original as it is in `target` now.

    Raises `StorageFailed` where the source gives other bytes or none, `NotFound` where it has none,
    and what the target raises.
    """
    with contextlib.closing(source.open(sha256)) as original:
        staged = target.stage(_reading(original, sha256), progress)
    with contextlib.ExitStack() as undo:
        undo.callback(target.discard, staged)
        if staged.sha256 != sha256:
            reason = f"it reads as {staged.sha256}"
            message = f"The copy of {sha256} to be carried on is damaged: {reason}"
            raise StorageFailed(message, reason=reason, expected=sha256, found=staged.sha256)
        return target.confirm(staged, progress)


def is_whole(vault: Vault, sha256: str, *, progress: Progress) -> tuple[bool, str]:
    """Whether the stored original is what its name says, and what the medium gave."""
    try:
        found = vault.rehash(sha256, progress)
    except (NotFound, StorageFailed) as error:
        return False, str(error)
    return found == sha256, found


def _reading(original: BinaryIO, sha256: str) -> ReadAt:
    """Reads an open original forwards; the offset is where the last read ended."""

    def read_at(block: memoryview, _offset: int) -> int:
        with storage_trouble(f"Reading {sha256}", original.fileno()):
            return _fill(original, block)

    return read_at


def _fill(original: BinaryIO, block: memoryview) -> int:
    data = original.read(len(block))
    block[: len(data)] = data
    return len(data)
