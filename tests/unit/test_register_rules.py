"""Reviewers, rooms, trainings and what is due of certificates, by pure rules."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from devices.board import below_principals
from evidence.certificate_tasks import CertificateTask, PaperState, task_of
from evidence.device_sets import Condition, Stated
from evidence.enforcing import Certificate, PersonFacts, PersonKind, Posting, PostStatus
from evidence.places import FixedDevice, is_watched, unwatched_since
from evidence.quota import Quota, QuotaStatus
from evidence.reviewing import (
    ReviewerRule,
    ReviewerSource,
    Reviewing,
    judge_reviewers,
    source_on,
)
from evidence.training import Training, TrainingKind, TrainingRule, training_year
from people.bodies import Body, UnitKind, UnitStanding
from people.units import Unit

STAFF, PURCHASED = ReviewerSource.STAFF, ReviewerSource.PURCHASED
SHARE = ReviewerRule(Quota(5, 100, minimum=1, minimum_below=20))
DAY = date(2024, 6, 1)


# --- legal reviewers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("officers", "sources", "shown"),
    [
        (60, [STAFF, STAFF, PURCHASED], (3, 3, 2, 1, QuotaStatus.MET)),
        (60, [STAFF, STAFF], (3, 2, 2, 0, QuotaStatus.SHORT)),
        (21, [STAFF], (2, 1, 1, 0, QuotaStatus.MET_FLOOR_ONLY)),
        (19, [], (1, 0, 0, 0, QuotaStatus.SHORT)),
        (0, [], (0, 0, 0, 0, QuotaStatus.NOT_APPLICABLE)),
    ],
)
def test_r_074_both_totals_are_shown(
    officers: int,
    sources: Sequence[ReviewerSource],
    shown: tuple[int, int, int, int, QuotaStatus],
) -> None:
    found = judge_reviewers(SHARE, officers, sources=sources)
    verdict = found.verdict
    assert (verdict.required, verdict.present, found.own, found.outside, verdict.status) == shown


def test_who_comes_from_outside_may_not_count() -> None:
    rule = replace(SHARE, external_counts=False)
    found = judge_reviewers(rule, 60, sources=[STAFF, STAFF, PURCHASED, ReviewerSource.ADVISER])
    assert (found.verdict.present, found.own, found.outside) == (2, 2, 2)


def test_the_newest_statement_for_a_unit_holds() -> None:
    stated = [
        Reviewing(date(2024, 1, 1), 0, "a", STAFF),
        Reviewing(date(2024, 1, 1), 2, "b", PURCHASED),
        Reviewing(date(2024, 3, 1), 1, "a", None),
    ]
    assert source_on(stated, date(2023, 12, 31), units={"a", "b"}) is None
    assert source_on(stated, date(2024, 2, 29), units={"a", "b"}) is STAFF
    assert source_on(stated, date(2024, 3, 1), units={"a", "b"}) is PURCHASED
    assert source_on(stated, date(2024, 3, 1), units={"a"}) is None


# --- rooms ----------------------------------------------------------------------------------------


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2024, 5, day, hour, tzinfo=UTC)


def fitted(number: str, *conditions: tuple[datetime, Condition], since: datetime) -> FixedDevice:
    stated = tuple(Stated(when, place, what) for place, (when, what) in enumerate(conditions))
    return FixedDevice(number, (Stated[str | None](since, 0, "H-1"),), stated)


def test_r_150_a_room_whose_device_is_offline_is_told_since_when() -> None:
    offline, repaired = (at(2, 8), Condition.OFFLINE), (at(4), Condition.SERVING)
    nvr = fitted("NVR", offline, repaired, since=at(1))
    for moment, since in ((at(2, 7), None), (at(2, 8), at(2, 8)), (at(3), at(2, 8)), (at(4), None)):
        assert unwatched_since("H-1", [nvr], at=moment, added_at=at(1)) == since
        assert is_watched("H-1", [nvr], at=moment) is (since is None)
    assert unwatched_since("H-1", [], at=at(9), added_at=at(1)) == at(1)


def test_a_room_is_without_once_its_last_device_is() -> None:
    first = fitted("A", (at(2), Condition.REPAIR), since=at(1))
    moved = FixedDevice(
        "B", (Stated[str | None](at(1), 0, "H-1"), Stated[str | None](at(5), 1, "Q-1"))
    )
    assert unwatched_since("H-1", [first, moved], at=at(4), added_at=at(1)) is None
    assert unwatched_since("H-1", [first, moved], at=at(9), added_at=at(1)) == at(5)
    assert unwatched_since("Q-1", [first, moved], at=at(9), added_at=at(1)) is None
    assert unwatched_since("Q-1", [first, moved], at=at(4), added_at=at(3)) == at(3)


# --- trainings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "general", "short"),
    [(38, 1, (20, 0)), (44, 0, (0, 1)), (40, 1, (0, 0)), (0, 0, (400, 1))],
)
def test_r_055_hours_and_general_law(hours: int, general: int, short: tuple[int, int]) -> None:
    kinds = [TrainingKind.GENERAL_LAW] * general + [TrainingKind.NEW_LAW] * (hours - general)
    had = [Training(date(2024, 12, 31), 10, kind) for kind in kinds]
    had += [Training(date(2023, 12, 31), 900, TrainingKind.GENERAL_LAW)]
    had += [Training(date(2024, 2, 1), 900, TrainingKind.PRE_POST)]
    year = training_year(had, 2024, rule=TrainingRule(40, 1))
    assert (year.short_tenths, year.general_short) == short
    assert year.is_enough is (short == (0, 0))
    assert year.pre_post
    assert not training_year(had[:-1], 2024, rule=TrainingRule(40, 1)).pre_post


# --- certificates ---------------------------------------------------------------------------------

HELD = Certificate(date(2020, 10, 1), date(2020, 9, 30) + timedelta(days=1825))


def officer(status: PostStatus = PostStatus.ACTIVE) -> PersonFacts:
    first = Posting(
        date(2020, 1, 1), 0, "u", PersonKind.OFFICER, on_establishment=True, on_post=True
    )
    return PersonFacts((first, replace(first, from_day=DAY, number=1, status=status)))


def task(paper: PaperState, day: date, *others: Certificate, **changes: PostStatus) -> str | None:
    return task_of(paper, day, person=officer(**changes), others=others, warn=60)


def test_r_115_what_ends_soon_is_told_from_sixty_days_before() -> None:
    held = Certificate(date(2018, 10, 1), date(2020, 9, 30), checked=frozenset({2019}))
    paper = PaperState(held)
    assert task(paper, date(2020, 7, 31)) is None
    assert task(paper, date(2020, 8, 1)) is CertificateTask.RENEW
    assert task(paper, date(2020, 9, 30)) is CertificateTask.RENEW
    assert task(paper, date(2020, 10, 1)) is CertificateTask.COLLECT
    goes_on = Certificate(date(2020, 10, 1), date(2025, 9, 30))
    assert task(paper, date(2020, 9, 1), goes_on) is None
    assert task(paper, date(2020, 9, 1), replace(goes_on, valid_from=date(2020, 10, 2))) is (
        CertificateTask.RENEW
    )


def test_r_103_a_missing_check_is_told_whatever_it_bars() -> None:
    paper = PaperState(HELD)
    assert task(paper, date(2021, 12, 31)) is None
    assert task(paper, date(2022, 1, 2)) is CertificateTask.CHECK
    checked = replace(HELD, checked=frozenset({2021}))
    assert task(replace(paper, certificate=checked), date(2022, 1, 2)) is None


@pytest.mark.parametrize("status", [PostStatus.LEFT, PostStatus.DISQUALIFIED])
def test_r_058_what_is_dead_is_collected_then_destroyed(status: PostStatus) -> None:
    held = replace(HELD, checked=frozenset(range(2020, 2026)))
    paper = PaperState(held, collected_on=date(2024, 6, 5), destroyed_on=date(2024, 6, 9))
    days = {
        date(2024, 5, 31): None,
        date(2024, 6, 1): CertificateTask.COLLECT,
        date(2024, 6, 5): CertificateTask.DESTROY,
        date(2024, 6, 9): None,
    }
    assert {day: task(paper, day, status=status) for day in days} == days
    assert task(PaperState(held), DAY, status=PostStatus.SUSPENDED) is None
    revoked = replace(held, revoked_on=DAY)
    assert task(PaperState(revoked), DAY) is CertificateTask.COLLECT


# --- principals -----------------------------------------------------------------------------------


def body(unit: str, principal: str | None = None) -> Body:
    kind = UnitKind.AGENCY if principal is None else UnitKind.ENTRUSTED
    standing = UnitStanding(DAY, kind, "三定", principal=principal)
    return Body(Unit(unit, None, unit), frozenset({unit}), standing)


def test_r_051_entrusted_bodies_stand_below_their_principals() -> None:
    found = [body("a", "z"), body("b"), body("c", "a"), body("d", "e"), body("e", "d"), body("z")]
    assert [one.unit.id for one in below_principals(found)] == ["b", "z", "a", "c", "d", "e"]
