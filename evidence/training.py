"""Hours of training in a year, and what is missing of them (R-055, R-167).

Holds always: hours are counted in tenths, as whole numbers; a year is a calendar year; what stands
before somebody's first day of work is no yearly training, and is asked for by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class TrainingKind(StrEnum):
    """What a training is about. The first three are those that make up the yearly hours."""

    GENERAL_LAW = "GENERAL_LAW"
    SPECIAL_LAW = "SPECIAL_LAW"
    NEW_LAW = "NEW_LAW"
    PRE_POST = "PRE_POST"


@dataclass(frozen=True)
class Training:
    """A training on a day; `tenths` of an hour (学时)."""

    day: date
    tenths: int
    kind: TrainingKind


@dataclass(frozen=True)
class TrainingRule:
    """`training.hours` in a year, and how many trainings in general law: `training.general_min`."""

    hours: int
    general_min: int


@dataclass(frozen=True)
class TrainingYear:
    """What somebody has in a year and lacks of it; `pre_post` is whether that was ever noted."""

    tenths: int
    general: int
    short_tenths: int
    general_short: int
    pre_post: bool

    @property
    def is_enough(self) -> bool:
        """Whether the yearly duty is fulfilled."""
        return not (self.short_tenths or self.general_short)


def training_year(trainings: Iterable[Training], year: int, *, rule: TrainingRule) -> TrainingYear:
    """The year of one person."""
    known = list(trainings)
    of_year = [
        one for one in known if one.day.year == year and one.kind is not TrainingKind.PRE_POST
    ]
    tenths = sum(one.tenths for one in of_year)
    general = sum(one.kind is TrainingKind.GENERAL_LAW for one in of_year)
    return TrainingYear(
        tenths,
        general,
        short_tenths=max(0, 10 * rule.hours - tenths),
        general_short=max(0, rule.general_min - general),
        pre_post=any(one.kind is TrainingKind.PRE_POST for one in known),
    )
