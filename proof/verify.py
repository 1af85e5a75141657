"""Proves a site unaltered, or says what is not: shares only `evidence` with the writer.

The steps, named here once:

1. **Trust root**: the keys to believe; a key or checkpoint from outside wins (`proof.keys`).
2. **Log**: entries in order and canonical, tree rebuilt from their bytes, checkpoints signed and
   equal to it, derived nodes and head equal too (`proof.log_check`, `proof.checkpoints`).
3. **Rows**: every evidential row is what an entry named last; none is missing, none is unnamed
   (`proof.rows_check`).
4. **Personal data**: opened values match their commitments; what is gone was erased on record.
5. **Statements**: inventories and receipts are signed and agree with the rows
   (`proof.statements_check`).
6. **Bytes**: every original is there, whole and what its name says (`proof.bytes`), or was
   disposed of under a tombstone that two persons approved (`proof.disposal_check`).
7. **Coverage**: what was looked at, and how far the trust root reaches (`proof.findings`).

Holds always: nothing is written to the site; no step trusts an earlier one's success, so one bad
thing does not hide another; whatever the store holds, the answer is a report. Only trouble of the
machine that verifies (no database file, no room for temporary files) is raised.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from evidence.entry import time_text
from evidence.errors import DatabaseUnavailable
from evidence.tables import EVIDENTIAL
from proof.checkpoints import Anchors
from proof.disposal_check import DisposalCheck
from proof.findings import Coverage, Findings, Reach, Report, Roots, State
from proof.keys import Keyring, Trust, keyring
from proof.log_check import LogCheck
from proof.objects_check import ObjectsCheck
from proof.options import Options
from proof.postgres_store import PostgresStore
from proof.rows_check import PersonalCheck, RowsCheck
from proof.scratch import Scratch
from proof.statements_check import StatementsCheck
from proof.store import SqliteStore, Store, read_files, sqlite_path

_TELL_EVERY = 1000


def open_store(folder: Path, database: str | None = None) -> Store:
    """The store of a site's data folder; `database` as in the site's settings, if not in it.

    Raises `DatabaseUnavailable` where it is not there, `BadInput` for an unknown kind of address.
    """
    files = read_files(folder)
    path = sqlite_path(folder, database)
    if path is None:
        return PostgresStore(database or "", files)
    return SqliteStore(path, files)


def verify(
    store: Store,
    vault_root: Path | None,
    *,
    trust: Trust,
    options: Options,
    now: Callable[[], datetime],
) -> Report:
    """Verifies the whole store; without `vault_root` no original is looked at.

    Raises `OutOfSpace` where temporary files find no room; never for what the store holds.
    """
    scratch = Scratch()
    try:
        return _Verification(store, vault_root, scratch=scratch, options=options).run(trust, now)
    finally:
        scratch.close()


class _Verification:
    """One run through the steps."""

    def __init__(
        self, store: Store, vault_root: Path | None, *, scratch: Scratch, options: Options
    ) -> None:
        self._store = store
        self._vault_root = vault_root
        self._scratch = scratch
        self._options = options
        self._findings = Findings()
        self._coverage = Coverage()

    def run(self, trust: Trust, now: Callable[[], datetime]) -> Report:
        """All steps, in order."""
        started = time_text(now())
        with self._reading("database"):
            for fault in self._store.faults(quick=self._options.quick):
                self._findings.add("DATABASE_DAMAGED", "database", found=fault)
        keys = keyring(self._store, trust, findings=self._findings)
        anchors = Anchors()
        anchors.ask(trust.checkpoints, keys, findings=self._findings)
        size = self._log(keys, anchors)
        agreed = anchors.judge(size, self._findings)
        disposal = DisposalCheck(keys, self._scratch, findings=self._findings)
        self._rows(keys, anchors, disposal=disposal)
        self._objects(keys, disposal)
        self._nothing_checked()
        return self._report(_roots(keys, agreed), keys.site, times=(started, time_text(now())))

    @contextmanager
    def _reading(self, what: str) -> Iterator[None]:
        """What the database refuses to give is a finding, and the next step goes on."""
        try:
            yield
        except DatabaseUnavailable as error:
            self._findings.add("DATABASE_UNREADABLE", what, found=error)

    def _log(self, keys: Keyring, anchors: Anchors) -> int:
        with self._reading("receipts"):
            anchors.want_receipts(self._store)
        with self._reading("entries"):
            check = LogCheck(
                self._store,
                keys,
                findings=self._findings,
                scratch=self._scratch,
                anchors=anchors,
            )
            self._coverage = check.coverage
            total, done = self._store.count("entries"), 0
            check.start()
            for row in self._store.rows("entries", ("seq", "body", "leaf"), order="seq"):
                check.take(row)
                done += 1
                if done % _TELL_EVERY == 0:
                    self._options.progress("entries", done, total)
            self._options.progress("entries", done, total)
            if done != total:
                self._findings.add("INDEX_HIDES_ROWS", "entries", expected=total, found=done)
            return check.finish()
        return 0

    def _rows(self, keys: Keyring, anchors: Anchors, *, disposal: DisposalCheck) -> None:
        findings, coverage = self._findings, self._coverage
        statements = StatementsCheck(
            keys, self._scratch, findings=findings, coverage=coverage, roots=anchors.roots
        )
        takers = {
            "inventories": statements.inventory,
            "receipts": statements.receipt,
            "recordings": statements.recording,
            "copies": statements.copy,
            "digests": statements.digest,
            "sightings": statements.sighting,
            **disposal.takers(),
        }
        check = RowsCheck(
            self._store, self._scratch, findings=findings, coverage=coverage, takers=takers
        )
        with self._reading("tables"):
            check.tables()
        for table in sorted(EVIDENTIAL):
            with self._reading(table):
                check.compare(table)
        with self._reading("personal_data"):
            PersonalCheck(
                self._store, self._scratch, findings=findings, coverage=coverage
            ).compare()
        statements.cross_check()
        disposal.cross_check()

    def _objects(self, keys: Keyring, disposal: DisposalCheck) -> None:
        check = ObjectsCheck(
            self._store,
            self._scratch,
            findings=self._findings,
            objects=self._coverage.objects,
            disposal=disposal,
        )
        with self._reading("fixity"):
            check.scrubs()
        if self._vault_root is not None:
            check.run(self._vault_root, keys.site, options=self._options)

    def _nothing_checked(self) -> None:
        if not self._coverage.entries:
            self._findings.add("NOTHING_CHECKED", "entries", found=0)
        if not sum(self._coverage.rows.values()):
            self._findings.add("NOTHING_CHECKED", "rows", found=0)

    def _report(self, roots: Roots, site: str | None, *, times: tuple[str, str]) -> Report:
        return Report(
            state=self._state(),
            site=site,
            started_at=times[0],
            ended_at=times[1],
            roots=roots,
            coverage=self._coverage,
            findings=tuple(self._findings.listed),
            notes=tuple(self._findings.notes),
            counts=self._findings.counts,
            note_counts=self._findings.note_counts,
        )

    def _state(self) -> State:
        objects = self._coverage.objects
        if self._findings.counts:
            return State.FAILED
        if self._vault_root is not None and self._options.quick:
            return State.QUICK_ONLY
        some = objects.named + objects.disposed > 0
        whole = some and objects.read == objects.named and not objects.elsewhere
        return State.VERIFIED if whole else State.NOT_CHECKED


def _roots(keys: Keyring, agreed: int | None) -> Roots:
    reach = Reach.INTERNAL
    if keys.outside:
        reach = Reach.KEY
    if agreed is not None:
        reach = Reach.CHECKPOINT
    return Roots(reach, None if keys.log is None else keys.log.text(), keys.outside, agreed)
