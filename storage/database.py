"""One engine for SQLite and PostgreSQL: connections set up safely, reads and acts told apart.

Holds always: on SQLite every connection runs WAL with synchronous=FULL, foreign keys and recursive
triggers on; an act takes the write lock before it reads (`BEGIN IMMEDIATE`, or the log's head row
on PostgreSQL), so what it read is still true when it commits; a plain read never waits for a
writer.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path

from sqlalchemy import (
    Connection,
    Engine,
    column,
    create_engine,
    event,
    inspect,
    select,
    table,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from evidence.errors import BadInput, DatabaseUnavailable, OutOfSpace
from storage import schema

_BUSY_MILLISECONDS = 30_000
_ACT = "liuhen_act"
_ALEMBIC = table("alembic_version", column("version_num"))
_MIGRATION = re.compile(r"r(\d{4})_\w+\.py")
_PRAGMAS = (
    f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",
)


class Database:
    """The site's database; safe to share between threads."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look at the database; raises `DatabaseUnavailable`."""
        with _translated(), self._reader() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction for operational rows only; evidence goes through `storage.ledger`."""
        with _translated(), self._writer() as connection, connection.begin():
            yield connection

    @contextmanager
    def locked(self) -> Iterator[Connection]:
        """A transaction that alone may append to the log until it ends."""
        with self.write() as connection:
            if not self.is_sqlite:
                # What is called safe must outlive the server, however it is set up.
                connection.exec_driver_sql("SET LOCAL synchronous_commit = on")
                connection.execute(select(schema.log_head.c.size).with_for_update())
            yield connection

    @contextmanager
    def _reader(self) -> Iterator[Connection]:
        """SQLite reads one state by itself; PostgreSQL would see each commit in between."""
        with self.engine.connect() as connection:
            if self.is_sqlite:
                yield connection
            else:
                yield connection.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def _writer(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            yield connection.execution_options(**{_ACT: True})

    def migrate(self) -> None:
        """Brings the tables to this version; raises `DatabaseUnavailable` if they are newer."""
        with _translated(), self._writer() as connection, connection.begin():
            self._migrate_over(connection)

    def _migrate_over(self, connection: Connection) -> None:
        if not self.is_sqlite:  # two processes may start at once
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(76543210)")
        current, known = _version(connection), versions()
        if current == known[-1]:
            return
        if current is not None and current not in known:
            raise DatabaseUnavailable(
                f"Database is of version {current}, which this program does not know",
                code="DATABASE_NEWER",
                version=current,
            )
        # Alembic takes a fifth of the time that a command needs to start, and is seldom needed.
        import_module("storage.migrating").upgrade(connection)

    def close(self) -> None:
        """Lets go of every connection."""
        self.engine.dispose()


def server_time(connection: Connection) -> datetime | None:
    """What the database's own clock says, in UTC; None on SQLite, whose clock is this machine's."""
    if connection.dialect.name == "sqlite":
        return None
    said = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    return said.astimezone(UTC) if isinstance(said, datetime) else None


def claim_lease(
    connection: Connection, name: str, *, owner: str, now: str, until: str
) -> str | None:
    """Takes or renews the lease `name` and returns None, or the owner who still holds it."""
    held = connection.execute(select(schema.leases).where(schema.leases.c.id == name)).first()
    if held is not None and held.owner != owner and held.until > now:
        return str(held.owner)
    values = {"owner": owner, "until": until}
    if held is None:
        connection.execute(schema.leases.insert().values(id=name, **values))
    else:
        connection.execute(update(schema.leases).where(schema.leases.c.id == name).values(values))
    return None


def release_lease(connection: Connection, name: str, *, owner: str) -> None:
    """Gives the lease back if `owner` holds it."""
    leases = schema.leases
    connection.execute(leases.delete().where(leases.c.id == name, leases.c.owner == owner))


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise BadInput("Database address is not a URL", why="DATABASE_ADDRESS") from error
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        return create_engine(parsed, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    raise BadInput(f"Database {parsed.get_backend_name()} is not supported", why="DATABASE_ADDRESS")


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    act = connection.get_execution_options().get(_ACT, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if act else "BEGIN")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        if _has_no_room(error.orig):
            raise OutOfSpace("Database has no room left", code="DATABASE_FULL") from error
        raise DatabaseUnavailable("Database does not answer", reason=_reason(error)) from error
    except PoolTimeout as error:  # every connection is in use, and stays so
        raise DatabaseUnavailable("Database is too busy", reason="too busy") from error
    except DBAPIError as error:
        # Nothing narrower than DatabaseError: what SQLite says of a file it cannot make sense of.
        if not error.connection_invalidated and type(error) is not DatabaseError:
            raise
        raise DatabaseUnavailable(
            "Database is damaged or its connection broke", reason=_reason(error)
        ) from error


def _has_no_room(said: BaseException | None) -> bool:
    """Whether the disk is full. SQLite needs room even to read: for the index of its WAL."""
    if isinstance(said, sqlite3.Error):
        return said.sqlite_errorcode in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)
    return "No space left" in str(said)


def _reason(error: DBAPIError) -> str:
    return str(error.orig).strip().split("\n", maxsplit=1)[0]


def sqlite_url(path: Path) -> str:
    """The address of a SQLite file."""
    return f"sqlite:///{path}"


@cache
def versions() -> tuple[str, ...]:
    """Versions of the tables, the newest last, as the files of the migrations are numbered."""
    folder = files("storage") / "migrations" / "versions"
    found = (_MIGRATION.fullmatch(path.name) for path in folder.iterdir())
    return tuple(sorted(name.group(1) for name in found if name))


def _version(connection: Connection) -> str | None:
    """The version of the tables that are there; None where there are none."""
    if not inspect(connection).has_table(_ALEMBIC.name):
        return None
    return connection.execute(select(_ALEMBIC.c.version_num)).scalar()
