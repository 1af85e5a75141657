"""`place add|fit|unfit|close|list`: case-handling rooms, and whether a device in each works."""

from datetime import datetime
from typing import Annotated

import typer

from devices.places import NewPlace, PlaceNow, add_place, close_place, fit, places_at
from evidence.canonical import Json
from evidence.device_sets import Condition, newest
from evidence.entry import time_text
from evidence.places import FixedDevice, PlaceKind
from liuhen import clock, invocation
from liuhen.arguments import moment_of, shown_moment
from liuhen.register_view import both, said
from people import units

app = typer.Typer(help="执法办案场所  Case-handling rooms", no_args_is_help=True)

Named = Annotated[str, typer.Argument(help="场所名称或编号  Room")]
Number = Annotated[str, typer.Argument(help="设备编号  Number of the device")]
At = Annotated[
    str | None, typer.Option(help="时间（北京时间），默认现在  Moment in China, else now")
]


@app.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="场所名称  Name")],
    unit: Annotated[str, typer.Option(help="单位名称或编号  Unit")],
    kind: Annotated[
        PlaceKind, typer.Option(help="种类  Kind", case_sensitive=False)
    ] = PlaceKind.INQUIRY_ROOM,
    rights_bearing: Annotated[
        bool, typer.Option(help="涉及人身自由、生命健康、重大财产权益  Such rights are touched")
    ] = True,
    signage: Annotated[
        str | None, typer.Option(help="录音录像告示标识编号  Sign that tells of the recording")
    ] = None,
    at: At = None,
) -> None:
    """登记执法办案场所  Register a case-handling room."""
    run = invocation.of(context)
    with run.reporting("place add"), run.site() as site:
        since = moment_of(at, clock.now())
        new = NewPlace(name, unit, kind, since, rights_bearing=rights_bearing, signage=signage)
        place = add_place(site.ledger, new)
    run.output.say(f"已登记场所 {name}", f"Registered the room {name}")
    body: dict[str, Json] = {"place": place, "name": name, "kind": kind.value}
    run.output.finish({"command": "place add", **body, "since": time_text(since)})


@app.command("fit")
def fit_(context: typer.Context, named: Named, number: Number, at: At = None) -> None:
    """登记设备安装在场所  Put on record that a device is fitted in a room."""
    _fit(context, "place fit", number=number, place=named, at=at)


@app.command()
def unfit(context: typer.Context, number: Number, at: At = None) -> None:
    """登记设备从场所拆除  Put on record that a device was taken from its room."""
    _fit(context, "place unfit", number=number, place=None, at=at)


@app.command()
def close(context: typer.Context, named: Named, at: At = None) -> None:
    """登记场所停用  Put on record that a room is used no longer."""
    run = invocation.of(context)
    with run.reporting("place close"), run.site() as site:
        ended = moment_of(at, clock.now())
        place = close_place(site.ledger, named, at=ended)
    run.output.say(f"场所 {named} 已停用", f"The room {named} is closed")
    run.output.finish({"command": "place close", "place": place, "ended_at": time_text(ended)})


@app.command("list")
def list_(
    context: typer.Context,
    at: At = None,
    lacking: Annotated[
        bool, typer.Option("--lacking", help="只列没有可用固定设备的场所  Only those without")
    ] = False,
) -> None:
    """列出场所及固定设备是否可用  List the rooms and whether what is fitted in them works."""
    run = invocation.of(context)
    with run.reporting("place list"), run.site() as site, site.database.read() as connection:
        when = moment_of(at, clock.now())
        found = places_at(connection, when)
        names = {unit.id: unit.name for unit in units.all_units(connection)}
    shown = [one for one in found if one.unwatched is not None or not lacking]
    columns = ("场所 room", "单位 unit", "种类 kind", "固定设备 fitted", "结论 verdict")
    run.output.table(columns, (_row(one, names, at=when) for one in shown))
    without = sum(one.unwatched is not None for one in found)
    run.output.say(
        f"{len(found)} 个场所，{without} 个没有可用的固定设备；在其中办案须另带设备",
        f"{len(found)} rooms, {without} without a device that works: another recorder is needed",
    )
    places: list[Json] = [_json(one, at=when) for one in shown]
    run.output.finish({"command": "place list", "at": time_text(when), "places": places})


def _fit(
    context: typer.Context, command: str, *, number: str, place: str | None, at: str | None
) -> None:
    run = invocation.of(context)
    with run.reporting(command), run.site() as site:
        since = moment_of(at, clock.now())
        fit(site.ledger, number, place=place, since=since)
    done = ("已拆除", "was taken from its room") if place is None else (f"已装在 {place}", "is in")
    run.output.say(f"{number} {done[0]}", f"{number} {done[1]} {place or ''}".rstrip())
    body: dict[str, Json] = {"recorder": number, "place": place, "since": time_text(since)}
    run.output.finish({"command": command, **body})


def _row(one: PlaceNow, names: dict[str, str], *, at: datetime) -> tuple[str, ...]:
    fitted = "；".join(f"{each.number} {both(_condition(each, at))}" for each in one.devices)
    verdict = "可用 works"
    if one.unwatched is not None:
        verdict = f"自 {shown_moment(one.unwatched)} 起无可用设备 none works since"
    place = one.place
    return (place.name, names[place.unit_id], both(place.kind), fitted, verdict)


def _condition(device: FixedDevice, at: datetime) -> Condition:
    found = newest(device.conditions, at)
    return Condition.SERVING if found is None else found.value


def _json(one: PlaceNow, *, at: datetime) -> Json:
    place = one.place
    devices: list[Json] = [
        {
            "recorder": each.number,
            "condition": said(_condition(each, at)),
            "works": each.works(at),
        }
        for each in one.devices
    ]
    return {
        "place": place.id,
        "name": place.name,
        "unit": place.unit_id,
        "kind": place.kind.value,
        "rights_bearing": place.rights_bearing,
        "signage": place.signage,
        "since": time_text(place.since),
        "devices": devices,
        "works": one.unwatched is None,
        "unwatched_since": None if one.unwatched is None else time_text(one.unwatched),
    }
