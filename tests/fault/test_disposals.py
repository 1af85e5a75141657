"""A few rounds of each race about a disposal; `script/prove` runs hundreds of each."""

from pathlib import Path

import pytest

from tests.fault.campaigns import Progress, run
from tests.fault.disposals import campaigns, grounds

ROUNDS = {"hold-against-disposal": 2, "double-disposal": 2, "clock-jumps": 6}
SEED = 20261201


@pytest.mark.postgres
def test_whoever_was_told_yes_had_their_way(tmp_path: Path) -> None:
    with grounds(tmp_path) as found:
        for name, tried in campaigns(found).items():
            progress = Progress(tried.name, SEED, "")
            for _ in run(tried, progress, count=ROUNDS[name], folder=tmp_path / "progress"):
                pass
            assert {one: progress.tally[one] for one in tried.forbidden} == dict.fromkeys(
                tried.forbidden, 0
            ), progress.tally
