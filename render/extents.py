"""From when to when the frames of a stream last, read from ffmpeg's framecrc as it comes.

Holds always: what is kept does not grow with the number of frames, whatever a file makes ffmpeg
say. Times are whole microseconds.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from evidence.errors import DerivativeFailed
from render.stretches import Runs, Stretch

MOST_FRAMES = 20_000_000
"""Of all streams of a file: two days of sixty pictures a second with their sound."""

_MOST_LINE = 4096
_MOST_STREAMS = 64
_SAID_OF_STREAM = re.compile(rb"#(tb|media_type) (\d{1,9}): ([\w/]{1,64})")
_MOST_GAPS = 1024
_SECOND = 1_000_000
_MOST_DAYS = 366
_FURTHEST = _MOST_DAYS * 86_400 * _SECOND
"""No recorder runs for longer; a row could not hold what a hostile file may claim."""


@dataclass(frozen=True)
class Extent:
    """Decoded frames of one stream: how many, and from when to when, in microseconds."""

    frames: int
    start: int
    end: int
    frame: int
    """Length of a usual frame."""
    longest: int
    """Length of the longest."""
    filled: int
    """Sum of what the frames themselves last: less than the length where there are holes."""

    @property
    def length(self) -> int:
        """Microseconds from the first frame's start to the last one's end."""
        return self.end - self.start

    @property
    def varies(self) -> bool:
        """Whether the frame rate is visibly variable."""
        return self.longest > self.frame + self.frame // 2


@dataclass
class _Stream:
    """Frames of one stream so far, in ticks of `base` seconds; gaps are from each to the next."""

    base: tuple[int, int]
    frames: int = 0
    first: int = 0
    last: int = 0
    length: int = 0
    filled: int = 0
    longest: int = 0
    gaps: Counter[int] = field(default_factory=Counter)
    runs: Runs = field(init=False)

    def __post_init__(self) -> None:
        self.runs = Runs(max(1, self.base[1] // max(self.base[0], 1)))

    def add(self, at: int, length: int) -> None:
        """The next frame; one that comes late counts as far from the latest as it is early."""
        if self.frames:
            self._gap(abs(at - self.last))
        if not self.frames or at < self.first:
            self.first = at
        if not self.frames or at >= self.last:
            self.last, self.length = at, length
        self.frames += 1
        self.filled += length
        self.runs.add(at, length)

    def extent(self) -> Extent | None:
        """What is known of it; raises `DerivativeFailed` (`TIMES_ABSURD`)."""
        if not self.frames:
            return None
        usual = self._usual() if self.gaps else max(self.length, 1)
        last = max(self.length, 1) if self.length > 1 or not self.gaps else usual
        longest = self.longest if self.gaps else usual
        return _possible(
            Extent(
                self.frames,
                self._microseconds(self.first),
                self._microseconds(self.last + last),
                self._microseconds(usual),
                self._microseconds(longest),
                self._microseconds(self.filled),
            )
        )

    def stretches(self) -> list[Stretch]:
        """From when to when it really decodes, in microseconds."""
        found = self.runs.stretches()
        return [(self._microseconds(start), self._microseconds(end)) for start, end in found]

    def _gap(self, gap: int) -> None:
        """Counts a gap; where there are very many different ones, by its leading bits."""
        self.longest = max(self.longest, gap)
        if gap not in self.gaps and len(self.gaps) >= _MOST_GAPS:
            spare = max(0, gap.bit_length() - 6)
            gap = gap >> spare << spare
        self.gaps[gap] += 1

    def _usual(self) -> int:
        left = (self.frames - 1) // 2
        for gap in sorted(self.gaps):
            left -= self.gaps[gap]
            if left < 0:
                return gap
        return max(self.gaps)

    def _microseconds(self, ticks: int) -> int:
        return ticks * self.base[0] * _SECOND // self.base[1]


class Extents:
    """A sink for framecrc lines; raises `DerivativeFailed` (`OUTPUT_LIMIT`) beyond its limits."""

    def __init__(self) -> None:
        self._streams: dict[int, _Stream] = {}
        self._kinds: dict[int, str] = {}
        self._rest = b""
        self._frames = 0

    def __call__(self, block: bytes) -> None:
        """Takes the next bytes."""
        *lines, self._rest = (self._rest + block).split(b"\n")
        for line in lines:
            self._take(line)
        if len(self._rest) > _MOST_LINE or self._frames > MOST_FRAMES:
            raise DerivativeFailed("ffmpeg said too much", code="OUTPUT_LIMIT")

    def found(self) -> list[Extent | None]:
        """The extent of each output stream, in their order, at the end.

        Raises `DerivativeFailed` (`TIMES_ABSURD`) where one reaches beyond a year.
        """
        self._take(self._rest)
        self._rest = b""
        return [self._streams[number].extent() for number in sorted(self._streams)]

    @property
    def kinds(self) -> list[str]:
        """What each output stream is, in their order: `video`, `audio` or what else ffmpeg says."""
        return [kind for _, kind in sorted(self._kinds.items())]

    def stretches(self) -> list[list[Stretch]]:
        """The stretches of each stream that `found` tells the extent of, to be asked after it."""
        return [self._streams[number].stretches() for number in sorted(self._streams)]

    @property
    def is_cut(self) -> bool:
        """Whether a stream has more stretches than are told."""
        return any(stream.runs.is_cut for stream in self._streams.values())

    def _take(self, line: bytes) -> None:
        if line.startswith(b"#"):
            self._take_head(line)
        elif frame := _frame(line):
            self._frames += 1
            stream, at, length = frame
            if stream in self._streams:
                self._streams[stream].add(at, length)

    def _take_head(self, line: bytes) -> None:
        """What is said of a stream before its frames."""
        said = _SAID_OF_STREAM.match(line)
        if said is None or int(said[2]) >= _MOST_STREAMS:
            return
        if said[1] == b"media_type":
            self._kinds[int(said[2])] = said[3].decode()
        elif base := re.fullmatch(rb"(\d{1,18})/(\d{1,18})", said[3]):
            self._streams[int(said[2])] = _Stream((int(base[1]), max(int(base[2]), 1)))


def extents(lines: str) -> list[Extent | None]:
    """The extent of each output stream of a framecrc listing; see `Extents`."""
    reader = Extents()
    for line in lines.splitlines(keepends=True):
        reader(line.encode())
    return reader.found()


def _frame(line: bytes) -> tuple[int, int, int] | None:
    """Stream, time and length of one line; None for a line that is none."""
    parts = line.split(b",", 4)
    if len(parts) < 4:
        return None
    return int(parts[0]), int(parts[2]), int(parts[3])


def _possible(found: Extent) -> Extent:
    if max(abs(found.start), abs(found.end), found.longest, found.filled) > _FURTHEST:
        message = f"its times reach beyond {_MOST_DAYS} days"
        raise DerivativeFailed(message, why="TIMES_ABSURD", most=_MOST_DAYS)
    return found
