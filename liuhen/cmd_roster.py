"""`roster import|list|undo`: rosters of people read in, and how reading a file in is undone."""

import re
from pathlib import Path
from typing import Annotated

import typer

from evidence.canonical import Json
from evidence.entry import parse_time
from liuhen import invocation
from liuhen.arguments import shown_moment
from liuhen.register_view import exit_of, faults_json, read_file, say_faults, say_read
from people import roster

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{15}Z")

app = typer.Typer(help="人员名册导入  Rosters", no_args_is_help=True)


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Excel 或 CSV 文件  Excel or CSV file")],
    dry_run: Annotated[bool, typer.Option(help="只预览，不导入  Preview only")] = False,
    skip_faulty: Annotated[
        bool, typer.Option("--skip-faulty", help="跳过有错误的行  Leave out rows with faults")
    ] = False,
) -> None:
    """导入人员名册，逐行指出错误  Read a roster in; each fault is named by line and column."""
    run = invocation.of(context)
    with run.reporting("roster import"), run.site() as site:
        sha256, rows = read_file(file, roster.COLUMNS)
        with site.database.read() as connection:
            lines = roster.read_roster(connection, rows.cells, first_line=rows.first_line)
        import_id = None
        refused = sum(line.newcomer is None for line in lines)
        if not dry_run and (skip_faulty or not refused):
            import_id, lines = roster.take_roster(
                site.ledger,
                rows.cells,
                file_sha256=sha256,
                skip_faulty=skip_faulty,
                first_line=rows.first_line,
            )
    refused = sum(line.newcomer is None for line in lines)
    faults = [(line.line, fault) for line in lines for fault in line.faults]
    say_faults(run.output, faults)
    say_read(run.output, import_id, taken=len(lines) - refused, refused=refused)
    body: dict[str, Json] = {
        "command": "roster import",
        "import": import_id,
        "sha256": sha256,
        "good": len(lines) - refused,
        "refused": refused,
        "faults": faults_json(faults),
    }
    run.output.finish(body, exit_of(import_id, refused=refused))


@app.command("list")
def list_(context: typer.Context) -> None:
    """列出导入过的名册和设备清单  List the files that were read in."""
    run = invocation.of(context)
    with run.reporting("roster list"), run.site() as site, site.database.read() as connection:
        found = list(roster.imports(connection))
    columns = (
        *("编号 id", "种类 kind", "导入 read in"),
        *("行数 rows", "未导入 left out", "撤销 undone"),
    )
    names = ("id", "kind", "imported_at", "rows_taken", "rows_refused", "undone_at")
    run.output.table(columns, (tuple(_cell(one[name]) for name in names) for one in found))
    body: list[Json] = [
        {"import": one["id"], **{name: one[name] for name in (*names[1:], "file_sha256")}}
        for one in found
    ]
    run.output.finish({"command": "roster list", "imports": body})


def _cell(value: str | int | None) -> str:
    """A moment by China's clocks, anything else as it is."""
    text = str(value or "")
    return shown_moment(parse_time(text)) if _MOMENT.fullmatch(text) else text


@app.command()
def undo(
    context: typer.Context,
    import_id: Annotated[str, typer.Argument(help="导入编号，见 roster list  Id of the import")],
    reason: Annotated[str, typer.Option(help="事由  Reason")],
) -> None:
    """撤销一次导入；原记录保留，不再计入  Undo an import: its rows stay and count no more."""
    run = invocation.of(context)
    with run.reporting("roster undo"), run.site() as site:
        roster.undo_roster(site.ledger, import_id, reason=reason)
    run.output.say(f"已撤销导入 {import_id}", f"Import {import_id} counts no more")
    run.output.finish({"command": "roster undo", "import": import_id})
