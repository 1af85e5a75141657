"""What people name on the command line, read and checked: files of text and public keys."""

import os
from pathlib import Path

from evidence.errors import BadInput, Malformed
from evidence.note import VerifyingKey


def text_of(path: Path) -> str:
    """The text of a file. Raises `BadInput`."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read", why="UNREADABLE", path=str(path)) from error


def key_of(text: str) -> VerifyingKey:
    """The public key given as text or as a file that holds it. Raises `BadInput`."""
    try:
        return VerifyingKey.parse(text_of(Path(text)) if os.path.isfile(text) else text)
    except Malformed as error:
        raise BadInput(f"{text} is not a public key: {error}", why="NOT_A_KEY", key=text) from error
