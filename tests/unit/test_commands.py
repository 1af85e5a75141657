"""The table of commands: each module stands in it, and a command imports only what it needs."""

import subprocess
import sys

import pytest

from liuhen.commands import PLACES, Loaded
from tests.footage import REPOSITORY
from tests.house import project

HEAVY = ("alembic", "fastapi", "uvicorn", "ingest.clear", "proof.verify")
ASKED = """
import sys
from liuhen.main import main
try:
    main(sys.argv[2:])
finally:
    print([name for name in sys.argv[1].split(",") if name in sys.modules], file=sys.stderr)
"""


def imported(*line: str) -> str:
    """Which of the heavy modules are loaded once this command has run."""
    words = [sys.executable, "-P", "-c", ASKED, ",".join(HEAVY), *line]
    done = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return done.stderr.strip()


def test_each_module_of_commands_stands_in_the_table_and_in_the_contract() -> None:
    modules = {path.stem for path in (REPOSITORY / "liuhen").glob("cmd_*.py")}
    assert modules == {place.partition(":")[0] for place in PLACES.values()}
    contracts = project(REPOSITORY)["tool"]["importlinter"]["contracts"]
    kept_from_dbos = [c for c in contracts if c.get("forbidden_modules") == ["dbos"]]
    assert {f"liuhen.{name}" for name in modules} <= set(kept_from_dbos[0]["source_modules"])


def test_a_command_imports_what_it_needs_and_no_more() -> None:
    assert imported("recorder", "list", "--help") == "[]"
    assert imported("verify", "--help") == "['proof.verify']"
    assert imported("serve", "--help") == "['fastapi', 'uvicorn']"


def test_the_table_itself_is_not_changed_by_the_command_line() -> None:
    commands = Loaded()
    assert list(commands) == list(PLACES)
    assert len(commands) == len(PLACES)
    with pytest.raises(TypeError):
        commands["serve"] = commands["verify"]
    with pytest.raises(TypeError):
        del commands["serve"]
