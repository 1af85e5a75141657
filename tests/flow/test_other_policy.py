"""What the profile of a bureau may say otherwise, through the acts (D-07, D-13, `link.auto`)."""

from typing import Any

import pytest

from tests.other_policy import told


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401 - JSON
    values = {
        "link.auto": ("true", "false"),
        "gap.override": ('"finding"', '"never"'),
        "awareness.require_verbal": ("false", "true"),
    }
    return told(tmp_path_factory.mktemp("policy"), values)


def test_without_link_auto_a_clear_winner_waits_for_a_person(said: Any) -> None:  # noqa: ANN401
    assert said["linking"] == {
        "is_of_it": [True],
        "reasons": ["HOLDER", "OVERLAP"],
        "verdicts": ["NONE", "FULL"],
        "basis": "PERSON",
        "left": 0,
    }


def test_g07_no_approval_closes_over_a_gap_where_the_profile_says_never(said: Any) -> None:  # noqa: ANN401
    closing = said["closing"]
    assert (closing["closing"], closing["override"]) == (["COVERAGE_GAP"], "never")


def test_g15_awareness_is_told_where_the_profile_demands_it(said: Any) -> None:  # noqa: ANN401
    closing = said["closing"]
    assert set(closing["unspoken"]) - set(closing["spoken"]) == {"NOT_TOLD"}
    assert closing["spoken"] == ["COVERAGE_GAP"]
