"""The second vault: every original once more, on another medium; reported and repaired, no gate.

Holds always: what is called safe is safe by the first vault alone, and no card waits for the
second; a vault is made only where none is on record, in a folder that is there; a copy is on record
only after it was read back from its own medium; nothing is repaired but from bytes that were just
read and are what they must be, and what was bad is set aside, never thrown away.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import ColumnElement, Connection, Row, func, select

from evidence.canonical import Json, dumps
from evidence.errors import Disposed, EnvironmentTrouble, NotFound, VaultUnavailable
from evidence.vocabulary import FixityState
from storage import schema
from storage.copies import carry
from storage.folder_vault import FolderVault
from storage.graves import grave, is_buried
from storage.items import add_copy
from storage.ledger import Act
from storage.removing import shelves
from storage.second_place import FolderPlace, SecondPlace
from storage.second_record import known_second
from storage.site import Site
from storage.vault import Progress, Vault
from storage.vault_marker import MARKER

_BATCH = 50


@dataclass(frozen=True)
class VaultState:
    """The three honest answers of one vault; `overdue` are those verified too long ago.

    `role` is FIRST or SECOND; `oldest` is when the longest unchecked copy was read last or, if it
    never was, placed; None where there is no copy.
    """

    vault: str
    kind: str
    role: str
    copies: int
    verified: int
    failed: int
    not_checked: int
    overdue: int
    oldest: str | None


@runtime_checkable
class Versioned(Protocol):
    """A vault that keeps versions, and can say which one is ours and how it is locked."""

    def said_of(self, sha256: str) -> dict[str, Json]:
        """Facts for the entry that puts the copy on record."""
        ...


def open_second(site: Site) -> Vault | None:
    """The second vault of the settings, made and put on record at its first use; None without one.

    Raises `VaultUnavailable` where its disk is not there, or another vault's is.
    """
    place = site.plan.second
    if place is None:
        return None
    known = known_second(site)
    if isinstance(place, FolderPlace):
        vault = _open_folder(site, place, known=known)
    else:  # what speaks to buckets takes half a second to import
        vault = import_module("storage.s3_second").open_bucket(site, place, known=known)
    if vault.vault_id == site.vault.vault_id or vault.vault_id != (known or vault.vault_id):
        message, where = "The second vault is another one", _name(place)
        raise VaultUnavailable(message, code="SECOND_UNAVAILABLE", path=where, reason="other")
    if known is None:
        _put_on_record(site, vault)
    return vault


def _open_folder(site: Site, place: FolderPlace, *, known: str | None) -> Vault:
    if known is None and not (place.root / MARKER).exists():
        if not place.root.is_dir() or any(place.root.iterdir()):
            raise _not_there(place)
        FolderVault.create(place.root, site_id=site.site_id, vault_id=uuid.uuid4().hex)
    return FolderVault.open_at(place.root, site_id=site.site_id)


def _name(place: SecondPlace) -> str:
    return str(place.root) if isinstance(place, FolderPlace) else place.bucket


def _not_there(place: FolderPlace) -> VaultUnavailable:
    message = f"The second vault is not in {place.root}"
    return VaultUnavailable(
        message, code="SECOND_UNAVAILABLE", path=str(place.root), reason="not there"
    )


def _put_on_record(site: Site, vault: Vault) -> None:
    """The act `vault.added`."""
    with site.ledger.act() as act:
        row = {"id": vault.vault_id, "kind": vault.kind, "created_at": act.at_text}
        act.insert(schema.vaults, row)
        act.enter("vault.added", {"vault": vault.vault_id, "kind": vault.kind})


# --- second copies ------------------------------------------------------------------------------


def missing(site: Site, second: Vault) -> list[tuple[str, int]]:
    """Some originals of the first vault that have no second copy, oldest first, with their size."""
    ours, recordings = schema.copies, schema.recordings
    theirs = schema.copies.alias()
    there = select(theirs.c.id).where(
        theirs.c.recording_id == ours.c.recording_id, theirs.c.vault_id == second.vault_id
    )
    query = (
        select(recordings.c.id, recordings.c.size)
        .join(ours, ours.c.recording_id == recordings.c.id)
        .where(
            ours.c.vault_id == site.vault.vault_id,
            ~there.exists(),
            ~is_buried(ours.c.recording_id),
        )
        .order_by(recordings.c.sealed_at, recordings.c.id)
        .limit(_BATCH)
    )
    with site.database.read() as connection:
        return [(row.id, row.size) for row in connection.execute(query)]


def copy_missing(site: Site, second: Vault, *, progress: Progress, bad: set[str]) -> Iterator[str]:
    """The act `copy.placed` for each original without a second copy; yields each one done.

    What the first vault does not give whole is left for the scrub, and added to `bad`, as is what
    was disposed of meanwhile. Raises what
    the second vault raises: its disk is away, or full.
    """
    while todo := [sha256 for sha256, _ in missing(site, second) if sha256 not in bad]:
        for sha256 in todo:
            try:
                placed = place_copy(site, second, sha256=sha256, progress=progress)
            except Disposed:
                placed = False
            if placed:
                yield sha256
            else:
                bad.add(sha256)


def place_copy(site: Site, second: Vault, *, sha256: str, progress: Progress) -> bool:
    """One second copy, with its act; False where the first vault does not give the original."""
    try:
        whole = site.vault.size(sha256) is not None
        if not whole:
            return False
        stored = carry(site.vault, second, sha256=sha256, progress=progress)
    except NotFound:
        return False
    except EnvironmentTrouble as error:
        if error.facts.get("expected") == sha256:  # the first copy reads as something else
            return False
        raise
    said = second.said_of(sha256) if isinstance(second, Versioned) else {}
    with _unless_buried(site, sha256) as act:
        add_copy(act, stored, vault_id=second.vault_id)
        facts: dict[str, Json] = {"recording": sha256, "vault": second.vault_id}
        act.enter("copy.placed", {**facts, **said})
    return True


@dataclass(frozen=True)
class BadCopy:
    """A stored copy that is not what it was sealed as; `found` says what the medium gave."""

    recording: str
    found: str


def repair(site: Site, bad: Vault, *, good: Vault, copy: BadCopy, progress: Progress) -> bool:
    """The act `copy.restored`: a bad copy replaced from the other vault; False where that failed.

    The bad bytes stay aside in their own vault.
    """
    try:
        carry(good, bad, sha256=copy.recording, progress=progress)
    except (NotFound, EnvironmentTrouble):
        return False
    facts: dict[str, Json] = {"found": copy.found, "vault": bad.vault_id, "source": good.vault_id}
    with _unless_buried(site, copy.recording) as act:
        row = {
            "id": uuid.uuid4().hex[:24],
            "session_id": None,
            "recording_id": copy.recording,
            "path": None,
            "code": "STORED_COPY_RESTORED",
            "facts": dumps(facts).decode(),
            "observed_at": act.at_text,
        }
        act.insert(schema.observations, row)
        act.enter("copy.restored", {"recording": copy.recording, **facts})
    return True


@contextmanager
def _unless_buried(site: Site, sha256: str) -> Iterator[Act]:
    """An act on bytes that were just put somewhere; raises `Disposed`.

    Where two persons let the recording go in the meantime, the bytes go again at once, under the
    same lock of the log under which a disposal takes them away.
    """
    with site.ledger.act() as act:
        found = grave(act.connection, sha256)
        if found is not None:
            for shelf in shelves(site):
                shelf.remove(sha256)
            raise found.error()
        yield act


# --- the three states ---------------------------------------------------------------------------


def states(site: Site, *, since: str) -> list[VaultState]:
    """What is known of every copy, vault by vault; verified means since the time `since`."""
    table = schema.vaults
    with site.database.read() as connection:
        rows = connection.execute(select(table).order_by(table.c.created_at)).all()
        found = [_state(connection, row, first=site.vault.vault_id, since=since) for row in rows]
    return sorted(found, key=lambda one: one.role)


def _state(connection: Connection, row: Row[Any], *, first: str, since: str) -> VaultState:
    vault = row.id
    copies, fixity = schema.copies, schema.fixity
    joined = copies.join(fixity, fixity.c.id == copies.c.id, isouter=True)
    here = (copies.c.vault_id == vault) & ~is_buried(copies.c.recording_id)

    def count(*those: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(joined).where(here, *those)
        return int(connection.execute(query).scalar_one())

    good = fixity.c.state == FixityState.VERIFIED.value
    read = func.coalesce(fixity.c.checked_at, copies.c.placed_at)
    oldest = select(func.min(read)).select_from(joined).where(here)
    copied, failed = count(), count(fixity.c.state == FixityState.FAILED.value)
    verified, overdue = (
        count(good, fixity.c.checked_at >= since),
        count(good, fixity.c.checked_at < since),
    )
    return VaultState(
        vault=vault,
        kind=row.kind,
        role="FIRST" if vault == first else "SECOND",
        copies=copied,
        verified=verified,
        failed=failed,
        not_checked=copied - verified - failed,
        overdue=overdue,
        oldest=connection.execute(oldest).scalar(),
    )


def copied_twice(site: Site) -> int:
    """How many recordings have more than one copy on record."""
    table = schema.copies
    several = (
        select(table.c.recording_id)
        .where(~is_buried(table.c.recording_id))
        .group_by(table.c.recording_id)
        .having(func.count() > 1)
    )
    with site.database.read() as connection:
        query = select(func.count()).select_from(several.subquery())
        return int(connection.execute(query).scalar_one())
