"""The test databases themselves: empty for each test, gone afterwards, dead with their owner."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.databases import PostgresServer, postgres_server
from tests.footage import REPOSITORY

HOLDER = """
import time
from tests.databases import postgres_server
with postgres_server() as server:
    print(server.socket_dir, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("attempt", [1, 2])
def test_each_test_gets_an_empty_database(database_url: str, attempt: int) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE seen (attempt integer)"))
        connection.execute(text("INSERT INTO seen VALUES (:attempt)"), {"attempt": attempt})
        assert connection.execute(text("SELECT attempt FROM seen")).scalars().all() == [attempt]
    engine.dispose()


@pytest.mark.postgres
def test_a_database_is_dropped_with_connections_still_open(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        postgres.drop_database(url)
        connection.invalidate()
    engine.dispose()


@pytest.mark.postgres
def test_a_server_leaves_nothing_behind() -> None:
    with postgres_server() as server:
        home = server.socket_dir.parent
        assert home.is_dir()
        assert _serving(home)
    assert not home.exists()
    assert not _serving(home)


@pytest.mark.postgres
def test_a_server_dies_when_its_owner_is_killed() -> None:
    command = [sys.executable, "-c", HOLDER]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as owner:
        stdout = owner.stdout
        assert stdout is not None
        socket = Path(stdout.readline().strip())
        assert socket.is_absolute(), "no server came up, and its folder is removed below"
        home = socket.parent
        assert _serving(home)
        owner.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while _serving(home) and time.monotonic() < deadline:
        time.sleep(0.05)
    left = _serving(home)
    subprocess.run(["rm", "-rf", "--", str(home)], check=True)
    assert not left


def _serving(home: Path) -> list[int]:
    """Processes whose command line names `home`."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            found += [int(entry.name)] if _names(entry, home) else []
    return found


def _names(process: Path, home: Path) -> bool:
    try:
        return os.fsencode(home) in (process / "cmdline").read_bytes()
    except OSError:
        return False  # it ended while we looked
