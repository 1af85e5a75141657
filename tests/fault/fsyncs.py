"""Is every fsync and every comparison after a read-back load-bearing? Each is taken out in turn.

A trial copies the product's source, takes one such line out of the copy, and lets power cuts
(`tests.fault.powercut`; for what is done outside the vault, `tests.fault.outputs`) loose on it: the
run must turn red, else the line does nothing that anybody can show, or the campaign is blind.
`mutants` finds the lines by their syntax, so a new fsync is tried without anybody listing it.
"""

import ast
import contextlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.fault import outputs
from tests.fault.campaigns import Campaign, Tally
from tests.fault.kills import Yard, new_yard
from tests.fault.powercut import CHANGES, FORBIDDEN, STRIDES, WRITES, Blackout, attempt, missing
from tests.fault.rig import ROOT

PACKAGES = ("evidence", "storage", "devices", "ingest", "proof", "liuhen", "tests")
FOLDERS = ("ingest", "storage")
"""Where what must last is written: nothing else in the house writes evidence, or to a card."""
LIE_ROUNDS = 5
SYNCS = frozenset({"fsync", "fsync_dir", "_fsync_names"})


@dataclass(frozen=True)
class Mutant:
    """One line to be taken out: its bytes in the file, and what stands there instead."""

    path: str
    line: int
    text: str
    start: int
    end: int
    instead: str

    @property
    def name(self) -> str:
        """As people find it."""
        return f"{self.path}:{self.line} {self.text}"


def mutants(root: Path = ROOT) -> list[Mutant]:
    """Every durable step in `storage/` and `ingest/`, in order of file and line."""
    files = [path for folder in FOLDERS for path in (root / folder).glob("*.py")]
    names = [path.relative_to(root).as_posix() for path in files]
    found = [one for name in names for one in _in_file(root, name)]
    return sorted(found, key=lambda one: (one.path, one.line))


def _in_file(root: Path, name: str) -> Iterator[Mutant]:
    text = (root / name).read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and _called(node.value) in SYNCS:
            yield _mutant(name, text, node, instead="pass")
        elif isinstance(node, ast.Compare) and _compares_digests(node):
            yield _mutant(name, text, node, instead="False")


def _called(node: ast.expr) -> str:
    function = node.func if isinstance(node, ast.Call) else None
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _compares_digests(node: ast.Compare) -> bool:
    attributes = [part.attr for part in ast.walk(node.left) if isinstance(part, ast.Attribute)]
    return "digest" in attributes and isinstance(node.ops[0], ast.NotEq)


def _mutant(name: str, text: str, node: ast.expr | ast.Expr, *, instead: str) -> Mutant:
    lines = text.encode().splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    start = starts[node.lineno - 1] + node.col_offset
    end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
    return Mutant(name, node.lineno, ast.unparse(node), start, end, instead)


@contextlib.contextmanager
def mutated(mutant: Mutant) -> Iterator[Path]:
    """A copy of the source tree without that line; what is compiled of the rest comes along."""
    with tempfile.TemporaryDirectory(prefix="liuhen-mutant-") as folder:
        tree = Path(folder)
        for package in PACKAGES:
            compiled = f"{Path(mutant.path).stem}.*.pyc"
            skipped = shutil.ignore_patterns("assets", compiled)
            shutil.copytree(ROOT / package, tree / package, ignore=skipped)
        path = tree / mutant.path
        data = path.read_bytes()
        path.write_bytes(data[: mutant.start] + mutant.instead.encode() + data[mutant.end :])
        yield tree


def blackouts() -> Iterator[Blackout]:
    """Power cuts to try on a mutant, the most telling ones first."""
    yield Blackout("cut", "vault")
    yield Blackout("cut", "site")
    yield Blackout("put back", "vault")
    yield from lies()
    steps = range(1, CHANGES["vault"])
    yield from (Blackout("repair", "vault", cut_at=step) for step in steps)
    for serve in (True, False):
        yield from (Blackout("kill", "vault", kill_at=step, serve=serve) for step in steps)
    yield from (Blackout("cut", "vault", cut_at=step) for step in steps)
    site = range(1, CHANGES["site"], STRIDES["site"])
    yield from (Blackout("cut", "site", cut_at=step) for step in site)
    yield from (Blackout("kill", "site", kill_at=step) for step in site)


def lies() -> Iterator[Blackout]:
    """A medium that lies about one write, several times over.

    Two threads copy a card, so chance decides to which file the n-th write belongs; a lie about a
    file that is looked at again heals by itself.
    """
    for _ in range(LIE_ROUNDS):
        yield from (Blackout("lie", "vault", lie_at=number) for number in range(1, WRITES))


def redness(yard: Yard, tried: Iterator[Blackout]) -> str:
    """What first turned red, in words; empty if nothing did."""
    for what in tried:
        tally = attempt(yard, what)
        wrong = [name for name in FORBIDDEN if tally[name]]
        if wrong:
            return f"{what.family}, {what.disk}: {wrong[0]}"
    return ""


def campaign() -> Campaign:
    """The claim that no durable step can be left out unnoticed."""
    return Campaign(
        name="fsyncs",
        claim="every fsync and read-back comparison is load-bearing: without it, "
        "power cuts turn red",
        trial=_trial,
        forbidden=("survived",),
        needed=("red",),
        default_count=len(mutants()),
        save_every=1,
    )


def _trial(_seed: int, number: int) -> Tally:
    if missing():
        raise RuntimeError(missing())
    found = mutants()
    mutant = found[number % len(found)]
    red = _first_red(mutant)
    if red:
        return Counter({"red": 1, f"{mutant.name} -> {red}": 1})
    return Counter({"survived": 1, f"{mutant.name} -> SURVIVED": 1})


def _first_red(mutant: Mutant) -> str:
    """Tried on the road from card to receipt, or on what is done outside the vault."""
    with mutated(mutant) as tree:
        if mutant.path in outputs.PARTS:
            return outputs.redness(tree, [outputs.PARTS[mutant.path]])
        with new_yard(tree) as yard:
            return redness(yard, blackouts())
