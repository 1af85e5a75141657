"""Grants and the supervision of looks, without a database."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from evidence.access import (
    Asking,
    Confidentiality,
    CopyForm,
    GrantAnswer,
    GrantBar,
    GranteeKind,
    GrantKind,
    GrantState,
    Ground,
    Term,
    against_approval,
    allowed_forms,
    state_of,
)
from evidence.supervising import (
    Flagged,
    Looked,
    LookFlag,
    Measure,
    Period,
    ReviewState,
    flagged,
    left_unexplained,
    months_of,
    period_of,
    periods,
    review_state,
    unknown_days,
)
from evidence.workdays import calendar_of
from people.calendar import shipped

CALENDAR = calendar_of(shipped())
JUNE = Term(date(2024, 6, 3), date(2024, 7, 1))
ASKED = Asking(GrantKind.COPY, GranteeKind.AGENCY, JUNE, "o11", "o30")
K, S, F, C, V = GrantKind, GrantState, LookFlag, Confidentiality, ReviewState


def test_r_020_a_grant_counts_on_its_last_day_and_not_on_the_next() -> None:
    days = (date(2024, 6, 2), date(2024, 6, 3), date(2024, 7, 1), date(2024, 7, 2))
    told = [state_of(JUNE, day, answer=GrantAnswer.APPROVED, is_revoked=False) for day in days]
    assert told == [S.APPROVED, S.ACTIVE, S.ACTIVE, S.EXPIRED]
    waiting = [state_of(JUNE, day, answer=None, is_revoked=False) for day in days]
    assert waiting == [S.REQUESTED, S.REQUESTED, S.REQUESTED, S.EXPIRED]
    for answer in (GrantAnswer.REFUSED, GrantAnswer.WITHDRAWN):
        assert state_of(JUNE, days[1], answer=answer, is_revoked=False) is S.REFUSED
    assert state_of(JUNE, days[1], answer=GrantAnswer.APPROVED, is_revoked=True) is S.REVOKED


def test_every_reason_against_an_approval_is_told_at_once() -> None:
    today = date(2024, 6, 4)
    assert against_approval(ASKED, approver="o40", today=today) == []
    assert against_approval(ASKED, approver="o11", today=today) == [GrantBar.APPROVER_ASKED]
    assert against_approval(ASKED, approver="o30", today=today) == [GrantBar.APPROVER_IS_GRANTEE]
    worst = Asking(
        K.CONSULT, GranteeKind.COUNTERPART, JUNE, "a", "a", {C.PRIVACY}, has_secret=True,
        is_empty=True,
    )  # fmt: skip
    assert set(against_approval(worst, approver="a", today=date(2024, 7, 2))) == set(GrantBar)


@pytest.mark.parametrize("level", [C.PRIVACY, C.COMMERCIAL])
def test_r_168_a_party_gets_what_is_confidential_redacted_and_in_no_other_form(
    level: Confidentiality,
) -> None:
    today = date(2024, 6, 4)
    for kind in GrantKind:
        asked = Asking(kind, GranteeKind.COUNTERPART, JUNE, "a", "b", {C.NONE, level})
        bars = against_approval(asked, approver="c", today=today)
        assert bars == ([] if kind is K.COPY else [GrantBar.CONFIDENTIAL])
    assert allowed_forms(GranteeKind.COUNTERPART, level=level) == {CopyForm.REDACTED}
    for grantee in set(GranteeKind) - {GranteeKind.COUNTERPART}:
        assert allowed_forms(grantee, level=level) == set(CopyForm)
    assert allowed_forms(GranteeKind.COUNTERPART, level=C.NONE) == set(CopyForm)


# --- supervision ----------------------------------------------------------------------------------


def at(text: str) -> datetime:
    """A moment in China."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def look(number: int, when: str, *, person: str = "p", recording: str = "r") -> Looked:
    return Looked(str(number), person, recording, at(when))


@pytest.mark.parametrize(
    ("when", "odd"),
    [
        ("2024-05-06 08:00", False),
        ("2024-05-06 17:59", False),
        ("2024-05-06 07:59", True),
        ("2024-05-06 18:00", True),
        ("2024-05-01 10:00", True),
        ("2024-05-11 10:00", False),
        ("2024-05-18 10:00", True),
        ("2040-05-19 10:00", False),
    ],
    ids=["begins", "ends", "early", "late", "holiday", "make-up day", "Saturday", "unknown year"],
)
def test_r_153_odd_hours_are_those_of_the_calendar(when: str, odd: bool) -> None:  # noqa: FBT001
    found = flagged([look(1, when)], CALENDAR, measure=Measure())
    assert [one.flag for one in found] == ([F.ODD_HOURS] if odd else [])
    assert unknown_days([look(1, when)], CALENDAR) == int(when.startswith("2040"))


def test_many_recordings_within_an_hour_are_bulk_and_one_often_is_not() -> None:
    measure = Measure(bulk=3)
    many = [look(n, f"2024-05-06 10:{n:02}", recording=f"r{n // 10}") for n in range(0, 40, 10)]
    [found] = flagged(many, CALENDAR, measure=measure)
    assert (found.flag, found.looks) == (F.BULK, ("0", "10", "20", "30"))
    often = [look(n, f"2024-05-06 10:{n:02}") for n in range(40)]
    assert flagged(often, CALENDAR, measure=measure) == ()
    slow = [look(n, f"2024-05-06 {n + 9:02}:00", recording=f"r{n}") for n in (0, 2, 4)]
    assert flagged(slow, CALENDAR, measure=measure) == ()
    others = [look(n, "2024-05-06 10:00", person=f"p{n}", recording=f"r{n}") for n in range(5)]
    assert flagged(others, CALENDAR, measure=measure) == ()


@pytest.mark.parametrize(
    ("ground", "linked", "of_team", "told"),
    [
        (Ground.ROLE, True, False, True),
        (None, True, False, True),
        (Ground.ROLE, True, True, False),
        (Ground.ROLE, False, False, False),
        (Ground.GRANT, True, False, False),
        (Ground.OWN, True, False, False),
    ],
)
def test_a_look_from_outside_the_team_is_told_unless_it_was_granted(
    ground: Ground | None, *, linked: bool, of_team: bool, told: bool
) -> None:
    one = Looked("1", "p", "r", at("2024-05-06 10:00"), ground, linked, of_team)
    kinds = [found.flag for found in flagged([one], CALENDAR, measure=Measure())]
    assert kinds == ([F.OUT_OF_TEAM] if told else [])


def test_a_refused_try_is_told_and_is_no_look() -> None:
    tries = [
        Looked(str(n), "p", f"r{n}", at("2024-05-06 03:00"), was_denied=True) for n in range(30)
    ]
    [found] = flagged(tries, CALENDAR, measure=Measure())
    assert (found.flag, len(found.looks)) == (F.DENIED, 30)


def test_periods_follow_each_other_without_a_gap() -> None:
    assert period_of(date(2024, 2, 29), months=1) == Period(date(2024, 2, 1), date(2024, 2, 29))
    assert period_of(date(2024, 12, 31), months=3).name == "2024-10..2024-12"
    found = periods(date(2023, 11, 30), date(2024, 2, 1), months=1)
    assert [one.name for one in found] == ["2023-11", "2023-12", "2024-01", "2024-02"]
    assert all(b.first - a.last == timedelta(days=1) for a, b in pairwise(found))
    assert [months_of(one) for one in ("P1M", "P3M", "P1Y", "P5M", "P30D", None)] == [
        *(1, 3, 12, 1, 1, 1)
    ]


def test_nobody_reviews_their_own_looks() -> None:
    may, after = Period(date(2024, 5, 1), date(2024, 5, 31)), date(2024, 6, 3)
    told = [
        review_state(may, after, persons=persons, signers=signers)
        for persons, signers in (
            ({"a", "b"}, set()),
            ({"a", "b"}, {"c"}),
            ({"a", "b"}, {"a"}),
            ({"a", "b"}, {"a", "b"}),
            (set(), {"a"}),
            (set(), set()),
        )
    ]
    assert told == [V.DUE, V.REVIEWED, V.PARTLY, V.REVIEWED, V.REVIEWED, V.EMPTY]
    assert review_state(may, may.last, persons={"a"}, signers=set()) is V.RUNNING


def test_every_flag_is_raised_or_explained() -> None:
    found = [Flagged("p", flag, ("1",)) for flag in (F.BULK, F.DENIED)]
    assert left_unexplained(found, raised=["p:BULK"], note=" ") == ["p:DENIED"]
    assert left_unexplained(found, raised=[], note="专项检查，已核实") == []
