"""The disk behind a card, as the kernel tells of it: its number, its insertion, its USB device.

Holds always: nothing here is asked of the file system on the card; what sysfs does not tell is
None, never a guess.
"""

import errno
import mmap
import os
from dataclasses import dataclass
from pathlib import Path

from evidence.personal import shown_name

SYSFS = Path("/sys")
_MOUNTS = Path("/proc/self/mountinfo")
_LONGEST_SERIAL = 255
"""Bytes; a USB string has at most 126 characters."""
_SECTOR = 4096
_PLACES = 4
_NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM, errno.ENOENT, errno.EINVAL})


@dataclass(frozen=True)
class Mount:
    """A line of the mount table: where, what kind of file system, and from what."""

    device: int
    kind: str
    source: str


def mount_of(device: int) -> Mount | None:
    """The newest mount of a device number."""
    try:
        lines = [line.split() for line in _MOUNTS.read_text().splitlines()]
    except OSError:
        return None
    wanted = _number(device)
    found = [line for line in lines if line[2] == wanted]
    if not found:
        return None
    after = found[-1].index("-")
    return Mount(device, found[-1][after + 1], found[-1][after + 2])


def disk_of(device: int) -> int:
    """The block device behind a mount; FUSE mounts have a number of their own and name it."""
    mount = mount_of(device)
    if mount is None or not mount.source.startswith("/dev/"):
        return device
    try:
        return os.stat(mount.source).st_rdev or device
    except OSError:
        return device


def insertion(disk: int, *, sysfs: Path = SYSFS) -> str | None:
    """The kernel's running number of the insertion of a block device's disk, if it keeps one."""
    folder = _folder(disk, sysfs)
    for place in (folder / "diskseq", folder.resolve().parent / "diskseq"):
        try:
            return place.read_text().strip()
        except OSError:
            continue
    return None


def is_there(disk: int, number: str | None, *, sysfs: Path = SYSFS) -> bool:
    """Whether the kernel still has this insertion of the disk. True for what is no block device.

    What is cached of a card that was pulled answers as before; the kernel knows better.
    """
    known = sysfs / "dev" / "block"
    if not os.major(disk) or not known.is_dir():
        return True
    return _folder(disk, sysfs).exists() and insertion(disk, sysfs=sysfs) == number


def answers(disk: int, *, sysfs: Path = SYSFS) -> bool | None:
    """Whether the disk gives bytes, past every cache, at any of some places.

    None where it is no block device or nobody lets us ask it.
    """
    device = _device(disk, sysfs)
    if device is None:
        return None
    try:
        descriptor = os.open(device, os.O_RDONLY | os.O_DIRECT | os.O_CLOEXEC)
    except OSError as error:
        return None if error.errno in _NOT_ALLOWED else False
    try:
        return any(_gives(descriptor, place) for place in _places(descriptor))
    finally:
        os.close(descriptor)


def _places(descriptor: int) -> list[int]:
    """Offsets all over the disk: a bad spot or two do not make a disk that is silent."""
    try:
        size = os.lseek(descriptor, 0, os.SEEK_END)
    except OSError:
        return []
    return [size // _PLACES * part // _SECTOR * _SECTOR for part in range(_PLACES)]


def _gives(descriptor: int, place: int) -> bool:
    with mmap.mmap(-1, _SECTOR) as block:  # O_DIRECT wants its memory aligned
        try:
            return os.preadv(descriptor, [block], place) > 0
        except OSError:
            return False


def _device(disk: int, sysfs: Path) -> Path | None:
    """The node in /dev, as the kernel names it."""
    try:
        lines = (_folder(disk, sysfs) / "uevent").read_text().splitlines()
        names = [line.partition("=")[2] for line in lines if line.startswith("DEVNAME=")]
        found = [Path("/dev") / name for name in names]
        return next((path for path in found if path.stat().st_rdev == disk), None)
    except OSError:
        return None


def usb_serial(disk: int, *, sysfs: Path = SYSFS) -> str | None:
    """The serial number of the USB device that a disk hangs on, as people may see it.

    The nearest one alone is asked: above it there are hubs. None where there is no such device,
    or where it has no serial.
    """
    for folder in _folder(disk, sysfs).resolve().parents:
        if (folder / "idVendor").exists():
            return _text(folder / "serial")
    return None


def _text(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            text = file.read(_LONGEST_SERIAL).strip()
    except OSError:
        return None
    return shown_name(text) or None


def _folder(disk: int, sysfs: Path) -> Path:
    return sysfs / "dev" / "block" / _number(disk)


def _number(device: int) -> str:
    return f"{os.major(device)}:{os.minor(device)}"
