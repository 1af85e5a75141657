"""Files that a look may show: opened once a look, handed on by descriptor."""

import contextlib
import hashlib
import logging
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

from evidence.derivative import DerivativeKind, DerivativeState
from evidence.errors import LiuhenError, NotFound, Refused
from storage import derivatives
from storage.durable import storage_trouble
from storage.site import Site

log = logging.getLogger(__name__)

TYPES = {
    "m3u8": "application/vnd.apple.mpegurl",
    "mp4": "video/mp4",
    "jpg": "image/jpeg",
    "json": "application/json",
}
UNKNOWN = "application/octet-stream"
_BLOCK = 1 << 20
_MOST_KNOWN = 100_000


@dataclass(frozen=True)
class OpenFile:
    """One open file: `what` is ORIGINAL or KIND/name; `tag` changes with its bytes."""

    what: str
    fd: int
    size: int
    tag: str
    media_type: str = UNKNOWN
    attached_as: str | None = None

    @property
    def etag(self) -> str:
        """The entity tag."""
        return f'"{self.tag}"'

    def again(self) -> "OpenFile":
        """The same with a descriptor of its own for one answer, which may outlive the look."""
        return replace(self, fd=os.dup(self.fd))

    def close(self) -> None:
        """Lets go of the file."""
        os.close(self.fd)

    def headers(self) -> dict[str, str]:
        """What an answer says of the file; nothing on the way may keep it."""
        said = {
            "content-type": self.media_type,
            "cache-control": "private, no-store",
            "etag": self.etag,
        }
        if self.attached_as is not None:
            said["content-disposition"] = f'attachment; filename="{self.attached_as}"'
        return said


def open_original(site: Site, recording: str) -> OpenFile:
    """The recording in the vault; raises `NotFound` or `VaultUnavailable`.

    Its type is never said, whatever its bytes look like: a browser saves it and obeys nothing.
    """
    with site.vault.open(recording) as original:
        fd = os.dup(original.fileno())
    size = os.fstat(fd).st_size
    return OpenFile("ORIGINAL", fd, size, recording, attached_as=recording)


class Checked:
    """Which files were read as a whole and found to be what their rows say; safe between threads.

    A file is known by what nobody changes its bytes without changing: its place on the disk, size
    and both times. So each is read once while the service runs, not at every look.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._digests: dict[tuple[int, ...], str] = {}

    def digest(self, fd: int) -> str:
        """The SHA-256 of an open file; raises `OSError`."""
        found = os.fstat(fd)
        file = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        with self._lock:
            known = self._digests.get(file)
        if known is None:
            known = _read_whole(fd)
            with self._lock:
                if len(self._digests) >= _MOST_KNOWN:
                    self._digests.clear()
                self._digests[file] = known
        return known


def _read_whole(fd: int) -> str:
    digest, at = hashlib.sha256(), 0
    while block := os.pread(fd, _BLOCK, at):
        digest.update(block)
        at += len(block)
    return digest.hexdigest()


def open_derivative(
    site: Site, recording: str, *, kind: DerivativeKind, name: str, checked: Checked
) -> OpenFile:
    """A file of a READY derivative, with the bytes that its row lists.

    Raises `NotFound` for a name that the row does not list, and `Refused` for other bytes than were
    made: these are shown to nobody, and the row is taken away so that they are made anew.
    """
    row = derivatives.find(site.database, recording, kind=kind)
    listed = {str(file["name"]): str(file["sha256"]) for file in row.files} if row else {}
    if row is None or row.state != DerivativeState.READY or name not in listed:
        raise NotFound("There is no such file", why="NO_FILE", file=name)
    path = derivatives.folder(site, recording, kind=kind) / name
    what = f"{kind.value}/{name}"
    with storage_trouble("Opening a preview", path):
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise NotFound("The preview is not there", why="NO_FILE", file=name) from error
        with _closed_unless_kept(fd):
            if checked.digest(fd) != listed[name]:
                derivatives.forget(site.database, row)
                log.warning("Preview %s of %s is not what was made; made anew", what, recording)
                raise Refused("Preview is not what was made", code="PREVIEW_ALTERED", file=what)
    media_type = TYPES.get(name.rpartition(".")[2], UNKNOWN)
    return OpenFile(what, fd, os.fstat(fd).st_size, listed[name], media_type)


@contextlib.contextmanager
def _closed_unless_kept(fd: int) -> Iterator[None]:
    try:
        yield
    except (OSError, LiuhenError):
        os.close(fd)
        raise
