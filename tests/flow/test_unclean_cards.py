"""Devices whose file system was not closed cleanly: not one byte of them changes."""

import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.errors import EnvironmentTrouble
from evidence.messages import sentence
from evidence.vocabulary import DockState
from ingest.docked import open_card
from ingest.mounting import mount_read_only
from ingest.places import places
from storage.site import SitePlan
from tests.docking import House, open_house
from tests.flow.test_devices import FILES, dock, image, inserted
from tests.footage import give_up_without


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "site")) as opened:
        yield opened


def unclean(folder: Path) -> Path:
    """An ext4 image as it is when its recorder loses power: the newest file is in the journal."""
    give_up_without("mkfs.ext4")
    clean = image(folder / "clean.img", FILES)
    target, disk = folder / "recorder", folder / "unclean.img"
    target.mkdir()
    with inserted(clean, folder / "recorders") as device:
        subprocess.run(["mount", str(device), str(target)], check=True)
        try:
            newest = os.open(target / "newest.mp4", os.O_WRONLY | os.O_CREAT)
            os.fsync(newest)
            os.close(newest)
            disk.write_bytes(clean.read_bytes())
        finally:
            subprocess.run(["umount", str(target)], check=True)
    return disk


def digest(disk: Path) -> str:
    return hashlib.sha256(disk.read_bytes()).hexdigest()


def is_read_only(device: Path) -> bool:
    command = ["blockdev", "--getro", str(device)]
    return subprocess.run(command, check=True, capture_output=True).stdout.strip() == b"1"


def test_the_journal_is_not_replayed_onto_the_card_and_that_is_on_record(
    house: House, tmp_path: Path
) -> None:
    disk = unclean(tmp_path)
    before = digest(disk)
    with inserted(disk, tmp_path / "slots") as device, house.serve(dock(tmp_path)) as service:
        view = service.wait_state(device.name, DockState.SAFE)
        assert "JOURNAL_NOT_REPLAYED" in [notice.code for notice in view.notices]
        assert not is_read_only(device)
    assert digest(disk) == before
    assert house.observed().count("JOURNAL_NOT_REPLAYED") == 1
    chinese, english = sentence("JOURNAL_NOT_REPLAYED")
    assert "最新的文件可能看不到" in chinese
    assert "the newest files may be missing" in english
    assert {path for path, _ in house.sealed()} == {name.encode() for name in FILES}
    house.assert_green()


def test_a_clean_card_is_not_said_to_be_otherwise(house: House, tmp_path: Path) -> None:
    give_up_without("mkfs.ext4")
    disk = image(tmp_path / "disk.img", FILES)
    before = digest(disk)
    with inserted(disk, tmp_path / "slots") as device, house.serve(dock(tmp_path)) as service:
        service.wait_state(device.name, DockState.SAFE)
    assert digest(disk) == before
    assert "JOURNAL_NOT_REPLAYED" not in house.observed()


@pytest.mark.parametrize("before", ["rw", "ro"])
def test_only_what_we_made_read_only_is_made_writable_again(tmp_path: Path, before: str) -> None:
    disk = unclean(tmp_path)
    with inserted(disk, tmp_path / "slots") as device:
        subprocess.run(["blockdev", f"--set{before}", str(device)], check=True)
        [place] = places(dock(tmp_path))
        docked = open_card(place)
        assert is_read_only(device)
        docked.let_go()
        docked.let_go()
        assert is_read_only(device) is (before == "ro")


def test_a_device_that_cannot_be_mounted_is_left_as_it_was(tmp_path: Path) -> None:
    disk = tmp_path / "disk.img"
    disk.write_bytes(bytes(1 << 20))
    with inserted(disk, tmp_path / "slots") as device:
        with pytest.raises(EnvironmentTrouble):
            mount_read_only(device, tmp_path / "mounts" / "one")
        assert not is_read_only(device)


def test_what_somebody_mounts_for_writing_does_not_lose_its_device(tmp_path: Path) -> None:
    """Such as a desktop that was quicker than we: `card clear` needs that mount."""
    give_up_without("mkfs.ext4")
    disk = image(tmp_path / "disk.img", FILES)
    target = tmp_path / "theirs"
    target.mkdir()
    with inserted(disk, tmp_path / "slots") as device:
        subprocess.run(["mount", str(device), str(target)], check=True)
        try:
            with pytest.raises(EnvironmentTrouble, match="cannot be claimed"):
                mount_read_only(device, tmp_path / "mounts" / "one")
            assert not is_read_only(device)
            (target / "LOG" / "1.txt").unlink()
            os.sync()
        finally:
            subprocess.run(["umount", str(target)], check=True)
