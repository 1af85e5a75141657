"""Late docking: every outing that was due in some days, and which came late or not yet (R-110).

Holds always: each outing that is late stands in it with its limit, who had it and its finding; a
unit with none has a line of zeros.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from cases import finding_rows
from cases.coverage_report import NOTHING, clauses, clauses_json, clauses_table, rate_json, shown
from cases.finding_look import Look
from cases.report_rows import Asked, Fleet, OutingLine, Register, outings_due, register
from devices.report_words import basis, person_cells
from evidence.canonical import Json
from evidence.entry import time_text
from evidence.rates import Rate, Timely, timely_rate
from evidence.report import Cell, Report, ReportKind, Table, columns
from people.ratio_rule import Clause

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class DockingSeen:
    """What the report is made of; `numbers` are those of findings, by the outing's id."""

    asked: Asked
    register: Register
    outings: Sequence[OutingLine]
    numbers: Mapping[str, str]
    clauses: Sequence[tuple[str, Clause]]

    @property
    def late(self) -> list[OutingLine]:
        """The outings that came late, or are late by now."""
        return [one for one in self.outings if one.timely is Timely.LATE]

    def rate(self, unit: str | None) -> Rate:
        """The rate of a unit, or of all."""
        return timely_rate(one.timely for one in self.outings if unit in (None, one.unit))


def see_docking(connection: Connection, asked: Asked) -> DockingSeen:
    """Reads what is on record. Raises `BadInput` for days in the wrong order or to come."""
    asked.check()
    look = Look(connection, asked.now)
    outings = outings_due(Fleet.read(look), asked)
    subjects = [f"assignment/{one.held.id}" for one in outings]
    found = finding_rows.about(connection, subjects)
    return DockingSeen(
        asked,
        register(connection, asked),
        outings,
        {one.subject.partition("/")[2]: one.number for one in found},
        clauses(look, asked, rules=("docking",)),
    )


def docking_json(seen: DockingSeen) -> dict[str, Json]:
    """The report for programs."""
    units: list[Json] = [
        {"unit": unit, "name": name, "outings": rate_json(seen.rate(unit))}
        for unit, name in seen.register.units.items()
    ]
    late: list[Json] = [
        {
            "assignment": one.held.id,
            "recorder": one.held.recorder,
            "unit": one.unit,
            "holder": one.held.holder,
            "due_at": time_text(one.held.due_at),
            "limit": time_text(one.limit),
            "came_at": None if one.came_at is None else time_text(one.came_at),
            "minutes_late": minutes_late(one, seen.asked.now),
            "finding": seen.numbers.get(one.held.id),
        }
        for one in seen.late
    ]
    return {
        "days": seen.asked.json(),
        "units": units,
        "total": rate_json(seen.rate(None)),
        "late": late,
        "clauses": clauses_json(seen.clauses),
    }


def minutes_late(line: OutingLine, now: datetime) -> int:
    """For how many minutes past its limit it was, or is, out; one that has begun counts."""
    return max(0, -(-((line.came_at or now) - line.limit) // _MINUTE))


def docking_report(seen: DockingSeen) -> Report:
    """The report as Excel and PDF take it."""
    rate = seen.rate(None)
    return Report(
        ReportKind.DOCKING,
        ("执法记录仪逾期归还采集报告", "Report of late docking"),
        [
            (("起止日期", "days"), f"{seen.asked.first} 至 {seen.asked.last}"),
            (("应还次数", "outings judged"), rate.judged),
            (("其中逾期", "of these late"), rate.judged - rate.good),
            (("未到期", "not due yet"), rate.pending),
            (("及时率", "in time"), rate.text()),
            *basis(seen.register.position, seen.asked.now),
        ],
        [_units(seen), _late(seen), clauses_table(seen.clauses)],
    )


def _units(seen: DockingSeen) -> Table:
    rows: list[list[Cell]] = []
    for unit, name in seen.register.units.items():
        rate = seen.rate(unit)
        rows.append([name, rate.judged, rate.good, rate.judged - rate.good, rate.text()])
    return Table(
        ("各单位", "Each unit"),
        columns(
            ("单位", "unit", 4),
            ("应还次数", "outings judged", 2),
            ("按时", "in time", 2),
            ("逾期", "late", 2),
            ("及时率", "rate", 2),
        ),
        rows,
    )


def _late(seen: DockingSeen) -> Table:
    return Table(
        ("逾期的领用", "Late outings"),
        columns(
            ("设备编号", "recorder", 3),
            ("单位", "unit", 3),
            ("领用人", "holder", 3),
            ("工号", "number", 2),
            ("应还时间", "due", 3),
            ("最迟采集", "limit", 3),
            ("归还或采集", "came", 3),
            ("逾期分钟", "minutes late", 2),
            ("问题编号", "finding", 3),
        ),
        [_row(seen, one) for one in seen.late],
        ("没有逾期", "none is late"),
    )


def _row(seen: DockingSeen, one: OutingLine) -> list[Cell]:
    return [
        one.held.recorder,
        seen.register.unit(one.unit),
        *person_cells(seen.register.people, one.held.holder),
        shown(one.held.due_at),
        shown(one.limit),
        "未归还 still out" if one.came_at is None else shown(one.came_at),
        minutes_late(one, seen.asked.now),
        seen.numbers.get(one.held.id, NOTHING),
    ]
