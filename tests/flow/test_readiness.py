"""Whether an action can go out: what is red says what to do, what is unknown is said to be."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cases.readiness import Light, Readiness, readiness
from evidence.case_vocabulary import ActionType
from storage.site import SitePlan
from storage.vault import Space
from tests.casework import Bureau, bureau
from tests.filming import Outing, camera, hand_out

ROOM = Space(free_bytes=200 << 30, total_bytes=400 << 30, files=None)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Bureau]:
    with bureau(SitePlan(tmp_path / "site")) as made:
        made.clock.set("2024-07-01 08:00")
        yield made


def asked(office: Bureau, action: str, space: Space | None = ROOM) -> Readiness:
    with office.house.site.database.read() as connection:
        found = readiness(connection, action, at=office.clock(), space=space)
    for point in found.points:
        assert "{" not in "".join(point.said)
        assert (point.light is Light.RED) == (point.todo is not None)
    return found


def lights(found: Readiness) -> list[tuple[str, str]]:
    return [(one.point.value, one.light.value) for one in found.points]


def test_a_red_answer_names_what_to_do(office: Bureau) -> None:
    first, expired = office.officer(), office.officer(until=date(2024, 6, 30))
    action = office.action(ActionType.SEIZURE, first, expired, office.auxiliary())
    found = asked(office, action, Space(1 << 30, 1 << 40, None))
    assert not found.is_ready
    assert [one.code for one in found.told] == ["TEAM_TOO_SMALL", "CERT_EXPIRED", "NO_RECORDER"]
    assert lights(found)[3:] == [
        ("PERSON", "GREEN"),
        ("PERSON", "RED"),
        ("PERSON", "GREEN"),
        ("RECORDER", "RED"),
        ("STORAGE", "RED"),
        ("DOCK", "UNKNOWN"),
    ]
    camera(office)
    ready = asked(office, action, None)
    assert ("RECORDER", "UNKNOWN") in lights(ready)
    assert ("STORAGE", "UNKNOWN") in lights(ready)
    assert "1111111" in "".join(one.said[0] for one in ready.points)


def test_who_goes_with_a_working_recorder_is_ready(office: Bureau) -> None:
    first, second, recorder = office.officer(), office.officer(), camera(office)
    action = office.action(ActionType.SEIZURE, first, second)
    outing = Outing(second, "2024-07-01 08:30", "2024-07-01 18:00", out_ms=2500)
    hand_out(office, recorder, outing)
    found = asked(office, action)
    assert found.is_ready
    assert lights(found) == [
        ("PERSON", "GREEN"),
        ("PERSON", "GREEN"),
        ("RECORDER", "GREEN"),
        ("BATTERY", "UNKNOWN"),
        ("CLOCK", "GREEN"),
        ("STORAGE", "GREEN"),
        ("DOCK", "UNKNOWN"),
    ]
    assert "+2.5" in found.points[4].said[0]
    assert found.points[0].json()["todo_zh"] is None
