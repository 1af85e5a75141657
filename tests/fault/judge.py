"""What campaigns look at after a fault: is anything called safe that is not there, is all there?

Nothing here uses the product's storage code, and nothing here touches the site: the database is
looked at in a copy, because opening it would already begin its recovery.
"""

import json
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fault.rig import Ground, digest

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Picture:
    """What the database says, and what lies in the vault."""

    sessions: int
    inventories: int
    recordings: tuple[str, ...]
    copies: tuple[str, ...]
    sightings: tuple[str, ...]
    receipts: tuple[dict[str, Any], ...]
    stored: dict[str, str]
    """True SHA-256 by name, of every file under `originals`."""
    staged: int
    aside: int


def look(ground: Ground) -> Picture:
    """The state of the site right now."""
    stored = {
        path.relative_to(ground.vault / "originals").as_posix(): digest(path)
        for path in sorted((ground.vault / "originals").glob("*/*"))
    }
    with _database_copy(ground) as database:
        receipts = _column(database, "SELECT signed FROM receipts ORDER BY issued_at, number")
        return Picture(
            sessions=len(_column(database, "SELECT id FROM dock_sessions")),
            inventories=len(_column(database, "SELECT id FROM inventories")),
            recordings=_column(database, "SELECT id FROM recordings"),
            copies=_column(database, "SELECT recording_id FROM copies"),
            sightings=_column(database, "SELECT recording_id FROM sightings"),
            receipts=tuple(json.loads(text.splitlines()[1]) for text in receipts),
            stored=stored,
            staged=_count(ground.vault / "staging"),
            aside=_count(ground.vault / "damaged"),
        )


def falsely_safe(picture: Picture) -> list[str]:
    """Digests that a row or receipt calls safe while the vault does not hold those bytes."""
    promised = {*picture.copies, *picture.sightings, *picture.recordings}
    for receipt in picture.receipts:
        promised |= {line["sha256"] for line in receipt["files"]}
    return sorted(sha for sha in promised if picture.stored.get(f"{sha[:2]}/{sha}") != sha)


def lost(picture: Picture, card: dict[str, str]) -> list[str]:
    """Files of the card that are not byte for byte in the vault and on the newest receipt."""
    counted = Counter(line["sha256"] for line in newest_files(picture))
    missing = Counter(card.values()) - counted
    absent = {sha for sha in card.values() if picture.stored.get(f"{sha[:2]}/{sha}") != sha}
    return sorted({*missing, *absent, *(set(card.values()) - set(picture.copies))})


def doubled(picture: Picture, card: dict[str, str], before: frozenset[str]) -> list[str]:
    """What is there more than once, or is there though nobody brought it."""
    names = {f"{sha[:2]}/{sha}" for sha in {*card.values(), *before}}
    extra = sorted(set(picture.stored) - names)
    for column in (picture.recordings, picture.copies):
        extra += [sha for sha, count in Counter(column).items() if count > 1]
    surplus = Counter(line["sha256"] for line in newest_files(picture)) - Counter(card.values())
    return extra + sorted(surplus)


def newest_files(picture: Picture) -> list[dict[str, Any]]:
    """The safe files of the newest receipt."""
    files: list[dict[str, Any]] = picture.receipts[-1]["files"] if picture.receipts else []
    return files


def stage(picture: Picture, before: Picture, card: dict[str, str]) -> str:
    """How far an intake had come that began at `before`."""
    if picture.sessions == before.sessions:
        return "opening"
    if picture.inventories == before.inventories:
        return "listing"
    if len(picture.receipts) > len(before.receipts):
        return "receipt given"
    sealed = len(picture.sightings) - len(before.sightings)
    if sealed == len(card):
        return "concluding"
    orphaned = len(picture.stored) > len(set(picture.copies))
    if orphaned:
        return "named, no row"
    return "copying" if picture.staged else "between files"


@contextmanager
def _database_copy(ground: Ground) -> Iterator[sqlite3.Connection | None]:
    """A copy with its write-ahead log; None where there is no database yet."""
    source = ground.data / "liuhen.db"
    if not source.exists():
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="liuhen-look-") as folder:
        for end in ("", "-wal", "-journal"):
            path = Path(f"{source}{end}")
            if path.exists():
                shutil.copyfile(path, Path(folder) / path.name)
        with closing(sqlite3.connect(Path(folder) / source.name)) as database:
            yield database


def _column(database: sqlite3.Connection | None, query: str) -> tuple[str, ...]:
    if database is None or not _has_tables(database):
        return ()
    return tuple(row[0] for row in database.execute(query))


def _has_tables(database: sqlite3.Connection) -> bool:
    found = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'receipts'").fetchone()
    return found is not None


def _count(folder: Path) -> int:
    return len(list(folder.iterdir())) if folder.is_dir() else 0
