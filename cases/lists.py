"""Cases and actions page by page, newest first, of the units that somebody reaches.

Holds always: a page goes by key, never by offset, and counts nothing; what is said of a case or an
action now decides whether it is on the page.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, literal, select, tuple_

from cases import reading
from cases.reading import Action, Case
from evidence.errors import BadInput
from storage import schema


@dataclass(frozen=True)
class Wanted:
    """What is looked for; `units` None for all, `case` for actions, `number` for cases.

    `before` is the cursor of the page before.
    """

    units: Collection[str] | None = None
    state: str | None = None
    case: str | None = None
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
    query = _in_state(query, schema.cases, states=schema.case_steps, owner="case_id", wanted=wanted)
    if wanted.number is not None:
        query = query.where(said.c.case_number == wanted.number)
    rows = connection.execute(query).all()
    found = [reading.case(connection, row.id) for row in rows[: wanted.limit]]
    return CasePage(found, _next(rows, wanted))


def action_page(connection: Connection, wanted: Wanted) -> ActionPage:
    """A page of actions. Raises `BadInput` for a cursor that no page gave."""
    said, states = schema.action_statements, schema.action_states
    query = _page(schema.actions, said, owner="action_id", wanted=wanted)
    query = _in_state(query, schema.actions, states=states, owner="action_id", wanted=wanted)
    if wanted.case is not None:
        query = query.where(said.c.case_id == wanted.case)
    rows = connection.execute(query).all()
    found = [reading.action(connection, row.id) for row in rows[: wanted.limit]]
    return ActionPage(found, _next(rows, wanted))


def find_case(connection: Connection, named: str) -> Case:
    """A case by its id, its number, or the id of its source. Raises `NotFound`."""
    table, said = schema.cases, schema.case_statements
    query = select(table.c.id).where((table.c.id == named) | (table.c.external_id == named))
    found = set(connection.execute(query).scalars())
    if not found:
        query = select(said.c.case_id).where(said.c.case_number == named)
        found = set(connection.execute(query).scalars())
    return reading.case(connection, found.pop() if len(found) == 1 else named)


def find_action(connection: Connection, named: str) -> Action:
    """An action by its id or the id of its source. Raises `NotFound`."""
    table = schema.actions
    query = select(table.c.id).where((table.c.id == named) | (table.c.external_id == named))
    found = set(connection.execute(query).scalars())
    return reading.action(connection, found.pop() if len(found) == 1 else named)


def _in_state(
    query: Select[Any], table: Table, *, states: Table, owner: str, wanted: Wanted
) -> Select[Any]:
    if wanted.state is None:
        return query
    joined = query.join(states, states.c[owner] == table.c.id)
    return joined.where(_is_last(states, owner=owner), states.c.state == wanted.state)


def _is_last(said: Table, *, owner: str) -> ColumnElement[bool]:
    """Whether nothing was said later of the same thing."""
    later = said.alias()
    is_older = later.c[owner] == said.c[owner], later.c.number > said.c.number
    return ~select(later.c.id).where(*is_older).exists()


def _page(table: Table, said: Table, *, owner: str, wanted: Wanted) -> Select[Any]:
    """One row more than the page holds, so that it is known whether there is more."""
    query = select(table.c.id, table.c.added_at).join(said, said.c[owner] == table.c.id)
    query = query.where(_is_last(said, owner=owner))
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
