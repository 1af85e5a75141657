"""Originals that are whole in the vault but have no row: a kill came between the two.

Holds always: they are read from the medium, made durable and adopted under their digest, never
deleted; bytes that do not match their name are left where they are for the scrub to report.
"""

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import select

from evidence.errors import StorageFailed
from storage import schema
from storage.items import add_item
from storage.site import Site
from storage.vault import Progress, Stored


def orphans(site: Site) -> Iterator[str]:
    """Digests of originals in the vault that no copy row names, in order."""
    vault_id = site.vault.vault_id
    for prefix, names in groupby(site.vault.digests(), key=lambda name: name[:2]):
        known = _known(site, vault_id, prefix=prefix)
        yield from (name for name in names if name not in known)


def _known(site: Site, vault_id: str, *, prefix: str) -> set[str]:
    table = schema.copies
    ours = table.c.vault_id == vault_id
    begins = table.c.recording_id.startswith(prefix, autoescape=True)
    with site.database.read() as connection:
        return set(connection.execute(select(table.c.recording_id).where(ours, begins)).scalars())


def adopt(site: Site, progress: Progress) -> Iterator[str]:
    """The act `recording.adopted` for each orphan that is what its name says; yields each."""
    for sha256 in orphans(site):
        # Whoever gave it its name may have died before that name was durable: a row that went
        # ahead of it would outlive it in a power cut.
        stored = _secured(site, sha256, progress=progress)
        if stored is None:
            continue
        with site.ledger.act() as act:
            add_item(act, stored, vault_id=site.vault.vault_id)
            act.enter("recording.adopted", {"recording": sha256, "size": str(stored.size)})
        yield sha256


def _secured(site: Site, sha256: str, *, progress: Progress) -> Stored | None:
    """None too for what cannot be read at all: one orphan must not keep the site from starting."""
    try:
        return site.vault.secure(sha256, progress)
    except StorageFailed:
        return None
