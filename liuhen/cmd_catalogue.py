"""`catalogue import|show`: the bureau's own list of what is recorded."""

from pathlib import Path
from typing import Annotated

import typer

from evidence.canonical import Json
from evidence.errors import BadInput, NotFound
from evidence.policy import InForce
from liuhen import clock, invocation
from liuhen.arguments import day_of
from liuhen.output import ExitCode, Output
from people.bodies import own_profile
from people.catalogue_import import ListedItem, Preview, preview
from people.catalogues import import_catalogue, in_force
from people.policies import policies_of

app = typer.Typer(help="音像记录事项清单  List of what is recorded", no_args_is_help=True)


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Excel 或 CSV 文件  Excel or CSV file")],
    profile: Annotated[
        str | None,
        typer.Option(help="上级清单所在的政策档，默认本单位的  Profile above, else the bureau's"),
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help="生效日期，默认今天  First day, else today")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="只预览，不导入  Preview only")] = False,
) -> None:
    """导入本单位的音像记录事项清单；有误则逐行指出，不导入  Import the bureau's own list."""
    run = invocation.of(context)
    with run.reporting("catalogue import"), run.site() as site:
        day = day_of(from_, clock.now())
        with site.database.read() as connection:
            above = profile or own_profile(connection, day)
            policies = policies_of(connection)
        seen = _preview(file, policies.in_force(above, day))
        imported = None
        if not dry_run and not seen.faults:
            imported = import_catalogue(site.ledger, seen, valid_from=day)
    _show(run.output, seen.items)
    for fault in seen.faults:
        chinese, english = fault.sentence
        run.output.say(f"第 {fault.row} 行：{chinese}", f"Row {fault.row}: {english}")
    _conclude(run.output, seen, imported=imported)
    body: dict[str, Json] = {
        "command": "catalogue import",
        "catalogue": imported,
        "profile": seen.profile,
        "valid_from": day.isoformat(),
        "sha256": seen.sha256,
        "items": [item.json() for item in seen.items],
        "faults": [fault.json() for fault in seen.faults],
    }
    run.output.finish(body, ExitCode.USAGE if seen.faults else ExitCode.FINE)


@app.command()
def show(
    context: typer.Context,
    on: Annotated[str | None, typer.Option(help="日期，默认今天  Date, else today")] = None,
) -> None:
    """显示当日生效的清单  Show the list that holds on a day."""
    run = invocation.of(context)
    with run.reporting("catalogue show"):
        day = day_of(on, clock.now())
        with run.site() as site, site.database.read() as connection:
            found = in_force(connection, day)
        if found is None:
            raise NotFound(f"No list holds on {day}", why="NO_CATALOGUE", day=day.isoformat())
    _show(run.output, found.items)
    run.output.finish({"command": "catalogue show", "day": day.isoformat(), **found.json()})


def _preview(file: Path, above: InForce) -> Preview:
    try:
        return preview(file, above)
    except OSError as error:
        raise BadInput(f"{file} cannot be read", why="UNREADABLE", path=str(file)) from error


def _show(output: Output, items: tuple[ListedItem, ...]) -> None:
    columns = (
        *("行 row", "事项 item", "环节 occasion", "起点 start", "终点 end"),
        *("类别 class", "保管期限 period"),
    )
    output.table(
        columns,
        (
            (
                *(str(one.row), one.item, one.occasion or "", one.begins, one.ends),
                *(one.tier.value, one.period or ""),
            )
            for one in items
        ),
    )


def _conclude(output: Output, seen: Preview, *, imported: str | None) -> None:
    right, wrong = len(seen.items), len(seen.faults)
    if imported:
        output.say(f"已导入 {right} 行（{imported}）", f"Imported {right} rows as {imported}")
    elif wrong:
        output.say(f"{wrong} 处有误，没有导入", f"{wrong} faults; nothing was imported")
    else:
        output.say(
            f"预览 {right} 行无误，没有导入", f"{right} rows are right; nothing was imported"
        )
