"""Rosters: what is wrong with which row, what a file comes to, and that it can be undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.enforcing import PersonKind, may_enforce
from evidence.errors import BadInput, NotFound
from evidence.reason_messages import WHY
from people import register, roster, units
from people.cells import Cells
from people.staff import Member, members
from storage.site import SitePlan
from tests.docking import House, open_house

DIGEST = "ab" * 32
GOOD: Cells = {
    "姓名": "王甲",
    "工号": "320001",
    "单位": "一队",
    "人员类别": "执法人员",
    "在编": "是",
    "在岗": "是",
    "任职日期": "2021-03-01",
    "执法证号": "渝0001",
    "发证机关": "司法局",
    "有效期起": "2021-03-01",
    "有效期止": "2027/02/28",
    "保密承诺日期": "",
}


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    """A new site with a bureau and a section."""
    with open_house(SitePlan(tmp_path / "site", database_url)) as opened:
        with opened.site.ledger.act() as act:
            bureau = units.insert_unit(act, name="局", parent=None)
            act.enter("unit.added", {"unit": bureau.id})
        units.add_unit(opened.site.ledger, name="一队", parent=bureau.id)
        yield opened


def faults(house: House, *rows: Cells) -> list[tuple[int, str, str]]:
    """Line, column and code of everything that is wrong."""
    with house.site.database.read() as connection:
        lines = roster.read_roster(connection, rows)
    return [(line.line, fault.column, fault.why) for line in lines for fault in line.faults]


def take(house: House, *rows: Cells, skip: bool = False) -> str:
    ledger = house.site.ledger
    return roster.take_roster(ledger, rows, file_sha256=DIGEST, skip_faulty=skip)[0]


def everybody(house: House) -> dict[str | None, Member]:
    with house.site.database.read() as connection:
        return {one.full_name: one for one in members(connection).values()}


def test_a_good_row_becomes_a_person_with_a_certificate(house: House) -> None:
    take(house, GOOD)
    person = everybody(house)["王甲"]
    [certificate] = person.facts.certificates
    assert certificate.valid_to.isoformat() == "2027-02-28"
    assert may_enforce(person.facts, certificate.valid_to).may_enforce
    assert person.officer_number == "320001"


def test_an_auxiliary_needs_no_certificate(house: House) -> None:
    none = dict.fromkeys(("执法证号", "发证机关", "有效期起", "有效期止"), "")
    aux = {**GOOD, **none, "人员类别": "执法辅助人员", "在编": "否", "保密承诺日期": "2021-03-02"}
    assert faults(house, aux) == []
    take(house, aux)
    person = everybody(house)["王甲"]
    assert person.facts.certificates == ()
    assert person.facts.postings[0].kind is PersonKind.AUXILIARY
    assert [day.isoformat() for day in person.undertakings] == ["2021-03-02"]


@pytest.mark.parametrize(
    ("change", "column", "why"),
    [
        ({"姓名": " "}, "姓名", "CELL_EMPTY"),
        ({"任职日期": "2021-02-30"}, "任职日期", "CELL_DAY"),
        ({"任职日期": "0021-03-01"}, "任职日期", "CELL_DAY"),
        ({"任职日期": "2021-03"}, "任职日期", "CELL_DAY"),
        ({"姓名": "甲" * 65}, "姓名", "CELL_TEXT"),
        ({"任职日期": ""}, "任职日期", "CELL_EMPTY"),
        ({"在岗": "在"}, "在岗", "CELL_YES_NO"),
        ({"人员类别": "临时工"}, "人员类别", "CELL_KIND"),
        ({"在编": "否"}, "在编", "CELL_NOT_ESTABLISHED"),
        ({"单位": "九队"}, "单位", "CELL_UNIT"),
        ({"有效期止": "2020-01-01"}, "有效期止", "CELL_DAYS_ORDER"),
        ({"执法证号": ""}, "执法证号", "CELL_EMPTY"),
        ({"保密承诺日期": "昨天"}, "保密承诺日期", "CELL_DAY"),
    ],
)
def test_each_fault_is_named_with_its_column(
    house: House, change: Cells, column: str, why: str
) -> None:
    assert faults(house, {**GOOD, **change}) == [(2, column, why)]


def test_every_fault_of_a_row_is_said_at_once(house: House) -> None:
    bad = {**GOOD, "姓名": "", "在岗": "?", "单位": "九队"}
    found = faults(house, GOOD, {**bad, "工号": "320002"})
    assert {why for _, _, why in found} == {"CELL_EMPTY", "CELL_YES_NO", "CELL_UNIT"}
    assert {line for line, _, _ in found} == {3}


def test_a_number_is_one_persons(house: House) -> None:
    twice = faults(house, GOOD, {**GOOD, "姓名": "李乙"})
    assert [(line, why) for line, _, why in twice] == [
        (2, "CELL_NUMBER_TWICE"),
        (3, "CELL_NUMBER_TWICE"),
    ]
    take(house, GOOD)
    assert faults(house, GOOD) == [(2, "工号", "CELL_NUMBER_TAKEN")]


def test_nothing_is_taken_where_a_row_is_faulty_unless_asked_to_skip(house: House) -> None:
    bad = {**GOOD, "工号": "320002", "单位": "九队"}
    before = house.count("entries")
    with pytest.raises(BadInput) as caught:
        take(house, GOOD, bad)
    assert (caught.value.facts["why"], caught.value.facts["count"]) == ("ROSTER_FAULTS", 1)
    assert (house.count("entries"), everybody(house)) == (before, {})
    take(house, GOOD, bad, skip=True)
    [row] = house.rows("roster_imports")
    assert (row["rows_taken"], row["rows_refused"], row["file_sha256"]) == (1, 1, DIGEST)
    with pytest.raises(BadInput) as caught:
        take(house, bad, skip=True)
    assert caught.value.facts["why"] == "ROSTER_NOTHING"


def test_a_file_without_a_column_or_rows_is_refused(house: House) -> None:
    for rows, why in (([], "ROSTER_EMPTY"), ([{"姓名": "甲"}], "ROSTER_COLUMNS")):
        with pytest.raises(BadInput) as caught:
            faults(house, *rows)
        assert caught.value.facts["why"] == why


def test_undoing_is_an_act_and_leaves_what_was(house: House) -> None:
    import_id = take(house, GOOD)
    person = everybody(house)["王甲"].id
    rows = house.count("postings"), house.count("persons")
    roster.undo_roster(house.site.ledger, import_id, reason="文件有误")
    assert everybody(house) == {}
    assert (house.count("postings"), house.count("persons")) == rows
    assert [entry.act for entry in house.entries()][-2:] == ["roster.imported", "roster.undone"]
    with pytest.raises(BadInput):
        roster.undo_roster(house.site.ledger, import_id, reason="再次")
    with pytest.raises(NotFound):
        roster.undo_roster(house.site.ledger, "none", reason="无")
    take(house, GOOD)
    assert everybody(house)["王甲"].id != person
    with house.site.database.read() as connection:
        assert [bool(one["undone_at"]) for one in roster.imports(connection)] == [False, True]
        assert len(register.bearers(connection, "320001")) == 1


def test_every_code_of_a_fault_has_its_sentences() -> None:
    codes = {code for code in WHY if code.startswith(("CELL_", "ROSTER_"))}
    assert len(codes) == 34
    assert all(len(WHY[code]) == 2 for code in codes)
