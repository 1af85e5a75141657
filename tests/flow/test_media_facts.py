"""What decodes of a recording goes on record as evidence, once, whatever is lost or killed."""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from evidence.derivative import DerivativeKind
from evidence.entry import parse
from evidence.media import MediaFacts
from proof.findings import State
from proof.keys import Trust
from proof.options import Options
from proof.verify import open_store, verify
from render.derive import derive
from storage import derivatives, media_facts, schema
from storage.derivatives import Derivative
from tests.deriving import Studio, open_studio
from tests.footage import footage_dir

PROBE = DerivativeKind.PROBE
SECOND = 1_000_000


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with open_studio(tmp_path_factory.mktemp("media") / "site") as opened:
        yield opened


def filmed(folder: Path, name: str, *options: str) -> bytes:
    """Ten seconds of a small picture with sound, by ffmpeg."""
    made = folder / name
    picture = ["-f", "lavfi", "-i", "testsrc=s=64x64:r=10:d=10"]
    sound = ["-f", "lavfi", "-i", "sine=d=10:sample_rate=8000"]
    command = ["ffmpeg", "-v", "error", *picture, *sound, *options, str(made)]
    subprocess.run(command, check=True)
    return made.read_bytes()


def known(studio: Studio, sha256: str) -> MediaFacts | None:
    with studio.site.database.read() as connection:
        return media_facts.latest(connection, [sha256]).get(sha256)


def entries_of(studio: Studio, sha256: str) -> list[str]:
    """Acts about a recording, in order."""
    with studio.site.database.read() as connection:
        bodies = connection.execute(schema.entries.select().order_by(schema.entries.c.seq)).all()
    found = [parse(row.body.encode()) for row in bodies]
    return [entry.act for entry in found if entry.facts.get("recording") == sha256]


def probed(studio: Studio, data: bytes) -> tuple[str, MediaFacts, Derivative]:
    sha256 = studio.seal(data)
    row = derive(studio.workshop, sha256, kind=PROBE)
    facts = known(studio, sha256)
    assert facts is not None
    return sha256, facts, row


def test_a_hole_in_the_picture_is_on_record(studio: Studio, tmp_path: Path) -> None:
    """Frames from 3 s to 7 s are taken out; sound goes on, and the file claims ten seconds."""
    cut = "select='not(between(t,3.001,6.999))'"
    data = filmed(tmp_path, "hole.mp4", "-vf", cut, "-fps_mode", "passthrough", "-t", "10")
    sha256, facts, _ = probed(studio, data)
    assert facts.video == ((0, 3_100_000), (7 * SECOND, 10 * SECOND))
    (sound,) = facts.sound
    assert abs(sound[0]) < SECOND // 10
    assert abs(sound[1] - 10 * SECOND) < SECOND // 5
    assert entries_of(studio, sha256) == ["recording.adopted", "media.measured"]


def test_sound_alone_a_photo_and_no_media_are_on_record(studio: Studio, tmp_path: Path) -> None:
    _, facts, _ = probed(studio, filmed(tmp_path, "only.wav", "-map", "1"))
    assert (facts.video, facts.sound, facts.labels) == ((), ((0, 10 * SECOND),), ())
    made = tmp_path / "one.jpg"
    one = ["-f", "lavfi", "-i", "testsrc=s=64x64", "-frames:v", "1"]
    subprocess.run(["ffmpeg", "-v", "error", *one, made], check=True)
    _, facts, _ = probed(studio, made.read_bytes())
    assert (facts.video, facts.sound, facts.labels) == ((), (), ("PHOTO",))
    assert facts.place is None
    _, facts, _ = probed(studio, b"no media at all")
    assert (facts.video, facts.sound, facts.labels) == ((), (), ("NOT_MEDIA",))


def test_a_damaged_file_keeps_what_decodes_and_a_place_is_known(studio: Studio) -> None:
    folder = footage_dir()
    _, facts, _ = probed(studio, (folder / "damaged_truncated_after_moov.mp4").read_bytes())
    assert facts.labels == ("DAMAGED",)
    assert 4 * SECOND < facts.length < 8 * SECOND
    sha256, facts, row = probed(studio, (folder / "phone_iphone_rot90_gps.mov").read_bytes())
    assert facts.place is not None
    assert facts.place.startswith(("+", "-"))
    assert facts.place not in str(row.json())
    with studio.site.database.read() as connection:
        body = connection.execute(schema.entries.select().order_by(schema.entries.c.seq.desc()))
        assert facts.place not in str(body.first())
    assert not media_facts.state(studio.site.ledger, sha256, facts=facts)


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("photo_nikon_gps_DSCN0012.jpg", "+43.4671567+011.8853950/"),
        ("photo_mi_a3_gps_IMG_20200827_231612.jpg", "-15.8355540-048.0157910/"),
        ("photo_iphone_IMG_2927.HEIC", ""),
    ],
)
def test_a_photo_names_its_place_or_none(studio: Studio, name: str, begins: str) -> None:
    _, facts, row = probed(studio, (footage_dir() / name).read_bytes())
    assert facts.labels == ("PHOTO",)
    assert (facts.place or "").startswith(begins)
    assert (facts.place is None) == (not begins)
    assert facts.place is None or facts.place not in str(row.json())


def test_it_is_stated_again_only_when_tool_or_result_change(studio: Studio, tmp_path: Path) -> None:
    sha256, facts, _ = probed(studio, filmed(tmp_path, "again.mp4", "-t", "2"))
    derivatives.renew(studio.site.database, sha256)
    derive(studio.workshop, sha256, kind=PROBE)
    assert entries_of(studio, sha256).count("media.measured") == 1
    newer = MediaFacts("ffmpeg of tomorrow", facts.video, facts.sound, facts.labels)
    assert media_facts.state(studio.site.ledger, sha256, facts=newer)
    assert not media_facts.state(studio.site.ledger, sha256, facts=newer)
    assert known(studio, sha256) == newer


def test_what_was_examined_before_is_measured_too(studio: Studio) -> None:
    """A site from before: every row is there, and no word of it in evidence."""
    sha256, database = studio.seal(b"examined long ago"), studio.site.database
    for kind in DerivativeKind:
        row = derive(studio.workshop, sha256, kind=kind, made_by=lambda *_a, **_k: {})
        assert row.state.value == "READY"
    lacking = [place.recording for place in derivatives.lacking(database)]
    assert sha256 in lacking
    derive(studio.workshop, sha256, kind=PROBE)
    facts = known(studio, sha256)
    assert facts is not None
    assert facts.labels == ("NOT_MEDIA",)
    assert sha256 not in [place.recording for place in derivatives.lacking(database)]


def test_all_of_it_verifies(studio: Studio) -> None:
    plan, now = studio.site.plan, studio.site.clock
    with closing(open_store(plan.data)) as store:
        report = verify(store, plan.data / "vault", trust=Trust(), options=Options(), now=now)
    assert report.state is State.VERIFIED, report
