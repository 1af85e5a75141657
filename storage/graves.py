"""Which recordings were disposed of: their tombstones and certificates, asked in one place.

Holds always: a recording whose card was docked again after its tombstone is not disposed of, told
by the number of its sightings and by no clock; who asks for its bytes is told the certificate, or
that the disposal is under way, and never that there was nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, exists, func, select

from evidence.canonical import Json
from evidence.disposal import read_list
from evidence.errors import Disposed
from storage import schema

_AT_ONCE = 500


@dataclass(frozen=True)
class Grave:
    """A recording that was disposed of; `certificate` is None until its bytes are gone.

    Times are UTC texts as rows hold them.
    """

    recording: str
    tombstone: str
    batch: str
    class_code: str
    period: str
    due_on: str
    basis: str
    buried_at: str
    certificate: str | None
    certified_at: str | None

    def json(self) -> dict[str, Json]:
        """The grave as commands show it."""
        return {
            "batch": self.batch,
            "certificate": self.certificate,
            "class": self.class_code,
            "period": self.period,
            "due_on": self.due_on,
            "basis": self.basis,
            "buried_at": self.buried_at,
            "certified_at": self.certified_at,
        }

    def error(self) -> Disposed:
        """Said to whoever asks for the bytes."""
        if self.certificate is None:
            message = f"{self.recording} is being disposed of in batch {self.batch}"
            return Disposed(
                message, code="BEING_DISPOSED", recording=self.recording, batch=self.batch
            )
        message = f"{self.recording} was disposed of under certificate {self.certificate}"
        return Disposed(message, recording=self.recording, certificate=self.certificate)


def is_buried(recording: ColumnElement[str]) -> ColumnElement[bool]:
    """As a condition of a query: that the recording was disposed of and not docked again since."""
    stones, seen = schema.tombstones.alias(), schema.sightings.alias()
    counted = select(func.count()).select_from(seen)
    counted = counted.where(seen.c.recording_id == stones.c.recording_id).correlate(stones)
    return exists().where(
        stones.c.recording_id == recording, stones.c.sightings == counted.scalar_subquery()
    )


def grave(connection: Connection, recording: str) -> Grave | None:
    """The recording's grave, None where its bytes are to be here."""
    return graves(connection, [recording]).get(recording)


def graves(connection: Connection, recordings: Collection[str]) -> dict[str, Grave]:
    """Those of these recordings that were disposed of."""
    found: dict[str, Grave] = {}
    wanted = sorted(set(recordings))
    for start in range(0, len(wanted), _AT_ONCE):
        for one in _graves(connection, wanted[start : start + _AT_ONCE]):
            found[one.recording] = one
    return found


def _graves(connection: Connection, recordings: list[str]) -> list[Grave]:
    stones, batches = schema.tombstones, schema.disposal_batches
    papers = schema.disposal_certificates
    query = (
        select(stones, batches.c.list, papers.c.id.label("certificate"), papers.c.issued_at)
        .join(batches, batches.c.id == stones.c.batch_id)
        .join(papers, papers.c.batch_id == stones.c.batch_id, isouter=True)
        .where(stones.c.recording_id.in_(recordings), is_buried(stones.c.recording_id))
        .order_by(stones.c.number)
    )
    lists: dict[str, dict[str, tuple[str, str, str, str]]] = {}
    found = []
    for row in connection.execute(query):
        if row.batch_id not in lists:
            lists[row.batch_id] = {
                line.recording: (line.class_code, line.period, line.due_on, line.basis)
                for line in read_list(row.list)
            }
        said = lists[row.batch_id][row.recording_id]
        found.append(
            Grave(
                *(row.recording_id, row.id, row.batch_id, *said, row.stated_at),
                certificate=row.certificate,
                certified_at=row.issued_at,
            )
        )
    return found


def check_not_buried(connection: Connection, recording: str) -> None:
    """Raises `Disposed` where the bytes are gone, or about to be, by right."""
    found = grave(connection, recording)
    if found is not None:
        raise found.error()
