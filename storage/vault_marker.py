"""Whose disk a vault lies on: the marker in its root, and folders opened relative to it.

Holds always: nobody gets a descriptor of a root whose marker was not read through that very
descriptor, so what is written later lands on the disk that was checked, whatever is mounted or
unmounted over the path meanwhile.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from evidence import canonical
from evidence.errors import Malformed, VaultUnavailable
from storage.durable import storage_trouble

MARKER = "liuhen-vault.json"
FORMAT = 1
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
"""How files are opened for reading: a link or a pipe put there by mischief leads nowhere."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY
_LIMIT = 4096


def marker_bytes(site_id: str, vault_id: str) -> bytes:
    """The marker of a vault: `{"format":1,"site":…,"vault":…}` as canonical JSON."""
    return canonical.dumps({"format": FORMAT, "site": site_id, "vault": vault_id})


@contextlib.contextmanager
def marked_root(root: Path) -> Iterator[tuple[int, bytes]]:
    """Descriptor of the root and the marker in it; raises `VaultUnavailable`."""
    with _reachable(root):
        fd = os.open(root, _FOLDER)
    with closing_fd(fd):
        with _reachable(root), closing_fd(os.open(MARKER, READ, dir_fd=fd)) as file:
            marker = os.read(file, _LIMIT)
        yield fd, marker


def vault_of(marker: bytes, root: Path, *, site_id: str) -> str:
    """The vault's id; raises `VaultUnavailable` unless the marker is this site's."""
    try:
        value = canonical.loads_object(marker)
    except Malformed as error:
        raise unavailable(root, "its marker is not ours") from error
    site, vault_id = value.get("site"), value.get("vault")
    if value.get("format") != FORMAT or not isinstance(vault_id, str):
        raise unavailable(root, "its marker is of another format")
    if site != site_id:
        raise unavailable(root, f"it belongs to site {site}, not to {site_id}")
    return vault_id


def unavailable(root: Path, reason: str) -> VaultUnavailable:
    """The error that says why this root is not written to."""
    message = f"The vault at {root} is not available: {reason}"
    return VaultUnavailable(message, path=str(root), reason=reason)


@contextlib.contextmanager
def closing_fd(fd: int) -> Iterator[int]:
    """Closes the descriptor after the body; what must last was fsynced before."""
    try:
        yield fd
    finally:
        with contextlib.suppress(OSError):
            os.close(fd)


def open_folder(parent: int, name: str) -> int:
    """Descriptor of a folder of the vault, made durably if it is missing.

    Raises `OutOfSpace` or `StorageFailed`.
    """
    with storage_trouble(f"Opening the folder {name}", parent):
        try:
            return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=parent)
        except FileNotFoundError:
            with contextlib.suppress(FileExistsError):
                os.mkdir(name, 0o755, dir_fd=parent)
            os.fsync(parent)
            return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=parent)


def names_in(parent: int, path: str) -> list[str]:
    """Sorted names in a folder of the vault; none if it is not there. Raises `StorageFailed`."""
    with storage_trouble(f"Listing {path}", parent):
        try:
            fd = os.open(path, _FOLDER, dir_fd=parent)
        except (FileNotFoundError, NotADirectoryError):
            return []
        with closing_fd(fd):
            return sorted(os.listdir(fd))


@contextlib.contextmanager
def _reachable(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise unavailable(root, error.strerror or str(error)) from error
