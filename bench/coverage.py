"""Linking and coverage of recordings and a tenth as many actions, beside a sort of the same rows.

`python -m bench.coverage [--rounds N] [--size N] [--write]`

Rounds take turns with a Python sort of the recordings by holder and start, with a key function.
Growth is the exponent by which time rises from a quarter of the recordings to all of them, with as
many recordings and actions for each holder day by day: more recordings are more holders and days.
What one changed action or one new recording costs is measured where they are stored.
"""

import argparse
import gc
import math
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from evidence.coverage import Modality, SeamRule, Stretch, Verdict, cover_each, verdict
from evidence.interval import Span
from evidence.linking import ActionIndex, ActionWindow, Footage, candidates, winner
from tests.fault.figures import record
from tests.fault.prove import commit_of_the_code

FIGURES = Path(__file__).parents[1] / "docs" / "FIGURES.md"
HEADING = "Linking and coverage"
COLUMNS = ("figure", "median", "spread", "goal", "reached", "commit", "day")
SIZE = 1_000_000
NOW = 1_700_000_000
DAY = 86_400
RULE = SeamRule(5, 30)
BOTH = tuple(Modality)


@dataclass(frozen=True)
class Rows:
    """Recordings and actions, mixed as they come."""

    footage: list[Footage]
    actions: list[ActionWindow]


def rows(size: int) -> Rows:
    """As many recordings, a thousandth as many recorders, a tenth as many actions.

    Each holder films a working day in files of about ten minutes, and is in an action now and then.
    """
    random, holders = Random(size), max(size // 1000, 1)
    footage: list[Footage] = []
    for number in range(size):
        holder, place = number % holders, number // holders
        start = NOW + place // 40 * DAY + place % 40 * 720 + random.randrange(60)
        span = Span(start, start + random.randrange(60, 660))
        footage.append(Footage(f"R-{number}", f"D-{holder}", span, holder=f"P-{holder}"))
    days = max(size // holders // 40, 1)
    actions: list[ActionWindow] = []
    for number in range(size // 10):
        start = NOW + random.randrange(days) * DAY + random.randrange(28_800)
        team = {f"P-{random.randrange(holders)}" for _ in range(2)}
        span = Span(start, start + random.randrange(300, 3600))
        actions.append(ActionWindow(f"A-{number}", span, frozenset(team)))
    random.shuffle(footage)
    random.shuffle(actions)
    return Rows(footage, actions)


def by_sort(some: Rows) -> int:
    """The yardstick: the recordings in the order of holder and start."""
    ordered = sorted(some.footage, key=lambda one: (one.holder or "", one.span.start))
    return len(ordered)


def by_rules(some: Rows) -> int:
    """Every recording linked where that is clear, and every action judged; how many have a link."""
    index = ActionIndex(some.actions)
    linked: dict[str, list[Stretch]] = defaultdict(list)
    for one in some.footage:
        won = winner(candidates(one, index))
        if won is not None:
            linked[won.action] += [
                Stretch(one.recording, one.device, modality, one.span) for modality in BOTH
            ]
    judged = [
        verdict(cover_each(action.span, linked.get(action.action, ()), rule=RULE))
        for action in some.actions
    ]
    return sum(one is not Verdict.NONE for one in judged)


def seconds(work: Callable[[Rows], int], some: Rows) -> float:
    """Processor time that it takes; the collector of cycles, which finds none here, waits."""
    gc.collect()
    gc.disable()
    began = time.process_time()
    try:
        if work(some) == 0:
            raise RuntimeError("Nothing was linked")
    finally:
        gc.enable()
    return time.process_time() - began


def main() -> None:
    """Measures, prints, and writes docs/FIGURES.md where asked to."""
    parser = argparse.ArgumentParser(prog="bench.coverage", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--write", action="store_true", help="write docs/FIGURES.md")
    options = parser.parse_args()
    quarter, whole = rows(options.size // 4), rows(options.size)
    growths, shares = [], []
    for _ in range(options.rounds):
        sort, small, large = (
            seconds(work, some)
            for work, some in ((by_sort, whole), (by_rules, quarter), (by_rules, whole))
        )
        growths.append(math.log(large / small) / math.log(4))
        shares.append(large / sort)
        print(*(f"{value:.2f} s" for value in (sort, small, large)), flush=True)
    size = f"{options.size:,} recordings and {options.size // 10:,} actions"
    tell("exponent of growth over a factor of four", growths, goal=1.25, write=options.write)
    tell(f"{size}, against a sort of them", shares, goal=5, write=options.write)


def tell(figure: str, values: Sequence[float], *, goal: float, write: bool) -> None:
    """Prints a figure, and records it."""
    median = statistics.median(values)
    spread = f"{min(values):.2f} to {max(values):.2f}"
    row = (figure, f"{median:.2f}", spread, f"≤ {goal}", "yes" if median <= goal else "no")
    print(*row, sep="  ")
    if write:
        day = f"{datetime.now(UTC):%Y-%m-%d}"
        record(FIGURES, HEADING, columns=COLUMNS, row=(*row, commit_of_the_code(), day))


if __name__ == "__main__":
    main()
