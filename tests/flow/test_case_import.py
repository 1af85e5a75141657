"""Files of cases and actions: previewed, taken in once, said anew, and faults by row and column."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from cases import action_import, case_import, coverage_facts, reading
from cases.import_cells import FileOf, Line
from evidence.case_messages import WHY_CASES
from evidence.case_vocabulary import ActionState, CaseState
from evidence.errors import BadInput
from evidence.reason_messages import WHY
from people.cells import rows_of
from people.sheets import sheet_of
from storage.site import SitePlan
from tests.casework import Bureau, bureau, moment
from tests.registering import as_csv

CASE = {
    "外部编号": "P-123",
    "案号": "〔2024〕15号",
    "单位": "局",
    "执法类别": "行政处罚",
    "案由": "违法经营",
    "当事人": "乙",
    "办理环节": "已立案",
    "环节时间": "2024-05-10 09:00",
}
OTHER = {**CASE, "执法类别": "其他行政权力"}
ACTION = {
    "外部编号": "P-123-1",
    "案件": "P-123",
    "单位": "局",
    "执法类别": "行政强制",
    "行为类型": "扣押",
    "实际开始": "2024-05-16 09:00",
    "实际结束": "2024-05-16 10:00",
}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Bureau]:
    with bureau(SitePlan(tmp_path / "site")) as made:
        made.clock.set("2024-05-20 09:00")
        yield made


def file_of(columns: Sequence[str], *rows: Mapping[str, str]) -> FileOf:
    """A file as the terminal reads it, of the platform."""
    filled = [{column: row.get(column, "") for column in columns} for row in rows]
    sheet = sheet_of(Path("file"), as_csv(filled))
    return FileOf(rows_of(sheet, columns), sheet.sha256, "platform")


def outcomes(lines: Sequence[Line]) -> list[str | None]:
    return [line.outcome for line in lines]


def faults(lines: Sequence[Line]) -> set[tuple[int, str, str]]:
    """Line, column and code of each fault; each code has its sentence in both languages."""
    found = [(line.line, fault) for line in lines for fault in line.faults]
    assert all("{" not in text.format_map(one.facts) for _, one in found for text in WHY[one.why])
    return {(line, fault.column, fault.why) for line, fault in found}


def numbers(office: Bureau, *persons: str) -> list[str]:
    """The officer numbers of people."""
    by_id = {row["id"]: row["value"] for row in office.house.rows("personal_data")}
    rows = {row["id"]: by_id[row["officer_number"]] for row in office.house.rows("persons")}
    return [rows[person] for person in persons]


def test_a_file_of_cases_is_taken_once_and_said_anew(office: Bureau) -> None:
    file = file_of(case_import.COLUMNS, CASE, {**CASE, "外部编号": "P-124", "案号": "16号"})
    with office.house.site.database.read() as connection:
        assert faults(case_import.preview(connection, file, now=office.clock())) == set()
    assert office.house.rows("cases") == []
    _, lines = case_import.take_cases(office.ledger, file, skip_faulty=False)
    assert outcomes(lines) == ["ADDED", "ADDED"]
    _, again = case_import.take_cases(office.ledger, file, skip_faulty=False)
    assert outcomes(again) == ["UNCHANGED", "UNCHANGED"]
    later = {**CASE, "办理环节": "已结案", "环节时间": "2024-05-19", "重大": "是"}
    changed = file_of(case_import.COLUMNS, later)
    _, lines = case_import.take_cases(office.ledger, changed, skip_faulty=False)
    assert outcomes(lines) == ["CHANGED"]
    assert [len(office.house.rows(name)) for name in ("cases", "case_statements")] == [2, 3]
    (first,) = [row["id"] for row in office.house.rows("cases") if row["external_id"] == "P-123"]
    with office.house.site.database.read() as connection:
        case = reading.case(connection, first)
        steps = reading.case_steps(connection, first)
    assert (case.state, case.details.is_major) == (CaseState.CLOSED, True)
    assert [one.body["basis"] for one in steps[1:]] == ["IMPORTED", "IMPORTED"]
    assert office.house.verify().findings == ()


def test_faults_of_cases_are_named_by_row_and_column(office: Bureau) -> None:
    file = file_of(
        case_import.COLUMNS,
        {**CASE, "单位": "别局", "执法类别": "巡逻"},
        {**CASE, "外部编号": "P-9", "案号": "", "办理环节": "飞行", "环节时间": "2030-01-01"},
        {
            **CASE,
            "外部编号": "P-8",
            "执法类别": "其他行政权力",
            "环节时间": "下午",
            "案由": "长" * 201,
        },
        {**CASE, "外部编号": "P-8", "案号": "3号"},
        {**CASE, "外部编号": "P-7", "案号": "7号"},
    )
    with office.house.site.database.read() as connection:
        lines = case_import.preview(connection, file, now=office.clock())
    assert faults(lines) == {
        (2, "单位", "CELL_UNIT"),
        (2, "执法类别", "CELL_CATEGORY"),
        (3, "案号", "CELL_EMPTY"),
        (3, "办理环节", "CELL_STATE"),
        (3, "环节时间", "CELL_FUTURE"),
        (4, "外部编号", "CELL_ID_TWICE"),
        (4, "类别名称", "CELL_EMPTY"),
        (4, "环节时间", "CELL_MOMENT"),
        (4, "案由", "CELL_LONG"),
        (5, "外部编号", "CELL_ID_TWICE"),
    }
    with pytest.raises(BadInput) as refused:
        case_import.take_cases(office.ledger, file, skip_faulty=False)
    assert refused.value.facts["why"] == "ROSTER_FAULTS"
    _, lines = case_import.take_cases(office.ledger, file, skip_faulty=True)
    assert outcomes(lines) == [None, None, None, None, "ADDED"]
    twice = file_of(case_import.COLUMNS, {**CASE, "外部编号": "P-6", "案号": "7号"})
    with pytest.raises(BadInput) as taken:
        case_import.take_cases(office.ledger, twice, skip_faulty=False)
    assert (taken.value.facts["why"], taken.value.facts["line"]) == ("ROSTER_LINE", 2)


def test_an_action_that_is_over_comes_as_a_fact_and_is_judged(office: Bureau) -> None:
    lead, mate = office.officer(), office.officer()
    first, second = numbers(office, lead, mate)
    case_import.take_cases(office.ledger, file_of(case_import.COLUMNS, CASE), skip_faulty=False)
    row = {**ACTION, "主办人员": first, "协办人员": second, "记录员": second}
    file = file_of(action_import.COLUMNS, row)
    _, lines = action_import.take_actions(office.ledger, file, skip_faulty=False)
    assert outcomes(lines) == ["ADDED"]
    _, lines = action_import.take_actions(office.ledger, file, skip_faulty=False)
    assert outcomes(lines) == ["UNCHANGED"]
    (action,) = [row["id"] for row in office.house.rows("actions")]
    with office.house.site.database.read() as connection:
        found = reading.action(connection, action)
        team = reading.team(connection, action)
        judged = coverage_facts.assessment_of(connection, action, now=office.clock())
        assert reading.actions_of_case(connection, str(found.details.case)) == [action]
    assert found.state is ActionState.ENDED
    assert found.state_at == moment("2024-05-16 10:00")
    assert [(one.person, one.is_recorder_person) for one in team] == [(lead, False), (mate, True)]
    assert judged is not None
    assert judged.verdict.value == "NONE"


def test_faults_of_actions_are_named_by_row_and_column(office: Bureau) -> None:
    (first,) = numbers(office, office.officer())
    file = file_of(
        action_import.COLUMNS,
        {**ACTION, "案件": "P-0", "行为类型": "飞行", "主办人员": first},
        {**ACTION, "案件": "", "外部编号": "2", "实际结束": "2024-05-16 08:00", "主办人员": first},
        {**ACTION, "案件": "", "外部编号": "3", "实际开始": "", "主办人员": "0"},
        {**ACTION, "案件": "", "外部编号": "4", "行为类型": "其他执法活动", "协办人员": first},
    )
    with office.house.site.database.read() as connection:
        lines = action_import.preview(connection, file, now=office.clock())
    assert faults(lines) == {
        (2, "案件", "CELL_CASE"),
        (2, "行为类型", "CELL_ACTION_TYPE"),
        (3, "实际结束", "CELL_DAYS_ORDER"),
        (4, "实际开始", "CELL_EMPTY"),
        (4, "主办人员", "CELL_PERSON"),
        (5, "类型名称", "CELL_EMPTY"),
        (5, "主办人员", "CELL_TEAM"),
        (5, "主办人员", "CELL_EMPTY"),
    }
    assert {why for _, _, why in faults(lines)} & set(WHY_CASES)
