"""A bureau's own list as bureaus publish it: what is read, and what is wrong row by row."""

import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from evidence.errors import BadInput
from evidence.vocabulary import Tier
from people import sheets
from people.catalogue_import import Preview, preview
from people.policies import load_policies
from people.sheets import read_sheet

XX = load_policies().in_force("XX", date(2024, 6, 1))
HEADING = ("事项", "环节/场合", "起点", "内容", "终点", "类别", "保管期限")
GOOD = [
    ("查封", "实施查封", "到达现场", "表明身份、清点", "离开现场", "全程音像记录", "永久"),
    ("行政检查", "现场执法", "进入检查场所", "核查", "退出检查场所", "视情", "30年"),
    ("行政许可", "受理", "收件", "", "出具凭证", "一般", "6个月"),
    ("行政处罚", "留置送达", "到达", "说明", "离开", "全程", "同案卷保管期限"),
]
Row = tuple[str, ...]


def workbook(path: Path, rows: Sequence[Row], *, merged: str | None = None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if merged:
        sheet.merge_cells(merged)
    book.save(path)
    return path


def lines(path: Path, rows: Sequence[Row], *, encoding: str = "utf-8") -> Path:
    path.write_text("\n".join(",".join(row) for row in rows), encoding=encoding)
    return path


def judged(tmp_path: Path, *rows: Row, heading: Row = HEADING) -> Preview:
    return preview(workbook(tmp_path / "list.xlsx", [heading, *rows]), XX)


def changed(**cells: str) -> Row:
    """The first good row with other cells, named as in the program."""
    names = ("item", "occasion", "begins", "content", "ends", "tier", "period")
    return tuple(cells.get(name, cell) for name, cell in zip(names, GOOD[0], strict=True))


def test_a_list_as_bureaus_publish_it_is_read(tmp_path: Path) -> None:
    seen = judged(tmp_path, *GOOD)
    assert seen.faults == ()
    assert seen.profile == "XX@1"
    assert len(seen.sha256) == 64
    assert [item.row for item in seen.items] == [2, 3, 4, 5]
    assert [item.tier for item in seen.items] == [
        Tier.MANDATORY,
        Tier.DISCRETIONARY,
        Tier.ORDINARY,
        Tier.MANDATORY,
    ]
    assert [item.period for item in seen.items] == ["permanent", "30 y", "6 mo", "case-archive"]
    assert [item.code for item in seen.items] == ["SEAL_UP", "ON_SITE", None, "SERVICE_BY_LEAVING"]
    assert seen.items[2].content is None
    assert seen.items[0].begins == "到达现场"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_file_says_the_same_as_a_workbook(tmp_path: Path, encoding: str) -> None:
    seen = preview(lines(tmp_path / "list.csv", [HEADING, *GOOD], encoding=encoding), XX)
    assert seen.items == judged(tmp_path, *GOOD).items
    assert seen.faults == ()


FAULTS = [
    (changed(tier="入户类"), "ROW_TIER", "入户类"),
    (changed(tier=""), "ROW_MISSING", "类别"),
    (changed(begins=""), "ROW_MISSING", "起点"),
    (changed(ends=""), "ROW_MISSING", "终点"),
    (changed(item=""), "ROW_MISSING", "事项"),
    (changed(tier="视情"), "ROW_LOWERED", "MANDATORY"),
    (changed(tier="一般"), "ROW_LOWERED", "查封"),
    (changed(item="行政检查", occasion="调查取证", tier="一般"), "ROW_LOWERED", "DISCRETIONARY"),
    (changed(period="长期"), "ROW_PERIOD", "长期"),
    (changed(period="不少于6个月"), "ROW_PERIOD", "不少于6个月"),
    (changed(period="30年(暂定)"), "ROW_PERIOD", "暂定"),
    (changed(tier="全程(视情)"), "ROW_TIER", "全程(视情)"),
    (changed(period="0年"), "ROW_PERIOD", "0年"),
    (changed(content="长" * 2001), "ROW_LONG", "内容"),
]


@pytest.mark.parametrize(("row", "code", "word"), FAULTS)
def test_a_wrong_row_is_told_by_its_number(
    tmp_path: Path, row: Row, *, code: str, word: str
) -> None:
    seen = judged(tmp_path, GOOD[1], row, GOOD[2])
    [fault] = seen.faults
    assert (fault.row, fault.code) == (3, code)
    for said in fault.sentence:
        assert word in said
    assert [item.row for item in seen.items] == [2, 4]


def test_an_item_stands_once_for_an_occasion(tmp_path: Path) -> None:
    again = changed(content="其他")
    [fault] = judged(tmp_path, *GOOD, again).faults
    assert (fault.row, fault.code) == (6, "ROW_TWICE")
    assert "第 2 行" in fault.sentence[0]
    assert judged(tmp_path, *GOOD, changed(occasion="清点查封物品")).faults == ()
    apart = changed(item="查封(场所)", occasion="清点"), changed(item="查封(财物)", occasion="清点")
    assert judged(tmp_path, *apart).faults == ()
    wrong_first = (changed(period="长期"), changed())
    assert [f.code for f in judged(tmp_path, *wrong_first).faults] == ["ROW_PERIOD", "ROW_TWICE"]


def test_several_faults_of_several_rows_are_all_told(tmp_path: Path) -> None:
    rows = [changed(tier="?", begins=""), GOOD[1], changed(occasion="b", period="x")]
    found = [(fault.row, fault.code) for fault in judged(tmp_path, *rows).faults]
    assert found == [(2, "ROW_MISSING"), (2, "ROW_TIER"), (4, "ROW_PERIOD")]


def test_r_140_the_step_that_is_recorded_is_held_against_the_level_above(tmp_path: Path) -> None:
    """强制拆除 must be recorded whole; leaving its notice with somebody is decided."""
    service = changed(item="强制拆除", occasion="留置送达", tier="视情")
    step = changed(item="强制拆除", occasion="实施", tier="视情")
    assert judged(tmp_path, service).faults == ()
    assert [fault.code for fault in judged(tmp_path, step).faults] == ["ROW_LOWERED"]
    raised = changed(item="行政检查", occasion="现场执法", tier="全程")
    assert judged(tmp_path, raised).faults == ()


def test_what_is_done_on_site_is_held_against_its_item_too(tmp_path: Path) -> None:
    on_site = changed(item="强制拆除", occasion="现场执法", tier="视情")
    [fault] = judged(tmp_path, on_site).faults
    assert fault.facts["item"] == "强制拆除"
    assert judged(tmp_path, changed(item="强制拆除", occasion="现场执法")).faults == ()


def test_where_inspections_are_recorded_whole_no_row_lowers_them(tmp_path: Path) -> None:
    wulong = load_policies().in_force("WL", date(2024, 6, 1))
    evidence = changed(item="行政处罚", occasion="调查取证", tier="视情")
    rows = [HEADING, GOOD[1], evidence, GOOD[2]]
    path = workbook(tmp_path / "list.xlsx", rows)
    assert [fault.code for fault in preview(path, wulong).faults] == ["ROW_LOWERED"] * 2
    assert preview(path, XX).faults == ()


def test_titles_above_empty_rows_and_other_columns_are_passed_over(tmp_path: Path) -> None:
    rows: list[Row] = [
        ("某局音像记录事项清单",),
        (),
        ("序号", "执法事项", "记录场合", "开始记录时间", "记录过程", "结束记录时间", "类别(必填)"),
        ("1", *GOOD[0][:6]),
        (),
        ("2", *GOOD[1][:6]),
    ]
    seen = preview(workbook(tmp_path / "list.xlsx", rows), XX)
    assert seen.faults == ()
    assert [(item.row, item.period) for item in seen.items] == [(4, None), (6, None)]


def test_a_merged_cell_says_its_text_in_each_row(tmp_path: Path) -> None:
    rows = [HEADING, GOOD[0], ("", "实施扣押", *GOOD[0][2:])]
    seen = preview(workbook(tmp_path / "list.xlsx", rows, merged="A2:A3"), XX)
    assert seen.faults == ()
    assert [item.item for item in seen.items] == ["查封", "查封"]
    apart = preview(workbook(tmp_path / "apart.xlsx", rows), XX)
    assert [fault.code for fault in apart.faults] == ["ROW_MISSING"]


def test_columns_that_are_not_there_are_named(tmp_path: Path) -> None:
    seen = judged(tmp_path, ("a", "b"), heading=("事项", "起点"))
    [fault] = seen.faults
    assert (fault.row, fault.code) == (0, "ROW_HEADING")
    assert "终点、类别" in fault.sentence[0]
    [empty] = judged(tmp_path).faults
    assert (empty.row, empty.code) == (0, "ROW_NONE")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 nothing packed",
        b"\xd0\xcf\x11\xe0 old",
        b"a,b\x00c\n",
        b'"a,b\n',
        b"\x81\xff",
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="is no table"):
        read_sheet(path)


def test_what_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_bytes(b"a,b\n" * (sheets.MOST_ROWS + 1))
    with pytest.raises(BadInput, match="rows"):
        read_sheet(path)
    with path.open("wb") as file:
        file.truncate(sheets.MOST_BYTES + 1)
    with pytest.raises(BadInput, match="MiB"):
        read_sheet(path)
    tall = workbook(tmp_path / "tall.xlsx", [("a",)] * (sheets.MOST_ROWS + 1))
    with pytest.raises(BadInput, match="rows"):
        read_sheet(tall)


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open("xl/worksheets/sheet1.xml", "w") as inner,
    ):
        for _ in range((sheets.MOST_UNPACKED >> 20) + 1):
            inner.write(bytes(1 << 20))
    assert path.stat().st_size < sheets.MOST_BYTES
    with pytest.raises(BadInput, match="unpacked"):
        read_sheet(path)


def test_cells_are_read_as_people_see_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([30, 2.5, date(2024, 6, 1), " 两\n行 ", True, None])
    book.save(tmp_path / "cells.xlsx")
    [row] = read_sheet(tmp_path / "cells.xlsx").rows
    assert row[:4] == ("30", "2.5", "2024-06-01", "两 行")
    assert row[5:] in ((), ("",))
