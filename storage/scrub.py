"""Fixity: stored originals re-hashed from the medium, the longest unchecked first.

Holds always: three honest answers for each copy (verified, failed, not checked); a pass over
nothing is not a success; the pass is an act with its counts, each failure an observation; nothing
is repaired or removed here; what was disposed of by law is not looked for.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select, update

from evidence.canonical import Json, dumps
from evidence.entry import time_text
from evidence.errors import NotFound, StorageFailed
from evidence.vocabulary import FixityState
from storage import ledger, schema
from storage.graves import grave, is_buried
from storage.site import Site
from storage.vault import Progress

FULL = "FULL"
LIMITED = "LIMITED"

Stop = Callable[[], bool]
"""Whether the pass should end after the object at hand."""


@dataclass(frozen=True)
class _Copy:
    id: str
    recording: str
    size: int


@dataclass(frozen=True)
class BadCopy:
    """A stored copy that is not what it was sealed as; `found` says what the medium gave."""

    recording: str
    found: str


@dataclass
class ScrubPass:
    """The outcome of one pass; `oldest` is when the longest unchecked copy was last read."""

    scrub_id: str
    mode: str
    objects: int = 0
    bytes: int = 0
    bad: list[BadCopy] = field(default_factory=list)
    not_checked: int = 0
    oldest: str | None = None


def scrub(site: Site, *, limit: int | None, progress: Progress, stop: Stop) -> ScrubPass:
    """Reads up to `limit` copies again, or all; the act `scrub.finished` ends it.

    Raises `VaultUnavailable` or `DatabaseUnavailable`.
    """
    done = ScrubPass(secrets.token_hex(8), FULL if limit is None else LIMITED)
    started = time_text(site.clock())
    for copy in _longest_unchecked(site, limit):
        if stop():
            done.mode = LIMITED
            break
        _check(site, done, copy=copy, progress=progress)
    done.not_checked, done.oldest = _left(site)
    _enter(site, done, started=started)
    return done


def _longest_unchecked(site: Site, limit: int | None) -> list[_Copy]:
    copies, fixity, recordings = schema.copies, schema.fixity, schema.recordings
    query = (
        select(copies.c.id, copies.c.recording_id, recordings.c.size)
        .join(recordings, recordings.c.id == copies.c.recording_id)
        .join(fixity, fixity.c.id == copies.c.id, isouter=True)
        .where(copies.c.vault_id == site.vault.vault_id, ~is_buried(copies.c.recording_id))
        .order_by(func.coalesce(fixity.c.checked_at, ""), copies.c.placed_at, copies.c.id)
    )
    with site.database.read() as connection:
        rows = connection.execute(query if limit is None else query.limit(limit))
        return [_Copy(row.id, row.recording_id, row.size) for row in rows]


def _check(site: Site, done: ScrubPass, *, copy: _Copy, progress: Progress) -> None:
    try:
        found = site.vault.rehash(copy.recording, progress)
    except (NotFound, StorageFailed) as error:
        found = str(error)
        if _is_gone(site, copy.recording):  # disposed of since the pass listed it
            return
    done.objects += 1
    done.bytes += copy.size
    state = FixityState.VERIFIED if found == copy.recording else FixityState.FAILED
    with site.database.locked() as connection:
        _remember(connection, copy.id, state=state, at=time_text(site.clock()))
    if state == FixityState.FAILED:
        done.bad.append(BadCopy(copy.recording, found))


def _is_gone(site: Site, recording: str) -> bool:
    with site.database.read() as connection:
        return grave(connection, recording) is not None


def _remember(connection: Connection, copy_id: str, *, state: FixityState, at: str) -> None:
    table = schema.fixity
    values = {"state": state.value, "checked_at": at}
    changed = connection.execute(update(table).where(table.c.id == copy_id).values(values))
    if not changed.rowcount:
        connection.execute(table.insert().values(id=copy_id, **values))


def forget_failure(connection: Connection, copy_id: str) -> None:
    """A bad copy was just read back whole, or replaced: what was found is of bytes now gone.

    It counts as not checked, so the next pass reads it first.
    """
    table = schema.fixity
    failed = table.c.state == FixityState.FAILED.value
    connection.execute(table.delete().where(table.c.id == copy_id, failed))


def _left(site: Site) -> tuple[int, str | None]:
    """How many copies were never read again, and the oldest time of those that were."""
    copies, fixity = schema.copies, schema.fixity
    ours = (copies.c.vault_id == site.vault.vault_id) & ~is_buried(copies.c.recording_id)
    joined = copies.join(fixity, fixity.c.id == copies.c.id, isouter=True)
    never = select(func.count()).select_from(joined).where(ours, fixity.c.id.is_(None))
    oldest = select(func.min(fixity.c.checked_at)).select_from(joined).where(ours)
    with site.database.read() as connection:
        return connection.execute(never).scalar_one(), connection.execute(oldest).scalar()


def _enter(site: Site, done: ScrubPass, *, started: str) -> None:
    """The act `scrub.finished`, with an observation for each copy that is not what it was."""
    with site.ledger.act() as act:
        row: ledger.Row = {
            "id": done.scrub_id,
            "vault_id": site.vault.vault_id,
            "mode": done.mode,
            "objects": done.objects,
            "bytes": done.bytes,
            "failed": len(done.bad),
            "started_at": started,
            "ended_at": act.at_text,
        }
        act.insert(schema.scrubs, row)
        for bad in done.bad:
            act.insert(schema.observations, _observation(bad, act.at_text))
        facts: dict[str, Json] = {
            "scrub": done.scrub_id,
            "objects": done.objects,
            "failed": len(done.bad),
        }
        act.enter("scrub.finished", facts)


def _observation(bad: BadCopy, at: str) -> dict[str, str | None]:
    return {
        "id": secrets.token_hex(12),
        "session_id": None,
        "recording_id": bad.recording,
        "path": None,
        "code": "STORED_COPY_BAD",
        "facts": dumps({"found": bad.found}).decode(),
        "observed_at": at,
    }
