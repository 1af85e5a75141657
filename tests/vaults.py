"""Places to keep vaults in, and cards to fill them from, for every test that needs a real one."""

import contextlib
import os
import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from evidence.errors import SourceUnreadable
from storage.folder_vault import FolderVault
from storage.vault import ReadAt, Stored, Vault

SITE = "site-under-test"
VAULT = "vault-under-test"


def bytes_of(size: int, *, seed: int = 1) -> bytes:
    """Random content that a seed repeats."""
    return random.Random(seed).randbytes(size)


def card(data: bytes, *, step: int = 1 << 30, fails_at: int | None = None) -> ReadAt:
    """A card's file: at most `step` bytes a read, and a read error from `fails_at` on."""

    def read_at(block: memoryview, offset: int) -> int:
        if fails_at is not None and offset >= fails_at:
            raise SourceUnreadable(f"Read error at {offset}", offset=offset)
        end = min(len(data), offset + min(step, len(block)))
        if fails_at is not None:
            end = min(end, fails_at)
        block[: end - offset] = data[offset:end]
        return end - offset

    return read_at


def ignore(_moved: int) -> None:
    """A progress that nobody watches."""


def keep(vault: Vault, data: bytes) -> Stored:
    """Takes the bytes in as one act would: staged, then confirmed."""
    return vault.confirm(vault.stage(card(data), ignore), ignore)


@contextlib.contextmanager
def mounted(folder: Path, kind: str, options: str = "rw") -> Iterator[Path]:
    """A file system of its own at `folder`; needs root, else the test is skipped."""
    if os.geteuid() != 0:
        pytest.skip(f"only root can mount a {kind}")
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", kind, "-o", options, "none", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@dataclass(frozen=True)
class FolderPlace:
    """A folder vault, and what a test may do behind its back."""

    root: Path

    def create(self) -> Vault:
        """The new, empty vault."""
        return FolderVault.create(self.root, site_id=SITE, vault_id=VAULT)

    def reopen(self) -> Vault:
        """The same vault as another process would open it."""
        return FolderVault.open_at(self.root, site_id=SITE)

    def damage(self, sha256: str) -> None:
        """Turns one bit of a stored original, as a tired disk would."""
        path = self.path(sha256)
        path.chmod(0o644)
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)

    def shorten(self, sha256: str) -> None:
        """Cuts the last byte off a stored original."""
        self.path(sha256).chmod(0o644)
        os.truncate(self.path(sha256), self.path(sha256).stat().st_size - 1)

    def staged(self) -> list[str]:
        """Names of what lies in staging."""
        return os.listdir(self.root / "staging")

    def kept_aside(self) -> list[bytes]:
        """Contents of damaged copies that were kept."""
        return [path.read_bytes() for path in sorted((self.root / "damaged").iterdir())]

    def path(self, sha256: str) -> Path:
        """Where the original lies."""
        return self.root / "originals" / sha256[:2] / sha256
