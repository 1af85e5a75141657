"""Jobs in this process: a step may do what it likes, no file keeps another's previews from us."""

import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evidence.derivative import DerivativeKind, DerivativeState
from evidence.messages import error_sentence
from liuhen.worker import Sweep
from render.derive import Facts, Make, Workshop, derive, make
from storage import derivatives
from storage.jobs import Executor, Jobs, Workflow, running
from tests.deriving import Studio, open_studio
from tests.docking import wait_for

PROBE, FAILED = DerivativeKind.PROBE, DerivativeState.FAILED
KINDS = [kind.value for kind in DerivativeKind]
HUGE = 2**53


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path / "site") as opened:
        yield opened


@contextmanager
def jobs_of(studio: Studio, made_by: Make = make) -> Iterator[Jobs]:
    """The real jobs, whose steps make what `made_by` makes."""

    def work(recording: str, step: str) -> str:
        kind = DerivativeKind(step)
        return derive(studio.workshop, recording, kind=kind, made_by=made_by).state.value

    executor = Executor(f"test/{time.monotonic_ns()}", lambda _name: True)
    with running(studio.site, executor, workflow=Workflow(KINDS, work)) as jobs:
        yield jobs


def raising(_w: Workshop, _sha256: str, *, kind: DerivativeKind, draft: Path) -> Facts | None:
    (draft / "half").write_bytes(b"half")
    raise RuntimeError(f"{kind.value} went wrong")


def boasting(_w: Workshop, _sha256: str, *, kind: DerivativeKind, draft: Path) -> Facts | None:
    (draft / kind.value).write_bytes(b"whole")
    return {"length_us": HUGE}


def mumbling(_w: Workshop, _sha256: str, *, kind: DerivativeKind, draft: Path) -> Facts | None:
    (draft / kind.value).write_bytes(b"whole")
    return {"name": "half of a pair: \ud83d"}


def has_every_row(studio: Studio, sha256: str) -> Callable[[], bool]:
    return lambda: derivatives.has_every_row(studio.site.database, sha256)


@pytest.mark.parametrize("made_by", [raising, boasting, mumbling])
def test_whatever_a_step_raises_ends_in_a_row(
    studio: Studio, made_by: Make, caplog: pytest.LogCaptureFixture
) -> None:
    sha256 = studio.seal(b"some recording")
    with jobs_of(studio, made_by) as jobs:
        Sweep(studio.site, jobs).once()
        wait_for(has_every_row(studio, sha256), "each kind was tried")
    rows = derivatives.of_recording(studio.site.database, sha256)
    assert {(row.state, row.code, row.attempts) for row in rows} == {(FAILED, "TOOL_MISTAKE", 1)}
    for row in rows:
        chinese, english = error_sentence(row.code or "", "", facts=row.facts)
        assert "程序出错" in chinese
        assert "made a mistake" in english
    assert "PROBE of" in caplog.text, "nobody is told"
    assert list(studio.workshop.drafts.iterdir()) == []
    assert not studio.path(sha256, PROBE).exists()


def test_a_mistake_is_not_repeated_for_ever(studio: Studio) -> None:
    sha256 = studio.seal(b"some recording")
    row = derive(studio.workshop, sha256, kind=PROBE, made_by=raising)
    assert derive(studio.workshop, sha256, kind=PROBE, made_by=raising) == row


def absurd_times(folder: Path) -> bytes:
    """Real pictures, each of which claims to last for sixty years."""
    made = folder / "absurd.mp4"
    source = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=s=64x64:r=1:d=9"]
    subprocess.run([*source, "-video_track_timescale", "1", made], check=True)
    data = bytearray(made.read_bytes())
    table = data.find(b"stts")
    struct.pack_into(">I", data, table + 16, 1_900_000_000)
    return bytes(data)


def test_absurd_times_are_said_and_end_in_rows(studio: Studio, tmp_path: Path) -> None:
    sha256 = studio.seal(absurd_times(tmp_path))
    made = studio.derive_all(sha256)
    assert made[PROBE].state == FAILED
    assert made[PROBE].facts["why"] == "TIMES_ABSURD"
    assert len(derivatives.of_recording(studio.site.database, sha256)) == len(KINDS)


def test_recordings_without_rows_do_not_hide_newer_ones(studio: Studio) -> None:
    """However many there are that never get a row, a page at a time reaches the last one."""
    database = studio.site.database
    sealed = [studio.seal(bytes([number])) for number in range(7)]
    place, reached = derivatives.BEGINNING, list[str]()
    while page := derivatives.lacking(database, place, limit=3):
        reached += [at.recording for at in page]
        place = page[-1]
    assert sorted(reached) == sorted(sealed)
    assert reached == [at.recording for at in derivatives.lacking(database)]
