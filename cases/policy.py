"""The policy that a unit acts under on a day: that of the body which it is, or acts for."""

from datetime import date

from sqlalchemy import Connection

from evidence.policy import InForce
from evidence.vocabulary import Tier
from people import catalogues
from people.bodies import bodies
from people.ratio_rule import policy_for


def policy_of(connection: Connection, unit_id: str | None, *, day: date) -> InForce:
    """The profile in force for a unit; the default where none is stated. Raises `NotFound`."""
    for body in bodies(connection, day):
        if unit_id in body.units and body.standing is not None:
            return policy_for(body.standing.profile, day)
    return policy_for(None, day)


def own_list(connection: Connection, day: date) -> dict[str, Tier]:
    """The tiers of the bureau's own list by code, which may only raise (R-140)."""
    found = catalogues.in_force(connection, day)
    items = () if found is None else found.items
    return {item.code: item.tier for item in items if item.code is not None}
