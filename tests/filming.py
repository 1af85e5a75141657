"""Footage for a bureau under test: docked from real cards, and measured by the act itself.

What is on the cards are a few bytes with a recorder's name; what decodes of them is stated through
`storage.media_facts`, as the worker does for real files (`tests/flow/test_media_facts.py`).
"""

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cases import follow
from devices import holding, upkeep
from devices.holding import CheckOut
from devices.makes import load_makes
from devices.recorders import add_recorder, assign_recorder
from evidence.media import MediaFacts, Stretches
from storage import media_facts
from tests.casework import Bureau, moment
from tests.docking import put

SECOND = 1_000_000
_SERIAL = itertools.count(1)


@dataclass(frozen=True)
class Clip:
    """A recording by its recorder's own clock, in China; picture and sound for all of it."""

    start: str
    seconds: int
    sound_only: bool = False
    place: str | None = None

    def facts(self) -> MediaFacts:
        """What decodes of it."""
        whole: Stretches = ((0, self.seconds * SECOND),)
        picture: Stretches = () if self.sound_only else whole
        return MediaFacts("ffmpeg of a test", picture, whole, place=self.place)


def between(start: str, end: str, day: str = "2024-04-10") -> Clip:
    """From a time of a day to another, such as 13:58:10 to 14:47:30."""
    begins, ends = (datetime.fromisoformat(f"{day} {at}") for at in (start, end))
    return Clip(begins.isoformat(sep=" "), int((ends - begins).total_seconds()))


def camera(office: Bureau, number: str = "1111111") -> str:
    """A body camera of the bureau that passed its test."""
    add_recorder(office.ledger, load_makes(), number=number, make="zfy")
    assign_recorder(office.ledger, number, unit=office.unit)
    upkeep.note_test(office.ledger, number, passed=True, tested_at=office.clock())
    return number


@dataclass(frozen=True)
class Outing:
    """Who takes a recorder out from when to when, and how far its clock is ahead at either end."""

    holder: str
    out: str
    due: str
    out_ms: int | None = None


def hand_out(office: Bureau, recorder: str, outing: Outing) -> str:
    """Has somebody take a recorder out; returns the assignment."""
    office.clock.set(outing.out)
    upkeep.note_test(office.ledger, recorder, passed=True, tested_at=office.clock())
    out_at = office.clock()
    new = CheckOut(recorder, outing.holder, out_at, moment(outing.due), offset_ms=outing.out_ms)
    return holding.check_out(office.ledger, new)


def bring_back(office: Bureau, recorder: str, at: str, *, ahead_ms: int | None = None) -> None:
    """Has a recorder brought back at a moment in China."""
    back_at = office.clock.set(at)
    office.clock()
    holding.check_in(office.ledger, recorder, back_at=back_at, offset_ms=ahead_ms)


def dock(office: Bureau, folder: Path, recorder: str, *, clips: Sequence[Clip]) -> list[str]:
    """Docks a recorder with these clips, measures them, and follows the log; returns digests."""
    files: dict[str, bytes] = {}
    facts: dict[str, MediaFacts] = {}
    for clip in clips:
        body = f"clip {next(_SERIAL)} of {recorder}".encode()
        at = datetime.fromisoformat(clip.start)
        kind = "wav" if clip.sound_only else "mp4"
        files[f"A11_{recorder}_000000_{at:%Y%m%d%H%M%S}_{len(files) + 1:04}.{kind}"] = body
        facts[hashlib.sha256(body).hexdigest()] = clip.facts()
    office.house.take(put(folder / f"card-{next(_SERIAL)}", files))
    for sha256, said in facts.items():
        media_facts.state(office.ledger, sha256, facts=said)
    follow.catch_up(office.ledger)
    return list(facts)


def days_later(office: Bureau, hours: float) -> None:
    """Lets time pass, and looks what that changes."""
    office.clock.now += timedelta(hours=hours)
    follow.catch_up(office.ledger)
