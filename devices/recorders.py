"""The register of recorders a bureau knows; without it no card could ever be cleared.

Holds always: a recorder is added once under its number, as an act; whether a card's claim is of a
known recorder is asked of this register, never guessed from the name's form.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from devices.makes import Makes
from evidence.entry import time_text
from evidence.errors import BadInput, NotFound
from people.units import find_unit
from storage import schema
from storage.database import Database
from storage.ledger import Act, Ledger, Row

_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}\Z")
_UNSET = re.compile(r"0+\Z")


@dataclass(frozen=True)
class Recorder:
    """A known recorder; `added_at` is UTC text."""

    number: str
    make: str
    added_at: str


def add_recorder(ledger: Ledger, makes: Makes, *, number: str, make: str) -> Recorder:
    """The act `recorder.added`.

    Raises `BadInput` for a number that is no number, factory zeros, an unknown make, or a
    recorder that is there already.
    """
    if not is_number(number):
        raise BadInput(
            f"Recorder number {number!r} is not usable", why="RECORDER_NUMBER", number=number
        )
    known_makes = [profile.id for profile in makes]
    if make not in known_makes:
        raise BadInput(
            f"Make {make!r} is not known", why="MAKE", make=make, known=", ".join(known_makes)
        )
    with ledger.act() as act:
        if is_known(act.connection, number):
            raise BadInput(
                f"Recorder {number} is registered already", why="REGISTERED", number=number
            )
        insert_recorder(act, number, make=make)
        act.enter("recorder.added", {"recorder": number, "make": make})
    return Recorder(number, make, act.at_text)


def assign_recorder(
    ledger: Ledger, number: str, *, unit: str, since: datetime | None = None
) -> str:
    """The act `recorder.assigned`: the recorder is of this unit from a moment on, None: from now.

    Returns the unit's id. Raises `NotFound`, or `BadInput` for a moment still to come.
    """
    with ledger.act() as act:
        if since is not None and since > act.at:
            raise BadInput("That moment is still to come", why="FUTURE", at=time_text(since))
        if not is_known(act.connection, number):
            raise NotFound(f"No recorder {number}", why="NO_RECORDER", recorder=number)
        unit_id = find_unit(act.connection, unit).id
        insert_unit_of(act, number, unit_id=unit_id, since=since)
        act.enter("recorder.assigned", {"recorder": number, "unit": unit_id})
    return unit_id


def insert_recorder(act: Act, number: str, *, make: str) -> None:
    """Writes that a recorder is registered."""
    act.insert(schema.recorders, {"id": number, "make": make, "added_at": act.at_text})


def insert_unit_of(act: Act, number: str, *, unit_id: str, since: datetime | None = None) -> None:
    """Writes that a recorder is of a unit from a moment on, None: from the act on."""
    table = schema.recorder_units
    row: Row = {
        **act.numbered(table, owner="recorder_id", value=number),
        "unit_id": unit_id,
        "since": act.at_text if since is None else time_text(since),
    }
    act.insert(table, row)


def is_number(number: str) -> bool:
    """Whether a recorder can bear this number: no odd characters, no factory zeros."""
    return bool(_NUMBER.match(number)) and not _UNSET.match(number)


def is_known(connection: Connection, number: str) -> bool:
    """Whether a recorder of this number is registered."""
    table = schema.recorders
    return connection.execute(select(table.c.id).where(table.c.id == number)).first() is not None


def list_recorders(database: Database) -> list[Recorder]:
    """All known recorders in order of their numbers."""
    table = schema.recorders
    with database.read() as connection:
        rows = connection.execute(select(table).order_by(table.c.id)).all()
    return [Recorder(row.id, row.make, row.added_at) for row in rows]
