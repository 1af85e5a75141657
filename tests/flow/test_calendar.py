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
from evidence.vocabulary import TermUnit, YearOrigin
from people.calendar import import_year, in_force, preview, years_in_force
from storage import schema
from storage.site import SitePlan
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
