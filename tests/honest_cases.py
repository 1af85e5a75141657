"""Rows of cases and actions for the honest store: one of each table, on record."""

from collections.abc import Mapping

from evidence.canonical import dumps
from evidence.personal import PERSON_NAME, PLACE, REMARK, TITLE
from tests.honest_people import Store

_NO_BODY = dumps({}).decode()


def add_cases(store: Store) -> None:
    """A case that was filed, read in from a file, with what was recorded of it."""
    case: Mapping[str, str | int] = {"case_id": "k1", "number": 0}
    store.row(
        "case_imports",
        id="ki1",
        kind="CASES",
        file_sha256="1" * 64,
        rows_taken=1,
        rows_refused=0,
        imported_at=store.at,
    )
    store.row("cases", id="k1", source="platform", external_id="123", added_at=store.at)
    store.row(
        "case_statements",
        id="k1/0",
        **case,
        case_number="〔2024〕15号",
        unit_id="u1",
        category="PENALTY",
        category_name=None,
        power_item="0217",
        title=store.personal(TITLE, "某店违法经营案"),
        party=store.personal(PERSON_NAME, "乙"),
        is_major=1,
        especially_major=0,
        import_id="ki1",
        stated_at=store.at,
    )
    store.enter("cases.imported", {"import": "ki1", "rows": 1})
    said: Mapping[str, str] = {"at": store.at, "body": _NO_BODY, "person_id": "p1"}
    store.row("case_steps", id="k1/0", **case, state="FILED", **said, stated_at=store.at)
    store.enter("case.stepped", {"case": "k1", "state": "FILED"})
    body = dumps({"signature": "SIGNED", "recordings": [min(store.contents)]}).decode()
    store.row(
        "case_records",
        id="k1/0",
        **case,
        kind="FIXATION",
        at=store.at,
        document_sha256="2" * 64,
        body=body,
        person_id="p1",
        stated_at=store.at,
    )
    store.enter("case.recorded", {"case": "k1", "kind": "FIXATION"})
    _add_action(store)


def _add_action(store: Store) -> None:
    """An action of the case: planned, with its team, and a start that was refused."""
    action: Mapping[str, str | int] = {"action_id": "x1", "number": 0}
    store.row("actions", id="x1", source="hand", external_id="x1", added_at=store.at)
    flags = {"touches_liberty": 0, "touches_life_health": 1, "touches_major_property": 0}
    store.row(
        "action_statements",
        id="x1/0",
        **action,
        case_id="k1",
        unit_id="u1",
        type="SEIZURE",
        type_name=None,
        category="COMPULSION",
        category_name=None,
        power_item="0217",
        place=store.personal(PLACE, "某街一号"),
        room_id=None,
        **flags,
        tier_raised=None,
        planned_from=None,
        planned_to=None,
        import_id=None,
        stated_at=store.at,
    )
    store.enter("action.added", {"action": "x1"})
    store.row(
        "action_team",
        id="x1/0",
        **action,
        person_id="p1",
        role="LEAD",
        is_recorder_person=1,
        came_at=None,
        left_at=None,
        is_withdrawn=0,
        stated_at=store.at,
    )
    store.enter("team.stated", {"action": "x1"})
    _add_doings(store, action)


def _add_doings(store: Store, action: Mapping[str, str | int]) -> None:
    refusals = dumps([{"code": "TEAM_TOO_SMALL"}]).decode()
    store.row(
        "step_tries",
        id="t1",
        subject="action/x1",
        step="START",
        passed=0,
        refusals=refusals,
        person_id="p1",
        tried_at=store.at,
    )
    store.enter("step.refused", {"subject": "action/x1", "step": "START"})
    said: Mapping[str, str] = {"at": store.at, "body": _NO_BODY, "person_id": "p1"}
    store.row("action_states", id="x1/0", **action, state="ENDED", **said, stated_at=store.at)
    store.row(
        "action_intervals",
        id="x1/0",
        **action,
        starts_at="2024-01-01T00:00:00.000000Z",
        ends_at="2024-01-01T01:00:00.000000Z",
        basis_sha256="3" * 64,
        reason=store.personal(REMARK, "按笔录"),
        declared_by="p1",
        second_person=None,
        stated_at=store.at,
    )
    store.enter("action.stepped", {"action": "x1", "state": "ENDED"})
    store.row(
        "action_records",
        id="x1/0",
        **action,
        kind="IDENTITY",
        document_sha256=None,
        at=store.at,
        body=dumps({"mode": "SHOWN"}).decode(),
        person_id="p1",
        stated_at=store.at,
    )
    store.enter("action.recorded", {"action": "x1", "kind": "IDENTITY"})
    _add_proposal(store)


def _add_proposal(store: Store) -> None:
    body = dumps(
        {"start": "2024-01-01T00:00:00.000000Z", "end": "2024-01-01T01:00:01.000000Z"}
    ).decode()
    store.row(
        "proposals",
        id="pr1",
        subject="action/x1",
        number=0,
        kind="INTERVAL",
        body=body,
        reason=store.personal(REMARK, "笔录所载"),
        person_id="p1",
        stated_at=store.at,
    )
    store.enter("proposal.made", {"proposal": "pr1", "action": "x1", "kind": "INTERVAL"})
    store.row(
        "proposal_answers",
        id="pr1",
        answer="WITHDRAWN",
        note=store.personal(REMARK, "再核"),
        person_id="p1",
        stated_at=store.at,
    )
    store.enter("proposal.refused", {"proposal": "pr1", "action": "x1"})
