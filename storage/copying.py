"""Moves blocks of bytes past the page cache: copy and hash in one pass, read back and hash.

Holds always: every consumer (writer, hashes) gets each block once, in order, and a block is
filled again only after all of them are done with it, so the digest is of the bytes that were
written. The first error of any consumer reaches the caller; no thread outlives the call.

Why it looks like this: a buffered write costs a page of cache per 4 KiB and was the slowest part
of a copy, so writing goes around the cache (O_DIRECT) from a few aligned blocks that are used
again for every file. Reading, hashing and writing each have a thread, because all three release
the interpreter's lock. Media that refuse O_DIRECT (EINVAL: ramfs, some FUSE and NFS) are written
through the cache.
"""

import contextlib
import ctypes
import errno
import fcntl
import hashlib
import mmap
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from evidence.errors import CardTrouble
from evidence.vocabulary import ReadBack
from storage.durable import storage_trouble
from storage.vault import Progress, ReadAt

DIRECT_BLOCK = 4 << 20
BUFFERED_BLOCK = 1 << 20
ALIGNMENT = 4096
HUGE_PAGE = 2 << 20
REFUSED = frozenset({errno.EINVAL, errno.EOPNOTSUPP})
RESERVE = 64 << 20
_PLENTY = 16 * RESERVE
POOL_BLOCKS = 8
COPY_BLOCKS = 3
READ_BACK_BLOCKS = 2

Fill = Callable[[memoryview, int], int]
"""Fills the block from the offset; fewer bytes than the block holds mean the end."""


@dataclass(frozen=True)
class Chunk:
    """The first `size` bytes of `block` are the content at `offset`."""

    block: memoryview
    size: int
    offset: int


Consumer = Callable[[Chunk], None]


class Hash(Protocol):
    """What this module needs of a `hashlib` object."""

    def update(self, data: memoryview, /) -> None:
        """Takes the next bytes."""
        ...

    def hexdigest(self) -> str:
        """Digest of all bytes so far."""
        ...


class BlockPool:
    """Page-aligned blocks that all files of a vault share.

    A file always gets one block, so a card that hangs cannot starve another; it gets more only
    while fewer than `limit` are out. Memory is therefore bounded by `limit` blocks, or one block
    per file in flight where that is more.
    """

    def __init__(self, limit: int = POOL_BLOCKS) -> None:
        self._limit = limit
        self._lent = 0
        self._idle: list[memoryview] = []
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def lend(self, wanted: int) -> Iterator[list[memoryview]]:
        """Between one and `wanted` blocks of `DIRECT_BLOCK` bytes, without waiting."""
        blocks = self._take(wanted)
        try:
            yield blocks
        finally:
            self._give_back(blocks)

    def _take(self, wanted: int) -> list[memoryview]:
        with self._lock:
            count = max(1, min(wanted, self._limit - self._lent))
            fresh = [_new_block() for _ in range(count - len(self._idle))]
            used = [self._idle.pop() for _ in range(count - len(fresh))]
            self._lent += count
        return used + fresh

    def _give_back(self, blocks: list[memoryview]) -> None:
        with self._lock:
            self._lent -= len(blocks)
            room = self._limit - self._lent - len(self._idle)
            self._idle.extend(blocks[: max(0, room)])


def _new_block() -> memoryview:
    """A block in huge pages where the machine has them.

    A disk reads 4 MiB into two pieces of memory more than twice as fast as into a thousand.
    """
    spare = mmap.mmap(-1, DIRECT_BLOCK + HUGE_PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with contextlib.suppress(OSError):  # a kernel built without them
        spare.madvise(mmap.MADV_HUGEPAGE)
    start = -ctypes.addressof(ctypes.c_char.from_buffer(spare)) % HUGE_PAGE
    return memoryview(spare)[start : start + DIRECT_BLOCK]


@dataclass(frozen=True)
class Copied:
    """What a copy wrote; `stopped` is the card's error if it ended early."""

    size: int
    digests: dict[str, str]
    stopped: CardTrouble | None


@dataclass(frozen=True)
class Measured:
    """Digest and size of a file as it is on the medium."""

    digest: str
    size: int
    read_back: ReadBack


@dataclass(frozen=True)
class Engine:
    """The blocks to work with, and whom to tell about progress."""

    pool: BlockPool
    progress: Progress

    def copy(self, read_at: ReadAt, fd: int, *, algorithms: Sequence[str]) -> Copied:
        """Writes the source to the empty file `fd`, hashing with each algorithm on the way.

        Nothing is durable yet. Raises `OutOfSpace` or `StorageFailed`; a `CardTrouble` of the
        source ends the copy and is handed back with the prefix that was read.
        """
        source, sink = _Source(read_at), _Sink(fd)
        hashes = {name: new_hash(name) for name in algorithms}
        consumers = [_hashing(taker) for taker in hashes.values()]
        with self.pool.lend(COPY_BLOCKS) as lent:
            blocks = _sized(lent, direct=sink.direct)
            size = self._pump(source.fill, [*consumers, sink.write], blocks=blocks)
        sink.finish(size)
        digests = {name: taker.hexdigest() for name, taker in hashes.items()}
        return Copied(size, digests, source.stopped)

    def measure(self, fd: int, *, algorithm: str) -> Measured:
        """Reads the file from the medium; raises `StorageFailed` from the `OSError` it met."""
        source, taker = _Medium(fd), new_hash(algorithm)
        with self.pool.lend(READ_BACK_BLOCKS) as lent:
            blocks = _sized(lent, direct=source.direct)
            size = self._pump(source.fill, [_hashing(taker)], blocks=blocks)
        return Measured(taker.hexdigest(), size, source.read_back)

    def _pump(
        self, fill: Fill, consumers: Sequence[Consumer], *, blocks: Sequence[memoryview]
    ) -> int:
        """Sends all blocks of the source through all consumers; returns the bytes moved."""
        filled = fill(blocks[0], 0)
        if filled == len(blocks[0]):
            with _Lanes(consumers) as lanes:
                return self._circulate(fill, lanes, blocks=blocks)
        for consume in consumers:  # one block holds it all: threads would cost more than they give
            consume(Chunk(blocks[0], filled, 0))
        self.progress(filled)
        return filled

    def _circulate(self, fill: Fill, lanes: "_Lanes", *, blocks: Sequence[memoryview]) -> int:
        """The same with threads; the first block is full already."""
        under_way: deque[_Job] = deque()
        offset, turn, filled = 0, 0, len(blocks[0])
        while filled:
            under_way.append(lanes.send(Chunk(blocks[turn], filled, offset)))
            offset += filled
            if filled < len(blocks[turn]):
                break
            turn = (turn + 1) % len(blocks)
            if len(under_way) == len(blocks):
                self.progress(under_way.popleft().wait())
            filled = fill(blocks[turn], offset)
        for job in under_way:
            self.progress(job.wait())
        return offset


def new_hash(algorithm: str) -> Hash:
    """An empty hash; the vault has checked that the algorithm exists."""
    return hashlib.new(algorithm)


def _sized(blocks: Sequence[memoryview], *, direct: bool) -> list[memoryview]:
    return [block[: DIRECT_BLOCK if direct else BUFFERED_BLOCK] for block in blocks]


def _hashing(taker: Hash) -> Consumer:
    def consume(chunk: Chunk) -> None:
        taker.update(chunk.block[: chunk.size])

    return consume


@dataclass(frozen=True)
class _Job:
    """One chunk on its way through all lanes."""

    size: int
    parts: list[Future[None]]

    def wait(self) -> int:
        """Bytes of the chunk once every lane is done; raises the first lane's error."""
        for part in self.parts:
            part.result()
        return self.size


class _Lanes:
    """One thread per consumer; each takes every chunk in order."""

    def __init__(self, consumers: Sequence[Consumer]) -> None:
        self._lanes = [(ThreadPoolExecutor(1), consume) for consume in consumers]

    def __enter__(self) -> "_Lanes":
        return self

    def __exit__(self, *_: object) -> None:
        for thread, _consume in self._lanes:
            thread.shutdown(wait=True, cancel_futures=True)

    def send(self, chunk: Chunk) -> _Job:
        """Hands the chunk to every lane without waiting."""
        return _Job(chunk.size, [thread.submit(consume, chunk) for thread, consume in self._lanes])


class _Source:
    """The card's file: gathers short reads into full blocks, ends at the card's first error."""

    def __init__(self, read_at: ReadAt) -> None:
        self._read_at = read_at
        self.stopped: CardTrouble | None = None

    def fill(self, block: memoryview, offset: int) -> int:
        done = 0
        while done < len(block) and self.stopped is None:
            count = self._read(block[done:], offset + done)
            if count == 0:
                break
            done += count
        return done

    def _read(self, room: memoryview, offset: int) -> int:
        try:
            return self._read_at(room, offset)
        except CardTrouble as error:
            self.stopped = error
            return 0


class _Sink:
    """A new file in the vault, written past the page cache where the medium allows it."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._reserved = 0
        with storage_trouble("Opening the copy", fd):
            self.direct = set_direct(fd, wanted=True)

    def write(self, chunk: Chunk) -> None:
        """Writes one chunk; raises `OutOfSpace` or `StorageFailed`."""
        with storage_trouble("Writing the copy", self._fd):
            self._reserve(chunk)
            size = _pad(chunk) if self.direct else chunk.size
            done = 0
            while done < size:
                done += self._write(chunk.block[done:size], chunk.offset + done)

    def finish(self, size: int) -> None:
        """Cuts off padding and reserved room; raises `StorageFailed`."""
        with storage_trouble("Setting the length of the copy", self._fd):
            os.ftruncate(self._fd, size)

    def _write(self, data: memoryview, offset: int) -> int:
        try:
            count = os.pwrite(self._fd, data, offset)
        except OSError as error:
            if error.errno not in REFUSED or not self.direct:
                raise
            self.direct = set_direct(self._fd, wanted=False)
            return 0
        if count == 0:
            raise OSError(errno.EIO, "The medium took no bytes")
        return count

    def _reserve(self, chunk: Chunk) -> None:
        """Room ahead keeps a long file in one piece; without it the write itself will tell."""
        end = chunk.offset + chunk.size
        if not self.direct or chunk.offset == 0 or end <= self._reserved or not self._has_plenty():
            return
        with contextlib.suppress(OSError):
            os.posix_fallocate(self._fd, chunk.offset, RESERVE)
        self._reserved = chunk.offset + RESERVE

    def _has_plenty(self) -> bool:
        """Room ahead is taken from everybody, so nothing is taken where it is short."""
        found = os.fstatvfs(self._fd)
        return found.f_bavail * found.f_frsize > _PLENTY


class _Medium:
    """A stored file read from the medium, or after asking for its cached pages to be dropped."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        with storage_trouble("Opening the stored file", fd):
            self._size = os.fstat(fd).st_size
            self.direct = set_direct(fd, wanted=True)
            if not self.direct:
                self._drop_cache()

    @property
    def read_back(self) -> ReadBack:
        return ReadBack.DIRECT if self.direct else ReadBack.CACHE_DROPPED

    def fill(self, block: memoryview, offset: int) -> int:
        done = 0
        while done < len(block) and offset + done < self._size:
            with storage_trouble("Reading the stored bytes", self._fd):
                count = self._read(block[done:], offset + done)
            if count == 0:
                break
            done += count
        return done

    def _read(self, room: memoryview, offset: int) -> int:
        try:
            return os.preadv(self._fd, [room], offset)
        except OSError as error:
            if error.errno not in REFUSED or not self.direct:
                raise
        self.direct = set_direct(self._fd, wanted=False)
        self._drop_cache()
        return os.preadv(self._fd, [room], offset)

    def _drop_cache(self) -> None:
        os.posix_fadvise(self._fd, 0, 0, os.POSIX_FADV_DONTNEED)


def set_direct(fd: int, *, wanted: bool) -> bool:
    """Switches O_DIRECT on or off; returns whether it is on afterwards."""
    flags = fcntl.fcntl(fd, fcntl.F_GETFL) & ~os.O_DIRECT
    try:
        fcntl.fcntl(fd, fcntl.F_SETFL, flags | (os.O_DIRECT if wanted else 0))
    except OSError as error:
        if error.errno not in REFUSED:
            raise
        return False
    return wanted


def _pad(chunk: Chunk) -> int:
    """Fills the chunk's last sector with zeroes; returns the size with them."""
    padded = -(-chunk.size // ALIGNMENT) * ALIGNMENT
    chunk.block[chunk.size : padded] = bytes(padded - chunk.size)
    return padded
