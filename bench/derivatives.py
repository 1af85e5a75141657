"""Derives every file of the shared footage and writes the table of docs/DERIVATIVES.md.

`python -m bench.derivatives [--write]`

Each file is sealed into a site of its own kind and derived as a job would; times are of this
machine and this run, with whatever else ran on it.
"""

import argparse
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from evidence.derivative import DerivativeKind, DerivativeState
from evidence.remarks import Remark, remarks_of
from render import ffmpeg
from render.derive import derive
from render.probe import ProbeFacts
from storage.derivatives import Derivative
from tests.deriving import Studio, open_studio
from tests.footage import FootageFile, manifest

PAGE = Path(__file__).parents[1] / "docs" / "DERIVATIVES.md"

HEADING = "## What was made of the shared footage"
TEXT = """\
Written by `python -m bench.derivatives --write` with {tool}; seconds are of one
run on a busy machine with two cores. The container is told by the first names of its family.
"""

COLUMNS = ("file", "source", "video", "sound", "labels and why", "decoded s", "probe", "HLS", "all")


@dataclass
class Made:
    """One file with what was made of it and how long that took."""

    file: FootageFile
    rows: dict[DerivativeKind, Derivative] = field(default_factory=dict)
    seconds: dict[DerivativeKind, float] = field(default_factory=dict)

    def line(self) -> str:
        """Its row of the table."""
        facts = ProbeFacts.from_json(self.rows[DerivativeKind.PROBE].facts)
        rendition = self.rows[DerivativeKind.HLS]
        video, sound = (decision(rendition.facts.get(name)) for name in ("video", "sound"))
        if self.rows[DerivativeKind.PICTURE].state == DerivativeState.READY:
            video = f"picture of {self.rows[DerivativeKind.PICTURE].facts['source']}"
        said = [*(f"**{label.value}**" for label in facts.labels), *map(said_of, facts.reasons)]
        failed = [f"{k.value} FAILED ({r.code})" for k, r in self.rows.items() if r.code]
        cells = (
            *(f"`{self.file.name}`", source(facts), video, sound, "; ".join([*said, *failed])),
            f"{facts.length / 1_000_000:.2f}" if facts.length else "",
            *(f"{self.seconds[kind]:.1f}" for kind in (DerivativeKind.PROBE, DerivativeKind.HLS)),
            f"{sum(self.seconds.values()):.1f}",
        )
        return "| " + " | ".join(cell.replace("|", "¦") for cell in cells) + " |"


def source(facts: ProbeFacts) -> str:
    """Container and codecs in a few words."""
    video = facts.video and f"{facts.video.codec} {facts.video.width}x{facts.video.height}"
    parts = ["/".join(facts.container.split(",")[:2]), video, facts.sound and facts.sound.codec]
    varies = facts.video_extent is not None and facts.video_extent.varies
    return " ".join([*(part for part in parts if part), *(["varying rate"] if varies else [])])


def decision(found: object) -> str:
    """What was done with a stream, and why."""
    if not isinstance(found, Mapping):
        return ""
    why = ", ".join(said_of(reason) for reason in remarks_of(found["why"]))
    return f"{str(found['action']).lower()}{': ' if why else ''}{why}"


def said_of(remark: Remark) -> str:
    """A remark's sentence in both languages, with the first line of what the tool said."""
    words, line = " / ".join(remark.words()), remark.detail.partition("\n")[0]
    return f"{words} (`{line}`)" if line else words


def make(studio: Studio, file: FootageFile) -> Made:
    """Seals and derives one file."""
    made = Made(file)
    sha256 = studio.seal(file.path.read_bytes())
    for kind in DerivativeKind:
        began = time.perf_counter()
        made.rows[kind] = derive(studio.workshop, sha256, kind=kind)
        made.seconds[kind] = time.perf_counter() - began
    return made


def main() -> None:
    """Derives all files; prints the table, or writes it."""
    parser = argparse.ArgumentParser(prog="bench.derivatives", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write it into docs/DERIVATIVES.md")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="liuhen-derived-") as folder,
        open_studio(Path(folder, "site")) as studio,
    ):
        lines = [make(studio, file).line() for file in manifest()]
    head = ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    table = "\n".join([TEXT.format(tool=ffmpeg.version()), *head, *sorted(lines), ""])
    if options.write:
        before = PAGE.read_text(encoding="utf-8").partition(HEADING)[0]
        PAGE.write_text(f"{before}{HEADING}\n\n{table}", encoding="utf-8")
        PAGE.chmod(0o644)  # opening a site made new files private
    else:
        print(table)


if __name__ == "__main__":
    main()
