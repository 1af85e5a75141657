"""What was made of each recording to look at: one row a kind, and its files, whole or absent.

Holds always: these rows and files are operational, may be lost, and are made again; a folder has
its name only when every file in it is durable, and a row says READY only when its folder has its
name. What is still to do is asked of the recordings themselves, so no list of jobs is needed.

Files lie in `derivatives/<2 hex>/<sha256>/<KIND>/` under the data folder; drafts in
`derivatives/.drafts/<owner>/`, where `owner` holds a lock on its folder while it lives.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import stat
import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import (
    Connection,
    Row,
    Select,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
)

from evidence.canonical import Json, dumps, loads
from evidence.derivative import (
    MACHINE_TROUBLE,
    MOST_ATTEMPTS,
    SELDOM,
    DerivativeKind,
    DerivativeState,
    due_again,
    pause_after,
)
from evidence.entry import parse_time, time_text
from storage import schema
from storage.database import Database
from storage.durable import fsync_dir, make_dirs_durably, rename_durably, storage_trouble
from storage.graves import is_buried
from storage.site import Site

_TABLE = schema.derivatives
_KINDS = len(DerivativeKind)
_REMARKING = frozenset({DerivativeKind.PROBE, DerivativeKind.HLS, DerivativeKind.PICTURE})


class Place(NamedTuple):
    """Where a recording stands among all: when it was sealed, then its digest."""

    sealed_at: str
    recording: str


BEGINNING = Place("", "")


@dataclass(frozen=True)
class Derivative:
    """One row: `facts` and `files` as in docs/DERIVATIVES.md; `code` says why a FAILED one is."""

    recording: str
    kind: DerivativeKind
    state: DerivativeState
    tool: str
    facts: Mapping[str, Json]
    files: tuple[Mapping[str, Json], ...]
    made_at: datetime
    attempts: int
    code: str | None = None

    def json(self) -> dict[str, Json]:
        """The row as commands show it."""
        return {
            "recording": self.recording,
            "kind": self.kind.value,
            "state": self.state.value,
            "tool": self.tool,
            "facts": self.facts,
            "files": list(self.files),
            "made_at": time_text(self.made_at),
            "attempts": self.attempts,
            "code": self.code,
        }


def folder(site: Site, sha256: str, *, kind: DerivativeKind) -> Path:
    """Where the files of a READY derivative lie."""
    return site.plan.data / "derivatives" / sha256[:2] / sha256 / kind.value


def find(database: Database, sha256: str, *, kind: DerivativeKind) -> Derivative | None:
    """One row, or None."""
    query = select(_TABLE).where(_TABLE.c.id == _key(sha256, kind))
    with database.read() as connection:
        row = connection.execute(query).first()
    return None if row is None else _derivative(row)


def of_recording(database: Database, sha256: str) -> list[Derivative]:
    """Every row of one recording."""
    query = select(_TABLE).where(_TABLE.c.recording_id == sha256).order_by(_TABLE.c.id)
    with database.read() as connection:
        return [_derivative(row) for row in connection.execute(query)]


def labels_statement(recordings: Collection[str]) -> Select[tuple[object, ...]]:
    """The query of `labels_of`."""
    chosen = _TABLE.c.recording_id.in_(recordings)
    return select(_TABLE.c.recording_id, _TABLE.c.kind, _TABLE.c.facts).where(chosen)


def labels_of(connection: Connection, recordings: Collection[str]) -> dict[str, list[str]]:
    """What was found wrong with these recordings by looking into them, for a page of a list.

    Only kinds that remark on the source are asked; one without remarks is left out.
    """
    found: dict[str, set[str]] = {}
    for row in connection.execute(labels_statement(recordings)):
        facts = loads(row.facts.encode()) if row.kind in _REMARKING else None
        labels = facts.get("labels") if isinstance(facts, Mapping) else None
        if isinstance(labels, list) and labels:
            found.setdefault(row.recording_id, set()).update(str(label) for label in labels)
    return {recording: sorted(labels) for recording, labels in found.items()}


def listing(database: Database, state: DerivativeState, *, limit: int) -> list[Derivative]:
    """Rows in one state, newest first."""
    query = select(_TABLE).where(_TABLE.c.state == state.value)
    query = query.order_by(_TABLE.c.made_at.desc(), _TABLE.c.id).limit(limit)
    with database.read() as connection:
        return [_derivative(row) for row in connection.execute(query)]


def counts(database: Database) -> dict[str, int]:
    """How many rows there are in each state, and recordings that lack rows (`WAITING`)."""
    by_state = select(_TABLE.c.state, func.count()).group_by(_TABLE.c.state)
    whole = select(_TABLE.c.recording_id).group_by(_TABLE.c.recording_id)
    whole = whole.having(func.count() >= _KINDS)
    with database.read() as connection:
        found = {str(state): int(count) for state, count in connection.execute(by_state)}
        all_recordings = select(func.count()).select_from(schema.recordings)
        total = connection.execute(all_recordings).scalar_one()
        done = connection.execute(select(func.count()).select_from(whole.subquery())).scalar_one()
    return {state.value: found.get(state.value, 0) for state in DerivativeState} | {
        "WAITING": int(total) - int(done)
    }


def record(database: Database, made: Derivative) -> None:
    """Writes or replaces the row; operational, so without an entry."""
    values = {
        "id": _key(made.recording, made.kind),
        "recording_id": made.recording,
        "kind": made.kind.value,
        "state": made.state.value,
        "tool": made.tool,
        "facts": dumps(made.facts).decode(),
        "files": dumps(list(made.files)).decode(),
        "made_at": time_text(made.made_at),
        "attempts": made.attempts,
        "code": made.code,
    }
    with database.write() as connection:
        connection.execute(delete(_TABLE).where(_TABLE.c.id == values["id"]))
        connection.execute(insert(_TABLE).values(**values))


def lacking(database: Database, after: Place = BEGINNING, *, limit: int = 100) -> list[Place]:
    """Recordings behind a place that lack a row, in the order in which they were sealed.

    So do those that were examined before what decodes of them was put on record as evidence.
    Whoever goes on behind the last one sees every recording, whatever becomes of those before.
    """
    recordings = schema.recordings
    place = tuple_(recordings.c.sealed_at, recordings.c.id)
    rows = select(func.count()).where(_TABLE.c.recording_id == recordings.c.id).scalar_subquery()
    absent = select(recordings.c.sealed_at, recordings.c.id)
    examined = exists().where(
        _TABLE.c.id == recordings.c.id + f"/{DerivativeKind.PROBE.value}",
        _TABLE.c.state == DerivativeState.READY.value,
    )
    stated = exists().where(schema.media_facts.c.recording_id == recordings.c.id)
    lacks = (rows < _KINDS) | (examined & ~stated)
    absent = absent.where(place > tuple_(*map(literal, after)), lacks)
    absent = absent.where(~is_buried(recordings.c.id))
    absent = absent.order_by(recordings.c.sealed_at, recordings.c.id).limit(limit)
    with database.read() as connection:
        return [Place(str(at), str(name)) for at, name in connection.execute(absent)]


def anything_sealed(database: Database) -> bool:
    """Whether there is any recording, of which there may be something to make or to look after."""
    with database.read() as connection:
        return connection.execute(select(schema.recordings.c.id).limit(1)).first() is not None


def due(database: Database, *, now: datetime, limit: int) -> list[str]:
    """Recordings with a failure that is to be tried now, the oldest failure first.

    However many failures there are, no more than `limit` rows are read.
    """
    state, attempts, made_at = _TABLE.c.state, _TABLE.c.attempts, _TABLE.c.made_at
    again = (attempts < MOST_ATTEMPTS) | _TABLE.c.code.in_(sorted(MACHINE_TROUBLE))
    ripe = [
        (attempts == count) & (made_at <= time_text(now - pause_after(count)))
        for count in range(1, SELDOM)
    ]
    for_long = (attempts >= SELDOM) & (made_at <= time_text(now - pause_after(SELDOM)))
    query = select(_TABLE.c.recording_id)
    query = query.where(state == DerivativeState.FAILED.value, again, or_(*ripe, for_long))
    query = query.where(~is_buried(_TABLE.c.recording_id))
    query = query.order_by(made_at).limit(limit)
    with database.read() as connection:
        return list(dict.fromkeys(str(name) for name in connection.execute(query).scalars()))


def has_every_row(database: Database, sha256: str) -> bool:
    """Whether each kind was at least tried once."""
    query = select(func.count()).where(_TABLE.c.recording_id == sha256)
    with database.read() as connection:
        return int(connection.execute(query).scalar_one()) >= _KINDS


def renew(database: Database, sha256: str) -> int:
    """Forgets everything made of one recording, so that it is made anew; how many rows."""
    with database.write() as connection:
        chosen = _TABLE.c.recording_id == sha256
        return int(connection.execute(delete(_TABLE).where(chosen)).rowcount)


def forget(database: Database, row: Derivative) -> None:
    """Takes this row away, so that it is made anew, unless another has taken its place."""
    same = (_TABLE.c.id == _key(row.recording, row.kind)) & (
        _TABLE.c.made_at == time_text(row.made_at)
    )
    with database.write() as connection:
        connection.execute(delete(_TABLE).where(same))


def retry(database: Database, sha256: str | None) -> int:
    """Forgets failures, of one recording or of all, so that they are tried anew; how many."""
    failed = _TABLE.c.state == DerivativeState.FAILED.value
    chosen = failed if sha256 is None else failed & (_TABLE.c.recording_id == sha256)
    with database.write() as connection:
        return int(connection.execute(delete(_TABLE).where(chosen)).rowcount)


def is_due(row: Derivative, now: datetime) -> bool:
    """Whether a row is a failure that is to be tried now."""
    if row.state != DerivativeState.FAILED:
        return False
    return due_again(row.code or "", attempts=row.attempts, made_at=row.made_at, now=now)


# --- files ----------------------------------------------------------------------------------------


def rows_behind(database: Database, key: str, *, limit: int) -> tuple[list[Derivative], str]:
    """Some rows in the order of their keys, and the key to go on behind; empty at the end."""
    query = select(_TABLE).where(_TABLE.c.id > key).order_by(_TABLE.c.id).limit(limit)
    with database.read() as connection:
        rows = connection.execute(query).all()
    return [_derivative(row) for row in rows], str(rows[-1].id) if len(rows) == limit else ""


def is_there(site: Site, row: Derivative) -> bool:
    """Whether each file that a row lists lies there with its size; the bytes are not read.

    Raises `StorageFailed` where that cannot be told.
    """
    lying = folder(site, row.recording, kind=row.kind)
    with storage_trouble("Looking for a preview", lying.parent):
        return all(_lies(lying / str(file["name"]), file["size"]) for file in row.files)


def _lies(path: Path, size: Json) -> bool:
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size == size


def drafts_area(site: Site) -> Path:
    """Where each process that drafts has a folder of its own, which it holds a lock on."""
    return site.plan.data / "derivatives" / ".drafts"


@contextlib.contextmanager
def drafting(site: Site) -> Iterator[Path]:
    """A folder of this process for drafts; those that dead processes left are removed first."""
    area = drafts_area(site)
    make_dirs_durably(area)
    own = area / uuid.uuid4().hex
    # nobody may take the new folder for one without an owner
    with storage_trouble("Making a folder for drafts", area), _locked(area):
        for other in area.iterdir():
            _remove_ownerless(other)
        own.mkdir()
        fd = os.open(own, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(fd, fcntl.LOCK_EX)
    try:
        yield own
    finally:
        os.close(fd)
        shutil.rmtree(own, ignore_errors=True)


def publish(site: Site, draft: Path, *, sha256: str, kind: DerivativeKind) -> list[dict[str, Json]]:
    """Makes every file of the draft durable, then gives the folder its name; lists the files.

    Raises `OutOfSpace` or `StorageFailed`; nothing has the name then.
    """
    files = [_made_durable(path) for path in sorted(draft.iterdir())]
    fsync_dir(draft)
    target = folder(site, sha256, kind=kind)
    make_dirs_durably(target.parent)
    if target.exists():  # whole, but a kill came before its row: this one replaces it
        rename_durably(target, draft.with_name(f"{draft.name}.old"))
    rename_durably(draft, target)
    shutil.rmtree(draft.with_name(f"{draft.name}.old"), ignore_errors=True)
    return files


def _made_durable(path: Path) -> dict[str, Json]:
    digest = hashlib.sha256()
    with storage_trouble(f"Making {path.name} durable", path.parent), path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
        os.fsync(file.fileno())
        return {"name": path.name, "size": file.tell(), "sha256": digest.hexdigest()}


@contextlib.contextmanager
def _locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(fd)


def _remove_ownerless(other: Path) -> None:
    with contextlib.suppress(OSError), _locked(other, wait=False):
        shutil.rmtree(other)


def _key(sha256: str, kind: DerivativeKind) -> str:
    return f"{sha256}/{kind.value}"


def _derivative(row: "Row[tuple[object, ...]]") -> Derivative:
    facts, files = loads(row.facts.encode()), loads(row.files.encode())
    return Derivative(
        recording=row.recording_id,
        kind=DerivativeKind(row.kind),
        state=DerivativeState(row.state),
        tool=row.tool,
        facts=facts if isinstance(facts, Mapping) else {},
        files=tuple(file for file in files if isinstance(file, Mapping))
        if isinstance(files, list)
        else (),
        made_at=parse_time(row.made_at),
        attempts=row.attempts,
        code=row.code,
    )
