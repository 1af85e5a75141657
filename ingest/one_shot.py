"""Cards taken once, without a watch: `liuhen ingest CARD…`."""

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
from ingest.leases import hold_card, release, renewing
from ingest.pipeline import DockHandle, release_recorder, take_card
from ingest.session import Intake
from ingest.station import Station

_AT_ONCE = 8


@dataclass(frozen=True)
class Taken:
    """What became of one card; `intake` is None where it could not even be opened."""

    card: Path
    key: str
    intake: Intake | None
    trouble: LiuhenError | None = None


def take_cards(station: Station, cards: Sequence[Path], *, dock: str) -> list[Taken]:
    """Takes the cards side by side until each is safe or reported.

    A card that is named twice is taken once. Each recorder's number stays claimed until the last
    card is done, so that two cards of one number are marked though they did not meet.
    """
    wanted = list(dict.fromkeys(cards))
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
        card = Card(path.absolute())
    except CardTrouble as error:
        return Taken(path, key, None, error)
    try:
        return _take_open(station, card, path=path, key=key)
    except (CardTrouble, EnvironmentTrouble) as error:
        return Taken(path, key, None, error)
    finally:
        card.close()


def _take_open(station: Station, card: Card, *, path: Path, key: str) -> Taken:
    identity = identify(card)
    if not hold_card(station, identity.card, session_key=key):
        busy = CardTrouble("Another process is taking this card", code="BUSY_ELSEWHERE")
        return Taken(path, key, None, busy)
    try:
        place = DockPlace(key.partition("/")[0], SourceKind.ONE_SHOT.value, identity)
        handle = DockHandle(key, threading.Event(), card.close)
        return Taken(path, key, take_card(station, card, place=place, handle=handle))
    finally:
        release(station, f"card/{identity.card}", detail=key)
