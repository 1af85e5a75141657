"""A folder without a card, and a card without files: told apart, and no receipt over nothing."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evidence.vocabulary import DockState
from storage.site import SitePlan
from tests.cli import call
from tests.docking import House, cards_in, open_house, put

LITTER = {".DS_Store": b"view", ".fseventsd/no_log": b""}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "site")) as opened:
        yield opened


@contextmanager
def mounted(folder: Path) -> Iterator[Path]:
    """A file system of its own at a folder; skips where that may not be done."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        pytest.skip("only root can mount")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "card", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"nothing can be mounted: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("files", [{}, LITTER], ids=["empty", "litter"])
def test_a_bare_mount_point_is_no_card(tmp_path: Path, files: dict[str, bytes]) -> None:
    data = tmp_path / "data"
    bare = put(tmp_path / "bare", files)
    (bare / "DCIM").mkdir()
    said = call("ingest", bare, "--data", data, "--json")
    [card] = said.body["cards"]
    assert (said.code, card["state"], card["complete"]) == (4, "NO_CARD", False)
    assert (card["session"], card["receipt"]) == (None, None)
    assert "挂载" in card["trouble"]["zh"]
    assert "mounted" in card["trouble"]["en"]
    with open_house(SitePlan(data)) as house:
        assert house.count("receipts") == house.count("dock_sessions") == 0
        assert house.count("leases") == 0
        house.site.close()
    text = call("ingest", bare, "--data", data)
    assert text.code == 4
    assert "可以取走" not in text.out
    assert "收据 " not in text.out


def test_a_mounted_card_without_files_ends_without_a_receipt(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with mounted(tmp_path / "card") as card:
        (card / "DCIM").mkdir()
        said = call("ingest", card, "--data", data, "--json")
    [report] = said.body["cards"]
    assert (said.code, report["state"], report["complete"]) == (0, "EMPTY_CARD", False)
    assert report["receipt"] is None
    with open_house(SitePlan(data)) as house:
        assert (house.count("dock_sessions"), house.count("receipts")) == (1, 0)
        assert house.verify().findings == ()


def test_a_trash_full_of_recordings_is_not_taken_for_nothing(house: House, tmp_path: Path) -> None:
    """Whoever threw them away is told of; the card is no bare folder."""
    [taken] = house.take(put(tmp_path / "card", {".Trashes/501/a.mp4": b"thrown away"}))
    assert taken.trouble is None
    assert house.observed() == ["RECORDING_IN_LITTER"]
    assert house.count("receipts") == 0
    assert house.verify().findings == ()


@pytest.mark.parametrize(
    "litter",
    [
        {".Trash-1000/files/notes.txt": b"thrown away"},
        {"System Volume Information/IndexerVolumeGuid": b"index"},
        {"$RECYCLE.BIN/S-1-5-18/desktop.ini": b"", ".DS_Store": b"view"},
        {".Spotlight-V100/Store-V2/x": b"index", "DCIM/Thumbs.db": b"pictures"},
    ],
    ids=["linux", "windows", "bin", "macos"],
)
def test_what_systems_leave_in_an_unmounted_folder_makes_it_no_card(
    house: House, tmp_path: Path, litter: dict[str, bytes]
) -> None:
    slots = tmp_path / "slots"
    put(slots / "A", litter)
    with house.serve(cards_in(slots)) as service:
        put(slots / "B", {"b.mp4": b"b"})  # seen in a later look than A
        service.wait_state("B", DockState.SAFE)
        assert service.views("A") == []
        put(slots / "A", {"a.mp4": b"a"})
        service.wait_state("A", DockState.SAFE)
    assert [body["complete"] for body in house.receipts()] == [True, True]
    house.assert_green()


def test_recordings_thrown_away_in_a_dock_are_told(house: House, tmp_path: Path) -> None:
    slots = tmp_path / "slots"
    put(slots / "A", {".Trash-1000/files/a.mp4": b"thrown away"})
    with house.serve(cards_in(slots)) as service:
        service.wait_state("A", DockState.EMPTY_CARD)
        assert "RECORDING_IN_LITTER" in service.notices("A")
    assert house.observed() == ["RECORDING_IN_LITTER"]


def test_an_empty_card_in_a_dock_may_leave_and_is_taken_once_it_has_files(
    house: House, tmp_path: Path
) -> None:
    slots = tmp_path / "slots"
    with mounted(slots / "A") as card, house.serve(cards_in(slots)) as service:
        service.wait_state("A", DockState.EMPTY_CARD)
        assert service.views("A")[0].may_leave
        assert house.count("receipts") == 0
        put(card, {"a.mp4": b"a"})
        service.wait_state("A", DockState.SAFE)
    assert [body["complete"] for body in house.receipts()] == [True]
    house.assert_green()
