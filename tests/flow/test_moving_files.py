"""Files that are still being written, and files that change in the middle of being copied."""

import hashlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evidence.vocabulary import DockState, FileState
from ingest.one_shot import Taken
from storage.site import SitePlan
from tests.bad_card import BadFile, bad_card
from tests.docking import QUICK, House, cards_in, open_house, put, wait_for

# Holds a file open for writing until a line comes in; then writes once more and closes it.
HOLDER = """
import sys
with open(sys.argv[1], "ab") as file:
    print("open", flush=True)
    sys.stdin.readline()
    file.write(b"the end")
"""

# Overwrites the file in place, again and again, each time with one letter throughout.
REWRITER = """
import itertools, os, sys, time
path, size, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for letter in itertools.islice(itertools.cycle(b"ABCDEFGH"), rounds):
    descriptor = os.open(path, os.O_WRONLY)
    for offset in range(0, size, 1 << 20):
        os.pwrite(descriptor, bytes([letter]) * (1 << 20), offset)
    os.close(descriptor)
    time.sleep(0.02)
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "site")) as opened:
        yield opened


@pytest.fixture
def slots(tmp_path: Path) -> Path:
    return tmp_path / "slots"


def test_a_file_that_another_process_holds_open_is_waited_for(house: House, slots: Path) -> None:
    card = put(slots / "A", {"done.mp4": b"done", "open.mp4": b"begun, "})
    command = [sys.executable, "-c", HOLDER, str(card / "open.mp4")]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder,
        house.serve(cards_in(slots)) as service,
    ):
        wait_for(lambda: "STILL_WRITING" in service.notices("A"), "people are told")
        wait_for(lambda: house.count("sightings") == 1, "the other file is taken")
        time.sleep(0.5)  # many times the settling time: it is asked about again and again
        assert house.count("sightings") == 1
        assert service.views("A")[0].state == DockState.SETTLING
        assert service.views("A")[0].waiting == 1
        holder.communicate(b"\n")
        view = service.wait_state("A", DockState.SAFE)
        assert (view.safe, view.failed, view.waiting) == (2, 0, 0)
        assert "STILL_WRITING" not in [notice.code for notice in view.notices]
    assert dict(house.sealed())[b"open.mp4"] == hashlib.sha256(b"begun, the end").hexdigest()
    assert house.receipts()[-1]["complete"] is True
    house.assert_green()


def test_a_growing_file_is_shown_and_taken_when_it_is_done(house: House, slots: Path) -> None:
    house.settings = replace(QUICK, settle_seconds=0.3)
    card = put(slots / "A", {"grow.mp4": b""})
    with house.serve(cards_in(slots)) as service:
        for _ in range(25):
            with (card / "grow.mp4").open("ab") as file:  # closed in between: only the wait helps
                file.write(b"x" * 1000)
            time.sleep(0.04)
            assert house.count("sightings") == 0
        assert service.views("A")[0].state == DockState.SETTLING
        service.wait_state("A", DockState.SAFE)
    [(_, digest)] = house.sealed()
    assert digest == hashlib.sha256(b"x" * 25_000).hexdigest()


def test_one_shot_waits_for_the_writer_too(house: House, tmp_path: Path) -> None:
    card = put(tmp_path / "A", {"open.mp4": b"begun, "})
    command = [sys.executable, "-c", HOLDER, str(card / "open.mp4")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        assert holder.stdin is not None
        releaser = subprocess.Popen(["sleep", "0.5"])
        releaser.wait()
        holder.communicate(b"\n")
        [taken] = house.take(card)
    assert taken.intake is not None
    assert [t.state for t in taken.intake.all()] == [FileState.SAFE]


def test_what_changes_while_it_is_copied_is_never_sealed_mixed(house: House, slots: Path) -> None:
    """A writer goes over the whole file while we read it; each of its states is one letter."""
    size = 48 << 20
    house.settings = replace(QUICK, settle_seconds=0.0, retry_seconds=0.05)
    card = put(slots / "A", {"moving.mp4": b"A" * size})
    command = [sys.executable, "-c", REWRITER, str(card / "moving.mp4"), str(size), "25"]
    with house.serve(cards_in(slots)) as service, subprocess.Popen(command) as writer:
        writer.wait(60)
        service.wait_state("A", DockState.SAFE)
        wait_for(lambda: service.views("A")[0].safe == 1, "the last state is safe")
    assert house.count("sightings") >= 1
    for _, digest in house.sealed():
        with house.site.vault.open(digest) as original:
            data = original.read()
        assert len(data) == size
        assert data == data[:1] * size, "a mixture of two states was sealed"
    assert any(view.state == DockState.SETTLING for view in service.history.of("A"))
    assert house.sealed()[-1][1] == hashlib.sha256((card / "moving.mp4").read_bytes()).hexdigest()
    house.assert_green()


def test_a_file_renamed_when_it_is_finished_leaves_no_claim_that_it_stays(
    house: House, slots: Path
) -> None:
    """Many recorders and stations write `x.tmp` and rename it to `x.mp4` when it is whole."""
    card = put(slots / "A", {"rec.tmp": b"whole"})
    with house.serve(cards_in(slots)) as service:
        with (card / "rec.tmp").open("ab"):
            wait_for(lambda: "STILL_WRITING" in service.notices("A"), "it is waited for")
            (card / "rec.tmp").rename(card / "rec.mp4")
        wait_for(lambda: house.count("sightings") == 1, "it is taken under its last name")
        service.wait_done("A")
        assert "NOT_REGULAR" not in service.notices("A")  # that would say "still on the card"
    assert house.sealed()[0][0] == b"rec.mp4"
    house.assert_green()


SLOW = BadFile(3 << 20)
PATIENT = replace(QUICK, settle_seconds=0.1, patience_seconds=0.6)


def states(taken: Taken) -> dict[str, FileState]:
    assert taken.intake is not None
    return {tracked.shown: tracked.state for tracked in taken.intake.all()}


def test_patience_does_not_count_while_another_file_is_copied(house: House, tmp_path: Path) -> None:
    """One is finished and one comes while a slow file is copied for longer than the patience."""
    house.settings = PATIENT
    card = put(tmp_path / "A", {"open.mp4": b"held open for a while"})
    with bad_card(tmp_path / "A" / "slow", {"slow.mp4": SLOW}):
        began = time.monotonic()

        def come() -> None:
            with (card / "open.mp4").open("ab"):
                wait_for(lambda: house.count("inventories") == 1, "the slow file is listed")
                time.sleep(0.5)  # it is being copied by now
                put(card, {"new.mp4": b"new"})

        coming = threading.Thread(target=come)
        coming.start()
        [taken] = house.take(card)
        coming.join()
    assert time.monotonic() - began > 2 * PATIENT.patience_seconds
    names = ("slow/slow.mp4", "open.mp4", "new.mp4")
    assert states(taken) == dict.fromkeys(names, FileState.SAFE)
    assert house.receipts()[-1]["complete"] is True


def test_one_shot_gives_up_what_is_held_open_and_what_grows_for_ever(
    house: House, tmp_path: Path
) -> None:
    house.settings = PATIENT
    card = put(tmp_path / "A", {"done.mp4": b"done", "held.mp4": b"held", "grows.mp4": b"x"})
    ended = threading.Event()

    def grow() -> None:
        while not ended.wait(0.03):
            with (card / "grows.mp4").open("ab") as file:
                file.write(b"x")

    growing = threading.Thread(target=grow)
    with (card / "held.mp4").open("ab"):
        growing.start()
        began = time.monotonic()
        [taken] = house.take(card)
        waited = time.monotonic() - began
        ended.set()
        growing.join()
    assert states(taken) == {
        "done.mp4": FileState.SAFE, "held.mp4": FileState.FAILED, "grows.mp4": FileState.FAILED,
    }  # fmt: skip
    assert waited > 5 * PATIENT.patience_seconds  # what still changes is given more time
    unsafe = house.receipts()[-1]["not_safe"]
    assert isinstance(unsafe, list)
    assert [line["code"] for line in unsafe if isinstance(line, dict)] == ["STILL_WRITING"] * 2
