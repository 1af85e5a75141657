"""Whether a verdict would be another within what is known of the clocks (decision C10).

What one clock shows moves together; so the joints within a recorder's own footage stay as they
are. Each clock is moved alone through every second at which an edge of its footage meets the
action, or footage of another clock; then all of them together, each back, where it is, or on.
Holds always: what is said to be marginal is so under a shift that was tried; an unknown
uncertainty moves nothing, and is flagged by its own name instead.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from evidence.coverage import Modality, SeamRule, Stretch, Verdict, cover_each, verdict
from evidence.interval import Span, union

MOST_TOGETHER = 6
"""Clocks that are moved together in every combination: of more, those that may be off furthest."""


@dataclass(frozen=True)
class ClockReach:
    """Footage of one clock, and by how many seconds either way its times may be off."""

    reach_s: int
    stretches: Sequence[Stretch]

    def reaches(self, by: int) -> bool:
        """Whether the clock may be so many seconds off."""
        return abs(by) <= self.reach_s


def is_marginal(window: Span, clocks: Iterable[ClockReach], *, rule: SeamRule) -> bool:
    """Whether some shift of the clocks within their reach gives another verdict."""
    joined = [ClockReach(one.reach_s, _joined(one.stretches)) for one in clocks]
    known = sorted(joined, key=_furthest_first)
    if not any(one.reach_s for one in known):
        return False
    still = (0,) * len(known)
    here = _judge(window, known, shifts=still, rule=rule)
    shifts = set(_shifts(window, known, rule=rule)) - {still}
    return any(_judge(window, known, shifts=by, rule=rule) is not here for by in shifts)


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same seconds in as few stretches as can be: files that a recorder split are one."""
    ordered = sorted(stretches)
    found: list[Stretch] = []
    for modality in Modality:
        those = [one for one in ordered if one.modality is modality]
        found += [replace(those[0], span=span) for span in union(one.span for one in those)]
    return found


def _judge(
    window: Span, clocks: Sequence[ClockReach], *, shifts: Sequence[int], rule: SeamRule
) -> Verdict:
    moved = [
        _moved(stretch, by)
        for clock, by in zip(clocks, shifts, strict=True)
        for stretch in clock.stretches
    ]
    return verdict(cover_each(window, moved, rule=rule))


def _shifts(
    window: Span, clocks: Sequence[ClockReach], *, rule: SeamRule
) -> Iterator[tuple[int, ...]]:
    for index, clock in enumerate(clocks):
        within = {by for by in _turns(window, clocks, index=index, rule=rule) if clock.reaches(by)}
        for by in within | {-clock.reach_s, clock.reach_s}:
            yield tuple(by if other == index else 0 for other in range(len(clocks)))
    together = [(-clock.reach_s, 0, clock.reach_s) for clock in clocks[:MOST_TOGETHER]]
    yield from product(*together, *[(0,) for _ in clocks[MOST_TOGETHER:]])


def _furthest_first(clock: ClockReach) -> tuple[int, Sequence[Stretch]]:
    """An order that is the same in whatever order clocks come."""
    return -clock.reach_s, clock.stretches


def _turns(window: Span, clocks: Sequence[ClockReach], *, index: int, rule: SeamRule) -> set[int]:
    """The shifts of a clock at which a verdict may turn.

    An edge of its footage meets an edge of other footage, or of the window, or reaches one second
    into the window, so that what is missing is no longer its head or tail; or it is a longest seam
    away from one of these. Between two such shifts each gap grows or shrinks evenly.
    """
    own = _edges(clocks[index].stretches)
    others = [one for at, clock in enumerate(clocks) if at != index for one in clock.stretches]
    there = {window.start, window.start + 1, window.end - 1, window.end} | _edges(others)
    meet = {edge - mine for mine in own for edge in there}
    before, behind = ({by + away for by in meet} for away in (-rule.max_s, rule.max_s))
    return meet | before | behind


def _edges(stretches: Iterable[Stretch]) -> set[int]:
    return {edge for one in stretches for edge in (one.span.start, one.span.end)}


def _moved(stretch: Stretch, by: int) -> Stretch:
    return replace(stretch, span=Span(stretch.span.start + by, stretch.span.end + by))
