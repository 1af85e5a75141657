"""Where cards may appear, and which stand there now.

Holds always: a card is told from the one that stood in the same place before it by its folder's
device and inode, or, for a block device, by the number the kernel gives each insertion.
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from devices.litter import is_mere_litter, not_a_card, passed_over
from evidence.errors import CardTrouble
from evidence.personal import shown_name
from evidence.vocabulary import SourceKind
from ingest.card import Card
from ingest.identity import is_mount_root, shown_path
from ingest.medium import insertion
from ingest.mounting import block_devices


@dataclass(frozen=True)
class DockRoot:
    """A place where cards appear.

    MOUNT: every folder directly under `path` is a card, hidden ones too, but for those that
    systems put there (`devices.litter.not_a_card`); or with `single` the path itself.
    DROP_FOLDER: `path` is where a vendor's station drops files. DEVICE: block devices that match
    `patterns` are mounted read-only under `path`.
    """

    name: str
    path: Path
    source: SourceKind
    patterns: tuple[str, ...] = ()
    single: bool = False


@dataclass(frozen=True)
class Place:
    """One card that was seen; `identity` tells it from another card in the same place."""

    root: DockRoot
    path: Path
    identity: str
    device: Path | None = None

    @property
    def key(self) -> str:
        """What the board knows it by."""
        return f"{self.root.name}/{shown_path(self.path)}/{self.identity}"

    def is_of(self, card: Card) -> bool:
        """Whether an open card is the folder that was seen; for places that are no devices."""
        return self.identity == f"{card.device}-{card.inode}"


def places(root: DockRoot) -> Iterator[Place]:
    """The cards that stand under a root now; none if the root is not there."""
    if root.source == SourceKind.DEVICE:
        for device in block_devices(root.patterns):
            with contextlib.suppress(OSError):  # pulled while we looked
                yield Place(root, root.path / device.name, told_apart(device), device)
    elif root.single or root.source == SourceKind.DROP_FOLDER:
        yield from _folder(root, root.path)
    else:
        for name in _names(root.path):
            if not_a_card(os.fsencode(name)) is None:
                yield from _folder(root, root.path / name)


def _folder(root: DockRoot, path: Path) -> Iterator[Place]:
    try:
        status = path.stat(follow_symlinks=False)
    except OSError:
        return
    if stat.S_ISDIR(status.st_mode):
        yield Place(root, path, f"{status.st_dev}-{status.st_ino}")


def _names(path: Path) -> list[str]:
    try:
        return sorted(os.listdir(path))
    except OSError:
        return []


def told_apart(device: Path) -> str:
    """What tells this insertion of a disk from the one before; raises `OSError` if it is gone."""
    number = device.stat().st_rdev
    return f"{number}-{insertion(number) or 'unnumbered'}"


@dataclass(frozen=True)
class LooseItem:
    """A file or a link directly in a folder of cards; `name` is as people may see it."""

    name: str
    is_link: bool


def loose_items(root: DockRoot) -> list[LooseItem]:
    """What lies directly in a folder of cards and is none, but for litter of systems.

    A link is never followed: it could lead into the site, or to a card that is taken already.
    """
    if root.single or root.source != SourceKind.MOUNT:
        return []
    return [item for name in _names(root.path) for item in _loose(root.path / name)]


def _loose(path: Path) -> Iterator[LooseItem]:
    """Nothing for a card whose file system died under it: not even its folder answers then."""
    name = os.fsencode(path.name)
    try:
        mode = path.stat(follow_symlinks=False).st_mode
    except OSError:
        return
    if stat.S_ISLNK(mode) or (stat.S_ISREG(mode) and passed_over(name) is None):
        yield LooseItem(shown_name(name), stat.S_ISLNK(mode))


def holds_card(place: Place) -> bool:
    """Whether a card stands where one was seen; True too where nobody can look: that is told.

    A place for cards with nothing in it holds none. Neither does one in which something else
    stands by now, such as a card that was mounted since: the next look sees that as it is, and
    two docks never take one card. It is looked into each time, so that a card is seen at once.
    """
    try:
        card = Card(place.path)
    except CardTrouble:
        return True
    try:
        return place.is_of(card) and not is_bare(card)
    except CardTrouble:
        return True
    finally:
        card.close()


def is_bare(card: Card) -> bool:
    """Whether an open folder is a place for a card, and not a card. Raises `CardGone`.

    What systems leave in every folder does not make it one, but a recording that somebody threw
    away there does: people are told of it.
    """
    if is_mount_root(card):
        return False
    listing = card.list()
    litter = all(is_mere_litter(i.path, i.reason, size=i.size) for i in listing.passed_over)
    return litter and not listing.files
