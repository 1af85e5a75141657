"""Cases and actions page by page, newest first, of the units that somebody reaches.

Holds always: a page goes by key, never by offset, and counts nothing; what is said of a case or an
action now decides whether it is on the page.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, literal, select, tuple_

from cases import reading
from cases.reading import Action, Case
from evidence.errors import BadInput
from storage import schema


@dataclass(frozen=True)
class Wanted:
    """What is looked for; `units` None for all. `before` is the cursor of the page before."""

    units: Collection[str] | None = None
    number: str | None = None
    before: str | None = None
    limit: int = 50


@dataclass(frozen=True)
class CasePage:
    """Cases, and the cursor of what is older; None at the end."""

    found: list[Case]
    next: str | None


@dataclass(frozen=True)
class ActionPage:
    """Actions, and the cursor of what is older; None at the end."""

    found: list[Action]
    next: str | None


def case_page(connection: Connection, wanted: Wanted) -> CasePage:
    """A page of cases. Raises `BadInput` for a cursor that no page gave."""
    said = schema.case_statements
    query = _page(schema.cases, said, owner="case_id", wanted=wanted)
    if wanted.number is not None:
        query = query.where(said.c.case_number == wanted.number)
    rows = connection.execute(query).all()
    found = [reading.case(connection, row.id) for row in rows[: wanted.limit]]
    return CasePage(found, _next(rows, wanted))


def action_page(connection: Connection, wanted: Wanted) -> ActionPage:
    """A page of actions. Raises `BadInput` for a cursor that no page gave."""
    query = _page(schema.actions, schema.action_statements, owner="action_id", wanted=wanted)
    rows = connection.execute(query).all()
    found = [reading.action(connection, row.id) for row in rows[: wanted.limit]]
    return ActionPage(found, _next(rows, wanted))


def _page(table: Table, said: Table, *, owner: str, wanted: Wanted) -> Select[Any]:
    """One row more than the page holds, so that it is known whether there is more."""
    later = said.alias("later")
    is_old = select(later.c.id).where(later.c[owner] == said.c[owner])
    is_old = is_old.where(later.c.number > said.c.number)
    joined = table.join(said, said.c[owner] == table.c.id)
    query = select(table.c.id, table.c.added_at).select_from(joined).where(~is_old.exists())
    if wanted.units is not None:
        query = query.where(said.c.unit_id.in_(sorted(wanted.units)))
    if wanted.before is not None:
        at, mark, key = wanted.before.partition("|")
        if not (at and mark and key):
            raise BadInput(f"{wanted.before!r} is no page", why="NOT_A_PAGE", page=wanted.before)
        query = query.where(
            tuple_(table.c.added_at, table.c.id) < tuple_(literal(at), literal(key))
        )
    newest = query.order_by(table.c.added_at.desc(), table.c.id.desc())
    return newest.limit(wanted.limit + 1)


def _next(rows: Sequence[Row[Any]], wanted: Wanted) -> str | None:
    if len(rows) <= wanted.limit:
        return None
    last = rows[wanted.limit - 1]
    return f"{last.added_at}|{last.id}"
