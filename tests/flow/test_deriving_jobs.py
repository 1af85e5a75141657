"""Jobs in this process: a step may do what it likes, no file keeps another's previews from us."""

import contextlib
import json
import os
import resource
import shutil
import signal
import struct
import subprocess
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from pathlib import Path

import pytest

from evidence.derivative import (
    MACHINE_TROUBLE,
    DerivativeKind,
    DerivativeState,
    due_again,
    pause_after,
)
from evidence.errors import LiuhenError, OutOfSpace, ToolMissing
from evidence.messages import preview_sentence
from liuhen.deriving import Deriving
from liuhen.settings import Settings
from liuhen.worker import Sweep
from render.derive import Facts, Make, Workshop, derive, make
from storage import derivatives
from storage.derivatives import Derivative, is_due
from storage.jobs import Executor, Jobs, Workflow, running
from storage.making import Making, tell, under_way
from tests.cli import call
from tests.cli import running as running_command
from tests.deriving import Studio, open_studio
from tests.docking import put, wait_for
from tests.fault.hostile_media import frame_bomb
from tests.flow.test_cli_schemas import faults, schema_of
from tests.footage import footage_dir
from tests.vaults import mounted

PROBE, PEAKS = DerivativeKind.PROBE, DerivativeKind.PEAKS
FAILED, NONE = DerivativeState.FAILED, DerivativeState.NOT_APPLICABLE
KINDS = [kind.value for kind in DerivativeKind]
HUGE = 2**53


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path / "site") as opened:
        yield opened


def test_whoever_waits_is_told_how_far_a_rendition_is(studio: Studio) -> None:
    sha256 = studio.seal((footage_dir() / "kodak_100_0306_mjpeg.AVI").read_bytes())
    told: list[list[Making]] = []

    def watched(
        workshop: Workshop, sha256: str, /, *, kind: DerivativeKind, draft: Path
    ) -> Facts | None:
        told.append(under_way(workshop.site))
        facts = make(workshop, sha256, kind=kind, draft=draft)
        told.append(under_way(workshop.site))
        return facts

    derive(studio.workshop, sha256, kind=PROBE)
    assert under_way(studio.site) == []
    made = derive(studio.workshop, sha256, kind=DerivativeKind.HLS, made_by=watched)
    assert made.state == DerivativeState.READY
    [begun], [nearly] = told
    assert begun == Making(sha256, DerivativeKind.HLS, None)
    assert nearly.percent in range(90, 100)
    assert under_way(studio.site) == []


def test_what_a_dead_process_was_making_is_not_told(studio: Studio) -> None:
    own = studio.workshop.drafts
    dead = own.parent / "dead"
    dead.mkdir()
    making = Making("ab" * 32, PEAKS, 7)
    for folder in (own, dead):
        tell(folder, making)
    assert under_way(studio.site) == [making]
    (own / "now").write_bytes(b'{"recording": 1}')
    assert under_way(studio.site) == []
    tell(own / "gone", making)  # what cannot be said is left unsaid
    (own / "now").unlink()
    shutil.rmtree(dead)


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
        chinese, english = preview_sentence(row.code or "", "", facts=row.facts)
        assert "程序出错" in chinese
        assert "made a mistake" in english
    assert "PROBE of" in caplog.text, "nobody is told"
    assert list(studio.workshop.drafts.iterdir()) == []
    assert not studio.path(sha256, PROBE).exists()


class EndingMeanwhile(Jobs):
    """Jobs of which the last ends while somebody asks which are under way."""

    def __init__(self, end: Callable[[], object]) -> None:
        self._end = end
        self.asked: list[str] = []

    def rescue(self) -> int:
        """Nobody died."""
        return 0

    def under_way(self) -> set[str]:
        """None any more, by the time that it is told."""
        self._end()
        return set()

    def enqueue(self, recording: str) -> None:
        """Notes for what a job is asked."""
        self.asked.append(recording)


def test_what_a_job_ends_meanwhile_is_not_asked_for_again(studio: Studio) -> None:
    """A second job would find nothing to do, but would be a second one."""
    sha256 = studio.seal(b"some recording")
    ending = EndingMeanwhile(lambda: studio.derive_all(sha256))
    Sweep(studio.site, ending).once()
    assert ending.asked == []
    other = studio.seal(b"another")
    Sweep(studio.site, ending).once()
    assert ending.asked == [other]


def test_what_is_missing_is_named_for_each_kind(studio: Studio) -> None:
    """Also where a kind was not tried, as the file could not be examined."""
    sha256 = studio.seal(b"some recording")
    lacking = ToolMissing("ffprobe is not installed", tool="ffprobe")
    derive(studio.workshop, sha256, kind=PROBE, made_by=partial(failing, lacking))
    row = derive(studio.workshop, sha256, kind=PEAKS)
    said = preview_sentence(row.code or "", str(row.facts["message"]), facts=row.facts)
    assert row.code == "TOOL_MISSING"
    assert "缺少程序 ffprobe，暂不生成预览" in said[0]
    assert "card" not in said[1]


def test_no_preview_is_told_of_in_the_words_of_a_card() -> None:
    for code in (*MACHINE_TROUBLE, "TOOL_MISTAKE", "NOT_PLAYABLE", "CHECK_FAILED"):
        chinese, english = preview_sentence(code, "?", facts={"why": "PHOTO_UNREAD"})
        assert not ("卡上" in chinese and "未动" in chinese), code
        assert "the card is untouched" not in english, code


def failing(
    error: LiuhenError, _w: Workshop, _sha256: str, *, kind: DerivativeKind, draft: Path
) -> Facts | None:
    error.add_note(f"{kind.value} in {draft.name}")
    raise error


def test_ended_jobs_are_not_kept_for_ever(studio: Studio) -> None:
    sha256 = studio.seal(b"some recording")
    with jobs_of(studio) as jobs:
        jobs.enqueue(sha256)
        wait_for(has_every_row(studio, sha256), "each kind was tried")
        wait_for(lambda: not jobs.under_way(), "the job has ended")
        before, after = (studio.site.clock() + timedelta(hours=h) for h in (-1, 1))
        assert [jobs.forget_ended(at) for at in (before, after, after)] == [0, 1, 0]


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


def lose_the_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def lose_the_end(folder: Path) -> None:
    path = next(folder.iterdir())
    os.truncate(path, path.stat().st_size - 1)


@pytest.mark.parametrize("lose", [lose_the_folder, lose_the_end])
def test_what_is_lost_is_made_anew(studio: Studio, lose: Callable[[Path], None]) -> None:
    database = studio.site.database
    sha256 = studio.seal((footage_dir() / "audio_amr_nb.amr").read_bytes())
    before = studio.derive_all(sha256)
    lose(studio.path(sha256, PEAKS))
    with jobs_of(studio) as jobs:
        Sweep(studio.site, jobs).once()
        wait_for(lambda: derivatives.find(database, sha256, kind=PEAKS) is not None, "it is made")
    after = {row.kind: row for row in derivatives.of_recording(database, sha256)}
    assert after[PEAKS].files == before[PEAKS].files
    assert derivatives.is_there(studio.site, after[PEAKS])
    assert [kind for kind in after if after[kind].made_at != before[kind].made_at] == [PEAKS]


def test_everything_of_one_recording_is_made_anew_on_demand(studio: Studio) -> None:
    sha256, other = studio.seal(b"one"), studio.seal(b"another")
    studio.derive_all(sha256)
    studio.derive_all(other)
    said = call("jobs", "retry", sha256[:16], "--json", "--data", studio.site.plan.data)
    assert (said.code, said.body["retried"]) == (0, len(KINDS))
    lacking = [at.recording for at in derivatives.lacking(studio.site.database)]
    assert lacking == [sha256]


@contextmanager
def full_but_for(folder: Path, room: int) -> Iterator[None]:
    """A disk on which so many bytes are left."""
    filling = folder / "filling"
    with filling.open("wb") as file, contextlib.suppress(OSError):
        while True:
            os.write(file.fileno(), bytes(4096))
    os.truncate(filling, max(0, filling.stat().st_size - room))
    try:
        yield
    finally:
        filling.unlink()


@pytest.mark.parametrize("room", [0, 4096, 64 * 1024, 512 * 1024])
def test_a_full_disk_is_trouble_of_the_machine(tmp_path: Path, room: int) -> None:
    data = (footage_dir() / "phone_iphone_720p60_gps.mov").read_bytes()
    (tmp_path / "site").mkdir()
    disk = mounted(tmp_path / "site" / "derivatives", "tmpfs", "size=4m")
    with disk as folder, open_studio(tmp_path / "site") as studio:
        sha256 = studio.seal(data)
        with full_but_for(folder, room):
            made = studio.derive_all(sha256)
            assert list(studio.workshop.drafts.iterdir()) == []
        states = {row.code or row.state.value for row in made.values()}
        assert "OUT_OF_SPACE" in states
        told = preview_sentence("OUT_OF_SPACE", "", facts={"free_bytes": 0})
        assert "预览" in told[0]
        assert "card" not in told[1]
        assert states <= {"OUT_OF_SPACE", "READY", "NOT_APPLICABLE"}
        derivatives.retry(studio.site.database, None)
        again = studio.derive_all(sha256).values()
        assert {row.state for row in again} == {DerivativeState.READY, NONE}, again


def test_a_full_disk_is_tried_for_ever_more_seldom() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    for attempts in (1, 3, 50):
        pause = pause_after(attempts)
        due = partial(due_again, "OUT_OF_SPACE", attempts=attempts, made_at=at)
        assert not due(now=at + pause / 2)
        assert due(now=at + pause)
    assert pause_after(3) > pause_after(1)


def test_no_room_for_the_drafts_is_said(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    disk = mounted(tmp_path / "site" / "derivatives", "tmpfs", "nr_inodes=2")
    with disk, pytest.raises(OutOfSpace), open_studio(tmp_path / "site"):
        pass


def hungry(_w: Workshop, _sha256: str, *, kind: DerivativeKind, draft: Path) -> Facts | None:
    raise MemoryError(f"{kind.value} in {draft.name}")


def test_a_step_without_memory_says_so(studio: Studio) -> None:
    row = derive(studio.workshop, studio.seal(b"much"), kind=PROBE, made_by=hungry)
    assert (row.state, row.code) == (FAILED, "MEMORY_LIMIT")


def test_many_frames_take_no_memory_of_ours(studio: Studio) -> None:
    sha256 = studio.seal(frame_bomb(100_000))
    tracemalloc.start()
    row = derive(studio.workshop, sha256, kind=PROBE)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    extent = row.facts["sound_extent"]
    assert isinstance(extent, dict)
    assert extent["frames"] == 100_000
    assert most < 4 << 20


def test_the_worker_is_bounded_and_leaves_nothing(tmp_path: Path) -> None:
    with open_studio(tmp_path / "site") as studio:
        deriving = Deriving(Settings(data=studio.site.plan.data))
        deriving.ensure()
        try:
            wait_for(lambda: 1 << 30 in worker_limits(), "it has a limit")
            temporary = deriving.temporary
            assert temporary is not None
            assert f"TMPDIR={temporary}".encode() in worker_environment()
            (temporary / "left").mkdir()  # it ends in the middle of what it does
        finally:
            deriving.stop()
        assert not temporary.exists()


def worker_environment() -> bytes:
    """What our child processes were started with."""
    found = b""
    for child in Path("/proc/thread-self/children").read_text().split():
        with contextlib.suppress(OSError):  # ended, or another user's
            found += Path(f"/proc/{child}/environ").read_bytes()
    return found


def worker_limits() -> set[int]:
    """The most private memory that each of our child processes may take; a test has others too."""
    found: set[int] = set()
    for child in Path("/proc/thread-self/children").read_text().split():
        with contextlib.suppress(ProcessLookupError, PermissionError):  # ended, or another user's
            found.add(resource.prlimit(int(child), resource.RLIMIT_DATA)[0])
    return found


def test_waiting_that_is_interrupted_says_what_is_left(tmp_path: Path) -> None:
    name = "phone_iphone_hevc_editlist_rot90.mp4"  # takes many seconds
    card = put(tmp_path / "card", {name: (footage_dir() / name).read_bytes()})
    data = tmp_path / "data"
    with running_command("ingest", card, "--wait", "--data", data, "--json") as process:
        wait_for((data / "derivatives" / ".drafts").exists, "the worker has begun")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    body = json.loads(out)
    assert (process.returncode, body["exit"]) == (4, 4)
    assert faults(schema_of("ingest"), body) == []
    [report] = body["cards"]
    assert report["state"] == "SAFE"
    assert body["derivatives"]["untried"] == [report["sealed"][0]["sha256"]]
    assert "0 个文件" in err
    assert "previews of 1 files are still to be made" in err


def test_failures_that_are_due_are_found_and_no_more(tmp_path: Path, database_url: str) -> None:
    """The database says the same as the rule, and hands out a few where there are very many."""
    now = datetime(2026, 11, 22, tzinfo=UTC)
    with open_studio(tmp_path / "site", database_url) as studio:
        database, rows = studio.site.database, list[Derivative]()
        for number, (attempts, code, spare) in enumerate(
            product((1, 2, 3, 5, 6, 9), ("NOT_PLAYABLE", "OUT_OF_SPACE"), (-1, 1))
        ):
            made_at = now - pause_after(attempts) - timedelta(seconds=spare)
            sha256 = studio.seal(bytes([number]))
            rows.append(Derivative(sha256, PROBE, FAILED, "none", {}, (), made_at, attempts, code))
            derivatives.record(database, rows[-1])
        wanted = [one for one in sorted(rows, key=lambda one: one.made_at) if is_due(one, now)]
        assert len(wanted) == 8
        found = derivatives.due(database, now=now, limit=100)
        assert found == [one.recording for one in wanted]
        assert derivatives.due(database, now=now, limit=3) == found[:3]
