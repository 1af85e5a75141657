"""An honest site written by nobody but this file: raw SQLite, files, and the pure rules.

It shares no code with the product's writer, so the verifier is tried against two writers that do
not know each other. Everything comes from a seed: two stores of one seed have equal rows.
"""

import base64
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence import merkle, note, statements
from evidence.canonical import Json, dumps
from evidence.entry import CLOCK_BACKWARDS, CLOCK_OK, Entry, RowRef, row_digest, time_text
from evidence.note import Checkpoint, VerifyingKey
from evidence.personal import CARD_LABEL, OFFICER_NUMBER, OS_USER, Personal, file_name
from evidence.statements import ListedFile, PassedOver, SafeFile, UnsafeFile
from evidence.tables import EVIDENTIAL
from tests.honest_access import add_access
from tests.honest_calendar import add_calendar
from tests.honest_cases import add_cases
from tests.honest_disposal import add_disposal
from tests.honest_findings import add_findings
from tests.honest_media import add_links, add_media
from tests.honest_people import add_people
from tests.honest_policy import add_policy
from tests.honest_retention import add_retention

SITE = "5a" * 16
VAULT = "7b" * 16
ORIGIN = f"liuhen.site/{SITE}"
_START = datetime(2026, 1, 31, 8, 0, tzinfo=UTC)
INTEGERS = frozenset(
    {"size", "seq", "idx", "level", "number", "files", "complete", "priority", "objects"}
    | {"bytes", "failed", "final", "file_row", "year", "on_establishment", "on_post"}
    | {"passed", "rows_taken", "rows_refused", "is_major", "especially_major", "is_withdrawn"}
    | {"is_recorder_person", "touches_liberty", "touches_life_health", "touches_major_property"}
    | {"listed", "rights_bearing", "slots", "tenths"}
    | {"from_ms", "to_ms", "ordinal", "position", "sightings", "looks", "log_size"}
    | {"real_estate", "needs_second", "retroactive", "touched"}
)

Cells = dict[str, str | int | None]


@dataclass(frozen=True)
class Signer:
    """A private key made from a seed."""

    name: str
    private: Ed25519PrivateKey

    @classmethod
    def of(cls, name: str, seed: bytes) -> "Signer":
        """The key whose secret is the hash of name and seed."""
        secret = hashlib.sha256(name.encode() + seed).digest()
        return cls(name, Ed25519PrivateKey.from_private_bytes(secret))

    @property
    def key(self) -> VerifyingKey:
        """The public half."""
        return VerifyingKey(self.name, self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """The signed note of the text."""
        return note.write(text, self.key, sign=self.private.sign)


@dataclass
class HonestStore:
    """A site in the making. `contents` maps SHA-256 to bytes for every original."""

    folder: Path
    seed: int
    random: Random = field(init=False)
    now: datetime = field(default=_START)
    contents: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        seed = str(self.seed).encode()
        self.log = Signer.of(ORIGIN, seed)
        self.station = Signer.of(f"{ORIGIN}/station", seed)
        self._last: datetime | None = None
        self._nodes: dict[tuple[int, int], bytes] = {}
        self._size = 0
        self._refs: list[RowRef] = []
        self._connection = _create(self.folder)
        user = self.personal(OS_USER, "clerk")
        self._actor: dict[str, Json] = {"kind": "service", "name": user}

    # --- acts --------------------------------------------------------------------------------

    def found(self) -> None:
        """Site, keys and vault: the first entry."""
        keys = self.folder / "keys"
        keys.mkdir()
        (keys / "log.pub").write_text(self.log.key.text() + "\n")
        (keys / "station.pub").write_text(self.station.key.text() + "\n")
        identity: Json = {"format": 1, "site": SITE, "origin": ORIGIN}
        (self.folder / "site.json").write_bytes(dumps(identity) + b"\n")
        (self.vault / "originals").mkdir(parents=True)
        marker: Json = {"format": 1, "site": SITE, "vault": VAULT}
        (self.vault / "liuhen-vault.json").write_bytes(dumps(marker))
        self.row(
            "sites",
            id=SITE,
            origin=ORIGIN,
            log_key=self.log.key.text(),
            station_key=self.station.key.text(),
            created_at=self.at,
        )
        self.row("vaults", id=VAULT, kind="FOLDER", created_at=self.at)
        self.enter("site.created", {"origin": ORIGIN})

    def session(self, files: int) -> str:
        """A docked card: its inventory, its recordings and its receipt."""
        session = f"{self.now:%Y%m%dT%H%M%SZ}-{self.random.getrandbits(32):08x}"
        label = self.personal(CARD_LABEL, "执法记录仪")
        self.row(
            "dock_sessions",
            id=session,
            dock="dock-1",
            source="MOUNT",
            card="card-7",
            card_basis="SERIAL",
            label=label,
            zone="Asia/Shanghai",
            opened_at=self.at,
        )
        self.enter("session.opened", {"session": session, "dock": "dock-1"})
        names = [self.path(f"DCIM/{1000 + n}_{session[-4:]}.MP4") for n in range(files)]
        bodies = [self.random.randbytes(self.random.randrange(1, 40_000)) for _ in names]
        self.inventory(session, names, bodies)
        officer = self.personal(OFFICER_NUMBER, f"{self.random.randrange(10**6):06d}")
        self.row(
            "claims",
            id=f"{session}/OFFICER/{self.at}",
            session_id=session,
            subject="OFFICER",
            verdict="SINGLE_SOURCE",
            value=officer,
            sources="[]",
            judged_at=self.at,
        )
        self.enter("recorder.claimed", {"session": session, "subject": "OFFICER"})
        safe = [
            self.seal(session, n, path=name, body=body)
            for n, (name, body) in enumerate(zip(names, bodies, strict=True))
        ]
        self.receipt(session, safe)
        self._clear(session, safe[0])
        return session

    def inventory(
        self, session: str, names: list[str], bodies: list[bytes], *, number: int = 1
    ) -> None:
        """Signs what stands on the card, or a supplement of it."""
        head: dict[str, Json] = {
            "site": SITE,
            "session": session,
            "number": number,
            "written_at": self.at,
        }
        listed = [
            ListedFile(n, name, len(body), 1_700_000_000_000_000_000 + n)
            for n, (name, body) in enumerate(zip(names, bodies, strict=True))
        ]
        litter = [PassedOver(self.path("System Volume Information"), "LITTER")]
        body = statements.inventory_body(head, listed, passed_over=litter)
        signed = self.station.sign(note.statement(statements.INVENTORY, body))
        self.row(
            "inventories",
            id=f"{session}/{number}",
            session_id=session,
            number=number,
            files=len(listed),
            signed=signed,
            written_at=self.at,
        )
        self.enter("inventory.written", {"session": session, "number": number})

    def seal(self, session: str, number: int, *, path: str, body: bytes) -> SafeFile:
        """Seals one file."""
        sha256 = self.keep_original(body)
        self.row("recordings", id=sha256, size=len(body), sealed_at=self.at)
        self.row(
            "copies",
            id=f"{VAULT}/{sha256}",
            recording_id=sha256,
            vault_id=VAULT,
            read_back="DIRECT",
            placed_at=self.at,
        )
        sighting = f"{session}/{number}"
        self.row(
            "sightings",
            id=sighting,
            session_id=session,
            recording_id=sha256,
            path=path,
            size=len(body),
            mtime_ns="1700000000000000000",
            kind="VIDEO",
            labels='["IMPORTANT"]',
            priority=number,
            name_time=None,
            container_time=None,
            container_zone=None,
            file_time="2026-01-31T15:59:00",
            zone="Asia/Shanghai",
            sealed_at=self.at,
        )
        self.enter(
            "recording.sealed", {"session": session, "recording": sha256, "size": str(len(body))}
        )
        return SafeFile(path, sha256, len(body), sighting, "SEALED")

    def keep_original(self, body: bytes) -> str:
        """Puts bytes under their digest in the vault, and no row anywhere."""
        sha256 = hashlib.sha256(body).hexdigest()
        self.contents[sha256] = body
        path = self.vault / "originals" / sha256[:2] / sha256
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(body)
        return sha256

    def adopt(self, body: bytes) -> str:
        """Adopts an original that no card brought."""
        sha256 = self.keep_original(body)
        self.row("recordings", id=sha256, size=len(body), sealed_at=self.at)
        copy = {"recording_id": sha256, "vault_id": VAULT, "read_back": "DIRECT"}
        self.row("copies", id=f"{VAULT}/{sha256}", placed_at=self.at, **copy)
        self.enter("recording.adopted", {"recording": sha256, "size": str(len(body))})
        return sha256

    def drop_original(self, sha256: str) -> None:
        """Takes the bytes of an original out of the vault, and no row anywhere."""
        del self.contents[sha256]
        (self.vault / "originals" / sha256[:2] / sha256).unlink()

    def stated(self, text: str) -> str:
        """The signed note of a statement of the station."""
        return self.station.sign(text)

    def receipt(self, session: str, safe: list[SafeFile], number: int = 1) -> None:
        """Signs a receipt for these files, and now and then for one that could not be read."""
        unsafe = [] if self.random.random() < 0.7 else [UnsafeFile(self.path("BAD"), "READ_FAILED")]
        head: dict[str, Json] = {
            "site": SITE,
            "session": session,
            "number": number,
            "recorder": {"verdict": "NOT_SET", "number": None},
            "log": {"origin": ORIGIN, "size": self._size, "root": self.root().hex()},
            "opened_at": self.at,
            "issued_at": self.at,
        }
        body = statements.receipt_body(head, safe, not_safe=unsafe)
        signed = self.station.sign(note.statement(statements.RECEIPT, body))
        self.row(
            "receipts",
            id=f"{session}-{number}",
            session_id=session,
            number=number,
            complete=int(not unsafe),
            signed=signed,
            issued_at=self.at,
        )
        self.enter("receipt.issued", {"receipt": f"{session}-{number}", "session": session})

    def safe_file(self, sha256: str) -> SafeFile:
        """A receipt's line for a file that may never have been."""
        return SafeFile(self.path("NEVER.MP4"), sha256, 1, "no-session/0", "SEALED")

    def _clear(self, session: str, file: SafeFile) -> None:
        self.row(
            "clearings",
            id=f"{session}-1/0",
            receipt_id=f"{session}-1",
            recording_id=file.sha256,
            path=file.path,
            result="CLEARED",
            facts="{}",
            cleared_at=self.at,
        )
        self.enter("card.cleared", {"receipt": f"{session}-1"})

    def later(self) -> None:
        """What comes after the sessions: a recorder, an observation, digests, a scrub."""
        self.row("recorders", id="DSJ-0007", make="zfy", added_at=self.at)
        self.enter("recorder.added", {"recorder": "DSJ-0007"})
        self.row(
            "observations",
            id="0b5e",
            session_id=None,
            recording_id=None,
            path=None,
            code="CLOCK_DIFFERS",
            facts='{"seconds":"12"}',
            observed_at=self.at,
        )
        self.enter("observation.made", {"code": "CLOCK_DIFFERS"})
        for sha256, body in self.contents.items():
            value = hashlib.new("sm3", body).hexdigest()
            self.row(
                "digests",
                id=f"sm3:{sha256}",
                recording_id=sha256,
                algorithm="sm3",
                value=value,
                computed_at=self.at,
            )
            self.enter("digest.added", {"recording": sha256, "algorithm": "sm3"})
        add_media(self)
        self.row(
            "scrubs",
            id="5c0b",
            vault_id=VAULT,
            mode="FULL",
            objects=len(self.contents),
            bytes=1,
            failed=0,
            started_at=self.at,
            ended_at=self.at,
        )
        self.enter("scrub.finished", {"objects": len(self.contents)})
        for sha256 in sorted(self.contents)[1:]:
            self.put("fixity", id=f"{VAULT}/{sha256}", state="VERIFIED", checked_at=self.at)

    def erase(self, commitment: str) -> None:
        """Erases a personal value, on record."""
        self._connection.execute("DELETE FROM personal_data WHERE id = ?", (commitment,))
        self.enter("personal.erased", {"commitments": [commitment]})

    # --- parts of acts -----------------------------------------------------------------------

    @property
    def vault(self) -> Path:
        """The vault's folder."""
        return self.folder / "vault"

    @property
    def at(self) -> str:
        """The time now, as rows hold it."""
        return time_text(self.now)

    @property
    def size(self) -> int:
        """Entries so far."""
        return self._size

    def personal(self, kind: str, value: str) -> str:
        """Keeps a value beside the log and returns its commitment."""
        return self._keep(Personal(kind, value, self.random.randbytes(32)))

    def path(self, name: str) -> str:
        """The commitment of a file name."""
        return self._keep(file_name(name.encode(), self.random.randbytes(32)))

    def _keep(self, personal: Personal) -> str:
        salt = base64.b64encode(personal.salt).decode()
        self.put(
            "personal_data",
            id=personal.commitment,
            kind=personal.kind,
            salt=salt,
            value=personal.value,
        )
        return personal.commitment

    def row(self, table: str, **cells: str | int | None) -> None:
        """Writes an evidential row that the next entry names."""
        assert cells.keys() == set(EVIDENTIAL[table][1]), table
        self.put(table, **cells)
        self._refs.append(RowRef(table, str(cells["id"]), 1, row_digest(table, 1, row=cells)))

    def put(self, table: str, **cells: str | int | None) -> None:
        """Writes a row of any table."""
        marks = ", ".join("?" for _ in cells)
        query = f"INSERT INTO {table} ({', '.join(cells)}) VALUES ({marks})"  # noqa: S608 - own names
        self._connection.execute(query, tuple(cells.values()))

    def enter(self, act: str, facts: dict[str, Json]) -> None:
        """Appends the entry of the rows written since the one before."""
        backwards = self._last is not None and self.now < self._last
        clock = CLOCK_BACKWARDS if backwards else CLOCK_OK
        entry = Entry(self._size, self.now, clock, act, self._actor, tuple(self._refs), facts)
        self._refs.clear()
        self._last = self.now
        self.append(entry.canonical())
        self.now += timedelta(seconds=self.random.choice((1, 2, 30, -5, 600)))

    def append(self, body: bytes) -> None:
        """Appends an entry's bytes, whatever they are, with everything derived from them."""
        leaf = merkle.leaf_hash(body)
        self.put("entries", seq=self._size, body=body.decode(), leaf=leaf.hex())
        nodes = merkle.new_nodes(self._size, leaf, node=lambda level, idx: self._nodes[level, idx])
        for level, idx, value in nodes:
            self._nodes[level, idx] = value
            self.put("log_nodes", level=level, idx=idx, hash=value.hex())
        self._size += 1
        last_at = None if self._last is None else time_text(self._last)
        query = "UPDATE log_head SET size = ?, last_at = ?"
        self._connection.execute(query, (self._size, last_at))
        note_of_size = self.checkpoint()
        self.put("checkpoints", size=self._size, note=note_of_size, signed_at=self.at)

    def checkpoint(self) -> str:
        """The signed note of the log as it is, for keeping outside."""
        return self.log.sign(Checkpoint(ORIGIN, self._size, self.root()).text())

    def root(self) -> bytes:
        """Root of the log as it is."""
        return merkle.root(self._size, lambda level, idx: self._nodes[level, idx])

    def commit(self) -> None:
        """Makes what was written visible to others."""
        self._connection.commit()

    def close(self) -> None:
        """Commits and lets go of the file; no WAL is left."""
        self._connection.commit()
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()


def build(folder: Path, seed: int, *, sessions: int = 3) -> list[str]:
    """Makes an honest site in the (new) folder; returns some checkpoints' notes, oldest first."""
    folder.mkdir(parents=True, exist_ok=True)
    store = HonestStore(folder, seed)
    notes: list[str] = []
    store.found()
    notes.append(store.checkpoint())
    for _ in range(sessions):
        store.session(store.random.randrange(1, 5))
        notes.append(store.checkpoint())
    store.later()
    add_people(store)
    add_policy(store)
    add_cases(store)
    add_links(store)
    add_findings(store)
    add_retention(store)
    add_access(store)
    add_calendar(store)
    add_disposal(store, site=SITE)
    store.erase(store.path("erased"))
    notes.append(store.checkpoint())
    store.row("recorders", id="DSJ-0008", make="zfy", added_at=store.at)
    store.enter("recorder.added", {"recorder": "DSJ-0008"})
    store.close()
    return notes


@contextmanager
def reopened(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection that may change anything, committed and closed at the end."""
    connection = sqlite3.connect(folder / "liuhen.db")
    try:
        yield connection
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _create(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / "liuhen.db")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")  # no test waits for a disk
    for table, formats in EVIDENTIAL.items():
        columns = ", ".join(_column(name) for name in formats[max(formats)])
        connection.execute(f"CREATE TABLE {table} ({columns})")
    for statement in _OTHER_TABLES:
        connection.execute(statement)
    connection.execute("INSERT INTO log_head VALUES (1, 0, NULL)")
    return connection


def _column(name: str) -> str:
    if name == "id":
        return "id TEXT NOT NULL PRIMARY KEY"
    return f"{name} BIGINT" if name in INTEGERS else f"{name} TEXT"


_OTHER_TABLES = (
    "CREATE TABLE entries (seq BIGINT NOT NULL PRIMARY KEY, body TEXT NOT NULL, leaf TEXT)",
    "CREATE TABLE log_nodes (level INTEGER, idx BIGINT, hash TEXT, PRIMARY KEY (level, idx))",
    "CREATE TABLE log_head (id INTEGER PRIMARY KEY, size BIGINT, last_at TEXT)",
    "CREATE TABLE checkpoints (size BIGINT NOT NULL PRIMARY KEY, note TEXT, signed_at TEXT)",
    "CREATE TABLE personal_data (id TEXT PRIMARY KEY, kind TEXT, salt TEXT, value TEXT)",
    "CREATE TABLE fixity (id TEXT PRIMARY KEY, state TEXT, checked_at TEXT)",
)
