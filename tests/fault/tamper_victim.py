"""A store to be tampered with: a copy of an honest one that its attacker may change at will.

Holds always: the attacker has the database and the files, and neither of the private keys, except
where an attack says otherwise.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import psycopg
from psycopg import sql

from evidence.note import VerifyingKey
from evidence.tables import EVIDENTIAL
from proof.findings import Report
from proof.keys import Trust
from proof.options import Options
from proof.verify import open_store, verify
from tests import honest_store

Cell = None | int | float | str | bytes
LOG_COLUMNS = {
    "entries": ("seq", "body", "leaf"),
    "log_nodes": ("level", "idx", "hash"),
    "log_head": ("id", "size", "last_at"),
    "checkpoints": ("size", "note", "signed_at"),
}
PERSONAL_COLUMNS = {"personal_data": ("id", "kind", "salt", "value")}
COLUMNS = {
    **{table: formats[max(formats)] for table, formats in EVIDENTIAL.items()},
    **LOG_COLUMNS,
    **PERSONAL_COLUMNS,
}
KEYS = {"entries": ("seq",), "log_nodes": ("level", "idx"), "checkpoints": ("size",)}
_CHECKED_AT = datetime(2027, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Victim:
    """A store under attack; `url` is a PostgreSQL address, or None for the SQLite file."""

    folder: Path
    url: str | None = None

    @property
    def vault(self) -> Path:
        """The vault's folder."""
        return self.folder / "vault"

    def execute(self, query: str, *values: Cell) -> list[tuple[Cell, ...]]:
        """Runs SQL with `?` marks, committed at once; the rows, if it gives any."""
        if self.url is not None:
            return _on_postgres(self.url, query, values)
        with closing(sqlite3.connect(self.folder / "liuhen.db")) as connection:
            connection.execute("PRAGMA synchronous = OFF")  # no tampering must outlive a power cut
            rows = connection.execute(query, values).fetchall()
            connection.commit()
            return rows

    def rows(self, table: str) -> list[dict[str, Cell]]:
        """All rows of a table, in the order of their keys."""
        columns = COLUMNS[table]
        order = ", ".join(keys_of(table))
        query = f"SELECT {', '.join(columns)} FROM {table} ORDER BY {order}"  # noqa: S608
        return [dict(zip(columns, row, strict=True)) for row in self.execute(query)]

    def update(self, table: str, row: dict[str, Cell], **cells: Cell) -> None:
        """Changes cells of the row that has this row's key."""
        sets = ", ".join(f"{name} = ?" for name in cells)
        where, key = _where(table, row)
        self.execute(f"UPDATE {table} SET {sets} WHERE {where}", *cells.values(), *key)  # noqa: S608

    def delete(self, table: str, row: dict[str, Cell]) -> None:
        """Removes the row that has this row's key."""
        where, key = _where(table, row)
        self.execute(f"DELETE FROM {table} WHERE {where}", *key)  # noqa: S608 - own names

    def insert(self, table: str, row: dict[str, Cell]) -> None:
        """Adds a row."""
        marks = ", ".join("?" for _ in row)
        names = ", ".join(row)
        self.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", *row.values())  # noqa: S608

    def without_keys(self, table: str) -> None:
        """Rebuilds a table without its primary key, so that anything may stand in it twice."""
        self.execute(f"CREATE TABLE rebuilt AS SELECT * FROM {table}")  # noqa: S608 - own names
        self.execute(f"DROP TABLE {table}")
        self.execute(f"ALTER TABLE rebuilt RENAME TO {table}")

    def log_key(self) -> VerifyingKey:
        """The log's public key, as the site has it."""
        return VerifyingKey.parse((self.folder / "keys" / "log.pub").read_text())

    def originals(self) -> list[Path]:
        """Every original, in order."""
        return sorted((self.vault / "originals").glob("??/*"))

    def verify(self, trust: Trust | None = None, *, quick: bool = False) -> Report:
        """The verifier's report on the store as it is."""
        options = Options(quick=quick, threads=1)
        with closing(open_store(self.folder, self.url)) as store:
            return verify(
                store,
                self.vault,
                trust=trust or Trust(),
                options=options,
                now=lambda: _CHECKED_AT,
            )


def keys_of(table: str) -> tuple[str, ...]:
    """The columns that name a row of the table."""
    return KEYS.get(table, ("id",))


def item_of(table: str, row: dict[str, Cell]) -> str:
    """How a finding names the row."""
    return "/".join([table, *(str(row[name]) for name in keys_of(table))])


def _where(table: str, row: dict[str, Cell]) -> tuple[str, list[Cell]]:
    names = keys_of(table)
    return " AND ".join(f"{name} = ?" for name in names), [row[name] for name in names]


Row = dict[str, Cell]


@dataclass(frozen=True)
class Expected:
    """What a finding must name: one of the items, or a range of entries that holds `seq`."""

    items: frozenset[str]
    seq: int | None = None

    @classmethod
    def of(cls, *items: str, seq: int | None = None) -> "Expected":
        """One of these items."""
        return cls(frozenset(items), seq)


Deed = Callable[[Victim, Random], Expected]


@dataclass(frozen=True)
class Attack:
    """One way to tamper.

    `portable`: it works on PostgreSQL too. `outside_key`: only who kept the log's public key
    elsewhere can tell, so the victim is verified with it.
    """

    name: str
    deed: Deed
    portable: bool = True
    outside_key: bool = False


@contextmanager
def sqlite_victim(honest: Path, folder: Path) -> Iterator[Victim]:
    """A copy of an honest site, removed afterwards."""
    shutil.copytree(honest, folder, symlinks=True)
    try:
        yield Victim(folder)
    finally:
        _remove(folder)


@contextmanager
def postgres_victim(honest: Path, folder: Path, url: str) -> Iterator[Victim]:
    """The same with its rows in an (empty) PostgreSQL database."""
    shutil.copytree(honest, folder, symlinks=True)
    try:
        copy_to_postgres(folder / "liuhen.db", url)
        (folder / "liuhen.db").unlink()
        yield Victim(folder, url)
    finally:
        _remove(folder)


def copy_to_postgres(path: Path, url: str) -> None:
    """Copies every table of a SQLite site, without keys: attackers drop those first anyway."""
    with closing(sqlite3.connect(path)) as source, _connected(url) as target:
        for table in (*COLUMNS, "fixity"):
            copied = source.execute(f"SELECT * FROM {table}")  # noqa: S608 - own names
            names = [column[0] for column in copied.description]
            defined = [
                sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(_type(name, table)))
                for name in names
            ]
            made = sql.SQL("CREATE TABLE {} ({})").format(
                sql.Identifier(table), sql.SQL(", ").join(defined)
            )
            target.execute(made)
            marks = sql.SQL(", ").join(sql.Placeholder() for _ in names)
            added = sql.SQL("INSERT INTO {} VALUES ({})").format(sql.Identifier(table), marks)
            with target.cursor() as cursor:
                cursor.executemany(added, copied.fetchall())


def is_integer(column: str, table: str) -> bool:
    """Whether the column is declared to hold integers."""
    if table == "holds":  # what it lists is text; what a clean-up lists is a count
        return False
    return column in honest_store.INTEGERS or (table == "log_head" and column == "id")


def _type(column: str, table: str) -> str:
    return "BIGINT" if is_integer(column, table) else "TEXT"


def _on_postgres(url: str, query: str, values: Sequence[Cell]) -> list[tuple[Cell, ...]]:
    with _connected(url) as connection:
        cursor = connection.execute(query.replace("?", "%s").encode(), values)
        return cursor.fetchall() if cursor.description else []


def _connected(url: str) -> "psycopg.Connection[tuple[Cell, ...]]":
    return psycopg.connect("postgresql://" + url.split("://", 1)[1])


def _remove(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            with suppress(OSError):
                os.chmod(path, 0o700)
    shutil.rmtree(folder)
