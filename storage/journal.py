"""The log with every row it names, as text beside a vault: a database can be made of it again.

::

    <vault>/journal/000000000000.jsonl            entries 0 to 999, one line each
    <vault>/journal/000000000000.personal.jsonl   the openings of what those lines commit to
    <vault>/journal/000000001000.jsonl            ...

A line is canonical JSON: `entry` (the leaf's text), `note` (the signed checkpoint of the size that
the entry made) and `rows` (table, format, row of each row the entry names, in its order). Openings
lie in files of their own, so that they can be erased.

Holds always: only what is committed is written, so the journal may lag behind the log and never
runs ahead of it; a line without its end was cut off by a power cut and is written again; what the
journal has and the log has not is never overwritten.
"""

import contextlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from evidence import entry as entries
from evidence.canonical import Json, dumps, loads_object
from evidence.entry import RowRef
from evidence.errors import EvidenceAltered
from evidence.tables import EVIDENTIAL
from storage import schema
from storage.database import Database
from storage.durable import fsync_dir, make_dirs_durably, storage_trouble, write_durably
from storage.site import Site

FOLDER = "journal"
SEGMENT = 1000
_BATCH = 200
_SEGMENT_NAME = re.compile(r"(\d{12})\.jsonl")
_COMMITMENT = re.compile(r"c1:[0-9a-f]{64}")


@dataclass(frozen=True)
class Segment:
    """One file of entries, the first of which is number `first`."""

    path: Path
    first: int

    @property
    def personal(self) -> Path:
        """The openings that belong to these entries."""
        return self.path.with_name(f"{self.first:012}.personal.jsonl")

    def lines(self) -> list[bytes]:
        """Whole lines, without their ends. Raises `StorageFailed`."""
        return whole_lines(self.path)


class Journal:
    """The journal in one folder; written by one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._next: int | None = None

    def follow(self, database: Database) -> int:
        """Writes what the log has and the journal has not; returns how many entries that were.

        Raises `EvidenceAltered` where the journal is not of this log, `StorageFailed` or
        `OutOfSpace`.
        """
        written = 0
        begin = self._begin(database)
        self._next = None  # whoever fails below finds out again what is there
        while True:
            segment = segment_of(self.folder, begin + written)
            room = min(_BATCH, segment.first + SEGMENT - begin - written)
            with database.read() as connection:
                lines = _lines(connection, begin + written, limit=room)
                openings = _openings(connection, lines)
            if not lines:
                break
            make_dirs_durably(self.folder)
            _append(segment.personal, openings)
            _append(segment.path, lines)
            written += len(lines)
        self._next = begin + written
        return written

    def _begin(self, database: Database) -> int:
        if self._next is not None:
            return self._next
        there = segments(self.folder)
        if not there:
            return 0
        lines = there[-1].lines()
        begin = there[-1].first + len(lines)
        if lines:
            _check_same(database, begin - 1, line=lines[-1], folder=self.folder)
        for path in (there[-1].path, there[-1].personal):
            _drop_torn(path)
        return begin


def follow_beside(site: Site, journal: Journal) -> int:
    """The same beside the site's own vault, once its disk was found there."""
    site.vault.space()
    return journal.follow(site.database)


def segments(folder: Path) -> list[Segment]:
    """The files of entries in a journal, in order; none where there is no journal."""
    with storage_trouble(f"Listing {folder}", folder.parent):
        names = sorted(os.listdir(folder)) if folder.is_dir() else []
    found = (_SEGMENT_NAME.fullmatch(name) for name in names)
    return [Segment(folder / name.group(), int(name.group(1))) for name in found if name]


def segment_of(folder: Path, seq: int) -> Segment:
    """Where the entry `seq` belongs."""
    first = seq - seq % SEGMENT
    return Segment(folder / f"{first:012}.jsonl", first)


def whole_lines(path: Path) -> list[bytes]:
    """The lines of a file that have their end; none where there is no file."""
    with storage_trouble(f"Reading {path}", path.parent):
        data = path.read_bytes() if path.exists() else b""
    return data.split(b"\n")[:-1]


def lines_from(folder: Path, seq: int) -> Iterator[bytes]:
    """Every line of the journal from entry `seq` on; raises `EvidenceAltered` for a hole."""
    expected = seq
    for segment in segments(folder):
        lines = segment.lines()
        if segment.first + len(lines) <= seq:
            continue
        start = max(seq, segment.first)
        if start != expected:
            message = f"The journal has no entry {expected}"
            raise EvidenceAltered(message, code="JOURNAL_BROKEN", seq=expected, path=str(folder))
        yield from lines[start - segment.first :]
        expected = segment.first + len(lines)


def openings_in(folder: Path) -> Iterator[dict[str, Json]]:
    """Every opening that lies beside the journal."""
    for segment in segments(folder):
        for line in whole_lines(segment.personal):
            yield loads_object(line)


def length(folder: Path) -> int:
    """How many entries the journal has."""
    there = segments(folder)
    return there[-1].first + len(there[-1].lines()) if there else 0


def _check_same(database: Database, seq: int, *, line: bytes, folder: Path) -> None:
    """The last entry of the journal must be that of the log: else it is another log's."""
    body = select(schema.entries.c.body).where(schema.entries.c.seq == seq)
    with database.read() as connection:
        ours = connection.execute(body).scalar()
    if ours is None or loads_object(line).get("entry") != ours:
        message = f"Entry {seq} of the journal is not in the log"
        raise EvidenceAltered(message, code="JOURNAL_DIFFERS", seq=seq, path=str(folder))


def _lines(connection: Connection, begin: int, *, limit: int) -> list[bytes]:
    table, notes = schema.entries, schema.checkpoints
    joined = table.join(notes, notes.c.size == table.c.seq + 1, isouter=True)
    query = (
        select(table.c.body, notes.c.note)
        .select_from(joined)
        .where(table.c.seq >= begin)
        .order_by(table.c.seq)
        .limit(limit)
    )
    return [_line(connection, str(row.body), note=row.note) for row in connection.execute(query)]


def _line(connection: Connection, body: str, *, note: str | None) -> bytes:
    refs = entries.parse(body.encode()).rows
    rows: list[Json] = [_row(connection, ref) for ref in refs]
    return dumps({"entry": body, "note": note, "rows": rows})


def _row(connection: Connection, ref: RowRef) -> dict[str, Json]:
    table = schema.metadata.tables[ref.table]
    columns = [table.c[name] for name in EVIDENTIAL[ref.table][ref.format]]
    found = connection.execute(select(*columns).where(table.c.id == ref.key)).mappings().first()
    row = None if found is None else dict(found)
    return {"table": ref.table, "format": ref.format, "row": row}


def _openings(connection: Connection, lines: Sequence[bytes]) -> list[bytes]:
    """The openings of all commitments in these lines that were not erased, as lines."""
    named = {found for line in lines for found in _COMMITMENT.findall(line.decode())}
    table, ids = schema.personal_data, sorted(named)
    found: list[bytes] = []
    for start in range(0, len(ids), _BATCH):
        query = select(table).where(table.c.id.in_(ids[start : start + _BATCH]))
        rows = connection.execute(query.order_by(table.c.id)).mappings()
        found += [dumps(dict(row)) for row in rows]
    return found


def _append(path: Path, lines: Sequence[bytes]) -> None:
    """Adds lines durably. What could not be made durable is written again as a new file."""
    if not lines:
        return
    text = b"".join(line + b"\n" for line in lines)
    is_new = not path.exists()
    with storage_trouble(f"Writing {path}", path.parent), path.open("ab") as file:
        before = file.tell()
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                os.truncate(path, before)
            raise
    if is_new:
        fsync_dir(path.parent)


def _drop_torn(path: Path) -> None:
    """Takes away what follows the last line's end: a power cut came between the two."""
    lines = whole_lines(path)
    size = sum(len(line) + 1 for line in lines)
    if path.exists() and path.stat().st_size != size:
        write_durably(path, b"".join(line + b"\n" for line in lines))
