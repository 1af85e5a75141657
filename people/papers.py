"""Reads certificates as people want to see them: with number, issuer and events."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from evidence.enforcing import Certificate
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

    def first(self, event: CertificateEvent) -> date | None:
        """When something became of it for the first time."""
        return min((day for one, day in self.events if one is event), default=None)

    @property
    def certificate(self) -> Certificate:
        """As the pure rules take it."""
        years = {day.year for one, day in self.events if one is CertificateEvent.ANNUAL_CHECK}
        revoked = self.first(CertificateEvent.REVOKED)
        return Certificate(self.valid_from, self.valid_to, revoked, frozenset(years))


def papers_of(connection: Connection, person_id: str) -> list[Paper]:
    """The certificates of a person in order of their days, without those of undone rosters."""
    return all_papers(connection, only=person_id).get(person_id, [])


def all_papers(connection: Connection, *, only: str | None = None) -> dict[str, list[Paper]]:
    """The same of everybody, or of one, by person."""
    table, data = schema.certificates, schema.personal_data
    undone = select(schema.roster_undos.c.id)
    joined = table.join(data, data.c.id == table.c.certificate_number, isouter=True)
    query = select(table, data.c.value.label("opened")).select_from(joined)
    query = query.where(table.c.import_id.is_(None) | table.c.import_id.not_in(undone))
    if only is not None:
        query = query.where(table.c.person_id == only)
    rows = connection.execute(query.order_by(table.c.valid_from, table.c.id)).all()
    events = _events(connection, [row.id for row in rows] if only is not None else None)
    found: defaultdict[str, list[Paper]] = defaultdict(list)
    for row in rows:
        paper = Paper(
            id=row.id,
            kind=row.kind,
            number=row.opened,
            issuer=row.issuer,
            valid_from=date.fromisoformat(row.valid_from),
            valid_to=date.fromisoformat(row.valid_to),
            events=tuple(events.get(row.id, ())),
        )
        found[row.person_id].append(paper)
    return found


def _events(
    connection: Connection, certificates: Sequence[str] | None
) -> dict[str, list[tuple[CertificateEvent, date]]]:
    """What became of these certificates, or of all."""
    table = schema.certificate_events
    query = select(table).order_by(table.c.number)
    if certificates is not None:
        query = query.where(table.c.certificate_id.in_(certificates))
    found: defaultdict[str, list[tuple[CertificateEvent, date]]] = defaultdict(list)
    for row in connection.execute(query):
        event = CertificateEvent(row.event), date.fromisoformat(row.day)
        found[row.certificate_id].append(event)
    return found
