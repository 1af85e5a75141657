"""The end of a case file (案卷保管期限), as the archive states it; footage follows it (R-187).

Holds always: a statement is never changed; one that lets go earlier than what holds waits for a
second person, and what holds stays until then; who stated it does not approve it.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from cases import kept, reading
from cases.retention_changes import check_source
from cases.retention_rules import case_term, read_term
from evidence.canonical import Json
from evidence.case_vocabulary import ProposalAnswer
from evidence.errors import BadInput, NotFound, Refused
from evidence.personal import REMARK
from evidence.policy_kinds import CASE_ARCHIVE, retention
from evidence.retention import CaseTerm, is_class, lets_go_earlier
from storage import schema
from storage.ledger import Ledger
from storage.ledger import Row as NewRow


@dataclass(frozen=True)
class StatedTerm:
    """An end of a case file on record; `answer` is what a second person said, None while open.

    One that needs no second person holds at once.
    """

    id: str
    case: str
    term: CaseTerm
    needs_second: bool
    person: str
    stated_at: str
    answer: ProposalAnswer | None = None

    @property
    def waits(self) -> bool:
        """Whether it has no effect until a second person answers."""
        return self.needs_second and self.answer is None


def state_term(ledger: Ledger, case_id: str, *, new: CaseTerm, person: str) -> StatedTerm:
    """The act `case.term_stated`; where it lets go earlier it waits for a second person.

    Raises `BadInput` without a class, a source, or just one of period and last day; `NotFound`.
    """
    _check(new)
    with ledger.act() as act:
        reading.case(act.connection, case_id)
        earlier = lets_go_earlier(new, case_term(act.connection, case_id))
        source = new.source
        row: NewRow = {
            **act.numbered(schema.case_terms, owner="case_id", value=case_id),
            "id": secrets.token_hex(8),  # it stands in addresses, where a slash would part it
            "class_code": new.class_code,
            "period": new.period,
            "ends_on": None if new.ends_on is None else new.ends_on.isoformat(),
            "real_estate": int(new.is_real_estate),
            "source": "" if source is None else source.document.strip(),
            "article": "" if source is None else source.article.strip(),
            "quote": "" if source is None else source.quote.strip(),
            "needs_second": int(earlier),
            "person_id": kept.known_person(act.connection, person),
            "stated_at": act.at_text,
        }
        act.insert(schema.case_terms, row)
        facts: dict[str, Json] = {"case": case_id, "term": str(row["id"])}
        act.enter("case.term_stated", {**facts, "needs_second": earlier})
        return find(act.connection, str(row["id"]))


def answer_term(
    ledger: Ledger, term_id: str, *, person: str, approve: bool, note: str | None = None
) -> None:
    """The act `case.term_answered`, by another person than stated it; they may withdraw it.

    Raises `NotFound`, `BadInput` where nothing waits, `Refused` (RETENTION_SECOND_PERSON).
    """
    with ledger.act() as act:
        found = find(act.connection, term_id)
        if not found.waits:
            raise BadInput(f"{term_id} waits for nobody", why="PROPOSAL_ANSWERED")
        own = found.person == person
        if own and approve:
            message = f"{term_id} is approved by another person than stated it"
            raise Refused(message, code="RETENTION_SECOND_PERSON", version=term_id)
        refusal = ProposalAnswer.WITHDRAWN if own else ProposalAnswer.REFUSED
        answer = ProposalAnswer.APPROVED if approve else refusal
        row: NewRow = {
            "id": term_id,
            "answer": answer.value,
            "note": kept.keep(act, REMARK, value=note),
            "person_id": kept.known_person(act.connection, person),
            "stated_at": act.at_text,
        }
        act.insert(schema.case_term_answers, row)
        facts: dict[str, Json] = {"case": found.case, "term": term_id, "answer": answer.value}
        act.enter("case.term_answered", facts)


def _check(new: CaseTerm) -> None:
    if not is_class(new.class_code or ""):
        raise BadInput("No class", why="RETENTION_CLASS", value=(new.class_code or "")[:80])
    if (new.period is None) == (new.ends_on is None):
        raise BadInput("A file ends by a period or on a day", why="CASE_TERM_END")
    if new.period is not None and (new.period == CASE_ARCHIVE or not retention().fits(new.period)):
        raise BadInput("No period", why="RETENTION_PERIOD", value=new.period[:80])
    if new.source is None:
        raise BadInput("The source is missing", why="RETENTION_SOURCE", value="")
    check_source(new.source)


# --- reading --------------------------------------------------------------------------------------


def find(connection: Connection, term_id: str) -> StatedTerm:
    """A statement by its id. Raises `NotFound`."""
    row = connection.execute(_joined().where(schema.case_terms.c.id == term_id)).first()
    if row is None:
        raise NotFound(f"There is no term {term_id}", why="NO_CASE_TERM", term=term_id)
    return _stated(row)


def of_case(connection: Connection, case_id: str) -> list[StatedTerm]:
    """What was ever stated of the end of a case file, in order."""
    query = _joined().where(schema.case_terms.c.case_id == case_id)
    return [_stated(row) for row in connection.execute(query.order_by(schema.case_terms.c.number))]


def waiting(connection: Connection) -> list[StatedTerm]:
    """What waits for a second person, the oldest first."""
    table, answers = schema.case_terms, schema.case_term_answers
    query = _joined().where(table.c.needs_second == 1, answers.c.id.is_(None))
    return [_stated(row) for row in connection.execute(query.order_by(table.c.stated_at))]


def _joined() -> Select[Any]:
    table, answers = schema.case_terms, schema.case_term_answers
    joined = table.join(answers, answers.c.id == table.c.id, isouter=True)
    return select(table, answers.c.answer).select_from(joined)


def _stated(row: Row[Any]) -> StatedTerm:
    return StatedTerm(
        id=row.id,
        case=row.case_id,
        term=read_term(row),
        needs_second=bool(row.needs_second),
        person=row.person_id,
        stated_at=row.stated_at,
        answer=None if row.answer is None else ProposalAnswer(row.answer),
    )
