"""How fast and how lean intake is, beside what people would use instead.

`python -m bench.intake [--quick] [--rounds N] [--json FILE] [--write]`

Everything runs in turn, A B C A B C, and each figure is the median over the rounds of a ratio
taken within one round, so that a busy machine disturbs both sides alike. The sources are random
bytes in the page cache, except for the slow card. Nothing here fails a build: `--write` puts the
table into docs/BENCHMARKS.md, reached or not.
"""

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from storage.folder_vault import FolderVault
from storage.vault import ReadAt, StagedCopy

HOME = Path(__file__).parents[1]
AREA = HOME / "build" / "bench-intake"
REPORT = HOME / "docs" / "BENCHMARKS.md"
MIB = 1 << 20
SITE = "bench"
WORKERS = 2


@dataclass(frozen=True)
class Scale:
    """How much to move; sizes in bytes, rate in bytes a second."""

    rounds: int
    large: int
    many: int
    slow_rate: int
    huge: int
    small_files: int


FULL = Scale(5, 1 << 30, 40, 150 * 10**6, 4 * 10**9, 10_000)
QUICK = Scale(2, 256 * MIB, 8, 300 * 10**6, 10**9, 1_000)
MANY_SIZE = 50 * 10**6
SLOW_FILES = 10
SMALL_SIZE = 20_000


@dataclass(frozen=True)
class Task:
    """One contender; only `run` is timed, not the tidying up after it."""

    name: str
    run: Callable[[], None]
    clean: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Goal:
    """A ratio that was measured and what it should be."""

    name: str
    unit: str
    limit: float
    at_least: bool
    values: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Middle of the rounds."""
        return statistics.median(self.values)

    @property
    def reached(self) -> bool:
        """Whether the median keeps to the limit."""
        return self.median >= self.limit if self.at_least else self.median <= self.limit

    def row(self) -> str:
        """One line of the table."""
        sign = "≥" if self.at_least else "≤"
        spread = f"{min(self.values):.2f} to {max(self.values):.2f}"
        reached = "yes" if self.reached else "**no**"
        found = f"{self.median:.2f} {self.unit}"
        return f"| {self.name} | {found} | {spread} | {sign} {self.limit:g} | {reached} |"


Times = dict[str, list[float]]


def interleave(tasks: Sequence[Task], rounds: int) -> Times:
    """Seconds of each task in each round; the order is the same in every round."""
    times: Times = {task.name: [] for task in tasks}
    for number in range(rounds):
        for task in tasks:
            fresh_output()
            os.sync()
            start = time.perf_counter()
            task.run()
            times[task.name].append(time.perf_counter() - start)
            task.clean()
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return times


def by_round(times: Times, ratio: Callable[[dict[str, float]], float]) -> list[float]:
    """The ratio within each round."""
    rounds = range(len(next(iter(times.values()))))
    return [ratio({name: seconds[n] for name, seconds in times.items()}) for n in rounds]


# Sources and outputs


def source_files(name: str, count: int, size: int) -> list[Path]:
    """Random files in the page cache, made once for a run."""
    folder = AREA / name
    folder.mkdir(parents=True)
    paths = [folder / f"{number:05}.mp4" for number in range(count)]
    for path in paths:
        with path.open("wb") as file:
            for start in range(0, size, MIB):
                file.write(os.urandom(min(MIB, size - start)))
    os.sync()
    return paths


def fresh_output() -> None:
    """An empty place for copies, outside the time taken."""
    shutil.rmtree(AREA / "out", ignore_errors=True)
    (AREA / "out").mkdir(parents=True)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[ReadAt]:
    """A file of the card, read as the product reads it."""
    fd = os.open(path, os.O_RDONLY)
    try:
        yield lambda block, offset: os.preadv(fd, [block], offset)
    finally:
        os.close(fd)


def throttled(read_at: ReadAt, rate: int) -> ReadAt:
    """A card that needs its time for every read and reads nothing ahead."""

    def slow(block: memoryview, offset: int) -> int:
        start = time.perf_counter()
        count = read_at(block, offset)
        time.sleep(max(0.0, start + count / rate - time.perf_counter()))
        return count

    return slow


# Contenders: ours


def new_vault(inline: Sequence[str] = ()) -> FolderVault:
    """A vault in the output folder."""
    root = AREA / "out" / "vault"
    FolderVault.create(root, site_id=SITE, vault_id="bench")
    return FolderVault.open_at(root, site_id=SITE, inline=inline)


def ignore(_moved: int) -> None:
    """Progress that nobody watches."""


class StageAndSync:
    """Copy and hash, then fsync: what a tool without a read-back would do."""

    def __init__(self, paths: Sequence[Path], inline: Sequence[str] = ()) -> None:
        self._paths = paths
        self._inline = inline
        self._undo = contextlib.ExitStack()

    def run(self) -> None:
        """The part that counts."""
        vault = new_vault(self._inline)
        for path in self._paths:
            with opened(path) as read_at:
                staged = vault.stage(read_at, ignore)
            self._undo.callback(vault.discard, staged)
            fd = os.open(AREA / "out" / "vault" / "staging" / staged.token, os.O_RDONLY)
            os.fsync(fd)
            os.close(fd)

    def task(self, name: str) -> Task:
        """As a contender; the others' copies are deleted outside the time taken, too."""
        return Task(name, self.run, self._undo.close)


def take_all(paths: Sequence[Path], rate: int | None = None) -> None:
    """Whole intake: one file is copied while another is read back, as at a dock."""
    vault, card = new_vault(), threading.Lock()

    def copy(path: Path) -> StagedCopy:
        with card, opened(path) as read_at:
            return vault.stage(throttled(read_at, rate) if rate else read_at, ignore)

    def take(path: Path) -> int:
        return vault.confirm(copy(path), ignore).size

    with ThreadPoolExecutor(WORKERS) as workers:
        taken = sum(workers.map(take, paths))
    if taken != sum(path.stat().st_size for path in paths):
        raise RuntimeError(f"Only {taken} bytes were taken")


# Contenders: the others


def tool(*argv: str | Path) -> None:
    """Runs a program to its end; its output is of no interest."""
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def copy_and_sync(paths: Sequence[Path]) -> None:
    """`cp`, then fsync of each copy."""
    target = AREA / "out"
    tool("cp", *paths, target)
    tool("sync", *(target / path.name for path in paths))


def direct_read(paths: Sequence[Path]) -> None:
    """Reads past the page cache: what a read-back costs at least."""
    for path in paths:
        tool("dd", f"if={path}", "of=/dev/null", "bs=4M", "iflag=direct")


def by_hand(paths: Sequence[Path]) -> None:
    """What a careful person types today."""
    tool("sha256sum", *paths)
    tool("cp", *paths, AREA / "out")
    tool("sync")
    tool("sha256sum", *(AREA / "out" / path.name for path in paths))


def rclone(paths: Sequence[Path]) -> None:
    """The usual copying tool with its check."""
    source, target = paths[0].parent, AREA / "out" / "rclone"
    tool("rclone", "copy", "--checksum", source, target)
    tool("rclone", "check", source, target)


def slow_read(paths: Sequence[Path], rate: int) -> None:
    """Only reads the slow card."""
    block = memoryview(bytearray(4 * MIB))
    for path in paths:
        with opened(path) as read_at:
            slow, offset = throttled(read_at, rate), 0
            while count := slow(block, offset):
                offset += count


# Measures


def contenders(paths: Sequence[Path]) -> list[Task]:
    """Everyone who gets the same files."""
    return [
        Task("openssl dgst -sha256", lambda: tool("openssl", "dgst", "-sha256", *paths)),
        Task("sha256sum", lambda: tool("sha256sum", *paths)),
        Task("cp + fsync", lambda: copy_and_sync(paths)),
        Task("dd iflag=direct", lambda: direct_read(paths)),
        StageAndSync(paths).task("ours: copy + SHA-256 + fsync"),
        Task("ours: with read-back", lambda: take_all(paths)),
        Task("sha256sum; cp; sync; sha256sum", lambda: by_hand(paths)),
        Task("rclone copy --checksum; check", lambda: rclone(paths)),
        Task("openssl dgst -sm3", lambda: tool("openssl", "dgst", "-sm3", *paths)),
        StageAndSync(paths, ["sm3"]).task("ours: with SM3 + fsync"),
    ]


def floor(t: dict[str, float]) -> float:
    """The least that hash, durable copy and read-back can take."""
    return max(t["openssl dgst -sha256"], t["cp + fsync"]) + t["dd iflag=direct"]


def copying_goals(name: str, times: Times, *, read_back_limit: float) -> list[Goal]:
    """The ratios that people should hold us to."""
    ours = "ours: with read-back"

    def goal(what: str, limit: float, ratio: Callable[[dict[str, float]], float]) -> Goal:
        at_least = "speed" in what or "faster" in what
        return Goal(f"{name}: {what}", "x", limit, at_least, by_round(times, ratio))

    return [
        goal(
            "copy + SHA-256 + fsync, speed against `openssl dgst -sha256`",
            0.75,
            lambda t: t["openssl dgst -sha256"] / t["ours: copy + SHA-256 + fsync"],
        ),
        goal(
            "with read-back, time against max(hash, cp + fsync) + direct read",
            read_back_limit,
            lambda t: t[ours] / floor(t),
        ),
        goal(
            "with read-back, faster than `sha256sum; cp; sync; sha256sum`",
            3,
            lambda t: t["sha256sum; cp; sync; sha256sum"] / t[ours],
        ),
        goal(
            "with read-back, faster than `rclone copy --checksum; rclone check`",
            2,
            lambda t: t["rclone copy --checksum; check"] / t[ours],
        ),
        goal(
            "SM3 as well, time against `openssl dgst -sm3`",
            1.4,
            lambda t: t["ours: with SM3 + fsync"] / t["openssl dgst -sm3"],
        ),
    ]


def measure_slow_card(scale: Scale) -> tuple[Goal, Times]:
    """Intake from a card that is slower than everything else, against only reading it."""
    paths, rate = source_files("slow", SLOW_FILES, MANY_SIZE), scale.slow_rate
    tasks = [
        Task("slow card: read only", lambda: slow_read(paths, rate)),
        Task("slow card: ours", lambda: take_all(paths, rate)),
    ]
    times = interleave(tasks, scale.rounds)
    ratios = by_round(times, lambda t: t["slow card: ours"] / t["slow card: read only"])
    name = f"{len(paths)} files of 50 MB from a card of {rate // 10**6} MB/s, time against reading"
    return Goal(name, "x", 1.1, at_least=False, values=ratios), times


# Memory, each in a process of its own


def growth(what: str, scale: Scale) -> float:
    """MiB a child grew over idle while it took the files in."""
    quick = ["--quick"] if scale.huge == QUICK.huge else []
    child = [sys.executable, "-m", "bench.intake", "--child", what, *quick]
    done = subprocess.run(child, check=True, cwd=HOME, stdout=subprocess.PIPE)
    return float(done.stdout)


def child(what: str, scale: Scale) -> None:
    """Takes the files in and prints by how many MiB the peak rose over idle."""
    paths = huge_files(scale.huge) if what == "huge" else sorted((AREA / "small").iterdir())
    take_all([])  # idle: everything imported, a vault opened
    fresh_output()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak of importing
    idle = status("VmRSS")
    take_all(paths)
    print((status("VmHWM") - idle) / 1024)


def status(name: str) -> int:
    """A figure of this process in KiB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])


def huge_files(size: int) -> list[Path]:
    """Two sparse files, so that one is copied while the other is read back."""
    (AREA / "huge").mkdir(parents=True, exist_ok=True)
    paths = [AREA / "huge" / name for name in ("one", "two")]
    for path in paths:
        path.write_text(path.name, encoding="ascii")
        os.truncate(path, size)
    return paths


def measure_memory(scale: Scale) -> list[Goal]:
    """Growth of a process over idle."""
    source_files("small", scale.small_files, SMALL_SIZE)
    goals = []
    for what, limit, name in (
        ("huge", 48, f"two files of {scale.huge / 10**9:g} GB, one copied, one read back"),
        ("small", 200, f"{scale.small_files} small files"),
    ):
        fresh_output()
        found = growth(what, scale)
        goals.append(Goal(f"Memory over idle: {name}", "MiB", limit, False, [found]))  # noqa: FBT003
    return goals


# Report


def facts() -> list[str]:
    """What the figures depend on."""
    find = ["findmnt", "-n", "-o", "FSTYPE", "-T", str(HOME)]
    disk = subprocess.run(find, check=True, stdout=subprocess.PIPE, text=True)
    load = os.getloadavg()
    return [
        f"{os.cpu_count()} cores, Linux {os.uname().release}, {disk.stdout.strip()}",
        f"Python {sys.version.split()[0]}",
        f"{datetime.now(UTC):%Y-%m-%d}, load average {load[2]:.1f} during the run",
    ]


def table(goals: Sequence[Goal]) -> list[str]:
    """The goals as Markdown."""
    head = ["| measure | median | range | goal | reached |", "|---|---|---|---|---|"]
    return [*head, *(goal.row() for goal in goals)]


def seconds(times: Times) -> list[str]:
    """Plain seconds: only for the order of magnitude."""
    head = ["| contender | seconds, median | range |", "|---|---|---|"]
    rows = [
        f"| {name} | {statistics.median(t):.2f} | {min(t):.2f} to {max(t):.2f} |"
        for name, t in times.items()
    ]
    return [*head, *rows]


def report(goals: Sequence[Goal], times: Times, scale: Scale) -> str:
    """The page as it is kept."""
    lines = [
        "# Benchmarks",
        "",
        f"`python -m bench.intake --write`: {', '.join(facts())}; {scale.rounds} rounds.",
        "",
        "All contenders run in turn on the same machine; each figure is the median over the",
        "rounds of a ratio taken within one round. Sources are random bytes in the page cache.",
        "Read-back is past the page cache (O_DIRECT); a disk's own cache can still answer it.",
        "A load average above the number of cores means that other work shared the machine.",
        "",
        *table(goals),
        "",
        "Seconds, only for the order of magnitude:",
        "",
        *seconds(times),
    ]
    return "\n".join(lines) + "\n"


def measure(scale: Scale) -> tuple[list[Goal], Times]:
    """Everything, one source at a time so that each stays in the page cache."""
    goals: list[Goal] = []
    times: Times = {}
    for label, count, size, limit in (
        (f"{scale.large / MIB:g} MiB file", 1, scale.large, 1.35),
        (f"{scale.many} files of 50 MB", scale.many, MANY_SIZE, 1.5),
    ):
        found = interleave(contenders(source_files(label, count, size)), scale.rounds)
        goals += copying_goals(label, found, read_back_limit=limit)
        times |= {f"{label}: {name}": seconds for name, seconds in found.items()}
        shutil.rmtree(AREA / label)
    slow, slow_times = measure_slow_card(scale)
    return [*goals, slow, *measure_memory(scale)], times | slow_times


def main() -> None:
    """Reads the options and runs what they ask for."""
    parser = argparse.ArgumentParser(prog="bench.intake", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes and two rounds")
    parser.add_argument("--rounds", type=int, help="another number of rounds")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--write", action="store_true", help="write docs/BENCHMARKS.md")
    parser.add_argument("--child", choices=["huge", "small"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    scale = QUICK if options.quick else FULL
    if options.rounds:
        scale = replace(scale, rounds=options.rounds)
    if options.child:
        child(options.child, scale)
        return
    shutil.rmtree(AREA, ignore_errors=True)
    try:
        goals, times = measure(scale)
    finally:
        shutil.rmtree(AREA, ignore_errors=True)
    page = report(goals, times, scale)
    print(page)
    if options.json:
        figures = {goal.name: {"values": goal.values, "goal": goal.limit} for goal in goals}
        options.json.write_text(json.dumps({"goals": figures, "seconds": times}, indent=1))
    if options.write:
        REPORT.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
