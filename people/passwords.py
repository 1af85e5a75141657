"""Passwords: hashed with Argon2id, a few at a time.

Holds always: a password is never stored, logged or sent back; a hash takes 64 MiB, so only a few
are computed at once and the rest wait their turn; a name that does not exist costs as much time as
one that does.
"""

import threading

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher

from evidence.errors import BadInput

SHORTEST = 10
LONGEST = 256
_AT_ONCE = threading.BoundedSemaphore(2)
_HASH = PasswordHash((Argon2Hasher(),))
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$edTKZt4pYK1GsFINnXrwEg$0Wt76r/w3vYOCu05PkxAUY2wwHtLtS1I3AYRIREWbaY"  # noqa: E501
"""What is compared where there is no account. Written out, for a hash made here would cost each
command that only imports this module as much as a log-in; it takes the same work as `hashed`."""


def check_new(password: str, *, login: str) -> None:
    """Raises `BadInput` for a password that is too short, too long, or the log-in name."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput("Password is too short or too long", why="PASSWORD_LENGTH", least=SHORTEST)
    if password.casefold() == login:
        raise BadInput("Password is the log-in name", why="PASSWORD_IS_LOGIN")


def hashed(password: str) -> str:
    """The hash to store, with its salt and parameters."""
    with _AT_ONCE:
        return _HASH.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether the password is the one; `stored` is None where there is no such account."""
    with _AT_ONCE:
        try:
            found = _HASH.verify(password, stored or NOBODY)
        except PwdlibError:  # the stored text is no hash of ours
            return False
    return found and stored is not None
