"""Heads, sets and the ratio: the scenarios by their ids, and the history against each moment."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.device_sets import (
    Condition,
    CountRule,
    DeviceFacts,
    Loan,
    Stated,
    Uncounted,
    count_device,
    turning_moments,
)
from evidence.enforcing import (
    AnnualCheck,
    Bar,
    Certificate,
    PersonFacts,
    PersonKind,
    Posting,
    PostStatus,
    may_enforce,
    turning_days,
)
from evidence.quota import Quota, QuotaStatus, Rounding, judge
from evidence.ratio import (
    SHANGHAI,
    BodyFacts,
    Headcount,
    Heads,
    RatioRule,
    RatioSpan,
    Waiver,
    Window,
    at_moment,
    by_day,
    day_of,
    first_moment,
    history,
)
from evidence.vocabulary import DeviceKind

SETS = Quota(1, 4, minimum=1, minimum_below=4)
REVIEWERS_XX = Quota(5, 100, minimum=1, minimum_below=20)
REVIEWERS_WL = Quota(5, 100)
ALL_KINDS = frozenset(DeviceKind)
RULE = RatioRule(SETS, CountRule(ALL_KINDS))
EVER = date(2020, 1, 1)
LAST = date(2029, 12, 31)
NONE = QuotaStatus.NOT_APPLICABLE
FLOOR_ONLY, MET, SHORT = QuotaStatus.MET_FLOOR_ONLY, QuotaStatus.MET, QuotaStatus.SHORT


def moment(text: str) -> datetime:
    """A time in Shanghai, such as `2024-06-03 14:20`."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def window(since: str, until: str) -> Window:
    return Window(moment(since), moment(until))


def posted(
    unit: str = "B-1",
    kind: PersonKind = PersonKind.OFFICER,
    *,
    since: date = EVER,
    number: int = 0,
    status: PostStatus = PostStatus.ACTIVE,
) -> Posting:
    return Posting(since, number, unit, kind, on_establishment=True, on_post=True, status=status)


def officer(unit: str = "B-1", *, until: date = LAST) -> PersonFacts:
    return PersonFacts((posted(unit),), (Certificate(EVER, until),))


def device(
    kind: DeviceKind = DeviceKind.BODY_CAMERA,
    *,
    unit: str = "B-1",
    tested: str = "2024-06-01 08:00",
    conditions: tuple[tuple[str, Condition], ...] = (),
) -> DeviceFacts:
    stated = tuple(
        Stated(moment(at), number, condition) for number, (at, condition) in enumerate(conditions)
    )
    owners = (Stated(first_moment(EVER), 0, unit),)
    return DeviceFacts(kind, owners, stated, (Stated(moment(tested), 0, value=True),))


def body(
    people: list[PersonFacts], devices: list[DeviceFacts] | None = None, *, unit: str = "B-1"
) -> BodyFacts:
    return BodyFacts(frozenset({unit}), people, devices or [])


# --- the quota ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("people", "ceil", "floor", "nearest"),
    [
        *((0, 0, 0, 0), (1, 1, 1, 1), (3, 1, 1, 1), (4, 1, 1, 1), (5, 2, 1, 1), (6, 2, 1, 2)),
        *((7, 2, 1, 2), (8, 2, 2, 2), (9, 3, 2, 2), (12, 3, 3, 3), (13, 4, 3, 3)),
    ],
)
def test_g_01_and_d_01(people: int, ceil: int, floor: int, nearest: int) -> None:
    for rounding, required in zip(Rounding, (ceil, floor, nearest), strict=True):
        quota = replace(SETS, rounding=rounding)
        assert quota.required(people) == required
        assert quota.required_by_floor(people) == floor
        shown = judge(quota, people, present=required)
        assert shown.status is (NONE if people == 0 else MET)
        assert shown.short == 0
    assert judge(SETS, people, present=0).status is (NONE if people == 0 else SHORT)


@pytest.mark.parametrize(
    ("people", "xx", "wl"),
    [(0, 0, 0), (1, 1, 1), (19, 1, 1), (20, 1, 1), (21, 2, 2), (60, 3, 3), (100, 5, 5)],
)
def test_r_073_and_r_157_legal_reviewers(people: int, xx: int, wl: int) -> None:
    assert REVIEWERS_XX.required(people) == xx
    assert REVIEWERS_WL.required(people) == wl


def test_the_minimum_of_reviewers_bites_under_floor() -> None:
    under_floor = replace(REVIEWERS_XX, rounding=Rounding.FLOOR)
    assert [under_floor.required(people) for people in (0, 1, 19, 20, 39, 40)] == [0, 1, 1, 1, 1, 2]
    assert replace(REVIEWERS_WL, rounding=Rounding.FLOOR).required(19) == 0


def test_a_waiver_changes_what_is_shown_and_no_number() -> None:
    plain, waived = judge(SETS, 9, present=2), judge(SETS, 9, present=2, is_waived=True)
    assert (plain.status, waived.status) == (FLOOR_ONLY, QuotaStatus.WAIVED)
    assert replace(waived, status=plain.status) == plain
    assert waived.short == 1
    assert judge(SETS, 9, present=3, is_waived=True).status is MET
    assert judge(SETS, 0, present=0, is_waived=True).status is NONE


def test_the_minimum_binds_below_its_bound_alone() -> None:
    two = Quota(1, 4, minimum=2, minimum_below=4)
    assert [two.required(people) for people in (0, 1, 3, 4, 9)] == [0, 2, 2, 1, 3]
    assert [two.required_by_floor(people) for people in (0, 1, 3, 4, 9)] == [0, 2, 2, 1, 2]


@given(st.integers(0, 10_000), st.integers(0, 3000))
def test_quotas_hold_together(people: int, present: int) -> None:
    by_rounding = {
        rounding: replace(SETS, rounding=rounding).required(people) for rounding in Rounding
    }
    floor, ceil = by_rounding[Rounding.FLOOR], by_rounding[Rounding.CEIL]
    assert floor <= by_rounding[Rounding.NEAREST] <= ceil <= floor + 1
    assert 4 * ceil >= people
    assert SETS.required(people + 1) in (ceil, ceil + 1)
    verdict = judge(SETS, people, present=present)
    assert (verdict.short == 0) == (verdict.status in (MET, NONE))
    assert (verdict.status is SHORT) == (present < floor)
    assert (verdict.people, verdict.present, verdict.required) == (people, present, ceil)


# --- who may enforce ------------------------------------------------------------------------------


def bars(person: PersonFacts, day: str, check: AnnualCheck = AnnualCheck.FLAG) -> set[Bar]:
    return set(may_enforce(person, date.fromisoformat(day), annual_check=check).bars)


def test_r_053_a_certificate_is_good_to_the_end_of_its_last_day() -> None:
    person = officer(until=date(2024, 6, 30))
    assert bars(person, "2024-06-30") == set()
    assert bars(person, "2024-07-01") == {Bar.CERT_EXPIRED}
    assert may_enforce(person, date(2024, 7, 1)).is_on_roster


def test_r_057_a_certificate_is_good_from_its_first_day() -> None:
    person = PersonFacts((posted(),), (Certificate(date(2024, 5, 10), LAST),))
    assert bars(person, "2024-05-09") == {Bar.CERT_NOT_YET}
    assert bars(person, "2024-05-10") == set()


def test_r_046_suspended_from_a_day() -> None:
    suspended = posted(since=date(2024, 8, 1), number=1, status=PostStatus.SUSPENDED)
    person = replace(officer(), postings=(posted(), suspended))
    assert bars(person, "2024-07-31") == set()
    assert bars(person, "2024-08-01") == {Bar.SUSPENDED}


def test_r_103_the_annual_check_blocks_where_the_profile_says_so() -> None:
    person = PersonFacts((posted(),), (Certificate(date(2021, 3, 1), LAST),))
    assert bars(person, "2024-01-02", AnnualCheck.BLOCK) == {Bar.ANNUAL_CHECK_MISSING}
    flagged = may_enforce(person, date(2024, 1, 2))
    assert (flagged.may_enforce, flagged.flags) == (True, (Bar.ANNUAL_CHECK_MISSING,))
    assert bars(person, "2024-01-02", AnnualCheck.IGNORE) == set()
    checked = replace(
        person, certificates=(Certificate(date(2021, 3, 1), LAST, None, frozenset({2023})),)
    )
    assert bars(checked, "2024-01-02", AnnualCheck.BLOCK) == set()
    assert bars(checked, "2025-01-01", AnnualCheck.BLOCK) == {Bar.ANNUAL_CHECK_MISSING}


def test_a_certificate_of_the_year_before_needs_no_check_for_it() -> None:
    person = PersonFacts((posted(),), (Certificate(date(2023, 1, 1), LAST),))
    for day in ("2023-05-01", "2024-01-02", "2024-12-31"):
        assert bars(person, day, AnnualCheck.BLOCK) == set()
    assert bars(person, "2025-01-01", AnnualCheck.BLOCK) == {Bar.ANNUAL_CHECK_MISSING}


def test_every_reason_is_named() -> None:
    somebody = Posting(
        *(EVER, 0, "B-1", PersonKind.AUXILIARY),
        on_establishment=False,
        on_post=False,
        status=PostStatus.LEFT,
    )
    expected = {
        *(Bar.NOT_OFFICER, Bar.NOT_ON_ESTABLISHMENT, Bar.NOT_ON_POST, Bar.LEFT),
        Bar.NO_CERTIFICATE,
    }
    assert bars(PersonFacts((somebody,)), "2024-01-01") == expected
    assert bars(PersonFacts(), "2024-01-01") == {Bar.NO_POSTING, Bar.NO_CERTIFICATE}


def test_the_best_certificate_counts_and_a_revoked_one_does_not() -> None:
    revoked = Certificate(EVER, LAST, date(2024, 3, 1))
    expired = Certificate(EVER, date(2022, 1, 1))
    person = PersonFacts((posted(),), (expired, revoked))
    assert bars(person, "2024-02-29") == set()
    assert bars(person, "2024-03-01") == {Bar.CERT_EXPIRED}
    alone = PersonFacts((posted(),), (revoked,))
    assert bars(alone, "2024-03-01") == {Bar.CERT_REVOKED}


def test_of_two_postings_of_one_day_the_one_stated_later_counts() -> None:
    moved = posted("B-2", number=1)
    person = replace(officer(), postings=(moved, posted()))
    standing = may_enforce(person, date(2024, 1, 1))
    assert standing.posting == moved


@pytest.mark.parametrize("status", [one for one in PostStatus if one is not PostStatus.ACTIVE])
def test_r_046_who_does_not_serve_is_not_on_the_roster(status: PostStatus) -> None:
    person = replace(officer(), postings=(posted(status=status),))
    assert not may_enforce(person, date(2024, 1, 1)).is_on_roster


def test_the_days_on_which_a_verdict_may_turn() -> None:
    held = Certificate(date(2021, 3, 1), date(2024, 6, 30), date(2023, 5, 5))
    person = PersonFacts((posted(),), (held,))
    plain = {EVER, date(2021, 3, 1), date(2024, 7, 1), date(2023, 5, 5)}
    assert turning_days(person, annual_check=AnnualCheck.IGNORE) == plain
    checks = {date(2023, 1, 1), date(2024, 1, 1)}
    for check in (AnnualCheck.FLAG, AnnualCheck.BLOCK):
        assert turning_days(person, annual_check=check) == plain | checks
    for_ever = PersonFacts((), (Certificate(date(9998, 1, 1), date.max),))
    assert turning_days(for_ever, annual_check=AnnualCheck.FLAG) == {date(9998, 1, 1)}


# --- sets -----------------------------------------------------------------------------------------


def reasons(one: DeviceFacts, at: str, rule: CountRule | None = None) -> tuple[Uncounted, ...]:
    return count_device(one, moment(at), rule=rule or RULE.counting).reasons


def test_a_self_test_holds_for_thirty_days_and_the_newest_counts() -> None:
    one = device(tested="2024-06-01 08:00")
    assert reasons(one, "2024-06-01 07:59") == (Uncounted.NEVER_TESTED,)
    assert reasons(one, "2024-06-01 08:00") == ()
    assert reasons(one, "2024-07-01 08:00") == ()
    assert reasons(one, "2024-07-01 08:00:00.000001") == (Uncounted.TEST_TOO_OLD,)
    failed = replace(one, tests=(*one.tests, Stated(moment("2024-06-05 09:00"), 1, value=False)))
    assert reasons(failed, "2024-06-05 09:00") == (Uncounted.TEST_FAILED,)
    assert reasons(one, "2024-08-01 08:00", CountRule(ALL_KINDS, None)) == ()


def test_what_makes_no_set_or_is_not_in_the_policy() -> None:
    cctv = device(DeviceKind.FIXED_SURVEILLANCE)
    assert reasons(cctv, "2024-06-02 08:00") == (Uncounted.KIND_MAKES_NO_SET,)
    only_cameras = CountRule(frozenset({DeviceKind.BODY_CAMERA}))
    pen = device(DeviceKind.VOICE_RECORDER)
    assert reasons(pen, "2024-06-02 08:00", only_cameras) == (Uncounted.KIND_NOT_IN_POLICY,)


def test_a_device_is_nobodys_before_it_is_registered() -> None:
    one = replace(device(), owners=(Stated(moment("2024-06-02 08:00"), 0, "B-1"),))
    found = count_device(one, moment("2024-06-02 07:59"), rule=RULE.counting)
    assert (found.unit_id, found.part, found.reasons) == (
        *(None, None),
        (Uncounted.NOT_REGISTERED_YET,),
    )


def test_a_loan_ends_at_its_moment() -> None:
    out, back = moment("2024-06-02 08:00"), moment("2024-06-03 08:00")
    one = replace(device(), loans=(Loan("B-2", out, back),))

    def unit(at: datetime) -> str | None:
        return count_device(one, at, rule=RULE.counting).unit_id

    tick = timedelta(microseconds=1)
    assert [unit(at) for at in (out - tick, out, back - tick, back)] == ["B-1", "B-2", "B-2", "B-1"]


def test_the_moments_at_which_a_device_may_turn() -> None:
    tested, broken = moment("2024-06-01 08:00"), moment("2024-06-05 08:00")
    out, back = moment("2024-06-02 08:00"), moment("2024-06-03 08:00")
    one = device(conditions=(("2024-06-05 08:00", Condition.REPAIR),))
    again = moment("2024-06-04 08:00")
    one = replace(one, loans=(Loan("B-2", out, back), Loan("B-2", again)))
    plain = {first_moment(EVER), tested, broken, out, back, again}
    assert turning_moments(one, CountRule(ALL_KINDS, None)) == plain
    too_old = tested + timedelta(days=30, microseconds=1)
    assert turning_moments(one, RULE.counting) == plain | {too_old}


# --- the scenarios --------------------------------------------------------------------------------


def test_g_02_device_breaks_loan_repair() -> None:
    repaired = device(
        conditions=(
            ("2024-06-03 14:20", Condition.REPAIR),
            ("2024-06-07 10:00", Condition.SERVING),
        )
    )
    repaired = replace(
        repaired, tests=(*repaired.tests, Stated(moment("2024-06-07 10:00"), 1, value=True))
    )
    lost = device(conditions=(("2024-06-04 09:00", Condition.LOST),))
    lent = replace(device(unit="B-2"), loans=(Loan("B-1", moment("2024-06-05 08:30")),))
    devices = [device(), lost, repaired, lent]
    first = body([officer() for _ in range(9)], devices)
    expected = [
        ("2024-06-03 08:00", 3, MET, 0),
        ("2024-06-03 14:20", 2, FLOOR_ONLY, 1),
        ("2024-06-04 09:00", 1, SHORT, 2),
        ("2024-06-05 08:30", 2, FLOOR_ONLY, 1),
        ("2024-06-07 10:00", 3, MET, 0),
    ]
    spans = history(first, window(expected[0][0], "2024-06-08 00:00"), rule=RULE)
    found = [
        (span.start, verdict.present, verdict.status, verdict.short)
        for span in spans
        for verdict in [span.ratio.verdict]
    ]
    assert found == [(moment(at), *rest) for at, *rest in expected]
    other = body([officer("B-2") for _ in range(4)], devices, unit="B-2")
    before, after = (
        at_moment(other, moment(at), rule=RULE).verdict.present
        for at in ("2024-06-05 08:29", "2024-06-05 08:30")
    )
    assert (before, after) == (1, 0)


def test_g_03_who_and_what_counts() -> None:
    lapsed = officer(until=date(2024, 5, 31))
    auxiliary = PersonFacts((posted(kind=PersonKind.AUXILIARY),))
    people = [*(officer() for _ in range(8)), lapsed, *([auxiliary] * 3)]
    kinds = [
        *(DeviceKind.BODY_CAMERA, DeviceKind.STILL_CAMERA, DeviceKind.VOICE_RECORDER),
        *(DeviceKind.VOICE_RECORDER, DeviceKind.FIXED_SURVEILLANCE),
    ]
    whole = body(people, [device(kind, tested="2024-05-20 08:00") for kind in kinds])
    ratio = at_moment(whole, moment("2024-06-01 12:00"), rule=RULE)
    assert (ratio.heads.able, ratio.heads.roster) == (8, 9)
    assert (ratio.verdict.present, ratio.verdict.required) == (2, 2)
    assert ratio.verdict.status is MET
    by_roster = replace(RULE, headcount=Headcount.ROSTER)
    verdict = at_moment(whole, moment("2024-06-01 12:00"), rule=by_roster).verdict
    assert (verdict.required, verdict.required_by_floor) == (3, 2)
    assert verdict.status is FLOOR_ONLY


def test_r_166_forecast_of_a_shortfall() -> None:
    leaving = device(conditions=(("2025-03-01 00:00", Condition.RETIRED),))
    without_tests = replace(RULE, counting=CountRule(ALL_KINDS, None))
    whole = body([officer() for _ in range(9)], [device(), device(), leaving])
    spans = history(whole, window("2025-01-01 00:00", "2025-12-31 00:00"), rule=without_tests)
    assert [(span.start, span.ratio.verdict.short) for span in spans] == [
        (moment("2025-01-01 00:00"), 0),
        (moment("2025-03-01 00:00"), 1),
    ]


def test_a_waiver_holds_on_its_days() -> None:
    whole = replace(body([officer()]), waivers=(Waiver(date(2024, 6, 2), date(2024, 6, 3)),))
    spans = history(whole, window("2024-06-01 00:00", "2024-06-06 00:00"), rule=RULE)
    shown = [(day_of(span.start).day, span.ratio.verdict.status) for span in spans]
    assert shown == [(1, SHORT), (2, QuotaStatus.WAIVED), (4, SHORT)]


def test_a_waiver_holds_on_both_its_days() -> None:
    waiver = Waiver(date(2024, 6, 2), date(2024, 6, 3))
    days = [date(2024, 6, day) for day in (1, 2, 3, 4)]
    assert [waiver.holds(day) for day in days] == [False, True, True, False]


def test_the_head_count_follows_the_rule_of_annual_checks() -> None:
    old = PersonFacts((posted(),), (Certificate(date(2021, 3, 1), LAST),))
    blocking = replace(RULE, annual_check=AnnualCheck.BLOCK)
    spans = history(body([old]), window("2022-12-30 00:00", "2023-01-03 00:00"), rule=blocking)
    found = [(day_of(span.start), span.ratio.heads) for span in spans]
    assert found == [
        (date(2022, 12, 30), Heads(1, 1)),
        (date(2023, 1, 1), Heads(0, 1)),
    ]
    assert at_moment(body([old]), moment("2023-01-01 00:00"), rule=RULE).heads.able == 1


def test_what_happens_when_a_window_ends_is_not_in_it() -> None:
    brief = device(conditions=(("2024-06-03 00:00", Condition.REPAIR),))
    spans = history(
        body([officer()], [brief]), window("2024-06-02 00:00", "2024-06-03 00:00"), rule=RULE
    )
    assert [(span.start, span.end) for span in spans] == [
        (moment("2024-06-02 00:00"), moment("2024-06-03 00:00"))
    ]


def by_days(spans: list[RatioSpan]) -> list[tuple[int, QuotaStatus, QuotaStatus]]:
    return [
        (one.day.day, one.worst.verdict.status, one.last.verdict.status) for one in by_day(spans)
    ]


def test_a_day_may_hold_many_spans_and_end_with_one() -> None:
    often = device(
        conditions=(
            ("2024-06-03 09:00", Condition.REPAIR),
            ("2024-06-03 12:00", Condition.SERVING),
            ("2024-06-03 15:00", Condition.REPAIR),
            ("2024-06-03 18:00", Condition.SERVING),
            ("2024-06-04 00:00", Condition.REPAIR),
            ("2024-06-06 09:00", Condition.SERVING),
        )
    )
    whole = body([officer()], [often])
    spans = history(whole, window("2024-06-02 00:00", "2024-06-08 00:00"), rule=RULE)
    assert by_days(spans) == [
        *((2, MET, MET), (3, SHORT, MET), (4, SHORT, SHORT)),
        *((5, SHORT, SHORT), (6, SHORT, MET), (7, MET, MET)),
    ]


def test_a_day_is_judged_by_its_worst_moment_and_its_end() -> None:
    brief = device(
        conditions=(
            ("2024-06-03 09:00", Condition.REPAIR),
            ("2024-06-03 15:00", Condition.SERVING),
        )
    )
    whole = body([officer()], [brief])
    spans = history(whole, window("2024-06-02 12:00", "2024-06-05 00:00"), rule=RULE)
    assert by_days(spans) == [(2, MET, MET), (3, SHORT, MET), (4, MET, MET)]
    assert list(by_day([])) == []
    assert history(whole, Window(spans[0].start, spans[0].start), rule=RULE) == []
