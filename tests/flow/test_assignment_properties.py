"""Whatever people do with recorders in whatever order: one holder at a time, and none forgotten."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices import holding, upkeep
from devices.holding import CheckOut, holder_at, holders
from devices.makes import load_makes
from devices.recorders import add_recorder, assign_recorder
from evidence.errors import BadInput, Refused
from people import register, units
from people.register import NewCertificate, Newcomer, NewPosting
from storage.site import SitePlan
from tests.docking import House, open_house

LONG_AGO = date(2020, 1, 1)
RECORDERS = ("R1", "R2")
PEOPLE = 2


@dataclass
class Hands:
    """A clock that a trial moves, and a bureau with two officers and two recorders."""

    now: datetime
    house: House
    people: tuple[str, ...]
    round: int = 0


@pytest.fixture(scope="module")
def hands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hands]:
    """One site for all examples; each example has recorders of its own."""
    made: list[Hands] = []

    def ticks() -> datetime:
        return made[0].now if made else datetime(2026, 1, 1, tzinfo=UTC)

    plan = SitePlan(tmp_path_factory.mktemp("hands") / "site")
    with open_house(plan, ticks=ticks) as house:
        ledger = house.site.ledger
        with ledger.act() as act:
            bureau = units.insert_unit(act, name="局", parent=None)
            act.enter("unit.added", {"unit": bureau.id})
        certificate = NewCertificate("证", "司法局", LONG_AGO, date(2099, 1, 1))
        posting = NewPosting(LONG_AGO, "局")
        people = tuple(
            register.add_person(ledger, Newcomer("甲", f"20000{place}", posting, certificate))
            for place in range(PEOPLE)
        )
        made.append(Hands(datetime(2026, 1, 1, tzinfo=UTC), house, people))
        yield made[0]


@dataclass(frozen=True)
class Move:
    """Something that somebody tries, so many minutes after the last; `early` dates it back."""

    recorder: str
    is_out: bool
    person: int
    minutes: int
    early: int


MOVES = st.builds(
    Move,
    st.sampled_from(RECORDERS),
    st.booleans(),
    st.integers(0, PEOPLE - 1),
    st.integers(1, 90),
    st.integers(0, 60),
)


def try_move(hands: Hands, move: Move, *, recorder: str) -> tuple[str, datetime] | None:
    """What was done and of which moment, or None where it was refused."""
    hands.now += timedelta(minutes=move.minutes)
    at = hands.now - timedelta(minutes=move.early)
    ledger = hands.house.site.ledger
    try:
        if move.is_out:
            new = CheckOut(recorder, hands.people[move.person], at, at + timedelta(hours=9))
            holding.check_out(ledger, new)
        else:
            holding.check_in(ledger, recorder, back_at=at)
    except (BadInput, Refused):
        return None
    return ("out" if move.is_out else "in"), at


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(MOVES, min_size=1, max_size=12))
def test_one_holder_at_a_time(hands: Hands, moves: list[Move]) -> None:
    house = hands.house
    hands.round += 1
    names = {one: f"{one}-{hands.round}" for one in RECORDERS}
    for name in names.values():
        add_recorder(house.site.ledger, load_makes(), number=name, make="zfy")
        assign_recorder(house.site.ledger, name, unit="局")
        long_before = hands.now - timedelta(days=1)
        upkeep.note_test(house.site.ledger, name, passed=True, tested_at=long_before)
    done: dict[str, list[tuple[str, datetime]]] = {name: [] for name in names.values()}
    for move in moves:
        name = names[move.recorder]
        if moved := try_move(hands, move, recorder=name):
            done[name].append(moved)
    for name, acts in done.items():
        check_holders(house, name, acts=acts)


def check_holders(house: House, name: str, *, acts: list[tuple[str, datetime]]) -> None:
    """What is on record of a recorder is what was done with it."""
    ins = ["out", "in"] * (len(acts) // 2) + ["out"] * (len(acts) % 2)
    assert [what for what, _ in acts] == ins
    with house.site.database.read() as connection:
        spans = sorted(holders(connection, name), key=lambda one: one.out_at)
        assert len(spans) == ins.count("out")
        for earlier, later in itertools.pairwise(spans):
            assert earlier.back_at is not None
            assert earlier.back_at <= later.out_at
        for one in spans:
            assert holder_at(connection, name, at=one.out_at) == one
            after = one.back_at and holder_at(connection, name, at=one.back_at)
            assert after is None or after != one


def test_each_round_left_an_honest_log(hands: Hands) -> None:
    assert hands.house.verify().findings == ()
