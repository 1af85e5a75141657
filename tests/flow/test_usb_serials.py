"""The serial number of the USB device that a card stands in, from sysfs to the row of claims."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.canonical import Json
from evidence.vocabulary import DockState
from storage.site import SitePlan
from tests.docking import House, open_house, put
from tests.flow.test_devices import dock, image, inserted
from tests.footage import give_up_without

NAMED = "A11_2222222_222222_20260902083000_0001.mp4"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "site")) as opened:
        yield opened


def sysfs_of(device: Path, folder: Path, serial: str) -> Path:
    """The kernel's tree as it would be if this device were a recorder's."""
    number = device.stat().st_rdev
    files = {"usb1/1-1/idVendor": b"0951\n", "usb1/1-1/serial": serial.encode() + b"\n"}
    put(folder / "devices", {**files, "usb1/1-1/1-1:1.0/block/sdb/diskseq": b"7\n"})
    link = folder / "dev" / "block" / f"{os.major(number)}:{os.minor(number)}"
    link.parent.mkdir(parents=True)
    link.symlink_to(folder / "devices/usb1/1-1/1-1:1.0/block/sdb")
    return folder


@pytest.mark.parametrize(
    ("name", "serial", "verdict", "evident"),
    [
        (NAMED, "2222222", "AGREED", True),
        (NAMED, "3333333", "SINGLE_SOURCE", False),  # it may be the reader's
        (NAMED, "123456789ABC", "SINGLE_SOURCE", False),
        ("video.mp4", "123456789ABC", "NOT_SET", False),  # every unit of some makes has this one
    ],
)
def test_a_usb_serial_is_kept_with_its_source(
    house: House, tmp_path: Path, *, name: str, serial: str, verdict: str, evident: bool
) -> None:
    give_up_without("mkfs.ext4")
    disk = image(tmp_path / "disk.img", {name: b"a"})
    with inserted(disk, tmp_path / "slots") as device:
        house.sysfs = sysfs_of(device, tmp_path / "sys", serial)
        with house.serve(dock(tmp_path)) as service:
            service.wait_state(device.name, DockState.SAFE)
    [row] = [row for row in house.rows("claims") if row["subject"] == "RECORDER"]
    assert row["verdict"] == verdict
    expected: Json = {"source": "USB_SERIAL", "value": serial, "count": 1, "evident": evident}
    assert expected in json.loads(row["sources"])
    house.assert_green()


def test_a_folder_on_a_disk_claims_no_serial_of_that_disk(house: House, tmp_path: Path) -> None:
    card = put(tmp_path / "card", {NAMED: b"a"})
    house.sysfs = sysfs_of(Path("/dev/null"), tmp_path / "sys", "2222222")
    number = card.stat().st_dev
    link = tmp_path / "sys/dev/block" / f"{os.major(number)}:{os.minor(number)}"
    link.symlink_to(tmp_path / "sys/devices/usb1/1-1/1-1:1.0/block/sdb")
    house.take(card)
    [row] = [row for row in house.rows("claims") if row["subject"] == "RECORDER"]
    assert "USB_SERIAL" not in row["sources"]
