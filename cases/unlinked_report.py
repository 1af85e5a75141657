"""Footage of which nobody has said the action: what waits, for how long, and whose it is (R-189).

Holds always: all that waits is in it, late or not; how many candidates there are is said, and none
of them is preferred.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from cases import finding_rows, inbox
from cases.coverage_report import NOTHING, clauses, clauses_json, clauses_table, shown
from cases.finding_look import Look
from cases.inbox import Waiting
from cases.report_rows import Asked, Fleet, Register, register
from devices.report_words import basis, person_cells
from evidence.canonical import Json
from evidence.entry import time_text
from evidence.finding_rules import FindingKind
from evidence.ratio import day_of
from evidence.report import Cell, Report, ReportKind, Table, columns
from people.ratio_rule import Clause

_MOST = 100_000
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class UnlinkedLine:
    """A recording that waits; `limit` is None where no policy was in force when it was sealed."""

    waiting: Waiting
    unit: str | None
    holder: str | None
    limit: datetime | None

    def hours_late(self, now: datetime) -> int:
        """For how many full hours it waited too long."""
        return 0 if self.limit is None else max(0, (now - self.limit) // _HOUR)

    def is_late(self, now: datetime) -> bool:
        """Whether its time is up."""
        return self.limit is not None and now >= self.limit


@dataclass(frozen=True)
class UnlinkedSeen:
    """What the report is made of; `numbers` are those of findings, by recording."""

    asked: Asked
    register: Register
    lines: Sequence[UnlinkedLine]
    numbers: Mapping[str, str]
    clauses: Sequence[tuple[str, Clause]]

    def late(self, unit: str | None) -> int:
        """How many of a unit, or of all, waited too long."""
        now = self.asked.now
        return sum(one.is_late(now) for one in self.lines if unit in (None, one.unit))


def see_unlinked(connection: Connection, asked: Asked) -> UnlinkedSeen:
    """Reads what waits and was sealed in these days. Raises `BadInput` as the other reports."""
    asked.check()
    look = Look(connection, asked.now)
    fleet, window = Fleet.read(look), asked.window
    waiting = inbox.waiting(connection, before=window.until, limit=_MOST)
    lines = [_line(fleet, one) for one in waiting if window.since <= one.since < window.until]
    lines = [one for one in lines if asked.covers(one.unit)]
    found = finding_rows.about(connection, [f"recording/{one.waiting.recording}" for one in lines])
    return UnlinkedSeen(
        asked,
        register(connection, asked),
        lines,
        {
            one.subject.partition("/")[2]: one.number
            for one in found
            if one.kind is FindingKind.UNLINKED
        },
        clauses(look, asked, rules=("linking",)),
    )


def _line(fleet: Fleet, waiting: Waiting) -> UnlinkedLine:
    recorder, since = waiting.recorder, waiting.since
    unit = None if recorder is None else fleet.unit(recorder, since)
    outings = [one for one in fleet.outings.get(recorder or "", ()) if one.out_at <= since]
    policy = fleet.look.policy(unit, day_of(since))
    hours = None if policy is None else timedelta(hours=policy.whole("link.within_hours"))
    limit = None if hours is None else since + hours
    return UnlinkedLine(waiting, unit, outings[-1].holder if outings else None, limit)


def unlinked_json(seen: UnlinkedSeen) -> dict[str, Json]:
    """The report for programs."""
    now = seen.asked.now
    units: list[Json] = [
        {"unit": unit, "name": name, "waiting": _count(seen, unit), "late": seen.late(unit)}
        for unit, name in seen.register.units.items()
    ]
    recordings: list[Json] = [
        {
            "recording": one.waiting.recording,
            "recorder": one.waiting.recorder,
            "unit": one.unit,
            "holder": one.holder,
            "since": time_text(one.waiting.since),
            "limit": None if one.limit is None else time_text(one.limit),
            "hours_late": one.hours_late(now),
            "late": one.is_late(now),
            "candidates": [candidate.action for candidate in one.waiting.candidates],
            "finding": seen.numbers.get(one.waiting.recording),
        }
        for one in seen.lines
    ]
    return {
        "days": seen.asked.json(),
        "units": units,
        "total": {"waiting": len(seen.lines), "late": seen.late(None)},
        "recordings": recordings,
        "clauses": clauses_json(seen.clauses),
    }


def _count(seen: UnlinkedSeen, unit: str) -> int:
    return sum(one.unit == unit for one in seen.lines)


def unlinked_report(seen: UnlinkedSeen) -> Report:
    """The report as Excel and PDF take it."""
    return Report(
        ReportKind.UNLINKED,
        ("未关联执法录像报告", "Report of footage that is not linked"),
        [
            (("起止日期（入库）", "days (sealed)"), f"{seen.asked.first} 至 {seen.asked.last}"),
            (("未关联录像", "waiting"), len(seen.lines)),
            (("其中逾期", "of these late"), seen.late(None)),
            *basis(seen.register.position, seen.asked.now),
        ],
        [_units(seen), _recordings(seen), clauses_table(seen.clauses)],
    )


def _units(seen: UnlinkedSeen) -> Table:
    return Table(
        ("各单位", "Each unit"),
        columns(("单位", "unit", 4), ("未关联", "waiting", 2), ("逾期", "late", 2)),
        [[name, _count(seen, unit), seen.late(unit)] for unit, name in seen.register.units.items()],
    )


def _recordings(seen: UnlinkedSeen) -> Table:
    return Table(
        ("未关联的录像", "Footage that waits"),
        columns(
            ("摘要 SHA-256", "digest", 8),
            ("设备编号", "recorder", 3),
            ("单位", "unit", 3),
            ("领用人", "holder", 3),
            ("工号", "number", 2),
            ("入库", "sealed", 3),
            ("最迟关联", "limit", 3),
            ("逾期小时", "hours late", 2),
            ("候选行为数", "candidates", 2),
            ("问题编号", "finding", 3),
        ),
        [_row(seen, one) for one in seen.lines],
        ("没有未关联的录像", "nothing waits"),
    )


def _row(seen: UnlinkedSeen, one: UnlinkedLine) -> list[Cell]:
    people = seen.register.people
    return [
        one.waiting.recording,
        one.waiting.recorder or NOTHING,
        seen.register.unit(one.unit),
        *((NOTHING, NOTHING) if one.holder is None else person_cells(people, one.holder)),
        shown(one.waiting.since),
        NOTHING if one.limit is None else shown(one.limit),
        one.hours_late(seen.asked.now),
        len(one.waiting.candidates),
        seen.numbers.get(one.waiting.recording, NOTHING),
    ]
