"""Trials in several processes: the same tallies in the same order, and no worker left behind."""

import os
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from evidence.errors import ProgramMistake
from tests.fault.campaigns import Campaign, Progress, Tally, Trial, alone, run
from tests.fault.crew import source

SEED = 20261122
COUNT = 12


def counting() -> Campaign:
    """Later trials end before earlier ones; two of them break the claim."""
    return _campaign(lambda seed, number: _slowly(number, Counter({f"seed {seed}": 1})))


def dying() -> Campaign:
    """One trial takes its worker down."""
    return _campaign(lambda _, number: os._exit(7) if number == 5 else Counter(tried=1))


def telling() -> Campaign:
    """Each trial names the process that ran it."""
    return _campaign(lambda _, number: _slowly(number, Counter({str(os.getpid()): 1})))


def _campaign(trial: Trial) -> Campaign:
    return Campaign("counting", "claim", trial, ("bad",), ("tried",), COUNT, save_every=5)


def _slowly(number: int, tally: Tally) -> Tally:
    time.sleep(0.05 * (3 - number % 4))
    return tally + Counter({"bad": int(number in (4, 7))})


def test_a_crew_comes_to_what_one_process_comes_to(tmp_path: Path) -> None:
    found = []
    for workers in (1, 3):
        progress = Progress("counting", SEED, "abc")
        crew = source(counting, workers)
        saves = run(counting(), progress, count=COUNT, folder=tmp_path, source=crew)
        found.append(([state.done for state in saves], progress))
    assert found[0] == found[1]
    assert found[0][1].bad_trials == [4, 7]
    assert found[0][1].tally == {f"seed {SEED}": COUNT, "bad": 2}


def test_one_process_is_this_one() -> None:
    assert source(counting, 1) is alone


def test_trials_are_run_by_others_and_none_is_left() -> None:
    with closing(source(telling, 3)(telling(), SEED, range(COUNT))) as tallies:
        seen = {name for _ in range(6) for name in next(tallies) if name != "bad"}
    assert 1 < len(seen) <= 3
    assert str(os.getpid()) not in seen
    assert not any(Path("/proc", name).exists() for name in seen)


def test_a_worker_that_dies_is_told_and_what_was_done_before_is_kept(tmp_path: Path) -> None:
    progress = Progress("counting", SEED, "abc")
    with pytest.raises(ProgramMistake, match="ended with 7"):
        list(run(dying(), progress, count=COUNT, folder=tmp_path, source=source(dying, 2)))
    assert progress.done == progress.tally["tried"] <= 5
