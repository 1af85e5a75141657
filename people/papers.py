"""Reads somebody's certificates as people want to see them: with number, issuer and events."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from people.register import CertificateEvent
from storage import schema


@dataclass(frozen=True)
class Paper:
    """A certificate; `number` is null once it is erased, `events` are in order of stating."""

    id: str
    kind: str
    number: str | None
    issuer: str
    valid_from: date
    valid_to: date
    events: tuple[tuple[CertificateEvent, date], ...]


def papers_of(connection: Connection, person_id: str) -> list[Paper]:
    """The certificates of a person in order of their days, without those of undone rosters."""
    table, data = schema.certificates, schema.personal_data
    undone = select(schema.roster_undos.c.id)
    joined = table.join(data, data.c.id == table.c.certificate_number, isouter=True)
    query = select(table, data.c.value.label("opened")).select_from(joined)
    query = query.where(
        table.c.person_id == person_id,
        table.c.import_id.is_(None) | table.c.import_id.not_in(undone),
    )
    rows = connection.execute(query.order_by(table.c.valid_from, table.c.id)).all()
    events = _events(connection, [row.id for row in rows])
    return [
        Paper(
            id=row.id,
            kind=row.kind,
            number=row.opened,
            issuer=row.issuer,
            valid_from=date.fromisoformat(row.valid_from),
            valid_to=date.fromisoformat(row.valid_to),
            events=tuple(events.get(row.id, ())),
        )
        for row in rows
    ]


def _events(
    connection: Connection, certificates: Sequence[str]
) -> dict[str, list[tuple[CertificateEvent, date]]]:
    table = schema.certificate_events
    query = select(table).where(table.c.certificate_id.in_(certificates)).order_by(table.c.number)
    found: defaultdict[str, list[tuple[CertificateEvent, date]]] = defaultdict(list)
    for row in connection.execute(query):
        event = CertificateEvent(row.event), date.fromisoformat(row.day)
        found[row.certificate_id].append(event)
    return found
