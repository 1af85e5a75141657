"""Derives every file of the shared footage and writes docs/DERIVATIVES.md.

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

TEXT = """\
# Derivatives

What is made of a recording for people to look at. A derivative is never evidence: it names the
SHA-256 of the original it came from, is made by a confined program, may be lost, and is made again.
Each passes its check before it is READY: it decodes without complaint, has the streams it should
have, each as long as what decodes of the source within one frame or 0.1 s, sound and picture as far
apart as before (`render/check.py`).

| kind | files | what it is |
|---|---|---|
| PROBE | none | what container and streams claim, what really decodes, labels and their reasons |
| POSTER | `poster.jpg` | a keyframe from a tenth into the recording |
| HLS | `index.m3u8`, `media.mp4` | H.264 and AAC as fMP4, byte ranges of one file |
| SHEET | `sheet.jpg` | up to 31 keyframes in rows of six; `times_us` says when each was taken |
| PEAKS | `peaks.json` | least and greatest sample of every twentieth of a second |
| PICTURE | `picture.jpg`, `thumb.jpg` | a photo, upright, without its metadata |

States: READY, FAILED (with a code; tried three times, trouble of the machine for ever, ever more
seldom; `liuhen jobs retry` tries anew), NOT_APPLICABLE. Labels: DAMAGED (decoders complain, or less
decodes than the container claims), SOUND_INCOMPLETE (sound has holes that no complaint explains),
EMPTY, NOT_MEDIA. Lines of a muxer are no damage, a clean exit is no soundness. Each reason is a
remark (`evidence/remarks.py`): a code with a Chinese and an English sentence, how many complaints
there are of it, and the tool's own words beside as detail. Complaints that no code is known for are
`TOOL_SAID`; nothing that a tool complained of is left out.

Files lie in `derivatives/<2 hex>/<sha256>/<KIND>/` under the data folder, whole or not at all.

## What was made of the shared footage

Written by `python -m bench.derivatives --write` with {tool}; seconds are of one run on a busy
machine with two cores.
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
        said = [*(f"**{label.value}**" for label in facts.labels), *map(said_of, facts.reasons[:2])]
        failed = [f"{k.value} FAILED ({r.code})" for k, r in self.rows.items() if r.code]
        cells = (
            *(f"`{self.file.name}`", source(facts), video, sound, "; ".join([*said, *failed])),
            f"{facts.length / 1_000_000:.2f}" if facts.length else "",
            *(f"{self.seconds[kind]:.1f}" for kind in (DerivativeKind.PROBE, DerivativeKind.HLS)),
            f"{sum(self.seconds.values()):.1f}",
        )
        return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def source(facts: ProbeFacts) -> str:
    """Container and codecs in a few words."""
    video = facts.video and f"{facts.video.codec} {facts.video.width}x{facts.video.height}"
    parts = [facts.container.split(",")[0], video, facts.sound and facts.sound.codec]
    varies = facts.video_extent is not None and facts.video_extent.varies
    return " ".join([*(part for part in parts if part), *(["varying rate"] if varies else [])])


def decision(found: object) -> str:
    """What was done with a stream, and why."""
    if not isinstance(found, Mapping):
        return ""
    why = ", ".join(said_of(reason) for reason in remarks_of(found["why"]))
    return f"{str(found['action']).lower()}{': ' if why else ''}{why}"


def said_of(remark: Remark) -> str:
    """A remark's English sentence, with the first line of what the tool said."""
    line = remark.detail.partition("\n")[0]
    return f"{remark.words()[1]} ({line})" if line else remark.words()[1]


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
    """Derives all files; prints the page, or writes it."""
    parser = argparse.ArgumentParser(prog="bench.derivatives", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/DERIVATIVES.md")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="liuhen-derived-") as folder,
        open_studio(Path(folder, "site")) as studio,
    ):
        lines = [make(studio, file).line() for file in manifest()]
    head = ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    page = "\n".join([TEXT.format(tool=ffmpeg.version()), *head, *sorted(lines), ""])
    if options.write:
        PAGE.write_text(page, encoding="utf-8")
        PAGE.chmod(0o644)  # opening a site made new files private
    else:
        print(page)


if __name__ == "__main__":
    main()
