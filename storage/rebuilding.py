"""A database made anew from a journal, or brought up to its end after a restore.

How far it reaches: every evidential row, every entry, the tree and its signed checkpoints, equal to
the last bit; personal data as far as its openings lie beside the journal. What is operational is
not there: passwords and log-ins, what the scrub found, and what can be made again (previews, lists,
what waits).

Holds always: nothing of the journal is believed. Each row must have the digest that its entry
names, and each entry must lead to the root that its checkpoint signs, under the key of this site;
all of it is written, or nothing.
"""

import base64
import binascii
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, insert, select, update

from evidence import entry as entries
from evidence import merkle, note
from evidence.canonical import Json, loads_object
from evidence.entry import Entry, time_text
from evidence.errors import EvidenceAltered, Malformed
from evidence.note import Checkpoint, VerifyingKey
from evidence.personal import Personal
from evidence.tables import EVIDENTIAL
from storage import journal, schema
from storage.database import Database
from storage.keys import verify_ed25519
from storage.ledger import node_reader

_OPENING = {"id", "kind", "salt", "value"}


@dataclass(frozen=True)
class Rebuilt:
    """What was written: entries and rows, the openings found and those that are gone."""

    entries: int
    rows: int
    openings: int
    size: int


def rebuild(database: Database, folder: Path, *, key: VerifyingKey) -> Rebuilt:
    """Writes into a migrated database all that the journal has beyond its log.

    Raises `EvidenceAltered` for a line that is not what was signed, and leaves the database as it
    was.
    """
    with database.locked() as connection:
        size = int(connection.execute(select(schema.log_head.c.size)).scalar_one())
        done = _Rebuilding(connection, key, size=size)
        for line in journal.lines_from(folder, size):
            done.take(line)
        openings = _open(connection, folder) if done.entries else 0
    return Rebuilt(done.entries, done.rows, openings, done.size)


class _Rebuilding:
    """One run: the tree so far is kept in memory, the rest in the database."""

    def __init__(self, connection: Connection, key: VerifyingKey, *, size: int) -> None:
        self._connection = connection
        self._key = key
        self._stored = node_reader(connection)
        self._known: dict[tuple[int, int], bytes] = {}
        self.size = size
        self.entries = self.rows = 0

    def take(self, line: bytes) -> None:
        """One line: its rows, its entry, its place in the tree and its checkpoint."""
        try:
            value = loads_object(line)
            body, signed, rows = value["entry"], value["note"], value["rows"]
            if not (isinstance(body, str) and isinstance(signed, str) and isinstance(rows, list)):
                raise Malformed("A line of the journal is not entry, note and rows")
            entry = entries.parse(body.encode())
        except (KeyError, EvidenceAltered) as error:
            raise self._broken("it cannot be read") from error
        if entry.seq != self.size:
            raise self._broken(f"it is entry {entry.seq}")
        self._write_rows(entry, rows)
        self._write_entry(entry, body, signed=signed)

    def _write_rows(self, entry: Entry, rows: list[Json]) -> None:
        if len(rows) != len(entry.rows):
            raise self._broken("rows are missing")
        for ref, given in zip(entry.rows, rows, strict=True):
            row = given.get("row") if isinstance(given, dict) else None
            if not isinstance(row, dict) or ref.format not in EVIDENTIAL.get(ref.table, {}):
                raise self._broken(f"row {ref.table}/{ref.key} is missing")
            if entries.row_digest(ref.table, ref.format, row=row) != ref.sha256:
                raise self._broken(f"row {ref.table}/{ref.key} is another one")
            self._connection.execute(insert(schema.metadata.tables[ref.table]).values(**row))
            self.rows += 1

    def _write_entry(self, entry: Entry, body: str, *, signed: str) -> None:
        leaf = merkle.leaf_hash(body.encode())
        nodes = merkle.new_nodes(self.size, leaf, node=self._node)
        self._known |= {(level, idx): value for level, idx, value in nodes}
        head = Checkpoint(self._key.name, self.size + 1, merkle.root(self.size + 1, self._node))
        if self._signed(signed) != head:
            raise self._broken("its checkpoint is not that of this log")
        write, at = self._connection.execute, time_text(entry.at)
        write(insert(schema.entries).values(seq=self.size, body=body, leaf=leaf.hex()))
        rows = [{"level": level, "idx": idx, "hash": value.hex()} for level, idx, value in nodes]
        write(insert(schema.log_nodes), rows)
        write(update(schema.log_head).values(size=head.size, last_at=at))
        write(insert(schema.checkpoints).values(size=head.size, note=signed, signed_at=at))
        self.size += 1
        self.entries += 1

    def _signed(self, signed: str) -> Checkpoint:
        try:
            return Checkpoint.parse(note.read(signed, self._key, verify=verify_ed25519))
        except EvidenceAltered as error:
            raise self._broken("its checkpoint is not signed by this site's key") from error

    def _node(self, level: int, index: int) -> bytes:
        known = self._known.get((level, index))
        return self._stored(level, index) if known is None else known

    def _broken(self, why: str) -> EvidenceAltered:
        message = f"Entry {self.size} of the journal is not what was signed: {why}"
        return EvidenceAltered(message, code="JOURNAL_BROKEN", seq=self.size, reason=why)


def _open(connection: Connection, folder: Path) -> int:
    """Puts back the openings that match their commitment; returns how many."""
    table = schema.personal_data
    known = set(connection.execute(select(table.c.id)).scalars())
    before = len(known)
    for line in journal.openings_in(folder):
        if line.get("id") not in known and _opens(line):
            known.add(str(line["id"]))
            connection.execute(insert(table).values(**line))
    return len(known) - before


def _opens(line: Mapping[str, Json]) -> bool:
    """Whether a line is an opening of what it says it opens."""
    kind, salt, value = line.get("kind"), line.get("salt"), line.get("value")
    if not (isinstance(kind, str) and isinstance(salt, str) and isinstance(value, str)):
        return False
    with suppress(Malformed, binascii.Error):
        opened = Personal(kind, value, base64.b64decode(salt, validate=True))
        return line.keys() == _OPENING and opened.commitment == line["id"]
    return False
