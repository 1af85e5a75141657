"""Grants of access (调阅、复制、借阅) as acts: asked for, answered by a second person, revoked.

Holds always: who asked for a grant does not approve it, nor does whom it is for; nothing is granted
without purpose, basis, document number, objects and a last day; a grant to a case reaches what is
linked to it when somebody looks, one to recordings those and no other; what a grant allows is asked
anew each time (`active`), so what expired or was revoked allows nothing from then on.
"""

import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from cases import confidentiality, kept, links, reading
from cases.quarantine import known_recording, quarantined
from evidence.access import (
    Asking,
    GrantAnswer,
    GrantBar,
    GranteeKind,
    GrantKind,
    GrantState,
    Term,
    against_approval,
    state_of,
)
from evidence.access_messages import BAR_WORDS
from evidence.assessment import Exclusion
from evidence.canonical import Json, dumps
from evidence.errors import BadInput, NotFound, Refused
from evidence.personal import REMARK
from evidence.ratio import day_of
from storage import schema
from storage.ledger import Act, Ledger
from storage.ledger import Row as NewRow

MOST_OBJECTS = 200


@dataclass(frozen=True)
class Whom:
    """Whom a grant is for: `person` uses it here, for the `outsider` where it is for one."""

    kind: GranteeKind
    person: str
    outsider: str | None = None


@dataclass(frozen=True)
class Objects:
    """What a grant is about: a case, or recordings."""

    case: str | None = None
    recordings: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewGrant:
    """What is asked for; `requester` is a person's id."""

    kind: GrantKind
    whom: Whom
    purpose: str
    basis: str
    document_number: str
    objects: Objects
    term: Term
    requester: str


@dataclass(frozen=True)
class Answered:
    """Who answered, what and when; `note` is None where there is none or it was erased."""

    answer: GrantAnswer
    person: str
    note: str | None
    at: str


@dataclass(frozen=True)
class Revoked:
    """Who ended a grant, when and why; `reason` is None once erased."""

    person: str
    reason: str | None
    at: str


@dataclass(frozen=True)
class Grant:
    """A grant as it is on record; times are UTC texts as rows hold them, texts None once erased."""

    id: str
    kind: GrantKind
    whom: Whom
    purpose: str | None
    basis: str
    document_number: str
    objects: Objects
    term: Term
    requester: str
    stated_at: str
    answered: Answered | None = None
    revoked: Revoked | None = None

    def state(self, today: date) -> GrantState:
        """Where it stands on a day."""
        answer = None if self.answered is None else self.answered.answer
        return state_of(self.term, today, answer=answer, is_revoked=self.revoked is not None)


def request(ledger: Ledger, new: NewGrant) -> str:
    """The act `access.requested`; returns the grant's id.

    Raises `BadInput` for what is missing or wrong, `NotFound` for what is not there.
    """
    with ledger.act() as act:
        _check(act, new)
        row: NewRow = {
            "id": secrets.token_hex(8),
            "kind": new.kind.value,
            "grantee": new.whom.kind.value,
            "grantee_id": new.whom.person,
            "outsider": kept.keep(act, REMARK, value=new.whom.outsider),
            "purpose": kept.keep_needed(act, REMARK, value=new.purpose, why="GRANT_PURPOSE"),
            "basis": kept.needed_line(new.basis, "GRANT_BASIS"),
            "document_number": kept.needed_line(new.document_number, "GRANT_DOCUMENT"),
            "case_id": new.objects.case,
            "recordings": dumps([*new.objects.recordings]).decode(),
            "from_day": new.term.first.isoformat(),
            "to_day": new.term.last.isoformat(),
            "person_id": kept.known_person(act.connection, new.requester),
            "stated_at": act.at_text,
        }
        act.insert(schema.access_grants, row)
        facts: dict[str, Json] = {"grant": str(row["id"]), "kind": new.kind.value}
        act.enter("access.requested", {**facts, **_about(new.objects)})
    return str(row["id"])


def approve(ledger: Ledger, grant_id: str, *, person: str, note: str | None = None) -> None:
    """The act `access.approved`, by a second person.

    Raises `NotFound`, `BadInput` where it was answered, `Refused` (GRANT_REFUSED) with all reasons.
    """
    with ledger.act() as act:
        found = _open(act.connection, grant_id)
        bars = against_approval(
            _asking(act.connection, found), approver=person, today=day_of(act.at)
        )
        _refuse(found, bars)
        _answer(act, found, answer=GrantAnswer.APPROVED, said=(person, note))
        act.enter("access.approved", {"grant": grant_id, **_about(found.objects)})


def refuse(ledger: Ledger, grant_id: str, *, person: str, note: str | None = None) -> None:
    """The act `access.refused`; by who asked for it, it is withdrawn. Raises as `approve`."""
    with ledger.act() as act:
        found = _open(act.connection, grant_id)
        is_own = person == found.requester
        answer = GrantAnswer.WITHDRAWN if is_own else GrantAnswer.REFUSED
        _answer(act, found, answer=answer, said=(person, note))
        facts: dict[str, Json] = {"grant": grant_id, "answer": answer.value}
        act.enter("access.refused", {**facts, **_about(found.objects)})


def revoke(ledger: Ledger, grant_id: str, *, person: str, reason: str) -> None:
    """The act `access.revoked`: from now on it allows nothing, also to who looks just now.

    Raises `NotFound`, `BadInput` without a reason or where there is nothing to revoke.
    """
    with ledger.act() as act:
        found = find(act.connection, grant_id)
        if found.state(day_of(act.at)) not in (GrantState.APPROVED, GrantState.ACTIVE):
            raise BadInput(f"{grant_id} allows nothing", why="GRANT_NOT_ACTIVE", grant=grant_id)
        row: NewRow = {
            "id": grant_id,
            "reason": kept.keep_needed(act, REMARK, value=reason, why="GRANT_REASON"),
            "person_id": kept.known_person(act.connection, person),
            "stated_at": act.at_text,
        }
        act.insert(schema.access_ends, row)
        act.enter("access.revoked", {"grant": grant_id, **_about(found.objects)})


def objects_of(connection: Connection, found: Grant) -> list[str]:
    """The recordings that a grant reaches now, in order."""
    if found.objects.case is None:
        return sorted(found.objects.recordings)
    return recordings_of_case(connection, found.objects.case)


def recordings_of_case(connection: Connection, case: str) -> list[str]:
    """What is linked to the actions of a case, in order."""
    actions = reading.actions_of_case(connection, case)
    return sorted({one for action in actions for one in links.recordings_of(connection, action)})


def _about(objects: Objects) -> dict[str, Json]:
    case: dict[str, Json] = {} if objects.case is None else {"case": objects.case}
    return case | {"objects": [*objects.recordings]}


def _check(act: Act, new: NewGrant) -> None:
    """Raises `BadInput` or `NotFound` for what is wrong with a request, the fields aside."""
    objects, whom = new.objects, new.whom
    if new.term.last < new.term.first:
        raise BadInput("It ends before it begins", why="GRANT_TERM")
    if new.term.last < day_of(act.at):
        raise BadInput("It is over already", why="GRANT_PAST_TERM", day=new.term.last.isoformat())
    if (objects.case is None) == (not objects.recordings):
        raise BadInput("A grant names a case or recordings", why="GRANT_OBJECTS")
    if len(objects.recordings) > MOST_OBJECTS:
        raise BadInput("Too many recordings", why="GRANT_TOO_MANY", most=MOST_OBJECTS)
    if whom.kind is GranteeKind.PERSON and whom.outsider:
        raise BadInput("A person of the house is no outsider", why="GRANT_GRANTEE")
    if whom.kind is not GranteeKind.PERSON and not (whom.outsider or "").strip():
        raise BadInput("Whom it is for is missing", why="GRANT_OUTSIDER")
    kept.known_person(act.connection, whom.person)
    if objects.case is not None:
        reading.case(act.connection, objects.case)
    for recording in objects.recordings:
        known_recording(act.connection, recording)


def _asking(connection: Connection, found: Grant) -> Asking:
    reached = objects_of(connection, found)
    aside = quarantined(connection, reached)
    return Asking(
        kind=found.kind,
        grantee=found.whom.kind,
        term=found.term,
        requester=found.requester,
        person=found.whom.person,
        levels=set(confidentiality.levels(connection, reached).values()),
        has_secret=any(Exclusion.STATE_SECRET in causes for causes in aside.values()),
        is_empty=not reached,
    )


def _refuse(found: Grant, bars: Collection[GrantBar]) -> None:
    if not bars:
        return
    words = [BAR_WORDS[bar] for bar in bars]
    raise Refused(
        "; ".join(english for _, english in words),
        code="GRANT_REFUSED",
        reason_zh="；".join(chinese for chinese, _ in words),
        reasons=" ".join(bars),
        grant=found.id,
    )


def _answer(act: Act, found: Grant, *, answer: GrantAnswer, said: tuple[str, str | None]) -> None:
    person, note = said
    row: NewRow = {
        "id": found.id,
        "answer": answer.value,
        "note": kept.keep(act, REMARK, value=note),
        "person_id": kept.known_person(act.connection, person),
        "stated_at": act.at_text,
    }
    act.insert(schema.access_answers, row)


def _open(connection: Connection, grant_id: str) -> Grant:
    found = find(connection, grant_id)
    if found.answered is not None:
        raise BadInput(f"{grant_id} was answered already", why="GRANT_ANSWERED", grant=grant_id)
    return found


# --- reading --------------------------------------------------------------------------------------


def active(
    connection: Connection, person: str, *, kind: GrantKind, recording: str, today: date
) -> Grant | None:
    """The grant under which a person may do this with a recording on a day; None for none."""
    table = schema.access_grants
    query = _joined().where(table.c.grantee_id == person, table.c.kind == kind.value)
    query = query.where(table.c.from_day <= today.isoformat(), table.c.to_day >= today.isoformat())
    for one in _grants(connection, query.order_by(table.c.stated_at, table.c.id)):
        reaches = recording in objects_of(connection, one)
        if reaches and one.state(today) is GrantState.ACTIVE:
            return one
    return None


def find(connection: Connection, grant_id: str) -> Grant:
    """A grant by its id. Raises `NotFound`."""
    found = _grants(connection, _joined().where(schema.access_grants.c.id == grant_id))
    if not found:
        raise NotFound(f"There is no grant {grant_id}", why="NO_GRANT", grant=grant_id)
    return found[0]


def newest(connection: Connection, *, limit: int = 500) -> list[Grant]:
    """The grants that were asked for last, the latest first."""
    table = schema.access_grants
    query = _joined().order_by(table.c.stated_at.desc(), table.c.id).limit(limit)
    return _grants(connection, query)


def of_case(connection: Connection, case: str) -> list[Grant]:
    """The grants about a case or a recording of it, the latest first."""
    reached = set(recordings_of_case(connection, case))
    table = schema.access_grants
    found = _grants(connection, _joined().order_by(table.c.stated_at.desc(), table.c.id))
    return [
        one for one in found if one.objects.case == case or reached & set(one.objects.recordings)
    ]


def _joined() -> Select[Any]:
    table, answers, ends = schema.access_grants, schema.access_answers, schema.access_ends
    joined = table.join(answers, answers.c.id == table.c.id, isouter=True)
    joined = joined.join(ends, ends.c.id == table.c.id, isouter=True)
    return select(
        table,
        answers.c.answer,
        answers.c.note,
        answers.c.person_id.label("answered_by"),
        answers.c.stated_at.label("answered_at"),
        ends.c.reason.label("end_reason"),
        ends.c.person_id.label("ended_by"),
        ends.c.stated_at.label("ended_at"),
    ).select_from(joined)


def _grants(connection: Connection, query: Select[Any]) -> list[Grant]:
    rows = connection.execute(query).all()
    texts = kept.opened(connection, (one for row in rows for one in _committed(row)))
    return [_grant(row, texts) for row in rows]


def _committed(row: Row[Any]) -> Iterable[str | None]:
    return row.purpose, row.outsider, row.note, row.end_reason


def _grant(row: Row[Any], texts: Mapping[str, str]) -> Grant:
    answered = revoked = None
    if row.answer is not None:
        note = texts.get(row.note or "")
        answered = Answered(GrantAnswer(row.answer), row.answered_by, note, row.answered_at)
    if row.ended_by is not None:
        revoked = Revoked(row.ended_by, texts.get(row.end_reason or ""), row.ended_at)
    return Grant(
        id=row.id,
        kind=GrantKind(row.kind),
        whom=Whom(GranteeKind(row.grantee), row.grantee_id, texts.get(row.outsider or "")),
        purpose=texts.get(row.purpose),
        basis=row.basis,
        document_number=row.document_number,
        objects=Objects(row.case_id, tuple(json.loads(row.recordings))),
        term=Term(date.fromisoformat(row.from_day), date.fromisoformat(row.to_day)),
        requester=row.person_id,
        stated_at=row.stated_at,
        answered=answered,
        revoked=revoked,
    )
