"""Reading originals: every length around the block, and everything that is no original."""

import hashlib
import os
from pathlib import Path
from random import Random

import pytest

from proof import bytes as originals
from proof.bytes import Seen, Sm3, Wanted, look, look_at_all

BLOCK = originals.BLOCK
SEED = 4


def _keep(root: Path, body: bytes) -> str:
    sha256 = hashlib.sha256(body).hexdigest()
    path = originals.original_path(root, sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return sha256


@pytest.mark.parametrize(
    "length", [0, 1, 511, 512, 4095, 4096, 4097, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK]
)
def test_every_length_is_read_whole(tmp_path: Path, length: int) -> None:
    body = Random(SEED).randbytes(length)
    sha256 = _keep(tmp_path, body)
    seen = look(tmp_path, Wanted(sha256, length, ("sha256", "sm3")), whole=True)
    assert seen.problem == ""
    assert seen.size == length
    assert seen.digests == {"sha256": sha256, "sm3": hashlib.new("sm3", body).hexdigest()}


def test_sizes_alone_read_nothing(tmp_path: Path) -> None:
    seen = look(tmp_path, Wanted(_keep(tmp_path, b"abc"), 3), whole=False)
    assert (seen.size, seen.digests) == (3, {})


def test_many_are_looked_at_in_order(tmp_path: Path) -> None:
    wanted = [Wanted(_keep(tmp_path, str(number).encode()), 1) for number in range(20)]
    for threads in (1, 2, 4):
        seen = list(look_at_all(tmp_path, wanted, whole=True, threads=threads))
        assert [item.wanted for item in seen] == wanted
        assert all(item.digests["sha256"] == item.wanted.sha256 for item in seen)


def _at(tmp_path: Path) -> tuple[Path, Wanted]:
    path = originals.original_path(tmp_path, "ab" * 32)
    path.parent.mkdir(parents=True)
    return path, Wanted("ab" * 32, 1)


def _problem(tmp_path: Path, wanted: Wanted) -> str:
    seen: Seen = look(tmp_path, wanted, whole=True)
    assert seen.digests == {}
    return seen.problem


def test_what_is_not_there(tmp_path: Path) -> None:
    assert _problem(tmp_path, Wanted("ab" * 32, 1)) == "MISSING"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    path, wanted = _at(tmp_path)
    (tmp_path / "target").write_bytes(b"x")
    path.symlink_to(tmp_path / "target")
    assert _problem(tmp_path, wanted) == "NOT_REGULAR"


def test_a_pipe_does_not_hang_us(tmp_path: Path) -> None:
    path, wanted = _at(tmp_path)
    os.mkfifo(path)
    assert _problem(tmp_path, wanted) == "NOT_REGULAR"


def test_a_folder_is_no_original(tmp_path: Path) -> None:
    path, wanted = _at(tmp_path)
    path.mkdir()
    assert _problem(tmp_path, wanted) == "NOT_REGULAR"


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "originals").mkdir()
    (tmp_path / "originals" / "ab").write_bytes(b"x")
    assert _problem(tmp_path, Wanted("ab" * 32, 1)) == "Not a directory"


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "AB" * 32, "ab" * 31, "ab\x00" * 16, "\ud800"]
)
def test_a_name_that_is_no_digest_opens_nothing(tmp_path: Path, name: str) -> None:
    assert _problem(tmp_path, Wanted(name, 1)) == "NOT_A_DIGEST"


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    path, wanted = _at(tmp_path)
    path.mkdir()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        look(tmp_path, wanted, whole=True)
    assert len(os.listdir("/proc/self/fd")) == before


def test_the_other_sm3_is_the_same_sm3() -> None:
    """The example of GB/T 32905-2016, annex A.1, and the system's own implementation."""
    taker = Sm3()
    taker.update(memoryview(b"abc"))
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert taker.hexdigest() == expected == hashlib.new("sm3", b"abc").hexdigest()
