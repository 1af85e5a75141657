"""A card that fails: a file system of our own (FUSE) with read errors where a test wants them.

`python -m tests.bad_card MOUNTPOINT NAME=SIZE:BAD...` serves files of that size whose bytes follow
from their name; from byte BAD on, reading fails with EIO (no BAD: the file is sound). A file whose
name begins with `slow` takes its time for every read.
"""

import errno
import hashlib
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import mfusepy

from tests.docking import wait_for
from tests.footage import REPOSITORY, give_up_without

SLOW_SECONDS = 0.05


def content(name: str, size: int) -> bytes:
    """What a file of this name holds."""
    block = hashlib.sha256(name.encode()).digest()
    return (block * (size // len(block) + 1))[:size]


@dataclass(frozen=True)
class BadFile:
    """One file: its size, and the first byte that cannot be read, if any."""

    size: int
    bad: int | None = None


class BadCard(mfusepy.Operations):  # type: ignore[misc]  # the package has no types
    """A read-only root folder with the files."""

    use_ns = True

    def __init__(self, files: dict[str, BadFile]) -> None:
        self._files = files

    def getattr(self, path: str, fh: int | None = None) -> dict[str, int]:
        """Status of the root or a file."""
        del fh
        if path == "/":
            return {"st_mode": stat.S_IFDIR | 0o755, "st_nlink": 2}
        file = self._files.get(path[1:])
        if file is None:
            raise mfusepy.FuseOSError(errno.ENOENT)
        when = 1_700_000_000_000_000_000
        times = {"st_mtime": when, "st_ctime": when}
        return {"st_mode": stat.S_IFREG | 0o444, "st_nlink": 1, "st_size": file.size, **times}

    def readdir(self, path: str, fh: int) -> list[str]:
        """Names in the root."""
        del path, fh
        return [".", "..", *self._files]

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        """Bytes, or an error that reaches the reader as one of the medium."""
        del fh
        name = path[1:]
        if name.startswith("slow"):
            time.sleep(SLOW_SECONDS)
        file = self._files[name]
        if file.bad is not None and offset + size > file.bad:
            if offset >= file.bad:
                raise mfusepy.FuseOSError(errno.EIO)
            size = file.bad - offset
        return content(name, file.size)[offset : offset + size]


@contextmanager
def bad_card(folder: Path, files: dict[str, BadFile]) -> Iterator["subprocess.Popen[bytes]"]:
    """The card mounted at `folder` while the block runs; killing the process pulls it."""
    give_up_without("fusermount3")
    folder.mkdir(parents=True, exist_ok=True)
    words = [f"{name}={file.size}:{_number(file.bad)}" for name, file in files.items()]
    command = [sys.executable, "-m", "tests.bad_card", str(folder), *words]
    with subprocess.Popen(command, cwd=REPOSITORY) as process:
        try:
            wait_for(folder.is_mount, "the card is mounted")
            yield process
        finally:
            subprocess.run(["fusermount3", "-u", "-z", str(folder)], check=False)
            process.kill()


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _parse(word: str) -> tuple[str, BadFile]:
    name, _, numbers = word.rpartition("=")
    size, _, bad = numbers.partition(":")
    return name, BadFile(int(size), int(bad) if bad else None)


if __name__ == "__main__":
    mfusepy.FUSE(
        BadCard(dict(map(_parse, sys.argv[2:]))),
        sys.argv[1],
        foreground=True,
        ro=True,
        direct_io=True,
        nothreads=False,
    )
