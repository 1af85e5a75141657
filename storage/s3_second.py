"""A bucket as a site's second vault: its pins in the database, its locks asked before disposal.

Holds always: a pin is written only after its version was read back whole; what is locked is never
disposed of. `storage.second` imports this where the settings name a bucket, for it takes long.
"""

import uuid
from collections.abc import Callable

from sqlalchemy import select, update

from evidence.entry import time_text
from storage import schema
from storage.database import Database
from storage.ledger import Clock
from storage.s3_vault import S3Vault
from storage.second_place import S3Place
from storage.site import Site


class DatabasePins:
    """Pins in the table `object_pins`; implements `storage.s3_vault.Pins`."""

    def __init__(self, database: Database, clock: Clock, *, place: S3Place) -> None:
        self._database = database
        self._clock = clock
        self._name = f"{place.endpoint or ''}/{place.bucket}/{place.prefix}"

    def pinned(self, sha256: str) -> str | None:
        """The version that is ours; None where there is none."""
        table = schema.object_pins
        query = select(table.c.version).where(table.c.id == self._id(sha256))
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def pin(self, sha256: str, version: str) -> None:
        """Remembers a version, in the place of an older one."""
        table, key = schema.object_pins, self._id(sha256)
        values = {"version": version, "pinned_at": time_text(self._clock())}
        with self._database.write() as connection:
            changed = connection.execute(update(table).where(table.c.id == key).values(values))
            if not changed.rowcount:
                row = {"id": key, "recording_id": sha256, **values}
                connection.execute(table.insert().values(row))

    def _id(self, sha256: str) -> str:
        return f"{self._name}{sha256}"


def open_bucket(site: Site, place: S3Place, *, known: str | None) -> S3Vault:
    """The vault in the bucket, made where none is on record and none is there.

    Raises `VaultUnavailable`, or `BadInput` for a bucket that holds a vault already.
    """
    pins = DatabasePins(site.database, site.clock, place=place)
    if known is not None:
        return S3Vault.open_at(place, pins, site_id=site.site_id)
    return S3Vault.create(place, pins, site_id=site.site_id, vault_id=uuid.uuid4().hex)


class BucketShelf:
    """The bucket as disposal sees it; implements `storage.removing.Shelf`. Opened when asked."""

    def __init__(self, vault_id: str, opened: Callable[[], S3Vault]) -> None:
        self.vault_id = vault_id
        self._opened = opened

    def has(self, sha256: str) -> bool:
        """Whether our version is there."""
        return self._opened().size(sha256) is not None

    def locked_until(self, sha256: str) -> str | None:
        """Until when the bucket refuses to let go of it, by its own clock."""
        vault = self._opened()
        if vault.size(sha256) is None:
            return None
        lock = vault.lock_of(sha256)
        if lock.held:
            return "a legal hold of the bucket"
        is_over = lock.until is None or lock.until <= vault.server_time()
        return None if is_over or lock.until is None else time_text(lock.until)

    def remove(self, sha256: str) -> None:
        """Takes every version of it away. Raises `StorageFailed` or `VaultUnavailable`."""
        self._opened().remove(sha256)


def shelf(site: Site, place: S3Place, *, known: str) -> BucketShelf:
    """The shelf of a bucket on record."""
    return BucketShelf(known, lambda: open_bucket(site, place, known=known))
