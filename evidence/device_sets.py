"""Which devices make up a 套 (set) that can record sound and picture, and at which moments.

Holds always: a device counts for one unit at a time, the borrower's while it is lent; a body
camera or camcorder is a set, a still camera and a voice recorder are one together, and nothing
else is (reading D-02); what does not count is named with every reason why.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from evidence.vocabulary import DeviceKind

T = TypeVar("T")


class Condition(StrEnum):
    """Whether a device serves. Whose hands it is in makes no difference to that."""

    SERVING = "SERVING"
    REPAIR = "REPAIR"
    OFFLINE = "OFFLINE"
    LOST = "LOST"
    RETIRED = "RETIRED"


class Part(StrEnum):
    """What a device adds to the count of sets."""

    WHOLE = "WHOLE"
    PICTURE = "PICTURE"
    SOUND = "SOUND"


class Uncounted(StrEnum):
    """Why a device adds nothing."""

    NOT_REGISTERED_YET = "NOT_REGISTERED_YET"
    KIND_MAKES_NO_SET = "KIND_MAKES_NO_SET"
    KIND_NOT_IN_POLICY = "KIND_NOT_IN_POLICY"
    IN_REPAIR = "IN_REPAIR"
    OFFLINE = "OFFLINE"
    LOST = "LOST"
    RETIRED = "RETIRED"
    NEVER_TESTED = "NEVER_TESTED"
    TEST_FAILED = "TEST_FAILED"
    TEST_TOO_OLD = "TEST_TOO_OLD"


PARTS: Mapping[DeviceKind, Part] = {
    DeviceKind.BODY_CAMERA: Part.WHOLE,
    DeviceKind.CAMCORDER: Part.WHOLE,
    DeviceKind.STILL_CAMERA: Part.PICTURE,
    DeviceKind.VOICE_RECORDER: Part.SOUND,
    DeviceKind.AUDIO_RECORDER: Part.SOUND,
}

_BY_CONDITION: Mapping[Condition, Uncounted] = {
    Condition.REPAIR: Uncounted.IN_REPAIR,
    Condition.OFFLINE: Uncounted.OFFLINE,
    Condition.LOST: Uncounted.LOST,
    Condition.RETIRED: Uncounted.RETIRED,
}
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, order=True)
class Stated(Generic[T]):
    """A fact that holds from a moment on, until a later one; `number` is the order of stating."""

    at: datetime
    number: int
    value: T


@dataclass(frozen=True)
class Loan:
    """Lent to a unit from a moment up to, and not including, another; None while it is out."""

    unit_id: str
    out_at: datetime
    back_at: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it is lent at that moment."""
        return self.out_at <= at and (self.back_at is None or at < self.back_at)


@dataclass(frozen=True)
class DeviceFacts:
    """All that is on record of one device and bears on counting; `tests` are passed or not."""

    kind: DeviceKind
    owners: tuple[Stated[str], ...]
    conditions: tuple[Stated[Condition], ...] = ()
    tests: tuple[Stated[bool], ...] = ()
    loans: tuple[Loan, ...] = ()


@dataclass(frozen=True)
class CountRule:
    """What counts: `ratio.countable_kinds` and how old a self-test may be; None asks for none."""

    kinds: frozenset[DeviceKind]
    test_holds: timedelta | None = timedelta(days=30)


@dataclass(frozen=True)
class DeviceCount:
    """The verdict for one device and moment; `unit_id` is None before it was registered."""

    unit_id: str | None
    part: Part | None
    reasons: tuple[Uncounted, ...] = ()


def count_device(device: DeviceFacts, at: datetime, *, rule: CountRule) -> DeviceCount:
    """What a device adds at a moment, to which unit, or every reason why nothing."""
    unit = _unit_at(device, at)
    reasons = tuple(_reasons(device, at, rule=rule, is_registered=unit is not None))
    return DeviceCount(unit, None if reasons else PARTS[device.kind], reasons)


def sets_of(parts: Mapping[Part, int]) -> int:
    """How many sets so many parts are: pairs of picture and sound count once."""
    return parts[Part.WHOLE] + min(parts[Part.PICTURE], parts[Part.SOUND])


def turning_moments(device: DeviceFacts, rule: CountRule) -> frozenset[datetime]:
    """Every moment at which the verdict on a device may change; between two it stays."""
    found = {stated.at for stated in device.owners}
    found |= {stated.at for stated in device.conditions}
    found |= {stated.at for stated in device.tests}
    for loan in device.loans:
        found |= {loan.out_at} | ({loan.back_at} if loan.back_at else set())
    if rule.test_holds is not None:
        found |= {test.at + rule.test_holds + _TICK for test in device.tests}
    return frozenset(found)


def newest(facts: Iterable[Stated[T]], at: datetime) -> Stated[T] | None:
    """The fact that holds at a moment: the latest to begin, of one moment the last stated."""
    begun = [fact for fact in facts if fact.at <= at]
    return max(begun, default=None)


def _unit_at(device: DeviceFacts, at: datetime) -> str | None:
    owner = newest(device.owners, at)
    if owner is None:
        return None
    lent = [loan for loan in device.loans if loan.holds(at)]
    return max(lent, key=lambda loan: loan.out_at).unit_id if lent else owner.value


def _reasons(
    device: DeviceFacts, at: datetime, *, rule: CountRule, is_registered: bool
) -> Iterable[Uncounted]:
    if not is_registered:
        yield Uncounted.NOT_REGISTERED_YET
    if device.kind not in PARTS:
        yield Uncounted.KIND_MAKES_NO_SET
    elif device.kind not in rule.kinds:
        yield Uncounted.KIND_NOT_IN_POLICY
    condition = newest(device.conditions, at)
    if condition is not None and condition.value in _BY_CONDITION:
        yield _BY_CONDITION[condition.value]
    if rule.test_holds is not None:
        yield from _against_test(newest(device.tests, at), at, holds=rule.test_holds)


def _against_test(
    test: Stated[bool] | None, at: datetime, *, holds: timedelta
) -> Iterable[Uncounted]:
    if test is None:
        yield Uncounted.NEVER_TESTED
    elif not test.value:
        yield Uncounted.TEST_FAILED
    elif at - test.at > holds:
        yield Uncounted.TEST_TOO_OLD
