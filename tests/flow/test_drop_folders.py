"""Drop folders: sessions that end by quiet, supplements, and news that opens the next session."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evidence.vocabulary import DockState
from storage.site import SitePlan
from tests.docking import QUICK, House, drop, open_house, put, wait_for

NAME = "A11_3100001_310001_2026090218{n:02}00_{n:04}.mp4"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "site")) as opened:
        opened.settings = replace(QUICK, quiet_seconds=0.5)
        yield opened


def test_a_session_ends_when_nothing_has_changed_for_a_while(house: House, tmp_path: Path) -> None:
    house.settings = replace(QUICK, quiet_seconds=2.0)
    folder = put(tmp_path / "in", {"a.mp4": b"a"})
    with house.serve(drop(folder)) as service:
        wait_for(lambda: house.count("sightings") == 1, "the first is taken")
        assert house.count("receipts") == 0  # it has not been quiet yet
        put(folder, {"b.mp4": b"b"})
        wait_for(lambda: house.count("sightings") == 2, "the second is taken")
        service.wait_state("in", DockState.SAFE)
    assert house.count("dock_sessions") == 1
    numbers = [row["number"] for row in house.rows("inventories")]
    assert numbers == list(range(len(numbers)))  # b.mp4 may be seen before it is whole: one more
    assert len(numbers) in (2, 3)
    assert {row["files"] for row in house.rows("inventories")} == {1}
    [body] = house.receipts()
    assert (body["complete"], len(list(house.sealed()))) == (True, 2)
    house.assert_green()


def test_news_open_the_next_session_and_known_files_are_left_alone(
    house: House, tmp_path: Path
) -> None:
    folder = put(tmp_path / "in", {"a.mp4": b"a", "sub/b.mp4": b"b"})
    with house.serve(drop(folder)) as service:
        wait_for(lambda: house.count("receipts") == 1, "the first session has ended")
        time.sleep(0.8)  # several looks at a folder that rests
        assert house.count("dock_sessions") == 1
        put(folder, {"sub/c.mp4": b"c"})
        wait_for(lambda: house.count("receipts") == 2, "the second session has ended")
        service.wait_state("in", DockState.SAFE)
    assert [row["files"] for row in house.rows("inventories")] in ([2, 1], [1, 2])
    assert sorted(path for path, _ in house.sealed()) == [b"a.mp4", b"sub/b.mp4", b"sub/c.mp4"]
    house.assert_green()


def test_a_folder_that_rested_is_not_taken_again_after_a_restart(
    house: House, tmp_path: Path
) -> None:
    folder = put(tmp_path / "in", {"a.mp4": b"a"})
    with house.serve(drop(folder)):
        wait_for(lambda: house.count("receipts") == 1, "the session has ended")
    with house.serve(drop(folder)):
        time.sleep(0.8)
    assert house.count("dock_sessions") == 1


def test_an_empty_folder_opens_no_session(house: House, tmp_path: Path) -> None:
    with house.serve(drop(tmp_path / "in")) as service:
        time.sleep(0.5)
        assert service.station.board.views() == []
    assert house.count("dock_sessions") == 0


def test_what_never_can_be_taken_does_not_open_sessions_for_ever(
    house: House, tmp_path: Path
) -> None:
    folder = put(tmp_path / "in", {"a.mp4": b"a"})
    deep = folder / "/".join(["d"] * 60)
    deep.mkdir(parents=True)
    (deep / "deep.mp4").write_bytes(b"too deep")
    with house.serve(drop(folder)) as service:
        service.wait_state("in", DockState.INCOMPLETE)
        time.sleep(1.0)  # more than one quiet time and one retry
    assert house.count("dock_sessions") == 1
    assert house.count("receipts") == 1


def test_a_log_that_grows_over_sessions_raises_no_alarm_for_files_taken_before(
    house: House, tmp_path: Path
) -> None:
    """The second session lists the log and one recording; the first recording came earlier."""
    first, second = (NAME.format(n=n) for n in (1, 2))
    start = b"2026/09/02-18:%02d:00 #ID:3100001 #Record Start\r\n"
    folder = put(tmp_path / "in", {first: b"1", "LOG/20260902.txt": start % 1})
    with house.serve(drop(folder)):
        wait_for(lambda: house.count("receipts") == 1, "the first session has ended")
        put(folder, {second: b"2", "LOG/20260902.txt": start % 1 + start % 2})
        wait_for(lambda: house.count("receipts") == 2, "the second session has ended")
    assert "LOG_WITHOUT_FILE" not in house.observed()
    assert "SEQUENCE_GAP" not in house.observed()


def test_a_growing_file_is_taken_once_and_whole(house: House, tmp_path: Path) -> None:
    folder = put(tmp_path / "in", {"a.part": b""})
    with house.serve(drop(folder)) as service:
        with (folder / "a.part").open("ab") as writer:
            for _ in range(20):
                writer.write(b"x" * 1000)
                writer.flush()
                time.sleep(0.02)
        service.wait_state("in", DockState.SAFE)
    [(_, digest)] = house.sealed()
    assert house.site.vault.size(digest) == 20_000
    house.assert_green()
