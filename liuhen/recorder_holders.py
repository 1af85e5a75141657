"""`recorder out|in|holders`: who takes a recorder out, who brought it back, who has it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import typer

from devices.fleet import fleet
from devices.holding import (
    Assignment,
    CheckOut,
    CheckOutRule,
    check_in,
    check_out,
    check_out_rule,
    holders,
)
from evidence.canonical import Json
from evidence.enforcing import posting_on
from evidence.entry import time_text
from evidence.errors import NotFound
from evidence.ratio import day_of
from liuhen import clock, invocation
from liuhen.arguments import moment_of, shown_moment
from liuhen.register_view import UNKNOWN
from people import staff
from people.bodies import bodies, followed_by
from people.staff import Member
from storage.site import Site

Number = Annotated[str, typer.Argument(help="设备编号  Number of the recorder")]
At = Annotated[
    str | None, typer.Option(help="时间（北京时间），默认现在  Moment in China, else now")
]
Offset = Annotated[
    int | None,
    typer.Option("--offset-ms", help="设备时钟快多少毫秒  How far its clock is ahead, in ms"),
]


app = typer.Typer()


@app.command()
def out(
    context: typer.Context,
    number: Number,
    holder: Annotated[str, typer.Argument(help="领用人工号或编号  Officer number or id")],
    until: Annotated[
        str, typer.Option("--until", help="应还时间（北京时间）  When it is due back")
    ],
    at: At = None,
    supervisor: Annotated[
        str | None, typer.Option(help="带班执法人员，辅助人员领用必填  Supervising officer")
    ] = None,
    offset_ms: Offset = None,
) -> None:
    """领用  Take a recorder out."""
    run = invocation.of(context)
    with run.reporting("recorder out"), run.site() as site:
        out_at, due_at = moment_of(at, clock.now()), moment_of(until, clock.now())
        with site.database.read() as connection:
            person = staff.find(connection, holder)
            officer = None if supervisor is None else staff.find(connection, supervisor)
        new = CheckOut(
            recorder=number,
            holder=person.id,
            out_at=out_at,
            due_at=due_at,
            supervisor=None if officer is None else officer.id,
            offset_ms=offset_ms,
        )
        assignment = check_out(site.ledger, new, rule=_rule(site, person, at=out_at))
    due = shown_moment(due_at)
    run.output.say(
        f"{person.full_name or UNKNOWN} 领用 {number}，应于 {due} 前归还",
        f"{number} is out until {due}",
    )
    run.output.finish(
        {
            "command": "recorder out",
            "recorder": number,
            "assignment": assignment,
            "holder": person.id,
            "supervisor": new.supervisor,
            "out_at": time_text(out_at),
            "due_at": time_text(due_at),
        }
    )


@app.command("in")
def in_(context: typer.Context, number: Number, at: At = None, offset_ms: Offset = None) -> None:
    """归还  Bring a recorder back."""
    run = invocation.of(context)
    with run.reporting("recorder in"), run.site() as site:
        back_at = moment_of(at, clock.now())
        assignment = check_in(site.ledger, number, back_at=back_at, offset_ms=offset_ms)
    run.output.say(f"{number} 已归还", f"{number} is back")
    body: dict[str, Json] = {"recorder": number, "assignment": assignment}
    run.output.finish({"command": "recorder in", **body, "back_at": time_text(back_at)})


@app.command("holders")
def holders_(
    context: typer.Context,
    number: Annotated[
        str | None, typer.Argument(help="设备编号，默认全部  Recorder, else all")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="最多行数  At most")] = 200,
) -> None:
    """列出领用记录，新的在前；只写编号列出一台  Who had which recorder, newest first."""
    run = invocation.of(context)
    with run.reporting("recorder holders"), run.site() as site:
        now = clock.now()
        with site.database.read() as connection:
            if number is not None:
                _check_known(number, fleet(connection, only=number))
            found = holders(connection, number, limit=limit)
            people = staff.members(connection)
    columns = (
        *("编号 number", "领用人 holder", "带班 supervisor", "领用 out"),
        *("应还 due", "归还 back"),
    )
    run.output.table(columns, (_row(one, people, now=now) for one in found))
    lines: list[Json] = [_json(one, people, now=now) for one in found]
    run.output.finish({"command": "recorder holders", "assignments": lines})


def _check_known(number: str, found: Mapping[str, object]) -> None:
    if not found:
        raise NotFound(f"No recorder {number}", why="NO_RECORDER", recorder=number)


def _rule(site: Site, person: Member, *, at: datetime) -> CheckOutRule:
    """What the policy of the holder's body asks for."""
    day = day_of(at)
    posting = posting_on(person.facts.postings, day)
    with site.database.read() as connection:
        found = bodies(connection, day)
    followed = None if posting is None else followed_by(found, posting.unit_id)
    return check_out_rule(followed, day)


def _row(one: Assignment, people: Mapping[str, Member], *, now: datetime) -> tuple[str, ...]:
    late = "（逾期 overdue）" if one.is_overdue(now) else ""
    back = UNKNOWN if one.back_at is None else shown_moment(one.back_at)
    names = _name(people.get(one.holder)), _name(people.get(one.supervisor or ""))
    return (one.recorder, *names, shown_moment(one.out_at), shown_moment(one.due_at) + late, back)


def _name(person: Member | None) -> str:
    return UNKNOWN if person is None else f"{person.full_name or UNKNOWN} {person.officer_number}"


def _json(one: Assignment, people: Mapping[str, Member], *, now: datetime) -> dict[str, Json]:
    holder = people.get(one.holder)
    return {
        "assignment": one.id,
        "recorder": one.recorder,
        "holder": one.holder,
        "holder_name": None if holder is None else holder.full_name,
        "supervisor": one.supervisor,
        "out_at": time_text(one.out_at),
        "due_at": time_text(one.due_at),
        "back_at": None if one.back_at is None else time_text(one.back_at),
        "overdue": one.is_overdue(now),
    }
