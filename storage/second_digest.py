"""SM3 beside SHA-256: computed off the officer's path, in a step of its own with its own entry.

Holds always: the work to do is asked of the database (recordings without the digest), so it can be
killed at any time and nothing is lost; the stored bytes are checked against their SHA-256 right
after, and an SM3 of bytes that do not match is never entered.
"""

from collections.abc import Iterator

from sqlalchemy import select

from evidence.errors import NotFound, StorageFailed
from storage import schema
from storage.graves import is_buried
from storage.items import add_digest
from storage.site import Site
from storage.vault import Progress

SM3 = "sm3"
_BATCH = 100


def missing(site: Site, algorithm: str = SM3) -> list[str]:
    """Some recordings of this vault that lack the digest, oldest first; empty when none does."""
    copies, digests, recordings = schema.copies, schema.digests, schema.recordings
    has = select(digests.c.id).where(
        digests.c.recording_id == copies.c.recording_id, digests.c.algorithm == algorithm
    )
    query = (
        select(copies.c.recording_id)
        .join(recordings, recordings.c.id == copies.c.recording_id)
        .where(copies.c.vault_id == site.vault.vault_id, ~has.exists())
        .where(~is_buried(copies.c.recording_id))
        .order_by(recordings.c.sealed_at, recordings.c.id)
        .limit(_BATCH)
    )
    with site.database.read() as connection:
        return [str(value) for value in connection.execute(query).scalars()]


def add_missing(
    site: Site, progress: Progress, *, bad: set[str], algorithm: str = SM3
) -> Iterator[str]:
    """The act `digest.added` for each recording that lacks it; yields each one done.

    A copy that does not match its SHA-256 is left for the scrub to report; it is added to `bad`,
    and what stands there is not read again.
    """
    while todo := [sha256 for sha256 in missing(site, algorithm) if sha256 not in bad]:
        for sha256 in todo:
            if add_one(site, sha256, progress=progress, algorithm=algorithm):
                yield sha256
            else:
                bad.add(sha256)


def add_one(site: Site, sha256: str, *, progress: Progress, algorithm: str = SM3) -> bool:
    """Computes and enters one digest; False if the stored copy is not what it should be."""
    try:
        value = site.vault.rehash(sha256, progress, algorithm=algorithm)
        intact = site.vault.rehash(sha256, progress) == sha256
    except (NotFound, StorageFailed):
        return False
    if not intact:
        return False
    with site.ledger.act() as act:
        add_digest(act, sha256, algorithm=algorithm, value=value)
        act.enter("digest.added", {"recording": sha256, "algorithm": algorithm})
    return True
