"""`ingest --wait`: derivatives of the cards just taken are made before the command returns."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from evidence.canonical import Json
from evidence.derivative import DerivativeState
from ingest.one_shot import Taken
from liuhen.deriving import Deriving
from liuhen.output import Output
from liuhen.settings import Settings
from storage import derivatives
from storage.site import Site

_BEAT_SECONDS = 0.5


def recordings_of(taken: Sequence[Taken]) -> list[str]:
    """The recordings of these cards that are safe, each once."""
    tracked = [one for card in taken if card.intake for one in card.intake.all()]
    return list(dict.fromkeys(one.safe.sha256 for one in tracked if one.safe))


def wait_for(
    site: Site,
    settings: Settings,
    *,
    recordings: Sequence[str],
    output: Output,
    stop: threading.Event,
) -> None:
    """Runs a worker until each recording was tried in every kind, or until `stop`."""
    left = list(recordings)
    with _working(settings) as deriving, output.bar() as bar:
        task = bar.add_task("生成预览 Previews", total=len(recordings))
        while left and not stop.is_set():
            deriving.ensure()
            left = untried(site, left)
            bar.update(task, completed=len(recordings) - len(left))
            stop.wait(_BEAT_SECONDS if left else 0)


def untried(site: Site, recordings: Sequence[str]) -> list[str]:
    """Those of these recordings that were not tried in every kind."""
    return [sha256 for sha256 in recordings if not _is_tried(site, sha256)]


def derived(site: Site, recordings: Sequence[str]) -> dict[str, Json]:
    """How many derivatives there are of these recordings, by outcome, what failed, what is left."""
    rows = [row for sha256 in recordings for row in derivatives.of_recording(site.database, sha256)]
    counts: dict[str, Json] = {
        state.value: sum(row.state == state for row in rows) for state in DerivativeState
    }
    failed: list[Json] = [
        {"recording": row.recording, "kind": row.kind.value, "code": row.code}
        for row in rows
        if row.state == DerivativeState.FAILED
    ]
    return {"counts": counts, "failed": failed, "untried": untried(site, recordings)}


@contextmanager
def _working(settings: Settings) -> Iterator[Deriving]:
    deriving = Deriving(settings)
    try:
        yield deriving
    finally:
        deriving.stop()


def _is_tried(site: Site, sha256: str) -> bool:
    return derivatives.has_every_row(site.database, sha256)
