"""What the house says of itself in several places, read from each of them.

The package list stands in the build table, in the import contracts, in mypy's list and on disk;
documents name files and functions; scripts are bash. `tests/unit/test_house.py` compares them.
"""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LINK = re.compile(r"\[[^\]\n]*\]\(<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
NAMED_STEP = re.compile(r"`((?:[a-z_]+/)+[a-z_0-9]+\.py)(?:::([A-Za-z_][\w.]*))?`")
PINNED = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*==[^\s;]+( ; .+)? \\$")
NOT_OURS = {".venv", ".git", ".setup", "build", "dist", "node_modules"}


def project(root: Path) -> dict[str, Any]:
    """The parsed pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def built_packages(config: dict[str, Any]) -> set[str]:
    """What the wheel ships."""
    return set(config["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])


def contract_packages(config: dict[str, Any]) -> set[str]:
    """What import-linter looks at."""
    return set(config["tool"]["importlinter"]["root_packages"])


def layered_packages(config: dict[str, Any]) -> set[str]:
    """What stands in the layers contract, siblings (`a | b`) taken apart."""
    contracts = config["tool"]["importlinter"]["contracts"]
    layers = [layer for contract in contracts for layer in contract.get("layers", [])]
    return {name.strip() for layer in layers for name in layer.split("|")}


def packages_on_disk(root: Path) -> set[str]:
    """Folders at the top of the checkout that Python takes for packages."""
    return {init.parent.name for init in root.glob("*/__init__.py")} - NOT_OURS


def requirement_names(lines: list[str]) -> set[str]:
    """Names of the distributions that requirement lines ask for, as written without extras."""
    asked = [line.split("#")[0].strip() for line in lines]
    names = [re.match(r"[A-Za-z0-9._-]+", line) for line in asked if not line.startswith("-")]
    return {name.group().lower() for name in names if name}


# --- lock files -------------------------------------------------------------------------------


def lock_faults(text: str) -> list[str]:
    """What does not belong into a lock file: addresses, options, packages without a digest."""
    faults: list[str] = []
    hashes = 1
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("    --hash=sha256:"):
            hashes += 1
            continue
        faults += [f"line {number}: the package before has no digest"] if hashes == 0 else []
        hashes = 0
        if not PINNED.match(line) or "://" in line or "@" in line:
            faults.append(f"line {number}: {line.strip()!r} is not a pinned package")
    return faults + (["the last package has no digest"] if hashes == 0 else [])


# --- scripts ----------------------------------------------------------------------------------


def bash_files(root: Path) -> list[Path]:
    """Every bash file of `script/` and `.ci/`."""
    files = [path for folder in ("script", ".ci") for path in sorted((root / folder).iterdir())]
    return [path for path in files if path.is_file() and is_bash(path)]


def is_bash(path: Path) -> bool:
    """Whether the first line or the name says bash."""
    with path.open("rb") as file:
        return path.suffix == ".sh" or file.readline().startswith(b"#!/usr/bin/env bash")


def complaint(command: list[str], path: Path) -> str:
    """What `command PATH` says, or nothing when it ends with 0."""
    ran = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
    return "" if ran.returncode == 0 else f"{path.name}: {ran.stdout}{ran.stderr}"


def script_faults(text: str) -> list[str]:
    """A script that would go on after an error."""
    return [] if "\nset -euo pipefail\n" in text else ["does not set -euo pipefail"]


# --- documents --------------------------------------------------------------------------------


def our_files(root: Path, suffix: str) -> list[Path]:
    """Files of the checkout with this ending, without what was built or installed."""
    found = (path for path in root.rglob(f"*{suffix}") if path.is_file())
    return sorted(p for p in found if not NOT_OURS & set(p.relative_to(root).parts))


def broken_links(page: Path, root: Path) -> list[str]:
    """Relative links of a page whose file is not there, or lies outside the checkout."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    return [link for link in LINK.findall(text) if not _leads_somewhere(link, page, root)]


def _leads_somewhere(link: str, page: Path, root: Path) -> bool:
    if re.match(r"[a-z][a-z0-9+.-]*:", link):
        return True  # an address: nothing here goes to the network
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page.resolve()
    if not target.exists() or not target.is_relative_to(root.resolve()):
        return False
    return not anchor or target.suffix != ".md" or anchor in anchors(target)


def anchors(page: Path) -> set[str]:
    """The names that the headings of a page can be linked by."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def named_steps(text: str) -> list[tuple[str, str]]:
    """Each `folder/file.py::function` in backticks; function "" where only a file is named."""
    return [(path, name) for path, name in NAMED_STEP.findall(text)]


def step_fault(root: Path, path: str, name: str) -> str:
    """Why a named step cannot be found, or nothing."""
    file = root / path
    if not file.is_file():
        return f"{path} is not there"
    if name and name not in set(_names_within(ast.parse(file.read_text(encoding="utf-8")), "")):
        return f"{path} has no {name}"
    return ""


def _names_within(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[str]:
    for child in node.body:
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield prefix + child.name
            # A method may be named alone as long as its file says where to look.
            yield child.name
        if isinstance(child, ast.ClassDef):
            yield from _names_within(child, f"{prefix}{child.name}.")
