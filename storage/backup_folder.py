"""A folder of backups: whose it is, its states of the database, its copies of originals.

::

    <folder>/liuhen-backup.json            whose backup this is
    <folder>/vault/                        a vault of its own: originals and journal, shared by all
    <folder>/states/20261201T020000Z/      one state: database, site.json, public keys, manifest

Holds always: a state has its name only once it is whole and durable; private keys, passwords of
services and settings are in none of it.
"""

import contextlib
import errno
import hashlib
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from evidence.canonical import Json, dumps, loads_object
from evidence.errors import BadInput, EvidenceAltered, Malformed, StorageFailed
from storage.durable import fsync_dir, make_dirs_durably, storage_trouble, write_durably

MARKER = "liuhen-backup.json"
MANIFEST = "manifest.json"
STATES, VAULT = "states", "vault"
SQLITE_FILE, POSTGRES_FILE = "liuhen.db", "liuhen.pgdump"
SITE_FILES = ("site.json", "keys/log.pub", "keys/station.pub")
_FORMAT = 1
_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS})
_STATE = re.compile(r"\d{8}T\d{6}Z")
_TEXTS = ("state", "site", "vault", "kind", "file", "sha256", "root", "note", "made_at")


@dataclass(frozen=True)
class Manifest:
    """What a state holds: `size`, `root` and `note` are of the newest entry in it."""

    state: str
    site: str
    vault: str
    kind: str
    file: str
    sha256: str
    size: int
    root: str
    note: str
    made_at: str

    def json(self) -> dict[str, Json]:
        """The manifest as it is stored."""
        texts: dict[str, Json] = {name: getattr(self, name) for name in _TEXTS}
        return {"format": _FORMAT, "size": self.size, **texts}


@dataclass(frozen=True)
class BackupFolder:
    """A folder that is, or is to be, a place for backups of one site."""

    root: Path

    @property
    def vault(self) -> Path:
        """Where copies of originals lie."""
        return self.root / VAULT

    def state_path(self, state: str) -> Path:
        """The folder of one state."""
        return self.root / STATES / state

    def claim(self, site: str) -> None:
        """Makes it this site's. Raises `BadInput` for a folder of something else."""
        marker = self.root / MARKER
        if not marker.exists():
            if self.root.is_dir() and any(self.root.iterdir()):
                message = f"{self.root} holds something else"
                raise BadInput(message, why="NOT_A_BACKUP", path=str(self.root))
            make_dirs_durably(self.root / STATES, 0o700)
            write_durably(marker, dumps({"format": _FORMAT, "site": site}))
        self.check(site)

    def check(self, site: str) -> None:
        """Raises `BadInput` unless it holds backups of this site."""
        if self.site() != site:
            message = f"{self.root} holds backups of another site"
            raise BadInput(message, why="BACKUP_NOT_OURS", path=str(self.root))

    def site(self) -> str:
        """Whose backups these are. Raises `BadInput`."""
        with contextlib.suppress(OSError, Malformed):
            value = loads_object((self.root / MARKER).read_bytes())
            if value.get("format") == _FORMAT:
                return str(value.get("site"))
        message = f"{self.root} is no folder of backups"
        raise BadInput(message, why="NOT_A_BACKUP", path=str(self.root))

    def free_name(self, at: datetime) -> str:
        """The name of a state that begins now (UTC): its second, or the next that is free."""
        while self.state_path(name := f"{at:%Y%m%dT%H%M%SZ}").exists():
            at += timedelta(seconds=1)
        return name

    def states(self) -> list[str]:
        """Whole states, oldest first."""
        folder = self.root / STATES
        names = os.listdir(folder) if folder.is_dir() else []
        return sorted(filter(_STATE.fullmatch, names))

    def manifest(self, state: str | None = None) -> Manifest:
        """The manifest of a state, the newest unless one is named. Raises `BadInput`."""
        there = self.states()
        if not there or (state is not None and state not in there):
            message = f"{self.root} has no such state"
            raise BadInput(message, why="NO_SUCH_STATE", path=str(self.root))
        return self._read(state or there[-1])

    def _read(self, state: str) -> Manifest:
        path = self.state_path(state) / MANIFEST
        try:
            return _manifest(loads_object(path.read_bytes()))
        except (OSError, Malformed) as error:
            message = f"Manifest of {state} cannot be read"
            raise EvidenceAltered(message, code="BACKUP_DAMAGED", path=str(path)) from error

    def check_file(self, manifest: Manifest) -> Path:
        """The database of a state, read and compared. Raises `EvidenceAltered`."""
        path = self.state_path(manifest.state) / manifest.file
        found = file_digest(path) if path.is_file() else "missing"
        if found != manifest.sha256:
            message = f"Database of {manifest.state} is not what was backed up"
            raise EvidenceAltered(message, code="BACKUP_DAMAGED", path=str(path))
        return path

    def publish(self, draft: Path, manifest: Manifest) -> None:
        """Gives a finished draft its name."""
        write_durably(draft / MANIFEST, dumps(manifest.json()))  # with every name in the draft
        final = self.state_path(manifest.state)
        with storage_trouble(f"Naming {final}", draft.parent):
            os.rename(draft, final)
        fsync_dir(final.parent)

    def forget(self, keep: int) -> list[str]:
        """Removes all but the newest `keep` states, never an original; returns which."""
        old = self.states()[:-keep]
        for state in old:
            with storage_trouble(f"Removing {state}", self.root):
                shutil.rmtree(self.state_path(state))
        return old

    def draft(self, state: str) -> Path:
        """A new, closed folder to fill. Raises `BadInput` where the state is there already."""
        if self.state_path(state).exists():
            message = f"There is a state {state} already"
            raise BadInput(message, why="EXISTS", path=str(self.state_path(state)))
        path = self.state_path(f".{state}.partial")
        with storage_trouble(f"Making {path}", self.root):
            shutil.rmtree(path, ignore_errors=True)  # left by a backup that was killed
            (path / "keys").mkdir(mode=0o700, parents=True)
        return path


def file_digest(path: Path) -> str:
    """SHA-256 of a file; raises `StorageFailed`."""
    with storage_trouble(f"Reading {path}", path.parent), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make_durable(path: Path) -> None:
    """Makes the bytes of a finished file durable; raises `StorageFailed`."""
    with storage_trouble(f"Making {path} durable", path.parent):
        fd = os.open(path, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def copy_new(source: Path, target: Path, *, mode: int = 0o600) -> None:
    """Copies a file to a name that is free, durably and compared; nothing is overwritten.

    Raises `BadInput` where something has the name, `StorageFailed` or `OutOfSpace`.
    """
    draft = target.with_name(f".{target.name}.restoring")
    with contextlib.ExitStack() as undo, storage_trouble(f"Writing {target}", target.parent):
        undo.callback(draft.unlink, missing_ok=True)
        shutil.copyfile(source, draft)
        draft.chmod(mode)
        make_durable(draft)
        if file_digest(draft) != file_digest(source):
            raise StorageFailed(f"{target} reads as something else", reason="read-back differs")
        _name_new(draft, target)
    fsync_dir(target.parent)


def _name_new(draft: Path, target: Path) -> None:
    """Gives a file a name that nothing has: by a link, which unlike a rename takes nobody's place.

    A card or stick (exFAT) and some shares know no links: there a look must do.
    """
    try:
        os.link(draft, target)
    except FileExistsError as error:
        raise BadInput(f"{target} exists", why="EXISTS", path=str(target)) from error
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(target):
            raise BadInput(f"{target} exists", why="EXISTS", path=str(target)) from error
        os.rename(draft, target)


def _manifest(value: Mapping[str, Json]) -> Manifest:
    """The manifest of its stored form; raises `Malformed`."""
    texts: dict[str, str] = {}
    for name in _TEXTS:
        cell = value.get(name)
        if not isinstance(cell, str):
            raise Malformed(f"Field {name} of the manifest is missing")
        texts[name] = cell
    size = value.get("size")
    if value.get("format") != _FORMAT or not isinstance(size, int):
        raise Malformed("Manifest is of another format")
    return Manifest(size=size, **texts)
