"""`recorder test|repair|lost|retire|serve-again|lend|take-back`: what becomes of a device."""

from typing import Annotated

import typer

from devices.upkeep import lend, note_test, state_condition, take_back
from evidence.device_sets import Condition
from evidence.entry import time_text
from evidence.register_words import word
from liuhen import clock, invocation
from liuhen.arguments import moment_of, shown_moment
from people.units import find_unit

Number = Annotated[str, typer.Argument(help="设备编号  Number of the recorder")]
At = Annotated[
    str | None, typer.Option(help="时间（北京时间），默认现在  Moment in China, else now")
]
Reason = Annotated[str | None, typer.Option(help="事由  Reason")]

_COMMANDS = {
    Condition.REPAIR: "recorder repair",
    Condition.OFFLINE: "recorder offline",
    Condition.LOST: "recorder lost",
    Condition.RETIRED: "recorder retire",
    Condition.SERVING: "recorder serve-again",
}


app = typer.Typer()


@app.command("test")
def note(
    context: typer.Context,
    number: Number,
    failed: Annotated[bool, typer.Option("--failed", help="未通过  It failed")] = False,
    at: At = None,
) -> None:
    """登记一次自检  Note a self-test."""
    run = invocation.of(context)
    with run.reporting("recorder test"), run.site() as site:
        tested_at = moment_of(at, clock.now())
        note_test(site.ledger, number, passed=not failed, tested_at=tested_at)
    when = shown_moment(tested_at)
    run.output.say(
        f"已登记 {number} {when} 自检{'未通过' if failed else '通过'}",
        f"{number} {'failed' if failed else 'passed'} its self-test of {when}",
    )
    run.output.finish(
        {
            "command": "recorder test",
            "recorder": number,
            "passed": not failed,
            "tested_at": time_text(tested_at),
        }
    )


@app.command()
def repair(context: typer.Context, number: Number, at: At = None, reason: Reason = None) -> None:
    """登记送修  It goes to repair."""
    _state(context, number, condition=Condition.REPAIR, at=at, reason=reason)


@app.command()
def offline(context: typer.Context, number: Number, at: At = None, reason: Reason = None) -> None:
    """登记离线（固定设备）  It cannot be reached; of devices that are fixed in a room."""
    _state(context, number, condition=Condition.OFFLINE, at=at, reason=reason)


@app.command()
def lost(context: typer.Context, number: Number, at: At = None, reason: Reason = None) -> None:
    """登记遗失  It is lost."""
    _state(context, number, condition=Condition.LOST, at=at, reason=reason)


@app.command()
def retire(context: typer.Context, number: Number, at: At = None, reason: Reason = None) -> None:
    """登记报废  It is retired."""
    _state(context, number, condition=Condition.RETIRED, at=at, reason=reason)


@app.command("serve-again")
def serve_again(
    context: typer.Context, number: Number, at: At = None, reason: Reason = None
) -> None:
    """恢复可用  It serves again."""
    _state(context, number, condition=Condition.SERVING, at=at, reason=reason)


@app.command("lend")
def lend_(
    context: typer.Context,
    number: Number,
    unit: Annotated[str, typer.Argument(help="借入单位  Unit that borrows")],
    at: At = None,
) -> None:
    """借给其他单位，借用期间计入借入单位  Lend to a unit, for which it counts meanwhile."""
    run = invocation.of(context)
    with run.reporting("recorder lend"), run.site() as site:
        out_at = moment_of(at, clock.now())
        loan = lend(site.ledger, number, unit=unit, out_at=out_at)
        with site.database.read() as connection:
            borrower = find_unit(connection, unit)
    run.output.say(f"{number} 已借给 {borrower.name}", f"{number} is lent to {borrower.name}")
    run.output.finish(
        {
            "command": "recorder lend",
            "recorder": number,
            "loan": loan,
            "unit": borrower.id,
            "out_at": time_text(out_at),
        }
    )


@app.command("take-back")
def take_back_(context: typer.Context, number: Number, at: At = None) -> None:
    """收回借出的设备  Take a device back that was lent."""
    run = invocation.of(context)
    with run.reporting("recorder take-back"), run.site() as site:
        back_at = moment_of(at, clock.now())
        take_back(site.ledger, number, back_at=back_at)
    run.output.say(f"{number} 已收回", f"{number} is back from its loan")
    run.output.finish(
        {"command": "recorder take-back", "recorder": number, "back_at": time_text(back_at)}
    )


def _state(
    context: typer.Context,
    number: str,
    *,
    condition: Condition,
    at: str | None,
    reason: str | None,
) -> None:
    command = _COMMANDS[condition]
    run = invocation.of(context)
    with run.reporting(command), run.site() as site:
        since = moment_of(at, clock.now())
        state_condition(site.ledger, number, condition=condition, since=since, reason=reason)
    chinese, english = word(condition)
    when = shown_moment(since)
    run.output.say(f"{number} 自 {when} 起：{chinese}", f"{number} from {when} on: {english}")
    run.output.finish(
        {
            "command": command,
            "recorder": number,
            "condition": condition.value,
            "since": time_text(since),
        }
    )
