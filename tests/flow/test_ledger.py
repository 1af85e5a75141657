"""The custody log under races, a turning clock and repeated signing."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evidence import note
from evidence.entry import CLOCK_BACKWARDS, CLOCK_OK
from evidence.errors import ProgramMistake
from storage import schema
from storage.keys import verify_ed25519
from storage.ledger import read_entries, remember_head
from storage.site import SitePlan
from tests.docking import House, open_house, put
from tests.footage import REPOSITORY

APPENDER = """
import sys
from pathlib import Path
from liuhen import clock
from storage.ledger import remember_head
from storage.site import Actor, SitePlan, open_site
data, url, name, count = sys.argv[1:]
site = open_site(SitePlan(Path(data), url), clock.now, actor=Actor(name))
for number in range(int(count)):
    with site.ledger.act() as act:
        act.enter("test.made", {"by": name, "number": number})
    if number % 5 == 0:
        remember_head(site.database, signer=site.log_signer)
site.close()
"""
START = datetime(2026, 9, 2, 10, 0, tzinfo=UTC)
PROCESSES, EACH = 4, 25


@pytest.fixture
def plan(tmp_path: Path, database_url: str) -> SitePlan:
    return SitePlan(tmp_path / "site", database_url)


@pytest.fixture
def house(plan: SitePlan, tmp_path: Path) -> Iterator[House]:
    with open_house(plan) as opened:
        opened.take(put(tmp_path / "card", {"a.mp4": b"a"}))
        yield opened


def append(house: House, **facts: int) -> None:
    with house.site.ledger.act() as act:
        act.enter("test.made", facts)


def test_processes_that_append_at_once_leave_no_gap(house: House, plan: SitePlan) -> None:
    before = house.count("entries")
    commands = [
        [sys.executable, "-c", APPENDER, str(plan.data), plan.database_url, f"p{n}", str(EACH)]
        for n in range(PROCESSES)
    ]
    started = [subprocess.Popen(command, cwd=REPOSITORY) for command in commands]
    assert [process.wait(100) for process in started] == [0] * PROCESSES
    log = house.entries()
    assert [entry.seq for entry in log] == list(range(before + PROCESSES * EACH))
    for n in range(PROCESSES):
        own = [e.facts["number"] for e in log if e.facts.get("by") == f"p{n}"]
        assert own == list(range(EACH))  # nobody's order was turned round
    order = [e.facts["by"] for e in log[before:]]
    assert order != sorted(map(str, order)), "the processes did not meet"
    house.assert_green()


def test_a_killed_appender_leaves_a_whole_log(house: House, plan: SitePlan) -> None:
    command = [sys.executable, "-c", APPENDER, str(plan.data), plan.database_url, "p", "100000"]
    with subprocess.Popen(command, cwd=REPOSITORY) as process:
        before = house.count("entries")
        while house.count("entries") < before + 20:
            assert process.poll() is None
        process.kill()
    house.assert_green()
    append(house, number=1)
    house.assert_green()


def test_an_act_without_an_entry_or_with_two_is_refused(house: House) -> None:
    before = house.entries()
    with pytest.raises(ProgramMistake), house.site.ledger.act():
        pass
    with house.site.ledger.act() as act:
        act.enter("test.made", {})
        with pytest.raises(ProgramMistake):
            act.enter("test.made", {})
    with pytest.raises(ProgramMistake):
        forget_to_enter(house)
    assert len(house.entries()) == len(before) + 1
    assert house.count("recorders") == 0


def forget_to_enter(house: House) -> None:
    """Writes a row, and ends the act without a word in the log."""
    with house.site.ledger.act() as act:
        act.insert(schema.recorders, {"id": "123", "make": "zfy", "added_at": act.at_text})


def test_a_clock_that_runs_backwards_is_flagged_and_verifies(
    plan: SitePlan, tmp_path: Path
) -> None:
    steps = iter([0, 0, 60, -3600, -3599, 7200, 7200, *range(8000, 9000)])
    with open_house(plan, ticks=lambda: START + timedelta(seconds=next(steps))) as house:
        for _ in range(5):
            append(house)
        flags = [entry.clock for entry in house.entries("test.made")]
        assert flags.count(CLOCK_BACKWARDS) == 1
        assert flags.count(CLOCK_OK) == 4
        house.take(put(tmp_path / "card", {"a.mp4": b"a"}))
        house.assert_green()


def test_years_of_clock_trouble_still_verify(plan: SitePlan, tmp_path: Path) -> None:
    years = iter([2026, 2046, 2021, 1970, 9999, 2026, *[2027] * 1000])
    with open_house(plan, ticks=lambda: START.replace(year=next(years))) as house:
        for _ in range(4):
            append(house)
        house.take(put(tmp_path / "card", {"a.mp4": b"a"}))
        house.assert_green()


def test_a_size_is_signed_once(house: House) -> None:
    site = house.site
    append(house)
    first = remember_head(site.database, signer=site.log_signer)
    count = house.count("checkpoints")
    assert remember_head(site.database, signer=site.log_signer) == first
    assert house.count("checkpoints") == count
    note.read(first[1], site.log_signer.key, verify=verify_ed25519)
    append(house)
    assert house.count("checkpoints") == count + 1 == house.count("entries")


def test_entries_are_read_in_their_order(house: House) -> None:
    with house.site.database.read() as connection:
        found = read_entries(connection, [2, 0, 1])
    assert found == [entry.canonical().decode() for entry in house.entries()[:3]]
