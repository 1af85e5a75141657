"""A docked recorder and who held it: facts on the session, and no copy is stopped by them."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from devices import holding, upkeep
from devices.custody import DockingFact, DockingRule, docking_facts
from devices.holding import CheckOut
from devices.makes import load_makes
from devices.recorders import add_recorder, assign_recorder
from evidence.enforcing import PostStatus
from people import register, units
from people.register import NewCertificate, Newcomer, NewPosting
from storage.site import SitePlan
from tests.docking import House, open_house, put

RECORDER = "3100001"
FILES = {f"A11_{RECORDER}_222222_20260902083000_0001.mp4": b"one"}
LONG_AGO = date(2020, 1, 1)


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    """A site with a bureau, a recorder that was tested, and another that is out."""
    with open_house(SitePlan(tmp_path / "site", database_url)) as opened:
        ledger = opened.site.ledger
        with ledger.act() as act:
            bureau = units.insert_unit(act, name="局", parent=None)
            act.enter("unit.added", {"unit": bureau.id})
        for number in (RECORDER, "3100002"):
            add_recorder(ledger, load_makes(), number=number, make="zfy")
            assign_recorder(ledger, number, unit="局")
            upkeep.note_test(ledger, number, passed=True, tested_at=opened.site.clock())
        yield opened


def officer(house: House, number: str = "222222") -> str:
    certificate = NewCertificate("证1", "司法局", LONG_AGO, date(2099, 1, 1))
    posting = NewPosting(LONG_AGO, "局")
    return register.add_person(house.site.ledger, Newcomer("甲", number, posting, certificate))


def take_out(house: House, recorder: str, person: str) -> datetime:
    at = house.site.clock()
    new = CheckOut(recorder, person, at, at + timedelta(hours=8))
    holding.check_out(house.site.ledger, new)
    return at


def told(house: House, at: datetime) -> list[DockingFact]:
    with house.site.database.read() as connection:
        return docking_facts(connection, RECORDER, at=at, rule=DockingRule())


def codes(house: House, at: datetime) -> list[str]:
    return [fact.code for fact in told(house, at)]


def test_nothing_is_said_where_no_holder_was_ever_put_on_record(
    house: House, tmp_path: Path
) -> None:
    house.take(put(tmp_path / "card", FILES))
    assert house.observed() == []


def test_a_recorder_nobody_took_out_is_taken_and_told(house: House, tmp_path: Path) -> None:
    take_out(house, "3100002", officer(house))
    house.take(put(tmp_path / "card", FILES))
    assert house.observed() == ["RECORDER_NOT_OUT"]
    assert len(house.sealed()) == 1
    house.assert_green()


def test_whoever_has_it_or_just_had_it_is_its_holder(house: House, tmp_path: Path) -> None:
    out = take_out(house, RECORDER, officer(house))
    house.take(put(tmp_path / "card", FILES))
    assert house.observed() == []
    back = house.site.clock()
    holding.check_in(house.site.ledger, RECORDER, back_at=back)
    assert codes(house, back + timedelta(hours=24)) == []
    assert codes(house, back + timedelta(hours=24, seconds=1)) == ["RECORDER_NOT_OUT"]
    assert codes(house, out - timedelta(seconds=1)) == ["RECORDER_NOT_OUT"]
    house.assert_green()


def test_an_overdue_return_is_told_after_the_hours_it_has(house: House) -> None:
    due = take_out(house, RECORDER, officer(house)) + timedelta(hours=8)
    assert codes(house, due + timedelta(hours=24)) == []
    [fact] = told(house, due + timedelta(hours=24, seconds=1))
    assert (fact.code, fact.facts["recorder"]) == ("RETURN_OVERDUE", RECORDER)


def test_a_holder_who_was_barred_meanwhile_is_told_without_a_name(
    house: House, tmp_path: Path
) -> None:
    person = officer(house)
    take_out(house, RECORDER, person)
    suspended = NewPosting(LONG_AGO, "局", status=PostStatus.SUSPENDED)
    register.state_posting(house.site.ledger, person, new=suspended)
    house.take(put(tmp_path / "card", FILES))
    [row] = house.rows("observations")
    said = {"holder": person, "reasons": "SUSPENDED", "recorder": RECORDER}
    assert (row["code"], json.loads(row["facts"])) == ("HOLDER_NOT_ALLOWED", said)
    house.assert_green()
