"""Decides per stream what a rendition takes as it is and what it must transcode: pure rules.

Holds always: a stream is copied only where a browser plays it as it is, upright; everything else
is transcoded, and the reason is said. Data tracks are never taken over. A second, plainer plan
(everything transcoded) stands ready for files whose copy does not pass the check.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evidence.canonical import Json
from evidence.remarks import Remark, RemarkCode
from render.probe import ProbeFacts, SoundFacts, VideoFacts

LONG_SIDE = 1280
"""Transcoded pictures are not larger: the original is there for detail."""

_PLAYED_PIXELS = frozenset({"yuv420p", "yuvj420p"})
_PLAYED_PROFILES = frozenset({"Baseline", "Constrained Baseline", "Main", "High"})
_HIGHEST_LEVEL = 52
_MOST_CHANNELS = 2
_UNTIMED = frozenset({"avi", "h264", "hevc"})
"""Containers that say no presentation times: nothing can be copied out of them in order."""

Why = tuple[Remark, ...]
"""Why a stream cannot be copied; empty where it can."""

_Rule = tuple[bool, RemarkCode, Mapping[str, str | int]]
"""Whether a browser plays it so, and the remark where it does not."""


class Action(StrEnum):
    """What is done with a stream."""

    COPY = "COPY"
    TRANSCODE = "TRANSCODE"


@dataclass(frozen=True)
class StreamPlan:
    """What is done with one stream, and why not less."""

    index: int
    action: Action
    codec: str
    why: Why = ()

    def json(self) -> dict[str, Json]:
        """The decision as the row keeps it."""
        why: list[Json] = [remark.json() for remark in self.why]
        return {"action": self.action.value, "codec": self.codec, "why": why}


@dataclass(frozen=True)
class Plan:
    """What becomes of a file's streams; no stream at all means there is nothing to play."""

    video: StreamPlan | None
    sound: StreamPlan | None
    options: Mapping[str, str | int]

    @property
    def maps(self) -> list[int]:
        """Indexes of the streams that are taken, video first."""
        return [stream.index for stream in (self.video, self.sound) if stream]

    @property
    def copies(self) -> bool:
        """Whether anything is copied."""
        streams = (self.video, self.sound)
        return any(stream.action == Action.COPY for stream in streams if stream)

    def json(self) -> dict[str, Json]:
        """The decisions as the row keeps them."""
        return {
            "video": None if self.video is None else self.video.json(),
            "sound": None if self.sound is None else self.sound.json(),
        }


def plan(facts: ProbeFacts) -> Plan:
    """The rendition with as little transcoding as a browser allows."""
    return _planned(facts, _against_video(facts), sound_why=_against_sound(facts))


def plain_plan(facts: ProbeFacts, why: str) -> Plan:
    """The rendition with everything transcoded; `why` says what was wrong with a copy."""
    remark = Remark(RemarkCode.COPY_FAILED, detail=why)
    return _planned(facts, (remark,), sound_why=(remark,))


def upright_size(video: VideoFacts, long_side: int = LONG_SIDE) -> tuple[int, int]:
    """Width and height in square pixels, turned upright, even, no side over `long_side`."""
    width, height = video.width * video.aspect[0] / video.aspect[1], float(video.height)
    if video.rotation in (90, 270):
        width, height = height, width
    shrink = min(1.0, long_side / max(width, height))
    return _even(width * shrink), _even(height * shrink)


def _even(pixels: float) -> int:
    return max(2, round(pixels / 2) * 2)


def _stream(index: int, codec: str, *, why: Why) -> StreamPlan:
    return StreamPlan(index, Action.TRANSCODE if why else Action.COPY, codec, why)


def _against_video(facts: ProbeFacts) -> Why:
    """Why the video cannot be copied; empty where it can."""
    video = facts.video
    if video is None:
        return ()
    if video.codec != "h264":
        return (Remark(RemarkCode.NOT_PLAYED, {"codec": video.codec}),)
    upright, square = video.rotation == 0, video.aspect[0] == video.aspect[1]
    found: tuple[_Rule, ...] = (
        (video.pixels in _PLAYED_PIXELS, RemarkCode.PIXEL_FORMAT, {"pixels": video.pixels}),
        (video.profile in _PLAYED_PROFILES, RemarkCode.PROFILE, {"profile": video.profile}),
        (video.level <= _HIGHEST_LEVEL, RemarkCode.LEVEL, {"level": video.level}),
        (upright, RemarkCode.TURNED, {"degrees": video.rotation}),
        (not video.interlaced, RemarkCode.INTERLACED, {}),
        (square, RemarkCode.PIXELS_NOT_SQUARE, {}),
    )
    return (*_unplayed(found), *_against_source(facts, video.index))


def _against_sound(facts: ProbeFacts) -> Why:
    sound = facts.sound
    if sound is None:
        return ()
    if sound.codec != "aac":
        return (Remark(RemarkCode.NOT_PLAYED, {"codec": sound.codec}),)
    found: tuple[_Rule, ...] = (
        (sound.profile == "LC", RemarkCode.PROFILE, {"profile": sound.profile}),
        (sound.channels <= _MOST_CHANNELS, RemarkCode.CHANNELS, {"count": sound.channels}),
    )
    return (*_unplayed(found), *_against_source(facts, sound.index))


def _against_source(facts: ProbeFacts, index: int) -> Why:
    return _unplayed(
        (
            (index not in facts.damaged, RemarkCode.STREAM_DAMAGED, {}),
            (facts.container not in _UNTIMED, RemarkCode.NO_TIMES, {}),
        )
    )


def _unplayed(rules: Sequence[_Rule]) -> Why:
    """A remark for each rule that does not hold."""
    return tuple(Remark(code, facts) for holds, code, facts in rules if not holds)


def _planned(facts: ProbeFacts, video_why: Why, *, sound_why: Why) -> Plan:
    options: dict[str, str | int] = {"map_metadata": -1, "map_chapters": -1}
    video = sound = None
    if facts.video:
        video = _stream(facts.video.index, facts.video.codec, why=video_why)
        options |= _video_options(facts.video, video.action)
    if facts.sound:
        sound = _stream(facts.sound.index, facts.sound.codec, why=sound_why)
        options |= _sound_options(facts.sound, sound.action)
    return Plan(video, sound, options)


def _video_options(video: VideoFacts, action: Action) -> dict[str, str | int]:
    if action == Action.COPY:
        return {"c:v": "copy"}
    width, height = upright_size(video)
    chain = f"scale={width}:{height},setsar=1,format=yuv420p"
    if video.interlaced:
        chain = f"yadif=0:-1:1,{chain}"
    return {
        "c:v": "libx264",
        "preset": "veryfast",
        "crf": 23,
        "profile:v": "high",
        "bf": 0,  # in order, they need no edit list to begin in time
        "vf": chain,
        "fps_mode": "vfr",
        "enc_time_base:v": "-1",
        "force_key_frames": "expr:gte(t,n_forced*2)",
        "x264-params": "rc-lookahead=20",
    }


def _sound_options(sound: SoundFacts, action: Action) -> dict[str, str | int]:
    if action == Action.COPY:
        return {"c:a": "copy", "bsf:a": "aac_adtstoasc"}  # a transport stream says it in each frame
    channels = min(sound.channels or 1, _MOST_CHANNELS)
    fill = "aresample=async=1"  # holes become silence: a player would stop at them
    return {"c:a": "aac", "b:a": "96k", "ac": channels, "ar": 48000, "af": fill}
