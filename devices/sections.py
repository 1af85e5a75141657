"""The bodies of a register with their units, each of which is counted by itself too.

Holds always: the ratio is owed by a body and only shown for its units (reading D-02: 按本单位计,
分单位列示); a unit is counted by the rule of its body.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from devices.board import Register, below_principals
from people.bodies import Body
from people.units import Unit, below


@dataclass(frozen=True)
class Section:
    """A body, or a unit that acts for one, with all units of that body below it."""

    body: Body
    is_body: bool


def with_sections(register: Register, tree: Sequence[Unit]) -> tuple[Register, list[Section]]:
    """The register with each unit as if it were a body, and what there is to count, in order.

    Units of bodies that owe no ratio are left out.
    """
    found: list[Section] = []
    people, devices = dict(register.people), dict(register.devices)
    for body in below_principals([one for one in register.bodies if one.owes_ratio]):
        found.append(Section(body, is_body=True))
        for unit in (one for one in tree if one.id in body.units and one.id != body.unit.id):
            units = below(list(tree), unit.id) & body.units
            found.append(Section(replace(body, unit=unit, units=units), is_body=False))
            people[unit.id] = register.people.get(body.unit.id, ())
            devices[unit.id] = register.devices.get(body.unit.id, ())
    bodies = [section.body for section in found]
    return Register(bodies, people, devices, register.waivers), found
