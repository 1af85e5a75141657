"""Names of files: each make's forms, and whatever else a card may call a file."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from devices.makes import UNKNOWN, load_makes, match
from devices.names import read_name
from devices.words import Remark
from evidence.vocabulary import FileKind

MAKES = load_makes()


@pytest.mark.parametrize(
    ("path", "recorder", "officer", "time", "sequence"),
    [
        (
            "A11_2222222_222222_20260902180118_0001.mp4",
            "2222222",
            "222222",
            "2026-09-02T18:01:18",
            1,
        ),
        ("DSJ_0000000_000000_20250221030623.MP4", None, None, "2025-02-21T03:06:23", None),
        ("NOR_0000000_000000_20221208_101416_0003.mp4", None, None, "2022-12-08T10:14:16", 3),
        (
            "DCAM_CAM001_000001_20260804_100000_IMP.mp4",
            "CAM001",
            "000001",
            "2026-08-04T10:00:00",
            None,
        ),
        ("DCAM_CAM001_000001_20260804_100000.m4a", "CAM001", "000001", "2026-08-04T10:00:00", None),
        ("1234567_123456_20260804_100000.jpg", "1234567", "123456", "2026-08-04T10:00:00", None),
        ("dsj_1234567_12345a_20250221030623.mp4", "1234567", "12345A", "2025-02-21T03:06:23", None),
    ],
)
def test_the_forms_of_law_enforcement_recorders(
    path: str, recorder: str | None, officer: str | None, time: str, sequence: int | None
) -> None:
    facts = read_name(b"DCIM/VIDEO/" + path.encode(), MAKES)
    assert facts.make == "zfy"
    assert (facts.recorder, facts.officer) == (recorder, officer)
    assert (facts.claimed_time, facts.sequence) == (time, sequence)
    assert facts.important is ("_IMP" in path)
    assert not facts.odd_name


def test_factory_zeros_are_not_set_and_stay_visible() -> None:
    facts = read_name(b"DSJ_0000000_000000_20250221030623.MP4", MAKES)
    assert (facts.recorder_raw, facts.officer_raw) == ("0000000", "000000")
    assert facts.remarks == (Remark.RECORDER_NOT_SET, Remark.OFFICER_NOT_SET)


@pytest.mark.parametrize("stamp", ["20260230101010", "20261301101010", "20260101246060", "0" * 14])
def test_a_date_that_does_not_exist_is_no_date(stamp: str) -> None:
    facts = read_name(f"A11_2222222_222222_{stamp}_0001.mp4".encode(), MAKES)
    assert facts.claimed_time is None
    assert facts.remarks == (Remark.TIME_INVALID,)
    assert facts.recorder == "2222222"


@pytest.mark.parametrize(
    ("path", "make", "time", "important"),
    [
        ("20121108-095609_NOR_D.mp4", "dashcam", "2012-11-08T09:56:09", False),
        ("20121108-095609_EVT_P.mp4", "dashcam", "2012-11-08T09:56:09", True),
        ("19700101_000000_NF.mp4", "dashcam", "1970-01-01T00:00:00", False),
        ("20240501_120000_ER.mp4", "dashcam", "2024-05-01T12:00:00", True),
        ("EVT_20131125_103000.avi", "dashcam", "2013-11-25T10:30:00", True),
        ("Jan.01.2006_01.10.00+.avi", "incar", "2006-01-01T01:10:00", False),
        ("unit 7/CAR_12_Dec.31.2006_23.59.59#.avi", "incar", "2006-12-31T23:59:59", True),
        ("FourteenCharacJan.01.2006_01.12.15*.avi", "incar", "2006-01-01T01:12:15", True),
        ("Xyz.01.2006_01.10.00.avi", UNKNOWN, None, False),
        ("20240514/1M123455.mp4", "panasonic", "2024-05-14T12:34:55", False),
        ("1A123455.mp4", "panasonic", None, False),
        ("AXON_Body_3_Video_2024-05-14_0812_X60A12345.mp4", "axon", "2024-05-14T08:12:00", False),
        ("DCIM/Camera/IMG_20200827_231612.jpg", "phone", "2020-08-27T23:16:12", False),
        ("DCIM/Camera/VID_20240203_150538.mp4", "phone", "2024-02-03T15:05:38", False),
        ("DCIM/Camera/20240203_150538.mp4", "phone", "2024-02-03T15:05:38", False),
        ("DCIM/Camera/PXL_20240209_202348123.mp4", "phone", None, False),
        ("DCIM/100APPLE/IMG_2927.HEIC", "phone", None, False),
        ("DCIM/100GOPRO/GX010123.MP4", "gopro", None, False),
        ("DCIM/100GOPRO/GHAA0001.MP4", "gopro", None, False),
        ("DCIM/100VIDEO/HDV_0001.MP4", "dcf", None, False),
        ("DCIM/999CANON/MVI_9999.MOV", "dcf", None, False),
        ("DCIM/099MEDIA/SAM_0001.JPG", UNKNOWN, None, False),
        ("photo.jpg", UNKNOWN, None, False),
        ("SAM_0001.JPG", UNKNOWN, None, False),
    ],
)
def test_the_other_makes(path: str, make: str, time: str | None, *, important: bool) -> None:
    facts = read_name(path.encode(), MAKES)
    assert (facts.make, facts.claimed_time, facts.important) == (make, time, important)


@pytest.mark.parametrize(
    ("path", "remark"),
    [
        ("19700101_000000_NF.mp4", Remark.TIME_BEFORE_2000),
        ("1A123455.mp4", Remark.TIME_INCOMPLETE),
        ("AXON_Body_3_Video_2024-05-14_0812_X60A12345.mp4", Remark.TIME_TO_MINUTE),
        ("PXL_20240209_202348123.mp4", Remark.TIME_IS_UTC),
    ],
)
def test_a_time_that_needs_a_remark_has_one(path: str, remark: Remark) -> None:
    assert read_name(path.encode(), MAKES).remarks == (remark,)


@pytest.mark.parametrize(
    ("path", "sequence", "chapter", "kind"),
    [
        ("GX010123.MP4", 123, 1, FileKind.VIDEO),
        ("GH020123.MP4", 123, 2, FileKind.VIDEO),
        ("GL010123.LRV", 123, 1, FileKind.LOW_RESOLUTION),
        ("GX010123.THM", 123, 1, FileKind.THUMBNAIL),
        ("GOPR0123.MP4", 123, 0, FileKind.VIDEO),
        ("GP010123.MP4", 123, 1, FileKind.VIDEO),
        ("G0010123.JPG", 123, None, FileKind.PHOTO),
        ("GHAA0001.MP4", None, None, FileKind.VIDEO),
    ],
)
def test_gopro_numbers_and_chapters(
    path: str, sequence: int | None, chapter: int | None, kind: FileKind
) -> None:
    facts = read_name(b"DCIM/100GOPRO/" + path.encode(), MAKES)
    assert (facts.sequence, facts.chapter, facts.kind) == (sequence, chapter, kind)
    assert facts.series == (None if sequence is None else "gopro")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("DCIM/a.MP4", FileKind.VIDEO),
        ("a.m4a", FileKind.AUDIO),
        ("a.HEIC", FileKind.PHOTO),
        ("GPS/a.nmea", FileKind.SIDECAR),
        ("LOG/20260829.txt", FileKind.CARD_LOG),
        ("card 1/log/2026/odd name.LOG", FileKind.CARD_LOG),
        ("LOG/a.dat", FileKind.OPAQUE),
        ("LOG/a.mp4", FileKind.VIDEO),
        ("LOG", FileKind.OPAQUE),
        ("notes.txt", FileKind.OPAQUE),
        ("case.pdf", FileKind.OPAQUE),
        ("FOUND.000/FILE0000.CHK", FileKind.OPAQUE),
        ("no extension", FileKind.OPAQUE),
        (".mp4", FileKind.VIDEO),
    ],
)
def test_the_kind_of_a_file(path: str, kind: FileKind) -> None:
    assert read_name(path.encode(), MAKES).kind is kind


def test_a_card_log_belongs_to_the_make_that_writes_it() -> None:
    assert read_name(b"LOG/20260829.txt", MAKES).make == "zfy"


@pytest.mark.parametrize(
    "path",
    [
        b"",
        b"/etc/passwd",
        b"a//b.mp4",
        b"a/../b.mp4",
        b"./b.mp4",
        b"-rf.mp4",
        b"--delete/a.mp4",
        b"a\nb.mp4",
        b"a\x00b.mp4",
        b"\x1b[31mred.mp4",
        b"a\\b.mp4",
        b"\xff\xfe.mp4",
        "\u202egpj.mp4".encode(),
        "a\u2028b.mp4".encode(),
        b"a\x7f.mp4",
    ],
)
def test_an_odd_name_is_flagged(path: bytes) -> None:
    assert read_name(path, MAKES).odd_name


@pytest.mark.parametrize("path", ["DCIM/a b.mp4", "执法/现场 1.mp4", "a-b.mp4", "...mp4", "é.mp4"])
def test_an_ordinary_name_is_not_odd(path: str) -> None:
    assert not read_name(path.encode(), MAKES).odd_name


def test_a_series_is_one_counter() -> None:
    def series(path: str) -> str | None:
        return read_name(path.encode(), MAKES).series

    first = series("DCIM/A11_2222222_222222_20260902180118_0001.mp4")
    assert first == "zfy:2222222:20260902"
    assert series("PHOTO/A11_2222222_333333_20260902190118_0002.jpg") == first
    assert series("DCIM/A11_2222222_222222_20260903180118_0001.mp4") != first
    assert series("DCIM/A11_3333333_222222_20260902180118_0001.mp4") != first
    assert series("DCIM/100GOPRO/GX010001.MP4") == series("DCIM/101GOPRO/GOPR0002.JPG")
    assert series("one/DCIM/100GOPRO/GX010001.MP4") != series("two/DCIM/100GOPRO/GX010001.MP4")
    assert series("DCIM/100MEDIA/SAM_0001.JPG") == series("DCIM/100MEDIA/HDV_0002.MP4")
    assert series("DCIM/100MEDIA/SAM_0001.JPG") != series("DCIM/101MEDIA/SAM_0001.JPG")


@given(st.binary(max_size=400))
@example(b"A" * 100_000)
@example(b"/" * 10_000)
@example(b"\xff" * 300)
def test_any_bytes_are_accepted(path: bytes) -> None:
    facts = read_name(path, MAKES)
    assert facts.make in {make.id for make in MAKES}
    assert facts.claimed_time is None or len(facts.claimed_time) == 19
    assert facts.sequence is None or facts.series is not None


NAME_LIKE = st.from_regex(
    r"[A-Z0-9]{2,6}_[0-9A-Za-z]{6,8}_[0-9]{6}_[0-9]{8}_?[0-9]{6}(_[0-9]{4})?(_IMP)?\.mp4",
    fullmatch=True,
)


@given(NAME_LIKE)
def test_what_looks_like_a_recorder_name_is_read_as_one(name: str) -> None:
    facts = read_name(name.encode(), MAKES)
    assert facts.make == "zfy"
    assert facts.recorder_raw
    assert facts.officer_raw
    assert (facts.claimed_time is None) == (Remark.TIME_INVALID in facts.remarks)


def _worst_names() -> list[str]:
    """Names at the length limit made to fit far into a pattern and then fail."""
    pieces = ["A", "0", "_", "A_", "AXON_", "20260101_", "Jan.01.2006_", "IMG_", "0" * 14 + "_"]
    return [(piece * 255)[:255] + end for piece in pieces for end in ("", "!", "_IMP", ".mp4")]


def test_no_form_runs_away_on_a_long_name() -> None:
    # A pattern that backtracks without bound would not end here; the loader's rules and the
    # length limit are what keeps it from being accepted in the first place.
    for name in _worst_names():
        for form in (form for make in MAKES for form in make.forms):
            match(form, name[:255], stem=name[:255])
        assert read_name(name.encode() * 40, MAKES).make == UNKNOWN
