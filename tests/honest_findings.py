"""Rows of findings for the honest store: one of each table, on record."""

from evidence.canonical import dumps
from evidence.personal import REMARK
from tests.honest_people import Store


def add_findings(store: Store) -> None:
    """What somebody reported, and the finding it became, explained."""
    said = {"person_id": "p1", "stated_at": store.at}
    store.row(
        "self_reports",
        id="action/x1/0",
        subject="action/x1",
        number=0,
        cause="DEVICE_FAILURE",
        reason=store.personal(REMARK, "电池"),
        **said,
    )
    store.enter("finding.self_reported", {"subject": "action/x1", "cause": "DEVICE_FAILURE"})
    store.row(
        "findings",
        id="f1",
        year=2026,
        ordinal=1,
        kind="COVERAGE_GAP",
        subject="action/x1",
        unit_id="u1",
        principal_id=None,
        action_id="x1",
        case_id="k1",
        recording_id=None,
        rule=dumps({"profiles": ["XX@1"], "rule": "coverage", "rule_version": 1}).decode(),
        facts=dumps({"matter": {"verdict": "NONE"}, "persons": ["p1"]}).decode(),
        opened_at=store.at,
    )
    store.enter("finding.opened", {"finding": "f1", "number": "F-2026-0001"})
    text = store.personal(REMARK, "记录仪故障")
    body = dumps({"cause": "DEVICE_FAILURE", "text_ref": text}).decode()
    store.row(
        "finding_events",
        id="f1/0",
        finding_id="f1",
        number=0,
        event="EXPLAINED",
        year=None,
        ordinal=None,
        body=body,
        **said,
    )
    store.enter("finding.explained", {"finding": "f1", "cause": "DEVICE_FAILURE"})
