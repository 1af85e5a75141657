"""Reads the register: what is on record of each person, as the pure rules take it.

Holds always: rows of a roster that was undone are left out everywhere, here and only here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, func, select

from evidence.enforcing import Certificate, PersonFacts, PersonKind, Posting, PostStatus
from evidence.errors import NotFound
from people.register import CertificateEvent
from storage import schema

_AT_ONCE = 500

Rows = Sequence[Row[Any]]


@dataclass(frozen=True)
class Member:
    """A person of the register; name and number are null once they are erased.

    `undertakings` are the days on which one to keep secrets was signed.
    """

    id: str
    full_name: str | None
    officer_number: str | None
    facts: PersonFacts
    undertakings: tuple[date, ...] = ()


def members(connection: Connection, *, units: Collection[str] | None = None) -> dict[str, Member]:
    """Everybody of the register by id: those who ever served in one of these units, or all.

    Whoever has an account but no posting that stands is not of the register.
    """
    postings = _standing_postings(connection, units)
    ids = sorted(postings)
    certificates = _certificates(connection, ids)
    undertakings = _undertakings(connection, ids)
    return {
        person.id: replace(
            person,
            facts=PersonFacts(postings[person.id], certificates.get(person.id, ())),
            undertakings=undertakings.get(person.id, ()),
        )
        for person in _named(connection, ids)
    }


def members_of(connection: Connection, persons: Sequence[str]) -> dict[str, Member]:
    """These persons by id, without those who are not of the register."""
    postings: defaultdict[str, list[Posting]] = defaultdict(list)
    for row in _rows_of(connection, schema.postings, persons=persons):
        postings[row.person_id].append(_posting(row))
    ids = sorted(postings)
    certificates = _certificates(connection, ids)
    undertakings = _undertakings(connection, ids)
    return {
        person.id: replace(
            person,
            facts=PersonFacts(
                tuple(sorted(postings[person.id], key=_order)), certificates.get(person.id, ())
            ),
            undertakings=undertakings.get(person.id, ()),
        )
        for person in _named(connection, ids)
    }


def find(connection: Connection, named: str) -> Member:
    """Who bears this officer number or id on the register. Raises `NotFound`."""
    everybody = members(connection)
    if named in everybody:
        return everybody[named]
    found = [one for one in everybody.values() if one.officer_number == named]
    if len(found) != 1:
        raise NotFound(f"There is no person {named}", why="NO_PERSON", person=named)
    return found[0]


def names_of(connection: Connection, persons: Collection[str]) -> dict[str, str | None]:
    """What these persons are called, of the register or not; None for whoever is erased."""
    return {one.id: one.full_name for one in _named(connection, sorted(persons))}


def _standing_postings(
    connection: Connection, units: Collection[str] | None
) -> dict[str, tuple[Posting, ...]]:
    """All postings of whoever ever served in one of the units, by person."""
    table = schema.postings
    query = _standing(select(table), table)
    if units is not None:
        there = _standing(select(table.c.person_id).where(table.c.unit_id.in_(units)), table)
        query = query.where(table.c.person_id.in_(there))
    found: defaultdict[str, list[Posting]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.person_id].append(_posting(row))
    return {person: tuple(sorted(many, key=_order)) for person, many in found.items()}


def first_days(connection: Connection) -> dict[str, date]:
    """The day on which the first person began to serve in a unit, by the unit."""
    table = schema.postings
    query = _standing(select(table.c.unit_id, func.min(table.c.from_day).label("first")), table)
    rows = connection.execute(query.group_by(table.c.unit_id))
    return {row.unit_id: date.fromisoformat(row.first) for row in rows}


def _posting(row: Row[Any]) -> Posting:
    return Posting(
        from_day=date.fromisoformat(row.from_day),
        number=row.number,
        unit_id=row.unit_id,
        kind=PersonKind(row.kind),
        on_establishment=bool(row.on_establishment),
        on_post=bool(row.on_post),
        status=PostStatus(row.status),
    )


def _order(posting: Posting) -> tuple[date, int]:
    return posting.from_day, posting.number


def _certificates(
    connection: Connection, persons: Sequence[str]
) -> dict[str, tuple[Certificate, ...]]:
    table = schema.certificates
    found: defaultdict[str, list[Certificate]] = defaultdict(list)
    rows = list(_rows_of(connection, table, persons=persons))
    events = _events(connection, [row.id for row in rows])
    for row in rows:
        held = Certificate(date.fromisoformat(row.valid_from), date.fromisoformat(row.valid_to))
        found[row.person_id].append(_with_events(held, events.get(row.id, ())))
    return {person: tuple(many) for person, many in found.items()}


def _with_events(certificate: Certificate, events: Rows) -> Certificate:
    checked = {row.year for row in events if row.year is not None}
    revoked = [
        date.fromisoformat(row.day) for row in events if row.event == CertificateEvent.REVOKED
    ]
    return replace(certificate, checked=frozenset(checked), revoked_on=min(revoked, default=None))


def _events(connection: Connection, certificates: Sequence[str]) -> Mapping[str, Rows]:
    table = schema.certificate_events
    found: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for chosen in _chunks(certificates):
        query = select(table).where(table.c.certificate_id.in_(chosen)).order_by(table.c.number)
        for row in connection.execute(query):
            found[row.certificate_id].append(row)
    return found


def _undertakings(connection: Connection, persons: Sequence[str]) -> dict[str, tuple[date, ...]]:
    found: defaultdict[str, list[date]] = defaultdict(list)
    for row in _rows_of(connection, schema.undertakings, persons=persons):
        found[row.person_id].append(date.fromisoformat(row.signed_on))
    return {person: tuple(sorted(days)) for person, days in found.items()}


def _named(connection: Connection, persons: Sequence[str]) -> Iterator[Member]:
    table, data = schema.persons, schema.personal_data
    for chosen in _chunks(persons):
        rows = connection.execute(select(table).where(table.c.id.in_(chosen))).all()
        wanted = {row.full_name for row in rows} | {row.officer_number for row in rows}
        query = select(data.c.id, data.c.value).where(data.c.id.in_(sorted(wanted - {None})))
        opened = {row.id: row.value for row in connection.execute(query)}
        for row in rows:
            name, number = opened.get(row.full_name), opened.get(row.officer_number)
            yield Member(row.id, name, number, PersonFacts())


def _rows_of(connection: Connection, table: Table, *, persons: Sequence[str]) -> Iterator[Row[Any]]:
    for chosen in _chunks(persons):
        query = _standing(select(table).where(table.c.person_id.in_(chosen)), table)
        yield from connection.execute(query)


def _standing(query: Select[Any], table: Table) -> Select[Any]:
    """Without the rows of rosters that were undone."""
    undone = select(schema.roster_undos.c.id)
    return query.where(table.c.import_id.is_(None) | table.c.import_id.not_in(undone))


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]
