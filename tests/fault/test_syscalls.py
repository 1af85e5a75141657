"""A sample of the failing calls of the campaign; the whole of it is `script/prove syscalls`."""

from collections.abc import Iterator

import pytest

from tests.fault.kills import Yard, new_yard
from tests.fault.syscalls import (
    EIO,
    ENOSPC,
    FORBIDDEN,
    LIES,
    OPEN,
    READ,
    RENAME,
    STAT,
    WRITE,
    Fault,
    attempt,
    faults,
    missing,
)

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "nothing is missing")

SAMPLE = [
    (Fault("vault", "fsync", EIO), 2),
    (Fault("vault", RENAME, ENOSPC), 1),
    (Fault("vault", STAT, EIO), 10),
    (Fault("vault", READ, EIO), 3),
    (Fault("vault", READ, EIO), 8),
    (Fault("vault", "pwrite64", LIES[1]), 1),
    (Fault("card", READ, EIO), 2),
    (Fault("card", OPEN, EIO), 6),
    (Fault("database", READ, EIO), 4),
    (Fault("database", WRITE, ENOSPC), 5),
]


@pytest.fixture(scope="module")
def yard() -> Iterator[Yard]:
    with new_yard() as made:
        yield made


@pytest.mark.parametrize(("fault", "time"), SAMPLE, ids=str)
def test_a_failing_call_ends_in_no_lie_and_no_trace(yard: Yard, fault: Fault, time: int) -> None:
    tally = attempt(yard, fault, time)
    assert tally["fired"] == 1, "the call did not fail: the sample is of another program"
    assert {name: tally[name] for name in FORBIDDEN if tally[name]} == {}, tally


def test_a_call_that_never_comes_is_not_counted(yard: Yard) -> None:
    assert not attempt(yard, Fault("vault", "fsync", EIO), 300)


def test_every_part_and_way_of_failing_is_tried() -> None:
    assert {fault.part for fault in faults()} >= {"vault", "card", "database", "site"}
    assert len(faults()) == len(set(faults())) > 50
