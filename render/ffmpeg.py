"""Every call of ffmpeg and ffprobe: the one module that imports `ffmpeg` (ffmpeg-python).

Holds always: the input is named `file:...`, only the formats and protocols listed here are opened,
pictures beyond `MOST_PIXELS` are refused, and everything runs through `render.confine`. Names of
outputs are ours and relative to the one folder that may be written.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import ffmpeg

from evidence.errors import ToolMissing
from render import confine
from render.confine import MIB, Call, Ended, Gathered, Limits, Sink, Way

MOST_PIXELS = 40_000_000
"""Of one picture: 8K video passes, a 16000 x 16000 bomb does not."""

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,avi,mpegts,mpeg,matroska,webm,amr,amrnb,amrwb,wav,mp3,aac,asf,flac,"
    "ogg,h264,hevc,flv"
)
_SAFE = {"protocol_whitelist": "file,pipe", "format_whitelist": FORMATS, "max_pixels": MOST_PIXELS}
_THREADS = 2
_MOST_DESCRIBED = 4 * MIB
_QUIET = ("-nostdin", "-hide_banner", "-v", "error", "-y")

Options = Mapping[str, str | int]
Progress = Callable[[int], None]
"""Told how far a rendition has come, in microseconds of the recording."""


@dataclass(frozen=True)
class Media:
    """One original, how it is confined, and what one call on it may take: seconds, bytes made."""

    way: Way
    original: Path
    seconds: float = 60.0
    output: int = 1024 * MIB

    def call(self, command: confine.Command, output: Path | None = None) -> Call:
        """A call on this original within its limits."""
        return Call(command, self.original, output, self.limits)

    @property
    def limits(self) -> Limits:
        """What a call on this original may use."""
        return Limits(self.seconds, output=self.output)


@dataclass(frozen=True)
class Tiles:
    """Which keyframes a contact sheet shows: one every so many seconds; their size in pixels."""

    every: float
    width: int
    height: int


def program(name: str) -> str:
    """Where ffmpeg or ffprobe really is; raises `ToolMissing`."""
    path = shutil.which(name)
    if path is None:
        raise ToolMissing(f"{name} is not installed", tool=name)
    return os.path.realpath(path)


@cache
def version() -> str:
    """ffmpeg's version as derivatives name it; raises `ToolMissing`."""
    said = subprocess.run([program("ffmpeg"), "-version"], capture_output=True, check=False)
    found = re.match(rb"ffmpeg version (\S+)", said.stdout)
    if found is None:
        raise ToolMissing("ffmpeg does not say its version", tool="ffmpeg")
    return f"ffmpeg {found.group(1).decode()}"


def describe(media: Media) -> tuple[Ended, bytes]:
    """ffprobe's JSON of container and streams; a clean exit does not mean that there are any."""
    tool = program("ffprobe")
    options = ["-v", "error", "-of", "json", "-show_format", "-show_streams"]
    for name, value in _SAFE.items():
        options += [f"-{name}", str(value)]
    said = Gathered(_MOST_DESCRIBED)
    call = media.call(lambda name: [tool, *options, f"file:{name}"])
    return confine.run(media.way, call, sink=said), bytes(said.data)


def decode(media: Media, maps: Sequence[int] | None, *, sink: Sink) -> Ended:
    """Decodes streams fully and gives one framecrc line per frame, with its time, to `sink`.

    None: all that there are, of whatever kind. Video is cropped to a corner afterwards: the digest
    of whole pictures is not wanted.
    """
    options: dict[str, str | int] = {"f": "framecrc", "fps_mode": "passthrough"}
    options |= {"enc_time_base:v": "-1", "vf": r"crop=min(16\,iw):min(16\,ih)"}
    return confine.run(media.way, media.call(_command(maps, "pipe:1", options=options)), sink=sink)


def rendition(
    media: Media, maps: Sequence[int], *, options: Options, output: Path, progress: Progress
) -> Ended:
    """Writes `index.m3u8` and `media.mp4` (fMP4, byte ranges) into `output`."""
    call = media.call(rendition_command(maps, options), output)
    return confine.run(media.way, call, sink=_ProgressReader(progress))


def rendition_command(maps: Sequence[int], options: Options) -> confine.Command:
    """The command of `rendition`, which a benchmark also runs bare.

    `frag_discont` has each stream begin at its own time. Else the muxer lets all begin at zero and
    delays them by an empty edit, which Chromium does not obey: reordered pictures came up to three
    frames after their sound, and sound that begins late came early.
    """
    whole: dict[str, str | int] = {"f": "hls", "hls_time": 4, "hls_playlist_type": "vod"}
    whole |= {"hls_segment_type": "fmp4", "hls_flags": "single_file", "hls_list_size": 0}
    whole |= {"hls_segment_options": "movflags=+frag_discont"}
    whole |= {"hls_segment_filename": "media.mp4", "threads": _THREADS, **options}
    return _command(maps, "index.m3u8", options=whole, watched=True)


def poster(media: Media, stream: int, *, options: Options, at: float, output: Path) -> Ended:
    """Writes `poster.jpg` from the keyframe at or before `at` seconds."""
    before: dict[str, str | int | None] = {"skip_frame": "nokey", "noaccurate_seek": None}
    if at > 0:
        before["ss"] = f"{at:.3f}"
    chosen: dict[str, str | int] = {"frames:v": 1, "update": 1, "f": "image2", "c:v": "mjpeg"}
    chosen |= {"q:v": 3, **options}
    command = _command([stream], "poster.jpg", options=chosen, before=before)
    return confine.run(media.way, media.call(command, output))


def keyframes(media: Media, stream: int, *, tiles: Tiles, sink: Sink, times: Path) -> Ended:
    """Decodes keyframes only and gives some of them, scaled, as raw RGB to `sink`.

    `times/times.txt` gets one framecrc line for each of them.
    """
    tool = program("ffmpeg")
    chosen = f"isnan(prev_selected_t)+gte(t-prev_selected_t,{tiles.every:.6f})"
    raw: dict[str, Any] = {"pix_fmt": "rgb24", "fps_mode": "passthrough"}

    def command(name: str) -> list[str]:
        shown = _source(name, {"skip_frame": "nokey"})[str(stream)].filter("select", chosen)
        both = shown.filter("scale", tiles.width, tiles.height).filter_multi_output("split")
        first = ffmpeg.output(both[0], "pipe:1", f="rawvideo", **raw)
        second = ffmpeg.output(both[1], "times.txt", f="framecrc", enc_time_base="-1", **raw)
        return _compiled(ffmpeg.merge_outputs(first, second), tool)

    return confine.run(media.way, media.call(command, times), sink=sink)


def decode_picture(media: Media) -> tuple[Ended, bytes]:
    """Decodes a JPEG to RGB and gives a framecrc line for each picture in it."""
    tool, said = program("ffmpeg"), Gathered(_MOST_DESCRIBED)
    one: dict[str, Any] = {**_SAFE, "format_whitelist": "jpeg_pipe", "f": "jpeg_pipe"}

    def command(name: str) -> list[str]:
        source = ffmpeg.input(f"file:{name}", threads=_THREADS, **one)
        return _compiled(ffmpeg.output(source, "pipe:1", f="framecrc", pix_fmt="rgb24"), tool)

    return confine.run(media.way, media.call(command), sink=said), bytes(said.data)


def samples(media: Media, stream: int, *, rate: int, start: int, sink: Sink) -> Ended:
    """Decodes one sound stream to mono 16-bit samples at `rate`, from microsecond `start` on.

    Where there is no sound there is silence, before it begins too: samples keep their time.
    """
    options: dict[str, str | int] = {"f": "s16le", "ac": 1, "ar": rate, "c:a": "pcm_s16le"}
    options["af"] = f"aresample={rate}:async=1:first_pts={start * rate // 1_000_000}"
    return confine.run(
        media.way, media.call(_command([stream], "pipe:1", options=options)), sink=sink
    )


def _command(
    maps: Sequence[int] | None,
    target: str,
    *,
    options: Options,
    before: Mapping[str, str | int | None] | None = None,
    watched: bool = False,
) -> confine.Command:
    tool = program("ffmpeg")

    def command(name: str) -> list[str]:
        source = _source(name, before or {})
        if maps is None:
            made = ffmpeg.output(source, target, map="0", **options)
        else:
            made = ffmpeg.output(*(source[str(index)] for index in maps), target, **options)
        return _compiled(made, tool, watched=watched)

    return command


def _source(name: str, before: Mapping[str, str | int | None]) -> Any:  # noqa: ANN401 - the library has no types
    return ffmpeg.input(f"file:{name}", threads=_THREADS, **_SAFE, **before)


def _compiled(made: Any, tool: str, *, watched: bool = False) -> list[str]:  # noqa: ANN401
    extra = ("-progress", "pipe:1", "-nostats") if watched else ()
    return list(ffmpeg.compile(made, cmd=[tool, *_QUIET, *extra]))


class _ProgressReader:
    """Reads `-progress` lines and tells how far it is."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._rest = b""

    def __call__(self, block: bytes) -> None:
        """A sink for standard output."""
        *lines, self._rest = (self._rest + block).split(b"\n")
        for line in lines:
            key, _, value = line.partition(b"=")
            if key == b"out_time_us" and value.isdigit():
                self._progress(int(value))
