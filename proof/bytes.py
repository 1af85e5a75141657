"""Step 6: the originals themselves, read from the medium and hashed.

Holds always: a file is judged by the descriptor it was opened with, which must be a regular file;
reading goes past the page cache where the file system allows it, so what is hashed is what the
medium holds; a file that cannot be read is a finding and the others go on.
"""

import contextlib
import errno
import fcntl
import hashlib
import mmap
import os
import re
import stat
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import hashes

from evidence.canonical import loads_object
from evidence.errors import Malformed

MARKER = "liuhen-vault.json"
ORIGINALS = "originals"
_MARKER_FORMAT = 1
_LARGEST_MARKER = 64 * 1024
BLOCK = 4 * 1024 * 1024
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
ALGORITHMS = frozenset({"sha256", "sm3"})


@dataclass(frozen=True)
class Wanted:
    """An original to check: its digest, size (None if unknown) and the algorithms to hash with."""

    sha256: str
    size: int | None
    algorithms: tuple[str, ...] = ("sha256",)


@dataclass(frozen=True)
class Seen:
    """What stands under an original's name; `problem` is "" unless it could not be judged.

    `problem` is MISSING, NOT_REGULAR, NOT_A_DIGEST or the operating system's reason.
    """

    wanted: Wanted
    size: int = 0
    digests: dict[str, str] = field(default_factory=dict)
    past_cache: bool = False
    problem: str = ""


@dataclass(frozen=True)
class Marker:
    """Whose vault a folder is."""

    site: str
    vault: str


def read_marker(root: Path) -> Marker:
    """The vault's marker; raises `OSError` where there is none, `Malformed` where it is none."""
    with (root / MARKER).open("rb") as file:
        value = loads_object(file.read(_LARGEST_MARKER))
    site, vault, version = value.get("site"), value.get("vault"), value.get("format")
    if version != _MARKER_FORMAT or not isinstance(site, str) or not isinstance(vault, str):
        raise Malformed("Marker does not name format 1, site and vault")
    if value.keys() != {"format", "site", "vault"}:
        raise Malformed("Marker holds more than format, site and vault")
    return Marker(site, vault)


def original_path(root: Path, sha256: str) -> Path:
    """Where an original lies."""
    return root / ORIGINALS / sha256[:2] / sha256


def names(root: Path, shard: str) -> list[str]:
    """Names in one shard of the originals, in order; empty where there is no such folder."""
    with contextlib.suppress(OSError):
        return sorted(os.listdir(root / ORIGINALS / shard))
    return []


def shards(root: Path) -> list[str]:
    """Names of the folders under the originals; raises `OSError`."""
    return sorted(os.listdir(root / ORIGINALS))


def look(root: Path, wanted: Wanted, *, whole: bool) -> Seen:
    """Reads the original (or only its size, unless `whole`)."""
    if not _DIGEST.match(wanted.sha256):
        return Seen(wanted, problem="NOT_A_DIGEST")
    try:
        fd = os.open(original_path(root, wanted.sha256), _OPEN)
    except FileNotFoundError:
        return Seen(wanted, problem="MISSING")
    except OSError as error:
        problem = "NOT_REGULAR" if error.errno == errno.ELOOP else _reason(error)
        return Seen(wanted, problem=problem)
    try:
        return _judge(fd, wanted, whole=whole)
    finally:
        os.close(fd)


def look_at_all(
    root: Path, wanted: Iterable[Wanted], *, whole: bool, threads: int
) -> Iterator[Seen]:
    """`look` for each, in order, with up to `threads` files read at once."""
    if not whole or threads < 2:
        yield from (look(root, item, whole=whole) for item in wanted)
        return
    under_way: deque[Future[Seen]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for item in wanted:
            under_way.append(pool.submit(look, root, item, whole=True))
            if len(under_way) > 2 * threads:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


class _Hash(Protocol):
    def update(self, data: memoryview, /) -> None: ...

    def hexdigest(self) -> str: ...


class Sm3:
    """SM3 by the cryptography library, for systems whose own has none."""

    def __init__(self) -> None:
        self._hash = hashes.Hash(hashes.SM3())

    def update(self, data: memoryview, /) -> None:
        """Takes the next bytes."""
        self._hash.update(bytes(data))

    def hexdigest(self) -> str:
        """Digest of all bytes so far; asked for once."""
        return self._hash.finalize().hex()


def _judge(fd: int, wanted: Wanted, *, whole: bool) -> Seen:
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            return Seen(wanted, problem="NOT_REGULAR")
        if not whole:
            return Seen(wanted, size=status.st_size)
        return _read(fd, wanted, length=status.st_size)
    except OSError as error:
        return Seen(wanted, problem=_reason(error))


def _read(fd: int, wanted: Wanted, *, length: int) -> Seen:
    takers = {name: _new_hash(name) for name in wanted.algorithms}
    past_cache = _go_direct(fd, direct=True)
    size = 0
    with contextlib.closing(mmap.mmap(-1, BLOCK)) as buffer, memoryview(buffer) as view:
        while size < length or size == 0:
            count, direct = _fill(fd, view, offset=size)
            past_cache = past_cache and direct
            _feed(takers.values(), view, count=count)
            size += count
            if count == 0:
                break
    digests = {name: taker.hexdigest() for name, taker in takers.items()}
    return Seen(wanted, size, digests, past_cache)


def _feed(takers: Iterable[_Hash], view: memoryview, *, count: int) -> None:
    with view[:count] as part:
        for taker in takers:
            taker.update(part)


def _fill(fd: int, view: memoryview, *, offset: int) -> tuple[int, bool]:
    """Reads a block; False where direct reading was refused and the page cache had to be used."""
    try:
        return os.preadv(fd, [view], offset), True
    except OSError as error:
        if error.errno != errno.EINVAL or not _go_direct(fd, direct=False):
            raise
    return os.preadv(fd, [view], offset), False


def _go_direct(fd: int, *, direct: bool) -> bool:
    """Turns direct reading on or off; says whether the file system took it.

    Where reading is not direct, the kernel is asked to drop what it has cached of the file.
    """
    flags = fcntl.fcntl(fd, fcntl.F_GETFL)
    wanted = flags | os.O_DIRECT if direct else flags & ~os.O_DIRECT
    try:
        fcntl.fcntl(fd, fcntl.F_SETFL, wanted)
    except OSError:
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        return False
    if not direct:
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    return True


def _new_hash(name: str) -> _Hash:
    if name == "sm3" and name not in hashlib.algorithms_available:
        return Sm3()
    return hashlib.new(name)


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
