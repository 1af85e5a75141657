"""What keeps a recording from counting, and what a reviewer says of its clock.

Holds always: a recording in quarantine is kept and shown as such, gives no coverage, and counts
again only once a person with the role of a reviewer releases it with a reason; a release takes back
one cause and no other; raw times are never changed (3.2; R-139, R-197, R-202; C9).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select

from cases import kept
from evidence.assessment import Exclusion
from evidence.entry import time_text
from evidence.errors import BadInput, NotFound, Refused
from evidence.personal import REMARK
from evidence.vocabulary import AccountState, Role
from storage import schema
from storage.ledger import Act, Ledger, Row


class QuarantineState(StrEnum):
    """What was said last of one cause."""

    QUARANTINED = "QUARANTINED"
    RELEASED = "RELEASED"


CAUSES = frozenset(Exclusion) - {Exclusion.NOT_STORED, Exclusion.NOT_MEASURED}
"""What a recording can be put aside for; the others pass by themselves."""


@dataclass(frozen=True)
class Said:
    """Who says it, and why; `person` is None where the system found it by its own rules."""

    person: str | None
    note: str | None = None


def quarantine(ledger: Ledger, recording: str, *, cause: Exclusion, said: Said) -> bool:
    """The act `recording.quarantined`; False where that was said already. Raises `BadInput`."""
    if cause not in CAUSES:
        raise BadInput(f"{cause} is no cause of quarantine", why="QUARANTINE_CAUSE", value=cause)
    with ledger.database.read() as connection:
        if cause in quarantined(connection, [recording]).get(recording, ()):
            return False
    with ledger.act() as act:
        if said.person is not None:
            kept.known_person(act.connection, said.person)
        _put(act, recording, state=QuarantineState.QUARANTINED, cause=cause, said=said)
        act.enter("recording.quarantined", {"recording": recording, "cause": cause.value})
    return True


def release(ledger: Ledger, recording: str, *, cause: Exclusion, said: Said) -> None:
    """The act `recording.released`: a reviewer lets it count again, with a reason.

    Of EXTERNAL and CLOCK_UNTRUSTED, which are found and not said, it may come before anybody put
    it aside. Raises `BadInput` without a reason, `Refused` (NOT_REVIEWER).
    """
    with ledger.act() as act:
        check_reviewer(act.connection, said.person)
        if not (said.note or "").strip():
            raise BadInput("A release needs a reason", why="RELEASE_REASON")
        there = quarantined(act.connection, [recording]).get(recording, frozenset())
        if cause not in there and cause is not Exclusion.EXTERNAL:
            raise BadInput("It is not put aside for that", why="NOT_QUARANTINED", value=cause)
        _put(act, recording, state=QuarantineState.RELEASED, cause=cause, said=said)
        act.enter("recording.released", {"recording": recording, "cause": cause.value})


def _put(act: Act, recording: str, *, state: QuarantineState, cause: Exclusion, said: Said) -> None:
    known_recording(act.connection, recording)
    row: Row = {
        **act.numbered(schema.quarantines, owner="recording_id", value=recording),
        "state": state.value,
        "cause": cause.value,
        "note": kept.keep(act, REMARK, value=said.note),
        "person_id": said.person,
        "stated_at": act.at_text,
    }
    act.insert(schema.quarantines, row)


@dataclass(frozen=True)
class NewAnchor:
    """At the true moment `true_at` the recorder showed `device_at`; both in UTC.

    Of a recorder it counts for the outing in which it lies; of a recording for that one alone.
    """

    device_at: datetime
    true_at: datetime
    person: str
    note: str
    recorder: str | None = None
    recording: str | None = None


def set_anchor(ledger: Ledger, new: NewAnchor) -> str:
    """The act `clock.anchored`; returns the row's id.

    Raises `BadInput`, `NotFound`, or `Refused` (NOT_REVIEWER).
    """
    if (new.recorder is None) == (new.recording is None):
        raise BadInput("An anchor is of a recorder or of a recording", why="ANCHOR_SUBJECT")
    with ledger.act() as act:
        check_reviewer(act.connection, new.person)
        kept.past_text(act, new.true_at)
        if new.recording is not None:
            known_recording(act.connection, new.recording)
        subject = f"recording/{new.recording}" if new.recording else f"recorder/{new.recorder}"
        row: Row = {
            **act.numbered(schema.clock_anchors, owner="subject", value=subject),
            "recorder_id": _known_recorder(act.connection, new.recorder),
            "recording_id": new.recording,
            "device_at": time_text(new.device_at),
            "true_at": time_text(new.true_at),
            "person_id": new.person,
            "note": kept.keep_needed(act, REMARK, value=new.note, why="ANCHOR_NOTE"),
            "stated_at": act.at_text,
        }
        act.insert(schema.clock_anchors, row)
        act.enter("clock.anchored", {"subject": subject, "anchor": row["id"]})
    return str(row["id"])


# --- reading --------------------------------------------------------------------------------------


def quarantined(
    connection: Connection, recordings: Collection[str]
) -> dict[str, frozenset[Exclusion]]:
    """For what each recording is put aside now; without those that are not."""
    found: dict[str, frozenset[Exclusion]] = {}
    for recording, causes in _said_last(connection, recordings).items():
        kept_for = {c for c, state in causes.items() if state is QuarantineState.QUARANTINED}
        if kept_for:
            found[recording] = frozenset(kept_for)
    return found


def released(
    connection: Connection, recordings: Collection[str]
) -> dict[str, frozenset[Exclusion]]:
    """What a reviewer took back of each recording."""
    return {
        recording: frozenset(c for c, s in causes.items() if s is QuarantineState.RELEASED)
        for recording, causes in _said_last(connection, recordings).items()
    }


def _said_last(
    connection: Connection, recordings: Collection[str]
) -> dict[str, dict[Exclusion, QuarantineState]]:
    table = schema.quarantines
    query = select(table).where(table.c.recording_id.in_(sorted(recordings)))
    found: Mapping[str, dict[Exclusion, QuarantineState]] = {one: {} for one in recordings}
    for row in connection.execute(query.order_by(table.c.number)):
        found[row.recording_id][Exclusion(row.cause)] = QuarantineState(row.state)
    return dict(found)


def check_reviewer(connection: Connection, person: str | None) -> None:
    """Raises `Refused` (NOT_REVIEWER) for whoever holds no role of a reviewer now."""
    accounts, members, ends = schema.accounts, schema.memberships, schema.membership_ends
    states = schema.account_states
    joined = members.join(accounts, accounts.c.id == members.c.account_id)
    joined = joined.join(ends, ends.c.id == members.c.id, isouter=True)
    query = select(accounts.c.id).select_from(joined)
    query = query.where(accounts.c.person_id == person, ends.c.id.is_(None))
    query = query.where(members.c.role == Role.REVIEWER.value)
    for account in connection.execute(query).scalars().all():
        last = select(states.c.state).where(states.c.account_id == account)
        state = connection.execute(last.order_by(states.c.number.desc()).limit(1)).scalar()
        if state in (None, AccountState.ACTIVE.value):
            return
    raise Refused("Only a reviewer may do that", code="NOT_REVIEWER", person=person or "")


def known_recording(connection: Connection, recording: str) -> str:
    """The recording's digest; raises `NotFound`."""
    table = schema.recordings
    if connection.execute(select(table.c.id).where(table.c.id == recording)).first() is None:
        message = f"There is no recording {recording}"
        raise NotFound(message, why="NO_RECORDING", recording=recording)
    return recording


def _known_recorder(connection: Connection, recorder: str | None) -> str | None:
    table = schema.recorders
    query = select(table.c.id).where(table.c.id == recorder)
    if recorder is not None and connection.execute(query).first() is None:
        raise NotFound(f"No recorder {recorder}", why="NO_RECORDER", recorder=recorder)
    return recorder
