"""`docs/GLOSSARY.md` has every word of the product, and no word that the product does not have."""

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from evidence import tables, vocabulary
from evidence.register_words import WORDS
from proof import findings
from tests.footage import REPOSITORY
from tests.house import built_packages, named_steps, project, step_fault

GLOSSARY = REPOSITORY / "docs" / "GLOSSARY.md"
ROW = re.compile(
    r"^\| (?P<chinese>[^|]+) \| (?P<pinyin>[^|]+) \| (?P<names>[^|]+) \| .+ \|$", re.MULTILINE
)
NAME = re.compile(r"`([^`]+)`")
HAN = re.compile(r"[\u4e00-\u9fff]")
TONES = re.compile(r"[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]")


def rows(text: str) -> list[re.Match[str]]:
    """Table rows under their headings."""
    return [row for row in ROW.finditer(text) if row["chinese"] not in ("中文", "---")]


def names(text: str) -> list[str]:
    """Every identifier that a row gives."""
    return [name for row in rows(text) for name in NAME.findall(row["names"])]


def words() -> set[str]:
    """`Class.MEMBER` of each word that rows, entries and screens use."""
    own = [v for v in vars(vocabulary).values() if isinstance(v, type) and issubclass(v, StrEnum)]
    kinds: list[type[StrEnum]] = [*own, findings.State, findings.Reach, *WORDS]
    return {f"{kind.__name__}.{member.name}" for kind in kinds for member in kind}


def acts() -> set[str]:
    """The first argument of each `.enter(...)` in the product."""
    packages = sorted(built_packages(project(REPOSITORY)))
    files = [path for name in packages for path in (REPOSITORY / name).rglob("*.py")]
    return {act for path in files for act in _entered(path.read_text(encoding="utf-8"))}


def _entered(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            first = node.args[0] if node.args and node.func.attr == "enter" else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


@pytest.fixture(scope="module")
def text() -> str:
    return GLOSSARY.read_text(encoding="utf-8")


def test_every_word_table_and_act_is_there(text: str) -> None:
    given = set(names(text))
    assert words() - given == set()
    assert set(tables.EVIDENTIAL) - given == set()
    assert len(acts()) > 10
    assert acts() - given == set()


def test_every_identifier_exists(text: str) -> None:
    known = words() | tables.ALL | acts()
    assert [name for name in names(text) if name not in known and not is_step(name)] == []


def is_step(name: str, root: Path = REPOSITORY) -> bool:
    steps = named_steps(f"`{name}`")
    return bool(steps) and all(step_fault(root, *step) == "" for step in steps)


def test_every_term_is_chinese_with_pinyin_and_stands_once(text: str) -> None:
    found = rows(text)
    assert len(found) > 80
    for row in found:
        assert HAN.search(row["chinese"]), row[0]
        assert TONES.search(row["pinyin"]), row[0]
        assert not HAN.search(row["pinyin"]), row[0]
    terms = [(row["chinese"], row["names"]) for row in found]
    assert len(terms) == len(set(terms))


def test_what_is_missing_or_invented_is_found() -> None:
    sample = "| 中文 | pinyin | identifier | meaning |\n| 安全 | ānquán | `State.NONE` | no |\n"
    assert names(sample) == ["State.NONE"]
    assert "State.NONE" not in words() | tables.ALL | acts()
    assert not is_step("proof/verify.py::no_such_function")
    assert is_step("proof/verify.py::verify")
    assert list(_entered('act.enter("a.b", {}); act.enter(name, {}); enter("c.d")')) == ["a.b"]
