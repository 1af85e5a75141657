"""Card logs: what firmware writes, what power cuts leave, and what a hostile card may hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.cardlog import MAX_LINE_BYTES, MAX_LINES, MAX_LOG_BYTES, read_log
from devices.makes import load_makes
from devices.words import EventKind, Remark

MAKES = load_makes()


def test_the_lines_that_were_seen() -> None:
    log = read_log(
        "2026/08/29-14:05:44 #ID:1111111 #USB Connect\r\n"
        "2026/08/29-14:05:44 #ID:0000000-000000#USB Connect\r\n"
        "2026/09/02-15:49:29 #ID:2222222 #Включение системы\n".encode(),
        MAKES,
    )
    assert (log.looked_at, log.damaged, log.truncated) == (3, 0, False)
    first, factory, russian = log.lines
    assert (first.number, first.make, first.time) == (1, "zfy", "2026-08-29T14:05:44")
    assert (first.recorder, first.officer, first.event) == ("1111111", None, EventKind.USB_CONNECT)
    assert (factory.recorder, factory.recorder_raw) == (None, "0000000")
    assert (factory.officer, factory.officer_raw) == (None, "000000")
    assert factory.event is EventKind.USB_CONNECT
    assert (russian.number, russian.event) == (3, EventKind.POWER_ON)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Power On", EventKind.POWER_ON),
        ("开机", EventKind.POWER_ON),
        ("关机", EventKind.POWER_OFF),
        ("开始录像", EventKind.RECORD_START),
        ("开始录像 DCIM/A.mp4", EventKind.RECORD_START),
        ("start  RECORD", EventKind.RECORD_START),
        ("停止录像", EventKind.RECORD_STOP),
        ("Stop Recording", EventKind.RECORD_STOP),
        ("拍照", EventKind.PHOTO),
        ("Bootloader 1.2", EventKind.OTHER),
        ("USB Disconnect", EventKind.OTHER),
        ("", EventKind.OTHER),
    ],
)
def test_event_words(text: str, kind: EventKind) -> None:
    line = f"2026/08/29-14:05:44 #ID:1111111 #{text}"
    for encoding in ("utf-8", "gb18030"):
        assert [found.event for found in read_log(line.encode(encoding), MAKES).lines] == [kind]


def test_mixed_separators_and_line_ends() -> None:
    log = read_log(
        b"\xef\xbb\xbf2026-08-29 14:05:44 #ID:1111111-123456 #Power On\r\r\n"
        b"2026.08.29T14:05:45#ID:1111111#Power Off\n\n   \n#ID:1111111",
        MAKES,
    )
    assert [line.time for line in log.lines] == ["2026-08-29T14:05:44", "2026-08-29T14:05:45", None]
    assert [line.officer for line in log.lines] == ["123456", None, None]
    assert log.damaged == 0


def test_a_time_that_does_not_exist_is_no_time() -> None:
    (line,) = read_log(b"2026/02/30-14:05:44 #ID:1111111 #Power On", MAKES).lines
    assert (line.time, line.remark) == (None, Remark.TIME_INVALID)
    (line,) = read_log(b"2026/02/28 #ID:1111111 #Power On", MAKES).lines
    assert (line.time, line.remark) == (None, Remark.TIME_INCOMPLETE)


def test_damage_is_counted_and_the_rest_still_read() -> None:
    log = read_log(
        b"2026/08/29-14:05:44 #ID:1111111 #Power On\n"
        b"\x00\x00\x00\x13\xff\xff\n"
        b"2026/08/29-14:0\n"
        b"2026/08/29-14:05:46 #ID:1111111 #Pow\xff\x01er\n"
        b"2026/08/29-14:05:47 #ID:1111111 #Power Off\x00\x00\x00",
        MAKES,
    )
    assert (log.looked_at, log.damaged) == (5, 3)
    assert [(line.number, line.damaged) for line in log.lines] == [
        (1, False),
        (4, True),
        (5, False),
    ]
    assert log.lines[1].text == "Pow\\xff\\u0001er"


def test_a_huge_log_is_cut_and_says_so() -> None:
    line = b"2026/08/29-14:05:44 #ID:1111111 #USB Connect\n"
    log = read_log(line * (MAX_LINES + 1), MAKES)
    assert (log.looked_at, log.truncated) == (MAX_LINES, True)
    assert read_log(b"\n" * (MAX_LOG_BYTES + 1), MAKES).truncated
    assert not read_log(line * 10, MAKES).truncated


def test_a_line_without_end_is_one_damaged_line() -> None:
    log = read_log(b"x" * (10 * 1024 * 1024), MAKES)
    assert (log.lines, log.looked_at, log.damaged, log.truncated) == ((), 1, 1, True)
    long = b"2026/08/29-14:05:44 #ID:1111111 #" + b"x" * MAX_LINE_BYTES
    assert read_log(long, MAKES).damaged == 1


@given(st.binary(max_size=2000))
def test_any_bytes_are_accepted(data: bytes) -> None:
    log = read_log(data, MAKES)
    assert log.damaged <= log.looked_at
    assert len(log.lines) <= log.looked_at


@given(st.binary(max_size=40), st.integers(0, 60))
def test_damage_inside_a_line_never_harms_its_neighbours(junk: bytes, place: int) -> None:
    good = b"2026/08/29-14:05:44 #ID:1111111 #USB Connect"
    bad = good[:place] + junk + good[place:]
    log = read_log(good + b"\n" + bad + b"\n" + good, MAKES)
    assert log.lines[0].recorder == log.lines[-1].recorder == "1111111"
    assert log.lines[0].number == 1
