"""The site's two Ed25519 keys: one signs the log, one signs inventories and receipts.

Holds always: a private key is made once, stored with mode 0600 before it is first used, and never
leaves its folder; the public key beside it is one line that any C2SP note reader understands.
"""

from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from evidence import note
from evidence.errors import EnvironmentTrouble
from evidence.note import VerifyingKey
from storage.durable import write_durably
from storage.remembered import Remembered

LOG = "log"
STATION = "station"


class Signer:
    """A private key with the name it signs under."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self.private = private
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key = VerifyingKey(name, public)

    def note(self, text: str) -> str:
        """The signed note of `text`."""
        return note.write(text, self.key, sign=self.private.sign)


def verify_ed25519(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the three belong together; a `note.VerifySignature`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


class LogSigner(Signer):
    """The log's key, with what it signed last."""

    def __init__(self, signer: Signer, folder: Path) -> None:
        super().__init__(signer.key.name, signer.private)
        self.remembered = Remembered(folder, self.key, verify=verify_ed25519)


def load_or_make(folder: Path, kind: str, *, name: str) -> Signer:
    """The key of `kind` under `folder`, made if there is none yet.

    Raises `EnvironmentTrouble` for a key file that others may read or that is not a key.
    """
    private_path = folder / f"{kind}.key"
    if not private_path.exists():
        private = Ed25519PrivateKey.generate()
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_durably(private_path, pem, mode=0o600)
    signer = Signer(name, _load(private_path))
    public_path = folder / f"{kind}.pub"
    if not public_path.exists():
        write_durably(public_path, (signer.key.text() + "\n").encode(), mode=0o644)
    return signer


def _load(path: Path) -> Ed25519PrivateKey:
    if path.stat().st_mode & 0o077:
        message = f"Key {path.name} may be read by others"
        raise EnvironmentTrouble(message, code="KEY_OPEN", path=str(path))
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError as error:
        raise _unusable(path, "not a key") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise _unusable(path, "not Ed25519")
    return private


def _unusable(path: Path, what: str) -> EnvironmentTrouble:
    return EnvironmentTrouble(f"Key {path.name} is {what}", code="KEY_UNUSABLE", path=str(path))
