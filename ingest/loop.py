"""The watch loop: which cards stand in which dock, one thread for each.

Holds always: a listing decides what is there, an event only wakes the listing, so a lost event
costs a pause and nothing else; roots on network and FUSE file systems are polled; whatever goes
wrong in one dock is shown there and does not stop the others.
"""

import logging
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from evidence.errors import CardTrouble, EnvironmentTrouble, EvidenceAltered, LiuhenError
from evidence.vocabulary import DockState, SourceKind
from ingest.acts import DockPlace
from ingest.board import DockView, Notice
from ingest.card import Card, Listing
from ingest.docked import open_card
from ingest.identity import identify, shown_path
from ingest.leases import hold_card, is_held_here, release
from ingest.mounting import is_mounted, unmount_leftovers
from ingest.pipeline import DockHandle, take_card
from ingest.places import DockRoot, Place, holds_card, loose_items, places
from ingest.recognising import recognise
from ingest.station import Station
from ingest.waking import Waker

log = logging.getLogger(__name__)

_SHOW_GONE_SECONDS = 30.0


@dataclass
class _Dock:
    place: Place
    thread: threading.Thread
    wake: threading.Event
    ended: float | None = None


@dataclass
class Watch:
    """Watches the roots until the station stops; run it in a thread of its own."""

    station: Station
    roots: tuple[DockRoot, ...]
    wake: threading.Event = field(default_factory=threading.Event)
    _docks: dict[str, _Dock] = field(default_factory=dict)
    _rested: dict[str, Listing] = field(default_factory=dict)
    _elsewhere: set[str] = field(default_factory=set)
    modes: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Runs until `station.stop` is set; returns after every dock's thread has ended."""
        waker = Waker(self.roots, self._woken)
        self.modes = waker.modes
        self._unmount_leftovers()
        try:
            while not self.station.stop.is_set():
                self._look_unless_trouble()
                self.wake.wait(self.station.settings.poll_seconds)
                self.wake.clear()
        finally:
            waker.stop()
            self._end()

    def _unmount_leftovers(self) -> None:
        """A service that was killed left its cards mounted; they would never be taken again."""
        for root in self.roots:
            if root.source == SourceKind.DEVICE:
                unmount_leftovers(root.path)

    def _look_unless_trouble(self) -> None:
        try:
            self._look()
        except LiuhenError as error:
            log.warning("Docks could not be looked at: %s", error)
        except Exception:  # such as a device that went while it was looked at
            log.exception("Docks could not be looked at")

    def _look(self) -> None:
        """Starts a thread for each card that is new, and forgets those that are over."""
        for root in self.roots:
            self._show_loose(root)
        present = {place.key: place for root in self.roots for place in places(root)}
        for key, dock in list(self._docks.items()):
            if not dock.thread.is_alive():
                self._after_end(key, dock, now_there=present.get(key))
        for key, place in present.items():
            if key in self._docks:
                continue
            if self._is_wanted(place):
                self._elsewhere.discard(key)
                self._docks[key] = self._start(place)
            elif place.device is not None and key not in self._elsewhere:
                self._elsewhere.add(key)
                self._show_new(place, DockState.MOUNTED_ELSEWHERE)
        for key in self._elsewhere - present.keys():
            self._elsewhere.discard(key)
            self.station.board.remove(key)

    def _show_loose(self, root: DockRoot) -> None:
        """Files and links where only cards should be; taken off the board when they are gone."""
        board, key, items = self.station.board, f"{root.name}/loose", loose_items(root)
        if not items and not board.has(key):
            return
        if not board.has(key):
            view = DockView(key, root.name, shown_path(root.path), state=DockState.LOOSE_FILES)
            board.show(replace(view, files=len(items)))
        elif board.get(key).files != len(items):
            board.change(key, lambda view: replace(view, files=len(items)))
        for item in items:
            if item.is_link:
                board.notice(key, Notice("LINK_IN_DOCK", item.name))
        if not items:
            board.remove(key)

    def _after_end(self, key: str, dock: _Dock, *, now_there: Place | None) -> None:
        """Decides whether an ended dock stays on the board, goes, or may start again."""
        now = self.station.monotonic()
        dock.ended = dock.ended or now
        if now_there is None:
            over = now - dock.ended > _SHOW_GONE_SECONDS
        elif now_there.root.source == SourceKind.DEVICE and self._waits_to_be_pulled(key):
            over = False  # taken and unmounted
        else:
            retry = self.station.settings.retry_seconds
            over = self._is_wanted(now_there) and now - dock.ended > retry
        if over:
            self.station.board.remove(key)
            del self._docks[key]

    def _waits_to_be_pulled(self, key: str) -> bool:
        """Whether trying again before the card is put in again would only repeat what was found."""
        view = self.station.board.get(key)
        return view.may_leave or view.state == DockState.NO_ANSWER

    def _is_wanted(self, place: Place) -> bool:
        """Whether a session should begin: always for a card, for a drop folder if it has news."""
        if place.device is not None:
            return not is_mounted(place.device)
        if place.root.source != SourceKind.DROP_FOLDER:
            return holds_card(place)
        return self._has_news(place)

    def _has_news(self, place: Place) -> bool:
        try:
            card = Card(place.path)
        except CardTrouble:
            return False
        try:
            listing = card.list()
            if listing == self._rested.get(place.key):
                return False
            seen = recognise(self.station, identify(card).card, files=listing.files)
        except CardTrouble:
            return False
        except EnvironmentTrouble as error:  # other docks are looked at all the same
            log.warning("Drop folder %s could not be compared: %s", place.key, error)
            return False
        finally:
            card.close()
        if all(file.path in seen for file in listing.files):
            self._rested[place.key] = listing
            return False
        return True

    def _start(self, place: Place) -> _Dock:
        wake = threading.Event()
        self._show_new(place, DockState.READING)
        thread = threading.Thread(
            target=self._run_dock, args=(place, wake), name=f"dock {place.key}"
        )
        thread.start()
        return _Dock(place, thread, wake)

    def _show_new(self, place: Place, state: DockState) -> None:
        view = DockView(place.key, place.root.name, shown_path(place.path), state=state)
        self.station.board.show(replace(view, mode=self.modes.get(place.root.name, "")))

    def _run_dock(self, place: Place, wake: threading.Event) -> None:
        """The process loop of one dock: nothing that happens in it may end the service."""
        try:
            self._take(place, wake)
        except CardTrouble as error:
            self._show(place, DockState.CARD_GONE, error=error)
        except (EnvironmentTrouble, EvidenceAltered) as error:
            self._show(place, DockState.STORAGE_TROUBLE, error=error)
        except Exception as error:
            log.exception("Dock %s stopped", place.key)
            self._show(place, DockState.STORAGE_TROUBLE, error=LiuhenError(str(error)))

    def _take(self, place: Place, wake: threading.Event) -> None:
        with ExitStack() as claims, ExitStack() as opened:
            docked = open_card(place)
            opened.callback(docked.let_go)
            card = docked.card
            identity = identify(card, sysfs=self.station.sysfs)
            # Given back after the card was let go, and even if it could not be unmounted.
            claims.callback(release, self.station, f"card/{identity.card}", detail=place.key)
            if self._claim(card, identity.card, place=place):
                handle = DockHandle(place.key, wake, docked.let_go)
                is_unreplayed = docked.mount is not None and docked.mount.is_unreplayed
                name, source = place.root.name, place.root.source.value
                dock_place = DockPlace(name, source, identity, is_unreplayed)
                intake = take_card(self.station, card, place=dock_place, handle=handle)
                if intake.receipts and intake.listing is not None:
                    self._rested[place.key] = intake.listing

    def _claim(self, card: Card, identity: str, *, place: Place) -> bool:
        """Waits while another process or dock takes this card; False if it is gone before."""
        while not hold_card(self.station, identity, session_key=place.key):
            here = is_held_here(self.station, identity)
            self._show_state(place, DockState.BUSY_HERE if here else DockState.BUSY_ELSEWHERE)
            card.rest()  # whoever mounted it can unmount it once the other dock is done with it
            if self.station.stop.wait(self.station.settings.poll_seconds):
                return False
            if not card.is_present():
                return False
        return True

    def _show(self, place: Place, state: DockState, *, error: LiuhenError) -> None:
        facts = {"reason": str(error), **error.facts}  # a sentence may ask for it
        self.station.board.notice(place.key, Notice(error.code, facts=facts))
        self._show_state(place, state)

    def _show_state(self, place: Place, state: DockState) -> None:
        self.station.board.change(place.key, lambda view: replace(view, state=state))

    def _woken(self) -> None:
        """An event came: look again, in the loop and in every dock."""
        self.wake.set()
        for dock in list(self._docks.values()):
            dock.wake.set()

    def _end(self) -> None:
        self._woken()
        for dock in self._docks.values():
            dock.thread.join()
