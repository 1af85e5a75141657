"""A site under test with its docks: opened, watched, taken once, looked into and verified.

Everything is real: files, processes, databases, the vault. Only waits are short.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from devices.makes import load_makes
from evidence import entry as entries
from evidence import note
from evidence.canonical import Json
from evidence.entry import Entry
from evidence.statements import INVENTORY, RECEIPT
from evidence.vocabulary import DockState, SourceKind
from ingest.board import Board, DockView
from ingest.medium import SYSFS
from ingest.one_shot import Taken, take_cards
from ingest.places import DockRoot
from ingest.station import IntakeSettings, Process, Station
from ingest.turns import Turns
from liuhen import clock
from liuhen.service import Service
from proof.findings import Report
from proof.keys import Trust
from proof.options import Options
from proof.verify import open_store
from proof.verify import verify as verify_store
from storage import schema
from storage.catalogue import opened_paths
from storage.keys import verify_ed25519
from storage.ledger import Clock
from storage.site import Actor, Site, SitePlan, exists, open_site
from tests.databases import sqlite_with_tables

PATIENCE = 30.0
LOOKUP_KEY = b"k" * 32
QUICK = IntakeSettings(
    settle_seconds=0.05, poll_seconds=0.1, quiet_seconds=0.3, retry_seconds=0.2, attempts=3
)
MAY_LEAVE = (DockState.SAFE, DockState.NEW_SAFE, DockState.INCOMPLETE)


def wait_for(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Waits until the condition holds; fails with `what` if it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"Waited {seconds} s in vain: {what}"
        time.sleep(0.01)


def put(card: Path, files: Mapping[str, bytes]) -> Path:
    """Writes files onto a card, folders included; returns the card."""
    card.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        path = card / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return card


class History:
    """A board listener that remembers every picture of every dock, in order."""

    def __init__(self) -> None:
        self.pictures: list[DockView] = []
        self.tell: list[Callable[[DockView], None]] = []
        """Told of each picture in the very moment it is shown."""

    def __call__(self, _before: DockView, after: DockView) -> None:
        """Told of each change."""
        self.pictures.append(after)
        for told in self.tell:
            told(after)

    def of(self, card: str) -> list[DockView]:
        """The pictures of one card."""
        return [view for view in self.pictures if view.card == card]

    def states(self, card: str) -> list[DockState]:
        """The states a card went through, each change once."""
        found: list[DockState] = []
        for view in self.of(card):
            if not found or found[-1] != view.state:
                found.append(view.state)
        return found


@dataclass
class Running:
    """A service at work."""

    station: Station
    history: History
    service: Service

    def views(self, card: str) -> list[DockView]:
        """The docks that show this card now."""
        return [view for view in self.station.board.views() if view.card == card]

    def notices(self, card: str) -> list[str]:
        """Codes of what this card's docks tell now."""
        return [notice.code for view in self.views(card) for notice in view.notices]

    def wait_state(self, card: str, *states: DockState) -> DockView:
        """Waits until a dock shows the card in one of the states."""

        def found() -> list[DockView]:
            return [view for view in self.views(card) if view.state in states]

        wait_for(found, f"{card} is {states}: {[(v.state, v.notices) for v in self.views(card)]}")
        return found()[0]

    def wait_done(self, *cards: str) -> None:
        """Waits until each card may leave."""
        for card in cards:
            self.wait_state(card, *MAY_LEAVE)


@dataclass
class House:
    """A site open for a test."""

    site: Site
    settings: IntakeSettings = QUICK
    process: Process = field(default_factory=clock.this_process)
    sysfs: Path = SYSFS

    def station(self, history: History | None = None) -> Station:
        """A new station on the site."""
        settings = self.settings
        return Station(
            site=self.site,
            makes=load_makes(),
            settings=settings,
            process=self.process,
            lookup_key=LOOKUP_KEY,
            board=Board(history),
            turns=Turns(settings.slots),
            monotonic=time.monotonic,
            sysfs=self.sysfs,
        )

    @contextlib.contextmanager
    def serve(self, *roots: DockRoot) -> Iterator[Running]:
        """The real service on these roots while the block runs."""
        history = History()
        station = self.station(history)
        running = Running(station, history, Service(station, roots))
        running.service.start()
        try:
            yield running
        finally:
            running.service.stop()

    def take(self, *cards: Path, dock: str = "cli") -> list[Taken]:
        """Takes cards once, as `ingest` does."""
        self.site.vault.sweep()
        return take_cards(self.station(), cards, dock=dock)

    # --- looking -----------------------------------------------------------------------------

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table."""
        found = schema.metadata.tables[table]
        query = select(found).order_by(*found.primary_key.columns)
        with self.site.database.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def count(self, table: str) -> int:
        """How many rows a table has."""
        found = schema.metadata.tables[table]
        with self.site.database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(found)).scalar_one())

    def entries(self, act: str | None = None) -> list[Entry]:
        """The custody log in order, or its entries of one act."""
        log = [entries.parse(str(row["body"]).encode()) for row in self.rows("entries")]
        return [entry for entry in log if act in (None, entry.act)]

    def observed(self) -> list[str]:
        """Codes of all observations, sorted."""
        return sorted(row["code"] for row in self.rows("observations"))

    def names(self, commitments: Sequence[str]) -> list[bytes]:
        """The paths behind commitments, in their order."""
        opened = opened_paths(self.site.database, list(commitments))
        return [opened[commitment] for commitment in commitments]

    def sealed(self) -> list[tuple[bytes, str]]:
        """Path and digest of every sighting, in the order of sealing."""
        rows = sorted(self.rows("sightings"), key=lambda row: (row["sealed_at"], row["id"]))
        paths = self.names([row["path"] for row in rows])
        return list(zip(paths, [row["recording_id"] for row in rows], strict=True))

    def inventory(self, number: int = 0, session: str | None = None) -> dict[str, Json]:
        """The body of a signed inventory, its signature checked."""
        wanted = [r for r in self.rows("inventories") if session in (None, r["session_id"])]
        return self._body(INVENTORY, wanted[number]["signed"])

    def receipts(self) -> list[dict[str, Json]]:
        """Bodies of all receipts in order of issue, their signatures checked."""
        rows = sorted(self.rows("receipts"), key=lambda row: (row["issued_at"], row["number"]))
        return [self._body(RECEIPT, row["signed"]) for row in rows]

    def _body(self, kind: str, signed: str) -> dict[str, Json]:
        text = note.read(signed, self.site.station_signer.key, verify=verify_ed25519)
        return note.parse_statement(kind, text)

    def verify(self) -> Report:
        """The whole store verified, anchored in the key that the test holds."""
        store = open_store(self.site.plan.data, self.site.plan.database)
        trust = Trust(self.site.log_signer.key)
        try:
            return verify_store(
                store, self.site.plan.vault_root, trust=trust, options=Options(), now=clock.now
            )
        finally:
            store.close()

    def assert_green(self) -> Report:
        """The store verifies, and every original was read."""
        report = self.verify()
        assert (report.findings, report.notes, report.state) == ((), (), "VERIFIED")
        return report


def begin_with_tables(plan: SitePlan) -> None:
    """Spares a site that is not there yet the migrations: they take longer than most tests."""
    scheme, _, name = plan.database_url.partition(":///")
    file = Path(name)
    if scheme != "sqlite" or file.exists() or exists(plan):
        return
    for folder in (plan.data, file.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(sqlite_with_tables())


@contextlib.contextmanager
def open_house(
    plan: SitePlan, *, settings: IntakeSettings = QUICK, ticks: Clock = clock.now
) -> Iterator[House]:
    """The site of the plan, made if need be; its SQLite file begins with its tables.

    That a site is made from nothing is for tests of `open_site` and of the command line.
    """
    begin_with_tables(plan)
    mask = os.umask(0o022)
    try:
        site = open_site(plan, ticks, actor=Actor("service"))
    finally:
        os.umask(mask)  # a site closes its files to others; the test process goes on as it was
    try:
        yield House(site, settings)
    finally:
        site.close()


def cards_in(path: Path, name: str = "dock") -> DockRoot:
    """A dock whose folders are cards."""
    path.mkdir(parents=True, exist_ok=True)
    return DockRoot(name, path, SourceKind.MOUNT)


def drop(path: Path, name: str = "drop") -> DockRoot:
    """A drop folder."""
    path.mkdir(parents=True, exist_ok=True)
    return DockRoot(name, path, SourceKind.DROP_FOLDER)
