"""How what mutmut says is judged: a survivor without a reason, or too many, and the claim falls."""

import pytest

from tests.fault.mutants import RATIO, ROOT, SETS, MutantSet, judge

KNOWN = f"evidence.ratio.x_{min(RATIO.survivors)}__mutmut_1"
UNKNOWN = "evidence.ratio.xǁWaiverǁholds__mutmut_2"


def results(killed: int, **others: str) -> dict[str, str]:
    made = {f"evidence.ratio.x_history__mutmut_{number}": "killed" for number in range(killed)}
    return made | others


def test_all_killed_stands() -> None:
    tally, against = judge(results(9) | {UNKNOWN: "timeout"}, RATIO)
    assert (tally.total(), against) == (10, [])


@pytest.mark.parametrize("state", ["survived", "no tests", "not checked", "skipped"])
def test_whatever_was_not_killed_is_named(state: str) -> None:
    assert judge(results(99) | {UNKNOWN: state}, RATIO)[1] == [f"{UNKNOWN}: {state}"]


def test_a_known_survivor_is_none_against_but_counts() -> None:
    assert judge(results(99) | {KNOWN: "survived"}, RATIO)[1] == []
    assert judge(results(9) | {KNOWN: "survived"}, RATIO)[1] == ["only 9 of 10 were killed"]


@pytest.mark.parametrize("mutated", SETS.values(), ids=list(SETS))
def test_what_is_mutated_and_what_tests_it_is_there(mutated: MutantSet) -> None:
    assert all((ROOT / "evidence" / f"{name}.py").is_file() for name in mutated.modules)
    assert all((ROOT / "tests" / "unit" / name).is_file() for name in mutated.tests)
    rules = "".join((ROOT / "evidence" / f"{name}.py").read_text() for name in mutated.modules)
    assert all(f"def {name}(" in rules for name in mutated.survivors)
