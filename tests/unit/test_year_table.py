"""A year's notice as a table: what is read, and every slip with its line."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.calendar_messages import PROBLEMS
from evidence.errors import BadInput
from evidence.workdays import CalendarYear, days_of
from evidence.year_table import MOST_BYTES, YearTable, decode, read_year, write_year
from people.calendar import problem_sentence, shipped

SOURCE = "国务院办公厅关于2027年部分节假日安排的通知"
FIXED = ("2027-01-01,休", "2027-10-01,休")  # 1 May 2027 is a Saturday


def read(*lines: str) -> YearTable:
    return read_year("\n".join(lines), source=SOURCE)


def faults(*lines: str) -> list[tuple[int, str]]:
    found = read(*lines)
    assert found.year is None
    return [(problem.line, problem.code) for problem in found.problems]


def year_of(*lines: str) -> CalendarYear:
    found = read(*lines)
    assert found.problems == ()
    assert found.year is not None
    return found.year


def test_a_notice_is_read_as_it_is_typed_up() -> None:
    year = year_of(
        "# 二〇二七年", "日期,类别,假日", "2027-01-01,休,元旦", "", " 2027-10-01 , 休 ,,",
        "2027-10-02,休", "2027-10-09,班,补班",
    )  # fmt: skip
    assert (year.number, year.source) == (2027, SOURCE)
    assert year.off == {date(2027, 1, 1), date(2027, 10, 1), date(2027, 10, 2)}
    assert year.worked == {date(2027, 10, 9)}
    assert not year.is_working(date(2027, 5, 1))
    assert year.is_working(date(2027, 10, 9))


@pytest.mark.parametrize("form", ["2027/1/1", "2027年1月1日", "2027-1-1", "2027.01.01"])
@pytest.mark.parametrize("between", [",", "\t", "，"])
def test_dates_and_separators_that_spreadsheets_write(form: str, between: str) -> None:
    assert date(2027, 1, 1) in year_of(f"{form}{between}休", FIXED[1]).off


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_encodings_that_spreadsheets_write(encoding: str) -> None:
    text = "\r\n".join((f"# 来源：{SOURCE}", "日期,类别", *FIXED))
    found = read_year(decode(text.encode(encoding)))
    assert found.year is not None
    assert (found.year.source, len(found.year.off)) == (SOURCE, 2)


@pytest.mark.parametrize(
    "line", [f"# source: {SOURCE}", f'"# source: {SOURCE}",,', f"#依据: {SOURCE},"]
)
def test_the_document_may_stand_in_the_table(line: str) -> None:
    found = read_year("\n".join((line, *FIXED)))
    assert found.year is not None
    assert found.year.source == SOURCE
    named = read_year("\n".join((line, *FIXED)), source="another")
    assert named.year is not None
    assert named.year.source == "another"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("2027-02-08", "CALENDAR_ROW"),
        ("2027-02-08,", "CALENDAR_ROW"),
        ("日期,类别", "CALENDAR_DATE"),
        ("2027-02-30,休", "CALENDAR_DATE"),
        ("27-02-08,休", "CALENDAR_DATE"),
        ("２０２７-02-08,休", "CALENDAR_DATE"),
        ("2027-02-08,假", "CALENDAR_KIND"),
        ("2026-12-31,休", "CALENDAR_OTHER_YEAR"),
        ("2027-10-01,休", "CALENDAR_TWICE"),
        ("2027-10-01,班", "CALENDAR_TWICE"),
        ("2027-02-08,班", "CALENDAR_WORKED_WEEKDAY"),
        ("2027-03-06,休", "CALENDAR_LONE_WEEKEND"),
    ],
)
def test_a_slip_is_named_with_its_line(line: str, code: str) -> None:
    assert faults(*FIXED, line) == [(3, code)]
    sentences = problem_sentence(read(*FIXED, line).problems[0])
    assert "3" in sentences[0]
    assert all("?" not in text and "{" not in text for text in sentences)


def test_weekend_days_that_a_holiday_touches_may_stand() -> None:
    # 1 January 2027 is a Friday and 1 October a Friday; 2 and 3 follow each of them.
    for day in ("2027-01-02", "2027-01-03", "2027-10-02", "2027-10-03"):
        assert date.fromisoformat(day) in year_of(*FIXED, f"{day},休").off
    # 31 December 2022 is a Saturday: what it joins is of the next year's notice.
    text = "\n".join(("2022-12-31,休", "2022-05-02,休", "2022-10-03,休"))
    found = read_year(text, source=SOURCE)
    assert found.problems == ()


def test_a_table_cut_short_is_no_year() -> None:
    assert faults("2027-01-01,休") == [(0, "CALENDAR_INCOMPLETE")]
    assert faults(*FIXED, "2027-05-01,班") == [(0, "CALENDAR_INCOMPLETE")]
    assert faults() == [(0, "CALENDAR_NO_ROWS")]
    assert faults("日期,类别", "# nothing") == [(0, "CALENDAR_NO_ROWS")]
    assert faults("1991-01-01,休")[0] == (0, "CALENDAR_RANGE")


def test_the_year_asked_for_is_the_year_expected() -> None:
    wrong = read_year("\n".join(FIXED), number=2028, source=SOURCE)
    assert [problem.code for problem in wrong.problems] == ["CALENDAR_OTHER_YEAR"] * 2
    right = read_year("\n".join(FIXED), number=2027, source=SOURCE)
    assert right.problems == ()


def test_a_table_without_a_document_is_no_year() -> None:
    for source in (None, "", "  "):
        found = read_year("\n".join(FIXED), source=source)
        assert [(p.line, p.code) for p in found.problems] == [(0, "CALENDAR_NO_SOURCE")]


def test_every_slip_is_told_at_once_in_order_of_lines() -> None:
    found = faults("x", "2027-02-08,假", *FIXED, "2027-02-09,班", "2027-02-30,休")
    assert [line for line, _ in found] == [1, 2, 5, 6]


@pytest.mark.parametrize(
    ("number", "is_taken"), [(1991, False), (1992, True), (2999, True), (3000, False)]
)
def test_years_from_1992_to_2999_are_taken(number: int, *, is_taken: bool) -> None:
    days = (date(number, month, 1) for month in (1, 5, 10))
    found = read(*(f"{day},休" for day in days if day.weekday() < 5))
    assert (found.year is not None) is is_taken
    assert {p.code for p in found.problems} == (set() if is_taken else {"CALENDAR_RANGE"})


def test_no_rows_are_no_year_whatever_year_was_asked_for() -> None:
    found = read_year("", number=2027, source=SOURCE)
    assert [problem.code for problem in found.problems] == ["CALENDAR_NO_ROWS"]


def test_a_file_of_the_largest_size_is_read() -> None:
    assert MOST_BYTES == 100_000
    assert len(decode(b"#" * MOST_BYTES)) == MOST_BYTES


def test_a_table_is_written_in_order_of_days() -> None:
    lines = write_year(year_of(*reversed(FIXED), "2027-10-09,班")).splitlines()
    assert lines[2:] == [*FIXED, "2027-10-09,班"]


@pytest.mark.parametrize("data", [b"\xff\xfe\x00\x31", b"1" * (MOST_BYTES + 1)])
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        decode(data)


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from([*FIXED, '"', "a,b", "#", "9999-12-31,休"])).map("\n".join)
)
def test_no_text_breaks_the_reader(text: str) -> None:
    found = read_year(text)
    assert (found.year is None) == bool(found.problems)
    for problem in found.problems:
        assert problem.code in PROBLEMS
        assert problem_sentence(problem)[0] != problem.code


@given(st.sets(st.sampled_from(days_of(2027))))
def test_what_is_written_is_read_again(days: set[date]) -> None:
    fixed = {date(2027, 1, 1), date(2027, 10, 1)}
    off = frozenset(day for day in days | fixed if day.weekday() < 5)
    worked = frozenset(day for day in days if day.weekday() >= 5) - {date(2027, 5, 1)}
    year = CalendarYear(2027, off, worked, SOURCE)
    assert read_year(write_year(year)).year == year


def test_every_year_that_ships_is_read_without_a_problem() -> None:
    assert all(read_year(write_year(year)).year == year for year in shipped())
