"""The tree as it is rebuilt from the entries, beside the tree as the store keeps it.

Holds always: the rebuilt tree comes from leaf hashes alone; the stored nodes are only compared, in
step with it, one cursor for each level, so memory does not grow with the log.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from evidence import merkle
from proof.findings import Findings
from proof.store import Row, Store, Value

NodeAt = tuple[int, int, bytes]


@dataclass
class RebuiltTree:
    """RFC 6962 tree over the leaves appended so far; keeps one hash for each level."""

    size: int = 0
    _peaks: dict[int, bytes] = field(default_factory=dict)

    def append(self, leaf: bytes) -> list[NodeAt]:
        """Adds a leaf hash; returns the nodes that became complete as (level, index, hash)."""
        added = merkle.new_nodes(self.size, leaf, node=self._node)
        for level, _, value in added:
            self._peaks[level] = value
        self.size += 1
        return added

    def root(self) -> bytes:
        """Root of all leaves so far."""
        return merkle.root(self.size, self._node)

    def _node(self, level: int, _index: int) -> bytes:
        return self._peaks[level]


class StoredNodes:
    """The rows of `log_nodes`, read level by level in step with the rebuilt tree."""

    def __init__(self, store: Store, findings: Findings) -> None:
        self._store = store
        self._findings = findings
        self._rows: dict[int, Iterator[Row]] = {}
        self._heads: dict[int, Row | None] = {}

    def claimed_leaf(self, index: int) -> Value:
        """What the store says is the hash of leaf `index`, or None."""
        row = self._reach(0, index)
        return None if row is None else row[1]

    def compare(self, nodes: list[NodeAt]) -> None:
        """Compares newly complete nodes with the stored ones."""
        for level, index, value in nodes:
            row = self._reach(level, index)
            if row is None:
                self._findings.add("NODE_MISSING", f"log_nodes/{level}/{index}")
                continue
            if row[1] != value.hex():
                item = f"log_nodes/{level}/{index}"
                self._findings.add("NODE_WRONG", item, expected=value.hex(), found=row[1])
            self._heads[level] = next(self._rows[level], None)

    def finish(self) -> None:
        """Reports every stored node that the rebuilt tree does not have."""
        for level in self._store.levels():
            if not isinstance(level, int):
                self._findings.add("NODE_EXTRA", "log_nodes", found=level)
                continue
            row = self._head(level)
            while row is not None:
                self._findings.add("NODE_EXTRA", f"log_nodes/{level}/{row[0]!r}", found=row[1])
                row = next(self._rows[level], None)

    def _head(self, level: int) -> Row | None:
        if level not in self._rows:
            rows = self._store.rows("log_nodes", ("idx", "hash"), order="idx", level=level)
            self._rows[level] = rows
            self._heads[level] = next(rows, None)
        return self._heads[level]

    def _reach(self, level: int, index: int) -> Row | None:
        """The stored node at the index; what lies before it has no place in the tree."""
        row = self._head(level)
        while row is not None and (not isinstance(row[0], int) or row[0] < index):
            self._findings.add("NODE_EXTRA", f"log_nodes/{level}/{row[0]!r}", found=row[1])
            row = self._heads[level] = next(self._rows[level], None)
        return row if row is not None and row[0] == index else None
