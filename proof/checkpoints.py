"""Checkpoints against the rebuilt tree: the store's own, and what was kept outside.

Holds always: a checkpoint counts only if the log's key signed it, for this log, and its root is
the rebuilt root at its size. Every size of the log must have one: the act that makes a size signs
it, so an entry without a signature was never written by the program. A run of checkpoints that all
disagree is one finding, which says between which signing times and which entries the log was
changed.
"""

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from evidence import note
from evidence.canonical import Json
from evidence.entry import parse_time
from evidence.errors import EvidenceAltered, Malformed
from evidence.note import Checkpoint, VerifyingKey, parse_statement
from evidence.statements import RECEIPT
from proof.findings import Coverage, Finding, Findings, shown
from proof.keys import Keyring, verify_ed25519
from proof.store import Row, Store, Value

_COLUMNS = ("size", "note", "signed_at")
_LOG = ("origin", "size", "root")
_HEX256 = re.compile(r"[0-9a-f]{64}\Z")
_POSITION = re.compile(r'"log":\{"origin":"[^"]*","root":"[0-9a-f]{64}","size":([0-9]{1,15})\}')


def read_checkpoint(text: Value, key: VerifyingKey | None) -> Checkpoint:
    """The checkpoint of a note that the key signed; raises `EvidenceAltered`.

    Without a key the signature is not looked at: that there is none is a finding already.
    """
    if not isinstance(text, str):
        raise Malformed("Checkpoint is not text")
    body = note.split(text)[0] if key is None else note.read(text, key, verify=verify_ed25519)
    checkpoint = Checkpoint.parse(body)
    if key is not None and checkpoint.origin != key.name:
        raise Malformed(f"Checkpoint is of another log: {shown(checkpoint.origin)}")
    return checkpoint


def read_anchor(text: str, keys: Keyring) -> Checkpoint:
    """What a note from outside says of the log: a checkpoint, or a receipt with its log position.

    Raises `EvidenceAltered`.
    """
    if not text.startswith(f"{RECEIPT}\n"):
        return read_checkpoint(text, keys.log)
    if keys.station is None:
        raise Malformed("The store names no station key to read the receipt with")
    return log_position(
        parse_statement(RECEIPT, note.read(text, keys.station, verify=verify_ed25519))
    )


def log_position(receipt: Mapping[str, Json]) -> Checkpoint:
    """The log as it was when the receipt was made; raises `Malformed`."""
    log = receipt.get("log")
    origin, size, root = (log.get(name) for name in _LOG) if isinstance(log, dict) else (None,) * 3
    if not isinstance(origin, str) or not isinstance(root, str) or not _HEX256.match(root):
        raise Malformed("Receipt does not name the log's origin, size and root")
    if isinstance(size, bool) or not isinstance(size, int) or size < 0:
        raise Malformed("Receipt's log size is not a count")
    return Checkpoint(origin, size, bytes.fromhex(root))


@dataclass
class Anchors:
    """The sizes at which somebody vouches for the log's root, and the rebuilt roots there.

    `asked` came from outside; `roots` also has the sizes that the store's receipts name, each b""
    until the log reaches it; `own` holds the store's checkpoints of the sizes asked for.
    """

    asked: list[tuple[Checkpoint, str]] = field(default_factory=list)
    roots: dict[int, bytes] = field(default_factory=dict)
    own: dict[int, str] = field(default_factory=dict)

    def ask(self, texts: Iterable[str], keys: Keyring, *, findings: Findings) -> None:
        """Takes the notes from outside; a finding for each that its key did not sign."""
        for text in texts:
            try:
                self.asked.append((read_anchor(text, keys), text))
            except EvidenceAltered as error:
                kind = "OUTSIDE_CHECKPOINT_REFUSED"
                findings.add(kind, "checkpoint", expected=error, found=text)
        self.roots.update({checkpoint.size: b"" for checkpoint, _ in self.asked})

    def want_receipts(self, store: Store) -> None:
        """Takes the sizes that the store's receipts name, to be judged with the receipts."""
        for (signed,) in store.rows("receipts", ("signed",), order="id"):
            found = _POSITION.search(signed) if isinstance(signed, str) else None
            if found is not None:
                self.roots.setdefault(int(found[1]), b"")

    def judge(self, size: int, findings: Findings) -> int | None:
        """Compares what was asked with the log of `size` entries; the largest size that agrees."""
        agreed: list[int] = []
        for checkpoint, text in self.asked:
            if checkpoint.size > size:
                findings.put(_lost(checkpoint.size, size))
            elif self.roots[checkpoint.size] == checkpoint.root:
                agreed.append(checkpoint.size)
            else:
                findings.put(self._forked(checkpoint.size, text))
        return max(agreed, default=None)

    def _forked(self, size: int, text: str) -> Finding:
        """Two histories: the store's own note of that size is the other half of the proof."""
        found = self.own.get(size) or _encoded(self.roots[size])
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
        self._gap: Finding | None = None
        self._signed_to = 0
        self.newest_at: str | None = None

    def is_due(self, size: int) -> bool:
        """Whether a checkpoint of this size (or of no size at all) comes next."""
        return self._head is not None and _position(self._head) <= size

    def reach(self, size: int, root: bytes) -> str | None:
        """Judges every checkpoint of this size; the note of one that the key signed, or None."""
        signed, is_there = None, size == 0
        while self.is_due(size):
            row = self._take()
            is_there = is_there or row[0] == size
            checkpoint = self._read(row)
            if checkpoint is not None and signed is not None:
                self._findings.add("CHECKPOINT_DUPLICATED", f"checkpoints/{size}")
            elif checkpoint is not None:
                self.newest_at = shown(row[2])
                self._judge(checkpoint, root)
                signed = shown(row[1])
                self._signed_to = size
        if is_there:
            self._close_gap()
        else:
            self._widen_gap(size)
        return signed

    def finish(self, size: int) -> None:
        """Judges what claims more entries than there are, once the log ended at `size`."""
        self._close_run()
        if self._signed_to < size:
            first, last = self._signed_to, size - 1
            item = f"entries/{first}" if first == last else f"entries/{first}-{last}"
            self._findings.put(
                Finding("ENTRY_UNSIGNED", item, first=first, last=last, count=size - first)
            )
        beyond = 0
        while self._head is not None:
            checkpoint = self._read(self._take())
            beyond = max(beyond, checkpoint.size if checkpoint else 0)
        if beyond:
            self._findings.put(replace(_lost(beyond, size), since=self._coverage.signed_at))

    def _widen_gap(self, size: int) -> None:
        """Sizes without a row are one finding, once a later size has one."""
        first = size if self._gap is None or self._gap.first is None else self._gap.first
        item = f"checkpoints/{first}" if first == size else f"checkpoints/{first}-{size}"
        self._gap = Finding(
            "CHECKPOINT_MISSING", item, first=first, last=size, count=size - first + 1
        )

    def _close_gap(self) -> None:
        if self._gap is not None:
            self._findings.put(self._gap)
        self._gap = None

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
