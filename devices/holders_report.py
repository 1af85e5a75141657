"""Who had which recorder through some days, as a report: out, due, back, overdue.

Holds always: every recorder of the register is in it, one that nobody had too; whoever had one
already when the days begin, or still has it when they end, is in it with the whole time
(R-046, R-058 to R-060).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from devices import holding
from devices.fleet import Device, fleet, units_of
from devices.holding import Assignment
from devices.report_words import NOTHING, basis, person_cells, said, shown
from evidence.device_sets import CountRule, count_device
from evidence.errors import BadInput
from evidence.ratio import Window, day_of, first_moment
from evidence.report import Cell, Report, ReportKind, Table, columns
from evidence.vocabulary import DeviceKind
from people import units
from people.staff import Member, members
from storage.reporting import LogPosition, log_position

_ANY = CountRule(frozenset(DeviceKind))
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class HoldersSeen:
    """What a report of holders is made of; both days are included."""

    first: date
    last: date
    now: datetime
    devices: Mapping[str, Device]
    held: Sequence[Assignment]
    people: Mapping[str, Member]
    names: Mapping[str, str]
    position: LogPosition


def see_holders(
    connection: Connection,
    first: date,
    *,
    last: date,
    now: datetime,
    within: frozenset[str] | None = None,
) -> HoldersSeen:
    """The recorders and their holders on record, of all units or of some.

    Of some it holds the recorders that are theirs or on loan to them when the days end, and names
    whoever ever served in them. Raises `BadInput` for days in the wrong order.
    """
    if last < first:
        raise BadInput("The last day is before the first", why="DAYS_ORDER")
    if first > day_of(now):
        raise BadInput("That day is still to come", why="REPORT_TO_COME", day=first.isoformat())
    window = Window(first_moment(first), first_moment(last + timedelta(days=1)))
    at = min(now, window.until)
    devices = {
        number: device
        for number, device in fleet(connection).items()
        if within is None or not within.isdisjoint(units_of(device, at))
    }
    held = holding.held_within(connection, window)
    tree = units.all_units(connection)
    return HoldersSeen(
        first,
        last,
        now,
        devices=devices,
        held=[one for one in held if one.recorder in devices],
        people=members(connection, units=within),
        names={unit.id: unit.name for unit in tree if within is None or unit.id in within},
        position=log_position(connection),
    )


def holders_report(seen: HoldersSeen) -> Report:
    """The report."""
    late = [one for one in seen.held if _minutes_late(one, seen.now)]
    out = [one for one in late if one.back_at is None]
    return Report(
        ReportKind.HOLDERS,
        ("执法音像记录设备领用归还报告", "Report of recorders and their holders"),
        [
            (("起止日期", "days"), f"{seen.first} 至 {seen.last}"),
            (("登记设备数", "recorders of the register"), len(seen.devices)),
            (("领用次数", "times taken out"), len(seen.held)),
            (("逾期次数", "times overdue"), len(late)),
            (("其中尚未归还", "of these still out"), len(out)),
            *basis(seen.position, seen.now),
        ],
        [_holders(seen)],
    )


def _holders(seen: HoldersSeen) -> Table:
    return Table(
        ("各设备领用情况", "Each recorder and its holders"),
        columns(
            ("设备编号", "recorder", 3),
            ("设备类别", "kind", 3),
            ("所属单位", "unit", 3),
            ("领用人", "holder", 3),
            ("工号", "number", 2),
            ("带班执法人员", "supervising officer", 3),
            ("领用时间", "out", 3),
            ("应还时间", "due", 3),
            ("归还时间", "back", 3),
            ("逾期", "overdue", 2),
            ("逾期分钟", "minutes overdue", 2),
        ),
        list(_rows(seen)),
        ("没有登记设备", "no recorder is registered"),
    )


def _rows(seen: HoldersSeen) -> Iterator[list[Cell]]:
    held: defaultdict[str, list[Assignment]] = defaultdict(list)
    for one in seen.held:
        held[one.recorder].append(one)
    for number, device in seen.devices.items():
        for one in held[number]:
            yield [*_device_cells(seen, device, at=one.out_at), *_times(seen, one)]
        if not held[number]:
            end = min(seen.now, first_moment(seen.last + timedelta(days=1)))
            nobody: list[Cell] = ["期间无人领用 nobody", *[NOTHING] * 7]
            yield [*_device_cells(seen, device, at=end), *nobody]


def _device_cells(seen: HoldersSeen, device: Device, *, at: datetime) -> list[Cell]:
    unit = count_device(device.facts, at, rule=_ANY).unit_id
    return [device.number, said(device.facts.kind), seen.names.get(unit or "", NOTHING)]


def _times(seen: HoldersSeen, one: Assignment) -> list[Cell]:
    minutes = _minutes_late(one, seen.now)
    supervisor = one.supervisor and person_cells(seen.people, one.supervisor)[0]
    return [
        *person_cells(seen.people, one.holder),
        supervisor or NOTHING,
        shown(one.out_at),
        shown(one.due_at),
        "未归还 still out" if one.back_at is None else shown(one.back_at),
        "是 yes" if minutes else "否 no",
        minutes,
    ]


def _minutes_late(one: Assignment, now: datetime) -> int:
    """For how many minutes it was, or is, kept longer than agreed; one that has begun counts."""
    late = (one.back_at or now) - one.due_at
    return max(0, -(-late // _MINUTE))
