"""The units in deploy/: what they start exists, and they shut in what they start."""

import configparser
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli import call
from tests.footage import REPOSITORY

DEPLOY = REPOSITORY / "deploy"
SERVICES = ("liuhen.service", "liuhen-backup.service")


def unit(name: str) -> configparser.ConfigParser:
    """A unit file as sections and settings."""
    read = configparser.ConfigParser(interpolation=None, comment_prefixes=("#",))
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read(DEPLOY / name, encoding="utf-8")
    return read


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_starts_a_command_of_the_product_with_options_it_has(name: str) -> None:
    program, data, _, command, *rest = shlex.split(unit(name)["Service"]["ExecStart"])
    assert program.endswith("/script/liuhen")
    assert data == "--data"
    said = call(command, "--help")
    assert said.code == 0
    assert [word for word in rest if word.startswith("--") and word not in said.out] == []


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_gives_away_rights_and_holds_no_secret(name: str) -> None:
    service = unit(name)["Service"]
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert service["UMask"] == "0077"
    assert service["User"] != "root"
    assert "SECRET_KEY=" not in str(dict(service))


def test_the_units_are_what_systemd_understands(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    for path in DEPLOY.iterdir():
        text = path.read_text(encoding="utf-8").replace("/opt/liuhen/script/liuhen", "/bin/true")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    units = [str(path) for path in sorted(tmp_path.iterdir())]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
