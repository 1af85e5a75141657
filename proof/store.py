"""Reads a site as it is, in one snapshot, and changes nothing.

Holds always: everything a store gives comes from one read transaction, so a live server may go on
writing; no assumption is made about types, because whoever altered the database could store
anything in any column; a database that cannot be read in its folder (read-only media) is copied
with its WAL and read there. So is one on a full disk: SQLite needs room to read.
"""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias
from urllib.parse import quote

from evidence.errors import BadInput, DatabaseUnavailable

Value: TypeAlias = None | int | float | str | bytes
Row: TypeAlias = tuple[Value, ...]

SITE_FILES = ("site.json", "keys/log.pub", "keys/station.pub")
_LARGEST_SITE_FILE = 64 * 1024
_LARGEST_VALUE = 80 * 1024 * 1024
_BATCH = 1000
_BUSY_SECONDS = 30.0
_FAULTS_LISTED = 20
_FOLDER_REFUSES = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)


class Store(Protocol):
    """One snapshot of a site's database, with the small files beside it."""

    @property
    def files(self) -> Mapping[str, bytes]:
        """Content of those `SITE_FILES` that are there."""
        ...

    def tables(self) -> Mapping[str, tuple[str, ...]]:
        """Every table with its columns; raises `DatabaseUnavailable`, as all of these do."""
        ...

    def rows(
        self, table: str, columns: Sequence[str], *, order: str, level: int | None = None
    ) -> Iterator[Row]:
        """Rows of a table of the site in the order of one column, by bytes where it is text.

        A column that is not there is given as null. `level` restricts `log_nodes` to one level.
        """
        ...

    def count(self, table: str) -> int:
        """Number of rows, counted without any index."""
        ...

    def levels(self) -> list[Value]:
        """The levels that `log_nodes` holds."""
        ...

    def faults(self, *, quick: bool) -> list[str]:
        """What the database itself finds wrong with its file, its indexes included unless quick."""
        ...

    def close(self) -> None:
        """Lets go of the snapshot."""
        ...


def read_files(folder: Path) -> dict[str, bytes]:
    """Those `SITE_FILES` that are there."""
    found: dict[str, bytes] = {}
    for name in SITE_FILES:
        with contextlib.suppress(OSError), (folder / name).open("rb") as file:
            found[name] = file.read(_LARGEST_SITE_FILE)
    return found


class SqliteStore:
    """A `Store` over a SQLite file."""

    def __init__(self, path: Path, files: Mapping[str, bytes]) -> None:
        if not path.is_file():
            raise DatabaseUnavailable(f"Database {path.name} is not there", reason="not there")
        self.files = files
        self._cleanup = contextlib.ExitStack()
        self._columns: dict[str, tuple[str, ...]] | None = None
        try:
            self._connection = _connect(path)
        except sqlite3.OperationalError as error:
            if not _needs_copy(error):
                raise _unavailable(error) from error
            self._connection = self._copied(path)
        self._cleanup.callback(self._connection.close)

    def _copied(self, path: Path) -> sqlite3.Connection:
        folder = Path(tempfile.mkdtemp(prefix="liuhen-verify-"))
        self._cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
        try:
            for name in (path.name, f"{path.name}-wal"):
                if (path.parent / name).exists():
                    shutil.copyfile(path.parent / name, folder / name)
            return _connect(folder / path.name)
        except (OSError, sqlite3.OperationalError) as error:
            self._cleanup.close()
            raise _unavailable(error) from error

    def tables(self) -> Mapping[str, tuple[str, ...]]:
        """Every table with its columns; views and virtual tables are none."""
        if self._columns is None:
            listed = self._all(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
                " AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT LIKE 'sqlite_%'"
            )
            self._columns = {str(name): self._columns_of(str(name)) for (name,) in listed}
        return self._columns

    def _columns_of(self, table: str) -> tuple[str, ...]:
        found = self._all("SELECT name FROM pragma_table_xinfo(?)", (table,))
        return tuple(str(name) for (name,) in found)

    def rows(
        self, table: str, columns: Sequence[str], *, order: str, level: int | None = None
    ) -> Iterator[Row]:
        """See `Store.rows`."""
        there = self.tables().get(table)
        if there is None:
            return
        wanted = ", ".join(_quoted(name) if name in there else "NULL" for name in columns)
        where = "" if level is None else " WHERE level = ?"
        ordered = f" ORDER BY {_quoted(order)} COLLATE BINARY" if order in there else ""
        query = f"SELECT {wanted} FROM {_quoted(table)}{where}{ordered}"  # noqa: S608 - own names
        yield from self._stream(query, () if level is None else (level,))

    def count(self, table: str) -> int:
        """See `Store.count`."""
        if table not in self.tables():
            return 0
        query = f"SELECT count(*) FROM {_quoted(table)} NOT INDEXED"  # noqa: S608 - own names
        value = self._all(query)[0][0]
        return value if isinstance(value, int) else 0

    def levels(self) -> list[Value]:
        """See `Store.levels`."""
        if "level" not in self.tables().get("log_nodes", ()):
            return []
        return [row[0] for row in self._all("SELECT DISTINCT level FROM log_nodes")]

    def faults(self, *, quick: bool) -> list[str]:
        """See `Store.faults`."""
        check = "quick_check" if quick else "integrity_check"
        said = [str(row[0]) for row in self._all(f"PRAGMA {check}({_FAULTS_LISTED})")]
        return [line for line in said if line != "ok"]

    def close(self) -> None:
        """See `Store.close`."""
        self._cleanup.close()

    def _all(self, query: str, values: Sequence[Value] = ()) -> list[Row]:
        return list(self._stream(query, values))

    def _stream(self, query: str, values: Sequence[Value]) -> Iterator[Row]:
        try:
            cursor = self._connection.execute(query, values)
            while batch := cursor.fetchmany(_BATCH):
                yield from batch
        except (sqlite3.Error, OverflowError, UnicodeError) as error:
            raise _unavailable(error) from error


def _needs_copy(error: sqlite3.OperationalError) -> bool:
    """Whether the folder takes no file, or has no room for the index of the WAL."""
    code = error.sqlite_errorcode
    return code & 0xFF in _FOLDER_REFUSES or code == sqlite3.SQLITE_IOERR_SHMSIZE


def _connect(path: Path) -> sqlite3.Connection:
    """A read-only connection inside its read transaction.

    Never `immutable=1`: it would leave out what only the WAL holds. A file that is no database is
    told when it is first read, so that it becomes a finding.
    """
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=_BUSY_SECONDS)
    connection.text_factory = _text
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE)
    try:
        for setting in ("query_only = ON", "trusted_schema = OFF", "mmap_size = 0"):
            connection.execute(f"PRAGMA {setting}")
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            connection.close()
            raise
    except (sqlite3.DatabaseError, UnicodeError):  # damage may stand in the message itself
        pass
    return connection


def _text(data: bytes) -> str:
    """Text as stored; bytes that are not UTF-8 become lone surrogates, which no digest accepts."""
    return data.decode("utf-8", "surrogateescape")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _unavailable(error: Exception) -> DatabaseUnavailable:
    reason = str(error).strip().split("\n", maxsplit=1)[0]
    return DatabaseUnavailable(f"Database cannot be read: {reason}", reason=reason)


def sqlite_path(folder: Path, database: str | None) -> Path | None:
    """Path of the SQLite file that `database` (or its absence) means; None for PostgreSQL."""
    if database is None:
        return folder / "liuhen.db"
    if database.startswith("sqlite:///"):
        return Path(database.removeprefix("sqlite:///"))
    if database.startswith("postgresql"):
        return None
    raise BadInput(
        "Database address is neither sqlite:/// nor postgresql://", why="DATABASE_ADDRESS"
    )
