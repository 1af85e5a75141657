"""Some requests of the campaign; 20,000 are `script/prove api`."""

from collections import Counter
from pathlib import Path

from tests.fault.api import campaign, new_fuzzed
from tests.fault.campaigns import Tally

CASES = 180
SEED = 20261122


def test_every_answer_is_one_that_is_described(tmp_path: Path) -> None:
    tally: Tally = Counter()
    with new_fuzzed(tmp_path) as fuzzed:
        tried = campaign(fuzzed)
        for number in range(CASES):
            tally += tried.trial(SEED, number)
        assert fuzzed.found == []
    assert {name: tally[name] for name in tried.forbidden if tally[name]} == {}
    assert min(tally[name] for name in ("2xx", "4xx")) > CASES / 5
