"""The folder vault when the disk is full, foreign, gone or lying, and when processes die."""

import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evidence.errors import BadInput, OutOfSpace, StorageFailed, ToolMissing, VaultUnavailable
from storage.folder_vault import FolderVault
from storage.vault import Vault
from tests.vaults import SITE, VAULT, FolderPlace, bytes_of, card, ignore, keep, mounted

MIB = 1 << 20
HOME = Path(__file__).parents[2]


@pytest.fixture
def place(tmp_path: Path) -> FolderPlace:
    return FolderPlace(tmp_path / "vault")


def everything(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in sorted(folder.rglob("*"))
    }


def start(place: FolderPlace, *, size: int, mode: str, strace: list[str]) -> subprocess.Popen[str]:
    tracer = ["strace", "-f", "-qq", "-o", "/dev/null", *strace] if strace else []
    if strace and not shutil.which("strace"):
        pytest.skip("strace is not installed")
    return subprocess.Popen(
        [*tracer, sys.executable, "-m", "tests.vault_worker", place.root, "1", str(size), mode],
        cwd=HOME,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def take(
    place: FolderPlace, *strace: str, size: int = 5 * MIB, mode: str = "take"
) -> dict[str, Any]:
    """What the worker said; an empty answer means that it died."""
    out, _ = start(place, size=size, mode=mode, strace=list(strace)).communicate()
    answer: dict[str, Any] = json.loads(out) if out else {}
    return answer


def inject(calls: str, what: str) -> list[str]:
    return ["-e", f"trace={calls}", "-e", f"inject={calls}:{what}"]


def fill(vault: Vault) -> None:
    for number in range(20):
        keep(vault, bytes([number]))


# Whose disk it is


def test_nothing_is_written_without_the_marker(place: FolderPlace) -> None:
    vault = place.create()
    (place.root / "liuhen-vault.json").unlink()
    before = everything(place.root)
    with pytest.raises(VaultUnavailable):
        place.reopen()
    with pytest.raises(VaultUnavailable):
        vault.stage(card(b"x"), ignore)
    with pytest.raises(VaultUnavailable):
        vault.sweep()
    assert everything(place.root) == before


@pytest.mark.parametrize(
    "marker",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"format":1,"site":"another","vault":"v"}',
        b'{"format":2,"site":"site-under-test","vault":"v"}',
        b'{"format":1,"site":"site-under-test"}',
        b'{"format":1,"site":"site-under-test","vault":"v"}\n',
    ],
)
def test_foreign_marker_is_refused(place: FolderPlace, marker: bytes) -> None:
    vault = place.create()
    (place.root / "liuhen-vault.json").write_bytes(marker)
    before = everything(place.root)
    with pytest.raises(VaultUnavailable):
        place.reopen()
    with pytest.raises(VaultUnavailable):
        vault.stage(card(b"x"), ignore)
    assert everything(place.root) == before


def test_create_refuses_a_second_vault(place: FolderPlace) -> None:
    place.create()
    with pytest.raises(BadInput):
        FolderVault.create(place.root, site_id="another", vault_id="another")
    assert place.reopen().vault_id == VAULT


def test_unknown_inline_algorithm_is_refused(place: FolderPlace) -> None:
    place.create()
    with pytest.raises(ToolMissing):
        FolderVault.open_at(place.root, site_id=SITE, inline=["sm9000"])


def test_inline_sm3(place: FolderPlace) -> None:
    place.create()
    vault = FolderVault.open_at(place.root, site_id=SITE, inline=["sm3"])
    data = bytes_of(5 * MIB)
    staged = vault.stage(card(data), ignore)
    vault.discard(staged)
    assert staged.digests == {
        "sha256": hashlib.sha256(data).hexdigest(),
        "sm3": hashlib.new("sm3", data).hexdigest(),
    }


def test_unmounted_disk_does_not_become_a_folder(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "tmpfs") as folder:
        vault = FolderPlace(folder).create()
        staged = vault.stage(card(b"on the disk"), ignore)
        subprocess.run(["umount", "-l", folder], check=True)
        with pytest.raises(VaultUnavailable):
            vault.stage(card(b"x"), ignore)
        with pytest.raises(VaultUnavailable):
            vault.confirm(staged, ignore)
        assert list(folder.iterdir()) == []
        subprocess.run(["mount", "--bind", folder, folder], check=True)


def test_exchanged_disk_is_seen(tmp_path: Path) -> None:
    """Another disk, even one with the same marker, does not get the name of a copy it lacks."""
    with mounted(tmp_path / "disk", "tmpfs") as first:
        vault = FolderPlace(first).create()
        staged = vault.stage(card(b"on the first disk"), ignore)
        with mounted(first, "tmpfs") as second:
            FolderPlace(second).create()
            with pytest.raises(VaultUnavailable):
                vault.confirm(staged, ignore)
            assert list(vault.digests()) == []
        assert FolderPlace(first).staged() == []


# Disks that are full, closed or lying


def test_full_disk(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "tmpfs", "size=8m") as folder:
        place = FolderPlace(folder)
        vault = place.create()
        with pytest.raises(OutOfSpace):
            keep(vault, bytes_of(30 * MIB))
        assert place.staged() == []
        assert list(vault.digests()) == []
        assert keep(vault, bytes_of(5 * MIB)).size == 5 * MIB


def test_disk_without_inodes(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "tmpfs", "size=8m,nr_inodes=12") as folder:
        place = FolderPlace(folder)
        vault = place.create()
        with pytest.raises(OutOfSpace) as caught:
            fill(vault)
        assert caught.value.facts["free_files"] == 0
        assert place.staged() == []
        kept = list(vault.digests())
        assert [vault.rehash(sha256, ignore) for sha256 in kept] == kept


def test_read_only_disk(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "tmpfs") as folder:
        place = FolderPlace(folder)
        vault = place.create()
        sha256 = keep(vault, b"kept").sha256
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        with pytest.raises(StorageFailed) as caught:
            vault.stage(card(b"x"), ignore)
        assert caught.value.facts["reason"] == os.strerror(errno.EROFS)
        assert place.reopen().rehash(sha256, ignore) == sha256


def test_file_larger_than_the_process_may_write(place: FolderPlace) -> None:
    place.create()
    answer = take(place, mode="limit")
    assert answer == {"code": "STORAGE_FAILED", "reason": os.strerror(errno.EFBIG)}
    assert place.staged() == []


@pytest.mark.parametrize("size", [1000, 5 * MIB])
@pytest.mark.parametrize("when", [1, 2, 3, 4])
def test_failed_fsync_is_never_called_safe(place: FolderPlace, size: int, when: int) -> None:
    place.create()
    answer = take(place, *inject("fsync", f"error=EIO:when={when}"), size=size)
    assert answer == {"code": "STORAGE_FAILED", "reason": os.strerror(errno.EIO)}
    assert place.staged() == []
    assert take(place, size=size)["code"] == "STORED"
    kept = list(place.reopen().digests())
    assert [place.reopen().rehash(sha256, ignore) for sha256 in kept] == kept
    assert len(kept) == 1


@pytest.mark.parametrize("size", [1000, 5 * MIB, 13 * MIB])
@pytest.mark.parametrize("call", ["pwrite64", "ftruncate"])
def test_lying_disk_is_caught_by_the_read_back(place: FolderPlace, size: int, call: str) -> None:
    place.create()
    lie = "retval=100" if call == "pwrite64" else "retval=0"
    answer = take(place, *inject(call, f"{lie}:when=1"), size=size)
    assert answer["code"] == "STORAGE_FAILED"
    assert answer["expected"] or answer["found"]
    assert place.staged() == []
    assert list(place.reopen().digests()) == []


def test_disk_that_takes_no_bytes_does_not_hang_us(place: FolderPlace) -> None:
    place.create()
    answer = take(place, *inject("pwrite64", "retval=0"))
    assert answer["code"] == "STORAGE_FAILED"


@pytest.mark.parametrize("call", ["pwrite64", "rename,renameat,renameat2", "preadv,preadv2"])
@pytest.mark.parametrize("error", ["EIO", "ENOSPC", "EROFS"])
def test_any_failing_call_is_reported(place: FolderPlace, call: str, error: str) -> None:
    place.create()
    answer = take(place, *inject(call, f"error={error}:when=1"))
    assert answer["code"] == ("OUT_OF_SPACE" if error == "ENOSPC" else "STORAGE_FAILED")
    assert place.staged() == []
    assert list(place.reopen().digests()) == []
    assert take(place)["code"] == "STORED"


def test_stored_copy_that_cannot_be_read_is_replaced(place: FolderPlace) -> None:
    vault = place.create()
    data = bytes_of(5 * MIB)
    sha256 = keep(vault, data).sha256
    unreadable = ["-P", str(place.path(sha256)), *inject("preadv,preadv2", "error=EIO:when=1")]
    assert take(place, *unreadable) == {"code": "STORED", "there": False, "repaired": True}
    assert place.kept_aside() == [data]
    assert vault.rehash(sha256, ignore) == sha256


# The order in which things become durable


def calls(place: FolderPlace, log: Path) -> list[str]:
    """What was done to which file of the vault, in order, runs of the same as one."""
    names = "trace=fsync,preadv,preadv2,pwrite64,rename,renameat,renameat2"
    take(place, "-y", "-o", str(log), "-e", names)
    seen: list[str] = []
    for line in log.read_text(encoding="utf-8").splitlines():
        found = re.search(r"(fsync|pread|pwrite|rename)\w*\((.*)", line)
        if not found or str(place.root) not in line or "resumed" in line:
            continue
        path = re.findall(re.escape(str(place.root)) + r"/?([a-z]*)([^>\"]*)", found[2])[-1]
        call = f"{found[1]} {path[0]}{'/*' * path[1].count('/')}"
        if seen[-1:] != [call]:
            seen.append(call)
    return seen


def test_bytes_are_durable_and_read_back_before_they_have_a_name(
    place: FolderPlace, tmp_path: Path
) -> None:
    place.create()
    assert calls(place, tmp_path / "log") == [
        "pwrite staging/*",
        "fsync staging/*",
        "pread staging/*",
        "fsync originals",
        "rename originals/*",
        "fsync originals/*",
        "fsync originals",
    ]


def test_a_copy_that_is_there_is_made_durable_and_read_back(
    place: FolderPlace, tmp_path: Path
) -> None:
    place.create()
    take(place)
    assert calls(place, tmp_path / "log") == [
        "pwrite staging/*",
        "fsync originals/*/*",
        "pread originals/*/*",
        "fsync originals/*",
        "fsync originals",
    ]


# Processes that die or race

CALLS = [
    ("flock", 1),
    ("pwrite64", 1),
    ("pwrite64", 2),
    ("ftruncate", 1),
    ("fchmod", 1),
    ("fsync", 1),
    ("fsync", 2),
    ("fsync", 3),
    ("fsync", 4),
    ("preadv,preadv2", 1),
    ("flock", 2),
    ("rename,renameat,renameat2", 1),
]


@pytest.mark.parametrize(("call", "when"), CALLS)
def test_killed_at_any_call(place: FolderPlace, call: str, when: int) -> None:
    vault = place.create()
    assert take(place, *inject(call, f"signal=KILL:when={when}")) == {}
    kept = list(vault.digests())
    assert [vault.rehash(sha256, ignore) for sha256 in kept] == kept
    left = len(place.staged())
    assert left + len(kept) == 1
    assert vault.sweep() == left
    assert take(place)["there"] is bool(kept)
    assert place.staged() == []


def test_sweep_waits_for_the_owner_to_die(place: FolderPlace) -> None:
    vault = place.create()
    worker = start(place, size=MIB, mode="wait", strace=[])
    assert worker.stdout
    assert worker.stdout.readline() == "staged\n"
    assert vault.sweep() == 0
    worker.kill()
    worker.communicate()
    assert len(place.staged()) == 1
    assert vault.sweep() == 1
    assert place.staged() == []


def test_sweep_passes_over_what_is_not_a_staged_copy(place: FolderPlace) -> None:
    vault = place.create()
    (place.root / "staging" / "folder").mkdir()
    os.mkfifo(place.root / "staging" / "pipe")
    assert vault.sweep() == 0
    assert len(place.staged()) == 2


@pytest.mark.parametrize("damaged", [False, True])
def test_processes_with_the_same_bytes_all_end_well(place: FolderPlace, *, damaged: bool) -> None:
    vault = place.create()
    data = bytes_of(MIB)
    if damaged:
        place.damage(keep(vault, data).sha256)
    workers = [start(place, size=MIB, mode="wait", strace=[]) for _ in range(6)]
    for worker in workers:
        assert worker.stdout
        assert worker.stdout.readline() == "staged\n"
    answers = [json.loads(worker.communicate("go\n")[0]) for worker in workers]
    assert {answer["code"] for answer in answers} == {"STORED"}
    assert sum(not answer["there"] for answer in answers) == 1
    assert sum(answer["repaired"] for answer in answers) == damaged
    assert len(place.kept_aside()) == damaged
    assert [vault.rehash(sha256, ignore) for sha256 in vault.digests()] == list(vault.digests())
    assert place.staged() == []
