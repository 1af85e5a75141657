"""Whether a derivative is what it should be, before anything calls it READY.

Holds always: a rendition decodes without a complaint, has the streams it should have and no other,
and each lasts as long as what decodes of its source, within one frame or a tenth of a second; sound
and picture begin as far apart as they did, also in a player that obeys no empty edit.
"""

import re
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

from evidence.canonical import Json
from evidence.errors import DerivativeFailed
from render import ffmpeg
from render.complaints import Shown, complaints, remarks
from render.confine import Ended
from render.extents import Extent, Extents
from render.ffmpeg import Media
from render.probe import ProbeFacts

TOLERANCE = 100_000
"""Microseconds."""

_MOST_HEAD, _MOST_EDITS = 1 << 20, 16
_BLOCK, _MOST_OFF = 8, 64
_NAMES = {"index.m3u8", "media.mp4"}


def check_rendition(media: Media, facts: ProbeFacts, *, folder: Path) -> None:
    """Raises `DerivativeFailed` (`CHECK_FAILED`) for a rendition that is not as it should be."""
    _check_names(folder)
    _check_playlist(folder)
    video, sound = _decoded(replace(media, original=folder / "media.mp4"), facts)
    _check_length("video", facts.video_extent, made=video)
    _check_length("sound", facts.sound_extent, made=sound)
    _check_edits(folder)
    _check_together(facts, video=video, sound=sound)


def check_jpeg(media: Media, path: Path, *, size: tuple[int, int] | None = None) -> None:
    """Raises `DerivativeFailed` for a file that is not one picture, which decodes to its end.

    `size` is the width and height it should have; the file is read confined, like any other.
    """
    if not path.is_file() or path.is_symlink() or not _decodes(media, path, size=size):
        raise _failed(f"{path.name} is not a whole picture", "NOT_WHOLE", file=path.name)


def check_drawing(path: Path, drawn: Image.Image) -> None:
    """Raises `DerivativeFailed` for a JPEG that does not decode to what this process just drew.

    Nothing of an original is read but colours that were put side by side here, so it is decoded
    here too. Averages of blocks may be off by a quarter of the scale: noise in the purest colours
    was off by 39 of 255, a file spoilt in its middle by 126.
    """
    try:
        with Image.open(path, formats=["JPEG"]) as found:
            found.load()
            is_whole = found.size == drawn.size and found.mode == drawn.mode
            shown = found.reduce(_BLOCK)
    except (OSError, SyntaxError) as error:
        raise _failed(
            f"{path.name} does not decode: {error}", "NOT_WHOLE", file=path.name
        ) from error
    if not is_whole or _furthest(shown, drawn.reduce(_BLOCK)) > _MOST_OFF:
        raise _failed(f"{path.name} is not what was drawn", "NOT_WHOLE", file=path.name)


def check_tool(ended: Ended, *, is_damaged: bool) -> dict[str, Json]:
    """What a tool complained of, as facts of a row; nothing where it did not.

    Raises `DerivativeFailed` where it ended badly on a source that is not known to be damaged.
    """
    if ended.code != 0 and not is_damaged:
        said = (ended.said.strip().splitlines()[-1:] or ["no reason given"])[0][:200]
        message = f"ffmpeg ended with {ended.code}: {said}"
        raise DerivativeFailed(message, why="TOOL_ENDED", exit=ended.code, said=said)
    found = remarks(complaints(ended.said), Shown())
    return {"reasons": [remark.json() for remark in found]} if found else {}


def check_drawn(source: Extent, end: int) -> None:
    """Raises `DerivativeFailed` where what was drawn of sound ends at another microsecond than it.

    Holes of less than a tenth of a second are filled late, so twice the usual is allowed.
    """
    if abs(end - source.end) > max(2 * TOLERANCE, source.frame):
        raise _other_length("sound", source, made=end - source.start)


def _furthest(one: Image.Image, other: Image.Image) -> float:
    """How far the colours of two pictures of one size are apart at most, of 255."""
    return max(most for _, most in ImageStat.Stat(ImageChops.difference(one, other)).extrema)


def _decodes(media: Media, path: Path, *, size: tuple[int, int] | None) -> bool:
    """Whether it is one picture of this size, and the decoder has nothing to complain of."""
    ended, listed = ffmpeg.decode_picture(replace(media, original=path))
    frames = [line.split(b",") for line in listed.splitlines() if not line.startswith(b"#")]
    if ended.code != 0 or complaints(ended.said) or len(frames) != 1:
        return False
    return size is None or int(frames[0][4]) == size[0] * size[1] * 3


def _decoded(made: Media, facts: ProbeFacts) -> tuple[Extent | None, Extent | None]:
    """How far picture and sound of a rendition decode, and that it is these and nothing else.

    One run tells all of it: what streams there are, each of their frames, and every complaint.
    """
    frames = Extents()
    ended = ffmpeg.decode(made, None, sink=frames)
    if said := complaints(ended.said) or ([f"ffmpeg ended with {ended.code}"] * (ended.code != 0)):
        raise _failed(f"it does not decode: {said[0]}", "NOT_DECODING", said="\n".join(said)[:400])
    kinds = [kind for kind, stream in (("video", facts.video), ("audio", facts.sound)) if stream]
    if frames.kinds != kinds:
        raise _failed("it has other streams than it should", "OTHER_STREAMS")
    found = dict(zip(kinds, frames.found(), strict=True))
    return found.get("video"), found.get("audio")


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
    if abs(made.length - source.length) > max(TOLERANCE, source.frame):
        raise _other_length(what, source, made=made.length)


def _other_length(what: str, source: Extent, *, made: int) -> DerivativeFailed:
    told = {"made": made // 1000, "source": source.length // 1000}
    message = f"its {what} lasts {made} us instead of {source.length} us"
    return _failed(message, "OTHER_LENGTH", **told)


def _check_together(facts: ProbeFacts, *, video: Extent | None, sound: Extent | None) -> None:
    before, after = _apart(facts.video_extent, facts.sound_extent), _apart(video, sound)
    if before is None or after is None or facts.video_extent is None:
        return
    if abs(before - after) > max(TOLERANCE, facts.video_extent.frame):
        message = f"sound and picture are {after - before} us further apart"
        raise _failed(message, "APART", apart=(after - before) // 1000)


def _check_edits(folder: Path) -> None:
    """No stream is delayed by an empty edit: Chromium plays on as if there were none."""
    with (folder / "media.mp4").open("rb") as file:
        head = file.read(_MOST_HEAD).partition(b"moof")[0]
    for table in head.split(b"elst")[1:]:
        version, count = table[0], int.from_bytes(table[4:8], "big")
        size = 8 if version else 4  # of each number; behind the two there are four bytes of a rate
        for number in range(min(count, _MOST_EDITS)):
            entry = table[8 + number * (2 * size + 4) :][: 2 * size]
            if entry[size:] == b"\xff" * size:
                delay = int.from_bytes(entry[:size], "big")
                raise _failed("a stream is delayed by an empty edit", "APART", apart=delay)


def _apart(video: Extent | None, sound: Extent | None) -> int | None:
    """How much later the sound begins than the picture."""
    return sound.start - video.start if video and sound else None


def _failed(message: str, why: str, **facts: str | int) -> DerivativeFailed:
    return DerivativeFailed(message, code="CHECK_FAILED", why=why, **facts)
