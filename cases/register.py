"""The register of cases and actions: acts by which they are put on record and said anew.

Holds always: under one external id of one source there is one case or action, however often it is
sent; what is said again in other words is a new statement, what is said again in the same words
changes nothing; what makes an action's recording stricter is never taken back (R-144, R-158).
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Table, select

from cases import kept, reading
from cases.reading import ActionDetails, CaseDetails, Origin
from evidence.case_vocabulary import ActionState, ActionType, CaseState, Category, StepBasis
from evidence.entry import time_text
from evidence.errors import BadInput
from evidence.personal import PERSON_NAME, PLACE, TITLE
from evidence.vocabulary import Tier
from people import units
from storage import schema
from storage.ledger import Act, Ledger, Row

_STRICTNESS = {None: 0, Tier.ORDINARY: 1, Tier.DISCRETIONARY: 2, Tier.MANDATORY: 3}
_LONGEST_ITEM = 40


class Outcome(StrEnum):
    """What became of what was said."""

    ADDED = "ADDED"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"


@dataclass(frozen=True)
class Stated:
    """The case or action that was spoken of, and what became of it."""

    id: str
    outcome: Outcome


class _Unchanged(Exception):
    """Ends an act that would write nothing."""

    def __init__(self, stated: Stated) -> None:
        super().__init__(stated.id)
        self.stated = stated


def add_case(
    ledger: Ledger,
    details: CaseDetails,
    *,
    origin: Origin | None = None,
    state: CaseState = CaseState.MATTER,
) -> Stated:
    """The act `case.added`, or `case.stated` where this external id is known.

    `state` is where a new case stands. Raises `BadInput` or, for the unit, `NotFound`.
    """
    try:
        with ledger.act() as act:
            stated = put_case(act, details, origin=origin or Origin(), state=state)
            _enter_case(act, stated)
    except _Unchanged as unchanged:
        return unchanged.stated
    return stated


def state_case(ledger: Ledger, case_id: str, *, details: CaseDetails) -> Stated:
    """The act `case.stated`. Raises `BadInput` or `NotFound`."""
    try:
        with ledger.act() as act:
            stated = _state_case(act, case_id, details=details)
            _enter_case(act, stated)
    except _Unchanged as unchanged:
        return unchanged.stated
    return stated


def add_action(ledger: Ledger, details: ActionDetails, *, origin: Origin | None = None) -> Stated:
    """The act `action.added`, or `action.stated` where this external id is known.

    A new action is PLANNED. Raises `BadInput` or `NotFound`.
    """
    try:
        with ledger.act() as act:
            stated = put_action(act, details, origin=origin or Origin())
            _enter_action(act, stated)
    except _Unchanged as unchanged:
        return unchanged.stated
    return stated


def state_action(ledger: Ledger, action_id: str, *, details: ActionDetails) -> Stated:
    """The act `action.stated`. Raises `BadInput` or `NotFound`."""
    try:
        with ledger.act() as act:
            stated = _state_action(act, action_id, details=details)
            _enter_action(act, stated)
    except _Unchanged as unchanged:
        return unchanged.stated
    return stated


def _enter_case(act: Act, stated: Stated) -> None:
    if stated.outcome is Outcome.UNCHANGED:
        raise _Unchanged(stated)
    if stated.outcome is Outcome.ADDED:
        act.enter("case.added", {"case": stated.id})
    else:
        act.enter("case.stated", {"case": stated.id})


def _enter_action(act: Act, stated: Stated) -> None:
    if stated.outcome is Outcome.UNCHANGED:
        raise _Unchanged(stated)
    if stated.outcome is Outcome.ADDED:
        act.enter("action.added", {"action": stated.id})
    else:
        act.enter("action.stated", {"action": stated.id})


# --- rows within an act ---------------------------------------------------------------------------


def put_case(
    act: Act,
    details: CaseDetails,
    *,
    origin: Origin,
    state: CaseState = CaseState.MATTER,
    import_id: str | None = None,
) -> Stated:
    """Writes a case or what is new of it; raises as `add_case`."""
    known = find_by_origin(act.connection, schema.cases, origin=origin)
    if known is not None:
        return _state_case(act, known, details=details, import_id=import_id)
    case_id = _insert_identity(act, schema.cases, origin=origin)
    _insert_case_statement(act, case_id, details=details, import_id=import_id)
    basis = StepBasis.GUARDED if origin.source == Origin.source else StepBasis.IMPORTED
    step: Row = {
        **act.numbered(schema.case_steps, owner="case_id", value=case_id),
        "state": state.value,
        "at": act.at_text,
        "body": kept.body_text({"basis": basis.value}),
        "person_id": None,
        "stated_at": act.at_text,
    }
    act.insert(schema.case_steps, step)
    return Stated(case_id, Outcome.ADDED)


def put_action(
    act: Act, details: ActionDetails, *, origin: Origin, import_id: str | None = None
) -> Stated:
    """Writes an action or what is new of it; raises as `add_action`."""
    known = find_by_origin(act.connection, schema.actions, origin=origin)
    if known is not None:
        return _state_action(act, known, details=details, import_id=import_id)
    action_id = _insert_identity(act, schema.actions, origin=origin)
    _insert_action_statement(act, action_id, details=details, import_id=import_id)
    basis = StepBasis.GUARDED if origin.source == Origin.source else StepBasis.IMPORTED
    row: Row = {
        **act.numbered(schema.action_states, owner="action_id", value=action_id),
        "state": ActionState.PLANNED.value,
        "at": act.at_text,
        "body": kept.body_text({"basis": basis.value}),
        "person_id": None,
        "stated_at": act.at_text,
    }
    act.insert(schema.action_states, row)
    return Stated(action_id, Outcome.ADDED)


def find_by_origin(connection: Connection, table: Table, *, origin: Origin) -> str | None:
    """The id of the case or action that a source knows under this id, or None."""
    query = select(table.c.id).where(
        table.c.source == origin.source, table.c.external_id == origin.external_id
    )
    found = connection.execute(query).scalar()
    return None if found is None else str(found)


def _insert_identity(act: Act, table: Table, *, origin: Origin) -> str:
    own_id = secrets.token_hex(8)
    row: Row = {
        "id": own_id,
        "source": kept.needed_line(origin.source, "CASE_SOURCE"),
        "external_id": kept.line(origin.external_id, "EXTERNAL_ID") or own_id,
        "added_at": act.at_text,
    }
    act.insert(table, row)
    return own_id


def _state_case(
    act: Act, case_id: str, *, details: CaseDetails, import_id: str | None = None
) -> Stated:
    before = reading.case(act.connection, case_id).details
    now = _tidy_case(act.connection, details)
    if now == before:
        return Stated(case_id, Outcome.UNCHANGED)
    if (before.is_major, before.especially_major) > (now.is_major, now.especially_major) or (
        before.especially_major and not now.especially_major
    ):
        raise BadInput(f"Case {case_id} is major and stays so", why="MAJOR_LOWERED")
    _insert_case_statement(act, case_id, details=details, import_id=import_id)
    return Stated(case_id, Outcome.CHANGED)


def _insert_case_statement(
    act: Act, case_id: str, *, details: CaseDetails, import_id: str | None
) -> None:
    table, new = schema.case_statements, _tidy_case(act.connection, details)
    _check_number(act.connection, case_id, details=new)
    row: Row = {
        **act.numbered(table, owner="case_id", value=case_id),
        "case_number": new.number,
        "unit_id": new.unit,
        "category": new.category.value,
        "category_name": new.category_name,
        "power_item": new.power_item,
        "title": kept.keep(act, TITLE, value=new.title),
        "party": kept.keep(act, PERSON_NAME, value=new.party),
        "is_major": int(new.is_major),
        "especially_major": int(new.especially_major),
        "import_id": import_id,
        "stated_at": act.at_text,
    }
    act.insert(table, row)


def _check_number(connection: Connection, case_id: str, *, details: CaseDetails) -> None:
    """Raises `BadInput` where another case of the unit bears this number now."""
    table = schema.case_statements
    query = select(table.c.case_id).where(
        table.c.case_number == details.number,
        table.c.unit_id == details.unit,
        table.c.case_id != case_id,
    )
    for other in set(connection.execute(query).scalars()):
        theirs = reading.case(connection, other).details
        if (theirs.number, theirs.unit) == (details.number, details.unit):
            raise BadInput("The number is taken", why="CASE_NUMBER_TAKEN", number=details.number)


def _tidy_case(connection: Connection, details: CaseDetails) -> CaseDetails:
    """The details as rows hold them; raises `BadInput` or, for the unit, `NotFound`."""
    return replace(
        details,
        number=kept.needed_line(details.number, "CASE_NUMBER"),
        unit=units.find_unit(connection, details.unit).id,
        category_name=_name_of_other(
            details.category_name, is_other=details.category is Category.OTHER, why="CATEGORY_NAME"
        ),
        power_item=_item(details.power_item),
        title=kept.line(details.title, "CASE_TITLE"),
        party=kept.line(details.party, "PARTY_NAME"),
        is_major=details.is_major or details.especially_major,
    )


def _name_of_other(name: str | None, *, is_other: bool, why: str) -> str | None:
    """The name that OTHER needs and nothing else has (R-002); raises `BadInput`."""
    found = kept.line(name, why)
    if is_other and found is None:
        raise BadInput("What is none of the listed needs a name", why=why, value="")
    return found if is_other else None


def _item(code: str | None) -> str | None:
    """The code of an item of the power list; raises `BadInput`."""
    found = kept.line(code, "POWER_CODE")
    if found is not None and (len(found) > _LONGEST_ITEM or " " in found):
        raise BadInput(f"{found!r} is no code of a power", why="POWER_CODE", value=found)
    return found


def _state_action(
    act: Act, action_id: str, *, details: ActionDetails, import_id: str | None = None
) -> Stated:
    action = reading.action(act.connection, action_id)
    before, now = action.details, _tidy_action(act.connection, details)
    if now == before:
        return Stated(action_id, Outcome.UNCHANGED)
    if before.interests.lowered(now.interests):
        raise BadInput("A flag was raised and stays so", why="FLAG_LOWERED")
    if _STRICTNESS[now.tier_raised] < _STRICTNESS[before.tier_raised]:
        raise BadInput("The tier was raised and stays so", why="TIER_LOWERED")
    fixed = (before.type, before.type_name, before.room)
    if action.state is not ActionState.PLANNED and fixed != (now.type, now.type_name, now.room):
        raise BadInput("Type and room are fixed at the start", why="ACTION_FIXED")
    _insert_action_statement(act, action_id, details=details, import_id=import_id)
    return Stated(action_id, Outcome.CHANGED)


def _insert_action_statement(
    act: Act, action_id: str, *, details: ActionDetails, import_id: str | None
) -> None:
    table, new = schema.action_statements, _tidy_action(act.connection, details)
    row: Row = {
        **act.numbered(table, owner="action_id", value=action_id),
        "case_id": new.case,
        "unit_id": new.unit,
        "type": new.type.value,
        "type_name": new.type_name,
        "category": new.category.value,
        "category_name": new.category_name,
        "power_item": new.power_item,
        "place": kept.keep(act, PLACE, value=new.place),
        "room_id": new.room,
        "touches_liberty": int(new.interests.liberty),
        "touches_life_health": int(new.interests.life_health),
        "touches_major_property": int(new.interests.major_property),
        "tier_raised": None if new.tier_raised is None else new.tier_raised.value,
        "planned_from": _moment(new.planned, 0),
        "planned_to": _moment(new.planned, 1),
        "import_id": import_id,
        "stated_at": act.at_text,
    }
    act.insert(table, row)


def _moment(planned: tuple[datetime, datetime] | None, place: int) -> str | None:
    return None if planned is None else time_text(planned[place])


def _tidy_action(connection: Connection, details: ActionDetails) -> ActionDetails:
    """The details as rows hold them; raises `BadInput` or `NotFound`."""
    if details.planned is not None and details.planned[1] <= details.planned[0]:
        raise BadInput("The plan ends before it begins", why="PLANNED_ORDER")
    if details.case is not None:
        reading.case(connection, details.case)
    return replace(
        details,
        unit=units.find_unit(connection, details.unit).id,
        type_name=_name_of_other(
            details.type_name, is_other=details.type is ActionType.OTHER, why="TYPE_NAME"
        ),
        category_name=_name_of_other(
            details.category_name, is_other=details.category is Category.OTHER, why="CATEGORY_NAME"
        ),
        power_item=_item(details.power_item),
        place=kept.line(details.place, "PLACE_NAME"),
        room=kept.line(details.room, "ROOM"),
    )
