"""`ratio show|history|forecast|waive`: whether each body has the recorders its officers demand."""

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

import typer

from devices import board, waivers
from devices.board import BodyRatio, DeviceLine, PersonLine, Register
from devices.past import Stretch, days_of, read_past
from devices.waivers import StatedWaiver
from evidence.canonical import Json
from evidence.entry import time_text
from evidence.errors import BadInput
from evidence.ratio import Headcount, RatioRule, Window, day_of, first_moment
from liuhen import arguments, clock, invocation
from liuhen.arguments import shown_moment
from liuhen.output import Output
from liuhen.ratio_view import (
    Run,
    body_json,
    runs,
    runs_json,
    runs_of_days,
    say_board,
    say_rule,
    say_runs,
)
from liuhen.register_view import UNKNOWN, all_said, both
from people import staff, units
from people.bodies import Body
from people.ratio_rule import rule_for
from storage.site import Site

app = typer.Typer(help="音像记录设备配备比例  Recorders per officers", no_args_is_help=True)

Unit = Annotated[
    str | None, typer.Option(help="单位，列出计入与不计入的人员和设备  Unit, with its drill-down")
]
OneUnit = Annotated[str | None, typer.Option(help="只看该单位  This unit alone")]
_MOST_MONTHS = 120
_TICK = timedelta(microseconds=1)


@app.command()
def show(
    context: typer.Context,
    on: Annotated[str | None, typer.Option(help="日期，默认此刻  Date, else now")] = None,
    unit: Unit = None,
) -> None:
    """某日各单位的配备比例、条文依据  The ratio of each body on a day, with its clause."""
    run = invocation.of(context)
    with run.reporting("ratio show"):
        now = clock.now()
        day = arguments.day_of(on, now)
        at = now if day == day_of(now) else first_moment(day + timedelta(days=1)) - _TICK
        with run.site() as site:
            seen = _Seen.of(site, day, unit=unit)
        lines = board.board(seen.register, at, rule_for=_rules(day))
        details = [_Detail.of(seen, line, at=at) for line in lines] if unit else []
    run.output.say(f"{shown_moment(at)} 配备情况", f"Recorders at {shown_moment(at)}")
    say_board(run.output, lines, names=seen.names)
    for detail in details:
        detail.say(run.output)
    for followed in dict.fromkeys(line.body.followed for line in lines):
        say_rule(run.output, followed, day=day)
    bodies: list[Json] = [body_json(line, day) for line in lines]
    found: list[Json] = [detail.json() for detail in details]
    head: dict[str, Json] = {"day": day.isoformat(), "at": time_text(at)}
    run.output.finish({"command": "ratio show", **head, "bodies": bodies, "details": found})


@app.command()
def history(
    context: typer.Context,
    first: Annotated[str, typer.Argument(help="首日  First day")],
    last: Annotated[str, typer.Argument(help="末日  Last day")],
    unit: OneUnit = None,
) -> None:
    """逐日配备情况，按当日最差时刻计  The ratio of each day, at its worst moment."""
    run = invocation.of(context)
    with run.reporting("ratio history"):
        now = clock.now()
        days = arguments.day_of(first, now), arguments.day_of(last, now)
        if days[1] < days[0]:
            raise BadInput("The last day is before the first", why="DAYS_ORDER")
        if days[1] > day_of(now):
            raise BadInput("That day is still to come", why="DAY_TO_COME", day=str(days[1]))
        with run.site() as site:
            seen = _Seen.of(site, days[1], unit=unit)
            with site.database.read() as connection:
                past = read_past(connection, first=days[0], last=days[1])
        found = [(body, _past_runs(past, body, now=now)) for body in seen.owing()]
    say_runs(run.output, found)
    body: dict[str, Json] = {"first": days[0].isoformat(), "last": days[1].isoformat()}
    run.output.finish({"command": "ratio history", **body, "bodies": runs_json(found)})


@app.command()
def forecast(
    context: typer.Context,
    months: Annotated[int, typer.Argument(min=1, max=_MOST_MONTHS, help="月数  Months")] = 12,
    unit: OneUnit = None,
) -> None:
    """若不采取措施，今后何时不足  When recorders will be missing if nobody does anything."""
    run = invocation.of(context)
    with run.reporting("ratio forecast"):
        now = clock.now()
        today = day_of(now)
        until = _months_later(today, months)
        with run.site() as site:
            seen = _Seen.of(site, today, unit=unit)
        window = Window(now, first_moment(until))
        rules = _rules(today)
        found = [
            (
                body,
                runs(board.forecast(seen.register, body, window=window, rule=rules(body))),
            )
            for body in seen.owing()
        ]
    say_runs(run.output, found)
    span: dict[str, Json] = {"first": today.isoformat(), "until": until.isoformat()}
    run.output.finish({"command": "ratio forecast", **span, "bodies": runs_json(found)})


@app.command()
def waive(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(help="单位名称或编号  Unit")],
    first: Annotated[str, typer.Option("--from", help="首日  First day")],
    last: Annotated[str, typer.Option("--to", help="末日（含）  Last day")],
    reason: Annotated[str, typer.Option(help="理由  Reason")],
    approver: Annotated[str, typer.Option(help="批准人工号或编号  Who approved it")],
) -> None:
    """登记配备豁免：只改变显示，不改变数字  Waive the ratio for some days, with a reason."""
    run = invocation.of(context)
    with run.reporting("ratio waive"), run.site() as site:
        now = clock.now()
        days = arguments.day_of(first, now), arguments.day_of(last, now)
        with site.database.read() as connection:
            person = staff.find(connection, approver)
        found = waivers.waive(site.ledger, unit, days=days, reason=reason, approver=person.id)
    run.output.say(
        f"已登记 {unit} {days[0]} 至 {days[1]} 的豁免", f"Waived for {days[0]} to {days[1]}"
    )
    span: dict[str, Json] = {"from": days[0].isoformat(), "to": days[1].isoformat()}
    run.output.finish({"command": "ratio waive", "waiver": found, **span, "approver": person.id})


# --- what there is to say -------------------------------------------------------------------------


@dataclass(frozen=True)
class _Seen:
    """The register of a day with the names of units; bodies are those asked for."""

    register: Register
    names: dict[str, str]
    day: date
    waivers: Mapping[str, Sequence[StatedWaiver]]
    approvers: Mapping[str, str | None]

    @classmethod
    def of(cls, site: Site, day: date, *, unit: str | None) -> "_Seen":
        """Raises `NotFound`, or `BadInput` for a unit whose body owes no recorders."""
        with site.database.read() as connection:
            tree = units.all_units(connection)
            register = board.load(connection, day)
            wanted = None if unit is None else units.chosen(tree, unit)
            stated = {
                one.unit.id: waivers.waivers_of(connection, one.unit.id) for one in register.bodies
            }
            approvers = {one.approver for many in stated.values() for one in many}
            called = staff.names_of(connection, approvers)
        if wanted is not None:
            found = [body for body in register.bodies if wanted.id in body.units]
            if not any(body.owes_ratio for body in found):
                raise BadInput("It owes no recorders", why="NOT_A_BODY", unit=wanted.name)
            register = Register(found, register.people, register.devices, register.waivers)
        return cls(register, {one.id: one.name for one in tree}, day, stated, called)

    def owing(self) -> list[Body]:
        """The bodies that owe recorders."""
        return [body for body in self.register.bodies if body.owes_ratio]


@dataclass(frozen=True)
class _Detail:
    """Who and what a body's ratio rests on."""

    body: Body
    people: Sequence[PersonLine]
    devices: Sequence[DeviceLine]
    rule: RatioRule
    seen: "_Seen"

    @classmethod
    def of(cls, seen: _Seen, line: BodyRatio, *, at: datetime) -> "_Detail":
        rule = _rules(seen.day)(line.body)
        people = board.people_of(seen.register, line.body, day=seen.day, rule=rule)
        devices = board.devices_of(seen.register, line.body, at=at, rule=rule)
        return cls(line.body, people, devices, rule, seen)

    def say(self, output: Output) -> None:
        """Everybody and everything, counted or not, with every reason."""
        columns = ("姓名 name", "工号 number", "单位 unit", "计入 counted", "原因 reasons")
        output.table(columns, (self._person_row(line) for line in self.people))
        columns = ("设备 device", "类别 kind", "单位 unit", "计入 counted", "原因 reasons")
        output.table(columns, (self._device_row(line) for line in self.devices))
        for one in self._waivers():
            approver = self.seen.approvers[one.approver] or UNKNOWN
            days, reason = f"{one.first} … {one.last}", one.reason or UNKNOWN
            output.say(
                f"豁免 {days}：{reason}，批准人 {approver}",
                f"Waived {days}: {reason}, approved by {approver}",
            )

    def json(self) -> Json:
        """The same for programs."""
        people: list[Json] = [
            {
                "person": line.person.id,
                "name": line.person.full_name,
                "officer_number": line.person.officer_number,
                "unit": line.standing.posting.unit_id if line.standing.posting else None,
                "counted": self._counts(line),
                "on_roster": line.standing.is_on_roster,
                "reasons": all_said(line.standing.bars),
                "flags": all_said(line.standing.flags),
            }
            for line in self.people
        ]
        devices: list[Json] = [
            {
                "recorder": line.device.number,
                "kind": line.device.facts.kind.value,
                "unit": line.count.unit_id,
                "part": line.count.part.value if line.count.part else None,
                "counted": line.count.part is not None,
                "reasons": all_said(line.count.reasons),
            }
            for line in self.devices
        ]
        waived: list[Json] = [
            {
                "from": one.first.isoformat(),
                "to": one.last.isoformat(),
                "reason": one.reason,
                "approver": one.approver,
            }
            for one in self._waivers()
        ]
        unit = self.body.unit.id
        return {"unit": unit, "people": people, "devices": devices, "waivers": waived}

    def _waivers(self) -> Sequence[StatedWaiver]:
        return self.seen.waivers.get(self.body.unit.id, ())

    def _counts(self, line: PersonLine) -> bool:
        """Whether the head count of the rule has somebody."""
        roster = self.rule.headcount is Headcount.ROSTER
        return line.standing.is_on_roster if roster else line.standing.may_enforce

    def _person_row(self, line: PersonLine) -> tuple[str, ...]:
        person, posting = line.person, line.standing.posting
        unit = self.seen.names[posting.unit_id] if posting else UNKNOWN
        reasons = "；".join(both(bar) for bar in (*line.standing.bars, *line.standing.flags))
        counted = "是 yes" if self._counts(line) else "否 no"
        number = person.officer_number or UNKNOWN
        return (person.full_name or UNKNOWN, number, unit, counted, reasons)

    def _device_row(self, line: DeviceLine) -> tuple[str, ...]:
        counted = both(line.count.part) if line.count.part else "否 no"
        reasons = "；".join(both(reason) for reason in line.count.reasons)
        unit = self.seen.names.get(line.count.unit_id or "", UNKNOWN)
        return (line.device.number, both(line.device.facts.kind), unit, counted, reasons)


def _past_runs(past: Sequence[Stretch], body: Body, *, now: datetime) -> list[Run]:
    return runs_of_days(days_of(past, body.unit.id, until=now + _TICK))


def _rules(day: date) -> Callable[[Body], RatioRule]:
    """The rule of each body's profile on a day."""

    def found(body: Body) -> RatioRule:
        return rule_for(body.followed, day)

    return found


def _months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
