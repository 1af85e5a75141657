"""The live board: no dock is cut off, whatever the size of the terminal."""

import io

import pytest
from rich.console import Console

from evidence.vocabulary import DockState
from ingest.board import Board, DockView, Notice
from liuhen.board_view import LiveBoard

NOTICE = Notice("SEQUENCE_GAP", facts={"after": "0001", "before": "0003", "count": 1})


def drawn(*, docks: int, height: int) -> str:
    board = Board()
    for number in range(docks):
        view = DockView(f"k{number}", f"dock-{number}", f"card-{number}", DockState.COPYING)
        board.show(view)
        board.notice(view.key, NOTICE)
    console = Console(file=io.StringIO(), width=100, height=height)
    with console.capture() as capture:
        console.print(LiveBoard(board))
    return capture.get()


@pytest.mark.parametrize(("docks", "height"), [(1, 24), (6, 24), (6, 80), (20, 24)])
def test_every_dock_is_on_the_screen_with_its_state(docks: int, height: int) -> None:
    said = drawn(docks=docks, height=height)
    assert len(said.splitlines()) < height
    for number in range(docks):
        assert f"card-{number}" in said
    assert said.count("正在") >= docks or said.count("请勿取走") >= docks


def test_where_there_is_room_each_dock_tells_all_it_has_to_say() -> None:
    assert "╭" in drawn(docks=2, height=24)
    assert "╭" not in drawn(docks=6, height=24)
