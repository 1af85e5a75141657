"""When a file may be taken: the wait, the probe for writers, and what counts as unchanged."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from ingest.card import FoundFile
from ingest.settle import Settler, held_for_writing, unchanged
from tests.footage import REPOSITORY

FILE = FoundFile(b"a.mp4", 10, 1_000, 2_000)

# Opens and closes the file for writing, over and over, until it is killed.
WRITER = "import os, sys\nwhile True:\n    os.close(os.open(sys.argv[1], os.O_WRONLY))"

# Asks a few thousand times whether somebody writes, and says that it lived to the end.
PROBER = """
import os, sys
from ingest.settle import held_for_writing
descriptor = os.open(sys.argv[1], os.O_RDONLY)
seen = sum(held_for_writing(descriptor) for _ in range(5_000))
print("alive", seen)
"""


def test_a_file_is_ready_when_it_looked_the_same_for_long_enough() -> None:
    settler = Settler(2.0)
    assert settler.split([FILE], 100.0) == ([], [FILE])
    assert settler.split([FILE], 101.9) == ([], [FILE])
    assert settler.split([FILE], 102.0) == ([FILE], [])


def test_every_change_starts_the_wait_anew() -> None:
    settler = Settler(1.0)
    grown = replace(FILE, size=11)
    touched = replace(grown, mtime_ns=1_001)
    for number, file in enumerate((FILE, grown, touched)):
        assert settler.split([file], number * 0.9) == ([], [file])
    assert settler.split([touched], 2.9) == ([touched], [])


def test_a_file_that_was_caught_writing_waits_anew() -> None:
    settler = Settler(1.0)
    settler.split([FILE], 0.0)
    settler.unsettle(FILE, 5.0)
    assert settler.split([FILE], 5.5) == ([], [FILE])
    assert settler.split([FILE], 6.0) == ([FILE], [])


def test_a_file_that_went_and_came_back_waits_anew() -> None:
    settler = Settler(1.0)
    settler.split([FILE], 0.0)
    assert settler.split([], 1.0) == ([], [])
    assert settler.split([FILE], 2.0) == ([], [FILE])


def test_without_a_wait_a_file_is_ready_at_once() -> None:
    assert Settler(0.0).split([FILE], 0.0) == ([FILE], [])


def test_a_writer_is_noticed_and_only_while_it_has_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"x")
    descriptor = os.open(path, os.O_RDONLY)
    try:
        assert not held_for_writing(descriptor)
        with path.open("ab"):
            assert held_for_writing(descriptor)
        with path.open("rb"):
            assert not held_for_writing(descriptor)
    finally:
        os.close(descriptor)


def test_where_no_lease_is_to_be_had_the_answer_is_no() -> None:
    descriptor = os.open("/dev/null", os.O_RDONLY)
    try:
        assert not held_for_writing(descriptor)
    finally:
        os.close(descriptor)


def test_a_writer_that_meets_the_probe_does_not_kill_us(tmp_path: Path) -> None:
    """The kernel tells the holder of a lease by SIGIO, whose default is to end the process."""
    path = tmp_path / "a.mp4"
    path.write_bytes(b"x")
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)]) as writer:
        command = [sys.executable, "-c", PROBER, str(path)]
        probed = subprocess.run(
            command, cwd=REPOSITORY, capture_output=True, text=True, check=False
        )
        writer.send_signal(signal.SIGKILL)
    assert probed.returncode == 0
    word, seen = probed.stdout.split()
    assert word == "alive"
    assert int(seen) > 0  # else the two never met and nothing was tried


def test_what_counts_as_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"0123456789")
    before = path.stat()
    found = FoundFile(b"a.mp4", 10, before.st_mtime_ns, before.st_ctime_ns)
    assert unchanged(found, before, after=path.stat())

    path.write_bytes(b"9876543210")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # size and times as they were
    assert not found.same_version(path.stat())
    assert not unchanged(found, before, after=path.stat())


def test_an_inode_number_counts_between_two_looks_at_one_descriptor_only(tmp_path: Path) -> None:
    """FAT gives a file another one when it was forgotten, which no file is while it is open."""
    path = tmp_path / "a.mp4"
    path.write_bytes(b"0123456789")
    before = path.stat()
    copied: Any = before.__reduce__()  # the numbers, and what has only a name
    make, (numbers, named) = copied
    other = make((numbers[0], before.st_ino + 1, *numbers[2:]), named)
    found = FoundFile(b"a.mp4", 10, before.st_mtime_ns, before.st_ctime_ns)
    assert unchanged(found, other, after=other)
    assert not unchanged(found, before, after=other)
