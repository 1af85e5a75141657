"""One entry of the custody log: who did what, when, and which rows it wrote.

Holds always: the leaf is the canonical bytes of the entry, so the log can be checked without
trusting any column beside it; an entry names each evidential row it wrote by table, key, row
format and digest; personal data stands in it only as a commitment (`evidence.personal`). The
format is fixed: version 1 is only ever extended by a version 2. `docs/formats/entry.md` has the
words, `docs/formats/vectors/` the examples.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from evidence.canonical import MAX_INTEGER, Json, dumps, loads_object
from evidence.errors import Malformed

VERSION = 1
_FIELDS = frozenset({"v", "seq", "at", "clock", "act", "actor", "rows", "facts"})
_ROW_FIELDS = frozenset({"table", "key", "format", "sha256"})
_ACT = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*\Z")
_HEX256 = re.compile(r"[0-9a-f]{64}\Z")

CLOCK_OK = "OK"
CLOCK_BACKWARDS = "BACKWARDS"


@dataclass(frozen=True)
class RowRef:
    """One evidential row as an entry names it; `sha256` is 64 hexadecimal digits."""

    table: str
    key: str
    format: int
    sha256: str

    def json(self) -> dict[str, Json]:
        """The row's form inside an entry."""
        return {"table": self.table, "key": self.key, "format": self.format, "sha256": self.sha256}


@dataclass(frozen=True)
class Entry:
    """An act on record. `at` is UTC; `clock` says BACKWARDS where it is before the entry before."""

    seq: int
    at: datetime
    clock: str
    act: str
    actor: Mapping[str, Json]
    rows: tuple[RowRef, ...]
    facts: Mapping[str, Json]

    def canonical(self) -> bytes:
        """The leaf's bytes."""
        content: dict[str, Json] = {
            "v": VERSION,
            "seq": self.seq,
            "at": time_text(self.at),
            "clock": self.clock,
            "act": self.act,
            "actor": self.actor,
            "rows": [row.json() for row in self.rows],
            "facts": self.facts,
        }
        return dumps(content)


def row_digest(table: str, row_format: int, *, row: Mapping[str, Json]) -> str:
    """SHA-256, in hexadecimal, of a row as canonical JSON with its table and format."""
    content: dict[str, Json] = {"table": table, "format": row_format, "row": row}
    return hashlib.sha256(dumps(content)).hexdigest()


def parse(data: bytes) -> Entry:
    """The entry of a leaf's bytes; raises `Malformed` unless they follow version 1 exactly."""
    value = loads_object(data)
    if value.keys() != _FIELDS or _count(value["v"]) != VERSION:
        raise Malformed(f"Entry is not of version {VERSION}")
    entry = Entry(
        seq=_count(value["seq"]),
        at=parse_time(_text(value["at"])),
        clock=_text(value["clock"]),
        act=_text(value["act"]),
        actor=_object(value["actor"]),
        rows=tuple(_row(item) for item in _array(value["rows"])),
        facts=_object(value["facts"]),
    )
    if entry.clock not in (CLOCK_OK, CLOCK_BACKWARDS):
        raise Malformed("Entry's clock is neither OK nor BACKWARDS")
    if not _ACT.match(entry.act):
        raise Malformed("Entry's act is not of the form noun.verb")
    return entry


def time_text(at: datetime) -> str:
    """UTC time with six decimals and Z; raises `Malformed` for a time without a zone."""
    if at.tzinfo is None:
        raise Malformed("Time has no zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def parse_time(text: str) -> datetime:
    """The time of such a text; raises `Malformed`."""
    try:
        at = datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError as error:
        raise Malformed("Time is not of the form 2026-01-31T08:00:00.000000Z") from error
    if time_text(at) != text:
        raise Malformed("Time is not in its one form")
    return at


def _row(value: Json) -> RowRef:
    row = _object(value)
    if row.keys() != _ROW_FIELDS:
        raise Malformed("Entry's row does not name table, key, format and sha256")
    ref = RowRef(
        _text(row["table"]), _text(row["key"]), _count(row["format"]), _text(row["sha256"])
    )
    if not _HEX256.match(ref.sha256):
        raise Malformed("Entry's row digest is not 64 hexadecimal digits")
    return ref


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise Malformed("Entry's field is not a string")
    return value


def _count(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_INTEGER:
        raise Malformed("Entry's number is not a count")
    return value


def _object(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise Malformed("Entry's field is not an object")
    return value


def _array(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise Malformed("Entry's field is not a list")
    return value
