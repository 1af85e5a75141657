"""The house holds together: packages, locks, scripts and documents say the same as the tree.

Each check is shown to fail on a small bad sample below it.
"""

import shutil
import subprocess
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.footage import REPOSITORY
from tests.house import (
    anchors,
    bash_files,
    broken_links,
    built_packages,
    complaint,
    contract_packages,
    layered_packages,
    lock_faults,
    named_steps,
    our_files,
    packages_on_disk,
    project,
    requirement_names,
    script_faults,
    step_fault,
)

# Needed to build and to install from the checkout, never imported.
BUILD_ONLY = {"hatchling", "editables"}

ARCHITECTURE = REPOSITORY / "docs" / "ARCHITECTURE.md"

# Said in two halves, so that this file does not hold what it looks for.
NOT_COMMITTED = (
    "/work" + "/",
    "/root" + "/",
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "/simple" + "/",
)


@pytest.fixture(scope="module")
def packages() -> set[str]:
    return built_packages(project(REPOSITORY))


def test_the_package_list_is_the_same_everywhere(packages: set[str]) -> None:
    config = project(REPOSITORY)
    assert packages == contract_packages(config)
    assert packages == layered_packages(config)
    assert packages == packages_on_disk(REPOSITORY)
    assert packages < set(config["tool"]["mypy"]["packages"])


def test_each_package_is_ours(packages: set[str]) -> None:
    """A foreign distribution that ships a folder of the same name would be imported instead."""
    for name in packages:
        assert origin_of(name) == REPOSITORY / name / "__init__.py"


def origin_of(name: str) -> Path | None:
    spec = find_spec(name)
    return Path(spec.origin) if spec and spec.origin else None


def test_no_other_distribution_claims_our_names(packages: set[str]) -> None:
    claimed = packages_distributions()
    assert "pytest" in claimed["pytest"]
    for name in packages:
        assert set(claimed.get(name, [])) <= {"liuhen"}


def test_a_foreign_package_is_not_taken_for_ours() -> None:
    origin = origin_of("pytest")
    assert origin is not None
    assert origin != REPOSITORY / "pytest" / "__init__.py"
    assert origin_of("no_such_package_anywhere") is None


def test_test_folders_are_no_packages() -> None:
    assert list((REPOSITORY / "tests").rglob("__init__.py")) == []


def test_package_lists_are_read_apart(tmp_path: Path) -> None:
    for name in ("one", "two", "build"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    assert packages_on_disk(tmp_path) == {"one", "two"}
    contracts = [{"layers": ["a", "b | c"]}, {"modules": ["x"]}]
    config = {"tool": {"importlinter": {"root_packages": ["a"], "contracts": contracts}}}
    assert layered_packages(config) == {"a", "b", "c"}
    assert contract_packages(config) == {"a"}


# --- requirements -----------------------------------------------------------------------------


def test_the_wheel_asks_for_what_the_lock_holds() -> None:
    wanted = requirement_names(project(REPOSITORY)["project"]["dependencies"])
    asked = (REPOSITORY / "requirements" / "run.in").read_text(encoding="utf-8").splitlines()
    assert wanted == requirement_names(asked) - BUILD_ONLY


@pytest.mark.parametrize("name", ["run", "dev", "calendar"])
def test_a_lock_file_names_packages_and_digests_only(name: str) -> None:
    text = (REPOSITORY / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    assert lock_faults(text) == []
    asked = (REPOSITORY / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
    assert requirement_names(asked) <= requirement_names(text.splitlines())


def test_what_runs_is_what_is_tested() -> None:
    folder = REPOSITORY / "requirements"
    run, dev = (pins((folder / f"{name}.lock").read_text("utf-8")) for name in ("run", "dev"))
    assert run <= dev


def pins(text: str) -> set[str]:
    return {line for line in text.splitlines() if not line.startswith(" ")}


GOOD_LOCK = """\
a==1 ; python_version < '4' \\
    --hash=sha256:00 \\
    --hash=sha256:11
b==2 \\
    --hash=sha256:22
"""


@pytest.mark.parametrize(
    "fault",
    [
        "--index-url https://packages.example/\n",
        "c @ https://files.example/c.whl \\\n    --hash=sha256:33\n",
        "c>=3 \\\n    --hash=sha256:33\n",
        "c==3\n",
        "c==3 \\\n",
        "c==3 \\\nd==4 \\\n    --hash=sha256:33\n",
        "# from an index\n",
    ],
)
def test_a_faulty_lock_is_found(fault: str) -> None:
    assert lock_faults(GOOD_LOCK) == []
    assert lock_faults(GOOD_LOCK + fault) != []
    assert lock_faults(fault + GOOD_LOCK) != []


# --- scripts ----------------------------------------------------------------------------------


def test_scripts_are_sound_bash() -> None:
    scripts = bash_files(REPOSITORY)
    assert {"setup", "test", "demo", "liuhen", "prove", "lib.sh", "run"} <= {
        s.name for s in scripts
    }
    for script in scripts:
        assert complaint(["bash", "-n"], script) == ""
        assert script_faults(script.read_text(encoding="utf-8")) == []
        assert (script.suffix == ".sh") != bool(script.stat().st_mode & 0o111)


def test_scripts_satisfy_shellcheck() -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed")
    for script in bash_files(REPOSITORY):
        assert complaint(["shellcheck", "-x", "-P", str(REPOSITORY)], script) == ""


def test_an_unsound_script_is_found(tmp_path: Path) -> None:
    script = tmp_path / "bad"
    script.write_text("#!/usr/bin/env bash\nif true; then\n", encoding="utf-8")
    assert "bad" in complaint(["bash", "-n"], script)
    assert script_faults(script.read_text(encoding="utf-8")) != []
    for folder in ("script", ".ci"):
        (tmp_path / folder).mkdir()
    script.rename(tmp_path / "script" / "bad")
    (tmp_path / "script" / "page.py").write_text("x = 1\n", encoding="utf-8")
    assert [path.name for path in bash_files(tmp_path)] == ["bad"]


# --- documents --------------------------------------------------------------------------------


def test_every_relative_link_leads_somewhere() -> None:
    pages = our_files(REPOSITORY, ".md")
    assert len(pages) > 1
    assert {page.name: broken_links(page, REPOSITORY) for page in pages} == {
        page.name: [] for page in pages
    }


@pytest.mark.parametrize(
    ("link", "broken"),
    [
        ("[a](other.md)", False),
        ("[a](other.md#a-title-here)", False),
        ('[a](<other.md> "title")', False),
        ("[a](https://example.org/x)", False),
        ("```\n[a](gone.md)\n```", False),
        ("[a](gone.md)", True),
        ("[a](other.md#no-such-title)", True),
        ("![a](pictures/gone.png)", True),
        ("[a](../../outside.md)", True),
    ],
)
def test_a_broken_link_is_found(tmp_path: Path, link: str, broken: bool) -> None:  # noqa: FBT001
    (tmp_path / "outside.md").touch()
    root = tmp_path / "root"
    root.mkdir()
    (root / "other.md").write_text("# First\n\n## A title, here!\n", encoding="utf-8")
    page = root / "page.md"
    page.write_text(f"Text {link} text\n" if "```" not in link else link + "\n", encoding="utf-8")
    assert bool(broken_links(page, root)) is broken
    assert anchors(root / "other.md") == {"first", "a-title-here"}


def test_the_architecture_names_what_is_there() -> None:
    steps = named_steps(ARCHITECTURE.read_text(encoding="utf-8"))
    assert len([name for _, name in steps if name]) >= 5, "no steps are named"
    assert [fault for step in steps if (fault := step_fault(REPOSITORY, *step))] == []


def test_other_pages_name_files_that_are_there() -> None:
    steps = [
        step
        for page in our_files(REPOSITORY, ".md")
        for step in named_steps(page.read_text(encoding="utf-8"))
        if not step[0].startswith("folder/")
    ]
    assert [fault for step in steps if (fault := step_fault(REPOSITORY, *step))] == []


def test_a_step_that_is_gone_is_found(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.py").write_text("class C:\n def d(self): pass\n", encoding="utf-8")
    text = "`a/b.py` `a/b.py::C` `a/b.py::C.d` `a/b.py::d` `a/b.py::e` `a/c.py::d` a/d.py `b.py`"
    steps = named_steps(text)
    assert len(steps) == 6
    assert [step_fault(tmp_path, *step) for step in steps] == [
        "", "", "", "", "a/b.py has no e", "a/c.py is not there",
    ]  # fmt: skip


# --- what is committed ------------------------------------------------------------------------


def test_nothing_committed_names_this_machine_or_an_index() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout: nothing says which files are committed")
    names = [name.decode() for name in listed.stdout.split(b"\0") if name]
    assert len(names) > 20
    assert [name for name in names if not name.isascii() or not name.isprintable()] == []
    files = [REPOSITORY / name for name in names if (REPOSITORY / name).is_file()]
    assert [f"{p}: {said}" for p in files for said in places_named(p.read_bytes())] == []


def places_named(content: bytes) -> list[str]:
    return [place for place in NOT_COMMITTED if place.encode() in content]


def test_a_machine_path_is_found() -> None:
    for place in NOT_COMMITTED:
        assert places_named(f"see {place}x".encode()) == [place]
    assert places_named(b"see docs/ and homework") == []
