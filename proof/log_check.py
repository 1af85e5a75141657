"""Step 2 of a verification: the entries, and everything that is derived from them.

Holds always: a leaf is hashed from the entry's stored bytes. Where those bytes disagree with the
leaf column, the stored tree's leaf decides which of the two the tree is rebuilt with: that keeps
one altered entry from hiding whether the others are sound, and cannot make it pass, because the
disagreement is a finding already.
"""

import re
from datetime import datetime
from typing import Final

from evidence import entry as entries
from evidence.canonical import Json
from evidence.entry import Entry
from evidence.errors import Malformed
from evidence.merkle import leaf_hash
from evidence.tables import EVIDENTIAL
from proof.checkpoints import Anchors, StoredCheckpoints
from proof.findings import Coverage, Finding, Findings, bracketed, shown
from proof.keys import Keyring
from proof.scratch import Scratch
from proof.store import Row, Store, Value
from proof.stored_tree import RebuiltTree, StoredNodes

FIRST_ACT = "site.created"
ERASED_ACT = "personal.erased"
COMMITMENT: Final = re.compile(rb'"(c1:[0-9a-f]{64})"')
_HEX256 = re.compile(r"[0-9a-f]{64}\Z")
_FILL_AT_MOST = 2_000_000
_WAITING_AT_MOST = 1000
_SHOWN_BYTES = 200


class LogCheck:
    """Walks the log once, from the first entry to the last."""

    def __init__(
        self, store: Store, keys: Keyring, *, findings: Findings, scratch: Scratch, anchors: Anchors
    ) -> None:
        self.coverage = Coverage()
        self._store = store
        self._findings = findings
        self._scratch = scratch
        self._anchors = anchors
        self._tree = RebuiltTree()
        self._nodes = StoredNodes(store, findings)
        self._checkpoints = StoredCheckpoints(
            store, keys.log, findings=findings, coverage=self.coverage
        )
        self._previous: datetime | None = None
        self._fill_left = _FILL_AT_MOST
        self._waiting: list[Finding] = []
        self._since: str | None = None

    def start(self) -> None:
        """Judges what is signed about the empty log."""
        self._checkpoint()

    def take(self, row: Row) -> None:
        """Checks the next row of `entries`, as (seq, body, leaf)."""
        seq, body, leaf = row
        if not isinstance(seq, int) or not isinstance(body, str):
            self._find("ENTRY_MALFORMED", _place(seq, body), expected="integer, text")
            return
        raw = body.encode("utf-8", "surrogateescape")
        entry = self._parsed(seq, raw)
        if not self._in_place(seq, entry):
            return
        self.coverage.entries += 1
        if entry is not None:
            self._content(seq, entry, raw=raw)
        self._append(self._leaf(seq, raw, column=leaf))

    def finish(self) -> int:
        """Judges head, nodes and checkpoints beyond the end; returns the log's size."""
        self._checkpoints.finish(self._tree.size)
        self._nodes.finish()
        self._flush(None)
        self.coverage.last_entry_at = self._last_at()
        self._head()
        return self._tree.size

    # --- one entry ---------------------------------------------------------------------------

    def _parsed(self, seq: int, raw: bytes) -> Entry | None:
        try:
            return entries.parse(raw)
        except Malformed as error:
            self._find("ENTRY_MALFORMED", seq, expected=str(error), found=_start(raw))
            return None

    def _in_place(self, seq: int, entry: Entry | None) -> bool:
        """Whether the row may be appended at the tree's end, after filling a gap before it."""
        if entry is not None and entry.seq != seq:
            self._find("ENTRY_MISPLACED", seq, expected=str(entry.seq), found=str(seq))
        if seq < self._tree.size:
            self._find("ENTRY_DUPLICATED", seq)
            return False
        gap = seq - self._tree.size
        if gap > self._fill_left:
            self._find("ENTRY_BEYOND_END", seq, expected=str(self._tree.size), found=str(seq))
            return False
        if gap:
            self._fill(gap)
        return True

    def _fill(self, gap: int) -> None:
        """Reports missing entries and goes on with the leaves that the stored tree has for them."""
        first, last = self._tree.size, self._tree.size + gap - 1
        item = f"entries/{first}" if gap == 1 else f"entries/{first}-{last}"
        self._wait(Finding("ENTRY_MISSING", item, first=first, last=last, count=gap))
        self._fill_left -= gap
        for seq in range(first, last + 1):
            claimed = self._nodes.claimed_leaf(seq)
            self._append(_unhex(claimed) or bytes(32))

    def _content(self, seq: int, entry: Entry, *, raw: bytes) -> None:
        if seq == 0 and entry.act != FIRST_ACT:
            self._find("FIRST_ENTRY_WRONG", seq, expected=FIRST_ACT, found=entry.act)
        backwards = self._previous is not None and entry.at < self._previous
        expected = entries.CLOCK_BACKWARDS if backwards else entries.CLOCK_OK
        if entry.clock != expected:
            self._find("ENTRY_CLOCK", seq, expected=expected, found=entry.clock)
        self._previous = entry.at
        self._rows(seq, entry)
        if entry.act == ERASED_ACT:
            self._erasures(seq, entry.facts.get("commitments"))
        elif b'"c1:' in raw:
            for found in COMMITMENT.finditer(raw):
                self._scratch.add("referenced", (found[1].decode(), f"entries/{seq}"))

    def _rows(self, seq: int, entry: Entry) -> None:
        for row in entry.rows:
            if row.format not in EVIDENTIAL.get(row.table, ()):
                known = f"{shown(row.table)} {row.format}"
                self._find("ROW_FORMAT_UNKNOWN", seq, found=known)
                continue
            self._scratch.add(f"named_{row.table}", (row.key, row.format, row.sha256, seq))

    def _erasures(self, seq: int, commitments: Json) -> None:
        if not isinstance(commitments, list):
            self._find(
                "ENTRY_MALFORMED", seq, expected="facts.commitments", found=repr(commitments)
            )
            return
        for commitment in commitments:
            self._scratch.add("erased", (str(commitment), seq))

    # --- the tree ----------------------------------------------------------------------------

    def _leaf(self, seq: int, raw: bytes, *, column: Value) -> bytes:
        """The leaf to go on with; a finding unless bytes and column agree."""
        computed = leaf_hash(raw)
        if column == computed.hex():
            return computed
        claimed = self._nodes.claimed_leaf(seq)
        if claimed == computed.hex() or _unhex(column) is None:
            self._find("LEAF_COLUMN_WRONG", seq, expected=computed.hex(), found=shown(column))
            return computed
        self._find("ENTRY_ALTERED", seq, expected=shown(column), found=computed.hex())
        return _unhex(column) or computed

    def _append(self, leaf: bytes) -> None:
        self._nodes.compare(self._tree.append(leaf))
        self._checkpoint()

    def _checkpoint(self) -> None:
        size = self._tree.size
        wanted = size in self._anchors.roots
        if wanted:
            self._anchors.roots[size] = self._tree.root()
        signed = self._checkpoints.reach(size, self._tree.root())
        if signed is not None:
            self._flush(self._checkpoints.newest_at)
        if signed is not None and wanted:
            self._anchors.own[size] = signed

    def _head(self) -> None:
        rows = list(self._store.rows("log_head", ("id", "size", "last_at"), order="id"))
        expected = (1, self._tree.size, self.coverage.last_entry_at)
        if rows != [expected]:
            self._findings.add("HEAD_WRONG", "log_head/1", expected=expected, found=rows)

    def _last_at(self) -> str | None:
        return None if self._previous is None else entries.time_text(self._previous)

    # --- findings wait for the checkpoint that ends their time range ----------------------------

    def _find(self, kind: str, seq: int | str, *, expected: str = "", found: str = "") -> None:
        first = seq if isinstance(seq, int) else None
        item = f"entries/{seq}"
        self._wait(Finding(kind, item, shown(expected), shown(found), first=first, last=first))

    def _wait(self, finding: Finding) -> None:
        self._waiting.append(finding)
        if len(self._waiting) > _WAITING_AT_MOST:
            self._release(None)

    def _flush(self, until: str | None) -> None:
        self._release(until)
        self._since = until or self._since

    def _release(self, until: str | None) -> None:
        for finding in self._waiting:
            self._findings.put(bracketed(finding, since=self._since, until=until))
        self._waiting.clear()


def _place(seq: Value, body: Value) -> str:
    """Where an entry stands whose number is none, by what it says of itself."""
    if isinstance(seq, int) or not isinstance(body, str):
        return shown(seq)
    try:
        return str(entries.parse(body.encode("utf-8", "surrogateescape")).seq)
    except Malformed:
        return shown(seq)


def _start(raw: bytes) -> str:
    return raw[:_SHOWN_BYTES].decode("utf-8", "replace")


def _unhex(value: Value) -> bytes | None:
    if isinstance(value, str) and _HEX256.match(value):
        return bytes.fromhex(value)
    return None
