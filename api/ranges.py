"""The Range header of RFC 9110, for one range of bytes; a pure function."""

import re

from evidence.errors import BadInput
from evidence.spans import Span

_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z")


class Unsatisfiable(BadInput):
    """No byte of the file lies in the range asked for."""

    code = "RANGE"


def wanted(header: str | None, size: int) -> Span | None:
    """The bytes asked for; None means the whole file: no range, several, or one not understood.

    Raises `Unsatisfiable`.
    """
    found = _ONE.match(header.strip()) if header else None
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if first == "":
        span = Span(max(size - int(last), 0), size)
    else:
        span = Span(int(first), min(int(last) + 1 if last else size, size))
        if last and int(last) < int(first):
            return None
    if span.start >= span.end:
        raise Unsatisfiable("No such bytes", size=size)
    return span
