"""Renditions of footage made to be awkward: when each stream begins, and what can be copied.

The times are read from the boxes of `media.mp4` as Chromium reads them: of an edit list it obeys
the first entry that says where to begin, and none that says to wait.
"""

import json
import struct
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from evidence.errors import DerivativeFailed
from render import confine
from render.check import check_rendition
from render.derive import output_for
from render.ffmpeg import Media
from render.hls import make_rendition
from render.peaks import PER_SECOND, make_peaks
from render.probe import ProbeFacts, probe
from tests.footage import footage_dir, give_up_without

PICTURES = "testsrc2=s=160x120:r=10:d=4"
REORDERED = {"c:v": "libx264", "bf": "3", "g": "20", "c:a": "aac"}
FRAME = 0.1
PRIMING = 0.03
"""Seconds of silence that an encoder of AAC puts before the sound, at most."""


@pytest.fixture(scope="module")
def way() -> confine.Way:
    give_up_without("ffmpeg")
    return confine.find()


@pytest.fixture(scope="module")
def speech() -> bytes:
    return (footage_dir() / "audio_amr_nb.amr").read_bytes()


def film(path: Path, *inputs: str, options: Mapping[str, str] = REORDERED) -> Path:
    """Footage of these inputs, each with options of its own in front, if any."""
    command = ["ffmpeg", "-v", "error", "-y"]
    for given in inputs:
        *before, source = given.split(" ")
        command += [*before, "-f", "lavfi", "-i", source]
    command += [word for name, value in options.items() for word in (f"-{name}", value)]
    subprocess.run([*command, path], check=True)
    return path


def made(way: confine.Way, path: Path) -> tuple[ProbeFacts, dict[str, object], Path]:
    """What is known of it, what was decided, and the folder with its rendition."""
    media, folder = Media(way, path), path.with_suffix(".made")
    folder.mkdir()
    facts = probe(media)
    return facts, {**make_rendition(media, facts, folder=folder, progress=print)}, folder


def boxes(data: bytes, *inside: bytes) -> Iterator[bytes]:
    """Bodies of the boxes at this path."""
    while len(data) >= 8:
        size, kind = struct.unpack(">I4s", data[:8])
        if kind == inside[0]:
            body = data[8:size]
            yield from boxes(body, *inside[1:]) if inside[1:] else [body]
        data = data[size:]


def starts(folder: Path) -> list[float]:
    """When each track's first picture or sound is shown, in seconds."""
    data, found = (folder / "media.mp4").read_bytes(), []
    for track, part in zip(
        boxes(data, b"moov", b"trak"), boxes(next(boxes(data, b"moof")), b"traf"), strict=True
    ):
        [timescale] = struct.unpack(">I", next(boxes(track, b"mdia", b"mdhd"))[12:16])
        [decoded] = struct.unpack(">Q", next(boxes(part, b"tfdt"))[4:12])
        found.append(
            (decoded + first_offset(next(boxes(part, b"trun"))) - skipped(track)) / timescale
        )
    return found


def skipped(track: bytes) -> int:
    """Ticks before which nothing is shown, by the first entry of an edit list."""
    for edits in boxes(track, b"edts", b"elst"):
        return max(0, int(struct.unpack(">i", edits[12:16])[0]))
    return 0


def first_offset(run: bytes) -> int:
    """Ticks from when the first sample is decoded to when it is shown."""
    flags = int.from_bytes(run[1:4], "big")
    if not flags & 0x800:
        return 0
    at = 8 + 4 * bool(flags & 1) + 4 * bool(flags & 4)
    at += 4 * sum(bool(flags & bit) for bit in (0x100, 0x200, 0x400))
    return int(struct.unpack(">i", run[at : at + 4])[0])


def test_reordered_pictures_begin_with_their_sound(way: confine.Way, tmp_path: Path) -> None:
    """At ten a second they were two tenths late."""
    _, chosen, folder = made(way, film(tmp_path / "a.mp4", PICTURES, "sine=d=4"))
    assert chosen["video"] == {"action": "COPY", "codec": "h264", "why": []}
    picture, sound = starts(folder)
    assert 0 <= picture - sound <= PRIMING


@pytest.mark.parametrize("late", ["sound", "picture"])
def test_what_begins_late_is_not_shown_early(way: confine.Way, tmp_path: Path, late: str) -> None:
    delays = ["-itsoffset 1.5 " * (late == name) for name in ("picture", "sound")]
    path = film(tmp_path / "a.mkv", delays[0] + PICTURES, delays[1] + "sine=d=4")
    facts, _, folder = made(way, path)
    picture, sound = starts(folder)
    between = (sound - picture) if late == "sound" else (picture - sound)
    assert between == pytest.approx(1.5, abs=FRAME)
    assert facts.labels == ()
    assert facts.length == pytest.approx(5_500_000, abs=100_000)


def test_peaks_begin_where_the_recording_does(way: confine.Way, tmp_path: Path) -> None:
    path = film(tmp_path / "a.mkv", PICTURES, "-itsoffset 1.5 sine=d=4")
    facts = probe(Media(way, path))
    make_peaks(Media(way, path), 1, facts=facts, folder=tmp_path)
    drawn = json.loads((tmp_path / "peaks.json").read_bytes())["data"]
    heard = next(place for place, value in enumerate(drawn) if abs(value) > 5) / 2 / PER_SECOND
    assert heard == pytest.approx(1.5, abs=FRAME)


@pytest.mark.parametrize("offset", ["0", "3600", "95440"])  # the last runs over 33 bits
def test_a_transport_stream_is_copied(way: confine.Way, tmp_path: Path, offset: str) -> None:
    """Its AAC says in every frame what an MP4 says once; its times begin anywhere."""
    options = {**REORDERED, "output_ts_offset": offset, "f": "mpegts"}
    path = film(tmp_path / "a.ts", PICTURES, "sine=d=4", options=options)
    facts, chosen, folder = made(way, path)
    kept = {name: (found["action"], found["why"]) for name, found in chosen.items()
            if isinstance(found, dict)}  # fmt: skip
    assert kept == {"video": ("COPY", []), "sound": ("COPY", [])}
    picture, sound = starts(folder)
    assert facts.video_extent is not None
    assert facts.sound_extent is not None
    apart = (facts.video_extent.start - facts.sound_extent.start) / 1_000_000
    assert picture - sound == pytest.approx(apart, abs=PRIMING)


def test_a_stream_delayed_by_an_empty_edit_is_refused(way: confine.Way, tmp_path: Path) -> None:
    """What the muxer makes of it by itself, which ffmpeg shows right and Chromium does not."""
    path = film(tmp_path / "a.mp4", PICTURES, "sine=d=4")
    media, folder = Media(way, path), tmp_path / "bare"
    folder.mkdir()
    options = ["-c", "copy", "-f", "hls", "-hls_segment_type", "fmp4", "-hls_flags", "single_file"]
    options += ["-hls_playlist_type", "vod", "-hls_segment_filename", "media.mp4", "index.m3u8"]
    subprocess.run(["ffmpeg", "-v", "error", "-i", path, *options], cwd=folder, check=True)
    with pytest.raises(DerivativeFailed) as caught:
        check_rendition(media, probe(media), folder=folder)
    assert caught.value.facts == {"why": "APART", "apart": 200}
    made(way, path)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (["-map", "0", "-map", "0:v"], "OTHER_STREAMS"),
        (["-map", "0:v"], "OTHER_STREAMS"),
        (["-map", "0", "-timecode", "01:00:00:00"], "OTHER_STREAMS"),
        (["-map", "0", "-t", "3"], "OTHER_LENGTH"),
        (["-map", "0", "-bsf:v", "noise=amount=100"], "NOT_DECODING"),
    ],
)
def test_what_is_more_less_shorter_or_spoilt_is_no_rendition(
    way: confine.Way, tmp_path: Path, change: list[str], why: str
) -> None:
    path = film(tmp_path / "film.mp4", PICTURES, "sine=d=4")
    facts, _, folder = made(way, path)
    changed, whole = tmp_path / "changed.mp4", folder / "media.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", whole, *change, "-c", "copy", changed], check=True
    )
    size = whole.stat().st_size
    whole.write_bytes(changed.read_bytes().ljust(size, b"\0"))  # or the playlist points beyond it
    with pytest.raises(DerivativeFailed) as caught:
        check_rendition(Media(way, path), facts, folder=folder)
    assert caught.value.facts["why"] == why


@pytest.mark.parametrize(
    "name", ["-i.mp4", "-", "http:x.mp4", "concat:a|b.mp4", "file:a.mp4", "%03d.mp4", 'a\nb".mp4']
)
@pytest.mark.parametrize("confined", [confine.Way.BUBBLEWRAP, confine.Way.LANDLOCK])
def test_a_name_is_a_name(tmp_path: Path, speech: bytes, name: str, confined: confine.Way) -> None:
    """No option, protocol or pattern, wherever the vault lies; a recorder's own is never used."""
    if not confine.works(confined):
        pytest.skip(f"{confined.value} does not work on this machine")
    path = tmp_path / name
    path.write_bytes(speech)
    facts = probe(Media(confined, path))
    assert facts.sound is not None
    assert facts.labels == ()


def test_a_long_recording_may_have_a_rendition_as_large_as_itself() -> None:
    """A recorder's file of 4 GB is an ordinary one; a small one may not fill the disk."""
    size = 4_000_000_000
    assert output_for(size) > size * 1.1
    assert output_for(0) <= 1 << 30
    assert Media(confine.Way.NONE, Path("x"), output=output_for(size)).limits.output > size
