"""The units of a bureau: one root, the bureau itself, and what lies below it.

Holds always: there is exactly one root once there is any unit; a unit is never changed or removed;
a name stands once below its parent.
"""

import secrets
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from evidence.errors import BadInput, NotFound
from storage import schema
from storage.ledger import Act, Ledger

_LONGEST = 64


@dataclass(frozen=True)
class Unit:
    """One unit; `parent` is null for the bureau."""

    id: str
    parent: str | None
    name: str


def add_unit(ledger: Ledger, *, name: str, parent: str) -> Unit:
    """The act `unit.added`. Raises `BadInput` or, for the parent, `NotFound`."""
    with ledger.act() as act:
        above = find_unit(act.connection, parent)
        unit = insert_unit(act, name=name, parent=above.id)
        act.enter("unit.added", {"unit": unit.id})
    return unit


def insert_unit(act: Act, *, name: str, parent: str | None) -> Unit:
    """Writes a unit within an act. Raises `BadInput`."""
    name = name.strip()
    if not name or len(name) > _LONGEST or not name.isprintable():
        raise BadInput(f"{name!r} cannot name a unit", why="UNIT_NAME", name=name)
    beside = [unit for unit in all_units(act.connection) if unit.parent == parent]
    if any(unit.name == name for unit in beside) or (parent is None and beside):
        raise BadInput(f"There is a unit {name} already", why="UNIT_THERE", name=name)
    unit = Unit(secrets.token_hex(8), parent, name)
    row = {"id": unit.id, "parent_id": parent, "name": name, "added_at": act.at_text}
    act.insert(schema.units, row)
    return unit


def all_units(connection: Connection) -> list[Unit]:
    """Every unit, in order of names."""
    table = schema.units
    rows = connection.execute(select(table).order_by(table.c.name, table.c.id))
    return [Unit(row.id, row.parent_id, row.name) for row in rows]


def find_unit(connection: Connection, named: str) -> Unit:
    """The unit of this id, or of this name if one alone bears it; raises `NotFound`."""
    return chosen(all_units(connection), named)


def nameable_units(connection: Connection, within: Collection[str] | None = None) -> frozenset[str]:
    """Ids of units, and the names that one unit alone bears: what `find_unit` finds.

    Of those in `within` only, where it is given.
    """
    found = all_units(connection)
    often = Counter(unit.name for unit in found)
    there = [unit for unit in found if within is None or unit.id in within]
    names = [unit.name for unit in there if often[unit.name] == 1]
    return frozenset([unit.id for unit in there] + names)


def chosen(units: list[Unit], named: str) -> Unit:
    """The one of these of this id, or of this name if one alone bears it; raises `NotFound`."""
    by_id = [unit for unit in units if unit.id == named]
    found = by_id or [unit for unit in units if unit.name == named]
    if len(found) != 1:
        raise NotFound(f"No one unit is called {named}", why="NO_UNIT", unit=named)
    return found[0]


def root(connection: Connection) -> Unit | None:
    """The bureau itself, or None before the first account was made."""
    return next((unit for unit in all_units(connection) if unit.parent is None), None)


def below(units: list[Unit], top: str) -> frozenset[str]:
    """The ids of a unit and of all units below it."""
    found = {top}
    grown = True
    while grown:
        more = {unit.id for unit in units if unit.parent in found} - found
        found |= more
        grown = bool(more)
    return frozenset(found)
