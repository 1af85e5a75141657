"""What the page is built from: the API as it is now, and a lock that names no host."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from script.openapi import TARGET, WORDS, described, vocabulary
from tests.footage import REPOSITORY

BASH = shutil.which("bash") or "bash"


def test_the_description_of_the_api_is_the_apis(tmp_path: Path) -> None:
    assert TARGET.read_text(encoding="utf-8") == described(tmp_path / "site"), (
        "Run: python -P -m script.openapi"
    )


def test_the_page_offers_choices_in_the_words_of_the_vocabulary() -> None:
    assert WORDS.read_text(encoding="utf-8") == vocabulary(), "Run: python -P -m script.openapi"


@pytest.mark.parametrize(("folder", "at_least"), [("web", 50), ("web/font", 1)])
def test_the_lock_names_parts_and_digests_and_no_host(folder: str, at_least: int) -> None:
    lock = json.loads((REPOSITORY / folder / "package-lock.json").read_text(encoding="utf-8"))
    parts = {name: part for name, part in lock["packages"].items() if name}
    assert len(parts) >= at_least
    for name, part in parts.items():
        assert part.get("integrity", "").startswith("sha512-"), name
        assert "resolved" not in part, name
        # Whom to thank for a part is no place that it is fetched from.
        assert "://" not in json.dumps({**part, "funding": None}), name


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose page was built, as far as `script/web` can see."""
    root = tmp_path / "a checkout"
    for folder in ("script", "requirements"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    left_out = shutil.ignore_patterns("node_modules", "generated")
    shutil.copytree(REPOSITORY / "web", root / "web", ignore=left_out)
    return root


def failing_node(folder: Path) -> Path:
    """A PATH with everything but a Node that works: every part is said not to be had."""
    folder.mkdir()
    for name, line in (("node", "exit 0"), ("npm", "echo npm error code ENOTFOUND; exit 1")):
        (folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (folder / name).chmod(0o755)
    return folder


def test_what_cannot_be_had_is_said_and_the_old_page_stays(checkout: Path, tmp_path: Path) -> None:
    old = checkout / "liuhen" / "pages"
    old.mkdir(parents=True)
    (old / "index.html").write_text("old")
    programs = failing_node(tmp_path / "programs")
    failed = subprocess.run(
        [BASH, str(checkout / "script" / "web")],
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert failed.returncode == 3
    assert "could not be fetched from the package registry" in failed.stderr
    assert "run this again" in failed.stderr
    assert (old / "index.html").read_text() == "old"
    assert sorted(path.name for path in (checkout / ".setup").iterdir()) == ["lock", "setup.log"]
