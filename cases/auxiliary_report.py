"""Auxiliaries alone and teams below the number: the detective report of R-104, to the second.

Holds always: seconds are those of the newest assessment; those of them that were filmed stand
beside; a unit without any has a line of zeros.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from cases import finding_rows
from cases.coverage_report import (
    NOTHING,
    action_cells,
    clauses,
    clauses_json,
    clauses_table,
    shown,
)
from cases.finding_look import Look
from cases.report_rows import ActionLine, Asked, Register, actions_within, register
from devices.report_words import basis
from evidence.canonical import Json
from evidence.enforcing import PersonKind
from evidence.entry import parse_time, time_text
from evidence.finding_rules import FindingKind
from evidence.report import Cell, Report, ReportKind, Table, columns
from people.ratio_rule import Clause

_KINDS = frozenset({FindingKind.AUX_ALONE, FindingKind.TEAM_BELOW_TWO})


@dataclass(frozen=True)
class AuxiliarySeen:
    """What the report is made of; `numbers` are those of findings, by action."""

    asked: Asked
    register: Register
    actions: Sequence[ActionLine]
    numbers: Mapping[str, str]
    clauses: Sequence[tuple[str, Clause]]

    @property
    def lacking(self) -> list[ActionLine]:
        """The actions with too few officers at some second."""
        return [one for one in self.actions if below_s(one)]


def see_auxiliaries(connection: Connection, asked: Asked) -> AuxiliarySeen:
    """Reads what is on record. Raises `BadInput` for days in the wrong order or to come."""
    asked.check()
    actions = actions_within(connection, asked)
    found = finding_rows.about(connection, [f"action/{one.action}" for one in actions])
    return AuxiliarySeen(
        asked,
        register(connection, asked),
        actions,
        {one.action or "": one.number for one in found if one.kind in _KINDS},
        clauses(Look(connection, asked.now), asked, rules=("presence",)),
    )


def alone_s(line: ActionLine) -> int:
    """Seconds in which nobody but auxiliaries was there."""
    return _part(line, "aux_alone", part="seconds")


def filmed_s(line: ActionLine) -> int:
    """Those of them that were filmed."""
    return _part(line, "aux_alone", part="footage_s")


def below_s(line: ActionLine) -> int:
    """Seconds in which fewer officers than demanded were there."""
    return _part(line, "team_below", part="seconds")


def _part(line: ActionLine, name: str, *, part: str) -> int:
    return 0 if line.body is None else int(line.body[name][part])


def _spans(line: ActionLine) -> list[tuple[str, str]]:
    """When auxiliaries were alone, else when there were too few (UTC)."""
    body: Mapping[str, Any] = line.body or {}
    name = "aux_alone" if alone_s(line) else "team_below"
    return [(span["from"], span["to"]) for span in body[name]["spans"]]


def auxiliary_json(seen: AuxiliarySeen) -> dict[str, Json]:
    """The report for programs."""
    units: list[Json] = [
        {"unit": unit, "name": name, **_sums(seen, unit)}
        for unit, name in seen.register.units.items()
    ]
    actions: list[Json] = [
        {
            "action": one.action,
            "unit": one.unit,
            "case_number": one.case_number,
            "type": one.type,
            "from": time_text(one.start),
            "to": time_text(one.end),
            "alone_s": alone_s(one),
            "filmed_s": filmed_s(one),
            "below_s": below_s(one),
            "spans": [[start, end] for start, end in _spans(one)],
            "assessment": one.sha256,
            "finding": seen.numbers.get(one.action),
        }
        for one in seen.lacking
    ]
    return {
        "days": seen.asked.json(),
        "units": units,
        "total": _sums(seen, None),
        "actions": actions,
        "clauses": clauses_json(seen.clauses),
    }


def _sums(seen: AuxiliarySeen, unit: str | None) -> dict[str, Json]:
    found = [one for one in seen.actions if unit in (None, one.unit)]
    return {
        "actions": len(found),
        "alone": sum(alone_s(one) > 0 for one in found),
        "alone_s": sum(map(alone_s, found)),
        "below": sum(below_s(one) > 0 for one in found),
        "below_s": sum(map(below_s, found)),
    }


def auxiliary_report(seen: AuxiliarySeen) -> Report:
    """The report as Excel and PDF take it."""
    sums = _sums(seen, None)
    return Report(
        ReportKind.AUXILIARIES,
        (
            "辅助人员单独执法与执法人员不足报告",
            "Report of auxiliaries alone and of too few officers",
        ),
        [
            (("起止日期", "days"), f"{seen.asked.first} 至 {seen.asked.last}"),
            (("行为数", "actions"), len(seen.actions)),
            (("辅助人员单独的行为", "with auxiliaries alone"), _whole(sums["alone"])),
            (("单独秒数", "seconds alone"), _whole(sums["alone_s"])),
            (("执法人员不足的行为", "with too few officers"), _whole(sums["below"])),
            (("不足秒数", "seconds with too few"), _whole(sums["below_s"])),
            *basis(seen.register.position, seen.asked.now),
        ],
        [_units(seen), _actions(seen), clauses_table(seen.clauses)],
    )


def _whole(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _units(seen: AuxiliarySeen) -> Table:
    rows: list[list[Cell]] = []
    for unit, name in seen.register.units.items():
        rows.append([name, *map(_whole, _sums(seen, unit).values())])
    return Table(
        ("各单位", "Each unit"),
        columns(
            ("单位", "unit", 4),
            ("行为数", "actions", 2),
            ("辅助人员单独", "auxiliaries alone", 2),
            ("秒", "seconds", 2),
            ("执法人员不足", "too few officers", 2),
            ("秒", "seconds", 2),
        ),
        rows,
    )


def _actions(seen: AuxiliarySeen) -> Table:
    return Table(
        ("行为", "Actions"),
        columns(
            ("单位", "unit", 3),
            ("案号", "case", 3),
            ("行为", "action", 3),
            ("类别", "type", 3),
            ("辅助人员单独秒数", "seconds alone", 2),
            ("其中有录像", "of these filmed", 2),
            ("执法人员不足秒数", "seconds with too few", 2),
            ("时段", "when", 4),
            ("辅助人员", "auxiliaries", 3),
            ("问题编号", "finding", 3),
        ),
        [_row(seen, one) for one in seen.lacking],
        ("没有", "none"),
    )


def _row(seen: AuxiliarySeen, one: ActionLine) -> list[Cell]:
    spans = (f"{_shown(start)} 至 {_shown(end)}" for start, end in _spans(one))
    there = (one.body or {})["inputs"]["team"]
    auxiliaries = sorted({who["person"] for who in there if who["kind"] == PersonKind.AUXILIARY})
    return [
        *action_cells(seen.register, one),
        *(alone_s(one), filmed_s(one), below_s(one)),
        "；".join(spans),
        "、".join(map(seen.register.person, auxiliaries)) or NOTHING,
        seen.numbers.get(one.action, NOTHING),
    ]


def _shown(text: str) -> str:
    return shown(parse_time(text.replace("Z", ".000000Z")))
