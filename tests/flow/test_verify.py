"""The verifier on copies, live sites, read-only media and hostile content."""

import hashlib
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evidence.canonical import dumps
from evidence.errors import BadInput, DatabaseUnavailable
from proof.findings import LISTED_PER_KIND, Report, State
from proof.keys import Trust
from proof.options import Options
from proof.verify import open_store, verify
from tests import honest_store
from tests.fault.tamper_victim import Victim
from tests.honest_store import HonestStore

SEED = 11
CERTIFICATE = "disposal_certificates/DC-2026-1"
AT = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """An honest site."""
    honest_store.build(tmp_path / "site", SEED)
    return tmp_path / "site"


@pytest.fixture
def open_site(tmp_path: Path) -> Iterator[HonestStore]:
    """An honest site whose writer is still at work."""
    folder = tmp_path / "open"
    folder.mkdir()
    store = HonestStore(folder, SEED)
    store.found()
    store.session(2)
    yield store
    store.close()


def _verify(folder: Path, options: Options | None = None, *, vault: bool = True) -> Report:
    root = folder / "vault" if vault else None
    with closing(open_store(folder)) as store:
        return verify(store, root, trust=Trust(), options=options or Options(), now=lambda: AT)


def _content(folder: Path) -> dict[str, str]:
    """Digest of every file except those that SQLite keeps beside an open database."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    kept = [path for path in files if not path.name.endswith(("-wal", "-shm"))]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}


def test_nothing_is_changed(site: Path) -> None:
    before = _content(site)
    assert _verify(site).state is State.VERIFIED
    assert _content(site) == before


def test_what_only_the_wal_holds_is_read(tmp_path: Path, open_site: HonestStore) -> None:
    open_site.commit()
    wal = open_site.folder / "liuhen.db-wal"
    assert wal.stat().st_size > 0
    shutil.copytree(open_site.folder, tmp_path / "copy")
    (tmp_path / "copy" / "liuhen.db-shm").unlink()
    report = _verify(tmp_path / "copy")
    assert report.state is State.VERIFIED
    assert report.coverage.entries == open_site.size


def test_a_folder_that_takes_no_file_is_read_from_a_copy(site: Path) -> None:
    """A folder where the WAL's index should be stands for read-only media, which root ignores."""
    (site / "liuhen.db-shm").mkdir()
    assert _verify(site).state is State.VERIFIED


def test_a_live_site_is_green_while_it_is_written(open_site: HonestStore) -> None:
    """One snapshot: what is committed while the verifier reads is not half seen."""
    open_site.commit()
    reports: list[Report] = []

    def look() -> None:
        reports.extend(_verify(open_site.folder) for _ in range(5))

    looking = threading.Thread(target=look)
    looking.start()
    while looking.is_alive():
        open_site.session(1)
        open_site.commit()
    looking.join()
    assert [report.findings for report in reports] == [()] * 5
    assert reports[-1].coverage.entries > reports[0].coverage.entries


def test_quick_never_says_verified(site: Path) -> None:
    report = _verify(site, Options(quick=True))
    assert report.state is State.QUICK_ONLY
    assert report.coverage.objects.read == 0
    path = Victim(site).originals()[0]
    path.write_bytes(path.read_bytes() + b"x")
    report = _verify(site, Options(quick=True))
    assert set(report.counts) == {"OBJECT_SIZE"}


def test_without_the_vault_nothing_is_said_of_originals(site: Path) -> None:
    assert _verify(site, vault=False).state is State.NOT_CHECKED


def test_a_new_site_is_neither_red_nor_verified(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    store = HonestStore(tmp_path / "new", SEED)
    store.found()
    store.close()
    report = _verify(tmp_path / "new")
    assert report.state is State.NOT_CHECKED
    assert report.findings == ()


def test_an_empty_database_is_red(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    HonestStore(tmp_path / "empty", SEED).close()
    report = _verify(tmp_path / "empty")
    assert report.counts["NOTHING_CHECKED"] == 2


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\x00" + bytes(84)])
def test_a_file_that_is_no_database_is_red(site: Path, content: bytes) -> None:
    (site / "liuhen.db").write_bytes(content)
    report = _verify(site)
    assert report.state is State.FAILED
    assert report.counts["NOTHING_CHECKED"] == 2


def test_a_site_without_its_database_is_trouble_of_the_machine(site: Path) -> None:
    (site / "liuhen.db").unlink()
    with pytest.raises(DatabaseUnavailable):
        open_store(site)


def test_an_unknown_kind_of_database_is_refused(site: Path) -> None:
    with pytest.raises(BadInput):
        open_store(site, "mysql://localhost/liuhen")


def test_a_database_elsewhere_is_found_by_its_address(tmp_path: Path, site: Path) -> None:
    shutil.move(site / "liuhen.db", tmp_path / "elsewhere.db")
    with closing(open_store(site, f"sqlite:///{tmp_path / 'elsewhere.db'}")) as store:
        report = verify(store, site / "vault", trust=Trust(), options=Options(), now=lambda: AT)
    assert report.state is State.VERIFIED


def test_a_copy_without_keys_is_verified_and_says_so(site: Path) -> None:
    shutil.rmtree(site / "keys")
    report = _verify(site)
    assert report.state is State.VERIFIED
    files = {"keys/log.pub", "keys/station.pub"}
    assert {note.item for note in report.notes} == {*files, CERTIFICATE}


def test_what_has_no_row_yet_is_a_note(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    store = HonestStore(tmp_path / "site", SEED)
    store.found()
    store.session(2)
    sha256 = store.keep_original(b"durable, and then the power went")
    (store.vault / "originals" / "ab").mkdir(exist_ok=True)
    (store.vault / "originals" / "ab" / "note\nbook").write_bytes(b"x")
    store.close()
    report = _verify(tmp_path / "site")
    assert report.state is State.VERIFIED
    assert report.coverage.objects.orphans == 2
    shown = {note.item for note in report.notes}
    assert f"originals/{sha256[:2]}/{sha256}" in shown


def test_unknown_tables_and_columns_are_notes(site: Path) -> None:
    victim = Victim(site)
    victim.execute("CREATE TABLE private_notes (x)")
    victim.execute("ALTER TABLE recordings ADD COLUMN remark TEXT")
    report = _verify(site)
    assert report.state is State.VERIFIED
    ours = {"private_notes", "recordings.remark", CERTIFICATE}
    assert {note.item for note in report.notes} == ours


def test_a_wrong_digest_that_was_logged_is_red(tmp_path: Path) -> None:
    """The writer itself entered an SM3 that is not the bytes': only reading them shows it."""
    (tmp_path / "site").mkdir()
    store = HonestStore(tmp_path / "site", SEED)
    store.found()
    sha256 = store.keep_original(b"some bytes")
    store.row("recordings", id=sha256, size=10, sealed_at=store.at)
    store.row(
        "copies",
        id=f"{honest_store.VAULT}/{sha256}",
        recording_id=sha256,
        vault_id=honest_store.VAULT,
        read_back="DIRECT",
        placed_at=store.at,
    )
    store.row(
        "digests",
        id=f"sm3:{sha256}",
        recording_id=sha256,
        algorithm="sm3",
        value="00" * 32,
        computed_at=store.at,
    )
    store.enter("recording.adopted", {})
    store.close()
    report = _verify(tmp_path / "site")
    assert set(report.counts) == {"DIGEST_WRONG"}
    expected = hashlib.new("sm3", b"some bytes").hexdigest()
    assert report.findings[0].found == expected


def test_a_receipt_for_what_was_never_sealed_is_red(tmp_path: Path) -> None:
    """Signed and logged by a station that lies."""
    (tmp_path / "site").mkdir()
    store = HonestStore(tmp_path / "site", SEED)
    store.found()
    session = store.session(1)
    store.receipt(session, [store.safe_file("ab" * 32)], number=2)
    store.close()
    kinds = set(_verify(tmp_path / "site").counts)
    assert kinds == {
        "RECEIPT_WITHOUT_SIGHTING",
        "RECEIPT_WITHOUT_RECORDING",
        "RECEIPT_WITHOUT_COPY",
    }


def test_a_sighting_in_no_inventory_of_its_docking_is_red(tmp_path: Path) -> None:
    """Sealed and logged by a station that never signed what stood on the card."""
    (tmp_path / "site").mkdir()
    store = HonestStore(tmp_path / "site", SEED)
    store.found()
    first = store.session(2)
    store.seal(first, 7, path=store.path("UNLISTED.MP4"), body=b"never listed")
    second = store.session(1)
    listed = store.seal(first, 8, path=store.path("LATER.MP4"), body=b"in a supplement")
    elsewhere = store.seal(second, 9, path=store.path("OTHER.MP4"), body=b"of another docking")
    store.inventory(first, [listed.path, elsewhere.path], [b"", b""], number=2)
    store.close()
    report = _verify(tmp_path / "site")
    assert [(finding.kind, finding.item) for finding in report.findings] == [
        ("SIGHTING_NOT_LISTED", f"sightings/{first}/7"),
        ("SIGHTING_NOT_LISTED", f"sightings/{second}/9"),
    ]


def test_a_late_supplement_and_an_erased_name_are_green(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    store = HonestStore(tmp_path / "site", SEED)
    store.found()
    session = store.session(2)
    name = store.path("LATER.MP4")
    store.inventory(session, [name], [b"later"], number=2)
    store.seal(session, 7, path=name, body=b"later")
    store.erase(name)
    store.close()
    assert _verify(tmp_path / "site").findings == ()


def test_a_refused_inventory_is_one_finding_not_one_for_each_file(site: Path) -> None:
    victim = Victim(site)
    row = victim.rows("inventories")[0]
    victim.update("inventories", row, signed=str(row["signed"]).replace("LITTER", "LITTEX"))
    assert set(_verify(site).counts) == {"ROW_ALTERED", "STATEMENT_REFUSED"}


HOSTILE = (
    "\x00",
    "\x1b[2J\x1b]0;gone\x07",
    "\u202e\u2066",
    "[" * 100_000,
    '{"v":1,' * 5000,
    "9" * 10_000,
    "%s{item}{0}",
    "汉" * 10_000,
)


@pytest.mark.parametrize("table", ["entries", "checkpoints", "receipts", "inventories", "sites"])
@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_text_gives_findings_that_are_safe_to_print(
    site: Path, table: str, number: int
) -> None:
    column = {"entries": "body", "checkpoints": "note", "sites": "log_key"}.get(table, "signed")
    victim = Victim(site)
    victim.update(table, victim.rows(table)[0], **{column: HOSTILE[number]})
    report = _verify(site)
    assert report.state is State.FAILED
    for finding in report.findings:
        text = f"{finding.item}{finding.expected}{finding.found}"
        assert len(text) < 20_000
        assert text.replace("\n", "").isprintable()
    assert dumps(report.json())


def test_text_that_is_not_utf8_is_a_finding(site: Path) -> None:
    with closing(sqlite3.connect(site / "liuhen.db")) as connection:
        connection.execute("UPDATE copies SET vault_id = CAST(x'ff41' AS TEXT)")
        connection.execute("UPDATE sightings SET path = CAST(x'ff41' AS TEXT)")
        connection.execute("UPDATE fixity SET state = CAST(x'ff41' AS TEXT)")
        connection.commit()
    report = _verify(site)
    assert {"ROW_ALTERED", "NOT_A_COMMITMENT"} <= set(report.counts)


def test_findings_are_listed_up_to_a_bound_and_counted_beyond(site: Path) -> None:
    with closing(sqlite3.connect(site / "liuhen.db")) as connection:
        more = ((f"x{number}", "zfy", "now") for number in range(LISTED_PER_KIND + 50))
        connection.executemany("INSERT INTO recorders VALUES (?, ?, ?)", more)
        connection.commit()
    report = _verify(site)
    assert report.counts["ROW_UNNAMED"] == LISTED_PER_KIND + 50
    assert len(report.findings) == LISTED_PER_KIND


def test_a_number_far_beyond_the_end_does_not_fill_the_gap(site: Path) -> None:
    victim = Victim(site)
    victim.insert("entries", {"seq": 2**60, "body": "{}", "leaf": ""})
    report = _verify(site)
    assert set(report.counts) == {"ENTRY_MALFORMED", "ENTRY_BEYOND_END"}


def test_the_database_may_hide_no_row_behind_an_index(site: Path) -> None:
    """An index that leaves a row out would show the verifier less than the program sees."""
    with closing(sqlite3.connect(site / "liuhen.db")) as connection:
        connection.execute("CREATE TABLE spare AS SELECT * FROM recorders WHERE 0")
        connection.execute("INSERT INTO recorders VALUES ('planted', 'zfy', 'now')")
        connection.commit()
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET rootpage ="
            " (SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_vaults_1')"
            " WHERE name = 'sqlite_autoindex_recorders_1'"
        )
        connection.commit()
    kinds = set(_verify(site).counts)
    assert kinds & {"INDEX_HIDES_ROWS", "DATABASE_DAMAGED"}


def test_progress_is_told(site: Path) -> None:
    told: list[tuple[str, int, int]] = []
    _verify(site, Options(progress=lambda *said: told.append(said)))
    read = _verify(site).coverage.objects.read_bytes
    entries = _verify(site).coverage.entries
    assert ("entries", entries, entries) in told
    assert told[-1] == ("bytes", read, read)


def test_a_vault_that_is_away_is_red_and_its_originals_are_counted(site: Path) -> None:
    objects = _verify(site).coverage.objects
    named = objects.named + objects.disposed  # what lies there, nobody can tell
    (site / "vault").rename(site / "away")
    report = _verify(site)
    assert set(report.counts) == {"VAULT_MARKER_MISSING", "VAULT_UNAVAILABLE"}
    assert (report.coverage.objects.named, report.coverage.objects.read) == (named, 0)
