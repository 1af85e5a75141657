"""Salted commitments: personal data is bound into the log without standing in it.

Holds always: a commitment is SHA-256 over 32 random bytes and the value, so nobody can try names
or numbers against it; once value and salt are erased, the log still verifies and says nothing.
File names are personal data too: recorders write the officer's number into them.
"""

import base64
import hashlib
import re
from dataclasses import dataclass

from evidence.canonical import dumps
from evidence.errors import Malformed

SALT_BYTES = 32
_COMMITMENT = re.compile(r"c1:[0-9a-f]{64}\Z")

FILE_NAME = "file-name"
OFFICER_NUMBER = "officer-number"
OS_USER = "os-user"
CARD_LABEL = "card-label"
PERSON_NAME = "person-name"
LOGIN_NAME = "login-name"
CERTIFICATE_NUMBER = "certificate-number"
REMARK = "remark"
MEDIA_PLACE = "media-place"
PLACE = "place"
TITLE = "title"


@dataclass(frozen=True)
class Personal:
    """A personal value with its salt. `value` of a file name is base64 of the raw bytes."""

    kind: str
    value: str
    salt: bytes

    @property
    def commitment(self) -> str:
        """What stands in rows and entries instead of the value."""
        if len(self.salt) != SALT_BYTES:
            raise Malformed("Salt is not 32 bytes")
        opened = {
            "kind": self.kind,
            "salt": base64.b64encode(self.salt).decode(),
            "value": self.value,
        }
        return "c1:" + hashlib.sha256(dumps(opened)).hexdigest()


def is_commitment(text: str) -> bool:
    """Whether `text` has the form of a commitment."""
    return bool(_COMMITMENT.match(text))


def file_name(path: bytes, salt: bytes) -> Personal:
    """The commitment of a path on a card, its raw bytes kept."""
    return Personal(FILE_NAME, base64.b64encode(path).decode(), salt)


def shown_name(path: bytes) -> str:
    """A path as people may see it: control, bidi and undecodable bytes spelled out.

    The result is safe in a terminal, a log line and a table; it is for eyes only, the raw bytes
    stay the name.
    """
    return "".join(_shown(c) for c in path.decode("utf-8", "surrogateescape"))


def _shown(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if character == "\\":
        return "\\\\"
    if character.isprintable():
        return character
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
