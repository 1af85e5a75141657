"""The ratio's parameters come from the profile in force on the day, with their clauses."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from evidence.enforcing import AnnualCheck
from evidence.errors import NotFound
from evidence.quota import Quota, Rounding
from evidence.ratio import Headcount
from evidence.reviewing import ReviewerRule
from evidence.vocabulary import DeviceKind
from people.policies import shipped
from people.ratio_rule import (
    annual_check_for,
    clauses_for,
    reviewer_rule_for,
    rule_for,
    stamp_for,
)

DAY = date(2024, 6, 1)


@pytest.mark.parametrize("profile", [None, "XX", "LP", "WL", "ZW", "ZJ"])
def test_every_profile_counts_one_set_for_four_officers(profile: str | None) -> None:
    rule = rule_for(None if profile is None else shipped(profile), DAY)
    assert rule.quota == Quota(1, 4, Rounding.CEIL, minimum=1, minimum_below=4)
    assert rule.headcount is Headcount.MAY_ENFORCE
    assert rule.counting.test_holds == timedelta(days=30)


def test_kinds_are_those_a_profile_lists() -> None:
    kinds = rule_for(shipped("WL"), DAY).counting.kinds
    assert {DeviceKind.BODY_CAMERA, DeviceKind.CAMCORDER} <= kinds
    assert DeviceKind.FIXED_SURVEILLANCE not in kinds


def test_reviewers_and_annual_checks_follow_the_profile() -> None:
    share = Quota(5, 100, Rounding.CEIL, minimum=1, minimum_below=20)
    assert reviewer_rule_for(shipped("XX"), DAY) == ReviewerRule(share)
    assert reviewer_rule_for(shipped("WL"), DAY) == ReviewerRule(replace(share, minimum=0))
    assert annual_check_for(shipped("ZW"), DAY) is AnnualCheck.BLOCK
    assert annual_check_for(shipped("WL"), DAY) is AnnualCheck.FLAG


def test_the_clauses_are_quoted_and_the_verdict_names_profile_and_rule() -> None:
    quotes = [clause.quote for clause in clauses_for(shipped("XX"), DAY)]
    assert any("每4名执法人员" in quote for quote in quotes)
    assert any("不足4人" in quote for quote in quotes)
    assert all(clause.document and clause.article for clause in clauses_for(shipped("XX"), DAY))
    assert stamp_for(shipped("XX"), DAY)["rule"] == "ratio"


def test_before_the_first_profile_nothing_is_said() -> None:
    with pytest.raises(NotFound):
        rule_for(shipped("XX"), date(2020, 1, 1))
    with pytest.raises(NotFound):
        rule_for(None, date(1999, 1, 1))
