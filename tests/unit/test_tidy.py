"""The house's numbers, measured over the real sources; each check is shown to fail on a bad one."""

import ast
import textwrap

import pytest

from tests.footage import REPOSITORY
from tests.tidy import (
    MOST_FILE_LINES,
    MOST_FUNCTION_LINES,
    Check,
    Source,
    asserts,
    blind_handlers,
    clock_and_environment,
    deep_nesting,
    imports_in_functions,
    lines_of,
    long_file,
    long_functions,
    many_parameters,
    monotonic_clock,
    patching,
    public_functions,
    read_sources,
    undocumented_modules_and_classes,
)

PRODUCT = (
    *("evidence", "storage", "people", "devices", "render", "ingest", "cases", "proof", "api"),
    "liuhen",
)
HELPERS = ("tests", "bench", "script")

# The only three functions that may catch everything: what goes wrong in one dock or in one look at
# the docks must not end the service, and what goes wrong in one step of a job must end in a row,
# because a step without a row is tried for ever, before every other recording.
PROCESS_LOOPS = {
    *("ingest/loop.py::_run_dock", "ingest/loop.py::_look_unless_trouble"),
    "render/derive.py::_attempt",
}

MEDIAN_LINES = 12
NINE_IN_TEN_LINES = 30

LONG_BODY = "    x = 1\n" * MOST_FUNCTION_LINES


@pytest.fixture(scope="module")
def product(everything: list[Source]) -> list[Source]:
    return [source for source in everything if source.path.partition("/")[0] in PRODUCT]


@pytest.fixture(scope="module")
def everything() -> list[Source]:
    return read_sources(REPOSITORY, PRODUCT + HELPERS)


def sample(text: str, path: str = "evidence/sample.py") -> Source:
    return Source.parse(path, textwrap.dedent(text))


def findings(check: Check, sources: list[Source]) -> list[str]:
    assert len(sources) > 20, "the sources were not found"
    return [finding for source in sources for finding in check(source)]


@pytest.mark.parametrize("check", [long_functions, long_file, deep_nesting, imports_in_functions])
def test_all_sources(check: Check, everything: list[Source]) -> None:
    assert findings(check, everything) == []


@pytest.mark.parametrize("check", [many_parameters, undocumented_modules_and_classes, asserts])
def test_product_sources(check: Check, product: list[Source]) -> None:
    assert findings(check, product) == []


def test_functions_are_short_as_a_rule(product: list[Source]) -> None:
    lengths = [lines_of(function) for source in product for function in source.functions()]
    median, nine_in_ten = middle_and_ninth_tenth(lengths)
    assert median <= MEDIAN_LINES
    assert nine_in_ten <= NINE_IN_TEN_LINES


def middle_and_ninth_tenth(lengths: list[int]) -> tuple[int, int]:
    ordered = sorted(lengths)
    return ordered[len(ordered) // 2], ordered[len(ordered) * 9 // 10]


def test_public_functions_say_what_they_do(product: list[Source]) -> None:
    public = [(source, function) for source in product for function in public_functions(source)]
    silent = [source.at(f, f.name) for source, f in public if not ast.get_docstring(f)]
    assert len(silent) <= len(public) * 0.05, silent


def test_only_the_process_loops_catch_everything(product: list[Source]) -> None:
    assert set(findings(blind_handlers, product)) <= PROCESS_LOOPS
    there = {f"{source.path}::{f.name}" for source in product for f in source.functions()}
    assert there >= PROCESS_LOOPS, "the list names a function that is gone"


def test_only_the_command_line_reads_clock_and_environment(product: list[Source]) -> None:
    below = [source for source in product if not source.path.startswith("liuhen/")]
    assert findings(clock_and_environment, below) == []
    assert any(clock_and_environment(source) for source in product), "nobody reads the clock?"


def test_a_stopwatch_is_read_only_where_work_is_timed(product: list[Source]) -> None:
    timed = ("liuhen/", "ingest/", "storage/", "render/confine.py")
    rest = [source for source in product if not source.path.startswith(timed)]
    assert findings(monotonic_clock, rest) == []


def test_nothing_is_patched_in_tests(everything: list[Source]) -> None:
    tests = [source for source in everything if source.path.startswith("tests/")]
    assert findings(patching, tests) == []


# --- every check fails on a bad sample, and passes the nearest good one -------------------------

DEEP = """
def f(a):
    for b in a:
        if b:
            with b:
                {inner}
"""

CASES: list[tuple[Check, str, str]] = [
    (
        long_functions,
        f"def f():\n{LONG_BODY}",
        f"def f():\n{LONG_BODY}".removesuffix("    x = 1\n"),
    ),
    (long_file, "x = 1\n" * (MOST_FILE_LINES + 1), "x = 1\n" * MOST_FILE_LINES),
    (
        deep_nesting,
        DEEP.format(inner="while b: pass"),
        DEEP.format(inner="c = [d for d in b if d]"),
    ),
    (
        deep_nesting,
        "def f(a):\n if a: pass\n else:\n  for b in a:\n   try:\n    with b: pass\n   finally: b",
        "def f(a):\n if a:\n  pass\n elif a:\n  pass\n elif a:\n  for b in a:\n   with b: pass",
    ),
    (
        deep_nesting,
        "def f(a):\n match a:\n  case 1:\n   for b in a:\n    if b:\n     if a: pass",
        "def f(a):\n match a:\n  case 1:\n   for b in a:\n    if b: pass",
    ),
    (many_parameters, "def f(a, b, c): pass", "def f(a, b, *, c, d): pass"),
    (many_parameters, "def f(a, b, *, c, d, e, g): pass", "def f(a, b, *, c, d, e): pass"),
    (
        many_parameters,
        "class A:\n def f(self, a, b, c, d): pass",
        "class A:\n def f(self, a, b, *, c): pass",
    ),
    (
        many_parameters,
        "class A:\n @staticmethod\n def f(a, b, c, d): pass",
        "@app.command('x')\ndef f(a, b, c, d): pass",
    ),
    (
        many_parameters,
        "def g():\n @other\n def f(a, b, c, d): pass",
        "@event.listens_for(x, 'y')\ndef f(a, b, c, d, e, g): pass",
    ),
    (
        many_parameters,
        "def f(a: typer.Context, b: int, c: int, d: int): pass",
        "def f(a: typer.Context, b: Annotated[int, typer.Option()], c: int, d: int): pass",
    ),
    (undocumented_modules_and_classes, "x = 1", '"""Says."""'),
    (
        undocumented_modules_and_classes,
        '"""Says."""\nclass A: pass',
        '"""Says."""\nclass _A: pass',
    ),
    (imports_in_functions, "def f():\n if x:\n  import os", "import os\ndef f(): pass"),
    (imports_in_functions, "class A:\n def f(self):\n  from os import path", "if x:\n import os"),
    (asserts, "def f():\n assert x", "def f():\n raise x"),
    (blind_handlers, "def f():\n try: x\n except Exception: pass", "def f(): pass"),
    (
        blind_handlers,
        "def f():\n try: x\n except: pass",
        "def f():\n try: x\n except OSError: pass",
    ),
    (
        blind_handlers,
        "def f():\n try: x\n except (OSError, BaseException): pass",
        "def f():\n raise Exception",
    ),
    (
        blind_handlers,
        "def f():\n with contextlib.suppress(Exception): x",
        "def f():\n with suppress(OSError): x",
    ),
    (patching, "def test(monkeypatch): pass", "def test(tmp_path): pass"),
    (patching, "from unittest import mock", "from unittest import case"),
    (patching, "import unittest.mock as m", "import unittest.case as m"),
    (patching, "from unittest.mock import call", "text = 'monkeypatch'"),
    (patching, "a.patch(b)", "a.dispatch(b)"),
    (
        clock_and_environment,
        "from datetime import datetime\ndatetime.now()",
        "from datetime import datetime\ndatetime(2026, 1, 1)",
    ),
    (clock_and_environment, "import datetime as dt\ndt.date.today()", "clock.now()"),
    (clock_and_environment, "import time\ntime.time()", "import time\ntime.monotonic()"),
    (clock_and_environment, "from time import time as t\nt()", "from x import time as t\nt()"),
    (clock_and_environment, "import os\nos.environ['A']", "import os\nos.fsync(1)"),
    (clock_and_environment, "from os import getenv\ngetenv('A')", "environ = {}\nenviron['A']"),
    (monotonic_clock, "import time\ntime.monotonic()", "import time\ntime.sleep(1)"),
]


@pytest.mark.parametrize(
    ("check", "bad", "good"), CASES, ids=[f"{c[0].__name__}-{n}" for n, c in enumerate(CASES)]
)
def test_the_check_can_fail(check: Check, bad: str, good: str) -> None:
    assert check(sample(bad)) != []
    assert check(sample(good)) == []


def test_public_functions_are_those_others_may_call() -> None:
    text = """
    def a(): pass
    def _b(): pass
    class C:
        def d(self): pass
        def __init__(self): pass
        @overload
        def e(self): pass
    class _F:
        def g(self): pass
    def h():
        def inner(): pass
    """
    assert [function.name for function in public_functions(sample(text))] == ["a", "d", "h"]


def test_the_middle_and_the_ninth_tenth_are_what_they_are_called() -> None:
    assert middle_and_ninth_tenth(list(range(1, 102))) == (51, 91)
    assert middle_and_ninth_tenth([40] * 2 + [1] * 8) == (1, 40)


def test_a_finding_names_file_and_line() -> None:
    assert asserts(sample("x = 1\nassert x\n", "a/b.py")) == ["a/b.py:2 asserts"]
