"""A backup of a site: its database in one consistent state, its originals, its log as text.

Holds always: the act is on record before the first byte leaves, so each state knows of its own
backup; the state of the database is one moment, whoever goes on writing; originals are copied once,
read back and compared, and never taken away but under a certificate of disposal; private keys
stay where they are.
"""

import secrets
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, select
from sqlalchemy.engine import URL, make_url

from evidence.canonical import Json
from evidence.errors import (
    BadInput,
    DatabaseUnavailable,
    EnvironmentTrouble,
    NotFound,
    StorageFailed,
    ToolMissing,
)
from storage import backup_folder, schema
from storage.backup_folder import BackupFolder, Manifest
from storage.copies import carry
from storage.folder_vault import FolderVault
from storage.graves import graves, is_buried
from storage.journal import FOLDER, Journal
from storage.removing import FolderShelf
from storage.site import Site
from storage.vault import Progress
from storage.vault_marker import MARKER

_DUMP_SECONDS = 6 * 3600


@dataclass
class Made:
    """What a backup did; `bad` names originals that could not be copied, and why."""

    state: str
    size: int = 0
    root: str = ""
    copied: int = 0
    copied_bytes: int = 0
    there: int = 0
    disposed: int = 0
    bad: dict[str, str] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Wanted:
    """What a backup is to hold, and where the programs of PostgreSQL are, if not on the path."""

    originals: bool = True
    keep: int | None = None
    tools: Path | None = None


def make_backup(site: Site, target: Path, *, wanted: Wanted, progress: Progress) -> Made:
    """The acts `backup.began` and `backup.finished`, and between them the copies.

    Raises `BadInput` for a folder of something else, `ToolMissing`, `StorageFailed`, `OutOfSpace`
    or `DatabaseUnavailable`; nothing that was there is changed then.
    """
    _check_apart(site, target)
    folder = BackupFolder(target)
    folder.claim(site.site_id)
    made = Made(folder.free_name(site.clock()))
    draft = folder.draft(made.state)
    facts: dict[str, Json] = {"backup": made.state, "originals": wanted.originals}
    with site.ledger.act() as act:
        act.enter("backup.began", facts)
    try:
        _copy_state(site, folder, made=made, draft=draft, tools=wanted.tools)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    if wanted.originals:
        _copy_originals(site, folder, made=made, progress=progress)
    if wanted.keep is not None:
        made.forgotten = folder.forget(wanted.keep)
    with site.ledger.act() as act:
        ended: dict[str, Json] = {"size": made.size, "copied": made.copied, "bad": len(made.bad)}
        act.enter("backup.finished", {"backup": made.state, **ended})
    return made


def _check_apart(site: Site, target: Path) -> None:
    ours = (site.plan.data.resolve(), site.plan.vault_root.resolve())
    there = target.resolve()
    if any(there.is_relative_to(one) or one.is_relative_to(there) for one in ours):
        message = f"{target} and the site lie in each other"
        raise BadInput(message, why="INSIDE_SITE", path=str(target))


# --- the state of the database ------------------------------------------------------------------


def _copy_state(
    site: Site, folder: BackupFolder, *, made: Made, draft: Path, tools: Path | None
) -> None:
    if site.database.is_sqlite:
        file = draft / backup_folder.SQLITE_FILE
        head = _copy_sqlite(site.plan.database_url, file)
    else:
        file = draft / backup_folder.POSTGRES_FILE
        head = _dump(site, file, tools=tools)
    backup_folder.make_durable(file)
    for name in backup_folder.SITE_FILES:
        backup_folder.copy_new(site.plan.data / name, draft / name)
    made.size, note = head
    checkpoint = site.log_signer.remembered.read(note)
    made.root = checkpoint.root.hex()
    manifest = Manifest(
        state=made.state,
        site=site.site_id,
        vault=site.vault.vault_id,
        kind="SQLITE" if site.database.is_sqlite else "POSTGRESQL",
        file=file.name,
        sha256=backup_folder.file_digest(file),
        size=made.size,
        root=made.root,
        note=note,
        made_at=made.state,
    )
    folder.publish(draft, manifest)


def _copy_sqlite(url: str, file: Path) -> tuple[int, str]:
    """SQLite's own online backup, made one file and checked; the head of what it holds."""
    source = make_url(url).database or ""
    try:
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(file)) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            said = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if said != "ok":
                raise DatabaseUnavailable("Database is damaged", reason=str(said))
            query = "SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1"
            size, note = copy.execute(query).fetchone()
    except sqlite3.Error as error:
        raise StorageFailed(f"Database could not be copied: {error}", reason=str(error)) from error
    return int(size), str(note)


def _dump(site: Site, file: Path, *, tools: Path | None) -> tuple[int, str]:
    """`pg_dump` of the very snapshot whose head is told."""
    tool = find_tool("pg_dump", tools)
    with site.database.read() as connection:
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        size, note = _head(connection)
        words = ["--format=custom", f"--snapshot={snapshot}", "--file", str(file)]
        with connecting(site.plan.database_url) as where:
            run_tool([tool, *words, "--dbname", where], doing="pg_dump")
    return size, note


def _head(connection: Connection) -> tuple[int, str]:
    table = schema.checkpoints
    query = select(table.c.size, table.c.note).order_by(table.c.size.desc()).limit(1)
    row = connection.execute(query).one()
    return int(row.size), str(row.note)


def find_tool(name: str, tools: Path | None) -> str:
    """Path of a program of PostgreSQL; raises `ToolMissing`."""
    found = shutil.which(name, path=None if tools is None else str(tools))
    if found is None:
        message = f"{name} is not installed: install the client programs of PostgreSQL"
        raise ToolMissing(message, tool=name)
    return found


@contextmanager
def connecting(url: str) -> Iterator[str]:
    """How a program of PostgreSQL finds the database; the password goes by a closed file."""
    parts = make_url(url)
    with tempfile.TemporaryDirectory(prefix="liuhen-pg-") as folder:
        passfile = Path(folder) / "pass"
        passfile.touch(mode=0o600)
        passfile.write_text(f"*:*:*:*:{_escaped(parts)}\n", encoding="utf-8")
        query = {name: value for name, value in parts.query.items() if isinstance(value, str)}
        known = {"host": parts.host, "port": parts.port, "user": parts.username}
        given = {name: value for name, value in known.items() if value is not None}
        yield make_conninfo(
            "", dbname=parts.database or "", passfile=str(passfile), **given, **query
        )


def _escaped(parts: URL) -> str:
    return (parts.password or "").replace("\\", "\\\\").replace(":", "\\:")


def run_tool(words: list[str], *, doing: str) -> None:
    """Runs a program to its end; raises `EnvironmentTrouble` with what it said."""
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, timeout=_DUMP_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentTrouble(f"{doing} could not be run", reason=str(error)) from error
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
        message = f"{doing} failed: {said[-1]}"
        raise EnvironmentTrouble(message, code="TOOL_FAILED", tool=doing, reason=said[-1])


# --- the originals ------------------------------------------------------------------------------


def _copy_originals(site: Site, folder: BackupFolder, *, made: Made, progress: Progress) -> None:
    vault = open_vault(folder, site.site_id)
    vault.sweep()
    Journal(folder.vault / FOLDER).follow(site.database)
    made.disposed = _let_go(site, folder, vault=vault)
    for sha256, size in _on_record(site):
        if vault.size(sha256) == size:
            made.there += 1
            continue
        try:
            carry(site.vault, vault, sha256=sha256, progress=progress)
        except (NotFound, StorageFailed) as error:
            made.bad[sha256] = str(error)
            continue
        made.copied += 1
        made.copied_bytes += size


def _let_go(site: Site, folder: BackupFolder, *, vault: FolderVault) -> int:
    """Takes away from the backup what two persons let go and a certificate says is gone."""
    table = schema.disposal_certificates
    with site.database.read() as connection:
        if connection.execute(select(table.c.id)).first() is None:
            return 0
        gone = graves(connection, list(vault.digests()))
    shelf = FolderShelf(folder.vault, site_id=site.site_id, vault_id=vault.vault_id)
    certified = [sha256 for sha256, one in gone.items() if one.certificate is not None]
    for sha256 in certified:
        shelf.remove(sha256)
    return len(certified)


def open_vault(folder: BackupFolder, site_id: str) -> FolderVault:
    """The vault of the backups, made if there is none yet."""
    if not (folder.vault / MARKER).exists():
        FolderVault.create(folder.vault, site_id=site_id, vault_id=secrets.token_hex(16))
    return FolderVault.open_at(folder.vault, site_id=site_id)


def _on_record(site: Site) -> list[tuple[str, int]]:
    """Digest and size of each original that this site's vault holds."""
    copies, recordings = schema.copies, schema.recordings
    query = (
        select(recordings.c.id, recordings.c.size)
        .join(copies, copies.c.recording_id == recordings.c.id)
        .where(copies.c.vault_id == site.vault.vault_id, ~is_buried(recordings.c.id))
        .order_by(recordings.c.id)
    )
    with site.database.read() as connection:
        return [(row.id, row.size) for row in connection.execute(query)]
