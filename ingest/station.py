"""What all docks of one process share: the site, makes, settings, turns and the board."""

import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from devices.makes import Makes
from evidence.personal import SALT_BYTES, Personal
from evidence.personal import file_name as personal_file_name
from ingest.board import Board
from ingest.card import FoundFile
from ingest.medium import SYSFS
from ingest.room import Room
from ingest.turns import Turns
from storage.site import Site


@dataclass(frozen=True)
class IntakeSettings:
    """How cards are taken; times in seconds."""

    zone: str = "Asia/Shanghai"
    settle_seconds: float = 2.0
    poll_seconds: float = 2.0
    quiet_seconds: float = 30.0
    patience_seconds: float = 30.0
    retry_seconds: float = 5.0
    lease_seconds: float = 30.0
    attempts: int = 3
    slots: int = 8
    per_card: int = 2
    log_tolerance_seconds: int = 5
    recheck: bool = True


@dataclass(frozen=True)
class Process:
    """Who this process is, for claims on cards; `is_alive` judges another process's name."""

    name: str
    is_alive: Callable[[str], bool]


@dataclass(frozen=True)
class Station:
    """The shared parts of all docks in one process."""

    site: Site
    makes: Makes
    settings: IntakeSettings
    process: Process
    lookup_key: bytes
    board: Board
    turns: Turns
    monotonic: Callable[[], float]
    sysfs: Path = SYSFS
    room: Room = field(default_factory=Room)
    stop: threading.Event = field(default_factory=threading.Event)
    claims: set[tuple[str, str]] = field(default_factory=set)
    """Name and detail of each claim to renew; see `ingest.leases`."""
    given_up: set[tuple[str, str]] = field(default_factory=set)
    """Claims that were given back and of which the database has not heard yet."""

    def path_of(self, path: bytes) -> Personal:
        """A fresh commitment to a path on a card."""
        return personal_file_name(path, secrets.token_bytes(SALT_BYTES))

    def recognition_key(self, card: str, file: FoundFile) -> str:
        """Names this version of this file on this card without telling its name.

        A keyed digest: without the site's lookup key nobody can try names against it.
        """
        parts = (card.encode(), file.path, *map(_number, _version(file)))
        return hmac.new(self.lookup_key, b"\x00".join(parts), sha256).hexdigest()


def _version(file: FoundFile) -> tuple[int, int, int]:
    return file.size, file.mtime_ns, file.ctime_ns


def _number(value: int) -> bytes:
    return str(value).encode()
