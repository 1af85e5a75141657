"""People, devices and rosters for a served site, made by the acts themselves."""

import csv
import io
import itertools
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from devices import holding, upkeep
from devices.holding import CheckOut
from devices.makes import load_makes
from devices.recorders import add_recorder, assign_recorder
from devices.stations import add_station
from evidence.enforcing import PersonKind
from people import cells, register, roster, sheets
from people.papers import papers_of
from people.register import NewCertificate, Newcomer, NewPosting
from tests.docking import House

LONG_AGO = date(2020, 1, 1)
FAR = date(2099, 12, 31)
_NUMBERS = itertools.count(1)


def hire(
    house: House, unit: str, *, kind: PersonKind = PersonKind.OFFICER, until: date = FAR
) -> str:
    """Somebody who serves in a unit, with a certificate if an officer; returns the person."""
    number = f"9{next(_NUMBERS):05}"
    officer = kind is PersonKind.OFFICER
    posting = NewPosting(LONG_AGO, unit, kind, on_establishment=officer)
    certificate = NewCertificate(f"证{number}", "司法局", LONG_AGO, until)
    new = Newcomer(f"人员{number}", number, posting, certificate if officer else None)
    return register.add_person(house.site.ledger, new)


def certificate_of(house: House, person: str) -> str:
    """The first certificate of somebody."""
    with house.site.database.read() as connection:
        return papers_of(connection, person)[0].id


def equip(house: House, unit: str | None, *, tested: bool = True) -> str:
    """A body camera of a unit; returns its number."""
    number, ledger = f"D-{next(_NUMBERS)}", house.site.ledger
    add_recorder(ledger, load_makes(), number=number, make="zfy")
    if unit is not None:
        assign_recorder(ledger, number, unit=unit)
    if tested:
        upkeep.note_test(ledger, number, passed=True, tested_at=house.site.clock())
    return number


def hand_out(house: House, device: str, holder: str, *, hours: float = 10) -> None:
    """Has somebody take a device out now."""
    at = house.site.clock()
    new = CheckOut(device, holder, at, at + timedelta(hours=hours))
    holding.check_out(house.site.ledger, new)


def row(unit: str, **changes: str) -> dict[str, str]:
    """A row of a roster without a fault, with what is changed of it."""
    number = f"8{next(_NUMBERS):05}"
    good = {
        "姓名": f"名册{number}",
        "工号": number,
        "单位": unit,
        "人员类别": "执法人员",
        "在编": "是",
        "在岗": "是",
        "任职日期": "2021-03-01",
        "执法证号": f"证{number}",
        "发证机关": "司法局",
        "有效期起": "2021-03-01",
        "有效期止": "2099-02-28",
    }
    return {**good, **changes}


def as_csv(rows: Sequence[Mapping[str, str]]) -> bytes:
    """The rows as a file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def take_in(house: House, rows: Sequence[Mapping[str, str]]) -> str:
    """Takes a roster in, as the terminal would; returns the import."""
    sheet = sheets.sheet_of(Path("roster"), as_csv(rows))
    read = cells.rows_of(sheet, roster.COLUMNS)
    ledger = house.site.ledger
    done = roster.take_roster(ledger, read.cells, file_sha256=sheet.sha256, skip_faulty=False)
    return done[0]


def dock(house: House, unit: str) -> str:
    """A docking station of a unit; returns its code."""
    code = f"S-{next(_NUMBERS)}"
    add_station(house.site.ledger, code, unit=unit, slots=1)
    return code


def device_row(unit: str, **changes: str) -> dict[str, str]:
    """A row of a list of devices without a fault, with what is changed of it."""
    good = {"编号": f"L-{next(_NUMBERS)}", "品牌": "zfy", "类别": "执法记录仪", "单位": unit}
    return {**good, **changes}


def year_csv(number: int, *, source: str = "某年放假通知") -> bytes:
    """A year in which the three days that every year has are off; all three on weekdays."""
    days = "".join(f"{number}-{day},休\n" for day in ("01-01", "05-01", "10-01"))
    return f"# source: {source}\n{days}".encode()


def listed_row(**changes: str) -> dict[str, str]:
    """A row of a bureau's list of what is recorded, with what is changed of it."""
    good = {"事项": "现场检查", "起点": "进入现场", "终点": "离开现场", "类别": "全程"}
    return {**good, "保管期限": "永久", **changes}


def case_row(unit: str) -> dict[str, str]:
    """A row of a file of cases without a fault."""
    return {"案号": f"案-{next(_NUMBERS)}", "单位": unit, "执法类别": "行政处罚"}


def action_row(unit: str) -> dict[str, str]:
    """A row of a file of actions without a fault."""
    own = f"活动-{next(_NUMBERS)}"
    return {"外部编号": own, "单位": unit, "执法类别": "行政强制", "行为类型": "扣押"}


FILES: Mapping[str, Callable[[str], bytes]] = {
    "/api/rosters": lambda unit: as_csv([row(unit)]),
    "/api/device-lists": lambda unit: as_csv([device_row(unit)]),
    "/api/calendar": lambda _: year_csv(2041),
    "/api/catalogue": lambda _: as_csv([listed_row()]),
    "/api/case-lists": lambda unit: as_csv([case_row(unit)]),
    "/api/action-lists": lambda unit: as_csv([action_row(unit)]),
}
"""A file without a fault for each route whose body is one, naming a unit where it names any."""
