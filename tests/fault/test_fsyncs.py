"""Some durable steps are taken out and found missing; all of them: `script/prove fsyncs`."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.fault import outputs
from tests.fault.fsyncs import Mutant, lies, mutants, mutated, redness
from tests.fault.kills import Yard, new_yard
from tests.fault.powercut import Blackout, missing
from tests.fault.rig import ROOT
from tests.house import built_packages, project

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "nothing is missing")
CUT = [Blackout("cut", "vault")]
LIES = list(lies())


@pytest.fixture(scope="module")
def yard() -> Iterator[Yard]:
    with new_yard() as made:
        yield made


@pytest.mark.parametrize("what", [CUT, LIES[:2]], ids=["cut", "lie"])
def test_the_product_as_it_is_does_not_turn_red(yard: Yard, what: list[Blackout]) -> None:
    assert redness(yard, iter(what)) == ""


@pytest.mark.parametrize(
    ("text", "what"),
    [("os.fsync(held.fd)", CUT), ("(found.digest, found.size) != ", LIES)],
    ids=["fsync", "read-back"],
)
def test_a_durable_step_that_is_gone_turns_red(text: str, what: list[Blackout]) -> None:
    [mutant] = [found for found in mutants() if found.text.startswith(text)]
    with mutated(mutant) as tree, new_yard(tree) as yard:
        ast.parse((tree / mutant.path).read_text(encoding="utf-8"))
        assert redness(yard, iter(what)) != ""


def test_every_fsync_of_the_product_is_among_them() -> None:
    listed = {(found.path, found.line) for found in mutants()}
    sources = [
        path for package in built_packages(project(ROOT)) for path in (ROOT / package).rglob("*.py")
    ]
    for path in sources:
        name = path.relative_to(ROOT).as_posix()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.match(r"\s+os\.f(data)?sync\(", line):
                assert (name, number) in listed


STEPS = {
    "ingest/card.py": ("os.fsync(folder)",),
    "storage/backup_folder.py": (
        "fsync_dir(final.parent)", "os.fsync(fd)", "fsync_dir(target.parent)"
    ),
    "storage/derivatives.py": ("fsync_dir(draft)", "os.fsync(file.fileno())"),
    "storage/durable.py": (
        "os.fsync(fd)", "fsync_dir(folder.parent)", "fsync_dir(target.parent)", "os.fsync(fd)"
    ),
    "storage/exporting.py": ("fsync_dir(target.parent)", "os.fsync(copy.fileno())"),
    "storage/folder_vault.py": (
        "os.fsync(fd)",
        "found.digest != sha256",
        "self._fsync_names(root, sha256[:2])",
        "self._fsync_names(root, shard)",
        "os.fsync(folder)",
        "os.fsync(originals)",
        "os.fsync(held.fd)",
        "(found.digest, found.size) != (staged.sha256, staged.size)",
        "os.fsync(damaged)",
    ),
    "storage/journal.py": ("os.fsync(file.fileno())", "fsync_dir(path.parent)"),
    "storage/removing.py": ("fsync_dir(folder.parent)", "os.fsync(fd)"),
    "storage/reporting.py": ("fsync_dir(target.parent)", "os.fsync(file.fileno())"),
    "storage/vault_marker.py": ("os.fsync(parent)",),
}  # fmt: skip
"""Every durable step there is; the campaign shows of each that without it power cuts turn red."""


def test_none_of_them_has_gone() -> None:
    found: dict[str, tuple[str, ...]] = {}
    for mutant in mutants():
        found[mutant.path] = (*found.get(mutant.path, ()), mutant.text)
    assert found == STEPS


def test_what_leaves_the_vault_outlives_a_power_cut() -> None:
    assert outputs.redness(ROOT) == ""


LEAVING = [found for found in mutants() if found.path in outputs.PARTS]


OF_EACH = {found.path: found for found in LEAVING}
"""One step of each file; `script/prove fsyncs` takes out all of them."""


@pytest.mark.parametrize("mutant", OF_EACH.values(), ids=lambda found: found.name.replace(" ", "-"))
def test_a_durable_step_of_each_of_these_files_counts(mutant: Mutant) -> None:
    with mutated(mutant) as tree:
        assert outputs.redness(tree, [outputs.PARTS[mutant.path]]) != ""


def test_each_way_out_is_among_them() -> None:
    assert {found.path for found in LEAVING} == set(outputs.PARTS)
