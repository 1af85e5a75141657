"""What is copied, what transcoded and why: the whole table of rules, a line each."""

from dataclasses import replace

import pytest

from evidence.remarks import Remark, RemarkCode
from render.plan import Action, plain_plan, plan, upright_size
from render.probe import ProbeFacts, SoundFacts, VideoFacts

VIDEO = VideoFacts(
    index=0,
    codec="h264",
    profile="High",
    level=40,
    pixels="yuv420p",
    width=1920,
    height=1080,
    rotation=0,
    interlaced=False,
    aspect=(1, 1),
)
SOUND = SoundFacts(1, "aac", "LC", 48000, 2)
FACTS = ProbeFacts(container="mov,mp4,m4a,3gp,3g2,mj2", video=VIDEO, sound=SOUND)


def test_what_a_browser_plays_is_copied() -> None:
    made = plan(FACTS)
    assert made.json() == {
        "video": {"action": "COPY", "codec": "h264", "why": []},
        "sound": {"action": "COPY", "codec": "aac", "why": []},
    }
    assert made.copies
    assert made.maps == [0, 1]
    assert (made.options["c:v"], made.options["c:a"]) == ("copy", "copy")
    assert made.options["bsf:a"] == "aac_adtstoasc"
    assert "vf" not in made.options


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"codec": "hevc"}, Remark(RemarkCode.NOT_PLAYED, {"codec": "hevc"})),
        ({"codec": "mjpeg"}, Remark(RemarkCode.NOT_PLAYED, {"codec": "mjpeg"})),
        ({"codec": "h263"}, Remark(RemarkCode.NOT_PLAYED, {"codec": "h263"})),
        ({"pixels": "yuv422p"}, Remark(RemarkCode.PIXEL_FORMAT, {"pixels": "yuv422p"})),
        ({"pixels": "yuv420p10le"}, Remark(RemarkCode.PIXEL_FORMAT, {"pixels": "yuv420p10le"})),
        ({"profile": "High 4:2:2"}, Remark(RemarkCode.PROFILE, {"profile": "High 4:2:2"})),
        ({"level": 60}, Remark(RemarkCode.LEVEL, {"level": 60})),
        ({"rotation": 90}, Remark(RemarkCode.TURNED, {"degrees": 90})),
        ({"interlaced": True}, Remark(RemarkCode.INTERLACED)),
        ({"aspect": (12, 11)}, Remark(RemarkCode.PIXELS_NOT_SQUARE)),
    ],
)
def test_a_video_browsers_do_not_play_upright_is_transcoded(
    change: dict[str, object], why: Remark
) -> None:
    made = plan(replace(FACTS, video=replace(VIDEO, **change)))  # type: ignore[arg-type]
    assert made.video is not None
    assert made.video.why == (why,)
    assert made.options["c:v"] == "libx264"
    assert made.options["c:a"] == "copy"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"codec": "ac3"}, Remark(RemarkCode.NOT_PLAYED, {"codec": "ac3"})),
        ({"codec": "mp3"}, Remark(RemarkCode.NOT_PLAYED, {"codec": "mp3"})),
        ({"profile": "HE-AAC"}, Remark(RemarkCode.PROFILE, {"profile": "HE-AAC"})),
        ({"channels": 6}, Remark(RemarkCode.CHANNELS, {"count": 6})),
    ],
)
def test_sound_is_decided_by_itself(change: dict[str, object], why: Remark) -> None:
    made = plan(replace(FACTS, sound=replace(SOUND, **change)))  # type: ignore[arg-type]
    assert made.sound is not None
    assert made.sound.why == (why,)
    assert (made.options["c:v"], made.options["c:a"]) == ("copy", "aac")
    assert made.options["ac"] == 2


def test_a_damaged_stream_is_transcoded_and_the_other_left_alone() -> None:
    made = plan(replace(FACTS, damaged=frozenset({0})))
    assert made.video is not None
    assert made.sound is not None
    assert (made.video.action, made.sound.action) == (Action.TRANSCODE, Action.COPY)


def test_a_container_without_times_is_transcoded() -> None:
    made = plan(replace(FACTS, container="avi"))
    assert not made.copies


def test_sound_only_no_sound_and_nothing() -> None:
    assert plan(replace(FACTS, video=None)).maps == [1]
    assert plan(replace(FACTS, sound=None)).maps == [0]
    assert plan(ProbeFacts()).maps == []


def test_the_plain_plan_copies_nothing() -> None:
    made = plain_plan(FACTS, "the copy did not pass")
    assert not made.copies
    assert made.video is not None
    assert made.video.why == (Remark(RemarkCode.COPY_FAILED, detail="the copy did not pass"),)


@pytest.mark.parametrize(
    ("change", "size"),
    [
        ({}, (1280, 720)),
        ({"rotation": 90}, (720, 1280)),
        ({"rotation": 180}, (1280, 720)),
        ({"width": 640, "height": 480}, (640, 480)),
        ({"width": 176, "height": 144, "aspect": (12, 11)}, (192, 144)),
        ({"width": 641, "height": 479}, (640, 480)),
        ({"width": 1, "height": 1}, (2, 2)),
        ({"width": 16000, "height": 2}, (1280, 2)),
    ],
)
def test_size_is_upright_even_and_bounded(change: dict[str, object], size: tuple[int, int]) -> None:
    assert upright_size(replace(VIDEO, **change)) == size  # type: ignore[arg-type]
