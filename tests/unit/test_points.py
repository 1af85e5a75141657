"""Points that containers and people write, and what is none."""

import pytest

from evidence.canonical import Json
from evidence.linking import Point
from evidence.points import place_of_photo, point_in, point_of


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


TAKEN: dict[str, Json] = {
    "1": "N",
    "2": [[30, 1], [40, 1], [1250, 100]],
    "3": "E",
    "4": [[107, 1], [48, 1], [0, 1]],
}


def test_what_a_photo_names_as_its_place() -> None:
    assert place_of_photo(TAKEN) == "+30.6701389+107.8000000/"
    assert point_of(place_of_photo(TAKEN) or "") == Point(306_701_389, 1_078_000_000)
    south_west = place_of_photo({**TAKEN, "1": "S", "3": "W"})
    assert south_west == "-30.6701389-107.8000000/"
    for said in ({"9": "A", "18": "WGS-84"}, {"18": "WGS 84\0"}, {"18": ""}):
        assert place_of_photo({**TAKEN, **said}) is not None
    edge = {"2": [[90, 1], [0, 1], [0, 1]], "4": [[180, 1], [0, 1], [0, 1]]}
    assert place_of_photo({**TAKEN, **edge}) == "+90.0000000+180.0000000/"
    assert place_of_photo({**TAKEN, "2": [[0, 1], [0, 1], [0, 1]]}) == "+00.0000000+107.8000000/"


@pytest.mark.parametrize(
    "said",
    [
        {"1": "X"},
        {"1": None},
        {"1": ""},
        {"3": "N"},
        {"2": [[30, 1], [40, 1]]},
        {"2": "30,40,12"},
        {"2": [[30, 1], [40, 1], []]},
        {"2": [[30, 1], [40, 1], [1, 0]]},
        {"2": [[30, 1], [60, 1], [0, 1]]},
        {"2": [[30, 1], [40, 1], [60, 1]]},
        {"2": [[90, 1], [0, 1], [1, 100]]},
        {"4": [[180, 1], [0, 1], [1, 100]]},
        {"2": [[-30, 1], [40, 1], [0, 1]]},
        {"2": [[0, 1], [0, 1], [0, 1]], "4": [[0, 1], [0, 1], [0, 1]]},
        {"9": "V"},
        {"18": "GCJ-02"},
        {"18": "TOKYO"},
    ],
)
def test_a_photo_whose_place_is_no_sure_one_names_none(said: dict[str, Json]) -> None:
    assert place_of_photo({**TAKEN, **said}) is None
