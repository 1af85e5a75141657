"""A bureau's own policy profiles: proposed by one person, brought into force by another.

Holds always: nothing is in force but what a second person approved, and what they approve is the
text as it was handed in, told by its digest; a text that is wrong by itself, or beside the others,
is refused with its place; one that would judge days that are past says so and is never that by
oversight; texts and answers stay.
"""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from evidence.case_vocabulary import ProposalAnswer
from evidence.errors import BadInput, NotFound, Refused
from evidence.policy import Effective, InForce, Profiles, joined
from evidence.policy_catalogue import PARAMETERS, RULES
from evidence.policy_profile import Profile
from evidence.policy_reading import Problem
from evidence.ratio import day_of
from people.policies import Texts, load_policies, own_texts, place_of
from people.register import known_person, remark
from storage import schema
from storage.ledger import Act, Ledger
from storage.ledger import Row as NewRow

MOST_CHARACTERS = 200_000
_DRAFT = "draft"


@dataclass(frozen=True)
class Changed:
    """A parameter or rule that a profile answers otherwise than held without it; None: nothing."""

    name: str
    before: Effective | None
    after: Effective


@dataclass(frozen=True)
class Preview:
    """What a text would do: the profile it holds and what it changes, or what is wrong with it."""

    profile: Profile | None
    changed: tuple[Changed, ...]
    problems: tuple[Problem, ...]
    sha256: str


@dataclass(frozen=True)
class Answered:
    """Who answered, when (UTC text) and what; `note` is None once erased."""

    answer: ProposalAnswer
    person: str
    note: str | None
    at: str


@dataclass(frozen=True)
class Stated:
    """A proposed profile as it stands on record; times are UTC texts."""

    id: str
    profile: str
    number: int
    valid_from: date
    is_retroactive: bool
    body: str
    sha256: str
    note: str | None
    person: str
    stated_at: str
    answered: Answered | None

    @property
    def place(self) -> str:
        """How problems name the text."""
        return place_of(self.id)


def preview(connection: Connection, body: str) -> Preview:
    """What a text would do if it were approved now. Raises `BadInput` for one that is too long."""
    return _preview(own_texts(connection), _DRAFT, body=body)


def shown_again(connection: Connection, policy: str) -> Preview:
    """What a proposed text does, or did: beside those that were proposed before it.

    Raises `NotFound`.
    """
    found = find(connection, policy)
    others = [one for one in everything(connection) if one.number < found.number]
    approved = [one for one in others if _is_approved(one)]
    texts = tuple((one.place, one.body) for one in sorted(approved, key=lambda one: one.number))
    return _preview(texts, found.place, body=found.body)


def propose(
    ledger: Ledger, body: str, *, person: str, retroactive: bool = False, note: str | None = None
) -> str:
    """The act `policy.proposed`; returns the proposal's id.

    `retroactive`: days before today are judged by it anew. Raises `BadInput` with the first
    problem's place, or for a first day that is past and not said to be (POLICY_FROM_DAY).
    """
    table = schema.own_policies
    with ledger.act() as act:
        seen = _preview(own_texts(act.connection), _DRAFT, body=body)
        profile = _sound(seen)
        _check_day(profile.valid_from, act, retroactive=retroactive)
        last = act.connection.execute(select(func.max(table.c.number))).scalar()
        row: NewRow = {
            "id": secrets.token_hex(8),
            "profile": profile.name,
            "number": 0 if last is None else int(last) + 1,
            "valid_from": profile.valid_from.isoformat(),
            "retroactive": int(retroactive),
            "body": body,
            "sha256": seen.sha256,
            "note": remark(act, note) if note else None,
            "person_id": known_person(act.connection, person),
            "stated_at": act.at_text,
        }
        act.insert(table, row)
        facts = {"policy": str(row["id"]), "profile": profile.name, "sha256": seen.sha256}
        act.enter("policy.proposed", {**facts})
    return str(row["id"])


def approve(
    ledger: Ledger, policy: str, *, person: str, seen: str, note: str | None = None
) -> None:
    """The act `policy.answered`: a second person brings the text they read, by digest, into force.

    Raises `NotFound`, `BadInput` where it was answered, or no longer fits beside the others or its
    first day has passed, `Refused` (POLICY_SECOND_PERSON, POLICY_NOT_SEEN).
    """
    with ledger.act() as act:
        found = _open(act.connection, policy)
        if found.person == person:
            message = f"{policy} is approved by another person than proposed it"
            raise Refused(message, code="POLICY_SECOND_PERSON", policy=policy)
        if found.sha256 != seen:
            raise Refused(f"{policy} is another text", code="POLICY_NOT_SEEN", policy=policy)
        _sound(_preview(own_texts(act.connection), found.place, body=found.body))
        _check_day(found.valid_from, act, retroactive=found.is_retroactive)
        _answer(act, policy, answer=ProposalAnswer.APPROVED, who=(person, note))


def refuse(ledger: Ledger, policy: str, *, person: str, note: str | None = None) -> None:
    """The act `policy.answered`; by who proposed it, it is withdrawn. Raises as `approve`."""
    with ledger.act() as act:
        own = _open(act.connection, policy).person == person
        answer = ProposalAnswer.WITHDRAWN if own else ProposalAnswer.REFUSED
        _answer(act, policy, answer=answer, who=(person, note))


def _answer(act: Act, policy: str, *, answer: ProposalAnswer, who: tuple[str, str | None]) -> None:
    person, note = who
    row: NewRow = {
        "id": policy,
        "answer": answer.value,
        "note": remark(act, note) if note else None,
        "person_id": known_person(act.connection, person),
        "stated_at": act.at_text,
    }
    act.insert(schema.own_policy_answers, row)
    act.enter("policy.answered", {"policy": policy, "answer": answer.value})


def _check_day(first: date, act: Act, *, retroactive: bool) -> None:
    if first < day_of(act.at) and not retroactive:
        raise BadInput("Its first day is past", why="POLICY_FROM_DAY", day=first.isoformat())


def _sound(seen: Preview) -> Profile:
    """The profile of a text without a problem; raises `BadInput` for the first there is."""
    for problem in seen.problems:
        raise problem.error()
    if seen.profile is None:
        raise BadInput("The text holds no profile", why="POLICY_TEXT", most=MOST_CHARACTERS)
    return seen.profile


# --- what a text changes --------------------------------------------------------------------------


def _preview(own: Texts, place: str, *, body: str) -> Preview:
    if not body.strip() or len(body) > MOST_CHARACTERS:
        raise BadInput("The text is too long", why="POLICY_TEXT", most=MOST_CHARACTERS)
    before, _ = joined(dict(own), load_policies())
    after, problems = joined({**dict(own), place: body}, load_policies())
    profile = next((one for one in after.all if one.place.startswith(place)), None)
    changed = () if problems or profile is None else tuple(_changed(before, after, profile=profile))
    sha256 = hashlib.sha256(body.encode()).hexdigest()
    return Preview(profile, changed, tuple(problems), sha256)


def _changed(before: Profiles, after: Profiles, *, profile: Profile) -> Iterator[Changed]:
    """What holds otherwise on the profile's first day."""
    day, above = profile.valid_from, profile.inherits or profile.id
    was = before.find(profile.id, day) or before.in_force(above, day)
    will = after.in_force(profile.id, day)
    for name in [*PARAMETERS, *RULES]:
        old, new = _said(was, name), _said(will, name)
        if new is not None and (old is None or _meaning(old) != _meaning(new)):
            yield Changed(name, old, new)


def _said(policy: InForce, name: str) -> Effective | None:
    return policy.rule(name) if name in RULES else policy.said(name)


def _meaning(said: Effective) -> tuple[object, ...]:
    """A statement apart from where it stands."""
    one = said.statement
    clauses = [(cited.article, cited.digest) for cited in one.citations]
    return one.standing, one.value, one.basis, one.remark, clauses


# --- reading --------------------------------------------------------------------------------------


def find(connection: Connection, policy: str) -> Stated:
    """A proposed profile by its id. Raises `NotFound`."""
    found = _read(connection, _joined().where(schema.own_policies.c.id == policy))
    if not found:
        message = f"There is no proposed profile {policy}"
        raise NotFound(message, why="NO_OWN_POLICY", policy=policy)
    return found[0]


def everything(connection: Connection) -> list[Stated]:
    """Every profile that was ever proposed here, the latest first."""
    return _read(connection, _joined().order_by(schema.own_policies.c.number.desc()))


def _open(connection: Connection, policy: str) -> Stated:
    found = find(connection, policy)
    if found.answered is not None:
        raise BadInput(f"{policy} was answered already", why="PROPOSAL_ANSWERED")
    return found


def _is_approved(one: Stated) -> bool:
    return one.answered is not None and one.answered.answer is ProposalAnswer.APPROVED


def _joined() -> Select[Any]:
    table, answers, data = schema.own_policies, schema.own_policy_answers, schema.personal_data
    said, why = data.alias(), data.alias()
    joined_rows = (
        table.join(answers, answers.c.id == table.c.id, isouter=True)
        .join(said, said.c.id == table.c.note, isouter=True)
        .join(why, why.c.id == answers.c.note, isouter=True)
    )
    return select(
        table,
        said.c.value.label("said"),
        answers.c.answer,
        answers.c.person_id.label("answered_by"),
        answers.c.stated_at.label("answered_at"),
        why.c.value.label("why"),
    ).select_from(joined_rows)


def _read(connection: Connection, query: Select[Any]) -> list[Stated]:
    return [_stated(row) for row in connection.execute(query)]


def _stated(row: Row[Any]) -> Stated:
    answered = None
    if row.answer is not None:
        answer = ProposalAnswer(row.answer)
        answered = Answered(answer, row.answered_by, row.why, row.answered_at)
    return Stated(
        id=row.id,
        profile=row.profile,
        number=row.number,
        valid_from=date.fromisoformat(row.valid_from),
        is_retroactive=bool(row.retroactive),
        body=row.body,
        sha256=row.sha256,
        note=row.said,
        person=row.person_id,
        stated_at=row.stated_at,
        answered=answered,
    )
