"""The golden scenarios of coverage, by their ids: the pure rules under the shipped profiles."""

from dataclasses import replace
from itertools import pairwise

import pytest

from evidence.assessment import (
    ActionFacts,
    Assessment,
    Decision,
    Excluded,
    Exclusion,
    Flag,
    Outing,
    assess,
    pending,
)
from evidence.clockfix import Anchor, ClockBasis, DeviceClock, clock_of, correct
from evidence.coverage import Modality, Verdict
from evidence.interval import Span
from evidence.tiering import TierFacts, TierReason, may_exempt, tier_of
from evidence.vocabulary import Tier
from tests.judging import (
    action,
    at,
    auxiliary,
    clocks,
    filmed,
    in_force,
    judged,
    officer,
    rules,
    span,
    tiers,
)

VIDEO, AUDIO = Modality.VIDEO, Modality.AUDIO
INSPECTED = span("09:30", "10:10")
US = 1_000_000


def test_g_04_an_auxiliary_who_stays_alone() -> None:
    window = span("15:00", "15:45")
    there = frozenset(
        {
            officer("O-11", span("15:00", "15:35")),
            officer("O-12", span("15:00", "15:20")),
            auxiliary("A-07", window),
        }
    )
    footage = filmed(window)
    found = assess(replace(action(window, footage), presences=there), rules())
    assert (found.below.seconds, clocks(found.below.spans)) == (1500, ["15:20:00-15:45:00"])
    assert (found.aux_alone.seconds, found.aux_footage_s) == (600, 600)
    assert found.flags == (Flag.TEAM_BELOW_TWO, Flag.AUX_ALONE)
    assert found.verdict is Verdict.FULL


def test_g_06_two_cameras_cover_together() -> None:
    window = span("14:00", "15:30")
    first = filmed(span("13:58:10", "14:47:30"))
    second = filmed(span("14:45", "15:31:05"), device="D-02")
    both = judged(window, first, second)
    assert both.verdict is Verdict.FULL
    assert {(c.seconds, c.overlap_s) for c in both.covered.values()} == {(5400, 150)}
    alone = judged(window, first)
    assert alone.verdict is Verdict.GAP
    assert [gap.seconds for _, gap in alone.gaps] == [2550, 2550]
    assert clocks(alone.covered[VIDEO].gaps) == ["14:47:30-15:30:00"]


def test_g_07_a_gap_of_90_seconds_and_a_joint_of_4() -> None:
    window = span("09:00", "11:00")
    early = filmed(span("09:00", "10:10"))
    gap = judged(window, early, filmed(span("10:11:30", "11:00")))
    assert gap.verdict is Verdict.GAP
    assert [covered.seconds for covered in gap.covered.values()] == [7110, 7110]
    assert [m for m, _ in gap.gaps] == [VIDEO, AUDIO]
    assert clocks([one for _, one in gap.gaps]) == ["10:10:00-10:11:30"] * 2
    joint = judged(window, early, filmed(span("10:10:04", "11:00")))
    assert (joint.verdict, joint.gaps) == (Verdict.SEAMED, [])
    assert clocks(joint.covered[AUDIO].seams) == ["10:10:00-10:10:04"]


def test_g_08_the_head_is_missing_until_the_interval_is_corrected() -> None:
    footage = filmed(span("10:02:30", "10:41"))
    first = judged(span("10:00", "10:40"), footage)
    assert first.verdict is Verdict.GAP
    assert (first.covered[VIDEO].seconds, clocks(first.covered[VIDEO].gaps)) == (
        2250,
        ["10:00:00-10:02:30"],
    )
    second = judged(span("10:02:30", "10:40"), footage)
    assert second.verdict is Verdict.FULL
    assert second.bytes() != first.bytes()


SYNCED = Anchor(at("08:00") * US, at("08:00") * US)
DOCKED = Anchor(at("18:01:40") * US, at("18:00") * US)
RAW = (at("13:00:50"), at("13:30:55"))
SEALED = span("13:00", "13:30")


def drifted(clock: DeviceClock) -> tuple[Verdict, list[str], list[str]]:
    """The verdict on what D-04 filmed, by this clock, with the corrected times and the gaps."""
    found = by_clock(clock)
    [footage] = found.facts.footage
    return found.verdict, clocks(footage.video), clocks(found.covered[VIDEO].gaps)


def by_clock(clock: DeviceClock) -> Assessment:
    corrected = Span(*(correct(edge * US, clock) for edge in RAW))
    return judged(SEALED, filmed(corrected, basis=clock.basis, uncertainty_s=clock.uncertainty_s))


def test_g_09_a_clock_that_drifts_is_corrected_evenly() -> None:
    linear = clock_of(SYNCED, DOCKED, max_correctable_s=300)
    assert linear.basis is ClockBasis.LINEAR
    assert drifted(linear) == (Verdict.FULL, ["13:00:00-13:30:00"], [])
    assert by_clock(linear).flags == (Flag.MARGINAL,)  # to the second, by a clock that shows them


def test_g_09_uncorrected_or_by_one_anchor_it_would_show_a_gap() -> None:
    raw = drifted(clock_of(None, None, max_correctable_s=300))
    assert raw == (Verdict.GAP, ["13:00:50-13:30:55"], ["13:00:00-13:00:50"])
    constant = clock_of(None, DOCKED, max_correctable_s=300)
    assert drifted(constant) == (Verdict.GAP, ["12:59:10-13:29:15"], ["13:29:15-13:30:00"])
    assert by_clock(constant).flags == (Flag.MARGINAL, Flag.CLOCK_CONSTANT)


@pytest.mark.parametrize("which", ["out", "dock"])
def test_g_09_beyond_300_seconds_nothing_counts_until_a_reviewer_says_so(which: str) -> None:
    off = Anchor(DOCKED.true_us + 301 * US, DOCKED.true_us)
    out, dock = (off, DOCKED) if which == "out" else (SYNCED, off)
    clock = clock_of(out, dock, max_correctable_s=300)
    assert clock.basis is ClockBasis.UNTRUSTED
    footage = filmed(SEALED, basis=clock.basis, uncertainty_s=None)
    found = judged(SEALED, footage)
    assert (found.verdict, found.flags) == (Verdict.NONE, (Flag.CLOCK_UNTRUSTED,))
    said = Anchor(RAW[0] * US, SEALED.start * US)
    reviewed = clock_of(out, dock, reviewer=said, max_correctable_s=300)
    assert (reviewed.basis, correct(RAW[0] * US, reviewed)) == (ClockBasis.REVIEWER, SEALED.start)
    assert drifted(reviewed)[0] is Verdict.FULL
    at_limit = Anchor(DOCKED.true_us + 300 * US, DOCKED.true_us)
    assert clock_of(SYNCED, at_limit, max_correctable_s=300).basis is ClockBasis.LINEAR


def exempted(profile: str, facts: TierFacts) -> ActionFacts:
    """An action of that kind with an approved text and no footage."""
    tier = tier_of(facts, tiers(profile)).tier
    allowed = may_exempt(tier, facts.type, policy=tiers(profile))
    return ActionFacts("A-1", 1, INSPECTED, tier, exemption=allowed)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        (TierFacts("INSPECTION"), Verdict.TEXT_EXEMPT),
        (TierFacts("FORCED_DEMOLITION"), Verdict.NONE),
        (TierFacts("INSPECTION", touches_life_health=True), Verdict.NONE),
    ],
)
def test_g_11_a_text_never_stands_for_what_must_be_recorded(
    facts: TierFacts, verdict: Verdict
) -> None:
    found = assess(exempted("XX", facts), rules())
    assert found.verdict is verdict
    assert (Flag.EXEMPTION_FORBIDDEN in found.flags) is (verdict is Verdict.NONE)


def test_g_12_the_same_inspection_in_other_jurisdictions() -> None:
    wulong = exempted("WL", TierFacts("INSPECTION"))
    found = assess(wulong, rules("WL"))
    assert (wulong.tier, wulong.exemption, found.verdict) == (Tier.MANDATORY, False, Verdict.NONE)
    assert [gap.seconds for _, gap in found.gaps] == [2400, 2400]
    zhijiang = exempted("ZJ", TierFacts("INSPECTION"))
    assert assess(zhijiang, rules("ZJ")).verdict is Verdict.TEXT_EXEMPT
    decided = frozenset({Decision(1, INSPECTED.start, is_record=True)})
    filmed_only = replace(
        zhijiang, exemption=None, decisions=decided, footage=frozenset({filmed(INSPECTED)})
    )
    assert assess(filmed_only, rules("ZJ")).verdict is Verdict.FULL


def test_g_15_covert_footage_gives_no_coverage() -> None:
    window = span("09:00", "10:00")
    worn = filmed(span("09:00", "09:40"))
    room = filmed(span("09:30", "09:50"), device="NVR-1")
    counted = action(window, worn, room)
    hidden = Excluded("Rec-pocket", Exclusion.COVERT)
    found = assess(replace(counted, excluded=frozenset({hidden})), rules())
    assert (found.verdict, clocks(found.covered[AUDIO].gaps)) == (
        Verdict.GAP,
        ["09:50:00-10:00:00"],
    )
    inputs = found.body()["inputs"]
    assert isinstance(inputs, dict)
    assert inputs["excluded"] == [{"recording": "Rec-pocket", "reason": "COVERT"}]
    overheard = filmed(window, device="PEN-1", only=AUDIO)
    assert judged(window, worn, room, overheard).covered[AUDIO].gaps == ()


# --- rows of the requirements ---------------------------------------------------------------------


def test_r_059_and_r_104_an_auxiliary_films_after_the_officer_has_left() -> None:
    window = span("10:00", "10:30")
    there = frozenset({officer("O-11", span("10:00", "10:10")), auxiliary("A-07", window)})
    found = assess(replace(action(window, filmed(window)), presences=there), rules())
    assert (found.aux_alone.seconds, found.aux_footage_s) == (1200, 1200)
    part = filmed(span("10:00", "10:15"), only=VIDEO)
    unseen = assess(replace(action(window, part), presences=there), rules())
    assert (unseen.aux_alone.seconds, unseen.aux_footage_s) == (1200, 300)


def test_a_single_second_too_few_is_told() -> None:
    window = span("10:00", "10:30")
    early = Span(window.start, window.end - 1)
    there = frozenset({officer("O-11", early), officer("O-12", early), auxiliary("A-07", window)})
    found = assess(replace(action(window, filmed(window)), presences=there), rules())
    assert (found.below.seconds, found.aux_alone.seconds) == (1, 1)
    assert found.flags == (Flag.TEAM_BELOW_TWO, Flag.AUX_ALONE)


def test_r_063_without_footage_only_wulong_asks_for_it() -> None:
    for profile, verdict in (("WL", Verdict.NONE), ("XX", Verdict.TEXT_EXEMPT)):
        facts = exempted(profile, TierFacts("EVIDENCE_TAKING"))
        assert assess(facts, rules(profile)).verdict is verdict


@pytest.mark.parametrize("reason", [Exclusion.POST_HOC, Exclusion.EXTERNAL])
def test_r_138_and_r_139_what_is_not_recorded_then_and_there_gives_nothing(
    reason: Exclusion,
) -> None:
    window = span("09:00", "09:10")
    late = filmed(span("11:00", "11:10"))
    facts = replace(action(window, late), excluded=frozenset({Excluded("Rec-x", reason)}))
    found = assess(facts, rules())
    assert (found.verdict, found.covered[VIDEO].seconds) == (Verdict.NONE, 0)


def test_r_143_the_whole_interval_or_a_gap() -> None:
    window = span("14:00", "15:30")
    assert judged(window, filmed(window)).verdict is Verdict.FULL
    short = judged(window, filmed(span("14:00", "15:20")))
    assert (short.verdict, short.gaps[0][1].seconds) == (Verdict.GAP, 600)


@pytest.mark.parametrize(
    ("facts", "tier", "reasons"),
    [
        (TierFacts("SEIZURE"), Tier.MANDATORY, (TierReason.CATALOGUE,)),
        (TierFacts("HEARING"), Tier.DISCRETIONARY, (TierReason.CATALOGUE,)),
        (TierFacts("HEARING", is_fixed_place=True), Tier.MANDATORY, (TierReason.FIXED_PLACE,)),
        (TierFacts("INSPECTION"), Tier.DISCRETIONARY, (TierReason.INSPECTION,)),
        (
            TierFacts("INSPECTION", touches_life_health=True),
            Tier.MANDATORY,
            (TierReason.TOUCHES_LIFE_HEALTH,),
        ),
        (
            TierFacts("EVIDENCE_TAKING"),
            Tier.DISCRETIONARY,
            (TierReason.CATALOGUE, TierReason.INSPECTION),
        ),
        (TierFacts("OTHER"), Tier.ORDINARY, (TierReason.NOT_LISTED,)),
        (TierFacts("OTHER", raised=Tier.DISCRETIONARY), Tier.DISCRETIONARY, (TierReason.RAISED,)),
        (TierFacts("SEIZURE", raised=Tier.ORDINARY), Tier.MANDATORY, (TierReason.CATALOGUE,)),
    ],
)
def test_r_143_to_r_146_the_strictest_reason_decides(
    facts: TierFacts, tier: Tier, reasons: tuple[TierReason, ...]
) -> None:
    found = tier_of(facts, tiers())
    assert (found.tier, found.reasons) == (tier, reasons)


def test_r_145_a_room_is_covered_by_its_own_camera() -> None:
    asked = span("09:00", "09:50")
    assert tier_of(TierFacts("INQUIRY", is_fixed_place=True), tiers()).tier is Tier.MANDATORY
    room = filmed(span("08:55", "10:00"), device="NVR-1")
    assert judged(asked, room).verdict is Verdict.FULL


def decided(*decisions: Decision) -> Verdict:
    """The verdict of a discretionary action without footage."""
    facts = action(INSPECTED, tier=Tier.DISCRETIONARY)
    return assess(replace(facts, decisions=frozenset(decisions)), rules()).verdict


def test_r_146_and_d_21_a_discretionary_action_goes_by_what_was_decided_before() -> None:
    start = INSPECTED.start
    assert decided() is Verdict.NO_DECISION
    assert decided(Decision(1, start, is_record=False)) is Verdict.DISCRETION_NOT_RECORDED
    assert decided(Decision(1, start, is_record=True)) is Verdict.NONE
    assert decided(Decision(1, start + 1, is_record=False)) is Verdict.NO_DECISION
    no, yes = Decision(1, start - 60, is_record=False), Decision(2, start, is_record=True)
    assert decided(no, yes) is Verdict.NONE
    assert decided(no, replace(yes, entered_at=start + 1)) is Verdict.DISCRETION_NOT_RECORDED


# --- corrections of the decisions page ------------------------------------------------------------


def test_seams_are_summed_for_each_modality_and_the_sum_lists_them_as_its_gaps() -> None:
    window = span("09:00", "10:00")
    edges = [at("09:00") + 300 * part for part in range(13)]
    pieces = [Span(a, b - 5) for a, b in pairwise(edges)]
    video = filmed(*pieces[:7], Span(edges[7], edges[12]), only=VIDEO)  # 7 joints of 5 s: 35 s
    audio = filmed(*pieces[:6], Span(edges[6], edges[12]), only=AUDIO)  # 6 joints: just 30 s
    found = judged(window, video, audio)
    assert found.verdict is Verdict.GAP
    picture, sound = found.covered[VIDEO], found.covered[AUDIO]
    assert (len(picture.gaps), picture.seams, picture.seconds) == (7, (), 3565)
    assert (sound.gaps, len(sound.seams), sound.seconds) == ((), 6, 3570)
    both = judged(window, filmed(*pieces[:6], Span(edges[6], edges[12])))
    assert both.verdict is Verdict.SEAMED


def test_head_and_tail_are_judged_after_clipping_and_are_never_seams() -> None:
    window = span("09:00", "09:10")
    found = judged(window, filmed(span("08:59", "09:00"), span("09:00:01", "09:09:59")))
    assert found.verdict is Verdict.GAP
    assert clocks(found.covered[VIDEO].gaps) == ["09:00:00-09:00:01", "09:09:59-09:10:00"]


def test_a_segment_of_no_length_makes_no_seam_of_a_gap() -> None:
    window = span("09:00", "09:10")
    whole = (span("09:00", "09:05"), span("09:05:08", "09:10"))
    found = judged(window, filmed(*whole, span("09:05:04", "09:05:04")))
    assert clocks(found.covered[VIDEO].gaps) == ["09:05:00-09:05:08"]


def test_none_only_where_both_picture_and_sound_are_missing() -> None:
    window = span("09:00", "09:10")
    heard = judged(window, filmed(window, only=AUDIO))
    assert (heard.verdict, heard.covered[VIDEO].seconds) == (Verdict.GAP, 0)
    assert judged(window).verdict is Verdict.NONE


def test_an_ordinary_action_needs_none_with_footage_or_without() -> None:
    for footage in ([], [filmed(INSPECTED)]):
        facts = action(INSPECTED, *footage, tier=Tier.ORDINARY)
        assert assess(facts, rules()).verdict is Verdict.NOT_REQUIRED
        assert assess(replace(facts, exemption=True), rules()).verdict is Verdict.TEXT_EXEMPT


def test_a_recorder_that_is_out_makes_a_gap_provisional_until_its_limit() -> None:
    window = span("09:00", "09:10")
    out = Outing("As-1", span("08:00", "18:00"), limit_at=at("18:00") + 24 * 3600)
    outings = [
        out,
        replace(out, assignment="As-2", is_reconciled=True),
        replace(out, assignment="As-3", span=span("09:10", "18:00")),
        replace(out, assignment="As-4", limit_at=at("18:59")),
    ]
    waiting = pending(window, outings, now=at("19:00"))
    assert {one.assignment for one in waiting} == {"As-1"}
    for footage, verdict in (
        ((), Verdict.PROVISIONAL),
        ((filmed(span("09:00", "09:05")),), Verdict.PROVISIONAL),
        ((filmed(window),), Verdict.FULL),
    ):
        assert assess(replace(action(window, *footage), waits_for=waiting), rules()).verdict is (
            verdict
        )
    assert pending(window, outings, now=out.limit_at) == {out}
    last = replace(out, span=Span(window.end - 1, window.end + 9))
    assert pending(window, [last], now=0) == {last}
    assert pending(window, outings, now=out.limit_at + 1) == frozenset()


def test_each_profile_gives_the_numbers_and_names_itself() -> None:
    for profile in ("XX", "WL", "ZJ", "LP", "ZW", None):
        policy = rules(profile)
        assert (policy.seams.max_s, policy.seams.total_s, policy.least_officers) == (5, 30, 2)
        assert policy.stamp["versions"] == {"coverage": 1, "presence": 1}
        assert in_force(profile).rule("coverage").statement.citations
        assert in_force(profile).rule("presence").statement.citations
