"""Cases, judged for findings: a decision that came before its review agreed.

Holds always: as in `cases.finding_look`.
"""

from datetime import datetime

from cases.finding_look import Due, Look, newest, once, rows_of, stamped
from evidence.canonical import loads_object
from evidence.entry import parse_time
from evidence.finding_facts import Decided, of_decision
from evidence.finding_rules import About
from evidence.ratio import day_of
from storage import schema


def judge_case(look: Look, case: str) -> list[Due]:
    """A decision that came before its review agreed (R-218)."""
    said = newest(look.connection, schema.case_statements, owner="case_id", value=case)
    steps = rows_of(look.connection, schema.case_steps, owner="case_id", value=case)
    decided = [row for row in steps if row.state == "DECIDED"]
    if said is None or not decided:
        return []
    at = parse_time(decided[-1].at)
    facts = Decided(case, at, _agreed(look, case, decided_at=at), bool(said.is_major))
    day = day_of(at)
    persons = () if decided[-1].person_id is None else (decided[-1].person_id,)
    about = About(said.unit_id, look.principal(said.unit_id, day), None, case, None, persons)
    due = once(look, of_decision(facts, about))
    return stamped(look, due, unit=said.unit_id, day=day)


def _agreed(look: Look, case: str, *, decided_at: datetime) -> datetime | None:
    """The last agreement before the decision, else the first one after it."""
    records = rows_of(look.connection, schema.case_records, owner="case_id", value=case)
    agreed = sorted(
        parse_time(row.at)
        for row in records
        if row.kind == "REVIEW_OPINION"
        and loads_object(row.body.encode()).get("opinion") == "AGREE"
    )
    before = [at for at in agreed if at <= decided_at]
    return before[-1] if before else next(iter(agreed), None)
