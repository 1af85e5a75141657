"""A card whose file system is odd: a file system of our own (FUSE) that lists as a test wants.

`python -m tests.odd_card MOUNTPOINT HABIT NAME...` serves a folder `A` with files whose bytes
follow from their name.
Habits: `doubled` shows the second name twice; `renumbers` gives every file another inode number
each time its folder is listed or one is removed, as FAT does when the kernel has forgotten it;
`heals` fails to read the second file once, which is of another time afterwards;
`rots` gives the second file other bytes each time it is read from its beginning.
"""

import errno
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import mfusepy

from tests.bad_card import content
from tests.docking import wait_for
from tests.footage import REPOSITORY, give_up_without

SIZE = 100_000
DOUBLED = "doubled"
RENUMBERS = "renumbers"
HEALS = "heals"
HEALING = 3.0
"""Seconds for which every read of the file fails: longer than a dock doubts it."""
ROTS = "rots"
_FOLDERS = {"/": 1, "/A": 2}
_WHEN = 1_788_000_000_000_000_000  # within the year in which tests take cards


class OddCard(mfusepy.Operations):  # type: ignore[misc]  # the package has no types
    """A folder with the files; in a root, so that the card is known again."""

    use_ns = True

    def __init__(self, habit: str, names: Sequence[str]) -> None:
        self._habit, self._names = habit, list(names)
        self._listed = 0
        self._failed_at: float | None = None
        self._reads = 0

    @property
    def _healed(self) -> bool:
        """Whether what failed may be read by now, and looks like another version."""
        return self._failed_at is not None and time.monotonic() - self._failed_at > HEALING

    def getattr(self, path: str, fh: int | None = None) -> dict[str, int]:
        """Status of a folder or a file."""
        del fh
        if path in _FOLDERS:
            return {"st_mode": stat.S_IFDIR | 0o755, "st_nlink": 2, "st_ino": _FOLDERS[path]}
        name = path.rpartition("/")[2]
        if name not in self._names:
            raise mfusepy.FuseOSError(errno.ENOENT)
        number = 1000 * (self._listed + 1) + self._names.index(name)
        when = _WHEN + 10**9 * (self._healed and name == self._names[1])
        times = {"st_mtime": when, "st_ctime": when}
        file = {"st_mode": stat.S_IFREG | 0o444, "st_nlink": 1, "st_size": SIZE}
        return {**file, **times, "st_ino": number}

    def readdir(self, path: str, fh: int) -> list[tuple[str, dict[str, int], int]]:
        """Names in a folder."""
        del fh
        if path == "/":
            return [_entry("A")]
        self._listed += self._habit == RENUMBERS
        again = self._names[1:2] if self._habit == DOUBLED else []
        return [_entry(name) for name in (*self._names, *again)]

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        """Bytes that follow from the name."""
        del fh
        name = path.rpartition("/")[2]
        if self._habit == HEALS and name == self._names[1] and not self._healed:
            self._failed_at = self._failed_at or time.monotonic()
            raise mfusepy.FuseOSError(errno.EIO)
        if self._habit == ROTS and name == self._names[1]:
            self._reads += offset == 0
            name = f"{name} {self._reads}"
        return content(name, SIZE)[offset : offset + size]

    def unlink(self, path: str) -> int:
        """Removes a file."""
        self._names.remove(path.rpartition("/")[2])
        self._listed += self._habit == RENUMBERS
        return 0


def _entry(name: str) -> tuple[str, dict[str, int], int]:
    """An entry whose inode number is not 0: those would be skipped."""
    return name, {"st_ino": 1, "st_mode": 0}, 0


@contextmanager
def odd_card(folder: Path, habit: str, *, names: Sequence[str]) -> Iterator[Path]:
    """The card, in a file system mounted at `folder` while the block runs."""
    give_up_without("fusermount3")
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.odd_card", str(folder), habit, *names]
    with subprocess.Popen(command, cwd=REPOSITORY) as process:
        try:
            wait_for(folder.is_mount, "the card is mounted")
            yield folder / "A"
        finally:
            subprocess.run(["fusermount3", "-u", "-z", str(folder)], check=False)
            process.kill()


if __name__ == "__main__":
    mfusepy.FUSE(
        OddCard(sys.argv[2], sys.argv[3:]),
        sys.argv[1],
        foreground=True,
        direct_io=True,
        hard_remove=True,  # the file is still open then
        nothreads=True,
        use_ino=True,
        entry_timeout=0,
        attr_timeout=0,
    )
