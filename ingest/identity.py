"""Which card this is: by its file system's UUID where the system knows one, else by its folder.

Holds always: the identity says what it rests on; a folder's device and inode are never passed off
as a card's serial number.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from ingest.card import Card

_BY_UUID = Path("/dev/disk/by-uuid")
_BY_LABEL = Path("/dev/disk/by-label")
_MOUNTS = Path("/proc/self/mountinfo")

FILESYSTEM_UUID = "FILESYSTEM_UUID"
FOLDER = "FOLDER"

# Changes made on the other side of these never wake a watcher, so their roots are polled.
REMOTE_KINDS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "davfs", "virtiofs"}
)


@dataclass(frozen=True)
class CardIdentity:
    """`card` names the card, `basis` says how that is known, `label` is what it is called."""

    card: str
    basis: str
    label: str


def identify(card: Card) -> CardIdentity:
    """The identity of an open card."""
    label = _device_name(_BY_LABEL, card.device) or card.root.name
    uuid = _device_name(_BY_UUID, card.device) if _is_mount_root(card) else None
    if uuid is not None:
        return CardIdentity(f"uuid:{uuid}", FILESYSTEM_UUID, label)
    major, minor = os.major(card.device), os.minor(card.device)
    return CardIdentity(f"folder:{major}:{minor}:{card.inode}", FOLDER, label)


def file_system_kind(path: Path) -> str:
    """Type of the file system a path lies on, such as ext4 or fuse.exfat; "unknown" if not told."""
    device = path.stat().st_dev
    numbers = f"{os.major(device)}:{os.minor(device)}"
    kinds = [line for line in _mount_lines() if line[2] == numbers]
    return kinds[-1][kinds[-1].index("-") + 1] if kinds else "unknown"


def must_poll(kind: str) -> bool:
    """Whether events of a file system of this kind cannot be relied on."""
    return kind in REMOTE_KINDS or kind.startswith("fuse") or kind == "unknown"


def _is_mount_root(card: Card) -> bool:
    try:
        return card.root.parent.stat().st_dev != card.device
    except OSError:
        return False


def _mount_lines() -> list[list[str]]:
    try:
        return [line.split() for line in _MOUNTS.read_text().splitlines()]
    except OSError:
        return []


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
