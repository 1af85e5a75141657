"""A site: its database, vault, keys and log, opened together and only if they belong together.

Holds always: a site's identity is fixed by `site.json` before anything else is made; a vault is
made only for a site that has none on record, so an unmounted vault disk is never mistaken for a
new one; a database without history beside a vault with originals is refused, never silently begun
anew; the first entry of every log says which site, keys and vault it is about, and no other key
ever signs for the site: a lost one is to be restored, not replaced.

Layout under the data folder: `site.json`, `liuhen.db`, `vault/`, `keys/`.
"""

import fcntl
import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from evidence.canonical import Json, dumps, loads_object
from evidence.errors import DatabaseUnavailable, EnvironmentTrouble, LiuhenError
from evidence.personal import Personal
from storage import keys, schema
from storage.database import Database, sqlite_url
from storage.durable import make_dirs_durably, write_durably
from storage.folder_vault import FolderVault
from storage.keys import LogSigner, Signer
from storage.ledger import Clock, Ledger
from storage.second_place import SecondPlace

_FORMAT = 1


@dataclass(frozen=True)
class SitePlan:
    """Where a site's parts lie; `database` and `vault` default to the data folder."""

    data: Path
    database: str | None = None
    vault: Path | None = None
    inline_digests: tuple[str, ...] = ()
    second: SecondPlace | None = None

    @property
    def database_url(self) -> str:
        """Address of the database."""
        return self.database or sqlite_url(self.data / "liuhen.db")

    @property
    def vault_root(self) -> Path:
        """Folder of the vault."""
        return self.vault or self.data / "vault"


@dataclass(frozen=True)
class Actor:
    """Who acts: a service, or a person whose name is kept apart from the log."""

    kind: str
    name: Personal | None = None

    def json(self) -> Mapping[str, Json]:
        """The actor as entries hold it."""
        if self.name is None:
            return {"kind": self.kind}
        return {"kind": self.kind, "name": self.name.commitment}


@dataclass(frozen=True)
class Site:
    """An open site."""

    plan: SitePlan
    site_id: str
    origin: str
    database: Database
    vault: FolderVault
    ledger: Ledger
    log_signer: LogSigner
    station_signer: Signer

    @property
    def clock(self) -> Clock:
        """The clock that acts are timed by."""
        return self.ledger.clock

    def close(self) -> None:
        """Lets go of the database."""
        self.database.close()


def exists(plan: SitePlan) -> bool:
    """Whether a site was ever made in the data folder."""
    return (plan.data / "site.json").exists()


def open_site(plan: SitePlan, clock: Clock, *, actor: Actor) -> Site:
    """Opens the site, making what a first start needs.

    Raises `EnvironmentTrouble`, `VaultUnavailable` or `DatabaseUnavailable`.
    """
    os.umask(0o077)
    try:
        make_dirs_durably(plan.data)
        with _opening(plan.data):
            return _open(plan, clock, actor=actor)
    except OSError as error:
        reason = error.strerror or str(error)
        raise EnvironmentTrouble(
            f"Data folder cannot be used: {reason}", code="DATA_FOLDER", reason=reason
        ) from error


def _open(plan: SitePlan, clock: Clock, *, actor: Actor) -> Site:
    site_id, origin = _identity(plan.data)
    make_dirs_durably(plan.data / "keys")
    database = Database(plan.database_url)
    try:
        database.migrate()
        founded = _is_founded(database)
        log_signer = LogSigner(
            _signer(plan, keys.LOG, name=origin, founded=founded), plan.data / "keys"
        )
        station_signer = _signer(plan, keys.STATION, name=f"{origin}/station", founded=founded)
        ledger = Ledger(database, clock, actor=actor.json(), signer=log_signer)
        ledger.opened_actor = actor.name
        vault = _vault(plan, site_id, database=database)
        site = Site(plan, site_id, origin, database, vault, ledger, log_signer, station_signer)
        _found(site)
    except LiuhenError:
        database.close()
        raise
    return site


def _is_founded(database: Database) -> bool:
    with database.read() as connection:
        return connection.execute(select(schema.sites.c.id)).first() is not None


def _signer(plan: SitePlan, kind: str, *, name: str, founded: bool) -> Signer:
    """The key on record must be there: what another key signs, nobody could check."""
    folder = plan.data / "keys"
    if founded and not (folder / f"{kind}.key").exists():
        message = f"Key {kind}.key is missing: restore it from the backup, a new one is refused"
        path = str(folder / f"{kind}.key")
        raise EnvironmentTrouble(message, code="KEY_MISSING", path=path)
    return keys.load_or_make(folder, kind, name=name)


@contextmanager
def _opening(data: Path) -> Iterator[None]:
    """Two processes that start at once must not both make the site."""
    with (data / ".opening").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _identity(data: Path) -> tuple[str, str]:
    path = data / "site.json"
    if not path.exists():
        site_id = uuid.uuid4().hex
        body: Json = {"format": _FORMAT, "site": site_id, "origin": f"liuhen.site/{site_id}"}
        write_durably(path, dumps(body) + b"\n", mode=0o644)
    try:
        stored = loads_object(path.read_bytes().strip())
        if stored["format"] != _FORMAT:
            message = "site.json is of another version"
            raise EnvironmentTrouble(message, code="SITE_FILE_BAD", path=str(path))
        return str(stored["site"]), str(stored["origin"])
    except (KeyError, LiuhenError) as error:
        raise EnvironmentTrouble(
            "site.json is not readable", code="SITE_FILE_BAD", path=str(path)
        ) from error


def _vault(plan: SitePlan, site_id: str, *, database: Database) -> FolderVault:
    with database.read() as connection:
        table = schema.vaults  # the site's own is the first; a second one came later
        query = select(table.c.id).order_by(table.c.created_at)
        known = connection.execute(query).scalars().first()
    marker = plan.vault_root / "liuhen-vault.json"
    if known is None and not marker.exists():
        make_dirs_durably(plan.vault_root)
        FolderVault.create(plan.vault_root, site_id=site_id, vault_id=uuid.uuid4().hex)
    vault = FolderVault.open_at(plan.vault_root, site_id=site_id, inline=plan.inline_digests)
    if known is None and next(vault.digests(), None) is not None:
        raise DatabaseUnavailable(
            "Vault holds originals but the database has no history: restore the database",
            code="DATABASE_EMPTY",
            reason="no history",
        )
    if known is not None and known != vault.vault_id:
        raise EnvironmentTrouble(
            "Vault is not the one on record",
            code="VAULT_NOT_OURS",
            found=vault.vault_id,
            expected=known,
        )
    return vault


def _found(site: Site) -> None:
    """The act `site.created`, once in a site's life."""
    with site.database.read() as connection:
        row = connection.execute(select(schema.sites)).first()
    if row is None:
        _create(site)
    elif row.id != site.site_id:
        raise EnvironmentTrouble(
            "Database belongs to another site", code="DATABASE_NOT_OURS", found=row.id
        )
    elif (row.log_key, row.station_key) != (
        site.log_signer.key.text(),
        site.station_signer.key.text(),
    ):
        message = "A key is not the one on record: restore it from the backup"
        raise EnvironmentTrouble(message, code="KEY_NOT_OURS")


def _create(site: Site) -> None:
    with site.ledger.act() as act:
        row = {
            "id": site.site_id,
            "origin": site.origin,
            "log_key": site.log_signer.key.text(),
            "station_key": site.station_signer.key.text(),
            "created_at": act.at_text,
        }
        act.insert(schema.sites, row)
        vault = {"id": site.vault.vault_id, "kind": site.vault.kind, "created_at": act.at_text}
        act.insert(schema.vaults, vault)
        act.enter("site.created", {"origin": site.origin})
