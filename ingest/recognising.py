"""Which versions of files on a card were sealed before.

Holds always: recognising rests on the card's identity, path, size and times, so it only ever says
"this very version was sealed then", never "this is safe now": the receipt says RECOGNISED, and
clearing reads both copies again whatever was recognised. A version whose original is not in the
vault in its size, or was found bad by the last scrub, is not recognised: it is taken as if new.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, literal, or_, select

from evidence.statements import SafeFile
from evidence.vocabulary import FixityState, SafeBasis
from ingest.card import FoundFile
from ingest.station import Station
from storage import schema

_BATCH = 500


def recognise(station: Station, card: str, *, files: Sequence[FoundFile]) -> dict[bytes, SafeFile]:
    """Earlier sightings of these very versions whose originals are still there, by path.

    Raises `DatabaseUnavailable`, `VaultUnavailable` or `StorageFailed`.
    """
    if not files:  # a card that rests needs no database
        return {}
    by_key = {station.recognition_key(card, file): file for file in files}
    vault = station.site.vault
    with station.site.database.read() as connection:
        rows = list(_seen(connection, list(by_key), vault_id=vault.vault_id))
    found: dict[bytes, SafeFile] = {}
    for row in rows:
        file = by_key[row.id]
        if vault.size(row.recording_id) == file.size:
            basis = SafeBasis.RECOGNISED
            safe = SafeFile("", row.recording_id, file.size, row.sighting_id, basis)
            found[file.path] = safe
    return found


def _seen(connection: Connection, keys: Sequence[str], *, vault_id: str) -> Iterator[Row[Any]]:
    """Rows of `seen_files`, without those whose stored copy the last scrub found bad."""
    table, fixity = schema.seen_files, schema.fixity
    copy = literal(f"{vault_id}/") + table.c.recording_id
    joined = table.join(fixity, fixity.c.id == copy, isouter=True)
    not_bad = or_(fixity.c.state.is_(None), fixity.c.state != FixityState.FAILED.value)
    for start in range(0, len(keys), _BATCH):
        wanted = table.c.id.in_(keys[start : start + _BATCH])
        yield from connection.execute(select(table).select_from(joined).where(wanted, not_bad))
