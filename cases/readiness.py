"""Whether an action can go out: who goes, what they carry, and where the footage will lie.

Holds always: what is not on record is said to be unknown and never taken for good; a red answer
says what to do; nothing is changed by asking.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select

from cases import gather, reading, steps
from cases.trying import Step, Told, explained
from devices import holding, stations
from devices.fleet import Device, fleet
from devices.holding import Assignment
from evidence.canonical import Json
from evidence.device_sets import newest
from evidence.enforcing import PersonKind
from evidence.guards import TeamFact
from evidence.readiness_messages import SAID, TODO
from evidence.register_words import word
from people.staff import Member, members_of
from storage import schema
from storage.vault import Space

ENOUGH_BYTES = 50 << 30
"""Less free room than a team's recorders hold, some 64 GB each, is a warning."""


class Light(StrEnum):
    """How one point stands."""

    GREEN = "GREEN"
    RED = "RED"
    UNKNOWN = "UNKNOWN"


class Point(StrEnum):
    """What is looked at."""

    GUARD = "GUARD"
    PERSON = "PERSON"
    RECORDER = "RECORDER"
    BATTERY = "BATTERY"
    CLOCK = "CLOCK"
    STORAGE = "STORAGE"
    DOCK = "DOCK"


_P = Point


@dataclass(frozen=True)
class Checked:
    """One point: what it is about, how it stands in words, and what to do where it is red."""

    point: Point
    light: Light
    about: str
    said: tuple[str, str]
    todo: tuple[str, str] | None = None

    def json(self) -> dict[str, Json]:
        """As the terminal and the API give it."""
        return {
            "point": self.point.value,
            "light": self.light.value,
            "about": self.about,
            "sentence_zh": self.said[0],
            "sentence_en": self.said[1],
            "todo_zh": None if self.todo is None else self.todo[0],
            "todo_en": None if self.todo is None else self.todo[1],
        }


def _checked(point: Point, light: Light, *, about: str, named: str, **facts: str) -> Checked:
    """A point in words; what is red says what to do."""
    chinese, english = SAID[named]
    said = chinese.format_map(facts), english.format_map(facts)
    return Checked(point, light, about, said, TODO[named] if light is Light.RED else None)


@dataclass(frozen=True)
class Readiness:
    """Everything that was looked at; `told` is what would refuse the start now."""

    action: str
    told: tuple[Told, ...]
    points: tuple[Checked, ...]

    @property
    def is_ready(self) -> bool:
        """Whether nothing is red."""
        return all(point.light is not Light.RED for point in self.points)


def readiness(
    connection: Connection, action_id: str, *, at: datetime, space: Space | None
) -> Readiness:
    """How an action stands at a moment; `space` is the vault's room, None where nobody looked.

    Raises `NotFound`.
    """
    step = Step("", at)
    judged = steps.start_judged(connection, action_id, step=step)
    told = tuple(explained(connection, judged))
    points = [
        *(_guard(one) for one in told),
        *_people(connection, action_id, at=at),
        *_recorders(connection, action_id, at=at),
        _storage(space),
        _docks(connection, at),
    ]
    return Readiness(action_id, told, tuple(points))


def _guard(told: Told) -> Checked:
    return Checked(Point.GUARD, Light.RED, told.code, told.said, told.lift)


def _people(connection: Connection, action_id: str, *, at: datetime) -> Iterator[Checked]:
    """Each of the team: whether they may enforce, and until when their certificate lasts."""
    about = gather.asked(connection, action_id, at=at)
    team = gather.team(connection, about)
    known = members_of(connection, [one.person for one in team])
    for one in team:
        yield _person(one, known.get(one.person))


def _person(one: TeamFact, member: Member | None) -> Checked:
    name = one.person if member is None else member.full_name or one.person
    if one.is_officer:
        lasts = [] if member is None else [c.valid_to for c in member.facts.certificates]
        until = max(lasts).isoformat() if lasts else ""
        facts = {"name": name, "until": until}
        return _checked(_P.PERSON, Light.GREEN, about=one.person, named="MAY_ENFORCE", **facts)
    if one.kind is PersonKind.OFFICER:
        facts = {"name": name, **_words(one.bars)}
        return _checked(_P.PERSON, Light.RED, about=one.person, named="BARRED", **facts)
    return _checked(_P.PERSON, Light.GREEN, about=one.person, named="NOT_COUNTED", name=name)


def _words(members: Iterable[StrEnum]) -> dict[str, str]:
    found = [word(one) for one in members]
    return {
        "why_zh": "、".join(chinese for chinese, _ in found),
        "why_en": ", ".join(english for _, english in found),
    }


def _recorders(connection: Connection, action_id: str, *, at: datetime) -> Iterator[Checked]:
    """What the team has in hand, else what its body could hand out."""
    about = gather.asked(connection, action_id, at=at)
    persons = {one.person for one in reading.team(connection, action_id)}
    held = [one for one in holding.lasting(connection) if one.holder in persons]
    devices = fleet(connection)
    most = about.policy.whole("clock.max_correctable_s")
    for one in held:
        yield _device(one.recorder, devices.get(one.recorder), at=at)
        yield _battery(one.recorder)
        yield _clock(connection, one, most=most)
    if not held:
        yield _free(connection, about, at=at)


def _device(number: str, device: Device | None, *, at: datetime) -> Checked:
    bars = holding.against_device(None if device is None else device.facts, at)
    if bars:
        facts = {"recorder": number, **_words(bars)}
        return _checked(_P.RECORDER, Light.RED, about=number, named="DEVICE_BAD", **facts)
    code = "DEVICE_GOOD"
    return _checked(_P.RECORDER, Light.GREEN, about=number, named=code, recorder=number)


def _battery(number: str) -> Checked:
    """No recorder tells of its battery before it is docked."""
    code = "BATTERY_UNKNOWN"
    return _checked(_P.BATTERY, Light.UNKNOWN, about=number, named=code, recorder=number)


def _clock(connection: Connection, held: Assignment, *, most: int) -> Checked:
    """How far the clock was ahead when it was handed out, where somebody looked."""
    table, number = schema.assignments, held.recorder
    query = select(table.c.clock_offset_ms).where(table.c.id == held.id)
    offset = connection.execute(query).scalar()
    if offset is None:
        code = "CLOCK_UNKNOWN"
        return _checked(_P.CLOCK, Light.UNKNOWN, about=number, named=code, recorder=number)
    light = Light.RED if abs(int(offset)) > most * 1000 else Light.GREEN
    facts = {"recorder": number, "seconds": f"{int(offset) / 1000:+.1f}"}
    return _checked(_P.CLOCK, light, about=number, named="CLOCK_OFF", **facts)


def _free(connection: Connection, about: gather.Asked, *, at: datetime) -> Checked:
    """Which recorders of the body lie ready, where the team has none."""
    body = gather.body_of(connection, about.action.details.unit, day=about.day)
    units = frozenset[str]() if body is None else body.units
    out = {one.recorder for one in holding.lasting(connection)}
    ready = [
        number
        for number, device in fleet(connection).items()
        if number not in out
        and _owner(device, at) in units
        and not holding.against_device(device.facts, at)
    ]
    if not ready:
        return _checked(_P.RECORDER, Light.RED, about="", named="DEVICE_NONE")
    shown = "、".join(ready[:5])
    return _checked(_P.RECORDER, Light.UNKNOWN, about="", named="DEVICE_READY", recorders=shown)


def _owner(device: Device, at: datetime) -> str | None:
    owner = newest(device.facts.owners, at)
    return None if owner is None else owner.value


def _storage(space: Space | None) -> Checked:
    if space is None:
        return _checked(_P.STORAGE, Light.UNKNOWN, about="", named="SPACE_UNKNOWN")
    light = Light.GREEN if space.free_bytes >= ENOUGH_BYTES else Light.RED
    free = f"{space.free_bytes / (1 << 30):.1f}"
    return _checked(_P.STORAGE, light, about="", named="SPACE", free=free)


def _docks(connection: Connection, at: datetime) -> Checked:
    """The docking stations, with the last measure of their clocks."""
    known = stations.stations(connection, at)
    if not known:
        return _checked(_P.DOCK, Light.UNKNOWN, about="", named="DOCK_NONE")
    trusted = [one.code for one in known if one.is_trusted]
    if not trusted:
        return _checked(_P.DOCK, Light.UNKNOWN, about="", named="DOCK_UNKNOWN")
    shown = "、".join(trusted)
    return _checked(_P.DOCK, Light.GREEN, about="", named="DOCK_GOOD", stations=shown)
