"""`person train|trainings|due|clean-up`: what is due of people, their papers and their hours."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from devices.tasks import BlockLine, TaskLine, block_list, certificate_tasks
from evidence.canonical import Json
from evidence.errors import BadInput
from evidence.ratio import day_of as day_at
from evidence.ratio import first_moment
from evidence.training import Training, TrainingKind
from liuhen import clock, invocation
from liuhen.arguments import day_of, shown_moment
from liuhen.register_view import UNKNOWN, all_said, both
from people import staff, units
from people.clean_up import CleanUpLine, SignedCleanUp, clean_up_list, sign_clean_up
from people.clean_up import signed_clean_up as signed
from people.training import TrainingLine, note_training, training_lines

app = typer.Typer()

Number = Annotated[str, typer.Argument(help="工号/警号或人员编号  Officer number or id")]
On = Annotated[str | None, typer.Option(help="日期，默认今天  Date, else today")]


@app.command()
def train(
    context: typer.Context,
    number: Number,
    hours: Annotated[str, typer.Argument(help="学时，可精确到 0.1  Hours")],
    course: Annotated[str, typer.Option(help="课程名称  Course")],
    kind: Annotated[
        TrainingKind, typer.Option(help="种类  Kind", case_sensitive=False)
    ] = TrainingKind.SPECIAL_LAW,
    on: On = None,
) -> None:
    """登记一次培训  Note a training."""
    run = invocation.of(context)
    with run.reporting("person train"), run.site() as site:
        new = Training(day_of(on, clock.now()), _tenths(hours), kind)
        with site.database.read() as connection:
            person = staff.find(connection, number)
        training = note_training(site.ledger, person.id, new=new, course=course)
    run.output.say(f"已登记 {new.day} 的培训 {hours} 学时", f"Noted {hours} hours of {new.day}")
    body: dict[str, Json] = {"person": person.id, "training": training, "tenths": new.tenths}
    run.output.finish({"command": "person train", **body, "kind": kind.value})


@app.command()
def trainings(
    context: typer.Context,
    year: Annotated[int | None, typer.Argument(min=1900, max=2999, help="年份  Year")] = None,
) -> None:
    """某年每名执法人员的学时及缺额  Hours of each officer in a year, and what is missing."""
    run = invocation.of(context)
    with run.reporting("person trainings"), run.site() as site:
        today = day_of(None, clock.now())
        of_year = today.year if year is None else year
        with site.database.read() as connection:
            found = training_lines(connection, of_year, today=today)
    columns = ("姓名 name", "工号 number", "学时 hours", "缺学时 short", "缺通用课 general", "岗前")
    run.output.table(columns, (_training_row(one) for one in found))
    lacking = sum(not one.year.is_enough for one in found)
    run.output.say(
        f"{of_year} 年 {len(found)} 名执法人员，{lacking} 名未达标",
        f"{len(found)} officers in {of_year}; {lacking} lack training",
    )
    people: list[Json] = [_training_json(one) for one in found]
    run.output.finish({"command": "person trainings", "year": of_year, "people": people})


@app.command()
def due(context: typer.Context, on: On = None) -> None:
    """证件换发、年检、收回、销毁清单，及应先归还的设备  What is due of certificates."""
    run = invocation.of(context)
    with run.reporting("person due"), run.site() as site:
        now = clock.now()
        day = day_of(on, now)
        at = now if day == day_at(now) else first_moment(day)
        with site.database.read() as connection:
            tasks = certificate_tasks(connection, day)
            blocks = block_list(connection, at)
    columns = ("姓名 name", "工号 number", "证件号 certificate", "止 to", "应办 task", "未还设备")
    run.output.table(columns, (_task_row(one) for one in tasks))
    headings = ("设备 device", "姓名 name", "工号 number", "领用 out", "不得持有的原因 reasons")
    run.output.table(headings, (_block_row(one) for one in blocks))
    run.output.say(
        f"{day}：{len(tasks)} 项证件事项，{len(blocks)} 台设备应先归还",
        f"{day}: {len(tasks)} certificates to see to, {len(blocks)} devices to come back first",
    )
    body: dict[str, Json] = {
        "tasks": [_task_json(one) for one in tasks],
        "blocked": [_block_json(one) for one in blocks],
    }
    run.output.finish({"command": "person due", "day": day.isoformat(), **body})


@app.command("clean-up")
def clean_up(
    context: typer.Context,
    year: Annotated[int, typer.Argument(min=1900, max=2999, help="年份  Year")],
    unit: Annotated[str | None, typer.Option(help="单位，默认本局  Unit, else the bureau")] = None,
    sign: Annotated[
        str | None, typer.Option(help="签署人工号：签署该清单  Who signs the list")
    ] = None,
) -> None:
    """年度执法人员清理清单；--sign 签署  The yearly clean-up of the roster, or its signing."""
    run = invocation.of(context)
    with run.reporting("person clean-up"), run.site() as site:
        today = day_of(None, clock.now())
        if year > today.year:
            raise BadInput("That year is still to come", why="DAY_TO_COME", day=str(year))
        with site.database.read() as connection:
            unit_id = _unit_id(units.all_units(connection), unit)
            signer = None if sign is None else staff.find(connection, sign).id
            lines = clean_up_list(connection, unit_id, day=min(today, date(year, 12, 31)))
        if signer is not None:
            sign_clean_up(site.ledger, unit_id, year=year, signer=signer, day=today)
        with site.database.read() as connection:
            done = signed(connection, unit_id, year=year)
    columns = ("姓名 name", "工号 number", "原因 reasons")
    run.output.table(columns, (_clean_row(one) for one in lines))
    run.output.say(*_clean_words(year, len(lines), done=done, today=today))
    body = _clean_json(year, lines, done=done)
    late = done.is_late if done else today > date(year, 12, 31)
    run.output.finish({"command": "person clean-up", "unit": unit_id, **body, "late": late})


def _tenths(text: str) -> int:
    try:
        tenths = Decimal(text) * 10
    except InvalidOperation as error:
        raise BadInput(f"{text} is no number of hours", why="TRAINING_HOURS") from error
    if not tenths.is_finite() or tenths != tenths.to_integral_value():
        raise BadInput(f"{text} is no number of tenths", why="TRAINING_HOURS")
    return int(tenths)


def _unit_id(tree: list[units.Unit], named: str | None) -> str:
    if named is not None:
        return units.chosen(tree, named).id
    root = next((one.id for one in tree if one.parent is None), None)
    return units.chosen(tree, "" if root is None else root).id


def _hours(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"


def _names(person: staff.Member) -> tuple[str, str]:
    return person.full_name or UNKNOWN, person.officer_number or UNKNOWN


def _who(person: staff.Member) -> dict[str, Json]:
    return {
        "person": person.id,
        "name": person.full_name,
        "officer_number": person.officer_number,
    }


def _training_row(one: TrainingLine) -> tuple[str, ...]:
    year = one.year
    pre_post = "有 yes" if year.pre_post else "无 no"
    short = _hours(year.short_tenths), str(year.general_short)
    return (*_names(one.person), _hours(year.tenths), *short, pre_post)


def _training_json(one: TrainingLine) -> dict[str, Json]:
    year = one.year
    return {
        **_who(one.person),
        "unit": one.unit_id,
        "tenths": year.tenths,
        "short_tenths": year.short_tenths,
        "general": year.general,
        "general_short": year.general_short,
        "pre_post": year.pre_post,
    }


def _task_row(one: TaskLine) -> tuple[str, ...]:
    paper = one.paper.number or UNKNOWN, str(one.paper.valid_to)
    return (*_names(one.person), *paper, both(one.task), "、".join(one.devices))


def _task_json(one: TaskLine) -> dict[str, Json]:
    return {
        **_who(one.person),
        "unit": one.unit_id,
        "certificate": one.paper.id,
        "number": one.paper.number,
        "valid_to": one.paper.valid_to.isoformat(),
        "task": one.task.value,
        "devices": [*one.devices],
    }


def _block_row(one: BlockLine) -> tuple[str, ...]:
    reasons = "；".join(both(reason) for reason in one.reasons)
    return (one.held.recorder, *_names(one.person), shown_moment(one.held.out_at), reasons)


def _block_json(one: BlockLine) -> dict[str, Json]:
    who = _who(one.person)
    return {"recorder": one.held.recorder, **who, "reasons": all_said(one.reasons)}


def _clean_row(one: CleanUpLine) -> tuple[str, ...]:
    return (*_names(one.person), "；".join(both(bar) for bar in one.standing.bars))


def _clean_words(
    year: int, count: int, *, done: SignedCleanUp | None, today: date
) -> tuple[str, str]:
    if done is not None:
        return (
            f"{year} 年清理：{count} 人在列，已于 {done.signed_on} 签署 {done.listed} 人",
            f"{count} people are on the list of {year}; {done.listed} were signed for",
        )
    late = today > date(year, 12, 31)
    return (
        f"{year} 年清理：{count} 人在列，{'逾期未签署' if late else '尚未签署'}",
        f"{count} people are on the list of {year}, which nobody signed{' in time' * late}",
    )


def _clean_json(
    year: int, lines: Sequence[CleanUpLine], *, done: SignedCleanUp | None
) -> dict[str, Json]:
    people: list[Json] = [
        {**_who(one.person), "reasons": all_said(one.standing.bars)} for one in lines
    ]
    if done is None:
        return {"year": year, "people": people, "signed": None}
    stated: dict[str, Json] = {
        "listed": done.listed,
        "sha256": done.sha256,
        "signer": done.signer,
        "signed_on": done.signed_on.isoformat(),
    }
    return {"year": year, "people": people, "signed": stated}
