"""Which actions a recording may belong to: reasons, order, and the one clear winner."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from evidence.interval import Span
from evidence.linking import (
    ActionIndex,
    ActionWindow,
    Footage,
    LinkReason,
    Place,
    Point,
    candidates,
    metres,
    ties_of_action,
    ties_of_footage,
    winner,
)
from evidence.register_words import word
from tests.judging import span

SEALING = ActionWindow(
    "A-1", span("10:00", "11:00"), frozenset({"P-1", "P-2"}), "H-1", Place(Point(300_000_000, 0))
)
FILMED = Footage("R-1", "D-1", span("10:10", "10:20"), holder="P-1")


def reasons(footage: Footage, *actions: ActionWindow) -> list[tuple[str, list[str]]]:
    found = candidates(footage, ActionIndex(actions))
    return [(one.action, [reason.value for reason in one.reasons]) for one in found]


def test_reasons_stand_in_one_order_and_warnings_last() -> None:
    told = replace(
        FILMED,
        room="H-1",
        claimed="P-2",
        gps=Point(300_000_000, 1_000),
        is_marked=True,
        is_clock_trusted=False,
    )
    every = ["HOLDER", "ROOM", "OVERLAP", "PLACE", "CARD_NAMES", "MARKED", "CLOCK_UNTRUSTED"]
    assert reasons(told, SEALING) == [("A-1", every)]
    away = replace(FILMED, gps=Point(301_000_000, 0))
    assert reasons(away, SEALING) == [("A-1", ["HOLDER", "OVERLAP", "OTHER_PLACE"])]
    assert word(LinkReason.HOLDER)[0] == "领用人在执法小组中"


def test_nothing_is_a_candidate_without_an_overlap_and_a_tie() -> None:
    assert reasons(replace(FILMED, holder="P-9", is_marked=True), SEALING) == []
    assert reasons(replace(FILMED, span=span("11:00", "11:10")), SEALING) == []
    assert reasons(replace(FILMED, span=span("09:00", "10:00")), SEALING) == []
    assert reasons(replace(FILMED, holder=None), SEALING) == []
    still = replace(FILMED, span=span("10:00", "10:00"))
    assert reasons(still, SEALING) == [("A-1", ["HOLDER", "OVERLAP"])]
    assert reasons(replace(still, span=span("11:00", "11:00")), SEALING) == []


def test_one_by_holder_or_room_wins_and_two_wait_for_a_person() -> None:
    later = replace(SEALING, action="A-2", span=span("10:15", "12:00"), room=None)
    by_place = replace(SEALING, action="A-3", team=frozenset())
    near = replace(FILMED, gps=Point(300_000_000, 0))
    for footage, actions, won in (
        (FILMED, [SEALING], "A-1"),
        (FILMED, [SEALING, later], None),
        (near, [SEALING, by_place], "A-1"),
        (near, [by_place], None),
        (replace(FILMED, holder="P-9", claimed="P-1"), [SEALING], None),
        (replace(FILMED, is_clock_trusted=False), [SEALING], None),
        (replace(FILMED, holder=None, room="H-1"), [SEALING], "A-1"),
        (FILMED, [], None),
    ):
        found = winner(candidates(footage, ActionIndex(actions)))
        assert (found.action if found else None) == won


def test_candidates_come_the_best_reasons_first_then_the_longer_overlap() -> None:
    short = replace(SEALING, action="A-0", span=span("10:19", "12:00"))
    room = replace(SEALING, action="A-4", team=frozenset({"P-8"}))
    footage = replace(FILMED, room="H-1")
    found = candidates(footage, ActionIndex([room, short, SEALING]))
    assert [(one.action, one.overlap_s) for one in found] == [
        *(("A-1", 600), ("A-0", 60), ("A-4", 600)),
    ]


def test_metres_between_points_and_a_place_far_from_the_equator() -> None:
    assert metres(Point(0, 0), Point(10_000_000, 0)) == 111_320
    assert metres(Point(600_000_000, 0), Point(600_000_000, 10_000_000)) == 55_660
    assert metres(Point(600_000_000, 90_000_000), Point(500_000_000, 80_000_000)) == 1_115_030
    north = ActionWindow("A-1", FILMED.span, place=Place(Point(600_000_000, 0), 30_000))
    seen = replace(FILMED, gps=Point(600_000_000, 5_380_000))  # 29.9 km east
    assert reasons(seen, north) == [("A-1", ["OVERLAP", "PLACE"])]
    beyond = replace(seen, gps=Point(600_000_000, 5_400_000))
    assert reasons(beyond, north) == []


def test_a_place_is_found_by_the_land_around_it() -> None:
    corner = Place(Point(300_000_000, 1_199_999_000), radius_m=300)
    window = ActionWindow("A-1", FILMED.span, place=corner)
    assert set(ties_of_action(window)) == {
        ("cell", row, column) for row in (1499, 1500) for column in (5999, 6000)
    }
    inside = Point(300_100_000, 1_199_900_000)
    assert set(ties_of_footage(Footage("R-1", "D-1", FILMED.span, gps=inside))) == {
        ("cell", 1500, 5999)
    }


def rows_and_columns(point: Point, radius_m: int) -> tuple[set[int], set[int]]:
    """Which neighbourhoods an action there is found by."""
    window = ActionWindow("A-1", FILMED.span, place=Place(point, radius_m))
    cells = [tie for tie in ties_of_action(window) if isinstance(tie, tuple)]
    return {tie[1] for tie in cells}, {tie[2] for tie in cells}


def test_the_land_around_a_place_reaches_a_metre_further_and_wider_towards_a_pole() -> None:
    edge = 300_000_000
    assert rows_and_columns(Point(edge - 27_041, 100_000), 300) == ({1499}, {0})
    assert rows_and_columns(Point(edge - 27_040, 100_000), 300) == ({1499, 1500}, {0})
    for north in (800_000_000, -800_000_000):
        assert -1 in rows_and_columns(Point(north, 2_585_000), 5_000)[1]
        assert -1 not in rows_and_columns(Point(north, 2_600_000), 5_000)[1]
    assert len(rows_and_columns(Point(900_000_000, 0), 0)[1]) == 2
    seen_at = Footage("R-1", "D-1", FILMED.span, gps=Point(edge - 100, 100_000))
    assert set(ties_of_footage(seen_at)) == {("cell", 1499, 0)}
    radius = metres(Point(0, 0), Point(0, 27_000))
    there = ActionWindow("A-1", FILMED.span, place=Place(Point(0, 0), radius))
    seen = Footage("R-1", "D-1", FILMED.span, gps=Point(0, 27_000))
    assert reasons(seen, there) == [("A-1", ["OVERLAP", "PLACE"])]


degrees = st.builds(Point, st.integers(-800_000_000, 800_000_000), st.integers(-(10**9), 10**9))


steps = st.integers(-60_000, 60_000)


@given(degrees, st.integers(0, 900), st.tuples(steps, steps))
def test_who_is_within_the_radius_shares_a_neighbourhood(
    point: Point, radius_m: int, moved: tuple[int, int]
) -> None:
    near = Point(point.latitude_e7 + moved[0], point.longitude_e7 + moved[1])
    if metres(point, near) <= radius_m:
        there = ActionWindow("A-1", FILMED.span, place=Place(point, radius_m))
        seen = Footage("R-1", "D-1", FILMED.span, gps=near)
        assert set(ties_of_action(there)) & set(ties_of_footage(seen))


def test_what_is_looked_at_does_not_grow_with_what_lies_behind() -> None:
    hours = [
        ActionWindow(f"A-{n}", Span(n * 7200, n * 7200 + 3600), frozenset({"P-1"}))
        for n in range(1000)
    ]
    year = ActionWindow("A-year", Span(0, 1000 * 7200), frozenset({"P-1"}))
    index = ActionIndex([*hours, year])
    footage = replace(FILMED, span=Span(700 * 7200, 700 * 7200 + 60))
    looked = {one.action for one in index.looked_at(footage)}
    assert looked == {"A-700", "A-year"}
    assert looked == {one.action for one in index.near(footage)}
    longer = replace(hours[0], action="A-longer", span=Span(0, 6600))
    both = ActionIndex([hours[0], longer])
    just_after = replace(FILMED, span=Span(3600, 3700))
    assert [one.action for one in both.near(just_after)] == ["A-longer"]
    just_before = replace(FILMED, span=Span(7100, 7200))
    assert ActionIndex([hours[1]]).near(just_before) == []
