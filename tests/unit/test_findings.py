"""Findings, pure: which facts open one, once, and by which rule it closes; golden scenarios too."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations

import pytest

from evidence.canonical import Json
from evidence.finding_facts import (
    ACTION_KINDS,
    ActualInterval,
    Assessed,
    Decided,
    ExecutionRule,
    Judged,
    Observed,
    Outing,
    assessed,
    of_assessment,
    of_clean_up,
    of_condition,
    of_decision,
    of_execution_time,
    of_interval,
    of_observation,
    of_outing,
    of_quarantine,
    of_ratio,
    of_unlinked,
)
from evidence.finding_rules import (
    RULES,
    About,
    Answer,
    AnswerBar,
    ClosesWhen,
    FindingEvent,
    FindingKind,
    FindingState,
    Holding,
    Known,
    Route,
    Step,
    Triage,
    against_approval,
    against_explaining,
    against_triage,
    changes,
    closes_when,
    is_self_reported,
    read_number,
    shown_number,
    state_of,
)
from evidence.matter_messages import SAID, WORDS
from evidence.quota import Quota, judge
from evidence.workdays import CalendarYear, calendar_of

ABOUT = About(unit="u1", action="a1")
K, S, E = FindingKind, FindingState, FindingEvent
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def known(holding: Holding, state: FindingState = S.OPEN) -> Known:
    return Known("f", holding.kind, holding.subject, state, dict(holding.matter))


def steps(before: list[Known], now: list[Holding]) -> list[Step]:
    return [change.step for change in changes(before, now)]


def the(found: list[Holding]) -> Holding:
    (one,) = found
    return one


def gap(seconds: int, verdict: str = "GAP") -> Assessed:
    spans = [("2024-05-16T02:10:00Z", "2024-05-16T02:11:30Z", seconds)]
    return Assessed("a1", verdict, spans, spans)


# --- what opens one -------------------------------------------------------------------------------


def test_g_04_two_officers_and_the_auxiliary_are_one_finding() -> None:
    found = of_assessment(Assessed("a1", "FULL", below_s=1500, alone_s=600), ABOUT)
    only = the(list(found.holding))
    assert (only.kind, only.subject) == (K.AUX_ALONE, "action/a1")
    assert only.matter == {"below_s": 1500, "alone_s": 600}
    below = the(list(of_assessment(Assessed("a1", "FULL", below_s=300), ABOUT).holding))
    assert (below.kind, below.matter) == (K.TEAM_BELOW_TWO, {"below_s": 300})
    assert [c.step for c in changes([known(below)], [only])] == [Step.OPEN, Step.CLOSE]
    assert of_assessment(Assessed("a1", "FULL"), ABOUT).holding == ()


@pytest.mark.parametrize(
    ("verdict", "kinds"),
    [
        ("GAP", [K.COVERAGE_GAP]),
        ("NONE", [K.COVERAGE_GAP]),
        ("NO_DECISION", [K.NO_DECISION]),
        *((one, []) for one in ("FULL", "SEAMED", "TEXT_EXEMPT", "NOT_REQUIRED", "PROVISIONAL")),
        ("DISCRETION_NOT_RECORDED", []),
    ],
)
def test_each_verdict(verdict: str, kinds: list[FindingKind]) -> None:
    found = of_assessment(gap(90, verdict), ABOUT)
    assert [one.kind for one in found.holding] == kinds
    assert found.undecided == ({K.COVERAGE_GAP} if verdict == "PROVISIONAL" else set())


def test_g_07_a_gap_of_90_s_stays_until_it_is_gone_or_accepted() -> None:
    holding = the(list(of_assessment(gap(90), ABOUT).holding))
    assert holding.matter["video_s"] == holding.matter["audio_s"] == 90
    assert steps([], [holding]) == [Step.OPEN]
    for state in (S.OPEN, S.EXPLAINED, S.ACCEPTED):
        assert steps([known(holding, state)], [holding]) == []
        assert steps([known(holding, state)], []) == [Step.CLOSE]
    assert steps([known(holding, S.CLOSED)], []) == []
    assert steps([known(holding, S.CLOSED)], [holding]) == [Step.REOPEN]


def test_an_answer_speaks_for_the_gap_it_saw_only() -> None:
    small, large = (the(list(of_assessment(gap(n), ABOUT).holding)) for n in (90, 600))
    assert steps([known(small, S.ACCEPTED)], [large]) == [Step.CHANGE]
    history = [E.EXPLAINED, E.APPROVED, E.CHANGED]
    assert [state_of(history[:n]) for n in range(4)] == [S.OPEN, S.EXPLAINED, S.ACCEPTED, S.OPEN]


def test_what_nobody_can_say_yet_opens_and_closes_nothing() -> None:
    holding = the(list(of_assessment(gap(90), ABOUT).holding))
    undecided = of_assessment(gap(90, "PROVISIONAL"), ABOUT).undecided
    assert changes([known(holding)], [], undecided=undecided) == []
    assert changes([], [holding], undecided=undecided) == []


def test_g_08_each_corrected_interval_is_a_finding_that_only_an_answer_closes() -> None:
    assert of_interval("a1", 0, about=ABOUT) == []
    changed = the(of_interval("a1", 1, about=ABOUT))
    assert (changed.kind, changed.matter) == (K.INTERVAL_CHANGED, {"version": 2})
    assert the(of_interval("a1", 2, about=ABOUT)).subject != changed.subject
    assert closes_when(changed.kind) is ClosesWhen.ANSWERED
    for state in FindingState:
        assert steps([known(changed, state)], []) == []
        assert steps([known(changed, state)], [changed]) == []


def test_the_order_of_facts_does_not_matter() -> None:
    holding = [
        *of_assessment(Assessed("a1", "NONE", below_s=5, alone_s=5), ABOUT).holding,
        *of_interval("a1", 1, about=ABOUT),
    ]
    given = [changes([], list(order)) for order in permutations(holding)]
    assert all(one == given[0] for one in given)
    assert len(given[0]) == 3


def test_the_body_of_an_assessment_is_read() -> None:
    span: dict[str, Json] = {
        "from": "2024-05-16T02:10:00Z",
        "to": "2024-05-16T02:11:30Z",
        "seconds": 90,
    }
    body: dict[str, Json] = {
        "verdict": "GAP",
        "video": {"gaps": [span]},
        "audio": {"gaps": []},
        "team_below": {"seconds": 7},
        "aux_alone": {"seconds": 3, "footage_s": 0},
    }
    found = assessed("a1", body)
    assert found == Assessed(
        "a1", "GAP", (("2024-05-16T02:10:00Z", "2024-05-16T02:11:30Z", 90),), (), 7, 3
    )


# --- night and holidays ---------------------------------------------------------------------------

NIGHT = (time(22), time(6))
RULE = ExecutionRule(frozenset({"FORCED_DEMOLITION"}), NIGHT, holidays=True)
YEAR = CalendarYear(2024, frozenset({date(2024, 5, 1)}), frozenset({date(2024, 4, 28)}), "通知")


def at(text: str) -> int:
    return int(datetime.fromisoformat(f"{text}+08:00").timestamp())


def at_night(start: str, end: str, kind: str = "FORCED_DEMOLITION") -> dict[str, object] | None:
    found = of_execution_time(
        ActualInterval("a1", kind, at(start), at(end)),
        ABOUT,
        rule=RULE,
        calendar=calendar_of([YEAR]),
    )
    return dict(found.holding[0].matter) if found.holding else None


@pytest.mark.parametrize(
    ("start", "end", "night_s", "holidays"),
    [
        ("2024-05-16 21:59:59", "2024-05-16 22:00:00", 0, []),
        ("2024-05-16 21:59:59", "2024-05-16 22:00:01", 1, []),
        ("2024-05-16 05:59:59", "2024-05-16 06:00:00", 1, []),
        ("2024-05-16 06:00:00", "2024-05-16 22:00:00", 0, []),
        ("2024-05-16 20:00:00", "2024-05-18 08:00:00", 2 * 8 * 3600, []),
        ("2024-05-01 09:00:00", "2024-05-01 10:00:00", 0, ["2024-05-01"]),
        ("2024-04-30 23:59:59", "2024-05-01 00:00:00", 1, []),
        ("2024-05-18 09:00:00", "2024-05-18 10:00:00", 0, []),  # a Saturday that no notice lists
    ],
)
def test_night_and_holidays(start: str, end: str, night_s: int, holidays: list[str]) -> None:
    wanted = {"night_s": night_s, "holidays": holidays} if night_s or holidays else None
    assert at_night(start, end) == wanted
    assert at_night(start, end, "SEIZURE") is None


def test_a_year_that_nobody_knows_is_left_open() -> None:
    day = ActualInterval(
        "a1", "FORCED_DEMOLITION", at("2027-05-01 09:00:00"), at("2027-05-01 10:00:00")
    )
    found = of_execution_time(day, ABOUT, rule=RULE, calendar=calendar_of([YEAR]))
    assert found == Judged((), frozenset({K.NIGHT_OR_HOLIDAY}))
    mild = ExecutionRule(RULE.types, None, holidays=False)
    judged = of_execution_time(day, ABOUT, rule=mild, calendar=calendar_of([YEAR]))
    assert judged == Judged()


# --- recorders, recordings, units, cases ----------------------------------------------------------

DUE = datetime(2024, 5, 14, 10, tzinfo=UTC)


def test_late_docking_is_late_past_the_limit_and_for_good() -> None:
    within = 24 * HOUR
    for back, now, late in (
        (None, DUE + DAY, False),
        (None, DUE + DAY + timedelta(microseconds=1), True),
        (DUE + DAY, DUE + 9 * DAY, False),
        (DUE + 2 * DAY, DUE + 9 * DAY, True),
    ):
        outing = Outing("D-1/0", "D-1", DUE, back)
        assert bool(of_outing(outing, now, within=within, about=ABOUT)) is late
    while_out, after = (
        the(of_outing(Outing("D-1/0", "D-1", DUE, back), DUE + 3 * DAY, within=within, about=ABOUT))
        for back in (None, DUE + 2 * DAY)
    )
    assert while_out == after
    assert steps([known(while_out)], []) == []


def test_footage_is_unlinked_from_its_72nd_hour_on() -> None:
    for now, found in ((DUE + 72 * HOUR - timedelta(seconds=1), 0), (DUE + 72 * HOUR, 1)):
        assert len(of_unlinked("ab", DUE, now=now, within=72 * HOUR, about=ABOUT)) == found


def test_g_02_a_lost_recorder_is_one_finding_until_it_serves_again() -> None:
    lost = the(of_condition("D-02", ["LOST"], about=ABOUT))
    assert the(of_condition("D-02", ["SERVING", "LOST", "LOST", "RETIRED"], about=ABOUT)) == lost
    assert steps([known(lost)], [lost]) == []
    assert of_condition("D-02", ["LOST", "SERVING"], about=ABOUT) == []
    assert (
        of_condition("D-03", ["REPAIR"], about=ABOUT) == of_condition("D-01", [], about=ABOUT) == []
    )


def test_a_shortage_opens_at_short_only() -> None:
    quota = Quota(1, 4, minimum=1, minimum_below=4)
    assert of_ratio("u1", judge(quota, 5, present=1), about=ABOUT) == []  # MET_FLOOR_ONLY
    assert of_ratio("u1", judge(quota, 9, present=1, is_waived=True), about=ABOUT) == []
    assert of_ratio("u1", judge(quota, 0, present=0), about=ABOUT) == []
    short = the(of_ratio("u1", judge(quota, 9, present=1), about=ABOUT))
    assert short.matter == {"people": 9, "sets": 1, "required": 3, "short": 2}


def test_r_056_an_unsigned_clean_up_is_accepted_at_most_until_it_is_signed() -> None:
    last = date(2024, 12, 31)
    unsigned = the(of_clean_up("u1", 2024, due=last, about=ABOUT))
    assert (unsigned.kind, unsigned.subject) == (K.CLEAN_UP_UNSIGNED, "clean_up/u1/2024")
    assert unsigned.matter == {"year": 2024, "due": "2024-12-31"}
    assert RULES[K.CLEAN_UP_UNSIGNED] == "clean_up"
    assert steps([known(unsigned, S.ACCEPTED)], [unsigned]) == []
    assert steps([known(unsigned, S.ACCEPTED)], []) == [Step.CLOSE]


def test_the_same_hole_at_each_docking_is_one_finding() -> None:
    facts: dict[str, Json] = {"series": "s", "first": 13, "last": 13, "count": 1, "numbers": "13"}
    first, again = (
        the(of_observation(Observed("SEQUENCE_GAP", session, None, "D-1", facts), ABOUT))
        for session in ("s1", "s2")
    )
    assert first == again
    chapter = Observed("SEQUENCE_GAP", "s1", None, "D-1", {**facts, "recording": 4})
    other = Observed("SEQUENCE_GAP", "s1", None, "D-2", facts)
    subjects = {the(of_observation(one, ABOUT)).subject for one in (chapter, other)}
    assert len({first.subject, *subjects}) == 3
    start = Observed(
        "LOG_WITHOUT_FILE", "s1", None, "D-1", {"at": "2024-05-14T09:00:00", "line": 3}
    )
    assert the(of_observation(start, ABOUT)).subject == "log/D-1/2024-05-14T09:00:00"
    bad = Observed("STORED_COPY_BAD", None, "ab", "", {"found": "cd"})
    assert the(of_observation(bad, ABOUT)).kind is K.MISMATCH
    stray = Observed("RECORDER_NOT_OUT", "s1", None, "D-1", {"recorder": "D-1"})
    assert the(of_observation(stray, ABOUT)).subject == "session/s1"
    assert of_observation(Observed("READ_FAILED", "s1", None, "", {}), ABOUT) == []


def test_g_15_covert_footage_is_one_finding_for_as_long_as_it_is_quarantined() -> None:
    covert = the(of_quarantine("ab", {"COVERT"}, about=ABOUT))
    assert (covert.kind, covert.subject) == (K.COVERT, "recording/ab")
    assert of_quarantine("ab", {"TRUNCATED", "MISMATCH"}, about=ABOUT) == []
    assert steps([known(covert)], of_quarantine("ab", set(), about=ABOUT)) == [Step.CLOSE]
    assert the(of_quarantine("ab", {"STATE_SECRET"}, about=ABOUT)).kind is K.STATE_SECRET


def test_r_218_a_decision_before_its_review_agreed() -> None:
    for agreed, needs, found in (
        (DUE + 2 * DAY, False, 1),
        (DUE, True, 0),
        (None, True, 1),
        (None, False, 0),
    ):
        assert len(of_decision(Decided("c1", DUE, agreed, needs), ABOUT)) == found


# --- answers --------------------------------------------------------------------------------------


def test_an_approval_needs_an_explanation_and_somebody_outside() -> None:
    team = frozenset({"O-11", "O-12"})
    assert against_approval(Answer(S.EXPLAINED, "O-11", "O-40", team)) == []
    assert against_approval(Answer(S.OPEN, None, "O-40", team)) == [AnswerBar.NOT_EXPLAINED]
    both = [AnswerBar.SECOND_PERSON, AnswerBar.APPROVER_IN_TEAM]
    assert against_approval(Answer(S.EXPLAINED, "O-11", "O-11", team)) == both
    assert against_approval(Answer(S.EXPLAINED, "O-11", "O-12", team)) == both[1:]
    closed = Answer(S.CLOSED, "O-11", "O-40")
    assert against_approval(closed) == against_explaining(S.CLOSED) == [AnswerBar.FINDING_CLOSED]
    assert against_explaining(S.ACCEPTED) == []


def test_r_118_each_way_of_dealing_with_it_needs_its_own() -> None:
    assert against_triage(Route(Triage.IMMEDIATE)) == []
    lacks = [AnswerBar.TRIAGE_PERSON, AnswerBar.TRIAGE_DEADLINE]
    assert against_triage(Route(Triage.SCHEDULED)) == lacks
    assert against_triage(Route(Triage.SCHEDULED, "p1", "2024-06-30")) == []
    lacks = [AnswerBar.TRIAGE_RECIPIENT, AnswerBar.TRIAGE_DOCUMENT]
    assert against_triage(Route(Triage.REFERRED)) == lacks
    assert against_triage(Route(Triage.REFERRED, recipient="纪委", document="1号")) == []


def test_r_042_a_report_before_the_detection_is_one_by_oneself() -> None:
    opened = "2024-05-16T18:00:00.000000Z"
    assert is_self_reported(["2024-05-16T04:00:00.000000Z"], opened)
    assert not is_self_reported([opened], opened)
    assert not is_self_reported([], opened)


def test_a_number_is_read_as_it_is_shown() -> None:
    for year, ordinal in ((2026, 1), (2026, 9999), (2027, 12001)):
        assert read_number(shown_number(year, ordinal)) == (year, ordinal)
    assert shown_number(2026, 1) == "F-2026-0001"
    assert read_number(" f-2026-0001 ") == (2026, 1)
    for text in ("", "F-2026-1", "2026-0001", "F-2026-0001x"):
        assert read_number(text) is None


# --- words ----------------------------------------------------------------------------------------


def test_every_kind_has_rule_sentence_and_words() -> None:
    assert set(RULES) == set(SAID) == set(FindingKind) > ACTION_KINDS
    for kind, said in WORDS.items():
        assert set(said) == {member.name for member in kind}
