"""Every filter that the list offers has an index that also gives the order: no scan, no sort."""

import itertools
from collections.abc import Iterator
from dataclasses import fields

import pytest
from sqlalchemy import text

from evidence.errors import BadInput
from storage.database import Database, sqlite_url
from storage.listing import Filter, Seen, statement
from tests.databases import PostgresServer, sqlite_with_tables

EXACT = [name.name for name in fields(Filter) if not name.name.startswith("sealed_")]
SEEN: list[Seen] = [None, ("unit", "x"), ("officer", "x")]
AT = "2026-01-31T08:00:00.000000Z"
CURSOR = f"{AT}|20260131T080000Z-00000000/1"
PAGES = [None, CURSOR]


def filters() -> Iterator[Filter]:
    for name in [None, *EXACT]:
        given = {} if name is None else {name: "x"}
        yield Filter(**given)
        yield Filter(**given, sealed_from=AT, sealed_to="2026-02-28T08:00:00.000000Z")


CASES = list(itertools.product(filters(), SEEN, PAGES))


@pytest.fixture(scope="module")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    file = tmp_path_factory.mktemp("plans") / "x.db"
    file.write_bytes(sqlite_with_tables())
    database = Database(sqlite_url(file))
    yield database
    database.close()


@pytest.fixture(scope="module")
def postgres_database(postgres: PostgresServer) -> Iterator[Database]:
    database = Database(postgres.database_with_tables())
    yield database
    database.close()


def test_sqlite_walks_an_index_and_never_sorts(sqlite_database: Database) -> None:
    with sqlite_database.read() as connection:
        for wanted, seen, before in CASES:
            query = statement(wanted, seen=seen, before=before, limit=50)
            compiled = query.compile(connection.engine, compile_kwargs={"literal_binds": True})
            rows = connection.execute(text(f"EXPLAIN QUERY PLAN {_plain(str(compiled))}"))
            plan = [str(row[3]) for row in rows]
            assert len(plan) == 1, (wanted, seen, plan)
            assert " USING INDEX " in plan[0], (wanted, seen, plan)
            if wanted != Filter() or seen or before:
                assert plan[0].startswith("SEARCH"), (wanted, seen, plan)


@pytest.mark.postgres
def test_postgres_can_walk_an_index_without_sorting(postgres_database: Database) -> None:
    """The tables are empty here, so the planner is told not to prefer a scan of nothing."""
    with postgres_database.read() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        for wanted, seen, before in CASES:
            query = statement(wanted, seen=seen, before=before, limit=50)
            compiled = query.compile(connection.engine, compile_kwargs={"literal_binds": True})
            rows = connection.execute(text(f"EXPLAIN {_plain(str(compiled))}"))
            plan = "\n".join(str(row[0]) for row in rows)
            assert "Index Scan" in plan, (wanted, seen, plan)
            assert "Sort" not in plan, (wanted, seen, plan)
            assert "Seq Scan" not in plan, (wanted, seen, plan)


def _plain(sql: str) -> str:
    """A colon in a literal is no parameter."""
    return sql.replace(":", "\\:")


def test_two_exact_filters_at_once_are_refused() -> None:
    with pytest.raises(BadInput):
        statement(Filter(dock="a", kind="b"), seen=None, before=None, limit=1)


@pytest.mark.parametrize("before", ["", "x", "|", "a|", "|b"])
def test_a_cursor_that_no_page_gave_is_refused(before: str) -> None:
    with pytest.raises(BadInput):
        statement(Filter(), seen=None, before=before, limit=1)
