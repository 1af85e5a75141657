"""Fixity: stored originals re-hashed from the medium, the longest unchecked first.

Holds always: three honest answers for each copy (verified, failed, not checked); a pass over
nothing is not a success; the pass is an act with its counts, each failure an observation; a bad
copy is replaced only from another vault's good one, by an act of its own (`storage.second`), and
only where no vault has a good one is the recording said to be bad; what was
disposed of by law is not looked for.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, func, select, update

from evidence.canonical import Json, dumps
from evidence.entry import time_text
from evidence.errors import Disposed, VaultUnavailable
from evidence.vocabulary import FixityState
from storage import copies as copies_io
from storage import ledger, schema
from storage.graves import grave, is_buried
from storage.second import BadCopy, repair
from storage.site import Site
from storage.vault import Progress, Vault

FULL = "FULL"
LIMITED = "LIMITED"
BAD, UNREPAIRED = "STORED_COPY_BAD", "STORED_COPY_UNREPAIRED"

Stop = Callable[[], bool]
"""Whether the pass should end after the object at hand."""


@dataclass(frozen=True)
class _Copy:
    id: str
    recording: str
    size: int


@dataclass(frozen=True)
class Scope:
    """What a pass reads: the site's own vault unless another is named, and what repairs it.

    `before` leaves out copies that were verified at that time or later.
    """

    vault: Vault | None = None
    other: Vault | None = None
    before: str | None = None


ALL = Scope()


@dataclass
class ScrubPass:
    """The outcome of one pass; `oldest` is when the longest unchecked copy was last read.

    `bad` are copies that did not match; those in `restored` were replaced by a good one, those in
    `whole_elsewhere` were not, though another vault has one.
    """

    scrub_id: str
    mode: str
    objects: int = 0
    bytes: int = 0
    bad: list[BadCopy] = field(default_factory=list)
    restored: set[str] = field(default_factory=set)
    whole_elsewhere: set[str] = field(default_factory=set)
    not_checked: int = 0
    oldest: str | None = None


def scrub(
    site: Site, *, limit: int | None, progress: Progress, stop: Stop, scope: Scope = ALL
) -> ScrubPass:
    """Reads up to `limit` copies again, or all; the act `scrub.finished` ends it.

    A progress that raises `InterruptedError` ends the pass in the middle of a copy, which then
    counts as not read. Raises `VaultUnavailable` or `DatabaseUnavailable`.
    """
    scope = replace(scope, vault=scope.vault or site.vault)
    done = ScrubPass(secrets.token_hex(8), FULL if limit is None else LIMITED)
    started = time_text(site.clock())
    for copy in _longest_unchecked(site, limit, scope=scope):
        if stop() or not _check(site, done, copy=copy, scope=scope, progress=progress):
            done.mode = LIMITED
            break
    done.not_checked, done.oldest = _left(site, scope)
    _enter(site, done, started=started, scope=scope)
    return done


def is_due(site: Site, vault: Vault, *, before: str) -> bool:
    """Whether a copy of this vault was not verified since that time."""
    return bool(_longest_unchecked(site, 1, scope=Scope(vault, None, before)))


def _longest_unchecked(site: Site, limit: int | None, *, scope: Scope) -> list[_Copy]:
    copies, fixity, recordings = schema.copies, schema.fixity, schema.recordings
    query = (
        select(copies.c.id, copies.c.recording_id, recordings.c.size)
        .join(recordings, recordings.c.id == copies.c.recording_id)
        .join(fixity, fixity.c.id == copies.c.id, isouter=True)
        .where(copies.c.vault_id == _id(site, scope), ~is_buried(copies.c.recording_id))
        .order_by(func.coalesce(fixity.c.checked_at, ""), copies.c.placed_at, copies.c.id)
    )
    if scope.before is not None:
        query = query.where(func.coalesce(fixity.c.checked_at, "") < scope.before)
    with site.database.read() as connection:
        rows = connection.execute(query if limit is None else query.limit(limit))
        return [_Copy(row.id, row.recording_id, row.size) for row in rows]


def _id(site: Site, scope: Scope) -> str:
    return (scope.vault or site.vault).vault_id


def _check(site: Site, done: ScrubPass, *, copy: _Copy, scope: Scope, progress: Progress) -> bool:
    """Reads one copy again, and repairs it where it can be; False where it was interrupted."""
    vault = scope.vault or site.vault
    try:
        is_whole, found = copies_io.is_whole(vault, copy.recording, progress=progress)
    except InterruptedError:
        return False
    if not is_whole and _is_gone(site, copy.recording):  # disposed of since the pass listed it
        return True
    done.objects += 1
    done.bytes += copy.size
    if not is_whole:
        bad = BadCopy(copy.recording, found)
        done.bad.append(bad)
        is_whole = _restored(site, done, bad=bad, scope=scope)
    state = FixityState.VERIFIED if is_whole else FixityState.FAILED
    with site.database.locked() as connection:
        _remember(connection, copy.id, state=state, at=time_text(site.clock()))
    return True


def _restored(site: Site, done: ScrubPass, *, bad: BadCopy, scope: Scope) -> bool:
    """Whether the other vault's copy is whole, and took the place of the bad one."""
    vault, other = scope.vault or site.vault, scope.other
    if other is None:
        return False
    try:
        is_whole, _ = copies_io.is_whole(other, bad.recording, progress=_ignore)
    except VaultUnavailable:
        return False
    if not is_whole:
        return False
    try:
        if repair(site, vault, good=other, copy=bad, progress=_ignore):
            done.restored.add(bad.recording)
            return True
    except Disposed:  # let go of by two persons meanwhile
        return False
    done.whole_elsewhere.add(bad.recording)
    return False


def _ignore(_count: int) -> None:
    """A repair is not paced: it comes first."""


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


def _left(site: Site, scope: Scope) -> tuple[int, str | None]:
    """How many copies were never read again, and the oldest time of those that were."""
    copies, fixity = schema.copies, schema.fixity
    ours = (copies.c.vault_id == _id(site, scope)) & ~is_buried(copies.c.recording_id)
    joined = copies.join(fixity, fixity.c.id == copies.c.id, isouter=True)
    never = select(func.count()).select_from(joined).where(ours, fixity.c.id.is_(None))
    oldest = select(func.min(fixity.c.checked_at)).select_from(joined).where(ours)
    with site.database.read() as connection:
        return connection.execute(never).scalar_one(), connection.execute(oldest).scalar()


def _enter(site: Site, done: ScrubPass, *, started: str, scope: Scope) -> None:
    """The act `scrub.finished`, with an observation for each copy that is not what it was.

    That a copy was replaced is observed by the act that did it.
    """
    with site.ledger.act() as act:
        row: ledger.Row = {
            "id": done.scrub_id,
            "vault_id": _id(site, scope),
            "mode": done.mode,
            "objects": done.objects,
            "bytes": done.bytes,
            "failed": len(done.bad),
            "started_at": started,
            "ended_at": act.at_text,
        }
        act.insert(schema.scrubs, row)
        for bad in done.bad:
            if bad.recording not in done.restored:
                code = UNREPAIRED if bad.recording in done.whole_elsewhere else BAD
                act.insert(schema.observations, _observation(bad, act.at_text, code=code))
        facts: dict[str, Json] = {
            "scrub": done.scrub_id,
            "objects": done.objects,
            "failed": len(done.bad),
        }
        act.enter("scrub.finished", facts)


def _observation(bad: BadCopy, at: str, *, code: str) -> dict[str, str | None]:
    return {
        "id": secrets.token_hex(12),
        "session_id": None,
        "recording_id": bad.recording,
        "path": None,
        "code": code,
        "facts": dumps({"found": bad.found}).decode(),
        "observed_at": at,
    }
