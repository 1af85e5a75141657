"""The register in Debian's Chromium: a roster's faults are seen before it is taken in and counted.

Shows that whoever keeps the register reads every fault by its line, that the board follows what was
taken in, with its clause, and that a device is handed out, taken back and refused with its reasons.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from evidence.ratio import day_of
from script.rosters import UNITS, Made, make
from tests.browser.served import (
    Served,
    Strict,
    chromium,
    log_in,
    open_page,
    people,
    served,
    strict,
)

pytestmark = pytest.mark.timeout(600)
PEOPLE = 60
expect.set_options(timeout=30_000)

# The ratio of WCAG 2 between an element's own colour and the first ground that is painted below it.
CONTRAST = """element => {
    const parts = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(value => value / 255)
        .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
        .reduce((sum, value, place) => sum + value * [0.2126, 0.7152, 0.0722][place], 0);
    const words = light(parts(getComputedStyle(element).color));
    let ground = element;
    const painted = one => (parts(getComputedStyle(one).backgroundColor)[3] ?? 1) > 0;
    while (ground.parentElement && !painted(ground)) ground = ground.parentElement;
    const below = light(parts(getComputedStyle(ground).backgroundColor));
    return (Math.max(words, below) + 0.05) / (Math.min(words, below) + 0.05);
}"""
ENOUGH = 4.5


@dataclass(frozen=True)
class Bureau:
    """A service whose bureau has units and recorders, and a roster that was not taken in yet."""

    service: Served
    made: Made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    folder = tmp_path_factory.mktemp("register")
    with served(folder, LIUHEN_PREVIEWS="false") as service:
        yield found(service, folder)


def found(service: Served, folder: Path) -> Bureau:
    """Founds the bureau and reads its list of devices in by the command."""
    admin = people(service)
    for name in UNITS:
        answer = admin.post("/api/units", {"name": name, "parent": admin.unit})
        assert answer.status_code == 201, answer.text
    admin.client.close()
    made = make(folder, day=day_of(datetime.now(UTC)), people=PEOPLE, devices=12)
    command = [sys.executable, "-P", "-m", "liuhen", "--data", str(service.folder / "site")]
    done = subprocess.run(
        [*command, "recorder", "import", str(made.devices)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return Bureau(service, made)


def assert_readable(found: Locator) -> None:
    """Everything there has the contrast that WCAG asks of small words."""
    assert found.count() > 0
    for one in found.all():
        contrast = one.evaluate(CONTRAST)
        assert contrast >= ENOUGH, (one.inner_text(), contrast)


def take_roster_in(seen: Strict, bureau: Bureau) -> None:
    """Reads the faults, and takes in what has none."""
    page = seen.page
    page.get_by_role("button", name="导入名册").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("选择文件").set_input_files(bureau.made.people)
    good = PEOPLE - bureau.made.faulty
    expect(dialog.get_by_role("status")).to_have_text(
        f"预览：{good} 行可以导入，{bureau.made.faulty} 行有误"
    )
    rows = dialog.locator("tbody tr.ant-table-row")
    expect(rows).to_have_count(bureau.made.faulty)
    expect(rows.first).to_contain_text("17")  # the sixteenth person stands in line 17
    expect(rows.first).to_contain_text("未填写")
    expect(page.locator(".board")).to_have_count(0)
    dialog.get_by_role("button", name=f"跳过有误的行，导入 {good} 人").click()
    expect(page.get_by_text(f"已导入 {good} 人")).to_be_visible()  # it goes away by itself
    expect(dialog).to_have_count(0)


def test_a_roster_is_seen_taken_in_counted_and_undone(browser: Browser, bureau: Bureau) -> None:
    with strict(browser, bureau.service.address) as seen:
        log_in(seen, "admin")
        open_page(seen, "人员")
        expect(seen.page.get_by_text("您的权限范围内没有登记人员")).to_be_visible()
        take_roster_in(seen, bureau)
        expect(seen.page.get_by_text("可以执法").first).to_be_visible()
        assert_readable(seen.page.locator(".status, .muted"))
        see_the_board(seen)
        hand_a_device_out_and_take_it_back(seen)
        undo(seen)


def see_the_board(seen: Strict) -> None:
    page = seen.page
    open_page(seen, "配备比例")
    lines = page.locator(".board tbody tr.ant-table-row")
    expect(lines).to_have_count(1 + len(UNITS))
    assert_readable(page.locator(".status, .muted"))
    page.get_by_role("button", name="查看 测试局 明细").press("Enter")
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("原则上按每4名执法人员")).to_be_visible()
    expect(drawer.get_by_text("不足4人的,至少配备1套音像记录设备")).to_be_visible()
    expect(drawer.get_by_text(re.compile(r"按最低口径应配 \d+ 套"))).to_be_visible()
    expect(drawer.get_by_text("证件已过期").first).to_be_visible()
    drawer.get_by_role("tab", name=re.compile("^设备")).click()
    expect(drawer.get_by_text("自检已过期").first).to_be_visible()
    drawer.get_by_role("tab", name="历史").click()
    expect(drawer.get_by_role("img", name=re.compile("每日情况"))).to_be_visible()
    assert_readable(drawer.locator(".status, .muted"))
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)


HAND_OUT = re.compile("领用$")  # a sign that somebody has to wait may stand before it


def hand_a_device_out_and_take_it_back(seen: Strict) -> None:
    page = seen.page
    open_page(seen, "设备")
    ready = page.locator("tbody tr.ant-table-row").filter(has_not=page.locator(".reasons")).first
    number = ready.locator("strong").inner_text()
    row = page.locator("tbody tr.ant-table-row").filter(has_text=number)
    row.get_by_role("button", name="领用", exact=True).click()
    dialog = page.get_by_role("dialog")
    choose(seen, dialog, "不得执法")
    seen.expected.append("409")
    dialog.get_by_role("button", name=HAND_OUT).click()
    expect(page.get_by_text(re.compile("不能领用"))).to_be_visible()
    choose(seen, dialog, None)
    dialog.get_by_role("button", name=HAND_OUT).click()
    expect(dialog).to_have_count(0)
    expect(row.get_by_text("应还")).to_be_visible()
    row.get_by_role("button", name="归还", exact=True).click()
    page.locator(".ant-popconfirm").get_by_role("button", name=re.compile("归还$")).click()
    expect(row.get_by_text("在库")).to_be_visible()
    row.get_by_role("button", name="领用记录").click()
    expect(page.get_by_role("dialog").locator("tbody tr.ant-table-row")).to_have_count(1)
    page.keyboard.press("Escape")


def choose(seen: Strict, dialog: Locator, word: str | None) -> None:
    """Chooses the first person with this word beside the name, or the first without any."""
    field = dialog.get_by_label("领用人")
    offered = seen.page.locator(".ant-select-dropdown:visible .ant-select-item-option")
    if word is None:
        field.click()
        offered.filter(has_not_text="不得执法").first.click()
    else:
        field.fill(word)  # typing opens the list; a click before could open it once more
        offered.filter(has_text=word).first.click()
    expect(offered).to_have_count(0)


def undo(seen: Strict) -> None:
    page = seen.page
    open_page(seen, "人员")
    file = page.locator("tbody tr.ant-table-row", has_text="人员名册")
    file.get_by_role("button", name="撤销", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("原因").fill("文件有误")
    dialog.get_by_role("button", name="撤销", exact=True).click()
    expect(page.get_by_text("您的权限范围内没有登记人员")).to_be_visible()
    expect(page.get_by_text(re.compile("^已撤销"))).to_be_visible()


def test_a_narrow_screen_has_its_menu_and_needs_no_sideways_scrolling_of_the_page(
    browser: Browser, bureau: Bureau
) -> None:
    with strict(browser, bureau.service.address, width=375) as seen:
        log_in(seen, "supervisor")
        for name in ("配备比例", "设备", "人员", "政策档"):
            open_page(seen, name)
            wide = seen.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 375, name
            expect(seen.page.get_by_role("button", name="导入名册")).to_have_count(0)
