"""Step 6, the comparing side: copies on record against the originals in the vault.

Holds always: only copies of the vault at hand are judged, what lies in other vaults only is
counted as elsewhere; a vault that is not there at all is one finding, not one for each original.
"""

from collections.abc import Iterator
from pathlib import Path

from evidence.errors import DatabaseUnavailable, Malformed
from evidence.vocabulary import FixityState
from proof import bytes as originals
from proof.bytes import Seen, Wanted
from proof.disposal_check import DisposalCheck
from proof.findings import Finding, Findings, Objects, shown
from proof.options import Options
from proof.scratch import Scratch
from proof.store import Store

_ORPHANS_NAMED = 20


class ObjectsCheck:
    """Looks at every original that a copy row names."""

    def __init__(
        self,
        store: Store,
        scratch: Scratch,
        *,
        findings: Findings,
        objects: Objects,
        disposal: DisposalCheck,
    ) -> None:
        self._disposal = disposal
        self._store = store
        self._scratch = scratch
        self._findings = findings
        self._objects = objects

    def scrubs(self) -> None:
        """What the scrub's own notes say; they never feed a verdict."""
        columns = ("id", "state", "checked_at")
        for row in self._store.rows("fixity", columns, order="id"):
            texts = [cell for cell in row if isinstance(cell, str)]
            if len(texts) == len(columns):
                self._scratch.add_found("fixity", tuple(texts))
        never, oldest = next(self._scratch.query(_NEVER))
        self._objects.never_scrubbed = never
        self._objects.oldest_never_scrubbed = None if oldest is None else shown(oldest)
        done = next(self._scratch.query(_OLDEST, FixityState.NOT_CHECKED.value))[0]
        self._objects.oldest_scrub = None if done is None else shown(done)

    def run(self, root: Path, site: str | None, *, options: Options) -> None:
        """Marker, originals, and what else lies among them."""
        vault = self._vault(root, site)
        named, elsewhere, total = next(self._scratch.query(_COUNTS, *[vault] * 4))
        self._objects.named, self._objects.elsewhere = named, elsewhere
        if elsewhere:
            self._findings.note("COPIES_ELSEWHERE", "copies", found=elsewhere)
        try:
            originals.shards(root)
        except OSError as error:
            reason = error.strerror or str(error)
            self._findings.add("VAULT_UNAVAILABLE", "vault/originals", found=reason)
            return
        for table, column in (
            ("digests", "recording"),
            ("copies", "recording"),
            ("fixity", "id"),
            ("disposed", "recording"),
            ("certified", "tombstone"),
        ):
            self._scratch.index(table, column)
        whole = not options.quick
        for seen in originals.look_at_all(
            root, self._wanted(vault), whole=whole, threads=options.threads
        ):
            self._judge(seen, whole=whole)
            total = (total or 0) - self._absent_bytes(seen)
            options.progress("bytes", self._objects.read_bytes, total)
        self._disposal.tell(self._objects)
        self._orphans(root, vault)

    def _vault(self, root: Path, site: str | None) -> str:
        """Id of the vault at hand: the marker's, or the only one on record where it is not one."""
        known = self._known_vaults()
        on_record = ", ".join(known)
        try:
            marker = originals.read_marker(root)
        except OSError as error:
            reason = error.strerror or str(error)
            self._findings.add("VAULT_MARKER_MISSING", originals.MARKER, found=reason)
            return known[0] if known else ""
        except Malformed as error:
            self._findings.add("VAULT_MARKER_WRONG", originals.MARKER, found=error)
            return known[0] if known else ""
        expected, found = f"{site} {on_record}", f"{marker.site} {marker.vault}"
        if marker.site != site or marker.vault not in known:
            self._findings.add(
                "VAULT_MARKER_WRONG", originals.MARKER, expected=expected, found=found
            )
        return marker.vault if marker.vault in known or not known else known[0]

    def _known_vaults(self) -> list[str]:
        try:
            return [str(row[0]) for row in self._store.rows("vaults", ("id",), order="id")]
        except DatabaseUnavailable as error:
            self._findings.add("DATABASE_UNREADABLE", "vaults", found=error)
            return []

    def _wanted(self, vault: str) -> Iterator[Wanted]:
        for recording, size, algorithms in self._scratch.query(_WANTED, vault):
            names = set((algorithms or "").split(",")) & originals.ALGORITHMS | {"sha256"}
            known = int(size) if size is not None and size.isdecimal() and len(size) < 20 else None
            yield Wanted(str(recording), known, tuple(sorted(names)))

    def _judge(self, seen: Seen, *, whole: bool) -> None:
        wanted = seen.wanted
        item = f"recordings/{shown(wanted.sha256)}"
        if self._is_gone(seen):
            self._objects.named -= 1
            self._objects.disposed += 1
            self._scratch.add("absent", (wanted.sha256,))
            return
        if seen.problem:
            kinds = {"MISSING": "OBJECT_MISSING", "NOT_REGULAR": "OBJECT_NOT_REGULAR"}
            kind = kinds.get(seen.problem, "OBJECT_UNREADABLE")
            self._put(kind, item, wanted=wanted, found=seen.problem)
            return
        self._objects.sized += 1
        certificate = self._disposal.returned(wanted.sha256)
        if certificate is not None:
            self._findings.note("SHOULD_BE_DISPOSED", item, found=certificate)
        if wanted.size is not None and seen.size != wanted.size:
            self._put("OBJECT_SIZE", item, wanted=wanted, expected=wanted.size, found=seen.size)
        if whole:
            self._objects.read += 1
            self._objects.read_bytes += seen.size
            self._objects.past_cache += seen.past_cache
            self._digests(seen, item)

    def _is_gone(self, seen: Seen) -> bool:
        """Whether it is absent by right."""
        return seen.problem == "MISSING" and self._disposal.is_disposed(seen.wanted.sha256)

    def _absent_bytes(self, seen: Seen) -> int:
        return (seen.wanted.size or 0) if self._is_gone(seen) else 0

    def _digests(self, seen: Seen, item: str) -> None:
        wanted = seen.wanted
        found = seen.digests["sha256"]
        if found != wanted.sha256:
            self._put("OBJECT_ALTERED", item, wanted=wanted, expected=wanted.sha256, found=found)
            return
        for key, algorithm, value in self._scratch.query(_DIGESTS, wanted.sha256):
            item = f"digests/{shown(key)}"
            computed = seen.digests.get(algorithm)
            if computed is None:
                self._findings.note("DIGEST_NOT_CHECKED", item, found=algorithm)
            elif computed != value:
                self._findings.add("DIGEST_WRONG", item, expected=value, found=computed)

    def _put(
        self, kind: str, item: str, *, wanted: Wanted, expected: object = "", found: object = ""
    ) -> None:
        """A finding that says when the scrub last saw the object whole."""
        query = self._scratch.query(_LAST_GOOD, wanted.sha256, FixityState.VERIFIED.value)
        since = next(query)[0]
        since = None if since is None else shown(since)
        self._findings.put(Finding(kind, item, shown(expected), shown(found), since=since))

    def _orphans(self, root: Path, vault: str) -> None:
        """Notes what lies among the originals without a copy row; the next start adopts it."""
        for shard in originals.shards(root):
            recorded = {row[0] for row in self._scratch.query(_RECORDED, vault, shard, shard + "g")}
            for name in originals.names(root, shard):
                if name not in recorded:
                    self._orphan(f"{originals.ORIGINALS}/{shard}/{name}")

    def _orphan(self, path: str) -> None:
        self._objects.orphans += 1
        if self._objects.orphans <= _ORPHANS_NAMED:
            self._findings.note("ORPHAN_FILE", shown(path))


_COUNTS = """
SELECT count(CASE WHEN vault = ? THEN 1 END), count(CASE WHEN vault <> ? AND recording NOT IN
(SELECT recording FROM copies WHERE vault = ?) THEN 1 END),
(SELECT sum(CAST(size AS INTEGER)) FROM recordings
 WHERE id IN (SELECT recording FROM copies WHERE vault = ?)) FROM copies"""
_WANTED = """
SELECT c.recording, r.size,
(SELECT group_concat(algorithm) FROM digests d WHERE d.recording = c.recording)
FROM copies c LEFT JOIN recordings r ON r.id = c.recording
WHERE c.vault = ? ORDER BY c.recording"""
_DIGESTS = "SELECT id, algorithm, value FROM digests WHERE recording = ?"
_RECORDED = "SELECT recording FROM copies WHERE vault = ? AND recording BETWEEN ? AND ?"
_LAST_GOOD = """
SELECT max(f.checked_at) FROM fixity f JOIN copies c ON c.id = f.id
WHERE c.recording = ? AND f.state = ?"""
_NEVER = "SELECT count(*), min(placed_at) FROM copies WHERE id NOT IN (SELECT id FROM fixity)"
_OLDEST = "SELECT min(checked_at) FROM fixity WHERE state <> ?"
