"""What the pages of cases ask beside the acts: names, readiness, files, rights, printing."""

import hashlib
import itertools
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from evidence.vocabulary import Role
from people import bodies, units
from people.bodies import UnitKind, UnitStanding
from storage import schema
from tests.case_roads import DAY, action_of, at, case_of
from tests.case_service import Browser, Desk, desk
from tests.casework import PAPER
from tests.filming import Outing, between, bring_back, camera, dock, hand_out
from tests.registering import action_row, as_csv, case_row, hire

_NAMES = itertools.count(1)
CASES, ACTIONS = "/api/case-lists", "/api/action-lists"


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("desk")) as opened:
        opened.office.clock.set(f"{DAY} 08:00")
        yield opened


def sent(browser: Browser, address: str, rows: list[dict[str, str]], **query: str) -> Any:  # noqa: ANN401 - JSON
    """What the service says to a file."""
    said = browser.ask("POST", address, content=as_csv(rows), params=query)
    assert said.status_code < 300, said.text
    return said.json()


def another_body(there: Desk) -> str:
    """A body below the bureau that acts in its own name."""
    ledger = there.office.ledger
    unit = units.add_unit(ledger, name=f"另{next(_NAMES)}局", parent=there.office.unit).id
    new = UnitStanding(from_day=date(2020, 1, 1), kind=UnitKind.AGENCY, capacity_basis="三定方案")
    bodies.state_unit(ledger, unit, new=new)
    return unit


def acts(there: Desk) -> list[str]:
    """Every act on record."""
    with there.office.house.site.database.read() as connection:
        table = schema.entries
        found = connection.execute(select(table.c.body).order_by(table.c.seq)).scalars()
        return [json.loads(one)["act"] for one in found]


def test_an_officer_names_colleagues_and_may_do_no_more_than_is_offered(there: Desk) -> None:
    one, two, other = (there.office.officer() for _ in range(3))
    far = hire(there.office.house, another_body(there))
    lead = there.at(one, Role.OFFICER)
    assert {"id": there.office.unit, "name": "局"} in lead.get("/api/me")["units"]
    case = case_of(lead, there.office.unit, "人1")
    action = action_of(lead, there.office.unit, "SEIZURE", case, one, two)
    offered = lead.get(f"/api/actions/{action}/choices")["people"]
    assert {one, two, other} <= {each["person"] for each in offered}
    assert all(each["name"] and each["may_enforce"] for each in offered)
    assert far not in {each["person"] for each in offered}
    assert lead.get(f"/api/cases/{case}/choices")["people"] == offered
    held = {"KEEP_CASES", "LINK_FOOTAGE"}
    assert set(lead.get(f"/api/actions/{action}")["may"]) == held
    assert set(lead.get(f"/api/cases/{case}")["may"]) == held
    reviewer = there.at(None, Role.REVIEWER)
    may = set(reviewer.get(f"/api/actions/{action}")["may"])
    assert may == {"CONFIRM_CASES", "JUDGE_FOOTAGE"}
    bystander = there.at(other, Role.OFFICER)
    assert bystander.get(f"/api/actions/{action}")["may"] == []
    for ending in ("choices", "team"):
        method = "GET" if ending == "choices" else "POST"
        body = {"members": [{"person": other, "role": "LEAD"}]} if ending == "team" else None
        address = f"/api/actions/{action}/{ending}"
        assert bystander.ask(method, address, json=body).status_code == 404


def test_readiness_is_red_with_what_to_do_and_green_once_all_is_there(there: Desk) -> None:
    one, two = there.office.officer(), there.office.officer()
    lead = there.at(one, Role.OFFICER)
    case = case_of(lead, there.office.unit, "备1")
    given = {"unit": there.office.unit, "type": "SEIZURE", "category": "COMPULSION", "case": case}
    action = lead.post("/api/actions", {**given, "power_item": "0217"})["id"]
    asked = lead.get(f"/api/actions/{action}/readiness")
    red = [point for point in asked["points"] if point["light"] == "RED"]
    assert not asked["ready"]
    assert all(point["todo"]["zh"] and point["todo"]["en"] for point in red)
    assert {"TEAM_TOO_SMALL", "NO_LEAD"} <= {point["about"] for point in red}
    recorder = camera(there.office, "5555551")
    hand_out(there.office, recorder, Outing(one, f"{DAY} 08:10", f"{DAY} 18:00", 0))
    members = [
        {"person": one, "role": "LEAD", "is_recorder_person": True},
        {"person": two, "role": "ASSIST"},
    ]
    lead.post(f"/api/actions/{action}/team", {"members": members})
    asked = lead.get(f"/api/actions/{action}/readiness")
    assert asked["ready"], asked
    lights = {point["point"]: point["light"] for point in asked["points"]}
    assert (lights["PERSON"], lights["RECORDER"], lights["CLOCK"]) == ("GREEN",) * 3
    assert lights["BATTERY"] == "UNKNOWN"  # no recorder tells of it before it is docked
    before = acts(there)
    lead.get(f"/api/actions/{action}/readiness")
    assert acts(there) == before


def test_files_are_shown_before_they_are_taken_and_change_nothing_out_of_reach(
    there: Desk,
) -> None:
    head, officer = there.at(None, Role.SUPERVISOR), there.at(None, Role.OFFICER)
    unit = another_body(there)
    own, far = case_row("局"), case_row(unit)
    faulty = {**case_row("局"), "执法类别": "罚"}
    seen = sent(head, f"{CASES}/preview", [own, far, faulty])
    assert (seen["id"], seen["good"], seen["faulty"]) == (None, 2, 1)
    [fault] = seen["rows"][2]["faults"]
    assert (seen["rows"][2]["line"], fault["column"]) == (4, "执法类别")
    assert fault["words"]["zh"] != fault["words"]["en"]
    said = head.ask("POST", CASES, content=as_csv([own, far, faulty]))
    assert (said.status_code, said.json()["code"]) == (422, "BAD_INPUT")
    taken = sent(head, CASES, [own, far, faulty], skip="faulty")
    assert [row["outcome"] for row in taken["rows"]] == ["ADDED", "ADDED", None]
    assert acts(there)[-1] == "cases.imported"
    again = sent(head, CASES, [own, far])
    assert {row["outcome"] for row in again["rows"]} == {"UNCHANGED"}
    near = there.at(None, Role.SUPERVISOR, unit=unit)
    grabbed = sent(near, f"{CASES}/preview", [{**own, "单位": unit}, far])
    assert [[one["code"] for one in row["faults"]] for row in grabbed["rows"]] == [
        ["CELL_ELSEWHERE"],
        [],
    ]
    tied = [{**action_row(unit), "案件": one["案号"]} for one in (own, far)]
    seen = sent(near, f"{ACTIONS}/preview", tied)
    assert [[one["code"] for one in row["faults"]] for row in seen["rows"]] == [["CELL_CASE"], []]
    taken = sent(near, ACTIONS, tied[1:])
    assert taken["rows"][0]["outcome"] == "ADDED"
    assert acts(there)[-1] == "actions.imported"
    assert officer.ask("POST", CASES, content=as_csv([own])).status_code == 403


def test_key_content_is_noted_and_its_printed_list_is_on_record(
    there: Desk, tmp_path: Path
) -> None:
    one, two = there.office.officer(), there.office.officer()
    lead, number = there.at(one, Role.OFFICER), camera(there.office, "5555552")
    hand_out(there.office, number, Outing(one, f"{DAY} 08:30", f"{DAY} 18:00", 0))
    case = case_of(lead, there.office.unit, "段1")
    action = action_of(lead, there.office.unit, "SEIZURE", case, one, two)
    there.office.clock.set(f"{DAY} 16:00")
    given = {"start": at("14:00:00"), "end": at("14:30:00")}
    lead.post(f"/api/actions/{action}/interval", given)
    bring_back(there.office, number, f"{DAY} 18:00", ahead_ms=0)
    [clip] = dock(there.office, tmp_path, number, clips=[between("14:00:00", "14:31:00", day=DAY)])
    [named] = lead.get(f"/api/actions/{action}")["recordings"]
    assert (named["recording"], named["recorder"]) == (clip, number)
    assert named["start"] == at("14:00:00").replace("+00:00", "Z")
    assert lead.get(f"/api/cases/{case}")["footage"] == [named]
    segment = {
        "recording": clip,
        "document_sha256": PAPER,
        "document_code": "询问笔录",
        "from_ms": 60_000,
        "to_ms": 90_000,
        "note": "当事人陈述",
    }
    lead.post(f"/api/actions/{action}/segments", segment)
    [noted] = lead.get(f"/api/actions/{action}/segments")["segments"]
    assert (noted["note"], bool(noted["name"])) == ("当事人陈述", True)
    said = lead.ask("POST", f"/api/actions/{action}/segments/print")
    assert said.content.startswith(b"%PDF-")
    assert said.headers["x-liuhen-sha256"] == hashlib.sha256(said.content).hexdigest()
    assert acts(there)[-1] == "report.made"
