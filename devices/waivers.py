"""Waivers of the ratio: 「原则上」 leaves room for a reason, on record, for some days (D-01).

Holds always: a waiver changes what a board shows and no number; it names who approved it and why,
and has an end.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from devices.upkeep import kept_remark
from evidence.errors import BadInput, NotFound
from people.bodies import bodies
from people.units import find_unit
from storage import schema
from storage.ledger import Ledger, Row


def waive(ledger: Ledger, unit: str, *, days: tuple[date, date], reason: str, approver: str) -> str:
    """The act `ratio.waived` for both days and those between; returns the waiver's id.

    `approver` is a person's id. Raises `BadInput` or `NotFound`.
    """
    first, last = days
    if last < first:
        raise BadInput("The waiver ends before it begins", why="WAIVER_DAYS")
    if not reason.strip():
        raise BadInput("A waiver needs a reason", why="WAIVER_REASON")
    table, persons = schema.ratio_waivers, schema.persons
    with ledger.act() as act:
        unit_id = find_unit(act.connection, unit).id
        if not _owes_ratio(act.connection, unit_id, day=first):
            raise BadInput(f"{unit} owes no recorders", why="NOT_A_BODY", unit=unit)
        known = select(persons.c.id).where(persons.c.id == approver)
        if act.connection.execute(known).first() is None:
            raise NotFound(f"There is no person {approver}", why="NO_PERSON", person=approver)
        row: Row = {
            **act.numbered(table, owner="unit_id", value=unit_id),
            "from_day": first.isoformat(),
            "to_day": last.isoformat(),
            "reason": kept_remark(act, reason),
            "approver_id": approver,
            "stated_at": act.at_text,
        }
        act.insert(table, row)
        act.enter("ratio.waived", {"unit": unit_id, "from": row["from_day"], "to": row["to_day"]})
    return str(row["id"])


@dataclass(frozen=True)
class StatedWaiver:
    """A waiver on record; `reason` is None once it is erased, `approver` a person's id."""

    first: date
    last: date
    reason: str | None
    approver: str


def waivers_of(connection: Connection, unit: str) -> list[StatedWaiver]:
    """Every waiver of a unit in the order of their days."""
    table, data = schema.ratio_waivers, schema.personal_data
    joined = table.join(data, data.c.id == table.c.reason, isouter=True)
    query = select(table, data.c.value).select_from(joined).where(table.c.unit_id == unit)
    return [
        StatedWaiver(
            first=date.fromisoformat(row.from_day),
            last=date.fromisoformat(row.to_day),
            reason=row.value,
            approver=row.approver_id,
        )
        for row in connection.execute(query.order_by(table.c.from_day, table.c.number))
    ]


def _owes_ratio(connection: Connection, unit_id: str, *, day: date) -> bool:
    """Whether the unit is a body by itself that day; its sections owe nothing of their own."""
    found = bodies(connection, day)
    return any(body.unit.id == unit_id and body.owes_ratio for body in found)
