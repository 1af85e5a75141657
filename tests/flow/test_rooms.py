"""Reviewers, rooms, stations, trainings and the yearly list through their acts, on both databases.

The house is that of `tests/flow/test_register.py`: a bureau 局 with 一队 and 二队.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from devices import board, places, stations, upkeep
from devices.makes import load_makes
from devices.places import NewPlace
from devices.recorders import add_recorder
from evidence.device_sets import Condition
from evidence.enforcing import PostStatus
from evidence.errors import BadInput, NotFound
from evidence.places import PlaceKind
from evidence.quota import QuotaStatus
from evidence.ratio import day_of
from evidence.reviewing import ReviewerSource
from evidence.training import Training, TrainingKind
from people import bodies, clean_up, register, reviewers, training, units
from people.bodies import UnitKind, UnitStanding
from people.ratio_rule import rule_for
from people.register import NewPosting
from storage.site import SitePlan
from tests import registering
from tests.docking import House, open_house

MAY = datetime(2024, 5, 2, 0, tzinfo=UTC)
"""08:00 on 2 May 2024 in China."""


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    """A new site with a bureau and two sections; whatever was done to it verifies."""
    with open_house(SitePlan(tmp_path / "site", database_url)) as opened:
        ledger = opened.site.ledger
        with ledger.act() as act:
            bureau = units.insert_unit(act, name="局", parent=None)
            act.enter("unit.added", {"unit": bureau.id})
        for name in ("一队", "二队"):
            units.add_unit(ledger, name=name, parent=bureau.id)
        yield opened
        assert opened.verify().findings == ()


def room(house: House, name: str = "H-1", since: datetime = MAY - timedelta(days=9)) -> str:
    new = NewPlace(name, "一队", PlaceKind.HEARING_ROOM, since, signage="S-3")
    return places.add_place(house.site.ledger, new)


def seen(house: House, at: datetime) -> dict[str, datetime | None]:
    """Each room in use at a moment, and since when nothing in it works."""
    with house.site.database.read() as connection:
        return {one.place.name: one.unwatched for one in places.places_at(connection, at)}


def test_r_150_a_room_with_its_devices(house: House) -> None:
    ledger, fitted = house.site.ledger, MAY - timedelta(days=8)
    place = room(house)
    add_recorder(ledger, load_makes(), number="NVR", make="zfy")
    places.fit(ledger, "NVR", place="H-1", since=fitted)
    upkeep.state_condition(ledger, "NVR", condition=Condition.OFFLINE, since=MAY)
    tick = timedelta(microseconds=1)
    assert seen(house, fitted - timedelta(days=2)) == {}
    assert seen(house, fitted - tick) == {"H-1": MAY - timedelta(days=9)}
    assert seen(house, MAY - tick) == {"H-1": None}
    assert seen(house, MAY + tick) == {"H-1": MAY}
    with house.site.database.read() as connection:
        assert places.is_watched_at(connection, place, at=MAY - tick)
        assert not places.is_watched_at(connection, place, at=MAY)
    places.close_place(ledger, "H-1", at=MAY + timedelta(days=1))
    assert seen(house, MAY + timedelta(days=1)) == {}
    assert seen(house, MAY) == {"H-1": MAY}
    room(house)  # its name is free again


def test_what_cannot_be_of_rooms_is_refused(house: House) -> None:
    ledger = house.site.ledger
    room(house)
    add_recorder(ledger, load_makes(), number="NVR", make="zfy")
    places.fit(ledger, "NVR", place="H-1", since=MAY)
    with pytest.raises(BadInput, match="already"):
        room(house)
    with pytest.raises(BadInput, match="cannot name"):
        room(house, " \n")
    for since in (MAY, MAY - timedelta(days=1)):
        with pytest.raises(BadInput, match="later"):
            places.fit(ledger, "NVR", place="H-1", since=since)
    places.fit(ledger, "NVR", place=None, since=MAY + timedelta(days=1))
    with pytest.raises(BadInput, match="no room"):
        places.fit(ledger, "NVR", place=None, since=MAY + timedelta(days=2))
    for named, number in (("Q-9", "NVR"), ("H-1", "none")):
        with pytest.raises(NotFound):
            places.fit(ledger, number, place=named, since=MAY + timedelta(days=2))


def test_reviewers_of_a_body_by_source(house: House) -> None:
    ledger, day = house.site.ledger, day_of(house.site.clock())
    people = [registering.hire(house, "一队") for _ in range(3)]
    start = date(2024, 1, 1)
    for person, source in zip(people, ("STAFF", "PURCHASED", "ADVISER"), strict=True):
        named = ReviewerSource(source)
        reviewers.state_reviewer(ledger, person, unit="局", from_day=start, source=named)
    reviewers.state_reviewer(ledger, people[2], unit="局", from_day=day, source=None)
    left = NewPosting(day, "一队", status=PostStatus.LEFT)
    register.state_posting(ledger, people[1], new=left)
    with house.site.database.read() as connection:
        [before] = reviewers.reviewers(connection, start)
        [after] = reviewers.reviewers(connection, day)
    assert (before.verdict.own, before.verdict.outside) == (1, 2)
    assert (after.verdict.own, after.verdict.outside, len(after.reviewers)) == (1, 0, 2)
    assert after.verdict.verdict.people == 2
    assert after.verdict.verdict.status is QuotaStatus.MET


def test_r_051_a_shortage_of_an_entrusted_body_concerns_both(house: House) -> None:
    """R-051's T-1: five officers, one set: needs 2, short 1, met under the mildest reading only."""
    ledger, at = house.site.ledger, house.site.clock()
    entrusted = UnitStanding(
        date(2024, 1, 1), UnitKind.ENTRUSTED, "委托书", None, "局", ("0301",), "备1号"
    )
    bodies.state_unit(ledger, "二队", new=entrusted)
    for _ in range(5):
        registering.hire(house, "二队")
    registering.equip(house, "二队")
    at = house.site.clock()
    with house.site.database.read() as connection:
        register_of = board.load(connection, day_of(at))
        names = {unit.id: unit.name for unit in units.all_units(connection)}
    bureau, town = board.board(register_of, at, rule_for=lambda _: rule_for(None, day_of(at)))
    verdict = town.ratio.verdict
    assert (verdict.required, verdict.present, verdict.short) == (2, 1, 1)
    assert verdict.status is QuotaStatus.MET_FLOOR_ONLY
    assert [names[unit] for unit in town.notified] == ["二队", "局"]
    assert bureau.notified == ()


def test_r_055_the_ledger_of_trainings_by_profile(house: House) -> None:
    ledger = house.site.ledger
    bodies.state_unit(
        ledger, "二队", new=UnitStanding(date(2022, 1, 1), UnitKind.AGENCY, "法", profile="WL")
    )
    people = registering.hire(house, "一队"), registering.hire(house, "二队")
    for person in people:
        new = Training(date(2024, 3, 1), 385, TrainingKind.GENERAL_LAW)
        training.note_training(ledger, person, new=new, course="行政处罚法")
    with house.site.database.read() as connection:
        lines = training.training_lines(connection, 2024, today=date(2024, 6, 1))
    found = {line.person.id: line.year for line in lines}
    assert found[people[0]].is_enough  # the default asks for none
    assert found[people[1]].short_tenths == 15
    for tenths in (0, -1, 10**6):
        with pytest.raises(BadInput, match="hours"):
            training.note_training(
                ledger,
                people[0],
                new=Training(MAY.date(), tenths, TrainingKind.NEW_LAW),
                course="x",
            )


def test_r_056_the_yearly_list_is_signed_once_it_is_made(house: House) -> None:
    ledger = house.site.ledger
    signer = registering.hire(house, "一队")
    gone = registering.hire(house, "二队", until=date(2024, 5, 31))
    day = date(2024, 12, 31)
    with house.site.database.read() as connection:
        [line] = clean_up.clean_up_list(connection, "局", day=day)
        assert clean_up.clean_up_list(connection, "一队", day=day) == []
        bureau = next(unit.id for unit in units.all_units(connection) if unit.name == "局")
        assert clean_up.signed_clean_up(connection, bureau, year=2024) is None
    assert (line.person.id, [bar.value for bar in line.standing.bars]) == (gone, ["CERT_EXPIRED"])
    done = clean_up.sign_clean_up(ledger, "局", year=2024, signer=signer, day=day)
    with house.site.database.read() as connection:
        assert clean_up.signed_clean_up(connection, bureau, year=2024) == done
    assert (done.listed, done.is_late) == (1, False)
    late = clean_up.sign_clean_up(ledger, "局", year=2023, signer=signer, day=day)
    assert late.is_late
    with pytest.raises(BadInput, match="to come"):
        clean_up.sign_clean_up(ledger, "局", year=2025, signer=signer, day=day)


def test_a_station_is_trusted_by_its_newest_measure(house: House) -> None:
    ledger = house.site.ledger
    stations.add_station(ledger, "S-1", unit="一队", slots=8)
    found = []
    for hours, offset_ms in enumerate((1000, -1001)):
        measured = MAY + timedelta(hours=hours)
        stations.note_clock(ledger, "S-1", offset_ms=offset_ms, measured_at=measured)
        with house.site.database.read() as connection:
            [one] = stations.stations(connection, measured)
        found.append((one.offset_ms, one.is_trusted))
    assert found == [(1000, True), (-1001, False)]
    with house.site.database.read() as connection:
        [before] = stations.stations(connection, MAY - timedelta(seconds=1))
    assert before.is_trusted is None
    for code, slots in (("S-1", 8), ("", 8), ("S-2", 0)):
        with pytest.raises(BadInput):
            stations.add_station(ledger, code, unit="一队", slots=slots)
    with pytest.raises(NotFound):
        stations.note_clock(ledger, "S-9", offset_ms=0, measured_at=MAY)
