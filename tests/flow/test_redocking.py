"""Cards that come back, go too early, change places, or change while they are away."""

import hashlib
import os
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from evidence.canonical import Json
from evidence.vocabulary import DockState
from ingest.recognising import recognise
from storage.scrub import scrub
from storage.site import SitePlan
from tests.cli import running as process_of
from tests.docking import QUICK, House, Running, cards_in, open_house, put, wait_for

OLD = {f"DCIM/{n:02}.mp4": f"old {n}".encode() for n in range(12)}
NEW = {"DCIM/zz_new.mp4": b"new"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "site")) as opened:
        yield opened


@pytest.fixture
def slots(tmp_path: Path) -> Path:
    return tmp_path / "slots"


def docked(house: House, slots: Path, card: str = "A", receipts: int = 1) -> None:
    """Docks what stands in the slots until the card has so many receipts, then stops."""
    with house.serve(cards_in(slots)) as service:
        service.wait_done(card)
        wait_for(lambda: house.count("receipts") >= receipts, f"{receipts} receipts")


def bases(body: dict[str, Json]) -> Counter[str]:
    files = body["files"]
    assert isinstance(files, list)
    return Counter(str(file["basis"]) for file in files if isinstance(file, dict))


def test_known_files_are_safe_at_once_and_read_again_afterwards(house: House, slots: Path) -> None:
    put(slots / "A", OLD)
    docked(house, slots)
    put(slots / "A", NEW)
    first = len(house.sealed())
    docked(house, slots, receipts=3)
    second, third = house.receipts()[1:]
    assert bases(second) == {"RECOGNISED": len(OLD), "SEALED": 1}
    assert bases(third) == {"SEALED": len(OLD) + 1}
    assert second["session"] == third["session"]
    assert (second["complete"], third["complete"]) == (True, True)
    again = house.sealed()[first:]
    assert again[0] == (b"DCIM/zz_new.mp4", again[0][1])  # what was never seen went first
    assert house.count("recordings") == len(OLD) + 1
    assert house.count("sightings") == 2 * len(OLD) + 1
    house.assert_green()


def test_without_recheck_known_files_are_not_read(house: House, slots: Path) -> None:
    house.settings = replace(QUICK, recheck=False)
    put(slots / "A", OLD)
    docked(house, slots)
    docked(house, slots, receipts=2)
    assert house.count("sightings") == len(OLD)
    assert bases(house.receipts()[1]) == {"RECOGNISED": len(OLD)}
    house.assert_green()


@pytest.mark.parametrize("spoil", ["gone", "short", "found bad"])
def test_what_is_not_whole_in_the_vault_is_not_recognised(
    house: House, slots: Path, spoil: str
) -> None:
    """With `recheck` off nothing but recognising looks at it."""
    house.settings = replace(QUICK, recheck=False)
    put(slots / "A", OLD)
    docked(house, slots)
    for sha256 in digests(OLD["DCIM/03.mp4"], OLD["DCIM/07.mp4"]):
        original = house.site.plan.vault_root / "originals" / sha256[:2] / sha256
        bad = {"gone": None, "short": b"x", "found bad": b"?" * original.stat().st_size}[spoil]
        original.unlink()
        if bad is not None:
            original.write_bytes(bad)
    if spoil == "found bad":
        scrub(house.site, limit=None, progress=lambda _count: None, stop=lambda: False)
    docked(house, slots, receipts=2)
    assert bases(house.receipts()[1]) == {"RECOGNISED": len(OLD) - 2, "SEALED": 2}
    assert house.verify().findings == ()
    docked(house, slots, receipts=3)  # they are whole again, whatever a scrub found once
    assert bases(house.receipts()[2]) == {"RECOGNISED": len(OLD)}


def test_a_card_that_rests_may_leave_again_once_trouble_of_the_site_has_passed(
    house: House, slots: Path
) -> None:
    put(slots / "A", OLD)
    with house.serve(cards_in(slots)) as service:
        service.wait_done("A")
        [view] = service.views("A")
        trouble = replace(view, state=DockState.STORAGE_TROUBLE)
        service.station.board.change(view.key, lambda _view: trouble)
        service.wait_state("A", DockState.SAFE)
    assert len(house.receipts()) == 1


def test_a_card_without_news_needs_no_database(house: House) -> None:
    station = house.station()
    house.site.database.close()
    (house.site.plan.data / "liuhen.db").rename(house.site.plan.data / "away.db")
    assert recognise(station, "card", files=[]) == {}
    (house.site.plan.data / "away.db").rename(house.site.plan.data / "liuhen.db")


def test_a_vault_that_is_away_is_no_reason_to_call_files_new(
    house: House, slots: Path, tmp_path: Path
) -> None:
    house.settings = replace(QUICK, recheck=False)
    card = put(slots / "A", OLD)
    docked(house, slots)
    card.rename(tmp_path / "card")
    vault = house.site.plan.vault_root
    with house.serve(cards_in(slots)) as service:
        vault.rename(vault.parent / "away")
        (tmp_path / "card").rename(card)
        service.wait_state("A", DockState.STORAGE_TROUBLE)
        assert "VAULT_UNAVAILABLE" in service.notices("A")
        (vault.parent / "away").rename(vault)
        service.wait_done("A")
    assert bases(house.receipts()[1]) == {"RECOGNISED": len(OLD)}
    house.assert_green()


def test_a_change_under_the_same_name_and_size_is_seen(house: House, slots: Path) -> None:
    card = put(slots / "A", OLD)
    docked(house, slots)
    changed = card / "DCIM/03.mp4"
    before = changed.stat()
    changed.write_bytes(b"new 3")
    os.utime(changed, ns=(before.st_atime_ns, before.st_mtime_ns))
    docked(house, slots, receipts=2)
    assert bases(house.receipts()[1])["SEALED"] == 1
    assert {digest for path, digest in house.sealed() if path == b"DCIM/03.mp4"} == {
        row["id"] for row in house.rows("recordings") if row["id"] in digests(b"old 3", b"new 3")
    }
    assert house.count("recordings") == len(OLD) + 1
    house.assert_green()


def digests(*contents: bytes) -> set[str]:
    return {hashlib.sha256(data).hexdigest() for data in contents}


def test_a_card_is_swapped_in_its_place(house: House, slots: Path, tmp_path: Path) -> None:
    put(slots / "A", OLD)
    other = put(tmp_path / "other", NEW)
    with house.serve(cards_in(slots)) as service:
        service.wait_done("A")
        (slots / "A").rename(tmp_path / "gone")
        other.rename(slots / "A")
        wait_for(lambda: house.count("receipts") == 2, "the second card has its receipt")
        sessions = {view.session_id for view in service.history.of("A")} - {""}
        assert len(sessions) == 2
        service.wait_state("A", DockState.SAFE)
    assert "CARD_REMOVED_EARLY" not in house.observed()
    assert len({row["card"] for row in house.rows("dock_sessions")}) == 2
    house.assert_green()


def slow_card(slots: Path) -> Path:
    """A card with a file that cannot be taken yet, and others that can."""
    return put(slots / "A", OLD | {"DCIM/open.mp4": b"still being written"})


def pull_while_one_is_written(house: House, slots: Path, away: Path) -> Running:
    card = slow_card(slots)
    with (card / "DCIM/open.mp4").open("ab"), house.serve(cards_in(slots)) as service:
        wait_for(lambda: house.count("sightings") == len(OLD), "all others are sealed")
        card.rename(away)
        service.wait_state("A", DockState.CARD_GONE)
    return service


def test_a_card_that_goes_early_is_told_and_gets_an_incomplete_receipt(
    house: House, slots: Path, tmp_path: Path
) -> None:
    service = pull_while_one_is_written(house, slots, tmp_path / "away")
    assert DockState.SAFE not in service.history.states("A")
    [last] = [n for n in service.views("A")[0].notices if n.code == "CARD_REMOVED_EARLY"]
    assert last.facts == {"safe": len(OLD), "files": len(OLD) + 1}
    [body] = house.receipts()
    assert body["complete"] is False
    assert bases(body) == {"SEALED": len(OLD)}
    [unsafe] = body["not_safe"] if isinstance(body["not_safe"], list) else []
    assert isinstance(unsafe, dict)
    assert house.names([str(unsafe["path"])]) == [b"DCIM/open.mp4"]
    assert house.observed().count("CARD_REMOVED_EARLY") == 1
    house.assert_green()


def test_it_goes_on_by_itself_when_it_is_docked_again(
    house: House, slots: Path, tmp_path: Path
) -> None:
    pull_while_one_is_written(house, slots, tmp_path / "away")
    (tmp_path / "away").rename(slots / "A")
    docked(house, slots, receipts=2)
    assert house.receipts()[1]["complete"] is True
    assert bases(house.receipts()[1]) == {"RECOGNISED": len(OLD), "SEALED": 1}
    assert house.count("recordings") == len(OLD) + 1


def test_a_card_that_may_leave_is_never_called_early(
    house: House, slots: Path, tmp_path: Path
) -> None:
    """Its receipt says that something stays on the card; the officer was told to take it."""
    card = put(slots / "A", NEW)
    deep = card / "/".join(["d"] * 60)
    deep.mkdir(parents=True)
    (deep / "deep.mp4").write_bytes(b"too deep")
    with house.serve(cards_in(slots)) as service:
        service.wait_state("A", DockState.INCOMPLETE)
        card.rename(tmp_path / "away")
        service.wait_state("A", DockState.CARD_GONE)
    assert "CARD_REMOVED_EARLY" not in house.observed()
    assert [body["complete"] for body in house.receipts()] == [False]


def test_a_killed_service_goes_on_where_it_was(house: House, slots: Path) -> None:
    chance = Random(5)
    content = {f"DCIM/{n}.mp4": chance.randbytes(3 << 20) for n in range(6)}
    put(slots / "A", content)
    data = house.site.plan.data
    with process_of("serve", "--dock", slots, "--data", data, "--json") as process:
        wait_for(lambda: house.count("sightings") >= 2, "two files are sealed")
        process.send_signal(signal.SIGKILL)
        process.wait()
    docked(house, slots)
    assert house.count("recordings") == len(content)
    assert house.receipts()[-1]["complete"] is True
    assert list((data / "vault" / "staging").iterdir()) == []
    house.assert_green()


def test_an_unmounted_card_is_gone_and_what_was_copied_stays(house: House, slots: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a card")
    card = slots / "A"
    card.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "none", card], check=True)
    unmounted = threading.Event()
    try:
        put(card, OLD)
        with house.serve(cards_in(slots)) as service:
            service.wait_done("A")
            subprocess.run(["umount", "-l", card], check=True)
            unmounted.set()
            service.wait_state("A", DockState.CARD_GONE)
    finally:
        if not unmounted.is_set():
            subprocess.run(["umount", "-l", card], check=True)
    assert house.count("recordings") == len(OLD)
    house.assert_green()
