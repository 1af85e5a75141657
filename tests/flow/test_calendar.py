"""Notices imported into a site: what holds, what stays on record, what a terminal says."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from evidence.entry import parse
from evidence.errors import BadInput
from evidence.terms import Term, due_after
from evidence.vocabulary import DueState, TermUnit, YearOrigin
from people.calendar import import_year, in_force, preview, years_in_force
from storage import schema
from storage.site import SitePlan
from tests.cli import call
from tests.docking import House, open_house

SOURCE = "国务院办公厅关于2027年部分节假日安排的通知"
FIRST = f"# source: {SOURCE}\n2027-01-01,休\n2027-10-01,休\n"
CORRECTED = FIRST + "2027-01-04,休\n2027-01-09,班\n"
NOTICE_2026 = """\
2026-01-01,休\n2026-01-02,休\n2026-01-04,班\n2026-05-01,休\n2026-10-01,休\n2026-12-31,休
"""


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "site", database_url)) as opened:
        yield opened


def due_day(house: House, event: date, count: int) -> date | None:
    with house.site.database.read() as connection:
        calendar = in_force(connection)
    term = Term(count, TermUnit.WORKING_DAY)
    return due_after(event, term, calendar=calendar, roll=True).day


def test_a_notice_makes_a_provisional_term_final(house: House) -> None:
    event = date(2026, 12, 30)
    assert due_day(house, event, 3) is None
    done = import_year(house.site.ledger, FIRST.encode())
    assert (done.year.number, done.origin, done.number) == (2027, YearOrigin.IMPORTED, 0)
    assert due_day(house, event, 3) == date(2027, 1, 5)


def test_the_newest_import_of_a_year_holds_and_the_older_stays(house: House) -> None:
    import_year(house.site.ledger, FIRST.encode("gbk"))
    newer = import_year(house.site.ledger, CORRECTED.encode())
    assert newer.number == 1
    assert due_day(house, date(2026, 12, 31), 1) == date(2027, 1, 5)
    assert (house.count("calendar_years"), house.count("calendar_days")) == (2, 6)
    with house.site.database.read() as connection:
        held = {held.year.number: held for held in years_in_force(connection)}
        bodies = connection.execute(select(schema.entries.c.body)).scalars().all()
    assert (held[2027].number, held[2027].year) == (1, newer.year)
    assert held[2026].origin == YearOrigin.SHIPPED
    entered = [e for body in bodies if (e := parse(body.encode())).act == "calendar.imported"]
    assert [entry.facts for entry in entered] == [
        {"year": 2027, "number": 0},
        {"year": 2027, "number": 1},
    ]
    assert [len(entry.rows) for entry in entered] == [3, 5]
    assert house.verify().findings == ()


def test_a_shipped_year_is_overlaid_by_its_notice(house: House) -> None:
    with house.site.database.read() as connection:
        seen = preview(connection, NOTICE_2026.encode(), source="a test")
    assert seen.before is not None
    assert seen.before.origin == YearOrigin.SHIPPED
    assert {date(2026, 12, 31), date(2026, 2, 16), date(2026, 2, 14)} <= set(seen.changed)
    assert date(2026, 1, 1) not in seen.changed
    assert house.count("calendar_years") == 0
    import_year(house.site.ledger, NOTICE_2026.encode(), source="a test")
    assert due_day(house, date(2026, 12, 29), 1) == date(2026, 12, 30)
    assert due_day(house, date(2026, 12, 30), 1) is None


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"2027-01-01,\xe4\xbc\x91", "CALENDAR_FILE"),
        (b"", "CALENDAR_FILE"),
        (b"\xff\xfe\x00\x31", "CALENDAR_TEXT"),
    ],
)
def test_a_table_with_a_problem_leaves_nothing(house: House, data: bytes, why: str) -> None:
    before = house.count("entries")
    with pytest.raises(BadInput) as caught:
        import_year(house.site.ledger, data, source="a test")
    assert caught.value.facts["why"] == why
    assert (house.count("entries"), house.count("calendar_years")) == (before, 0)


def test_the_same_table_is_not_imported_twice(house: House) -> None:
    import_year(house.site.ledger, FIRST.encode())
    with pytest.raises(BadInput) as caught:
        import_year(house.site.ledger, FIRST.encode())
    assert caught.value.facts["why"] == "CALENDAR_SAME"
    # The same days from another document are worth an act.
    assert import_year(house.site.ledger, FIRST.encode(), source="a correction").number == 1


def test_the_database_keeps_imports_as_they_are(house: House) -> None:
    import_year(house.site.ledger, FIRST.encode())
    changed = update(schema.calendar_days).values(kind="WORKED")
    with pytest.raises(DBAPIError), house.site.database.write() as connection:
        connection.execute(changed)


# --- at the terminal ----------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path) -> Path:
    call("--data", tmp_path / "site", "recorder", "add", "1000001")
    (tmp_path / "good.csv").write_bytes(FIRST.encode("gbk"))
    (tmp_path / "bad.csv").write_text("2027-01-01,休\n2027-01-05,班\n", encoding="utf-8")
    return tmp_path / "site"


def test_a_preview_writes_nothing_and_an_import_does(site: Path) -> None:
    table = site.parent / "good.csv"
    dry = call("--data", site, "--json", "calendar", "import", table, "--dry-run").body
    assert (dry["imported"], dry["year"], dry["before"]) == (False, 2027, None)
    unknown = call("--data", site, "--json", "calendar", "show", "2027")
    assert (unknown.code, unknown.body["error"]["code"]) == (2, "NOT_FOUND")
    assert call("--data", site, "--json", "calendar", "import", table).body["imported"] is True
    shown = call("--data", site, "--json", "calendar", "show", "2027").body["years"]
    assert [(y["origin"], y["source"], y["number"]) for y in shown] == [("IMPORTED", SOURCE, 0)]
    said = call("--data", site, "calendar", "show", "2027").out
    assert "2027-10-01" in said
    again = call("--data", site, "--json", "calendar", "import", table)
    assert (again.code, again.body["error"]["facts"]["why"]) == (2, "CALENDAR_SAME")


def test_every_problem_is_told_with_its_line(site: Path) -> None:
    said = call("--data", site, "--json", "calendar", "import", site.parent / "bad.csv")
    problems = [(problem["line"], problem["code"]) for problem in said.body["problems"]]
    assert problems == [(0, "CALENDAR_NO_SOURCE"), (2, "CALENDAR_WORKED_WEEKDAY")]
    assert (said.code, said.body["imported"]) == (2, False)
    assert "第 2 行" in said.err
    missing = call("--data", site, "--json", "calendar", "import", site.parent / "none.csv")
    assert (missing.code, missing.body["error"]["code"]) == (2, "BAD_INPUT")


@pytest.mark.parametrize(
    ("words", "state", "day"),
    [
        ("--from 2024-09-23 --days 15 --unit wd", "FINAL", "2024-10-17"),
        ("--from 2024-09-20 --days 15 --unit cd", "FINAL", "2024-10-08"),
        ("--from 2024-09-20 --days 15 --unit cd --no-roll", "FINAL", "2024-10-05"),
        ("--from 2024-01-31 --days 1 --unit month", "FINAL", "2024-02-29"),
        ("--from 2026-12-31 --days 1", "PROVISIONAL", None),
    ],
)
def test_the_end_of_a_term_is_told(site: Path, words: str, state: str, day: str | None) -> None:
    said = call("--data", site, "--json", "calendar", "due", *words.split()).body
    assert (said["state"], said["day"]) == (state, day)
    assert (said["state"] == DueState.PROVISIONAL) == (said["last_working_day"] is None)
    if day == "2024-10-05":
        assert said["last_working_day"] == "2024-09-30"


@pytest.mark.parametrize(
    "words", ["--from x --days 1", "--from 2024-01-01 --days -1", "--from 1900-01-01 --days 1"]
)
def test_what_is_no_term_is_refused(site: Path, words: str) -> None:
    said = call("--data", site, "--json", "calendar", "due", *words.split())
    assert (said.code, said.body["error"]["code"]) == (2, "BAD_INPUT")
    assert said.body["error"]["message"]["zh"].startswith("输入有误")
