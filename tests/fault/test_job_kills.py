"""The process that makes derivatives is killed in some steps; more by `script/prove jobs`."""

from pathlib import Path

import pytest

from tests.fault.job_kills import STEPS, campaign, seal_files

SEED = 20261122


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return seal_files(tmp_path_factory.mktemp("jobs") / "site")


@pytest.mark.parametrize("number", [1, STEPS - 2])
def test_a_job_killed_in_a_step_ends_once(made: Path, number: int) -> None:
    tried = campaign(made)
    tally = tried.trial(SEED, number)
    assert {name: tally[name] for name in tried.forbidden if tally[name]} == {}, tally
    assert tally["recovered"] == 1
