"""Changes of periods: made as versions, shown with all that they touch, approved by two persons.

Holds always: nothing but an approved version changes a period, so a shorter one without it is
refused by being without effect; whoever approves was shown exactly what it touches, told by a
digest; a version that is not retroactive holds for what begins on its first day or later; versions
and answers stay.
"""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from cases import kept
from cases.retention import Shelf
from cases.retention_rules import Version, Versions, read_version
from evidence.canonical import Json, dumps
from evidence.case_vocabulary import ProposalAnswer
from evidence.errors import BadInput, NotFound, Refused
from evidence.personal import REMARK
from evidence.policy_kinds import CASE_ARCHIVE, PERMANENT, retention
from evidence.ratio import day_of
from evidence.retention import PeriodRule, Source, Standing, is_class, is_shorter, rank
from people import units
from storage import graves, schema
from storage.ledger import Act, Ledger
from storage.ledger import Row as NewRow

_MOST_CLASSES = 50
_LONGEST_QUOTE = 1000


@dataclass(frozen=True)
class NewVersion:
    """A bureau's own table of periods, of one unit and all below it, from a day on.

    `rules` name each class once, with its source; `is_retroactive`: for what was there before too.
    """

    unit: str
    from_day: date
    rules: tuple[PeriodRule, ...]
    is_retroactive: bool = False
    note: str | None = None


@dataclass(frozen=True)
class Moved:
    """A recording whose due day a version moves; None: never due."""

    recording: str
    class_code: str
    before: date | None
    after: date | None

    def json(self) -> dict[str, Json]:
        """As previews list it."""
        return {
            "recording": self.recording,
            "class": self.class_code,
            "before": None if self.before is None else self.before.isoformat(),
            "after": None if self.after is None else self.after.isoformat(),
        }


@dataclass(frozen=True)
class Preview:
    """What a version touches: each recording whose due day moves, in order of digests.

    `shorter` are the classes that it lets go earlier, `below_floor` those shorter than an act can
    be brought before a court. `sha256` is of all of it.
    """

    moved: tuple[Moved, ...]
    shorter: tuple[str, ...]
    below_floor: tuple[str, ...]
    sha256: str


@dataclass(frozen=True)
class Answered:
    """Who answered a version, when and what."""

    answer: ProposalAnswer
    person: str
    note: str | None
    at: str


@dataclass(frozen=True)
class Stated:
    """A version as it stands on record, with its answer if there is one."""

    version: Version
    touched: int
    preview_sha256: str
    note: str | None
    person: str
    stated_at: str
    answered: Answered | None = None


def preview(connection: Connection, new: NewVersion, *, today: date) -> Preview:
    """What a version would move if it were approved today. Raises `BadInput` or `NotFound`."""
    _check(new)
    unit = units.find_unit(connection, new.unit).id
    return _preview(connection, _as_version(new, unit), today=today)


def propose(ledger: Ledger, new: NewVersion, *, person: str) -> str:
    """The act `retention.proposed`; returns the version's id. Raises as `preview`."""
    seen = _seen_now(ledger, new)
    with ledger.act() as act:
        if not new.is_retroactive and new.from_day < day_of(act.at):
            day = new.from_day.isoformat()
            raise BadInput("It would hold for what is there", why="RETENTION_FROM_DAY", day=day)
        unit = units.find_unit(act.connection, new.unit).id
        row: NewRow = {
            **act.numbered(schema.retention_versions, owner="unit_id", value=unit),
            "id": secrets.token_hex(8),
            "from_day": new.from_day.isoformat(),
            "periods": dumps([_period(rule) for rule in new.rules]).decode(),
            "retroactive": int(new.is_retroactive),
            "touched": len(seen.moved),
            "preview_sha256": seen.sha256,
            "note": kept.keep(act, REMARK, value=new.note),
            "person_id": kept.known_person(act.connection, person),
            "stated_at": act.at_text,
        }
        act.insert(schema.retention_versions, row)
        facts: dict[str, Json] = {"version": str(row["id"]), "unit": unit}
        act.enter("retention.proposed", {**facts, "touched": len(seen.moved)})
    return str(row["id"])


def approve(
    ledger: Ledger, version_id: str, *, person: str, seen: str, note: str | None = None
) -> None:
    """The act `retention.answered`: a second person approves what they were shown, by its digest.

    Raises `NotFound`, `BadInput` where it was answered, `Refused` (RETENTION_SECOND_PERSON,
    RETENTION_PREVIEW_CHANGED).
    """
    with ledger.database.read() as connection:
        found = _open(connection, version_id)
        _check_second(found, person)
        now = _preview(connection, found.version, today=day_of(ledger.clock()))
    if now.sha256 != seen:
        message = f"{version_id} touches {len(now.moved)} recordings now"
        raise Refused(message, code="RETENTION_PREVIEW_CHANGED", count=len(now.moved))
    with ledger.act() as act:
        _check_second(_open(act.connection, version_id), person)
        _answer(act, version_id, answer=ProposalAnswer.APPROVED, who=(person, note), seen=now)


def refuse(ledger: Ledger, version_id: str, *, person: str, note: str | None = None) -> None:
    """The act `retention.answered`; by who made it, it is withdrawn. Raises as `approve`."""
    with ledger.act() as act:
        found = _open(act.connection, version_id)
        own = found.person == person
        answer = ProposalAnswer.WITHDRAWN if own else ProposalAnswer.REFUSED
        seen = Preview((), (), (), found.preview_sha256)
        _answer(act, version_id, answer=answer, who=(person, note), seen=seen)


def _answer(
    act: Act, version_id: str, *, answer: ProposalAnswer, who: tuple[str, str | None], seen: Preview
) -> None:
    person, note = who
    row: NewRow = {
        "id": version_id,
        "answer": answer.value,
        "touched": len(seen.moved),
        "preview_sha256": seen.sha256,
        "note": kept.keep(act, REMARK, value=note),
        "person_id": kept.known_person(act.connection, person),
        "stated_at": act.at_text,
    }
    act.insert(schema.retention_answers, row)
    act.enter("retention.answered", {"version": version_id, "answer": answer.value})


def _check_second(found: Stated, person: str) -> None:
    if found.person == person:
        message = f"{found.version.id} is approved by another person than made it"
        raise Refused(message, code="RETENTION_SECOND_PERSON", version=found.version.id)


def _check(new: NewVersion) -> None:
    """Raises `BadInput` for a table that is empty, too long, or names a class or period wrongly."""
    named = [rule.class_code for rule in new.rules]
    if not 0 < len(named) <= _MOST_CLASSES or len(set(named)) != len(named):
        raise BadInput("A version names each class once", why="RETENTION_CLASSES")
    fits = retention().fits
    for rule in new.rules:
        if not is_class(rule.class_code):
            raise BadInput("No class", why="RETENTION_CLASS", value=rule.class_code[:80])
        if rule.period is None or not fits(rule.period):
            raise BadInput("No period", why="RETENTION_PERIOD", value=str(rule.period)[:80])
        if len(rule.sources) != 1:
            raise BadInput("A period has one source", why="RETENTION_SOURCE", value="")
        check_source(rule.sources[0])


def check_source(source: Source) -> None:
    """Raises `BadInput` for a source without document, article or words."""
    kept.needed_line(source.document, "RETENTION_SOURCE")
    kept.needed_line(source.article, "RETENTION_SOURCE")
    quote = source.quote.strip()
    if not quote or len(quote) > _LONGEST_QUOTE or not quote.isprintable():
        raise BadInput("The clause is missing", why="RETENTION_SOURCE", value=quote[:80])


def _period(rule: PeriodRule) -> dict[str, Json]:
    (source,) = rule.sources
    return {"class": rule.class_code, "period": rule.period, **source.json()}


def _as_version(new: NewVersion, unit: str) -> Version:
    return Version("", unit, 1 << 30, new.from_day, new.rules, new.is_retroactive)


# --- what a version touches -----------------------------------------------------------------------


def _seen_now(ledger: Ledger, new: NewVersion) -> Preview:
    with ledger.database.read() as connection:
        return preview(connection, new, today=day_of(ledger.clock()))


def _preview(connection: Connection, version: Version, *, today: date) -> Preview:
    """As things stand on the version's first day, or today where that is past."""
    day = max(today, version.from_day)
    approved = Versions.approved(connection)
    among = [one for each in approved.by_unit.values() for one in each]
    before = Shelf.of(connection, day, versions=approved)
    after = Shelf.of(connection, day, versions=Versions.of(connection, [*among, version]))
    moved = tuple(_moved(connection, before, after=after, classes=version.classes))
    shorter = tuple(
        rule.class_code for rule in version.rules if _shortens(rule, before, unit=version.unit)
    )
    low = tuple(rule.class_code for rule in version.rules if _is_below_floor(rule))
    listed: list[Json] = [one.json() for one in moved]
    body: dict[str, Json] = {
        "from": version.from_day.isoformat(),
        "retroactive": version.is_retroactive,
        "periods": [_period(rule) for rule in version.rules],
        "moved": listed,
    }
    return Preview(moved, shorter, low, hashlib.sha256(dumps(body)).hexdigest())


def _shortens(rule: PeriodRule, before: Shelf, *, unit: str) -> bool:
    known = before.rule(rule.class_code, unit=unit, start=None)
    return is_shorter(rule.period, known.period)


def _is_below_floor(rule: PeriodRule) -> bool:
    """Whether a period is shorter than five years, the least in which an act can be sued upon."""
    fixed = rule.period in (None, PERMANENT, CASE_ARCHIVE)
    return not fixed and rank(rule.period) < rank("5 y")


def _moved(
    connection: Connection, before: Shelf, *, after: Shelf, classes: frozenset[str]
) -> Iterator[Moved]:
    known = schema.recordings.c.id
    here = select(known).where(~graves.is_buried(known))
    for recording in connection.execute(here).scalars().all():
        was = before.standing(recording)
        if not _concerned(was, classes):
            continue
        will = after.standing(recording)
        if was.due_on != will.due_on:
            yield Moved(recording, will.class_code, was.due_on, will.due_on)


def _concerned(was: Standing, classes: frozenset[str]) -> bool:
    return any(ground.rule_class in classes for ground in was.grounds)


# --- reading --------------------------------------------------------------------------------------


def find(connection: Connection, version_id: str) -> Stated:
    """A version by its id. Raises `NotFound`."""
    found = _read(connection, _joined().where(schema.retention_versions.c.id == version_id))
    if not found:
        message = f"There is no version {version_id}"
        raise NotFound(message, why="NO_RETENTION_VERSION", version=version_id)
    return found[0]


def shown_again(connection: Connection, version_id: str, *, today: date) -> Preview:
    """What a version on record touches now. Raises `NotFound`."""
    return _preview(connection, find(connection, version_id).version, today=today)


def all_versions(connection: Connection) -> list[Stated]:
    """Every version that was ever made, the latest first."""
    table = schema.retention_versions
    return _read(connection, _joined().order_by(table.c.stated_at.desc(), table.c.id))


def _open(connection: Connection, version_id: str) -> Stated:
    found = find(connection, version_id)
    if found.answered is not None:
        raise BadInput(f"{version_id} was answered already", why="PROPOSAL_ANSWERED")
    return found


def _joined() -> Select[Any]:
    table, answers = schema.retention_versions, schema.retention_answers
    joined = table.join(answers, answers.c.id == table.c.id, isouter=True)
    return select(
        table,
        answers.c.answer,
        answers.c.note.label("answer_note"),
        answers.c.person_id.label("answered_by"),
        answers.c.stated_at.label("answered_at"),
    ).select_from(joined)


def _read(connection: Connection, query: Select[Any]) -> list[Stated]:
    rows = connection.execute(query).all()
    texts = kept.opened(connection, (one for row in rows for one in (row.note, row.answer_note)))
    return [_stated(row, note=texts.get(row.note or ""), said=texts) for row in rows]


def _stated(row: Row[Any], *, note: str | None, said: Mapping[str, str]) -> Stated:
    answered = None
    if row.answer is not None:
        words = said.get(row.answer_note or "")
        answered = Answered(ProposalAnswer(row.answer), row.answered_by, words, row.answered_at)
    return Stated(
        version=read_version(row),
        touched=row.touched,
        preview_sha256=row.preview_sha256,
        note=note,
        person=row.person_id,
        stated_at=row.stated_at,
        answered=answered,
    )
