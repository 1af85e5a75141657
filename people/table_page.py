"""The table of roles as a page for people who do not read code; `docs/ROLES.md` is this text."""

from evidence.permission_messages import PERMISSIONS
from evidence.vocabulary import Role
from people.roles import TABLE, Permission, Scope

_ROLES = {
    Role.OFFICER: "执法人员",
    Role.REVIEWER: "复核人员",
    Role.AUDITOR: "审计人员",
    Role.SUPERVISOR: "主管",
    Role.ADMINISTRATOR: "管理员",
}
_SCOPES = {Scope.OWN: "本人 own", Scope.UNIT: "单位 unit", Scope.SITE: "全站 site"}
_HEAD = """# Roles

What each role may do, and how far; an empty cell is a refusal. This page is written from
`people/roles.py`, the one table that every request is checked against, and a test compares the two.

- **本人 own**: recordings whose card names this person's officer number for certain; actions of
  whose team the person is, and cases with such an action; in the person's unit also what nobody is
  named for yet.
- **单位 unit**: the unit in which the role is held, and the units below it. At the bureau itself it
  also covers recordings that belong to no unit yet.
- **全站 site**: everything here.

A person may hold several roles; they add to one another. An administrator keeps accounts and
the register and sees no recording by that. Whoever has logged in sees what they have out
themselves. Nothing in this table lets a look go unrecorded.

Beside this table, whoever may watch anything at all may watch what is linked to an action of whose
team they are, and what an active grant to consult names for them; the ground stands beside each
look. Any other try is refused and on record. A grant to consult is no leave to copy, nor is one to
copy a leave to take a medium out; nobody approves what they asked for or are to use themselves
([ADR 22](adr/0022-access-and-supervision.md)).

"""


def page() -> str:
    """The whole text."""
    roles = list(Role)
    head = [f"{_ROLES[role]} {role.value}" for role in roles]
    lines = [f"| | {' | '.join(head)} |", "|---|" + "---|" * len(roles)]
    for permission in Permission:
        chinese, english = PERMISSIONS[permission.value]
        cells = [_cell(role, permission) for role in roles]
        lines.append(f"| {chinese}<br>{english} | {' | '.join(cells)} |")
    return _HEAD + "\n".join(lines) + "\n"


def _cell(role: Role, permission: Permission) -> str:
    scope = TABLE[role].get(permission)
    return "" if scope is None else _SCOPES[scope]
