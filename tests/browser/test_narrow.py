"""The page on a telephone and on a desk: nothing wider than the screen, no label hidden."""

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.served import (
    PASSWORD,
    Served,
    chromium,
    log_in,
    people,
    person,
    served,
    strict,
    wait_for,
)

pytestmark = pytest.mark.timeout(600)

LONG = f"A{'0123456789' * 14}.mp4"
BROKEN = "A11_2222222_222222_20260902083000_0001.mp4"
WIDTHS = (375, 1280)
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service at whose dock stands a card with an empty file and a broken recording."""
    sources = tmp_path_factory.mktemp("sources")
    (sources / "empty").write_bytes(b"")
    head = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"
    (sources / "broken").write_bytes(head + Random(3).randbytes(40_000))
    with served(tmp_path_factory.mktemp("bureau")) as started:
        people(started).client.close()
        files = {f"DCIM/{LONG}": sources / "empty", f"DCIM/{BROKEN}": sources / "broken"}
        started.put("CARD", files)
        auditor = person(started, "/api/login", {"login": "auditor", "password": PASSWORD})

        def is_looked_into() -> bool:
            rows = auditor.client.get("/api/recordings").json()["recordings"]
            return any("DAMAGED" in row["labels"] for row in rows)

        wait_for(is_looked_into, lambda: auditor.client.get("/api/jobs").text, 120.0)
        auditor.client.close()
        yield started


def keep(page_bytes: bytes, name: str) -> None:
    """Keeps a picture of the page where LIUHEN_SHOTS names a folder, for people to look at."""
    if folder := os.environ.get("LIUHEN_SHOTS"):
        Path(folder, name).write_bytes(page_bytes)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_long_name_in_a_notice_stays_within_its_tile(
    service: Served, browser: Browser, width: int
) -> None:
    with strict(browser, service.address, width) as seen:
        log_in(seen, "supervisor")
        seen.page.goto(f"{service.address}docks")
        expect(seen.page.locator(".tile-notices").first).to_contain_text(LONG)
        keep(seen.page.screenshot(full_page=True), f"docks-{width}.png")
        assert seen.page.evaluate(_OVERFLOW) <= 0


@pytest.mark.parametrize("width", WIDTHS)
def test_the_list_shows_every_label(service: Served, browser: Browser, width: int) -> None:
    with strict(browser, service.address, width) as seen:
        log_in(seen, "supervisor")
        seen.page.goto(f"{service.address}recordings")
        for name, label in ((BROKEN, "有损坏"), (LONG, "空文件")):
            row = seen.page.locator("tr", has_text=name)
            expect(row.get_by_text(label, exact=True)).to_be_visible()
            assert row.get_by_text(label, exact=True).count() == 1
        keep(seen.page.screenshot(full_page=True), f"list-{width}.png")
        assert seen.page.evaluate(_OVERFLOW) <= 0
