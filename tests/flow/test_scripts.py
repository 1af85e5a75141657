"""The shell scripts where a mistake would cost a set-up: stamps, the lock, and what they say.

They run from a copy of the checkout with a space in its path and with this Python posing as a
finished environment; building one from nothing is what `script/setup` in a fresh clone shows.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.footage import REPOSITORY

BASH = shutil.which("bash") or "bash"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "a checkout"
    for folder in ("script", "requirements", ".ci"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    shutil.copy(REPOSITORY / "pyproject.toml", root)
    (root / ".venv" / "bin").mkdir(parents=True)
    # Not a link: Python finds its library beside the place where it was really installed.
    (root / ".venv" / "bin" / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (root / ".venv" / "bin" / "python").chmod(0o755)
    return root


def run(*command: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "CDPATH")}
    return subprocess.run(
        [str(part) for part in command],
        cwd="/",
        env={**kept, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def ask(root: Path, question: str) -> bool:
    """Whether a question of script/lib.sh is answered yes."""
    return run(BASH, "-c", f'source "$0/script/lib.sh"; {question}', root).returncode == 0


def finish(root: Path, kind: str) -> None:
    """Leaves the stamp that a finished set-up leaves."""
    assert ask(root, f'write_stamp "$(environment_key {kind})" "$(project_key)"')


def test_a_finished_environment_is_known(checkout: Path) -> None:
    assert not ask(checkout, "is_ready run")
    finish(checkout, "run")
    assert ask(checkout, "is_ready run")
    assert not ask(checkout, "is_ready dev")
    finish(checkout, "dev")
    assert ask(checkout, "is_ready dev")
    assert ask(checkout, "is_ready run")


@pytest.mark.parametrize("changed", ["requirements/run.lock", "pyproject.toml"])
def test_a_change_asks_for_a_new_set_up(checkout: Path, changed: str) -> None:
    finish(checkout, "run")
    with (checkout / changed).open("a") as file:
        file.write("# changed\n")
    assert not ask(checkout, "is_ready run")
    assert ask(checkout, "can_be_updated run")
    assert ask(checkout, "environment_is run") is (changed == "pyproject.toml")


def test_a_moved_or_unfinished_environment_is_not_used(checkout: Path) -> None:
    finish(checkout, "run")
    moved = checkout.rename(checkout.with_name("moved"))
    assert not ask(moved, "is_ready run")
    assert not ask(moved, "can_be_updated run")
    finish(moved, "run")
    (moved / ".venv" / "bin" / "python").unlink()
    assert not ask(moved, "is_ready run")
    (moved / ".venv" / ".liuhen-setup").write_text("1 run\n")
    assert not ask(moved, "is_ready run || can_be_updated run")


def test_set_up_does_nothing_when_all_is_there(checkout: Path) -> None:
    finish(checkout, "run")
    for command in ([checkout / "script" / "setup"], [checkout / "script" / "setup", "run"]):
        done = run(*command)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (checkout / ".setup").exists()
    link = checkout.with_name("link")
    link.symlink_to(checkout / "script" / "setup")
    assert run(link).returncode == 0


def test_a_second_set_up_waits_for_the_first(checkout: Path) -> None:
    (checkout / ".setup").mkdir()
    with (checkout / ".setup" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with subprocess.Popen(
            [checkout / "script" / "setup"], stderr=subprocess.PIPE, text=True
        ) as second:
            stderr = second.stderr
            assert stderr is not None
            assert "waiting for it" in stderr.readline()
            finish(checkout, "run")  # what the first one would have done
            fcntl.flock(lock, fcntl.LOCK_UN)
            assert second.wait(30) == 0
    assert not (checkout / ".setup" / "setup.log").exists()


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not the one whose digest"),
        ("ERROR: Could not find a version that satisfies", "could not be fetched"),
        ("something else", "the end of"),
    ],
)
def test_what_cannot_be_had_is_said_in_three_sentences(
    checkout: Path, log: str, words: str
) -> None:
    (checkout / ".setup").mkdir()
    (checkout / ".setup" / "setup.log").write_text(log + "\n")
    script = 'source "$0/script/lib.sh"; pip_trouble "It failed"'
    failed = run(BASH, "-c", script, checkout)
    assert failed.returncode == 3
    happened, safe, advice = failed.stderr.splitlines()
    assert happened.startswith("It failed: ")
    assert words in happened
    assert "No recording" in safe
    assert "run this again" in advice


def test_names_of_packages_are_compared_as_the_index_does(checkout: Path) -> None:
    script = 'source "$0/script/lib.sh"; plain_names'
    listed = subprocess.run(
        [BASH, "-c", script, str(checkout)],
        input="Pydantic_Core==2.1\nb.c==1 ; python_version < '4' \\\nb-c==1\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert listed.stdout.split() == ["b-c", "pydantic-core"]


def test_ci_does_not_pass_without_footage(checkout: Path) -> None:
    for command in ("script/test", ".ci/run"):
        failed = run(checkout / command, CI="1", LIUHEN_FOOTAGE=str(checkout))
        assert failed.returncode == 1
        assert "No camera footage" in failed.stderr


def test_ci_does_not_pass_without_the_policy_documents(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "MANIFEST.tsv").touch()
    places = {"LIUHEN_FOOTAGE": str(tmp_path), "LIUHEN_SEEDS": str(tmp_path / "none")}
    failed = run(checkout / "script" / "test", CI="1", **places)
    assert failed.returncode == 1
    assert "No policy documents" in failed.stderr


def test_a_wrong_word_is_refused(checkout: Path) -> None:
    refused = run(checkout / "script" / "setup", "everything")
    assert (refused.returncode, refused.stderr) == (2, "Usage: script/setup [run|dev]\n")
