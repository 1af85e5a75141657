"""Checkpoints against the rebuilt tree: the store's own, and those kept outside.

Holds always: a checkpoint counts only if the log's key signed it, for this log, and its root is
the rebuilt root at its size. A run of checkpoints that all disagree is one finding, which says
between which signing times and which entries the log was changed.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from evidence import note
from evidence.entry import parse_time
from evidence.errors import EvidenceAltered, Malformed
from evidence.note import Checkpoint, VerifyingKey
from proof.findings import Coverage, Finding, Findings, shown
from proof.keys import verify_ed25519
from proof.store import Row, Store, Value

_COLUMNS = ("size", "note", "signed_at")


def read_checkpoint(text: Value, key: VerifyingKey | None) -> Checkpoint:
    """The checkpoint of a note that the key signed; raises `EvidenceAltered`.

    Without a key the signature is not looked at: that there is none is a finding already.
    """
    if not isinstance(text, str):
        raise Malformed("Checkpoint is not text")
    body = note.split(text)[0] if key is None else note.read(text, key, verify_ed25519)
    checkpoint = Checkpoint.parse(body)
    if key is not None and checkpoint.origin != key.name:
        raise Malformed(f"Checkpoint is of another log: {shown(checkpoint.origin)}")
    return checkpoint


@dataclass
class OutsideCheckpoints:
    """Checkpoints kept outside, and what the rebuilt log shows at their sizes."""

    asked: list[tuple[Checkpoint, str]] = field(default_factory=list)
    roots: dict[int, bytes] = field(default_factory=dict)
    own: dict[int, str] = field(default_factory=dict)

    @classmethod
    def read(
        cls, texts: Iterable[str], key: VerifyingKey | None, findings: Findings
    ) -> "OutsideCheckpoints":
        """Those that the key signed; a finding for each of the others."""
        outside = cls()
        for text in texts:
            try:
                outside.asked.append((read_checkpoint(text, key), text))
            except EvidenceAltered as error:
                kind = "OUTSIDE_CHECKPOINT_REFUSED"
                findings.add(kind, "checkpoint", expected=error, found=text)
        return outside

    @property
    def sizes(self) -> frozenset[int]:
        """The sizes whose roots are wanted."""
        return frozenset(checkpoint.size for checkpoint, _ in self.asked)

    def judge(self, size: int, findings: Findings) -> int | None:
        """Compares each with the log of `size` entries; the largest size that agrees, or None."""
        agreed: list[int] = []
        for checkpoint, text in self.asked:
            if checkpoint.size > size:
                findings.put(_lost(checkpoint.size, size))
            elif self.roots.get(checkpoint.size) == checkpoint.root:
                agreed.append(checkpoint.size)
            else:
                findings.put(self._forked(checkpoint.size, text))
        return max(agreed, default=None)

    def _forked(self, size: int, text: str) -> Finding:
        """Two histories: the store's own note of that size is the other half of the proof."""
        found = self.own.get(size) or _encoded(self.roots.get(size, b""))
        item = f"checkpoints/{size}"
        return Finding("LOG_FORKED", item, shown(text), found, first=0, last=size - 1)


class StoredCheckpoints:
    """The rows of `checkpoints`, taken in step with the rebuilt tree."""

    def __init__(
        self, store: Store, key: VerifyingKey | None, *, findings: Findings, coverage: Coverage
    ) -> None:
        self._key = key
        self._findings = findings
        self._coverage = coverage
        self._rows = store.rows("checkpoints", _COLUMNS, order="size")
        self._head = next(self._rows, None)
        self._run: Finding | None = None
        self.newest_at: str | None = None

    def is_due(self, size: int) -> bool:
        """Whether a checkpoint of this size (or of no size at all) comes next."""
        return self._head is not None and _position(self._head) <= size

    def reach(self, size: int, root: bytes) -> str | None:
        """Judges every checkpoint of this size; the note of one that the key signed, or None."""
        signed = None
        while self.is_due(size):
            row = self._take()
            checkpoint = self._read(row)
            if checkpoint is not None and signed is not None:
                self._findings.add("CHECKPOINT_DUPLICATED", f"checkpoints/{size}")
            elif checkpoint is not None:
                self.newest_at = shown(row[2])
                self._judge(checkpoint, root)
                signed = shown(row[1])
        return signed

    def finish(self, size: int) -> None:
        """Judges what claims more entries than there are, once the log ended at `size`."""
        self._close_run()
        beyond = 0
        while self._head is not None:
            checkpoint = self._read(self._take())
            beyond = max(beyond, checkpoint.size if checkpoint else 0)
        if beyond:
            self._findings.put(replace(_lost(beyond, size), since=self._coverage.signed_at))

    def _take(self) -> Row:
        row = self._head or ()
        self._head = next(self._rows, None)
        return row

    def _read(self, row: Row) -> Checkpoint | None:
        size, text, signed_at = row
        item = f"checkpoints/{shown(size)}"
        self._coverage.checkpoints += 1
        try:
            parse_time(signed_at if isinstance(signed_at, str) else "")
        except Malformed as error:
            self._findings.add("CHECKPOINT_TIME", item, expected=error, found=signed_at)
        try:
            checkpoint = read_checkpoint(text, self._key)
        except EvidenceAltered as error:
            self._findings.add("CHECKPOINT_REFUSED", item, expected=error, found=text)
            return None
        if checkpoint.size != size:
            item = item if isinstance(size, int) else f"checkpoints/{checkpoint.size}"
            self._findings.add("CHECKPOINT_MISPLACED", item, expected=checkpoint.size, found=size)
            return None
        return checkpoint

    def _judge(self, checkpoint: Checkpoint, root: bytes) -> None:
        if checkpoint.root == root:
            self._close_run()
            self._coverage.signed_entries = checkpoint.size
            self._coverage.signed_at = self.newest_at
        elif self._run is not None:
            self._run = replace(self._run, count=self._run.count + 1)
        else:
            self._run = Finding(
                "CHECKPOINT_ROOT",
                f"checkpoints/{checkpoint.size}",
                _encoded(checkpoint.root),
                _encoded(root),
                since=self._coverage.signed_at,
                until=self.newest_at,
                first=self._coverage.signed_entries,
                last=checkpoint.size - 1,
            )

    def _close_run(self) -> None:
        if self._run is not None:
            self._findings.put(self._run)
        self._run = None


def _position(row: Row) -> int:
    return row[0] if isinstance(row[0], int) else -1


def _lost(signed: int, size: int) -> Finding:
    return Finding("LOG_TRUNCATED", "entries", str(signed), str(size), first=size, last=signed - 1)


def _encoded(root: bytes) -> str:
    return base64.b64encode(root).decode()
