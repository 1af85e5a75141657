"""An original given out as a file: a look at evidence, so it is on record before its first byte.

Holds always: the entry is durable before anything is written; nothing that exists is overwritten;
what was written is read again and compared with the digest before it is called done.
"""

import contextlib
import hashlib
import os
from pathlib import Path
from typing import BinaryIO

from evidence.errors import BadInput, StorageFailed
from storage.catalogue import find_recording
from storage.durable import fsync_dir, giving_out, storage_trouble
from storage.graves import check_not_buried
from storage.site import Site

_BLOCK = 1 << 20


def export_original(site: Site, sha256: str, *, target: Path) -> int:
    """The act `recording.exported`, then the copy; returns its size in bytes.

    Raises `NotFound`, `BadInput` where the target exists or its folder does not, `StorageFailed`
    or `OutOfSpace`.
    """
    with site.database.read() as connection:
        find_recording(connection, sha256)
        check_not_buried(connection, sha256)
    check_target(target)
    with site.ledger.act() as act:
        act.enter("recording.exported", {"recording": sha256})
    with giving_out(target):
        descriptor = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with contextlib.ExitStack() as undo:
        undo.callback(target.unlink, missing_ok=True)  # ours: it was made by the line above
        written = _copy(site, sha256, target=target, descriptor=descriptor)
        if written != sha256:
            raise StorageFailed(
                f"The stored copy of {sha256} reads as {written}", expected=sha256, found=written
            )
        undo.pop_all()
    fsync_dir(target.parent)
    return target.stat().st_size


def check_target(target: Path) -> None:
    """Raises `BadInput` where a file cannot be given out, so that nobody waits for one in vain."""
    if os.path.lexists(target):  # a link that leads nowhere is somebody's, too
        raise BadInput(f"{target} exists and is not overwritten", why="EXISTS", path=str(target))
    if not target.parent.is_dir():
        folder = str(target.parent)
        raise BadInput(f"{folder} is not a folder", why="NOT_A_FOLDER", path=folder)


def _copy(site: Site, sha256: str, *, target: Path, descriptor: int) -> str:
    """Writes the copy durably and returns the digest of what the target holds."""
    with (
        os.fdopen(descriptor, "r+b") as copy,
        site.vault.open(sha256) as original,
        giving_out(target),
    ):
        while block := _read(original):
            copy.write(block)
        copy.flush()
        os.fsync(copy.fileno())
        copy.seek(0)
        return hashlib.file_digest(copy, "sha256").hexdigest()


def _read(original: BinaryIO) -> bytes:
    with storage_trouble("Reading the original", original.fileno()):
        return original.read(_BLOCK)
