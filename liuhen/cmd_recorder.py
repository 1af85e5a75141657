"""`recorder …`: the register of recorders, what becomes of them, and who has them."""

from pathlib import Path
from typing import Annotated

import typer

from devices import inventory_file
from devices.fleet import Device, fleet
from devices.inventory_file import ListFile
from devices.makes import load_makes
from devices.recorders import add_recorder, assign_recorder, list_recorders
from devices.upkeep import DeviceDetails, state_kind
from evidence.canonical import Json
from evidence.device_sets import newest
from evidence.vocabulary import DeviceKind
from liuhen import clock, invocation, recorder_holders, recorder_upkeep
from liuhen.arguments import day_of, moment_of
from liuhen.register_view import (
    UNKNOWN,
    both,
    exit_of,
    faults_json,
    read_file,
    say_faults,
    say_read,
)
from people import units

app = typer.Typer(help="记录仪登记与领用  Recorders and who has them", no_args_is_help=True)

Number = Annotated[str, typer.Argument(help="设备编号  Number of the recorder")]


@app.command()
def add(
    context: typer.Context,
    number: Number,
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
    number: Number,
    unit: Annotated[str, typer.Argument(help="单位名称或编号  Unit")],
    at: Annotated[
        str | None, typer.Option(help="自该时间起（北京时间），默认现在  From then on, else now")
    ] = None,
) -> None:
    """把记录仪划归单位  Give a recorder to a unit."""
    run = invocation.of(context)
    with run.reporting("recorder assign"), run.site() as site:
        since = None if at is None else moment_of(at, clock.now())
        unit_id = assign_recorder(site.ledger, number, unit=unit, since=since)
    run.output.say(f"记录仪 {number} 已划归 {unit}", f"Recorder {number} is of {unit}")
    run.output.finish({"command": "recorder assign", "recorder": number, "unit": unit_id})


@app.command("list")
def list_(context: typer.Context) -> None:
    """列出已登记的记录仪  List the registered recorders."""
    run = invocation.of(context)
    with run.reporting("recorder list"), run.site() as site:
        recorders = list_recorders(site.database)
        with site.database.read() as connection:
            devices = fleet(connection)
            names = {unit.id: unit.name for unit in units.all_units(connection)}
    columns = ("编号 number", "型号 make", "类别 kind", "单位 unit", "登记 added")
    run.output.table(
        columns,
        (
            (
                *(r.number, r.make, both(devices[r.number].facts.kind)),
                *(names.get(_owner(devices[r.number]) or "", UNKNOWN), r.added_at),
            )
            for r in recorders
        ),
    )
    lines: list[Json] = [
        {
            "recorder": r.number,
            "make": r.make,
            "added_at": r.added_at,
            **_details(devices[r.number]),
        }
        for r in recorders
    ]
    run.output.finish({"command": "recorder list", "recorders": lines})


@app.command()
def describe(
    context: typer.Context,
    number: Number,
    kind: Annotated[DeviceKind, typer.Argument(help="类别  Kind", case_sensitive=False)],
    serial: Annotated[str | None, typer.Option(help="序列号  Serial number")] = None,
    retires: Annotated[
        str | None, typer.Option(help="报废日期  First day past its service life")
    ] = None,
) -> None:
    """登记设备类别、序列号和报废日期  State kind, serial number and end of service life."""
    run = invocation.of(context)
    with run.reporting("recorder describe"), run.site() as site:
        until = None if retires is None else day_of(retires, clock.now())
        state_kind(site.ledger, number, details=DeviceDetails(kind, serial, until))
        with site.database.read() as connection:
            device = fleet(connection, only=number)[number]
    run.output.say(f"已登记 {number}：{both(kind)}", f"{number} is on record as {kind.value}")
    run.output.finish({"command": "recorder describe", "recorder": number, **_details(device)})


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Excel 或 CSV 文件  Excel or CSV file")],
    dry_run: Annotated[bool, typer.Option(help="只预览，不导入  Preview only")] = False,
    skip_faulty: Annotated[
        bool, typer.Option("--skip-faulty", help="跳过有错误的行  Leave out rows with faults")
    ] = False,
) -> None:
    """导入设备清单，逐行指出错误；用 roster undo 撤销  Read a list of devices in."""
    run = invocation.of(context)
    with run.reporting("recorder import"), run.site() as site:
        sha256, rows = read_file(file, inventory_file.COLUMNS)
        devices, makes = ListFile(rows.cells, sha256, rows.first_line), load_makes()
        with site.database.read() as connection:
            lines = inventory_file.read_devices(connection, devices, makes=makes, now=clock.now())
        import_id = None
        refused = sum(line.device is None for line in lines)
        if not dry_run and (skip_faulty or not refused):
            import_id, lines = inventory_file.take_devices(
                site.ledger, devices, makes=makes, skip_faulty=skip_faulty
            )
    refused = sum(line.device is None for line in lines)
    faults = [(line.line, fault) for line in lines for fault in line.faults]
    say_faults(run.output, faults)
    say_read(run.output, import_id, taken=len(lines) - refused, refused=refused)
    body: dict[str, Json] = {
        "command": "recorder import",
        "import": import_id,
        "sha256": sha256,
        "good": len(lines) - refused,
        "refused": refused,
        "faults": faults_json(faults),
    }
    run.output.finish(body, exit_of(import_id, refused=refused))


def _owner(device: Device) -> str | None:
    found = newest(device.facts.owners, clock.now())
    return None if found is None else found.value


def _details(device: Device) -> dict[str, Json]:
    return {
        "kind": device.facts.kind.value,
        "serial": device.serial,
        "retires_on": None if device.retires_on is None else device.retires_on.isoformat(),
        "unit": _owner(device),
    }


app.add_typer(recorder_upkeep.app)
app.add_typer(recorder_holders.app)
