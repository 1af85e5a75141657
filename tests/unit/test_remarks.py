"""What tools complain of as codes: lines that ffmpeg 5.1 said of damaged files, and their words."""

import json
import re
from string import Formatter

import pytest

from evidence import messages
from evidence.preview_messages import DERIVATIVES
from evidence.reason_messages import WHY
from evidence.remark_messages import REMARKS
from evidence.remarks import Remark, RemarkCode, remarks_of
from render.complaints import Shown, complaints, photo_remark, remarks

HAN = re.compile(r"[\u4e00-\u9fff]")
SHOWN = Shown(video=0, sound=1)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("[mov,mp4,m4a,3gp,3g2,mj2 @ 0x5] moov atom not found", "INDEX_MISSING"),
        ("file:/in/media: Invalid data found when processing input", "NOT_READABLE"),
        ("file:/in/media: could not find codec parameters", "NOT_READABLE"),
        ("file:/in/media: Invalid argument", "NOT_READABLE"),
        ("[hls @ 0x5] Format not on whitelist 'mov,mp4'", "FORMAT_REFUSED"),
        ("[h264 @ 0x5] [IMGUTILS @ 0x7] Picture size 9x9 exceeds specified max", "TOO_MANY_PIXELS"),
        ("[mov,mp4,m4a,3gp,3g2,mj2 @ 0x5] stream 0, offset 0x30: partial file", "CUT_OFF"),
        ("[matroska,webm @ 0x5] File ended prematurely", "CUT_OFF"),
        ("[wav @ 0x5] no 'data' tag found", "CUT_OFF"),
        ("[matroska,webm @ 0x5] Invalid track number 9", "STRUCTURE_BROKEN"),
        ("[mov,mp4,m4a,3gp,3g2,mj2 @ 0x5] error reading header", "STRUCTURE_BROKEN"),
        ("[mpegts @ 0x5] Packet corrupt (stream = 0, dts = 12)", "STRUCTURE_BROKEN"),
        ("[NULL @ 0x5] missing picture in access unit with size 555", "PICTURE_BROKEN"),
        ("[h264 @ 0x5] error while decoding MB 3 4, bytestream -5", "PICTURE_BROKEN"),
        ("[hevc @ 0x5] Could not find ref with POC 3", "PICTURE_BROKEN"),
        ("[mjpeg @ 0x5] overread 8", "PICTURE_BROKEN"),
        ("Error while decoding stream #0:0: Invalid data found", "PICTURE_BROKEN"),
        ("[aac @ 0x5] channel element 2.0 is not allocated", "SOUND_BROKEN"),
        ("[amrnb @ 0x5] Corrupt bitstream", "SOUND_BROKEN"),
        ("[pcm_s16le @ 0x5] Invalid PCM packet, data has size 1", "SOUND_BROKEN"),
        ("Error while decoding stream #0:1: Invalid data found", "SOUND_BROKEN"),
        ("[mjpeg @ 0x5] [IMGUTILS @ 0x7] Picture size 0x0 is invalid", "TOO_MANY_PIXELS"),
        ("Cannot determine format of input stream 0:0 after EOF", "NOTHING_DECODES"),
        ("Error while decoding stream #0:1: Not yet implemented in FFmpeg", "UNKNOWN_CODING"),
        ("Error while decoding stream #0:7: Invalid data found", "TOOL_SAID"),
        ("Error marking filters as finished", "TOOL_SAID"),
    ],
)
def test_a_line_has_its_code_and_stays_as_detail(line: str, code: str) -> None:
    [said] = complaints(line)
    assert said == re.sub(r" @ 0x\d", "", line.removeprefix("file:/in/media: "))
    assert remarks([said], SHOWN) == [Remark(RemarkCode(code), {"count": 1}, said)]


def test_lines_are_counted_by_code_and_no_line_is_lost() -> None:
    lines = [f"[h264] error while decoding MB {n} 0" for n in range(50)]
    found = remarks([*lines[:1], "[aac] invalid band type", *lines[1:]], SHOWN)
    assert [(one.code, one.facts) for one in found] == [
        (RemarkCode.PICTURE_BROKEN, {"count": 50}),
        (RemarkCode.SOUND_BROKEN, {"count": 1}),
    ]
    assert found[0].detail.startswith(lines[0])
    assert len(found[0].detail) <= 400


def test_what_is_said_after_every_reason_is_no_reason_of_its_own() -> None:
    lines = ["[mov] moov atom not found", "Invalid data found when processing input"]
    [one] = remarks(lines, SHOWN)
    assert one == Remark(RemarkCode.INDEX_MISSING, {"count": 1}, "\n".join(lines))


def test_a_photo_that_was_cut_off_is_told_from_a_broken_one() -> None:
    assert photo_remark("image file is truncated (9 bytes not processed)").code == "CUT_OFF"
    assert photo_remark("broken data stream when reading image file").code == "PHOTO_BROKEN"


def test_a_remark_survives_the_row() -> None:
    remark = Remark(RemarkCode.SOUND_BROKEN, {"count": 3}, "[aac] invalid band type")
    assert remarks_of(json.loads(json.dumps([remark.json()]))) == (remark,)
    assert remarks_of(None) == ()


def test_every_code_has_its_sentence_and_there_is_no_other() -> None:
    assert set(REMARKS) == {code.value for code in RemarkCode}
    for chinese, english in (*REMARKS.values(), *WHY.values()):
        assert HAN.search(chinese) or chinese == "{message}"
        assert not HAN.search(english)


def test_both_languages_tell_the_same_facts() -> None:
    for chinese, english in REMARKS.values():
        assert _facts(chinese) == _facts(english)


def test_no_code_stands_in_two_tables() -> None:
    tables = (messages.NOTICES, messages.ERRORS, messages.STATES, DERIVATIVES)
    assert not [code for code in REMARKS if any(code in table for table in tables)]


def _facts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
