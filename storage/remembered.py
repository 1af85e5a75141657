"""The newest checkpoint that this site signed, remembered beside the log's key.

The database alone cannot say that it was put back or rewritten: whoever writes to it can take
signatures away. So each process remembers what it signed or found signed, and `last-checkpoint` in
the folder of keys outlives it.

Holds always: the file is written only after the database made durable what it says, so it may lag
behind the log and never runs ahead of it; it never goes back, whichever process writes it.
"""

import fcntl
from pathlib import Path

from evidence import note
from evidence.errors import EnvironmentTrouble, EvidenceAltered
from evidence.note import Checkpoint, VerifyingKey, VerifySignature
from storage.durable import storage_trouble, write_durably

FILE = "last-checkpoint"


class Remembered:
    """What was signed last, as this process and the file know it; safe to use from threads."""

    def __init__(self, folder: Path, key: VerifyingKey, *, verify: VerifySignature) -> None:
        self.path = folder / FILE
        self._key = key
        self._verify = verify
        self._newest: Checkpoint | None = None

    def newest(self) -> Checkpoint | None:
        """What the log must extend, or None where nothing is remembered; the file is asked once."""
        if self._newest is None:
            self.reread()
        return self._newest

    def reread(self) -> None:
        """Learns what another process remembered.

        Raises `EvidenceAltered` for a file that the log's key did not sign.
        """
        stored = self._stored()
        if stored is not None:
            self.saw(stored)

    def saw(self, checkpoint: Checkpoint) -> None:
        """Remembers in this process; what threads bring late is passed over."""
        if self._newest is None or self._newest.size < checkpoint.size:
            self._newest = checkpoint

    def keep(self, checkpoint: Checkpoint, signed: str) -> None:
        """Remembers durably what the database holds durably; an older one is passed over."""
        self.saw(checkpoint)
        with (
            storage_trouble("Remembering the checkpoint", self.path.parent),
            self.path.with_name(f".{FILE}.lock").open("ab") as lock,
        ):
            fcntl.flock(lock, fcntl.LOCK_EX)
            stored = self._stored()
            if stored is None or stored.size < checkpoint.size:
                write_durably(self.path, signed.encode())

    def read(self, signed: str) -> Checkpoint:
        """The checkpoint of a note that the log's key signed; raises `EvidenceAltered`."""
        return Checkpoint.parse(note.read(signed, self._key, verify=self._verify))

    def _stored(self) -> Checkpoint | None:
        try:
            return self.read(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise EnvironmentTrouble(
                f"{self.path} cannot be read", reason=error.strerror or str(error)
            ) from error
        except (EvidenceAltered, UnicodeDecodeError) as error:
            message = f"{self.path} is not signed by this log's key"
            raise EvidenceAltered(
                message, code="LAST_CHECKPOINT_REFUSED", path=str(self.path)
            ) from error
