"""Ranges through our service beside nginx, on the same machine and the same file.

`python -m bench.streaming [--rounds N] [--write]` needs `nginx` and `wrk`.

Each round asks both servers one after the other for random ranges of 1 MiB of a warm file, with
sixteen connections; figures are medians of ratios within a round. Our side is the whole road: the
log-in's cookie, an open view, ranges written to the custody log. nginx has one worker and sendfile.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from bench.web_rig import Served, free_port, served, site_with_an_auditor
from ingest.one_shot import take_cards
from liuhen import bootstrap
from liuhen.settings import Settings
from tests.fault.figures import record
from tests.fault.prove import describe_commit

FIGURES = Path(__file__).parents[1] / "docs" / "FIGURES.md"
HEADING = "Streaming beside nginx"
COLUMNS = ("figure", "median", "spread", "goal", "reached", "commit", "day")
FILE_BYTES = 512 << 20
RANGE = 1 << 20
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}

_LUA = """
math.randomseed(os.time())
request = function()
  local first = math.random(0, {blocks} - 1) * {range}
  wrk.headers["Range"] = "bytes=" .. first .. "-" .. (first + {range} - 1)
  return wrk.format("GET")
end
"""
_NGINX = """
worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.err; daemon off; {user}
events {{ worker_connections 64; }}
http {{ access_log off; sendfile on; server {{ listen 127.0.0.1:{port}; root {folder}; }} }}
"""


@dataclass(frozen=True)
class Load:
    """What wrk measured: requests a second, and the 99th percentile in seconds."""

    rate: float
    p99: float


def load(url: str, script: Path, *, connections: int, seconds: int, cookie: str = "") -> Load:
    """Asks one server for ranges for a while; raises where any answer was an error."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script)]
    command += ["-H", f"Cookie: {cookie}", url] if cookie else [url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    if rate is None or p99 is None or "Non-2xx" in said:
        raise RuntimeError(said)
    return Load(float(rate.group(1)), float(p99.group(1)) * _UNITS[p99.group(2)])


@contextmanager
def nginx(folder: Path, port: int) -> Iterator[str]:
    """nginx over a folder while the block runs."""
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, port=port, user=user))
    process = subprocess.Popen(["nginx", "-c", str(config), "-p", str(folder)])
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


class ColdReader:
    """Reads one file through the service again and again, thrown out of the cache each time."""

    def __init__(self, side: Served, url: str, path: Path) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, args=(side, url, path))
        self.count = 0

    def __enter__(self) -> "ColdReader":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _read(self, side: Served, url: str, path: Path) -> None:
        with side.client() as client, path.open("rb") as file:
            while not self._stop.is_set():
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
                wanted = f"bytes=0-{(64 << 20) - 1}"
                client.get(url, headers={"range": wanted}).raise_for_status()
                self.count += 1


def take(data: Path, card: Path) -> list[Path]:
    """Seals two files of random bytes; where their originals lie."""
    (card / "DCIM").mkdir(parents=True)
    for name in ("a.bin", "b.bin"):
        with (card / "DCIM" / name).open("wb") as file:
            for _ in range(FILE_BYTES >> 24):
                file.write(os.urandom(1 << 24))
    site = site_with_an_auditor(data)
    try:
        settings = Settings(data=data)
        take_cards(bootstrap.station(settings, site), [card], dock="bench")
        return [data / "vault" / "originals" / sha[:2] / sha for sha in site.vault.digests()]
    finally:
        site.close()


class Bench:
    """Two files, two servers."""

    def __init__(self, folder: Path, *, seconds: int) -> None:
        self.warm, self.cold = take(folder / "site", folder / "card")
        self.folder, self.seconds = folder, seconds
        self.script = folder / "ranges.lua"
        self.script.write_text(_LUA.format(blocks=FILE_BYTES // RANGE, range=RANGE))
        os.link(self.warm, folder / "warm.bin")
        (folder / "warm.bin").chmod(0o644)

    def rounds(self, count: int) -> Iterator[dict[str, float]]:
        """The ratios of each round, by figure."""
        with served(self.folder / "site") as ours, nginx(self.folder, free_port()) as theirs:
            with ours.client() as client:
                urls = [ours.url + opened(client, path.name) for path in (self.warm, self.cold)]
            for _ in range(count):
                yield self._round(ours, urls, f"{theirs}/warm.bin")

    def _round(self, ours: Served, urls: list[str], theirs: str) -> dict[str, float]:
        with self.warm.open("rb") as file:
            while file.read(1 << 24):
                pass
        bare = load(theirs, self.script, connections=16, seconds=self.seconds)
        full = self._ours(ours, urls[0], connections=16)
        alone = self._ours(ours, urls[0], connections=15)
        with ColdReader(ours, urls[1], self.cold) as reader:
            beside = self._ours(ours, urls[0], connections=15)
        if reader.count == 0:
            raise RuntimeError("The cold reader read nothing")
        return {
            "throughput": full.rate / bare.rate,
            "p99": full.p99 / bare.p99,
            "cold": beside.p99 / alone.p99,
        }

    def _ours(self, ours: Served, url: str, *, connections: int) -> Load:
        return load(
            url, self.script, connections=connections, seconds=self.seconds, cookie=ours.cookie
        )


def opened(client: httpx.Client, recording: str) -> str:
    """The address of an original under a view that was opened for it."""
    answer = client.post(f"/api/recordings/{recording}/original").raise_for_status()
    return str(answer.json()["files"]["ORIGINAL"])


WORDS = {
    "throughput": ("1 MiB ranges, 16 clients: requests a second against nginx", "≥ 0.6"),
    "p99": ("1 MiB ranges, 16 clients: 99th percentile against nginx", "≤ 3"),
    "cold": ("99th percentile of 15 warm clients with one cold reader, against without", "≤ 3"),
}


def main() -> None:
    """Measures, prints a table, and writes it where asked to."""
    parser = argparse.ArgumentParser(prog="bench.streaming", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="write docs/FIGURES.md")
    options = parser.parse_args()
    for tool in ("nginx", "wrk"):
        if shutil.which(tool) is None:
            raise SystemExit(f"{tool} is not installed: the yardstick cannot be had")
    with tempfile.TemporaryDirectory(prefix="liuhen-bench-") as folder:
        Path(folder).chmod(0o755)
        bench = Bench(Path(folder), seconds=options.seconds)
        rounds = list(bench.rounds(options.rounds))
    for figure, (words, goal) in WORDS.items():
        values = [found[figure] for found in rounds]
        median = statistics.median(values)
        limit = float(goal[1:])
        reached = median >= limit if figure == "throughput" else median <= limit
        spread = f"{min(values):.2f} to {max(values):.2f}"
        day = f"{datetime.now(UTC):%Y-%m-%d}"
        row = (words, f"{median:.2f}", spread, goal, "yes" if reached else "no")
        print(*row, sep="  ")
        if options.write:
            record(FIGURES, HEADING, columns=COLUMNS, row=(*row, describe_commit(), day))


if __name__ == "__main__":
    main()
