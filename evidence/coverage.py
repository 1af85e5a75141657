"""Whether footage covers an action whole: part 3.3 of the requirements, for one modality at a time.

Holds always: seconds are counted, never estimated; head and tail are judged after clipping to the
action, and what is missing there is never a seam; stretches of no length say nothing; the seams of
a modality that sum up to more than allowed are its gaps, each of them; NONE only where there is
neither picture nor sound. More footage never makes a verdict worse.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from evidence.errors import BadInput
from evidence.interval import Span, at_least, clip, holes


class Modality(StrEnum):
    """音像: picture and sound, each of which must be whole (reading D-20)."""

    VIDEO = "VIDEO"
    AUDIO = "AUDIO"


class Verdict(StrEnum):
    """What an assessment amounts to."""

    FULL = "FULL"
    SEAMED = "SEAMED"
    GAP = "GAP"
    NONE = "NONE"
    TEXT_EXEMPT = "TEXT_EXEMPT"
    DISCRETION_NOT_RECORDED = "DISCRETION_NOT_RECORDED"
    NO_DECISION = "NO_DECISION"
    NOT_REQUIRED = "NOT_REQUIRED"
    PROVISIONAL = "PROVISIONAL"


@dataclass(frozen=True, order=True, slots=True)
class Stretch:
    """A recording has this modality, without a hole, for this corrected time."""

    recording: str
    device: str
    modality: Modality
    span: Span


@dataclass(frozen=True)
class SeamRule:
    """The longest seam and the longest sum of them, in seconds; 0 and 0 is 全程 to the letter."""

    max_s: int
    total_s: int


@dataclass(frozen=True)
class Covered:
    """What of a window one modality covers; `overlap_s` are seconds that two devices have."""

    seconds: int
    gaps: tuple[Span, ...]
    seams: tuple[Span, ...]
    overlap_s: int = 0


def cover(window: Span, stretches: Iterable[Stretch], *, rule: SeamRule) -> Covered:
    """What the stretches, which are of one modality, cover of the window.

    Raises `BadInput` for a window of no length.
    """
    if window.seconds == 0:
        message = f"An action that begins at {window.start} must end later"
        raise BadInput(message, why="WINDOW_EMPTY", start=window.start)
    by_device: dict[str, list[Span]] = defaultdict(list)
    for stretch in stretches:
        by_device[stretch.device].append(stretch.span)
    held = [span for spans in by_device.values() for span in clip(spans, window)]
    missing = holes(window, held)
    seams = [span for span in missing if _is_seam(span, window, rule=rule)]
    if _seconds(seams) > rule.total_s:
        seams = []
    gaps = [span for span in missing if span not in seams]
    seconds = window.seconds - _seconds(missing)
    return Covered(seconds, tuple(gaps), tuple(seams), _seconds(at_least(held, 2)))


def cover_each(
    window: Span, stretches: Iterable[Stretch], *, rule: SeamRule
) -> dict[Modality, Covered]:
    """`cover` for picture and for sound."""
    known = tuple(stretches)
    return {
        modality: cover(window, (s for s in known if s.modality is modality), rule=rule)
        for modality in Modality
    }


def verdict(covered: Mapping[Modality, Covered]) -> Verdict:
    """FULL, SEAMED, GAP or NONE: what both modalities amount to together."""
    each = covered.values()
    if all(one.seconds == 0 for one in each):
        return Verdict.NONE
    if any(one.gaps for one in each):
        return Verdict.GAP
    return Verdict.SEAMED if any(one.seams for one in each) else Verdict.FULL


def _is_seam(span: Span, window: Span, *, rule: SeamRule) -> bool:
    inner = span.start > window.start and span.end < window.end
    return inner and span.seconds <= rule.max_s


def _seconds(apart: Iterable[Span]) -> int:
    """How long spans are together that share no second."""
    return sum(span.seconds for span in apart)
