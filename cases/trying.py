"""A guarded step: judged under the log's lock, and on record whether it passes or not.

Holds always: what stands against a step is told as a whole, each reason with the clauses of the
policy in force on the day of the act; a step that passes is written in the transaction in which it
was judged; one that is refused leaves its try and nothing else (R-214).
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from cases import kept
from cases.arrived import Reached
from evidence.canonical import Json, dumps, loads
from evidence.case_vocabulary import StepBasis
from evidence.entry import parse_time
from evidence.errors import Refused
from evidence.policy import InForce
from evidence.refusal_messages import lift_sentence, refusal_sentence
from evidence.refusals import Refusal, RefusalCode
from people.staff import members_of
from storage import schema
from storage.ledger import Act, Ledger, Row


@dataclass(frozen=True)
class Step:
    """Somebody takes a step at a moment; `document_sha256` is what it rests on, if anything."""

    person: str
    at: datetime
    document_sha256: str | None = None

    def reached(self, body: Mapping[str, Json] | None = None) -> Reached:
        """The state that the step leads to, as it is put on record."""
        document: Mapping[str, Json] = (
            {} if self.document_sha256 is None else {"document": self.document_sha256}
        )
        return Reached(self.at, self.person, {**(body or {}), **document}, StepBasis.GUARDED)


@dataclass(frozen=True)
class Clause:
    """Where a rule stands, and its words."""

    document: str
    article: str
    quote: str


@dataclass(frozen=True)
class Told:
    """A refusal as a person reads it: why, by which clauses, and what would lift it."""

    refusal: Refusal
    clauses: tuple[Clause, ...]
    profiles: tuple[str, ...]
    said: tuple[str, str]
    lift: tuple[str, str]

    @property
    def code(self) -> str:
        """The machine code."""
        return self.refusal.code.value

    def json(self) -> dict[str, Json]:
        """As the terminal and the API give it."""
        clauses: list[Json] = [
            {"document": one.document, "article": one.article, "quote": one.quote}
            for one in self.clauses
        ]
        return {
            **self.refusal.json(),
            "clauses": clauses,
            "profiles": list(self.profiles),
            "sentence_zh": self.said[0],
            "sentence_en": self.said[1],
            "lift_zh": self.lift[0],
            "lift_en": self.lift[1],
        }


class StepRefused(Refused):
    """A step was refused; `told` are all the reasons."""

    code = "STEP_REFUSED"

    def __init__(self, step: str, told: Sequence[Told]) -> None:
        self.told = tuple(told)
        english = "; ".join(one.said[1] for one in told)
        super().__init__(
            f"{step} is refused: {english}",
            step=step,
            codes=" ".join(one.code for one in told),
            reasons_zh="；".join(_with_article(one) for one in told),
            reasons_en=english,
        )


def _with_article(told: Told) -> str:
    """The Chinese sentence with the article it rests on."""
    if not told.clauses:
        return told.said[0]
    first = told.clauses[0]
    return f"{told.said[0]}（{first.article}）"


@dataclass(frozen=True)
class Judged:
    """What stands against a step, and the policy it was judged by."""

    refusals: tuple[Refusal, ...]
    policy: InForce


@dataclass(frozen=True)
class Try:
    """A step of a case or an action in the making; `subject` is `case/ID` or `action/ID`."""

    subject: str
    name: str
    step: Step


Judge = Callable[[Act], Judged]
Write = Callable[[Act], None]


def take(ledger: Ledger, tried: Try, *, judge: Judge, write: Write) -> None:
    """Judges a step and takes it, in one act, which `write` enters.

    Raises `StepRefused` after the try is on record; `BadInput` or `NotFound` leave none.
    """
    told: Sequence[Told] = ()
    with ledger.act() as act:
        kept.known_person(act.connection, tried.step.person)
        kept.past_text(act, tried.step.at)
        judged = judge(act)
        _note(act, tried, refusals=judged.refusals)
        if judged.refusals:
            told = explained(act.connection, judged)
            codes: list[Json] = [one.code for one in told]
            facts: dict[str, Json] = {"subject": tried.subject, "step": tried.name, "codes": codes}
            act.enter("step.refused", facts)
        else:
            write(act)
    if told:
        raise StepRefused(tried.name, told)


def _note(act: Act, tried: Try, *, refusals: Sequence[Refusal]) -> None:
    against: list[Json] = [one.json() for one in refusals]
    row: Row = {
        "id": secrets.token_hex(8),
        "subject": tried.subject,
        "step": tried.name,
        "passed": int(not refusals),
        "refusals": dumps(against).decode(),
        "person_id": tried.step.person,
        "tried_at": act.at_text,
    }
    act.insert(schema.step_tries, row)


def explained(connection: Connection, judged: Judged) -> list[Told]:
    """What stands against a step as people read it, with names instead of ids."""
    names = names_in(connection, judged.refusals)
    return [_told(one, judged.policy, names=names) for one in judged.refusals]


def _told(refusal: Refusal, policy: InForce, *, names: Mapping[str, str]) -> Told:
    cited = policy.rule(refusal.rule).statement.citations
    return Told(
        refusal=refusal,
        clauses=tuple(Clause(one.source.title, one.article, one.quote) for one in cited),
        profiles=tuple(profile.name for profile in policy.line),
        said=refusal_sentence(refusal, names),
        lift=lift_sentence(refusal, names),
    )


def names_in(connection: Connection, refusals: Sequence[Refusal]) -> dict[str, str]:
    """The names of the people that refusals are about, by id."""
    wanted: set[str] = set()
    for refusal in refusals:
        causes = refusal.facts.get("causes")
        about = (
            [refusal.facts, *(one for one in causes if isinstance(one, dict))]
            if isinstance(causes, list)
            else [refusal.facts]
        )
        wanted |= {str(one["person"]) for one in about if "person" in one}
    found = members_of(connection, sorted(wanted))
    return {
        one.id: " ".join(filter(None, (one.full_name, one.officer_number))) or one.id
        for one in found.values()
    }


# --- tries on record ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tried:
    """A try of a step as it is on record."""

    step: str
    passed: bool
    refusals: tuple[Refusal, ...]
    person: str | None
    at: datetime


def tries(connection: Connection, subject: str) -> list[Tried]:
    """Every try of a step of a case or an action, in order."""
    table = schema.step_tries
    query = select(table).where(table.c.subject == subject).order_by(table.c.tried_at, table.c.id)
    return [
        Tried(
            step=row.step,
            passed=bool(row.passed),
            refusals=tuple(_refusals(row.refusals)),
            person=row.person_id,
            at=parse_time(row.tried_at),
        )
        for row in connection.execute(query)
    ]


def _refusals(text: str) -> list[Refusal]:
    against = loads(text.encode())
    return [
        Refusal(RefusalCode(str(one["code"])), one["facts"])
        for one in (against if isinstance(against, list) else [])
        if isinstance(one, dict) and isinstance(one["facts"], dict)
    ]
