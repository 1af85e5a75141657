"""The rules of coverage as properties, against a look at every second, and broken on purpose."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.assessment import (
    Decision,
    Excluded,
    Exclusion,
    Flag,
    LinkedFootage,
    Outing,
    assess,
    moment_text,
)
from evidence.canonical import loads
from evidence.clockfix import Anchor, ClockBasis, clock_of, correct, worst
from evidence.coverage import (
    Covered,
    Modality,
    SeamRule,
    Stretch,
    Verdict,
    cover,
    cover_each,
    verdict,
)
from evidence.errors import BadInput
from evidence.interval import Span, at_least, clip, subtract, total, union
from evidence.linking import ActionIndex, Candidate, Footage, candidates
from evidence.marginal import ClockReach, is_marginal
from evidence.messages import error_sentence
from evidence.tiering import PlaceRule, TierFacts, TierReason, may_exempt, tier_of, tier_policy
from evidence.vocabulary import Tier
from tests.fault import second_by_second as slow
from tests.fault.campaigns import Progress, run
from tests.fault.covering import Rules, campaign
from tests.judging import action, at, clocks, filmed, in_force, judged, rules, span, tiers

US = 1_000_000
MINUTE = Span(0, 60)
RULE = SeamRule(5, 30)
VIDEO = Modality.VIDEO

spans = st.builds(
    lambda start, length: Span(start, start + length), st.integers(-20, 80), st.integers(0, 40)
)
many = st.lists(spans, max_size=8)


def seconds(some: list[Span]) -> set[int]:
    return {second for one in some for second in slow.seconds_of(one)}


# --- spans ----------------------------------------------------------------------------------------


@given(many, many)
def test_spans_are_the_sets_of_their_seconds(some: list[Span], other: list[Span]) -> None:
    for found, expected in (
        (union(some), seconds(some)),
        (clip(some, MINUTE), seconds(some) & seconds([MINUTE])),
        (subtract(some, other), seconds(some) - seconds(other)),
    ):
        assert tuple(found) == slow.runs(expected)
    assert total(some) == len(seconds(some))


@given(many, st.integers(1, 4))
def test_what_several_hold_is_counted_second_by_second(some: list[Span], depth: int) -> None:
    held = {s for s in seconds(some) if sum(s in slow.seconds_of(one) for one in some) >= depth}
    assert tuple(at_least(some, depth)) == slow.runs(held)


def test_a_span_that_ends_before_it_begins_is_refused_in_words() -> None:
    with pytest.raises(BadInput) as caught:
        Span(2, 1)
    chinese, english = error_sentence("BAD_INPUT", str(caught.value), facts=caught.value.facts)
    assert "结束时间早于开始时间" in chinese
    assert "before" in english
    with pytest.raises(BadInput) as empty:
        judged(Span(5, 5), filmed(MINUTE))
    assert empty.value.facts == {"why": "WINDOW_EMPTY", "start": 5}
    assert str(empty.value) == "An action that begins at 5 must end later"
    assert caught.value.facts == {"why": "SPAN_BACKWARDS", "start": 2, "end": 1}
    assert str(caught.value) == "The span from 2 ends before, at 1"
    assert Span(1, 1).overlap(MINUTE) == 0
    assert (Span(0, 2).holds(0), Span(0, 2).holds(2)) == (True, False)


# --- the campaign, a little of it, and rules that are broken --------------------------------------


def after(tried: Rules, folder: Path, count: int) -> Progress:
    progress = Progress("coverage", seed=7, code="abc")
    for _ in run(campaign(tried), progress, count=count, folder=folder):
        pass
    return progress


def test_the_rules_stand_against_a_look_at_every_second(tmp_path: Path) -> None:
    assert after(Rules(), tmp_path, 300).failures(campaign()) == []


def _lenient(window: Span, stretches: list[Stretch], *, rule: SeamRule) -> dict[Modality, Covered]:
    """A joint one second longer than allowed is still a seam."""
    return cover_each(window, stretches, rule=replace(rule, max_s=rule.max_s + 1))


def _never(*_: object, **__: object) -> bool:
    return False


def _only_the_first(footage: Footage, index: ActionIndex) -> list[Candidate]:
    return candidates(footage, index)[:1]


def _truncating(at_us: int, *_: object) -> int:
    return at_us // US


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (Rules(cover_each=_lenient), "wrong coverage"),
        (Rules(is_marginal=_never), "wrong margin"),
        (Rules(candidates=_only_the_first), "wrong link"),
        (Rules(correct=_truncating), "wrong second"),
    ],
    ids=["seams", "margin", "links", "clock"],
)
def test_a_broken_rule_is_found_out(broken: Rules, named: str, tmp_path: Path) -> None:
    assert after(broken, tmp_path, 30).tally[named] > 0


# --- assessments ----------------------------------------------------------------------------------

footage = st.builds(
    LinkedFootage,
    recording=st.sampled_from(["R-1", "R-2", "R-3"]),
    device=st.sampled_from(["D-1", "D-2"]),
    clock=st.sampled_from(["As-1", "As-2"]),
    basis=st.sampled_from(ClockBasis),
    uncertainty_s=st.one_of(st.none(), st.integers(0, 9)),
    video=many.map(tuple),
    audio=many.map(tuple),
)


@settings(max_examples=40)
@given(st.lists(footage, max_size=4, unique_by=lambda one: one.recording), st.randoms())
def test_the_same_facts_in_any_order_give_the_same_bytes(
    some: list[LinkedFootage], chance: random.Random
) -> None:
    ways = []
    for _ in range(2):
        chance.shuffle(some)
        mixed = [
            replace(one, video=tuple(chance.sample(one.video, len(one.video)))) for one in some
        ]
        ways.append(assess(action(MINUTE, *mixed), rules()).bytes())
    assert ways[0] == ways[1]


@settings(max_examples=60)
@given(st.lists(footage, max_size=3), footage)
def test_more_footage_never_makes_a_verdict_worse(
    some: list[LinkedFootage], more: LinkedFootage
) -> None:
    order = [Verdict.NONE, Verdict.GAP, Verdict.SEAMED, Verdict.FULL]
    before, later = judged(MINUTE, *some), judged(MINUTE, *some, more)
    assert order.index(later.verdict) >= order.index(before.verdict)
    for modality in Modality:
        assert later.covered[modality].seconds >= before.covered[modality].seconds


NO_BEFORE = Decision(2, at("09:00"), is_record=False)
YES_AFTER = Decision(1, at("11:00"), is_record=True)


def test_the_body_says_what_the_verdict_rests_on() -> None:
    window = span("09:00", "11:00")
    facts = action(window, filmed(span("09:00", "10:10")), filmed(span("10:11:30", "11:00")))
    out = Outing("As-9", window, limit_at=at("18:00"))
    facts = replace(
        facts,
        decisions=frozenset({NO_BEFORE, YES_AFTER}),
        excluded=frozenset({Excluded("R-9", Exclusion.TRUNCATED)}),
        waits_for=frozenset({out}),
    )
    found = assess(facts, rules())
    body = loads(found.bytes())
    assert isinstance(body, dict)
    gap = {"from": "2024-06-18T02:10:00Z", "seconds": 90, "to": "2024-06-18T02:11:30Z"}
    assert body["video"] == {"gaps": [gap], "overlap_s": 0, "seams": [], "seconds": 7110}
    assert (body["verdict"], body["tier"], body["flags"]) == ("PROVISIONAL", "MANDATORY", [])
    assert body["window"] == {
        "from": "2024-06-18T01:00:00Z",
        "number": 1,
        "seconds": 7200,
        "to": "2024-06-18T03:00:00Z",
    }
    assert body["seam_rule"] == {"max_s": 5, "total_s": 30}
    assert body["rules"] == {
        "profiles": ["XX@1", "default@1"],
        "versions": {"coverage": 1, "presence": 1},
    }
    assert body["team_below"] == {"least": 2, "seconds": 0, "spans": []}
    assert body["aux_alone"] == {"footage_s": 0, "seconds": 0, "spans": []}
    inputs = body["inputs"]
    assert isinstance(inputs, dict)
    assert inputs["excluded"] == [{"reason": "TRUNCATED", "recording": "R-9"}]
    assert inputs["waits_for"] == [{"assignment": "As-9", "limit": "2024-06-18T10:00:00Z"}]
    assert inputs["exemption"] is None
    assert inputs["decisions"] == [
        {"entered": "2024-06-18T03:00:00Z", "number": 1, "record": "RECORD"},
        {"entered": "2024-06-18T01:00:00Z", "number": 2, "record": "NOT_RECORD"},
    ]
    [first, second] = inputs["footage"] if isinstance(inputs["footage"], list) else []
    assert isinstance(first, dict)
    assert first["clock"] == {"basis": "LINEAR", "id": "D-01", "uncertainty_s": 0}
    assert second != first
    [person, _] = inputs["team"] if isinstance(inputs["team"], list) else []
    assert isinstance(person, dict)
    assert (person["person"], person["kind"], person["may_enforce"]) == ("O-11", "OFFICER", True)
    assert moment_text(0) == "1970-01-01T00:00:00Z"


# --- clocks and the margin ------------------------------------------------------------------------


def margin(reach: int, *some: Span, window: Span = MINUTE, rule: SeamRule = RULE) -> bool:
    """Whether one clock may turn the verdict on picture and sound of these times."""
    footage = filmed(*some)
    return is_marginal(window, [ClockReach(reach, footage.stretches)], rule=rule)


@pytest.mark.parametrize(
    ("reach", "some", "turns"),
    [
        (0, [Span(0, 60)], False),
        (1, [Span(0, 60)], True),
        (1, [Span(-1, 61)], False),
        (2, [Span(-1, 61)], True),
        (50, [Span(-5, 20), Span(24, 65)], True),
        (4, [Span(-5, 20), Span(24, 65)], False),
        (4, [Span(-5, 20), Span(25, 65)], False),
        (9, [Span(-20, 20), Span(26, 80)], False),
        (101, [Span(-50, 10)], True),
        (49, [Span(-50, 10)], True),
        (9, [Span(-50, 10)], False),
        (10, [Span(-50, 10)], True),
    ],
)
def test_a_clock_is_moved_as_a_whole(reach: int, some: list[Span], turns: bool) -> None:  # noqa: FBT001
    assert margin(reach, *some) is turns


def test_two_clocks_are_moved_apart() -> None:
    left = ClockReach(1, filmed(Span(-9, 30)).stretches)
    right = ClockReach(1, filmed(Span(34, 69)).stretches)
    assert is_marginal(MINUTE, [left, right], rule=RULE)
    assert not is_marginal(MINUTE, [left, replace(right, reach_s=0)], rule=RULE)
    assert not is_marginal(MINUTE, [], rule=RULE)


def test_of_many_clocks_those_that_may_be_off_furthest_are_moved_together() -> None:
    pieces = [Span(n * 10, n * 10 + 8) for n in range(9)]  # joints of 2 s
    window = Span(pieces[0].start, pieces[-1].end)
    inner = [filmed(one).stretches for one in pieces[1:-1]]
    ends = [ClockReach(0, filmed(one).stretches) for one in (pieces[0], pieces[-1])]
    clocks = [*ends, *(ClockReach(2 if n in (5, 6) else 1, one) for n, one in enumerate(inner))]
    for rule, turns in ((SeamRule(6, 99), False), (SeamRule(5, 99), True)):
        assert is_marginal(window, clocks, rule=rule) is turns
        assert is_marginal(window, clocks[::-1], rule=rule) is turns


def both(reach: int, *some: Span, mirrored: bool = False) -> ClockReach:
    """Footage of one clock; mirrored in time, what went on goes back."""
    turned = [Span(140 - one.end, 140 - one.start) if mirrored else one for one in some]
    return ClockReach(reach, filmed(*turned).stretches)


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_verdict_may_turn_in_one_second_alone(*, mirrored: bool) -> None:
    window, literal = Span(0, 140), SeamRule(0, 0)
    fixed = both(0, Span(0, 20), Span(30, 140), mirrored=mirrored)
    plug = Span(14, 24)  # fills the hole if it is moved by 6, and not by 5 or 7
    for reach, turns in ((5, False), (6, True), (9, True)):
        clocks = [fixed, both(reach, plug, mirrored=mirrored)]
        assert is_marginal(window, clocks, rule=literal) is turns
    held = both(0, Span(0, 20), Span(36, 140), mirrored=mirrored)
    short = both(12, Span(14, 24), mirrored=mirrored)  # 3 s on either side if it is moved by 9
    assert is_marginal(window, [held, short], rule=SeamRule(3, 30))
    assert not is_marginal(window, [held, short], rule=SeamRule(2, 30))
    whole = both(0, Span(0, 20), Span(40, 60), Span(80, 100), Span(120, 140), mirrored=mirrored)
    three = both(4, Span(21, 50), Span(61, 90), Span(90, 114), mirrored=mirrored)
    assert is_marginal(window, [whole, three], rule=SeamRule(5, 9))  # moved by 1: 2 + 2 + 5
    assert not is_marginal(window, [whole, three], rule=SeamRule(5, 8))


def test_a_tail_that_one_second_of_footage_makes_a_joint() -> None:
    for some in ((Span(0, 2), Span(5, 40)), (Span(-35, 0), Span(3, 5))):
        assert margin(4, *some, window=Span(0, 5), rule=SeamRule(3, 12))
        assert not margin(4, *some, window=Span(0, 5), rule=SeamRule(2, 12))


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_head_is_a_joint_for_the_one_second_in_which_all_joints_are_few(
    *, mirrored: bool
) -> None:
    """Moved by 1 the joints are 3 + 3 + 2, by 2 they are 2 + 4 + 3; unmoved, a head is missing."""
    still = both(0, Span(4, 18), Span(25, 59), Span(65, 140), mirrored=mirrored)
    other = both(3, Span(-3, 0), Span(20, 30), Span(60, 70), mirrored=mirrored)
    for most, turns in ((8, True), (7, False)):
        assert is_marginal(Span(0, 140), [still, other], rule=SeamRule(5, most)) is turns


def test_each_of_many_clocks_is_moved_to_its_own_ends() -> None:
    beside = [both(5, Span(500 + 50 * n, 520 + 50 * n)) for n in range(6)]
    for footage in (Span(-9, 60), Span(0, 69)):
        assert is_marginal(MINUTE, [*beside, both(1, footage)], rule=RULE)
        assert not is_marginal(MINUTE, [*beside, both(0, footage)], rule=RULE)


def test_an_unknown_uncertainty_is_flagged_and_not_guessed() -> None:
    edge = filmed(MINUTE, basis=ClockBasis.ASSUMED, uncertainty_s=None)
    assert judged(MINUTE, edge).flags == (Flag.CLOCK_ASSUMED,)
    constant = filmed(Span(-9, 60), basis=ClockBasis.CONSTANT, uncertainty_s=9)
    assert judged(MINUTE, constant).flags == (Flag.MARGINAL, Flag.CLOCK_CONSTANT)
    elsewhere = filmed(Span(100, 160), basis=ClockBasis.ASSUMED, uncertainty_s=None)
    assert judged(MINUTE, filmed(MINUTE), elsewhere).flags == ()


def test_files_of_one_clock_move_together_whatever_their_names() -> None:
    first, second = filmed(Span(-9, 30)), filmed(Span(34, 69))
    together = [replace(one, clock="As-1", uncertainty_s=2) for one in (first, second)]
    apart = [replace(one, clock=one.recording, uncertainty_s=2) for one in (first, second)]
    assert judged(MINUTE, *together).flags == ()
    assert judged(MINUTE, *apart).flags == (Flag.MARGINAL,)


def test_the_margin_is_told_of_verdicts_on_footage_alone() -> None:
    edge = filmed(MINUTE, uncertainty_s=1)
    assert judged(MINUTE, edge).flags == (Flag.MARGINAL,)
    assert judged(MINUTE, edge, tier=Tier.ORDINARY).flags == ()


def anchor(offset_s: float, true_s: int) -> Anchor:
    return Anchor(round(true_s * US + offset_s * US), true_s * US)


def test_what_is_known_of_a_clock_is_said_with_its_uncertainty() -> None:
    out, dock = anchor(0, 0), anchor(100, 36_000)
    for anchors, basis, uncertainty in (
        ((None, None), ClockBasis.ASSUMED, None),
        ((out, dock), ClockBasis.LINEAR, 1),
        ((None, dock), ClockBasis.CONSTANT, 101),
        ((None, anchor(-100, 36_000)), ClockBasis.CONSTANT, 101),
        ((None, anchor(0.5, 36_000)), ClockBasis.CONSTANT, 2),
        ((out, None), ClockBasis.CONSTANT, None),
        ((dock, out), ClockBasis.UNTRUSTED, None),
        ((out, out), ClockBasis.UNTRUSTED, None),
        ((out, Anchor(0, 100 * US)), ClockBasis.UNTRUSTED, None),  # it stood still
        ((out, Anchor(-US, 100 * US)), ClockBasis.UNTRUSTED, None),  # it was set back
        ((out, Anchor(100 * US, 0)), ClockBasis.UNTRUSTED, None),
        ((out, Anchor(1, 1)), ClockBasis.LINEAR, 1),
        ((out, anchor(301, 36_000)), ClockBasis.UNTRUSTED, None),
        ((anchor(-301, 0), None), ClockBasis.UNTRUSTED, None),
        ((None, anchor(300, 0)), ClockBasis.CONSTANT, 301),
    ):
        clock = clock_of(*anchors, max_correctable_s=300)
        assert (clock.basis, clock.uncertainty_s) == (basis, uncertainty)
    reviewed = clock_of(anchor(900, 0), dock, reviewer=anchor(700, 9), max_correctable_s=300)
    assert (reviewed.basis, reviewed.uncertainty_s) == (ClockBasis.REVIEWER, 1)
    assert correct(800 * US, reviewed) == 100


def test_a_half_second_rounds_up() -> None:
    clock = clock_of(None, None, max_correctable_s=300)
    shown = (499_999, 500_000, 1_499_999, 1_500_000, -500_000, -500_001)
    assert [correct(us, clock) for us in shown] == [0, 1, 1, 2, 0, -1]
    half = clock_of(anchor(0, 0), anchor(-5, 10), max_correctable_s=300)  # 5 s shown in 10
    assert [correct(us, half) for us in (0, 250_000, 249_999, 5 * US)] == [0, 1, 0, 10]


def test_the_least_certain_basis_speaks_for_several() -> None:
    assert worst([]) is None
    assert worst([ClockBasis.ASSUMED, ClockBasis.LINEAR]) is ClockBasis.ASSUMED


def test_overlap_counts_devices_and_not_files() -> None:
    stretches = [
        Stretch("R-1", "D-1", VIDEO, Span(0, 40)),
        Stretch("R-2", "D-1", VIDEO, Span(30, 60)),
        Stretch("R-3", "D-2", VIDEO, Span(50, 70)),
    ]
    found = cover(MINUTE, stretches, rule=RULE)
    assert (found.seconds, found.overlap_s) == (60, 10)
    assert verdict({VIDEO: found}) is Verdict.FULL


# --- tiers ----------------------------------------------------------------------------------------


def test_only_places_that_bear_on_rights_by_the_narrow_reading() -> None:
    narrow = replace(tiers(), places=PlaceRule.RIGHTS_BEARING)
    hearing = TierFacts("HEARING", is_fixed_place=True)
    assert tier_of(hearing, narrow).tier is Tier.DISCRETIONARY
    touched = tier_of(replace(hearing, touches_liberty=True), narrow)
    assert touched.reasons == (TierReason.TOUCHES_LIBERTY, TierReason.FIXED_PLACE)
    unlisted = replace(tiers(), place=None)
    assert tier_of(TierFacts("OTHER", is_fixed_place=True), unlisted).tier is Tier.ORDINARY


def test_text_may_stand_for_tiers_and_types_that_the_profile_names() -> None:
    named = replace(tiers(), exempt_tiers=frozenset({Tier.ORDINARY}))
    barred = replace(tiers(), never_exempt=frozenset({"HEARING"}))
    everything = replace(tiers(), exempt_tiers=frozenset(Tier))
    for tier, policy, may in (
        (Tier.DISCRETIONARY, tiers(), True),
        (Tier.DISCRETIONARY, named, False),
        (Tier.ORDINARY, named, True),
        (Tier.DISCRETIONARY, barred, False),
        (Tier.MANDATORY, everything, False),
    ):
        assert may_exempt(tier, "HEARING", policy=policy) is may


def test_a_list_of_the_bureau_raises_and_never_lowers() -> None:
    own = {"HEARING": Tier.MANDATORY, "SEIZURE": Tier.ORDINARY, "PATROL": Tier.DISCRETIONARY}
    policy = tier_policy(in_force(), own)
    asked = ("HEARING", "SEIZURE", "PATROL", "ON_SITE")
    assert [tier_of(TierFacts(code), policy).tier for code in asked] == [
        *(Tier.MANDATORY, Tier.MANDATORY, Tier.DISCRETIONARY, Tier.DISCRETIONARY),
    ]


def test_clocks_shows_spans_as_people_read_them() -> None:
    assert clocks([span("09:00", "09:00:30")]) == ["09:00:00-09:00:30"]
