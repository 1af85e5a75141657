"""The two signed statements about a card: its inventory before copying, and its receipt after.

Holds always: both are signed notes (`evidence.note`) whose first line names their kind; both name
files by commitment, so they may be shown without showing an officer's number; sizes and times are
strings, because a hostile card may claim any. A receipt is complete only if nothing is unsafe.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evidence.canonical import Json
from evidence.errors import Malformed

INVENTORY = "liuhen inventory v1"
RECEIPT = "liuhen receipt v1"
_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\Z")


@dataclass(frozen=True)
class ListedFile:
    """A line of an inventory: `path` is a commitment, `size` in bytes, `mtime_ns` since 1970."""

    number: int
    path: str
    size: int
    mtime_ns: int

    def json(self) -> dict[str, Json]:
        """The line's form in the statement."""
        return {
            "number": self.number,
            "path": self.path,
            "size": str(self.size),
            "mtime_ns": str(self.mtime_ns),
        }


@dataclass(frozen=True)
class PassedOver:
    """Something on the card that is not taken: litter ignored by rule, or not a regular file."""

    path: str
    reason: str

    def json(self) -> dict[str, Json]:
        """The line's form in the statement."""
        return {"path": self.path, "reason": self.reason}


@dataclass(frozen=True)
class SafeFile:
    """A line of a receipt: these bytes, under this name, are durably in the vault."""

    path: str
    sha256: str
    size: int
    sighting: str
    basis: str

    def json(self) -> dict[str, Json]:
        """The line's form in the statement."""
        return {
            "path": self.path,
            "sha256": self.sha256,
            "size": str(self.size),
            "sighting": self.sighting,
            "basis": self.basis,
        }


@dataclass(frozen=True)
class UnsafeFile:
    """A line of a receipt: this file is not (wholly) in the vault, and why."""

    path: str
    code: str

    def json(self) -> dict[str, Json]:
        """The line's form in the statement."""
        return {"path": self.path, "code": self.code}


def inventory_body(
    head: Mapping[str, Json], files: Sequence[ListedFile], *, passed_over: Sequence[PassedOver]
) -> dict[str, Json]:
    """Body of an inventory; `head` holds site, session, number and written_at."""
    return {
        "v": 1,
        **head,
        "files": [file.json() for file in files],
        "passed_over": [item.json() for item in passed_over],
    }


def receipt_body(
    head: Mapping[str, Json], safe: Sequence[SafeFile], *, not_safe: Sequence[UnsafeFile]
) -> dict[str, Json]:
    """Body of a receipt; `head` holds site, session, number, recorder, times and log position."""
    return {
        "v": 1,
        **head,
        "complete": not not_safe,
        "files": [file.json() for file in safe],
        "not_safe": [file.json() for file in not_safe],
    }


def receipt_files(body: Mapping[str, Json]) -> list[SafeFile]:
    """The safe files of a verified receipt; raises `Malformed`."""
    files = body.get("files")
    if body.get("v") is True or body.get("v") != 1 or not isinstance(files, list):
        raise Malformed("Receipt is not of version 1")
    return [_safe_file(item) for item in files]


def _safe_file(item: Json) -> SafeFile:
    if not isinstance(item, dict):
        raise Malformed("Receipt line is not an object")
    values = [item.get(name) for name in ("path", "sha256", "size", "sighting", "basis")]
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) != 5 or not _SIZE.match(texts[2]):
        raise Malformed("Receipt line does not name path, sha256, size, sighting and basis")
    return SafeFile(texts[0], texts[1], int(texts[2]), texts[3], texts[4])
