"""Batches, answers, tombstones and certificates as they are on record. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, func, select

from cases import kept
from evidence.canonical import Json
from evidence.disposal import (
    Answer,
    BatchState,
    Line,
    Told,
    approvers,
    read_list,
    state_of,
)
from evidence.disposal_certificate import CERTIFICATE
from evidence.entry import parse_time
from evidence.errors import NotFound
from evidence.note import parse_statement, split
from evidence.ratio import day_of
from storage import schema


@dataclass(frozen=True)
class SaidOf:
    """An answer as people see it; `note` is None where there is none, or it was erased."""

    told: Told
    note: str | None
    at: str


@dataclass(frozen=True)
class Batch:
    """A batch as it stands; times are UTC texts. `note` is the appraisal (鉴定意见)."""

    id: str
    list_sha256: str
    lines: tuple[Line, ...]
    note: str | None
    person: str
    proposed_at: str
    said: tuple[SaidOf, ...]
    buried: Mapping[str, str]
    buried_at: str | None
    executor: str | None
    certificate: str | None
    certified_at: str | None

    @property
    def told(self) -> tuple[Told, ...]:
        """What was answered, in order."""
        return tuple(one.told for one in self.said)

    @property
    def state(self) -> BatchState:
        """Where it stands."""
        certified = self.certificate is not None
        return state_of(self.told, buried=bool(self.buried), certified=certified)

    @property
    def approvers(self) -> tuple[str, ...]:
        """Persons who approved, each once."""
        return approvers(self.told)


@dataclass(frozen=True)
class Certificate:
    """A certificate with its signed statement and the body of it."""

    id: str
    batch: str
    issued_at: str
    signed: str
    body: Mapping[str, Json]


def batches(connection: Connection, *, limit: int = 1000) -> list[Batch]:
    """Batches, the latest first."""
    table = schema.disposal_batches
    order = (table.c.year.desc(), table.c.ordinal.desc())
    rows = connection.execute(select(table).order_by(*order).limit(limit)).all()
    return [_batch(connection, row) for row in rows]


def batch(connection: Connection, batch_id: str) -> Batch:
    """One batch; raises `NotFound`."""
    table = schema.disposal_batches
    row = connection.execute(select(table).where(table.c.id == batch_id)).first()
    if row is None:
        raise NotFound(f"There is no batch {batch_id}", why="NO_BATCH", batch=batch_id)
    return _batch(connection, row)


def in_open_batches(connection: Connection) -> dict[str, str]:
    """Which recordings stand in a batch that is not carried out and not refused."""
    table, answers, stones = schema.disposal_batches, schema.disposal_answers, schema.tombstones
    ended = select(answers.c.batch_id).where(answers.c.answer == Answer.REFUSED.value)
    query = select(table.c.id, table.c.list).where(
        table.c.id.not_in(ended), table.c.id.not_in(select(stones.c.batch_id))
    )
    return {
        line.recording: row.id for row in connection.execute(query) for line in read_list(row.list)
    }


def unfinished(connection: Connection) -> list[str]:
    """Batches with tombstones and without a certificate, in order."""
    stones, papers = schema.tombstones, schema.disposal_certificates
    query = (
        select(stones.c.batch_id)
        .where(stones.c.batch_id.not_in(select(papers.c.batch_id)))
        .distinct()
        .order_by(stones.c.batch_id)
    )
    return [str(one) for one in connection.execute(query).scalars()]


def buried_since(connection: Connection, since: str) -> int:
    """How many recordings got their tombstone at or after a time (a UTC text)."""
    table = schema.tombstones
    query = select(func.count()).select_from(table).where(table.c.stated_at >= since)
    return int(connection.execute(query).scalar_one())


def certificate(connection: Connection, certificate_id: str) -> Certificate:
    """One certificate; raises `NotFound`."""
    table = schema.disposal_certificates
    row = connection.execute(select(table).where(table.c.id == certificate_id)).first()
    if row is None:
        message = f"There is no certificate {certificate_id}"
        raise NotFound(message, why="NO_CERTIFICATE", certificate=certificate_id)
    body = parse_statement(CERTIFICATE, split(row.signed)[0])
    return Certificate(row.id, row.batch_id, row.issued_at, row.signed, body)


def _batch(connection: Connection, row: "Row[tuple[object, ...]]") -> Batch:
    answers, stones = schema.disposal_answers, schema.tombstones
    query = select(answers).where(answers.c.batch_id == row.id).order_by(answers.c.number)
    said = connection.execute(query).all()
    notes = kept.opened(connection, [row.note, *(one.note for one in said)])
    buried = connection.execute(select(stones).where(stones.c.batch_id == row.id)).all()
    papers = schema.disposal_certificates
    paper = connection.execute(select(papers).where(papers.c.batch_id == row.id)).first()
    return Batch(
        id=row.id,
        list_sha256=row.list_sha256,
        lines=read_list(row.list),
        note=notes.get(row.note),
        person=row.person_id,
        proposed_at=row.stated_at,
        said=tuple(_said(one, notes) for one in said),
        buried={one.recording_id: one.id for one in buried},
        buried_at=buried[0].stated_at if buried else None,
        executor=buried[0].person_id if buried else None,
        certificate=None if paper is None else paper.id,
        certified_at=None if paper is None else paper.issued_at,
    )


def _said(row: "Row[tuple[object, ...]]", notes: Mapping[str, str]) -> SaidOf:
    day = day_of(parse_time(row.stated_at))
    told = Told(Answer(row.answer), row.person_id, row.list_sha256, day)
    return SaidOf(told, notes.get(row.note), row.stated_at)


def recordings_of(lines: Sequence[Line]) -> list[Json]:
    """The digests of some lines, as entries name them."""
    return [line.recording for line in lines]
