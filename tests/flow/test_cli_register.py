"""The register from the terminal: rosters with faults, who may enforce, holders, and the ratio."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from devices.inventory_file import COLUMNS as DEVICE_COLUMNS
from people.roster import COLUMNS
from script.rosters import UNITS, make
from storage.site import SitePlan
from tests.cli import Said, call
from tests.docking import open_house

DAY = date(2026, 6, 1)
OFFICER = dict(
    zip(COLUMNS, ("王甲", "3201", "一中队", "执法人员", "是", "是", "2021年3月1日"), strict=False)
)
PAPER = {"执法证号": "证1", "发证机关": "司法局", "有效期起": "2021.3.1", "有效期止": "2027/2/28"}


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a site that has a bureau and its units, and nobody in them."""
    folder = tmp_path_factory.mktemp("bureau")
    first = ("--bureau", "城管局", "--name", "甲", "--login", "admin")
    assert say(folder, "user", "setup", *first).code == 0
    for unit in UNITS:
        assert say(folder, "unit", "add", unit).code == 0
    return folder


@pytest.fixture
def site(bureau: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of that site for one test; whatever it did verifies at the end."""
    for path in sorted((bureau / "site").rglob("*")):
        copy = tmp_path / path.relative_to(bureau)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            copy.write_bytes(path.read_bytes())
            copy.chmod(path.stat().st_mode)
        else:
            copy.mkdir(exist_ok=True)
    yield tmp_path
    with open_house(SitePlan(tmp_path / "site")) as house:
        assert house.verify().findings == ()
        assert house.count("entries") > len(UNITS)


def say(folder: Path, *words: object) -> Said:
    return call("--data", folder / "site", *words, "--json")


def body(folder: Path, *words: object, code: int = 0) -> dict[str, Any]:
    said = say(folder, *words)
    assert said.code == code, said.out + said.err
    return said.body


def written(folder: Path, *rows: dict[str, str], encoding: str = "utf-8") -> Path:
    columns = dict.fromkeys(column for row in rows for column in row)
    lines = [",".join(columns), *(",".join(row.get(c, "") for c in columns) for row in rows)]
    path = folder / "file.csv"
    path.write_text("\r\n".join(lines), encoding=encoding)
    return path


def enlist(folder: Path, *rows: dict[str, str]) -> str:
    return str(body(folder, "roster", "import", written(folder, *rows))["import"])


def codes(faults: list[dict[str, Any]]) -> list[tuple[int, str, str]]:
    return [(fault["line"], fault["column"], fault["code"]) for fault in faults]


# --- rosters --------------------------------------------------------------------------------------


def test_a_realistic_roster_is_previewed_and_taken_without_its_ten_bad_rows(site: Path) -> None:
    made = make(site, day=DAY)
    preview = body(site, "roster", "import", made.people, "--dry-run", code=2)
    assert (preview["import"], preview["good"], preview["refused"]) == (None, 190, 10)
    assert body(site, "person", "list")["people"] == []
    assert body(site, "roster", "import", made.people, code=2)["import"] is None
    taken = body(site, "roster", "import", made.people, "--skip-faulty", code=4)
    assert taken["faults"] == preview["faults"]
    assert len({fault["line"] for fault in taken["faults"]}) == made.faulty == 10
    assert all(fault["message"]["zh"] and fault["message"]["en"] for fault in taken["faults"])
    assert len(body(site, "person", "list", "--on", DAY)["people"]) == 190
    assert body(site, "recorder", "import", made.devices)["good"] == 60


def test_a_fault_is_said_in_both_languages_with_line_and_column(site: Path) -> None:
    path = written(site, OFFICER, {**OFFICER, "工号": "3202", "单位": "九中队"})
    said = call("--data", site / "site", "roster", "import", path)
    assert said.code == 2
    assert "第 3 行“单位”：没有单位“九中队”，请先新增" in said.out
    assert "Line 3, 单位: there is no unit 九中队; add it first" in said.out
    assert "未导入" in said.out


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_of_bureaus(site: Path, encoding: str) -> None:
    path = written(site, {**OFFICER, **PAPER}, encoding=encoding)
    assert body(site, "roster", "import", path)["good"] == 1
    assert body(site, "person", "show", "3201")["name"] == "王甲"


def test_a_workbook_with_a_title_and_empty_rows_keeps_its_own_line_numbers(site: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["执法人员名册"])
    sheet.append([f"{column}（必填）" for column in OFFICER])
    sheet.append(list(OFFICER.values()))
    sheet.append([])
    sheet.append(["李乙", 3202, "一中队", "执法人员", "是", "在", date(2022, 1, 4)])
    book.save(site / "people.xlsx")
    seen = body(site, "roster", "import", site / "people.xlsx", "--skip-faulty", code=4)
    assert codes(seen["faults"]) == [(5, "在岗", "CELL_YES_NO")]
    assert seen["good"] == 1


def test_a_file_that_cannot_be_a_roster_is_refused(site: Path) -> None:
    for text, why in (
        ("", "SHEET"),
        ("姓名,工号", "ROSTER_EMPTY"),
        ("姓名,工号\n甲,1", "ROSTER_COLUMNS"),
        ("姓名,姓名\n甲,乙", "ROSTER_HEADINGS"),
    ):
        (site / "file.csv").write_text(text, encoding="utf-8")
        error = body(site, "roster", "import", site / "file.csv", code=2)["error"]
        assert error["facts"]["why"] == why


def test_undoing_takes_people_and_devices_out_and_lets_them_in_again(site: Path) -> None:
    first = enlist(site, {**OFFICER, **PAPER})
    kit = {"编号": "7100001", "品牌": "zfy", "类别": "执法记录仪", "单位": "一中队"}
    path = written(site, {**kit, "自检日期": "2026-05-30"})
    devices = body(site, "recorder", "import", path)["import"]
    again = body(site, "recorder", "import", path, code=2)
    assert codes(again["faults"]) == [(2, "编号", "CELL_RECORDER_TAKEN")]
    [seen] = body(site, "ratio", "show", "--unit", "一中队", "--on", DAY)["details"]
    assert (len(seen["people"]), len(seen["devices"])) == (1, 0)  # it was read in after that day
    [seen] = body(site, "ratio", "show", "--unit", "一中队")["details"]
    assert [one["recorder"] for one in seen["devices"]] == ["7100001"]
    for import_id in (first, devices):
        body(site, "roster", "undo", import_id, "--reason", "文件有误")
    [seen] = body(site, "ratio", "show", "--unit", "一中队")["details"]
    assert (seen["people"], seen["devices"]) == ([], [])
    assert body(site, "recorder", "list")["recorders"][0]["unit"] is None
    assert body(site, "recorder", "import", path)["good"] == 1
    enlist(site, {**OFFICER, **PAPER})
    undone = [bool(one["undone_at"]) for one in body(site, "roster", "list")["imports"]]
    assert undone == [False, False, True, True]


def test_who_has_an_account_already_is_taken_in_as_the_same_person(site: Path) -> None:
    account = ("--name", "王甲", "--role", "officer", "--officer", "3201")
    body(site, "user", "add", "wang", *account)
    [person] = [
        one["person"]
        for one in body(site, "user", "list")["accounts"]
        if one["officer_number"] == "3201"
    ]
    wrong = body(site, "roster", "import", written(site, {**OFFICER, "姓名": "李乙"}), code=2)
    assert codes(wrong["faults"]) == [(2, "工号", "CELL_NUMBER_TAKEN")]
    first = enlist(site, OFFICER)
    assert body(site, "person", "show", "3201")["person"] == person
    body(site, "roster", "undo", first, "--reason", "重来")
    enlist(site, OFFICER)
    assert body(site, "person", "show", "3201")["person"] == person


def test_an_account_for_somebody_of_the_register_is_that_persons(site: Path) -> None:
    enlist(site, OFFICER)
    other = ("--name", "李乙", "--role", "officer", "--officer", "3201")
    error = body(site, "user", "add", "li", *other, code=2)["error"]
    assert error["facts"]["why"] == "OFFICER_NUMBER_TAKEN"
    own = ("--name", "王甲", "--role", "officer", "--officer", "3201")
    account = body(site, "user", "add", "wang", *own)["account"]
    accounts = {one["account"]: one for one in body(site, "user", "list")["accounts"]}
    assert accounts[account]["person"] == body(site, "person", "show", "3201")["person"]
    assert accounts[account]["officer_number"] == "3201"


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"编号": "000"}, "编号", "CELL_RECORDER"),
        ({"品牌": "none"}, "品牌", "CELL_MAKE"),
        ({"类别": "手机"}, "类别", "CELL_DEVICE_KIND"),
        ({"单位": "九中队"}, "单位", "CELL_UNIT"),
        ({"自检日期": "2999-01-01"}, "自检日期", "CELL_FUTURE"),
        ({"报废日期": "不详"}, "报废日期", "CELL_DAY"),
        ({"序列号": "S" * 65}, "序列号", "CELL_TEXT"),
    ],
)
def test_each_fault_of_a_device_is_named(
    site: Path, change: dict[str, str], column: str, code: str
) -> None:
    row = dict(zip(DEVICE_COLUMNS, ("71", "zfy", "照相机", "一中队", "S1", "", ""), strict=True))
    seen = body(site, "recorder", "import", written(site, {**row, **change}), code=2)
    assert codes(seen["faults"]) == [(2, column, code)]


# --- people ---------------------------------------------------------------------------------------


def test_every_reason_against_enforcing_is_said(site: Path) -> None:
    enlist(site, {**OFFICER, **PAPER})
    seen = body(site, "person", "show", "3201", "--on", "2022-06-01")
    assert (seen["may_enforce"], seen["reasons"], seen["flags"]) == (True, [], [])
    seen = body(site, "person", "show", "3201", "--on", "2023-06-01")
    assert [flag["code"] for flag in seen["flags"]] == ["ANNUAL_CHECK_MISSING"]
    body(site, "person", "check", "3201", "--on", "2022-12-01")
    assert body(site, "person", "show", "3201", "--on", "2023-06-01")["flags"] == []
    body(site, "person", "post", "3201", "--status", "suspended", "--from", "2027-03-01")
    seen = body(site, "person", "show", "3201", "--on", "2027-03-01")
    assert [reason["code"] for reason in seen["reasons"]] == ["SUSPENDED", "CERT_EXPIRED"]
    said = call("--data", site / "site", "person", "show", "3201", "--on", "2027-03-01")
    assert "不得执法：已暂停执法、证件已过期" in said.out
    assert "May not enforce on 2027-03-01: suspended, certificate expired" in said.out


def test_one_certificate_of_a_kind_is_valid_at_a_time(site: Path) -> None:
    """Part 3.1; one is renewed by revoking the old one, and examined before its issue (R-057)."""
    enlist(site, {**OFFICER, **PAPER})
    paper = ("--issuer", "司法局", "--valid-from", "2026-01-01", "--valid-to", "2030-12-31")
    new = ("person", "certificate", "3201", "证2", *paper)
    assert body(site, *new, code=2)["error"]["facts"]["why"] == "CERTIFICATE_OVERLAPS"
    body(site, *new, "--kind", "检查证")
    body(site, "person", "revoke", "3201", "--certificate", "证1", "--on", "2026-01-01")
    late = body(site, *new, "--examined", "2026-01-02", code=2)["error"]
    assert late["facts"]["why"] == "EXAM_AFTER_ISSUE"
    body(site, *new, "--examined", "2025-12-01")
    seen = body(site, "person", "show", "3201", "--on", "2026-01-01")
    assert seen["may_enforce"] is True
    events = [one["event"] for paper in seen["certificates"] for one in paper["events"]]
    assert sorted(events) == ["EXAM_PASSED", "REVOKED"]


def test_a_dead_certificate_is_collected_then_destroyed_once_the_device_is_back(
    site: Path,
) -> None:
    """R-058: who left and still holds a device is on the block list until it is back."""
    enlist(site, {**OFFICER, **PAPER, "有效期止": "2099-12-31"})
    equip(site, "71")
    body(site, "recorder", "out", "71", "3201", "--until", "2099-01-01")
    due = body(site, "person", "due")
    assert due["blocked"] == []
    assert {task["task"] for task in due["tasks"]} <= {"CHECK"}
    body(site, "person", "post", "3201", "--status", "left")
    due = body(site, "person", "due")
    [task], [blocked] = due["tasks"], due["blocked"]
    assert (task["task"], task["devices"], blocked["recorder"]) == ("COLLECT", ["71"], "71")
    assert [reason["code"] for reason in blocked["reasons"]] == ["LEFT"]
    whys = []
    for words in (("destroy",), ("collect",), ("destroy",)):
        said = say(site, "person", *words, "3201")
        whys.append(said.body.get("error", {}).get("facts", {}).get("why"))
    assert whys == ["COLLECT_FIRST", None, "STILL_HOLDS"]
    assert body(site, "person", "due")["tasks"][0]["task"] == "DESTROY"
    body(site, "recorder", "in", "71")
    body(site, "person", "destroy", "3201")
    due = body(site, "person", "due")
    assert (due["tasks"], due["blocked"]) == ([], [])


def test_a_certificate_is_named_where_there_are_several(site: Path) -> None:
    enlist(site, {**OFFICER, **PAPER})
    paper = ("--issuer", "司法局", "--valid-from", "2027-03-01", "--valid-to", "2030-12-31")
    body(site, "person", "certificate", "3201", "证2", *paper)
    error = body(site, "person", "revoke", "3201", code=2)["error"]
    assert error["facts"]["why"] == "WHICH_CERTIFICATE"
    error = body(site, "person", "revoke", "3201", "--certificate", "证9", code=2)["error"]
    assert error["facts"]["why"] == "NO_CERTIFICATE_OF"
    for number in ("证1", "证2"):
        body(site, "person", "revoke", "3201", "--certificate", number, "--on", "2026-05-01")
    seen = body(site, "person", "show", "3201", "--on", "2026-05-01")
    assert [reason["code"] for reason in seen["reasons"]] == ["CERT_REVOKED"]


# --- holders and the ratio ------------------------------------------------------------------------


def equip(site: Path, *numbers: str) -> None:
    for number in numbers:
        body(site, "recorder", "add", number)
        body(site, "recorder", "assign", number, "一中队")
        body(site, "recorder", "test", number)


def test_a_recorder_has_one_holder_and_an_auxiliary_a_supervisor(site: Path) -> None:
    aux = {**OFFICER, "姓名": "李乙", "工号": "9001", "人员类别": "执法辅助人员", "在编": "否"}
    enlist(
        site, {**OFFICER, **PAPER, "有效期止": "2099-12-31"}, {**aux, "保密承诺日期": "2022-01-01"}
    )
    equip(site, "71")
    until = ("--until", "2099-01-01 18:00")
    error = body(site, "recorder", "out", "71", "9001", *until, code=2)["error"]
    assert (error["code"], error["facts"]["reasons"]) == ("CHECK_OUT_REFUSED", "NO_SUPERVISOR")
    assert "未指明带班执法人员" in error["message"]["zh"]
    out = body(site, "recorder", "out", "71", "9001", *until, "--supervisor", "3201")
    assert out["due_at"] == "2099-01-01T10:00:00.000000Z"
    error = body(site, "recorder", "out", "71", "3201", *until, code=2)["error"]
    assert error["facts"]["reasons"] == "HELD"
    [held] = body(site, "recorder", "holders")["assignments"]
    assert (held["holder_name"], held["back_at"], held["overdue"]) == ("李乙", None, False)
    body(site, "recorder", "in", "71")
    assert body(site, "recorder", "holders", "71")["assignments"][0]["back_at"] is not None
    body(site, "recorder", "lost", "71")
    error = body(site, "recorder", "out", "71", "3201", *until, code=2)["error"]
    assert error["facts"]["reasons"] == "LOST"


def five_officers(site: Path) -> None:
    paper = {**PAPER, "有效期止": "2099-12-31"}
    rows = [{**OFFICER, **paper, "工号": str(3200 + n), "姓名": f"甲{n}"} for n in range(5)]
    enlist(site, *rows)


def test_the_ratio_shows_both_readings_the_clause_and_what_does_not_count(site: Path) -> None:
    five_officers(site)
    equip(site, "71", "72")
    body(site, "recorder", "repair", "72")
    seen = body(site, "ratio", "show", "--unit", "一中队")
    [line] = seen["bodies"]
    ratio = line["ratio"]
    assert (ratio["required"], ratio["required_by_floor"], ratio["present"]) == (2, 1, 1)
    assert ratio["status"]["code"] == "MET_FLOOR_ONLY"
    quotes = [clause["quote"] for clause in line["rule"]["clauses"]]
    assert "原则上按每4名执法人员…配备1套音像记录设备的标准确定" in quotes
    assert "不足4人的,至少配备1套音像记录设备" in quotes
    devices = {one["recorder"]: one for one in seen["details"][0]["devices"]}
    assert devices["71"]["counted"] is True
    assert [reason["code"] for reason in devices["72"]["reasons"]] == ["IN_REPAIR"]
    said = call("--data", site / "site", "ratio", "show", "--unit", "一中队")
    for words in ("仅按最低口径达标", "送修中 in repair", "不足4人的,至少配备1套音像记录设备"):
        assert words in said.out


def test_a_waiver_changes_what_is_shown_and_no_number(site: Path) -> None:
    five_officers(site)
    days = ("--from", "2020-01-01", "--to", "2099-12-31", "--reason", "采购中")
    before = body(site, "ratio", "show")["bodies"][0]["ratio"]
    body(site, "ratio", "waive", "城管局", *days, "--approver", "3201")
    after = body(site, "ratio", "show")["bodies"][0]["ratio"]
    assert (before["status"]["code"], after["status"]["code"]) == ("SHORT", "WAIVED")
    assert {**after, "status": before["status"]} == before
    [detail] = body(site, "ratio", "show", "--unit", "城管局")["details"]
    assert [(one["from"], one["reason"]) for one in detail["waivers"]] == [("2020-01-01", "采购中")]


def test_history_and_forecast_are_runs_of_equal_days(site: Path) -> None:
    five_officers(site)
    kit = {"编号": "71", "品牌": "zfy", "类别": "执法记录仪", "单位": "一中队"}
    path = written(site, {**kit, "报废日期": "2099-01-01"})
    body(site, "recorder", "import", path)
    body(site, "recorder", "test", "71")
    [past] = body(site, "ratio", "history", "2021-02-27", "2021-03-02")["bodies"]
    days = [(run["first"], run["last"], run["ratio"]["people"]) for run in past["runs"]]
    assert days == [("2021-02-27", "2021-02-28", 0), ("2021-03-01", "2021-03-02", 5)]
    assert past["first_lacking"] == "2021-03-01"
    [ahead] = body(site, "ratio", "forecast", "3")["bodies"]
    assert [run["ratio"]["present"] for run in ahead["runs"]] == [1]


def test_days_out_of_reach_are_refused_in_a_sentence(site: Path) -> None:
    far = "9999-12-31"
    for words in (
        ("ratio", "show", "--on", far),
        ("ratio", "history", "0001-01-01", far),
        ("person", "list", "--on", "0001-01-01"),
        ("recorder", "test", "71", "--at", f"{far} 23:59"),
        ("recorder", "out", "71", "3201", "--until", "0001-01-01T00:00+14:00"),
    ):
        error = body(site, *words, code=2)["error"]
        assert error["facts"]["why"] in ("NOT_A_DAY", "NOT_A_MOMENT")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("unit", "state", "一中队", "agency", "--basis", " "), "CAPACITY_BASIS"),
        (("unit", "state", "一中队", "agency", "--filing", "甲" * 201), "FILING_NUMBER"),
        (("unit", "state", "一中队", "entrusted", "--principal", "城管局"), "ENTRUSTMENT"),
        (("recorder", "repair", "71", "--reason", "甲" * 501), "REMARK"),
        (("recorder", "lost", "71", "--at", "2999-01-01"), "FUTURE"),
        (("recorder", "in", "71"), "NOT_OUT"),
        (("recorder", "take-back", "71"), "NOT_LENT"),
        (("recorder", "describe", "72", "camcorder"), "NO_RECORDER"),
        (("person", "add", "1", "--name", "甲", "--unit", "九中队"), "NO_UNIT"),
        (("roster", "undo", "none", "--reason", "无"), "NO_ROSTER"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(
    site: Path, words: tuple[str, ...], why: str
) -> None:
    equip(site, "71")
    assert body(site, *words, code=2)["error"]["facts"]["why"] == why


def test_a_body_of_its_own_follows_its_profile(site: Path) -> None:
    five_officers(site)
    body(site, "unit", "state", "一中队", "agency", "--profile", "XX", "--from", "2023-01-01")
    names = {one["name"]: one for one in body(site, "ratio", "show")["bodies"]}
    assert set(names) == {"城管局", "一中队"}
    assert names["一中队"]["rule"]["profiles"] == ["XX@1", "default@1"]
    assert names["城管局"]["ratio"]["status"]["code"] == "NOT_APPLICABLE"
    body(site, "unit", "state", "一中队", "oversight")
    assert body(site, "ratio", "show", "--unit", "一中队", code=2)["error"]["facts"]["why"] == (
        "NOT_A_BODY"
    )
