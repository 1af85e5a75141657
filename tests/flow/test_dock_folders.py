"""What stands in a dock and is no plain card: hidden folders, links, loose files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.messages import sentence
from evidence.vocabulary import DockState
from storage.site import SitePlan
from tests.docking import House, Running, cards_in, open_house, put, wait_for


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "site")) as opened:
        yield opened


def loose(service: Running) -> list[tuple[int, list[tuple[str, str]]]]:
    """How many loose items the board shows, and what it tells of them."""
    return [
        (view.files, [(notice.code, notice.name) for notice in view.notices])
        for view in service.station.board.views()
        if view.state == DockState.LOOSE_FILES
    ]


def test_a_hidden_card_is_taken_and_litter_is_not(house: House, tmp_path: Path) -> None:
    slots = tmp_path / "slots"
    put(slots / ".HIDDEN", {"a.mp4": b"a"})
    put(slots / ".Trash-1000", {"files/b.mp4": b"b"})
    put(slots / "lost+found", {"c.mp4": b"c"})
    with house.serve(cards_in(slots)) as service:
        service.wait_done(".HIDDEN")
        assert [view.card for view in service.station.board.views()] == [".HIDDEN"]
    assert [path for path, _ in house.sealed()] == [b"a.mp4"]
    house.assert_green()


def test_a_link_in_a_dock_is_shown_and_not_followed(house: House, tmp_path: Path) -> None:
    slots = tmp_path / "slots"
    card = put(tmp_path / "card", {"a.mp4": b"a"})
    slots.mkdir()
    (slots / "link").symlink_to(card)
    with house.serve(cards_in(slots)) as service:
        wait_for(lambda: loose(service), "the link is shown")
        wait_for(lambda: loose(service) == [(1, [("LINK_IN_DOCK", "link")])], "and what to do")
        put(slots, {"b.mp4": b"b", ".DS_Store": b"view"})
        wait_for(lambda: loose(service)[0][0] == 2, "the file is counted, too")
        for path in (slots / "link", slots / "b.mp4"):
            path.unlink()
        wait_for(lambda: not loose(service), "nothing is loose any more")
    assert house.count("dock_sessions") == 0
    for words in sentence("LINK_IN_DOCK", {"name": "link"}):
        assert "--card" in words
