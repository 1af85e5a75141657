"""Random histories of what the list of recordings is made from, by acts of the real ledger."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import delete, select, update

from devices.recorders import assign_recorder
from evidence.personal import OFFICER_NUMBER, SALT_BYTES, Personal
from evidence.vocabulary import ClaimSubject, ClaimVerdict, FileKind
from people import invitations, units
from people.accounts import NewPerson
from storage import listing, schema
from storage.database import Database
from storage.ledger import Row
from storage.site import Site

RECORDERS = ("1111111", "2222222", "3333333")
OFFICERS = ("310001", "320002")
DOCKS = ("dock-1", "dock-2")
TABLES = (schema.listing, schema.entry_subjects)


class Standing:
    """A clock that mostly stands, sometimes goes on, and now and then goes back."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._now = datetime(2026, 9, 2, 8, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time now."""
        seconds = self._chance.choices((0, 1, -3), (6, 3, 1))[0]
        self._now += timedelta(seconds=seconds)
        return self._now


@dataclass
class History:
    """A site, and acts done to it one after another."""

    site: Site
    chance: Random
    units: list[str] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)
    count: int = 0

    def begin(self) -> None:
        """A bureau with two units, and recorders that belong to none yet."""
        ledger = self.site.ledger
        invitations.found_at_terminal(ledger, bureau="局", first=NewPerson("某", "first"))
        with self.site.database.read() as connection:
            top = units.root(connection)
        assert top is not None
        self.units = [units.add_unit(ledger, name=name, parent=top.id).id for name in ("甲", "乙")]
        with ledger.act() as act:
            for number in RECORDERS:
                row = {"id": number, "make": "unknown", "added_at": act.at_text}
                act.insert(schema.recorders, row)
            act.enter("recorder.added", {})

    def step(self) -> None:
        """One act, drawn by chance."""
        acts: tuple[tuple[Callable[[], None], int], ...] = (
            (self.open_session, 1 if self.sessions else 1000),
            (self.seal, 6),
            (self.claim, 3),
            (self.assign, 1),
        )
        self.chance.choices([act for act, _ in acts], [weight for _, weight in acts])[0]()

    def open_session(self) -> None:
        """A card is docked."""
        session = f"session-{len(self.sessions)}"
        with self.site.ledger.act() as act:
            row: Row = {
                "id": session,
                "dock": self.chance.choice(DOCKS),
                "source": "MOUNT",
                "card": "card",
                "card_basis": "test",
                "label": None,
                "zone": "Asia/Shanghai",
                "opened_at": act.at_text,
            }
            act.insert(schema.dock_sessions, row)
            act.enter("session.opened", {"session": session})
        self.sessions.append(session)

    def seal(self) -> None:
        """A file of a docked card is sealed, now and then one that is known already."""
        session, number = self.chance.choice(self.sessions), self.count
        self.count += 1
        known = self.chance.randrange(number + 1) if self.chance.random() < 0.2 else number
        sha256 = hashlib.sha256(str(known).encode()).hexdigest()
        with self.site.ledger.act() as act:
            table = schema.recordings
            if act.connection.execute(select(table).where(table.c.id == sha256)).first() is None:
                act.insert(table, {"id": sha256, "size": 1, "sealed_at": act.at_text})
            row: Row = {
                "id": f"{session}/{number}",
                "session_id": session,
                "recording_id": sha256,
                "path": f"path {number}",
                "size": 1,
                "mtime_ns": "0",
                "kind": self.chance.choice([FileKind.VIDEO, FileKind.PHOTO]).value,
                "labels": "[]",
                "priority": 0,
                "name_time": self.chance.choice(["2026-09-02T08:30:00", None]),
                "container_time": "2026-09-01T20:00:00",
                "container_zone": "UTC",
                "file_time": None,
                "zone": "Asia/Shanghai",
                "sealed_at": act.at_text,
            }
            act.insert(schema.sightings, row)
            act.enter("recording.sealed", {"session": session, "recording": sha256})

    def claim(self) -> None:
        """A card is judged, before or after its files, once or again."""
        session = self.chance.choice(self.sessions)
        subject = self.chance.choice([ClaimSubject.RECORDER, ClaimSubject.OFFICER])
        verdict = self.chance.choice([ClaimVerdict.AGREED, ClaimVerdict.CONFLICT])
        with self.site.ledger.act() as act:
            value: str | None = None
            if verdict == ClaimVerdict.AGREED:
                value = self.chance.choice(RECORDERS)
                if subject == ClaimSubject.OFFICER:
                    number = self.chance.choice(OFFICERS)
                    salt = secrets.token_bytes(SALT_BYTES)
                    value = act.keep(Personal(OFFICER_NUMBER, number, salt))
            row: Row = {
                "id": f"{session}/{subject}/{secrets.token_hex(4)}",
                "session_id": session,
                "subject": subject.value,
                "verdict": verdict.value,
                "value": value,
                "sources": "[]",
                "judged_at": act.at_text,
            }
            act.insert(schema.claims, row)
            act.enter("recorder.claimed", {"session": session})

    def assign(self) -> None:
        """A recorder is given to a unit, for the first time or another."""
        recorder, unit = self.chance.choice(RECORDERS), self.chance.choice(self.units)
        assign_recorder(self.site.ledger, recorder, unit=unit)


def rows(database: Database) -> list[list[tuple[object, ...]]]:
    """The list as it stands."""
    with database.read() as connection:
        return [
            [tuple(row) for row in connection.execute(select(t).order_by(*t.primary_key.columns))]
            for t in TABLES
        ]


def follow_anew(database: Database) -> list[list[tuple[object, ...]]]:
    """Throws the list away, follows the log from its beginning, and gives the list."""
    with database.write() as connection:
        for table in TABLES:
            connection.execute(delete(table))
        connection.execute(update(schema.listing_head).values(position=0))
    listing.catch_up(database)
    return rows(database)
