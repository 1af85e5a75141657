"""Which card this is: by its file system's UUID where the system knows one, else by what is left.

Holds always: the identity says what it rests on. A UUID stays with the card; an insertion (the
kernel's running number of the disk) ends when the card is pulled; a folder's device and inode
tell folders apart and are never passed off as a card's serial number; where nothing is known, the
identity is new each time, so nothing is recognised by it and nothing is cleared by it.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from evidence.personal import shown_name
from ingest.card import Card
from ingest.medium import SYSFS, disk_of, insertion, mount_of, usb_serial

_BY_UUID = Path("/dev/disk/by-uuid")
_BY_LABEL = Path("/dev/disk/by-label")

FILESYSTEM_UUID = "FILESYSTEM_UUID"
INSERTION = "INSERTION"
FOLDER = "FOLDER"
UNKNOWN = "UNKNOWN"

# Changes made on the other side of these never wake a watcher, so their roots are polled.
REMOTE_KINDS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "davfs", "virtiofs"}
)


@dataclass(frozen=True)
class CardIdentity:
    """`card` names the card, `basis` says how that is known, `label` is what it is called.

    `usb_serial` is that of the USB device it stands in: the recorder itself or a card reader.
    """

    card: str
    basis: str
    label: str
    usb_serial: str | None = None


def shown_path(path: Path) -> str:
    """A folder's own name as people may see it; whoever names a card may write anything there."""
    return shown_name(os.fsencode(path.name))


def identify(card: Card, *, sysfs: Path = SYSFS) -> CardIdentity:
    """The identity of an open card."""
    if not is_mount_root(card):
        major, minor = os.major(card.device), os.minor(card.device)
        name = f"folder:{major}:{minor}:{card.inode}"
        return CardIdentity(name, FOLDER, shown_path(card.root))
    disk = disk_of(card.device)
    label = _device_name(_BY_LABEL, disk) or shown_path(card.root)
    serial = usb_serial(disk, sysfs=sysfs)
    uuid = _device_name(_BY_UUID, disk)
    if uuid is not None:
        return CardIdentity(f"uuid:{uuid}", FILESYSTEM_UUID, label, serial)
    number = insertion(disk, sysfs=sysfs)
    if number is not None:
        return CardIdentity(f"insertion:{disk}:{number}", INSERTION, label, serial)
    return CardIdentity(f"unknown:{secrets.token_hex(8)}", UNKNOWN, label, serial)


def is_mount_root(card: Card) -> bool:
    """Whether a file system is mounted at the card's own folder."""
    try:
        return card.root.parent.stat().st_dev != card.device
    except OSError:
        return False


def file_system_kind(path: Path) -> str:
    """Type of the file system a path lies on, such as ext4 or fuse.exfat; "unknown" if not told."""
    mount = mount_of(path.stat().st_dev)
    return "unknown" if mount is None else mount.kind


def must_poll(kind: str) -> bool:
    """Whether events of a file system of this kind cannot be relied on."""
    return kind in REMOTE_KINDS or kind.startswith("fuse") or kind == "unknown"


def _device_name(folder: Path, device: int) -> str | None:
    try:
        links = sorted(folder.iterdir())
    except OSError:
        return None
    for link in links:
        try:
            if link.stat().st_rdev == device:
                return link.name
        except OSError:
            continue
    return None
