"""The process that makes derivatives: `python -m liuhen.worker`, started by `liuhen.deriving`.

A process of its own, so that the service neither carries DBOS and Pillow nor waits for them, and
so that a media library cannot take it down. Its first line on standard input is the settings as
JSON; then one line a change: "0" to rest before the next step because docks are busy, "1" to go
on. The end of standard input ends it at once, whatever it was doing: a kill at any moment is
provided for.
"""

import logging
import os
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
from storage.jobs import Executor, Jobs, Workflow, running
from storage.site import Site

log = logging.getLogger(__name__)

_BEAT_SECONDS = 2.0
_EVERYTHING_SECONDS = 600.0
_LOOK_BACK = timedelta(minutes=10)
_NICE = 19


class Sweep:
    """Asks which recordings lack a derivative: all of them now and then, else the newest only."""

    def __init__(self, site: Site, jobs: Jobs) -> None:
        self._site = site
        self._jobs = jobs
        self._whole_at: float | None = None
        self._since = ""

    def once(self) -> None:
        """Rescues jobs of dead processes and asks for those that are missing."""
        now = self._site.clock()
        self._jobs.rescue()
        whole = self._is_time_for_all()
        since = "" if whole else self._since
        found = derivatives.lacking(self._site.database, now=now, since=since)
        under_way = self._jobs.under_way() if found else set()
        for recording in found:
            if recording not in under_way:
                self._jobs.enqueue(recording)
        if whole and not found:
            self._whole_at = clock.monotonic()
        self._since = _some_time_before(now) if not found else since

    def _is_time_for_all(self) -> bool:
        if self._whole_at is None:
            return True
        return clock.monotonic() - self._whole_at >= _EVERYTHING_SECONDS


def _some_time_before(now: datetime) -> str:
    return time_text(now - _LOOK_BACK)


def main(orders: TextIO) -> None:
    """Makes derivatives until standard input ends."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s worker %(message)s")
    os.nice(_NICE)
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
        workshop = Workshop(site, confine.find(), drafts)

        def work(recording: str, step: str) -> str:
            free.wait()
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
