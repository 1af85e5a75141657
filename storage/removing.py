"""The one place that takes bytes of an original away, once its tombstone is on record.

Holds always: nothing is removed without a committed tombstone that nobody docked the bytes again
since; each removal is decided and done under the log's lock, so a docking that seals the same bytes
either comes before, and they stay, or after, and finds them gone and copies them again; when this
returns, the name is gone from the medium, not only from memory; a store that keeps a lock on the
object is asked before the tombstone, never after.
"""

import contextlib
import os
import shutil
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol

from sqlalchemy import delete, select

from evidence.errors import ProgramMistake, VaultUnavailable
from storage import derivatives, schema
from storage.durable import fsync_dir, storage_trouble
from storage.folder_vault import DAMAGED, ORIGINALS, publishing
from storage.graves import grave, is_buried
from storage.second_place import FolderPlace
from storage.second_record import known_second
from storage.site import Site
from storage.vault_marker import closing_fd, marked_root, names_in, vault_of


class Shelf(Protocol):
    """A store of copies as disposal sees it: the vault, and any second one."""

    @property
    def vault_id(self) -> str:
        """Identity of the vault."""
        ...

    def has(self, sha256: str) -> bool:
        """Whether there is anything under the digest."""
        ...

    def locked_until(self, sha256: str) -> str | None:
        """Until when the store refuses to let go of it (a UTC text, or words); None if it would."""
        ...

    def remove(self, sha256: str) -> None:
        """Takes every byte of it away, durably; no error where it is gone already.

        Raises `StorageFailed` or `VaultUnavailable`.
        """
        ...


class FolderShelf:
    """The folder vault of a site, and what was set aside in it as damaged."""

    def __init__(self, root: Path, *, site_id: str, vault_id: str) -> None:
        self._root = root
        self._site_id = site_id
        self._vault_id = vault_id

    @classmethod
    def of(cls, site: Site) -> "FolderShelf":
        """The site's own vault."""
        root = site.plan.vault_root
        return cls(root, site_id=site.site_id, vault_id=site.vault.vault_id)

    @property
    def vault_id(self) -> str:
        """Identity of the vault."""
        return self._vault_id

    def has(self, sha256: str) -> bool:
        """See `Shelf.has`."""
        with marked_root(self._root) as (root, _marker):
            return sha256 in names_in(root, f"{ORIGINALS}/{sha256[:2]}")

    def locked_until(self, sha256: str) -> str | None:  # noqa: ARG002 - a folder locks nothing
        """Never locked."""
        return None

    def remove(self, sha256: str) -> None:
        """See `Shelf.remove`."""
        with marked_root(self._root) as (root, marker):
            if vault_of(marker, self._root, site_id=self._site_id) != self._vault_id:
                raise ProgramMistake("Another vault is there now")
            with storage_trouble(f"Removing {sha256}", root), publishing(root):
                _unlink(root, f"{ORIGINALS}/{sha256[:2]}", names=[sha256])
                aside = [one for one in names_in(root, DAMAGED) if one.startswith(f"{sha256}.")]
                _unlink(root, DAMAGED, names=aside)


def shelves(site: Site) -> tuple[Shelf, ...]:
    """Every store that holds copies of this site's originals."""
    known, place = known_second(site), site.plan.second
    if known is None:
        return (FolderShelf.of(site),)
    if isinstance(place, FolderPlace):
        there: Shelf = FolderShelf(place.root, site_id=site.site_id, vault_id=known)
        return (FolderShelf.of(site), there)
    if place is not None:
        there = import_module("storage.s3_second").shelf(site, place, known=known)
        return (FolderShelf.of(site), there)
    return (FolderShelf.of(site), Away(known))


class Away:
    """A vault on record that the settings no longer name: nothing is disposed of past it."""

    def __init__(self, vault_id: str) -> None:
        self.vault_id = vault_id

    def has(self, sha256: str) -> bool:  # noqa: ARG002 - it cannot be asked
        """It may be there."""
        return True

    def locked_until(self, sha256: str) -> str | None:  # noqa: ARG002 - the same for every object
        """Locked, as long as nobody can reach it."""
        return f"the vault {self.vault_id} is not in the settings"

    def remove(self, sha256: str) -> None:
        """Cannot be done. Raises `VaultUnavailable`."""
        reason = "it is not in the settings"
        message = f"The vault {self.vault_id} cannot let go of {sha256}: {reason}"
        raise VaultUnavailable(message, path=self.vault_id, reason=reason)


def locked_until(stores: Sequence[Shelf], sha256: str) -> str | None:
    """The lock that a store keeps on an object; None where none does."""
    found = (one.locked_until(sha256) for one in stores)
    return next((until for until in found if until is not None), None)


def remove(site: Site, sha256: str, *, stores: Sequence[Shelf]) -> bool:
    """Takes a buried recording's bytes away, and what was made of it; False where it stays.

    It stays where it was docked again since. Raises `StorageFailed` or `VaultUnavailable`.
    """
    with site.database.locked() as connection:
        if grave(connection, sha256) is None:
            return False
        for store in stores:
            store.remove(sha256)
        copies = select(schema.copies.c.id).where(schema.copies.c.recording_id == sha256)
        connection.execute(delete(schema.fixity).where(schema.fixity.c.id.in_(copies)))
    drop_made(site, sha256)
    return True


def drop_made(site: Site, sha256: str) -> None:
    """Takes away what was made of a recording to look at, rows first, files durably."""
    derivatives.renew(site.database, sha256)
    folder = site.plan.data / "derivatives" / sha256[:2] / sha256
    with storage_trouble(f"Removing what was made of {sha256}", site.plan.data):
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(folder)
        if folder.parent.is_dir():
            fsync_dir(folder.parent)


def drop_leftovers(site: Site) -> int:
    """What a job under way made of a recording after it was removed; returns how many."""
    table = schema.derivatives
    query = select(table.c.recording_id).where(is_buried(table.c.recording_id)).distinct()
    with site.database.read() as connection:
        left = list(connection.execute(query).scalars())
    for sha256 in left:
        drop_made(site, str(sha256))
    return len(left)


def returned(site: Site) -> list[str]:
    """Recordings whose bytes are in the vault though a certificate says they went (应已处置).

    A backup that was put back may bring them; they stay until two persons let them go again.
    """
    stones, papers = schema.tombstones, schema.disposal_certificates
    query = (
        select(stones.c.recording_id)
        .join(papers, papers.c.batch_id == stones.c.batch_id)
        .where(is_buried(stones.c.recording_id))
        .distinct()
    )
    with site.database.read() as connection:
        gone = sorted(str(one) for one in connection.execute(query).scalars())
    return [sha256 for sha256 in gone if site.vault.size(sha256) is not None]


def _unlink(root: int, folder: str, *, names: Sequence[str]) -> None:
    """Removes names from a folder of the vault and makes their absence durable."""
    try:
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=root)
    except FileNotFoundError:
        return
    with closing_fd(fd):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name, dir_fd=fd)
        os.fsync(fd)
