"""Small files, folders and names that survive a power cut.

Holds always: when one of these functions returns, what it made is on the medium, name included;
when it raises, the old state or the new one is there, never a mixture. A failed fsync is not
retried, because the kernel may have dropped the pages it could not write: the caller starts again
from its own bytes.
"""

import contextlib
import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from evidence.errors import OutOfSpace, StorageFailed

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@contextlib.contextmanager
def storage_trouble(doing: str, where: Path | int) -> Iterator[None]:
    """Turns an `OSError` of the body into `OutOfSpace` or `StorageFailed`.

    `doing` begins the sentence ("Writing the marker"); `where` is a path or descriptor on the
    medium, asked for the room that is left.
    """
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise _full(doing, where) from error
        reason = error.strerror or str(error)
        raise StorageFailed(f"{doing} failed: {reason}", reason=reason) from error


@contextlib.contextmanager
def giving_out(target: Path) -> Iterator[None]:
    """The same for a file that somebody asked for: what is stored is not touched by its failing."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        message, path = f"{target} could not be written: {reason}", str(target)
        if error.errno in FULL:
            free, _ = _room(target.parent)
            raise OutOfSpace(
                message, code="NO_ROOM_TO_GIVE_OUT", path=path, free_bytes=free
            ) from error
        raise StorageFailed(message, code="NOT_GIVEN_OUT", path=path, reason=reason) from error


def check_room(doing: str, where: Path, *, least: int) -> None:
    """Raises `OutOfSpace` where fewer than `least` bytes, or no file entries, are left."""
    free_bytes, free_files = _room(where)
    if free_bytes < least or (free_files == 0 and _counts_files(where)):
        raise _full(doing, where)


def fsync_dir(path: Path) -> None:
    """Makes the names in a folder durable; raises `StorageFailed`."""
    with storage_trouble(f"Making the names in {path} durable", path):
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def make_dirs_durably(path: Path, mode: int = 0o755) -> None:
    """Makes the folder and its missing parents, each durable in the folder above it."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        with storage_trouble(f"Making the folder {folder}", folder.parent):
            folder.mkdir(mode, exist_ok=True)
        fsync_dir(folder.parent)


def rename_durably(source: Path, target: Path) -> None:
    """Gives `source` the name `target`, replacing what is there, and makes that name durable.

    Out of another folder, the old name may come back beside it after a power cut: whoever moves
    between folders sweeps the one it moves from.
    """
    with storage_trouble(f"Renaming {source} to {target}", source.parent):
        os.rename(source, target)
    fsync_dir(target.parent)


def write_durably(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Puts `data` under `path` whole and durably, replacing what is there.

    The permissions hold before the first byte is written, so a key is never readable for a moment.
    Raises `OutOfSpace` or `StorageFailed`.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    with contextlib.ExitStack() as undo:
        undo.callback(draft.unlink, missing_ok=True)
        with storage_trouble(f"Writing {path}", path.parent):
            _write_new(draft, data, mode=mode)
        rename_durably(draft, path)
        undo.pop_all()


def _write_new(path: Path, data: bytes, *, mode: int) -> None:
    path.unlink(missing_ok=True)  # left by a dead process whose number we were given
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        os.fchmod(fd, mode)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(fd, rest) :]
        os.fsync(fd)
    finally:
        os.close(fd)


def _full(doing: str, where: Path | int) -> OutOfSpace:
    free_bytes, free_files = _room(where)
    message = f"{doing} failed: {free_bytes} bytes and {free_files} file entries are left"
    return OutOfSpace(message, free_bytes=free_bytes, free_files=free_files)


def _counts_files(where: Path) -> bool:
    """Whether the file system has a fixed number of entries; some make them as they need them."""
    return os.statvfs(where).f_files > 0


def _room(where: Path | int) -> tuple[int, int]:
    try:
        found = os.statvfs(where)
    except OSError:  # the medium went away too: say nothing is left rather than hide the cause
        return 0, 0
    return found.f_bavail * found.f_frsize, found.f_favail
