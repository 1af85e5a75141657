"""The bureau's own lists of what is recorded: imported as acts, dated, the newest one in force.

Holds always: a list is never changed; a new one takes its place from its first day on. Of two that
hold from the same day, the one that was imported later counts.
"""

import secrets
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from evidence.canonical import Json
from evidence.errors import BadInput
from evidence.vocabulary import Tier
from people.catalogue_import import ListedItem, Preview
from storage import schema
from storage.ledger import Ledger, Row


@dataclass(frozen=True)
class Catalogue:
    """One imported list, the policy it was held against (as XX@1), and its file's SHA-256."""

    id: str
    valid_from: date
    profile: str
    sha256: str
    imported_at: str
    items: tuple[ListedItem, ...]

    def json(self) -> dict[str, Json]:
        """The list as commands print it."""
        items: list[Json] = [item.json() for item in self.items]
        return {**vars(self), "valid_from": self.valid_from.isoformat(), "items": items}


def import_catalogue(ledger: Ledger, seen: Preview, *, valid_from: date) -> str:
    """The act `catalogue.imported`: a list that holds from a day on; returns its id.

    Raises `BadInput` where the preview has a fault: a list is taken whole or not at all.
    """
    if seen.faults or not seen.items:
        raise BadInput("A list with faults is not imported", why="CATALOGUE_FAULTS")
    with ledger.act() as act:
        count = select(func.count()).select_from(schema.tier_catalogues)
        catalogue = secrets.token_hex(8)
        row: Row = {
            "id": catalogue,
            "number": int(act.connection.execute(count).scalar_one()),
            "profile": seen.profile,
            "sha256": seen.sha256,
            "valid_from": valid_from.isoformat(),
            "imported_at": act.at_text,
        }
        act.insert(schema.tier_catalogues, row)
        for number, item in enumerate(seen.items):
            act.insert(schema.tier_rows, _row(catalogue, number, item=item))
        facts: dict[str, Json] = {"catalogue": catalogue, "valid_from": valid_from.isoformat()}
        act.enter("catalogue.imported", facts)
    return catalogue


def in_force(connection: Connection, day: date) -> Catalogue | None:
    """The list that holds on a day, or None before the first."""
    table = schema.tier_catalogues
    newest = (
        select(table)
        .where(table.c.valid_from <= day.isoformat())
        .order_by(table.c.valid_from.desc(), table.c.number.desc())
        .limit(1)
    )
    found = connection.execute(newest).first()
    if found is None:
        return None
    return Catalogue(
        found.id,
        date.fromisoformat(found.valid_from),
        found.profile,
        found.sha256,
        found.imported_at,
        _items(connection, found.id),
    )


def _items(connection: Connection, catalogue: str) -> tuple[ListedItem, ...]:
    table = schema.tier_rows
    rows = select(table).where(table.c.catalogue_id == catalogue).order_by(table.c.number)
    return tuple(
        ListedItem(
            row=row.file_row,
            item=row.item,
            occasion=row.occasion,
            begins=row.begins,
            content=row.content,
            ends=row.ends,
            tier=Tier(row.tier),
            period=row.period,
            code=row.code,
        )
        for row in connection.execute(rows)
    )


def _row(catalogue: str, number: int, *, item: ListedItem) -> Row:
    return {
        "id": f"{catalogue}/{number}",
        "catalogue_id": catalogue,
        "number": number,
        "file_row": item.row,
        "item": item.item,
        "occasion": item.occasion,
        "begins": item.begins,
        "content": item.content,
        "ends": item.ends,
        "tier": item.tier.value,
        "period": item.period,
        "code": item.code,
    }
