"""Legal reviewers of a body: the act that states them, and whether there are enough on a day.

Holds always: nothing stated is changed; the head count is that of the recorders' ratio, so that
both say the same of how many officers there are; an adviser may review for several bodies, and
whoever does not serve that day counts for none (R-073 to R-075, R-157).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from evidence.enforcing import PostStatus, may_enforce, posting_on
from evidence.ratio import Headcount, RatioRule
from evidence.reviewing import (
    ReviewerSource,
    ReviewerVerdict,
    Reviewing,
    judge_reviewers,
    source_on,
)
from people.bodies import Body, bodies
from people.ratio_rule import reviewer_rule_for, rule_for
from people.register import known_person
from people.staff import Member, members
from people.units import find_unit
from storage import schema
from storage.ledger import Ledger, Row


@dataclass(frozen=True)
class ReviewerLine:
    """Somebody who is stated to review for a body; `serves` is whether they serve that day."""

    person: Member
    source: ReviewerSource
    serves: bool


@dataclass(frozen=True)
class BodyReviewers:
    """A body with its verdict and everybody who is stated to review for it."""

    body: Body
    verdict: ReviewerVerdict
    reviewers: Sequence[ReviewerLine]


def state_reviewer(
    ledger: Ledger, person_id: str, *, unit: str, from_day: date, source: ReviewerSource | None
) -> str:
    """The act `reviewer.stated`; a source of None ends it. Returns the unit's id.

    Raises `NotFound`.
    """
    table = schema.reviewings
    with ledger.act() as act:
        unit_id = find_unit(act.connection, unit).id
        row: Row = {
            **act.numbered(table, owner="person_id", value=known_person(act.connection, person_id)),
            "from_day": from_day.isoformat(),
            "unit_id": unit_id,
            "source": None if source is None else source.value,
            "stated_at": act.at_text,
        }
        act.insert(table, row)
        facts = {"person": person_id, "unit": unit_id, "source": row["source"]}
        act.enter("reviewer.stated", facts)
    return unit_id


def reviewers(connection: Connection, day: date) -> list[BodyReviewers]:
    """Each body that owes a ratio, with its reviewers on a day. Raises `NotFound`."""
    everybody, stated = members(connection).values(), _stated(connection)
    return [
        _judged(body, day, everybody=everybody, stated=stated)
        for body in bodies(connection, day)
        if body.owes_ratio
    ]


def _judged(
    body: Body,
    day: date,
    *,
    everybody: Iterable[Member],
    stated: Mapping[str, Sequence[Reviewing]],
) -> BodyReviewers:
    rule = rule_for(body.followed, day)
    officers = sum(_is_counted(one, day, body=body, rule=rule) for one in everybody)
    lines = [
        ReviewerLine(one, source, _serves(one, day))
        for one in everybody
        if (source := source_on(stated.get(one.id, ()), day, units=body.units)) is not None
    ]
    lines.sort(key=lambda line: (line.person.officer_number or "", line.person.id))
    sources = [line.source for line in lines if line.serves]
    verdict = judge_reviewers(reviewer_rule_for(body.followed, day), officers, sources=sources)
    return BodyReviewers(body, verdict, lines)


def _is_counted(person: Member, day: date, *, body: Body, rule: RatioRule) -> bool:
    standing = may_enforce(person.facts, day, annual_check=rule.annual_check)
    if standing.posting is None or standing.posting.unit_id not in body.units:
        return False
    by_roster = rule.headcount is Headcount.ROSTER
    return standing.is_on_roster if by_roster else standing.may_enforce


def _serves(person: Member, day: date) -> bool:
    posting = posting_on(person.facts.postings, day)
    return posting is not None and posting.status is PostStatus.ACTIVE


def _stated(connection: Connection) -> dict[str, list[Reviewing]]:
    found: defaultdict[str, list[Reviewing]] = defaultdict(list)
    for row in connection.execute(select(schema.reviewings)):
        source = None if row.source is None else ReviewerSource(row.source)
        one = Reviewing(date.fromisoformat(row.from_day), row.number, row.unit_id, source)
        found[row.person_id].append(one)
    return found
