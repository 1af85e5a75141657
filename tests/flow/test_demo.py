"""The demonstration as people run it: to its end, interrupted, refused; nothing left running."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.footage import REPOSITORY, footage_dir, give_up_without

QUICK = ("--recorders", "2", "--seconds", "1", "--port", "0", "--no-cases")
WITH_CASES = QUICK[:-1]
NOBODYS = (*QUICK, "--data")  # and the folder of a site to keep: nobody is invented for it
ENVIRONMENT = {
    "PYTHONPATH": str(REPOSITORY),
    "PYTHONUNBUFFERED": "1",
    "LIUHEN_INTAKE__SETTLE_SECONDS": "0.2",
    "LIUHEN_INTAKE__POLL_SECONDS": "0.2",
    # Where nobody asks for them: the program that makes them takes longer than all docking.
    "LIUHEN_PREVIEWS": "false",
}
WITH_PREVIEWS = {"LIUHEN_PREVIEWS": "true"}


def start(home: Path, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-P", "-m", "script.demo", "--home", str(home), *arguments]
    return subprocess.Popen(
        command,
        cwd=home.parent,
        env={**os.environ, **ENVIRONMENT, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def run(home: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    with start(home, *arguments, **environment) as demo:
        said, _ = demo.communicate(timeout=120)
    return demo.returncode, said


def read_until(demo: "subprocess.Popen[str]", words: str) -> str:
    stdout = demo.stdout
    assert stdout is not None
    said = ""
    while line := stdout.readline():
        said += line
        if words in line:
            return said
    raise AssertionError(said)


def still_naming(home: Path, *, within: float = 40.0) -> list[int]:
    """Processes that name `home`, after giving them time to end."""
    deadline = time.monotonic() + within
    while (found := naming(home)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def naming(home: Path) -> list[int]:
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue  # it ended while we looked
        found += [int(entry.name)] if os.fsencode(home) in command else []
    return found


def digests(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        path.relative_to(folder).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_it_ends_by_itself_with_everything_safe_and_verified(tmp_path: Path) -> None:
    give_up_without("ffmpeg")
    home = tmp_path / "demo"
    code, said = run(home, "--once", *WITH_CASES, **WITH_PREVIEWS)
    assert code == 0, said
    for words in ("A11-2222222", "DSJ-0101017", "What to look at next", "verify", "ratio show"):
        assert words in said
    for words in ("190 行可以导入，10 行有错误", "已导入 190 行", "已导入 60 行", "每 4 人 1 套"):
        assert words in said
    for words in ("强制拆除: GAP", "90 s", "refused COVERAGE_GAP", "扣押: FULL", "finding show F-"):
        assert words in said
    assert said.count("通过 passed") == 2
    assert sorted(path.name for path in (home / "recorders").iterdir()) == [
        "A11-2222222",
        "DSJ-0101017",
    ]
    assert len([p for p in (home / "site" / "vault" / "originals").rglob("*") if p.is_file()]) == 12
    assert naming(home) == []
    first = {path.name for path in home.iterdir()}
    assert run(home, "--once", *QUICK)[0] == 0
    assert {path.name for path in home.iterdir()} == first - {"cases"}


def test_a_real_card_is_taken_and_not_touched(tmp_path: Path) -> None:
    card = tmp_path / "card"
    (card / "DCIM").mkdir(parents=True)
    for name in ("GX010007.MP4", "damaged_zero_bytes.MP4", "photo_nikon_gps_DSCN0012.jpg"):
        shutil.copy2(footage_dir() / name, card / "DCIM" / name)
    before = digests(card)
    (tmp_path / "link").symlink_to(card)
    home = tmp_path / "demo"
    arguments = ("--once", "--recorders", "0", "--card", str(tmp_path / "link"))
    code, said = run(home, *arguments, **WITH_PREVIEWS)
    assert code == 0, said
    assert "ratio show" not in said  # nobody invented people for a site that is kept
    assert digests(card) == before
    originals = {path.name for path in (home / "site" / "vault" / "originals").rglob("*")}
    assert {digest for digest, _ in before.values()} <= originals | {hashlib.sha256().hexdigest()}
    # The next run keeps a site that took a real card.
    code, said = run(home, *arguments)
    assert code == 0, said
    assert len(list(home.glob("site-kept-*"))) == 1
    assert digests(card) == before


def test_the_service_stays_until_its_terminal_is_closed(tmp_path: Path) -> None:
    give_up_without("ffmpeg")
    home = tmp_path / "demo"
    with start(home, *NOBODYS, str(tmp_path / "site")) as demo:
        read_until(demo, "Take one away")
        read_until(demo, "dock-1")
        assert len(naming(home)) == 2
        os.killpg(demo.pid, signal.SIGHUP)
        demo.communicate(timeout=60)
    assert demo.returncode == 0
    assert still_naming(home) == []


def test_each_role_can_log_in_while_the_recorders_are_docked(tmp_path: Path) -> None:
    """And Ctrl-C ends it, with all that it started."""
    give_up_without("ffmpeg")
    home = tmp_path / "demo"
    with start(home, *QUICK, **WITH_PREVIEWS) as demo:
        said = read_until(demo, "Take one away")
        found = re.search(r"The page is at (\S+)", said)
        assert found is not None, said
        people = re.findall(r"^  ([A-Z]+) +([a-z]+) +([a-z0-9-]{14}) ", said, re.MULTILINE)
        said = read_until(demo, "The page stays at")
        assert "Page and API" not in said  # the address is said once
        seen: dict[str, object] = {}
        for role, login, password in people:
            with httpx.Client(base_url=found[1]) as client:
                answer = client.post("/api/login", json={"login": login, "password": password})
                assert [held["role"] for held in answer.json()["roles"]] == [role]
                listed = client.get("/api/recordings").json()
                seen[role] = len(listed["recordings"]) if "recordings" in listed else listed["code"]
                docks = client.get("/api/docks").json().get("docks", [])
                assert role == "AUDITOR" or [dock["may_leave"] for dock in docks] == [True, True]
        assert seen == {
            "ADMINISTRATOR": "FORBIDDEN",
            "SUPERVISOR": 8,
            "REVIEWER": 8,
            "AUDITOR": 8,
            "OFFICER": 6,
        }
        os.killpg(demo.pid, signal.SIGINT)
        demo.communicate(timeout=60)
    assert demo.returncode == 0
    assert still_naming(home) == []


def test_stopped_in_the_middle_it_leaves_no_process(tmp_path: Path) -> None:
    give_up_without("ffmpeg")
    home = tmp_path / "demo"
    with start(home, "--once", *QUICK) as demo:
        read_until(demo, "dock-1")
        os.kill(demo.pid, signal.SIGTERM)
        demo.communicate(timeout=60)
    assert demo.returncode == 130
    assert still_naming(home) == []


def test_a_second_one_in_the_same_place_is_refused_and_killed_it_takes_the_service_along(
    tmp_path: Path,
) -> None:
    give_up_without("ffmpeg")
    home = tmp_path / "demo"
    with start(home, *NOBODYS, str(tmp_path / "site")) as demo:
        read_until(demo, "dock-1")
        code, said = run(home, "--once", *QUICK)
        assert (code, "Another demonstration is running" in said) == (3, True)
        demo.kill()
        demo.wait()
        assert still_naming(home) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--card", "no-such-folder"], "no-such-folder is not a folder"),
        (["--recorders", "0"], "nothing to dock"),
        (["--card", ".", "--data", "site"], "may not lie in one another"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(
    tmp_path: Path, arguments: list[str], words: str
) -> None:
    code, said = run(tmp_path / "demo", "--once", *arguments)
    assert code == 3
    assert words in said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) in ([], [tmp_path / "demo"])
