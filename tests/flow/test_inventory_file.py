"""Lists of devices on both databases: taken in as one act, undone, and taken in again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.fleet import Device, fleet
from devices.inventory_file import ListFile, take_devices
from devices.makes import load_makes
from devices.recorders import add_recorder
from evidence.device_sets import CountRule, Uncounted, count_device
from evidence.errors import BadInput
from evidence.vocabulary import DeviceKind
from people import roster, units
from storage.site import SitePlan
from tests.docking import House, open_house

ROWS = (
    {"编号": "71", "品牌": "zfy", "类别": "执法记录仪", "单位": "局", "自检日期": "2026-01-02"},
    {"编号": "72", "品牌": "zfy", "类别": "录音笔", "单位": "局", "自检日期": ""},
)


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    """A new site with a bureau."""
    with open_house(SitePlan(tmp_path / "site", database_url)) as opened:
        with opened.site.ledger.act() as act:
            bureau = units.insert_unit(act, name="局", parent=None)
            act.enter("unit.added", {"unit": bureau.id})
        yield opened


def take(house: House) -> str:
    file = ListFile(ROWS, "ab" * 32)
    return take_devices(house.site.ledger, file, makes=load_makes(), skip_faulty=False)[0]


def devices(house: House) -> dict[str, Device]:
    with house.site.database.read() as connection:
        return fleet(connection)


def test_a_list_is_one_act_and_undoing_it_another(house: House) -> None:
    add_recorder(house.site.ledger, load_makes(), number="72", make="zfy")
    before = house.count("entries")
    first = take(house)
    assert [entry.act for entry in house.entries()][before:] == ["recorders.imported"]
    assert devices(house)["72"].facts.kind is DeviceKind.VOICE_RECORDER
    with pytest.raises(BadInput):
        take(house)
    roster.undo_roster(house.site.ledger, first, reason="文件有误")
    for device in devices(house).values():
        assert (device.facts.owners, device.facts.tests) == ((), ())
        count = count_device(
            device.facts, house.site.clock(), rule=CountRule(frozenset(DeviceKind))
        )
        assert Uncounted.NOT_REGISTERED_YET in count.reasons
    take(house)
    assert [len(device.facts.owners) for device in devices(house).values()] == [1, 1]
    assert house.verify().findings == ()
