"""What kind of body a unit is: which may enforce, in whose name, and which owes a ratio.

Holds always: a statement is never changed, the latest to begin holds, of one day the last stated;
a unit of which nothing is stated is a section of the body above it, the topmost one a body of
itself; an entrusted body names its principal (R-048, R-050, R-051; part 3.1).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, select

from evidence.errors import BadInput
from evidence.policy import Profiles
from evidence.policy_profile import DEFAULT
from people import units
from people.policies import Followed, load_policies, policies_of
from people.units import Unit
from storage import schema
from storage.ledger import Act, Ledger, Row


class UnitKind(StrEnum):
    """What a unit is in law. A SECTION acts for the body above it."""

    AGENCY = "AGENCY"
    AUTHORISED = "AUTHORISED"
    ENTRUSTED = "ENTRUSTED"
    OVERSIGHT = "OVERSIGHT"
    GOVERNMENT = "GOVERNMENT"
    SECTION = "SECTION"


_LONGEST = 200

ENFORCING = frozenset({UnitKind.AGENCY, UnitKind.AUTHORISED, UnitKind.ENTRUSTED})
"""Bodies that enforce, and so owe recorders for their officers."""


@dataclass(frozen=True)
class UnitStanding:
    """What a unit is from a day on; `capacity_to` is its last day of capacity, None without end.

    `capacity_basis` is what its capacity rests on; None where it has none. `powers` are the codes
    of what an entrusted body may do, `principal` the unit in whose name.
    """

    from_day: date
    kind: UnitKind
    capacity_basis: str | None = None
    capacity_to: date | None = None
    principal: str | None = None
    powers: tuple[str, ...] = ()
    filing_number: str | None = None
    profile: str | None = None

    def has_capacity(self, day: date) -> bool:
        """Whether it may enforce at all that day (执法主体资格)."""
        lasts = self.capacity_to is None or day <= self.capacity_to
        return self.kind in ENFORCING and self.capacity_basis is not None and lasts


@dataclass(frozen=True)
class Body:
    """A body with the sections that act for it; `standing` is None where nothing is stated."""

    unit: Unit
    units: frozenset[str]
    standing: UnitStanding | None = None
    policies: Profiles = field(default_factory=load_policies, compare=False, repr=False)

    @property
    def followed(self) -> Followed | None:
        """The policy profile that is stated for it; None where none is: the default one."""
        if self.standing is None or self.standing.profile is None:
            return None
        return Followed(self.standing.profile, self.policies)

    @property
    def owes_ratio(self) -> bool:
        """Whether it must have recorders for its officers; unstated counts as an agency."""
        return self.standing is None or self.standing.kind in ENFORCING

    @property
    def principal(self) -> str | None:
        """The unit in whose name an entrusted body acts."""
        entrusted = self.standing is not None and self.standing.kind is UnitKind.ENTRUSTED
        return self.standing.principal if self.standing is not None and entrusted else None


def state_unit(ledger: Ledger, unit: str, *, new: UnitStanding) -> str:
    """The act `unit.stated`; returns the unit's id.

    Raises `NotFound`, or `BadInput` for an entrusted body without principal, powers or filing.
    """
    table = schema.unit_standings
    with ledger.act() as act:
        unit_id = units.find_unit(act.connection, unit).id
        principal = _principal(act, unit_id, new=new)
        row: Row = {
            **act.numbered(table, owner="unit_id", value=unit_id),
            "from_day": new.from_day.isoformat(),
            "kind": new.kind.value,
            "capacity_basis": _said(new.capacity_basis, "CAPACITY_BASIS"),
            "capacity_to": None if new.capacity_to is None else new.capacity_to.isoformat(),
            "principal_id": principal,
            "powers": " ".join(new.powers) or None,
            "filing_number": _said(new.filing_number, "FILING_NUMBER"),
            "profile": new.profile,
            "stated_at": act.at_text,
        }
        act.insert(table, row)
        act.enter("unit.stated", {"unit": unit_id, "kind": new.kind.value})
    return unit_id


def _said(text: str | None, why: str) -> str | None:
    """A text that people wrote; raises `BadInput` with that reason for one that cannot be used."""
    if text is None:
        return None
    text = text.strip()
    if not text or len(text) > _LONGEST or not text.isprintable():
        raise BadInput(f"{text!r} is not usable", why=why, value=text)
    return text


def _principal(act: Act, unit_id: str, *, new: UnitStanding) -> str | None:
    entrusted = new.kind is UnitKind.ENTRUSTED
    if entrusted and not (new.principal and new.powers and new.filing_number):
        raise BadInput("An entrusted body lacks principal, powers or filing", why="ENTRUSTMENT")
    if any(not power.isprintable() or not power or " " in power for power in new.powers):
        raise BadInput("A code of a power is no code", why="POWER_CODE")
    if new.principal is None:
        return None
    principal = units.find_unit(act.connection, new.principal).id
    if principal == unit_id:
        raise BadInput("A body cannot be its own principal", why="OWN_PRINCIPAL")
    return principal


def bodies(connection: Connection, day: date) -> list[Body]:
    """The bodies there are on a day, each with its sections, in the order of units."""
    tree = units.all_units(connection)
    standings = _standings(connection, day)
    by_id = {unit.id: unit for unit in tree}
    tops = {unit.id: _body_of(unit, by_id, standings=standings) for unit in tree}
    policies = policies_of(connection)
    return [
        Body(unit, frozenset(one for one, top in tops.items() if top == unit.id), found, policies)
        for unit in tree
        if tops[unit.id] == unit.id
        for found in [standings.get(unit.id)]
    ]


def followed_by(known: Iterable[Body], unit: str) -> Followed | None:
    """The profile of the body that a unit is or acts for; None for the default one."""
    return next((one.followed for one in known if unit in one.units), None)


def own_profile(connection: Connection, day: date) -> str:
    """The policy profile that the bureau itself follows on a day; the default one if none."""
    top = units.root(connection)
    found = _standings(connection, day).get("" if top is None else top.id)
    return DEFAULT if found is None or found.profile is None else found.profile


def turning_days(connection: Connection) -> list[date]:
    """The days on which the bodies may differ from the day before, in order."""
    table = schema.unit_standings
    found = connection.execute(select(table.c.from_day).distinct().order_by(table.c.from_day))
    return [date.fromisoformat(day) for day in found.scalars()]


def _standings(connection: Connection, day: date) -> dict[str, UnitStanding]:
    table = schema.unit_standings
    query = select(table).where(table.c.from_day <= day.isoformat())
    rows = connection.execute(query.order_by(table.c.from_day, table.c.number)).mappings()
    return {row["unit_id"]: _standing(row) for row in rows}


def _standing(row: RowMapping) -> UnitStanding:
    capacity_to, powers = row["capacity_to"], row["powers"]
    return UnitStanding(
        from_day=date.fromisoformat(str(row["from_day"])),
        kind=UnitKind(str(row["kind"])),
        capacity_basis=row["capacity_basis"],
        capacity_to=None if capacity_to is None else date.fromisoformat(capacity_to),
        principal=row["principal_id"],
        powers=() if powers is None else tuple(powers.split(" ")),
        filing_number=row["filing_number"],
        profile=row["profile"],
    )


def _body_of(
    unit: Unit, by_id: Mapping[str, Unit], *, standings: Mapping[str, UnitStanding]
) -> str:
    """The id of the body that a unit is or acts for."""
    path: Sequence[Unit] = [unit]
    while path[-1].parent is not None and _is_section(standings.get(path[-1].id)):
        path = [*path, by_id[path[-1].parent]]
    return path[-1].id


def _is_section(standing: UnitStanding | None) -> bool:
    return standing is None or standing.kind is UnitKind.SECTION
