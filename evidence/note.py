"""C2SP signed notes: text, an empty line, signature lines; and checkpoints, receipts, inventories.

Holds always: a note's text ends with a newline and is signed whole; a key is named by its name
and a four-byte hash, so two keys of one name cannot be taken for each other; the first line of
the text says what kind of statement it is, so a receipt can never be read as a checkpoint.

The Ed25519 arithmetic itself is handed in (`sign` and `verify` callables): this file is pure.
Formats: C2SP signed-note and tlog-checkpoint.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from evidence.canonical import Json, dumps, loads_object
from evidence.errors import BadSignature, Malformed

ED25519 = b"\x01"
HASH_BYTES = 32
KEY_BYTES = 32
MAX_NOTE_BYTES = 64 * 1024 * 1024
MAX_SIGNATURES = 100
_DASH = "— "
_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\Z")

Sign = Callable[[bytes], bytes]
"""Ed25519 signature (64 bytes) over the bytes given."""

VerifySignature = Callable[[bytes, bytes, bytes], bool]
"""Whether (public key, signature, message) go together under Ed25519."""


@dataclass(frozen=True)
class VerifyingKey:
    """A public key with the name it signs under."""

    name: str
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """The four bytes that tell keys of one name apart."""
        named = self.name.encode() + b"\n" + ED25519 + self.public
        return hashlib.sha256(named).digest()[:4]

    def text(self) -> str:
        """The key as one line: name+hash+base64(type and key)."""
        encoded = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{self.key_hash.hex()}+{encoded}"

    @classmethod
    def parse(cls, text: str) -> "VerifyingKey":
        """The key of one such line; raises `Malformed`."""
        name, _, rest = text.removesuffix("\n").partition("+")
        shown_hash, _, encoded = rest.partition("+")
        raw = _unbase64(encoded)
        if not _is_name(name) or len(raw) != 1 + KEY_BYTES:
            raise Malformed("Not a verifying key of the form name+hash+base64")
        if raw[:1] != ED25519:
            raise Malformed("Verifying key is not Ed25519")
        key = cls(name, raw[1:])
        if key.key_hash.hex() != shown_hash:
            raise Malformed("Key hash does not belong to the verifying key")
        return key


def write(text: str, key: VerifyingKey, *, sign: Sign) -> str:
    """The signed note of `text`."""
    if not text.endswith("\n"):
        raise Malformed("Note text does not end with a newline")
    blob = base64.b64encode(key.key_hash + sign(_utf8(text))).decode()
    note = f"{text}\n{_DASH}{key.name} {blob}\n"
    if split(note)[0] != text:
        raise Malformed("Note text cannot be told from its signatures")
    return note


def read(note: str, key: VerifyingKey, *, verify: VerifySignature) -> str:
    """The text of a note that `key` signed; raises `Malformed` or `BadSignature`."""
    text, signatures = split(note)
    for name, key_hash, signature in signatures:
        if name == key.name and key_hash == key.key_hash:
            if verify(key.public, signature, _utf8(text)):
                return text
            raise BadSignature(f"Signature of {name} does not verify")
    raise BadSignature(f"Note carries no signature of {key.name} with key {key.key_hash.hex()}")


def split(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Text and signatures (name, key hash, signature) of a note, not verified."""
    if len(_utf8(note)) > MAX_NOTE_BYTES:
        raise Malformed("Note is too large")
    head, separator, tail = note.rpartition("\n\n")
    lines = tail.split("\n")
    if not separator or not head or lines[-1] != "" or not 2 <= len(lines) <= 1 + MAX_SIGNATURES:
        raise Malformed("Note has no signature block")
    text = head + "\n"
    if any(ord(c) < 0x20 and c != "\n" for c in text):
        raise Malformed("Note text holds a control character")
    return text, [_signature(line) for line in lines[:-1]]


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    raw = _unbase64(encoded)
    if not line.startswith(_DASH) or not _is_name(name) or len(raw) < 5:
        raise Malformed("Signature line is malformed")
    return name, raw[:4], raw[4:]


def _is_name(name: str) -> bool:
    """Whether a key may be called so: printable, and nothing that ends a name elsewhere."""
    return bool(name) and name.isprintable() and "+" not in name and " " not in name


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise Malformed("Note is not Unicode text") from error


def _unbase64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("Not base64") from error
    if base64.b64encode(raw).decode() != text:
        raise Malformed("Base64 is not in its one canonical form")
    return raw


@dataclass(frozen=True)
class Checkpoint:
    """What the log's key holder commits to: the first `size` entries have root `root`."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """The checkpoint of a verified note's text; raises `Malformed`."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] != "" or "" in lines[:-1]:
            raise Malformed("Checkpoint does not have its three lines")
        origin, size, encoded = lines[:3]
        if not _SIZE.match(size):
            raise Malformed("Checkpoint size is not a decimal number")
        root = _unbase64(encoded)
        if len(root) != HASH_BYTES:
            raise Malformed("Checkpoint root is not 32 bytes")
        return cls(origin, int(size), root)


def statement(kind: str, body: Json) -> str:
    """Text of a signed statement: a line naming its kind, then one line of canonical JSON."""
    return f"{kind}\n{dumps(body).decode()}\n"


def parse_statement(kind: str, text: str) -> dict[str, Json]:
    """Body of a statement of `kind`; raises `Malformed`."""
    first, _, rest = text.partition("\n")
    if first != kind or not rest.endswith("\n"):
        raise Malformed(f"Statement is not a {kind}")
    return loads_object(_utf8(rest.removesuffix("\n")))
