"""Steps 3 and 4: rows against the entries that name them, and personal data against commitments.

Holds always: what an entry named last is what the row must be; both sides are read in the order of
their keys' bytes, so any number of rows needs no memory to speak of.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evidence.entry import row_digest
from evidence.errors import Malformed
from evidence.personal import Personal, is_commitment
from evidence.tables import ALL, COMMITTED, EVIDENTIAL, OPERATIONAL, newest_format
from proof.findings import Coverage, Findings, shown
from proof.scratch import Scratch
from proof.store import Store, Value

RowDict = Mapping[str, Value]
Taker = Callable[[RowDict], None]
"""Gets each row of its table that has a text key and is named by an entry."""

_COMMITMENT = re.compile(r"c1:[0-9a-f]{64}(?![0-9a-f])")


@dataclass(frozen=True)
class Named:
    """What the log says last about one row."""

    key: str
    format: int
    digest: str
    seq: int
    rewritten: bool

    @property
    def order(self) -> bytes:
        """Where the key stands."""
        return self.key.encode()


class RowsCheck:
    """Compares every evidential table with the log; `takers` get the rows on the way."""

    def __init__(
        self,
        store: Store,
        scratch: Scratch,
        *,
        findings: Findings,
        coverage: Coverage,
        takers: Mapping[str, Taker],
    ) -> None:
        self._store = store
        self._scratch = scratch
        self._findings = findings
        self._coverage = coverage
        self._takers = takers

    def tables(self) -> None:
        """Tables and columns that are missing, or that nobody declared."""
        there = self._store.tables()
        for table in sorted(ALL - OPERATIONAL - there.keys()):
            self._findings.add("TABLE_MISSING", table)
        for table in sorted(there.keys() - ALL):
            self._findings.note("TABLE_UNKNOWN", shown(table))
        for table in sorted(EVIDENTIAL.keys() & there.keys()):
            declared = frozenset(EVIDENTIAL[table][newest_format(table)])
            for column in sorted(declared - frozenset(there[table])):
                self._findings.add("COLUMN_MISSING", f"{table}.{column}")
            for column in sorted(frozenset(there[table]) - declared):
                self._findings.note("COLUMN_UNKNOWN", shown(f"{table}.{column}"))

    def compare(self, table: str) -> None:
        """Merges the rows of a table with what the log says of them."""
        named = self._named(table)
        expected = next(named, None)
        last: bytes | None = None
        for row in self._rows(table):
            key = str(row["id"])
            order = key.encode("utf-8", "surrogateescape")
            if order == last:
                self._findings.add("ROW_DUPLICATED", _item(table, key))
                continue
            last = order
            while expected is not None and expected.order < order:
                self._missing(table, expected)
                expected = next(named, None)
            if expected is None or expected.order != order:
                self._findings.add("ROW_UNNAMED", _item(table, key))
                continue
            self._matched(table, row, named=expected)
            expected = next(named, None)
        while expected is not None:
            self._missing(table, expected)
            expected = next(named, None)

    def _rows(self, table: str) -> Iterator[RowDict]:
        columns = EVIDENTIAL[table][newest_format(table)]
        seen = 0
        for values in self._store.rows(table, columns, order="id"):
            seen += 1
            row = dict(zip(columns, values, strict=True))
            if isinstance(row["id"], str):
                yield row
            else:
                self._findings.add("ROW_UNNAMED", _item(table, shown(row["id"])))
        self._coverage.rows[table] = seen
        counted = self._store.count(table)
        if counted != seen:
            self._findings.add("INDEX_HIDES_ROWS", table, expected=counted, found=seen)

    def _named(self, table: str) -> Iterator[Named]:
        query = _NAMED.format(table=table)
        for key, row_format, digest, seq, _, rewritten in self._scratch.query(query):
            yield Named(key, row_format, digest, seq, bool(rewritten))

    def _missing(self, table: str, named: Named) -> None:
        expected = f"entries/{named.seq}"
        self._findings.add("ROW_MISSING", _item(table, named.key), expected=expected)

    def _matched(self, table: str, row: RowDict, *, named: Named) -> None:
        found = _digest(table, row, row_format=named.format)
        if found != named.digest:
            item = _item(table, named.key)
            self._findings.add("ROW_ALTERED", item, expected=named.digest, found=found)
        if named.rewritten:
            item = _item(table, named.key)
            self._findings.note("ROW_REWRITTEN", item, found=f"entries/{named.seq}")
        self._commitments(table, row)
        taker = self._takers.get(table)
        if taker is not None:
            taker(row)

    def _commitments(self, table: str, row: RowDict) -> None:
        for column, value in row.items():
            if not isinstance(value, str):
                continue
            if column in COMMITTED and not is_commitment(value):
                item = _item(table, str(row["id"]))
                self._findings.add("NOT_A_COMMITMENT", item, expected=column, found=value)
            if "c1:" in value:
                item = _item(table, str(row["id"]))
                for found in _COMMITMENT.findall(value):
                    self._scratch.add("referenced", (found, item))


class PersonalCheck:
    """Opens every commitment that can be opened."""

    def __init__(
        self, store: Store, scratch: Scratch, *, findings: Findings, coverage: Coverage
    ) -> None:
        self._store = store
        self._scratch = scratch
        self._findings = findings
        self._coverage = coverage

    def compare(self) -> None:
        """Personal rows against their commitments, and commitments against personal rows."""
        columns = ("id", "kind", "salt", "value")
        last: Value = None
        for commitment, kind, salt, value in self._store.rows("personal_data", columns, order="id"):
            self._opened(commitment, kind, salt=salt, value=value)
            if commitment == last:
                self._findings.add("PERSONAL_DUPLICATED", f"personal_data/{shown(commitment)}")
            last = commitment
        for commitment, place in self._scratch.query(_UNOPENED):
            self._findings.add("PERSONAL_MISSING", f"personal_data/{commitment}", expected=place)
        for commitment, seq in self._scratch.query(_STILL_THERE):
            item, erased = f"personal_data/{commitment}", f"entries/{seq}"
            self._findings.add("PERSONAL_NOT_ERASED", item, expected=erased)
        for (commitment,) in self._scratch.query(_UNREFERENCED):
            self._findings.note("PERSONAL_UNREFERENCED", f"personal_data/{shown(commitment)}")
        self._coverage.personal_erased = _single(self._scratch, _ERASED)

    def _opened(self, commitment: Value, kind: Value, *, salt: Value, value: Value) -> None:
        item = f"personal_data/{shown(commitment)}"
        self._coverage.personal_opened += 1
        if isinstance(commitment, str):
            self._scratch.add("opened", (commitment.encode("utf-8", "replace").decode(),))
        try:
            found = _commitment(kind, salt, value=value)
        except Malformed as error:
            self._findings.add("PERSONAL_ALTERED", item, expected=commitment, found=error)
            return
        if found != commitment:
            self._findings.add("PERSONAL_ALTERED", item, expected=commitment, found=found)


# With max() as the only extreme, SQLite takes the other columns from the row that has it.
_NAMED = """
SELECT key, format, digest, seq, max(rowid), count(*) > 1
FROM named_{table} GROUP BY key ORDER BY key"""
_UNOPENED = """
SELECT commitment, min(place) FROM referenced
WHERE commitment NOT IN (SELECT commitment FROM opened)
AND commitment NOT IN (SELECT commitment FROM erased) GROUP BY commitment"""
_STILL_THERE = """
SELECT commitment, min(seq) FROM erased
WHERE commitment IN (SELECT commitment FROM opened) GROUP BY commitment"""
_UNREFERENCED = """
SELECT commitment FROM opened WHERE commitment NOT IN (SELECT commitment FROM referenced)
AND commitment NOT IN (SELECT commitment FROM erased)"""
_ERASED = "SELECT count(DISTINCT commitment) FROM erased"


def _single(scratch: Scratch, query: str) -> int:
    return int(next(scratch.query(query))[0])


def _commitment(kind: Value, salt: Value, *, value: Value) -> str:
    if not isinstance(kind, str) or not isinstance(salt, str) or not isinstance(value, str):
        raise Malformed("Personal row holds something that is not text")
    try:
        raw = base64.b64decode(salt, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("Salt is not base64") from error
    if base64.b64encode(raw).decode() != salt:
        raise Malformed("Salt is not in its one canonical form")
    return Personal(kind, value, raw).commitment


def _digest(table: str, row: RowDict, *, row_format: int) -> str:
    """The row's digest, or why it has none."""
    content: dict[str, Any] = {column: row[column] for column in EVIDENTIAL[table][row_format]}
    try:
        return row_digest(table, row_format, row=content)
    except Malformed as error:
        return str(error)


def _item(table: str, key: str) -> str:
    return f"{table}/{shown(key)}"
