"""Stretches of a recording that a document of the case rests on, and their printed list.

Holds always: a segment is of a recording that is linked to the action, and lies within what decodes
of it; what was stated stays. The printed list is 关键内容和相应时间段说明.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from cases import footage, kept, links, reading
from evidence.clockfix import correct
from evidence.entry import parse_time
from evidence.errors import BadInput
from evidence.personal import REMARK
from evidence.report import Report, ReportKind, Table, columns
from storage import media_facts, schema
from storage.ledger import Ledger, Row

_CHINA = ZoneInfo("Asia/Shanghai")
_MS = 1000


@dataclass(frozen=True)
class NewSegment:
    """From when to when, in milliseconds from the first frame, and what is to be seen there.

    `document_code` is what the document is called, such as 询问笔录.
    """

    recording: str
    action: str
    document_sha256: str
    document_code: str
    from_ms: int
    to_ms: int
    note: str
    person: str


@dataclass(frozen=True)
class Segment:
    """One that was stated; `note` is None once it was erased."""

    id: str
    recording: str
    action: str
    document_sha256: str
    document_code: str
    from_ms: int
    to_ms: int
    note: str | None
    person: str
    stated_at: datetime


def add_segment(ledger: Ledger, new: NewSegment) -> str:
    """The act `segment.linked`; returns the row's id. Raises `BadInput` or `NotFound`."""
    with ledger.act() as act:
        reading.action(act.connection, new.action)
        kept.known_person(act.connection, new.person)
        if not links.is_linked(act.connection, new.recording, action=new.action):
            raise BadInput("It is not linked to that action", why="NOT_LINKED", action=new.action)
        facts = media_facts.latest(act.connection, [new.recording]).get(new.recording)
        length_ms = 0 if facts is None else facts.length // _MS
        if not 0 <= new.from_ms < new.to_ms <= length_ms:
            message = f"{new.from_ms} to {new.to_ms} ms does not lie in it"
            raise BadInput(message, why="SEGMENT", length=str(length_ms))
        row: Row = {
            **act.numbered(schema.segment_links, owner="recording_id", value=new.recording),
            "action_id": new.action,
            "document_sha256": kept.digest_text(new.document_sha256),
            "document_code": kept.needed_line(new.document_code, "DOCUMENT_CODE"),
            "from_ms": new.from_ms,
            "to_ms": new.to_ms,
            "note": kept.keep_needed(act, REMARK, value=new.note, why="SEGMENT_NOTE"),
            "person_id": new.person,
            "stated_at": act.at_text,
        }
        act.insert(schema.segment_links, row)
        facts_told = {"recording": new.recording, "action": new.action, "segment": str(row["id"])}
        act.enter("segment.linked", {**facts_told})
    return str(row["id"])


def segments_of(connection: Connection, action: str) -> list[Segment]:
    """Every segment of an action's recordings, by recording and time."""
    table = schema.segment_links
    query = select(table).where(table.c.action_id == action)
    rows = connection.execute(query.order_by(table.c.recording_id, table.c.from_ms)).all()
    notes = kept.opened(connection, (row.note for row in rows))
    return [
        Segment(
            id=row.id,
            recording=row.recording_id,
            action=row.action_id,
            document_sha256=row.document_sha256,
            document_code=row.document_code,
            from_ms=row.from_ms,
            to_ms=row.to_ms,
            note=notes.get(row.note),
            person=row.person_id,
            stated_at=parse_time(row.stated_at),
        )
        for row in rows
    ]


def printed(connection: Connection, action: str) -> Report:
    """关键内容和相应时间段说明 of an action, to be given out as a PDF or read as text."""
    found = segments_of(connection, action)
    details = reading.action(connection, action).details
    case = None if details.case is None else reading.case(connection, details.case).details.number
    rows = [_printed(connection, one, number=number) for number, one in enumerate(found, 1)]
    return Report(
        kind=ReportKind.SEGMENTS,
        title=("关键内容和相应时间段说明", "Key content and its times"),
        facts=(
            (("案号", "case"), case or "—"),
            (("执法活动", "action"), action),
            (("录像数", "recordings"), len({one.recording for one in found})),
        ),
        tables=(Table(("关键内容", "key content"), _COLUMNS, rows),),
    )


_COLUMNS = columns(
    ("序号", "no.", 1),
    ("录像", "recording", 3),
    ("起止（录像内）", "from to, in the recording", 3),
    ("实际时间", "true time", 3),
    ("文书", "document", 2),
    ("内容", "content", 5),
)


def _printed(connection: Connection, one: Segment, *, number: int) -> Sequence[str | int]:
    placed = footage.placed(connection, one.recording)
    true = "—"
    if placed is not None and placed.timed.is_trusted:
        moments = [
            correct(placed.raw_us + at * _MS, placed.timed.clock) for at in (one.from_ms, one.to_ms)
        ]
        true = "–".join(f"{datetime.fromtimestamp(at, _CHINA):%Y-%m-%d %H:%M:%S}" for at in moments)
    offsets = f"{offset_text(one.from_ms)}–{offset_text(one.to_ms)}"
    document = f"{one.document_code} {one.document_sha256[:12]}"
    return number, one.recording[:16], offsets, true, document, one.note or "（已删除）"


def offset_text(milliseconds: int) -> str:
    """A time within a recording as `00:12:40.500`."""
    seconds, left = divmod(milliseconds, _MS)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{left:03}"
