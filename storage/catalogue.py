"""Looking things up: recordings with their sightings, receipts, sessions. Reads only.

Holds always: a name that was erased is shown as erased, never invented; lists go by key (keyset),
newest first, and never count the whole table.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, or_, select

from evidence.canonical import Json, loads
from evidence.errors import BadInput, NotFound
from evidence.personal import FILE_NAME, shown_name
from storage import schema
from storage.database import Database

ERASED = "（已删除 erased）"
LEAST_DIGITS = 6
"""Of a digest: fewer are a slip of the hand, and in a small site they would name something."""
_BEGINNING = re.compile(rf"[0-9a-fA-F]{{{LEAST_DIGITS},64}}\Z")


@dataclass(frozen=True)
class SightingView:
    """One sighting as people see it; times are texts as stored."""

    id: str
    session: str
    recording: str
    name: str
    size: int
    kind: str
    labels: tuple[str, ...]
    name_time: str | None
    container_time: str | None
    container_zone: str | None
    file_time: str | None
    zone: str
    sealed_at: str

    def json(self) -> dict[str, Json]:
        """The sighting as commands print it."""
        return {**vars(self), "labels": list(self.labels)}


def sightings(
    database: Database, *, session: str | None, before: str | None, limit: int
) -> list[SightingView]:
    """Sightings, newest first; `before` is "sealed_at|id" of the last one on the page before.

    Raises `BadInput`.
    """
    table = schema.sightings
    query = _with_names().order_by(table.c.sealed_at.desc(), table.c.id.desc()).limit(limit)
    if session is not None:
        query = query.where(table.c.session_id == session)
    if before is not None:
        at, mark, sighting = before.partition("|")
        if not (mark and at and sighting):
            raise BadInput(f"{before!r} is no page", why="NOT_A_PAGE", page=before)
        earlier = table.c.sealed_at < at
        same = and_(table.c.sealed_at == at, table.c.id < sighting)
        query = query.where(or_(earlier, same))
    with database.read() as connection:
        return [_view(row) for row in connection.execute(query).mappings()]


def sightings_of(database: Database, sha256: str) -> list[SightingView]:
    """Every sighting of one recording, oldest first; raises `NotFound`."""
    table = schema.sightings
    query = _with_names().where(table.c.recording_id == sha256).order_by(table.c.sealed_at)
    with database.read() as connection:
        find_recording(connection, sha256)
        return [_view(row) for row in connection.execute(query).mappings()]


def sightings_named(connection: Connection, ids: Sequence[str]) -> dict[str, SightingView]:
    """The sightings of these ids, by id."""
    query = _with_names().where(schema.sightings.c.id.in_(ids))
    found = (_view(row) for row in connection.execute(query).mappings()) if ids else ()
    return {view.id: view for view in found}


def find_recording(connection: Connection, sha256: str) -> tuple[int, str]:
    """Size in bytes and time of sealing of a recording; raises `NotFound`."""
    table = schema.recordings
    query = select(table.c.size, table.c.sealed_at).where(table.c.id == sha256)
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(f"No recording {sha256}", why="NO_RECORDING", recording=sha256)
    return int(row.size), str(row.sealed_at)


def full_digest(database: Database, beginning: str) -> str:
    """The one recording whose SHA-256 begins so, in at least `LEAST_DIGITS` hex digits.

    Raises `BadInput` for fewer and for what is no digest, `NotFound` for none or several.
    """
    if not _BEGINNING.match(beginning):
        message = f"{beginning!r} is not {LEAST_DIGITS} to 64 hex digits of a SHA-256"
        raise BadInput(message, why="NOT_A_DIGEST", recording=beginning, digits=LEAST_DIGITS)
    table = schema.recordings
    begins = table.c.id.startswith(beginning.lower(), autoescape=True)
    with database.read() as connection:
        found = connection.execute(select(table.c.id).where(begins).limit(2)).scalars().all()
    if len(found) != 1:
        why = "SEVERAL_RECORDINGS" if found else "NO_RECORDING"
        raise NotFound(f"{beginning} does not name one recording", why=why, recording=beginning)
    return str(found[0])


def receipt_note(database: Database, receipt: str) -> str:
    """The signed note of a receipt, by its id or its session's (then the newest).

    Raises `NotFound`.
    """
    table = schema.receipts
    query = (
        select(table.c.signed)
        .where(or_(table.c.id == receipt, table.c.session_id == receipt))
        .order_by(table.c.number.desc())
        .limit(1)
    )
    with database.read() as connection:
        note = connection.execute(query).scalar()
    if note is None:
        raise NotFound(f"No receipt {receipt}", why="NO_RECEIPT", receipt=receipt)
    return str(note)


def opened_paths(database: Database, commitments: list[str]) -> dict[str, bytes]:
    """Raw paths behind commitments, of those that were not erased."""
    table = schema.personal_data
    found: dict[str, bytes] = {}
    with database.read() as connection:
        for start in range(0, len(commitments), 500):
            wanted = table.c.id.in_(commitments[start : start + 500])
            rows = connection.execute(
                select(table.c.id, table.c.value).where(wanted, table.c.kind == FILE_NAME)
            )
            found.update((row.id, base64.b64decode(row.value)) for row in rows)
    return found


def _with_names() -> Select[Any]:
    table, personal = schema.sightings, schema.personal_data
    joined = table.join(personal, personal.c.id == table.c.path, isouter=True)
    return select(*table.c, personal.c.value.label("opened")).select_from(joined)


def _view(values: RowMapping) -> SightingView:
    opened = values["opened"]
    labels = loads(str(values["labels"]).encode())
    return SightingView(
        id=str(values["id"]),
        session=str(values["session_id"]),
        recording=str(values["recording_id"]),
        name=ERASED if opened is None else shown_name(base64.b64decode(str(opened))),
        size=int(values["size"]),
        kind=str(values["kind"]),
        labels=tuple(str(label) for label in labels) if isinstance(labels, list) else (),
        name_time=values["name_time"],
        container_time=values["container_time"],
        container_zone=values["container_zone"],
        file_time=values["file_time"],
        zone=str(values["zone"]),
        sealed_at=str(values["sealed_at"]),
    )


@dataclass(frozen=True)
class ReceiptView:
    """A receipt in a list."""

    id: str
    complete: bool
    issued_at: str


def receipts(database: Database, limit: int = 1000) -> list[ReceiptView]:
    """The newest receipts."""
    table = schema.receipts
    query = select(table).order_by(table.c.issued_at.desc(), table.c.id.desc()).limit(limit)
    with database.read() as connection:
        rows = connection.execute(query).all()
    return [ReceiptView(row.id, bool(row.complete), row.issued_at) for row in rows]


def further_digests(connection: Connection, sha256: str) -> dict[str, str]:
    """Digests beside SHA-256, by algorithm."""
    table = schema.digests
    query = select(table.c.algorithm, table.c.value).where(table.c.recording_id == sha256)
    return {row.algorithm: row.value for row in connection.execute(query)}
