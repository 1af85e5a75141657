"""Cards taken once, without a watch: `liuhen ingest CARD…`.

Holds always: a link that a person names is followed once, at the start; a folder on which no card
is mounted and that holds nothing is said to be none, and gets neither session nor receipt.
"""

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from evidence.errors import CardTrouble, EnvironmentTrouble, LiuhenError
from evidence.personal import shown_name
from evidence.vocabulary import SourceKind
from ingest.acts import DockPlace
from ingest.board import DockView
from ingest.card import Card
from ingest.identity import identify, shown_path
from ingest.leases import hold_card, is_held_here, release, renewing
from ingest.pipeline import DockHandle, release_recorder, take_card
from ingest.places import is_bare
from ingest.session import Intake
from ingest.station import Station

_AT_ONCE = 8


@dataclass(frozen=True)
class Taken:
    """What became of one card; `intake` is None where no session could begin.

    With a `trouble` there may be no receipt, and `intake` has the list of its files all the same.
    """

    card: Path
    key: str
    intake: Intake | None
    trouble: LiuhenError | None = None


def take_cards(station: Station, cards: Sequence[Path], *, dock: str) -> list[Taken]:
    """Takes the cards side by side until each is safe or reported.

    A card that is named twice is taken once. Each recorder's number stays claimed until the last
    card is done, so that two cards of one number are marked though they did not meet.
    """
    wanted = list({card.resolve(): card for card in reversed(cards)}.values())[::-1]
    workers = min(_AT_ONCE, len(wanted)) or 1
    with renewing(station), ThreadPoolExecutor(workers, "card") as pool:
        taken = list(pool.map(lambda card: _take(station, card, dock=dock), wanted))
        for intake in (one.intake for one in taken if one.intake is not None):
            release_recorder(intake)
    return taken


def _take(station: Station, path: Path, *, dock: str) -> Taken:
    key = f"{dock}/{shown_name(os.fsencode(path))}"
    station.board.show(DockView(key, dock, shown_path(path)))
    try:
        card = Card(path.resolve())
    except CardTrouble as error:
        return Taken(path, key, None, error)
    try:
        _check_is_card(card)
        return _take_open(station, card, path=path, key=key)
    except (CardTrouble, EnvironmentTrouble) as error:
        return Taken(path, key, None, error)
    finally:
        card.close()


def _check_is_card(card: Card) -> None:
    """Raises `CardTrouble` for an empty folder without a mount."""
    if is_bare(card):
        raise CardTrouble("No card is mounted here, and the folder is empty", code="NO_CARD")


def _take_open(station: Station, card: Card, *, path: Path, key: str) -> Taken:
    identity = identify(card, sysfs=station.sysfs)
    if not hold_card(station, identity.card, session_key=key):
        return Taken(path, key, None, _busy(here=is_held_here(station, identity.card)))
    try:
        place = DockPlace(key.partition("/")[0], SourceKind.ONE_SHOT.value, identity)
        handle = DockHandle(key, threading.Event(), card.close)
        intake = take_card(station, card, place=place, handle=handle)
        return Taken(path, key, intake, intake.trouble)
    finally:
        release(station, f"card/{identity.card}", detail=key)


def _busy(*, here: bool) -> CardTrouble:
    if here:
        return CardTrouble("Another dock is taking this card", code="BUSY_HERE")
    return CardTrouble("Another process is taking this card", code="BUSY_ELSEWHERE")
