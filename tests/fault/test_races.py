"""Overlapping assignments, a few races of each kind; `script/prove races` runs hundreds."""

from pathlib import Path

import pytest

from tests.fault.campaigns import Progress, run
from tests.fault.races import bureaus, campaign

ROUNDS = 24
SEED = 20261122


@pytest.mark.postgres
def test_no_two_hands_have_one_recorder(tmp_path: Path) -> None:
    with bureaus(tmp_path) as sites:
        tried = campaign(sites)
        progress = Progress(tried.name, SEED, "")
        for _ in run(tried, progress, count=ROUNDS, folder=tmp_path / "progress"):
            pass
        assert progress.failures(tried) == [], progress.tally
