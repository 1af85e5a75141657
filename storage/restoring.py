"""What was lost put back from a backup; what is there is never touched.

Holds always: a database, `site.json` or original that is there stays as it is; a database is put
in place whole or not at all; what the journal beside the vault has beyond the restored state is
added, each entry checked; a state older than what this site signed last is said and goes no
further, unless somebody accepts the loss, which is then on record.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import inspect, select
from sqlalchemy.engine import make_url

from evidence.canonical import Json, dumps, loads_object
from evidence.errors import BadInput, EnvironmentTrouble, Malformed, NotFound, StorageFailed
from evidence.note import Checkpoint, VerifyingKey
from storage import backup_folder, journal, schema
from storage.backup import connecting, find_tool, open_vault, run_tool
from storage.backup_folder import BackupFolder, Manifest
from storage.copies import carry
from storage.database import Database
from storage.durable import make_dirs_durably, rename_durably, write_durably
from storage.folder_vault import FolderVault
from storage.graves import is_buried
from storage.keys import LOG, STATION, verify_ed25519
from storage.rebuilding import Rebuilt, rebuild
from storage.remembered import FILE, Remembered
from storage.site import SitePlan
from storage.vault import Progress
from storage.vault_marker import MARKER

KEY_FILES = (f"{LOG}.key", f"{STATION}.key")


@dataclass
class Restored:
    """What was put back: `database` and `site_file` say whether they were; `size` is of the log.

    `remembered` is what this site signed last as far as its folder of keys knows, or None.
    """

    state: str | None
    site_file: bool = False
    database: bool = False
    rolled_forward: int = 0
    vault: bool = False
    originals: int = 0
    there: int = 0
    bad: dict[str, str] = field(default_factory=dict)
    size: int = 0
    keys_missing: list[str] = field(default_factory=list)
    remembered: int | None = None

    @property
    def anything(self) -> bool:
        """Whether something was put back, or is to be accepted."""
        parts = self.site_file or self.database or self.vault
        return parts or self.originals > 0 or self.went_back

    @property
    def went_back(self) -> bool:
        """Whether the log ends before what was signed last."""
        return self.remembered is not None and self.remembered > self.size


@dataclass(frozen=True)
class Source:
    """Where to restore from; `state` is the newest unless one is named.

    `database` is false where the database is to come from elsewhere.
    """

    folder: BackupFolder
    state: str | None = None
    tools: Path | None = None
    database: bool = True


def restore(plan: SitePlan, source: Source, *, progress: Progress) -> Restored:
    """Puts back what is missing of the site.

    Raises `BadInput` where the backup is not this site's, `EvidenceAltered` where it is damaged or
    the journal is, `StorageFailed`, `OutOfSpace` or `ToolMissing`.
    """
    folder = source.folder
    manifest = folder.manifest(source.state)
    done = Restored(manifest.state)
    make_dirs_durably(plan.data / "keys", 0o700)
    done.site_file = _put_site_file(plan, folder, manifest=manifest)
    done.database = _put_database(plan, source, manifest=manifest)
    done.vault = _put_vault(plan, manifest)
    _forward(plan, done)
    _put_originals(plan, folder, done=done, progress=progress)
    _look(plan, done)
    return done


def rebuild_site(plan: SitePlan) -> tuple[Rebuilt, Restored]:
    """Makes the database anew from the journal beside the vault.

    Raises `BadInput` where there is a database with a history, or nothing to make one from.
    """
    folder = plan.vault_root / journal.FOLDER
    if not journal.segments(folder):
        raise BadInput(f"There is no journal in {folder}", why="NO_JOURNAL", path=str(folder))
    if _has_database(plan):
        raise _in_the_way(plan)
    row = _site_row(folder)
    key = _key_in_keys(plan) or VerifyingKey.parse(row["log_key"])
    database = Database(plan.database_url)
    try:
        database.migrate()
        found = rebuild(database, folder, key=key)
    finally:
        database.close()
    done = Restored(None, database=True, site_file=_write_site_files(plan, row))
    _look(plan, done)
    return found, done


def accept_loss(plan: SitePlan) -> Checkpoint | None:
    """Sets aside what is remembered of a later log, so that the site goes on; returns it.

    The file stays beside the keys under another name, and so does a journal that has more than the
    log. Whoever holds a later checkpoint will see that the log went back.
    """
    remembered, size = last_signed(plan), _size(plan)
    if remembered is None or remembered.size <= size:
        return None
    keys, folder = plan.data / "keys", plan.vault_root / journal.FOLDER
    name = f"lost-{remembered.size}-{secrets.token_hex(4)}"
    if journal.length(folder) > size:
        rename_durably(folder, folder.with_name(f"{journal.FOLDER}.{name}"))
    rename_durably(keys / FILE, keys / f"{FILE}.{name}")
    return remembered


# --- the parts ----------------------------------------------------------------------------------


def _put_site_file(plan: SitePlan, folder: BackupFolder, *, manifest: Manifest) -> bool:
    """The site's identity and public keys; what is there must be the same site's."""
    state = folder.state_path(manifest.state)
    is_new = not (plan.data / "site.json").exists()
    if not is_new and _site_id(plan) != manifest.site:
        raise BadInput("Backup is of another site", why="BACKUP_NOT_OURS", path=str(folder.root))
    for name in backup_folder.SITE_FILES:
        if not (plan.data / name).exists():
            backup_folder.copy_new(state / name, plan.data / name, mode=0o644)
    return is_new


def _write_site_files(plan: SitePlan, row: Mapping[str, str]) -> bool:
    """Identity and public keys as the log has them, where they are missing."""
    make_dirs_durably(plan.data / "keys", 0o700)
    for kind, column in ((LOG, "log_key"), (STATION, "station_key")):
        if not (plan.data / "keys" / f"{kind}.pub").exists():
            write_durably(plan.data / "keys" / f"{kind}.pub", f"{row[column]}\n".encode())
    if (plan.data / "site.json").exists():
        return False
    body: dict[str, Json] = {"format": 1, "site": row["id"], "origin": row["origin"]}
    write_durably(plan.data / "site.json", dumps(body) + b"\n")
    return True


def _put_database(plan: SitePlan, source: Source, *, manifest: Manifest) -> bool:
    if not source.database or _has_database(plan):
        return False
    file = source.folder.check_file(manifest)
    url = make_url(plan.database_url)
    if (url.get_backend_name() == "sqlite") != (manifest.kind == "SQLITE"):
        message = f"Backup is of a {manifest.kind} database"
        raise BadInput(message, why="OTHER_DATABASE", kind=manifest.kind)
    if manifest.kind == "SQLITE":
        target = Path(url.database or "")
        _drop_leftovers(target)
        backup_folder.copy_new(file, target)
        return True
    tool = find_tool("pg_restore", source.tools)
    # What is dropped are the empty tables of a start without a history.
    words = ["--single-transaction", "--clean", "--if-exists", "--no-owner", "--no-privileges"]
    with connecting(plan.database_url) as where:
        run_tool([tool, *words, "--dbname", where, str(file)], doing="pg_restore")
    return True


def _drop_leftovers(target: Path) -> None:
    """Sets aside what a lost SQLite file left, and what a start without it made in its place.

    A WAL that is laid over another state would falsify it.
    """
    for leftover in (target.with_name(f"{target.name}{end}") for end in ("", "-wal", "-shm")):
        if leftover.exists():
            rename_durably(
                leftover, leftover.with_name(f"{leftover.name}.lost-{secrets.token_hex(4)}")
            )


def _put_vault(plan: SitePlan, manifest: Manifest) -> bool:
    """The vault on record, empty, where there is none."""
    if (plan.vault_root / MARKER).exists():
        return False
    root = plan.vault_root
    if root.is_dir() and any(root.iterdir()):
        message = f"{root} holds something that is no vault"
        raise BadInput(message, why="NOT_A_VAULT", path=str(root))
    FolderVault.create(root, site_id=manifest.site, vault_id=manifest.vault)
    return True


def _forward(plan: SitePlan, done: Restored) -> None:
    """Adds what the journal has beyond a state that was just put back."""
    folder = plan.vault_root / journal.FOLDER
    if not done.database or not journal.segments(folder):
        return
    database = Database(plan.database_url)
    try:
        database.migrate()
        with database.read() as connection:
            text = str(connection.execute(select(schema.sites.c.log_key)).scalar_one())
        done.rolled_forward = rebuild(database, folder, key=VerifyingKey.parse(text)).entries
    finally:
        database.close()


def _put_originals(
    plan: SitePlan, folder: BackupFolder, *, done: Restored, progress: Progress
) -> None:
    site_id = _site_id(plan)
    vault = FolderVault.open_at(plan.vault_root, site_id=site_id)
    kept = open_vault(folder, site_id)
    gone = _buried(plan)
    for sha256 in kept.digests():
        if sha256 in gone:
            continue
        if vault.size(sha256) is not None:
            done.there += 1
            continue
        try:
            carry(kept, vault, sha256=sha256, progress=progress)
            done.originals += 1
        except (NotFound, StorageFailed) as error:
            done.bad[sha256] = str(error)


def _buried(plan: SitePlan) -> set[str]:
    """Recordings that were let go by law: a backup must not bring them back."""
    if not _has_database(plan):
        return set()
    database = Database(plan.database_url)
    try:
        database.migrate()
        stones = schema.tombstones
        query = select(stones.c.recording_id).where(is_buried(stones.c.recording_id)).distinct()
        with database.read() as connection:
            return set(connection.execute(query).scalars())
    finally:
        database.close()


def _look(plan: SitePlan, done: Restored) -> None:
    """What the restored site is like: its size, missing keys, and what was signed last."""
    done.size = _size(plan)
    keys = plan.data / "keys"
    done.keys_missing = [name for name in KEY_FILES if not (keys / name).exists()]
    remembered = last_signed(plan)
    done.remembered = None if remembered is None else remembered.size


# --- looking ------------------------------------------------------------------------------------


def _has_database(plan: SitePlan) -> bool:
    """Whether the database has a history; an empty one is none."""
    url = make_url(plan.database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return False
    return _size(plan) > 0


def _size(plan: SitePlan) -> int:
    database = Database(plan.database_url)
    try:
        with database.read() as connection:
            if not inspect(connection).has_table(schema.log_head.name):
                return 0
            return int(connection.execute(select(schema.log_head.c.size)).scalar() or 0)
    finally:
        database.close()


def last_signed(plan: SitePlan) -> Checkpoint | None:
    """What was signed last, as the folder of keys knows it. Raises `EvidenceAltered`."""
    key = _key_in_keys(plan)
    if key is None:
        return None
    return Remembered(plan.data / "keys", key, verify=verify_ed25519).newest()


def _key_in_keys(plan: SitePlan) -> VerifyingKey | None:
    path = plan.data / "keys" / f"{LOG}.pub"
    return VerifyingKey.parse(path.read_text(encoding="utf-8")) if path.exists() else None


def _site_row(folder: Path) -> dict[str, str]:
    """The row of the site in the journal's first entry: the site's own word for who it is."""
    first = loads_object(next(iter(journal.lines_from(folder, 0))))
    rows = first.get("rows")
    for given in rows if isinstance(rows, list) else []:
        row = given.get("row") if isinstance(given, Mapping) else None
        if isinstance(row, Mapping) and given.get("table") == "sites":
            return {name: str(value) for name, value in row.items()}
    raise Malformed("The journal's first entry names no site")


def _site_id(plan: SitePlan) -> str:
    try:
        return str(loads_object((plan.data / "site.json").read_bytes().strip())["site"])
    except (OSError, KeyError, Malformed) as error:
        path = str(plan.data / "site.json")
        raise EnvironmentTrouble(
            "site.json is not readable", code="SITE_FILE_BAD", path=path
        ) from error


def _in_the_way(plan: SitePlan) -> BadInput:
    message = "There is a database with a history, which is not overwritten"
    return BadInput(message, why="DATABASE_THERE", path=str(plan.data))
