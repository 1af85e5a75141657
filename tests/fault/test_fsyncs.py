"""Some durable steps are taken out and found missing; all of them: `script/prove fsyncs`."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.fault import outputs
from tests.fault.fsyncs import Mutant, lies, mutants, mutated, redness
from tests.fault.kills import Yard, new_yard
from tests.fault.powercut import Blackout, missing
from tests.fault.rig import ROOT

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "nothing is missing")
CUT = [Blackout("cut", "vault")]
LIES = list(lies())


@pytest.fixture(scope="module")
def yard() -> Iterator[Yard]:
    with new_yard() as made:
        yield made


@pytest.mark.parametrize("what", [CUT, LIES[:2]], ids=["cut", "lie"])
def test_the_product_as_it_is_does_not_turn_red(yard: Yard, what: list[Blackout]) -> None:
    assert redness(yard, iter(what)) == ""


@pytest.mark.parametrize(
    ("text", "what"),
    [("os.fsync(held.fd)", CUT), ("(found.digest, found.size) != ", LIES)],
    ids=["fsync", "read-back"],
)
def test_a_durable_step_that_is_gone_turns_red(text: str, what: list[Blackout]) -> None:
    [mutant] = [found for found in mutants() if found.text.startswith(text)]
    with mutated(mutant) as tree, new_yard(tree) as yard:
        ast.parse((tree / mutant.path).read_text(encoding="utf-8"))
        assert redness(yard, iter(what)) != ""


def test_every_fsync_of_the_storage_is_among_them() -> None:
    listed = {(found.path, found.line) for found in mutants()}
    for path in sorted((ROOT / "storage").glob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.match(r"\s+os\.f(data)?sync\(", line):
                assert (name, number) in listed


def test_what_leaves_the_vault_outlives_a_power_cut() -> None:
    assert outputs.redness(ROOT) == ""


LEAVING = [found for found in mutants() if found.path in outputs.PATHS]


@pytest.mark.parametrize("mutant", LEAVING, ids=lambda found: found.name.replace(" ", "-"))
def test_each_durable_step_of_what_leaves_the_vault_counts(mutant: Mutant) -> None:
    with mutated(mutant) as tree:
        assert outputs.redness(tree) != ""


def test_both_ways_out_are_among_them() -> None:
    assert {found.path for found in LEAVING} == outputs.PATHS
