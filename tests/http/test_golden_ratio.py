"""G-01 to G-03 over HTTP: who files people and devices sees each number of the scenario.

A bureau whose clock stands where a scenario says; what is asked of another moment is asked then.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cases.finding_follow import follow
from evidence.entry import time_text
from evidence.vocabulary import Role
from people import bodies, units
from people.bodies import UnitKind, UnitStanding
from tests.case_service import Browser, Desk, desk
from tests.casework import moment
from tests.own_policy import own_text
from tests.registering import LONG_AGO, as_csv, device_row, row


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as opened:
        yield opened


def agency(there: Desk, name: str, *, profile: str = "XX") -> str:
    """A bureau beside others: a unit that is an agency of its own, by the plan of XX."""
    unit = units.add_unit(there.office.ledger, name=name, parent=there.office.unit).id
    standing = UnitStanding(LONG_AGO, UnitKind.AGENCY, "三定方案", profile=profile)
    bodies.state_unit(there.office.ledger, unit, new=standing)
    return unit


def in_force(there: Desk, **values: str) -> str:
    """A profile of the bureau's own with these values, brought into force by two persons."""
    keeper, second = there.at(None, Role.ADMINISTRATOR), there.at(None, Role.SUPERVISOR)
    own = {name.replace("_", ".", 1): value for name, value in values.items()}
    body = own_text(own)
    said = keeper.post("/api/policies/own", {"body": body, "retroactive": True})
    shown = second.get(f"/api/policies/own/{said['id']}")
    changed = {one["after"]["name"]: one["after"]["value"] for one in shown["preview"]["changed"]}
    assert changed.items() >= {name: value.strip('"') for name, value in own.items()}.items()
    approved = {"approve": True, "seen": shown["policy"]["sha256"]}
    second.post(f"/api/policies/own/{said['id']}/answer", approved)
    return "own"


def filed(keeper: Browser, path: str, rows: list[dict[str, str]]) -> None:
    """Takes a roster or a list of devices in, of which no row may be faulty."""
    said = keeper.ask("POST", f"/api/{path}", content=as_csv(rows))
    assert said.status_code == 201, said.text
    assert said.json()["faulty"] == 0


def staff(keeper: Browser, unit: str, count: int, **changes: str) -> None:
    filed(keeper, "rosters", [row(unit, **changes) for _ in range(count)])


def line(keeper: Browser, unit: str, **query: str) -> Any:  # noqa: ANN401 - JSON
    """What the board says of a bureau."""
    found = keeper.get("/api/ratio", **query)["lines"]
    return next(one["ratio"] for one in found if one["unit"]["id"] == unit and one["is_body"])


def shown(ratio: Any) -> tuple[int, str, int]:  # noqa: ANN401 - JSON
    return ratio["present"], ratio["status"]["code"], ratio["short"]


def test_g_01_both_readings_of_the_ratio(there: Desk) -> None:
    there.office.clock.set("2024-06-01 08:00")
    keeper = there.at(None, Role.ADMINISTRATOR)
    counts = (0, 1, 3, 4, 5, 8, 9, 13)
    made = [agency(there, f"{count}人局") for count in counts]
    filed(keeper, "rosters", [row(f"{n}人局") for n in counts for _ in range(n)])
    found = [line(keeper, unit, on="2024-06-01") for unit in made]
    assert [one["people"] for one in found] == list(counts)
    assert [one["required"] for one in found] == [0, 1, 1, 1, 2, 2, 3, 4]
    assert [one["required_by_floor"] for one in found] == [0, 1, 1, 1, 1, 2, 2, 3]
    assert [one["status"]["code"] for one in found] == ["NOT_APPLICABLE", *["SHORT"] * 7]
    assert [one["short"] for one in found] == [0, 1, 1, 1, 2, 2, 3, 4]


def test_g_01_a_bureau_that_rounds_down_by_its_own_profile(there: Desk) -> None:
    there.office.clock.set("2024-06-01 08:00")
    keeper, profile = there.at(None, Role.ADMINISTRATOR), in_force(there, ratio_rounding='"floor"')
    counts = (0, 1, 3, 4, 5, 8, 9, 13)
    made = [agency(there, f"{count}人局", profile=profile) for count in counts]
    filed(keeper, "rosters", [row(f"{n}人局") for n in counts for _ in range(n)])
    found = [line(keeper, unit, on="2024-06-01") for unit in made]
    assert [one["required"] for one in found] == [0, 1, 1, 1, 1, 2, 2, 3]
    assert found[0]["status"]["code"] == "NOT_APPLICABLE"
    rule = keeper.get(f"/api/ratio/{made[-1]}", on="2024-06-01")["rule"]
    assert rule["stamp"]["profiles"][:2] == ["own@1", "XX@1"]


def test_g_02_device_breaks_loan_repair(there: Desk) -> None:
    clock, keeper = there.office.clock, there.at(None, Role.ADMINISTRATOR)
    clock.set("2024-06-02 07:00")
    first, second = agency(there, "甲局"), agency(there, "乙局")
    staff(keeper, "甲局", 9)
    staff(keeper, "乙局", 4)
    tested = {"自检日期": "2024-06-01"}
    own = [device_row("甲局", 编号=f"D-0{n}", **tested) for n in (1, 2, 3)]
    filed(keeper, "device-lists", [*own, device_row("乙局", 编号="D-90", **tested)])

    def stands(at: str) -> tuple[int, str, int]:
        """What holds in the second before a moment of the scenario; the clock then goes there."""
        clock.set(f"{at}:00")
        clock.now -= timedelta(seconds=1)
        before = shown(line(keeper, first))
        clock.set(at)
        return before

    def becomes(device: str, condition: str, at: str) -> tuple[int, str, int]:
        given = {"condition": condition, "since": time_text(moment(at)), "reason": "如实"}
        keeper.post(f"/api/devices/{device}/condition", given)
        return shown(line(keeper, first))

    assert stands("2024-06-03 08:00") == (3, "MET", 0)
    assert stands("2024-06-03 14:20") == (3, "MET", 0)
    assert becomes("D-03", "REPAIR", "2024-06-03 14:20") == (2, "MET_FLOOR_ONLY", 1)
    assert stands("2024-06-04 09:00") == (2, "MET_FLOOR_ONLY", 1)
    assert becomes("D-02", "LOST", "2024-06-04 09:00") == (1, "SHORT", 2)
    assert stands("2024-06-05 08:30") == (1, "SHORT", 2)
    assert shown(line(keeper, second)) == (1, "MET", 0)
    keeper.post("/api/devices/D-90/loan", {"unit": first})
    assert shown(line(keeper, first)) == (2, "MET_FLOOR_ONLY", 1)
    assert shown(line(keeper, second)) == (0, "SHORT", 1)
    assert stands("2024-06-07 10:00") == (2, "MET_FLOOR_ONLY", 1)
    becomes("D-03", "SERVING", "2024-06-07 10:00")
    keeper.post("/api/devices/D-03/tests", {"passed": True})
    assert shown(line(keeper, first)) == (3, "MET", 0)

    days = keeper.get(f"/api/ratio/{first}/history", first="2024-06-03", last="2024-06-07")["days"]
    worst = [(one["day"][-2:], *shown(one["worst"])) for one in days]
    assert worst == [
        *(("03", 2, "MET_FLOOR_ONLY", 1), ("04", 1, "SHORT", 2), ("05", 1, "SHORT", 2)),
        *(("06", 2, "MET_FLOOR_ONLY", 1), ("07", 2, "MET_FLOOR_ONLY", 1)),
    ]
    assert days[-1]["last"]["present"] == 3
    follow(there.office.ledger)
    watcher = there.at(None, Role.SUPERVISOR)
    [lost] = watcher.get("/api/findings", kind="RECORDER_LOST")["findings"]
    assert (lost["unit"], lost["words"]["zh"]) == (first, "设备 D-02 遗失，尚未找回")


def equip(keeper: Browser, unit: str) -> None:
    """One of each kind that counts by itself or with another, or not at all."""
    kinds = ("执法记录仪", "照相机", "录音笔", "录音笔", "视频监控")
    rows = [device_row(unit, 类别=kind, 自检日期="2024-05-20") for kind in kinds]
    filed(keeper, "device-lists", rows)


def test_g_03_who_and_what_counts(there: Desk) -> None:
    there.office.clock.set("2024-06-01 08:00")
    keeper, unit = there.at(None, Role.ADMINISTRATOR), agency(there, "甲局")
    staff(keeper, "甲局", 8)
    staff(keeper, "甲局", 1, 有效期止="2024-05-31")
    none = {"执法证号": "", "发证机关": "", "有效期起": "", "有效期止": ""}
    staff(keeper, "甲局", 3, 人员类别="执法辅助人员", 在编="否", **none)
    equip(keeper, "甲局")

    ratio = line(keeper, unit, on="2024-06-01")
    assert (ratio["people"], ratio["able"], ratio["roster"]) == (8, 8, 9)
    assert (ratio["required"], *shown(ratio)) == (2, 2, "MET", 0)
    detail = keeper.get(f"/api/ratio/{unit}", on="2024-06-01")
    assert sum(one["counted"] for one in detail["people"]) == 8
    left_out = [
        (one["kind"]["code"], [why["code"] for why in one["reasons"]])
        for one in detail["people"]
        if not one["counted"]
    ]
    assert ("OFFICER", ["CERT_EXPIRED"]) in left_out
    assert [kind for kind, _ in left_out].count("AUXILIARY") == 3
    parts = sorted((one["kind"]["code"], one["counted"]) for one in detail["devices"])
    assert parts == [
        *(("BODY_CAMERA", True), ("FIXED_SURVEILLANCE", False), ("STILL_CAMERA", True)),
        *(("VOICE_RECORDER", True), ("VOICE_RECORDER", True)),
    ]
    assert detail["rule"]["clauses"][0]["quote"].startswith("原则上按每4名执法人员")

    roster = agency(there, "乙局", profile=in_force(there, ratio_headcount='"roster"'))
    staff(keeper, "乙局", 8)
    staff(keeper, "乙局", 1, 有效期止="2024-05-31")
    equip(keeper, "乙局")
    ratio = line(keeper, roster, on="2024-06-01")
    assert (ratio["people"], ratio["required"], ratio["required_by_floor"]) == (9, 3, 2)
    assert shown(ratio) == (2, "MET_FLOOR_ONLY", 1)
