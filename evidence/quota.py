"""How many of something a number of people demands, and whether it is there.

Holds always: integers only; nobody demands nothing, and few people demand at least the minimum
under every rounding; a waiver changes what is shown, never a number. One engine for recorders
(每4名执法人员配备1套, R-147, R-148) and for legal reviewers (不少于5%, R-073, R-157), as D-01 and
D-04 read them.
"""

from dataclasses import dataclass
from enum import StrEnum


class Rounding(StrEnum):
    """The reading of a demand that is no whole number; at NEAREST a half rounds up."""

    CEIL = "CEIL"
    FLOOR = "FLOOR"
    NEAREST = "NEAREST"


class QuotaStatus(StrEnum):
    """What a count amounts to. MET_FLOOR_ONLY is met under the mildest reading alone."""

    NOT_APPLICABLE = "NOT_APPLICABLE"
    MET = "MET"
    MET_FLOOR_ONLY = "MET_FLOOR_ONLY"
    SHORT = "SHORT"
    WAIVED = "WAIVED"


@dataclass(frozen=True)
class Quota:
    """`numerator` for each `denominator` people, and at least `minimum` where there are few.

    The minimum binds from one person up to, and not including, `minimum_below` people; from
    there on the share alone decides.
    """

    numerator: int
    denominator: int
    rounding: Rounding = Rounding.CEIL
    minimum: int = 0
    minimum_below: int = 0

    def required(self, people: int) -> int:
        """How many are demanded under this quota's rounding."""
        return self._at_least(people, _shared(self, people, rounding=self.rounding))

    def required_by_floor(self, people: int) -> int:
        """How many are demanded under the mildest reading."""
        return self._at_least(people, _shared(self, people, rounding=Rounding.FLOOR))

    def _at_least(self, people: int, share: int) -> int:
        few = 0 < people < self.minimum_below
        return max(share, self.minimum) if few else share


@dataclass(frozen=True)
class QuotaVerdict:
    """Demand and supply beside each other; `short` is what the quota's own rounding misses."""

    people: int
    present: int
    required: int
    required_by_floor: int
    status: QuotaStatus
    unwaived: QuotaStatus

    @property
    def short(self) -> int:
        """How many are missing, whatever was waived."""
        return max(0, self.required - self.present)


def judge(quota: Quota, people: int, *, present: int, is_waived: bool = False) -> QuotaVerdict:
    """The verdict for so many people and so many of what they need.

    A waiver shows where something is missing only: what is met needs none.
    """
    required, floor = quota.required(people), quota.required_by_floor(people)
    unwaived = _status(people, present, required=required, floor=floor)
    lacking = unwaived in (QuotaStatus.SHORT, QuotaStatus.MET_FLOOR_ONLY)
    shown = QuotaStatus.WAIVED if is_waived and lacking else unwaived
    return QuotaVerdict(people, present, required, floor, shown, unwaived)


def _status(people: int, present: int, *, required: int, floor: int) -> QuotaStatus:
    if people == 0:
        return QuotaStatus.NOT_APPLICABLE
    if present >= required:
        return QuotaStatus.MET
    return QuotaStatus.MET_FLOOR_ONLY if present >= floor else QuotaStatus.SHORT


def _shared(quota: Quota, people: int, *, rounding: Rounding) -> int:
    share, below = people * quota.numerator, quota.denominator
    if rounding is Rounding.CEIL:
        return -(-share // below)
    if rounding is Rounding.NEAREST:
        return (2 * share + below) // (2 * below)
    return share // below
