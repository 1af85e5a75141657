"""Reports over HTTP: what stands in each, for whom, and that it is on record first."""

import hashlib
from collections.abc import Iterator
from datetime import date
from itertools import chain

import httpx
import pytest

from evidence.vocabulary import Role
from render.pdf import FACE, FONTS
from tests import case_targets
from tests.registering import equip, hand_out, hire
from tests.reports import sheets_of
from tests.serving import At, Serving, serve

KINDS = ("ratio", "holders", "coverage", "docking", "unlinked", "auxiliaries")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A served site without cards; each of two units has people, a recorder out, and an action."""
    with serve(tmp_path_factory.mktemp("served"), clips=()) as opened:
        for at in (At.A, At.OTHER):
            unit = opened.units[at]
            hire(opened.house, unit, until=date(2024, 1, 1))
            hand_out(opened.house, equip(opened.house, unit), hire(opened.house, unit))
            equip(opened.house, unit, tested=False)
            case_targets.action_of(opened.house, unit)
        yield opened


def report(client: httpx.Client, kind: str, **asked: str) -> httpx.Response:
    return client.post("/api/reports", json={"kind": kind, **asked})


def test_a_report_on_the_screen_says_what_its_file_says(own: Serving) -> None:
    with own.logged_in(own.person(Role.SUPERVISOR, At.A)) as client:
        for kind in KINDS:
            shown = client.get(f"/api/reports/{kind}").json()
            written = words_in(report(client, kind))
            assert (shown["kind"], bool(shown["tables"])) == (kind, True)
            assert shown["title"]["zh"] != shown["title"]["en"]
            rows = [(table, row) for table in shown["tables"] for row in table["rows"]]
            assert all(len(row) == len(table["columns"]) for table, row in rows)
            assert {str(cell) for _, row in rows for cell in row if cell != ""} <= written, kind
        future = {"first": "2031-01-01", "last": "2031-01-02"}
        assert client.get("/api/reports/coverage", params=future).status_code == 422
        assert client.get("/api/reports/segments").status_code == 422


def words_in(said: httpx.Response) -> set[str]:
    """Every cell of a spreadsheet, and the parts of those that list several."""
    assert said.status_code == 200, said.text
    rows = chain.from_iterable(sheets_of(said.content).values())
    return {word for row in rows for cell in row for word in (str(cell), *str(cell).split())}


def registered(serving: Serving, unit: str) -> set[str]:
    """What only the register of one unit has: names of people, numbers of devices, its own name."""
    house = serving.house
    posted = {row["person_id"] for row in house.rows("postings") if row["unit_id"] == unit}
    names = {row["full_name"] for row in house.rows("persons") if row["id"] in posted}
    numbers = {row["recorder_id"] for row in house.rows("recorder_units") if row["unit_id"] == unit}
    units = {row["name"] for row in house.rows("units") if row["id"] == unit}
    assert len(names) >= 2
    assert len(numbers) >= 2
    return {*names, *numbers, *units}


def test_a_report_holds_what_lies_within_reach_and_nothing_else(own: Serving) -> None:
    within, beyond = (registered(own, own.units[at]) for at in (At.A, At.OTHER))
    for at, absent in ((At.A, beyond), (At.ROOT, set[str]())):
        with own.logged_in(own.person(Role.SUPERVISOR, at)) as client:
            found = {kind: words_in(report(client, kind)) for kind in KINDS}
        for kind, words in found.items():
            assert not words & absent, kind
            assert "甲中队" in words or kind == "ratio", kind
        for kind in ("ratio", "holders"):
            assert len(found[kind] & within) > 2, kind
            assert bool(found[kind] & beyond) == (at is At.ROOT), kind


@pytest.mark.parametrize("at", [At.A, At.ROOT])
def test_a_report_is_on_record_with_its_digest_and_who_had_it(own: Serving, at: At) -> None:
    auditor = own.person(Role.AUDITOR, at)
    with own.logged_in(auditor) as client:
        said = report(client, "coverage")
    entry = own.house.entries("report.made")[-1]
    sha256 = hashlib.sha256(said.content).hexdigest()
    assert said.headers["x-liuhen-sha256"] == entry.facts["sha256"] == sha256
    assert entry.facts["kind"] == "coverage"
    assert entry.actor["account"] == auditor.account
    below = sorted(own.units[one] for one in (At.A, At.BELOW))
    assert entry.facts.get("units") == (below if at is At.A else None)
    assert said.headers["content-disposition"].startswith('attachment; filename="coverage-')


def test_what_cannot_be_made_is_said_and_leaves_nothing_on_record(own: Serving) -> None:
    before = len(own.house.entries("report.made"))
    with own.logged_in(own.person(Role.AUDITOR, At.ROOT)) as client:
        for asked, word in (
            ({"first": "2024-02-01", "last": "2024-01-01"}, "早"),
            ({"first": "2999-01-01", "last": "2999-01-02"}, "尚未到来"),
        ):
            for kind in KINDS[1:]:
                said = report(client, kind, **asked)
                assert said.status_code == 422, (kind, said.text)
                assert word in said.json()["zh"], said.text
        assert report(client, "segments").status_code == 422
    assert len(own.house.entries("report.made")) == before


@pytest.mark.skipif(
    not (FONTS / FACE).is_file(), reason="the typeface of PDF reports is not there: run script/web"
)
def test_a_report_may_be_a_pdf(own: Serving) -> None:
    with own.logged_in(own.person(Role.AUDITOR, At.A)) as client:
        said = report(client, "ratio", format="pdf")
    assert said.headers["content-type"] == "application/pdf"
    assert said.content.startswith(b"%PDF-")
