"""Reports of ratio and holders, read back from Excel and PDF, on both databases."""

import hashlib
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from sqlalchemy import func, select

from devices import holding, upkeep
from devices.holders_report import holders_report, see_holders
from devices.holding import CheckOut
from devices.makes import load_makes
from devices.ratio_report import ratio_report, see_ratio
from devices.recorders import add_recorder, assign_recorder
from devices.upkeep import DeviceDetails
from devices.waivers import waive
from evidence import note
from evidence.enforcing import PersonKind
from evidence.errors import BadInput, EnvironmentTrouble, StorageFailed
from evidence.messages import error_sentence
from evidence.report import Cell, Report, ReportKind, Table, columns
from evidence.vocabulary import DeviceKind
from liuhen.output import ExitCode, exit_code
from people import bodies, register, units
from people.bodies import UnitKind, UnitStanding
from people.policies import shipped
from people.ratio_rule import clauses_for
from people.register import NewCertificate, Newcomer, NewPosting
from people.staff import members
from render.pdf import FACE, FONTS, Speller, as_pdf, check_font
from render.sheets_out import as_excel
from storage import schema
from storage.reporting import give_report
from storage.site import SitePlan
from tests.cli import call
from tests.docking import House, open_house
from tests.footage import REPOSITORY
from tests.reports import formulas_in, sheets_of, text_of

DAY = date(2024, 6, 1)
NOON = datetime(2024, 6, 1, 4, tzinfo=UTC)
EVER, LAST = date(2024, 1, 1), date(2029, 12, 31)
SEEN_AT = datetime(2026, 9, 2, 4, tzinfo=UTC)
DEVICES = (
    *(DeviceKind.BODY_CAMERA, DeviceKind.STILL_CAMERA, DeviceKind.VOICE_RECORDER),
    *(DeviceKind.VOICE_RECORDER, DeviceKind.FIXED_SURVEILLANCE),
)
needs_font = pytest.mark.skipif(
    not (FONTS / FACE).is_file(), reason="the typeface of PDF reports is not there: run script/web"
)


class Times:
    """A clock that stands where it is set; it only ever goes on."""

    def __init__(self) -> None:
        self.now = datetime(2024, 1, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The moment it is set to."""
        return self.now


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def house(tmp_path: Path, database_url: str, times: Times) -> Iterator[House]:
    """The bureau of scenario G-03: nine officers, three auxiliaries, five devices."""
    with open_house(SitePlan(tmp_path / "site", database_url), ticks=times) as opened:
        with opened.site.ledger.act() as act:
            bureau = units.insert_unit(act, name="=局", parent=None)
            act.enter("unit.added", {"unit": bureau.id})
        standing = UnitStanding(EVER, UnitKind.AGENCY, "三定方案", profile="XX")
        bodies.state_unit(opened.site.ledger, "=局", new=standing)
        hire_everybody(opened)
        for number, kind in enumerate(DEVICES, 7_100_001):
            equip(opened, str(number), kind=kind, times=times)
        yield opened


def hire_everybody(house: House) -> None:
    for number in range(9):
        until = date(2024, 5, 31) if number == 8 else LAST
        certificate = NewCertificate(f"证{number}", "司法局", EVER, until)
        posting = NewPosting(EVER, "=局")
        newcomer = Newcomer(f"甲{number}", f"20000{number}", posting, certificate)
        register.add_person(house.site.ledger, newcomer)
    for number in range(3):
        posting = NewPosting(EVER, "=局", PersonKind.AUXILIARY, on_establishment=False)
        newcomer = Newcomer(f"@辅{number}", f"30000{number}", posting)
        register.add_person(house.site.ledger, newcomer)


def equip(house: House, number: str, *, kind: DeviceKind, times: Times) -> None:
    ledger = house.site.ledger
    add_recorder(ledger, load_makes(), number=number, make="zfy")
    assign_recorder(ledger, number, unit="=局")
    upkeep.state_kind(ledger, number, details=DeviceDetails(kind))
    times.now = max(times.now, datetime(2024, 5, 20, tzinfo=UTC))
    upkeep.note_test(ledger, number, passed=True, tested_at=times.now)


def person_id(house: House, number: str) -> str:
    """The id of somebody by their number."""
    with house.site.database.read() as connection:
        found = [one.id for one in members(connection).values() if one.officer_number == number]
    return found[0]


def the_ratio(house: House, times: Times, day: date = DAY) -> Report:
    with house.site.database.read() as connection:
        return ratio_report(see_ratio(connection, day, now=times.now))


def the_holders(house: House, times: Times, first: date, last: date) -> Report:
    with house.site.database.read() as connection:
        return holders_report(see_holders(connection, first, last=last, now=times.now))


# --- the ratio ------------------------------------------------------------------------------------


def test_g_03_in_the_spreadsheet(house: House, times: Times) -> None:
    times.now = NOON
    data = as_excel(the_ratio(house, times), made_at=NOON)
    sheets = sheets_of(data)
    heads, row = sheets["各单位配备情况"]
    assert heads[:3] == ["单位\nbody", "可执法人数\nmay enforce", "在册人数\non the roster"]
    assert row[0:3] == ["=局", 8, 9]
    assert row[4:6] == [2, "整套 a whole set 1；仅图像 picture only 1；仅声音 sound only 2"]
    assert row[6:9] == [2, 2, 2]
    assert row[10:12] == [0, "达标 met"]
    assert [line[2] for line in sheets["未计入的人员及原因"][1:]] == ["甲8", "@辅0", "@辅1", "@辅2"]
    people = {str(line[2]): line[5:7] for line in sheets["未计入的人员及原因"][1:]}
    assert people["甲8"] == ["是 yes", "证件已过期 certificate expired"]
    assert people["@辅0"][0] == "否 no"
    assert "不是执法人员 not an officer" in str(people["@辅0"][1])
    (device,) = sheets["未计入的设备及原因"][1:]
    assert device[2:4] == ["7100005", "视频监控 fixed surveillance"]
    assert "此类设备不计入套数 this kind makes no set" in str(device[4])
    assert formulas_in(data) == 0


def test_the_clauses_are_quoted_with_their_versions(house: House, times: Times) -> None:
    times.now = NOON
    rows = sheets_of(as_excel(the_ratio(house, times), made_at=NOON))["条文依据"][1:]
    clauses = clauses_for(shipped("XX"), DAY)
    assert [tuple(row[2:]) for row in rows] == [(c.document, c.article, c.quote) for c in clauses]
    assert any("每4名执法人员…配备1套" in str(row[4]) for row in rows)
    assert all(str(row[0]).startswith("XX") and row[1] == "ratio v1" for row in rows)


def test_a_report_says_how_far_the_log_reached(house: House, times: Times) -> None:
    times.now = NOON
    facts = {title[1]: value for title, value in the_ratio(house, times).facts}
    with house.site.database.read() as connection:
        table = schema.checkpoints
        size = connection.execute(select(func.max(table.c.size))).scalar_one()
        signed = connection.execute(select(table.c.note).where(table.c.size == size)).scalar_one()
    lines = note.split(signed)[0].splitlines()
    assert facts["custody log"] == lines[0]
    assert facts["entries of the log"] == size == int(lines[1])
    assert facts["root of the log"] == lines[2]
    assert facts["made at (Beijing time)"] == "2024-06-01 12:00"
    assert facts["day"] == "2024-06-01"


def test_a_day_that_is_over_is_judged_at_its_end(house: House, times: Times) -> None:
    times.now = SEEN_AT
    report = the_ratio(house, times, date(2024, 5, 31))
    facts = {title[1]: value for title, value in report.facts}
    assert facts["counted at (Beijing time)"] == "2024-05-31 23:59（当日结束时）"
    assert report.tables[0].rows[0][1:3] == [9, 9]
    assert report.tables[0].rows[0][6:9] == [3, 2, 2]
    assert report.tables[0].rows[0][11] == "仅按最低口径达标 met under the mildest reading only"
    assert facts["bodies where something is missing"] == 1
    with pytest.raises(BadInput) as caught:
        the_ratio(house, times, SEEN_AT.date() + timedelta(days=1))
    assert caught.value.facts["why"] == "REPORT_TO_COME"


def test_a_waiver_shows_its_days_and_no_number_changes(house: House, times: Times) -> None:
    times.now = SEEN_AT
    before = the_ratio(house, times, date(2024, 5, 31)).tables[0].rows[0]
    days = (date(2024, 5, 1), date(2024, 5, 31))
    approver = person_id(house, "200000")
    waive(house.site.ledger, "=局", days=days, reason="采购中", approver=approver)
    after = the_ratio(house, times, date(2024, 5, 31)).tables[0].rows[0]
    assert list(after[:11]) == list(before[:11])
    assert after[11:13] == ["已准予豁免 waived", "2024-05-01 至 2024-05-31"]
    assert the_ratio(house, times).tables[0].rows[0][12] == "—"


# --- holders --------------------------------------------------------------------------------------


def test_each_recorder_is_there_with_its_holders(house: House, times: Times) -> None:
    ledger, first, second = (
        house.site.ledger,
        *(person_id(house, number) for number in ("200000", "200001")),
    )
    morning = datetime(2024, 6, 1, 0, tzinfo=UTC)
    for number, holder in (("7100001", first), ("7100002", second)):
        times.now = morning
        new = CheckOut(number, holder, morning, morning + timedelta(hours=10))
        holding.check_out(ledger, new)
    times.now = morning + timedelta(hours=11, seconds=30)
    holding.check_in(ledger, "7100001", back_at=times.now)
    times.now = morning + timedelta(days=2)
    report = the_holders(house, times, date(2024, 6, 2), date(2024, 6, 2))
    assert [row[3] for row in report.tables[0].rows].count("期间无人领用 nobody") == 4
    report = the_holders(house, times, DAY, DAY)
    sheet = sheets_of(as_excel(report, made_at=times.now))["各设备领用情况"]
    rows = {str(row[0]): row for row in sheet[1:]}
    assert list(rows) == [str(number) for number in range(7_100_001, 7_100_006)]
    assert rows["7100001"][6:] == [
        *("2024-06-01 08:00", "2024-06-01 18:00", "2024-06-01 19:00", "是 yes", 61),
    ]
    assert rows["7100002"][8:] == ["未归还 still out", "是 yes", 38 * 60]
    assert rows["7100001"][3:6] == ["甲0", "200000", "—"]
    assert rows["7100003"][3:] == ["期间无人领用 nobody", *["—"] * 7]
    facts = {title[1]: value for title, value in report.facts}
    assert (facts["times taken out"], facts["times overdue"], facts["of these still out"]) == (
        *(2, 2, 1),
    )


def test_who_is_in_time_is_not_overdue(house: House, times: Times) -> None:
    morning = datetime(2024, 6, 1, 0, tzinfo=UTC)
    times.now = morning
    new = CheckOut("7100001", person_id(house, "200000"), morning, morning + timedelta(hours=10))
    holding.check_out(house.site.ledger, new)
    times.now = morning + timedelta(hours=10)
    row = the_holders(house, times, DAY, DAY).tables[0].rows[0]
    assert row[8:] == ["未归还 still out", "否 no", 0]
    with pytest.raises(BadInput) as caught:
        the_holders(house, times, DAY, DAY - timedelta(days=1))
    assert caught.value.facts["why"] == "DAYS_ORDER"
    with pytest.raises(BadInput) as caught:
        the_holders(house, times, DAY + timedelta(days=1), DAY + timedelta(days=1))
    assert caught.value.facts["why"] == "REPORT_TO_COME"


# --- on record ------------------------------------------------------------------------------------


def test_an_export_is_on_record_with_the_digest_of_its_file(house: House, tmp_path: Path) -> None:
    target, days = tmp_path / "r.xlsx", {"day": DAY.isoformat()}
    give_report(house.site, ReportKind.RATIO, data=b"report", facts=days, target=target)
    assert target.read_bytes() == b"report"
    assert target.stat().st_mode & 0o077 == 0
    (entry,) = house.entries("report.made")
    sha256 = hashlib.sha256(b"report").hexdigest()
    assert entry.facts == {"kind": "ratio", **days, "sha256": sha256}
    assert entry.rows == ()


def test_nothing_is_overwritten_and_nothing_put_on_record_then(
    house: House, tmp_path: Path
) -> None:
    there = tmp_path / "there.xlsx"
    there.write_bytes(b"mine")
    link = tmp_path / "link.xlsx"
    link.symlink_to(tmp_path / "nowhere")
    before = house.count("entries")
    for target, why in (
        (there, "EXISTS"),
        (link, "EXISTS"),
        (tmp_path / "none" / "r.xlsx", "NOT_A_FOLDER"),
    ):
        with pytest.raises(BadInput) as caught:
            give_report(house.site, ReportKind.RATIO, data=b"x", facts={}, target=target)
        assert caught.value.facts["why"] == why
    assert there.read_bytes() == b"mine"
    assert house.count("entries") == before


def test_what_is_on_record_may_be_more_than_what_was_written(house: House) -> None:
    """A folder that takes no files: the act came first, so nothing left the house unseen."""
    with pytest.raises(StorageFailed):
        give_report(
            *(house.site, ReportKind.HOLDERS), data=b"x", facts={}, target=Path("/proc/r.xlsx")
        )
    assert house.entries()[-1].act == "report.made"


def test_one_look_sees_one_state(house: House) -> None:
    """A report and the size of the log that it names come from the same moment."""
    count = select(func.count()).select_from(schema.entries)
    with house.site.database.read() as connection:
        before = connection.execute(count).scalar_one()
        units.add_unit(house.site.ledger, name="三队", parent="=局")
        assert connection.execute(count).scalar_one() == before
    assert house.count("entries") == before + 1


# --- documents ------------------------------------------------------------------------------------

TRICKY = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("x")', "#let x = 1 $a$ *b* _c_ \\u{41}")


def tricky() -> Report:
    rows: list[list[Cell]] = [[word, place] for place, word in enumerate(TRICKY)]
    table = Table(("表", "table"), columns(("文", "text", 2), ("数", "number", 1)), rows)
    nothing = Table(("空", "empty"), table.columns, [])
    facts = [(("事实", "fact"), TRICKY[0]), (("名", "name"), "𫚉龘\x01")]
    return Report(ReportKind.RATIO, ("题", "title"), facts, [table, nothing])


def test_no_cell_is_a_formula() -> None:
    data = as_excel(tricky(), made_at=NOON)
    sheets = sheets_of(data)
    assert [tuple(row) for row in sheets["表"][1:]] == [(t, n) for n, t in enumerate(TRICKY)]
    assert sheets["概况"][1] == ["事实", "fact", "=1+1"]
    assert sheets["概况"][2][2] == "𫚉龘\ufffd"
    assert sheets["空"][1][0] == "无 none"
    assert formulas_in(data) == 0


def test_a_formula_would_be_found(tmp_path: Path) -> None:
    path = tmp_path / "bad.xlsx"
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("xl/worksheets/sheet1.xml", "<c><f>1+1</f></c>")
    assert formulas_in(path.read_bytes()) == 1


@needs_font
def test_g_03_in_the_pdf(house: House, times: Times) -> None:
    times.now = NOON
    text = text_of(as_pdf(the_ratio(house, times), made_at=NOON))
    assert "执法音像记录设备配备情况报告" in text
    assert "=局89" in text
    assert "整套awholeset1" in text
    for said in ("达标met", "证件已过期", "7100005", "此类设备不计入套数", "@辅0"):
        assert said in text
    for clause in clauses_for(shipped("XX"), DAY):
        assert "".join(clause.quote.split()) in text


@needs_font
def test_words_of_a_report_are_never_obeyed_and_never_lost() -> None:
    text = text_of(as_pdf(tricky(), made_at=NOON))
    for word in TRICKY:
        assert "".join(word.split()) in text
    assert "「U+2B689」龘「U+0001」" in text


@needs_font
def test_a_typeface_has_common_characters_and_lacks_rare_ones() -> None:
    speller = Speller(FONTS / FACE)
    assert speller.spelled("执法 Aé龘㐂") == "执法 Aé龘㐂"
    assert speller.spelled("\U000202b7\u0378") == "「U+202B7」「U+0378」"


@needs_font
def test_the_typeface_comes_with_its_licence() -> None:
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text(encoding="utf-8")


def test_without_the_typeface_it_is_said_what_to_do(tmp_path: Path) -> None:
    for ask in (check_font, lambda fonts: as_pdf(tricky(), made_at=NOON, fonts=fonts)):
        with pytest.raises(EnvironmentTrouble) as caught:
            ask(tmp_path)
        chinese, english = error_sentence(caught.value.code, str(caught.value), facts={})
        assert "script/web" in chinese
        assert "script/web" in english
        assert exit_code(caught.value) is ExitCode.ENVIRONMENT


# --- the command line -----------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["ratio", "holders"])
def test_the_object_names_the_file_that_was_written(tmp_path: Path, command: str) -> None:
    with open_house(SitePlan(tmp_path / "site")):
        pass
    target = tmp_path / "r.XLSX"
    said = call("report", command, target, "--json", "--data", tmp_path / "site")
    assert said.code == 0, said
    assert said.body["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    assert said.body["size"] == target.stat().st_size
    assert said.body["log"]["size"] == 1
    again = call("report", command, target, "--json", "--data", tmp_path / "site")
    assert (again.code, again.body["error"]["facts"]["why"]) == (2, "EXISTS")
    other = call("report", command, tmp_path / "r.doc", "--json", "--data", tmp_path / "site")
    assert (other.code, other.body["error"]["facts"]["why"]) == (2, "REPORT_SUFFIX")


@needs_font
def test_the_command_line_writes_a_pdf(tmp_path: Path) -> None:
    with open_house(SitePlan(tmp_path / "site")):
        pass
    target = tmp_path / "r.pdf"
    said = call("report", "holders", target, "--json", "--data", tmp_path / "site")
    assert said.code == 0, said
    assert "没有登记设备" in text_of(target.read_bytes())


# --- what the wheel ships -------------------------------------------------------------------------


@needs_font
def test_the_wheel_has_typeface_licence_and_the_layout_of_a_page() -> None:
    names = {
        file.distribution_path for file in WheelBuilder(str(REPOSITORY)).recurse_included_files()
    }
    assert {"render/fonts/OFL.txt", f"render/fonts/{FACE}", "render/report.typ"} <= names
    assert not any(name.endswith(".stamp") or "/node_modules/" in name for name in names)
