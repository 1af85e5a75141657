"""Who is marked as doubled: cards that stood in the docks at once, and no others.

The mark is never taken back (ADR 12), so trouble of the database must not make one.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from evidence.vocabulary import DockState, SourceKind
from ingest import acts, leases
from ingest.acts import DockPlace
from ingest.identity import CardIdentity
from ingest.station import Process, Station
from storage import schema
from storage.site import SitePlan
from tests.docking import House, cards_in, open_house, put, wait_for
from tests.failing_database import Due, failing

NUMBER = "3100001"
NAME = f"DCIM/A11_{NUMBER}_310001_2026090218{{n:02}}00_{{n:04}}.mp4"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "site")) as opened:
        yield of_process(opened, "one")


def of_process(house: House, name: str) -> House:
    return replace(house, process=Process(name, lambda _other: True))


def recording(n: int) -> dict[str, bytes]:
    return {NAME.format(n=n): f"recording {n}".encode()}


def giving_a_number_back() -> Due:
    """The transaction after which no recorder's number is claimed any more."""
    held: list[bool] = []

    def due(_count: int, connection: Connection) -> bool:
        table = schema.leases
        numbers = select(table.c.id).where(table.c.id.startswith("recorder/"))
        if connection.execute(numbers).first() is not None:
            held.append(True)
            return False
        return bool(held)

    return due


@pytest.mark.parametrize("process", ["one", "two"])
@pytest.mark.parametrize("next_card", ["the same", "another"])
def test_a_number_that_could_not_be_given_back_makes_no_double(
    house: House, tmp_path: Path, process: str, next_card: str
) -> None:
    away = tmp_path / "away"
    card = put(tmp_path / "slots" / "A", recording(1))
    with (
        failing(house, giving_a_number_back()) as (frail, database),
        frail.serve(cards_in(tmp_path / "slots")) as first,
        of_process(house, "two").serve(cards_in(tmp_path / "elsewhere")) as second,
    ):
        first.wait_done("A")
        card.rename(away)
        wait_for(lambda: database.failed == 1, "the number could not be given back")
        wait_for(lambda: not card_claims(house), "the card is given back")
        assert house.count("leases") == 1  # the number's, of a session that is over
        other = away if next_card == "the same" else put(tmp_path / "other", recording(2))
        slots, taking = ("slots", first) if process == "one" else ("elsewhere", second)
        other.rename(tmp_path / slots / "B")
        taking.wait_done("B")
    assert "RECORDER_DOUBLED" not in house.observed()
    assert house.count("receipts") == 2
    assert house.count("leases") == 0
    house.assert_green()


def card_claims(house: House) -> list[str]:
    return [row["id"] for row in house.rows("leases") if row["id"].startswith("card/")]


def test_two_docked_at_once_are_marked_though_two_processes_take_them(
    house: House, tmp_path: Path
) -> None:
    put(tmp_path / "one" / "A", recording(1))
    put(tmp_path / "two" / "B", recording(2))
    with house.serve(cards_in(tmp_path / "one")) as first:
        first.wait_done("A")
        with of_process(house, "two").serve(cards_in(tmp_path / "two")) as second:
            second.wait_done("B")
            assert "RECORDER_DOUBLED" in second.notices("B")
    assert marked(house) == sorted(row["id"] for row in house.rows("dock_sessions"))
    house.assert_green()


def marked(house: House) -> list[str]:
    rows = house.rows("observations")
    return sorted(row["session_id"] for row in rows if row["code"] == "RECORDER_DOUBLED")


def session(station: Station, card: str, source: SourceKind = SourceKind.MOUNT) -> str:
    place = DockPlace("dock", source.value, CardIdentity(card, "FOLDER", card))
    return acts.open_session(station, place).session_id


def test_a_one_shot_run_keeps_its_numbers_longer_than_its_cards(house: House) -> None:
    one, two = house.station(), of_process(house, "two").station()
    first, second = session(one, "a", SourceKind.ONE_SHOT), session(two, "b")
    assert leases.hold_recorder(one, NUMBER, session_id=first) is None
    assert leases.hold_recorder(two, NUMBER, session_id=second) == first


def test_a_claim_that_is_taken_over_meets_the_next_card(house: House) -> None:
    one, two = house.station(), of_process(house, "two").station()
    over, again, other = session(one, "a"), session(two, "a"), session(one, "b")
    assert leases.hold_recorder(one, NUMBER, session_id=over) is None
    assert leases.hold_card(two, "a", session_key="dock")
    assert leases.hold_recorder(two, NUMBER, session_id=again) is None
    assert leases.hold_recorder(one, NUMBER, session_id=other) == again


def test_what_could_not_be_given_back_is_given_back_at_the_end(
    house: House, tmp_path: Path
) -> None:
    card = put(tmp_path / "slots" / "A", recording(1))
    with failing(house, giving_a_number_back()) as (frail, database):
        with frail.serve(cards_in(tmp_path / "slots")) as service:
            service.wait_done("A")
            card.rename(tmp_path / "away")
            service.wait_state("A", DockState.CARD_GONE)
            wait_for(lambda: database.failed == 1, "the number could not be given back")
        assert house.count("leases") == 0
