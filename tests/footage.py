"""The shared camera footage: 33 real files that tests read and never change.

The folder lies beside the checkout (`../shared/footage`) or where `LIUHEN_FOOTAGE` says. Without
it, as without an outside program, a test is skipped with the reason; in CI it fails instead.
"""

import csv
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
BESIDE_THE_CHECKOUT = REPOSITORY.parent / "shared" / "footage"
MANIFEST_NAME = "MANIFEST.tsv"


@dataclass(frozen=True)
class FootageFile:
    """One line of the manifest; `None` where ffprobe could not read the file at all."""

    path: Path
    sha256: str
    """Lower-case hexadecimal digest of the whole file."""
    size: int
    """Bytes."""
    licence: str
    container: str | None
    """ffprobe's format name, such as `mov,mp4,m4a,3gp,3g2,mj2`."""
    video_codec: str | None
    """Codec, and its tag where there is one: `h264 avc1`."""
    audio_codec: str | None
    duration_s: float | None
    special: str
    """What this file is here for, in words."""
    decode_check: str
    """`clean`, or what ffmpeg had to say when it decoded the file."""

    @property
    def name(self) -> str:
        """File name without its folder."""
        return self.path.name


def missing_reason(folder: Path) -> str | None:
    """Says in one sentence why `folder` cannot be used, or `None` when it can."""
    if (folder / MANIFEST_NAME).is_file():
        return None
    return f"No camera footage at {folder}: set LIUHEN_FOOTAGE to the folder with {MANIFEST_NAME}"


def footage_dir() -> Path:
    """Folder of the footage; skips the calling test without it, and fails it in CI."""
    folder = Path(os.environ.get("LIUHEN_FOOTAGE") or BESIDE_THE_CHECKOUT)
    reason = missing_reason(folder)
    if reason is not None:
        give_up(reason, ci=bool(os.environ.get("CI")))
    return folder


def give_up(reason: str, *, ci: bool) -> None:
    """Fails in CI, skips elsewhere: never returns."""
    if ci:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def give_up_without(program: str) -> None:
    """Skips the calling test where `program` is not installed, and fails it in CI."""
    if shutil.which(program) is None:
        give_up(f"{program} is not installed", ci=bool(os.environ.get("CI")))


def manifest() -> list[FootageFile]:
    """All files of the manifest in its order."""
    folder = footage_dir()
    with (folder / MANIFEST_NAME).open(encoding="utf-8", newline="") as lines:
        return [_read(folder, row) for row in csv.DictReader(lines, delimiter="\t")]


def _read(folder: Path, row: dict[str, str]) -> FootageFile:
    duration = _known(row["duration_s"])
    return FootageFile(
        path=folder / row["file"],
        sha256=row["sha256"],
        size=int(row["bytes"]),
        licence=row["licence"],
        container=_known(row["container"]),
        video_codec=_known(row["video_codec"]),
        audio_codec=_known(row["audio_codec"]),
        duration_s=float(duration) if duration else None,
        special=row["special"],
        decode_check=row["decode_check"],
    )


def _known(field: str) -> str | None:
    return None if field == "-" else field
