"""What is done for stored originals all the time: the second copy, and reading every byte again.

Holds always: both rest while docks are busy, but for a part of each minute; a second copy that is
missing goes before the scrub; the scrub reads no faster than it was told, and no copy again that
was found whole in the first half of its interval; trouble with the second vault stops neither
intake nor the scrub of the first.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from evidence.entry import time_text
from evidence.errors import LiuhenError
from evidence.ratio import day_of
from ingest.station import Station
from people.keeping_rule import scrub_rule
from storage import second
from storage.folder_vault import FolderVault
from storage.journal import FOLDER, Journal
from storage.scrub import Scope, is_due, scrub
from storage.second_place import FolderPlace
from storage.vault import Vault

log = logging.getLogger(__name__)

_MOST_COPIES = 200
_MOST_SECONDS = 600.0
_LOOKS_SECONDS = 60.0
_STEP_SECONDS = 0.25

Busy = Callable[[], bool]
"""Whether docks are busy, so that work on the side must rest now."""


class Pace:
    """Slows a reader down to a rate, in bytes a second, and lets it rest; asked by one thread."""

    def __init__(self, station: Station, busy: Busy, *, rate: float | None) -> None:
        self._stop, self._busy = station.stop, busy
        self._monotonic, self._rate = station.monotonic, rate
        self._free_at = station.monotonic()

    def __call__(self, count: int) -> None:
        """Told of bytes that were read; raises `InterruptedError` where the service ends."""
        now = self._monotonic()
        if self._rate is not None:
            self._free_at = max(self._free_at, now - 1) + count / self._rate
        while not self._stop.is_set() and (self._free_at > self._monotonic() or self._busy()):
            self._stop.wait(_STEP_SECONDS)
        if self._stop.is_set():
            raise InterruptedError("the service ends")


class Caretaker:
    """Runs in a thread of the service; `rate` is bytes a second of the scrub, 0 for none."""

    def __init__(self, station: Station, busy: Busy, *, rate: float) -> None:
        self._station, self._site, self._busy = station, station.site, busy
        self._rate = rate
        self._second: Vault | None = None
        self._journal: Journal | None = None
        self._looked: float | None = None
        self._bad: set[str] = set()  # not tried again and again

    def look(self) -> None:
        """One round: second copies that are missing, then a part of the scrub."""
        if self._busy() or self._station.stop.is_set():
            return
        self._find_second()
        self._copy()
        self._scrub()

    def _find_second(self) -> None:
        """Opens the second vault, and from time to time looks whether it is still there."""
        now = self._station.monotonic()
        if self._looked is not None and now - self._looked < _LOOKS_SECONDS:
            return
        self._looked = now
        self._bad.clear()
        try:
            self._second = second.open_second(self._site)
        except LiuhenError as error:
            self._second = None
            log.warning("The second vault cannot be used: %s", error)
        place = self._site.plan.second
        if self._second is not None and isinstance(place, FolderPlace):
            self._journal = self._journal or Journal(place.root / FOLDER)
        if isinstance(self._second, FolderVault):
            self._second.sweep()

    def _copy(self) -> None:
        if self._second is None:
            return
        pace = Pace(self._station, self._busy, rate=None)
        try:
            copied = second.copy_missing(self._site, self._second, progress=pace, bad=self._bad)
            while not self._station.stop.is_set() and next(copied, None) is not None:
                pass
            if self._journal is not None:
                self._journal.follow(self._site.database)
        except InterruptedError:
            return
        except LiuhenError as error:
            self._second = None  # looked for again in a while
            log.warning("Second copies could not be written: %s", error)

    def _scrub(self) -> None:
        if not self._rate:
            return
        now = self._site.clock()
        half = timedelta(days=scrub_rule(day_of(now)).days) / 2
        before = time_text(now - half)
        ours = self._site.vault
        for vault, other in ((ours, self._second), (self._second, ours)):
            if vault is None or not is_due(self._site, vault, before=before):
                continue
            pace, until = Pace(self._station, self._busy, rate=self._rate), self._end_of_pass()
            scope = Scope(vault, other, before)
            done = scrub(self._site, limit=_MOST_COPIES, progress=pace, stop=until, scope=scope)
            for bad in done.bad:
                log.warning(
                    "A stored copy is not what was sealed: %s (%s)", bad.recording, bad.found
                )

    def _end_of_pass(self) -> Callable[[], bool]:
        began, monotonic = self._station.monotonic(), self._station.monotonic

        def ends() -> bool:
            if self._station.stop.is_set() or monotonic() - began > _MOST_SECONDS:
                return True
            waiting = [] if self._second is None else second.missing(self._site, self._second)
            return any(sha256 not in self._bad for sha256, _ in waiting)

        return ends
