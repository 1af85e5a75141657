"""Whether a derivative is what it should be, before anything calls it READY.

Holds always: a rendition decodes without a complaint, has the streams it should have and no other,
and each lasts as long as what decodes of its source, within one frame or a tenth of a second; sound
and picture begin as far apart as they did.
"""

import re
from dataclasses import replace
from pathlib import Path

from evidence.errors import DerivativeFailed
from render import ffmpeg
from render.extents import Extent, Extents
from render.ffmpeg import Media
from render.probe import ProbeFacts, claims, measured

TOLERANCE = 100_000
"""Microseconds."""

_NAMES = {"index.m3u8", "media.mp4"}


def check_rendition(media: Media, facts: ProbeFacts, *, folder: Path) -> None:
    """Raises `DerivativeFailed` (`CHECK_FAILED`) for a rendition that is not as it should be."""
    _check_names(folder)
    _check_playlist(folder)
    made = replace(media, original=folder / "media.mp4")
    claimed = claims(ffmpeg.describe(made)[1])
    kinds = (claimed.video is None, claimed.sound is None)
    if kinds != (facts.video is None, facts.sound is None) or claimed.left_out:
        raise _failed("it has other streams than it should", "OTHER_STREAMS")
    maps = [stream.index for stream in (claimed.video, claimed.sound) if stream]
    frames = Extents()
    decoded = ffmpeg.decode(made, maps, sink=frames)
    found = measured(claimed, frames.found(), said=decoded.said)
    if found.damaged:
        reason = found.reasons[0].detail or found.reasons[0].words()[1]
        raise _failed(f"it does not decode: {reason}", "NOT_DECODING", said=reason)
    _check_length("video", facts.video_extent, made=found.video_extent)
    _check_length("sound", facts.sound_extent, made=found.sound_extent)
    _check_together(facts, found)


def check_jpeg(path: Path) -> None:
    """Raises `DerivativeFailed` for a file that is not a whole JPEG."""
    data = path.read_bytes() if path.exists() else b""
    if not data.startswith(b"\xff\xd8\xff") or not data.endswith(b"\xff\xd9"):
        raise _failed(f"{path.name} is not a whole picture", "NOT_WHOLE", file=path.name)


def _check_names(folder: Path) -> None:
    found = {path.name for path in folder.iterdir()}
    if found != _NAMES:
        raise _failed(f"it consists of {', '.join(sorted(found)) or 'nothing'}", "OTHER_FILES")


def _check_playlist(folder: Path) -> None:
    """Each range lies in the file; nothing but the file is named."""
    text = (folder / "index.m3u8").read_text(encoding="utf-8", errors="replace")
    size = (folder / "media.mp4").stat().st_size
    named = {line for line in text.splitlines() if line and not line.startswith("#")}
    ranges = re.findall(r"BYTERANGE[:=]\"?(\d+)@(\d+)", text)
    inside = all(int(length) + int(start) <= size for length, start in ranges)
    if named != {"media.mp4"} or len(ranges) < 2 or not inside or "#EXT-X-ENDLIST" not in text:
        raise _failed("its playlist does not fit its file", "PLAYLIST")


def _check_length(what: str, source: Extent | None, *, made: Extent | None) -> None:
    if source is None:
        return
    if made is None:
        raise _failed(f"no {what} decodes", "NOT_DECODING", said=what)
    difference = abs(made.length - source.length)
    if difference > max(TOLERANCE, source.frame):
        told = {"made": made.length // 1000, "source": source.length // 1000}
        message = f"its {what} lasts {made.length} us instead of {source.length} us"
        raise _failed(message, "OTHER_LENGTH", **told)


def _check_together(facts: ProbeFacts, found: ProbeFacts) -> None:
    before, after = _apart(facts), _apart(found)
    if before is None or after is None or facts.video_extent is None:
        return
    if abs(before - after) > max(TOLERANCE, facts.video_extent.frame):
        message = f"sound and picture are {after - before} us further apart"
        raise _failed(message, "APART", apart=(after - before) // 1000)


def _apart(facts: ProbeFacts) -> int | None:
    """How much later the sound begins than the picture."""
    if facts.video_extent is None or facts.sound_extent is None:
        return None
    return facts.sound_extent.start - facts.video_extent.start


def _failed(message: str, why: str, **facts: str | int) -> DerivativeFailed:
    return DerivativeFailed(message, code="CHECK_FAILED", why=why, **facts)
