"""What confinement and our way of calling cost, beside the same bare commands.

`python -m bench.render [--rounds N] [--write]`

Everything runs in turn within a round, and each figure is the median over the rounds of a ratio
taken within one round. A bare command has the same input, threads and options and does the same
work or less: it makes the same rendition; where ours also checks it, a bare run decodes what it
made; for the contact sheet it decodes the same keyframes and throws them away, while ours scales
them, puts them together, writes the sheet and checks it. `--write` puts the rows into
docs/FIGURES.md.
"""

import argparse
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from render import confine, ffmpeg
from render.confine import Call, Way
from render.ffmpeg import Media
from render.hls import make_rendition
from render.pictures import make_sheet
from render.plan import plan
from render.probe import ProbeFacts, VideoFacts, probe
from tests.fault.figures import record
from tests.fault.prove import describe_commit

FIGURES = Path(__file__).parents[1] / "docs" / "FIGURES.md"
HEADING = "Derivatives beside bare commands"
COLUMNS = ("figure", "median", "spread", "goal", "reached", "commit", "day")
_NOISE = "testsrc2=s=1920x1080:r=25:d={seconds},noise=alls=12:allf=t"


@dataclass(frozen=True)
class Pair:
    """Two ways of one job, and what their ratio (or difference in ms) should be at most."""

    name: str
    ours: Callable[[], object]
    bare: Callable[[], object]
    limit: float
    in_milliseconds: bool = False

    def once(self) -> float:
        """One measurement, ours and bare right after one another."""
        ours, bare = _seconds(self.ours), _seconds(self.bare)
        return (ours - bare) * 1000 if self.in_milliseconds else ours / bare


def _seconds(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def synthesize(folder: Path, name: str, *, seconds: int, options: Mapping[str, str]) -> Path:
    """Noisy footage with sound, made by ffmpeg."""
    made = folder / name
    command = [ffmpeg.program("ffmpeg"), "-v", "error", "-y", "-f", "lavfi"]
    command += ["-i", _NOISE.format(seconds=seconds), "-f", "lavfi", "-i", f"sine=d={seconds}"]
    for option, value in options.items():
        command += [f"-{option}", value]
    subprocess.run([*command, "-c:a", "aac", "-shortest", str(made)], check=True)
    return made


class Bench:
    """The sources, and one way of confining."""

    def __init__(self, folder: Path, way: Way, *, seconds: int) -> None:
        self.folder, self.way = folder, way
        avc = {"c:v": "libx264", "preset": "ultrafast", "g": "50", "pix_fmt": "yuv420p"}
        hevc = {"c:v": "libx265", "preset": "ultrafast", "g": "50", "x265-params": "log-level=1"}
        self.h264 = synthesize(folder, "h264.mp4", seconds=seconds, options=avc)
        self.hevc = synthesize(folder, "hevc.mp4", seconds=seconds // 5, options=hevc)

    def pairs(self) -> list[Pair]:
        """Everything that is compared."""
        copy, transcode = "stream copy of 1080p H.264", "transcode of 1080p H.265"
        return [
            self._rendition(self.h264, copy),
            self._rendition(self.hevc, transcode),
            self._checked(self.h264, copy),
            self._checked(self.hevc, transcode),
            self._sheet(),
            self._confined(Way.BUBBLEWRAP),
            self._confined(Way.LANDLOCK),
        ]

    def _rendition(self, source: Path, name: str) -> Pair:
        media = Media(self.way, source, 3600)
        chosen = plan(probe(media))
        command = ffmpeg.rendition_command(chosen.maps, chosen.options)

        def ours() -> None:
            call = media.call(command, self._fresh())
            assert_ended(confine.run(self.way, call).code)

        def bare() -> None:
            bare_run(list(command(str(source))), self._fresh())

        return Pair(name, ours, bare, 1.10)

    def _checked(self, source: Path, name: str) -> Pair:
        """All that the step does, beside the bare command and a bare decoding of what it made."""
        media = Media(self.way, source, 3600)
        facts = probe(media)
        chosen = plan(facts)
        command = list(ffmpeg.rendition_command(chosen.maps, chosen.options)(str(source)))
        decode = [ffmpeg.program("ffmpeg"), "-v", "error", "-nostdin", "-threads", "2"]
        decode += ["-i", "media.mp4", "-f", "null", "-"]

        def ours() -> None:
            make_rendition(media, facts, folder=self._fresh(), progress=_unheard)

        def bare() -> None:
            folder = self._fresh()
            bare_run(command, folder)
            bare_run(decode, folder)

        return Pair(f"{name}, then decoded to check it", ours, bare, 1.10)

    def _sheet(self) -> Pair:
        media = Media(self.way, self.h264, 3600)
        facts = probe(media)
        tool = [ffmpeg.program("ffmpeg"), "-v", "error", "-nostdin", "-threads", "2"]
        keyed = [*tool, "-skip_frame", "nokey", "-i", str(self.h264), "-map", "0:v:0"]

        def bare() -> None:
            bare_run([*keyed, "-fps_mode", "passthrough", "-f", "null", "-"], self._fresh())

        def ours() -> None:
            make_sheet(media, facts, video=video_of(facts), folder=self._fresh())

        return Pair("contact sheet beside -skip_frame nokey", ours, bare, 1.15)

    def _confined(self, way: Way) -> Pair:
        tool = ffmpeg.program("ffprobe")
        call = Call(lambda name: [tool, "-v", "error", f"file:{name}"], self.h264)
        return Pair(
            f"confinement of one call, ms ({way.value.lower()})",
            lambda: confine.run(way, call),
            lambda: bare_run([tool, "-v", "error", f"file:{self.h264}"], self._fresh()),
            30,
            in_milliseconds=True,
        )

    def _fresh(self) -> Path:
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        (self.folder / "out").mkdir()
        return self.folder / "out"


def _unheard(_microseconds: int) -> None:
    """Progress that nobody asked for."""


def video_of(facts: ProbeFacts) -> VideoFacts:
    """The video of footage that has one."""
    if facts.video is None:
        raise RuntimeError("The footage that was made has no video")
    return facts.video


def assert_ended(code: int) -> None:
    """A measurement of something that failed is none."""
    if code != 0:
        raise RuntimeError(f"ffmpeg ended with {code}")


def bare_run(command: list[str], folder: Path) -> None:
    """The same program without any confinement."""
    assert_ended(subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode)


def main() -> None:
    """Measures, prints a table, and writes it where asked to."""
    parser = argparse.ArgumentParser(prog="bench.render", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=60, help="length of the footage made")
    parser.add_argument("--write", action="store_true", help="write docs/FIGURES.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="liuhen-bench-") as folder:
        pairs = Bench(Path(folder), confine.find(), seconds=options.seconds).pairs()
        rounds = [[pair.once() for pair in pairs] for _ in range(options.rounds)]
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    for number, pair in enumerate(pairs):
        values = [found[number] for found in rounds]
        median = statistics.median(values)
        spread = f"{min(values):.2f} to {max(values):.2f}"
        reached = "yes" if median <= pair.limit else "**no**"
        row = (pair.name, f"{median:.2f}", spread, f"≤ {pair.limit:g}", reached)
        print(" | ".join(row), flush=True)
        if options.write:
            record(FIGURES, HEADING, columns=COLUMNS, row=(*row, describe_commit(), day))


if __name__ == "__main__":
    main()
