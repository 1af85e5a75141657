"""Forms of the register and the reports, in Debian's Chromium.

Shows that each form of the register is filled in by the page and what it says is seen there, that
files are previewed row by row, that nobody is offered what is refused, and that a report is a file.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from evidence.ratio import day_of
from script.rosters import UNITS, make
from tests.browser.served import (
    PASSWORD,
    Served,
    chromium,
    log_in,
    open_page,
    people,
    served,
    strict,
)
from tests.own_policy import own_text
from tests.registering import as_csv, device_row, listed_row, year_csv
from tests.reports import sheets_of

pytestmark = pytest.mark.timeout(600)
expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service whose bureau has people."""
    folder = tmp_path_factory.mktemp("forms")
    with served(folder, LIUHEN_PREVIEWS="false") as started:
        admin = people(started)
        made = make(folder, day=day_of(datetime.now(UTC)), people=20, devices=4)
        made_units = [
            admin.post("/api/units", {"name": unit, "parent": admin.unit}) for unit in UNITS
        ]
        new = {"name": "孙管理", "login": "of-a-unit", "role": "ADMINISTRATOR"}
        code = admin.post("/api/users", {**new, "unit": made_units[0].json()["id"]}).json()["code"]
        admin.post("/api/password", {"code": code, "password": PASSWORD})
        file, skip = made.people.read_bytes(), {"skip": "faulty"}
        taken = admin.client.post("/api/rosters", content=file, params=skip)
        admin.client.close()
        assert taken.status_code == 201, taken.text
        yield started


def test_two_persons_bring_a_policy_of_the_bureau_into_force(
    browser: Browser, service: Served, tmp_path: Path
) -> None:
    own, wrong = tmp_path / "own.toml", tmp_path / "wrong.toml"
    own.write_text(own_text({"ratio.rounding": '"floor"'}, valid_from="2099-01-01"), "utf-8")
    wrong.write_text("format = 1\nid = 1\n", "utf-8")
    with strict(browser, service.address) as seen:
        log_in(seen, "admin")
        open_page(seen, "政策档")
        seen.page.get_by_role("button", name="提出政策档").click()
        dialog = seen.page.get_by_role("dialog")
        dialog.get_by_label("政策档文件").set_input_files(wrong)
        expect(dialog.get_by_text("文件有")).to_be_visible()
        expect(dialog.get_by_role("button", name="提出政策档")).to_be_disabled()
        dialog.get_by_label("政策档文件").set_input_files(own)
        expect(dialog.get_by_text("ratio.rounding")).to_be_visible()
        dialog.get_by_role("button", name="提出政策档").click()
        seen.page.get_by_role("button", name="own@1").click()
        expect(seen.page.get_by_text("您提出的，须由他人批准")).to_be_visible()
    with strict(browser, service.address) as seen:
        log_in(seen, "supervisor")
        open_page(seen, "政策档")
        seen.page.get_by_role("button", name="own@1").click()
        seen.page.get_by_role("button", name="批准生效").click()
        seen.page.get_by_role("tooltip").get_by_role("button", name="批准生效").click()
        expect(seen.page.get_by_role("cell", name="已批准")).to_be_visible()


def test_the_calendar_and_a_training_are_entered(
    browser: Browser, service: Served, tmp_path: Path
) -> None:
    file = tmp_path / "2042.csv"
    file.write_bytes(year_csv(2042))
    with strict(browser, service.address) as seen:
        page = seen.page
        log_in(seen, "admin")
        open_page(seen, "配备比例")
        page.get_by_role("button", name="导入工作日历").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("选择文件").set_input_files(file)
        expect(dialog.get_by_role("status")).to_have_text("可导入 3 条，错误 0 处")
        dialog.get_by_role("button", name="导入 3 条").click()
        expect(page.get_by_text("已导入 3 条")).to_be_visible()
        open_page(seen, "人员")
        page.get_by_role("button", name=re.compile("^查看 ")).first.click()
        page.get_by_role("button", name="登记培训").click()
        form = page.get_by_role("dialog").filter(has=page.get_by_label("课程"))
        form.get_by_label("培训日期").fill("2026-03-02")
        form.get_by_label("培训日期").press("Enter")
        form.get_by_label("学时").fill("8")
        form.get_by_label("课程").fill("行政处罚法")
        form.get_by_role("button", name="保存").click()
        expect(page.get_by_label("课程")).to_have_count(0)


def chosen(form: Locator, label: str, name: str) -> None:
    """Chooses what bears a name, by typing it: of a long list only the beginning is there."""
    form.get_by_label(label).fill(name)
    options = form.page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)")
    options.locator(".ant-select-item-option").filter(has_text=name).first.click()


def dated(form: Locator, label: str, day: str) -> None:
    form.get_by_label(label).fill(day)
    form.get_by_label(label).press("Enter")


def saved(form: Locator) -> None:
    form.get_by_role("button", name="保存").click()
    expect(form).to_have_count(0)


def took_in(page: Page, button: str, *, file: bytes, rows: int) -> None:
    """Chooses a file in the dialog of a button, and takes in what it previews."""
    page.get_by_role("button", name=button).click()
    dialog = page.get_by_role("dialog")
    given = {"name": "list.csv", "mimeType": "text/csv", "buffer": file}
    dialog.get_by_label("选择文件").set_input_files(given)  # type: ignore[arg-type]
    dialog.get_by_role("button", name=f"导入 {rows} 条").click()
    expect(dialog).to_have_count(0)


def test_what_a_unit_is_and_what_is_asked_of_it(browser: Browser, service: Served) -> None:
    with strict(browser, service.address) as seen:
        page = seen.page
        log_in(seen, "admin")
        open_page(seen, "配备比例")
        page.get_by_role("button", name="登记单位性质").click()
        form = page.get_by_role("dialog")
        chosen(form, "单位", "测试局")
        dated(form, "起始日期", "2021-10-01")
        form.get_by_label("主体资格依据").fill("法定行政机关")
        dated(form, "主体资格截止日", "2040-12-31")
        chosen(form, "适用的政策档", "WL")
        saved(form)
        reviewers = page.locator("section").filter(has_text="法制审核人员")
        expect(reviewers.get_by_text("三(五)").first).to_be_visible()  # WL's clause from now on

        took_in(page, "导入音像记录事项清单", file=as_csv([listed_row()]), rows=1)
        page.get_by_role("button", name="导入工作日历").click()
        dialog = page.get_by_role("dialog")
        notice = {"name": "y.csv", "mimeType": "text/csv", "buffer": year_csv(2026)}
        dialog.get_by_label("选择文件").set_input_files(notice)  # type: ignore[arg-type]
        row = dialog.get_by_role("row").filter(has_text="2026-01-04")
        expect(row.get_by_role("cell")).to_have_text(["2026-01-04 周日", "调休上班", "周末"])
        dialog.get_by_role("button", name="取消").click()

        page.get_by_role("button", name="查看 测试局 明细").click()
        page.get_by_role("button", name="登记配备豁免").click()
        form = page.get_by_role("dialog").filter(has=page.get_by_label("批准人"))
        ends = form.locator(".ant-picker-range input")
        first, last = ends.nth(0), ends.nth(1)
        first.fill("2026-01-01")
        first.press("Enter")
        expect(last).to_be_focused()  # the picker goes on by itself, and forgets what came before
        last.fill("2026-12-31")
        last.press("Enter")
        expect(first).to_have_value("2026-01-01")
        expect(last).to_have_value("2026-12-31")
        form.get_by_label("原因").fill("采购中")
        chosen(form, "批准人", "320000")
        saved(form)
        expect(page.get_by_text("2026-01-01 至 2026-12-31 · 采购中 · 批准人")).to_be_visible()


def test_people_and_devices_by_their_forms(browser: Browser, service: Served) -> None:
    with strict(browser, service.address) as seen:
        page = seen.page
        log_in(seen, "admin")
        open_page(seen, "人员")
        page.get_by_role("button", name=re.compile("^查看 ")).first.click()
        page.get_by_role("button", name="登记法制审核人员").click()
        form = page.get_by_role("dialog").filter(has=page.get_by_label("来源"))
        dated(form, "起始日期", "2024-01-01")
        saved(form)
        page.get_by_role("button", name="关闭").click()
        chosen(page.locator("section"), "选择单位", "测试局")
        page.get_by_role("button", name=re.compile("签署 .* 年清单")).click()
        expect(page.get_by_role("status").filter(has_text="管理员 已于")).to_be_visible()

        open_page(seen, "设备")
        took_in(page, "导入设备清单", file=as_csv([device_row("一中队"), device_row("无")]), rows=1)
        page.get_by_role("button", name="登记采集站").click()
        form = page.get_by_role("dialog")
        form.get_by_label("采集站编号").fill("采集站-1")
        chosen(form, "单位", "一中队")
        form.get_by_role("button", name="登记采集站").click()
        page.get_by_role("button", name="登记时钟偏差").click()
        form = page.get_by_role("dialog")
        form.get_by_label("比标准时间快").fill("-1500")
        saved(form)
        expect(page.get_by_text("偏差 -1500 毫秒")).to_be_visible()


def test_what_holds_for_the_whole_bureau_is_offered_to_whoever_may(
    browser: Browser, service: Served
) -> None:
    with strict(browser, service.address) as seen:
        log_in(seen, "of-a-unit")
        open_page(seen, "配备比例")
        expect(seen.page.get_by_role("button", name="登记单位性质")).to_be_visible()
        expect(seen.page.get_by_role("button", name=re.compile("^导入"))).to_have_count(0)


def test_a_report_is_shown_and_comes_as_a_file(browser: Browser, service: Served) -> None:
    with strict(browser, service.address) as seen:
        log_in(seen, "auditor")
        open_page(seen, "报表")
        seen.page.get_by_role("button", name="查看执法音像记录设备配备情况").click()
        shown = seen.page.get_by_role("dialog")
        shown.get_by_role("heading", name="各单位配备情况").wait_for()
        expect(shown.get_by_role("cell", name=UNITS[0]).first).to_be_visible()
        seen.page.keyboard.press("Escape")
        expect(shown).to_have_count(0)
        with seen.page.expect_download() as download:
            seen.page.get_by_role("button", name="下载执法音像记录设备配备情况（Excel）").click()
        assert "各单位配备情况" in sheets_of(download.value.path().read_bytes())
        expect(seen.page.get_by_text("已生成并留痕")).to_be_visible()
