"""What is made of every file of the shared footage, and that docs/DERIVATIVES.md says the same."""

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.derivative import DerivativeKind, DerivativeState, MediaLabel
from evidence.errors import DatabaseUnavailable
from render.derive import derive
from render.probe import ProbeFacts
from storage import derivatives
from tests.deriving import Studio, open_studio
from tests.footage import BESIDE_THE_CHECKOUT, REPOSITORY, FootageFile, footage_dir, manifest

PAGE = REPOSITORY / "docs" / "DERIVATIVES.md"
READY, FAILED, NONE = DerivativeState.READY, DerivativeState.FAILED, DerivativeState.NOT_APPLICABLE

TIMED = ("hevc", "h264", "h263", "mjpeg")
DAMAGED = {
    "damaged_corrupted_h264.mp4",
    "damaged_moov_missing.MP4",
    "damaged_truncated_after_moov.mp4",
}
PLAYED_AS_THEY_ARE = {
    "GX010007.MP4",
    "GX020007.MP4",
    "GX030007.MP4",
    "cam_1080p_bframes.mp4",
    "dashcam_road_540p.mp4",
    "fixed_139s_10fps_bframes_noaudio.mp4",
    "fragmented_15s_60fps.mp4",
    "gopro_max_heromode.mp4",
    "long_362s_1080p_lowbitrate.mp4",
    "nocam_bbb_trailer_7mb.mp4",
    "phone_iphone_720p60_gps.mov",
    "webcam_book_noaudio.mkv",
}

BEGINNING_ALONE = {
    "cam_hevc_portrait_vfr.mp4": "2",
    "long_362s_1080p_lowbitrate.mp4": "60",
    "nocam_bbb_trailer_7mb.mp4": "10",
}
"""Seconds of them that are looked at here; docs/DERIVATIVES.md was made of them whole."""


def names() -> list[str]:
    folder = Path(os.environ.get("LIUHEN_FOOTAGE") or BESIDE_THE_CHECKOUT)
    listed = [path.name for path in folder.glob("*.*") if path.suffix != ".tsv"]
    return sorted(listed) or ["no footage"]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with open_studio(tmp_path_factory.mktemp("derived") / "site") as opened:
        yield opened


def listed(name: str) -> FootageFile:
    return next(file for file in manifest() if file.name == name)


def content(name: str, folder: Path) -> bytes:
    """The file as it is; of the few that take as long as all others, their first seconds."""
    source = footage_dir() / name
    if name not in BEGINNING_ALONE:
        return source.read_bytes()
    cut = folder / name
    words = ["ffmpeg", "-v", "error", "-i", str(source), "-t", BEGINNING_ALONE[name]]
    subprocess.run([*words, "-map", "0", "-c", "copy", str(cut)], check=True)
    return cut.read_bytes()


@pytest.mark.parametrize("name", names())
def test_each_file_of_the_footage(studio: Studio, name: str, tmp_path: Path) -> None:
    data = content(name, tmp_path)
    sha256 = studio.seal(data)
    made = studio.derive_all(sha256)
    assert FAILED not in {row.state for row in made.values()}, made
    check_files(studio, sha256, made)
    check_labels(name, made)
    if listed(name).video_codec and listed(name).container != "image2":
        check_video(name, made)
    with studio.site.vault.open(sha256) as original:
        assert original.read() == data


def check_files(
    studio: Studio, sha256: str, made: dict[DerivativeKind, derivatives.Derivative]
) -> None:
    """Each file is what its row says, nothing else lies there, and the tool is named."""
    for kind, row in made.items():
        folder = studio.path(sha256, kind)
        assert folder.exists() == bool(row.files)
        assert re.fullmatch(
            tools(kind, is_photo=made[DerivativeKind.PICTURE].state == READY), row.tool
        )
        lying = {path.name for path in folder.iterdir()} if row.files else set()
        assert lying == {str(file["name"]) for file in row.files}
        for file in row.files:
            content = (folder / str(file["name"])).read_bytes()
            assert hashlib.sha256(content).hexdigest() == file["sha256"]
            assert len(content) == file["size"]


def tools(kind: DerivativeKind, *, is_photo: bool) -> str:
    """A pattern for the programs, each with its version."""
    used = {DerivativeKind.SHEET: ["ffmpeg", "Pillow"]}.get(kind, ["ffmpeg"])
    if kind == DerivativeKind.PICTURE or (is_photo and kind == DerivativeKind.PROBE):
        used = ["Pillow", "pillow-heif"]
    return ", ".join(rf"{name} \w*\d\S*" for name in used)


def check_labels(name: str, made: dict[DerivativeKind, derivatives.Derivative]) -> None:
    labels = made[DerivativeKind.PROBE].facts["labels"]
    expected = ["DAMAGED"] if name in DAMAGED else []
    expected = {
        "damaged_zero_bytes.MP4": ["EMPTY"],
        "damaged_text_named.MP4": ["NOT_MEDIA"],
        "phone2004_MOV00006.3gp": ["SOUND_INCOMPLETE"],
    }.get(name, expected)
    assert labels == expected


def check_video(name: str, made: dict[DerivativeKind, derivatives.Derivative]) -> None:
    """A picture, a sheet and a rendition, copied exactly where a browser plays the original."""
    facts = ProbeFacts.from_json(made[DerivativeKind.PROBE].facts)
    assert {made[kind].state for kind in (DerivativeKind.POSTER, DerivativeKind.SHEET)} == {READY}
    rendition = made[DerivativeKind.HLS]
    assert rendition.state == READY
    video, sound = rendition.facts["video"], rendition.facts["sound"]
    assert isinstance(video, dict)
    assert (video["action"] == "COPY") == (name in PLAYED_AS_THEY_ARE)
    assert (sound is None) == (facts.sound is None) == (made[DerivativeKind.PEAKS].state == NONE)
    alone = BEGINNING_ALONE.get(name)
    claimed = listed(name).duration_s if alone is None else float(alone)
    if claimed and name not in DAMAGED:
        assert facts.length == pytest.approx(claimed * 1_000_000, abs=200_000)


@pytest.mark.parametrize("name", names())
def test_the_page_says_what_was_made(name: str) -> None:
    if not PAGE.exists():
        pytest.skip("docs/DERIVATIVES.md was not written yet")
    assert re.search(rf"^\| `{re.escape(name)}` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def test_a_ready_derivative_is_not_made_again(studio: Studio) -> None:
    sha256 = studio.seal((footage_dir() / "audio_amr_nb.amr").read_bytes())
    before = studio.derive_all(sha256)
    assert studio.derive_all(sha256) == before


def test_what_lacks_a_row_is_found_and_lost_files_are_made_again(studio: Studio) -> None:
    site = studio.site
    sha256 = studio.seal(b"nothing to look at")
    assert sha256 in [at.recording for at in derivatives.lacking(site.database, limit=10_000)]
    made = studio.derive_all(sha256)
    assert {row.state for row in made.values()} == {READY, NONE}
    assert sha256 not in [at.recording for at in derivatives.lacking(site.database, limit=10_000)]


def test_a_folder_left_by_a_kill_is_replaced(studio: Studio) -> None:
    sha256 = studio.seal((footage_dir() / "audio_speech.wav").read_bytes() + b"\0\0")
    folder = studio.path(sha256, DerivativeKind.PEAKS)
    folder.mkdir(parents=True)
    (folder / "peaks.json").write_bytes(b"older")
    (folder / "other").write_bytes(b"stray")
    made = studio.derive_all(sha256)[DerivativeKind.PEAKS]
    assert {path.name for path in folder.iterdir()} == {"peaks.json"}
    peaks = json.loads((folder / "peaks.json").read_bytes())
    assert peaks["length"] * 2 == len(peaks["data"])
    assert made.facts["length"] == peaks["length"]


def test_a_damaged_photo_keeps_what_can_be_shown(studio: Studio) -> None:
    data = (footage_dir() / "photo_nikon_gps_DSCN0012.jpg").read_bytes()
    made = studio.derive_all(studio.seal(data[: len(data) * 2 // 3]))[DerivativeKind.PICTURE]
    assert made.state == READY
    assert made.facts["labels"] == [MediaLabel.DAMAGED.value]


def test_a_failure_is_a_fact_with_a_retry(tmp_path: Path, database_url: str) -> None:
    data = (footage_dir() / "photo_nikon_gps_DSCN0012.jpg").read_bytes()
    with open_studio(tmp_path / "site", database_url) as studio:
        database = studio.site.database
        sha256 = studio.seal(data[:200])
        row = studio.derive_all(sha256)[DerivativeKind.PICTURE]
        assert (row.state, row.code, row.attempts) == (FAILED, "NOT_PLAYABLE", 1)
        assert derive(studio.workshop, sha256, kind=DerivativeKind.PICTURE) == row  # not due yet
        assert [found.code for found in derivatives.listing(database, FAILED, limit=9)] == [
            row.code
        ]
        assert derivatives.counts(database)["FAILED"] == 1
        assert derivatives.retry(database, sha256) == 1
        assert derive(studio.workshop, sha256, kind=DerivativeKind.PICTURE).attempts == 1


def test_drafts_of_the_dead_are_removed_and_of_the_living_kept(tmp_path: Path) -> None:
    with open_studio(tmp_path / "site") as studio:
        area = studio.workshop.drafts.parent
        (area / "dead" / "half").mkdir(parents=True)
        with derivatives.drafting(studio.site):
            assert studio.workshop.drafts.exists()
            assert not (area / "dead").exists()


def test_without_a_database_a_step_says_so(tmp_path: Path) -> None:
    with open_studio(tmp_path / "site") as studio:
        sha256 = studio.seal(b"x")
        studio.site.close()
        (tmp_path / "site" / "liuhen.db").rename(tmp_path / "gone.db")
        (tmp_path / "site" / "liuhen.db").mkdir()
        with pytest.raises(DatabaseUnavailable):
            derive(studio.workshop, sha256, kind=DerivativeKind.PROBE)
