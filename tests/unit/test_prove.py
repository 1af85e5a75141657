"""The campaign runner, the code it is bound to, and its first campaign.

A broken checker must be found out, and trials of other code must not be counted.
"""

from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from evidence.errors import ProofFailed
from evidence.merkle import check_inclusion
from tests.fault.campaigns import Campaign, Progress, Tally, resume, resume_file, run, save
from tests.fault.code import code_digest, folders
from tests.fault.figures import record, with_row
from tests.fault.forged_proofs import Checkers, campaign
from tests.footage import REPOSITORY

COLUMNS = ("campaign", "trials")


def _accept_all(*_: object, **__: object) -> None:
    """A checker that checks nothing."""


def _after(tried: Campaign, folder: Path, count: int) -> Progress:
    progress = Progress(tried.name, seed=7, code="abc")
    for _ in run(tried, progress, count=count, folder=folder):
        pass
    return progress


def test_our_checkers_stand(tmp_path: Path) -> None:
    assert _after(campaign(), tmp_path, 4000).failures(campaign()) == []


@pytest.mark.parametrize(
    "checkers",
    [Checkers(inclusion=_accept_all), Checkers(consistency=_accept_all)],
    ids=["inclusion", "consistency"],
)
def test_a_checker_that_accepts_everything_is_found_out(checkers: Checkers, tmp_path: Path) -> None:
    progress = _after(campaign(checkers), tmp_path, 20)
    assert progress.failures(campaign()) == ["accepted: 10"]
    assert len(progress.bad_trials) == 10


def test_a_checker_that_ignores_what_follows_the_path_is_found_out(tmp_path: Path) -> None:
    def lax(leaf: bytes, index: int, size: int, *, proof: list[bytes], expected: bytes) -> None:
        for end in range(len(proof)):
            with suppress(ProofFailed):
                return check_inclusion(leaf, index, size=size, proof=proof[:end], expected=expected)
        return check_inclusion(leaf, index, size=size, proof=proof, expected=expected)

    assert _after(campaign(Checkers(inclusion=lax)), tmp_path, 2000).tally["accepted"] > 0


def _counting(fail_at: int | None = None) -> Campaign:
    def trial(seed: int, number: int) -> Tally:
        if number == fail_at:
            raise KeyboardInterrupt
        return Counter({"tried": 1, f"seed {seed}": 1})

    return Campaign("counting", "claim", trial, ("bad",), ("tried",), 10, save_every=3)


def test_a_stopped_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        _after(_counting(fail_at=5), tmp_path, 8)
    progress = resume(_counting(), tmp_path, seed=7, code="abc")
    assert (progress.done, progress.tally["tried"]) == (5, 5)
    assert [state.done for state in run(_counting(), progress, count=8, folder=tmp_path)] == [6, 8]
    assert progress.tally == {"tried": 8, "seed 7": 8}


@pytest.mark.parametrize(("seed", "code"), [(8, "abc"), (7, "abd")])
def test_progress_of_another_seed_or_code_is_not_added_to(
    tmp_path: Path, seed: int, code: str
) -> None:
    _after(_counting(), tmp_path, 4)
    assert resume(_counting(), tmp_path, seed=seed, code=code).done == 0


@pytest.mark.parametrize("content", ["", "{", "[]", '{"campaign": "counting"}', '{"tally": 3}'])
def test_a_damaged_resume_file_starts_afresh(tmp_path: Path, content: str) -> None:
    save(Progress("counting", 7, "abc", done=3), _counting(), tmp_path)
    resume_file(_counting(), tmp_path).write_text(content, encoding="utf-8")
    assert resume(_counting(), tmp_path, seed=7, code="abc").done == 0


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A checkout with one package."""
    wheel = "[tool.hatch.build.targets.wheel]"
    (tmp_path / "pyproject.toml").write_text(f'{wheel}\npackages = ["evidence"]\n')
    for name in ("evidence/note.py", "tests/fault/prove.py", "tests/cli.py", "requirements/a.lock"):
        write(tmp_path / name, name)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "evidence/note.py",
        "evidence/more/new.py",
        "evidence/names.txt",
        "tests/fault/prove.py",
        "tests/cli.py",
        "tests/new.py",
        "requirements/a.lock",
    ],
)
def test_an_edit_of_what_a_campaign_runs_is_other_code(tree: Path, name: str) -> None:
    before = code_digest(tree)
    write(tree / name, "edited")
    assert code_digest(tree) != before


@pytest.mark.parametrize(
    "name",
    [
        "docs/note.py",
        "README.md",
        "tests/flow/test_x.py",
        "web/src/x.ts",
        "build/prove/a.json",
        "evidence/__pycache__/note.pyc",
        "evidence/pages/index.html",
    ],
)
def test_an_edit_of_anything_else_leaves_the_trials_as_they_are(tree: Path, name: str) -> None:
    before = code_digest(tree)
    write(tree / name, "edited")
    assert code_digest(tree) == before


def test_a_file_under_another_name_is_other_code(tree: Path) -> None:
    before = code_digest(tree)
    (tree / "evidence" / "note.py").rename(tree / "evidence" / "notes.py")
    assert code_digest(tree) != before


def test_every_package_of_the_product_is_code() -> None:
    found = folders(REPOSITORY)
    assert {"evidence", "storage", "liuhen", "tests/fault", "requirements"} <= set(found)
    assert all((REPOSITORY / folder).is_dir() for folder in found)


def test_a_campaign_that_tried_nothing_does_not_stand() -> None:
    assert Progress("counting", 7, "abc").failures(_counting()) == ["tried: none"]


def test_a_figure_replaces_its_own_row_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "FIGURES.md"
    record(page, "Campaigns", columns=COLUMNS, row=("b", "1"))
    page.write_text(
        page.read_text(encoding="utf-8") + "\n## Speed\n\n| x | y |\n| --- | --- |\n",
        encoding="utf-8",
    )
    record(page, "Campaigns", columns=COLUMNS, row=("a", "2|3"))
    record(page, "Campaigns", columns=COLUMNS, row=("b", "9"))
    text = page.read_text(encoding="utf-8")
    assert "| a | 2/3 |\n| b | 9 |\n\n## Speed\n\n| x | y |\n" in text
    assert text.count("## Campaigns") == 1
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        with_row(text, "Campaigns", columns=COLUMNS, row=("c",))
