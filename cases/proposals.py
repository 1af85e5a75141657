"""What needs two persons: one proposes, a second one who has logged in as themselves answers.

Holds always: who proposed something never approves it; what was proposed is done in the same
transaction as its approval, or neither is; it is answered once; what has become impossible since
(the case was decided, the action is gone) is refused then, and the proposal stays open.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Row, Select, select

from cases import arrived, kept, links, reading, steps
from cases.arrived import NewInterval
from cases.links import Unlinking
from cases.records import NewExemption
from cases.trying import Step
from evidence.canonical import Json
from evidence.case_vocabulary import ProposalAnswer, ProposalKind
from evidence.entry import parse_time, time_text
from evidence.errors import BadInput, NotFound, Refused
from evidence.personal import REMARK
from storage import schema
from storage.ledger import Act, Ledger
from storage.ledger import Row as NewRow


@dataclass(frozen=True)
class Answered:
    """Who answered, when and what; `note` is None once erased."""

    answer: ProposalAnswer
    person: str
    note: str | None
    at: datetime


@dataclass(frozen=True)
class Proposal:
    """Something that one person wants done to `subject` (`action/<id>`), and why."""

    id: str
    subject: str
    kind: ProposalKind
    body: Mapping[str, Json]
    reason: str | None
    person: str
    stated_at: datetime
    answered: Answered | None = None

    @property
    def action(self) -> str:
        """The action that it is about."""
        return self.subject.partition("/")[2]


@dataclass(frozen=True)
class Why:
    """Who proposes something, and why."""

    person: str
    reason: str


@dataclass(frozen=True)
class NewText:
    """The documents that are to stand for the recording, and who of the team signed them."""

    documents: tuple[str, ...]
    signers: tuple[str, ...]


def propose_interval(
    ledger: Ledger, action_id: str, *, times: tuple[datetime, datetime], why: Why
) -> str:
    """The act `proposal.made` of another interval (D-17); returns the proposal's id.

    Raises `BadInput` or `NotFound`, as everything below.
    """
    start, end = times
    if end <= start:
        raise BadInput("The action ends before it begins", why="INTERVAL_ORDER")
    body = {"start": time_text(start), "end": time_text(end)}
    return _propose(ledger, action_id, what=(ProposalKind.INTERVAL, body), why=why)


def propose_exemption(ledger: Ledger, action_id: str, *, new: NewText, why: Why) -> str:
    """That a text stands for the recording (R-142); it is judged when somebody approves it."""
    body: Mapping[str, Json] = {
        "documents": [kept.digest_text(one) for one in new.documents],
        "signers": [*new.signers],
    }
    return _propose(ledger, action_id, what=(ProposalKind.EXEMPTION, body), why=why)


def propose_unlink(ledger: Ledger, recording: str, *, action: str, why: Why) -> str:
    """That a recording is not of an action after all (R-061)."""
    with ledger.database.read() as connection:
        standing = links.standing_links(connection, recording)
    found = next((one for one in standing if one.action == action), None)
    if found is None:
        raise BadInput("It is not linked to that action", why="NOT_LINKED", action=action)
    body = {"link": found.id, "recording": recording}
    return _propose(ledger, action, what=(ProposalKind.UNLINK, body), why=why)


def approve(ledger: Ledger, proposal_id: str, *, person: str, note: str | None = None) -> None:
    """The act `proposal.approved`: what was proposed is done, by two persons.

    Raises `NotFound`, `BadInput` where it was answered, `Refused` (SECOND_PERSON), or whatever
    stands against what was proposed; a text exemption that its guard refuses leaves its try.
    """
    with ledger.database.read() as connection:
        kind = find(connection, proposal_id).kind
    if kind is ProposalKind.EXEMPTION:
        _approve_exemption(ledger, proposal_id, who=(person, note))
        return
    with ledger.act() as act:
        found = _approved(act, proposal_id, who=(person, note))
        _DOING[kind](act, found, person=person)
        act.enter("proposal.approved", {"proposal": proposal_id, "action": found.action})


def _approve_exemption(ledger: Ledger, proposal_id: str, *, who: tuple[str, str | None]) -> None:
    """The same past the guard of R-142, whose try is on record."""
    with ledger.database.read() as connection:
        found = _open(connection, proposal_id)
    _check_second(found, who[0])
    documents, signers = (_texts(found.body[name]) for name in ("documents", "signers"))
    new = NewExemption(documents, signers, found.reason, who[0])
    step = Step(found.person, ledger.clock())
    steps.exempt(
        ledger,
        found.action,
        step=step,
        new=new,
        also=lambda act: _noted(act, proposal_id, who=who),
    )


def _noted(act: Act, proposal_id: str, *, who: tuple[str, str | None]) -> None:
    _approved(act, proposal_id, who=who)


def _approved(act: Act, proposal_id: str, *, who: tuple[str, str | None]) -> Proposal:
    """Writes that a proposal is approved, by another person than its own."""
    found = _open(act.connection, proposal_id)
    _check_second(found, who[0])
    _answer(act, found, answer=ProposalAnswer.APPROVED, who=who)
    return found


def _check_second(found: Proposal, person: str) -> None:
    if found.person == person:
        message = f"{found.id} is answered by another person than its own"
        raise Refused(message, code="SECOND_PERSON", proposal=found.id)


def refuse(ledger: Ledger, proposal_id: str, *, person: str, note: str | None = None) -> None:
    """The act `proposal.refused`; by who proposed it, it is withdrawn. Raises as `approve`."""
    with ledger.act() as act:
        found = _open(act.connection, proposal_id)
        own = found.person == person
        answer = ProposalAnswer.WITHDRAWN if own else ProposalAnswer.REFUSED
        _answer(act, found, answer=answer, who=(person, note))
        facts = {"proposal": proposal_id, "action": found.action, "answer": answer.value}
        act.enter("proposal.refused", facts)


def withdraw(ledger: Ledger, proposal_id: str, *, person: str) -> None:
    """The act `proposal.refused`, by who proposed it; raises `Refused` (NOT_OWN_PROPOSAL) too."""
    with ledger.database.read() as connection:
        found = _open(connection, proposal_id)
    if found.person != person:  # whose it is never changes
        message = f"{found.id} is withdrawn by whoever proposed it"
        raise Refused(message, code="NOT_OWN_PROPOSAL", proposal=found.id)
    refuse(ledger, proposal_id, person=person)


def _propose(
    ledger: Ledger, action_id: str, *, what: tuple[ProposalKind, Mapping[str, Json]], why: Why
) -> str:
    kind, body = what
    with ledger.act() as act:
        reading.action(act.connection, action_id)
        row: NewRow = {
            **act.numbered(schema.proposals, owner="subject", value=f"action/{action_id}"),
            "id": secrets.token_hex(8),  # it stands in addresses, where a slash would part it
            "kind": kind.value,
            "body": kept.body_text(body),
            "reason": kept.keep_needed(act, REMARK, value=why.reason, why="PROPOSAL_REASON"),
            "person_id": kept.known_person(act.connection, why.person),
            "stated_at": act.at_text,
        }
        act.insert(schema.proposals, row)
        facts: dict[str, Json] = {"proposal": str(row["id"]), "action": action_id}
        act.enter("proposal.made", {**facts, "kind": kind.value})
    return str(row["id"])


def _answer(
    act: Act, found: Proposal, *, answer: ProposalAnswer, who: tuple[str, str | None]
) -> None:
    person, note = who
    row: NewRow = {
        "id": found.id,
        "answer": answer.value,
        "note": kept.keep(act, REMARK, value=note),
        "person_id": kept.known_person(act.connection, person),
        "stated_at": act.at_text,
    }
    act.insert(schema.proposal_answers, row)


def _open(connection: Connection, proposal_id: str) -> Proposal:
    found = find(connection, proposal_id)
    if found.answered is not None:
        raise BadInput(f"{proposal_id} was answered already", why="PROPOSAL_ANSWERED")
    return found


# --- what an approval does ------------------------------------------------------------------------


def _correct_interval(act: Act, found: Proposal, *, person: str) -> None:
    new = NewInterval(
        start=parse_time(str(found.body["start"])),
        end=parse_time(str(found.body["end"])),
        declared_by=found.person,
        reason=found.reason,
        second_person=person,
    )
    arrived.put_interval(act, found.action, new=new)


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _unlink(act: Act, found: Proposal, *, person: str) -> None:
    said = Unlinking(found.reason or "—", found.person, person)
    links.put_end(act, str(found.body["link"]), said=said)


class _Doing(Protocol):
    """Does what was proposed, within the act of its approval by a second person."""

    def __call__(self, act: Act, found: Proposal, /, *, person: str) -> None: ...


_DOING: Mapping[ProposalKind, _Doing] = {
    ProposalKind.INTERVAL: _correct_interval,
    ProposalKind.UNLINK: _unlink,
}


# --- reading --------------------------------------------------------------------------------------


def find(connection: Connection, proposal_id: str) -> Proposal:
    """A proposal by its id. Raises `NotFound`."""
    found = _read(connection, _joined().where(schema.proposals.c.id == proposal_id))
    if not found:
        raise NotFound(f"No proposal {proposal_id}", why="NO_PROPOSAL", proposal=proposal_id)
    return found[0]


def of_action(connection: Connection, action_id: str) -> list[Proposal]:
    """What was ever proposed for an action, in order."""
    query = _joined().where(schema.proposals.c.subject == f"action/{action_id}")
    return _read(connection, query.order_by(schema.proposals.c.number))


def waiting(connection: Connection, *, limit: int = 500) -> list[Proposal]:
    """What waits for a second person, the oldest first."""
    query = _joined().where(schema.proposal_answers.c.id.is_(None))
    query = query.order_by(schema.proposals.c.stated_at, schema.proposals.c.id)
    return _read(connection, query.limit(limit))


def _joined() -> Select[Any]:
    table, answers = schema.proposals, schema.proposal_answers
    joined = table.join(answers, answers.c.id == table.c.id, isouter=True)
    return select(
        table,
        answers.c.answer,
        answers.c.note,
        answers.c.person_id.label("answered_by"),
        answers.c.stated_at.label("answered_at"),
    ).select_from(joined)


def _read(connection: Connection, query: Select[Any]) -> list[Proposal]:
    rows = connection.execute(query).all()
    texts = kept.opened(connection, (one for row in rows for one in (row.reason, row.note)))
    return [_proposal(row, texts) for row in rows]


def _proposal(row: Row[Any], texts: Mapping[str, str]) -> Proposal:
    answered = None
    if row.answer is not None:
        answered = Answered(
            answer=ProposalAnswer(row.answer),
            person=row.answered_by,
            note=texts.get(row.note or ""),
            at=parse_time(row.answered_at),
        )
    return Proposal(
        id=row.id,
        subject=row.subject,
        kind=ProposalKind(row.kind),
        body=json.loads(row.body),
        reason=texts.get(row.reason or ""),
        person=row.person_id,
        stated_at=parse_time(row.stated_at),
        answered=answered,
    )
