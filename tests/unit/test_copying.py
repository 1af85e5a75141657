"""The copy engine at its edges: block borders, few blocks, slow and broken ends."""

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.errors import OutOfSpace, SourceUnreadable, StorageFailed
from evidence.vocabulary import ReadBack
from storage.copying import DIRECT_BLOCK, BlockPool, Engine, set_direct
from tests.vaults import bytes_of, card, ignore, mounted

MIB = 1 << 20


@pytest.fixture
def fd(tmp_path: Path) -> Iterator[int]:
    """A new file on the ordinary disk; afterwards no thread may be left."""
    threads = threading.active_count()
    fd = os.open(tmp_path / "copy", os.O_RDWR | os.O_CREAT | os.O_EXCL)
    yield fd
    os.close(fd)
    assert threading.active_count() == threads


def content(fd: int) -> bytes:
    set_direct(fd, wanted=False)
    return os.pread(fd, os.fstat(fd).st_size + 1, 0)


@pytest.mark.parametrize("blocks", [1, 2, 3, 8])
@pytest.mark.parametrize("size", [0, 1, 4 * MIB, 8 * MIB, 12 * MIB + 1, 21 * MIB - 1])
def test_any_number_of_blocks_gives_the_same(fd: int, blocks: int, size: int) -> None:
    data = bytes_of(size)
    engine = Engine(BlockPool(blocks), ignore)
    copied = engine.copy(card(data), fd, algorithms=["sha256", "sm3"])
    assert (copied.size, copied.stopped) == (size, None)
    assert copied.digests["sha256"] == hashlib.sha256(data).hexdigest()
    assert copied.digests["sm3"] == hashlib.new("sm3", data).hexdigest()
    assert content(fd) == data
    measured = engine.measure(fd, algorithm="sha256")
    assert (measured.digest, measured.size) == (copied.digests["sha256"], size)


def test_reserved_room_is_given_back(fd: int) -> None:
    Engine(BlockPool(), ignore).copy(card(bytes_of(9 * MIB + 1)), fd, algorithms=["sha256"])
    os.fsync(fd)
    assert os.fstat(fd).st_size == 9 * MIB + 1
    assert os.fstat(fd).st_blocks * 512 < 10 * MIB


def test_medium_without_direct_io_says_so(tmp_path: Path) -> None:
    data = bytes_of(9 * MIB + 1)
    with mounted(tmp_path / "ramfs", "ramfs") as folder:
        fd = os.open(folder / "copy", os.O_RDWR | os.O_CREAT)
        engine = Engine(BlockPool(), ignore)
        engine.copy(card(data), fd, algorithms=["sha256"])
        measured = engine.measure(fd, algorithm="sha256")
        os.close(fd)
    assert measured.digest == hashlib.sha256(data).hexdigest()
    assert measured.read_back is ReadBack.CACHE_DROPPED


@pytest.mark.parametrize("size", [3 * MIB, 30 * MIB])
def test_full_medium(tmp_path: Path, size: int) -> None:
    with mounted(tmp_path / "tmpfs", "tmpfs", "size=2m") as folder:
        fd = os.open(folder / "copy", os.O_RDWR | os.O_CREAT)
        with pytest.raises(OutOfSpace) as caught:
            Engine(BlockPool(), ignore).copy(card(bytes_of(size)), fd, algorithms=["sha256"])
        os.close(fd)
    assert int(caught.value.facts["free_bytes"]) < 2 * MIB
    assert isinstance(caught.value.__cause__, OSError)


def test_writer_error_ends_a_copy_that_would_go_on_for_ever(tmp_path: Path) -> None:
    reads: list[int] = []

    def endless(block: memoryview, offset: int) -> int:
        reads.append(offset)
        return len(block)

    path = tmp_path / "copy"
    path.touch()
    fd = os.open(path, os.O_RDONLY)
    with pytest.raises(StorageFailed) as caught:
        Engine(BlockPool(), ignore).copy(endless, fd, algorithms=["sha256"])
    os.close(fd)
    assert caught.value.facts["reason"] == "Bad file descriptor"
    assert len(reads) < 8


def test_card_error_after_blocks_in_flight(fd: int) -> None:
    data = bytes_of(20 * MIB)
    engine = Engine(BlockPool(), ignore)
    copied = engine.copy(card(data, fails_at=13 * MIB + 5), fd, algorithms=["sha256"])
    assert isinstance(copied.stopped, SourceUnreadable)
    assert content(fd) == data[: 13 * MIB + 5]
    assert copied.digests["sha256"] == hashlib.sha256(data[: 13 * MIB + 5]).hexdigest()


def test_progress_counts_what_is_done_not_what_is_read(fd: int) -> None:
    data = bytes_of(20 * MIB)
    written: list[int] = []

    def progress(moved: int) -> None:
        written.append(moved)
        assert os.fstat(fd).st_size >= sum(written)

    Engine(BlockPool(), progress).copy(card(data), fd, algorithms=["sha256"])
    assert sum(written) == len(data)


def test_pool_is_bounded_and_never_starves() -> None:
    pool = BlockPool(4)
    with pool.lend(3) as first, pool.lend(3) as second, pool.lend(3) as third:
        assert [len(first), len(second), len(third)] == [3, 1, 1]
        assert {len(block) for block in first + second + third} == {DIRECT_BLOCK}
    with pool.lend(3) as again, pool.lend(3) as more:
        known = {id(block.obj) for block in first + second + third}
        assert {id(block.obj) for block in again + more} <= known


def test_slow_card_does_not_hold_up_another(tmp_path: Path) -> None:
    pool = BlockPool(1)
    go_on = threading.Event()

    def hanging(block: memoryview, offset: int) -> int:
        assert go_on.wait(60)
        return card(b"late")(block, offset)

    def copy(name: str, data: bytes | None) -> str:
        fd = os.open(tmp_path / name, os.O_RDWR | os.O_CREAT)
        source = hanging if data is None else card(data)
        copied = Engine(pool, ignore).copy(source, fd, algorithms=["sha256"])
        os.close(fd)
        return copied.digests["sha256"]

    slow = threading.Thread(target=copy, args=("slow", None))
    slow.start()
    data = bytes_of(9 * MIB)
    assert copy("quick", data) == hashlib.sha256(data).hexdigest()
    assert slow.is_alive()
    go_on.set()
    slow.join()
    assert (tmp_path / "slow").read_bytes() == b"late"


def test_threads_end_when_the_source_breaks(fd: int) -> None:
    def broken(block: memoryview, offset: int) -> int:
        if offset > 8 * MIB:
            raise RuntimeError("reader broke")
        return len(block)

    before = threading.active_count()
    with pytest.raises(RuntimeError, match="reader broke"):
        Engine(BlockPool(), ignore).copy(broken, fd, algorithms=["sha256"])
    deadline = time.monotonic() + 10
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() == before
