"""What is lost is put back: database, vault, both, from a backup or from the journal alone.

One site with a card and people on record is backed up once; each test loses something of a copy of
it, through the command line as an administrator would.
"""

import json
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest

from liuhen import clock
from storage import journal
from storage.backup import Wanted, make_backup
from storage.backup_folder import BackupFolder
from storage.database import Database
from storage.journal import FOLDER, Journal
from storage.restoring import Source, restore
from storage.site import Actor, SitePlan, open_site
from tests.cli import Said, call
from tests.databases import PostgresServer, client_programs
from tests.docking import House, open_house, put

FILES = {f"DCIM/{n}.mp4": f"recording {n}".encode() * 999 for n in range(3)}


@dataclass
class Lost:
    """A site of which a test loses parts, and the backup of yesterday."""

    data: Path
    backup: Path

    def run(self, *words: object) -> Said:
        """A command on the site."""
        return call(*words, "--data", self.data, "--json")

    def lose_database(self) -> None:
        """With its WAL."""
        for path in self.data.glob("liuhen.db*"):
            path.unlink()

    def lose_vault(self) -> None:
        """Marker, originals and journal."""
        shutil.rmtree(self.data / "vault")

    def size(self) -> int:
        """Entries in the log."""
        with sqlite3.connect(self.data / "liuhen.db") as connection:
            return int(connection.execute("SELECT size FROM log_head").fetchone()[0])

    def assert_green(self) -> None:
        """Every byte verifies under the key of the site."""
        said = self.run("verify", "--key", self.data / "keys" / "log.pub")
        assert (said.code, said.body["state"]) == (0, "VERIFIED"), said.out


@pytest.fixture(scope="module")
def yesterday(tmp_path_factory: pytest.TempPathFactory) -> Lost:
    """Backed up yesterday; today another card came, and the journal was written up to it."""
    folder = tmp_path_factory.mktemp("yesterday")
    lost = Lost(folder / "site", folder / "backup")
    with open_house(SitePlan(lost.data)) as house:
        house.take(put(folder / "card", FILES))
    said = lost.run("backup", lost.backup)
    assert (said.code, said.body["copied"], said.body["bad"]) == (0, 3, [])
    with open_house(SitePlan(lost.data)) as house:
        house.take(put(folder / "card2", {"today.mp4": b"today"}))
        Journal(lost.data / "vault" / FOLDER).follow(house.site.database)
    return lost


@pytest.fixture
def lost(yesterday: Lost, tmp_path: Path) -> Lost:
    shutil.copytree(yesterday.data, tmp_path / "site")
    shutil.copytree(yesterday.backup, tmp_path / "backup")
    return Lost(tmp_path / "site", tmp_path / "backup")


def test_a_lost_database_comes_back_up_to_its_last_entry(lost: Lost) -> None:
    """Yesterday's state and today's journal: nothing is lost, so nothing went back."""
    before = lost.size()
    lost.lose_database()
    body = lost.run("restore", lost.backup).body
    assert (body["database"], body["vault"], body["went_back"]) == (True, False, False)
    assert (body["log_size"], body["on_record"], body["exit"]) == (before, True, 0)
    assert body["rolled_forward"] > 0
    assert lost.size() == before + 1  # and that it was restored
    lost.assert_green()


def test_a_lost_vault_comes_back_as_the_one_on_record(lost: Lost) -> None:
    """What came after the backup is told as missing; it is not called whole."""
    lost.lose_vault()
    body = lost.run("restore", lost.backup).body
    assert (body["database"], body["vault"], body["originals"]) == (False, True, 3)
    said = lost.run("verify")
    assert said.body["counts"] == {"OBJECT_MISSING": 1}
    again = lost.run("restore", lost.backup).body
    assert (again["vault"], again["originals"], again["there"]) == (False, 0, 3)


def test_both_from_yesterday_is_seen_as_a_step_back_and_goes_no_further(lost: Lost) -> None:
    lost.lose_database()
    lost.lose_vault()
    said = lost.run("restore", lost.backup)
    assert (said.code, said.body["went_back"], said.body["on_record"]) == (1, True, False)
    assert said.body["signed"] > said.body["log_size"]
    refused = lost.run("checkpoint")
    assert (refused.code, refused.body["error"]["code"]) == (1, "LOG_WENT_BACK")

    later = (lost.data / "keys" / "last-checkpoint").read_text()
    accepted = lost.run("restore", lost.backup, "--accept-loss")
    assert (accepted.code, accepted.body["on_record"]) == (0, True)
    with sqlite3.connect(lost.data / "liuhen.db") as connection:
        newest = connection.execute("SELECT body FROM entries ORDER BY seq DESC").fetchmany(2)
    acts = [json.loads(body)["act"] for (body,) in newest]
    assert acts == ["site.restored", "site.went_back"]
    lost.assert_green()
    (lost.data.parent / "later.txt").write_text(later)
    outside = lost.run("verify", "--checkpoint", lost.data.parent / "later.txt")
    assert outside.body["state"] == "FAILED"  # whoever kept a later head sees it for ever


def test_a_database_is_made_of_vault_and_journal_alone(lost: Lost) -> None:
    before = rows_of(lost)
    lost.lose_database()
    (lost.data / "site.json").unlink()
    said = lost.run("rebuild")
    assert (said.code, said.body["on_record"], said.body["site_file"]) == (0, True, True), said.out
    after = rows_of(lost)
    assert [name for name, rows in before.items() if set(rows) - set(after[name])] == []
    added = {name: len(after[name]) - len(rows) for name, rows in before.items()}
    assert added == {**dict.fromkeys(before, 0), "entries": 1, "personal_data": 1}
    lost.assert_green()
    assert lost.run("rebuild").body["error"]["facts"]["why"] == "DATABASE_THERE"


def rows_of(lost: Lost) -> dict[str, list[tuple[object, ...]]]:
    """Evidence, entries and openings, row by row."""
    tables = ("entries", "recordings", "sightings", "receipts", "copies", "personal_data")
    with sqlite3.connect(lost.data / "liuhen.db") as connection:
        return {
            name: connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - names above
            for name in tables
        }


@pytest.mark.parametrize("change", ["entry", "row", "note", "order"])
def test_a_journal_that_was_touched_makes_no_database(lost: Lost, change: str) -> None:
    lost.lose_database()
    path = next(iter(journal.segments(lost.data / "vault" / FOLDER))).path
    lines = path.read_bytes().split(b"\n")
    changed = {
        "entry": lines[3].replace(b'act\\":\\"', b'act\\":\\"x', 1),
        "row": lines[0].replace(b"FOLDER", b"SHELF", 1),
        "note": lines[3].replace(b"liuhen.site", b"liuhen.cite", 1),
        "order": lines[4],
    }
    lines[0 if change == "row" else 3] = changed[change]
    path.write_bytes(b"\n".join(lines))
    said = lost.run("rebuild")
    assert (said.code, said.body["error"]["code"]) == (1, "JOURNAL_BROKEN")
    assert not (lost.data / "liuhen.db").exists() or lost.size() == 0


def test_a_torn_line_is_written_again_and_a_foreign_journal_is_left_alone(lost: Lost) -> None:
    folder = lost.data / "vault" / FOLDER
    path = journal.segments(folder)[-1].path
    whole = path.read_bytes()
    path.write_bytes(whole[:-7])
    database = Database(f"sqlite:///{lost.data}/liuhen.db")
    assert Journal(folder).follow(database) == 1
    assert path.read_bytes() == whole
    assert Journal(folder).follow(database) == 0
    path.write_bytes(whole + b'{"entry":"x","note":"y","rows":[]}\n')
    with pytest.raises(Exception, match="not in the log"):
        Journal(folder).follow(database)
    database.close()


def test_nothing_that_is_there_is_overwritten_and_a_damaged_backup_is_refused(lost: Lost) -> None:
    state = BackupFolder(lost.backup).states()[0]
    copy = lost.backup / "states" / state / "liuhen.db"
    data = bytearray(whole := copy.read_bytes())
    data[len(data) // 2] ^= 1
    copy.write_bytes(data)
    assert lost.run("restore", lost.backup).body["database"] is False  # ours is there
    for words in (("backup", lost.data / "vault"), ("backup", lost.data.parent)):
        assert call(*words, "--data", lost.data, "--json").code == 2
    lost.lose_database()
    assert lost.run("checkpoint").body["error"]["code"] == "DATABASE_EMPTY"
    said = lost.run("restore", lost.backup)
    assert (said.code, said.body["error"]["code"]) == (1, "BACKUP_DAMAGED")
    assert lost.size() == 0
    copy.write_bytes(whole)
    assert lost.run("restore", lost.backup).body["database"] is True  # in the empty one's place
    other = call("restore", lost.backup, "--data", lost.data.parent / "other", "--state", "x")
    assert other.code == 2


def test_a_site_without_its_keys_says_so_and_nothing_private_is_in_the_backup(lost: Lost) -> None:
    names = {path.name for path in lost.backup.rglob("*")}
    assert not {"log.key", "station.key", "lookup.key", "last-checkpoint"} & names
    shutil.rmtree(lost.data)
    said = lost.run("restore", lost.backup)
    assert (said.code, said.body["keys_missing"]) == (4, ["log.key", "station.key"])
    assert lost.run("verify").body["state"] == "VERIFIED"
    assert lost.run("checkpoint").body["error"]["code"] == "KEY_MISSING"


def test_the_drill_restores_aside_verifies_and_rebuilds(lost: Lost) -> None:
    before = {path: path.stat().st_mtime_ns for path in lost.backup.rglob("*")}
    said = lost.run("drill", lost.backup, "--in", lost.data.parent)
    assert said.code == 0, said.out
    assert [(step["name"], step["state"]) for step in said.body["steps"]] == [
        ("RESTORED", "OK"),
        ("REBUILT", "OK"),
        ("SEEN", "OK"),
    ]
    assert said.body["behind"] > 0
    assert {path: path.stat().st_mtime_ns for path in lost.backup.rglob("*")} == before
    assert not list(lost.data.parent.glob("liuhen-drill-*"))
    original = next((lost.backup / "vault" / "originals").glob("*/*"))
    original.chmod(0o644)
    original.write_bytes(b"falsified")
    worse = lost.run("drill", lost.backup, "--in", lost.data.parent)
    assert (worse.code, worse.body["steps"][0]["state"]) == (1, "FAILED")


def test_a_later_backup_adds_and_old_states_are_forgotten_on_request(lost: Lost) -> None:
    again = lost.run("backup", lost.backup, "--keep", "1").body
    assert (again["copied"], again["there"], len(again["forgotten"])) == (1, 3, 1)
    assert BackupFolder(lost.backup).states() == [again["state"]]
    assert lost.run("drill", lost.backup).code == 0
    sha256 = next((lost.data / "vault" / "originals").glob("*/*"))
    (lost.backup / "vault" / "originals" / sha256.name[:2] / sha256.name).unlink()
    sha256.chmod(0o644)
    sha256.write_bytes(b"tired disk")
    bad = lost.run("backup", lost.backup, "--keep", "9")
    assert (bad.code, [one["recording"] for one in bad.body["bad"]]) == (1, [sha256.name])


@pytest.mark.postgres
def test_postgresql_is_dumped_at_one_moment_and_put_back(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    plan = SitePlan(tmp_path / "site", postgres.database_with_tables())
    with open_house(plan) as house:
        house.take(put(tmp_path / "card", FILES))
        wanted = Wanted(tools=client_programs())
        made = make_backup(house.site, tmp_path / "backup", wanted=wanted, progress=ignore)
        size = len(house.entries())
    assert made.size == size - 1  # all but that it was finished
    fresh = SitePlan(plan.data, postgres.new_database())
    source = Source(BackupFolder(tmp_path / "backup"), tools=client_programs())
    done = restore(fresh, source, progress=ignore)
    assert (done.database, done.size, done.bad) == (True, made.size, {})
    site = open_site(fresh, clock.now, actor=Actor("service"))
    try:
        House(site).assert_green()
    finally:
        site.close()


def ignore(_count: int) -> None:
    """Nobody watches."""
