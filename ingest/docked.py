"""A card opened where it stands, mounted first where that is ours to do, and let go again.

Holds always: what is read through a mount of ours is the very card that was seen: the open folder
lies on that mount, the mount shows that device, and no other card was put into it meanwhile; a
failure leaves nothing mounted that we mounted.
"""

from dataclasses import dataclass
from pathlib import Path

from evidence.errors import CardGone, CardTrouble, EnvironmentTrouble, LiuhenError
from ingest.card import Card
from ingest.mounting import Mounted, make_writable_again, mount_read_only, unmount_own
from ingest.places import Place, told_apart


@dataclass(frozen=True)
class Docked:
    """An open card in its place; `mount` is the mount that we made for it."""

    card: Card
    place: Place
    mount: Mounted | None = None

    def let_go(self) -> None:
        """Closes the card and, where we mounted it, unmounts it; harmless when done before.

        The mount is asked for, not the device: that is gone when the card was pulled. Raises
        `EnvironmentTrouble` if it is still mounted.
        """
        self.card.close()
        if self.mount is not None:
            _unmount(self.place, self.mount)


def open_card(place: Place) -> Docked:
    """The open card. Raises `CardTrouble`, or `EnvironmentTrouble` where it cannot be mounted."""
    if place.device is None:
        return Docked(_seen_card(place), place)
    mount = mount_read_only(place.device, place.path)
    try:
        card = Card(place.path)
    except CardTrouble:
        _unmount(place, mount)
        raise
    docked = Docked(card, place, mount)
    try:
        check_is_seen(docked, place.device)
    except LiuhenError:
        docked.let_go()
        raise
    return docked


def _seen_card(place: Place) -> Card:
    card = Card(place.path)
    if not place.is_of(card):
        card.close()
        raise CardGone("Another card was put in since this one was seen")
    return card


def _unmount(place: Place, mount: Mounted) -> None:
    """The device may be written to again only once our mount is gone, and if it could before."""
    is_gone = unmount_own(place.path, mount.id)
    if is_gone and mount.made_read_only and place.device is not None:
        make_writable_again(place.device)


def check_is_seen(docked: Docked, device: Path) -> None:
    """Whether what stands open is the card that was seen in this device.

    Raises `EnvironmentTrouble` where another mount, or none, is in the way, and `CardGone` where
    another card was put in since.
    """
    try:
        now = told_apart(device)
    except OSError as error:
        raise CardGone("Card was pulled while it was mounted") from error
    if now != docked.place.identity:
        raise CardGone("Another card was put in while this one was mounted")
    if docked.mount is None or docked.card.mount_id() != docked.mount.id:
        path = str(docked.place.path)
        message = f"What stands at {path} is not {device}"
        raise EnvironmentTrouble(message, code="MOUNT_IN_THE_WAY", path=path)
