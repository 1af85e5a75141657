"""Cards that are pulled while much of them is cached: nothing false is said of their files.

A loop device whose image is emptied does what a card does that is pulled out of its reader: the
folder is listed as before, and every read that is not cached ends in an error of the medium.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from evidence.errors import CardGone
from evidence.vocabulary import DockState
from ingest.board import DockView
from ingest.card import Card
from ingest.one_shot import take_cards
from liuhen.card_report import card_report
from storage.site import SitePlan
from tests.bad_card import BadFile, bad_card
from tests.docking import QUICK, History, House, cards_in, open_house, put
from tests.flow.test_devices import dock, inserted
from tests.footage import give_up_without

MIB = 1 << 20
FILES = {f"{number}.mp4": bytes([number]) * (4 * MIB) for number in range(1, 7)}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    settings = replace(QUICK, per_card=1, patience_seconds=0.4)
    with open_house(SitePlan(tmp_path / "site"), settings=settings) as opened:
        yield opened


def image(path: Path) -> Path:
    give_up_without("mkfs.ext4")
    tree = put(path.with_suffix(".tree"), FILES)
    command = ["mkfs.ext4", "-q", "-F", "-O", "^has_journal", "-d", str(tree), str(path), "32M"]
    subprocess.run(command, check=True)
    return path


@contextmanager
def listed(device: Path, target: Path) -> Iterator[Path]:
    """The card mounted by somebody, its folder in the cache."""
    target.mkdir(parents=True)
    subprocess.run(["mount", "-o", "ro", str(device), str(target)], check=True)
    try:
        list(target.rglob("*"))
        yield target
    finally:
        subprocess.run(["umount", "-l", str(target)], check=True)


def test_a_card_pulled_midway_is_waited_for_and_no_file_is_called_bad(
    house: House, tmp_path: Path
) -> None:
    disk = image(tmp_path / "disk.img")
    pulled: list[DockView] = []

    def pull(view: DockView) -> None:
        if view.safe == 2 and not pulled:
            pulled.append(view)
            os.truncate(disk, 0)

    with inserted(disk, tmp_path / "slots") as device, house.serve(dock(tmp_path)) as service:
        service.history.tell.append(pull)
        view = service.wait_state(device.name, DockState.NO_ANSWER)
        assert not view.may_leave
        time.sleep(1.0)  # several looks
        [view] = service.views(device.name)
        assert (view.state, view.failed) == (DockState.NO_ANSWER, 0)
        assert "READ_FAILED" not in house.observed()
        assert house.count("receipts") == 0
        states = service.history.states(device.name)
    assert DockState.INCOMPLETE not in states
    assert "READ_FAILED" not in house.observed()
    assert len(house.sealed()) == 2
    house.assert_green()


def test_one_shot_says_that_the_card_does_not_answer(house: House, tmp_path: Path) -> None:
    disk = image(tmp_path / "disk.img")
    with (
        inserted(disk, tmp_path / "slots") as device,
        listed(device, tmp_path / "cards" / "one") as card,
    ):
        os.truncate(disk, 0)
        [taken] = house.take(card)
    assert taken.intake is not None
    shown = card_report(taken.intake.station, taken)
    assert (shown["state"], shown["safe"], shown["complete"]) == (DockState.NO_ANSWER, 0, False)
    assert isinstance(shown["not_safe"], list)
    assert len(shown["not_safe"]) == len(FILES)
    assert "CARD_SILENT" in house.observed()
    assert "READ_FAILED" not in house.observed()


@pytest.mark.timeout(90)
def test_one_shot_ends_where_silence_and_answers_take_turns(house: House, tmp_path: Path) -> None:
    """A loose card that is out whenever a file is read, and back when it is asked for."""
    disk = image(tmp_path / "disk.img")
    whole, states = disk.read_bytes(), History()

    def wobble(view: DockView) -> None:
        if view.state == DockState.COPYING:
            os.truncate(disk, 0)
        elif view.state == DockState.NO_ANSWER:
            disk.write_bytes(whole)

    states.tell.append(wobble)
    with (
        inserted(disk, tmp_path / "slots") as device,
        listed(device, tmp_path / "cards" / "one") as card,
    ):
        [taken] = take_cards(house.station(states), [card], dock="cli")
    assert taken.intake is not None
    assert DockState.NO_ANSWER in states.states("one")
    assert (taken.intake.is_done, taken.intake.safe_files()) == (True, [])
    assert "NOTHING_READ" in house.observed()


def test_a_bad_spot_on_a_disk_that_answers_is_the_files_own(house: House, tmp_path: Path) -> None:
    disk = image(tmp_path / "disk.img")
    with (
        inserted(disk, tmp_path / "slots") as device,
        listed(device, tmp_path / "cards" / "one") as card,
    ):
        os.truncate(disk, 18 * MIB)
        [taken] = house.take(card)
    assert taken.intake is not None
    shown = card_report(taken.intake.station, taken)
    assert shown["state"] == DockState.INCOMPLETE
    assert isinstance(shown["safe"], int)
    assert 0 < shown["safe"] < len(FILES)
    told = [code for code in house.observed() if code in ("READ_FAILED", "FRAGMENT_KEPT")]
    assert len(told) == len(FILES) - shown["safe"]
    house.assert_green()


def test_a_card_of_which_no_file_can_be_read_is_not_said_to_be_done(
    house: House, tmp_path: Path
) -> None:
    """Nobody can ask the disk of this one, and it never gave a byte."""
    slots = tmp_path / "slots"
    files = {f"{number}.mp4": BadFile(MIB, 0) for number in range(4)}
    with bad_card(slots / "A", files), house.serve(cards_in(slots)) as service:
        view = service.wait_state("A", DockState.NO_ANSWER)
        assert not view.may_leave
        assert "NOTHING_READ" in [notice.code for notice in view.notices]
        time.sleep(0.5)
        assert house.observed().count("NOTHING_READ") == 1
    assert "READ_FAILED" not in house.observed()
    assert DockState.INCOMPLETE not in service.history.states("A")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What the kernel tells of the disk that the test's own folder lies on."""
    number = tmp_path.stat().st_dev
    if not os.major(number):
        pytest.skip("the test's folder lies on no disk")
    known = f"dev/block/{os.major(number)}:{os.minor(number)}"
    return put(tmp_path / "sys", {f"{known}/diskseq": b"5\n"}) / known


def test_a_card_is_gone_with_its_disk_whatever_is_cached(tree: Path, tmp_path: Path) -> None:
    card = Card(put(tmp_path / "card", {"a.mp4": b"a"}), sysfs=tmp_path / "sys")
    assert card.is_present()
    (tree / "diskseq").write_bytes(b"6\n")  # another one was put in
    assert not card.is_present()
    (tree / "diskseq").write_bytes(b"5\n")
    assert card.is_present()
    tree.rename(tree.with_name("8:99"))
    assert not card.is_present()
    with pytest.raises(CardGone):
        card.list()
    card.close()
    with pytest.raises(CardGone, match="disk is gone"):
        Card(card.root, sysfs=tmp_path / "sys")
