"""The process that makes derivatives: `python -m liuhen.worker`, started by `liuhen.deriving`.

A process of its own, so that the service neither carries DBOS and Pillow nor waits for them, and
so that a media library cannot take it down. Its first line on standard input is the settings as
JSON; then one line a change: "0" to rest before the next step because docks are busy, "1" to go
on. The end of standard input ends it at once, whatever it was doing: a kill at any moment is
provided for.
"""

import logging
import os
import resource
import sys
import threading
from datetime import datetime, timedelta
from typing import TextIO

from evidence.derivative import DerivativeKind
from evidence.entry import time_text
from evidence.errors import LiuhenError
from liuhen import bootstrap, clock
from liuhen.settings import Settings
from render import confine
from render.derive import Workshop, derive
from storage import derivatives
from storage.derivatives import Derivative, Place
from storage.jobs import Executor, Jobs, Workflow, running
from storage.site import Site

log = logging.getLogger(__name__)

_BEAT_SECONDS = 2.0
_EVERYTHING_SECONDS = 120.0
_PAGE = 100
_FILES_A_ROUND = 300
_FAILURES_A_ROUND = 30
"""Rows that are tried again in one round: what is new comes first, and no failure is a storm."""
_AGAIN_SECONDS = 60.0
_LOOK_BACK = timedelta(minutes=10)
_KEPT = timedelta(days=1)
"""How long ended jobs are kept for whoever looks for a mistake; failures of a day add up."""
_NICE = 19
_MEMORY = 1 << 30
"""Private memory, several times what it takes; beyond it a step fails and not the host."""


class Sweep:
    """Asks which recordings lack a derivative: all of them now and then, else the newest only.

    Also looks whether the files of those that are made still lie there, and has them made anew.
    A page a round, each behind the one before: recordings that get no row, whatever the reason,
    keep nobody from reaching those sealed after them.
    """

    def __init__(self, site: Site, jobs: Jobs) -> None:
        self._site = site
        self._jobs = jobs
        self._whole_at = clock.monotonic()
        self._after = derivatives.BEGINNING
        self._looked_at = ""
        self._asked: dict[str, float] = {}

    def once(self) -> None:
        """Rescues jobs of dead processes and asks for some of those that are missing."""
        now, database = self._site.clock(), self._site.database
        self._jobs.rescue()
        lost = self._lost()
        wanted, behind = self._wanted(now)
        under_way = self._jobs.under_way() if lost or wanted else set()
        if len(under_way) >= _PAGE:
            return
        if wanted:  # read again behind that: a job that ended in between has made what lacked
            wanted, behind = self._wanted(now)
        for row in lost:
            log.warning("%s of %s is lost and made anew", row.kind.value, row.recording)
            derivatives.forget(database, row)
        lately = self._asked_lately()
        for recording in dict.fromkeys([*(row.recording for row in lost), *wanted]):
            if recording not in under_way and recording not in lately:
                self._asked[recording] = clock.monotonic()
                self._jobs.enqueue(recording)
        self._after = behind or self._begin_anew(now)

    def _wanted(self, now: datetime) -> tuple[list[str], Place | None]:
        """Recordings that lack a row or whose failure is due, and where the next page begins."""
        database = self._site.database
        page = derivatives.lacking(database, self._after, limit=_PAGE)
        failed = derivatives.due(database, now=now, limit=_FAILURES_A_ROUND)
        behind = page[-1] if len(page) == _PAGE else None
        return [*(at.recording for at in page), *failed], behind

    def _asked_lately(self) -> dict[str, float]:
        """A job that ended without a row, as where no row can be written, is not asked for again
        and again: nothing of it would be remembered but here."""
        since = clock.monotonic() - _AGAIN_SECONDS
        self._asked = {name: at for name, at in self._asked.items() if at > since}
        return self._asked

    def _lost(self) -> list[Derivative]:
        """Rows of some hundred whose files are not there, the next time of the next ones."""
        site = self._site
        rows, self._looked_at = derivatives.rows_behind(
            site.database, self._looked_at, limit=_FILES_A_ROUND
        )
        return [row for row in rows if not derivatives.is_there(site, row)]

    def _begin_anew(self, now: datetime) -> Place:
        """Where the next round begins once the last recording was reached."""
        monotonic = clock.monotonic()
        if monotonic - self._whole_at < _EVERYTHING_SECONDS:
            return Place(time_text(now - _LOOK_BACK), "")
        self._whole_at = monotonic
        self._jobs.forget_ended(now - _KEPT)
        return derivatives.BEGINNING


def main(orders: TextIO) -> None:
    """Makes derivatives until standard input ends."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s worker %(message)s")
    os.nice(_NICE)
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(
        resource.RLIMIT_DATA, (_MEMORY, most)
    )  # what it starts has limits of its own
    settings = Settings.model_validate_json(orders.readline())
    free = threading.Event()
    free.set()
    threading.Thread(target=_obey, args=(orders, free), daemon=True).start()
    try:
        _work(settings, free)
    except LiuhenError as error:
        log.warning("No derivatives are made: %s", error)
        sys.exit(3)


def _work(settings: Settings, free: threading.Event) -> None:
    process = clock.this_process()
    executor = Executor(process.name, process.is_alive)
    site = bootstrap.open_existing(settings, bootstrap.service())
    with derivatives.drafting(site) as drafts:

        def work(recording: str, step: str) -> str:
            free.wait()
            workshop = Workshop(site, confine.find(), drafts)
            return derive(workshop, recording, kind=DerivativeKind(step)).state.value

        workflow = Workflow([kind.value for kind in DerivativeKind], work)
        with running(site, executor, workflow=workflow) as jobs:
            _sweep_for_ever(Sweep(site, jobs))


def _sweep_for_ever(sweep: Sweep) -> None:
    pause = threading.Event()
    while True:
        try:
            sweep.once()
        except LiuhenError as error:
            log.warning("What is to derive could not be asked: %s", error)
        pause.wait(_BEAT_SECONDS)


def _obey(orders: TextIO, free: threading.Event) -> None:
    for line in orders:
        if line.strip() == "0":
            free.clear()
        else:
            free.set()
    os._exit(0)


if __name__ == "__main__":
    main(sys.stdin)
