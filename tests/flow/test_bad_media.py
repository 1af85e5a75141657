"""Cards with bad spots, and cards whose file system dies: on a real file system that does so."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evidence.vocabulary import DockState
from liuhen.card_report import card_report
from storage.site import SitePlan
from tests.bad_card import BadFile, bad_card, content
from tests.docking import QUICK, House, cards_in, drop, open_house, put, wait_for

MIB = 1 << 20
BAD = 5 * MIB + 4096
FILES = {
    "a.mp4": BadFile(3 * MIB),
    "bad.mp4": BadFile(9 * MIB, BAD),
    "nothing.mp4": BadFile(1000, 0),
    "z.mp4": BadFile(1234),
}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "site")) as opened:
        yield opened


def labels(house: House) -> dict[str, list[str]]:
    rows = house.rows("sightings")
    paths = house.names([row["path"] for row in rows])
    return {p.decode(): json.loads(row["labels"]) for p, row in zip(paths, rows, strict=True)}


def test_a_bad_spot_keeps_what_was_read_and_the_rest_is_taken(house: House, tmp_path: Path) -> None:
    with bad_card(tmp_path / "slots" / "A", FILES), house.serve(cards_in(tmp_path / "slots")) as on:
        view = on.wait_state("A", DockState.INCOMPLETE)
    assert (view.safe, view.failed, view.may_leave) == (2, 2, True)
    told = {n.name: n for n in view.notices if n.code in ("READ_FAILED", "FRAGMENT_KEPT")}
    codes = {name: notice.code for name, notice in told.items()}
    assert codes == {"bad.mp4": "FRAGMENT_KEPT", "nothing.mp4": "READ_FAILED"}
    assert (told["bad.mp4"].facts or {})["offset"] == BAD
    sealed = dict(house.sealed())
    assert sorted(sealed) == [b"a.mp4", b"bad.mp4", b"z.mp4"]
    with house.site.vault.open(sealed[b"bad.mp4"]) as original:
        assert original.read() == content("bad.mp4", 9 * MIB)[:BAD]
    assert "PARTIAL" in labels(house)["bad.mp4"]
    assert "PARTIAL" not in labels(house)["a.mp4"]
    [body] = house.receipts()
    unsafe = body["not_safe"]
    assert isinstance(unsafe, list)
    assert (body["complete"], len(unsafe)) == (False, 2)
    assert house.observed().count("READ_FAILED") == 1
    assert house.observed().count("FRAGMENT_KEPT") == 1
    house.assert_green()


def test_the_report_says_what_is_kept_and_what_is_not(house: House, tmp_path: Path) -> None:
    with bad_card(tmp_path / "A", FILES):
        [taken] = house.take(tmp_path / "A")
    assert taken.intake is not None
    lines = card_report(taken.intake.station, taken)["not_safe"]
    assert isinstance(lines, list)
    said = {str(line["name"]): str(line["zh"]) for line in lines if isinstance(line, dict)}
    assert f"第 {BAD} 字节起" in said["bad.mp4"]
    assert "残片" in said["bad.mp4"]
    assert "没有保存任何部分" in said["nothing.mp4"]
    assert [text for text in said.values() if "?" in text] == []


def test_a_partial_copy_is_never_recognised_as_the_file(house: House, tmp_path: Path) -> None:
    card = tmp_path / "A"
    with bad_card(card, {"bad.mp4": FILES["bad.mp4"]}):
        house.take(card)
        house.take(card)
        receipts = house.receipts()
    assert [body["complete"] for body in receipts] == [False, False]
    assert all(body["files"] == [] for body in receipts)
    assert house.count("recordings") == 1
    house.assert_green()


def test_a_file_system_that_dies_is_a_card_that_went(house: House, tmp_path: Path) -> None:
    slots = tmp_path / "slots"
    house.settings = replace(QUICK, per_card=1)  # else the slow one may be the first
    files = {"a.mp4": BadFile(1000), "slow.mp4": BadFile(200 * MIB)}
    with bad_card(slots / "A", files) as card, house.serve(cards_in(slots)) as service:
        wait_for(lambda: house.count("sightings") == 1, "the small one is sealed")
        wait_for(lambda: service.views("A")[0].current == "slow.mp4", "the slow one is copied")
        card.kill()
        view = service.wait_state("A", DockState.CARD_GONE)
        assert [n.code for n in view.notices if n.code == "INTERNAL"] == []
    assert Counter(house.observed())["CARD_REMOVED_EARLY"] == 1
    [body] = house.receipts()
    assert body["complete"] is False
    assert list((house.site.plan.vault_root / "staging").iterdir()) == []
    house.assert_green()


def test_a_dead_card_does_not_hide_the_next_one(house: House, tmp_path: Path) -> None:
    slots = tmp_path / "slots"
    with (
        bad_card(slots / "A", {"a.mp4": BadFile(1000)}) as card,
        house.serve(cards_in(slots)) as on,
    ):
        on.wait_done("A")
        card.kill()
        on.wait_state("A", DockState.CARD_GONE)
        put(tmp_path / "B", {"b.mp4": b"b"}).rename(slots / "B")
        on.wait_state("B", DockState.SAFE)
    house.assert_green()


def test_one_shot_over_a_dying_file_system_reports_the_card(house: House, tmp_path: Path) -> None:
    card = tmp_path / "A"
    with bad_card(card, {"slow.mp4": BadFile(200 * MIB)}) as process:
        process.kill()
        process.wait()
        [taken] = house.take(card)
    assert taken.trouble is not None
    assert taken.trouble.code in {"CARD_GONE", "CARD_UNREADABLE"}


def test_a_drop_folder_with_a_bad_file_rests(house: House, tmp_path: Path) -> None:
    house.settings = replace(QUICK, quiet_seconds=0.2, retry_seconds=0.1)
    with bad_card(tmp_path / "in", FILES), house.serve(drop(tmp_path / "in")) as service:
        service.wait_state("in", DockState.INCOMPLETE)
        before = house.count("receipts"), house.count("observations")
        time.sleep(1.0)  # several looks and retries
        assert (house.count("receipts"), house.count("observations")) == before
        assert house.count("dock_sessions") == 1
    house.assert_green()
