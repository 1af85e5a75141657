"""`doctor`: is this machine fit to keep evidence, in sentences."""

import typer

from evidence.canonical import Json
from liuhen import invocation
from liuhen.fitness import BAD, OK, WARN, look_at
from liuhen.output import ExitCode


def doctor(context: typer.Context) -> None:
    """检查本机是否适合保存证据  Check whether this machine is fit to keep evidence."""
    run = invocation.of(context)
    with run.reporting("doctor"):
        checks = look_at(run.settings)
    signs = {OK: "✓", WARN: "!", BAD: "✗"}
    for check in checks:
        run.output.say(f"{signs[check.state]} {check.chinese}", check.english)
    lines: list[Json] = [
        {"name": c.name, "state": c.state, "zh": c.chinese, "en": c.english} for c in checks
    ]
    bad = any(check.state == BAD for check in checks)
    code = ExitCode.ENVIRONMENT if bad else ExitCode.FINE
    run.output.finish({"command": "doctor", "checks": lines}, code)
