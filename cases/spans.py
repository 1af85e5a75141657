"""When each recording and each action was, and what ties them: found again by tie and time.

Holds always: these rows are operational, made from evidence, and may be thrown away; none lasts
longer than `BOUND`, so an ordinary index answers what overlaps a time however many rows lie before
it. A tie is a person, a room, a piece of land or a recorder.
"""

from collections.abc import Hashable, Iterable, Iterator
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select

from evidence.interval import Span
from storage import schema

BOUND = 6 * 3600
"""Seconds; what lasts longer stands in several rows."""

MOST_PARTS = 366 * 4
_TABLE = schema.spans


class Side(StrEnum):
    """Whose times they are."""

    FOOTAGE = "FOOTAGE"
    ACTION = "ACTION"


def tie_text(tie: Hashable) -> str:
    """A tie as rows hold it: `person/p1`, `cell/1534/5390`."""
    return "/".join(map(str, tie)) if isinstance(tie, tuple) else str(tie)


def put(
    connection: Connection, side: Side, *, owner: str, ties: Iterable[str], span: Span | None
) -> None:
    """Writes when something was and what it is found by, instead of what was known before."""
    known = delete(_TABLE).where(_TABLE.c.side == side.value, _TABLE.c.owner == owner)
    connection.execute(known)
    if span is not None:
        add(connection, side, owner=owner, ties=ties, span=span)


def add(connection: Connection, side: Side, *, owner: str, ties: Iterable[str], span: Span) -> None:
    """The same beside what was known before."""
    query = select(_TABLE.c.id).where(_TABLE.c.side == side.value, _TABLE.c.owner == owner)
    known = set(connection.execute(query).scalars())
    rows = [
        {
            "id": f"{side.value}/{owner}/{tie}/{part.start}-{part.end}",
            "side": side.value,
            "owner": owner,
            "tie": tie,
            "start_s": part.start,
            "end_s": part.end,
        }
        for tie in sorted(set(ties))
        for part in _parts(span)
    ]
    new = [row for row in rows if row["id"] not in known]
    if new:
        connection.execute(insert(_TABLE), new)


def touching(connection: Connection, side: Side, *, ties: Iterable[str], span: Span) -> list[str]:
    """The owners that share a tie and a second with a span, in order, each once.

    A still, which has no length, shares the second in which it was taken.
    """
    found: set[str] = set()
    end = max(span.end, span.start + 1)
    for tie in sorted(set(ties)):
        query = select(_TABLE.c.owner, _TABLE.c.start_s, _TABLE.c.end_s).where(
            _TABLE.c.side == side.value,
            _TABLE.c.tie == tie,
            _TABLE.c.start_s >= span.start - BOUND,
            _TABLE.c.start_s < end,
        )
        rows = connection.execute(query)
        found |= {row.owner for row in rows if max(row.end_s, row.start_s + 1) > span.start}
    return sorted(found)


def of_tie(connection: Connection, side: Side, *, tie: str) -> list[str]:
    """Every owner with a tie, in order."""
    query = select(_TABLE.c.owner).where(_TABLE.c.side == side.value, _TABLE.c.tie == tie)
    return sorted(set(connection.execute(query).scalars()))


def _parts(span: Span) -> Iterator[Span]:
    """The span in parts of at most `BOUND`; what lasts beyond a year is left out."""
    start = span.start
    for _ in range(MOST_PARTS):
        yield Span(start, min(start + BOUND, span.end))
        start += BOUND
        if start >= span.end:
            return
