"""Facts of an action, files of cases and a disposal, by their pages in Debian's Chromium.

Shows that what blocks a step leads to the form that lifts it, that each form says what is left,
that a document's digest is that of its file, and that units and people are chosen by name.
"""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from evidence.case_vocabulary import MetadataGroup
from evidence.register_words import word
from evidence.vocabulary import Role
from tests.browser.served import built_pages, chromium, log_in, strict
from tests.case_roads import DAY, action_of, at, case_of
from tests.case_service import Browser as Person
from tests.case_service import Desk, desk
from tests.disposing import Disposing
from tests.filming import camera
from tests.registering import as_csv, case_row
from tests.serving import PASSWORD

pytestmark = pytest.mark.timeout(600)
expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("desk"), pages=built_pages()) as opened:
        opened.office.clock.set(f"{DAY} 16:00")
        yield opened


def ended(there: Desk, lead: Person, *people: str) -> str:
    """An inspection that took place, of which nothing else is on record."""
    case = case_of(lead, there.office.unit, "检1")
    action = action_of(lead, there.office.unit, "INSPECTION", case, *people)
    decided = lead.ask(
        "POST",
        f"/api/actions/{action}/decision",
        params={"at": at("08:50:00")},
        json={"choice": "NOT_RECORD", "reason": "文字记录足以反映"},
    )
    assert decided.status_code == 201, decided.text
    lead.post(f"/api/actions/{action}/start", {"at": at("09:00:00")})
    lead.post(f"/api/actions/{action}/end", {"start": at("09:00:00"), "end": at("10:00:00")})
    return action


def choose(page: Page, form: Locator, label: str, option: str) -> None:
    """Chooses by what is to be read, and sees that it was chosen."""
    form.get_by_label(label, exact=True).click()
    offered = page.locator(".ant-select-dropdown:visible .ant-select-item-option")
    offered.filter(has_text=option).last.click()
    expect(form.get_by_text(option).last).to_be_visible()


def test_what_blocks_a_step_leads_to_the_form_that_lifts_it(
    browser: Browser, there: Desk, tmp_path: Path
) -> None:
    one, two = there.office.officer(), there.office.officer()
    lead = there.at(one, Role.OFFICER)
    action = ended(there, lead, one, two)
    name = lead.get(f"/api/actions/{action}")["team"][0]["name"]
    paper = tmp_path / "笔录.pdf"
    paper.write_bytes(b"%PDF-1.7 " + bytes(range(256)) * 300)
    digest = hashlib.sha256(paper.read_bytes()).hexdigest()
    with strict(browser, f"{there.web.address.rstrip('/')}/") as seen:
        page = seen.page
        log_in(seen, lead.login, PASSWORD)
        page.goto(f"{seen.address}actions/{action}")
        lacks = page.locator("li[data-code=META_INCOMPLETE]")
        lacks.get_by_role("button", name="去办理").click()
        form = page.get_by_role("dialog")
        for group in MetadataGroup:
            form.get_by_label(word(group)[0], exact=True).fill(f"如实 {group}")
        form.get_by_role("button", name="保存").click()
        told = page.get_by_role("alert").filter(has_text="已登记：笔录要素")
        expect(told).to_contain_text("项障碍")
        expect(lacks).to_have_count(0)
        page.locator("li[data-fact=DOCUMENT]").get_by_role("button").click()
        form.locator("input[type=file]").set_input_files(paper)
        expect(form.get_by_text(f"SHA-256 {digest}")).to_be_visible()
        form.get_by_label("文书名称").fill("现场笔录")
        form.get_by_label("所用格式文本").fill("T-1")
        form.get_by_role("button", name="保存").click()
        expect(page.locator("li[data-fact=DOCUMENT]")).to_contain_text("现场笔录")
        page.locator("li[data-fact=SIGNATURE]").get_by_role("button").click()
        choose(page, form, "文书文件", "现场笔录")
        choose(page, form, "签名人", name)
        form.get_by_role("button", name="保存").click()
        expect(page.locator("li[data-fact=SIGNATURE]")).to_contain_text(f"{name} · 已签名")
    records = lead.get(f"/api/actions/{action}")["records"]
    kinds = [(each["kind"]["code"], each["document_sha256"]) for each in records[1:]]
    assert kinds == [("METADATA", None)] * 6 + [("DOCUMENT", digest), ("SIGNATURE", digest)]


def test_units_stand_by_name_and_a_file_is_shown_before_it_is_taken(
    browser: Browser, there: Desk, tmp_path: Path
) -> None:
    head = there.at(None, Role.SUPERVISOR)
    file = tmp_path / "cases.csv"
    file.write_bytes(as_csv([case_row("局"), {**case_row("局"), "执法类别": "罚"}]))
    with strict(browser, f"{there.web.address.rstrip('/')}/") as seen:
        page = seen.page
        log_in(seen, head.login, PASSWORD)
        page.goto(f"{seen.address}cases")
        page.get_by_role("button", name="导入案件").click()
        form = page.get_by_role("dialog")
        form.get_by_label("选择文件").set_input_files(file)
        expect(form.get_by_role("status")).to_have_text("可导入 1 条，错误 1 处")
        expect(form.locator("tbody")).to_contain_text("执法类别")
        form.get_by_role("button", name="导入 1 条").click()
        expect(page.get_by_text("已导入 1 条")).to_be_visible()
        page.get_by_role("button", name="登记案件").click()
        form.get_by_label("案号").fill("手工1")
        expect(form.get_by_title("局")).to_be_visible()
        form.get_by_role("button", name="登记案件").click()
        page.get_by_role("heading", name="案件 手工1").wait_for()
    assert len(head.get("/api/cases")["cases"]) == 3


def test_one_places_a_hold_and_another_releases_it(browser: Browser, there: Desk) -> None:
    """A complaint about somebody of an action, by the pages of two persons."""
    one = there.office.officer()
    lead, reviewer = there.at(one, Role.OFFICER), there.at(None, Role.REVIEWER)
    head = there.at(None, Role.SUPERVISOR)
    lead.post("/api/cases", {"number": "投1", "unit": there.office.unit, "category": "PENALTY"})
    with strict(browser, f"{there.web.address.rstrip('/')}/") as seen:
        page = seen.page
        log_in(seen, reviewer.login, PASSWORD)
        page.goto(f"{seen.address}holds")
        page.get_by_role("button", name="登记保全").click()
        form = page.get_by_role("dialog")
        form.get_by_label("依据", exact=True).fill("投诉〔2024〕1号")
        form.get_by_label("复核日期", exact=True).fill("2099-12-31")
        form.get_by_label("复核日期", exact=True).press("Enter")
        choose(page, form, "案件", "投1")
        page.keyboard.press("Escape")
        form.get_by_role("button", name="查找涉及的录像").click()
        expect(form.get_by_text("涉及 0 段录像")).to_be_visible()
        form.get_by_role("button", name="保存").click()
        expect(form).to_have_count(0)
        page.get_by_role("button", name="投诉〔2024〕1号").click()
        opened = page.get_by_role("dialog")
        expect(opened.get_by_text("复核日期 2099-12-31")).to_be_visible()
        expect(opened.get_by_role("button", name="解除保全")).to_have_count(0)
    with strict(browser, f"{there.web.address.rstrip('/')}/") as seen:
        page = seen.page
        log_in(seen, head.login, PASSWORD)
        page.goto(f"{seen.address}holds")
        page.get_by_role("button", name="投诉〔2024〕1号").click()
        page.get_by_role("dialog").get_by_role("button", name="解除保全").click()
        form = page.get_by_role("dialog").last
        form.get_by_label("解除依据", exact=True).fill("办结〔2024〕1号")
        form.get_by_role("button", name="保存").click()
        expect(page.get_by_text("解除：办结〔2024〕1号")).to_be_visible()


def test_two_persons_let_a_recording_go_and_its_page_names_the_certificate(
    browser: Browser, there: Desk, tmp_path: Path
) -> None:
    office = there.office
    office.clock.now += timedelta(hours=1)
    letting_go = Disposing.of(office)
    day = f"{office.clock.now:%Y-%m-%d}"
    (one,) = letting_go.footage(tmp_path, camera(office, "3000001"), day=day)
    letting_go.later(120)
    first, second = (there.at(None, Role.SUPERVISOR) for _ in range(2))
    address = f"{there.web.address.rstrip('/')}/"
    with strict(browser, address) as seen:
        log_in(seen, first.login, PASSWORD)
        page = seen.page
        page.goto(f"{address}disposal")
        page.get_by_role("row").filter(has_text=one[:12]).get_by_role("checkbox").check()
        page.get_by_role("button", name="提出处置批次").click()
        page.get_by_label("鉴定意见").fill("期限已满，无继续保存价值")
        page.get_by_role("dialog").get_by_role("button", name="保存").click()
        approve(page)
        expect(page.get_by_text("您已批准，须由另一人再次批准")).to_be_visible()
        batch = page.url.partition("batch=")[2]
    with strict(browser, address) as seen:
        log_in(seen, second.login, PASSWORD)
        seen.page.goto(f"{address}disposal?view=batches&batch={batch}")
        approve(seen.page)
        expect(seen.page.get_by_text("等待期未满")).to_be_visible()
    office.clock.now += timedelta(days=8)
    with strict(browser, address) as seen:
        log_in(seen, second.login, PASSWORD)
        page = seen.page
        page.goto(f"{address}disposal?view=batches&batch={batch}")
        page.get_by_role("button", name="执行处置").click()
        page.locator(".ant-popconfirm-buttons .ant-btn-primary").click()
        expect(page.get_by_role("button", name="下载证明 PDF")).to_be_visible()
        page.goto(f"{address}recordings/{one}")
        expect(page.get_by_text("该录像已依法处置，证明编号 DC-2024-1")).to_be_visible()
    assert not letting_go.has(one)


def approve(page: Page) -> None:
    """Approves the batch that is open, and says yes to what that means."""
    page.get_by_role("button", name="批准此清单").click()
    page.locator(".ant-popconfirm-buttons .ant-btn-primary").click()
