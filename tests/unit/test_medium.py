"""What sysfs tells of a disk: small trees of the kernel's shape."""

import os
from pathlib import Path

import pytest

from ingest.medium import insertion, usb_serial

DISK, PARTITION = os.makedev(8, 16), os.makedev(8, 17)
RECORDER = "devices/pci0000:00/usb1/1-2"
BLOCK = "1-2:1.0/host6/target6:0:0/6:0:0:0/block/sdb"


def tree(root: Path, files: dict[str, bytes]) -> Path:
    """A disk with a partition behind a USB device, which hangs on a hub with a serial."""
    hub = {f"{RECORDER}/../idVendor": b"1d6b\n", f"{RECORDER}/../serial": b"0000:00:14.0\n"}
    for name, data in {**hub, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    block = root / RECORDER / BLOCK
    (block / "sdb1").mkdir(parents=True)
    links = root / "dev" / "block"
    links.mkdir(parents=True)
    (links / "8:16").symlink_to(os.path.relpath(block, links))
    (links / "8:17").symlink_to(os.path.relpath(block / "sdb1", links))
    return root


@pytest.mark.parametrize("number", [DISK, PARTITION])
@pytest.mark.parametrize(
    ("serial", "told"),
    [
        (b"2222222\n", "2222222"),
        (b"  123456789ABC  \n", "123456789ABC"),
        (b"\n", None),
        (b"x" * 4096, "x" * 255),
    ],
)
def test_the_serial_is_that_of_the_usb_device(
    tmp_path: Path, number: int, serial: bytes, told: str | None
) -> None:
    files = {f"{RECORDER}/idVendor": b"0951\n", f"{RECORDER}/serial": serial}
    (tmp_path / RECORDER).mkdir(parents=True)
    assert usb_serial(number, sysfs=tree(tmp_path, files)) == told


def test_control_characters_of_a_serial_are_spelled_out(tmp_path: Path) -> None:
    files = {f"{RECORDER}/idVendor": b"0951\n", f"{RECORDER}/serial": b"a\x1b[2Jb"}
    (tmp_path / RECORDER).mkdir(parents=True)
    told = usb_serial(DISK, sysfs=tree(tmp_path, files))
    assert told is not None
    assert told.isprintable()


def test_a_device_without_serial_has_none_of_its_hub(tmp_path: Path) -> None:
    (tmp_path / RECORDER).mkdir(parents=True)
    root = tree(tmp_path, {f"{RECORDER}/idVendor": b"0951\n"})
    assert usb_serial(DISK, sysfs=root) is None


def test_a_disk_that_is_on_no_usb_or_not_there_has_no_serial(tmp_path: Path) -> None:
    assert usb_serial(DISK, sysfs=tmp_path) is None
    assert insertion(DISK, sysfs=tmp_path) is None


def test_a_partition_has_the_insertion_of_its_disk(tmp_path: Path) -> None:
    (tmp_path / RECORDER).mkdir(parents=True)
    root = tree(tmp_path, {f"{RECORDER}/{BLOCK}/diskseq": b"42\n"})
    assert {insertion(number, sysfs=root) for number in (DISK, PARTITION)} == {"42"}
