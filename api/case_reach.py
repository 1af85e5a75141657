"""Which cases and actions somebody may see or keep: by unit, or as one of the team.

Holds always: what is out of reach is answered as if it were not there; who reaches their own alone
reaches an action of whose team they are, a case with such an action, and in their unit what nobody
is named for yet, because somebody has to be the first.
"""

from sqlalchemy import Connection

from api.guard import Caller
from cases import reading
from cases.reading import Action, Case
from evidence.errors import NotFound
from people import units


def case_within(connection: Connection, caller: Caller, *, case_id: str) -> Case:
    """A case within reach. Raises `NotFound`."""
    found = reading.case(connection, case_id)
    if not reaches_case(connection, caller, case=found):
        raise NotFound(f"There is no case {case_id}", why="NO_CASE", case=case_id)
    return found


def action_within(connection: Connection, caller: Caller, *, action_id: str) -> Action:
    """An action within reach. Raises `NotFound`."""
    found = reading.action(connection, action_id)
    if not reaches_action(connection, caller, action=found):
        raise NotFound(f"There is no action {action_id}", why="NO_ACTION", action=action_id)
    return found


def unit_within(connection: Connection, caller: Caller, *, named: str) -> str:
    """The id of a unit in which the caller may make something new. Raises `NotFound`."""
    found = units.find_unit(connection, named).id
    if not (caller.extent.contains(found) or found in caller.extent.homes):
        raise NotFound(f"No one unit is called {named}", why="NO_UNIT", unit=named)
    return found


def reaches_action(connection: Connection, caller: Caller, *, action: Action) -> bool:
    """Whether an action lies within reach."""
    unit = action.details.unit
    if caller.extent.contains(unit):
        return True
    if not caller.extent.homes:
        return False
    team = [one.person for one in reading.team(connection, action.id)]
    return caller.account.person in team if team else unit in caller.extent.homes


def is_named(connection: Connection, caller: Caller, *, action: Action) -> bool:
    """Whether an action lies within reach by its unit, or because the caller is of its team."""
    if caller.extent.contains(action.details.unit):
        return True
    team = [one.person for one in reading.team(connection, action.id)]
    return bool(caller.extent.homes) and caller.account.person in team


def reaches_case(connection: Connection, caller: Caller, *, case: Case) -> bool:
    """Whether a case lies within reach."""
    unit = case.details.unit
    if caller.extent.contains(unit):
        return True
    if not caller.extent.homes:
        return False
    actions = reading.actions_of_case(connection, case.id)
    if not actions:
        return unit in caller.extent.homes
    return any(
        reaches_action(connection, caller, action=reading.action(connection, one))
        for one in actions
    )
