"""The running service: the watch over the docks, and the duties that go on beside it.

Holds always: what the acts signed is remembered beside the key, outside the database, at the
start, every minute and at the end, and a log that does not go on from it starts no service; the
journal beside the vault follows the log in the same steps;
leftovers of a killed run are swept and whole orphans adopted before the first card; the second
digest is computed, and derivatives are made, while no dock is copying, and a part of each minute.
"""

import logging
import threading
from collections.abc import Sequence

from cases import disposal, disposal_clock, finding_follow, follow
from cases.disposal import House
from cases.disposal_clock import NOTHING, Machine
from evidence.errors import LiuhenError
from ingest import leases
from ingest.loop import Watch
from ingest.places import DockRoot
from ingest.station import Station
from liuhen.caretaking import Caretaker
from liuhen.deriving import Deriving
from liuhen.giving_way import GivingWay, is_moving
from storage import adoption, derivatives, second_digest
from storage.journal import FOLDER, Journal, follow_beside
from storage.ledger import remember_head

log = logging.getLogger(__name__)

_BEAT_SECONDS = 1.0
_IDLE_SECONDS = 5.0
_SWEEP_SECONDS = 60.0
_CHECKPOINT_SECONDS = 60.0


class Service:
    """Runs until `stop`; may be started once. `scrub_rate` is bytes a second, 0 for none."""

    def __init__(
        self,
        station: Station,
        roots: Sequence[DockRoot],
        *,
        deriving: Deriving | None = None,
        machine: Machine = NOTHING,
        scrub_rate: float = 0.0,
    ) -> None:
        self.station = station
        self._machine = machine
        self._deriving = deriving
        self.watch = Watch(station, tuple(roots))
        self._bad: set[str] = set()  # not read again and again while idle
        self._journal = Journal(station.site.plan.vault_root / FOLDER)
        self._threads = [
            threading.Thread(target=self._watch, name="watch"),
            threading.Thread(target=self._duties, name="duties"),
            threading.Thread(target=self._second_digests, name="second-digest"),
            threading.Thread(target=self._follow, name="cases"),
        ]
        if scrub_rate or station.site.plan.second is not None:
            self._threads.append(
                threading.Thread(target=self._care, args=(scrub_rate,), name="care")
            )
        if deriving is not None:
            self._threads.append(
                threading.Thread(target=self._derive, args=(deriving,), name="derive")
            )

    def start(self) -> None:
        """Puts the house in order after whatever ended the last run, then watches.

        Raises `EnvironmentTrouble`, or `EvidenceAltered` for a log that is not what was signed.
        """
        site = self.station.site
        self._remember()
        swept = site.vault.sweep()
        adopted = list(adoption.adopt(site, _ignore))
        if swept or adopted:
            log.info("Swept %d unfinished copies, adopted %d originals", swept, len(adopted))
        self._finish_disposals()
        self._remember()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends every dock, waits for the threads, and remembers what was signed last."""
        self.station.stop.set()
        self.watch.wake.set()
        for thread in self._threads:
            thread.join()
        if self._deriving is not None:
            self._deriving.stop()
        self._remember()
        try:
            follow_beside(self.station.site, self._journal)
        except LiuhenError as error:
            log.warning("The journal could not be written to its end: %s", error)

    def _finish_disposals(self) -> None:
        """Goes on with what was buried when the last run ended; marks when this boot began."""
        site = self.station.site
        disposal_clock.mark_boot(site.database, self._machine, now=site.clock())
        for certificate in disposal.resume(House.of(site, self._machine)):
            log.warning("Finished a disposal that was cut short: certificate %s", certificate)

    def _watch(self) -> None:
        with leases.renewing(self.station):
            self.watch.run()

    def _duties(self) -> None:
        """Remembers what was signed and writes the journal; trouble is said and tried again."""
        monotonic = self.station.monotonic
        remembered = monotonic()
        while not self.station.stop.wait(_BEAT_SECONDS):
            try:
                if monotonic() - remembered >= _CHECKPOINT_SECONDS:
                    self._remember()
                    remembered = monotonic()
                    follow_beside(self.station.site, self._journal)
            except LiuhenError as error:
                log.warning("A duty could not be done: %s", error)

    def _remember(self) -> None:
        site = self.station.site
        remember_head(site.database, signer=site.log_signer)

    def _second_digests(self) -> None:
        """Adds SM3 while no dock is busy; trouble is said and tried again."""
        giving_way = GivingWay()
        while not self.station.stop.wait(_IDLE_SECONDS):
            try:
                self._add_while_idle(giving_way)
            except LiuhenError as error:
                log.warning("A second digest could not be added: %s", error)

    def _add_while_idle(self, giving_way: GivingWay) -> None:
        added = second_digest.add_missing(self.station.site, _ignore, bad=self._bad)
        while not self._must_give_way(giving_way) and next(added, None) is not None:
            pass

    def _care(self, rate: float) -> None:
        """Keeps the second copies, and reads stored bytes again, `rate` of them a second."""
        giving_way = GivingWay()
        caretaker = Caretaker(self.station, lambda: self._must_give_way(giving_way), rate=rate)
        while not self.station.stop.wait(_IDLE_SECONDS):
            try:
                caretaker.look()
            except LiuhenError as error:
                log.warning("Stored originals could not be read again: %s", error)

    def _follow(self) -> None:
        """Links, assesses and opens findings as the log tells, and as limits pass."""
        stop, ledger = self.station.stop, self.station.site.ledger
        swept = self.station.monotonic() - _SWEEP_SECONDS
        while not stop.wait(_BEAT_SECONDS):
            try:
                follow.catch_up(ledger, is_over=stop.is_set)
                finding_follow.catch_up(ledger, is_over=stop.is_set)
                if self.station.monotonic() - swept >= _SWEEP_SECONDS and not stop.is_set():
                    finding_follow.sweep(ledger)
                    swept = self.station.monotonic()
            except LiuhenError as error:
                log.warning("Links, assessments and findings could not be followed: %s", error)

    def _derive(self, deriving: Deriving) -> None:
        """Keeps the worker once there is a recording; it rests while docks are busy."""
        database, wanted, giving_way = self.station.site.database, False, GivingWay()
        while not self.station.stop.wait(_BEAT_SECONDS):
            busy = self._must_give_way(giving_way)
            try:
                if not busy and not wanted:
                    wanted = derivatives.anything_sealed(database)
            except LiuhenError as error:
                log.warning("What is to derive could not be asked: %s", error)
            if wanted:
                deriving.ensure()
                deriving.give_way(busy=busy)

    def _must_give_way(self, giving_way: GivingWay) -> bool:
        moving = is_moving(self.station.board.views())
        rests = giving_way.must_rest(self.station.monotonic(), moving=moving)
        return rests or self.station.stop.is_set()


def _ignore(_count: int) -> None:
    """Nobody watches a duty's progress."""
