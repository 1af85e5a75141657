"""A database that fails once, at any moment of intake: nothing is lost, nothing is said twice."""

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from devices.makes import load_makes
from devices.recorders import add_recorder
from evidence.canonical import Json
from evidence.errors import Refused
from evidence.vocabulary import DockState
from ingest.card import Card
from ingest.clear import clear_card
from ingest.loop import Watch
from storage.site import SitePlan
from tests.bad_card import BadFile, bad_card
from tests.docking import House, Running, cards_in, open_house, put, wait_for
from tests.failing_database import entering, failing, nth

NAME = "DCIM/A11_3100001_{officer}_2026090218{n:02}00_{n:04}.mp4"
LOG = b"2026/09/02-18:30:00 #ID:3100001 #Record Start\r\n"


def recording(n: int, officer: str = "310001") -> dict[str, bytes]:
    return {NAME.format(officer=officer, n=n): f"recording {n}".encode()}


REPAIRED = b"recording 1"
LITTER = {"$RECYCLE.BIN/deleted.mp4": b"deleted by somebody", "Thumbs.db": b"litter"}
FIRST = {
    **recording(1),
    **recording(3, "310002"),
    "LOG/20260902.txt": LOG,
    "DCIM/empty.mp4": b"",
    **LITTER,
}
LATER = recording(5)
WRITES = 28
"""Transactions that write in an undisturbed intake of these two rounds."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "site")) as opened:
        yield opened


@dataclass(frozen=True)
class Account:
    """What a site says of the card, without what is different each time."""

    recordings: list[str]
    names: list[tuple[bytes, str]]
    inventories: list[tuple[list[bytes], list[bytes]]]
    observations: list[tuple[str, str, bytes]]
    claims: list[tuple[str, str, str | None]]
    receipt: tuple[object, list[tuple[bytes, str, str]], list[object]]


def account(house: House) -> Account:
    rows = house.rows("observations")
    paths = [b"" if row["path"] is None else house.names([row["path"]])[0] for row in rows]
    officer = {"OFFICER": "committed to"}
    last = house.receipts()[-1]
    return Account(
        recordings=sorted(row["id"] for row in house.rows("recordings")),
        names=sorted(house.sealed()),
        inventories=[listed(house, n) for n in range(house.count("inventories"))],
        observations=sorted(
            (row["code"], row["facts"], path) for row, path in zip(rows, paths, strict=True)
        ),
        claims=sorted(
            (
                row["subject"],
                row["verdict"],
                row["value"] and officer.get(row["subject"], row["value"]),
            )
            for row in house.rows("claims")
        ),
        receipt=(last["complete"], sorted(safe(house, last)), lines(last, "not_safe")),
    )


def lines(body: dict[str, Json], field: str) -> list[Any]:
    found = body[field]
    assert isinstance(found, list)
    return found


def listed(house: House, number: int) -> tuple[list[bytes], list[bytes]]:
    body = house.inventory(number)
    both = [
        house.names([line["path"] for line in lines(body, f)]) for f in ("files", "passed_over")
    ]
    return sorted(both[0]), sorted(both[1])


def safe(house: House, body: dict[str, Json]) -> Iterator[tuple[bytes, str, str]]:
    for line in lines(body, "files"):
        yield house.names([line["path"]])[0], line["sha256"], line["basis"]


@contextmanager
def watching(house: House, slots: Path) -> Iterator[Running]:
    """The watch alone: the service's other duties would write as well."""
    station = house.station()
    watch = Watch(station, (cards_in(slots),))
    thread = threading.Thread(target=watch.run)
    thread.start()
    try:
        yield Running(station, None, None)  # type: ignore[arg-type]
    finally:
        station.stop.set()
        watch.wake.set()
        thread.join()


def two_rounds(house: House, slots: Path) -> None:
    """A card with everything that makes an act; a file more once it may leave."""
    sha256 = hashlib.sha256(REPAIRED).hexdigest()
    original = house.site.plan.vault_root / "originals" / sha256[:2] / sha256
    put(original.parent, {sha256: b"damaged, and without a row"})
    card = put(slots / "A", FIRST)
    with watching(house, slots) as running:
        running.wait_state("A", DockState.SAFE)
        later = put(slots.parent / "later", LATER)
        [name] = LATER
        (later / name).rename(card / name)
        whole = len(FIRST) - len(LITTER) + len(LATER)
        wait_for(lambda: len(lines(house.receipts()[-1], "files")) == whole, "the second receipt")
        running.wait_state("A", DockState.SAFE)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Account:
    folder = tmp_path_factory.mktemp("undisturbed")
    with (
        open_house(SitePlan(folder / "site")) as opened,
        failing(opened, nth(0)) as (house, database),
    ):
        two_rounds(house, folder / "slots")
        assert (database.writes, database.failed) == (WRITES, 0)
        return account(house)


def test_the_account_holds_what_this_is_about(undisturbed: Account) -> None:
    codes = {code for code, _, _ in undisturbed.observations}
    assert codes == {
        "LOG_WITHOUT_FILE", "OFFICER_CONFLICT", "RECORDER_UNKNOWN", "RECORDING_IN_LITTER",
        "SEQUENCE_GAP", "STORED_COPY_REPAIRED",
    }  # fmt: skip
    assert [len(files) for files, _ in undisturbed.inventories] == [len(FIRST) - len(LITTER), 1]
    assert undisturbed.receipt[0] is True


@pytest.mark.parametrize("number", range(1, WRITES + 1))
def test_one_failure_anywhere_changes_nothing(
    house: House, tmp_path: Path, undisturbed: Account, number: int
) -> None:
    with failing(house, nth(number)) as (frail, database):
        two_rounds(frail, tmp_path / "slots")
        assert database.failed == 1
    assert account(house) == undisturbed
    house.assert_green()


def test_a_doubling_that_could_not_be_written_is_written_later(
    house: House, tmp_path: Path
) -> None:
    add_recorder(house.site.ledger, load_makes(), number="3100001", make="zfy")
    cards = [put(tmp_path / "slots" / name, recording(n)) for n, name in enumerate("AB", 1)]
    with failing(house, entering("RECORDER_DOUBLED")) as (frail, database):
        with frail.serve(cards_in(tmp_path / "slots")) as service:
            service.wait_done("A", "B")
        assert database.failed == 1
    marked = [
        r["session_id"] for r in house.rows("observations") if r["code"] == "RECORDER_DOUBLED"
    ]
    assert sorted(marked) == sorted(row["id"] for row in house.rows("dock_sessions"))
    for card, receipt in zip(cards, receipts_of(house, cards), strict=True):
        opened = Card(card)
        with pytest.raises(Refused, match="Two recorders"):
            clear_card(house.site, opened, receipt_id=receipt, stop=threading.Event())
        opened.close()
    house.assert_green()


def receipts_of(house: House, cards: list[Path]) -> list[str]:
    by_session = {row["session_id"]: row["id"] for row in house.rows("receipts")}
    sessions = {
        int(row["card"].rpartition(":")[2]): row["id"] for row in house.rows("dock_sessions")
    }
    return [by_session[sessions[card.stat().st_ino]] for card in cards]


def test_a_read_error_that_could_not_be_written_is_written_later(
    house: House, tmp_path: Path
) -> None:
    files = {"bad.mp4": BadFile(3_000_000, 2_000_000), "good.mp4": BadFile(1000)}
    with (
        bad_card(tmp_path / "slots" / "A", files),
        failing(house, entering("FRAGMENT_KEPT")) as (frail, database),
    ):
        with frail.serve(cards_in(tmp_path / "slots")) as service:
            service.wait_state("A", DockState.INCOMPLETE)
            assert "FRAGMENT_KEPT" in service.notices("A")
        assert database.failed == 1
    [row] = [row for row in house.rows("observations") if row["code"] == "FRAGMENT_KEPT"]
    assert json.loads(row["facts"])["offset"] <= 2_000_000
    assert house.names([row["path"]]) == [b"bad.mp4"]
    assert house.count("sightings") == len(files)  # the fragment is sealed once
    house.assert_green()


def test_a_card_that_went_early_is_told_though_the_database_failed(
    house: House, tmp_path: Path
) -> None:
    card = put(tmp_path / "slots" / "A", recording(1) | {"DCIM/open.mp4": b"being written"})
    with (
        failing(house, entering("CARD_REMOVED_EARLY")) as (frail, database),
        (card / "DCIM/open.mp4").open("ab"),
        frail.serve(cards_in(tmp_path / "slots")) as service,
    ):
        wait_for(lambda: house.count("sightings") == 1, "the other file is sealed")
        card.rename(tmp_path / "away")
        service.wait_state("A", DockState.CARD_GONE)
        assert database.failed == 1
    assert Counter(house.observed())["CARD_REMOVED_EARLY"] == 1
    assert [body["complete"] for body in house.receipts()] == [False]
    house.assert_green()
