"""The bodies of answers that help with cases: names to choose from, and readiness."""

from datetime import datetime

from pydantic import BaseModel

from api.models import Words
from api.models_register import Said
from cases.readiness import Light, Point


class PersonOffered(BaseModel):
    """Somebody who may be named; the name is null once it was erased."""

    person: str
    name: str | None
    officer_number: str | None
    unit_name: str | None
    may_enforce: bool
    reasons: list[Said]


class RoomOffered(BaseModel):
    """A registered room that is in use."""

    id: str
    name: str
    kind: Said


class Choices(BaseModel):
    """Whom and what may be named in an action: those of its body, the team, and its rooms."""

    people: list[PersonOffered]
    rooms: list[RoomOffered]


class PointShown(BaseModel):
    """One point of readiness; what is red says what to do."""

    point: Point
    light: Light
    about: str
    words: Words
    todo: Words | None


class ReadinessShown(BaseModel):
    """Whether an action can go out now; what is not known is said to be unknown."""

    ready: bool
    points: list[PointShown]


class RecordingNamed(BaseModel):
    """A recording as people tell it apart, by corrected time; null is what is not known."""

    recording: str
    start: datetime | None
    end: datetime | None
    recorder: str | None
    holder_name: str | None
