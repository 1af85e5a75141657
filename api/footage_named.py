"""Recordings as people tell them apart: when they were made, with which recorder, by whom."""

from collections.abc import Collection

from sqlalchemy import Connection

from api.models_case_help import RecordingNamed
from api.register_words import name_in
from cases import clocks, footage
from people.staff import members_of


def recordings_named(connection: Connection, recordings: Collection[str]) -> list[RecordingNamed]:
    """Each recording by its corrected time, those without one last."""
    found = {one: footage.placed(connection, one) for one in recordings}
    holds = {
        one: placed.timed.hold.holder
        for one, placed in found.items()
        if placed is not None and placed.timed.hold is not None
    }
    people = members_of(connection, sorted(set(holds.values())))
    named = [
        RecordingNamed(
            recording=one,
            start=None if placed is None else clocks.moment(placed.span.start * clocks.SECOND_US),
            end=None if placed is None else clocks.moment(placed.span.end * clocks.SECOND_US),
            recorder=None if placed is None else placed.sighted.recorder,
            holder_name=name_in(people, holds.get(one)),
        )
        for one, placed in found.items()
    ]
    return sorted(named, key=lambda one: (one.start is None, str(one.start), one.recording))
