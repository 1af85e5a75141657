"""The disk that forgets does forget, and a few power cuts on it leave nothing falsely safe."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fault.kills import Yard, new_yard
from tests.fault.powercut import (
    FORBIDDEN,
    Blackout,
    Scene,
    attempt,
    blackout,
    forgetting,
    missing,
)
from tests.fault.rig import Ground, environment

SEED = 20_260_302
NOTHING = Blackout("none", "vault")
pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "nothing is missing")


@pytest.fixture(scope="module")
def yard() -> Iterator[Yard]:
    with new_yard() as made:
        yield made


@contextmanager
def disk(folder: Path, what: Blackout = NOTHING) -> Iterator[Path]:
    """The forgetful disk at `mount`, loaded from `source`; afterwards `target` is what it kept."""
    source, mount, target = (folder / name for name in ("source", "mount", "target"))
    for made in (source, mount):
        made.mkdir(exist_ok=True)
    ground = Ground(folder, folder, folder)
    with forgetting(Scene(mount, target, ground, ground), what):
        yield mount


def kept(folder: Path) -> dict[str, bytes]:
    files = [path for path in (folder / "target").rglob("*") if path.is_file()]
    return {path.relative_to(folder / "target").as_posix(): path.read_bytes() for path in files}


def write(path: Path, data: bytes, *, sync: bool) -> None:
    with path.open("wb", buffering=0) as file:
        file.write(data)
        if sync:
            os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


def both(path: Path) -> None:
    write(path / "file", b"new", sync=True)
    sync_folder(path)


def name_only(path: Path) -> None:
    write(path / "file", b"new", sync=False)
    sync_folder(path)


def bytes_only(path: Path) -> None:
    write(path / "file", b"new", sync=True)


def changed_after(path: Path) -> None:
    both(path)
    write(path / "file", b"newer", sync=False)


def renamed(path: Path) -> None:
    both(path)
    (path / "file").rename(path / "other")


def removed(path: Path) -> None:
    both(path)
    (path / "file").unlink()


def in_new_folder(path: Path) -> None:
    (path / "folder").mkdir()
    both(path / "folder")


def in_durable_folder(path: Path) -> None:
    in_new_folder(path)
    sync_folder(path)


@pytest.mark.parametrize(
    ("act", "left"),
    [
        (both, {"file": b"new"}),
        (name_only, {"file": b""}),
        (bytes_only, {}),
        (changed_after, {"file": b"new"}),
        (renamed, {"file": b"new"}),
        (removed, {"file": b"new"}),
        (in_new_folder, {}),
        (in_durable_folder, {"folder/file": b"new"}),
    ],
)
def test_what_was_not_made_durable_is_forgotten(
    tmp_path: Path, act: Callable[[Path], None], left: dict[str, bytes]
) -> None:
    with disk(tmp_path) as mount:
        act(mount)
    assert kept(tmp_path) == left


def test_until_the_cut_everything_is_seen(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "old").write_bytes(b"old")
    with disk(tmp_path) as mount:
        bytes_only(mount)
        (mount / "file").rename(mount / "moved")
        assert (mount / "moved").read_bytes() == b"new"
        assert sorted(os.listdir(mount)) == ["moved", "old"]
        assert (mount / "moved").stat().st_ino != (mount / "old").stat().st_ino
    assert kept(tmp_path) == {"old": b"old"}


def test_a_coin_may_save_what_was_not_durable(tmp_path: Path) -> None:
    outcomes = set()
    for seed in range(6):
        folder = tmp_path / str(seed)
        folder.mkdir()
        with disk(folder, Blackout("none", "vault", keep=seed)) as mount:
            bytes_only(mount)
        outcomes.add(frozenset(kept(folder)))
    assert outcomes == {frozenset(), frozenset({"file"})}


@pytest.mark.parametrize(
    ("what", "left"),
    [
        (Blackout("none", "vault", cut_at=3), {}),
        (Blackout("none", "vault", cut_at=4), {}),
        (Blackout("none", "vault", kill_at=2), {}),
        (Blackout("none", "vault", lie_at=1), {"file": b""}),
    ],
)
def test_cuts_kills_and_lies_come_where_they_are_asked_for(
    tmp_path: Path, what: Blackout, left: dict[str, bytes]
) -> None:
    """The changes: create, write, fsync of the file, fsync of the folder."""
    code = "import sys, pathlib, tests.fault.test_powercut as t; t.both(pathlib.Path(sys.argv[1]))"
    with disk(tmp_path, what) as mount:
        command = [sys.executable, "-c", code, str(mount)]
        ended = subprocess.run(command, check=False, env=environment(), capture_output=True)
        if what.cut_at:
            with pytest.raises(OSError, match="Input/output"):
                os.listdir(mount)
    assert ended.returncode == (0 if what.lie_at else -signal.SIGKILL)
    assert kept(tmp_path) == left


@pytest.mark.parametrize("number", [8 * 13, 8 * 8 + 1, 8 * 40 + 2, 3, 8 * 5 + 5, 7])
def test_power_cuts_leave_nothing_falsely_safe(yard: Yard, number: int) -> None:
    tally = attempt(yard, blackout(SEED, number))
    assert {name: tally[name] for name in FORBIDDEN if tally[name]} == {}, f"seed {SEED}: {tally}"
    assert tally["healed"] == 1
