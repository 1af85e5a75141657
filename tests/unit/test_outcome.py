"""How a service counts what it saw: whoever left early or was not done is not forgotten."""

from dataclasses import replace

import pytest

from evidence.vocabulary import DockState
from ingest.board import Board, DockView
from liuhen.outcome import Outcome
from liuhen.output import ExitCode

WHOLE = {DockState.SAFE, DockState.NEW_SAFE, DockState.EMPTY_CARD}


def dock(key: str = "k", *, files: int = 2) -> DockView:
    return DockView(key, "dock", key, session_id="s", files=files)


def seen(*pictures: DockView, enough: int = 0) -> Outcome:
    """What is made of these pictures, the first of each card put on the board as it is."""
    outcome = Outcome(enough)
    board = Board(outcome)
    for view in pictures:
        if board.has(view.key) and view.state != DockState.READING:
            board.change(view.key, lambda _, view=view: view)  # type: ignore[misc]
        else:
            board.show(view)
    return outcome


@pytest.mark.parametrize("state", list(DockState))
def test_only_a_card_that_is_whole_is_fine(state: DockState) -> None:
    outcome = seen(dock(), replace(dock(), state=state, safe=1))
    assert (outcome.exit_code() == ExitCode.FINE) == (state in WHOLE)
    assert [view.state for view in outcome.views()] == [state]


def test_a_card_that_left_after_it_might_stays_as_it_was_then() -> None:
    safe = replace(dock(), state=DockState.SAFE, safe=2, receipt_id="r")
    outcome = seen(dock(), safe, replace(safe, state=DockState.CARD_GONE))
    assert outcome.exit_code() == ExitCode.FINE
    assert outcome.views() == [safe]


def test_known_files_and_failed_ones_do_not_make_it_look_early() -> None:
    told = replace(dock(files=3), state=DockState.INCOMPLETE, safe=1, recognised=1, failed=1)
    outcome = seen(dock(), told, replace(told, state=DockState.CARD_GONE))
    assert outcome.views() == [told]
    assert outcome.exit_code() == ExitCode.PARTIAL


@pytest.mark.parametrize("state", [DockState.SAFE, DockState.SETTLING, DockState.COPYING])
def test_a_card_that_was_pulled_with_a_file_not_taken_is_partial(state: DockState) -> None:
    safe = replace(dock(files=1), state=DockState.SAFE, safe=1)
    more = replace(safe, state=state, files=2)
    outcome = seen(dock(), safe, more, replace(more, state=DockState.CARD_GONE))
    assert outcome.exit_code() == ExitCode.PARTIAL
    assert [(view.state, view.may_leave) for view in outcome.views()] == [
        (DockState.CARD_GONE, False)
    ]


def test_the_next_card_in_the_same_place_covers_nothing_up() -> None:
    gone = replace(dock(), state=DockState.CARD_GONE)
    safe = replace(dock(), state=DockState.SAFE, safe=2, session_id="t")
    outcome = seen(dock(), gone, dock(), safe)
    assert outcome.views() == [gone, safe]
    assert outcome.exit_code() == ExitCode.PARTIAL


def test_trouble_that_passed_is_forgotten() -> None:
    trouble = replace(dock(), state=DockState.STORAGE_TROUBLE)
    safe = replace(dock(), state=DockState.SAFE, safe=2)
    assert seen(dock(), trouble, dock(), safe).exit_code() == ExitCode.FINE


def test_loose_files_count_until_they_are_put_away() -> None:
    loose = DockView("k", "dock", "root", state=DockState.LOOSE_FILES, files=3)
    assert seen(loose).exit_code() == ExitCode.PARTIAL
    assert seen(loose, replace(loose, files=0)).views() == []


def test_it_ends_when_enough_were_taken_and_not_before() -> None:
    safe = [replace(dock(key), state=DockState.SAFE, safe=2) for key in "ab"]
    outcome = seen(dock("a"), safe[0], enough=2)
    assert (outcome.taken, outcome.ended.is_set(), outcome.exit_code()) == (1, False, 4)
    outcome = seen(dock("a"), dock("b"), *safe, enough=2)
    assert (outcome.taken, outcome.ended.is_set(), outcome.exit_code()) == (2, True, 0)


def test_where_nothing_appeared_nothing_is_wrong() -> None:
    assert seen().exit_code() == ExitCode.FINE
    assert seen().views() == []


@pytest.mark.parametrize("state", [DockState.INCOMPLETE, DockState.SAFE])
def test_two_cards_that_share_a_place_are_two(state: DockState) -> None:
    first = replace(dock(), state=state, safe=1)
    second = replace(dock(), state=DockState.SAFE, safe=2, session_id="t")
    outcome = seen(dock(), first, dock(), second, enough=2)
    assert outcome.views() == [first, second]
    assert outcome.taken == 2
    assert outcome.ended.is_set()
    assert (outcome.exit_code() == ExitCode.FINE) == (state in WHOLE)


def test_a_session_begun_anew_after_trouble_is_no_second_card() -> None:
    trouble = replace(dock(), state=DockState.STORAGE_TROUBLE)
    safe = replace(dock(), state=DockState.SAFE, safe=2, session_id="t")
    outcome = seen(dock(), trouble, dock(), safe)
    assert outcome.views() == [safe]
    assert outcome.exit_code() == ExitCode.FINE
