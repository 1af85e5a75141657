"""Forms of the register and the reports, in Debian's Chromium.

Shows that the calendar and a training are entered by the page, and that a report comes as a file.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from evidence.ratio import day_of
from script.rosters import UNITS, make
from tests.browser.served import Served, Strict, chromium, log_in, people, served, strict
from tests.registering import year_csv
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
        for unit in UNITS:
            admin.post("/api/units", {"name": unit, "parent": admin.unit})
        file, skip = made.people.read_bytes(), {"skip": "faulty"}
        taken = admin.client.post("/api/rosters", content=file, params=skip)
        admin.client.close()
        assert taken.status_code == 201, taken.text
        yield started


def open_page(seen: Strict, name: str) -> None:
    seen.page.get_by_role("link", name=name, exact=True).click()
    seen.page.get_by_role("heading", name=name, exact=True).wait_for()


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
