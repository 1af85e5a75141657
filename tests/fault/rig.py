"""What fault campaigns stand on: a small card, a site of its own, and runs of the real command.

Holds always: a run is a process of its own under the product's own command line; a card is the
same whenever its seed is the same; nothing outside the ground's folder is written.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
KIB, MIB = 1 << 10, 1 << 20
EXIT_LIMIT = 120.0
QUICK = {
    "LIUHEN_INTAKE__SETTLE_SECONDS": "0",
    "LIUHEN_INTAKE__POLL_SECONDS": "0.1",
    "LIUHEN_INTAKE__RETRY_SECONDS": "0.2",
}
"""Settings under which nothing waits for people; how files are taken does not change."""


@dataclass(frozen=True)
class Ground:
    """A folder that holds one card and one site; `data` and `vault` may lie on other disks."""

    folder: Path
    data: Path
    vault: Path

    @property
    def card(self) -> Path:
        """The card's folder."""
        return self.folder / "card"

    @property
    def out(self) -> Path:
        """What the last run said on its standard output."""
        return self.folder / "out"

    @property
    def err(self) -> Path:
        """What the last run said on its standard error."""
        return self.folder / "err"

    def ingest(self) -> list[str]:
        """The arguments that take the card."""
        return ["--json", *self._site(), "ingest", str(self.card)]

    def serve(self) -> list[str]:
        """The arguments that watch for the card and end when it is taken."""
        return ["--json", *self._site(), "serve", "--card", str(self.card), "--once", "1"]

    def verify(self) -> list[str]:
        """The arguments that verify the site."""
        return ["--json", *self._site(), "verify"]

    def settings(self) -> None:
        """Writes the settings file, which names a vault that lies elsewhere."""
        line = f'vault = "{self.vault}"\n' if self.vault != self.data / "vault" else ""
        (self.folder / "liuhen.toml").write_text(line, encoding="utf-8")

    def _site(self) -> list[str]:
        return ["--data", str(self.data), "--config", str(self.folder / "liuhen.toml")]


@contextlib.contextmanager
def new_ground() -> Iterator[Ground]:
    """An empty ground in a temporary folder, removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="liuhen-fault-") as name:
        folder = Path(name)
        ground = Ground(folder, folder / "data", folder / "data" / "vault")
        ground.settings()
        ground.card.mkdir()
        yield ground


SIZES = (5 * MIB, 4 * MIB, 70 * KIB, 4 * KIB, 0)


def fill_card(card: Path, chance: Random, sizes: Sequence[int] = SIZES) -> dict[str, str]:
    """Files of these sizes and a second name for one of them; returns SHA-256 by path."""
    folder = card / "DCIM" / "采集"
    folder.mkdir(parents=True)
    for number, size in enumerate(sizes):
        rest = chance.randrange(4096) if size else 0
        path = folder / f"20260102{number:06d}_{number:04d}.{'MP4' if size > KIB else 'JPG'}"
        path.write_bytes(chance.randbytes(size + rest))
    twin = max(folder.iterdir(), key=lambda path: path.stat().st_size)
    shutil.copyfile(twin, folder / "twin.MP4")
    return manifest(card)


def manifest(card: Path) -> dict[str, str]:
    """SHA-256 of every file on the card, by its path there."""
    files = sorted(path for path in card.rglob("*") if path.is_file())
    return {path.relative_to(card).as_posix(): digest(path) for path in files}


def digest(path: Path) -> str:
    """SHA-256 of a file, by plain reading."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Blow:
    """What happens to a run: killed after so many seconds or at an event, or watched by strace."""

    kill_after: float | None = None
    kill_at: int | None = None
    count_to: Path | None = None
    strace: tuple[str, ...] = ()


UNHURT = Blow()


@dataclass(frozen=True)
class Ended:
    """How a run ended: exit code (negative: the signal), seconds, and its words."""

    code: int
    seconds: float
    out: str
    err: str

    @property
    def killed(self) -> bool:
        """Whether it died of SIGKILL."""
        return self.code == -9

    @property
    def answer(self) -> dict[str, object] | None:
        """The JSON object it said, or None if it did not come to that."""
        try:
            value = json.loads(self.out)
        except ValueError:
            return None
        return value if isinstance(value, dict) else None

    @property
    def traceback(self) -> bool:
        """Whether a person saw a stack trace."""
        return "Traceback" in self.out + self.err


def environment(tree: Path = ROOT) -> Mapping[str, str]:
    """The environment of runs: the product from `tree`, nobody's own settings."""
    inherited = {name: value for name, value in os.environ.items() if "LIUHEN" not in name}
    return {**inherited, **QUICK, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}


class Preloaded:
    """The fork server of `tests.fault.preloaded`; close it when done."""

    def __init__(self, tree: Path = ROOT) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tests.fault.preloaded"],
            cwd=tree,
            env=environment(tree),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "Preloaded":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the server."""
        self._process.communicate()

    def run(
        self,
        ground: Ground,
        arguments: Sequence[str],
        blow: Blow = UNHURT,
        *,
        settings: Mapping[str, str] | None = None,
    ) -> Ended:
        """One run of the command in the ground's folder, in a child of the server.

        `settings` are variables of the environment that this run alone sees.
        """
        request = {
            "args": list(arguments),
            "folder": str(ground.folder),
            "environment": dict(settings or {}),
            "out": str(ground.out),
            "err": str(ground.err),
            "kill_after": blow.kill_after,
            "kill_at": blow.kill_at,
            "count_to": None if blow.count_to is None else str(blow.count_to),
            "strace": list(blow.strace),
        }
        for path in (ground.out, ground.err):  # the run may be killed before it says anything
            path.write_bytes(b"")
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("The fork server has no pipes")
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return Ended(answer["status"], answer["seconds"], *_said(ground))


def run_command(ground: Ground, arguments: Sequence[str], blow: Blow = UNHURT) -> Ended:
    """One run of `python -m liuhen`, as people start it; only `kill_after` of the blow counts."""
    began = time.monotonic()
    with ground.out.open("wb") as out, ground.err.open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "liuhen", *arguments],
            cwd=ground.folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
    try:
        process.wait(blow.kill_after or EXIT_LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
    code = process.wait()
    return Ended(code, time.monotonic() - began, *_said(ground))


def _said(ground: Ground) -> tuple[str, str]:
    return ground.out.read_text(errors="replace"), ground.err.read_text(errors="replace")
