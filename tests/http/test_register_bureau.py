"""Bodies, waivers, reviewers, rooms and what is due over HTTP: what each says, who sees which."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from evidence.vocabulary import Role
from tests.registering import equip, hand_out, hire
from tests.serving import At, Serving, serve


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A served site without cards, whose register a test fills."""
    with serve(tmp_path_factory.mktemp("served"), clips=()) as opened:
        yield opened


def done(client: httpx.Client, path: str, **body: object) -> dict[str, Any]:
    said = client.post(f"/api/{path}", json=body)
    assert said.status_code == 201, said.text
    found = said.json()
    assert isinstance(found, dict)
    return found


def why(client: httpx.Client, path: str, **body: object) -> str:
    said = client.post(f"/api/{path}", json=body)
    assert 400 <= said.status_code < 500, said.text
    return str(said.json()["zh"])


def test_r_051_whoever_entrusts_sees_the_shortage_and_nobody_of_it(own: Serving) -> None:
    """A is entrusted by the other unit: its line is shown there, its people are not."""
    a, other = own.units[At.A], own.units[At.OTHER]
    for _ in range(5):
        hire(own.house, a)
    equip(own.house, a)
    with own.logged_in(own.person(Role.ADMINISTRATOR, At.ROOT)) as client:
        law = {"from_day": "2024-01-01", "capacity_basis": "三定"}
        done(client, f"units/{other}/standings", body_kind="AGENCY", **law)
        assert "委托" in why(client, f"units/{a}/standings", body_kind="ENTRUSTED", **law)
        entrusted = {"principal": other, "powers": ["0301"], "filing_number": "备1号"}
        done(client, f"units/{a}/standings", body_kind="ENTRUSTED", **entrusted, **law)
        shown = {one["unit"]["id"]: one for one in client.get("/api/bodies").json()["bodies"]}
        assert (shown[a]["principal"], shown[a]["has_capacity"]) == (other, True)
    with own.logged_in(own.add_person(Role.SUPERVISOR, At.OTHER)) as client:
        lines = {one["unit"]["id"]: one for one in client.get("/api/ratio").json()["lines"]}
        line = lines[a]
        assert (line["principal"], line["concerns"], line["within"]) == (other, [a, other], False)
        assert (line["ratio"]["short"], line["ratio"]["status"]["code"]) == (1, "MET_FLOOR_ONLY")
        assert client.get(f"/api/ratio/{a}").status_code == 404
        assert client.get(f"/api/ratio/{a}/history").status_code == 404
        assert [one["unit"]["id"] for one in client.get("/api/bodies").json()["bodies"]] == [other]


def test_a_waiver_has_an_approver_within_reach_and_changes_no_number(own: Serving) -> None:
    bureau = own.units[At.ROOT]
    person = hire(own.house, own.units[At.A])
    with own.logged_in(own.person(Role.ADMINISTRATOR, At.ROOT)) as client:
        [before, *_] = client.get("/api/ratio").json()["lines"]
        days = {"first": "2020-01-01", "last": "2099-12-31", "reason": "采购中"}
        done(client, f"ratio/{bureau}/waivers", approver=person, **days)
        [after, *_] = client.get("/api/ratio").json()["lines"]
        codes = before["ratio"]["status"]["code"], after["ratio"]["status"]["code"]
        assert codes == ("SHORT", "WAIVED")
        assert after["ratio"]["short"] == before["ratio"]["short"] == 1
        [waiver] = client.get(f"/api/ratio/{bureau}").json()["waivers"]
        assert waiver["approver"].startswith("人员")
        assert {**days, "approver": waiver["approver"]} == waiver
        assert (
            client.post(
                f"/api/ratio/{own.units[At.A]}/waivers", json={"approver": person, **days}
            ).status_code
            == 422
        )
    with own.logged_in(own.add_person(Role.ADMINISTRATOR, At.OTHER)) as client:
        said = client.post(f"/api/ratio/{bureau}/waivers", json={"approver": person, **days})
        assert said.status_code == 404


def test_r_074_reviewers_with_both_totals_and_the_clause(own: Serving) -> None:
    bureau = own.units[At.ROOT]
    people = [hire(own.house, own.units[At.A]) for _ in range(2)]
    with own.logged_in(own.person(Role.ADMINISTRATOR, At.ROOT)) as client:
        for person, source in zip(people, ("STAFF", "PURCHASED"), strict=True):
            given = {"unit": bureau, "from_day": "2024-01-01", "source": source}
            done(client, f"persons/{person}/reviewings", **given)
        [one] = client.get("/api/reviewers").json()["bodies"]
        assert (one["officers"], one["required"], one["present"]) == (2, 1, 2)
        assert (one["own"], one["outside"], one["status"]["code"]) == (1, 1, "MET")
        assert "5%" in one["clauses"][0]["quote"]
        ended = {"unit": bureau, "from_day": "2024-02-01", "source": None}
        done(client, f"persons/{people[1]}/reviewings", **ended)
        [one] = client.get("/api/reviewers").json()["bodies"]
        assert (one["own"], one["outside"]) == (1, 0)
    with own.logged_in(own.person(Role.SUPERVISOR, At.A)) as client:
        assert client.get("/api/reviewers").json()["bodies"] == []


def test_r_150_a_room_is_seen_by_its_unit_and_says_what_works(own: Serving) -> None:
    a = own.units[At.A]
    with own.logged_in(own.person(Role.ADMINISTRATOR, At.A)) as client:
        since = "2024-01-01T00:00:00Z"
        place = done(client, "places", name="询问室", unit=a, since=since)["id"]
        device = done(client, "devices", number="NVR-1", unit=a, since=since)["id"]
        done(client, f"devices/{device}/details", kind="FIXED_SURVEILLANCE")
        done(client, f"devices/{device}/place", place=place, since="2024-02-01T00:00:00Z")
        [room] = client.get("/api/places").json()["places"]
        assert (room["unwatched_since"], room["devices"][0]["works"]) == (None, True)
        off = {"condition": "OFFLINE", "since": "2024-05-02T00:00:00Z"}
        done(client, f"devices/{device}/condition", **off)
        [room] = client.get("/api/places").json()["places"]
        assert room["unwatched_since"] == "2024-05-02T00:00:00Z"
        assert "没有在用的场所" in why(client, f"devices/{device}/place", place="none")
        done(client, f"places/{place}/close")
        assert client.get("/api/places").json()["places"] == []
    with own.logged_in(own.add_person(Role.ADMINISTRATOR, At.OTHER)) as client:
        assert client.get("/api/places").json()["places"] == []
        assert "没有登记" in why(client, f"devices/{device}/place", place=None)


def test_what_is_due_and_the_yearly_list(own: Serving) -> None:
    a = own.units[At.A]
    person, device = hire(own.house, a), equip(own.house, a)
    hand_out(own.house, device, person)
    with own.logged_in(own.person(Role.ADMINISTRATOR, At.A)) as client:
        course = {"day": "2024-03-01", "tenths": 385, "course": "行政处罚法"}
        done(client, f"persons/{person}/trainings", **course)
        [line] = client.get("/api/trainings", params={"year": 2024}).json()["people"]
        assert (line["person"], line["tenths"]) == (person, 385)
        left = {"unit": a, "from_day": "2024-01-01", "status": "LEFT"}
        done(client, f"persons/{person}/postings", **left)
        due = client.get("/api/certificates/due").json()
        assert [(one["task"]["code"], one["devices"]) for one in due["tasks"]] == [
            ("COLLECT", [device])
        ]
        assert [one["device"] for one in due["blocked"]] == [device]
        shown = client.get(f"/api/units/{a}/clean-up").json()
        assert [one["person"] for one in shown["people"]] == [person]
        assert shown["signed_on"] is None
        signed = done(client, f"units/{a}/clean-up")
        assert (signed["signed_for"], signed["late"]) == (1, False)
        assert signed["signed_by"] == client.get("/api/me").json()["name"]
    with own.logged_in(own.add_person(Role.ADMINISTRATOR, At.OTHER)) as client:
        due = client.get("/api/certificates/due").json()
        assert (due["tasks"], due["blocked"]) == ([], [])
        assert client.get(f"/api/units/{a}/clean-up").status_code == 404


def test_what_holds_is_told_with_its_clause_and_never_filled_in(own: Serving) -> None:
    with own.logged_in(own.person(Role.SUPERVISOR, At.A)) as client:
        ids = {one["id"] for one in client.get("/api/policies").json()["profiles"]}
        assert ids == {"default", "LP", "WL", "ZW", "XX", "ZJ"}
        asked = {"rule": "ratio", "profile": "XX", "on": "2024-06-01"}
        said = client.get("/api/policies/explain", params=asked).json()
        assert said["profiles"] == ["XX@1", "default@1"]
        assert "原则上按每4名执法人员" in said["answer"]["citations"][0]["quote"]
        unset = {"rule": "complaint.days", "profile": "WL", "on": "2024-06-01"}
        answer = client.get("/api/policies/explain", params=unset).json()["answer"]
        assert (answer["standing"], answer["value"]) == ("TO_BE_SET", None)
        before = client.get("/api/policies/explain", params={**asked, "on": "2020-01-01"})
        assert before.status_code == 404
        assert client.get("/api/policies/explain", params={"rule": "none"}).status_code == 404


def test_a_term_beyond_the_calendar_is_provisional(own: Serving) -> None:
    with own.logged_in(own.person(Role.SUPERVISOR, At.A)) as client:
        years = client.get("/api/calendar").json()["years"]
        assert [one["year"] for one in years][-1] == 2026
        g_20 = {"event": "2024-09-23", "count": "15"}
        assert client.get("/api/calendar/due", params=g_20).json()["day"] == "2024-10-17"
        beyond = {"event": "2026-12-31", "count": "5"}
        due = client.get("/api/calendar/due", params=beyond).json()
        assert (due["state"], due["day"]) == ("PROVISIONAL", None)
        assert client.get("/api/calendar/due", params={"count": -1}).status_code == 422
