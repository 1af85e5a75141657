"""When a recording was made, by whom, and where: what it claims, put right by its recorder's clock.

Holds always: the claim is that of the file's name, else the container's, else the end that the file
system gives; which it was is told, and the zone that was assumed; how long a recording lasts is
what decodes of it (`media_facts`), never a claim. Everything is told from evidence.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select

from cases import clocks, rooms
from cases.clocks import Asked, Timed
from cases.policy import policy_at_docking
from evidence.clockfix import correct
from evidence.container import ClaimedZone
from evidence.entry import parse_time
from evidence.interval import Span
from evidence.linking import Footage, Point
from evidence.media import MediaFacts
from evidence.points import point_of
from evidence.policy import InForce
from evidence.vocabulary import ClaimSubject, ClaimVerdict, FileKind, Label
from storage import media_facts, schema

_SURE = (ClaimVerdict.AGREED.value, ClaimVerdict.SINGLE_SOURCE.value)
MEDIA = frozenset({FileKind.VIDEO.value, FileKind.AUDIO.value, FileKind.PHOTO.value})
"""What is footage; card logs, thumbnails and copies in low resolution are not."""

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""The digest of no bytes, which is never tied to anything."""


_FURTHEST_US = 200 * 366 * 86_400 * clocks.SECOND_US
"""A claim beyond that is none: a clock was never set, or somebody plays with names."""


class TimeBasis(StrEnum):
    """What says when a recording began."""

    NAME = "NAME"
    CONTAINER = "CONTAINER"
    FILE = "FILE"


@dataclass(frozen=True)
class Sighted:
    """What one docking saw of a recording; `recorder` and `officer` only where they are certain."""

    recording: str
    sighting: str
    session: str
    kind: str
    zone: str
    docked_at: datetime
    recorder: str | None
    officer: str | None
    is_marked: bool
    names: Mapping[TimeBasis, tuple[str, str]]
    """The claimed times with their zones, the best first."""


@dataclass(frozen=True)
class Placed:
    """A recording with its time: `raw_us` is when it began by its own clock, on which `basis`."""

    sighted: Sighted
    basis: TimeBasis
    raw_us: int
    facts: MediaFacts
    timed: Timed
    room: str | None
    is_registered: bool

    @property
    def span(self) -> Span:
        """From when to when by true time; of no length for a still."""
        start = correct(self.raw_us, self.timed.clock)
        end = correct(self.raw_us + self.facts.length, self.timed.clock)
        return Span(start, max(start, end))

    @property
    def device(self) -> str:
        """The recorder, or the recording itself where none is known."""
        return self.sighted.recorder or f"recording/{self.sighted.recording}"

    def spans(self, stretches: Collection[tuple[int, int]]) -> tuple[Span, ...]:
        """Stretches of the file by true time."""
        clock = self.timed.clock
        return tuple(
            Span(correct(self.raw_us + start, clock), correct(self.raw_us + end, clock))
            for start, end in stretches
        )

    @property
    def point(self) -> Point | None:
        """Where it was made, as the file itself says."""
        return None if self.facts.place is None else point_of(self.facts.place)

    def as_footage(self, *, claimed: str | None = None) -> Footage:
        """As it is to be linked; `claimed` is the person whom the card names."""
        hold = self.timed.hold
        return Footage(
            recording=self.sighted.recording,
            device=self.device,
            span=self.span,
            holder=None if hold is None else hold.holder,
            room=self.room,
            claimed=claimed,
            gps=self.point,
            is_marked=self.sighted.is_marked,
            is_clock_trusted=self.timed.is_trusted,
        )


def placed(
    connection: Connection, recording: str, *, policy: InForce | None = None
) -> Placed | None:
    """A recording with its time; None while it is not measured, or where nothing says when it was.

    How far off a clock may be is asked of the policy, that of an action or else of the bureau that
    docked it. Several dockings may have seen it: the first that names a recorder counts, else the
    first. Raises `NotFound` where no policy was in force.
    """
    seen = [one for one in sightings_of(connection, recording) if one.kind in MEDIA]
    facts = media_facts.latest(connection, [recording]).get(recording)
    if not seen or facts is None or recording == EMPTY:
        return None
    best = next((one for one in seen if one.recorder is not None), seen[0])
    began = began_at(best, length_us=facts.length)
    if began is None:
        return None
    basis, raw_us = began
    docked_us = clocks.microseconds(best.docked_at)
    asked = Asked(recording, best.recorder, raw_us, docked_us)
    policy = policy or policy_at_docking(connection, best.recorder, docked=best.docked_at)
    most = policy.whole("clock.max_correctable_s")
    timed = clocks.timed(connection, asked, max_correctable_s=most)
    start = clocks.moment(correct(raw_us, timed.clock) * clocks.SECOND_US)
    room = None if best.recorder is None else rooms.room_of(connection, best.recorder, at=start)
    return Placed(
        best, basis, raw_us, facts, timed, room, _is_registered(connection, best.recorder)
    )


def began_at(seen: Sighted, *, length_us: int) -> tuple[TimeBasis, int] | None:
    """When it began by its own clock, and what says so; None where no claim can be read.

    A file system tells when the file was written last, which is where the recording ended.
    """
    for basis, (text, zone) in seen.names.items():
        at = _read(text, zone)
        ended = length_us if basis is TimeBasis.FILE else 0
        at_us = None if at is None else clocks.microseconds(at) - ended
        if at_us is not None and abs(at_us) < _FURTHEST_US:
            return basis, at_us
    return None


def _read(text: str, zone: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=_zone(zone))
    except (ValueError, OverflowError):
        return None


def _zone(name: str) -> "ZoneInfo | Any":  # noqa: ANN401 - the standard library's own union
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name} is no zone") from error


# --- what dockings saw ----------------------------------------------------------------------------


def sightings_of(connection: Connection, recording: str) -> list[Sighted]:
    """Every docking's sight of a recording, the first first."""
    table = schema.sightings
    query = select(table).where(table.c.recording_id == recording)
    rows = connection.execute(query.order_by(table.c.sealed_at, table.c.id)).all()
    claims = certain_claims(connection, {row.session_id for row in rows})
    return [_sighted(row, claims.get(row.session_id, {})) for row in rows]


def certain_claims(connection: Connection, sessions: Collection[str]) -> dict[str, dict[str, str]]:
    """What is certain of dockings, by subject; an officer's number is opened.

    A later judgement counts, be it that nothing is certain.
    """
    if not sessions:
        return {}
    table, personal = schema.claims, schema.personal_data
    joined = table.join(personal, personal.c.id == table.c.value, isouter=True)
    query = select(table, personal.c.value.label("opened")).select_from(joined)
    query = query.where(table.c.session_id.in_(sorted(sessions)))
    found: dict[str, dict[str, str]] = {}
    for row in connection.execute(query.order_by(table.c.judged_at, table.c.id)):
        known = found.setdefault(row.session_id, {})
        known.pop(row.subject, None)
        value = row.opened if row.subject == ClaimSubject.OFFICER.value else row.value
        if row.verdict in _SURE and value is not None:
            known[row.subject] = str(value)
    return found


def _sighted(row: Row[Any], claims: Mapping[str, str]) -> Sighted:
    container = "UTC" if row.container_zone == ClaimedZone.UTC_BY_SPEC.value else row.zone
    told = {
        TimeBasis.NAME: (row.name_time, row.zone),
        TimeBasis.CONTAINER: (row.container_time, container),
        TimeBasis.FILE: (row.file_time, "UTC"),
    }
    return Sighted(
        recording=row.recording_id,
        sighting=row.id,
        session=row.session_id,
        kind=row.kind,
        zone=row.zone,
        docked_at=parse_time(row.sealed_at),
        recorder=claims.get(ClaimSubject.RECORDER.value),
        officer=claims.get(ClaimSubject.OFFICER.value),
        is_marked=Label.IMPORTANT.value in json.loads(row.labels),
        names={basis: (text, zone) for basis, (text, zone) in told.items() if text is not None},
    )


def _is_registered(connection: Connection, recorder: str | None) -> bool:
    if recorder is None:
        return False
    table = schema.recorders
    return connection.execute(select(table.c.id).where(table.c.id == recorder)).first() is not None
