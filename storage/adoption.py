"""Originals that are whole in the vault but have no row: a kill came between the two.

Holds always: they are read from the medium and adopted under their digest, never deleted; bytes
that do not match their name are left where they are for the scrub to report.
"""

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import select

from evidence.vocabulary import ReadBack
from storage import schema
from storage.items import add_item
from storage.site import Site
from storage.vault import Progress, Stored


def orphans(site: Site) -> Iterator[str]:
    """Digests of originals in the vault that no copy row names, in order."""
    vault_id = site.vault.vault_id
    for prefix, names in groupby(site.vault.digests(), key=lambda name: name[:2]):
        known = _known(site, vault_id, prefix)
        yield from (name for name in names if name not in known)


def _known(site: Site, vault_id: str, prefix: str) -> set[str]:
    table = schema.copies
    ours = table.c.vault_id == vault_id
    begins = table.c.recording_id.startswith(prefix, autoescape=True)
    with site.database.read() as connection:
        return set(connection.execute(select(table.c.recording_id).where(ours, begins)).scalars())


def adopt(site: Site, progress: Progress) -> Iterator[str]:
    """The act `recording.adopted` for each orphan that is what its name says; yields each."""
    for sha256 in orphans(site):
        if site.vault.rehash(sha256, progress) != sha256:
            continue
        size = site.vault.size(sha256)
        if size is None:
            continue
        stored = Stored(sha256, size, ReadBack.DIRECT, was_there=True)
        with site.ledger.act() as act:
            add_item(act, stored, site.vault.vault_id)
            act.enter("recording.adopted", {"recording": sha256, "size": str(size)})
        yield sha256
