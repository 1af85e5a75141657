"""What ffmpeg and Pillow complain of, put into codes; their own lines stay beside as detail.

Holds always: each line that is a complaint ends in exactly one remark, unknown ones in `TOOL_SAID`;
remarks stand in the order in which their first lines were said. The lines are those of ffmpeg 5.1
on damaged files; a line that a later version words otherwise loses its code and nothing else.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evidence.remarks import Remark, RemarkCode

_MOST_DETAIL = 400
_HARMLESS = re.compile(
    r"\[(null|framecrc|hls(?!.*whitelist)|mp4|image2|rawvideo|s16le|swscaler|graph|Parsed_)|"
    r"deprecated|"
    r"non monoton|Guessed Channel Layout|Last message repeated|mjpeg .*unable to decode APP fields"
)
_CODES = tuple(
    (re.compile(pattern, re.IGNORECASE), code)
    for pattern, code in (
        (r"not on whitelist", RemarkCode.FORMAT_REFUSED),
        (r"moov atom not found", RemarkCode.INDEX_MISSING),
        (r"partial file|prematurely|truncat|no 'data' tag", RemarkCode.CUT_OFF),
        (r"picture size .* (is invalid|exceeds)|max_pixels", RemarkCode.TOO_MANY_PIXELS),
        (r"not yet implemented|no decoder|decoder .*not found", RemarkCode.UNKNOWN_CODING),
        (r"after EOF|does not contain any stream", RemarkCode.NOTHING_DECODES),
        (
            r"^\[(NULL|h26\d|hevc|mjpeg|mpeg[124]\w*|msmpeg4\w*|vp\d|av1|libdav1d|wmv\d|vc1|png)\]",
            RemarkCode.PICTURE_BROKEN,
        ),
        (
            r"^\[(aac\w*|amr\w*|e?ac3|mp[23]\w*|pcm_\w+|adpcm_\w+|opus|vorbis|flac|wma\w+|gsm\w*)\]",
            RemarkCode.SOUND_BROKEN,
        ),
        (r"^\[", RemarkCode.STRUCTURE_BROKEN),
        (r"^(Invalid data found|Invalid argument|could not find codec)", RemarkCode.NOT_READABLE),
    )
)
_STREAM = re.compile(r"stream #0:(\d+)")


@dataclass(frozen=True)
class Shown:
    """Indexes of the streams that are shown, by which a complaint about a stream is placed."""

    video: int | None = None
    sound: int | None = None


def complaints(said: str) -> list[str]:
    """Lines of demuxers and decoders, each once, without addresses that differ from run to run."""
    return list(dict.fromkeys(_complaints(said)))


def remarks(lines: Sequence[str], shown: Shown) -> list[Remark]:
    """The lines by code, with how many there are of it and the first of them.

    That a file is not readable ffmpeg says after every other reason; it is a reason only alone.
    """
    by_code: dict[RemarkCode, list[str]] = {}
    for line in lines:
        by_code.setdefault(_code(line, shown), []).append(line)
    echo = by_code.pop(RemarkCode.NOT_READABLE, []) if len(by_code) > 1 else []
    found = []
    for code, said in by_code.items():
        detail = "\n".join([*said, *echo])[:_MOST_DETAIL]
        found.append(Remark(code, {"count": len(said)}, detail))
        echo = []
    return found


def photo_remark(said: str) -> Remark:
    """What Pillow complained of."""
    cut = "truncated" in said
    return Remark(RemarkCode.CUT_OFF if cut else RemarkCode.PHOTO_BROKEN, {"count": 1}, said)


def named_streams(lines: Sequence[str]) -> set[int]:
    """Streams that the lines name."""
    return {int(number) for line in lines for number in _STREAM.findall(line)}


def _complaints(said: str) -> Iterator[str]:
    for line in said.splitlines():
        if line.strip() and not _HARMLESS.search(line):
            nameless = re.sub(r"^file:.*?: (?=[A-Za-z])", "", line)
            yield re.sub(r" @ 0x[0-9a-f]+", "", nameless)[:160]


def _code(line: str, shown: Shown) -> RemarkCode:
    for pattern, code in _CODES:
        if pattern.search(line):
            return code
    places = {shown.video: RemarkCode.PICTURE_BROKEN, shown.sound: RemarkCode.SOUND_BROKEN}
    numbers = named_streams([line])
    return next((places[number] for number in numbers if number in places), RemarkCode.TOOL_SAID)
