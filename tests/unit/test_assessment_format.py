"""A published assessment is worked out again from its own words, to the same bytes."""

from datetime import datetime
from typing import Any

import pytest

from evidence.assessment import (
    ActionFacts,
    CoveragePolicy,
    Decision,
    Excluded,
    Exclusion,
    LinkedFootage,
    Outing,
    assess,
)
from evidence.canonical import loads_object
from evidence.clockfix import ClockBasis
from evidence.coverage import SeamRule
from evidence.enforcing import PersonKind
from evidence.interval import Span
from evidence.presence import Presence
from evidence.vocabulary import Tier
from tests.assets.assessment_vectors import assessments

PUBLISHED = [vector["canonical"] for vector in assessments()["accepted"]]


def second(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def span(said: dict[str, Any]) -> Span:
    return Span(second(said["from"]), second(said["to"]))


def facts_of(body: dict[str, Any]) -> ActionFacts:
    """The facts that a body states."""
    inputs = body["inputs"]
    footage = [
        LinkedFootage(
            recording=one["recording"],
            device=one["device"],
            clock=one["clock"]["id"],
            basis=ClockBasis(one["clock"]["basis"]),
            uncertainty_s=one["clock"]["uncertainty_s"],
            video=tuple(map(span, one["video"])),
            audio=tuple(map(span, one["audio"])),
        )
        for one in inputs["footage"]
    ]
    team = [
        Presence(one["person"], one["may_enforce"], PersonKind(one["kind"]), span(one))
        for one in inputs["team"]
    ]
    decisions = [
        Decision(one["number"], second(one["entered"]), one["record"] == "RECORD")
        for one in inputs["decisions"]
    ]
    waits_for = [
        Outing(one["assignment"], span(body["window"]), second(one["limit"]))
        for one in inputs["waits_for"]
    ]
    excluded = [Excluded(one["recording"], Exclusion(one["reason"])) for one in inputs["excluded"]]
    return ActionFacts(
        action=body["action"],
        window_number=body["window"]["number"],
        window=span(body["window"]),
        tier=Tier(body["tier"]),
        exemption=inputs["exemption"],
        decisions=frozenset(decisions),
        presences=frozenset(team),
        footage=frozenset(footage),
        excluded=frozenset(excluded),
        waits_for=frozenset(waits_for),
    )


@pytest.mark.parametrize("text", PUBLISHED)
def test_an_assessment_says_all_that_it_takes_to_work_it_out_again(text: str) -> None:
    body: Any = loads_object(text.encode())
    seams = SeamRule(body["seam_rule"]["max_s"], body["seam_rule"]["total_s"])
    policy = CoveragePolicy(seams, body["team_below"]["least"], body["rules"])
    assert assess(facts_of(body), policy).bytes().decode() == text


def test_the_published_ones_differ_in_what_they_amount_to() -> None:
    verdicts = [loads_object(text.encode())["verdict"] for text in PUBLISHED]
    assert verdicts == [
        *("FULL", "GAP", "GAP", "GAP", "PROVISIONAL", "NO_DECISION", "TEXT_EXEMPT"),
    ]
