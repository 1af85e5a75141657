"""Points that containers and people write, and what is none."""

import pytest

from evidence.linking import Point
from evidence.points import point_in, point_of


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("+30.6700+107.8000/", Point(306_700_000, 1_078_000_000)),
        ("+30.6700+107.8000+421.500/", Point(306_700_000, 1_078_000_000)),
        ("-33.8568+151.2153", Point(-338_568_000, 1_512_153_000)),
        ("+91.0000+107.8000/", None),
        ("+30.67+181.0/", None),
        ("30.67,107.80", None),
        ("", None),
    ],
)
def test_what_containers_say(text: str, point: Point | None) -> None:
    assert point_of(text) == point


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("某街一号（30.6700，107.8000）", Point(306_700_000, 1_078_000_000)),
        ("30.67000, 107.80000", Point(306_700_000, 1_078_000_000)),
        ("某街 30.1 号, 2.5 层", None),
        ("电话 023-1234567", None),
    ],
)
def test_what_people_write_as_a_place(text: str, point: Point | None) -> None:
    assert point_in(text) == point
