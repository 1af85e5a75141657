"""The ratio of 2,000 officers in 100 units for each day of three years.

`python -m bench.ratio [--rounds N] [--write]`

Growth is the exponent by which time rises with the number of officers and devices, from 500 to
4,000 officers, fitted over medians of rounds that take turns. What one changed fact costs is the
time to compute the one body it bears on again, against the time of all bodies.
"""

import argparse
import math
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from evidence.device_sets import Condition, CountRule, DeviceFacts, Stated
from evidence.enforcing import Certificate, PersonFacts, PersonKind, Posting, PostStatus
from evidence.quota import Quota
from evidence.ratio import BodyFacts, RatioRule, Window, by_day, first_moment, history
from evidence.vocabulary import DeviceKind
from tests.fault.figures import record
from tests.fault.prove import commit_of_the_code

FIGURES = Path(__file__).parents[1] / "docs" / "FIGURES.md"
HEADING = "Ratio through three years"
COLUMNS = ("figure", "median", "spread", "goal", "reached", "commit", "day")
UNITS = 100
SIZES = (500, 1000, 2000, 4000)
FIRST, DAYS = date(2023, 1, 1), 1096
RULE = RatioRule(Quota(1, 4, minimum=1, minimum_below=4), CountRule(frozenset(DeviceKind)))
WINDOW = Window(first_moment(FIRST), first_moment(FIRST + timedelta(days=DAYS)))


def officer(random: Random, units: Sequence[str]) -> PersonFacts:
    """Somebody who moved a few times, and whose certificate was renewed."""
    postings = [Posting(FIRST - timedelta(days=900), 0, random.choice(units), *_OFFICER)]
    for number in range(1, random.randrange(1, 4)):
        day = FIRST + timedelta(days=random.randrange(DAYS))
        status = random.choice((PostStatus.ACTIVE, PostStatus.ACTIVE, PostStatus.SUSPENDED))
        postings.append(Posting(day, number, random.choice(units), *_OFFICER, status))
    renewed = FIRST + timedelta(days=random.randrange(DAYS))
    first = Certificate(FIRST - timedelta(days=900), renewed)
    return PersonFacts(tuple(postings), (first, Certificate(renewed, date(2030, 1, 1))))


_OFFICER = (PersonKind.OFFICER, True, True)


def device(random: Random, units: Sequence[str]) -> DeviceFacts:
    """A camera that is tested each month and was in repair once."""
    start = first_moment(FIRST)
    tests = [
        Stated(start + timedelta(days=28 * number, hours=random.randrange(24)), number, value=True)
        for number in range(DAYS // 28)
    ]
    broken = start + timedelta(days=random.randrange(DAYS), hours=9)
    repairs = (
        Stated(broken, 0, Condition.REPAIR),
        Stated(broken + timedelta(days=5), 1, Condition.SERVING),
    )
    owner = (Stated(start, 0, random.choice(units)),)
    return DeviceFacts(DeviceKind.BODY_CAMERA, owner, repairs, tuple(tests))


def bodies(officers: int) -> list[BodyFacts]:
    """The units with the people and devices that were ever in them."""
    random = Random(officers)
    units = [f"u{number}" for number in range(UNITS)]
    people = [officer(random, units) for _ in range(officers)]
    devices = [device(random, units) for _ in range(officers // 4)]
    return [
        BodyFacts(
            frozenset({unit}),
            [one for one in people if any(held.unit_id == unit for held in one.postings)],
            [one for one in devices if any(owner.value == unit for owner in one.owners)],
        )
        for unit in units
    ]


def seconds(some: Sequence[BodyFacts]) -> float:
    """How long each day of three years takes for these bodies."""
    began = time.perf_counter()
    days = sum(len(list(by_day(history(body, WINDOW, rule=RULE)))) for body in some)
    if days != DAYS * len(some):
        raise RuntimeError(f"{days} days were counted")
    return time.perf_counter() - began


def exponent(times: Sequence[float]) -> float:
    """The slope of a straight line through the logarithms."""
    xs, ys = [math.log(size) for size in SIZES], [math.log(value) for value in times]
    middle, height = statistics.fmean(xs), statistics.fmean(ys)
    rise = sum((x - middle) * (y - height) for x, y in zip(xs, ys, strict=True))
    return rise / sum((x - middle) ** 2 for x in xs)


def main() -> None:
    """Measures, prints, and writes docs/FIGURES.md where asked to."""
    parser = argparse.ArgumentParser(prog="bench.ratio", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="write docs/FIGURES.md")
    options = parser.parse_args()
    sizes = {size: bodies(size) for size in SIZES}
    growths, shares = [], []
    for _ in range(options.rounds):
        times = [seconds(sizes[size]) for size in SIZES]
        growths.append(exponent(times))
        whole = sizes[2000]
        shares.append(statistics.median(seconds([body]) for body in whole) / times[2])
        print(*(f"{value:.2f} s" for value in times), flush=True)
    for figure, values, goal in (
        ("exponent of growth with officers, 100 units, 1,096 days", growths, 1.1),
        ("one changed fact: its unit again, against all 100", shares, 0.02),
    ):
        median = statistics.median(values)
        spread = f"{min(values):.3f} to {max(values):.3f}"
        row = (figure, f"{median:.3f}", spread, f"≤ {goal}", "yes" if median <= goal else "no")
        print(*row, sep="  ")
        if options.write:
            day = f"{datetime.now(UTC):%Y-%m-%d}"
            record(FIGURES, HEADING, columns=COLUMNS, row=(*row, commit_of_the_code(), day))


if __name__ == "__main__":
    main()
