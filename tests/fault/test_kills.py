"""A few kills of the campaign, and proof that its judge would notice what it looks for."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.fault.campaigns import Progress, run
from tests.fault.judge import doubled, falsely_safe, look, lost
from tests.fault.kills import Yard, campaign, new_yard, recovery, standing
from tests.fault.rig import KIB, Ended, Ground, fill_card, new_ground

SEED, KILLS = 20_260_301, 6
NOBODY: frozenset[str] = frozenset()


@pytest.fixture(scope="module")
def yard() -> Iterator[Yard]:
    with new_yard() as made:
        yield made


@pytest.fixture
def taken(yard: Yard) -> Iterator[tuple[Ground, dict[str, str]]]:
    """A site that has taken a small card."""
    with new_ground() as ground:
        card = fill_card(ground.card, Random(SEED), (40 * KIB, 4 * KIB))
        assert yard.server.run(ground, ground.ingest()).code == 0
        yield ground, card


def test_kills_leave_nothing_lost_doubled_or_falsely_safe(yard: Yard, tmp_path: Path) -> None:
    tried = campaign(lambda: yard)
    progress = Progress(tried.name, SEED, "test")
    for _ in run(tried, progress, count=KILLS, folder=tmp_path):
        pass
    assert progress.failures(tried) == [], f"seed {SEED}: {dict(progress.tally)}"
    assert progress.tally["landed"] == KILLS


def test_a_whole_site_gives_the_judge_nothing(taken: tuple[Ground, dict[str, str]]) -> None:
    ground, card = taken
    assert len(card) == 3
    assert not +standing(ground, card, NOBODY)


@pytest.mark.parametrize("harm", ["gone", "short", "other"])
def test_a_missing_original_is_lost_and_falsely_safe(
    taken: tuple[Ground, dict[str, str]], harm: str
) -> None:
    ground, card = taken
    sha = min(card.values())
    path = ground.vault / "originals" / sha[:2] / sha
    data = path.read_bytes()
    path.unlink()
    if harm != "gone":
        path.write_bytes(data[:-1] if harm == "short" else bytes([data[0] ^ 1]) + data[1:])
    picture = look(ground)
    assert falsely_safe(picture) == [sha]
    assert lost(picture, card) == [sha]


def test_a_file_nobody_promised_is_lost(taken: tuple[Ground, dict[str, str]]) -> None:
    ground, card = taken
    absent = "ab" * 32
    assert lost(look(ground), {**card, "late.MP4": absent}) == [absent]


def test_what_nobody_brought_is_doubled(taken: tuple[Ground, dict[str, str]]) -> None:
    ground, card = taken
    stored = min((ground.vault / "originals").glob("*/*"))
    shutil.copyfile(stored, stored.with_name("f" * 64))
    name = f"{stored.parent.name}/{'f' * 64}"
    assert doubled(look(ground), card, NOBODY) == [name]


def test_a_look_leaves_the_database_as_it_is(taken: tuple[Ground, dict[str, str]]) -> None:
    ground, _ = taken
    with closing(sqlite3.connect(ground.data / "liuhen.db")) as database:
        database.execute("CREATE TABLE log_left (id TEXT)")
        before = {path.name: path.read_bytes() for path in ground.data.glob("liuhen.db*")}
        assert "liuhen.db-wal" in before
        look(ground)
        assert {path.name: path.read_bytes() for path in ground.data.glob("liuhen.db*")} == before


def test_a_slow_or_failed_recovery_is_told() -> None:
    assert recovery(Ended(0, 31.0, "", ""))["slow"] == 1
    assert recovery(Ended(3, 1.0, "", ""))["not recovered"] == 1
    assert recovery(Ended(1, 1.0, "", "Traceback (most recent call last)"))["traceback"] == 1
