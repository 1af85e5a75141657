"""Who may look at a recording and why, beyond what a role reaches; and tries that were refused.

Holds always: of several grounds the nearest counts: one's own recording, the team of an action it
is linked to, a grant, the role; a refused try is on record before it is answered, with the
recording and so in the trail of its case; who tries again within a minute leaves one entry.
"""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from cases import grants, links, reading
from evidence.access import GrantKind, Ground
from evidence.entry import time_text
from people.views import Because, Looker, ViewKind
from storage import schema
from storage.ledger import Ledger
from storage.ledger import Row as NewRow

_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True)
class Denied:
    """A try that was refused; ids, and the moment as rows hold it."""

    id: str
    recording: str
    account: str
    person: str
    kind: ViewKind
    at: str


@dataclass(frozen=True)
class Reach:
    """What a person's roles say of a recording: `is_own`, and whether its unit lies within.

    `may_by_team` says that a role lets its holder look at what their team made.
    """

    is_own: bool
    is_within: bool
    may_by_team: bool


def because(
    connection: Connection, person: str, *, recording: str, reach: Reach, today: date
) -> Because | None:
    """Why a person may look at what was made of a recording; None where nothing lets them."""
    if reach.is_own:
        return Because(Ground.OWN)
    if reach.may_by_team and is_of_team(connection, person, recording=recording):
        return Because(Ground.TEAM)
    granted = grants.active(
        connection, person, kind=GrantKind.CONSULT, recording=recording, today=today
    )
    if granted is not None:
        return Because(Ground.GRANT, granted.id)
    return Because(Ground.ROLE) if reach.is_within else None


def is_of_team(connection: Connection, person: str, *, recording: str) -> bool:
    """Whether somebody is of the team of an action that a recording is linked to."""
    return any(
        person in {member.person for member in reading.team(connection, one.action)}
        for one in links.standing_links(connection, recording)
    )


def note_denial(ledger: Ledger, who: Looker, *, recording: str, kind: ViewKind) -> None:
    """The act `access.denied`, unless the same try was refused within the last minute."""
    table = schema.access_denials
    since = time_text(ledger.clock() - _AGAIN)
    same = select(table.c.id).where(
        table.c.recording_id == recording,
        table.c.account_id == who.account,
        table.c.kind == kind.value,
        table.c.stated_at > since,
    )
    with ledger.database.read() as connection:
        if connection.execute(same.limit(1)).first() is not None:
            return
    with ledger.act() as act:
        row: NewRow = {
            "id": secrets.token_hex(8),
            "recording_id": recording,
            "account_id": who.account,
            "person_id": who.person,
            "kind": kind.value,
            "stated_at": act.at_text,
        }
        act.insert(table, row)
        act.enter("access.denied", {"recording": recording, "kind": kind.value})


def denials_of(connection: Connection, recordings: list[str]) -> list[Denied]:
    """Every refused try at some recordings, the latest first."""
    table = schema.access_denials
    query = select(table).where(table.c.recording_id.in_(recordings))
    query = query.order_by(table.c.stated_at.desc(), table.c.id)
    return [_denied(row) for row in connection.execute(query)]


def denials_between(connection: Connection, *, since: str, until: str) -> list[Denied]:
    """Every refused try from one moment to before another, in order."""
    table = schema.access_denials
    query = select(table).where(table.c.stated_at >= since, table.c.stated_at < until)
    rows = connection.execute(query.order_by(table.c.stated_at, table.c.id))
    return [_denied(row) for row in rows]


def _denied(row: Row[Any]) -> Denied:
    return Denied(
        id=row.id,
        recording=row.recording_id,
        account=row.account_id,
        person=row.person_id,
        kind=ViewKind(row.kind),
        at=row.stated_at,
    )


@dataclass(frozen=True)
class LookOnRecord:
    """A look; `ground` is None where none was put on record with it."""

    id: str
    recording: str
    person: str
    kind: ViewKind
    at: str
    ground: Because | None


def looks_at(connection: Connection, recordings: list[str], *, limit: int) -> list[LookOnRecord]:
    """The latest looks at some recordings, the latest first."""
    table = schema.views
    query = _looks().where(table.c.recording_id.in_(recordings))
    query = query.order_by(table.c.opened_at.desc(), table.c.id.desc()).limit(limit)
    return [_look(row) for row in connection.execute(query)]


def looks_between(connection: Connection, *, since: str, until: str) -> list[LookOnRecord]:
    """Every look that was opened from one moment to before another, in order."""
    table = schema.views
    query = _looks().where(table.c.opened_at >= since, table.c.opened_at < until)
    rows = connection.execute(query.order_by(table.c.opened_at, table.c.id))
    return [_look(row) for row in rows]


def _looks() -> Select[Any]:
    table, grounds = schema.views, schema.view_grounds
    joined = table.join(grounds, grounds.c.id == table.c.id, isouter=True)
    return select(table, grounds.c.ground, grounds.c.grant_id).select_from(joined)


def _look(row: Row[Any]) -> LookOnRecord:
    return LookOnRecord(
        id=row.id,
        recording=row.recording_id,
        person=row.person_id,
        kind=ViewKind(row.kind),
        at=row.opened_at,
        ground=None if row.ground is None else Because(Ground(row.ground), row.grant_id),
    )
