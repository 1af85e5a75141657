"""A real service on a real site, and a real browser before it that forgives nothing."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.footage import REPOSITORY, give_up, give_up_without

PAGES = REPOSITORY / "liuhen" / "pages" / "index.html"
PASSWORD = "a long enough password"  # noqa: S105 - of an account of this test's own site
SECONDS = 60.0
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
QUICK = {
    "LIUHEN_INTAKE__SETTLE_SECONDS": "0.5",
    "LIUHEN_INTAKE__POLL_SECONDS": "0.2",
    "PYTHONPATH": str(REPOSITORY),
    "PYTHONUNBUFFERED": "1",
}
# Counts frames with different pictures; media events do not bubble, but they can be caught.
WATCH_FRAMES = """
window.pictures = new Set();
document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
document.addEventListener("play", (event) => {
    const video = event.target;
    if (!video.requestVideoFrameCallback) return;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 24;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const look = () => {
        context.drawImage(video, 0, 0, 24, 24);
        window.pictures.add(context.getImageData(0, 0, 24, 24).data.join());
        video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
}, true);
"""


@dataclass
class Served:
    """One service; `stop` and `start` again keep site, dock and port."""

    folder: Path
    environment: dict[str, str]
    address: str = ""
    lines: list[str] = field(default_factory=list)
    process: "subprocess.Popen[str] | None" = None

    @property
    def dock(self) -> Path:
        """What lies in it is docked."""
        return self.folder / "dock"

    def start(self) -> None:
        """Starts it and waits until it says where it is."""
        self.dock.mkdir(exist_ok=True)
        port = self.address.rstrip("/").rpartition(":")[2] or "0"
        command = [sys.executable, "-P", "-m", "liuhen", "--data", str(self.folder / "site")]
        self.lines.clear()
        self.process = subprocess.Popen(
            [*command, "serve", "--dock", str(self.dock), "--port", port],
            env={**os.environ, **QUICK, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()
        self.address = self.said(r"Page and API at (\S+)")

    def _read(self, process: "subprocess.Popen[str]") -> None:
        for line in process.stdout or ():
            self.lines.append(line)

    def said(self, pattern: str) -> str:
        """The first group of what the service has printed, waited for."""
        found: list[str] = []

        def look() -> bool:
            found[:] = re.findall(pattern, "".join(self.lines))
            return bool(found)

        wait_for(look, lambda: f"{pattern} in {''.join(self.lines)}")
        return found[0]

    def stop(self) -> None:
        """Ends it as Ctrl-C does."""
        process = self.process
        if process is None:
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(SECONDS)
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
        self.process = None

    def put(self, card: str, files: dict[str, Path]) -> None:
        """Docks a card with these files in one step, as a mount does."""
        made = self.folder / "shelf" / card
        for name, source in files.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, made / name)
        os.rename(made, self.dock / card)


def wait_for(
    condition: Callable[[], bool], what: Callable[[], str], seconds: float = SECONDS
) -> None:
    """Waits until the condition holds; fails with `what` otherwise."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"Waited {seconds} s in vain: {what()}"
        time.sleep(0.1)


def built_pages() -> Path:
    """The folder of the built page; skips where there is none."""
    if not PAGES.is_file():
        give_up("The page is not built: run script/web", ci=bool(os.environ.get("CI")))
    return PAGES.parent


@contextlib.contextmanager
def served(folder: Path, **environment: str) -> Iterator[Served]:
    """A new site with its service; skips where the page was not built."""
    built_pages()
    service = Served(folder, environment)
    try:
        service.start()
        yield service
    finally:
        service.stop()


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's browser."""
    give_up_without("chromium")
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Strict:
    """A page whose console, policy and requests are watched."""

    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    """Parts of complaints that this test provokes."""

    def watch(self) -> None:
        """Begins to note what no page of ours may do."""
        self.page.add_init_script(WATCH_FRAMES)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        where = message.location.get("url", "")
        # Asking who is logged in while nobody is: the browser itself writes that line.
        nobody = where.endswith("/api/me") and "401" in message.text
        if message.type in ("error", "warning") and not nobody:
            self.wrong.append(f"{message.type}: {message.text} ({where})")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "blob:", "data:")):
            self.wrong.append(f"request to {request.url}")

    def told(self) -> str:
        """What stands on the page: a failure on another machine shows no picture."""
        texts = self.page.locator("body").all_inner_texts()
        return "\n".join((self.page.url, *self.wrong, *texts))

    def unexpected(self) -> list[str]:
        """What was wrong, without what the test provoked."""
        return [one for one in self.wrong if not any(part in one for part in self.expected)]


@contextlib.contextmanager
def strict(browser: Browser, address: str, width: int = 1280) -> Iterator[Strict]:
    """A new page in a context of its own; at its end nothing may have gone wrong."""
    # Less motion: on a busy machine a click upon what still moves can be lost.
    context = browser.new_context(
        viewport={"width": width, "height": 720},
        locale="zh-CN",
        accept_downloads=True,
        reduced_motion="reduce",
    )
    context.set_default_timeout(20_000)
    try:
        seen = Strict(context.new_page(), address)
        seen.watch()
        try:
            yield seen
        except Exception as failure:
            failure.add_note(seen.told())
            raise
        assert seen.unexpected() == []
    finally:
        context.close()


def log_in(seen: Strict, login: str, password: str = PASSWORD) -> None:
    """Logs in by the page."""
    page = seen.page
    page.goto(f"{seen.address}login")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码").first.fill(password)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="退出登录").wait_for()


def open_page(seen: Strict, name: str) -> None:
    """Goes to a page by the menu, which a narrow screen opens by its button."""
    menu = seen.page.get_by_role("button", name="主菜单")
    if menu.is_visible():
        menu.click()
    seen.page.get_by_role("link", name=name, exact=True).click()
    seen.page.get_by_role("heading", name=name, exact=True).wait_for()


@dataclass(frozen=True)
class Person:
    """Somebody who uses the API without a page."""

    client: httpx.Client
    unit: str

    def post(self, path: str, body: object = None) -> httpx.Response:
        """A change."""
        return self.client.post(path, json=body)


def person(service: Served, path: str, body: dict[str, str]) -> Person:
    """Logs in, or sets up, by the API."""
    client = httpx.Client(base_url=service.address, timeout=SECONDS)
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    client.headers["x-liuhen-csrf"] = answer.json()["csrf"]
    return Person(client, answer.json()["roles"][0]["unit"])


def people(service: Served) -> Person:
    """The administrator, and a supervisor and an auditor with the same password."""
    code = service.said(r"use the code (\S+)")
    body = {"code": code, "bureau": "测试局", "name": "管理员", "login": "admin"}
    admin = person(service, "/api/setup", {**body, "password": PASSWORD})
    for role, name in (("SUPERVISOR", "周主管"), ("AUDITOR", "赵督察")):
        new = {"name": name, "login": role.lower(), "role": role, "unit": admin.unit}
        invited = admin.post("/api/users", new).json()
        done = admin.post("/api/password", {"code": invited["code"], "password": PASSWORD})
        assert done.status_code == 200, done.text
    return admin
