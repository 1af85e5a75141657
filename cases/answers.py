"""Whether the finding about an action's coverage was answered by somebody outside its team (D-07).

Holds always: an approval speaks for the facts it saw: a gap that has changed since is not answered;
that whoever approves is not of the team is held by the act of approving (`cases.findings`).
"""

from sqlalchemy import Connection

from cases import finding_rows
from evidence.assessment import Assessment
from evidence.canonical import dumps
from evidence.finding_facts import assessed, of_assessment
from evidence.finding_rules import About, FindingKind, FindingState

_KINDS = frozenset({FindingKind.COVERAGE_GAP, FindingKind.NO_DECISION})


def is_answered(connection: Connection, found: Assessment) -> bool:
    """Whether what this assessment says of coverage is explained and approved as it stands."""
    action = found.facts.action
    holding = of_assessment(assessed(action, found.body()), About(None)).holding
    wanted = {one.kind: dumps(dict(one.matter)) for one in holding if one.kind in _KINDS}
    known = finding_rows.about(connection, [f"action/{action}"])
    accepted = {
        one.kind: dumps(dict(one.matter)) for one in known if one.state is FindingState.ACCEPTED
    }
    return bool(wanted) and all(accepted.get(kind) == matter for kind, matter in wanted.items())
