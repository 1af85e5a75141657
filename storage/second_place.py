"""Where the second vault lies: a folder on another disk, or a bucket with Object Lock."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class FolderPlace:
    """A folder that must be there before it is first used: a missing disk is no empty one."""

    root: Path


@dataclass(frozen=True)
class S3Place:
    """A bucket; originals lie under `prefix`, each version locked for `days` from its upload.

    `spool` is the folder for copies on their way. The secret is never shown.
    """

    endpoint: str | None
    bucket: str
    prefix: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)
    days: int
    mode: str
    spool: Path


SecondPlace = FolderPlace | S3Place
