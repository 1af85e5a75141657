"""What every vault must do, asked of each implementation on each kind of medium."""

import contextlib
import hashlib
import itertools
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from evidence.errors import NotFound, SourceUnreadable, StorageFailed
from storage.vault import StagedCopy, Vault
from tests.buckets import BucketPlace, bucket_server
from tests.vaults import VAULT, FolderPlace, bytes_of, card, ignore, keep, mounted

MIB = 1 << 20
SIZES = [0, 1, 4095, 4096, 4097, MIB - 1, MIB, MIB + 1, 4 * MIB - 1, 4 * MIB, 4 * MIB + 1, 9 * MIB]


Place = FolderPlace | BucketPlace
_BUCKETS = itertools.count()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """One server for all tests; each has a bucket of its own."""
    with bucket_server() as address:
        yield address


@pytest.fixture(params=["folder", "folder on a medium without O_DIRECT", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """One place per implementation and medium; afterwards nothing may be left open or running.

    Threads and connections of the bucket's server are its own.
    """
    if request.param == "bucket":
        address = request.getfixturevalue("endpoint")
        bucket = BucketPlace(address, f"bucket-{next(_BUCKETS)}", tmp_path / "spool")
        yield bucket
        bucket.close()
        assert bucket.staged() == []
        return
    before = (open_files(tmp_path), own_threads())
    if request.param == "folder":
        yield FolderPlace(tmp_path / "vault")
    else:
        with mounted(tmp_path / "ramfs", "ramfs") as folder:
            yield FolderPlace(folder / "vault")
    assert (open_files(tmp_path), own_threads()) == before


def open_files(folder: Path) -> list[str]:
    """Descriptors that lead into a folder; those of the bucket's server lead elsewhere."""
    found = []
    for name in sorted(os.listdir("/proc/self/fd")):
        with contextlib.suppress(FileNotFoundError):  # that of the listing itself
            if os.readlink(f"/proc/self/fd/{name}").startswith(str(folder)):
                found.append(name)
    return found


def own_threads() -> int:
    """Threads of this process, but for those in which the bucket's server answers."""
    return sum("process_request" not in thread.name for thread in threading.enumerate())


@pytest.fixture
def vault(place: Place) -> Vault:
    return place.create()


@pytest.mark.parametrize("size", SIZES)
def test_what_goes_in_comes_out(vault: Vault, place: Place, size: int) -> None:
    data = bytes_of(size)
    copied: list[int] = []
    read_back: list[int] = []

    staged = vault.stage(card(data), copied.append)
    stored = vault.confirm(staged, read_back.append)

    sha256 = hashlib.sha256(data).hexdigest()
    assert (staged.size, staged.sha256, staged.stopped) == (size, sha256, None)
    assert (stored.size, stored.sha256) == (size, sha256)
    assert not stored.was_there
    assert not stored.repaired
    assert sum(copied) == sum(read_back) == size
    with vault.open(sha256) as original:
        assert original.read() == data
    assert vault.size(sha256) == size
    assert list(vault.digests()) == [sha256]
    assert place.staged() == []


@pytest.mark.parametrize("step", [1000, 4096, 1_000_003])
def test_short_reads_are_gathered(vault: Vault, step: int) -> None:
    data = bytes_of(5 * MIB + 7)
    stored = vault.confirm(vault.stage(card(data, step=step), ignore), ignore)
    assert stored.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("offset", [0, 5, 4096, MIB, 4 * MIB, 4 * MIB + 512])
def test_card_error_keeps_the_prefix(vault: Vault, offset: int) -> None:
    data = bytes_of(9 * MIB)

    staged = vault.stage(card(data, fails_at=offset), ignore)
    stored = vault.confirm(staged, ignore)

    assert isinstance(staged.stopped, SourceUnreadable)
    assert staged.stopped.facts["offset"] == offset
    assert stored.size == offset
    with vault.open(stored.sha256) as original:
        assert original.read() == data[:offset]


def test_any_other_error_of_the_source_comes_through(vault: Vault, place: Place) -> None:
    def broken(block: memoryview, offset: int) -> int:
        if offset:
            raise OSError(5, "not a card error")
        return len(block)

    with pytest.raises(OSError, match="not a card error"):
        vault.stage(broken, ignore)
    assert place.staged() == []


def test_error_of_progress_comes_through(vault: Vault, place: Place) -> None:
    def cancelled(_moved: int) -> None:
        raise InterruptedError("cancelled")

    data = bytes_of(9 * MIB)
    with pytest.raises(InterruptedError):
        vault.stage(card(data), cancelled)
    with pytest.raises(InterruptedError):
        vault.confirm(vault.stage(card(data), ignore), cancelled)
    assert place.staged() == []
    assert list(vault.digests()) == []


def test_staged_is_not_stored(vault: Vault, place: Place) -> None:
    staged = vault.stage(card(b"on its way"), ignore)
    assert vault.size(staged.sha256) is None
    assert list(vault.digests()) == []
    vault.discard(staged)
    vault.discard(staged)
    assert place.staged() == []
    with pytest.raises(StorageFailed):
        vault.confirm(staged, ignore)


def test_same_bytes_are_kept_once(vault: Vault, place: Place) -> None:
    data = bytes_of(5 * MIB)
    first, second = keep(vault, data), keep(place.reopen(), data)
    assert (first.was_there, second.was_there) == (False, True)
    assert list(vault.digests()) == [first.sha256]
    assert place.staged() == []


def test_an_original_that_is_there_is_secured(vault: Vault, place: Place) -> None:
    sha256 = keep(vault, bytes_of(5 * MIB)).sha256
    stored = place.reopen().secure(sha256, ignore)
    assert stored is not None
    assert (stored.sha256, stored.size, stored.was_there) == (sha256, 5 * MIB, True)
    assert vault.secure("ab" * 32, ignore) is None
    place.damage(sha256)
    assert vault.secure(sha256, ignore) is None


def test_damaged_copy_is_replaced_and_kept_aside(vault: Vault, place: Place) -> None:
    data = bytes_of(5 * MIB)
    sha256 = keep(vault, data).sha256
    place.damage(sha256)
    assert vault.rehash(sha256, ignore) != sha256

    stored = keep(vault, data)
    assert stored.repaired
    assert not stored.was_there
    assert vault.rehash(sha256, ignore) == sha256

    place.shorten(sha256)
    assert keep(vault, data).repaired
    assert vault.rehash(sha256, ignore) == sha256
    sizes = [len(content) for content in place.kept_aside()]
    assert sizes == [len(data), len(data) - 1]
    assert data not in place.kept_aside()


def test_threads_with_the_same_bytes_all_end_well(vault: Vault, place: Place) -> None:
    data = bytes_of(MIB + 1)
    handles = [vault, vault, place.reopen(), place.reopen()]
    ready = threading.Barrier(len(handles))

    def take(handle: Vault) -> str:
        staged: StagedCopy = handle.stage(card(data), ignore)
        ready.wait()
        return handle.confirm(staged, ignore).sha256

    with ThreadPoolExecutor(len(handles)) as threads:
        taken = set(threads.map(take, handles))
    assert list(vault.digests()) == sorted(taken)
    assert len(taken) == 1
    assert place.kept_aside() == []
    assert place.staged() == []


def test_threads_with_other_bytes_do_not_mix(vault: Vault) -> None:
    contents = [bytes_of(6 * MIB + n, seed=n) for n in range(6)]
    with ThreadPoolExecutor(3) as threads:
        taken = [stored.sha256 for stored in threads.map(lambda data: keep(vault, data), contents)]
    assert taken == [hashlib.sha256(data).hexdigest() for data in contents]
    assert [vault.rehash(sha256, ignore) for sha256 in taken] == taken


@pytest.mark.parametrize("algorithm", ["sha256", "sm3", "sha512"])
def test_rehash_speaks_other_algorithms(vault: Vault, algorithm: str) -> None:
    data = bytes_of(2 * MIB + 3)
    read: list[int] = []
    found = vault.rehash(keep(vault, data).sha256, read.append, algorithm=algorithm)
    assert found == hashlib.new(algorithm, data).hexdigest()
    assert sum(read) == len(data)


@pytest.mark.parametrize("name", ["0" * 64, "", "../liuhen-vault.json", "A" * 64])
def test_unknown_names(vault: Vault, name: str) -> None:
    assert vault.size(name) is None
    with pytest.raises(NotFound):
        vault.open(name)
    with pytest.raises(NotFound):
        vault.rehash(name, ignore)


def test_digests_are_in_order(vault: Vault) -> None:
    kept = [keep(vault, bytes([n])).sha256 for n in range(40)]
    assert list(vault.digests()) == sorted(kept)


def test_sweep_leaves_live_copies(vault: Vault, place: Place) -> None:
    staged = vault.stage(card(b"alive"), ignore)
    assert vault.sweep() == place.reopen().sweep() == 0
    assert vault.confirm(staged, ignore).size == 5


def test_identity_and_room(vault: Vault) -> None:
    space = vault.space()
    assert vault.vault_id == VAULT
    assert vault.kind
    assert 0 <= space.free_bytes <= space.total_bytes
    assert space.files is None or space.files > 0
