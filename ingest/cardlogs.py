"""What the card says beyond its files: its own logs, and the names of what was cleared from it.

Holds always: card logs are read from the vault, where they were sealed first, never a second time
from the card; what cannot be read as a log is still evidence and simply claims nothing.
"""

import base64

from sqlalchemy import select

from devices.cardlog import MAX_LOG_BYTES, CardLog, read_log
from devices.names import NameFacts, read_name
from evidence.errors import LiuhenError
from evidence.vocabulary import ClearResult, FileKind
from ingest.session import Intake, Tracked
from storage import schema


def read_card_logs(intake: Intake) -> list[CardLog]:
    """The logs of this card that are safe in the vault, parsed leniently."""
    logs = [t for t in intake.all() if t.name.kind == FileKind.CARD_LOG and t.safe is not None]
    return [read_log(_head(intake, tracked), intake.station.makes) for tracked in logs]


def cleared_names(intake: Intake) -> list[NameFacts]:
    """Names that were cleared from this card by receipt: their absence is no gap."""
    clearings, receipts = schema.clearings, schema.receipts
    sessions, personal = schema.dock_sessions, schema.personal_data
    query = (
        select(personal.c.value)
        .join(clearings, clearings.c.path == personal.c.id)
        .join(receipts, receipts.c.id == clearings.c.receipt_id)
        .join(sessions, sessions.c.id == receipts.c.session_id)
        .where(sessions.c.card == intake.opened.place.identity.card)
        .where(clearings.c.result == ClearResult.CLEARED.value)
    )
    with intake.station.site.database.read() as connection:
        paths = [base64.b64decode(value) for value in connection.execute(query).scalars()]
    return [read_name(path, intake.station.makes) for path in paths]


def names_ever_listed(intake: Intake) -> list[NameFacts]:
    """Names of this session and of what stands on the card besides.

    A drop folder's session takes only what earlier sessions did not; their files answer, too.
    """
    names = {tracked.found.path: tracked.name for tracked in intake.all()}
    there = () if intake.listing is None else intake.listing.files
    others = [file.path for file in there if file.path not in names]
    return [*names.values(), *(read_name(path, intake.station.makes) for path in others)]


def _head(intake: Intake, tracked: Tracked) -> bytes:
    if tracked.safe is None:
        return b""
    try:
        with intake.station.site.vault.open(tracked.safe.sha256) as original:
            return original.read(MAX_LOG_BYTES + 1)
    except LiuhenError:
        return b""  # the log file itself is sealed; that it cannot be opened now is for the scrub
