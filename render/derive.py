"""One derivative of one recording, from the sealed original to its row: the step every job takes.

Holds always: the original is opened read-only and never touched; a step ends with a row that says
READY, NOT_APPLICABLE or FAILED with a code, whatever went wrong in it, and can be repeated at any
time; what is READY passed its check and is durable under its name before its row is written.
"""

import contextlib
import logging
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from evidence.canonical import MAX_INTEGER, Json, dumps
from evidence.derivative import SETTLED, DerivativeKind, DerivativeState, MediaLabel
from evidence.errors import DerivativeFailed, EnvironmentTrouble, NotFound
from evidence.media import MANY_HOLES, PHOTO, MediaFacts
from evidence.remarks import Remark, RemarkCode
from render.confine import Way
from render.ffmpeg import Media, Progress
from render.hls import make_rendition
from render.kinds import HEAD, Look, look
from render.peaks import make_peaks
from render.photo_place import place_named_by
from render.pictures import make_picture, make_poster, make_sheet
from render.probe import ProbeFacts, probe
from render.tools import tools_of
from storage import derivatives, media_facts
from storage.derivatives import Derivative
from storage.durable import check_room, storage_trouble
from storage.making import Making, tell
from storage.site import Site

log = logging.getLogger(__name__)

MIB = 1 << 20
_SECONDS = 60.0
_BYTES_PER_TURN = 4 * MIB
_LEAST_OUTPUT = 1024 * MIB
_MOST_SAID = 400
_LEAST_ROOM = MIB
_MISTAKE = "TOOL_MISTAKE"

Facts = dict[str, Json]


@dataclass(frozen=True)
class Workshop:
    """What steps share: the site, how programs are confined, a folder for drafts."""

    site: Site
    way: Way
    drafts: Path


class Make(Protocol):
    """What makes one kind of one recording: writes its files into the draft's folder."""

    def __call__(
        self, workshop: Workshop, sha256: str, /, *, kind: DerivativeKind, draft: Path
    ) -> Facts | None:
        """The facts of what was made; None where the kind does not apply."""


@dataclass(frozen=True)
class _Bench:
    """One step at work: the original, what the probe found, and the draft's folder."""

    media: Media
    seen: Look
    facts: ProbeFacts
    folder: Path
    progress: Progress


def make(workshop: Workshop, sha256: str, *, kind: DerivativeKind, draft: Path) -> Facts | None:
    """What this house makes of a recording; the facts of what was written into the draft.

    Raises `DerivativeFailed`, `EnvironmentTrouble` and `NotFound`.
    """
    site = workshop.site
    with site.vault.open(sha256) as original:
        head = original.read(HEAD)
        path = Path(os.readlink(f"/proc/self/fd/{original.fileno()}"))
        size = os.fstat(original.fileno()).st_size
        media = Media(workshop.way, path, seconds_for(size), output_for(size))
        if kind == DerivativeKind.PROBE:
            return _examined(site, sha256, media=media, seen=look(head))
        facts = _known(site, sha256)
        progress = _Telling(workshop.drafts, Making(sha256, kind), length=facts.length)
        bench = _Bench(media, look(head), facts, draft, progress)
        return _MAKERS[kind](bench)


def derive(
    workshop: Workshop, sha256: str, *, kind: DerivativeKind, made_by: Make = make
) -> Derivative:
    """Makes one derivative unless it is settled or not due again; returns its row.

    Raises `DatabaseUnavailable`; every other trouble is in the row.
    """
    site = workshop.site
    before = derivatives.find(site.database, sha256, kind=kind)
    if before and not derivatives.is_due(before, site.clock()) and not _lacks_facts(site, before):
        return before
    attempts = before.attempts + 1 if before else 1
    state, facts, files, code = _attempt(workshop, sha256, kind=kind, made_by=made_by)
    tool = tools_of(kind, Look.PHOTO if facts.get("look") == Look.PHOTO else None)
    made = Derivative(sha256, kind, state, tool, facts, files, site.clock(), attempts, code)
    derivatives.record(site.database, made)
    return made


def seconds_for(size: int) -> float:
    """The time one call on a file of so many bytes may take: a minute for each 4 MiB begun."""
    return _SECONDS * max(1, -(-size // _BYTES_PER_TURN))


def output_for(size: int) -> int:
    """The bytes a file made of so many bytes may have: a copy has a few more, a transcode may."""
    return _LEAST_OUTPUT + 2 * size


_Outcome = tuple[DerivativeState, Facts, tuple[Mapping[str, Json], ...], str | None]


def _attempt(workshop: Workshop, sha256: str, *, kind: DerivativeKind, made_by: Make) -> _Outcome:
    """One try; whatever goes wrong in it is its outcome, or it would be tried for ever."""
    draft = workshop.drafts / f"{sha256[:12]}-{kind.value}-{uuid.uuid4().hex}"
    try:
        with storage_trouble("Making a preview", workshop.drafts):
            draft.mkdir(0o700)
            tell(workshop.drafts, Making(sha256, kind))
            with _room_looked_at(workshop.drafts):
                found = made_by(workshop, sha256, kind=kind, draft=draft)
            if found is None:
                return DerivativeState.NOT_APPLICABLE, Facts(), (), None
            dumps(found)  # what no row can hold must fail here, where a row can still say so
            site, files = workshop.site, list[dict[str, Json]]()
            if _any(draft):
                files = derivatives.publish(site, draft, sha256=sha256, kind=kind)
            return DerivativeState.READY, found, tuple(files), None
    except (DerivativeFailed, EnvironmentTrouble, NotFound) as error:
        return DerivativeState.FAILED, _told(error, error.facts), (), error.code
    except Exception as error:
        log.exception("Making %s of %s met a mistake of the program", kind.value, sha256)
        reason = f"{type(error).__name__}: {error}"
        code = "MEMORY_LIMIT" if isinstance(error, MemoryError) else _MISTAKE
        return DerivativeState.FAILED, _told(reason, {}), (), code
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        tell(workshop.drafts, None)


class _Telling:
    """Tells people who wait how many percent of a rendition are made, each number once."""

    def __init__(self, drafts: Path, making: Making, *, length: int) -> None:
        self._drafts, self._making, self._length = drafts, making, length

    def __call__(self, microseconds: int) -> None:
        """So far of `length` microseconds are made; the last percent is its check."""
        percent = min(99, microseconds * 100 // max(self._length, 1))
        if percent != self._making.percent:
            self._making = replace(self._making, percent=percent)
            tell(self._drafts, self._making)


@contextlib.contextmanager
def _room_looked_at(drafts: Path) -> Iterator[None]:
    """A tool that fails, or makes something bad, on a full disk says nothing about the file."""
    try:
        yield
    except DerivativeFailed:
        check_room("Making a preview", drafts, least=_LEAST_ROOM)
        raise


def _lacks_facts(site: Site, row: Derivative) -> bool:
    """Whether a file was examined before that was put on record as evidence."""
    if row.kind != DerivativeKind.PROBE or row.state != DerivativeState.READY:
        return False
    with site.database.read() as connection:
        return not media_facts.latest(connection, [row.recording])


def _examined(site: Site, sha256: str, *, media: Media, seen: Look) -> Facts:
    """The facts of a probe; what decodes goes on record first, so a kill between is made good."""
    found = _probed(media, seen)
    labels = [label.value for label in found.labels]
    more = [
        name for name, said in ((PHOTO, seen == Look.PHOTO), (MANY_HOLES, found.is_cut)) if said
    ]
    video, sound = found.video_stretches, found.sound_stretches
    tool = tools_of(DerivativeKind.PROBE, seen)
    facts = MediaFacts(tool, video, sound, (*labels, *more), found.place)
    media_facts.state(site.ledger, sha256, facts=facts)
    return {"look": seen.value, **found.json()}


def _probed(media: Media, seen: Look) -> ProbeFacts:
    if seen == Look.EMPTY:
        nothing = Remark(RemarkCode.NO_BYTES)
        return ProbeFacts(labels=(MediaLabel.EMPTY,), reasons=(nothing,))
    if seen == Look.PHOTO:
        return ProbeFacts(place=place_named_by(media))
    facts = probe(media)
    if seen == Look.TIMED and MediaLabel.NOT_MEDIA in facts.labels:
        return replace(facts, labels=(MediaLabel.DAMAGED,))  # it began as a recording
    return facts


def _known(site: Site, sha256: str) -> ProbeFacts:
    row = derivatives.find(site.database, sha256, kind=DerivativeKind.PROBE)
    if row is None or row.state not in SETTLED:
        raise _not_examined(row)
    return ProbeFacts.from_json(row.facts)


def _not_examined(row: Derivative | None) -> DerivativeFailed:
    """The code and facts of what kept it from being examined, but not its own reason."""
    found = row.facts.items() if row else ()
    told = {n: v for n, v in found if isinstance(v, str | int) and n not in {"message", "why"}}
    code = (row.code if row else None) or DerivativeFailed.code
    return DerivativeFailed("the file could not be examined", code=code, why="NOT_EXAMINED", **told)


def _poster(bench: _Bench) -> Facts | None:
    video = bench.facts.video
    return (
        make_poster(bench.media, bench.facts, video=video, folder=bench.folder) if video else None
    )


def _sheet(bench: _Bench) -> Facts | None:
    video = bench.facts.video
    return make_sheet(bench.media, bench.facts, video=video, folder=bench.folder) if video else None


def _peaks(bench: _Bench) -> Facts | None:
    sound = bench.facts.sound
    if sound is None:
        return None
    return make_peaks(bench.media, sound.index, facts=bench.facts, folder=bench.folder)


def _picture(bench: _Bench) -> Facts | None:
    if bench.seen != Look.PHOTO:
        return None
    facts = make_picture(bench.media, bench.folder)
    return {**facts, "labels": [MediaLabel.DAMAGED.value] if facts.get("reasons") else []}


def _rendition(bench: _Bench) -> Facts | None:
    facts = bench.facts
    if facts.video is None and facts.sound is None:
        return None
    made = make_rendition(bench.media, facts, folder=bench.folder, progress=bench.progress)
    return {
        **made,
        "labels": [label.value for label in facts.labels],
        "reasons": [reason.json() for reason in facts.reasons],
    }


_MAKERS: Mapping[DerivativeKind, Callable[[_Bench], Facts | None]] = {
    DerivativeKind.POSTER: _poster,
    DerivativeKind.HLS: _rendition,
    DerivativeKind.SHEET: _sheet,
    DerivativeKind.PEAKS: _peaks,
    DerivativeKind.PICTURE: _picture,
}


def _told(message: object, facts: Mapping[str, str | int]) -> Facts:
    """What went wrong, in a form that any row can hold, whatever numbers and letters it has."""
    said = {"message": str(message)[:_MOST_SAID], **facts}
    return {name: _held(value) for name, value in said.items()}


def _held(value: str | int) -> str | int:
    if isinstance(value, int) and abs(value) <= MAX_INTEGER:
        return value
    return str(value).encode("utf-8", "replace").decode()


def _any(folder: Path) -> bool:
    return next(folder.iterdir(), None) is not None
