"""`recorder add|list`: the register of known recorders."""

from typing import Annotated

import typer

from devices.makes import load_makes
from devices.recorders import add_recorder, assign_recorder, list_recorders
from evidence.canonical import Json
from liuhen import invocation

app = typer.Typer(help="记录仪登记  Register of recorders", no_args_is_help=True)


@app.command()
def add(
    context: typer.Context,
    number: Annotated[str, typer.Argument(help="设备编号  Number of the recorder")],
    make: Annotated[str, typer.Option(help="型号类别  Make")] = "zfy",
) -> None:
    """登记一台记录仪  Register a recorder."""
    run = invocation.of(context)
    with run.reporting("recorder add"), run.site(make=True) as site:
        recorder = add_recorder(site.ledger, load_makes(), number=number, make=make)
    run.output.say(f"已登记记录仪 {number}（{make}）", f"Registered recorder {number} ({make})")
    run.output.finish(
        {
            "command": "recorder add",
            "recorder": recorder.number,
            "make": recorder.make,
            "added_at": recorder.added_at,
        }
    )


@app.command()
def assign(
    context: typer.Context,
    number: Annotated[str, typer.Argument(help="设备编号  Number of the recorder")],
    unit: Annotated[str, typer.Argument(help="单位名称或编号  Unit")],
) -> None:
    """把记录仪划归单位  Give a recorder to a unit."""
    run = invocation.of(context)
    with run.reporting("recorder assign"), run.site() as site:
        unit_id = assign_recorder(site.ledger, number, unit=unit)
    run.output.say(f"记录仪 {number} 已划归 {unit}", f"Recorder {number} is of {unit} from now on")
    run.output.finish({"command": "recorder assign", "recorder": number, "unit": unit_id})


@app.command("list")
def list_(context: typer.Context) -> None:
    """列出已登记的记录仪  List the registered recorders."""
    run = invocation.of(context)
    with run.reporting("recorder list"), run.site() as site:
        recorders = list_recorders(site.database)
    columns = ("编号 number", "型号 make", "登记 added")
    run.output.table(columns, ((r.number, r.make, r.added_at) for r in recorders))
    lines: list[Json] = [
        {"recorder": r.number, "make": r.make, "added_at": r.added_at} for r in recorders
    ]
    run.output.finish({"command": "recorder list", "recorders": lines})
