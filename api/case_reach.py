"""Which cases and actions somebody may see or keep: by unit, or as one of the team.

Holds always: what is out of reach is answered as if it were not there; who reaches their own alone
reaches an action of whose team they are, a case with such an action, and in their unit what nobody
is named for yet, because somebody has to be the first.
"""

from collections.abc import Callable

from sqlalchemy import Connection

from api.guard import Caller, extent_of
from cases import reading
from cases.reading import Action, Case
from evidence.errors import Forbidden, NotFound
from people import units
from people.roles import Permission

_OF_CASES = (
    *(Permission.KEEP_CASES, Permission.CONFIRM_CASES),
    *(Permission.LINK_FOOTAGE, Permission.JUDGE_FOOTAGE),
)


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


def allowed(connection: Connection, caller: Caller, *, about: Action | Case) -> list[Permission]:
    """What the caller may do with just this case or action, so that a page offers no more."""

    def reaches(there: Caller) -> bool:
        if isinstance(about, Case):
            return reaches_case(connection, there, case=about)
        return reaches_action(connection, there, action=about)

    return allowed_to(caller, reaches)


def allowed_to(caller: Caller, reaches: Callable[[Caller], bool]) -> list[Permission]:
    """The permissions under which the caller, as far as each goes, reaches something."""
    found = ((one, _under(caller, one)) for one in _OF_CASES)
    return [one for one, there in found if there is not None and reaches(there)]


def _under(caller: Caller, permission: Permission) -> Caller | None:
    """The caller as far as another permission reaches; None where no role gives it."""
    try:
        return Caller(caller.logged_in, extent_of(caller.logged_in, permission))
    except Forbidden:
        return None


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
