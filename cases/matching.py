"""What a recording may belong to: found by tie and time, judged by `evidence.linking`.

Holds always: what is found is made from evidence now, so a candidate never rests on an operational
row; the actions beside are read through an index, whatever their number.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, literal_column, select

from cases import footage, reading, spans
from cases.clocks import microseconds
from cases.footage import Placed
from cases.spans import Side, tie_text
from evidence.case_vocabulary import ActionState
from evidence.errors import NotFound
from evidence.interval import Span
from evidence.linking import (
    ActionIndex,
    ActionWindow,
    Candidate,
    Place,
    candidates,
    ties_of_action,
    ties_of_footage,
)
from evidence.personal import OFFICER_NUMBER
from evidence.points import point_in
from storage import schema

_SECOND_US = 1_000_000


@dataclass(frozen=True)
class Matched:
    """A recording, and every action that it may belong to, the best reasons first."""

    placed: Placed
    found: Sequence[Candidate]


def match(connection: Connection, recording: str) -> Matched | None:
    """What a recording may belong to; None while nobody knows when it was made."""
    placed = footage.placed(connection, recording)
    if placed is None:
        return None
    as_footage = placed.as_footage(claimed=_claimed(connection, placed.sighted.officer))
    ties = map(tie_text, ties_of_footage(as_footage))
    near = spans.touching(connection, Side.ACTION, ties=ties, span=as_footage.span)
    windows = [window for window in (window_of(connection, one) for one in near) if window]
    return Matched(placed, candidates(as_footage, ActionIndex(windows)))


def window_of(connection: Connection, action_id: str) -> ActionWindow | None:
    """An action as footage may belong to it: its declared time, else its plan; None without any.

    A cancelled one has none: what was filmed for it is working material (3.2).
    """
    try:
        action = reading.action(connection, action_id)
    except NotFound:
        return None
    span = span_of(connection, action_id, planned=action.details.planned)
    if span is None or action.state is ActionState.CANCELLED:
        return None
    team = reading.team(connection, action_id)
    point = point_in(action.details.place or "")
    return ActionWindow(
        action=action_id,
        span=span,
        team=frozenset(member.person for member in team),
        room=action.details.room,
        place=None if point is None else Place(point),
    )


def span_of(
    connection: Connection, action_id: str, *, planned: tuple[datetime, datetime] | None
) -> Span | None:
    """From when to when an action lasted, or was to last, in whole seconds."""
    declared = reading.intervals(connection, action_id)
    if declared:
        return seconds(declared[-1].start, declared[-1].end)
    return None if planned is None else seconds(*planned)


def seconds(start: datetime, end: datetime) -> Span:
    """Two moments as a span; a part of a second at either end counts as a whole one."""
    return Span(microseconds(start) // _SECOND_US, -(-microseconds(end) // _SECOND_US))


def remember_footage(connection: Connection, placed: Placed) -> None:
    """Has a recording found by its ties and its time."""
    as_footage = placed.as_footage(claimed=_claimed(connection, placed.sighted.officer))
    ties = [*map(tie_text, ties_of_footage(as_footage)), *_recorder(placed.sighted.recorder)]
    recording = placed.sighted.recording
    spans.put(connection, Side.FOOTAGE, owner=recording, ties=ties, span=as_footage.span)


def remember_action(connection: Connection, action_id: str) -> ActionWindow | None:
    """Has an action found by its ties at its time, beside what it was found by before.

    Returns what it is found by now.
    """
    window = window_of(connection, action_id)
    if window is not None:
        ties = map(tie_text, ties_of_action(window))
        spans.add(connection, Side.ACTION, owner=action_id, ties=ties, span=window.span)
    return window


def forget_old_time(connection: Connection, action_id: str) -> None:
    """Has an action found at its time alone, once all that it touches was looked at."""
    window = window_of(connection, action_id)
    ties = [] if window is None else map(tie_text, ties_of_action(window))
    span = None if window is None else window.span
    spans.put(connection, Side.ACTION, owner=action_id, ties=ties, span=span)


def recordings_near(connection: Connection, window: ActionWindow) -> list[str]:
    """The recordings that share a tie and a second with an action."""
    ties = map(tie_text, ties_of_action(window))
    return spans.touching(connection, Side.FOOTAGE, ties=ties, span=window.span)


def recordings_known_near(connection: Connection, action_id: str) -> list[str]:
    """The same of what the action was found by before."""
    table, found = schema.spans, set[str]()
    query = select(table.c.tie, table.c.start_s, table.c.end_s)
    query = query.where(table.c.side == Side.ACTION.value, table.c.owner == action_id)
    for row in connection.execute(query).all():
        span = Span(row.start_s, row.end_s)
        found |= set(spans.touching(connection, Side.FOOTAGE, ties=[row.tie], span=span))
    return sorted(found)


def _recorder(recorder: str | None) -> Iterable[str]:
    return () if recorder is None else (f"recorder/{recorder}",)


def _claimed(connection: Connection, officer: str | None) -> str | None:
    """The person of this officer number, if one alone bears it."""
    if officer is None:
        return None
    persons, personal = schema.persons, schema.personal_data
    joined = persons.join(personal, personal.c.id == persons.c.officer_number)
    query = (
        select(persons.c.id)
        .select_from(joined)
        .where(
            personal.c.kind == literal_column(f"'{OFFICER_NUMBER}'"), personal.c.value == officer
        )
    )
    found = connection.execute(query.limit(2)).scalars().all()
    return found[0] if len(found) == 1 else None
