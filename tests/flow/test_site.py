"""A site: its tables, its safeguards in the database, and what it refuses to begin with."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Executable, Integer, Table, inspect, select, text
from sqlalchemy.exc import DBAPIError

from evidence import tables
from evidence.errors import (
    BadInput,
    DatabaseUnavailable,
    EnvironmentTrouble,
    LiuhenError,
    VaultUnavailable,
)
from liuhen import clock
from storage import schema
from storage.database import Database, versions
from storage.migrating import settings
from storage.remembered import FILE
from storage.site import Actor, SitePlan, open_site
from tests.docking import House, open_house, put
from tests.footage import REPOSITORY

OPENER = """
import sys
from pathlib import Path
from liuhen import clock
from storage.site import Actor, SitePlan, open_site
site = open_site(SitePlan(Path(sys.argv[1]), sys.argv[2]), clock.now, actor=Actor("service"))
print(site.site_id, site.vault.vault_id, site.log_signer.key.text())
site.close()
"""


@pytest.fixture
def plan(tmp_path: Path, database_url: str) -> SitePlan:
    return SitePlan(tmp_path / "site", database_url)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def plan_of_nothing(request: pytest.FixtureRequest, tmp_path: Path) -> SitePlan:
    """A site whose database has no table yet."""
    if request.param == "sqlite":
        return SitePlan(tmp_path / "site")
    return SitePlan(tmp_path / "site", request.getfixturevalue("postgres").new_database())


def filled(plan: SitePlan, card: Path) -> None:
    """A site that has taken one card."""
    with open_house(plan) as house:
        house.take(put(card, {"a.mp4": b"a"}))


@contextlib.contextmanager
def made_from_nothing(plan: SitePlan) -> Iterator[Database]:
    """The database of a site that was begun without tables, as on a first start."""
    mask = os.umask(0o022)
    try:
        site = open_site(plan, clock.now, actor=Actor("service"))
    finally:
        os.umask(mask)
    yield site.database
    site.close()


def tree(folder: Path) -> dict[str, bytes]:
    """Everything in a folder, by path."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


# --- tables -------------------------------------------------------------------------------------


def test_the_migrations_build_what_the_schema_says(plan_of_nothing: SitePlan) -> None:
    with made_from_nothing(plan_of_nothing) as database, database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
        found = set(inspect(connection).get_table_names())
    assert found == set(schema.metadata.tables) | {"alembic_version"}
    assert found == tables.ALL


def test_the_files_of_the_migrations_are_numbered_by_version_and_the_last_is_the_newest() -> None:
    known = ScriptDirectory.from_config(settings())
    assert sorted(script.revision for script in known.walk_revisions()) == list(versions())
    assert known.get_heads() == [versions()[-1]]


def test_every_table_is_declared_once_and_evidence_has_its_columns() -> None:
    lists = (set(tables.EVIDENTIAL), tables.OPERATIONAL, tables.PERSONAL, tables.LOG)
    assert sum(len(one) for one in lists) == len(tables.ALL)
    for name, formats in tables.EVIDENTIAL.items():
        table = schema.metadata.tables[name]
        assert tuple(table.columns.keys()) == formats[tables.newest_format(name)]
        assert [column.name for column in table.primary_key] == ["id"]
    assert set(schema.APPEND_ONLY) == set(tables.EVIDENTIAL) | tables.LOG - {"log_head"}


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def filled_house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """One site for all tables: opening one for each would cost more than the test."""
    folder = tmp_path_factory.mktemp("shared")
    is_sqlite = request.param == "sqlite"
    url = None if is_sqlite else request.getfixturevalue("postgres").database_with_tables()
    filled(SitePlan(folder / "site", url), folder / "card")
    with open_house(SitePlan(folder / "site", url)) as house:
        yield house


@pytest.mark.parametrize("name", schema.APPEND_ONLY)
def test_the_database_refuses_to_change_what_is_written(filled_house: House, name: str) -> None:
    database, table = filled_house.site.database, schema.metadata.tables[name]
    key = next(iter(table.columns))
    attempts: list[Executable] = [table.update().values({key: key}), table.delete()]
    if database.is_sqlite:
        again = table.insert().prefix_with("OR REPLACE")
        attempts.append(again.from_select(list(table.columns.keys()), select(table)))
    else:
        attempts.append(text(f"TRUNCATE {name} CASCADE"))
    for attempt in attempts:
        with pytest.raises(DBAPIError, match="is append-only"):
            change(database, table, attempt)


def change(database: Database, table: Table, attempt: Executable) -> None:
    """Tries to change rows; SQLite fires for each row, so an empty table gets one first."""
    with database.write() as connection:
        if database.is_sqlite and connection.execute(select(table)).first() is None:
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            values = {c.name: 1 if isinstance(c.type, Integer) else "f" * 64 for c in table.columns}
            connection.execute(table.insert().values(values))
        connection.execute(attempt)


def test_sqlite_is_set_up_to_survive(tmp_path: Path) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "busy_timeout": 30_000,
    }
    with open_house(SitePlan(tmp_path / "site")) as house:
        for opening in (house.site.database.read, house.site.database.write):
            with opening() as connection:
                found = {
                    name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted
                }
            assert found == wanted


@pytest.mark.postgres
def test_postgresql_answers_an_act_only_when_it_is_on_the_disk(
    tmp_path: Path, postgres_url: str
) -> None:
    """Whatever the server is set up to do: ours for tests is set up not to wait."""
    with open_house(SitePlan(tmp_path / "site", postgres_url)) as house:
        database = house.site.database
        with database.read() as connection:
            assert waits(connection) == "off"
        with house.site.ledger.act() as act:
            act.enter("test.made", {})
            assert waits(act.connection) == "on"
        with database.locked() as connection:
            assert waits(connection) == "on"
        with database.read() as connection:
            assert waits(connection) == "off"  # it was for that transaction


def waits(connection: Connection) -> object:
    return connection.exec_driver_sql("SHOW synchronous_commit").scalar()


def test_a_plain_read_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    with (
        open_house(SitePlan(tmp_path / "site")) as house,
        house.site.database.locked(),
        house.site.database.read() as connection,
    ):
        assert connection.execute(select(schema.sites.c.id)).scalar() == house.site.site_id


# --- beginnings ---------------------------------------------------------------------------------


def test_two_processes_that_start_at_once_make_one_site(plan_of_nothing: SitePlan) -> None:
    plan = plan_of_nothing
    command = [sys.executable, "-c", OPENER, str(plan.data), plan.database_url]
    started = [
        subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = [process.communicate(timeout=60)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0]
    assert len(set(said)) == 1
    with open_house(plan) as house:
        assert (house.count("sites"), house.count("vaults")) == (1, 1)
        assert [entry.act for entry in house.entries()] == ["site.created"]


def test_keys_are_closed_to_others_and_stay_the_same(plan: SitePlan, tmp_path: Path) -> None:
    filled(plan, tmp_path / "card")
    keys = plan.data / "keys"
    before = {name: data for name, data in tree(keys).items() if name != FILE}
    modes = {path.name: path.stat().st_mode & 0o777 for path in keys.iterdir()}
    assert modes["log.key"] == modes["station.key"] == 0o600
    filled(plan, tmp_path / "card")
    assert {name: data for name, data in tree(keys).items() if name != FILE} == before
    (keys / "log.key").chmod(0o644)
    with pytest.raises(EnvironmentTrouble, match="may be read by others"), open_house(plan):
        pass


def test_nobody_else_may_look_into_the_data(tmp_path: Path) -> None:
    """The site's own commands close everything they make; the umask of a test is put back."""
    data = tmp_path / "site"
    done = subprocess.run(
        [sys.executable, "-c", OPENER, str(data), f"sqlite:///{data}/liuhen.db"],
        cwd=REPOSITORY, check=True, capture_output=True, umask=0o000,
    )  # fmt: skip
    assert done.returncode == 0
    for name in ("liuhen.db", "keys"):
        assert (data / name).stat().st_mode & 0o077 == 0, name


@pytest.mark.parametrize("act", ["missing", "foreign", "unmarked", "garbled"])
def test_a_vault_that_is_not_ours_is_refused_and_nothing_is_written(
    plan: SitePlan, tmp_path: Path, act: str
) -> None:
    vault = tmp_path / "vault"
    plan = SitePlan(plan.data, plan.database, vault)
    filled(plan, tmp_path / "card")
    vault.rename(tmp_path / "away")
    if act == "foreign":
        other = SitePlan(tmp_path / "other", None, vault)
        filled(other, tmp_path / "card2")
    elif act == "unmarked":
        vault.mkdir()  # what is left where a disk is not mounted
    elif act == "garbled":
        shutil.copytree(tmp_path / "away", vault)
        (vault / "liuhen-vault.json").write_bytes(b"\xff\x00")
    before = tree(vault) if vault.exists() else None
    with pytest.raises(VaultUnavailable), open_house(plan):
        pass
    assert (tree(vault) if vault.exists() else None) == before


def test_an_empty_database_beside_a_full_vault_is_refused(plan: SitePlan, tmp_path: Path) -> None:
    filled(plan, tmp_path / "card")
    fresh = SitePlan(plan.data, f"sqlite:///{tmp_path}/fresh.db")
    with pytest.raises(DatabaseUnavailable, match="no history"), open_house(fresh):
        pass
    with open_house(plan) as house:
        house.assert_green()


def test_a_database_of_another_site_is_refused(plan: SitePlan, tmp_path: Path) -> None:
    filled(plan, tmp_path / "card")
    other = SitePlan(tmp_path / "other", plan.database)
    with pytest.raises(LiuhenError), open_house(other):
        pass


def test_a_newer_database_is_refused_and_left_alone(plan: SitePlan, tmp_path: Path) -> None:
    filled(plan, tmp_path / "card")
    database = Database(plan.database_url)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
    database.close()
    with pytest.raises(DatabaseUnavailable, match="r9999"), open_house(plan):
        pass


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"format":2,"origin":"x","site":"y"}'])
def test_a_broken_site_file_is_refused(tmp_path: Path, content: bytes) -> None:
    plan = SitePlan(tmp_path / "site")
    filled(plan, tmp_path / "card")
    (plan.data / "site.json").write_bytes(content)
    with pytest.raises(EnvironmentTrouble, match=re.escape("site.json")), open_house(plan):
        pass


@pytest.mark.parametrize("url", ["", "x", "mysql://u@h/d", "oracle://x"])
def test_an_address_of_no_database_is_bad_input(url: str) -> None:
    with pytest.raises(BadInput):
        Database(url)


def test_a_damaged_database_says_so(tmp_path: Path) -> None:
    plan = SitePlan(tmp_path / "site")
    filled(plan, tmp_path / "card")
    path = plan.data / "liuhen.db"
    os.truncate(path, 5000)
    with pytest.raises(DatabaseUnavailable), open_house(plan):
        pass
