"""Half-open spans of bytes, and their union."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Span:
    """From `start` up to but not including `end`, in bytes."""

    start: int
    end: int


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same bytes in as few spans as can be, in order; empty spans say nothing."""
    found: list[Span] = []
    for span in sorted(span for span in spans if span.end > span.start):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found
