"""What a file holds: the container's claims by ffprobe, and what really decodes.

Holds always: a clean exit of ffprobe does not mean that there is sound or video, and lines on
standard error do not mean that a file is damaged: what counts is streams, decoded frames and what
the demuxer and decoders complain of. Lengths are those of decoded frames, never the claim.
Times are whole microseconds.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from evidence.canonical import Json
from evidence.derivative import MediaLabel
from evidence.media import Stretches
from evidence.remarks import Remark, RemarkCode, remarks_of
from render import ffmpeg
from render.complaints import Shown, complaints, named_streams, remarks
from render.extents import Extent, Extents
from render.ffmpeg import Media
from render.stretches import beginning_at

_SECOND = 1_000_000
_SHORT_BY = _SECOND // 2
_PLACE_TAGS = ("com.apple.quicktime.location.ISO6709", "location")
_MOST_PLACE = 64


@dataclass(frozen=True)
class VideoFacts:
    """One video stream as the container describes it."""

    index: int
    codec: str
    profile: str
    level: int
    pixels: str
    width: int
    height: int
    rotation: int
    interlaced: bool
    aspect: tuple[int, int]
    b_frames: int = 0


@dataclass(frozen=True)
class SoundFacts:
    """One sound stream as the container describes it."""

    index: int
    codec: str
    profile: str
    rate: int
    channels: int


@dataclass(frozen=True)
class ProbeFacts:
    """What is known of a file; `video` and `sound` are the streams that will be shown."""

    container: str = ""
    claimed: int | None = None
    video: VideoFacts | None = None
    sound: SoundFacts | None = None
    video_extent: Extent | None = None
    sound_extent: Extent | None = None
    left_out: tuple[str, ...] = ()
    labels: tuple[MediaLabel, ...] = ()
    reasons: tuple[Remark, ...] = ()
    damaged: frozenset[int] = field(default_factory=frozenset)
    """Streams whose decoding met errors."""
    video_stretches: Stretches = ()
    sound_stretches: Stretches = ()
    """What really decodes, from the first frame of either on; not in the row, but in evidence."""
    is_cut: bool = False
    """Whether there are more stretches than are told."""
    place: str | None = None
    """Where it was taken, as the container says it; personal, so not in the row."""

    @property
    def length(self) -> int:
        """Decoded microseconds from where the first stream begins to where the last ends."""
        return _span(self.video_extent, self.sound_extent)

    @property
    def start(self) -> int:
        """Where the first stream begins, in microseconds: where a player begins."""
        extents = (self.video_extent, self.sound_extent)
        return min((extent.start for extent in extents if extent), default=0)

    @property
    def is_damaged(self) -> bool:
        """Whether anything of the file is; a complaint seldom says of what."""
        return MediaLabel.DAMAGED in self.labels

    def json(self) -> dict[str, Json]:
        """The facts as the row keeps them."""
        return {
            "container": self.container,
            "claimed_us": self.claimed,
            "length_us": self.length,
            "video": None if self.video is None else _video_json(self.video),
            "sound": None if self.sound is None else {**vars(self.sound)},
            "video_extent": None if self.video_extent is None else {**vars(self.video_extent)},
            "sound_extent": None if self.sound_extent is None else {**vars(self.sound_extent)},
            "left_out": list(self.left_out),
            "labels": [label.value for label in self.labels],
            "reasons": [reason.json() for reason in self.reasons],
            "damaged": sorted(self.damaged),
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "ProbeFacts":
        """The same facts again."""
        video, sound = found["video"], found["sound"]
        return cls(
            container=found["container"],
            claimed=found["claimed_us"],
            video=VideoFacts(**{**video, "aspect": tuple(video["aspect"])}) if video else None,
            sound=SoundFacts(**sound) if sound else None,
            video_extent=Extent(**found["video_extent"]) if found["video_extent"] else None,
            sound_extent=Extent(**found["sound_extent"]) if found["sound_extent"] else None,
            left_out=tuple(found["left_out"]),
            labels=tuple(MediaLabel(label) for label in found["labels"]),
            reasons=remarks_of(found["reasons"]),
            damaged=frozenset(found["damaged"]),
        )


def _video_json(video: VideoFacts) -> dict[str, Json]:
    return {**vars(video), "aspect": list(video.aspect)}


def probe(media: Media) -> ProbeFacts:
    """Asks ffprobe, then decodes what it found.

    Raises `DerivativeFailed` where a limit was met and `ToolMissing`.
    """
    ended, said = ffmpeg.describe(media)
    claimed = claims(said)
    if claimed.video is None and claimed.sound is None:
        return _nothing(claimed, ended.said)
    maps = [stream.index for stream in (claimed.video, claimed.sound) if stream]
    frames = Extents()
    decoded = ffmpeg.decode(media, maps, sink=frames)
    return _stretched(measured(claimed, frames.found(), said=decoded.said), frames)


def _stretched(facts: ProbeFacts, frames: Extents) -> ProbeFacts:
    """The facts with what decodes of each stream shown."""
    left = [found for found in frames.stretches() if found]
    video = left.pop(0) if facts.video and left else []
    sound = left.pop(0) if facts.sound and left else []
    origin = min((found[0][0] for found in (video, sound) if found), default=0)
    return replace(
        facts,
        video_stretches=beginning_at(video, origin),
        sound_stretches=beginning_at(sound, origin),
        is_cut=frames.is_cut,
    )


def claims(said: bytes) -> ProbeFacts:
    """What ffprobe's JSON says; empty facts where it says nothing usable."""
    try:
        found = json.loads(said or b"{}")
    except ValueError:
        return ProbeFacts()
    streams = [stream for stream in found.get("streams", []) if isinstance(stream, dict)]
    videos = [stream for stream in streams if _is_video(stream)]
    sounds = [stream for stream in streams if _is_sound(stream)]
    shown = [*videos[:1], *sounds[:1]]
    form = found.get("format", {})
    return ProbeFacts(
        container=str(form.get("format_name", "")),
        claimed=_microseconds(form.get("duration")),
        video=_video(videos[0]) if videos else None,
        sound=_sound(sounds[0]) if sounds else None,
        left_out=tuple(_named(stream) for stream in streams if stream not in shown),
        place=_place(form.get("tags")),
    )


def measured(claimed: ProbeFacts, found: Sequence[Extent | None], *, said: str) -> ProbeFacts:
    """The claims with what decoded, and whether that is damaged and why."""
    left = list(found)
    video = left.pop(0) if claimed.video and left else None
    sound = left.pop(0) if claimed.sound and left else None
    said_lines = complaints(said)
    reasons = [*_shortfall(claimed, video, sound), *remarks(said_lines, _shown(claimed))]
    holes = _holes(sound)
    broken = _broken_streams(claimed, said_lines) if said_lines else set[int]()
    return ProbeFacts(
        claimed.container,
        claimed.claimed,
        claimed.video if video else None,
        claimed.sound if sound else None,
        video,
        sound,
        claimed.left_out,
        (*[MediaLabel.DAMAGED][: len(reasons)], *[MediaLabel.SOUND_INCOMPLETE][: len(holes)]),
        (*reasons, *holes),
        frozenset(broken),
        place=claimed.place,
    )


def _nothing(claimed: ProbeFacts, said: str) -> ProbeFacts:
    """A file with neither sound nor video: damaged if it began as one, else no media at all."""
    found = remarks(complaints(said), _shown(claimed))
    return ProbeFacts(
        claimed.container,
        claimed.claimed,
        left_out=claimed.left_out,
        labels=(MediaLabel.NOT_MEDIA,),
        reasons=tuple(found) or (Remark(RemarkCode.NO_STREAMS),),
    )


def _shortfall(claimed: ProbeFacts, *found: Extent | None) -> list[Remark]:
    if claimed.claimed is None:
        return []
    length = _span(*found)
    missing = claimed.claimed - length
    if missing <= max(_SHORT_BY, claimed.claimed // 50):
        return []
    told = {"length": _seconds(length), "claimed": _seconds(claimed.claimed)}
    return [Remark(RemarkCode.SHORTER_THAN_CLAIMED, told)]


def _span(*found: Extent | None) -> int:
    """Microseconds from the first start to the last end."""
    extents = [extent for extent in found if extent]
    if not extents:
        return 0
    return max(one.end for one in extents) - min(one.start for one in extents)


def _holes(sound: Extent | None) -> list[Remark]:
    """Sound that lasts but is mostly not there, as where a decoder takes a packet's first frame."""
    if sound is None or sound.filled * 10 >= sound.length * 9:
        return []
    told = {"filled": _seconds(sound.filled), "length": _seconds(sound.length)}
    return [Remark(RemarkCode.SOUND_HOLES, told)]


def _seconds(microseconds: int) -> str:
    return f"{microseconds // _SECOND}.{microseconds % _SECOND // 10_000:02}"


def _shown(claimed: ProbeFacts) -> Shown:
    return Shown(
        claimed.video.index if claimed.video else None,
        claimed.sound.index if claimed.sound else None,
    )


def _broken_streams(claimed: ProbeFacts, lines: Sequence[str]) -> set[int]:
    """Streams that cannot be handed to a browser as they are: all, where it is not said which."""
    shown = {stream.index for stream in (claimed.video, claimed.sound) if stream}
    return named_streams(lines) & shown or shown


def _is_video(stream: Mapping[str, Any]) -> bool:
    cover = stream.get("disposition", {}).get("attached_pic")
    known = stream.get("codec_name") and stream.get("width") and stream.get("height")
    return stream.get("codec_type") == "video" and bool(known) and not cover


def _is_sound(stream: Mapping[str, Any]) -> bool:
    return stream.get("codec_type") == "audio" and bool(stream.get("codec_name"))


def _video(stream: Mapping[str, Any]) -> VideoFacts:
    return VideoFacts(
        index=int(stream["index"]),
        codec=str(stream["codec_name"]),
        profile=str(stream.get("profile", "")),
        level=int(stream.get("level", 0)),
        pixels=str(stream.get("pix_fmt", "")),
        width=int(stream["width"]),
        height=int(stream["height"]),
        rotation=_rotation(stream),
        interlaced=str(stream.get("field_order", "")) in {"tt", "bb", "tb", "bt"},
        aspect=_aspect(str(stream.get("sample_aspect_ratio", ""))),
        b_frames=int(stream.get("has_b_frames", 0)),
    )


def _sound(stream: Mapping[str, Any]) -> SoundFacts:
    return SoundFacts(
        index=int(stream["index"]),
        codec=str(stream["codec_name"]),
        profile=str(stream.get("profile", "")),
        rate=int(stream.get("sample_rate", 0) or 0),
        channels=int(stream.get("channels", 0)),
    )


def _rotation(stream: Mapping[str, Any]) -> int:
    """Degrees clockwise by which a player must turn the picture: 0, 90, 180 or 270."""
    for side in stream.get("side_data_list", []):
        if isinstance(side, dict) and "rotation" in side:
            return -int(side["rotation"]) % 360
    return 0


def _aspect(said: str) -> tuple[int, int]:
    found = re.fullmatch(r"([1-9]\d*):([1-9]\d*)", said)
    return (int(found.group(1)), int(found.group(2))) if found else (1, 1)


def _place(tags: object) -> str | None:
    """The place that a container names, as ISO 6709 has it; None where it names none."""
    if not isinstance(tags, dict):
        return None
    said = next((tags[name] for name in _PLACE_TAGS if name in tags), None)
    return said if isinstance(said, str) and len(said) <= _MOST_PLACE else None


def _microseconds(said: object) -> int | None:
    """A decimal number of seconds; None where it is missing or absurd."""
    found = re.fullmatch(r"(\d{1,9})(?:\.(\d{1,6})\d*)?", str(said))
    if found is None:
        return None
    return int(found.group(1)) * _SECOND + int((found.group(2) or "0").ljust(6, "0"))


def _named(stream: Mapping[str, Any]) -> str:
    kind, codec = stream.get("codec_type", "unknown"), stream.get("codec_name")
    return f"{kind} {codec or stream.get('codec_tag_string', 'unknown')}"
