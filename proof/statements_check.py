"""Step 5: inventories and receipts against the station's key and against the rows.

Holds always: what a statement says is read from the signed text only; the row beside it must
agree with it, each file that a receipt calls safe must have its sighting, its recording and a
copy, and each sighting must stand in an inventory of its session.
"""

from collections.abc import Mapping

from evidence import note
from evidence.canonical import Json
from evidence.errors import EvidenceAltered, Malformed
from evidence.note import VerifyingKey, parse_statement
from evidence.statements import INVENTORY, RECEIPT, receipt_files
from proof.checkpoints import log_position
from proof.findings import Coverage, Finding, Findings, shown
from proof.keys import Keyring, verify_ed25519
from proof.rows_check import RowDict
from proof.scratch import Scratch
from proof.store import Value


class StatementsCheck:
    """Takes the rows of `inventories` and `receipts`, and what receipts refer to."""

    def __init__(
        self,
        keys: Keyring,
        scratch: Scratch,
        *,
        findings: Findings,
        coverage: Coverage,
        roots: Mapping[int, bytes],
    ) -> None:
        self._keys = keys
        self._scratch = scratch
        self._findings = findings
        self._coverage = coverage
        self._roots = roots

    def inventory(self, row: RowDict) -> None:
        """One row of `inventories`."""
        self._coverage.inventories += 1
        body = self._body(INVENTORY, "inventories", row=row)
        if body is None:
            self._scratch.add_found("listed", (row["session_id"], None))
            return
        files = body.get("files")
        self._listed(body.get("session"), files)
        expected = self._head(row) | {
            "written_at": row["written_at"],
            "files": row["files"],
        }
        found = body | {"files": len(files) if isinstance(files, list) else None}
        self._agree("inventories", row, expected=expected, found=found)

    def _listed(self, session: Json, files: Json) -> None:
        """Remembers which paths the signed text lists for its session."""
        lines = files if isinstance(files, list) else []
        for path in (line.get("path") for line in lines if isinstance(line, dict)):
            if isinstance(session, str) and isinstance(path, str):
                self._scratch.add_found("listed", (session, path))

    def receipt(self, row: RowDict) -> None:
        """One row of `receipts`."""
        self._coverage.receipts += 1
        body = self._body(RECEIPT, "receipts", row=row)
        if body is None:
            return
        not_safe = body.get("not_safe")
        complete = row["complete"] == 1 if row["complete"] in (0, 1) else None
        expected = self._head(row) | {
            "issued_at": row["issued_at"],
            "complete": complete,
            "nothing is unsafe": complete,
        }
        found = body | {"nothing is unsafe": not_safe == []}
        self._agree("receipts", row, expected=expected, found=found)
        self._lines(row, body)
        self._position(row, body)

    def recording(self, row: RowDict) -> None:
        """One row of `recordings`."""
        self._scratch.add_found("recordings", (row["id"], str(row["size"])))

    def copy(self, row: RowDict) -> None:
        """One row of `copies`."""
        recording, vault = row["recording_id"], row["vault_id"]
        self._named_after("copies", row, expected=f"{shown(vault)}/{shown(recording)}")
        self._scratch.add_found("copies", (row["id"], recording, vault, row["placed_at"]))

    def digest(self, row: RowDict) -> None:
        """One row of `digests`."""
        recording, algorithm = row["recording_id"], row["algorithm"]
        self._named_after("digests", row, expected=f"{shown(algorithm)}:{shown(recording)}")
        self._scratch.add_found("digests", (row["id"], recording, algorithm, row["value"]))

    def sighting(self, row: RowDict) -> None:
        """One row of `sightings`."""
        cells = (row["id"], row["recording_id"], row["path"], row["session_id"])
        self._scratch.add_found("sightings", cells)

    def _named_after(self, table: str, row: RowDict, *, expected: str) -> None:
        """The key must say what the columns say."""
        if row["id"] != expected:
            self._findings.add("ROW_INCONSISTENT", f"{table}/{shown(row['id'])}", expected=expected)

    def cross_check(self) -> None:
        """What receipts and copies refer to, once all rows were taken."""
        self._positions()
        for kind, query in _CROSS.items():
            for item, missing in self._scratch.query(query):
                self._findings.add(kind, shown(item), expected=missing)

    def _body(self, kind: str, table: str, *, row: RowDict) -> dict[str, Json] | None:
        try:
            return parse_statement(kind, self._signed(row["signed"], self._keys.station))
        except EvidenceAltered as error:
            item = f"{table}/{shown(row['id'])}"
            self._findings.add("STATEMENT_REFUSED", item, expected=error, found=row["signed"])
            return None

    @staticmethod
    def _signed(text: Value, key: VerifyingKey | None) -> str:
        """Text of the note; without a key, which is a finding already, its signature is skipped."""
        if not isinstance(text, str):
            raise Malformed("Statement is not text")
        return note.split(text)[0] if key is None else note.read(text, key, verify=verify_ed25519)

    def _head(self, row: RowDict) -> dict[str, object]:
        head: dict[str, object] = {"v": 1, "session": row["session_id"], "number": row["number"]}
        return head if self._keys.site is None else head | {"site": self._keys.site}

    def _agree(
        self,
        table: str,
        row: RowDict,
        *,
        expected: Mapping[str, object],
        found: Mapping[str, object],
    ) -> None:
        for name, value in expected.items():
            if found.get(name) != value or type(found.get(name)) is not type(value):
                item = f"{table}/{shown(row['id'])}"
                said = f"{name}: {shown(value)}", f"{name}: {shown(found.get(name))}"
                self._findings.add("STATEMENT_DISAGREES", item, expected=said[0], found=said[1])

    def _lines(self, row: RowDict, body: Mapping[str, Json]) -> None:
        try:
            files = receipt_files(body)
        except Malformed as error:
            item = f"receipts/{shown(row['id'])}"
            self._findings.add("STATEMENT_REFUSED", item, expected=error)
            return
        for file in files:
            line = (row["id"], file.path, file.sha256, str(file.size), file.sighting, file.basis)
            self._scratch.add("lines", line)

    def _position(self, row: RowDict, body: Mapping[str, Json]) -> None:
        """Remembers whether the log was then what the receipt says it was."""
        try:
            said = log_position(body)
        except Malformed as error:
            item = f"receipts/{shown(row['id'])}"
            self._findings.add("STATEMENT_REFUSED", item, expected=error)
            return
        found = self._roots.get(said.size, b"")
        if self._keys.log is not None and said.origin != self._keys.log.name:
            item = f"receipts/{shown(row['id'])}"
            self._findings.add(
                "STATEMENT_DISAGREES", item, expected=self._keys.log.name, found=said.origin
            )
        self._scratch.add("positions", (row["id"], said.size, said.root.hex(), found.hex()))

    def _positions(self) -> None:
        """One finding for all receipts that disagree, about the first of them."""
        bad = next(self._scratch.query(_FIRST_BAD), None)
        if bad is None:
            return
        receipt, size, root, found = bad
        good, count = next(self._scratch.query(_GOOD_BEFORE, size))
        self._findings.put(
            Finding(
                "RECEIPT_ROOT",
                f"receipts/{shown(receipt)}",
                root,
                found,
                first=good or 0,
                last=size - 1,
                count=count,
            )
        )


_FIRST_BAD = """
SELECT receipt, size, root, found FROM positions WHERE root <> found ORDER BY size LIMIT 1"""
_GOOD_BEFORE = """
SELECT max(CASE WHEN root = found AND size < ? THEN size END),
count(CASE WHEN root <> found THEN 1 END) FROM positions"""
_UNSEEN = """
SELECT 'receipts/' || l.receipt, 'sightings/' || l.sighting FROM lines l
LEFT JOIN sightings s ON s.id = l.sighting AND s.recording = l.recording
AND (s.path = l.path OR l.basis <> 'SEALED') WHERE s.id IS NULL"""
_UNRECORDED = """
SELECT 'receipts/' || l.receipt, 'recordings/' || l.recording FROM lines l
LEFT JOIN recordings r ON r.id = l.recording AND r.size = l.size WHERE r.id IS NULL"""
_UNCOPIED = """
SELECT 'receipts/' || l.receipt, 'copies/' || l.recording FROM lines l
WHERE l.recording NOT IN (SELECT recording FROM copies WHERE recording IS NOT NULL)"""
_NOWHERE = """
SELECT 'recordings/' || r.id, 'copies' FROM recordings r
WHERE r.id NOT IN (SELECT recording FROM copies WHERE recording IS NOT NULL)"""
# A session with an inventory that was refused is red already; which lines it had, nobody knows.
_UNLISTED = """
SELECT 'sightings/' || s.id, 'inventories/' || s.session FROM sightings s
LEFT JOIN listed l ON l.session = s.session AND l.path = s.path
WHERE l.path IS NULL AND s.session NOT IN
(SELECT session FROM listed WHERE path IS NULL AND session IS NOT NULL)"""
_CROSS = {
    "SIGHTING_NOT_LISTED": _UNLISTED,
    "RECEIPT_WITHOUT_SIGHTING": _UNSEEN,
    "RECEIPT_WITHOUT_RECORDING": _UNRECORDED,
    "RECEIPT_WITHOUT_COPY": _UNCOPIED,
    "RECORDING_WITHOUT_COPY": _NOWHERE,
}
