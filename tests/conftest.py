"""Fixtures that every kind of test shares, and how random tests are run."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.compiling import share_compiled
from tests.databases import PostgresServer, postgres_server, sqlite_url

# No deadline: a test is never timed. In CI the same examples every time, so that what is green
# stays green; elsewhere new ones, and a failure prints what repeats it.
settings.register_profile("liuhen", deadline=None, print_blob=True)
settings.register_profile("ci", settings.get_profile("liuhen"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "liuhen")
share_compiled()


LONGEST = ("http/test_matrix.py", "flow/test_demo.py", "flow/test_derivatives.py")
"""Files that take minutes: begun last, one of them would be waited for alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the longest files first and leaves the others in order."""
    items.sort(key=lambda item: not item.path.as_posix().endswith(LONGEST))


@pytest.fixture(scope="session", autouse=True)
def hang_up() -> None:
    """What `nohup` or a shell's `&` had us ignore would be ignored by all that tests start."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One PostgreSQL server for this test process, started when first asked for."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """A new PostgreSQL database with its tables; a test with it bears the marker `postgres`."""
    url = postgres.database_with_tables()
    yield url
    postgres.drop_database(url)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database without a row: the test runs once on SQLite and once on PostgreSQL.

    PostgreSQL's has its tables; SQLite's file is not there yet (see `begin_with_tables`).
    """
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    url: str = request.getfixturevalue("postgres_url")
    return url
