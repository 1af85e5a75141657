"""The stretches of a stream that really decode, as its frames come.

Holds always: what is kept does not grow with the number of frames, and what no longer fits is left
out and said to be, never taken for footage. A picture that is said to stand longer than a usual one
is a hole: what happened meanwhile is on no picture. Times are in ticks of the stream.
"""

from collections import Counter
from collections.abc import Sequence

MOST_RUNS = 65_536
"""Kept while frames come: half a day of a picture every second, each with a hole behind it."""

MOST_STRETCHES = 4096
"""Of one stream in a row: more holes of a second would fill more than an hour."""

_MOST_GAPS = 1024
"""Different steps from frame to frame that are counted; the usual one is among the first."""

Stretch = tuple[int, int]


class Runs:
    """Runs of frames of which none comes more than a second after the one before it."""

    def __init__(self, per_second: int) -> None:
        self._second = per_second
        self._runs: list[list[int]] = []
        self._gaps: Counter[int] = Counter()
        self._before: int | None = None
        self.is_cut = False
        """Whether there were more than fit."""

    def add(self, at: int, length: int) -> None:
        """The next frame, be it earlier than the one before, and how long it says it lasts."""
        self._count(at)
        run = self._runs[-1] if self._runs else None
        if run is not None and run[0] - self._second <= at <= run[1] + self._second:
            run[0] = min(run[0], at)
            if at >= run[1]:
                run[1:] = [at, length]
        elif len(self._runs) < MOST_RUNS:
            self._runs.append([at, at, length])
        else:
            self.is_cut = True

    def stretches(self) -> list[Stretch]:
        """From when to when, in order, apart by more than a second each.

        A frame lasts at most as long as a usual one, so slow pictures that come evenly leave no
        hole, and one that says it lasts until the next does; a length of one tick says nothing.
        """
        usual = self._usual()
        joined: list[Stretch] = []
        for first, last, length in sorted(self._runs):
            lasts = usual if usual and length <= 1 else min(length, usual or length)
            end = last + max(lasts, 1)
            if joined and first - joined[-1][1] <= self._second:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((first, end))
        self.is_cut = self.is_cut or len(joined) > MOST_STRETCHES
        return joined[:MOST_STRETCHES]

    def _count(self, at: int) -> None:
        gap = 0 if self._before is None else at - self._before
        self._before = at
        if gap > 0 and (gap in self._gaps or len(self._gaps) < _MOST_GAPS):
            self._gaps[gap] += 1

    def _usual(self) -> int | None:
        """The step that half of the steps are no longer than; None where there was none."""
        left = (self._gaps.total() + 1) // 2
        for gap in sorted(self._gaps):
            left -= self._gaps[gap]
            if left <= 0:
                return gap
        return None


def beginning_at(stretches: Sequence[Stretch], origin: int) -> tuple[Stretch, ...]:
    """The same, told from another moment."""
    return tuple((start - origin, end - origin) for start, end in stretches)
