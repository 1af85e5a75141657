"""The loudness of a recording over time, small enough to draw: `peaks.json`.

The file has the shape that waveform players read: `data` holds the least and the greatest sample of
each stretch in turn, from -128 to 127; a stretch is `samples_per_pixel` samples at `sample_rate`.
"""

import sys
from array import array
from pathlib import Path

from evidence.canonical import Json, dumps
from evidence.errors import DerivativeFailed
from render import ffmpeg
from render.check import check_drawn, check_tool
from render.ffmpeg import Media
from render.probe import ProbeFacts

RATE = 8000
PER_SECOND = 20
_STRETCH = RATE // PER_SECOND
_MOST_STRETCHES = 100 * 3600 * PER_SECOND
_AT_ONCE = 100_000


class _Peaks:
    """A sink for samples that keeps only what is drawn."""

    def __init__(self) -> None:
        self.data = array("b")
        self.samples = 0
        self._rest = b""

    def __call__(self, block: bytes) -> None:
        """Takes little-endian 16-bit samples."""
        whole = self._rest + block
        cut = len(whole) - len(whole) % (2 * _STRETCH)
        self._rest = whole[cut:]
        self._draw(whole[:cut])

    def end(self) -> None:
        """Draws the last, shorter stretch."""
        self._draw(self._rest[: len(self._rest) & ~1])
        self._rest = b""

    def _draw(self, block: bytes) -> None:
        samples = array("h", block)
        self.samples += len(samples)
        if sys.byteorder == "big":
            samples.byteswap()
        for start in range(0, len(samples), _STRETCH):
            stretch = samples[start : start + _STRETCH]
            self.data.extend((min(stretch) >> 8, max(stretch) >> 8))
        if len(self.data) > 2 * _MOST_STRETCHES:
            raise DerivativeFailed("there is too much sound to draw", code="OUTPUT_LIMIT")


def make_peaks(media: Media, stream: int, *, facts: ProbeFacts, folder: Path) -> dict[str, Json]:
    """Writes `peaks.json`; raises `DerivativeFailed` where no sound decodes, or not all of it."""
    peaks, is_damaged = _Peaks(), facts.is_damaged
    ended = ffmpeg.samples(media, stream, rate=RATE, start=facts.start, sink=peaks)
    peaks.end()
    said = check_tool(ended, is_damaged=is_damaged)
    if not peaks.data:
        message = f"no sound decodes, ffmpeg ended with {ended.code}"
        raise DerivativeFailed(message, why="NO_SOUND_DECODES")
    if facts.sound_extent is not None and not is_damaged:
        made = facts.start + peaks.samples * 1_000_000 // RATE
        check_drawn(facts.sound_extent, made)
    length = len(peaks.data) // 2
    body: dict[str, Json] = {
        "version": 2,
        "channels": 1,
        "bits": 8,
        "sample_rate": RATE,
        "samples_per_pixel": _STRETCH,
        "length": length,
        "data": [],
    }
    _write(folder / "peaks.json", body, data=peaks.data)
    return {"length": length, "per_second": PER_SECOND, "loudest": _span(peaks.data), **said}


def _write(path: Path, body: dict[str, Json], *, data: "array[int]") -> None:
    """The canonical form of the body with its data, without every number in memory at once."""
    before, after = dumps(body).split(b"[]")
    with path.open("wb") as file:
        file.write(before + b"[")
        for start in range(0, len(data), _AT_ONCE):
            numbers = ",".join(map(str, data[start : start + _AT_ONCE]))
            file.write((b"," if start else b"") + numbers.encode())
        file.write(b"]" + after)


def _span(data: "array[int]") -> Json:
    """Whether there is anything to hear: the greatest distance of a sample from silence."""
    return max(abs(value) for value in data)
