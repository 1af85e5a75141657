"""Who takes part in an action, as what, and from when to when: the act that states a team.

Holds always: a team is stated as a whole, has at least one LEAD and exactly one person who keeps
the record (R-038, R-192); whoever is left out of a later statement is withdrawn, and stays. Who may
enforce is judged when a step is taken, not here: a team that may not is a fact, too.
"""

from collections.abc import Sequence

from cases import kept, reading
from cases.reading import TeamMember
from evidence.case_vocabulary import TeamRole
from evidence.entry import time_text
from evidence.errors import BadInput
from storage import schema
from storage.ledger import Act, Ledger, Row


def state_team(ledger: Ledger, action_id: str, *, members: Sequence[TeamMember]) -> bool:
    """The act `team.stated`; False where nothing is new. Raises `BadInput` or `NotFound`."""
    with ledger.database.read() as connection:
        if list(members) == reading.team(connection, action_id):
            return False
    with ledger.act() as act:
        reading.action(act.connection, action_id)
        put_team(act, action_id, members=members)
        act.enter("team.stated", {"action": action_id, "members": len(members)})
    return True


def put_team(act: Act, action_id: str, *, members: Sequence[TeamMember]) -> None:
    """Writes what is new of a team; raises as `state_team`."""
    _check(members)
    before = {one.person: one for one in reading.team(act.connection, action_id)}
    for member in members:
        kept.known_person(act.connection, member.person)
        if before.pop(member.person, None) != member:
            _insert(act, action_id, member=member, is_withdrawn=False)
    for gone in before.values():
        _insert(act, action_id, member=gone, is_withdrawn=True)


def _check(members: Sequence[TeamMember]) -> None:
    persons = [member.person for member in members]
    if len(set(persons)) != len(persons):
        raise BadInput("Somebody stands twice in the team", why="TEAM_TWICE")
    if not any(member.role is TeamRole.LEAD for member in members):
        raise BadInput("A team needs a lead", why="NO_LEAD")
    keepers = sum(member.is_recorder_person for member in members)
    if keepers != 1:
        raise BadInput("One person keeps the record", why="ONE_RECORDER_PERSON", count=keepers)
    for member in members:
        if member.came and member.left and member.left <= member.came:
            raise BadInput("Somebody left before they came", why="PRESENCE_ORDER")


def _insert(act: Act, action_id: str, *, member: TeamMember, is_withdrawn: bool) -> None:
    row: Row = {
        **act.numbered(schema.action_team, owner="action_id", value=action_id),
        "person_id": member.person,
        "role": member.role.value,
        "is_recorder_person": int(member.is_recorder_person),
        "came_at": None if member.came is None else time_text(member.came),
        "left_at": None if member.left is None else time_text(member.left),
        "is_withdrawn": int(is_withdrawn),
        "stated_at": act.at_text,
    }
    act.insert(schema.action_team, row)
