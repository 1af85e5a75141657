"""Files over HTTP: devices, the calendar and the bureau's list; stations and their clocks."""

import httpx

from evidence.vocabulary import Role
from tests.registering import as_csv, device_row, listed_row, row, year_csv
from tests.serving import At, Serving


def post(client: httpx.Client, path: str, file: bytes, **query: str) -> httpx.Response:
    return client.post(f"/api/{path}", content=file, params=query)


def test_a_list_of_devices_names_own_units_alone_and_is_undone(serving: Serving) -> None:
    a, other = serving.units[At.A], serving.units[At.OTHER]
    good, beyond = device_row(a), device_row(other)
    file = as_csv([good, beyond, device_row(a, 品牌="无")])
    with serving.logged_in(serving.person(Role.ADMINISTRATOR, At.A)) as client:
        read = post(client, "device-lists/preview", file).json()
        assert (read["id"], read["good"], read["faulty"]) == (None, 1, 2)
        assert [bool(one["faults"]) for one in read["rows"]] == [False, True, True]
        assert all(one["words"]["zh"] for line in read["rows"] for one in line["faults"])
        assert post(client, "device-lists", file).status_code == 422
        taken = post(client, "device-lists", file, skip="faulty")
        assert taken.status_code == 201, taken.text
        own = {one["device"] for one in client.get("/api/devices").json()["devices"]}
        assert good["编号"] in own
        listed = {one["id"] for one in client.get("/api/rosters").json()["rosters"]}
        assert taken.json()["id"] in listed
        path = f"/api/rosters/{taken.json()['id']}/undo"
        assert client.post(path, json={"reason": "错表"}).status_code == 200
    entry = serving.house.entries("recorders.imported")[-1]
    assert entry.facts == {"import": taken.json()["id"], "rows": 1}


def test_the_calendar_is_previewed_and_taken_by_the_whole_bureau_alone(serving: Serving) -> None:
    file = year_csv(2042)
    with serving.logged_in(serving.person(Role.ADMINISTRATOR, At.ROOT)) as client:
        read = post(client, "calendar/preview", file).json()
        assert (read["taken"], read["year"], read["before"]) == (False, 2042, None)
        assert read["changed"] == ["2042-01-01", "2042-05-01", "2042-10-01"]
        [first, *_] = read["turns"]
        assert (first["day"], first["was"]["code"], first["becomes"]["code"]) == (
            *("2042-01-01", "UNKNOWN", "OFF"),
        )
        turns = post(client, "calendar/preview", year_csv(2026)).json()["turns"]
        turned = {one["day"]: (one["was"]["code"], one["becomes"]["code"]) for one in turns}
        assert turned["2026-01-01"] == ("OFF", "OFF")
        assert turned["2026-01-04"] == ("WORKED", "WEEKEND")
        assert turned["2026-01-02"] == ("OFF", "WEEKDAY")
        wrong = post(client, "calendar/preview", file + "2042-13-01,休\n".encode()).json()
        assert wrong["year"] is None
        assert wrong["faults"][0]["line"] == 5
        known = {one["year"] for one in client.get("/api/calendar").json()["years"]}
        assert 2042 not in known
        assert post(client, "calendar", file).status_code == 201
        [year] = [y for y in client.get("/api/calendar").json()["years"] if y["year"] == 2042]
        assert (year["origin"], len(year["days"])) == ("IMPORTED", 3)
        assert post(client, "calendar", file).json()["zh"]
        assert post(client, "calendar", file).status_code == 422
        assert "MANAGE_RULES" in client.get("/api/me").json()["everywhere"]
    with serving.logged_in(serving.person(Role.ADMINISTRATOR, At.A)) as client:
        assert post(client, "calendar", year_csv(2043)).status_code == 403
        me = client.get("/api/me").json()
        assert "MANAGE_RULES" in me["permissions"]
        assert "MANAGE_RULES" not in me["everywhere"]
        assert "WATCH_DOCKS" in me["everywhere"]


def test_the_list_of_what_is_recorded_is_taken_whole_or_not_at_all(serving: Serving) -> None:
    good = as_csv([listed_row(), listed_row(事项="当面送达", 保管期限="3年")])
    faulty = as_csv([listed_row(), listed_row(事项="询问", 类别="也许")])
    with serving.logged_in(serving.person(Role.ADMINISTRATOR, At.ROOT)) as client:
        read = post(client, "catalogue/preview", faulty, first="2031-01-01").json()
        assert [one["line"] for one in read["faults"]] == [3]
        assert post(client, "catalogue", faulty, first="2031-01-01").status_code == 422
        none = client.get("/api/catalogue", params={"on": "2001-01-01"}).json()
        assert none == {"day": "2001-01-01", "catalogue": None}
        taken = post(client, "catalogue", good, first="2031-01-01").json()
        held = client.get("/api/catalogue", params={"on": "2031-01-02"}).json()["catalogue"]
        assert held["id"] == taken["id"]
        assert [one["item"] for one in held["items"]] == ["现场检查", "当面送达"]
        before = client.get("/api/catalogue", params={"on": "2030-12-31"}).json()["catalogue"]
        assert before is None or before["id"] != taken["id"]
        said = post(client, "catalogue", as_csv([row("甲中队")]))
        assert (said.status_code, bool(said.json()["zh"])) == (422, True)


def test_a_station_and_its_clock(serving: Serving) -> None:
    a, other = serving.units[At.A], serving.units[At.OTHER]
    with serving.logged_in(serving.person(Role.ADMINISTRATOR, At.A)) as client:
        given = {"station": "采集站-9", "unit": a, "slots": 8}
        assert client.post("/api/stations", json=given).status_code == 201
        assert client.post("/api/stations", json=given).status_code == 422
        beyond = {"station": "采集站-10", "unit": other}
        assert client.post("/api/stations", json=beyond).status_code == 404
        for offset, trusted in ((1000, True), (-1001, False)):
            clock = {"offset_ms": offset}
            assert client.post("/api/stations/采集站-9/clock", json=clock).status_code == 201
            shown = client.get("/api/stations").json()["stations"]
            [one] = [one for one in shown if one["station"] == "采集站-9"]
            assert (one["slots"], one["offset_ms"], one["trusted"]) == (8, offset, trusted)
