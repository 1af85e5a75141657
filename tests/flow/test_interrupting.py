"""Ctrl-C at any moment of a command: a sentence or nothing, and never a stack trace."""

import gc
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from proof.scratch import Scratch
from storage.site import SitePlan
from tests.cli import running
from tests.docking import open_house, wait_for

LOADED_EARLY = b"pydantic_core"
"""A library that the command's modules load on their way; dozens of modules come after it."""
TRIES = 5


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    data = tmp_path_factory.mktemp("site")
    with open_house(SitePlan(data)):
        yield data


def interrupted(
    process: "subprocess.Popen[str]", when: Callable[[], object]
) -> tuple[int, str, str]:
    wait_for(when, "the moment has come")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    return process.returncode, out, err


def is_loading(process: "subprocess.Popen[str]") -> bool:
    return LOADED_EARLY in Path(f"/proc/{process.pid}/maps").read_bytes()


def test_while_its_modules_are_loaded_it_ends_without_a_word(site: Path) -> None:
    for _ in range(TRIES):
        with running("verify", "--data", site) as process:
            ended = interrupted(process, lambda: is_loading(process))
        if not ended[1]:  # else we looked too late: it had done all its work
            break
    assert ended == (-signal.SIGINT, "", "")


@pytest.mark.parametrize("as_json", [["--json"], []], ids=["json", "text"])
def test_in_the_middle_of_its_work_it_says_so(
    site: Path, tmp_path: Path, as_json: list[str]
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with running("verify", "--data", site, "--checkpoint", pipe, *as_json) as process:
        writer = os.open(pipe, os.O_RDWR)  # it is read for ever
        try:
            code, out, err = interrupted(process, lambda: is_reading(process, pipe))
        finally:
            os.close(writer)
    assert (code, out) == (130, "")
    assert err.startswith("已中断：")
    assert "Traceback" not in err


def is_reading(process: "subprocess.Popen[str]", path: Path) -> bool:
    """Whether it sleeps with the file open: a signal before the read would not end the read."""
    try:
        found = list(Path(f"/proc/{process.pid}/fd").iterdir())
        is_open = any(os.readlink(link) == str(path) for link in found)
        after_name = Path(f"/proc/{process.pid}/stat").read_text("ascii").rpartition(")")[2]
    except OSError:  # one was closed while we looked
        return False
    return is_open and after_name.split()[0] == "S"


def test_what_was_remembered_may_be_closed_in_the_middle_of_a_query() -> None:
    """Its ghost would complain to whoever interrupted the run; a test that hears it fails."""
    scratch = Scratch()
    for number in range(3):
        scratch.add_found("fixity", (str(number), "", ""))
    rows = scratch.query("SELECT * FROM fixity")
    next(rows)
    scratch.close()
    del rows
    gc.collect()
