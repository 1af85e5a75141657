"""Clearing a card by receipt: what it needs, what it never touches, and what it leaves behind."""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from devices.makes import load_makes
from devices.recorders import add_recorder
from evidence.errors import BadSignature, NotFound, Refused
from evidence.vocabulary import ClearResult
from ingest import acts
from ingest.acts import DockPlace, Opened
from ingest.card import Card
from ingest.clear import Clearing, clear_card
from ingest.identity import CardIdentity
from storage.database import Database
from storage.site import SitePlan
from tests.cli import call
from tests.docking import House, cards_in, open_house, put

NUMBER = "3100001"
NAMES = [f"DCIM/VIDEO/A11_{NUMBER}_310001_2026090218{n:02}00_{n:04}.mp4" for n in range(1, 5)]
FILES = {name: f"recording {name}".encode() for name in NAMES}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "site")) as opened:
        yield opened


@pytest.fixture
def known(house: House) -> House:
    """The site, with the recorder registered."""
    add_recorder(house.site.ledger, load_makes(), number=NUMBER, make="zfy")
    return house


@pytest.fixture
def card(tmp_path: Path) -> Path:
    return put(tmp_path / "slots" / "A", FILES)


def receipt_of(house: House, card: Path) -> str:
    """Takes the card and returns its receipt's id."""
    [taken] = house.take(card)
    assert taken.trouble is None
    return str(max(house.rows("receipts"), key=lambda row: row["issued_at"])["id"])


def clear(house: House, card: Path, receipt: str) -> Clearing:
    opened = Card(card)
    try:
        return clear_card(house.site, opened, receipt_id=receipt, stop=threading.Event())
    finally:
        opened.close()


def results(outcome: Clearing) -> list[ClearResult]:
    return [file.result for file in outcome.files]


def left_on(card: Path) -> list[str]:
    return sorted(str(path.relative_to(card)) for path in card.rglob("*") if not path.is_dir())


def original(house: House, sha256: str) -> Path:
    return house.site.plan.vault_root / "originals" / sha256[:2] / sha256


def refused(house: House, card: Path, receipt: str, why: str) -> None:
    before = left_on(card)
    with pytest.raises(Refused, match=why) as caught:
        clear(house, card, receipt)
    assert caught.value.code == "CLEAR_REFUSED"
    assert caught.value.facts["reason_zh"]
    assert left_on(card) == before
    assert house.count("clearings") == 0
    assert house.entries("card.clearing") == []


def test_what_somebody_holds_open_for_writing_stays(known: House, card: Path) -> None:
    receipt = receipt_of(known, card)
    with (card / NAMES[1]).open("ab"):
        outcome = clear(known, card, receipt)
    assert results(outcome) == [
        ClearResult.CLEARED, ClearResult.STILL_WRITING, ClearResult.CLEARED, ClearResult.CLEARED,
    ]  # fmt: skip
    assert left_on(card) == [NAMES[1]]
    assert results(clear(known, card, receipt)) == [ClearResult.CLEARED]


def test_nothing_is_cleared_by_taking_alone(known: House, card: Path) -> None:
    receipt_of(known, card)
    with known.serve(cards_in(card.parent)) as running:
        running.wait_done("A")
    assert left_on(card) == sorted(FILES)


def test_what_the_receipt_calls_safe_is_cleared(known: House, card: Path) -> None:
    receipt = receipt_of(known, card)
    put(card, {"DCIM/VIDEO/later.mp4": b"came after the receipt"})
    outcome = clear(known, card, receipt)
    assert results(outcome) == [ClearResult.CLEARED] * len(FILES)
    assert outcome.others == 1
    assert left_on(card) == ["DCIM/VIDEO/later.mp4"]
    rows = known.rows("clearings")
    assert sorted(known.names([row["path"] for row in rows])) == sorted(n.encode() for n in NAMES)
    cleared = known.entries("card.cleared")
    assert [row.table for entry in cleared for row in entry.rows] == ["clearings"] * len(FILES)
    assert known.entries("card.clearing")[0].seq < cleared[0].seq  # the intent came first
    assert known.site.vault.size(rows[0]["recording_id"]) is not None
    known.assert_green()


def test_an_unknown_recorder_is_refused(house: House, card: Path) -> None:
    refused(house, card, receipt_of(house, card), "not registered")


def test_a_card_of_two_numbers_is_refused(known: House, card: Path) -> None:
    put(card, {NAMES[0].replace(NUMBER, "3100002"): b"an old file of another number"})
    refused(known, card, receipt_of(known, card), "for certain")


def test_a_card_without_a_number_is_refused(known: House, tmp_path: Path) -> None:
    card = put(tmp_path / "bare", {"clip.mp4": b"no number"})
    refused(known, card, receipt_of(known, card), "for certain")


def test_two_cards_of_one_number_are_both_refused(known: House, card: Path) -> None:
    twin = put(card.parent / "B", {NAMES[0].replace("0001.mp4", "0009.mp4"): b"a twin"})
    known.take(card, twin)
    receipts = {row["session_id"]: row["id"] for row in known.rows("receipts")}
    for session in known.rows("dock_sessions"):
        here = next(path for path in (card, twin) if session["card"].endswith(f":{inode(path)}"))
        refused(known, here, receipts[session["id"]], "Two recorders")


def test_a_doubling_does_not_go_away_by_docking_again(known: House, card: Path) -> None:
    """Each card alone, and a third one of that number: which recorder is which, nobody knows."""
    twin = put(card.parent / "B", {NAMES[0].replace("0001.mp4", "0009.mp4"): b"a twin"})
    known.take(card, twin)
    third = put(card.parent / "C", {NAMES[0].replace("0001.mp4", "0010.mp4"): b"a third"})
    for alone in (card, twin, third):
        refused(known, alone, receipt_of(known, alone), "Two recorders")


def test_a_card_that_was_doubled_is_refused_under_another_number_too(
    known: House, card: Path
) -> None:
    twin = put(card.parent / "B", {NAMES[0].replace("0001.mp4", "0009.mp4"): b"a twin"})
    known.take(card, twin)
    for name in NAMES:
        (card / name).unlink()
    put(card, {NAMES[0].replace(NUMBER, "3100002"): b"of a number that nobody else has"})
    add_recorder(known.site.ledger, load_makes(), number="3100002", make="zfy")
    refused(known, card, receipt_of(known, card), "Two recorders")


def test_a_card_of_two_officers_is_told_and_refused(known: House, card: Path) -> None:
    put(card, {NAMES[0].replace("310001_", "310002_"): b"of another officer"})
    with known.serve(cards_in(card.parent)) as running:
        running.wait_done("A")
        assert "OFFICER_CONFLICT" in running.notices("A")
    assert known.observed() == ["OFFICER_CONFLICT"]
    refused(known, card, known.rows("receipts")[0]["id"], "more than one officer")
    known.assert_green()


def test_what_was_listed_and_not_judged_blocks_clearing(known: House, card: Path) -> None:
    """The service is killed before it could judge a file that came after the receipt."""
    receipt = receipt_of(known, card)
    list_more(known)
    refused(known, card, receipt, "not judged")


def list_more(house: House) -> Opened:
    """A further inventory of the only docking, which nobody judges."""
    [session] = house.rows("dock_sessions")
    station = house.station()
    place = DockPlace("cli", "ONE_SHOT", CardIdentity(session["card"], "", ""))
    opened = Opened(session["id"], station.site.clock(), place)
    acts.write_inventory(station, opened, number=1, files=[], passed_over=[])
    return opened


def test_a_clock_set_back_makes_nothing_judged_or_unjudged(
    tmp_path: Path, card: Path, database_url: str
) -> None:
    """What came last is told by its place in the log, whatever time it says."""
    time = [datetime(2026, 9, 2, 10, 0, tzinfo=UTC)]
    plan = SitePlan(tmp_path / "site", database_url)
    with open_house(plan, ticks=lambda: time[0]) as house:
        add_recorder(house.site.ledger, load_makes(), number=NUMBER, make="zfy")
        receipt = receipt_of(house, card)
        time[0] -= timedelta(hours=1)
        opened = list_more(house)
        refused(house, card, receipt, "not judged")
        time[0] -= timedelta(hours=1)
        acts.issue_receipt(house.station(), opened, head={"number": 1}, safe=[], not_safe=[])
        assert results(clear(house, card, receipt)) == [ClearResult.CLEARED] * len(FILES)


def inode(path: Path) -> int:
    return path.stat().st_ino


def test_another_card_in_the_same_place_is_never_touched(known: House, card: Path) -> None:
    receipt = receipt_of(known, card)
    card.rename(card.parent / "gone")
    other = put(card, FILES)  # same names, same bytes, another card
    refused(known, other, receipt, "not the card")
    assert left_on(card.parent / "gone") == sorted(FILES)


def test_a_receipt_that_is_not_there_is_refused(known: House, card: Path) -> None:
    receipt_of(known, card)
    with pytest.raises(NotFound):
        clear(known, card, "20260101T000000Z-00000000-0")


def test_a_receipt_that_somebody_rewrote_is_refused(known: House, card: Path) -> None:
    receipt = receipt_of(known, card)
    with rewritten(known.site.database) as connect:
        row = known.rows("receipts")[0]
        forged = row["signed"].replace('"complete":true', '"complete":false')
        connect.exec_driver_sql("UPDATE receipts SET signed = ?", (forged,))
    with pytest.raises(BadSignature):
        clear(known, card, receipt)
    assert left_on(card) == sorted(FILES)


@contextmanager
def rewritten(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER receipts_no_UPDATE")
        yield connection


def test_a_file_that_differs_stays_and_is_reported(known: House, card: Path) -> None:
    receipt = receipt_of(known, card)
    changed = card / NAMES[1]
    before = changed.stat()
    changed.write_bytes(b"X" * before.st_size)  # same name, same size, same times, other bytes
    os.utime(changed, ns=(before.st_atime_ns, before.st_mtime_ns))
    longer = card / NAMES[2]
    longer.write_bytes(longer.read_bytes() + b"more")
    outcome = clear(known, card, receipt)
    assert results(outcome) == [
        ClearResult.CLEARED, ClearResult.DIFFERS, ClearResult.DIFFERS, ClearResult.CLEARED,
    ]  # fmt: skip
    assert left_on(card) == [NAMES[1], NAMES[2]]
    assert all(file.detail for file in outcome.files if file.result == ClearResult.DIFFERS)
    known.assert_green()


def test_a_damaged_or_missing_stored_copy_keeps_the_file(known: House, card: Path) -> None:
    receipt = receipt_of(known, card)
    by_name = dict(known.sealed())
    damaged, missing = (by_name[NAMES[n].encode()] for n in (0, 1))
    original(known, damaged).chmod(0o644)
    original(known, damaged).write_bytes(b"tampered")
    original(known, missing).unlink()
    outcome = clear(known, card, receipt)
    assert results(outcome)[:2] == [ClearResult.STORED_COPY_BAD] * 2
    assert left_on(card) == NAMES[:2]


def test_what_took_a_files_place_is_kept(known: House, card: Path, tmp_path: Path) -> None:
    receipt = receipt_of(known, card)
    outside = put(tmp_path / "outside", {"precious": FILES[NAMES[0]]}) / "precious"
    (card / NAMES[0]).unlink()
    (card / NAMES[0]).symlink_to(outside)
    (card / NAMES[1]).unlink()
    os.mkfifo(card / NAMES[1])
    outcome = clear(known, card, receipt)
    assert results(outcome) == [ClearResult.CLEARED] * 2  # the other two
    assert left_on(card) == NAMES[:2]
    assert outside.exists()


def test_a_card_that_refuses_says_so_and_can_be_tried_again(known: House, card: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a folder read-only")
    receipt = receipt_of(known, card)
    subprocess.run(["mount", "--bind", card, card], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", card], check=True)
        opened = Card(card)
        assert os.statvfs(card).f_flag & os.ST_RDONLY
        outcome = clear_card(known.site, opened, receipt_id=receipt, stop=threading.Event())
        opened.close()
    finally:
        subprocess.run(["umount", card], check=True)
    assert results(outcome) == [ClearResult.FAILED] * len(FILES)
    assert all("Read-only" in file.detail for file in outcome.files)
    assert left_on(card) == sorted(FILES)
    assert results(clear(known, card, receipt)) == [ClearResult.CLEARED] * len(FILES)
    known.assert_green()


def test_cleared_names_are_no_gaps_but_vanished_ones_are(known: House, card: Path) -> None:
    receipt = receipt_of(known, card)
    (card / NAMES[2]).write_bytes(b"recorded over: the receipt no longer fits")
    clear(known, card, receipt)  # 1, 2 and 4 go, 3 stays
    put(card, {NAMES[0].replace("1801", "1805").replace("_0001", "_0005"): b"the next one"})
    receipt_of(known, card)
    assert "SEQUENCE_GAP" not in known.observed()
    (card / NAMES[2]).unlink()  # nobody cleared it
    receipt_of(known, card)
    [gap] = [row for row in known.rows("observations") if row["code"] == "SEQUENCE_GAP"]
    assert json.loads(gap["facts"])["numbers"] == "3"


def test_a_card_whose_clearing_was_undone_is_cleared_again(known: House, card: Path) -> None:
    receipt = receipt_of(known, card)
    clear(known, card, receipt)
    put(card, FILES)  # a power cut brought them back
    assert results(clear(known, card, receipt)) == [ClearResult.CLEARED] * len(FILES)
    receipt_of(known, put(card, FILES))
    assert known.count("recordings") == len(FILES)
    known.assert_green()


def test_on_the_command_line_it_must_be_meant(known: House, card: Path) -> None:
    receipt = receipt_of(known, card)
    data = known.site.plan.data
    said = call("card", "clear", receipt, card, "--data", data, "--json")
    assert (said.code, said.body["error"]["code"]) == (2, "BAD_INPUT")
    assert (
        call("card", "clear", receipt, card, "--data", data).code == 2
    )  # no terminal, no question
    assert left_on(card) == sorted(FILES)
    (card / NAMES[3]).write_bytes(b"changed")
    said = call("card", "clear", receipt, card, "--yes", "--data", data, "--json")
    assert said.code == 4
    assert (said.body["cleared"], said.body["kept"]) == (3, 1)
    assert left_on(card) == [NAMES[3]]
    known.assert_green()
