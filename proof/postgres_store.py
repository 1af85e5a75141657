"""The reading side over PostgreSQL: one REPEATABLE READ, READ ONLY transaction.

Holds always: rows that a row-security policy would hide are an error, not an absence; text is
ordered by its bytes whatever the database's language is.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count

import psycopg
from psycopg import sql

from evidence.errors import DatabaseUnavailable
from proof.store import Row, Value

_BATCH = 2000
_CONNECT_SECONDS = 10
_TEXT = frozenset({"text", "character varying", "character"})


class PostgresStore:
    """A `Store` over a PostgreSQL database."""

    def __init__(self, url: str, files: Mapping[str, bytes]) -> None:
        self.files = files
        self._columns: dict[str, tuple[str, ...]] | None = None
        self._textual: set[tuple[str, str]] = set()
        self._numbers = count()
        address = "postgresql://" + url.split("://", 1)[1]
        try:
            self._connection = psycopg.connect(address, connect_timeout=_CONNECT_SECONDS)
            self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            self._connection.read_only = True
            self._connection.execute("SET LOCAL row_security = off")
        except psycopg.Error as error:
            raise _unavailable(error) from error

    def tables(self) -> Mapping[str, tuple[str, ...]]:
        """Every table of the current schema with its columns."""
        if self._columns is None:
            found: dict[str, list[str]] = {}
            for table, column, kind in self._stream(_COLUMNS):
                found.setdefault(str(table), []).append(str(column))
                if kind in _TEXT:
                    self._textual.add((str(table), str(column)))
            self._columns = {table: tuple(columns) for table, columns in found.items()}
        return self._columns

    def rows(
        self, table: str, columns: Sequence[str], *, order: str, level: int | None = None
    ) -> Iterator[Row]:
        """See `Store.rows`."""
        there = self.tables().get(table)
        if there is None:
            return
        wanted = [sql.Identifier(name) if name in there else sql.SQL("NULL") for name in columns]
        query = sql.SQL("SELECT {} FROM {}").format(
            sql.SQL(", ").join(wanted), sql.Identifier(table)
        )
        if level is not None:
            query += sql.SQL(" WHERE level = {}").format(sql.Literal(level))
        if order in there:
            query += sql.SQL(" ORDER BY {}").format(sql.Identifier(order))
            if (table, order) in self._textual:
                query += sql.SQL(' COLLATE "C"')
        yield from self._stream(query)

    def count(self, table: str) -> int:
        """See `Store.count`."""
        if table not in self.tables():
            return 0
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        value = next(self._stream(query))[0]
        return value if isinstance(value, int) else 0

    def levels(self) -> list[Value]:
        """See `Store.levels`."""
        if "level" not in self.tables().get("log_nodes", ()):
            return []
        return [row[0] for row in self._stream(sql.SQL("SELECT DISTINCT level FROM log_nodes"))]

    def faults(self, *, quick: bool) -> list[str]:  # noqa: ARG002 - the server checks its own files
        """PostgreSQL checks its pages as it reads them; there is nothing to ask."""
        return []

    def close(self) -> None:
        """See `Store.close`."""
        self._connection.close()

    def _stream(self, query: sql.Composed | sql.SQL) -> Iterator[Row]:
        try:
            with self._connection.cursor(f"verify_{next(self._numbers)}") as cursor:
                cursor.itersize = _BATCH
                cursor.execute(query)
                yield from cursor
        except (psycopg.Error, UnicodeError) as error:
            raise _unavailable(error) from error


_COLUMNS = sql.SQL(
    "SELECT c.table_name::text, c.column_name::text, c.data_type::text"
    " FROM information_schema.columns c JOIN information_schema.tables t"
    " USING (table_schema, table_name)"
    " WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'"
    " ORDER BY c.table_name, c.ordinal_position"
)


def _unavailable(error: Exception) -> DatabaseUnavailable:
    reason = str(error).strip().split("\n", maxsplit=1)[0]
    return DatabaseUnavailable(f"Database cannot be read: {reason}", reason=reason)
