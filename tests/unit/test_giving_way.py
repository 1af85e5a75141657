"""Work on the side rests for docks where bytes move, and goes on a part of each minute."""

import pytest

from evidence.vocabulary import DockState
from ingest.board import DockView
from liuhen.giving_way import EVERY_SECONDS, GivingWay, is_moving

MOVING = {DockState.READING, DockState.COPYING}


@pytest.mark.parametrize("state", DockState)
def test_only_states_in_which_bytes_move_count(state: DockState) -> None:
    rested = DockView("a", "dock", "a", DockState.SAFE)
    assert is_moving([rested, DockView("b", "dock", "b", state)]) == (state in MOVING)


def test_without_docks_nothing_moves() -> None:
    assert not is_moving([])


def test_nobody_rests_longer_than_a_minute() -> None:
    giving_way = GivingWay()
    said = [giving_way.must_rest(1000.0 + second, moving=True) for second in range(600)]
    assert said[0]
    minute = int(EVERY_SECONDS)
    for start in range(0, 600, minute):
        going_on = minute - sum(said[start : start + minute])
        assert 0 < going_on < minute / 2


def test_a_pause_of_the_docks_is_used_at_once() -> None:
    giving_way = GivingWay()
    assert giving_way.must_rest(0.0, moving=True)
    assert not giving_way.must_rest(1.0, moving=False)
    assert giving_way.must_rest(50.0, moving=True)
