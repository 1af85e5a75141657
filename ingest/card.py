"""A card as a hostile place: opened once, walked by descriptor, links never followed.

Holds always: every file is reached from the descriptor of the card's root through folders opened
with O_NOFOLLOW, so no name on the card can lead outside it; only regular files are opened, and
without blocking, so a pipe cannot hang a dock; what was listed and what was opened are compared by
size and times. Inode numbers tell files apart only while one of them is open: FAT and exFAT give a
file another number each time the kernel has forgotten it. A card on a disk is there only as long
as the kernel has the disk, whatever is cached of it. Nothing here writes.
"""

import contextlib
import errno
import os
import stat
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devices.litter import passed_over
from evidence.errors import CardGone, CardTrouble, NotRegular, SourceUnreadable
from ingest import medium

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_MAX_DEPTH = 48
_ASKED = 3
_GONE = frozenset(
    {
        errno.ENODEV,
        errno.ENOTCONN,
        errno.ENXIO,
        errno.ENOMEDIUM,
        errno.ESHUTDOWN,
        errno.ESTALE,
        errno.ECONNABORTED,  # what FUSE answers to a read that was under way
    }
)
_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})
DOUBLED_NAME = "DOUBLED_NAME"
UNREAD = frozenset({"UNREADABLE", "UNREADABLE_FOLDER", "TOO_DEEP", DOUBLED_NAME})
_SPECIAL = (
    (stat.S_ISLNK, "LINK"),
    (stat.S_ISFIFO, "PIPE"),
    (stat.S_ISSOCK, "SOCKET"),
    (stat.S_ISBLK, "DEVICE"),
    (stat.S_ISCHR, "DEVICE"),
)
SPECIAL_REASONS = frozenset({"LINK", "PIPE", "SOCKET", "DEVICE", "SPECIAL"})


@dataclass(frozen=True)
class FoundFile:
    """A regular file as a listing saw it; `path` is relative, raw bytes with '/' between parts."""

    path: bytes
    size: int
    mtime_ns: int
    ctime_ns: int

    def same_version(self, status: os.stat_result) -> bool:
        """Whether a file status still shows what was listed."""
        return (self.size, self.mtime_ns, self.ctime_ns) == (
            status.st_size,
            status.st_mtime_ns,
            status.st_ctime_ns,
        )


@dataclass(frozen=True)
class PassedOverFile:
    """Something that is not taken, and why: a litter rule, or what stands there instead."""

    path: bytes
    reason: str
    size: int = 0

    @property
    def is_unread(self) -> bool:
        """Whether files may stand there that nobody could list."""
        return self.reason in UNREAD


@dataclass(frozen=True)
class Listing:
    """All that stood on the card at one look."""

    files: tuple[FoundFile, ...]
    passed_over: tuple[PassedOverFile, ...]


class Card:
    """An open card root; close it to let the card go."""

    def __init__(self, root: Path, *, sysfs: Path = medium.SYSFS) -> None:
        self.root = root
        self._sysfs = sysfs
        try:
            self._fd = os.open(root, _FOLDER)
            with contextlib.ExitStack() as undo:
                undo.callback(close, self._fd)
                status = os.fstat(self._fd)
                undo.pop_all()
        except OSError as error:
            raise _not_opened(error) from error
        self._rests = False
        self.device, self.inode = status.st_dev, status.st_ino
        self._disk = medium.disk_of(self.device)
        self._insertion = medium.insertion(self._disk, sysfs=sysfs)
        if not self._has_disk():  # a mount that outlived its disk answers from what is cached
            self.close()
            raise CardGone("Card's disk is gone")

    def close(self) -> None:
        """Lets the card go for good; harmless when done before."""
        self._rests = False
        self._let_go()

    def rest(self) -> None:
        """Lets the card go until it is asked for again: whoever mounted it can unmount it now.

        Only a mounted disk is let go of that the kernel tells from every other: no other card, put
        into its place meanwhile, may be taken for it. A folder is told by being held open.
        """
        with contextlib.suppress(OSError):
            is_mounted_here = self.root.parent.stat().st_dev != self.device
            self._rests = is_mounted_here and self._insertion is not None
        if self._rests:
            self._let_go()

    def _let_go(self) -> None:
        if self._fd >= 0:
            close(self._fd)
            self._fd = -1

    def _wake(self) -> None:
        """Opens the folder again after a rest; raises `OSError` if it is another or none."""
        if self._fd >= 0 or not self._rests:
            return
        descriptor = os.open(self.root, _FOLDER)
        with contextlib.ExitStack() as undo:
            undo.callback(close, descriptor)
            status = os.fstat(descriptor)
            same = (status.st_dev, status.st_ino) == (self.device, self.inode)
            if not same or medium.disk_of(self.device) != self._disk or not self._has_disk():
                raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
            undo.pop_all()
        self._fd = descriptor

    def mount_id(self) -> int:
        """The kernel's number of the mount that the open folder lies on; see proc(5), fdinfo."""
        lines = Path(f"/proc/self/fdinfo/{self._fd}").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("mnt_id:"))

    def is_present(self) -> bool:
        """Whether the same card still stands at its place."""
        try:
            self._wake()
            status = os.stat(self.root, follow_symlinks=False)
            os.fstat(self._fd)
            os.listdir(self._fd)
        except OSError:
            return False
        is_same = (status.st_dev, status.st_ino) == (self.device, self.inode)
        return is_same and self._has_disk()

    def answers(self, read_before: Sequence[FoundFile]) -> bool | None:
        """Whether the card gives any bytes now, past every cache; None where nobody can tell.

        `read_before` are files that it gave before: they are asked where the disk cannot be.
        """
        if not self.is_present():
            return False
        told = medium.answers(self._disk, sysfs=self._sysfs)
        if told is not None:
            return told
        gave = [self._gives(file) for file in read_before[:_ASKED]]
        return any(gave) if any(one is not None for one in gave) else None

    def _gives(self, found: FoundFile) -> bool | None:
        """Whether a file's first bytes can be read anew; None where it is no longer there."""
        try:
            descriptor = self.open(found)
        except CardTrouble as error:
            return None if isinstance(error, NotRegular) else False
        try:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            return bool(os.pread(descriptor, 1, 0))
        except OSError:
            return False
        finally:
            close(descriptor)

    def _has_disk(self) -> bool:
        return medium.is_there(self._disk, self._insertion, sysfs=self._sysfs)

    def list(self) -> Listing:
        """Everything on the card; raises `CardGone` if its root cannot be read."""
        if not self.is_present():
            raise CardGone("Card is no longer at its place")
        files: list[FoundFile] = []
        passed: list[PassedOverFile] = []
        for item in self._walk(self._fd, b"", depth=_MAX_DEPTH):
            if isinstance(item, FoundFile):
                files.append(item)
            else:
                passed.append(item)
        order = sorted(files, key=lambda file: file.path)
        return Listing(tuple(order), tuple(sorted(passed, key=lambda item: item.path)))

    def open(self, found: FoundFile) -> int:
        """Descriptor of a listed file; the caller closes it.

        Raises `NotRegular`, `CardGone`, or `SourceUnreadable` where it cannot be opened.
        """
        try:
            with self._folder_of(found.path) as (folder, name):
                descriptor = os.open(name, _FILE, dir_fd=folder)
        except OSError as error:
            raise self._failure(error) from error
        with contextlib.ExitStack() as undo:
            undo.callback(close, descriptor)
            if not stat.S_ISREG(self.look(descriptor).st_mode):
                raise NotRegular("Something that is not a file took its place")
            undo.pop_all()
        return descriptor

    def look(self, descriptor: int) -> os.stat_result:
        """Status of an open file of this card; raises `CardGone` or `SourceUnreadable`."""
        try:
            return os.fstat(descriptor)
        except OSError as error:
            raise self._failure(error) from error

    def status(self, found: FoundFile) -> os.stat_result | None:
        """Status of what stands at the file's path now, or None if no such file is there.

        Raises `SourceUnreadable` where the card is there and does not let us look.
        """
        try:
            descriptor = self.open(found)
        except SourceUnreadable:
            raise
        except CardTrouble:
            return None
        try:
            return self.look(descriptor)
        except CardGone:
            return None
        finally:
            close(descriptor)

    def remove(self, found: FoundFile) -> None:
        """Unlinks one file of this card; only clearing by receipt calls it.

        Raises `OSError` where the card refuses.
        """
        with self._folder_of(found.path) as (folder, name):
            os.unlink(name, dir_fd=folder)
            os.fsync(folder)

    @contextmanager
    def _folder_of(self, path: bytes) -> Iterator[tuple[int, bytes]]:
        *folders, name = path.split(b"/")
        self._wake()
        folder = os.dup(self._fd)
        try:
            for part in folders:
                inner = os.open(part, _FOLDER, dir_fd=folder)
                close(folder)
                folder = inner
            yield folder, name
        finally:
            close(folder)

    def _failure(self, error: OSError) -> CardTrouble:
        if error.errno in _GONE or not self.is_present():
            return CardGone("Card is no longer at its place")
        return _trouble(error, "File cannot be opened")

    def _walk(
        self, folder: int, prefix: bytes, *, depth: int
    ) -> Iterator[FoundFile | PassedOverFile]:
        try:
            names = _names(folder)
        except OSError:
            yield PassedOverFile(prefix.rstrip(b"/"), "UNREADABLE_FOLDER")
            return
        for name in sorted(names):
            yield from self._look(folder, prefix + name, name=name, depth=depth)
            for _ in range(1, names[name]):  # by a name only the first of them can be reached
                yield PassedOverFile(prefix + name, DOUBLED_NAME)

    def _look(
        self, folder: int, path: bytes, *, name: bytes, depth: int
    ) -> Iterator[FoundFile | PassedOverFile]:
        try:
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError:
            yield PassedOverFile(path, "UNREADABLE")
            return
        rule = passed_over(path)
        if rule is not None and not stat.S_ISDIR(status.st_mode):
            yield PassedOverFile(path, rule, status.st_size)
        elif stat.S_ISDIR(status.st_mode):
            yield from self._enter(folder, path, name=name, depth=depth)
        elif stat.S_ISREG(status.st_mode):
            yield _found(path, status)
        else:
            yield PassedOverFile(path, _special(status.st_mode))

    def _enter(
        self, folder: int, path: bytes, *, name: bytes, depth: int
    ) -> Iterator[FoundFile | PassedOverFile]:
        if depth == 0:
            yield PassedOverFile(path, "TOO_DEEP")
            return
        try:
            inner = os.open(name, _FOLDER, dir_fd=folder)
        except OSError:
            yield PassedOverFile(path, "UNREADABLE_FOLDER")
            return
        try:
            yield from self._walk(inner, path + b"/", depth=depth - 1)
        finally:
            close(inner)


class SourceReader:
    """A `storage.vault.ReadAt` over a descriptor: tells a read error from a card that is gone."""

    def __init__(self, descriptor: int, stop: threading.Event) -> None:
        self._descriptor = descriptor
        self._stop = stop

    def __call__(self, buffer: memoryview, offset: int) -> int:
        """Bytes read into `buffer` from `offset`; raises `SourceUnreadable` or `CardGone`."""
        if self._stop.is_set():
            raise CardGone("Intake is stopping; the file is still on the card", offset=offset)
        try:
            return os.preadv(self._descriptor, [buffer], offset)
        except OSError as error:
            if error.errno in _GONE:
                raise CardGone("Card was pulled while it was read", offset=offset) from error
            raise SourceUnreadable(
                f"Read error at byte {offset}", offset=offset, reason=error.strerror or "EIO"
            ) from error


def close(descriptor: int) -> None:
    """Closes what was only read: a card that is gone may answer even that with an error."""
    with contextlib.suppress(OSError):
        os.close(descriptor)


def _names(folder: int) -> Counter[bytes]:
    """The names in a folder, and how often each stands there; raises `OSError`.

    One that is written anew while the folder is listed may come up twice, so a doubled name counts
    only if it is doubled in a second listing too.
    """
    names = Counter(map(os.fsencode, os.listdir(folder)))
    if names.total() == len(names):
        return names
    again = Counter(map(os.fsencode, os.listdir(folder)))
    return Counter({name: max(1, min(names[name], count)) for name, count in again.items()})


def _found(path: bytes, status: os.stat_result) -> FoundFile:
    return FoundFile(path, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _special(mode: int) -> str:
    return next((word for test, word in _SPECIAL if test(mode)), "SPECIAL")


def _not_opened(error: OSError) -> CardTrouble:
    trouble = _trouble(error, "Card's folder cannot be opened")
    if isinstance(trouble, SourceUnreadable):
        return SourceUnreadable(str(trouble), code="CARD_UNREADABLE", **trouble.facts)
    return trouble


def _trouble(error: OSError, what: str) -> CardTrouble:
    if error.errno in _GONE:
        return CardGone("Card is no longer at its place")
    if error.errno == errno.ENOENT:
        return NotRegular("File is no longer on the card", code="FILE_VANISHED")
    if error.errno in _ABSENT:
        return NotRegular("Something else took the file's place")
    return SourceUnreadable(f"{what}: {error.strerror}", offset=0, reason=error.strerror or "")
