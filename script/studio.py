"""Makes small recordings with ffmpeg: a moving picture with a clock burned in, and a voice.

Holds always: the same clip made twice by the same ffmpeg is the same file, so it is made once and
kept under `build/clips`; a file appears there whole or not at all; nothing is guessed silently:
without a font the picture has no clock and `Studio.remark` says so.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / "build" / "clips"
UNUSED_DAYS = 3

FONTS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf",
    "/usr/share/fonts/truetype/liberation2/LiberationMono-Regular.ttf",
)

# Each gives the same frames every time; ffmpeg's `gradients` does not, whatever its seed.
PICTURES = (
    "testsrc2=s={size}:r={rate}",
    "mandelbrot=s={size}:r={rate}:end_pts=200:maxiter=400",
    "testsrc=s={size}:r={rate}",
    "life=s={size}:r={rate}:mold=12:ratio=0.12:death_color=#204030:life_color=#d0e0a0:seed={seed}",
    "cellauto=s={size}:r={rate}:rule=110:seed={seed}",
    "sierpinski=s={size}:r={rate}:seed={seed}",
)

SUFFIX = {
    "h264": ".mp4",
    "hevc": ".mp4",
    "small": ".mp4",
    "minutes": ".mp4",
    "mjpeg": ".avi",
    "audio": ".m4a",
    "photo": ".jpg",
}

# The slow encoder and the low-resolution copy get a smaller picture; pixels, frames a second.
SIZES = {
    "small": ("320x180", 10),
    "hevc": ("480x270", 25),
    "photo": ("1280x720", 25),
    "minutes": ("160x90", 2),
}

ENCODERS = {
    "h264": ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "27", "-g", "30"],
    "hevc": ["-c:v", "libx265", "-preset", "ultrafast", "-crf", "30", "-tag:v", "hvc1"],
    "small": ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "34", "-g", "30"],
    "minutes": ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "38", "-g", "20"],
    "mjpeg": ["-c:v", "mjpeg", "-q:v", "9", "-pix_fmt", "yuvj420p"],
    "photo": ["-frames:v", "1", "-q:v", "4", "-pix_fmt", "yuvj420p"],
    "audio": [],
}


class CannotMake(Exception):
    """A recording cannot be made; the message says what happened, `advice` what to do."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.advice = advice


@dataclass(frozen=True)
class Clip:
    """What to record."""

    kind: str
    """`h264`, `hevc`, `small` (a low-resolution copy), `minutes` (whole minutes, two pictures a
    second), `mjpeg`, `photo` or `audio`."""
    seconds: float
    seed: int
    """Chooses picture and voice."""
    label: str
    """Burned in under the clock, such as the recorder's number."""
    wall: datetime
    """What the recorder's clock shows at the start, without zone."""
    claimed: datetime
    """Creation time written into the container, which calls it UTC whether it is or not."""


@dataclass(frozen=True)
class Studio:
    """An ffmpeg, a font if there is one, and the folder where clips are kept."""

    ffmpeg: str
    version: str
    font: Path | None
    cache: Path = CACHE

    @classmethod
    def open(cls, cache: Path = CACHE, *, program: str = "ffmpeg") -> "Studio":
        """Finds the tools; raises `CannotMake` without ffmpeg."""
        ffmpeg = shutil.which(program)
        if ffmpeg is None:
            raise CannotMake("ffmpeg is not installed", "Install it (apt-get install ffmpeg)")
        version = _output([ffmpeg, "-hide_banner", "-version"]).partition("\n")[0]
        can_write = " drawtext " in _output([ffmpeg, "-hide_banner", "-filters"])
        return cls(ffmpeg, version, find_font() if can_write else None, cache)

    @property
    def remark(self) -> str | None:
        """What the pictures lack here, or `None`."""
        if self.font is not None:
            return None
        return "No font (or no drawtext in ffmpeg) was found: the pictures show no clock"

    def make(self, clips: Iterable[Clip]) -> dict[Clip, Path]:
        """Makes what is not kept yet, several at a time, and gives the file of each clip."""
        wanted = list(dict.fromkeys(clips))
        self.cache.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            made = dict(zip(wanted, pool.map(self._one, wanted), strict=True))
        self._forget_unused()
        return made

    def _one(self, clip: Clip) -> Path:
        kept = self.cache / f"{self._key(clip)}{SUFFIX[clip.kind]}"
        if not kept.exists():
            with tempfile.TemporaryDirectory(dir=self.cache) as folder:
                self._record(clip, Path(folder), f"made{kept.suffix}")
                os.replace(Path(folder) / f"made{kept.suffix}", kept)
        os.utime(kept)  # used now: see _forget_unused
        return kept

    def _key(self, clip: Clip) -> str:
        parts = (self.version, str(self.font), repr(clip), *self._arguments(clip, ""))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]

    def _record(self, clip: Clip, folder: Path, name: str) -> None:
        # The texts and the font lie in the folder where ffmpeg runs, so that no path and no colon
        # has to be escaped for its filter language.
        (folder / "clock.txt").write_text(_clock_text(clip), encoding="utf-8")
        if self.font is not None:
            (folder / "font.ttf").symlink_to(self.font)
        ran = subprocess.run(
            [self.ffmpeg, *self._arguments(clip, name)],
            cwd=folder, capture_output=True, text=True, errors="replace", check=False,
        )  # fmt: skip
        if ran.returncode != 0:
            said = (ran.stderr.strip().splitlines() or ["nothing"])[-1]
            full = "No space left" in ran.stderr
            advice = "Free space on the disk" if full else "Install Debian's or Ubuntu's own ffmpeg"
            raise CannotMake(f"ffmpeg could not make a {clip.kind} clip: {said}", advice)

    def _arguments(self, clip: Clip, name: str) -> list[str]:
        options = ["-v", "error", "-nostdin", "-y"]
        inputs: list[str] = []
        if clip.kind != "audio":
            inputs += ["-f", "lavfi", "-i", _picture(clip)]
        if clip.kind != "photo":
            inputs += ["-f", "lavfi", "-i", _voice(clip)]
        return [*options, *inputs, "-t", f"{clip.seconds:g}", *self._output_options(clip), name]

    def _output_options(self, clip: Clip) -> list[str]:
        options = ["-fflags", "+bitexact", "-flags", "+bitexact", *ENCODERS[clip.kind]]
        if clip.kind != "audio":
            options += ["-vf", self._filters(clip)]
        if clip.kind == "hevc":
            options += ["-x265-params", "log-level=error"]
        if clip.kind == "mjpeg":
            options += ["-c:a", "pcm_s16le", "-ar", "8000"]
        elif clip.kind != "photo":
            options += ["-c:a", "aac", "-b:a", "48k", "-ac", "1"]
        return [*options, "-metadata", f"creation_time={clip.claimed:%Y-%m-%dT%H:%M:%SZ}"]

    def _filters(self, clip: Clip) -> str:
        filters = [f"noise=alls=5:allf=t:all_seed={clip.seed}"]
        if self.font is not None:
            filters.append(
                "drawtext=fontfile=font.ttf:textfile=clock.txt:fontsize=h/16:fontcolor=white"
                ":box=1:boxcolor=black@0.5:boxborderw=6:x=12:y=12"
            )
        return ",".join([*filters, "format=yuv420p"])

    def _forget_unused(self) -> None:
        oldest = time.time() - UNUSED_DAYS * 86400
        for path in self.cache.iterdir():
            if path.is_file() and path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)


def find_font() -> Path | None:
    """A TrueType font: the one fontconfig names for fixed width, or one at a usual place."""
    named = ""
    if shutil.which("fc-match"):
        named = _output(["fc-match", "--format=%{file}", "monospace"]).strip()
    found = (Path(name) for name in (named, *FONTS) if name.endswith((".ttf", ".otf")))
    return next((path for path in found if path.is_file()), None)


def _clock_text(clip: Clip) -> str:
    """drawtext's own language: the start plus the picture's time, and the label."""
    epoch = int(clip.wall.replace(tzinfo=UTC).timestamp())
    label = clip.label.replace("\\", "").replace("%", "").replace("{", "").replace("}", "")
    return f"%{{pts:gmtime:{epoch}:%Y-%m-%d %H\\:%M\\:%S}}  {label}"


def _picture(clip: Clip) -> str:
    size, rate = SIZES.get(clip.kind, ("640x360", 25))
    return PICTURES[clip.seed % len(PICTURES)].format(size=size, rate=rate, seed=clip.seed + 1)


def _voice(clip: Clip) -> str:
    """Two formants over a pitch, in syllables and phrases: sounds like talk in the next room."""
    pitch = 105 + clip.seed * 17 % 90
    first, second = 480 + clip.seed * 53 % 320, 1100 + clip.seed * 71 % 500
    tone = f"sin(2*PI*{pitch}*t+1.6*sin(2*PI*2.3*t))"
    syllables = "(0.55+0.45*sin(2*PI*3.9*t+sin(2*PI*0.7*t)))"
    phrases = f"gt(mod(t+{clip.seed % 7}*0.31,2.7),0.45)"
    formants = f"(0.5+0.3*sin(2*PI*{first}*t)+0.2*sin(2*PI*{second}*t))"
    return f"aevalsrc='0.5*{tone}*{formants}*{syllables}*{phrases}':s=16000"


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
