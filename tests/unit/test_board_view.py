"""The live board: no dock is cut off, whatever the size of the terminal."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from evidence.card_messages import CARDS
from evidence.messages import NOTICES, sentence
from evidence.vocabulary import DockState
from ingest.board import PASSING, Board, DockView, Notice
from liuhen.board_view import LineBoard, LiveBoard, notice_sentence, short_word
from liuhen.output import HonestConsole

NOTICE = Notice("SEQUENCE_GAP", facts={"after": "0001", "before": "0003", "count": 1})


def drawn(*, docks: int, height: int, width: int = 100) -> str:
    board = Board()
    for number in range(docks):
        view = DockView(f"k{number}", f"dock-{number}", f"card-{number}", DockState.COPYING)
        board.show(view)
        board.notice(view.key, NOTICE)
    console = Console(file=io.StringIO(), width=width, height=height)
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


def screen(*views: DockView, width: int, height: int) -> list[str]:
    board = Board()
    for view in views:
        board.show(view)
    console = Console(file=io.StringIO(), width=width, height=height)
    with console.capture() as capture:
        console.print(LiveBoard(board))
    return [line.rstrip() for line in capture.get().splitlines()]


def card(number: int, state: DockState) -> DockView:
    return DockView(f"k{number}", "a dock with a long name", f"card-{number}", state, files=3)


@pytest.mark.parametrize("width", [12, 20, 40, 59, 60, 100])
@pytest.mark.parametrize("name", ["A11", "a card with a very long name indeed, longer than a line"])
def test_a_narrow_screen_keeps_the_verdict(width: int, name: str) -> None:
    views = [
        DockView("a", "dock", f"A {name}", DockState.SAFE, safe=2, files=2),
        DockView("b", "dock", f"B {name}", DockState.COPYING, safe=1, files=2),
        DockView("c", "dock", f"C {name}", DockState.CARD_GONE, files=2),
    ]
    lines = screen(*views, width=width, height=5)
    assert [line[:2] for line in lines] == ["可取", "勿取", "已断"]
    assert [letter for letter, line in zip("ABC", lines, strict=True) if letter in line] == [*"ABC"]


def test_more_docks_than_lines_are_counted_by_their_verdict() -> None:
    states = [DockState.COPYING] * 6 + [DockState.SAFE] * 4
    lines = screen(*(card(n, state) for n, state in enumerate(states)), width=20, height=5)
    assert lines[:3] == [f"勿取 card-{n} 0/3 a d…" for n in range(3)]
    assert lines[3] == "… 勿取3 可取4"


@pytest.mark.parametrize("state", list(DockState))
def test_each_state_has_a_word_that_says_no_more_than_it(state: DockState) -> None:
    view = DockView("k", "dock", "card", state)
    assert (short_word(view) == "可取") == view.may_leave


class Deaf(io.StringIO):
    """What nobody reads."""

    def write(self, _text: str) -> int:
        """Fails, as a pipe without a reader does."""
        raise BrokenPipeError


def test_taking_goes_on_though_nobody_listens() -> None:
    view = DockView("k", "dock", "card")
    LineBoard(HonestConsole(file=Deaf()))(view, view)


def lines_said(board: Board, console: Console) -> list[str]:
    with console.capture() as capture:
        for free in (5 << 20, 4 << 20):
            board.notice("k", Notice("OUT_OF_SPACE", facts={"free_bytes": free}))
        board.notice("k", NOTICE)
        board.notice("k", replace(NOTICE, facts={"numbers": "7", "count": 1}))
        board.change("k", lambda view: replace(view, receipt_id="R-0"))
    return capture.get().splitlines()


def test_trouble_that_goes_on_is_told_once_and_shown_as_it_is_now() -> None:
    console = Console(file=io.StringIO(), width=200)
    board = Board(LineBoard(console))
    board.show(replace(card(1, DockState.COPYING), key="k"))
    said = lines_said(board, console)
    assert sum("存储空间不足" in line for line in said) == 1
    assert sum("缺失" in line for line in said) == 2
    assert sum("收据 R-0" in line for line in said) == 1
    shown = [notice for notice in board.get("k").notices if notice.code == "OUT_OF_SPACE"]
    assert [notice_sentence(notice)[0] for notice in shown] == [
        "存储空间不足（剩余 4.0 MiB）；已入库的文件安全，其余仍在卡上；请联系管理员扩容"
    ]


def test_what_has_passed_is_taken_off_and_what_happened_stays() -> None:
    board = Board()
    board.show(replace(card(1, DockState.SAFE), key="k"))
    passing = [Notice(code) for code in sorted(PASSING)]
    for notice in (*passing, NOTICE):
        board.notice("k", notice)
    board.withdraw("k", lambda notice: notice.code == "STILL_WRITING")
    assert board.get("k").notices == (Notice("STILL_WRITING"), NOTICE)


def test_no_notice_says_what_the_state_says() -> None:
    """A notice that forbids to remove a card would belie a state that allows it."""
    for code in (*NOTICES, *CARDS):
        for text in sentence(code):
            assert "请勿取走" not in text
            assert "do not remove" not in text
