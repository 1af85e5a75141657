"""A sample of the tamper campaign; `script/prove tamper` runs it whole."""

from pathlib import Path
from random import Random

import pytest

from proof.findings import State
from tests import honest_store
from tests.databases import PostgresServer
from tests.fault import tamper
from tests.fault.tamper import Result
from tests.fault.tamper_attacks import attacks
from tests.fault.tamper_victim import Victim, postgres_victim, sqlite_victim

SEED = 20260131
SAMPLE = 40


def _sample(*, portable: bool) -> list[int]:
    numbers = [n for n, attack in enumerate(attacks()) if attack.portable or not portable]
    return sorted(Random(SEED).sample(numbers, SAMPLE))


def _flaws(results: list[Result]) -> list[str]:
    """Every result that is not red, not named or a crash, with the seed to repeat it."""
    return [
        f"seed {SEED}, trial {result.number}, {result.attack}: {result}"
        for result in results
        if not result.red or not result.named or result.crashed
    ]


def test_every_attack_is_seen_and_named_on_sqlite() -> None:
    results = tamper.some(SEED, _sample(portable=False))
    assert len(results) == SAMPLE
    assert _flaws(results) == []


@pytest.mark.postgres
def test_every_attack_is_seen_and_named_on_postgres(postgres: PostgresServer) -> None:
    results = []
    for number in _sample(portable=True)[::4]:
        url = postgres.new_database()
        results.append(tamper.on_postgres(SEED, number, url=url))
        postgres.drop_database(url)
    assert len(results) == SAMPLE // 4
    assert _flaws(results) == []


def test_attacks_are_as_many_as_promised() -> None:
    names = [attack.name for attack in attacks()]
    assert len(names) == len(set(names))
    assert len(names) >= 500


@pytest.mark.parametrize("seed", range(5))
def test_honest_stores_are_green(tmp_path: Path, seed: int) -> None:
    honest_store.build(tmp_path / "site", seed, sessions=seed + 1)
    report = Victim(tmp_path / "site").verify()
    assert report.findings == ()
    assert [(note.kind, note.found) for note in report.notes] == [("DISPOSED_UNDER", "1")]
    assert report.state is State.VERIFIED


@pytest.mark.postgres
def test_an_honest_store_is_green_on_postgres(tmp_path: Path, postgres: PostgresServer) -> None:
    honest_store.build(tmp_path / "honest", SEED)
    url = postgres.new_database()
    with postgres_victim(tmp_path / "honest", tmp_path / "copy", url) as victim:
        report = victim.verify()
    assert report.findings == ()
    assert report.state is State.VERIFIED


def test_one_bad_thing_hides_no_other(tmp_path: Path) -> None:
    honest_store.build(tmp_path / "honest", SEED)
    with sqlite_victim(tmp_path / "honest", tmp_path / "copy") as victim:
        for column, table in (("make", "recorders"), ("body", "entries"), ("leaf", "entries")):
            row = victim.rows(table)[1]
            victim.update(table, row, **{column: "nonsense"})
        victim.originals()[0].unlink()
        kinds = set(victim.verify().counts)
    assert kinds >= {"ROW_ALTERED", "ENTRY_MALFORMED", "LEAF_COLUMN_WRONG", "OBJECT_MISSING"}


def test_flipped_bytes_of_the_database_never_crash_the_verifier(tmp_path: Path) -> None:
    """A flip may hit unused space; then the store's content is as it was, and green is right."""
    honest_store.build(tmp_path / "honest", SEED)
    with sqlite_victim(tmp_path / "honest", tmp_path / "whole") as whole:
        content = _content(whole)
    random, seen = Random(SEED), 0
    for _ in range(25):
        with sqlite_victim(tmp_path / "honest", tmp_path / "copy") as victim:
            _flip(victim.folder / "liuhen.db", random)
            red = victim.verify().state is State.FAILED
            assert red or _content(victim) == content
            seen += red
    assert seen >= 5


def _flip(path: Path, random: Random) -> None:
    data = bytearray(path.read_bytes())
    for _ in range(20):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    path.write_bytes(data)


def _content(victim: Victim) -> list[object]:
    return [victim.rows(table) for table in ("entries", "recordings", "receipts", "personal_data")]
