"""Step 6, what may rightly be absent: originals that were disposed of, and under what.

Holds always: bytes may only be gone where a tombstone that two persons approved before it names
them, and nobody docked them again since; a tombstone or certificate that is missing is a row that
the log names and the table lacks, so it is red already; a certificate says what its signature
covers, and must agree with batch and tombstones.
"""

import hashlib
from collections.abc import Iterator, Mapping

from evidence import note
from evidence.disposal import APPROVALS, Answer, read_list
from evidence.disposal_certificate import CERTIFICATE, REMOVED, Certified, certified
from evidence.errors import EvidenceAltered, Malformed
from evidence.note import parse_statement
from proof.findings import Findings, Objects, shown
from proof.keys import Keyring, verify_ed25519
from proof.rows_check import RowDict, Taker
from proof.scratch import Scratch


class DisposalCheck:
    """Takes the rows of disposal, and tells which originals may be absent."""

    def __init__(self, keys: Keyring, scratch: Scratch, *, findings: Findings) -> None:
        self._keys = keys
        self._scratch = scratch
        self._findings = findings

    def takers(self) -> Mapping[str, Taker]:
        """Who takes the rows of which table."""
        return {
            "disposal_batches": self._batch,
            "disposal_answers": self._answer,
            "tombstones": self._tombstone,
            "disposal_certificates": self._certificate,
        }

    def _batch(self, row: RowDict) -> None:
        text, item = str(row["list"]), f"disposal_batches/{shown(row['id'])}"
        found = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
        if found != row["list_sha256"]:
            self._findings.add("ROW_INCONSISTENT", item, expected=found)
        self._scratch.add_found("batches", (row["id"], row["list_sha256"]))
        try:
            lines = read_list(text)
        except (EvidenceAltered, UnicodeError) as error:
            self._findings.add("ROW_INCONSISTENT", item, expected=error)
            return
        for line in lines:
            self._scratch.add_found("batch_lines", (row["id"], line.recording))

    def _answer(self, row: RowDict) -> None:
        cells = ("id", "batch_id", "answer", "list_sha256", "person_id")
        self._scratch.add_found("answers", tuple(row[name] for name in cells))

    def _tombstone(self, row: RowDict) -> None:
        expected = f"{shown(row['recording_id'])}/{shown(row['number'])}"
        if row["id"] != expected:
            item = f"tombstones/{shown(row['id'])}"
            self._findings.add("ROW_INCONSISTENT", item, expected=expected)
        cells = ("id", "recording_id", "batch_id", "list_sha256")
        self._scratch.add_found("tombstones", tuple(row[name] for name in cells))

    def _certificate(self, row: RowDict) -> None:
        self._scratch.add_found("certificates", (row["id"], row["batch_id"]))
        item = f"disposal_certificates/{shown(row['id'])}"
        try:
            lines = self._signed(row, item)
        except EvidenceAltered as error:
            self._findings.add("STATEMENT_REFUSED", item, expected=error, found=row["signed"])
            return
        for line in lines:
            cells = (row["id"], line.tombstone, line.recording, line.outcome)
            self._scratch.add_found("certified", cells)

    def _signed(self, row: RowDict, item: str) -> tuple[Certified, ...]:
        text, key = row["signed"], self._keys.station
        if not isinstance(text, str):
            raise Malformed("Statement is not text")
        said = note.split(text)[0] if key is None else note.read(text, key, verify=verify_ed25519)
        body = parse_statement(CERTIFICATE, said)
        names = {
            "certificate": row["id"],
            "batch": row["batch_id"],
            "list_sha256": row["list_sha256"],
            "issued_at": row["issued_at"],
            "site": self._keys.site or body.get("site"),
        }
        for name, value in names.items():
            if body.get(name) != value:
                found = f"{name}: {shown(body.get(name))}"
                expected = f"{name}: {shown(value)}"
                self._findings.add("STATEMENT_DISAGREES", item, expected=expected, found=found)
        return certified(body)

    def cross_check(self) -> None:
        """What batches, answers, tombstones and certificates say of each other."""
        for table in ("named_disposal_answers", "named_tombstones", "named_sightings"):
            self._scratch.index(table, "key")
        for kind, query, values in _CROSS:
            for item, other in self._scratch.query(query, *values):
                self._findings.add(kind, shown(item), expected=shown(other))
        for batch, count in self._scratch.query(_UNFINISHED):
            self._findings.note("DISPOSAL_UNFINISHED", shown(batch), found=count)
        for recording, tombstone in self._disposed():
            self._scratch.add("disposed", (recording, tombstone))

    def _disposed(self) -> Iterator[tuple[str, str]]:
        """Recordings whose newest tombstone is younger than any sighting of theirs."""
        self._scratch.index("sightings", "recording")
        yield from list(self._scratch.query(_DISPOSED))

    def is_disposed(self, recording: str) -> bool:
        """Whether its bytes may be absent."""
        return next(self._scratch.query(_IS_DISPOSED, recording), None) is not None

    def returned(self, recording: str) -> str | None:
        """The certificate by which its bytes should be gone, though they are there."""
        found = next(self._scratch.query(_RETURNED, recording, REMOVED), None)
        return None if found is None else str(found[0])

    def tell(self, objects: Objects) -> None:
        """How many of the originals that are absent were disposed of under which certificate."""
        for certificate, count in self._scratch.query(_UNDER):
            self._findings.note("DISPOSED_UNDER", shown(certificate), found=count)
        objects.certificates = int(next(self._scratch.query(_CERTIFICATES))[0])


_UNAPPROVED = """
SELECT 'tombstones/' || t.id, 'disposal_batches/' || t.batch FROM tombstones t
WHERE (SELECT count(DISTINCT a.person) FROM answers a
 JOIN named_disposal_answers n ON n.key = a.id JOIN named_tombstones m ON m.key = t.id
 WHERE a.batch = t.batch AND a.answer = ? AND a.list_sha256 = t.list_sha256 AND n.seq < m.seq) < ?
OR NOT EXISTS (SELECT 1 FROM batch_lines l JOIN batches b ON b.id = l.batch
 WHERE l.batch = t.batch AND l.recording = t.recording AND b.list_sha256 = t.list_sha256)"""
_BURIED_NOT = """
SELECT 'disposal_certificates/' || c.certificate, 'tombstones/' || c.tombstone FROM certified c
JOIN certificates d ON d.id = c.certificate
LEFT JOIN tombstones t ON t.id = c.tombstone AND t.recording = c.recording AND t.batch = d.batch
WHERE t.id IS NULL"""
_CERTIFIED_NOT = """
SELECT 'tombstones/' || t.id, 'disposal_certificates/' || d.id FROM tombstones t
JOIN certificates d ON d.batch = t.batch
LEFT JOIN certified c ON c.certificate = d.id AND c.tombstone = t.id WHERE c.tombstone IS NULL"""
_CROSS: tuple[tuple[str, str, tuple[str | int, ...]], ...] = (
    ("TOMBSTONE_UNAPPROVED", _UNAPPROVED, (Answer.APPROVED.value, APPROVALS)),
    ("CERTIFICATE_WITHOUT_TOMBSTONE", _BURIED_NOT, ()),
    ("TOMBSTONE_NOT_CERTIFIED", _CERTIFIED_NOT, ()),
)
_UNFINISHED = """
SELECT 'disposal_batches/' || batch, count(*) FROM tombstones
WHERE batch NOT IN (SELECT batch FROM certificates) GROUP BY batch ORDER BY batch"""
# With max() as the only extreme, SQLite takes the other columns from the row that has it.
_DISPOSED = """
SELECT recording, id FROM (SELECT t.recording AS recording, t.id AS id, max(m.seq) AS seq
 FROM tombstones t JOIN named_tombstones m ON m.key = t.id GROUP BY t.recording) newest
WHERE NOT EXISTS (SELECT 1 FROM sightings s JOIN named_sightings n ON n.key = s.id
 WHERE s.recording = newest.recording AND n.seq > newest.seq)"""
_IS_DISPOSED = "SELECT 1 FROM disposed WHERE recording = ?"
_RETURNED = """
SELECT c.certificate FROM disposed d JOIN certified c ON c.tombstone = d.tombstone
WHERE d.recording = ? AND c.outcome = ?"""
_UNDER = """
SELECT 'disposal_certificates/' || c.certificate, count(*) FROM absent a
JOIN disposed d ON d.recording = a.recording JOIN certified c ON c.tombstone = d.tombstone
GROUP BY c.certificate ORDER BY c.certificate"""
_CERTIFICATES = "SELECT count(*) FROM certificates"
