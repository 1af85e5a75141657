"""The ratio's history against each moment, and its days against their spans, whatever the facts."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from evidence.device_sets import Condition, CountRule, DeviceFacts, Loan, Stated
from evidence.enforcing import (
    AnnualCheck,
    Certificate,
    PersonFacts,
    PersonKind,
    Posting,
    PostStatus,
    may_enforce,
    turning_days,
)
from evidence.quota import Quota, QuotaStatus
from evidence.ratio import (
    BodyFacts,
    RatioAt,
    RatioRule,
    Waiver,
    Window,
    at_moment,
    by_day,
    day_of,
    first_moment,
    history,
)
from evidence.vocabulary import DeviceKind

RULE = RatioRule(Quota(1, 4, minimum=1, minimum_below=4), CountRule(frozenset(DeviceKind)))
BADNESS = (
    *(QuotaStatus.NOT_APPLICABLE, QuotaStatus.MET, QuotaStatus.MET_FLOOR_ONLY, QuotaStatus.SHORT),
)

DAYS = st.dates(date(2024, 1, 1), date(2025, 3, 1))
MINUTES = st.integers(0, 425 * 24 * 60)
MOMENTS = MINUTES.map(lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
UNITS = st.sampled_from(["B-1", "B-1/a", "B-2"])


@st.composite
def people(draw: st.DrawFn) -> PersonFacts:
    postings = tuple(
        Posting(
            draw(DAYS),
            number,
            draw(UNITS),
            draw(st.sampled_from(PersonKind)),
            draw(st.booleans()),
            draw(st.booleans()),
            draw(st.sampled_from(PostStatus)),
        )
        for number in range(draw(st.integers(0, 4)))
    )
    certificates = tuple(
        Certificate(
            draw(st.dates(date(2020, 1, 1), date(2024, 12, 31))),
            draw(DAYS),
            draw(st.none() | DAYS),
            draw(st.frozensets(st.integers(2022, 2024))),
        )
        for _ in range(draw(st.integers(0, 3)))
    )
    return PersonFacts(postings, certificates)


@st.composite
def devices(draw: st.DrawFn) -> DeviceFacts:
    def stated(values: st.SearchStrategy[object], most: int) -> tuple[Stated[object], ...]:
        many = draw(st.lists(st.tuples(MOMENTS, values), max_size=most))
        return tuple(Stated(at, number, value) for number, (at, value) in enumerate(many))

    loans = tuple(
        Loan(draw(UNITS), at, draw(st.none() | st.just(at + timedelta(days=9))))
        for at in draw(st.lists(MOMENTS, max_size=2))
    )
    return DeviceFacts(
        draw(st.sampled_from(DeviceKind)),
        stated(UNITS, 3),  # type: ignore[arg-type]
        stated(st.sampled_from(Condition), 3),  # type: ignore[arg-type]
        stated(st.booleans(), 3),  # type: ignore[arg-type]
        loans,
    )


@given(
    st.lists(people(), max_size=5),
    st.lists(devices(), max_size=5),
    st.sampled_from(AnnualCheck),
    st.lists(MOMENTS, min_size=2, max_size=9),
)
def test_the_history_is_what_each_moment_says(
    some: list[PersonFacts], many: list[DeviceFacts], check: AnnualCheck, moments: list[datetime]
) -> None:
    rule = replace(RULE, annual_check=check)
    waivers = (Waiver(date(2024, 5, 1), date(2024, 5, 9)),)
    whole = BodyFacts(frozenset({"B-1", "B-1/a"}), some, many, waivers)
    since, until = min(moments), max(moments)
    spans = history(whole, Window(since, until), rule=rule)
    if since == until:
        assert spans == []
        return
    assert (spans[0].start, spans[-1].end) == (since, until)
    assert all(a.end == b.start and a.ratio != b.ratio for a, b in itertools.pairwise(spans))
    ends = [span.end - timedelta(microseconds=1) for span in spans]
    for at in {*moments, *ends, *(span.start for span in spans)} - {until}:
        [span] = [one for one in spans if one.start <= at < one.end]
        assert span.ratio == at_moment(whole, at, rule=rule)


@given(st.lists(people(), max_size=4), st.lists(devices(), max_size=4), MOMENTS, MOMENTS)
def test_days_are_what_their_spans_are(
    some: list[PersonFacts], many: list[DeviceFacts], one: datetime, other: datetime
) -> None:
    whole = BodyFacts(frozenset({"B-1", "B-2"}), some, many)
    spans = history(whole, Window(min(one, other), max(one, other)), rule=RULE)
    found = list(by_day(spans))
    days = [] if not spans else [day_of(spans[0].start)]
    while days and first_moment(days[-1] + timedelta(days=1)) < spans[-1].end:
        days.append(days[-1] + timedelta(days=1))
    assert [day.day for day in found] == days
    for day in found:
        start, end = first_moment(day.day), first_moment(day.day + timedelta(days=1))
        inside = [span.ratio for span in spans if span.start < end and start < span.end]
        assert day.last == inside[-1]
        assert day.worst in inside
        assert all(badness(ratio) <= badness(day.worst) for ratio in inside)


def badness(ratio: RatioAt) -> tuple[int, int]:
    return BADNESS.index(ratio.verdict.unwaived), ratio.verdict.short


@given(people(), st.sampled_from(AnnualCheck), DAYS)
def test_a_verdict_turns_on_its_turning_days_only(
    person: PersonFacts, check: AnnualCheck, day: date
) -> None:
    before = may_enforce(person, day - timedelta(days=1), annual_check=check)
    now = may_enforce(person, day, annual_check=check)
    assert before == now or day in turning_days(person, annual_check=check)
