"""G-18, a complaint and the limits of remedies, as people at their browsers with five roles."""

from pathlib import Path

from evidence.vocabulary import Role
from tests.case_roads import DAY, action_of, filmed, taken_out
from tests.case_service import Browser, desk
from tests.filming import camera

CLAUSE = {"document": "某局档案管理办法", "article": "第十条", "quote": "工作资料保管六个月"}
PERIOD = {"class_code": "WORKING_MATERIAL", "period": "6 mo", **CLAUSE}


def codes(said: list[dict[str, str]]) -> set[str]:
    return {one["code"] for one in said}


def test_what_is_not_filed_is_kept_held_and_due(tmp_path: Path) -> None:
    with desk(tmp_path, profile="ZJ") as there:
        one, unit = there.office.officer(), there.office.unit
        lead, head = there.at(one, Role.OFFICER), there.at(None, Role.SUPERVISOR)
        reviewer, auditor = there.at(None, Role.REVIEWER), there.at(None, Role.AUDITOR)
        keeper, number = there.at(None, Role.ADMINISTRATOR), camera(there.office)
        taken_out(there, number, one)
        matter = {"number": "M-5", "unit": unit, "category": "PENALTY"}
        case = lead.post("/api/cases", matter)["id"]
        action = action_of(lead, unit, "ON_SITE", case, one)
        there.office.clock.set(f"{DAY} 17:00")
        there.office.lasted(action, f"{DAY} 14:00", f"{DAY} 15:00", by=one)
        filmed(there, tmp_path, number, ("14:00:00", "15:00:00"))
        [recording] = lead.get(f"/api/cases/{case}")["recordings"]
        kept = head.get(f"/api/recordings/{recording}/retention")
        assert codes(kept["reasons"]) == {"OF_CASE", "CASE_OPEN"}
        lead.post(f"/api/cases/{case}/steps", {"to": "NOT_FILED", "reason": "不构成违法"})
        kept = head.get(f"/api/recordings/{recording}/retention")
        assert kept["class_words"]["code"] == "WORKING_MATERIAL"
        assert (kept["due_on"], codes(kept["reasons"])) == (None, {"NOT_FILED", "NO_PERIOD"})
        for nobody in (lead, keeper):
            for address in ("/api/holds", "/api/retention/due", "/api/retention/versions"):
                assert nobody.ask("GET", address).status_code == 403
        due_on = changed(head, auditor, unit, recording=recording)
        hold = held(reviewer, head, unit, person=one)
        there.office.clock.set(f"{due_on} 00:00")
        [due] = head.get("/api/retention/due")["due"]
        assert (due["recording"], due["is_ready"]) == (recording, False)
        assert [each["id"] for each in due["held_by"]] == [hold]
        [late] = reviewer.get("/api/holds")["holds"]
        assert late["is_review_late"]
        basis = {"basis": "办结〔2024〕1号"}
        assert reviewer.ask("POST", f"/api/holds/{hold}/release", json=basis).status_code == 403
        head.post(f"/api/holds/{hold}/release", basis)
        [over] = head.get("/api/holds", state="RELEASED")["holds"]
        assert (over["id"], over["release_basis"]) == (hold, basis["basis"])
        assert [each["is_ready"] for each in head.get("/api/retention/due")["due"]] == [True]
        own = head.post("/api/holds", asked(unit, recordings=[recording]))["id"]
        refused = head.post(f"/api/holds/{own}/release", basis, status=409)
        assert refused["code"] == "HOLD_SECOND_PERSON"
        limits = {"reconsideration_until": "2099-01-01", "suit_until": "2099-06-01"}
        head.post(f"/api/cases/{case}/remedies", limits)
        [window] = [each for each in head.get("/api/holds")["holds"] if each["follows_from"]]
        assert (window["kind"]["code"], window["ends_on"]) == ("REMEDY_WINDOW", "2099-06-01")
        there.office.house.assert_green()


def asked(unit: str, **scope: object) -> dict[str, object]:
    """A complaint's hold on this scope."""
    why = {"kind": "COMPLAINT", "basis": "投诉〔2024〕1号", "review_on": "2099-06-30"}
    return {"unit": unit, "scope": scope, **why}


def held(reviewer: Browser, head: Browser, unit: str, *, person: str) -> str:
    """A complaint about somebody holds what they attended that day; what it finds is told."""
    scope = {"persons": [person], "since": f"{DAY}T00:00:00+08:00"}
    nothing = reviewer.post("/api/holds/found", {"unit": unit, "scope": {}}, status=422)
    assert "保全须指明" in nothing["zh"]
    found = reviewer.post("/api/holds/found", {"unit": unit, "scope": scope})
    assert (found["count"], len(found["recordings"])) == (1, 1)
    new = {**asked(unit, **scope), "review_on": "2024-06-30"}
    hold = reviewer.post("/api/holds", new)["id"]
    shown = head.get(f"/api/holds/{hold}")
    assert (shown["hold"]["listed"], shown["found"]["count"]) == (1, 1)
    assert not shown["hold"]["is_own"]
    return str(hold)


def changed(head: Browser, auditor: Browser, unit: str, *, recording: str) -> str:
    """Six months, by two persons who saw what that touches; the day on which it is due."""
    today = head.get("/api/holds")["today"]
    new = {"unit": unit, "periods": [PERIOD], "from_day": today, "is_retroactive": True}
    seen = head.post("/api/retention/preview", new)
    assert [one["recording"] for one in seen["moved"]] == [recording]
    assert codes(seen["below_litigation"]) == {"WORKING_MATERIAL"}
    assert seen["litigation"]["article"] == "第四十六条第二款"
    version = head.post("/api/retention/versions", new)["id"]
    answer = f"/api/retention/versions/{version}/answer"
    digest = auditor.get(f"/api/retention/versions/{version}")["preview"]["sha256"]
    assert digest == seen["sha256"]
    own = head.post(answer, {"approve": True, "seen": digest}, status=409)
    assert own["code"] == "RETENTION_SECOND_PERSON"
    auditor.post(answer, {"approve": True}, status=422)
    auditor.post(answer, {"approve": True, "seen": digest})
    kept = head.get(f"/api/recordings/{recording}/retention")
    assert kept["sources"] == [CLAUSE]
    listed = head.get("/api/retention/periods")["periods"]
    periods = {one["class_words"]["code"]: one["period"] for one in listed}
    assert (periods["WORKING_MATERIAL"], periods["UNLINKED"]) == ("6 mo", None)
    return str(kept["due_on"])
