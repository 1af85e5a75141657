"""Which recordings are due: their period has ended, told one page after the other in order of age.

Holds always: a recording is listed with what holds it, and one that is held is not ready to be
disposed of; what is never due is not listed, and why is told of each recording when it is asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select, tuple_

from cases import holds
from cases.holds import Hold
from cases.retention import Shelf
from evidence.retention import Standing
from storage import graves, schema

_LOOKED_AT = 500
"""How many recordings one page looks at, at most."""


@dataclass(frozen=True)
class Due:
    """A recording whose period has ended, and what still holds it."""

    standing: Standing
    held_by: tuple[Hold, ...]

    @property
    def is_ready(self) -> bool:
        """Whether nothing holds it."""
        return not self.held_by


@dataclass(frozen=True)
class DuePage:
    """Some of what is due, the oldest first; `next` is where to go on, None at the end.

    `looked_at` is how many recordings were judged for it.
    """

    found: tuple[Due, ...]
    looked_at: int
    next: str | None


def due_page(
    connection: Connection,
    *,
    today: date,
    after: str | None = None,
    limit: int = 100,
    within: Callable[[str], bool] = lambda _recording: True,
) -> DuePage:
    """What is due on a day among recordings `within` reach, from where the page before ended."""
    shelf = Shelf.of(connection, today)
    active = holds.all_active(connection, today=today)
    found = list[Due]()
    looked_at, last = 0, after
    for recording in _in_order(connection, after):
        if looked_at == _LOOKED_AT or len(found) == limit:
            return DuePage(tuple(found), looked_at, last)
        looked_at, last = looked_at + 1, recording
        standing = shelf.standing(recording)
        if standing.is_due(today) and within(recording):
            held = holds.reaching(connection, recording, among=active)
            found.append(Due(standing, tuple(held)))
    return DuePage(tuple(found), looked_at, None)


def _in_order(connection: Connection, after: str | None) -> list[str]:
    """Recordings whose bytes are here, by when they were sealed, from behind one on."""
    table = schema.recordings
    query = select(table.c.id).where(~graves.is_buried(table.c.id))
    query = query.order_by(table.c.sealed_at, table.c.id).limit(_LOOKED_AT + 1)
    if after is not None:
        sealed = select(table.c.sealed_at).where(table.c.id == after).scalar_subquery()
        query = query.where(tuple_(table.c.sealed_at, table.c.id) > tuple_(sealed, after))
    return list(connection.execute(query).scalars())
