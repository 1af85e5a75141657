"""What a file really holds, as evidence states it: which stretches of picture and sound decode.

Holds always: coverage counts what is stated here and nothing else, never a container's claim and
never a preview. Times are whole microseconds from the first frame of the file, be it picture or
sound; a hole of more than a second ends a stretch.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from evidence.canonical import dumps, loads
from evidence.errors import Malformed

Stretches = tuple[tuple[int, int], ...]
"""From when to when, in order, each after the one before."""

PHOTO = "PHOTO"
"""The label of a still picture: it covers no time."""

MANY_HOLES = "MANY_HOLES"
"""The label of a file with more stretches than are stated; the others count as not there."""


@dataclass(frozen=True)
class MediaFacts:
    """One statement about one recording; `place` is ISO 6709 text where the container names one."""

    tool: str
    video: Stretches = ()
    sound: Stretches = ()
    labels: tuple[str, ...] = ()
    place: str | None = None

    @property
    def length(self) -> int:
        """Microseconds from the first frame to the end of what decodes last."""
        return max((end for _, end in (*self.video[-1:], *self.sound[-1:])), default=0)


def stretches_text(stretches: Stretches) -> str:
    """The column's text: canonical JSON of pairs."""
    return dumps([[start, end] for start, end in stretches]).decode()


def labels_text(labels: Sequence[str]) -> str:
    """The column's text: canonical JSON, in alphabetical order."""
    return dumps(sorted(set(labels))).decode()


def stretches_of(text: str) -> Stretches:
    """The stretches of a column's text; raises `Malformed`."""
    found = loads(text.encode())
    if not isinstance(found, list):
        raise Malformed("Stretches are no list")
    return tuple(_stretch(pair) for pair in found)


def labels_of(text: str) -> tuple[str, ...]:
    """The labels of a column's text; raises `Malformed`."""
    found = loads(text.encode())
    if not isinstance(found, list):
        raise Malformed("Labels are no list")
    return tuple(str(label) for label in found)


def _stretch(pair: object) -> tuple[int, int]:
    match pair:
        case [int(start), int(end)] if start <= end:
            return start, end
    raise Malformed("A stretch is no pair of times in order")
