"""`script/prove mutants`, `mutants-coverage`, `mutants-guards`: change pure rules one by one.

mutmut makes the mutants and runs the tests of each, one of which must fail; this looks at what it
says. The claim is that at least 95 % are killed, and that each survivor stands with its set and the
reason why no test can tell it from the rule; `docs/FIGURES.md` points here. It works in a folder of
its own, goes on where it stopped while the code is the same, and says a mutant without a test as
loudly as one that survived.
"""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("evidence", "people", "storage", "script", "tests")
LEAST = 95
_KILLED = frozenset({"killed", "timeout", "segfault", "suspicious"})
_RESULT = re.compile(r"^\s*(\S+__mutmut_\d+): (\w[\w ]*)$", re.MULTILINE)


@dataclass(frozen=True)
class MutantSet:
    """Modules of `evidence` that are changed, the tests that must notice, and who may live."""

    name: str
    rules: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]
    survivors: Mapping[str, str]
    """Functions in which a mutant may live, and why it changes nothing that anybody can see."""

    @property
    def claim(self) -> str:
        """What the campaign shows."""
        return (
            f"of the mutants of {self.rules} at least {LEAST} % are killed by a test, and each "
            "that lives is known to change nothing"
        )


RATIO = MutantSet(
    name="mutants",
    rules="ratio, clocks and may_enforce",
    modules=("quota", "enforcing", "device_sets", "ratio", "terms"),
    tests=("test_ratio.py", "test_ratio_history.py", "test_terms.py"),
    survivors={
        "is_overdue": "the words of a mistake of the program, which nobody reads by the letter",
        "day_of": "the words of a mistake of the program, which nobody reads by the letter",
        "__post_init__": "another year without a 29 February says the same of a date",
        "history": "of changes at one moment the order makes no difference",
        "required_by_floor": "without a rounding the share is rounded down as well",
        "turning_days": "moments at which nothing turns are asked too, and merged away",
        "_changes": "moments at which nothing turns are asked too, and merged away",
        "_within": "the window's first moment is asked twice, with the same answer",
    },
)

COVERAGE = MutantSet(
    name="mutants-coverage",
    rules="coverage, clock correction, presence, tiers, links and assessments",
    modules=(
        *("interval", "clockfix", "presence", "tiering", "coverage", "marginal", "assessment"),
        "linking",
    ),
    tests=(
        *("test_assessment_format.py", "test_golden_coverage.py", "test_linking_rules.py"),
        "test_coverage_rules.py",
    ),
    survivors={
        "__init__": "actions of finer lengths kept apart are found all the same, a little slower",
        "at_least": "what is closed a second too early is opened there again, and joined",
        "clip": "a span that only touches is cut to nothing, and nothing says nothing",
        "union": "of spans that begin, or end, in the same second the order makes no difference",
        "holes": "edges come in pairs",
        "_judge": "there is one shift for each clock",
        "_shifts": "of the shifts within reach the two ends are tried anyway",
        "_joined": "picture and sound are both joined, and which comes first makes no difference",
        "_turns": "what is a longest seam before and behind is tried both, whichever is told first",
        "reaches": "of the shifts within reach the two ends are tried anyway",
    },
)

GUARDS = MutantSet(
    name="mutants-guards",
    rules="the guards of a case and of an action",
    modules=("guards", "case_guards", "refusals"),
    tests=("test_guards.py", "test_guard_facts.py"),
    survivors={},
)

SETS: Mapping[str, MutantSet] = {one.name: one for one in (RATIO, COVERAGE, GUARDS)}
"""Every set by the name of its campaign."""

_CONFIG = """
[tool.pytest.ini_options]
addopts = "--import-mode=importlib -p no:cacheprovider"
pythonpath = ["."]
markers = ["postgres"]
[tool.mutmut]
source_paths = [{sources}]
pytest_add_cli_args_test_selection = [{tests}]
also_copy = [{needed}]
"""


def prepare(folder: Path, mutated: MutantSet) -> None:
    """A copy of what the tests need, with mutmut's own settings."""
    folder.mkdir(parents=True, exist_ok=True)
    made = shutil.ignore_patterns("__pycache__", "fonts", "pages", "node_modules")
    for name in NEEDED:
        shutil.copytree(ROOT / name, folder / name, ignore=made, dirs_exist_ok=True)
    filling = {
        "sources": _quoted(f"evidence/{name}.py" for name in mutated.modules),
        "tests": _quoted(f"tests/unit/{name}" for name in mutated.tests),
        "needed": _quoted(NEEDED),
    }
    (folder / "pyproject.toml").write_text(_CONFIG.format(**filling), encoding="utf-8")


def run(folder: Path) -> dict[str, str]:
    """What became of each mutant, by its name; raises where mutmut could not run them."""
    environment = {**os.environ, "CI": "1"}  # the same examples each time
    mutmut = [sys.executable, "-m", "mutmut"]
    with (folder / "mutmut.log").open("w") as log:
        subprocess.run(
            [*mutmut, "run"], cwd=folder, env=environment, stdout=log, stderr=log, check=False
        )
    said = subprocess.run(
        [*mutmut, "results", "--all", "true"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found = dict(_RESULT.findall(said.stdout))
    if not found:
        raise RuntimeError(f"mutmut made no mutant; see {folder / 'mutmut.log'}")
    return found


def judge(results: Mapping[str, str], mutated: MutantSet) -> tuple[Counter[str], list[str]]:
    """The counts, and everything that speaks against the claim."""
    tally = Counter(results.values())
    killed = sum(tally[state] for state in _KILLED)
    against = [
        f"{name}: {state}"
        for name, state in sorted(results.items())
        if state not in _KILLED and _function(name) not in mutated.survivors
    ]
    if 100 * killed < LEAST * len(results):
        against.insert(0, f"only {killed} of {len(results)} were killed")
    return tally, against


def _function(name: str) -> str:
    """The function of a mutant: `evidence.ratio.x__within__mutmut_2` is of `_within`."""
    bare = name.rsplit(".", 1)[-1].rsplit("__mutmut_", 1)[0]
    return bare.split("ǁ")[-1] if "ǁ" in bare else bare.removeprefix("x_")


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
