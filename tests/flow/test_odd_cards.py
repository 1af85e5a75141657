"""Cards whose file system is odd: names that stand twice, and inode numbers that change."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from devices.makes import load_makes
from devices.recorders import add_recorder
from evidence.canonical import Json
from evidence.errors import Refused
from evidence.vocabulary import ClearResult, DockState
from ingest import acts
from ingest.acts import DockPlace
from ingest.board import DockView
from ingest.card import Card, Listing
from ingest.clear import Clearing, clear_card
from ingest.identity import identify
from ingest.one_shot import take_cards
from ingest.session import Intake
from ingest.settle import Settler
from liuhen.card_report import card_report
from storage.site import SitePlan
from tests.docking import House, cards_in, open_house, put, wait_for
from tests.odd_card import DOUBLED, HEALS, RENUMBERS, ROTS, odd_card

NUMBER = "3100001"
NAMES = [f"A11_{NUMBER}_310001_2026090218{n:02}00_{n:04}.mp4" for n in range(1, 5)]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "site")) as opened:
        add_recorder(opened.site.ledger, load_makes(), number=NUMBER, make="zfy")
        yield opened


def lines(value: Json) -> list[dict[str, Json]]:
    """A list of objects out of a statement or report."""
    assert isinstance(value, list)
    return [line for line in value if isinstance(line, dict)]


def not_safe(house: House) -> list[tuple[bytes, str]]:
    """Path and code of what the newest receipt does not call safe."""
    items = lines(house.receipts()[-1]["not_safe"])
    paths = house.names([str(item["path"]) for item in items])
    return [(path, str(item["code"])) for path, item in zip(paths, items, strict=True)]


def clear(house: House, card: Path, receipt: str) -> Clearing:
    opened = Card(card)
    try:
        return clear_card(house.site, opened, receipt_id=receipt, stop=threading.Event())
    finally:
        opened.close()


def test_of_two_files_of_one_name_one_cannot_be_read_and_everybody_is_told(
    house: House, tmp_path: Path
) -> None:
    slots = tmp_path / "slots"
    with odd_card(slots, DOUBLED, names=NAMES), house.serve(cards_in(slots)) as service:
        view = service.wait_state("A", DockState.INCOMPLETE)
    assert [(n.code, n.name) for n in view.notices if n.code == "DOUBLED_NAME"] == [
        ("DOUBLED_NAME", NAMES[1])
    ]
    assert not_safe(house) == [(NAMES[1].encode(), "DOUBLED_NAME")]
    assert sorted(name.decode() for name, _ in house.sealed()) == NAMES
    assert house.receipts()[-1]["complete"] is False
    assert len(lines(house.inventory()["files"])) == len(NAMES)
    assert len(lines(house.inventory()["passed_over"])) == 1
    house.assert_green()


def test_a_name_that_stands_twice_is_in_the_report_and_the_card_is_not_cleared(
    house: House, tmp_path: Path
) -> None:
    with odd_card(tmp_path / "usb", DOUBLED, names=NAMES) as card:
        [taken] = house.take(card)
        assert taken.intake is not None
        report = card_report(taken.intake.station, taken)
        assert (report["state"], report["complete"]) == ("INCOMPLETE", False)
        [line] = lines(report["not_safe"])
        assert (line["name"], line["code"]) == (NAMES[1], "DOUBLED_NAME")
        receipt = str(house.rows("receipts")[-1]["id"])
        with pytest.raises(Refused, match="stands twice") as caught:
            clear(house, card, receipt)
    assert NAMES[1] in str(caught.value.facts["reason_zh"])
    assert house.count("clearings") == 0


def test_a_line_of_the_inventory_is_never_without_an_outcome(house: House, tmp_path: Path) -> None:
    """Should a listing ever name a path twice all the same, the receipt is not complete."""
    card = Card(put(tmp_path / "A", {"a.mp4": b"a"}))
    station = house.station()
    station.board.show(DockView("cli/A", "cli", "A"))
    opened = acts.open_session(station, DockPlace("cli", "ONE_SHOT", identify(card)))
    intake = Intake(station, card, opened, "cli/A", Settler(0.0), once=True)
    [file] = card.list().files
    twin = replace(file, size=file.size + 1)
    intake.enlist(Listing((file, twin), ()))
    card.close()
    told = {line.path for line in intake.unsafe_files()} | {f.path for f in intake.safe_files()}
    assert told == {line["path"] for line in lines(house.inventory()["files"])}


def test_other_inode_numbers_are_no_other_files(house: House, tmp_path: Path) -> None:
    slots = tmp_path / "slots"
    with odd_card(slots, RENUMBERS, names=NAMES), house.serve(cards_in(slots)) as service:
        service.wait_state("A", DockState.SAFE)
        time.sleep(1.0)  # looked at ten times
        assert service.views("A")[0].state == DockState.SAFE
    assert [house.count(t) for t in ("inventories", "receipts")] == [1, 1]
    assert house.count("sightings") == len(NAMES)
    house.assert_green()


def test_a_card_of_changing_inode_numbers_is_cleared(house: House, tmp_path: Path) -> None:
    with odd_card(tmp_path / "usb", RENUMBERS, names=NAMES) as card:
        house.take(card)
        outcome = clear(house, card, str(house.rows("receipts")[-1]["id"]))
        assert {(f.result, f.detail) for f in outcome.files} == {(ClearResult.CLEARED, "")}
        assert list(card.iterdir()) == []


def test_what_failed_and_then_changed_into_a_file_that_is_safe_is_no_longer_missing(
    house: House, tmp_path: Path
) -> None:
    slots = tmp_path / "slots"
    with odd_card(slots, HEALS, names=NAMES), house.serve(cards_in(slots)) as service:
        wait_for(lambda: house.count("receipts") == 2, "it was taken as it is now")
        service.wait_state("A", DockState.SAFE)
    first, second = house.receipts()
    assert (first["complete"], second["complete"]) == (False, True)
    assert house.observed().count("READ_FAILED") == 1
    assert len(lines(second["files"])) == len(NAMES)
    house.assert_green()


def test_a_known_file_that_reads_otherwise_is_told(house: House, tmp_path: Path) -> None:
    with odd_card(tmp_path / "usb", ROTS, names=NAMES) as card:
        house.take(card)
        assert house.observed().count("KNOWN_FILE_DIFFERS") == 0
        [taken] = house.take(card)
    assert house.observed().count("KNOWN_FILE_DIFFERS") == 1
    [row] = [row for row in house.rows("observations") if row["code"] == "KNOWN_FILE_DIFFERS"]
    assert house.names([row["path"]]) == [NAMES[1].encode()]
    assert taken.intake is not None
    view = taken.intake.station.board.get(taken.key)
    assert [n.name for n in view.notices if n.code == "KNOWN_FILE_DIFFERS"] == [NAMES[1]]
    assert house.count("recordings") == len(NAMES) + 1
    house.assert_green()


def test_what_was_interrupted_does_not_ask_to_wait(house: House, tmp_path: Path) -> None:
    card = put(tmp_path / "A", {"a.mp4": b"a"})
    station = house.station()
    station.stop.set()
    [taken] = take_cards(station, [card], dock="cli")
    assert card_report(station, taken)["state"] == DockState.INTERRUPTED


def test_a_card_in_two_docks_of_one_service_is_not_said_to_be_elsewhere(
    house: House, tmp_path: Path
) -> None:
    put(tmp_path / "slots" / "A", {"a.mp4": b"a"})
    roots = [cards_in(tmp_path / "slots", name) for name in ("one", "two")]
    with house.serve(*roots) as service:
        service.wait_state("A", DockState.SAFE)
        service.wait_state("A", DockState.BUSY_HERE)
    assert DockState.BUSY_ELSEWHERE not in service.history.states("A")
