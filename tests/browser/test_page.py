"""The page in Debian's Chromium: set up, log in, watch a dock finish, and see every kind play.

Shows that a reviewer sees moving pictures, to their end, whatever the recorder's codec was, without
a complaint of the console, against the policy, or to another host.
"""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from tests.browser.served import (
    PASSWORD,
    Person,
    Served,
    Strict,
    chromium,
    log_in,
    people,
    person,
    served,
    strict,
    wait_for,
)
from tests.footage import footage_dir

pytestmark = pytest.mark.timeout(600)

MOVING = (
    "GX010007.MP4",
    "phone_iphone_hevc_editlist_rot90.mp4",
    "kodak_100_0306_mjpeg.AVI",
    "sony_a7m3_avchd.mts",
    "phone_iphone_rot90_gps.mov",
)
expect.set_options(timeout=30_000)  # a busy machine; what is waited for comes in the end
NO_MEDIA_SOURCE = """
for (const name of ["MediaSource", "ManagedMediaSource", "WebKitMediaSource"])
    Object.defineProperty(window, name, { value: undefined });
"""
UPRIGHT = {"phone_iphone_hevc_editlist_rot90.mp4", "phone_iphone_rot90_gps.mov"}
SOUND = "audio_speech.wav"
LONG = "fixed_139s_10fps_bframes_noaudio.mp4"
DAMAGED = "damaged_truncated_after_moov.mp4"
PHOTO = "photo_nikon_gps_DSCN0012.jpg"
MADE_SECONDS = 240.0
KINDS = 6
ONE_STEP = 0.1
"""How far the end of what plays may lie from what decodes of the source, in seconds."""

PLACE = "media => media.currentTime"
BEGINS = "media => media.buffered.start(0)"
STATE = """media => ({
    at: media.currentTime,
    ended: media.ended, width: media.videoWidth, height: media.videoHeight,
    frames: media.getVideoPlaybackQuality ? media.getVideoPlaybackQuality().totalVideoFrames : 0,
    heard: media.webkitAudioDecodedByteCount,
})"""


@dataclass(frozen=True)
class Bureau:
    """A service with every file docked and everything made of them."""

    service: Served
    auditor: Person
    digests: dict[str, str]
    """By file name."""

    def facts(self, name: str) -> dict[str, Any]:
        """What the API says of a recording."""
        found: dict[str, Any] = self.auditor.client.get(
            f"/api/recordings/{self.digests[name]}"
        ).json()
        return found

    def seconds(self, name: str) -> float:
        """How much of the source decodes."""
        made = {one["kind"]: one for one in self.facts(name)["derivatives"]}
        return float(made["PROBE"]["facts"]["length_us"]) / 1e6

    def looks(self, name: str) -> list[dict[str, Any]]:
        """Who has looked, newest first."""
        answer = self.auditor.client.get(f"/api/recordings/{self.digests[name]}/views")
        found: list[dict[str, Any]] = answer.json()["views"]
        return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    footage = footage_dir()
    names = (*MOVING, SOUND, LONG, DAMAGED, PHOTO)
    with served(tmp_path_factory.mktemp("bureau")) as service:
        people(service).client.close()
        service.put("CARD", {f"DCIM/{name}": footage / name for name in names})
        who = {"login": "auditor", "password": PASSWORD}
        auditor = person(service, "/api/login", who)
        closing = contextlib.closing(auditor.client)
        found: dict[str, str] = {}

        def is_made() -> bool:
            rows = auditor.client.get("/api/recordings?limit=100").json()["recordings"]
            found.update({Path(row["name"]).name: row["recording"] for row in rows})
            counts = auditor.client.get("/api/jobs").json()["counts"]
            made = sum(count for state, count in counts.items() if state != "WAITING")
            return len(found) == len(names) and made >= KINDS * len(names)

        with closing:
            wait_for(is_made, lambda: str(auditor.client.get("/api/jobs").json()), MADE_SECONDS)
            yield Bureau(service, auditor, found)


def open_recording(seen: Strict, bureau: Bureau, name: str, login: str = "supervisor") -> None:
    """Logs in and opens the player's page; nothing of the recording is fetched yet."""
    log_in(seen, login)
    seen.page.goto(f"{seen.address}recordings/{bureau.digests[name]}")
    seen.page.get_by_role("heading", name=name).first.wait_for()


def press(seen: Strict, word: str) -> None:
    seen.page.get_by_role("button", name=re.compile(f"^{word}")).click()


def played_to_the_end(media: Locator, seconds: float) -> dict[str, Any]:
    """Waits until the browser says that it has ended; there it must stand still."""
    wait_for(
        lambda: bool(media.evaluate(STATE)["ended"]),
        lambda: str(media.evaluate(STATE)),
        seconds + 60,
    )
    state: dict[str, Any] = media.evaluate(STATE)
    assert abs(state["at"] - seconds) <= ONE_STEP
    media.page.wait_for_timeout(400)
    assert media.evaluate(PLACE) == state["at"]
    return state


@pytest.mark.parametrize("name", MOVING)
def test_moving_pictures_advance_and_stop_at_the_end(
    browser: Browser, bureau: Bureau, name: str
) -> None:
    seconds = bureau.seconds(name)
    with strict(browser, bureau.service.address) as seen:
        open_recording(seen, bureau, name)
        assert bureau.looks(name) == []  # opening the page is no look
        press(seen, "播放")
        video = seen.page.locator("video")
        wait_for(lambda: video.evaluate(STATE)["frames"] > 0, lambda: str(video.evaluate(STATE)))
        early = video.evaluate(STATE)
        state = played_to_the_end(video, seconds)
        assert state["frames"] >= max(early["frames"], 10)
        assert seen.page.evaluate("window.pictures.size") >= 5
        assert (state["height"] > state["width"]) is (name in UPRIGHT)
        box = video.bounding_box()
        assert box is not None
        expect(seen.page.get_by_text("本次查看已记录")).to_be_visible()
        seen.page.get_by_role("link", name="返回列表").click()
        seen.page.get_by_role("heading", name="音像资料").wait_for()
    wait_for(lambda: bureau.looks(name)[0]["ended"], lambda: str(bureau.looks(name)))
    (look,) = bureau.looks(name)
    shown = {one["what"]: one for one in look["shown"]}
    media = shown["HLS/media.mp4"]
    assert media["ranges"] == [[0, media["size"]]]
    assert look["name"] == "周主管"


def test_a_browser_without_media_source_plays_by_itself(browser: Browser, bureau: Bureau) -> None:
    """As telephones do that have no MediaSource: they are handed the playlist."""
    name = MOVING[1]
    with strict(browser, bureau.service.address) as seen:
        seen.page.add_init_script(NO_MEDIA_SOURCE)
        open_recording(seen, bureau, name)
        press(seen, "播放")
        video = seen.page.locator("video")
        assert video.evaluate("video => video.canPlayType('application/vnd.apple.mpegurl')")
        expect(video).to_have_attribute("src", re.compile("/HLS/index.m3u8$"))
        state = played_to_the_end(video, bureau.seconds(name))
        assert state["frames"] >= 10
        assert seen.page.evaluate("window.pictures.size") >= 5


def test_sound_without_a_picture_is_heard_to_its_end(browser: Browser, bureau: Bureau) -> None:
    with strict(browser, bureau.service.address) as seen:
        open_recording(seen, bureau, SOUND)
        press(seen, "播放声音")
        audio = seen.page.locator("audio")
        wait_for(lambda: audio.evaluate(PLACE) > 0.2, lambda: str(audio.evaluate(STATE)))
        state = played_to_the_end(audio, bureau.seconds(SOUND))
        assert state["heard"] > 1000
        assert seen.page.locator("video").count() == 0
        wave = seen.page.get_by_role("slider", name="声音波形")
        box = wave.bounding_box()
        assert box is not None
        wave.click(position={"x": box["width"] / 2, "y": 10})
        assert abs(audio.evaluate(PLACE) - bureau.seconds(SOUND) / 2) < 0.2
        assert wave.evaluate(
            "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)"
            ".data.some(value => value > 0)"
        )


def test_a_look_that_was_ended_is_opened_anew_where_it_was(
    browser: Browser, bureau: Bureau
) -> None:
    with strict(browser, bureau.service.address) as seen:
        seen.expected.append("404")
        open_recording(seen, bureau, LONG)
        press(seen, "播放")
        video = seen.page.locator("video")
        wait_for(lambda: video.evaluate(PLACE) > 0.5, lambda: str(video.evaluate(STATE)))
        assert video.evaluate(BEGINS) < 0.01  # its pictures are reordered, and none comes late
        (first,) = bureau.looks(LONG)
        ended = seen.page.evaluate(
            """async (view) => {
                const me = await (await fetch("/api/me")).json();
                const headers = {"x-liuhen-csrf": me.csrf};
                return (await fetch(`/api/views/${view}/end`, {method: "POST", headers})).status;
            }""",
            first["id"],
        )
        assert ended == 200
        seen.page.get_by_role("button", name="跳到").nth(25).click()
        wait_for(lambda: len(bureau.looks(LONG)) == 2, lambda: str(bureau.looks(LONG)))
        expect(seen.page.get_by_text("查看已重新打开并另行记录")).to_be_visible()
        wait_for(lambda: video.evaluate(PLACE) > 110.5, lambda: str(video.evaluate(STATE)))


def test_damage_is_said_and_a_photo_is_shown(browser: Browser, bureau: Bureau) -> None:
    with strict(browser, bureau.service.address) as seen:
        open_recording(seen, bureau, DAMAGED)
        expect(seen.page.get_by_text("文件有损坏")).to_be_visible()
        expect(seen.page.get_by_text(re.compile("文件自称时长"))).to_be_visible()
        seen.page.goto(f"{seen.address}recordings/{bureau.digests[PHOTO]}")
        press(seen, "打开照片")
        photo = seen.page.locator("img.photo")
        wait_for(lambda: photo.evaluate("img => img.naturalWidth") > 0, lambda: "no photo")
        expect(seen.page.locator(".entry[data-act='recording.viewed']")).to_have_count(1)


def test_an_original_is_handed_out_byte_for_byte(
    browser: Browser, bureau: Bureau, tmp_path: Path
) -> None:
    with strict(browser, bureau.service.address) as seen:
        open_recording(seen, bureau, PHOTO, "auditor")
        seen.page.get_by_role("button", name="下载原件").click()
        with seen.page.expect_download() as waiting:
            seen.page.locator(".ant-popconfirm").get_by_role("button", name="下载原件").click()
        waiting.value.save_as(tmp_path / "original")
        assert (tmp_path / "original").read_bytes() == (footage_dir() / PHOTO).read_bytes()
        assert bureau.looks(PHOTO)[0]["kind"] == "ORIGINAL"
        log_out(seen)
        open_recording(seen, bureau, PHOTO, "supervisor")
        expect(seen.page.get_by_role("button", name="下载原件")).to_have_count(0)


def test_the_list_filters_by_one_thing(browser: Browser, bureau: Bureau) -> None:
    with strict(browser, bureau.service.address) as seen:
        log_in(seen, "supervisor")
        seen.page.goto(f"{seen.address}recordings?kind=AUDIO")
        expect(seen.page.locator("tbody tr.ant-table-row")).to_have_count(1)
        expect(seen.page.get_by_role("link", name=SOUND)).to_be_visible()
        seen.page.get_by_role("button", name="清除筛选").click()
        expect(seen.page.locator("tbody tr.ant-table-row")).to_have_count(len(bureau.digests))
        seen.expected.append("404")
        seen.page.goto(f"{seen.address}recordings/{'0' * 64}")
        expect(seen.page.get_by_role("alert")).to_contain_text("没有找到")
        seen.page.get_by_role("link", name="返回列表").click()
        seen.page.get_by_text("English").click()
        expect(seen.page.get_by_role("heading", name="Recordings")).to_be_visible()
        seen.page.reload()
        expect(seen.page.get_by_role("heading", name="Recordings")).to_be_visible()


def log_out(seen: Strict) -> None:
    seen.page.get_by_role("button", name="退出登录").click()
    seen.page.get_by_role("heading", name="登录", exact=True).wait_for()


def test_from_the_first_code_to_a_recorder_that_may_leave(browser: Browser, tmp_path: Path) -> None:
    with (
        served(tmp_path, LIUHEN_PREVIEWS="false") as service,
        strict(browser, service.address) as seen,
    ):
        set_up(seen, service.said(r"use the code (\S+)"))
        code = add_supervisor(seen)
        log_out(seen)
        choose_password(seen, code)
        log_in(seen, "zhou")
        seen.page.get_by_role("link", name="采集台").click()
        expect(seen.page.get_by_text("没有接入的记录仪")).to_be_visible()
        watch_a_dock_finish(seen, service)
        see_the_line_break_and_come_back(seen, service)


def set_up(seen: Strict, code: str) -> None:
    page = seen.page
    page.goto(seen.address)
    page.get_by_role("heading", name="建立首个管理员").wait_for()
    fields = {"一次性代码": code, "单位名称": "测试局", "姓名": "管理员", "登录名": "admin"}
    for label, value in fields.items():
        page.get_by_label(label, exact=True).fill(value)
    choose(seen)
    page.get_by_role("button", name="建立并登录").click()
    page.get_by_role("navigation", name="主菜单").wait_for()
    # An administrator keeps people and sees no recording.
    expect(page.get_by_role("link", name="音像资料")).to_have_count(0)


def choose(seen: Strict) -> None:
    seen.page.get_by_label("新密码", exact=True).fill(PASSWORD)
    seen.page.get_by_label("再输一次").fill(PASSWORD)


def add_supervisor(seen: Strict) -> str:
    """By a form that was opened before the units came; it proposes the bureau all the same."""
    page = seen.page
    held: list[Route] = []
    page.route("**/api/units", lambda asked: held.append(asked))  # noqa: PLW0108 - the library marks it
    page.get_by_role("link", name="人员账号").click()
    page.get_by_role("button", name="新增人员").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("姓名").fill("周主管")
    assert held
    for asked in held:
        asked.continue_()
    page.unroute("**/api/units")
    dialog.get_by_label("登录名").fill("zhou")
    dialog.get_by_label("角色").click()
    page.locator(".ant-select-item-option", has_text="主管").click()
    dialog.get_by_role("button", name="新增人员").click()
    code = page.locator(".one-time").inner_text().strip()
    assert re.fullmatch(r"[A-Z0-9]{4}(-[A-Z0-9]{4}){3}", code)
    page.locator(".ant-modal-footer").get_by_role("button", name="关闭").click()
    expect(page.get_by_text(code)).to_have_count(0)
    return code


def choose_password(seen: Strict, code: str) -> None:
    seen.page.get_by_role("link", name="设置密码").click()
    seen.page.get_by_label("一次性代码").fill(code)
    choose(seen)
    seen.page.get_by_role("button", name="设置密码").click()
    expect(seen.page.get_by_text("密码已设置，请登录。")).to_be_visible()


def watch_a_dock_finish(seen: Strict, service: Served) -> None:
    """Every picture of the board is noted: 'do not remove' must come before 'may be removed'."""
    seen.page.evaluate(
        """() => {
            window.verdicts = [];
            new MutationObserver(() => {
                const said = document.querySelector(".tile .verdict")?.textContent.trim();
                if (said && window.verdicts.at(-1) !== said) window.verdicts.push(said);
            }).observe(document.body, {subtree: true, childList: true, characterData: true});
        }"""
    )
    footage = footage_dir()
    names = ("GX010007.MP4", "GX020007.MP4", "kodak_100_0306_mjpeg.AVI")
    service.put("CARD", {f"DCIM/{name}": footage / name for name in names})
    tile = seen.page.locator(".tile")
    expect(tile.locator(".verdict")).to_have_text("可以取走", timeout=60_000)
    expect(tile.locator(".tile-count")).to_have_text("已入库 3 / 3 个文件")
    assert seen.page.evaluate("window.verdicts") == ["请勿取走", "可以取走"]


def see_the_line_break_and_come_back(seen: Strict, service: Served) -> None:
    tile = seen.page.locator(".tile")
    seen.expected += ["ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED", "ERR_EMPTY_RESPONSE"]
    service.stop()
    expect(seen.page.get_by_text("连接中断").first).to_be_visible()
    expect(tile).to_have_attribute("data-live", "false")
    expect(tile.locator(".verdict")).to_have_text("状态未知")
    expect(seen.page.get_by_text("可以取走", exact=True)).to_have_count(0)
    service.start()
    expect(tile).to_have_attribute("data-live", "true")
    expect(tile.locator(".verdict")).to_have_text("可以取走")
    expect(seen.page.get_by_text("连接中断")).to_have_count(0)
