"""The ratio of a whole bureau on a day as a report: numbers, who and what is not counted, clauses.

Holds always: every number is the board's own for that moment; what is left out of a count is named
with every reason; the clauses are quoted as the profiles have them (R-147 to R-149, R-166).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from devices import board
from devices.board import BodyRatio, Register
from devices.report_words import NOTHING, basis, said
from devices.report_words import shown as moment
from devices.sections import with_sections
from evidence.device_sets import Part
from evidence.errors import BadInput
from evidence.quota import Rounding
from evidence.ratio import Headcount, RatioRule, at_moment, day_of, first_moment
from evidence.register_words import word
from evidence.report import Cell, Report, ReportKind, Table, columns, listed
from people import units
from people.bodies import Body
from people.ratio_rule import clauses_for, rule_for, stamp_for
from people.units import Unit
from storage.reporting import LogPosition, log_position

_TICK = timedelta(microseconds=1)
_READINGS = (Rounding.CEIL, Rounding.NEAREST, Rounding.FLOOR)


@dataclass(frozen=True)
class RatioSeen:
    """What a report of the ratio is made of; `at` is the moment that is judged."""

    day: date
    at: datetime
    now: datetime
    register: Register
    lines: Sequence[BodyRatio]
    names: dict[str, str]
    bureau: str
    position: LogPosition

    def unit(self, key: str | None) -> str:
        """A unit's name; the id of one that is not within."""
        return NOTHING if key is None else self.names.get(key, key)


def see_ratio(
    connection: Connection, day: date, *, now: datetime, within: frozenset[str] | None = None
) -> RatioSeen:
    """The board as it is now, or as it was at the end of a day that is over.

    Of some units alone it holds what lies within them wholly: a body, or else the largest part of
    one, and names no other unit. Raises `BadInput` for a day to come, `NotFound` where no profile
    is in force.
    """
    if day > day_of(now):
        raise BadInput("That day is still to come", why="REPORT_TO_COME", day=day.isoformat())
    at = now if day == day_of(now) else first_moment(day + timedelta(days=1)) - _TICK
    tree = units.all_units(connection)
    register = board.load(connection, day)
    if within is None:
        lines = board.board(register, at, rule_for=lambda body: rule_for(body.followed, day))
    else:
        register, parts = _parts_within(register, tree, within=within)
        lines = [_counted(register, one, at=at, day=day) for one in parts]
    names = {unit.id: unit.name for unit in tree if within is None or unit.id in within}
    tops = [unit.name for unit in tree if unit.id in names and unit.parent not in names]
    position = log_position(connection)
    return RatioSeen(day, at, now, register, lines, names, "、".join(tops) or NOTHING, position)


def _parts_within(
    register: Register, tree: Sequence[Unit], *, within: frozenset[str]
) -> tuple[Register, list[Body]]:
    """The bodies and parts of bodies that lie within wholly, but for parts of another of them."""
    register, sections = with_sections(register, tree)
    found = [one.body for one in sections if one.body.units <= within]
    return register, [one for one in found if not any(one.units < each.units for each in found)]


def _counted(register: Register, body: Body, *, at: datetime, day: date) -> BodyRatio:
    return BodyRatio(body, at_moment(register.facts(body), at, rule=rule_for(body.followed, day)))


def ratio_report(seen: RatioSeen) -> Report:
    """The report; raises `NotFound` where no profile is in force."""
    rests_on = "当日结束时" if seen.at != seen.now else "生成时"
    at = f"{moment(seen.at)}（{rests_on}）"
    return Report(
        ReportKind.RATIO,
        ("执法音像记录设备配备情况报告", "Report of recorders and officers"),
        [
            (("单位", "bureau"), seen.bureau),
            (("日期", "day"), seen.day.isoformat()),
            (("计算时点（北京时间）", "counted at (Beijing time)"), at),
            (("应配单位数", "bodies that owe recorders"), len(seen.lines)),
            (("未达标单位数", "bodies where something is missing"), _lacking(seen.lines)),
            *basis(seen.position, seen.now),
        ],
        [_bodies(seen), _people(seen), _devices(seen), _clauses(seen)],
    )


def _lacking(lines: Sequence[BodyRatio]) -> int:
    return sum(line.ratio.verdict.short > 0 for line in lines)


def _bodies(seen: RatioSeen) -> Table:
    return Table(
        ("各单位配备情况", "Each body"),
        columns(
            ("单位", "body", 4),
            ("可执法人数", "may enforce", 2),
            ("在册人数", "on the roster", 2),
            ("计算口径", "head count", 3),
            ("有效套数", "sets", 2),
            ("构成", "made up of", 3),
            ("应配·向上取整", "required, rounded up", 2),
            ("应配·四舍五入", "required, nearest", 2),
            ("应配·向下取整", "required, rounded down", 2),
            ("适用取整", "rounding in force", 3),
            ("缺", "short", 1),
            ("结论", "status", 4),
            ("豁免", "waivers", 3),
            ("委托机关", "principal", 3),
            ("缺额通知", "concerns", 3),
            ("政策档", "profile", 3),
        ),
        [_body_row(seen, line) for line in seen.lines],
    )


def _body_row(seen: RatioSeen, line: BodyRatio) -> list[Cell]:
    rule, verdict = rule_for(line.body.followed, seen.day), line.ratio.verdict
    required = [replace(rule.quota, rounding=one).required(verdict.people) for one in _READINGS]
    stamp = stamp_for(line.body.followed, seen.day)
    return [
        line.body.unit.name,
        line.ratio.heads.able,
        line.ratio.heads.roster,
        said(rule.headcount),
        verdict.present,
        _parts(seen, line.body),
        *required,
        said(rule.quota.rounding),
        verdict.short,
        said(verdict.status),
        _waivers(seen, line.body),
        seen.unit(line.body.principal),
        "、".join(map(seen.unit, line.notified)) or NOTHING,
        _stamp_text(stamp["profiles"]),
    ]


def _parts(seen: RatioSeen, body: Body) -> str:
    """What the sets are made of; a part without its counterpart makes none, and shows here."""
    rule = rule_for(body.followed, seen.day)
    found = Counter(
        line.count.part
        for line in board.devices_of(seen.register, body, at=seen.at, rule=rule)
        if line.count.part is not None
    )
    return "；".join(f"{said(part)} {found[part]}" for part in Part if found[part]) or NOTHING


def _waivers(seen: RatioSeen, body: Body) -> str:
    """The waivers of a body that hold on the day, by their first and last days."""
    found = [one for one in seen.register.waivers.get(body.unit.id, ()) if one.holds(seen.day)]
    return "；".join(f"{one.from_day} 至 {one.to_day}" for one in found) or NOTHING


def _people(seen: RatioSeen) -> Table:
    return Table(
        ("未计入的人员及原因", "People not counted, and why"),
        columns(
            ("配备单位", "body", 3),
            ("所在部门", "unit", 3),
            ("姓名", "name", 2),
            ("工号", "number", 2),
            ("人员类别", "kind", 3),
            ("在册", "on the roster", 2),
            ("未计入原因", "why not counted", 6),
            ("提示", "remarks", 4),
        ),
        [row for line in seen.lines for row in _people_rows(seen, line.body)],
        ("全部人员均已计入", "everybody is counted"),
    )


def _people_rows(seen: RatioSeen, body: Body) -> Iterator[list[Cell]]:
    rule = rule_for(body.followed, seen.day)
    found = board.people_of(seen.register, body, day=seen.day, rule=rule)
    for line in sorted(found, key=lambda line: (line.person.officer_number or "", line.person.id)):
        posting = line.standing.posting
        if posting is None or _counts(line, rule):
            continue
        yield [
            body.unit.name,
            seen.unit(posting.unit_id),
            line.person.full_name or f"{line.person.id}（已删除 erased）",
            line.person.officer_number or NOTHING,
            said(posting.kind),
            "是 yes" if line.standing.is_on_roster else "否 no",
            listed(word(bar) for bar in line.standing.bars),
            listed(word(flag) for flag in line.standing.flags) or NOTHING,
        ]


def _counts(line: board.PersonLine, rule: RatioRule) -> bool:
    """Whether the head count that the rule asks for has somebody."""
    on_roster = rule.headcount is Headcount.ROSTER
    return line.standing.is_on_roster if on_roster else line.standing.may_enforce


def _devices(seen: RatioSeen) -> Table:
    return Table(
        ("未计入的设备及原因", "Devices not counted, and why"),
        columns(
            ("配备单位", "body", 3),
            ("所在部门", "unit", 3),
            ("设备编号", "device", 3),
            ("设备类别", "kind", 3),
            ("未计入原因", "why not counted", 6),
        ),
        [row for line in seen.lines for row in _device_rows(seen, line.body)],
        ("全部设备均已计入", "every device is counted"),
    )


def _device_rows(seen: RatioSeen, body: Body) -> Iterator[list[Cell]]:
    rule = rule_for(body.followed, seen.day)
    found = board.devices_of(seen.register, body, at=seen.at, rule=rule)
    for line in found:
        if line.count.part is None:
            yield [
                body.unit.name,
                seen.unit(line.count.unit_id),
                line.device.number,
                said(line.device.facts.kind),
                listed(word(reason) for reason in line.count.reasons),
            ]


def _clauses(seen: RatioSeen) -> Table:
    """What each profile in use rests on, with the versions of profile and rule."""
    each = dict.fromkeys(line.body.followed for line in seen.lines)
    rows: list[list[Cell]] = []
    for followed in each:
        stamp = stamp_for(followed, seen.day)
        names = _stamp_text(stamp["profiles"])
        version = f"{stamp['rule']} v{stamp['rule_version']}"
        rows += (
            [names, version, clause.document, clause.article, clause.quote]
            for clause in clauses_for(followed, seen.day)
        )
    return Table(
        ("条文依据", "Clauses"),
        columns(
            ("政策档及版本", "profiles and versions", 3),
            ("规则及版本", "rule and version", 2),
            ("文件", "document", 4),
            ("条款", "article", 2),
            ("原文", "as printed", 9),
        ),
        rows,
    )


def _stamp_text(names: object) -> str:
    return "、".join(map(str, names)) if isinstance(names, list) else str(names)
