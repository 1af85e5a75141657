"""A report given out as a file: it names people, so it is on record before its first byte.

Holds always: the entry names the digest of the very bytes that are written, and is durable before
they are; nothing that exists is overwritten; what was written is read again and compared.
"""

import contextlib
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from evidence.canonical import Json
from evidence.entry import parse_time
from evidence.errors import ProgramMistake, StorageFailed
from evidence.note import Checkpoint, split
from evidence.report import ReportKind
from storage import schema
from storage.durable import fsync_dir, giving_out
from storage.exporting import check_target
from storage.ledger import Ledger
from storage.site import Site


@dataclass(frozen=True)
class LogPosition:
    """How far the custody log reached: its newest checkpoint, and when that was signed (UTC)."""

    checkpoint: Checkpoint
    signed_at: datetime


def log_position(connection: Connection) -> LogPosition:
    """Where the log stands for this look at the database. Raises `Malformed`."""
    table = schema.checkpoints
    row = connection.execute(select(table).order_by(table.c.size.desc()).limit(1)).first()
    if row is None:
        raise ProgramMistake("A site has no entry")
    text, _ = split(row.note)
    return LogPosition(Checkpoint.parse(text), parse_time(row.signed_at))


def record_report(
    ledger: Ledger, kind: ReportKind, *, data: bytes, facts: Mapping[str, Json]
) -> str:
    """The act `report.made`, durable when this returns the SHA-256 of the bytes.

    `facts` say which days it is about.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    with ledger.act() as act:
        act.enter("report.made", {"kind": kind.value, **facts, "sha256": sha256})
    return sha256


def give_report(
    site: Site, kind: ReportKind, *, data: bytes, facts: Mapping[str, Json], target: Path
) -> str:
    """The act `report.made`, then the file; returns its SHA-256.

    `facts` say which days it is about. Raises `BadInput` where the target exists or its folder
    does not, `StorageFailed` or `OutOfSpace`.
    """
    check_target(target)
    sha256 = record_report(site.ledger, kind, data=data, facts=facts)
    with giving_out(target):
        descriptor = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with contextlib.ExitStack() as undo:
        undo.callback(target.unlink, missing_ok=True)  # ours: it was made by the line above
        written = _write(data, target=target, descriptor=descriptor)
        if written != sha256:
            raise StorageFailed(f"{target} reads as {written}", expected=sha256, found=written)
        undo.pop_all()
    fsync_dir(target.parent)
    return sha256


def _write(data: bytes, *, target: Path, descriptor: int) -> str:
    """Writes the file durably and returns the digest of what it holds."""
    with os.fdopen(descriptor, "r+b") as file, giving_out(target):
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()
