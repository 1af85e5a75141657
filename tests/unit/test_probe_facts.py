"""Reading what ffprobe and ffmpeg say, from texts they said about real and damaged files."""

import json
import tracemalloc
from dataclasses import replace

import pytest

from evidence.derivative import MediaLabel
from evidence.errors import DerivativeFailed
from evidence.remarks import Remark, RemarkCode
from render.extents import Extent, Extents, extents
from render.probe import ProbeFacts, claims, measured

VIDEO = {
    "index": 0,
    "codec_type": "video",
    "codec_name": "hevc",
    "profile": "Main 10",
    "level": 120,
    "pix_fmt": "yuv420p10le",
    "width": 1920,
    "height": 1080,
    "field_order": "tt",
    "sample_aspect_ratio": "4:3",
    "side_data_list": [{"side_data_type": "Display Matrix", "rotation": -90}],
}
SOUND = {
    "index": 1,
    "codec_type": "audio",
    "codec_name": "aac",
    "profile": "LC",
    "sample_rate": "44100",
    "channels": 2,
}
COVER = {**VIDEO, "index": 2, "disposition": {"attached_pic": 1}}
DATA = {"index": 3, "codec_type": "data", "codec_tag_string": "mebx"}

FRAMES = """\
#software: Lavf59
#tb 0: 1/30000
#codec_id 0: rawvideo
#tb 1: 1/44100
#codec_id 1: pcm_s16le
0,       1001,       1001,        1,      384, 0xc3f4bd80
1,          0,          0,     1024,     4096, 0x00000000
0,       2002,       2002,        1,      384, 0xc3f4bd80
1,       1024,       1024,     1024,     4096, 0x00000000
0,       5005,       5005,        1,      384, 0xc3f4bd80
"""


def said(*streams: object, duration: str = "5.005000") -> bytes:
    form = {"format_name": "mov,mp4", "duration": duration}
    return json.dumps({"streams": streams, "format": form}).encode()


def test_streams_are_described() -> None:
    facts = claims(said(VIDEO, SOUND, COVER, DATA))
    assert facts.video is not None
    assert (facts.video.rotation, facts.video.interlaced, facts.video.aspect) == (90, True, (4, 3))
    assert facts.sound is not None
    assert (facts.sound.rate, facts.sound.channels) == (44100, 2)
    assert facts.claimed == 5_005_000
    assert facts.left_out == ("video hevc", "data mebx")


@pytest.mark.parametrize("text", [b"", b"{}", b"{", b'{"streams": [1]}', said(COVER), said(DATA)])
def test_a_clean_exit_may_say_nothing(text: bytes) -> None:
    facts = claims(text)
    assert facts.video is None
    assert facts.sound is None


@pytest.mark.parametrize("claim", ["N/A", "", "-1.0", "1e99", "99999999999.0"])
def test_an_absurd_claim_is_no_claim(claim: str) -> None:
    assert claims(said(VIDEO, duration=claim)).claimed is None


def lines_at(*times: int, per_second: int = 25, length: int = 1) -> Extents:
    reader = Extents()
    reader(f"#tb 0: 1/{per_second}\n".encode())
    for at in times:
        reader(f"0, {at}, {at}, {length}, 384, 0x0\n".encode())
    reader.found()
    return reader


def test_a_hole_of_more_than_a_second_ends_a_stretch() -> None:
    """25 frames a second: 40 ms each, the last one of a stretch too."""
    first, second = range(50), range(50 + 25, 100)  # the last ends at 2 s, the next is at 3 s
    assert lines_at(*first, *second).stretches() == [[(0, 4_000_000)]]
    further = range(50 + 26, 100)
    assert lines_at(*first, *further).stretches() == [[(0, 2_000_000), (3_040_000, 4_000_000)]]


def test_a_picture_that_stands_still_for_long_is_a_hole() -> None:
    """An MP4 says of the last picture before a hole that it lasts until the next one."""
    reader = Extents()
    reader(b"#tb 0: 1/10\n" + b"".join(b"0, %d, %d, 1, 384, 0x0\n" % (t, t) for t in range(20)))
    reader(b"0, 20, 20, 900, 384, 0x0\n0, 920, 920, 1, 384, 0x0\n")
    reader.found()
    assert reader.stretches() == [[(0, 2_100_000), (92_000_000, 92_100_000)]]


def test_slow_even_pictures_leave_no_hole() -> None:
    assert lines_at(*range(0, 100, 50), per_second=25).stretches() == [[(0, 4_000_000)]]


def test_frames_that_go_back_tell_no_more_than_there_is() -> None:
    """A recorder set back its clock in the middle: two runs over one another are one."""
    assert lines_at(*range(50, 100), *range(20, 70)).stretches() == [[(800_000, 4_000_000)]]


def test_stretches_beyond_what_is_kept_are_left_out_and_said() -> None:
    reader = lines_at(*(at for n in range(4200) for at in (n * 100, n * 100 + 1)))
    assert (len(reader.stretches()[0]), reader.is_cut) == (4096, True)
    assert not lines_at(0, 1, 2).is_cut


def test_extents_come_from_decoded_frames() -> None:
    video, sound = extents(FRAMES)
    assert video == Extent(3, 33_366, 33_366 * 5 + 100_100 + 3, 100_100, 100_100, 100)
    assert sound is not None
    assert sound.length == 2048 * 1_000_000 // 44100
    assert extents("") == []
    assert extents("#tb 0: 1/25\n") == [None]


def test_the_head_tells_what_each_stream_is() -> None:
    reader = Extents()
    reader(b"#tb 0: 1/25\n#media_type 0: video\n#tb 1: 1/8000\n#media_type 1: data\n")
    reader(b"#media_type 64: video\n#tb 64: 1/25\n64, 0, 0, 1, 384, 0x0\n")
    assert (reader.kinds, reader.found()) == (["video", "data"], [None, None])


def test_extents_are_read_in_whatever_pieces_they_come() -> None:
    reader = Extents()
    for start in range(0, len(FRAMES), 7):
        reader(FRAMES[start : start + 7].encode())
    assert reader.found() == extents(FRAMES)


def test_memory_does_not_grow_with_the_frames() -> None:
    """Though no two gaps are alike."""
    reader, at = Extents(), 0
    reader(b"#tb 0: 1/1000000\n")
    tracemalloc.start()
    for number in range(50_000):
        at += 1000 + number
        reader(b"0, 0, %d, 1000, 1, 0x0\n" % at)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 1 << 20
    [found] = reader.found()
    assert found is not None
    assert (found.frames, found.end, found.longest) == (50_000, at + 1000, 50_999)
    assert found.frame == pytest.approx(26_000, rel=0.04)


def test_a_line_without_end_is_too_much() -> None:
    with pytest.raises(DerivativeFailed) as caught:
        Extents()(b"0" * 5000)
    assert caught.value.code == "OUTPUT_LIMIT"


EXTENT = Extent(10, 0, 5_000_000, 40_000, 40_000, 5_000_000)


def of(text: str, *found: Extent | None) -> ProbeFacts:
    return measured(claims(said(VIDEO, SOUND)), found or (EXTENT, EXTENT), said=text)


@pytest.mark.parametrize(
    "line",
    [
        "[null @ 0x55] Application provided invalid, non monotonically increasing dts: 7 >= 7",
        "[framecrc @ 0x55] Application provided invalid, non monotonically increasing dts",
        "[swscaler @ 0x55] deprecated pixel format used",
        "",
    ],
)
def test_lines_of_a_muxer_mean_nothing(line: str) -> None:
    facts = of(line)
    assert facts.labels == ()
    assert facts.damaged == frozenset()


def test_what_a_decoder_complains_of_means_damage() -> None:
    facts = of(
        "[h264 @ 0x55a] Invalid NAL unit size (-1 > 551).\n"
        "[h264 @ 0x55b] Invalid NAL unit size (-1 > 551).\n"
        "Error while decoding stream #0:0: Invalid data found when processing input\n"
    )
    assert facts.labels == (MediaLabel.DAMAGED,)
    [reason] = facts.reasons
    assert (reason.code, reason.facts) == (RemarkCode.PICTURE_BROKEN, {"count": 2})
    assert reason.detail.splitlines() == [
        "[h264] Invalid NAL unit size (-1 > 551).",
        "Error while decoding stream #0:0: Invalid data found when processing input",
    ]
    assert facts.damaged == {0}


def test_too_short_means_damage_but_its_streams_are_sound() -> None:
    facts = of("", replace(EXTENT, end=2_500_000), None)
    [reason] = facts.reasons
    assert reason == Remark(RemarkCode.SHORTER_THAN_CLAIMED, {"length": "2.50", "claimed": "5.00"})
    assert reason.words() == (
        "文件自称时长 5.00 秒，实际只能解码 2.50 秒",
        "Only 2.50 s of the claimed 5.00 s decode",
    )
    assert facts.damaged == frozenset()
    assert facts.sound is None


def test_what_begins_late_is_not_short() -> None:
    facts = of("", replace(EXTENT, end=3_000_000), replace(EXTENT, start=2_000_000))
    assert (facts.start, facts.length, facts.labels) == (0, 5_000_000, ())


def test_sound_with_holes_is_said_to_have_them() -> None:
    facts = of("", EXTENT, replace(EXTENT, filled=100_000))
    assert facts.labels == (MediaLabel.SOUND_INCOMPLETE,)
    told = {"filled": "0.10", "length": "5.00"}
    assert facts.reasons == (Remark(RemarkCode.SOUND_HOLES, told),)
    assert facts.damaged == frozenset()


def test_facts_survive_the_row() -> None:
    facts = of("[aac @ 0x1] channel element 2.0 is not allocated")
    assert ProbeFacts.from_json(json.loads(json.dumps(facts.json()))) == facts


def test_a_row_of_before_there_were_codes_is_read_too() -> None:
    line = "[h264] Invalid NAL unit size (-1 > 551)."
    [reason] = ProbeFacts.from_json({**of("").json(), "reasons": [line]}).reasons
    assert (reason.code, reason.detail) == (RemarkCode.TOOL_SAID, line)
