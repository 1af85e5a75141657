"""Half-open spans of time in whole seconds, and what can be done with several of them.

Holds always: `start` is in and `end` is not; a span of no length holds no second; what comes out
is in order, and no two of them touch.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from evidence.errors import BadInput


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """From `start` up to, and not including, `end`, in seconds since 1970 in UTC.

    Raises `BadInput` for one that ends before it begins.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end < self.start:
            message = f"The span from {self.start} ends before, at {self.end}"
            raise BadInput(message, why="SPAN_BACKWARDS", start=self.start, end=self.end)

    @property
    def seconds(self) -> int:
        """How long it is."""
        return self.end - self.start

    def overlap(self, other: "Span") -> int:
        """How many seconds both hold."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def holds(self, second: int) -> bool:
        """Whether that second is in it."""
        return self.start <= second < self.end


def union(spans: Iterable[Span]) -> list[Span]:
    """The same seconds in as few spans as can be."""
    found: list[Span] = []
    for span in sorted([span for span in spans if span.end > span.start], key=_START):
        if found and span.start <= found[-1].end:
            if span.end > found[-1].end:
                found[-1] = Span(found[-1].start, span.end)
        else:
            found.append(span)
    return found


def clip(spans: Iterable[Span], to: Span) -> list[Span]:
    """The seconds of the spans that lie in `to`."""
    inside = [span for span in spans if span.start < to.end and to.start < span.end]
    return union([Span(max(span.start, to.start), min(span.end, to.end)) for span in inside])


def holes(within: Span, taken: Iterable[Span]) -> list[Span]:
    """The seconds of one span that none of `taken` holds."""
    edges = [within.start]
    for span in clip(taken, within):
        edges += (span.start, span.end)
    edges.append(within.end)
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [Span(start, end) for start, end in pairs if start < end]


def subtract(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """The seconds of the spans that none of `taken` holds."""
    away = list(taken)
    return [hole for span in union(spans) for hole in holes(span, away)]


def total(spans: Iterable[Span]) -> int:
    """How many seconds the spans hold, each second once."""
    return sum(span.seconds for span in union(spans))


def at_least(spans: Iterable[Span], depth: int) -> list[Span]:
    """The seconds that so many of the spans hold, or more; `depth` is 1 or more."""
    edges = [edge for span in spans for edge in ((span.start, 1), (span.end, -1))]
    found: list[Span] = []
    held, since = 0, 0
    for moment, step in sorted(edges):
        if held < depth <= held + step:
            since = moment
        elif held + step < depth <= held:
            found.append(Span(since, moment))
        held += step
    return union(found)


_START = attrgetter("start")
