"""Acts on findings (问题): they open, change, close and stand again; people explain and approve.

Holds always: what follows from facts is judged again under the log's lock, so two processes that
see the same fact open one finding; nothing is ever deleted, and no answer touches a verdict; what
people write stands as a commitment; whoever explains does not approve (`evidence.finding_rules`).
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from cases.finding_rows import Finding, find, team_of
from evidence.canonical import Json, dumps
from evidence.errors import BadInput, NotFound, Refused
from evidence.finding_rules import (
    Answer,
    AnswerBar,
    Cause,
    Change,
    ClosesWhen,
    FindingEvent,
    Holding,
    Known,
    Route,
    Step,
    against_approval,
    against_explaining,
    against_triage,
    changes,
    closes_when,
    shown_number,
)
from evidence.matter_messages import WORDS
from evidence.ratio import day_of
from people.register import remark
from storage import schema
from storage.ledger import Act, Ledger
from storage.ledger import Row as NewRow

Stamp = Mapping[str, Json]
"""Which profiles and which version of which rule a finding rests on."""


class Superseded(Refused):
    """Another process was quicker: there is nothing left to do."""

    code = "SUPERSEDED"


# --- what follows from facts ----------------------------------------------------------------------


def carry_out(ledger: Ledger, change: Change, *, rule: Stamp) -> str:
    """The act `finding.opened`, `finding.changed`, `finding.closed` or `finding.reopened`.

    Returns the finding's id; raises `Superseded` where the finding is as it should be by now.
    """
    with ledger.act() as act:
        step, known = _still(act, change)
        if known is None:
            if change.holding is None:
                raise Superseded("There is nothing to close")
            return _open(act, change.holding, rule=rule)
        if step is Step.CLOSE:
            _tell(act, known.id, told=_Told(FindingEvent.CLOSED, {"why": "GONE"}))
            act.enter("finding.closed", {"finding": known.id})
        elif change.holding is not None:
            _stands_anew(act, known.id, step=step, holding=change.holding)
    return known.id


def _still(act: Act, change: Change) -> tuple[Step, Known | None]:
    """What is to be done now that nobody else can; raises `Superseded` for nothing."""
    about = change.known or change.holding
    if about is None:
        raise Superseded("There is nothing to do")
    table = schema.findings
    key = select(table.c.id).where(table.c.kind == about.kind.value)
    found = act.connection.execute(key.where(table.c.subject == about.subject)).scalar()
    known = None if found is None else find(act.connection, str(found)).known()
    holding = [] if change.holding is None else [change.holding]
    left = changes([] if known is None else [known], holding)
    if not left:
        raise Superseded(f"{about.kind} of {about.subject} is as it should be")
    return left[0].step, known


def _open(act: Act, holding: Holding, *, rule: Stamp) -> str:
    finding, about = secrets.token_hex(8), holding.about
    year, ordinal = _next_number(act)
    facts: dict[str, Json] = {"matter": dict(holding.matter), "persons": list(about.persons)}
    row: NewRow = {
        "id": finding,
        "year": year,
        "ordinal": ordinal,
        "kind": holding.kind.value,
        "subject": holding.subject,
        "unit_id": about.unit,
        "principal_id": about.principal,
        "action_id": about.action,
        "case_id": about.case,
        "recording_id": about.recording,
        "rule": dumps(rule).decode(),
        "facts": dumps(facts).decode(),
        "opened_at": act.at_text,
    }
    act.insert(schema.findings, row)
    _note_self_report(act, finding, holding=holding)
    said: dict[str, Json] = {
        name: value
        for name, value in (
            ("action", about.action),
            ("case", about.case),
            ("recording", about.recording),
        )
        if value is not None
    }
    number = shown_number(year, ordinal)
    act.enter(
        "finding.opened", {"finding": finding, "number": number, "kind": holding.kind.value, **said}
    )
    return finding


def _stands_anew(act: Act, finding: str, *, step: Step, holding: Holding) -> None:
    """A finding whose matter changed, or that had closed and holds again."""
    body: dict[str, Json] = {"matter": dict(holding.matter), "persons": list(holding.about.persons)}
    if step is Step.CHANGE:
        _tell(act, finding, told=_Told(FindingEvent.CHANGED, body))
        act.enter("finding.changed", {"finding": finding})
        return
    number = _next_number(act)
    _tell(act, finding, told=_Told(FindingEvent.REOPENED, body, number=number))
    act.enter("finding.reopened", {"finding": finding, "number": shown_number(*number)})


def _next_number(act: Act) -> tuple[int, int]:
    """Year and ordinal after all that were given in the year, to findings and to reopenings."""
    year, highest = day_of(act.at).year, 0
    for table in (schema.findings, schema.finding_events):
        query = select(func.max(table.c.ordinal)).where(table.c.year == year)
        highest = max(highest, act.connection.execute(query).scalar() or 0)
    return year, highest + 1


def _note_self_report(act: Act, finding: str, *, holding: Holding) -> None:
    """Whoever reported it first did so before the system found out (R-042)."""
    table = schema.self_reports
    query = select(table).where(table.c.subject.in_(_subjects(holding)))
    row = act.connection.execute(query.order_by(table.c.stated_at, table.c.id).limit(1)).first()
    if row is not None:
        body: dict[str, Json] = {"report": row.id, "reported_at": row.stated_at}
        _tell(act, finding, told=_Told(FindingEvent.SELF_REPORTED, body, str(row.person_id)))


def _subjects(holding: Holding) -> list[str]:
    """Under which subjects somebody may have reported this."""
    about, recorder = holding.about, holding.matter.get("recorder")
    found = [holding.subject]
    found += [] if about.action is None else [f"action/{about.action}"]
    found += [] if about.recording is None else [f"recording/{about.recording}"]
    return found + ([] if recorder is None else [f"recorder/{recorder}"])


# --- what people say ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Explanation:
    """Why it came to it, in words, by somebody; `person` is a person's id."""

    cause: Cause
    text: str
    person: str


def explain(ledger: Ledger, finding: str, *, said: Explanation) -> None:
    """The act `finding.explained`. Raises `NotFound`, `BadInput`, or `Refused`."""
    with ledger.act() as act:
        found = find(act.connection, finding)
        _refuse(found, against_explaining(found.state))
        body: dict[str, Json] = {
            "cause": said.cause.value,
            "text_ref": remark(act, said.text),
            "matter_sha256": _digest(found),
        }
        person = _person(act, said.person)
        _tell(act, found.id, told=_Told(FindingEvent.EXPLAINED, body, person))
        act.enter("finding.explained", {"finding": found.id, "cause": said.cause.value})


def approve(ledger: Ledger, finding: str, *, person: str) -> None:
    """The act `finding.approved`: the explanation is accepted by somebody outside.

    A finding about what happened is closed by it; one about a state is accepted as long as that
    state is what it is. Raises `NotFound`, or `Refused` (ANSWER_REFUSED) with every reason.
    """
    with ledger.act() as act:
        found = find(act.connection, finding)
        outside = team_of(act.connection, found.action) | frozenset(found.persons)
        answer = Answer(found.state, found.explained_by, _person(act, person), outside)
        _refuse(found, against_approval(answer))
        body: dict[str, Json] = {"matter_sha256": _digest(found)}
        _tell(act, found.id, told=_Told(FindingEvent.APPROVED, body, person))
        closes = closes_when(found.kind) is ClosesWhen.ANSWERED
        if closes:
            _tell(act, found.id, told=_Told(FindingEvent.CLOSED, {"why": "ANSWERED"}))
        act.enter("finding.approved", {"finding": found.id, "closed": closes})


@dataclass(frozen=True)
class Responsible:
    """Who answers for it: the head of the unit and those directly responsible (R-035), by ids."""

    head: str | None = None
    direct: tuple[str, ...] = ()


def triage(
    ledger: Ledger, finding: str, *, route: Route, by: str, responsible: Responsible | None = None
) -> None:
    """The act `finding.triaged`: how it is dealt with (R-118), by whom it was decided.

    Raises `NotFound`, `BadInput`, or `Refused` (ANSWER_REFUSED) naming all that is missing.
    """
    with ledger.act() as act:
        found = find(act.connection, finding)
        _refuse(found, [*against_explaining(found.state), *against_triage(route)])
        named = responsible or Responsible()
        people = [one for one in (route.person, named.head, *named.direct) if one is not None]
        for one in people:
            _person(act, one)
        recipient = route.recipient
        body: dict[str, Json] = {
            "triage": route.triage.value,
            "person": route.person,
            "deadline": None if route.deadline is None else _day(route.deadline),
            "recipient_ref": None if not recipient else remark(act, recipient),
            "document_ref": None if not route.document else remark(act, route.document),
            "head": named.head,
            "direct": list(named.direct),
        }
        _tell(act, found.id, told=_Told(FindingEvent.TRIAGED, body, _person(act, by)))
        act.enter("finding.triaged", {"finding": found.id, "triage": route.triage.value})


def report_oneself(ledger: Ledger, subject: str, *, said: Explanation) -> str:
    """The act `finding.self_reported`, before anybody found out (R-042); returns the report.

    `subject` is `action/ID`, `recorder/NUMBER` or `recording/SHA256`. Raises `NotFound`.
    """
    with ledger.act() as act:
        _check_subject(act, subject)
        row: NewRow = {
            **act.numbered(schema.self_reports, owner="subject", value=subject),
            "cause": said.cause.value,
            "reason": remark(act, said.text),
            "person_id": _person(act, said.person),
            "stated_at": act.at_text,
        }
        act.insert(schema.self_reports, row)
        act.enter("finding.self_reported", {"subject": subject, "cause": said.cause.value})
    return str(row["id"])


# --- parts of acts --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Told:
    """An event in the making; `number` is year and ordinal where it gives a new one."""

    event: FindingEvent
    body: Mapping[str, Json]
    person: str | None = None
    number: tuple[int, int] | None = None


def _tell(act: Act, finding: str, *, told: _Told) -> None:
    year, ordinal = told.number or (None, None)
    row: NewRow = {
        **act.numbered(schema.finding_events, owner="finding_id", value=finding),
        "event": told.event.value,
        "year": year,
        "ordinal": ordinal,
        "person_id": told.person,
        "body": dumps(told.body).decode(),
        "stated_at": act.at_text,
    }
    act.insert(schema.finding_events, row)


def _refuse(finding: Finding, bars: Iterable[AnswerBar]) -> None:
    """Raises `Refused` (ANSWER_REFUSED) with every reason there is."""
    found = list(bars)
    if not found:
        return
    words = [WORDS[AnswerBar][bar.name] for bar in found]
    raise Refused(
        "; ".join(english for _, english in words),
        code="ANSWER_REFUSED",
        reason_zh="；".join(chinese for chinese, _ in words),
        reasons=" ".join(found),
        finding=finding.number,
    )


def _person(act: Act, person: str) -> str:
    table = schema.persons
    known = select(table.c.id).where(table.c.id == person)
    if act.connection.execute(known).first() is None:
        raise NotFound(f"There is no person {person}", why="NO_PERSON", person=person)
    return person


def _check_subject(act: Act, subject: str) -> None:
    kind, _, key = subject.partition("/")
    tables = {
        "action": schema.actions,
        "recorder": schema.recorders,
        "recording": schema.recordings,
    }
    table = tables.get(kind)
    if table is not None:
        known = select(table.c.id).where(table.c.id == key)
        if act.connection.execute(known).first() is not None:
            return
    raise NotFound(f"There is no {subject}", why="NO_SUBJECT", subject=subject)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise BadInput(f"{text} is no date", why="NOT_A_DAY", day=text) from error


def _digest(finding: Finding) -> str:
    """What an answer speaks for, as a digest."""
    return hashlib.sha256(dumps(dict(finding.matter))).hexdigest()
