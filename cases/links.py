"""Which recordings belong to which actions: links, their ends, and footage that is of no case.

Holds always: a recording is stored once and may be linked to several actions; a link is ended by
two persons with a reason and never once the case is decided (R-061); a recording without a case is
working material (工作资料) by somebody's answer, and is dropped by nobody (R-188, R-189). That two
things belong together is a fact: to link is never refused for what the footage is worth, which is
judged afterwards (law 4).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from cases import kept, reading
from cases.footage import EMPTY
from cases.quarantine import known_recording
from evidence.canonical import dumps
from evidence.case_vocabulary import ActionState, CaseState
from evidence.entry import parse_time
from evidence.errors import BadInput, NotFound, Refused
from evidence.linking import LinkReason
from evidence.personal import REMARK
from storage import schema
from storage.ledger import Act, Ledger
from storage.ledger import Row as NewRow

DECIDED = frozenset(
    {
        *(CaseState.DECIDED, CaseState.SERVED, CaseState.EXECUTED),
        *(CaseState.CLOSED, CaseState.ARCHIVED),
    }
)
"""States of a case in which what its decision rests on stands."""


class LinkBasis(StrEnum):
    """Who tied a recording to an action."""

    AUTO = "AUTO"
    PERSON = "PERSON"


class LinkAnswer(StrEnum):
    """What was said of footage that waits for its case."""

    NO_CASE = "NO_CASE"
    LATER = "LATER"


class LinkState(StrEnum):
    """Where a recording stands."""

    LINKED = "LINKED"
    UNLINKED = "UNLINKED"
    WORKING_MATERIAL = "WORKING_MATERIAL"


class AlreadyLinked(BadInput):
    """Somebody was first: what links by itself does so once."""

    code = "BAD_INPUT"


@dataclass(frozen=True)
class Link:
    """A recording and an action that belong together; `ended_at` None while they do."""

    id: str
    recording: str
    action: str
    basis: LinkBasis
    reasons: tuple[str, ...]
    person: str | None
    stated_at: datetime
    ended_at: datetime | None = None
    end_reason: str | None = None
    ended_by: tuple[str, str] | None = None


def link(ledger: Ledger, recording: str, *, action: str, person: str) -> str:
    """The act `recording.linked` by a person; returns the link's id.

    Raises `NotFound`, or `BadInput` where they are linked already or the recording has no bytes.
    """
    with ledger.act() as act:
        kept.known_person(act.connection, person)
        if is_linked(act.connection, recording, action=action):
            raise BadInput("They are linked already", why="LINKED", action=action)
        return put_link(act, recording, action=action, reasons=(), person=person)


def put_link(
    act: Act,
    recording: str,
    *,
    action: str,
    reasons: Sequence[LinkReason],
    person: str | None = None,
) -> str:
    """Writes a link and enters the act; by nobody's word, for its reasons, where `person` is None.

    Raises `NotFound`, or `BadInput` for a recording without bytes.
    """
    known_recording(act.connection, recording)
    reading.action(act.connection, action)
    if recording == EMPTY:
        raise BadInput("A recording without bytes is of no action", why="EMPTY_LINK")
    basis = LinkBasis.AUTO if person is None else LinkBasis.PERSON
    row: NewRow = {
        **act.numbered(schema.links, owner="recording_id", value=recording),
        "action_id": action,
        "basis": basis.value,
        "reasons": dumps([reason.value for reason in reasons]).decode(),
        "person_id": person,
        "stated_at": act.at_text,
    }
    act.insert(schema.links, row)
    facts = {"recording": recording, "action": action, "link": str(row["id"])}
    act.enter("recording.linked", {**facts, "basis": basis.value})
    return str(row["id"])


@dataclass(frozen=True)
class Unlinking:
    """Why a link ends, and the two persons who say so."""

    reason: str
    person: str
    second_person: str


def unlink(ledger: Ledger, link_id: str, *, said: Unlinking) -> None:
    """The act `recording.unlinked`; raises as `put_end`."""
    with ledger.act() as act:
        found = put_end(act, link_id, said=said)
        facts = {"recording": found.recording, "action": found.action, "link": link_id}
        act.enter("recording.unlinked", {**facts})


def put_end(act: Act, link_id: str, *, said: Unlinking) -> Link:
    """Writes that a link ends; returns it.

    Raises `NotFound`, `BadInput` without a reason or a second person, `Refused` (ALREADY_DECIDED).
    """
    if said.person == said.second_person:
        raise BadInput("A second person must confirm", why="SECOND_PERSON")
    found = find_link(act.connection, link_id)
    if found.ended_at is not None:
        raise BadInput("The link has ended already", why="LINK_ENDED", link=link_id)
    for person in (said.person, said.second_person):
        kept.known_person(act.connection, person)
    _check_undecided(act.connection, found.action)
    row: NewRow = {
        "id": link_id,
        "reason": kept.keep_needed(act, REMARK, value=said.reason, why="UNLINK_REASON"),
        "person_id": said.person,
        "second_person": said.second_person,
        "ended_at": act.at_text,
    }
    act.insert(schema.link_ends, row)
    return found


def _check_undecided(connection: Connection, action: str) -> None:
    """Raises `Refused` (ALREADY_DECIDED) where the action's case was ever decided."""
    case = reading.action(connection, action).details.case
    table = schema.case_steps
    query = select(table.c.state).where(table.c.case_id == case)
    states = {CaseState(state) for state in connection.execute(query).scalars()}
    if states & DECIDED:
        message = f"The case {case} is decided; what it rests on stays linked"
        raise Refused(message, code="ALREADY_DECIDED", case=case or "")


def answer(ledger: Ledger, recording: str, *, said: LinkAnswer, person: str) -> None:
    """The act `recording.answered`: what waits is of no case, or will be answered later.

    Raises `NotFound`, or `BadInput` where it is linked.
    """
    with ledger.act() as act:
        known_recording(act.connection, recording)
        kept.known_person(act.connection, person)
        if said is LinkAnswer.NO_CASE and standing_links(act.connection, recording):
            raise BadInput("It is linked to an action", why="LINKED_ANSWER", recording=recording)
        row: NewRow = {
            **act.numbered(schema.link_answers, owner="recording_id", value=recording),
            "answer": said.value,
            "person_id": person,
            "stated_at": act.at_text,
        }
        act.insert(schema.link_answers, row)
        act.enter("recording.answered", {"recording": recording, "answer": said.value})


# --- reading --------------------------------------------------------------------------------------


def state_of(connection: Connection, recording: str) -> LinkState:
    """Where a recording stands; an answer counts until it is linked.

    What is linked to nothing but cancelled actions and matters that were not filed is working
    material: it stays linked, and is kept (R-188, 3.2).
    """
    standing = standing_links(connection, recording)
    if standing:
        of_case = any(_is_of_case(connection, one.action) for one in standing)
        return LinkState.LINKED if of_case else LinkState.WORKING_MATERIAL
    table = schema.link_answers
    query = select(table.c.answer).where(table.c.recording_id == recording)
    last = connection.execute(query.order_by(table.c.number.desc()).limit(1)).scalar()
    no_case = last == LinkAnswer.NO_CASE.value
    return LinkState.WORKING_MATERIAL if no_case else LinkState.UNLINKED


def _is_of_case(connection: Connection, action_id: str) -> bool:
    """Whether an action took place, and its matter was not left unfiled."""
    action = reading.action(connection, action_id)
    if action.state is ActionState.CANCELLED:
        return False
    case = action.details.case
    return case is None or reading.case(connection, case).state is not CaseState.NOT_FILED


def links_of(connection: Connection, recording: str) -> list[Link]:
    """Every link that a recording ever had, in order."""
    query = _joined().where(schema.links.c.recording_id == recording)
    return _links(connection, query.order_by(schema.links.c.number))


def standing_links(connection: Connection, recording: str) -> list[Link]:
    """The links that a recording has now."""
    return [one for one in links_of(connection, recording) if one.ended_at is None]


def is_linked(connection: Connection, recording: str, *, action: str) -> bool:
    """Whether they belong together now."""
    return any(one.action == action for one in standing_links(connection, recording))


def links_of_action(connection: Connection, action: str) -> list[Link]:
    """Every link that an action ever had, in order of recordings."""
    query = _joined().where(schema.links.c.action_id == action)
    return _links(connection, query.order_by(schema.links.c.id))


def recordings_of(connection: Connection, action: str) -> list[str]:
    """The recordings that belong to an action now, each once."""
    there = links_of_action(connection, action)
    return sorted({one.recording for one in there if one.ended_at is None})


def check_never_linked(connection: Connection, recording: str) -> None:
    """Raises `AlreadyLinked` where a recording ever had a link."""
    if links_of(connection, recording):
        raise AlreadyLinked("It is linked already", why="LINKED", recording=recording)


def find_link(connection: Connection, link_id: str) -> Link:
    """A link by its id. Raises `NotFound`."""
    found = _links(connection, _joined().where(schema.links.c.id == link_id))
    if not found:
        raise NotFound(f"There is no link {link_id}", why="NO_LINK", link=link_id)
    return found[0]


def _joined() -> Select[Any]:
    table, ends = schema.links, schema.link_ends
    joined = table.join(ends, ends.c.id == table.c.id, isouter=True)
    return select(
        table,
        ends.c.reason.label("end_reason"),
        ends.c.person_id.label("ended_by"),
        ends.c.second_person,
        ends.c.ended_at,
    ).select_from(joined)


def _links(connection: Connection, query: Select[Any]) -> list[Link]:
    rows = connection.execute(query).all()
    texts = kept.opened(connection, (row.end_reason for row in rows))
    return [_link(row, texts.get(row.end_reason or "")) for row in rows]


def _link(row: Row[Any], end_reason: str | None) -> Link:
    ended = row.ended_at
    return Link(
        id=row.id,
        recording=row.recording_id,
        action=row.action_id,
        basis=LinkBasis(row.basis),
        reasons=tuple(json.loads(row.reasons)),
        person=row.person_id,
        stated_at=parse_time(row.stated_at),
        ended_at=None if ended is None else parse_time(ended),
        end_reason=end_reason,
        ended_by=None if ended is None else (row.ended_by, row.second_person),
    )
