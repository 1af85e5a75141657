"""Which versions of files on a card were sealed before.

Holds always: recognising rests on the card's identity, path, size and times, so it only ever says
"this very version was sealed then", never "this is safe now": the receipt says RECOGNISED, and
clearing reads both copies again whatever was recognised.
"""

from collections.abc import Sequence

from sqlalchemy import select

from evidence.statements import SafeFile
from evidence.vocabulary import SafeBasis
from ingest.card import FoundFile
from ingest.station import Station
from storage import schema

_BATCH = 500


def recognise(station: Station, card: str, *, files: Sequence[FoundFile]) -> dict[bytes, SafeFile]:
    """Earlier sightings of these very versions, by path."""
    by_key = {station.recognition_key(card, file): file for file in files}
    keys = list(by_key)
    found: dict[bytes, SafeFile] = {}
    table = schema.seen_files
    with station.site.database.read() as connection:
        for start in range(0, len(keys), _BATCH):
            wanted = table.c.id.in_(keys[start : start + _BATCH])
            for row in connection.execute(select(table).where(wanted)):
                file = by_key[row.id]
                found[file.path] = SafeFile(
                    "", row.recording_id, file.size, row.sighting_id, SafeBasis.RECOGNISED
                )
    return found
