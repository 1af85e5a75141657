"""Holds that follow from what was put on record, in the same act: remedies, and a transfer.

Holds always: the two limits of a decision hold all of its case until the later one has ended
(R-067); they come from other law and are stated, never guessed. A case that is handed over is held
(R-076). Limits that were stated wrongly are stated anew; an earlier end holds until somebody else
releases the hold before, as any other.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from cases import holds, kept, reading
from cases.holds import NewHold
from cases.records import Said
from evidence.canonical import Json
from evidence.case_vocabulary import CaseFact
from evidence.ratio import day_of
from evidence.retention_holds import HoldKind, remedy_until, scope_of
from storage import schema
from storage.ledger import Act, Ledger, Row

_LOOKED_AT = timedelta(days=182)
"""When a hold that nobody asked for is looked at first."""


@dataclass(frozen=True)
class Remedies:
    """What a decision told of remedies: the last days, and who reconsiders and who judges."""

    reconsideration_until: date
    suit_until: date
    reconsidered_by: str | None = None
    court: str | None = None


def state_remedies(ledger: Ledger, case_id: str, *, said: Said, new: Remedies) -> tuple[str, str]:
    """The act `case.recorded` of a decision's limits; returns the record's id and the hold's.

    The entry lists what is held. Raises `BadInput` or `NotFound`.
    """
    until = remedy_until({"reconsideration": new.reconsideration_until, "suit": new.suit_until})
    with ledger.act() as act:
        row = _put_remedies(act, case_id, said=said, new=new)
        basis = f"复议期限至 {new.reconsideration_until}，起诉期限至 {new.suit_until}"
        cause = _Cause(HoldKind.REMEDY_WINDOW, f"record/{row}", basis, said.person, until)
        hold = _put(act, case_id, cause=cause)
        objects: list[Json] = [*sorted(holds.find(act.connection, hold).listed)]
        facts: dict[str, Json] = {"case": case_id, "kind": CaseFact.REMEDIES.value, "hold": hold}
        act.enter("case.recorded", {**facts, "objects": objects})
    return row, hold


def put_transfer(act: Act, case_id: str, *, step: str, person: str | None) -> str:
    """Writes the hold of a case that was handed over, by the row of that step; returns its id."""
    return _put(act, case_id, cause=_Cause(HoldKind.TRANSFER, f"step/{step}", "案件已移送", person))


def _put_remedies(act: Act, case_id: str, *, said: Said, new: Remedies) -> str:
    reading.case(act.connection, case_id)
    if said.person is not None:
        kept.known_person(act.connection, said.person)
    body: dict[str, Json] = {
        "reconsideration_until": new.reconsideration_until.isoformat(),
        "suit_until": new.suit_until.isoformat(),
        "reconsidered_by": kept.line(new.reconsidered_by, "REMEDY_BODY"),
        "court": kept.line(new.court, "REMEDY_BODY"),
    }
    row: Row = {
        **act.numbered(schema.case_records, owner="case_id", value=case_id),
        "kind": CaseFact.REMEDIES.value,
        "at": kept.past_text(act, said.at),
        "document_sha256": kept.digest_text(said.document_sha256),
        "body": kept.body_text(body),
        "person_id": said.person,
        "stated_at": act.at_text,
    }
    act.insert(schema.case_records, row)
    return str(row["id"])


@dataclass(frozen=True)
class _Cause:
    """The fact that a hold follows from."""

    kind: HoldKind
    origin: str
    basis: str
    person: str | None
    until: date | None = None


def _put(act: Act, case_id: str, *, cause: _Cause) -> str:
    today = day_of(act.at)
    ends = today if cause.until is None else cause.until
    looked_at = today + _LOOKED_AT if cause.until is None else max(today, ends)
    new = NewHold(
        kind=cause.kind,
        basis=cause.basis,
        scope=scope_of(cases=[case_id]),
        review_on=looked_at,
        owner=cause.person,
        person=cause.person,
        until=cause.until,
        unit=reading.case(act.connection, case_id).details.unit,
        origin=cause.origin,
    )
    return holds.put_hold(act, new)
