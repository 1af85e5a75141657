"""States that cases and actions reached elsewhere, and intervals that were declared: facts.

Holds always: such a fact is taken, never refused, and judged afterwards (law 4); an interval after
the first is a new version with a reason and a second person, and the versions before stay (D-17).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cases import holds_following, kept, reading
from evidence.canonical import Json
from evidence.case_vocabulary import ActionState, CaseState, StepBasis
from evidence.entry import time_text
from evidence.errors import BadInput
from evidence.personal import REMARK
from storage import schema
from storage.ledger import Act, Ledger, Row


@dataclass(frozen=True)
class NewInterval:
    """From when to when an action really lasted, by which document, and who says so.

    `reason` and `second_person` are needed from the second version on.
    """

    start: datetime
    end: datetime
    declared_by: str
    basis_sha256: str | None = None
    reason: str | None = None
    second_person: str | None = None


@dataclass(frozen=True)
class Reached:
    """When a state was reached, by whose word, and what belongs to it."""

    at: datetime
    person: str | None = None
    body: Mapping[str, Json] | None = None
    basis: StepBasis = StepBasis.IMPORTED


def case_reached(ledger: Ledger, case_id: str, *, state: CaseState, reached: Reached) -> None:
    """The act `case.stepped` for a state of elsewhere. Raises `BadInput` or `NotFound`."""
    with ledger.act() as act:
        reading.case(act.connection, case_id)
        put_case_state(act, case_id, state=state, reached=reached)
        act.enter("case.stepped", {"case": case_id, "state": state.value})


def action_reached(ledger: Ledger, action_id: str, *, state: ActionState, reached: Reached) -> None:
    """The act `action.stepped` for a state of elsewhere. Raises `BadInput` or `NotFound`."""
    with ledger.act() as act:
        reading.action(act.connection, action_id)
        put_action_state(act, action_id, state=state, reached=reached)
        act.enter("action.stepped", {"action": action_id, "state": state.value})


def declare_interval(ledger: Ledger, action_id: str, *, new: NewInterval) -> int:
    """The act `action.timed`; returns the version's number. Raises `BadInput` or `NotFound`."""
    with ledger.act() as act:
        reading.action(act.connection, action_id)
        number = put_interval(act, action_id, new=new)
        act.enter("action.timed", {"action": action_id, "version": number})
    return number


# --- rows within an act ---------------------------------------------------------------------------


def put_case_state(act: Act, case_id: str, *, state: CaseState, reached: Reached) -> None:
    """Writes that a case reached a state; one that is handed over is held (R-076)."""
    row: Row = {
        **act.numbered(schema.case_steps, owner="case_id", value=case_id),
        "state": state.value,
        **_reached(act, reached),
    }
    act.insert(schema.case_steps, row)
    if state is CaseState.TRANSFERRED:
        holds_following.put_transfer(act, case_id, step=str(row["id"]), person=reached.person)


def put_action_state(act: Act, action_id: str, *, state: ActionState, reached: Reached) -> None:
    """Writes that an action reached a state."""
    row: Row = {
        **act.numbered(schema.action_states, owner="action_id", value=action_id),
        "state": state.value,
        **_reached(act, reached),
    }
    act.insert(schema.action_states, row)


def _reached(act: Act, reached: Reached) -> dict[str, str | int | None]:
    if reached.person is not None:
        kept.known_person(act.connection, reached.person)
    return {
        "at": kept.past_text(act, reached.at),
        "body": kept.body_text({**(reached.body or {}), "basis": reached.basis.value}),
        "person_id": reached.person,
        "stated_at": act.at_text,
    }


def put_interval(act: Act, action_id: str, *, new: NewInterval) -> int:
    """Writes a version of the interval; returns its number, 0 for the first."""
    if new.end <= new.start:
        raise BadInput("The action ends before it begins", why="INTERVAL_ORDER")
    kept.known_person(act.connection, new.declared_by)
    kept.past_text(act, new.end)
    numbered = act.numbered(schema.action_intervals, owner="action_id", value=action_id)
    if numbered["number"] != 0:
        _check_correction(act, new)
    row: Row = {
        **numbered,
        "starts_at": time_text(new.start),
        "ends_at": time_text(new.end),
        "basis_sha256": kept.digest_text(new.basis_sha256),
        "reason": kept.keep(act, REMARK, value=new.reason),
        "declared_by": new.declared_by,
        "second_person": new.second_person,
        "stated_at": act.at_text,
    }
    act.insert(schema.action_intervals, row)
    return int(numbered["number"])


def _check_correction(act: Act, new: NewInterval) -> None:
    """Raises `BadInput` for a correction without a reason or a second person (G-08)."""
    if not (new.reason or "").strip():
        raise BadInput("A correction needs a reason", why="INTERVAL_REASON")
    if new.second_person is None or new.second_person == new.declared_by:
        raise BadInput("A correction needs a second person", why="SECOND_PERSON")
    kept.known_person(act.connection, new.second_person)
