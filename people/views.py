"""Looks at recordings: every one is an act, durable before its first byte leaves.

Holds always: bytes of a recording or of what was made from it go to a person only under an open
view of that person, and only to the log-in that opened it; which bytes went out is written as
merged ranges while the view lasts and when it ends, each piece an act naming its row. A view that
nobody could end, because the service was killed, is ended at the next start as cut short: what is
on record of it was sent, and what else was sent is not known.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from sqlalchemy import Connection, delete, func, insert, select

from evidence.access import Ground
from evidence.canonical import Json, dumps, loads
from evidence.errors import NotFound
from evidence.spans import Span, merged
from storage import catalogue, schema
from storage.database import Database
from storage.graves import check_not_buried
from storage.ledger import Act, Ledger, Row

LOOKS = frozenset({"recording.viewed", "view.shown", "access.denied"})
"""The acts of looking, and of trying to: who did them is told to whoever may know who looked."""

_NOTHING = ""


class ViewKind(StrEnum):
    """What a person asked to see."""

    PREVIEW = "PREVIEW"  # what was made of the recording: stills, sound peaks, a rendition
    ORIGINAL = "ORIGINAL"  # the recording itself, byte by byte


class Ending(IntEnum):
    """What `view_ranges.final` says."""

    OPEN = 0  # more may come
    ENDED = 1  # that was all
    CUT_SHORT = 2  # the service was killed: what was sent since the last piece is not known


@dataclass(frozen=True)
class Looker:
    """Who looks: account, person, and the name of the log-in session that asks."""

    account: str
    person: str
    session: str


@dataclass(frozen=True)
class Because:
    """Why somebody may look, and the grant it rests on, where it does."""

    ground: Ground
    grant: str | None = None


@dataclass(frozen=True)
class Shown:
    """Which bytes of one file went out: `what` is ORIGINAL or KIND/file, `size` the whole file."""

    what: str
    size: int
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class View:
    """One look; `shown` is everything written of it so far, `ended` that no more comes.

    Where it was `cut_short`, more may have been shown than that, and nobody knows what.
    """

    id: str
    account: str
    person: str
    recording: str
    kind: ViewKind
    opened_at: str
    shown: tuple[Shown, ...] = ()
    ended: bool = False
    cut_short: bool = False

    def json(self) -> dict[str, Json]:
        """The view as screens and commands show it."""
        shown: list[Json] = [
            {"what": one.what, "size": one.size, "ranges": [[s.start, s.end] for s in one.spans]}
            for one in self.shown
        ]
        return {**vars(self), "kind": self.kind.value, "shown": shown}


def open_view(
    ledger: Ledger,
    looker: Looker,
    *,
    recording: str,
    kind: ViewKind,
    because: Because | None = None,
) -> View:
    """The act `recording.viewed`: somebody is about to look. Raises `NotFound` or `Disposed`."""
    who = (looker.account, looker.person)
    with ledger.act() as act:
        catalogue.find_recording(act.connection, recording)
        check_not_buried(act.connection, recording)
        view = View(secrets.token_hex(16), *who, recording, kind, act.at_text)
        row = {
            "id": view.id,
            "account_id": looker.account,
            "person_id": looker.person,
            "recording_id": recording,
            "kind": kind.value,
            "opened_at": act.at_text,
        }
        act.insert(schema.views, row)
        opened = insert(schema.open_views).values(id=view.id, session=looker.session)
        act.connection.execute(opened)
        facts: dict[str, Json] = {"view": view.id, "recording": recording, "kind": kind.value}
        if because is not None:
            ground = {"id": view.id, "ground": because.ground.value, "grant_id": because.grant}
            act.insert(schema.view_grounds, ground)
            facts["ground"] = because.ground.value
        act.enter("recording.viewed", facts)
    return view


def write_ranges(ledger: Ledger, view: View, *, shown: Sequence[Shown], final: bool) -> None:
    """The act `view.shown`: which bytes went out since the last time, and whether that was all."""
    ending = Ending.ENDED if final else Ending.OPEN
    with ledger.act() as act:
        _write_pieces(act, view, shown=shown, ending=ending)
        facts: dict[str, Json] = {"view": view.id, "recording": view.recording, "final": final}
        act.enter("view.shown", facts)


def end_left_open(ledger: Ledger) -> int:
    """Ends what a killed service left open, each by an act `view.shown`; how many those were.

    For the start of a service, before it opens any view.
    """
    with ledger.database.read() as connection:
        left = list(connection.execute(select(schema.open_views.c.id)).scalars())
    for view_id in left:
        view = find_view(ledger.database, view_id)
        with ledger.act() as act:
            _write_pieces(act, view, shown=(), ending=Ending.CUT_SHORT)
            facts: dict[str, Json] = {"view": view.id, "recording": view.recording, "final": True}
            act.enter("view.shown", {**facts, "cut_short": True})
    return len(left)


def _write_pieces(act: Act, view: View, *, shown: Sequence[Shown], ending: Ending) -> None:
    table = schema.view_ranges
    highest = select(func.max(table.c.number)).where(table.c.view_id == view.id)
    number = act.connection.execute(highest).scalar_one()
    number = 0 if number is None else int(number) + 1
    pieces = list(shown) or [Shown(_NOTHING, 0, ())]
    for place, one in enumerate(pieces):
        row: Row = {
            "id": f"{view.id}/{number + place}",
            "view_id": view.id,
            "number": number + place,
            "what": one.what,
            "size": one.size,
            "ranges": dumps([[str(s.start), str(s.end)] for s in one.spans]).decode(),
            "final": int(ending if one is pieces[-1] else Ending.OPEN),
            "written_at": act.at_text,
        }
        act.insert(table, row)
    if ending is not Ending.OPEN:
        opened = schema.open_views
        act.connection.execute(delete(opened).where(opened.c.id == view.id))


def of_recording(database: Database, recording: str, *, limit: int) -> list[View]:
    """The looks at a recording, newest first, each with what was shown."""
    table = schema.views
    query = select(table).where(table.c.recording_id == recording)
    query = query.order_by(table.c.opened_at.desc(), table.c.id.desc()).limit(limit)
    with database.read() as connection:
        return [_view(connection, row.id) for row in connection.execute(query).all()]


def find_view(database: Database, view_id: str) -> View:
    """One look; raises `NotFound`."""
    with database.read() as connection:
        return _view(connection, view_id)


def find_open_view(database: Database, view_id: str, *, session: str) -> View:
    """A look that this log-in session opened and that has not ended; raises `NotFound`."""
    table = schema.open_views
    own = select(table.c.id).where(table.c.id == view_id, table.c.session == session)
    with database.read() as connection:
        if connection.execute(own).first() is None:
            raise NotFound("There is no such open view", why="NO_VIEW", view=view_id)
        return _view(connection, view_id)


def _view(connection: Connection, view_id: str) -> View:
    table, ranges = schema.views, schema.view_ranges
    row = connection.execute(select(table).where(table.c.id == view_id)).first()
    if row is None:
        raise NotFound(f"There is no view {view_id}", why="NO_VIEW", view=view_id)
    written = connection.execute(
        select(ranges).where(ranges.c.view_id == view_id).order_by(ranges.c.number)
    ).all()
    shown = _merged((one.what, one.size, _spans(one.ranges)) for one in written)
    endings = {Ending(one.final) for one in written}
    return View(
        id=row.id,
        account=row.account_id,
        person=row.person_id,
        recording=row.recording_id,
        kind=ViewKind(row.kind),
        opened_at=row.opened_at,
        shown=shown,
        ended=bool(endings - {Ending.OPEN}),
        cut_short=Ending.CUT_SHORT in endings,
    )


def _merged(pieces: Iterable[tuple[str, int, list[Span]]]) -> tuple[Shown, ...]:
    by_what: dict[tuple[str, int], list[Span]] = {}
    for what, size, spans in pieces:
        by_what.setdefault((what, size), []).extend(spans)
    return tuple(
        Shown(what, size, tuple(merged(spans)))
        for (what, size), spans in sorted(by_what.items())
        if what != _NOTHING
    )


def _spans(text: str) -> list[Span]:
    values = loads(text.encode())
    pairs = values if isinstance(values, list) else []
    return [
        Span(int(str(pair[0])), int(str(pair[1])))
        for pair in pairs
        if isinstance(pair, list) and len(pair) == 2
    ]
