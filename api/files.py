"""Files that a look may show: opened once a look, handed on by descriptor."""

import os
from dataclasses import dataclass, replace

from evidence.derivative import DerivativeKind, DerivativeState
from evidence.errors import NotFound
from storage import derivatives
from storage.durable import storage_trouble
from storage.site import Site

TYPES = {
    "m3u8": "application/vnd.apple.mpegurl",
    "mp4": "video/mp4",
    "jpg": "image/jpeg",
    "json": "application/json",
}
UNKNOWN = "application/octet-stream"


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


def open_derivative(site: Site, recording: str, *, kind: DerivativeKind, name: str) -> OpenFile:
    """A file of a READY derivative; raises `NotFound` for a name that its row does not list."""
    row = derivatives.find(site.database, recording, kind=kind)
    listed = [] if row is None else [str(file["name"]) for file in row.files]
    if row is None or row.state != DerivativeState.READY or name not in listed:
        raise NotFound("There is no such file", why="NO_FILE", file=name)
    path = derivatives.folder(site, recording, kind=kind) / name
    with storage_trouble("Opening a preview", path):
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise NotFound("The preview is not there", why="NO_FILE", file=name) from error
    digests = [str(file["sha256"]) for file in row.files if file["name"] == name]
    what = f"{kind.value}/{name}"
    media_type = TYPES.get(name.rpartition(".")[2], UNKNOWN)
    return OpenFile(what, fd, os.fstat(fd).st_size, digests[0], media_type)
