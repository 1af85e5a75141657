"""People and rosters over HTTP: who is answered for, what a file comes to, and undoing it."""

import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from openpyxl import Workbook

from api.security import LARGEST_FILE
from evidence.vocabulary import Role
from tests.registering import LONG_AGO, as_csv, hire, row, take_in
from tests.serving import At, Serving, serve


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A served site whose register only this module writes."""
    with serve(tmp_path_factory.mktemp("served"), clips=()) as opened:
        yield opened


def as_workbook(rows: list[dict[str, str]]) -> bytes:
    """The rows as a workbook, below a title."""
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["执法人员名册"])
    sheet.append(list(rows[0]))
    for one in rows:
        sheet.append(list(one.values()))
    book.save(file)
    return file.getvalue()


def persons(client: httpx.Client, **query: str) -> dict[str, dict[str, Any]]:
    found = client.get("/api/persons", params=query).json()["persons"]
    return {one["person"]: one for one in found}


def test_the_list_holds_who_is_of_a_unit_within_reach(own: Serving) -> None:
    made = {at: hire(own.house, own.units[at]) for at in (At.A, At.BELOW, At.OTHER, At.ROOT)}
    for role in (Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR):
        with own.logged_in(own.person(role, At.A)) as client:
            assert set(persons(client)) & set(made.values()) == {made[At.A], made[At.BELOW]}
            named = persons(client, unit=own.units[At.OTHER])
            assert not named
        with own.logged_in(own.person(role, At.ROOT)) as client:
            assert set(made.values()) <= set(persons(client))


def test_whoever_moves_on_leaves_the_list_from_that_day_on(own: Serving) -> None:
    person = hire(own.house, own.units[At.A])
    with own.logged_in(own.person(Role.ADMINISTRATOR, At.ROOT)) as client:
        given = {"unit": own.units[At.OTHER], "from_day": "2024-05-01"}
        assert client.post(f"/api/persons/{person}/postings", json=given).status_code == 201
        whole = client.get(f"/api/persons/{person}").json()
        assert (len(whole["postings"]), whole["elsewhere"]) == (2, 0)
    with own.logged_in(own.person(Role.SUPERVISOR, At.A)) as client:
        assert person not in persons(client)
        assert client.get(f"/api/persons/{person}").status_code == 404
        before = client.get(f"/api/persons/{person}", params={"on": "2024-04-30"}).json()
        assert before["shown"]["unit"] == own.units[At.A]
        assert (len(before["postings"]), before["elsewhere"]) == (1, 1)


def test_the_verdict_of_a_day_comes_with_every_reason_in_both_languages(own: Serving) -> None:
    with own.logged_in(own.person(Role.ADMINISTRATOR, At.A)) as client:
        given = {
            "name": "测试员",
            "officer_number": "700001",
            "unit": "甲中队",
            "from_day": "2020-01-01",
            "certificate": {
                "number": "证700001",
                "issuer": "司法局",
                "valid_from": "2020-01-01",
                "valid_to": "2024-06-30",
            },
        }
        said = client.post("/api/persons", json=given)
        assert said.status_code == 201, said.text
        person = said.json()["id"]
        able = client.get(f"/api/persons/{person}", params={"on": "2024-06-30"}).json()["shown"]
        assert able["may_enforce"] is True
        lapsed = client.get(f"/api/persons/{person}", params={"on": "2024-07-01"}).json()["shown"]
        assert lapsed["reasons"] == [
            {
                "code": "CERT_EXPIRED",
                "words": {"zh": "证件已过期", "en": "certificate expired"},
            }
        ]
        again = client.post("/api/persons", json=given)
        assert again.status_code == 422
        assert "已" in again.json()["zh"]


def test_what_becomes_of_a_certificate_is_shown(own: Serving) -> None:
    person, other = hire(own.house, own.units[At.A]), hire(own.house, own.units[At.A])
    with own.logged_in(own.person(Role.ADMINISTRATOR, At.A)) as client:
        [paper] = client.get(f"/api/persons/{person}").json()["certificates"]
        events = f"certificates/{paper['certificate']}/events"
        given = {"event": "REVOKED", "day": "2025-01-01"}
        assert client.post(f"/api/persons/{other}/{events}", json=given).status_code == 404
        assert client.post(f"/api/persons/{person}/{events}", json=given).status_code == 201
        assert client.post(f"/api/persons/{person}/{events}", json=given).status_code == 422
        shown = client.get(f"/api/persons/{person}").json()
        [event] = shown["certificates"][0]["events"]
        assert (event["event"]["code"], event["day"]) == ("REVOKED", "2025-01-01")
        assert [one["code"] for one in shown["shown"]["reasons"]] == ["CERT_REVOKED"]
        signed = {"signed_on": LONG_AGO.isoformat()}
        assert client.post(f"/api/persons/{person}/undertakings", json=signed).status_code == 201
        assert client.get(f"/api/persons/{person}").json()["undertakings"] == ["2020-01-01"]


def test_nobody_is_posted_out_of_reach(own: Serving) -> None:
    person = hire(own.house, own.units[At.A])
    with own.logged_in(own.person(Role.ADMINISTRATOR, At.A)) as client:
        given = {"unit": own.units[At.OTHER], "from_day": "2024-05-01"}
        assert client.post(f"/api/persons/{person}/postings", json=given).status_code == 404
        stays = client.get(f"/api/persons/{person}").json()
    assert len(stays["postings"]) == 1


def test_a_day_to_come_and_odd_days_are_refused(own: Serving) -> None:
    with own.logged_in(own.person(Role.AUDITOR, At.ROOT)) as client:
        for on in ("2998-01-01", "1066-10-14", "2024-02-30", "today"):
            said = client.get("/api/persons", params={"on": on})
            assert (said.status_code, said.json()["code"]) == (422, "BAD_INPUT"), on


@pytest.mark.parametrize("write", [as_csv, as_workbook], ids=["csv", "xlsx"])
def test_a_file_is_shown_then_taken_in_then_undone(own: Serving, write: Any) -> None:  # noqa: ANN401
    good, bad = row("甲中队"), row("甲中队", 姓名="", 在岗="?")
    file = write([good, bad])
    with own.logged_in(own.person(Role.ADMINISTRATOR, At.A)) as client:
        before = set(persons(client))
        read = client.post("/api/rosters/preview", content=file).json()
        assert (read["id"], read["good"], read["faulty"]) == (None, 1, 1)
        faulty = read["rows"][1]
        assert faulty["line"] == (4 if write is as_workbook else 3)
        assert {one["code"] for one in faulty["faults"]} == {"CELL_EMPTY", "CELL_YES_NO"}
        assert all(one["words"]["zh"] and one["words"]["en"] for one in faulty["faults"])
        assert set(persons(client)) == before
        assert client.post("/api/rosters", content=file).status_code == 422
        taken = client.post("/api/rosters", params={"skip": "faulty"}, content=file)
        assert taken.status_code == 201, taken.text
        assert taken.json()["sha256"] == read["sha256"]
        [new] = set(persons(client)) - before
        assert persons(client)[new]["officer_number"] == good["工号"]
        path = f"/api/rosters/{taken.json()['id']}/undo"
        assert client.post(path, json={"reason": "文件有误"}).status_code == 200
        assert set(persons(client)) == before
        [listed] = [
            one
            for one in client.get("/api/rosters").json()["rosters"]
            if one["id"] == taken.json()["id"]
        ]
        assert listed["undone_at"] is not None
        assert client.post(path, json={"reason": "再次"}).status_code == 422


def test_rows_name_units_within_reach_only(own: Serving) -> None:
    file = as_csv([row("甲一班"), row("乙中队")])
    with own.logged_in(own.person(Role.ADMINISTRATOR, At.A)) as client:
        read = client.post("/api/rosters/preview", content=file).json()
        assert [[one["code"] for one in line["faults"]] for line in read["rows"]] == [
            [],
            ["CELL_UNIT"],
        ]
        assert client.post("/api/rosters", content=file).status_code == 422


def test_a_file_is_shown_to_whoever_reaches_all_it_names(own: Serving) -> None:
    mixed = take_in(own.house, [row("甲中队"), row("乙中队")])
    inside = take_in(own.house, [row("甲一班")])
    with own.logged_in(own.person(Role.ADMINISTRATOR, At.A)) as client:
        seen = {one["id"] for one in client.get("/api/rosters").json()["rosters"]}
        assert seen & {mixed, inside} == {inside}
        said = client.post(f"/api/rosters/{mixed}/undo", json={"reason": "x"})
        assert said.status_code == 404


@pytest.mark.parametrize("file", [b"", b"\x00\xff", b"PK\x03\x04 no archive", b"a,b\n1,2\n"])
def test_what_is_no_roster_is_refused_with_a_sentence(own: Serving, file: bytes) -> None:
    with own.logged_in(own.person(Role.ADMINISTRATOR, At.A)) as client:
        for path in ("/api/rosters/preview", "/api/rosters"):
            said = client.post(path, content=file)
            assert (said.status_code, said.json()["code"]) == (422, "BAD_INPUT")
            assert "{" not in said.json()["zh"] + said.json()["en"]


def test_only_a_roster_may_be_large(own: Serving) -> None:
    with own.logged_in(own.person(Role.ADMINISTRATOR, At.ROOT)) as client:
        rows = [row("甲中队") for _ in range(600)]
        assert client.post("/api/rosters/preview", content=as_csv(rows)).json()["good"] == 600
        for path, size in (("/api/rosters", LARGEST_FILE + 1), ("/api/persons", 70_000)):
            assert client.post(path, content=b"x" * size).status_code == 413
