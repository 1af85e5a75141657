"""`station add|clock|list`: docking stations, and whether their own clocks can be trusted."""

from typing import Annotated

import typer

from devices.stations import Station, add_station, note_clock, stations
from evidence.canonical import Json
from evidence.entry import time_text
from liuhen import clock, invocation
from liuhen.arguments import moment_of, shown_moment
from liuhen.register_view import UNKNOWN
from people import units

app = typer.Typer(help="采集站  Docking stations", no_args_is_help=True)

Code = Annotated[str, typer.Argument(help="采集站编号  Code of the station")]


@app.command()
def add(
    context: typer.Context,
    code: Code,
    unit: Annotated[str, typer.Option(help="单位名称或编号  Unit")],
    slots: Annotated[int, typer.Option(help="采集口数  Slots")] = 1,
) -> None:
    """登记采集站  Register a docking station."""
    run = invocation.of(context)
    with run.reporting("station add"), run.site() as site:
        unit_id = add_station(site.ledger, code, unit=unit, slots=slots)
    run.output.say(f"已登记采集站 {code}", f"Registered station {code}")
    run.output.finish({"command": "station add", "station": code, "unit": unit_id, "slots": slots})


@app.command("clock")
def clock_(
    context: typer.Context,
    code: Code,
    offset_ms: Annotated[int, typer.Argument(help="比标准时间快多少毫秒  How far ahead, in ms")],
    at: Annotated[
        str | None, typer.Option(help="时间（北京时间），默认现在  Moment in China, else now")
    ] = None,
) -> None:
    """登记采集站时钟偏差；超过 1 秒，所采集的时间存疑  Note how far a station's clock is off."""
    run = invocation.of(context)
    with run.reporting("station clock"), run.site() as site:
        measured = moment_of(at, clock.now())
        note_clock(site.ledger, code, offset_ms=offset_ms, measured_at=measured)
    run.output.say(f"已登记 {code} 时钟偏差 {offset_ms} 毫秒", f"{code} is {offset_ms} ms ahead")
    body: dict[str, Json] = {"station": code, "offset_ms": offset_ms}
    run.output.finish({"command": "station clock", **body, "measured_at": time_text(measured)})


@app.command("list")
def list_(context: typer.Context) -> None:
    """列出采集站  List the docking stations."""
    run = invocation.of(context)
    with run.reporting("station list"), run.site() as site, site.database.read() as connection:
        found = stations(connection, clock.now())
        names = {unit.id: unit.name for unit in units.all_units(connection)}
    columns = ("采集站 station", "单位 unit", "口数 slots", "时钟偏差 offset", "测于 measured")
    run.output.table(columns, (_row(one, names) for one in found))
    run.output.finish({"command": "station list", "stations": [_json(one) for one in found]})


def _row(one: Station, names: dict[str, str]) -> tuple[str, ...]:
    offset = UNKNOWN if one.offset_ms is None else f"{one.offset_ms} ms"
    doubt = "（存疑 not trusted）" if one.is_trusted is False else ""
    measured = UNKNOWN if one.measured_at is None else shown_moment(one.measured_at)
    return (one.code, names[one.unit_id], str(one.slots), offset + doubt, measured)


def _json(one: Station) -> Json:
    return {
        "station": one.code,
        "unit": one.unit_id,
        "slots": one.slots,
        "offset_ms": one.offset_ms,
        "measured_at": None if one.measured_at is None else time_text(one.measured_at),
        "trusted": one.is_trusted,
    }
