"""What a vault must do: hold originals under their digest, whole and durable.

Holds always: nothing is under its digest's name before its bytes were made durable, read back from
the medium and hashed equal; there is no call that overwrites or deletes an original. A staged copy
is not evidence: it may be discarded at any time, because the card still has the file.

Every implementation passes `tests/contract/test_vault.py`; the folder vault is in
`storage/folder_vault.py`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from evidence.errors import CardTrouble
from evidence.vocabulary import ReadBack

ReadAt = Callable[[memoryview, int], int]
"""Fills the buffer from the source at the offset and returns the bytes read, 0 at the end.

Raises a `CardTrouble` (`SourceUnreadable`, `CardGone`) where the card does not answer.
"""

Progress = Callable[[int], None]
"""Called with the bytes newly copied (staging) or newly read back (confirming)."""


@dataclass(frozen=True)
class StagedCopy:
    """Bytes copied into the vault's staging area, hashed as they were written, not yet durable.

    `digests` maps algorithm (always "sha256", and "sm3" where asked) to hexadecimal.
    `stopped` is the card's error if reading ended early: the copy then holds the first `size`
    bytes only.
    """

    token: str
    size: int
    digests: Mapping[str, str]
    stopped: CardTrouble | None = None

    @property
    def sha256(self) -> str:
        """The digest that names the item."""
        return self.digests["sha256"]


@dataclass(frozen=True)
class Stored:
    """An original that is durably in the vault and was read back equal."""

    sha256: str
    size: int
    read_back: ReadBack
    was_there: bool
    repaired: bool = False


@dataclass(frozen=True)
class Space:
    """Room on the vault's medium; `files` is None where the medium does not count them."""

    free_bytes: int
    total_bytes: int
    files: int | None


class Vault(Protocol):
    """Keeps originals by digest."""

    @property
    def vault_id(self) -> str:
        """Identity of this vault, from its marker."""
        ...

    @property
    def kind(self) -> str:
        """Which implementation this is, such as FOLDER."""
        ...

    def stage(self, read_at: ReadAt, progress: Progress) -> StagedCopy:
        """Copies the source once from its start to its end, hashing what is written.

        Raises `VaultUnavailable`, `OutOfSpace` or `StorageFailed`; nothing is left behind then.
        """
        ...

    def confirm(self, staged: StagedCopy, progress: Progress) -> Stored:
        """Makes a staged copy durable, reads it back from the medium, and gives it its name.

        Where the digest is there already, the stored copy is read back instead; if that one is
        damaged, the good copy takes its place, the damaged one is kept aside, and `repaired` is
        set. Raises `StorageFailed` (the staged copy is gone: copy again), `OutOfSpace` or
        `VaultUnavailable`.
        """
        ...

    def secure(self, sha256: str, progress: Progress) -> Stored | None:
        """Reads an original that is already there from the medium and makes it durable, name too.

        None where it is not there, not readable, or not what its name says. Raises `NotFound` for
        what is no digest, `StorageFailed` or `VaultUnavailable`.
        """
        ...

    def discard(self, staged: StagedCopy) -> None:
        """Throws a staged copy away; it is no error if it is gone."""
        ...

    def open(self, sha256: str) -> BinaryIO:
        """The original for reading; raises `NotFound` or `VaultUnavailable`."""
        ...

    def size(self, sha256: str) -> int | None:
        """Size in bytes of the original, or None if it is not there."""
        ...

    def rehash(self, sha256: str, progress: Progress, *, algorithm: str = "sha256") -> str:
        """Digest of the original as it is on the medium now; raises `NotFound`, `StorageFailed`."""
        ...

    def digests(self) -> Iterator[str]:
        """SHA-256 names of all originals, in order."""
        ...

    def sweep(self) -> int:
        """Removes staged copies that no live process owns; returns how many."""
        ...

    def space(self) -> Space:
        """Room that is left."""
        ...
