"""Possibly missing recordings, checked against counting by hand and by brute force."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.cardlog import CardLog, read_log
from devices.gaps import MAX_REPORTED, SequenceGap, log_gaps, sequence_gaps
from devices.makes import load_makes
from devices.names import NameFacts, read_name

MAKES = load_makes()
DAY = datetime.fromisoformat("2026-09-02T00:00:00")


def _names(*paths: str) -> list[NameFacts]:
    return [read_name(path.encode(), MAKES) for path in paths]


def _numbered(*numbers: int, day: str = "20260902") -> list[NameFacts]:
    return _names(*(f"A11_2222222_222222_{day}180118_{n:04d}.mp4" for n in numbers))


def _gopro(*numbers: int) -> list[NameFacts]:
    return _names(*(f"DCIM/100GOPRO/GX01{n:04d}.MP4" for n in numbers))


def _ranges(names: list[NameFacts]) -> list[tuple[int, int]]:
    return [(gap.first, gap.last) for gap in sequence_gaps(names, MAKES).found]


def test_the_example_of_the_requirement() -> None:
    (gap,) = sequence_gaps(_numbered(11, 12, 14), MAKES).found
    assert gap == SequenceGap("zfy:2222222:20260902", 13, 13)
    assert gap.code == "SEQUENCE_GAP"
    assert gap.facts() == {
        "series": "zfy:2222222:20260902",
        "numbers": "13",
        "first": 13,
        "last": 13,
        "count": 1,
    }


@pytest.mark.parametrize(
    ("numbers", "ranges"),
    [
        ([], []),
        ([7], []),
        ([7, 7, 7], []),
        ([14, 12, 11], [(13, 13)]),
        ([1, 9999], [(2, 9998)]),
        ([0, 2], [(1, 1)]),
    ],
)
def test_within_a_day(numbers: list[int], ranges: list[tuple[int, int]]) -> None:
    assert _ranges(_numbered(*numbers)) == ranges


def test_nothing_is_compared_across_days_recorders_or_folders() -> None:
    assert not _ranges(_numbered(1, 2) + _numbered(9, 10, day="20260903"))
    assert not _ranges(_names("DCIM/100MEDIA/SAM_0001.JPG", "DCIM/101MEDIA/SAM_0009.JPG"))
    assert not _ranges(_names("one/DCIM/100GOPRO/GX010001.MP4", "two/DCIM/100GOPRO/GX010009.MP4"))


@pytest.mark.parametrize(
    ("numbers", "ranges"),
    [
        ([9998, 9999, 1, 2], []),
        ([9998, 1], [(9999, 9999)]),
        ([9997, 9999, 2], [(1, 1), (9998, 9998)]),
        ([9000, 9002, 5000], [(5001, 8999), (9001, 9001)]),
        ([1, 5000], [(2, 4999)]),
    ],
)
def test_a_counter_that_goes_over_its_end(
    numbers: list[int], ranges: list[tuple[int, int]]
) -> None:
    assert _ranges(_gopro(*numbers)) == ranges


def test_chapters_of_one_recording_are_no_gap() -> None:
    folder = "DCIM/100GOPRO/"
    new = ("GX010007.MP4", "GX020007.MP4", "GX030007.MP4", "GX010008.MP4")
    old = ("GOPR0009.MP4", "GP010009.MP4", "GP020009.MP4", "GOPR0010.JPG")
    assert not _ranges(_names(*(folder + name for name in new + old)))


def test_a_missing_chapter_is_a_gap_of_its_recording() -> None:
    found = sequence_gaps(_names("GX010007.MP4", "GX040007.MP4", "GX020008.MP4"), MAKES).found
    assert found == (SequenceGap("gopro", 2, 3, 7), SequenceGap("gopro", 1, 1, 8))
    assert found[0].facts()["recording"] == 7
    found = sequence_gaps(_names("GP010009.MP4"), MAKES).found
    assert found == (SequenceGap("gopro", 0, 0, 9),)


def test_a_companion_does_not_stand_in_for_a_recording() -> None:
    names = _names("GX010007.MP4", "GL010008.LRV", "GX010008.THM", "GX010009.MP4")
    assert _ranges(names) == [(8, 8)]


def test_a_hostile_card_gets_a_bounded_answer() -> None:
    gaps = sequence_gaps(_numbered(*range(1, 9999, 2)), MAKES)
    assert len(gaps.found) == MAX_REPORTED
    assert len(gaps.found) + gaps.left_out == 4998


@given(st.sets(st.integers(1, 400)))
def test_holes_are_exactly_what_counting_misses(present: set[int]) -> None:
    missing = {n for first, last in _ranges(_numbered(*present)) for n in range(first, last + 1)}
    between = set(range(min(present), max(present) + 1)) if present else set()
    assert missing == between - present


@given(st.integers(1, 9999), st.integers(2, 3000), st.sets(st.integers(1, 2998), max_size=40))
def test_a_run_with_files_taken_out_anywhere(start: int, length: int, taken: set[int]) -> None:
    run = [(start - 1 + step) % 9999 + 1 for step in range(length)]
    removed = {run[step] for step in taken if step < length - 1}
    left = [number for number in run if number not in removed]
    missing = {n for first, last in _ranges(_gopro(*left)) for n in range(first, last + 1)}
    assert missing == removed


def _log(*events: tuple[int, str], recorder: str = "2222222") -> CardLog:
    lines = [
        f"{DAY + timedelta(seconds=at):%Y/%m/%d-%H:%M:%S} #ID:{recorder} #{event}"
        for at, event in events
    ]
    return read_log("\n".join(lines).encode(), MAKES)


def _files(*seconds: int, recorder: str = "2222222", extension: str = "mp4") -> list[NameFacts]:
    times = (DAY + timedelta(seconds=at) for at in seconds)
    return _names(*(f"A11_{recorder}_222222_{at:%Y%m%d%H%M%S}.{extension}" for at in times))


def _open_starts(log: CardLog, names: list[NameFacts]) -> list[int]:
    found = log_gaps([log], names).found
    return [int((datetime.fromisoformat(gap.at) - DAY).total_seconds()) for gap in found]


START, STOP = "Start Record", "停止录像"


def test_a_start_without_file_is_reported() -> None:
    log = _log((100, START), (200, STOP), (300, START), (400, STOP))
    gaps = log_gaps([log], _files(101))
    (gap,) = gaps.found
    assert gap.code == "LOG_WITHOUT_FILE"
    assert gap.facts() == {"at": "2026-09-02T00:05:00", "line": 3, "recorder": "2222222"}
    assert (gaps.left_out, gaps.untimed) == (0, 0)


@pytest.mark.parametrize(
    ("at", "open_starts"),
    [(94, [100]), (95, []), (105, []), (150, []), (200, []), (201, [100])],
)
def test_a_file_answers_near_the_start_or_while_it_ran(at: int, open_starts: list[int]) -> None:
    assert _open_starts(_log((100, START), (200, STOP)), _files(at)) == open_starts


def test_tolerance_is_a_parameter() -> None:
    log, names = _log((100, START)), _files(130)
    assert log_gaps([log], names).found
    assert not log_gaps([log], names, tolerance=timedelta(seconds=30)).found


def test_without_a_stop_the_next_event_ends_a_recording() -> None:
    assert _open_starts(_log((100, START), (300, "Power On")), _files(250)) == []
    assert _open_starts(_log((100, START)), _files(250)) == [100]


def test_a_file_answers_to_the_nearest_start_only() -> None:
    assert _open_starts(_log((100, START), (102, STOP), (104, START)), _files(104)) == [100]


def test_recorders_are_kept_apart_unless_not_set() -> None:
    log = _log((100, START))
    assert _open_starts(log, _files(100, recorder="3333333")) == [100]
    assert _open_starts(log, _files(100, recorder="0000000")) == []
    assert _open_starts(_log((100, START), recorder="0000000"), _files(100)) == []


def test_a_photo_answers_to_no_start_and_sound_does() -> None:
    assert _open_starts(_log((100, START)), _files(100, extension="jpg")) == [100]
    assert _open_starts(_log((100, START)), _files(100, extension="m4a")) == []


def test_a_start_logged_twice_is_one() -> None:
    log = _log((100, START))
    assert len(log_gaps([log, log], []).found) == 1
    assert not log_gaps([log, log], _files(100)).found


def test_starts_before_a_moment_can_be_left_out() -> None:
    log = _log((100, START), (300, START))
    found = log_gaps([log], [], since="2026-09-02T00:05:00").found
    assert [gap.at for gap in found] == ["2026-09-02T00:05:00"]


def test_a_start_without_time_is_counted() -> None:
    log = read_log(b"#ID:1111111 #Start Record\n2026/02/30-01:01:01 #ID:1111111 #REC START", MAKES)
    gaps = log_gaps([log], [])
    assert (gaps.found, gaps.untimed) == ((), 2)


def test_many_starts_get_a_bounded_answer() -> None:
    log = _log(*((at, START) for at in range(MAX_REPORTED + 3)))
    gaps = log_gaps([log], [])
    assert (len(gaps.found), gaps.left_out) == (MAX_REPORTED, 3)


EVENTS = st.lists(st.tuples(st.integers(0, 80), st.sampled_from([START, STOP])), max_size=12)


@given(EVENTS, st.lists(st.integers(0, 80), max_size=6))
def test_against_a_search_through_all_pairs(
    events: list[tuple[int, str]], files: list[int]
) -> None:
    ordered = sorted(events, key=lambda event: event[0])
    starts = sorted({at for at, event in ordered if event == START})
    later = {at: [t for t, _ in _after(ordered, at)] for at in starts}
    open_starts = set(starts)
    for file in files:
        near = [at for at in starts if abs(at - file) <= 5]
        if near:
            open_starts.discard(min(near, key=lambda at: abs(at - file)))
            continue
        before = [at for at in starts if at <= file]
        if before and later[before[-1]] and file <= later[before[-1]][0]:
            open_starts.discard(before[-1])
    assert _open_starts(_log(*ordered), _files(*files)) == sorted(open_starts)


def _after(ordered: list[tuple[int, str]], start: int) -> list[tuple[int, str]]:
    """What is logged after the last mention of a start at that second."""
    last = max(i for i, event in enumerate(ordered) if event == (start, START))
    return ordered[last + 1 :]
