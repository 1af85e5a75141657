"""G-06 to G-08, G-11, G-17 and the two-person rules, as people at their browsers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evidence.vocabulary import Role
from tests.case_roads import (
    DAY,
    action_of,
    at,
    case_of,
    filmed,
    taken_out,
    took_place,
    written_up,
)
from tests.case_service import Browser, Desk, desk
from tests.casework import PAPER
from tests.filming import camera


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as opened:
        yield opened


def test_g06_two_cameras_cover_and_the_case_goes_on(there: Desk, tmp_path: Path) -> None:
    one, two = there.office.officer(), there.office.officer()
    lead = there.at(one, Role.OFFICER)
    first, second = (camera(there.office, number) for number in ("1111111", "2222222"))
    taken_out(there, first, one)
    taken_out(there, second, two)
    case = case_of(lead, there.office.unit, "扣6")
    action = action_of(lead, there.office.unit, "SEIZURE", case, one, two)
    took_place(there, lead, action, "14:00:00", "15:30:00")
    filmed(there, tmp_path, first, ("13:58:10", "14:47:30"))
    coverage = lead.get(f"/api/actions/{action}")["coverage"]
    assert coverage["verdict"]["code"] == "PROVISIONAL"
    [gap] = coverage["video"]["gaps"]
    assert gap["seconds"] == 2550
    filmed(there, tmp_path, second, ("14:45:00", "15:31:05"))
    coverage = lead.get(f"/api/actions/{action}")["coverage"]
    assert coverage["verdict"]["code"] == "FULL"
    assert (coverage["video"]["seconds"], coverage["video"]["overlap_s"]) == (5400, 150)
    assert coverage["clauses"]
    assert len(lead.get(f"/api/cases/{case}")["recordings"]) == 2
    recording = coverage["footage"][0]["recording"]
    [tied] = lead.get(f"/api/recordings/{recording}/cases")["links"]
    assert (tied["action"], tied["case_number"]) == (action, "扣6")


def test_g07_a_gap_keeps_the_case_open_until_somebody_outside_approves(
    there: Desk, tmp_path: Path
) -> None:
    one, two = there.office.officer(), there.office.officer()
    lead, head = there.at(one, Role.OFFICER), there.at(None, Role.SUPERVISOR)
    case, action = demolition(there, lead, tmp_path, one, two)
    assert lead.codes(f"/api/actions/{action}/settle") == ["COVERAGE_GAP"]
    close = {"to": "CLOSED"}
    for step in ({"to": "DECIDED", "outcome": "强制拆除"}, {"to": "SERVED"}, {"to": "EXECUTED"}):
        lead.post(f"/api/cases/{case}/steps", step)
    fixed = lead.get(f"/api/cases/{case}")["recordings"]
    given = {"document_sha256": PAPER, "recordings": fixed}
    lead.post(f"/api/cases/{case}/fixations", given)
    assert "COVERAGE_GAP" in lead.codes(f"/api/cases/{case}/steps", close)
    [block] = lead.get(f"/api/cases/{case}")["blocks"]
    [refusal] = [one for one in block["refusals"] if one["code"] == "COVERAGE_GAP"]
    assert refusal["clauses"][0]["quote"]
    assert refusal["lift"]["zh"] != refusal["lift"]["en"]
    [finding] = head.get("/api/findings", kind="COVERAGE_GAP")["findings"]
    road = f"/api/findings/{finding['id']}"
    lead.post(f"{road}/explanation", {"cause": "DEVICE_FAILURE", "text": "电池故障"})
    assert lead.ask("POST", f"{road}/approval", json={}).status_code == 403
    head.post(f"{road}/approval")
    lead.post(f"/api/cases/{case}/steps", close)
    shown = lead.get(f"/api/actions/{action}")["action"]
    assert shown["verdict"]["verdict"]["code"] == "GAP"


def test_g08_another_interval_waits_for_a_second_person(there: Desk, tmp_path: Path) -> None:
    one, two = there.office.officer(), there.office.officer()
    lead = there.at(one, Role.OFFICER)
    head, other = there.at(None, Role.SUPERVISOR), there.at(None, Role.REVIEWER)
    _, action = demolition(there, lead, tmp_path, one, two)
    given = {"start": at("09:00:00"), "end": at("10:10:00"), "reason": "笔录所载"}
    lead.post(f"/api/actions/{action}/corrections", {**given, "reason": ""}, status=422)
    proposal = lead.post(f"/api/actions/{action}/corrections", given)["id"]
    assert lead.ask("POST", f"/api/proposals/{proposal}/approve", json={}).status_code == 403
    own = head.post(f"/api/actions/{action}/corrections", given)["id"]
    assert head.post(f"/api/proposals/{own}/approve", status=409)["code"] == "SECOND_PERSON"
    waiting = [one["id"] for one in other.get("/api/proposals")["proposals"]]
    assert waiting == [proposal, own]
    foreign = lead.post(f"/api/proposals/{own}/withdraw", status=409)
    assert foreign["code"] == "NOT_OWN_PROPOSAL"
    mistaken = lead.post(f"/api/actions/{action}/corrections", given)["id"]
    lead.post(f"/api/proposals/{mistaken}/withdraw")
    assert [one["id"] for one in other.get("/api/proposals")["proposals"]] == waiting
    other.post(f"/api/proposals/{proposal}/approve", {"note": "已核"})
    head.post(f"/api/proposals/{own}/refuse")
    shown = lead.get(f"/api/actions/{action}")
    assert [one["number"] for one in shown["intervals"]] == [0, 1]
    verdicts = [one["verdict"]["code"] for one in shown["history"]]
    assert (verdicts[-2:], shown["coverage"]["verdict"]["code"]) == (["GAP", "FULL"], "FULL")
    assert head.get("/api/findings", kind="INTERVAL_CHANGED")["findings"]
    answers = {one["id"]: one["answer"]["code"] for one in shown["proposals"]}
    assert answers == {proposal: "APPROVED", own: "WITHDRAWN", mistaken: "WITHDRAWN"}


def test_g11_a_text_stands_for_an_inspection_and_for_no_demolition(there: Desk) -> None:
    one, two = there.office.officer(), there.office.officer()
    lead, head = there.at(one, Role.OFFICER), there.at(None, Role.SUPERVISOR)
    there.office.clock.set(f"{DAY} 09:00")
    case = case_of(lead, there.office.unit, "检11")
    found: dict[str, Any] = {}
    for kind in ("INSPECTION", "FORCED_DEMOLITION"):
        action = action_of(lead, there.office.unit, kind, case, one, two)
        there.office.clock.set(f"{DAY} 10:30")
        span = {"start": at("09:30:00"), "end": at("10:10:00")}
        lead.post(f"/api/actions/{action}/interval", span)
        given = {"documents": [PAPER], "signers": [one, two], "reason": "笔录完整"}
        proposal = lead.post(f"/api/actions/{action}/exemptions", given)["id"]
        found[kind] = head.codes(f"/api/proposals/{proposal}/approve"), action
        there.office.clock.set(f"{DAY} 09:00")
    assert found["INSPECTION"][0] == []
    assert found["FORCED_DEMOLITION"][0] == ["EXEMPTION_FORBIDDEN"]
    shown = {kind: lead.get(f"/api/actions/{one}") for kind, (_, one) in found.items()}
    assert shown["INSPECTION"]["coverage"]["verdict"]["code"] == "TEXT_EXEMPT"
    assert shown["FORCED_DEMOLITION"]["coverage"]["verdict"]["code"] == "NONE"
    assert [one["codes"] for one in shown["FORCED_DEMOLITION"]["tries"]] == [
        ["EXEMPTION_FORBIDDEN"]
    ]


def test_who_is_not_of_the_team_is_told_of_nothing_they_may_not_keep(
    there: Desk, tmp_path: Path
) -> None:
    one, two, third = (there.office.officer() for _ in range(3))
    lead, stranger = there.at(one, Role.OFFICER), there.at(third, Role.OFFICER)
    _, action = demolition(there, lead, tmp_path, one, two)
    assert stranger.get(f"/api/actions/{action}")["action"]["id"] == action
    said = stranger.ask("POST", f"/api/actions/{action}/identity", json={"mode": "SHOWN"})
    assert (said.status_code, said.json()["code"]) == (404, "NOT_FOUND")
    recording = lead.get(f"/api/actions/{action}")["coverage"]["footage"][0]["recording"]
    road = f"/api/recordings/{recording}/unlinking"
    lead.post(road, {"action": action, "reason": "误关联"})
    assert stranger.ask("POST", road, json={"action": action, "reason": "x"}).status_code == 404


def demolition(there: Desk, lead: Browser, folder: Path, one: str, two: str) -> tuple[str, str]:
    """A demolition from nine to eleven with ninety seconds missing, written up; case and action."""
    recorder = camera(there.office)
    taken_out(there, recorder, one)
    case = case_of(lead, there.office.unit, "拆7")
    action = action_of(lead, there.office.unit, "FORCED_DEMOLITION", case, one, two)
    took_place(there, lead, action, "09:00:00", "11:00:00")
    filmed(there, folder, recorder, ("09:00:00", "10:10:00"), ("10:11:30", "11:00:00"))
    there.office.clock.set(f"{DAY} 18:30")
    written_up(lead, action, one, two)
    return case, action
