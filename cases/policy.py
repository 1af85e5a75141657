"""The policy that a unit acts under on a day: that of the body which it is, or acts for."""

from datetime import date, datetime

from sqlalchemy import Connection, select

from evidence.entry import parse_time
from evidence.policy import InForce
from evidence.ratio import day_of
from evidence.vocabulary import Tier
from people import catalogues
from people.bodies import bodies
from people.ratio_rule import policy_for
from storage import schema


def policy_of(connection: Connection, unit_id: str | None, *, day: date) -> InForce:
    """The profile in force for a unit; the default where none is stated. Raises `NotFound`."""
    for body in bodies(connection, day):
        if unit_id in body.units:
            return policy_for(body.followed, day)
    return policy_for(None, day)


def own_list(connection: Connection, day: date) -> dict[str, Tier]:
    """The tiers of the bureau's own list by code, which may only raise (R-140)."""
    found = catalogues.in_force(connection, day)
    items = () if found is None else found.items
    return {item.code: item.tier for item in items if item.code is not None}


def owner_of(connection: Connection, recorder: str, *, at: datetime) -> str | None:
    """The unit a recorder was of at a moment, or the first it was given to afterwards."""
    table = schema.recorder_units
    query = select(table).where(table.c.recorder_id == recorder).order_by(table.c.number)
    rows = connection.execute(query).all()
    then = [row for row in rows if parse_time(row.since) <= at]
    chosen = then[-1] if then else next(iter(rows), None)
    return None if chosen is None else str(chosen.unit_id)


def policy_at_docking(connection: Connection, recorder: str | None, *, docked: datetime) -> InForce:
    """The policy that a recorder's unit acted under on the day of its docking.

    What day a recording shows is what its clock must first be trusted for. Raises `NotFound`.
    """
    unit = None if recorder is None else owner_of(connection, recorder, at=docked)
    return policy_of(connection, unit, day=day_of(docked))
