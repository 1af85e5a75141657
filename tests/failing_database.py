"""The site's own database with one transaction that fails at its very end, as a full disk fails it.

Everything was done by then and nothing is kept: the database rolls back, the caller gets
`DatabaseUnavailable`, and whatever it already took for granted is wrong.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Connection, select

from evidence.errors import DatabaseUnavailable, EnvironmentTrouble
from storage import schema
from storage.database import Database
from storage.ledger import Ledger
from tests.docking import House

Due = Callable[[int, Connection], bool]
"""Whether the transaction of this number, about to commit, is the one to fail."""


def _unavailable() -> EnvironmentTrouble:
    return DatabaseUnavailable("The test lets this fail", reason="by the test")


class FailsOnce(Database):
    """Real in all but one commit; `writes` counts the transactions that write."""

    def __init__(
        self, url: str, due: Due, *, trouble: Callable[[], EnvironmentTrouble] = _unavailable
    ) -> None:
        super().__init__(url)
        self._due = due
        self._trouble = trouble
        self._lock = threading.Lock()
        self.writes = 0
        self.failed = 0

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """As the real one, until it is due."""
        with super().write() as connection:
            yield connection
            with self._lock:
                self.writes += 1
                fails = not self.failed and self._due(self.writes, connection)
                self.failed += fails
            if fails:
                raise self._trouble()


def nth(number: int) -> Due:
    """The transaction of this number; 0 for none."""
    return lambda count, _connection: count == number


def entering(words: str) -> Due:
    """The first act whose entry holds these words."""

    def due(_count: int, connection: Connection) -> bool:
        table = schema.entries
        newest = select(table.c.body).order_by(table.c.seq.desc()).limit(1)
        return words in str(connection.execute(newest).scalar())

    return due


@contextmanager
def failing(
    house: House, due: Due, *, trouble: Callable[[], EnvironmentTrouble] = _unavailable
) -> Iterator[tuple[House, FailsOnce]]:
    """The same site, opened on a database that fails once, with this trouble."""
    database = FailsOnce(house.site.plan.database_url, due, trouble=trouble)
    signer = house.site.ledger.signer
    ledger = Ledger(database, house.site.clock, actor={"kind": "service"}, signer=signer)
    site = replace(house.site, database=database, ledger=ledger)
    try:
        yield replace(house, site=site), database
    finally:
        database.close()
