"""A vault in a folder: originals under their digest, on any file system.

::

    <root>/liuhen-vault.json    whose vault this is; without it nothing is written
    <root>/originals/ab/<sha>   whole, durable, read back equal; mode 0444; never overwritten
    <root>/staging/             copies on their way, each locked by the process that makes it
    <root>/damaged/<sha>.<n>    stored copies that no longer matched, kept as they were found
    <root>/publishing.lock      held while a name is given, by threads and processes alike

Holds always:

1. A name appears under `originals` by one rename, after the bytes' fsync and an equal read-back.
2. Each act opens the root anew, compares the marker, and works relative to that descriptor: a disk
   that was unmounted or exchanged in between is `VaultUnavailable`, never a folder on another disk.
3. A staged file is locked (flock) from its creation; a lock dies with its process, so `sweep`
   removes what nobody holds and nothing else, whatever numbers processes are given later.
"""

import contextlib
import errno
import fcntl
import hashlib
import itertools
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from evidence.errors import BadInput, NotFound, StorageFailed, ToolMissing
from evidence.vocabulary import ReadBack
from storage.copying import BlockPool, Engine, Measured
from storage.durable import make_dirs_durably, storage_trouble, write_durably
from storage.vault import Progress, ReadAt, Space, StagedCopy, Stored
from storage.vault_marker import (
    MARKER,
    READ,
    closing_fd,
    marked_root,
    marker_bytes,
    names_in,
    open_folder,
    unavailable,
    vault_of,
)

ORIGINALS, STAGING, DAMAGED = "originals", "staging", "damaged"
LOCK = "publishing.lock"
DIGEST = re.compile(r"[0-9a-f]{64}")
SHARD = re.compile(r"[0-9a-f]{2}")
UNREADABLE = frozenset({errno.EIO, errno.ENODATA, errno.EUCLEAN, errno.EBADMSG, errno.EILSEQ})
"""What file systems answer where the medium has lost a block or a checksum does not match."""


@dataclass(frozen=True)
class _Held:
    """A staged file this process owns: the open, locked file and the folder it lies in."""

    fd: int
    folder: int


class FolderVault:
    """Originals as plain files; implements `storage.vault.Vault`.

    Safe for any number of threads and processes on one root.
    """

    kind = "FOLDER"

    def __init__(self, root: Path, *, marker: bytes, vault_id: str, inline: Sequence[str]) -> None:
        self._root = root
        self._marker = marker
        self._vault_id = vault_id
        self._algorithms = ("sha256", *inline)
        self._pool = BlockPool()
        self._names = itertools.count()
        self._held: dict[str, _Held] = {}
        self._durable_shards: set[tuple[int, int]] = set()

    @classmethod
    def create(cls, root: Path, *, site_id: str, vault_id: str) -> "FolderVault":
        """Makes a new, empty vault; raises `BadInput` if there is one already."""
        if (root / MARKER).exists():
            raise BadInput(f"{root} already holds a vault", path=str(root))
        for folder in (ORIGINALS, STAGING, DAMAGED):
            make_dirs_durably(root / folder)
        write_durably(root / MARKER, marker_bytes(site_id, vault_id))
        return cls.open_at(root, site_id=site_id)

    @classmethod
    def open_at(cls, root: Path, *, site_id: str, inline: Sequence[str] = ()) -> "FolderVault":
        """The vault at `root`, which must be this site's; writes nothing.

        `inline` names further algorithms to hash with while copying ("sm3"). Raises
        `VaultUnavailable`, or `ToolMissing` where an algorithm is not offered.
        """
        for algorithm in inline:
            _check_offered(algorithm)
        with marked_root(root) as (_fd, marker):
            pass
        vault_id = vault_of(marker, root, site_id=site_id)
        return cls(root, marker=marker, vault_id=vault_id, inline=inline)

    @property
    def vault_id(self) -> str:
        """Identity of this vault, from its marker."""
        return self._vault_id

    def stage(self, read_at: ReadAt, progress: Progress) -> StagedCopy:
        """Copies the source once; see `Vault.stage`. Holds two descriptors until confirmed."""
        with contextlib.ExitStack() as undo:
            token = self._new_staged()
            undo.callback(self._drop, token)
            engine = Engine(self._pool, progress)
            copied = engine.copy(read_at, self._held[token].fd, algorithms=self._algorithms)
            undo.pop_all()
        return StagedCopy(token, copied.size, copied.digests, copied.stopped)

    def confirm(self, staged: StagedCopy, progress: Progress) -> Stored:
        """Makes the copy durable, reads it back and names it; see `Vault.confirm`."""
        try:
            held = self._held.get(staged.token)
            if held is None:
                reason = f"the staged copy {staged.token} is gone"
                raise StorageFailed(f"Nothing to confirm: {reason}", reason=reason)
            with self._opened() as root:
                self._check_same_folder(root, held)
                return self._settle(root, held, staged=staged, engine=Engine(self._pool, progress))
        finally:
            self.discard(staged)

    def secure(self, sha256: str, progress: Progress) -> Stored | None:
        """Makes an original durable that is already there; see `Vault.secure`."""
        with self._opened() as root:
            found = self._recheck(root, sha256, engine=Engine(self._pool, progress))
        return found if isinstance(found, Stored) else None

    def discard(self, staged: StagedCopy) -> None:
        """Throws a staged copy away; it is no error if it is gone."""
        self._drop(staged.token)

    def open(self, sha256: str) -> BinaryIO:
        """The original for reading; raises `NotFound` or `VaultUnavailable`."""
        with self._opened() as root, storage_trouble(f"Opening {sha256}", root):
            return os.fdopen(_must_open(root, sha256), "rb")

    def size(self, sha256: str) -> int | None:
        """Size in bytes of the original, or None if it is not there."""
        if not DIGEST.fullmatch(sha256):
            return None
        with self._opened() as root, storage_trouble("Reading the vault", root):
            found = _status(root, sha256)
        return found.st_size if found else None

    def rehash(self, sha256: str, progress: Progress, *, algorithm: str = "sha256") -> str:
        """Digest of the original as it is on the medium now; see `Vault.rehash`."""
        _check_offered(algorithm)
        engine = Engine(self._pool, progress)
        with self._opened() as root, closing_fd(_must_open(root, sha256)) as fd:
            return engine.measure(fd, algorithm=algorithm).digest

    def digests(self) -> Iterator[str]:
        """SHA-256 names of all originals, in order; other files are passed over."""
        with self._opened() as root:
            shards = names_in(root, ORIGINALS)
        for shard in filter(SHARD.fullmatch, shards):
            with self._opened() as root:
                names = names_in(root, f"{ORIGINALS}/{shard}")
            yield from (n for n in names if DIGEST.fullmatch(n) and n.startswith(shard))

    def sweep(self) -> int:
        """Removes staged copies that no live process owns; returns how many."""
        with (
            self._opened() as root,
            closing_fd(open_folder(root, STAGING)) as staging,
            storage_trouble("Sweeping the staging folder", root),
        ):
            return sum(_remove_ownerless(staging, name) for name in os.listdir(staging))

    def space(self) -> Space:
        """Room that is left."""
        with self._opened() as root, storage_trouble("Asking for the room left", root):
            found = os.statvfs(root)
        unit = found.f_frsize
        files = found.f_favail if found.f_files else None
        return Space(found.f_bavail * unit, found.f_blocks * unit, files)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[int]:
        """Descriptor of the root, whose marker was just compared; raises `VaultUnavailable`."""
        with marked_root(self._root) as (root, marker):
            if marker != self._marker:
                raise unavailable(self._root, "another vault is there now")
            yield root

    # Staged files

    def _new_staged(self) -> str:
        with self._opened() as root, contextlib.ExitStack() as undo:
            folder = open_folder(root, STAGING)
            undo.callback(os.close, folder)
            with storage_trouble("Making a staged copy", root):
                token, fd = self._create_locked(folder)
            undo.pop_all()
        self._held[token] = _Held(fd, folder)
        return token

    def _create_locked(self, folder: int) -> tuple[str, int]:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        while True:
            token = f"{os.getpid()}-{next(self._names)}"
            try:
                fd = os.open(token, flags, 0o600, dir_fd=folder)
            except FileExistsError:  # left by a dead process whose number we were given
                continue
            with contextlib.ExitStack() as undo:
                undo.callback(os.close, fd)
                if _lock_now(fd) and os.fstat(fd).st_nlink:
                    undo.pop_all()
                    return token, fd  # else a sweep came between creation and lock

    def _drop(self, token: str) -> None:
        held = self._held.pop(token, None)
        if held is None:
            return
        # What cannot be removed now loses its lock here, and the next sweep removes it.
        with contextlib.suppress(OSError):
            _unlink_if(token, held)
        for fd in (held.folder, held.fd):
            with contextlib.suppress(OSError):
                os.close(fd)

    def _check_same_folder(self, root: int, held: _Held) -> None:
        with (
            closing_fd(open_folder(root, STAGING)) as staging,
            storage_trouble("Comparing the staging folder", root),
        ):
            if not os.path.samestat(os.fstat(staging), os.fstat(held.folder)):
                raise unavailable(self._root, "the disk was exchanged")

    # From staged to stored

    def _settle(self, root: int, held: _Held, *, staged: StagedCopy, engine: Engine) -> Stored:
        """Leaves exactly one good copy under the digest, whoever else is trying the same."""
        verified: ReadBack | None = None
        while True:
            stored = self._recheck(root, staged.sha256, engine=engine)
            if isinstance(stored, Stored):
                return stored
            if verified is None:
                verified = _verify(held, staged, engine=engine)
            if self._publish(root, held, staged=staged, damaged=stored):
                repaired = stored is not None
                return Stored(
                    staged.sha256, staged.size, verified, was_there=False, repaired=repaired
                )

    def _recheck(self, root: int, sha256: str, *, engine: Engine) -> Stored | os.stat_result | None:
        """What is under the digest: a good copy, a damaged file's status, or nothing."""
        fd = _open_original(root, sha256)
        if fd is None:
            return None
        with closing_fd(fd), storage_trouble("Reading the stored copy again", root):
            os.fsync(fd)  # whoever put it there may have died before bytes or name were durable
            found = _measure(fd, engine)
            if found is None or found.digest != sha256:
                return os.fstat(fd)
            self._fsync_names(root, sha256[:2])
            return Stored(sha256, found.size, found.read_back, was_there=True)

    def _publish(
        self, root: int, held: _Held, *, staged: StagedCopy, damaged: os.stat_result | None
    ) -> bool:
        """Gives the copy its name if there is still what was seen there; False if not."""
        sha256, shard = staged.sha256, staged.sha256[:2]
        with (
            closing_fd(self._shard(root, shard)) as folder,
            storage_trouble(f"Publishing {sha256}", root),
            publishing(root),
        ):
            if not _same_file(_status(root, sha256), damaged):
                return False
            if damaged:
                _set_aside(root, folder, sha256=sha256)
            os.rename(staged.token, sha256, src_dir_fd=held.folder, dst_dir_fd=folder)
        with storage_trouble(f"Making the name {sha256} durable", root):
            self._fsync_names(root, shard)
        return True

    def _shard(self, root: int, shard: str) -> int:
        with closing_fd(open_folder(root, ORIGINALS)) as originals:
            return open_folder(originals, shard)

    def _fsync_names(self, root: int, shard: str) -> None:
        """Makes the names in a shard durable, and once per process the shard's own name."""
        with closing_fd(open_folder(root, ORIGINALS)) as originals:
            with closing_fd(open_folder(originals, shard)) as folder:
                os.fsync(folder)
                found = os.fstat(folder)
            identity = (found.st_dev, found.st_ino)
            if identity not in self._durable_shards:
                os.fsync(originals)
                self._durable_shards.add(identity)


def _check_offered(algorithm: str) -> None:
    if algorithm not in hashlib.algorithms_available:
        raise ToolMissing(f"This machine's OpenSSL has no {algorithm}", tool=algorithm)


def _original(sha256: str) -> str:
    if not DIGEST.fullmatch(sha256):
        raise NotFound(f"{sha256!r} is not a SHA-256 digest", sha256=sha256)
    return f"{ORIGINALS}/{sha256[:2]}/{sha256}"


def _open_original(root: int, sha256: str) -> int | None:
    with storage_trouble(f"Opening the original {sha256}", root):
        try:
            return os.open(_original(sha256), READ, dir_fd=root)
        except FileNotFoundError:
            return None


def _must_open(root: int, sha256: str) -> int:
    fd = _open_original(root, sha256)
    if fd is None:
        raise NotFound(f"No original {sha256} is in the vault", sha256=sha256)
    return fd


def _status(root: int, sha256: str) -> os.stat_result | None:
    try:
        return os.stat(_original(sha256), dir_fd=root, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _same_file(now: os.stat_result | None, before: os.stat_result | None) -> bool:
    if now is None or before is None:
        return now is before
    return os.path.samestat(now, before)


def _measure(fd: int, engine: Engine) -> Measured | None:
    """Digest on the medium, or None where the medium can no longer give the bytes."""
    try:
        return engine.measure(fd, algorithm="sha256")
    except StorageFailed as error:
        cause = error.__cause__
        if not isinstance(cause, OSError) or cause.errno not in UNREADABLE:
            raise
        return None


def _verify(held: _Held, staged: StagedCopy, *, engine: Engine) -> ReadBack:
    """Makes the staged bytes durable and reads them from the medium; raises `StorageFailed`."""
    with contextlib.suppress(OSError):
        os.fchmod(held.fd, 0o444)  # a courtesy to people; some media have no permissions
    with storage_trouble("Making the copy durable", held.folder):
        os.fsync(held.fd)
        fd = os.open(staged.token, READ, dir_fd=held.folder)
    with closing_fd(fd):
        found = engine.measure(fd, algorithm="sha256")
    if (found.digest, found.size) != (staged.sha256, staged.size):
        reason = f"{found.size} bytes read back have SHA-256 {found.digest}"
        message = f"The copy of {staged.size} bytes is not {staged.sha256}: {reason}"
        raise StorageFailed(message, reason=reason, expected=staged.sha256, found=found.digest)
    return found.read_back


@contextlib.contextmanager
def publishing(root: int) -> Iterator[None]:
    """One thread of one process at a time; the kernel lets go of it when a process dies."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
    with closing_fd(os.open(LOCK, flags, 0o644, dir_fd=root)) as fd:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield


def _set_aside(root: int, shard: int, *, sha256: str) -> None:
    """Keeps the damaged copy under a new name, durable before its old name is given away."""
    with closing_fd(open_folder(root, DAMAGED)) as damaged:
        taken = set(os.listdir(damaged))
        numbers = itertools.count(1)
        name = next(name for n in numbers if (name := f"{sha256}.{n}") not in taken)
        os.rename(sha256, name, src_dir_fd=shard, dst_dir_fd=damaged)
        os.fsync(damaged)


def _lock_now(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _unlink_if(token: str, held: _Held) -> bool:
    """Removes the name only while it is ours: once published, another may be using it."""
    try:
        found = os.stat(token, dir_fd=held.folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    if not os.path.samestat(found, os.fstat(held.fd)):
        return False
    os.unlink(token, dir_fd=held.folder)
    return True


def _remove_ownerless(staging: int, name: str) -> bool:
    try:
        fd = os.open(name, READ, dir_fd=staging)
    except OSError:  # gone meanwhile, or nothing a staged copy can be
        return False
    with closing_fd(fd):
        is_file = stat.S_ISREG(os.fstat(fd).st_mode)
        return is_file and _lock_now(fd) and _unlink_if(name, _Held(fd, staging))
