"""The README's commands, run as printed on a real card, and its settings against the program's.

A block after `<!-- run -->` is run in order in one temporary folder, each line in a process of its
own, forked from one that has imported the product; the words in capitals are replaced as the text
says.
"""

import json
import re
import shlex
from pathlib import Path

import pytest
import typer.main
from pydantic import BaseModel

from liuhen.main import app
from liuhen.output import ExitCode
from liuhen.settings import DockSettings, Intake, Scrub, Second, Settings, Web, load
from tests.docking import put
from tests.fault.rig import Ended, Ground, Preloaded
from tests.footage import REPOSITORY

README, TWIN = REPOSITORY / "README.md", REPOSITORY / "README.zh.md"
RUN = re.compile(r"<!-- run -->\n```console\n(.*?)```", re.DOTALL)
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SETTING = re.compile(r"^\| `([a-z_0-9.]+)` \| (.+?) \|", re.MULTILINE)
CARD = {
    "DCIM/VIDEO/A11_2222222_222222_20260902083000_0001.mp4": b"moving pictures",
    "LOG/20260902.txt": b"2026/09/02-08:30:00 #ID:2222222 #Record Start\r\n",
}


def run_lines(page: Path) -> list[str]:
    """Commands of the blocks that are to be run."""
    blocks = RUN.findall(page.read_text(encoding="utf-8"))
    return [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a card, and a dock with another."""
    put(tmp_path / "card", CARD)
    put(tmp_path / "docks" / "second", CARD)
    return tmp_path


def run_line(product: Preloaded, line: str, folder: Path) -> Ended:
    """Runs a line as a shell would in the folder: the product's words, and perhaps `> FILE`."""
    command, _, file = line.partition(" > ")
    program, *words = shlex.split(command)
    assert program == "script/liuhen", line
    ground = Ground(folder, folder / "evidence", folder / "evidence" / "vault")
    done = product.run(ground, words, settings={"LIUHEN_INTAKE__SETTLE_SECONDS": "0.1"})
    if file:
        (folder / file).write_text(done.out, encoding="utf-8")
    return done


def test_the_commands_do_what_the_page_says(folder: Path) -> None:
    words: dict[str, str] = {}
    with Preloaded() as product:
        for printed in run_lines(README):
            line = " ".join(words.get(word, word) for word in printed.split(" "))
            done = run_line(product, line, folder)
            assert done.code == ExitCode.FINE, f"{line}\n{done.out}{done.err}"
            if " ingest " in line:
                words = words_of(done.out, folder)
        assert (
            run_line(product, "script/liuhen --data evidence none", folder).code == ExitCode.USAGE
        )
    assert [path for path in (folder / "card").rglob("*") if path.is_file()] == []
    assert (folder / "original.mp4").read_bytes() in CARD.values()
    assert (folder / "receipt.txt").read_text(encoding="utf-8").startswith("liuhen receipt v1\n")
    assert len((folder / "checkpoint.txt").read_text(encoding="utf-8").splitlines()) == 5


def words_of(said: str, folder: Path) -> dict[str, str]:
    """What the capitals stand for after a card was taken."""
    receipt = re.search(r"收据 (\S+)", said)
    original = next(path for path in (folder / "evidence/vault/originals").glob("*/*"))
    assert receipt is not None
    return {"RECEIPT": receipt.group(1), "SHA256": original.name[:16]}


def test_the_twin_has_the_same_commands_and_parts() -> None:
    pages = [page.read_text(encoding="utf-8") for page in (README, TWIN)]
    assert f"]({TWIN.name})" in pages[0]
    assert f"]({README.name})" in pages[1]
    for pattern in (r"^(#+) ", r"^\$ (.+)$", r"\]\((docs/[^)]+)\)", r"^\| (`[\w.]+`|\d) \|"):
        first, second = (re.findall(pattern, page, re.MULTILINE) for page in pages)
        assert first == second
        assert first


def test_each_command_of_the_product_is_shown() -> None:
    text = README.read_text(encoding="utf-8")
    for name in typer.main.get_command(app).commands:  # type: ignore[attr-defined]
        assert re.search(rf"script/liuhen .*\b{name}\b", text), f"{name} is not shown"


TABLES: dict[str, type[BaseModel]] = {
    "intake": Intake,
    "web": Web,
    "second": Second,
    "scrub": Scrub,
}

# --- settings ---------------------------------------------------------------------------------


def defaults(model: type[BaseModel], prefix: str = "") -> dict[str, object]:
    """Each setting with its default; those of `TABLES` are tables of their own."""
    found: dict[str, object] = {}
    for name, information in model.model_fields.items():
        if name in TABLES:
            found |= defaults(TABLES[name], f"{name}.")
        else:
            found[prefix + name] = information.default
    return found


@pytest.mark.parametrize("page", [README, TWIN], ids=lambda page: page.name)
def test_every_setting_is_listed_with_its_default(page: Path) -> None:
    listed = dict(SETTING.findall(page.read_text(encoding="utf-8")))
    expected = defaults(Settings)
    assert listed.keys() == expected.keys()
    for name, default in expected.items():
        if default is not None and default != () and str(default):
            shown = json.dumps(default) if isinstance(default, bool | float | int) else str(default)
            assert listed[name] == f"`{shown}`", name


@pytest.mark.parametrize("page", [README, TWIN], ids=lambda page: page.name)
def test_the_settings_file_shown_is_one(page: Path, tmp_path: Path) -> None:
    shown = dict(FENCE.findall(page.read_text(encoding="utf-8")))["toml"]
    path = tmp_path / "liuhen.toml"
    path.write_text(shown, encoding="utf-8")
    docks = load(tmp_path / "site", path).docks
    kinds = {dock.kind for dock in docks}
    assert kinds == {"mounts", "drop", "devices"}
    assert {field for dock in docks for field in dock.model_fields_set} == set(
        DockSettings.model_fields
    )


def test_a_page_without_commands_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ false\n```\n<!-- run -->\n```console\n$ true\n```\n")
    assert run_lines(page) == ["true"]
    assert len(run_lines(README)) == len(run_lines(TWIN)) > 10
