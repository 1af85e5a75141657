"""Makes a roster of people and a list of devices as a bureau keeps them, some rows with faults.

`python -m script.rosters OUT_DIR [--people N] [--devices N] [--seed K] [--day DATE]`

Holds always: names are put together from lists and are nobody's; the same seed and day make the
same files; ten rows of the roster have a fault where there are enough people, each another one.
"""

import argparse
import csv
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

UNITS = ("一中队", "二中队", "三中队", "四中队", "机动中队")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁"
GIVEN = "伟芳娜敏静强磊军洋勇艳杰涛明超秀霞平刚桂英华建国文斌宇浩凯晨曦雪琳欣怡俊豪子轩"
HEADINGS = (
    *("姓名", "工号", "单位", "人员类别", "在编", "在岗", "任职日期"),
    *("执法证号", "发证机关", "有效期起", "有效期止", "保密承诺日期"),
)
DEVICE_HEADINGS = ("编号", "品牌", "类别", "序列号", "单位", "报废日期", "自检日期")
ISSUER = "市司法局"
FAULTS: Sequence[Mapping[str, str]] = (
    {"姓名": ""},
    {"任职日期": "2024-02-30"},
    {"单位": "九中队"},
    {"在编": "在"},
    {"人员类别": "临时工"},
    {"在编": "否", "人员类别": "执法人员"},
    {"有效期止": "2001-01-01"},
    {"执法证号": ""},
    {"工号": "320011"},  # somebody else's, further up in the file
)
"""One for each of nine rows; the doubled number makes a tenth row faulty, that of its bearer."""

_FIRST_FAULTY, _BETWEEN_FAULTS = 15, 17
_OFFICER_SHARE = 0.8

Row = dict[str, str]


@dataclass(frozen=True)
class Made:
    """The two files, and how many rows of the roster have a fault."""

    people: Path
    devices: Path
    faulty: int


def make(folder: Path, *, day: date, people: int = 200, devices: int = 60, seed: int = 1) -> Made:
    """Writes both files into a folder, as of a day."""
    chance = random.Random(seed)
    rows = [_person(number, chance, day=day) for number in range(people)]
    places = range(_FIRST_FAULTY, people, _BETWEEN_FAULTS)
    faulty = set[int]()
    for place, fault in zip(places, FAULTS, strict=False):
        rows[place] = _spoilt(rows[place], fault)
        faulty |= {place} | ({11} if "工号" in fault else set())
    roster, inventory = folder / "人员名册.csv", folder / "设备清单.csv"
    _write(roster, HEADINGS, rows=rows, encoding="gb18030")
    kit = [_device(number, chance, day=day) for number in range(devices)]
    _write(inventory, DEVICE_HEADINGS, rows=kit, encoding="utf-8-sig")
    return Made(roster, inventory, len(faulty))


def _person(number: int, chance: random.Random, *, day: date) -> Row:
    given = "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2, 2))))
    is_officer = chance.random() < _OFFICER_SHARE
    since = day - timedelta(days=chance.randrange(400, 4000))
    row = dict.fromkeys(HEADINGS, "")
    row |= {
        "姓名": chance.choice(SURNAMES) + given,
        "工号": str(320000 + number),
        "单位": UNITS[number % len(UNITS)],
        "人员类别": "执法人员" if is_officer else "执法辅助人员",
        "在编": "是" if is_officer else "否",
        "在岗": "否" if chance.random() < 0.04 else "是",
        "任职日期": f"{since:%Y/%m/%d}",
    }
    if is_officer:
        row |= _certificate(number, chance, day=day)
    else:
        row["保密承诺日期"] = since.isoformat()
    return row


def _certificate(number: int, chance: random.Random, *, day: date) -> Row:
    """Valid for some years as a rule; a few ended not long ago."""
    ends = day + timedelta(days=chance.choice((*range(30, 1500, 90), -20)))
    begins = ends - timedelta(days=5 * 365)
    return {
        "执法证号": f"证{32000000 + number}",
        "发证机关": ISSUER,
        "有效期起": begins.isoformat(),
        "有效期止": ends.isoformat(),
    }


def _spoilt(row: Row, fault: Mapping[str, str]) -> Row:
    """The row with a fault; every one that needs it is an officer's, with a certificate."""
    whole = {"人员类别": "执法人员", "在编": "是", "执法证号": "证32999999", "发证机关": ISSUER}
    whole |= {"有效期起": "2024-01-01", "有效期止": "2029-12-31"}
    return {**row, **whole, **fault}


def _device(number: int, chance: random.Random, *, day: date) -> Row:
    tested = day - timedelta(days=chance.choice((*range(1, 26), 45)))
    retires = day + timedelta(days=chance.randrange(60, 1800))
    kind = chance.choices(("执法记录仪", "摄像机", "照相机", "录音笔"), weights=(80, 6, 8, 6))[0]
    return {
        "编号": str(7100000 + number),
        "品牌": "zfy",
        "类别": kind,
        "序列号": f"SN{chance.randrange(10**9):09d}",
        "单位": UNITS[number % len(UNITS)],
        "报废日期": retires.isoformat(),
        "自检日期": tested.isoformat(),
    }


def _write(path: Path, headings: Sequence[str], *, rows: Sequence[Row], encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, headings)
        writer.writeheader()
        writer.writerows(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the files and says where they are."""
    parser = argparse.ArgumentParser(prog="python -m script.rosters")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--devices", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--day", type=date.fromisoformat, required=True)
    asked = parser.parse_args(arguments)
    asked.folder.mkdir(parents=True, exist_ok=True)
    made = make(
        asked.folder, day=asked.day, people=asked.people, devices=asked.devices, seed=asked.seed
    )
    print(f"{made.people}\n{made.devices}\n{made.faulty} rows with faults")
    return 0


if __name__ == "__main__":
    sys.exit(main())
