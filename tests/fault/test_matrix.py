"""Troubles of card, disk and database as they come in a station, met by the real command."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from tests.fault.judge import falsely_safe, look
from tests.fault.kills import Yard, new_yard, standing, verified
from tests.fault.rig import KIB, MIB, Ground, environment, fill_card, manifest, new_ground
from tests.vaults import mounted

PATIENCE = 60.0
NOBODY: frozenset[str] = frozenset()
SIZES = (300 * KIB, 4 * KIB)


@pytest.fixture(scope="module")
def yard() -> Iterator[Yard]:
    with new_yard() as made:
        yield made


@pytest.fixture
def ground() -> Iterator[Ground]:
    with new_ground() as made:
        yield made


def until(holds: Callable[[], bool], what: str) -> None:
    """Waits for something that must come about."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"{what} did not come about in {PATIENCE} s"
        time.sleep(0.02)


@contextlib.contextmanager
def served(ground: Ground, arguments: list[str]) -> Iterator["subprocess.Popen[bytes]"]:
    """The service as a process of its own; its words go to `ground.out` and `ground.err`."""
    with ground.out.open("wb") as out, ground.err.open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "liuhen", *arguments],
            cwd=ground.folder,
            env=environment(),
            stdout=out,
            stderr=err,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def words(ground: Ground) -> str:
    return ground.out.read_text() + ground.err.read_text()


def whole(yard: Yard, ground: Ground, card: dict[str, str]) -> bool:
    """Whether nothing is wrong with the site, once all was put right."""
    found = standing(ground, card, NOBODY)
    found["set aside"] = 0
    return not +found and verified(yard, ground)


# The disk


def small_disk(ground: Ground, yard: Yard, options: str) -> contextlib.AbstractContextManager[Path]:
    """The vault on a small disk of its own."""
    shutil.copytree(yard.made, ground.data, dirs_exist_ok=True)
    shutil.move(ground.vault, ground.folder / "made")
    ground.vault.mkdir()
    return mounted(ground.vault, "tmpfs", options)


@pytest.mark.parametrize("options", ["size=1m", "nr_inodes=12"], ids=["bytes", "inodes"])
def test_a_full_disk_is_said_and_overcome_by_itself(
    yard: Yard, ground: Ground, options: str
) -> None:
    sizes = (400 * KIB, 300 * KIB, 200 * KIB) if "size" in options else (KIB,) * 12
    card = fill_card(ground.card, Random(7), sizes)
    with small_disk(ground, yard, options) as disk:
        shutil.copytree(ground.folder / "made", disk, dirs_exist_ok=True)
        with served(ground, ground.serve()) as service:
            until(lambda: "No room left" in words(ground), "the notice of a full disk")
            assert falsely_safe(look(ground)) == []
            larger = "remount,size=64m" if "size" in options else "remount,nr_inodes=1000"
            subprocess.run(["mount", "-o", larger, disk], check=True)
            assert service.wait(PATIENCE) == 0
        assert "Traceback" not in words(ground)
        assert whole(yard, ground, card)


def test_a_vault_that_became_read_only_takes_nothing_until_it_is_writable(
    yard: Yard, ground: Ground
) -> None:
    card = fill_card(ground.card, Random(8), SIZES)
    with small_disk(ground, yard, "size=32m") as disk:
        shutil.copytree(ground.folder / "made", disk, dirs_exist_ok=True)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with served(ground, ground.serve()) as service:
            until(lambda: "Storage trouble" in words(ground), "the notice of storage trouble")
            assert look(ground).copies == ()
            subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
            assert service.wait(PATIENCE) == 0
        assert "Traceback" not in words(ground)
        assert whole(yard, ground, card)


@pytest.mark.parametrize("has_row", [True, False], ids=["known", "without a row"])
def test_a_damaged_original_is_repaired_by_the_next_docking(
    yard: Yard, ground: Ground, *, has_row: bool
) -> None:
    card = fill_card(ground.card, Random(9), SIZES)
    if has_row:
        assert yard.server.run(ground, ground.ingest()).code == 0
    else:
        shutil.copytree(yard.made, ground.data)
    sha = max(card.values())
    original = ground.vault / "originals" / sha[:2] / sha
    original.parent.mkdir(exist_ok=True)
    original.unlink(missing_ok=True)
    original.write_bytes(b"not what it was")
    ended = yard.server.run(ground, ground.ingest())
    assert (ended.code, ended.traceback) == (0, False)
    assert [path.read_bytes() for path in (ground.vault / "damaged").iterdir()] == [
        b"not what it was"
    ]
    assert whole(yard, ground, card)


# The database


def test_a_locked_database_is_waited_for(yard: Yard, ground: Ground) -> None:
    card = fill_card(ground.card, Random(10), SIZES)
    shutil.copytree(yard.made, ground.data)
    with contextlib.closing(sqlite3.connect(ground.data / "liuhen.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with served(ground, ground.ingest()) as process:
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(4.0)
            other.rollback()
            assert process.wait(PATIENCE) == 0
    assert whole(yard, ground, card)


def test_a_damaged_database_is_said_without_a_trace(yard: Yard, ground: Ground) -> None:
    fill_card(ground.card, Random(11), SIZES)
    shutil.copytree(yard.made, ground.data)
    path = ground.data / "liuhen.db"
    data = bytearray(path.read_bytes())
    data[4096:20480] = bytes(16384)
    path.write_bytes(data)
    ended = yard.server.run(ground, ground.ingest())
    assert (ended.code, ended.traceback) == (3, False)


# The card


def test_two_processes_with_the_same_card_take_it_once(yard: Yard, ground: Ground) -> None:
    card = fill_card(ground.card, Random(12), SIZES)
    shutil.copytree(yard.made, ground.data)
    with new_ground() as other:
        with served(ground, ground.ingest()) as first, served(other, ground.ingest()) as second:
            codes = {first.wait(PATIENCE), second.wait(PATIENCE)}
        assert "Traceback" not in words(ground) + words(other)
    assert 0 in codes
    assert codes <= {0, 4}
    assert yard.server.run(ground, ground.ingest()).code == 0
    assert whole(yard, ground, card)


TAKEN = "All safe, may be removed (3/3)"


def stop(service: "subprocess.Popen[bytes]") -> None:
    """Ends the service as people do; the empty folder of a card that is out may have been seen."""
    service.terminate()
    assert service.wait(PATIENCE) in (0, 4)


def docked(ground: Ground) -> list[str]:
    """The arguments that watch the folder in which cards are mounted."""
    watched = str(ground.folder / "docks")
    return [*ground.serve()[:5], "serve", "--dock", watched]


def test_a_card_that_is_unmounted_midway_is_taken_when_it_returns(
    yard: Yard, ground: Ground
) -> None:
    dock = ground.folder / "docks" / "card"
    dock.mkdir(parents=True)
    fill_card(ground.card, Random(13), (40 * MIB, 4 * KIB))
    shutil.copytree(yard.made, ground.data)
    with mounted(dock, "tmpfs", "size=512m"):
        shutil.copytree(ground.card, dock, dirs_exist_ok=True)
        subprocess.run(["mount", "--bind", dock, dock], check=True)
        with served(ground, docked(ground)) as service:
            staging = ground.vault / "staging"
            until(lambda: any(staging.iterdir()), "the first copy")
            subprocess.run(["umount", "-l", dock], check=True)
            subprocess.run(["mount", "--bind", ground.card, dock], check=True)
            until(lambda: TAKEN in words(ground), "the whole card")
            stop(service)
        subprocess.run(["umount", dock], check=True)
        assert "Traceback" not in words(ground)
        assert whole(yard, ground, manifest(ground.card))


@contextlib.contextmanager
def exfat(image: Path, folder: Path) -> Iterator[Callable[[], None]]:
    """An exFAT card at `folder`; gives what pulls it out and puts it in again."""
    needed = ("mount.exfat-fuse", "mkfs.exfat", "losetup")
    missing = [name for name in needed if shutil.which(name) is None]
    if missing or os.geteuid() != 0:
        pytest.skip(f"needs root and {', '.join(missing) or 'nothing else'}")
    if not image.exists():
        os.truncate(os.open(image, os.O_CREAT | os.O_RDWR), 256 * MIB)
        subprocess.run(["mkfs.exfat", image], check=True, capture_output=True)
    said = subprocess.run(
        ["losetup", "-f", "--show", image], check=False, capture_output=True, text=True
    )
    if said.returncode:
        pytest.skip(f"no loop device is to be had: {said.stderr.strip()}")
    device = said.stdout.strip()

    def put_in() -> None:
        subprocess.run(["mount.exfat-fuse", device, folder], check=True, capture_output=True)

    put_in()
    try:
        yield put_in
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        subprocess.run(["losetup", "-d", device], check=True)


def server_of(folder: Path) -> int:
    """The process that serves the exFAT file system mounted at `folder`."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if path.read_bytes().startswith(b"mount.exfat-fuse") and (
                os.fsencode(folder) in path.read_bytes()
            ):
                return int(path.parent.name)
    raise AssertionError(f"Nothing serves {folder}")


def held_open(process: int, folder: Path) -> list[str]:
    """What a process has open in a folder."""
    links = []
    for path in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(OSError):
            links.append(os.readlink(path))
    return [link for link in links if link.startswith(str(folder))]


def test_a_card_pulled_out_midway_is_told_and_taken_when_it_is_back(
    yard: Yard, ground: Ground
) -> None:
    dock = ground.folder / "docks" / "card"
    dock.mkdir(parents=True)
    fill_card(ground.card, Random(14), (40 * MIB, 4 * KIB))
    shutil.copytree(yard.made, ground.data)
    with exfat(ground.folder / "image", dock) as put_in:
        shutil.copytree(ground.card, dock, dirs_exist_ok=True, copy_function=shutil.copyfile)
        subprocess.run(["umount", dock], check=True)  # now it is all on the medium
        put_in()
        with served(ground, docked(ground)) as service:
            staging = ground.vault / "staging"
            until(lambda: any(staging.iterdir()), "the first copy")
            os.kill(server_of(dock), signal.SIGKILL)
            until(lambda: "已采集" in words(ground), "the notice of a card pulled out")
            # A kernel gives a disk that somebody still holds open back as the dead one it was.
            until(lambda: not held_open(service.pid, dock), "the end of all descriptors")
            subprocess.run(["umount", dock], check=True)
            put_in()
            until(lambda: TAKEN in words(ground), "the whole card")
            stop(service)
        assert "Traceback" not in words(ground)
        assert whole(yard, ground, manifest(ground.card))
