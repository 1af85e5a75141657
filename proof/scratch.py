"""Working memory that spills to disk: what must be compared across a whole site.

Holds always: nothing here is evidence; the file is private and unnamed, and SQLite removes it with
the connection, so memory stays bounded however many entries and rows a site has.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any, TypeAlias

from evidence.errors import OutOfSpace
from evidence.tables import EVIDENTIAL

Cell: TypeAlias = None | int | float | str | bytes

_BATCH = 2000
_CACHE_KIB = 64 * 1024
_TABLES = {f"named_{table}": "key, format, digest, seq" for table in EVIDENTIAL} | {
    "referenced": "commitment, place",
    "erased": "commitment, seq",
    "opened": "commitment",
    "recordings": "id, size",
    "copies": "id, recording, vault, placed_at",
    "digests": "id, recording, algorithm, value",
    "sightings": "id, recording, path, session",
    "listed": "session, path",
    "lines": "receipt, path, recording, size, sighting, basis",
    "positions": "receipt, size, root, found",
    "fixity": "id, state, checked_at",
    "batches": "id, list_sha256",
    "batch_lines": "batch, recording",
    "answers": "id, batch, answer, list_sha256, person",
    "tombstones": "id, recording, batch, list_sha256",
    "certificates": "id, batch",
    "certified": "certificate, tombstone, recording, outcome",
    "disposed": "recording, tombstone",
    "absent": "recording",
}


class Scratch:
    """A private temporary database with buffered inserts."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._waiting: dict[str, list[tuple[Cell, ...]]] = {name: [] for name in _TABLES}
        self._inserts: dict[str, str] = {}
        for name, columns in _TABLES.items():
            self._connection.execute(f"CREATE TABLE {name} ({columns})")
            marks = ", ".join("?" for _ in columns.split(","))
            self._inserts[name] = f"INSERT INTO {name} VALUES ({marks})"  # noqa: S608 - own names
        self._connection.execute("BEGIN")

    def add(self, table: str, row: tuple[Cell, ...]) -> None:
        """Remembers a row; raises `OutOfSpace` where the temporary disk is full."""
        waiting = self._waiting[table]
        waiting.append(row)
        if len(waiting) >= _BATCH:
            self._flush(table)

    def add_found(self, table: str, row: tuple[Cell, ...]) -> None:
        """The same for cells as they were found: text that is not UTF-8 is spelled out."""
        self.add(table, tuple(_plain(cell) if isinstance(cell, str) else cell for cell in row))

    def query(self, query: str, *values: Cell) -> Iterator[tuple[Any, ...]]:
        """Rows of a query over everything remembered so far."""
        for table in _TABLES:
            self._flush(table)
        try:
            # A map, because what is left of it at the end of an interrupted run is never closed.
            yield from map(tuple, self._connection.execute(query, values))
        except sqlite3.OperationalError as error:
            raise _no_room() from error

    def index(self, table: str, column: str) -> None:
        """Makes looking rows up by a column quick, once they are all there."""
        self._flush(table)
        self._connection.execute(f"CREATE INDEX {table}_{column} ON {table} ({column})")

    def close(self) -> None:
        """Forgets everything."""
        self._connection.close()

    def _flush(self, table: str) -> None:
        rows = self._waiting[table]
        if not rows:
            return
        try:
            self._connection.executemany(self._inserts[table], rows)
        except sqlite3.OperationalError as error:
            raise _no_room() from error
        rows.clear()


def _no_room() -> OutOfSpace:
    return OutOfSpace("No room for temporary files", code="NO_TEMPORARY_ROOM")


def _plain(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
