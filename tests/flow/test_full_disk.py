"""A disk that has no room for one file: the others are taken, and nothing is written in vain.

Vault and database lie on one small disk, as on a station with a single one.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evidence.canonical import Json
from evidence.errors import EnvironmentTrouble, OutOfSpace
from evidence.messages import sentence
from evidence.vocabulary import DockState
from ingest.one_shot import Taken
from ingest.room import Room, watched
from liuhen.card_report import card_report
from storage.site import SitePlan
from storage.vault import ReadAt
from tests.docking import QUICK, House, cards_in, open_house, put, wait_for
from tests.failing_database import entering, failing
from tests.vaults import mounted

MIB = 1 << 20
DISK = 64 * MIB
SMALL = {f"{number}.mp4": bytes([number]) * MIB for number in range(1, 6)}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    settings = replace(QUICK, patience_seconds=0.4)
    with (
        mounted(tmp_path / "disk", "tmpfs", f"size={DISK}") as disk,
        open_house(SitePlan(disk / "site"), settings=settings) as opened,
    ):
        yield opened


def free(house: House) -> int:
    found = os.statvfs(house.site.plan.data)
    return found.f_bavail * found.f_frsize


def huge(card: Path, size: int = DISK) -> Path:
    """A card with a file of this size beside small ones; on the card it is one hole."""
    put(card, {"a-huge.mp4": b"", **SMALL})
    os.truncate(card / "a-huge.mp4", size)
    return card


def report(taken: Taken) -> dict[str, Json]:
    assert taken.intake is not None
    return card_report(taken.intake.station, taken)


def test_one_file_that_does_not_fit_stops_no_other(house: House, tmp_path: Path) -> None:
    other = put(tmp_path / "other", {f"b{name}": data[::2] for name, data in SMALL.items()})
    big, small = house.take(huge(tmp_path / "big"), other)
    assert (big.trouble, small.trouble) == (None, None)
    assert report(small)["state"] == DockState.SAFE
    shown = report(big)
    assert (shown["state"], shown["safe"]) == (DockState.INCOMPLETE, len(SMALL))
    not_safe = shown["not_safe"]
    assert isinstance(not_safe, list)
    assert [(line["name"], line["code"]) for line in not_safe if isinstance(line, dict)] == [
        ("a-huge.mp4", "OUT_OF_SPACE")
    ]
    assert sorted(bool(body["complete"]) for body in house.receipts()) == [False, True]
    house.assert_green()


def test_a_service_does_not_fill_the_disk_again_and_again(house: House, tmp_path: Path) -> None:
    slots = tmp_path / "slots"
    huge(slots / "big")
    with house.serve(cards_in(slots)) as service:
        service.wait_state("big", DockState.WAITING_FOR_SPACE)
        wait_for(lambda: house.count("sightings") == len(SMALL), "the small ones are sealed")
        least = free(house)
        until = time.monotonic() + 1.0
        with (tmp_path / "disk" / "others").open("ab", buffering=0) as others:
            while time.monotonic() < until:
                least = min(least, free(house))
                others.write(bytes(4096))  # each try finds another number of bytes left
                time.sleep(0.02)
        assert least > DISK // 2
        assert service.notices("big").count("OUT_OF_SPACE") == 1
        assert not any((house.site.plan.vault_root / "staging").iterdir())
        assert not service.views("big")[0].may_leave
        os.truncate(slots / "big" / "a-huge.mp4", MIB)
        view = service.wait_state("big", DockState.SAFE)
        assert "OUT_OF_SPACE" not in [notice.code for notice in view.notices]
    house.assert_green()


def test_files_side_by_side_are_not_promised_the_same_room(house: House, tmp_path: Path) -> None:
    """Each of them would fit alone."""
    cards = []
    for name in "ABC":
        cards.append(put(tmp_path / name, {f"{name}.mp4": name.encode()}))
        with (cards[-1] / f"{name}.mp4").open("ab") as file:
            file.truncate(25 * MIB)
    taken = house.take(*cards)
    assert [one.trouble for one in taken] == [None] * 3
    assert sorted(str(report(one)["state"]) for one in taken) == [
        DockState.INCOMPLETE, DockState.SAFE, DockState.SAFE
    ]  # fmt: skip
    assert free(house) >= DISK // 20 - MIB
    house.assert_green()


def test_room_is_given_back_and_less_is_kept_as_bytes_are_written(house: House) -> None:
    room, vault, half = Room(), house.site.vault, DISK // 2
    with room.promised(vault, half) as first:
        with pytest.raises(OutOfSpace, match="do not fit"), room.promised(vault, half):
            pytest.fail("the same room was promised twice")
        first.took(half)
        with room.promised(vault, half):
            pass
    with room.promised(vault, half):
        pass


def read_through(read: ReadAt, start: int, *, end: int) -> None:
    buffer = memoryview(bytearray(MIB))
    for offset in range(start, end, MIB):
        read(buffer, offset)


def test_copying_stops_where_others_come_near_the_reserve(house: House, tmp_path: Path) -> None:
    read = watched(lambda block, _offset: len(block), house.site.vault)
    read_through(read, 0, end=20 * MIB)
    (tmp_path / "disk" / "others").write_bytes(bytes(free(house) - DISK // 20 + MIB))
    with pytest.raises(OutOfSpace, match="do not fit"):
        read_through(read, 20 * MIB, end=40 * MIB)


@pytest.mark.parametrize(
    ("act", "sealed", "not_safe"),
    [("inventory.written", 0, len(SMALL)), ("receipt.issued", len(SMALL), 0)],
)
def test_the_list_of_files_comes_with_the_trouble(
    house: House, tmp_path: Path, act: str, sealed: int, not_safe: int
) -> None:
    with failing(house, entering(act)) as (frail, _):
        [taken] = frail.take(put(tmp_path / "card", SMALL))
        shown = report(taken)
    assert shown["state"] == DockState.STORAGE_TROUBLE
    assert isinstance(shown["trouble"], dict)
    assert shown["trouble"]["code"] == "DATABASE_UNAVAILABLE"
    assert isinstance(shown["sealed"], list)
    assert isinstance(shown["not_safe"], list)
    assert (len(shown["sealed"]), len(shown["not_safe"])) == (sealed, not_safe)


def full() -> EnvironmentTrouble:
    return OutOfSpace("Database has no room left", code="DATABASE_FULL")


@pytest.mark.parametrize("act", ["inventory.written", "recording.sealed", "receipt.issued"])
def test_a_database_that_has_room_again_within_patience_goes_on(
    house: House, tmp_path: Path, act: str
) -> None:
    with failing(house, entering(act), trouble=full) as (frail, database):
        [taken] = frail.take(put(tmp_path / "card", SMALL))
        assert database.failed == 1
    assert taken.trouble is None
    assert report(taken)["complete"] is True
    house.assert_green()


@pytest.mark.parametrize("code", ["DATABASE_FULL", "OUT_OF_SPACE", "STORAGE_FAILED"])
def test_nothing_is_said_to_go_on_by_itself(code: str) -> None:
    """`ingest` says the same sentences, and it ends."""
    chinese, english = sentence(code)
    assert "自动" not in chinese
    assert "by itself" not in english
