"""Who reviews a body's major decisions before they are made, and whether that is enough (法制审核).

Holds always: the engine is that of the recorders (`evidence.quota`); of two statements for one unit
the one that begins later holds, of one day the one stated later; who comes from outside is counted
where the profile lets them count, and shown apart always (R-073, R-074, R-157; reading D-04).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from evidence.quota import Quota, QuotaVerdict, judge


class ReviewerSource(StrEnum):
    """Where a legal reviewer comes from. The last two are from outside the body."""

    STAFF = "STAFF"
    DEDICATED_POST = "DEDICATED_POST"
    PURCHASED = "PURCHASED"
    ADVISER = "ADVISER"


OUTSIDE = frozenset({ReviewerSource.PURCHASED, ReviewerSource.ADVISER})


@dataclass(frozen=True, order=True)
class Reviewing:
    """Somebody reviews for a unit from a day on; no longer where `source` is None.

    `number` is the order of stating.
    """

    from_day: date
    number: int
    unit_id: str
    source: ReviewerSource | None


@dataclass(frozen=True)
class ReviewerRule:
    """The parameters of a profile that bear on reviewers."""

    quota: Quota
    external_counts: bool = True


@dataclass(frozen=True)
class ReviewerVerdict:
    """The verdict on those who count, with how many there are of each source beside it."""

    verdict: QuotaVerdict
    by_source: Mapping[ReviewerSource, int]

    @property
    def own(self) -> int:
        """How many are the body's own."""
        return sum(count for source, count in self.by_source.items() if source not in OUTSIDE)

    @property
    def outside(self) -> int:
        """How many come from outside, whether they count or not."""
        return sum(count for source, count in self.by_source.items() if source in OUTSIDE)


def source_on(
    stated: Iterable[Reviewing], day: date, *, units: Collection[str]
) -> ReviewerSource | None:
    """As what somebody reviews for one of these units on a day; own before outside, None: not."""
    newest: dict[str, Reviewing] = {}
    for one in sorted(one for one in stated if one.from_day <= day and one.unit_id in units):
        newest[one.unit_id] = one
    found = {one.source for one in newest.values()}
    return next((source for source in ReviewerSource if source in found), None)


def judge_reviewers(
    rule: ReviewerRule, officers: int, *, sources: Iterable[ReviewerSource]
) -> ReviewerVerdict:
    """The verdict for so many officers and reviewers of these sources."""
    found = Counter(sources)
    counted = sum(
        count for source, count in found.items() if rule.external_counts or source not in OUTSIDE
    )
    return ReviewerVerdict(judge(rule.quota, officers, present=counted), found)
