"""Devices and ratio over HTTP: who sees which, what is refused and why, and what a sum rests on."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from devices import upkeep
from evidence.enforcing import PersonKind
from evidence.entry import time_text
from evidence.vocabulary import Role
from people import accounts, invitations, register
from people.accounts import NewPerson
from people.register import NewCertificate, Newcomer, NewPosting
from tests.registering import FAR, LONG_AGO, equip, hand_out, hire
from tests.serving import At, Person, Serving, serve


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A served site without cards, whose register a test fills."""
    with serve(tmp_path_factory.mktemp("served"), clips=()) as opened:
        yield opened


def devices(client: httpx.Client) -> dict[str, dict[str, Any]]:
    return {one["device"]: one for one in client.get("/api/devices").json()["devices"]}


def lines(client: httpx.Client, **query: str) -> dict[str, dict[str, Any]]:
    found = client.get("/api/ratio", params=query).json()["lines"]
    return {one["unit"]["name"]: one for one in found}


def later(own: Serving, minutes: int = 600) -> str:
    return time_text(own.house.site.clock() + timedelta(minutes=minutes))


def test_out_and_in_and_who_had_it(own: Serving) -> None:
    person, device = hire(own.house, own.units[At.A]), equip(own.house, own.units[At.A])
    with own.logged_in(own.person(Role.SUPERVISOR, At.A)) as client:
        given = {"holder": person, "due_at": later(own, minutes=2)}
        out = client.post(f"/api/devices/{device}/check-out", json=given)
        assert out.status_code == 201, out.text
        held = devices(client)[device]["holder"]
        assert (held["holder"], held["assignment"], held["overdue"]) == (
            person,
            out.json()["id"],
            False,
        )
        again = client.post(f"/api/devices/{device}/check-out", json=given)
        assert (again.status_code, again.json()["code"]) == (409, "CHECK_OUT_REFUSED")
        own.ticks.ahead += timedelta(minutes=5)
        assert devices(client)[device]["holder"]["overdue"] is True
        assert client.post(f"/api/devices/{device}/check-in", json={}).status_code == 201
        assert client.post(f"/api/devices/{device}/check-in", json={}).status_code == 422
        [was] = client.get(f"/api/devices/{device}/holders").json()["holders"]
        assert was["back_at"] is not None
        assert (was["overdue"], was["name"] is None) == (False, False)


def test_a_refusal_names_every_reason(own: Serving) -> None:
    unit = own.units[At.A]
    helper, device = hire(own.house, unit, kind=PersonKind.AUXILIARY), equip(own.house, unit)
    with own.logged_in(own.person(Role.SUPERVISOR, At.A)) as client:
        given = {"holder": helper, "due_at": later(own)}
        said = client.post(f"/api/devices/{device}/check-out", json=given).json()
        assert "未签保密承诺" in said["zh"]
        assert "未指明带班执法人员" in said["zh"]
        register.sign_undertaking(own.house.site.ledger, helper, signed_on=LONG_AGO)
        given["supervisor"] = hire(own.house, unit)
        assert client.post(f"/api/devices/{device}/check-out", json=given).status_code == 201


def test_nothing_goes_to_anybody_out_of_reach(own: Serving) -> None:
    stranger, device = hire(own.house, own.units[At.OTHER]), equip(own.house, own.units[At.A])
    with own.logged_in(own.person(Role.ADMINISTRATOR, At.A)) as client:
        for given in ({"holder": stranger}, {"holder": "nobody"}):
            body = {**given, "due_at": later(own)}
            said = client.post(f"/api/devices/{device}/check-out", json=body)
            assert said.status_code == 404
        body = {"unit": own.units[At.OTHER]}
        assert client.post(f"/api/devices/{device}/loan", json=body).status_code == 404


def test_a_lent_device_is_seen_by_both_and_names_of_strangers_by_neither(own: Serving) -> None:
    device, holder = equip(own.house, own.units[At.A]), hire(own.house, own.units[At.OTHER])
    at = own.house.site.clock()
    upkeep.lend(own.house.site.ledger, device, unit=own.units[At.OTHER], out_at=at)
    hand_out(own.house, device, holder)
    with own.logged_in(own.person(Role.SUPERVISOR, At.A)) as client:
        shown = devices(client)[device]
        assert (shown["unit"], shown["lent_to"]) == (own.units[At.A], own.units[At.OTHER])
        assert (shown["holder"]["holder"], shown["holder"]["name"]) == (holder, None)
        away = client.get(f"/api/ratio/{own.units[At.A]}").json()["devices"]
        assert [
            (one["device"], one["counted"], one["lent_to"]) for one in away if one["lent_to"]
        ] == [(device, False, own.units[At.OTHER])]
    with own.logged_in(own.person(Role.SUPERVISOR, At.ROOT)) as client:
        assert devices(client)[device]["holder"]["name"] is not None


def test_devices_of_no_unit_are_the_bureaus(own: Serving) -> None:
    device = equip(own.house, None)
    for at, seen in ((At.A, False), (At.ROOT, True)):
        with own.logged_in(own.person(Role.AUDITOR, at)) as client:
            assert (device in devices(client)) is seen


def test_an_officer_sees_what_is_out_to_them_and_no_more(own: Serving) -> None:
    unit, ledger = own.units[At.A], own.house.site.ledger
    new = NewPerson("王甲", "wangjia", "600001")
    account = accounts.add_account(ledger, new, role=Role.OFFICER, unit_id=unit)
    with ledger.act() as act:
        invitations.set_password(act, account, stored=own.stored)
        act.enter("password.set", {"account": account})
    certificate = NewCertificate("证600001", "司法局", LONG_AGO, FAR)
    newcomer = Newcomer("王甲", "600001", NewPosting(LONG_AGO, unit), certificate)
    person = register.add_person(ledger, newcomer)
    mine, others = equip(own.house, unit), equip(own.house, unit)
    hand_out(own.house, mine, person)
    hand_out(own.house, others, hire(own.house, unit))
    with own.logged_in(Person(account, "wangjia", Role.OFFICER, At.A)) as client:
        [held] = client.get("/api/holdings/own").json()["holders"]
        assert (held["device"], held["holder"], held["name"]) == (mine, person, "王甲")
        assert client.get("/api/devices").status_code == 403
    with own.logged_in(own.person(Role.SUPERVISOR, At.A)) as client:
        assert client.get("/api/holdings/own").json() == {"holders": []}


def test_the_state_of_a_device_moves_the_ratio(own: Serving) -> None:
    unit = own.units[At.A]
    for _ in range(9):
        hire(own.house, unit)
    first, second, third = (equip(own.house, unit) for _ in range(3))
    with own.logged_in(own.person(Role.ADMINISTRATOR, At.A)) as client:
        line = lines(client)["甲中队"]
        assert (line["ratio"]["status"]["code"], line["is_body"]) == ("MET", False)
        for device, status in ((first, "MET_FLOOR_ONLY"), (second, "SHORT")):
            body = {"condition": "REPAIR", "reason": "屏幕碎裂"}
            assert client.post(f"/api/devices/{device}/condition", json=body).status_code == 201
            shown = lines(client)["甲中队"]["ratio"]
            assert shown["status"]["code"] == status
        assert (shown["required"], shown["required_by_floor"], shown["present"]) == (3, 2, 1)
        said = client.post(f"/api/devices/{third}/tests", json={"passed": False})
        assert said.status_code == 201
        assert lines(client)["甲中队"]["ratio"]["present"] == 0
        detail = client.get(f"/api/ratio/{unit}").json()
    reasons = {one["device"]: [r["code"] for r in one["reasons"]] for one in detail["devices"]}
    assert {one: reasons[one] for one in (first, second, third)} == {
        first: ["IN_REPAIR"],
        second: ["IN_REPAIR"],
        third: ["TEST_FAILED"],
    }
    assert all(one["counted"] for one in detail["people"])
    assert "每4名执法人员" in detail["rule"]["clauses"][0]["quote"]
    assert detail["rule"]["stamp"]


def test_no_line_tells_of_units_out_of_reach(own: Serving) -> None:
    for at in (At.A, At.BELOW, At.OTHER, At.ROOT):
        hire(own.house, own.units[at])
    with own.logged_in(own.person(Role.SUPERVISOR, At.A)) as client:
        found = lines(client)
        assert set(found) == {"甲中队", "甲一班"}
        assert found["甲中队"]["ratio"]["people"] == 2
        for at in (At.OTHER, At.ROOT):
            for more in ("", "/history", "/forecast"):
                assert client.get(f"/api/ratio/{own.units[at]}{more}").status_code == 404
    with own.logged_in(own.person(Role.SUPERVISOR, At.ROOT)) as client:
        found = lines(client)
        assert len(found) == 4
        assert {name: one["is_body"] for name, one in found.items() if one["is_body"]} == {
            "某区城管局": True
        }
        assert found["某区城管局"]["ratio"]["people"] == 4


def test_past_and_future_by_day(own: Serving) -> None:
    unit = own.units[At.A]
    hire(own.house, unit)
    equip(own.house, unit)
    with own.logged_in(own.person(Role.AUDITOR, At.A)) as client:
        query = {"first": "2024-01-01", "last": "2024-01-10"}
        found = client.get(f"/api/ratio/{unit}/history", params=query).json()["days"]
        assert [one["day"] for one in found] == [f"2024-01-{day:02}" for day in range(1, 11)]
        assert {one["worst"]["status"]["code"] for one in found} == {"SHORT"}
        today = client.get(f"/api/ratio/{unit}/history").json()["days"]
        assert (len(today), today[-1]["last"]["status"]["code"]) == (30, "MET")
        spans = client.get(f"/api/ratio/{unit}/forecast").json()["spans"]
        assert [one["ratio"]["status"]["code"] for one in spans] == ["MET"]
        assert lines(client, on="2024-01-05")["甲中队"]["ratio"]["people"] == 1
        for query in (
            {"first": "2024-02-01", "last": "2024-01-01"},
            {"first": "2000-01-01", "last": "2024-01-01"},
            {"last": "2990-01-01"},
        ):
            said = client.get(f"/api/ratio/{unit}/history", params=query)
            assert said.status_code == 422, query
