"""The list of recordings: the same however it was followed, and each row on one page."""

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from evidence.errors import BadInput
from storage import listing
from storage.listing import Filter, Listed, Within
from storage.site import Actor, SitePlan, open_site
from tests.footage import REPOSITORY
from tests.histories import DOCKS, OFFICERS, RECORDERS, History, Standing, follow_anew, rows

SEEDS = range(12)
STEPS = 90
EVERYTHING = Within(everything=True)


@contextmanager
def history(folder: Path, database: str, *, seed: int) -> Iterator[History]:
    chance = Random(seed)
    mask = os.umask(0o022)
    site = open_site(SitePlan(folder / "site", database), Standing(chance), actor=Actor("service"))
    os.umask(mask)
    try:
        opened = History(site, chance)
        opened.begin()
        yield opened
    finally:
        site.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_follows_anew_finds_the_same(tmp_path: Path, seed: int) -> None:
    with history(tmp_path, f"sqlite:///{tmp_path / 'x.db'}", seed=seed) as done:
        for _ in range(STEPS):
            done.step()
            if done.chance.random() < 0.3:
                listing.catch_up(done.site.database)
        listing.catch_up(done.site.database)
        followed = rows(done.site.database)
        assert len(followed[0]) == done.count
        assert follow_anew(done.site.database) == followed


def test_a_later_unit_leaves_what_was_sealed_before_where_it_was(
    tmp_path: Path, database_url: str
) -> None:
    with history(tmp_path, database_url, seed=1) as done:
        site = done.site
        done.open_session()
        while not _units(done) or None in _units(done):
            done.seal()
            done.claim()
            done.assign()
            listing.catch_up(site.database)
        before, first = _units(done), rows(site.database)
        for _ in range(40):
            site.clock()  # time goes on
        for _ in range(10):
            done.assign()
        listing.catch_up(site.database)
        assert _units(done) == before
        assert rows(site.database)[0] == first[0] == follow_anew(site.database)[0]


def _units(done: History) -> list[str | None]:
    with done.site.database.read() as connection:
        found = listing.page(connection, Filter(), within=EVERYTHING, before=None, limit=1000)
    return [row.unit for row in found]


def test_each_row_stands_on_one_page_under_every_filter(tmp_path: Path, database_url: str) -> None:
    with history(tmp_path, database_url, seed=5) as done:
        for _ in range(STEPS):
            done.step()
        listing.catch_up(done.site.database)
        everything = _all(done, Filter(), EVERYTHING, limit=1000)
        assert len(everything) == done.count
        assert len({row.sealed_at for row in everything}) < done.count * 2 / 3  # many at one time
        one, other = everything[0], everything[-1]
        filters = [
            Filter(),
            *(Filter(recorder=number) for number in RECORDERS),
            *(Filter(officer=number) for number in OFFICERS),
            *(Filter(unit=unit) for unit in done.units),
            *(Filter(dock=dock) for dock in DOCKS),
            *(Filter(session=session) for session in done.sessions[:3]),
            Filter(kind=one.kind),
            Filter(day=one.day),
            Filter(recording=one.recording),
            Filter(sealed_from=other.sealed_at, sealed_to=one.sealed_at),
            Filter(dock=DOCKS[0], sealed_from=one.sealed_at),
        ]
        scopes = [
            EVERYTHING,
            Within(),
            Within(units=frozenset(done.units[:1])),
            Within(units=frozenset(done.units)),
            Within(officer=OFFICERS[0]),
            Within(units=frozenset(done.units[:1]), officer=OFFICERS[1]),
        ]
        for wanted, within, limit in itertools.product(filters, scopes, (1, 7)):
            found = _all(done, wanted, within, limit=limit)
            assert found == [r for r in everything if _fits(r, wanted) and _seen(r, within)]


def _all(done: History, wanted: Filter, within: Within, *, limit: int) -> list[Listed]:
    found: list[Listed] = []
    before: str | None = None
    with done.site.database.read() as connection:
        while True:
            page = listing.page(connection, wanted, within=within, before=before, limit=limit)
            found += page
            if len(page) < limit:
                return found
            before = listing.cursor(page[-1])


def _fits(row: Listed, wanted: Filter) -> bool:
    exact = {name: value for name, value in vars(wanted).items() if value is not None}
    start, end = exact.pop("sealed_from", ""), exact.pop("sealed_to", "9")
    return start <= row.sealed_at < end and all(
        getattr(row, name) == value for name, value in exact.items()
    )


def _seen(row: Listed, within: Within) -> bool:
    own = within.officer is not None and row.officer == within.officer
    return within.everything or row.unit in within.units or own


@pytest.mark.parametrize("within", [EVERYTHING, Within()])
def test_what_is_no_page_or_no_filter_is_refused_to_everybody(
    tmp_path: Path, within: Within
) -> None:
    with history(tmp_path, f"sqlite:///{tmp_path / 'x.db'}", seed=1) as done:
        for wanted, before in (
            (Filter(), "x"),
            (Filter(), "|"),
            (Filter(dock="a", day="b"), None),
        ):
            with done.site.database.read() as connection, pytest.raises(BadInput):
                listing.page(connection, wanted, within=within, before=before, limit=5)


_FOLLOW = """
import sys
from storage import listing
from storage.database import Database
database = Database(sys.argv[1])
sys.stdout.write("ready\\n")
sys.stdout.flush()
sys.stdin.readline()
listing.catch_up(database)
database.close()
"""


def test_two_processes_that_follow_at_once_double_nothing(
    tmp_path: Path, database_url: str
) -> None:
    with history(tmp_path, database_url, seed=3) as done:
        for _ in range(STEPS):
            done.step()
        words = [sys.executable, "-P", "-c", _FOLLOW, database_url]
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        pipe = subprocess.PIPE
        both = [
            subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True, env=environment)
            for _ in range(3)
        ]
        for one in both:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"
        for one in both:
            assert one.communicate("go\n", timeout=60)
            assert one.returncode == 0
        followed = rows(done.site.database)
        assert len(followed[0]) == done.count
        assert follow_anew(done.site.database) == followed
