"""The register of who serves where and as what, with which certificate: acts that state it.

Holds always: nothing stated is changed or taken back in place: a later posting says what holds from
its day on, a certificate ends by an event; a person without an account stands here as well as one
with; names and numbers are kept as commitments. `people.staff` reads what is stated here.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection, select

from evidence.canonical import Json
from evidence.enforcing import PersonKind, PostStatus
from evidence.errors import BadInput, NotFound
from evidence.personal import (
    CERTIFICATE_NUMBER,
    OFFICER_NUMBER,
    PERSON_NAME,
    REMARK,
    SALT_BYTES,
    Personal,
)
from people import units
from storage import schema
from storage.ledger import Act, Ledger

_LONGEST = 64
_LONGEST_REMARK = 500


class CertificateEvent(StrEnum):
    """What becomes of a certificate; the examination is passed before its issue (R-057)."""

    EXAM_PASSED = "EXAM_PASSED"
    ANNUAL_CHECK = "ANNUAL_CHECK"
    REVOKED = "REVOKED"
    COLLECTED = "COLLECTED"
    DESTROYED = "DESTROYED"


@dataclass(frozen=True)
class NewPosting:
    """Where and as what somebody serves from a day on; `reason` may hold anything people write."""

    from_day: date
    unit: str
    kind: PersonKind = PersonKind.OFFICER
    on_establishment: bool = True
    on_post: bool = True
    status: PostStatus = PostStatus.ACTIVE
    reason: str | None = None


@dataclass(frozen=True)
class NewCertificate:
    """A certificate, valid on both days and between them; `kind` as printed on it.

    `examined_on` is when the examination for it was passed, None where that is not known.
    """

    number: str
    issuer: str
    valid_from: date
    valid_to: date
    kind: str = "行政执法证"
    examined_on: date | None = None


@dataclass(frozen=True)
class Newcomer:
    """Somebody to be entered; `officer_number` is what recorders write into file names."""

    full_name: str
    officer_number: str
    posting: NewPosting
    certificate: NewCertificate | None = None
    undertaking: date | None = None


def add_person(ledger: Ledger, new: Newcomer) -> str:
    """The act `person.added`; returns the person's id. Raises `BadInput` or `NotFound`."""
    with ledger.act() as act:
        person_id = insert_person(act, new)
        act.enter("person.added", {"person": person_id})
    return person_id


def state_posting(ledger: Ledger, person_id: str, *, new: NewPosting) -> None:
    """The act `posting.stated`. Raises `BadInput` or, for person and unit, `NotFound`."""
    with ledger.act() as act:
        unit_id = insert_posting(act, known_person(act.connection, person_id), new=new)
        facts: dict[str, Json] = {
            "person": person_id,
            "unit": unit_id,
            "from": new.from_day.isoformat(),
            "status": new.status.value,
        }
        act.enter("posting.stated", facts)


def add_certificate(ledger: Ledger, person_id: str, *, new: NewCertificate) -> str:
    """The act `certificate.added`; returns its id. Raises `BadInput` or `NotFound`."""
    with ledger.act() as act:
        certificate_id = insert_certificate(act, known_person(act.connection, person_id), new=new)
        act.enter("certificate.added", {"person": person_id, "certificate": certificate_id})
    return certificate_id


def note_event(ledger: Ledger, certificate_id: str, *, event: CertificateEvent, day: date) -> None:
    """The act `certificate.noted`; an annual check is that of the day's year.

    Raises `NotFound`, or `BadInput` for what was noted already.
    """
    table, events = schema.certificates, schema.certificate_events
    with ledger.act() as act:
        known = select(table).where(table.c.id == certificate_id)
        found = act.connection.execute(known).first()
        if found is None:
            raise NotFound(
                f"No certificate {certificate_id}", why="NO_CERTIFICATE", certificate=certificate_id
            )
        year = _year_of(event, day)
        again = select(events.c.id).where(
            events.c.certificate_id == certificate_id, events.c.event == event.value
        )
        if year is not None:
            again = again.where(events.c.year == year)
        if act.connection.execute(again).first() is not None:
            raise BadInput(f"{event} of {certificate_id} is on record already", why="EVENT_NOTED")
        if event is CertificateEvent.EXAM_PASSED:
            _check_examined(day, date.fromisoformat(found.valid_from))
        if event is CertificateEvent.DESTROYED:
            _check_may_be_destroyed(act.connection, certificate_id, person=found.person_id)
        _insert_event(act, certificate_id, event=event, day=day)
        facts: dict[str, Json] = {"certificate": certificate_id, "event": event.value}
        act.enter("certificate.noted", facts)


def sign_undertaking(ledger: Ledger, person_id: str, *, signed_on: date) -> None:
    """The act `undertaking.signed`: somebody undertook to keep secrets. Raises `NotFound`."""
    with ledger.act() as act:
        insert_undertaking(act, known_person(act.connection, person_id), signed_on=signed_on)
        act.enter("undertaking.signed", {"person": person_id, "on": signed_on.isoformat()})


# --- rows within an act ---------------------------------------------------------------------------


def insert_person(act: Act, new: Newcomer, *, import_id: str | None = None) -> str:
    """Writes a person with posting, certificate and undertaking; returns the id.

    Who has an account under this name and number, and no posting, is this person already.
    Raises `BadInput`, above all for an officer number that somebody bears already, or `NotFound`.
    """
    name, number = said(new.full_name, "PERSON_NAME"), said(new.officer_number, "OFFICER_NUMBER")
    borne = bearers(act.connection, number)
    if not is_free(borne, name):
        raise BadInput(f"Number {number} is taken", why="OFFICER_NUMBER_TAKEN", number=number)
    person_id = borne[0].person if borne else _insert_name(act, name, number=number)
    insert_posting(act, person_id, new=new.posting, import_id=import_id)
    if new.certificate is not None:
        insert_certificate(act, person_id, new=new.certificate, import_id=import_id)
    if new.undertaking is not None:
        insert_undertaking(act, person_id, signed_on=new.undertaking, import_id=import_id)
    return person_id


def _insert_name(act: Act, name: str, *, number: str) -> str:
    person_id = secrets.token_hex(8)
    row = {
        "id": person_id,
        "full_name": _kept(act, PERSON_NAME, value=name),
        "officer_number": _kept(act, OFFICER_NUMBER, value=number),
        "added_at": act.at_text,
    }
    act.insert(schema.persons, row)
    return person_id


def insert_posting(
    act: Act, person_id: str, *, new: NewPosting, import_id: str | None = None
) -> str:
    """Writes a posting; returns its unit. Raises `BadInput` (R-052) or `NotFound`."""
    unit_id = units.find_unit(act.connection, new.unit).id
    if new.kind is PersonKind.OFFICER and not new.on_establishment:
        raise BadInput("Who is not on the establishment is no officer", why="NOT_ESTABLISHED")
    reason = None if new.reason is None else remark(act, new.reason)
    row = {
        **act.numbered(schema.postings, owner="person_id", value=person_id),
        "from_day": new.from_day.isoformat(),
        "unit_id": unit_id,
        "kind": new.kind.value,
        "on_establishment": int(new.on_establishment),
        "on_post": int(new.on_post),
        "status": new.status.value,
        "reason": reason,
        "import_id": import_id,
        "stated_at": act.at_text,
    }
    act.insert(schema.postings, row)
    return unit_id


def insert_certificate(
    act: Act, person_id: str, *, new: NewCertificate, import_id: str | None = None
) -> str:
    """Writes a certificate; returns its id. Raises `BadInput`."""
    if new.valid_to < new.valid_from:
        raise BadInput("The certificate ends before it begins", why="CERTIFICATE_DAYS")
    certificate_id = secrets.token_hex(8)
    number, kind = said(new.number, "CERTIFICATE_NUMBER"), said(new.kind, "CERTIFICATE_KIND")
    if _has_another(act.connection, person_id, new=new, kind=kind):
        raise BadInput("Another of this kind is valid then", why="CERTIFICATE_OVERLAPS", kind=kind)
    row = {
        "id": certificate_id,
        "person_id": person_id,
        "kind": kind,
        "certificate_number": _kept(act, CERTIFICATE_NUMBER, value=number),
        "issuer": said(new.issuer, "CERTIFICATE_ISSUER"),
        "valid_from": new.valid_from.isoformat(),
        "valid_to": new.valid_to.isoformat(),
        "import_id": import_id,
        "stated_at": act.at_text,
    }
    act.insert(schema.certificates, row)
    if new.examined_on is not None:
        _check_examined(new.examined_on, new.valid_from)
        passed = CertificateEvent.EXAM_PASSED
        _insert_event(act, certificate_id, event=passed, day=new.examined_on)
    return certificate_id


def _has_another(connection: Connection, person_id: str, *, new: NewCertificate, kind: str) -> bool:
    """Whether somebody has a certificate of this kind that is valid on one of the new one's days.

    One that is revoked no later than the new one begins is none (part 3.1: one valid by kind).
    """
    table, events = schema.certificates, schema.certificate_events
    undone = select(schema.roster_undos.c.id)
    revoked = select(events.c.certificate_id).where(
        events.c.event == CertificateEvent.REVOKED.value,
        events.c.day <= new.valid_from.isoformat(),
    )
    query = select(table.c.id).where(
        table.c.person_id == person_id,
        table.c.kind == kind,
        table.c.valid_from <= new.valid_to.isoformat(),
        table.c.valid_to >= new.valid_from.isoformat(),
        table.c.import_id.is_(None) | table.c.import_id.not_in(undone),
        table.c.id.not_in(revoked),
    )
    return connection.execute(query).first() is not None


def _year_of(event: CertificateEvent, day: date) -> int | None:
    return day.year if event is CertificateEvent.ANNUAL_CHECK else None


def _insert_event(act: Act, certificate_id: str, *, event: CertificateEvent, day: date) -> None:
    events = schema.certificate_events
    row = {
        **act.numbered(events, owner="certificate_id", value=certificate_id),
        "event": event.value,
        "day": day.isoformat(),
        "year": _year_of(event, day),
        "stated_at": act.at_text,
    }
    act.insert(events, row)


def _check_examined(examined_on: date, valid_from: date) -> None:
    """Raises `BadInput` for an examination after the issue (R-057)."""
    if examined_on > valid_from:
        raise BadInput("It was issued before the examination", why="EXAM_AFTER_ISSUE")


def _check_may_be_destroyed(connection: Connection, certificate_id: str, *, person: str) -> None:
    """Raises `BadInput` before it is collected, or while its bearer has a device out (R-058)."""
    events = schema.certificate_events
    collected = select(events.c.id).where(
        events.c.certificate_id == certificate_id,
        events.c.event == CertificateEvent.COLLECTED.value,
    )
    if connection.execute(collected).first() is None:
        raise BadInput("It is to be collected first", why="COLLECT_FIRST")
    held, returns = schema.assignments, schema.assignment_returns
    joined = held.join(returns, returns.c.id == held.c.id, isouter=True)
    out = select(held.c.recorder_id).select_from(joined).where(held.c.holder_id == person)
    out = out.where(held.c.back_at.is_(None), returns.c.id.is_(None))
    recorder = connection.execute(out.order_by(held.c.recorder_id)).scalar()
    if recorder is not None:
        raise BadInput(f"{recorder} is still out", why="STILL_HOLDS", recorder=recorder)


def insert_undertaking(
    act: Act, person_id: str, *, signed_on: date, import_id: str | None = None
) -> None:
    """Writes an undertaking of confidentiality (R-060)."""
    row = {
        **act.numbered(schema.undertakings, owner="person_id", value=person_id),
        "signed_on": signed_on.isoformat(),
        "import_id": import_id,
        "stated_at": act.at_text,
    }
    act.insert(schema.undertakings, row)


@dataclass(frozen=True)
class Bearer:
    """Somebody who bears an officer number; `is_posted` where a posting of theirs stands."""

    person: str
    full_name: str | None
    is_posted: bool
    has_account: bool

    def may_be(self, full_name: str) -> bool:
        """Whether somebody new of this name is this person: one known by an account alone."""
        return not self.is_posted and self.full_name == full_name


def bearers(connection: Connection, officer_number: str) -> list[Bearer]:
    """Whoever bears an officer number; not who was entered by a roster alone that was undone."""
    return all_bearers(connection, officer_number).get(officer_number, [])


def all_bearers(connection: Connection, only: str | None = None) -> dict[str, list[Bearer]]:
    """The bearers of every officer number, or of one."""
    persons, postings, accounts = schema.persons, schema.postings, schema.accounts
    number, name = schema.personal_data.alias("number"), schema.personal_data.alias("name")
    undone = select(schema.roster_undos.c.id)
    stands = postings.c.import_id.is_(None) | postings.c.import_id.not_in(undone)
    posted = select(postings.c.person_id).where(stands)
    withdrawn = select(postings.c.person_id).where(postings.c.import_id.in_(undone))
    has_account = persons.c.id.in_(select(accounts.c.person_id))
    counts = persons.c.id.in_(posted) | has_account | persons.c.id.not_in(withdrawn)
    is_posted = persons.c.id.in_(posted).label("is_posted")
    joined = persons.join(number, number.c.id == persons.c.officer_number)
    joined = joined.join(name, name.c.id == persons.c.full_name, isouter=True)
    query = select(persons.c.id, number.c.value.label("bears"), name.c.value.label("name"))
    query = (
        query.add_columns(is_posted, has_account.label("has_account"))
        .select_from(joined)
        .where(counts)
        .order_by(persons.c.id)
    )
    if only is not None:
        query = query.where(number.c.value == only)
    found: dict[str, list[Bearer]] = {}
    for row in connection.execute(query):
        bearer = Bearer(row.id, row.name, bool(row.is_posted), bool(row.has_account))
        found.setdefault(row.bears, []).append(bearer)
    return found


def is_free(borne: Sequence[Bearer], full_name: str) -> bool:
    """Whether somebody of this name may be entered under a number that these bear."""
    return not borne or (len(borne) == 1 and borne[0].may_be(full_name))


def said(value: str, why: str) -> str:
    """A text that people wrote, without blanks around it; raises `BadInput` with that reason."""
    value = value.strip()
    if not value or len(value) > _LONGEST or not value.isprintable():
        raise BadInput(f"{value!r} is not usable", why=why, name=value)
    return value


def known_person(connection: Connection, person_id: str) -> str:
    """The person's id; raises `NotFound` for one of whom nothing is on record."""
    table = schema.persons
    if connection.execute(select(table.c.id).where(table.c.id == person_id)).first() is None:
        raise NotFound(f"There is no person {person_id}", why="NO_PERSON", person=person_id)
    return person_id


def _kept(act: Act, kind: str, *, value: str) -> str:
    return act.keep(Personal(kind, value, secrets.token_bytes(SALT_BYTES)))


def remark(act: Act, text: str) -> str:
    """The commitment to what somebody wrote freely; raises `BadInput` for nothing or too much."""
    text = text.strip()
    if not text or len(text) > _LONGEST_REMARK or not text.replace("\n", " ").isprintable():
        raise BadInput("The remark is not usable", why="REMARK", most=_LONGEST_REMARK)
    return _kept(act, REMARK, value=text)
