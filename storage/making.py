"""What is being made of recordings just now and how far it has come, told from process to process.

Holds always: it is a hint for people who wait. It stands in a small file of the folder for drafts,
is never made durable, and goes with the process that wrote it; nothing is decided by it.
"""

import contextlib
import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from evidence.canonical import dumps, loads_object
from evidence.derivative import DerivativeKind
from evidence.errors import Malformed
from storage.derivatives import drafts_area
from storage.site import Site

_NAME, _DRAFT = "now", ".now"
_MOST = 4096


@dataclass(frozen=True)
class Making:
    """One kind of one recording that is being made; whole percents, None where nobody counts."""

    recording: str
    kind: DerivativeKind
    percent: int | None = None


def tell(drafts: Path, making: Making | None) -> None:
    """Says what this process makes; None: nothing. What cannot be said is left unsaid."""
    with contextlib.suppress(OSError):
        if making is None:
            for name in (_NAME, _DRAFT):  # on a full disk the draft was begun and not written
                (drafts / name).unlink(missing_ok=True)
            return
        body = {"recording": making.recording, "kind": making.kind, "percent": making.percent}
        (drafts / _DRAFT).write_bytes(dumps(body))
        os.replace(drafts / _DRAFT, drafts / _NAME)


def under_way(site: Site) -> list[Making]:
    """What living processes say that they make."""
    area = drafts_area(site)
    folders = sorted(area.iterdir()) if area.is_dir() else []
    found = [_said(folder) for folder in folders if _is_owned(folder)]
    return [one for one in found if one]


def _said(folder: Path) -> Making | None:
    """None where it says nothing, or nothing that is understood."""
    try:
        with (folder / _NAME).open("rb") as file:
            said = loads_object(file.read(_MOST))
        percent = said["percent"]
        count = percent if isinstance(percent, int) else None
        return Making(str(said["recording"]), DerivativeKind(str(said["kind"])), count)
    except (OSError, Malformed, KeyError, ValueError):
        return None


def _is_owned(folder: Path) -> bool:
    """Whether the process that drafts there lives: it holds a lock on the folder."""
    try:
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False
