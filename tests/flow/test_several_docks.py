"""Several docks at once: who goes first, who waits, and that nobody starves."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from evidence.vocabulary import DockState
from storage.site import SitePlan
from tests.docking import QUICK, House, cards_in, open_house, put, wait_for

NAME = "DCIM/A11_31000{card:02}_310001_20260902{n:02}0000_{n:04}{mark}.mp4"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "site")) as opened:
        yield opened


def test_important_files_go_first(house: House, tmp_path: Path) -> None:
    house.settings = replace(QUICK, slots=1, per_card=1)
    chance = Random(1)
    plain = {NAME.format(card=1, n=n, mark=""): chance.randbytes(200_000) for n in range(1, 7)}
    marked = {NAME.format(card=1, n=9, mark="_IMP"): b"important", "LOG/1.txt": b"a log"}
    card = put(tmp_path / "A", plain | marked)
    house.take(card)
    order = [path for path, _ in house.sealed()]
    assert order[0] == b"LOG/1.txt"  # it says whose card it is
    assert order[1].endswith(b"_IMP.mp4")
    assert order[2:] == sorted(name.encode() for name in plain)


def test_an_important_file_of_one_dock_overtakes_the_others(house: House, tmp_path: Path) -> None:
    house.settings = replace(QUICK, slots=1, per_card=1)
    slots = tmp_path / "slots"
    slots.mkdir()
    marked = NAME.format(card=3, n=9, mark="_IMP")
    with house.serve(cards_in(slots)) as service:
        turns = service.station.turns
        with turns.turn("busy"):
            for card in (1, 2):
                names = [NAME.format(card=card, n=n, mark="") for n in range(1, 9)]
                put(slots / f"card{card}", {name: name.encode() for name in names})
            wait_for(lambda: turns.waiting == 2, "two docks wait")
            put(slots / "card3", {marked: b"important"})
            wait_for(lambda: turns.waiting == 3, "the third waits behind them")
        service.wait_done("card1", "card2", "card3")
    assert house.sealed()[0][0] == marked.encode()
    house.assert_green()


def test_a_huge_file_does_not_starve_a_small_card(house: House, tmp_path: Path) -> None:
    slots = tmp_path / "slots"
    huge = slots / "huge" / "huge.mp4"
    huge.parent.mkdir(parents=True)
    with huge.open("wb") as file:
        file.truncate(8 << 30)
    small = {f"{n}.mp4": f"small {n}".encode() for n in range(20)}
    put(slots / "small", small)
    with house.serve(cards_in(slots)) as service:
        service.wait_state("huge", DockState.COPYING)
        service.wait_state("small", DockState.SAFE)
        assert service.views("huge")[0].state == DockState.COPYING
    assert house.count("sightings") == len(small)
    house.assert_green()


def test_a_full_card_and_a_small_one_share_one_slot(house: House, tmp_path: Path) -> None:
    house.settings = replace(QUICK, slots=1, per_card=1)
    chance = Random(3)
    slots = tmp_path / "slots"
    put(slots / "full", {f"f{n:02}.mp4": chance.randbytes(700_000) for n in range(30)})
    with house.serve(cards_in(slots)) as service:
        turns = service.station.turns
        wait_for(lambda: house.count("sightings") >= 2, "the full card is under way")
        with turns.turn("busy"):
            put(slots / "late", {f"s{n}.mp4": b"%d" % n for n in range(5)})
            wait_for(lambda: turns.waiting == 2, "both wait")
        service.wait_done("late", "full")
    order = [path for path, _ in house.sealed()]
    last_small = max(n for n, path in enumerate(order) if path.startswith(b"s"))
    assert last_small < len(order) - 5, order  # it did not wait for the full card to end


def test_many_cards_at_once(house: House, tmp_path: Path) -> None:
    slots = tmp_path / "slots"
    cards = [f"card{n:02}" for n in range(20)]
    for number, card in enumerate(cards):
        put(slots / card, {f"{n}.mp4": b"%d/%d" % (number, n) for n in range(3)})
    with house.serve(cards_in(slots)) as service:
        service.wait_done(*cards)
    assert house.count("recordings") == 60
    assert house.count("receipts") == 20
    assert house.count("leases") == 0
    house.assert_green()
