"""Kills -9 of the process that makes derivatives, in every step of every job.

A trial waits until so many steps have ended, lets a little time pass, kills, looks, and starts the
next process. It lands if the killed process had not ended all steps.
"""

import atexit
import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

from evidence.derivative import DerivativeKind, DerivativeState
from liuhen.settings import Settings
from storage import derivatives
from tests.deriving import Studio, open_studio
from tests.fault.campaigns import Campaign, Tally
from tests.footage import footage_dir

FILES = ("phone_pixel_hevc10_hlg_gps.mp4", "photo_nikon_gps_DSCN0012.jpg")
STEPS = len(FILES) * len(DerivativeKind)
PATIENCE = 180.0
LONGEST_DELAY = 0.6


def campaign(made: Path) -> Campaign:
    """The claim, with what it takes to try it; `made` is a site whose files were sealed."""
    return Campaign(
        name="jobs",
        claim="after kill -9 in any step of any job the job ends once, each derivative is whole "
        "or absent, and nothing is left over",
        trial=partial(_trial, made),
        forbidden=("not whole", "made twice", "not ended", "ended twice", "drafts left", "failed"),
        needed=("landed", "in PROBE", "in HLS", "in SHEET"),
        default_count=200,
        save_every=5,
        workers=(os.cpu_count() or 1) + 1,  # a trial waits for two processes that mostly start
    )


def proof_campaign() -> Campaign:
    """The same for `script/prove jobs`."""
    closing = contextlib.ExitStack()
    atexit.register(closing.close)
    folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="liuhen-jobs-")))
    return campaign(seal_files(folder / "site"))


def seal_files(folder: Path) -> Path:
    """A site with the files sealed and nothing derived."""
    with open_studio(folder) as studio:
        for name in FILES:
            studio.seal((footage_dir() / name).read_bytes())
    return folder


def _trial(made: Path, seed: int, number: int) -> Tally:
    chance = Random(f"{seed}/jobs/{number}")
    with tempfile.TemporaryDirectory(prefix="liuhen-job-") as folder:
        site = Path(folder, "site")
        shutil.copytree(made, site)
        with _worker(site) as process:
            _wait(site, number % STEPS)
            time.sleep(chance.uniform(0, LONGEST_DELAY))
            process.kill()
        tally = Counter({"landed": int(_rows(site) < STEPS), "not whole": _not_whole(site)})
        tally[f"in {_step(site)}"] += tally["landed"]
        with _worker(site):
            ended = _wait(site, STEPS)
            ended = ended and _wait_for_jobs(site)
        tally["not ended"] += not ended
        return tally + _judge(site)


def _judge(site: Path) -> Tally:
    """What the second process made of it."""
    tally = Counter({"not whole": _not_whole(site), "recovered": 1})
    with open_studio(site) as studio:
        for row in _all_rows(studio):
            tally["made twice"] += row.attempts != 1
            tally["failed"] += row.state == DerivativeState.FAILED
        left = list(studio.workshop.drafts.parent.iterdir())
        tally["drafts left"] += len(left) - 1  # its own
    states = _jobs(site)
    tally["ended twice"] += sum(count for state, count in states.items()) > len(FILES)
    return tally


def _not_whole(site: Path) -> int:
    """Derivatives that are neither absent nor exactly what their row says."""
    with open_studio(site) as studio:
        rows = {(row.recording, row.kind): row for row in _all_rows(studio)}
        found = [path for path in (site / "derivatives").glob("??/*/*") if path.is_dir()]
        bad = sum(not _is_whole(studio, row) for row in rows.values() if row.files)
        known = {studio.path(*key) for key in rows}
        # A folder without a row came whole by rename, a moment before the kill.
        return bad + sum(not any(path.iterdir()) for path in found if path not in known)


def _is_whole(studio: Studio, row: derivatives.Derivative) -> bool:
    folder = studio.path(row.recording, row.kind)
    listed = {str(file["name"]): str(file["sha256"]) for file in row.files}
    lying = {path.name: path for path in folder.iterdir()} if folder.exists() else {}
    digests = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in lying.items()}
    return digests == listed


def _all_rows(studio: Studio) -> list[derivatives.Derivative]:
    database = studio.site.database
    return [
        row for state in DerivativeState for row in derivatives.listing(database, state, limit=100)
    ]


@contextlib.contextmanager
def _worker(site: Path) -> Iterator["subprocess.Popen[str]"]:
    """The real process, ended by the end of its orders if it is still there."""
    process = subprocess.Popen(
        [sys.executable, "-m", "liuhen.worker"], stdin=subprocess.PIPE, text=True
    )
    try:
        if process.stdin is not None:
            process.stdin.write(json.dumps(Settings(data=site).model_dump(mode="json")) + "\n")
            process.stdin.flush()
        yield process
    finally:
        with contextlib.suppress(BrokenPipeError):
            if process.stdin is not None:
                process.stdin.close()
        process.wait(30)


def _rows(site: Path) -> int:
    with contextlib.closing(sqlite3.connect(site / "liuhen.db", timeout=30)) as database:
        return _counted(database)


def _counted(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT count(*) FROM derivatives").fetchone()[0])


def _step(site: Path) -> str:
    """The kind that was being made: the first of the recording begun that has no row."""
    with contextlib.closing(sqlite3.connect(site / "liuhen.db", timeout=30)) as database:
        counted = "SELECT count(*) FROM derivatives GROUP BY recording_id"
        counts = [int(row[0]) for row in database.execute(counted)]
    begun = [count for count in counts if count < len(DerivativeKind)]
    return list(DerivativeKind)[begun[0] if begun else 0].value


def _jobs(site: Path) -> dict[str, int]:
    with contextlib.closing(sqlite3.connect(site / "jobs.db", timeout=30)) as database:
        query = "SELECT status, count(*) FROM workflow_status WHERE name = 'derive' GROUP BY status"
        return {str(status): int(count) for status, count in database.execute(query)}


def _wait(site: Path, rows: int) -> bool:
    """Whether so many rows came, asked by one connection: opening one takes longer than asking."""
    deadline = time.monotonic() + PATIENCE
    with contextlib.closing(sqlite3.connect(site / "liuhen.db", timeout=30)) as database:
        while _counted(database) < rows:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
    return True


def _wait_for_jobs(site: Path) -> bool:
    deadline = time.monotonic() + PATIENCE
    while set(_jobs(site)) != {"SUCCESS"}:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
