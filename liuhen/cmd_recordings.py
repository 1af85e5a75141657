"""`recordings list|show|export`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from evidence.canonical import Json
from evidence.messages import error_sentence
from evidence.sizes import human_size
from liuhen import invocation
from storage import catalogue
from storage.catalogue import SightingView
from storage.exporting import export_original
from storage.graves import Grave, grave, graves

app = typer.Typer(help="录像与文件  Recordings and files", no_args_is_help=True)

_PAGE = 100


@app.command("list")
def list_(
    context: typer.Context,
    session: Annotated[
        str | None, typer.Option(help="只列某次采集  Only one docking session")
    ] = None,
    before: Annotated[
        str | None, typer.Option(help="上一页给出的 next  The `next` of the page before")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="每页行数  Page size")] = _PAGE,
) -> None:
    """列出采集记录，新的在前  List sightings, newest first."""
    run = invocation.of(context)
    with run.reporting("recordings list"), run.site() as site:
        views = catalogue.sightings(site.database, session=session, before=before, limit=limit)
        with site.database.read() as connection:
            gone = graves(connection, [view.recording for view in views])
    columns = ("文件 file", "类型 kind", "大小 size", "自称时间 claimed", "入库 sealed", "SHA-256")
    run.output.table((*columns, "处置 disposed"), (_row(view, gone) for view in views))
    last = f"{views[-1].sealed_at}|{views[-1].id}" if len(views) == limit else None
    if last:
        run.output.say(f"下一页：--before '{last}'", f"Next page: --before '{last}'")
    run.output.finish(
        {
            "command": "recordings list",
            "recordings": [{**view.json(), "disposed": _under(view, gone)} for view in views],
            "next": last,
        }
    )


@app.command()
def show(
    context: typer.Context,
    recording: Annotated[str, typer.Argument(help="SHA-256 或其开头  SHA-256 or its beginning")],
) -> None:
    """显示一份原件的全部采集记录  Show one original with every sighting of it."""
    run = invocation.of(context)
    with run.reporting("recordings show"), run.site() as site:
        sha256 = catalogue.full_digest(site.database, recording)
        with site.database.read() as connection:
            size, sealed_at = catalogue.find_recording(connection, sha256)
            further = catalogue.further_digests(connection, sha256)
            buried = grave(connection, sha256)
        views = catalogue.sightings_of(site.database, sha256)
    if buried is not None:
        error = buried.error()
        run.output.say(*error_sentence(error.code, str(error), facts=error.facts))
    run.output.say(f"{sha256}  {human_size(size)}", f"sealed {sealed_at}")
    for algorithm, value in further.items():
        run.output.say(f"{algorithm}  {value}", "further digest")
    columns = ("文件 file", "采集 session", "标记 labels", "自称时间 claimed", "入库 sealed")
    run.output.table(columns, (_sighting(view) for view in views))
    digests: dict[str, Json] = {"sha256": sha256, **further}
    run.output.finish(
        {
            "command": "recordings show",
            "recording": sha256,
            "size": size,
            "sealed_at": sealed_at,
            "digests": digests,
            "disposed": None if buried is None else buried.json(),
            "sightings": [view.json() for view in views],
        }
    )


@app.command()
def export(
    context: typer.Context,
    recording: Annotated[str, typer.Argument(help="SHA-256 或其开头  SHA-256 or its beginning")],
    to: Annotated[Path, typer.Option(help="目标文件，不覆盖  Target file, never overwritten")],
) -> None:
    """导出原件，先入日志再写出  Export an original: on record first, then read back."""
    run = invocation.of(context)
    with run.reporting("recordings export"), run.site() as site:
        sha256 = catalogue.full_digest(site.database, recording)
        size = export_original(site, sha256, target=to)
    run.output.say(f"已导出 {to}（{human_size(size)}）", f"Exported {to}, SHA-256 {sha256}")
    run.output.finish(
        {"command": "recordings export", "recording": sha256, "size": size, "path": str(to)}
    )


def _row(view: SightingView, gone: Mapping[str, Grave]) -> tuple[str, ...]:
    claimed = view.name_time or view.container_time or view.file_time or "不明 unknown"
    size, under = human_size(view.size), _under(view, gone) or ""
    return view.name, view.kind, size, claimed, view.sealed_at, view.recording[:16], under


def _under(view: SightingView, gone: Mapping[str, Grave]) -> str | None:
    """The certificate or batch by which it went; None where it is here."""
    found = gone.get(view.recording)
    return None if found is None else found.certificate or found.batch


def _sighting(view: SightingView) -> tuple[str, ...]:
    claimed = view.name_time or view.container_time or view.file_time or "不明 unknown"
    return view.name, view.session, " ".join(view.labels), claimed, view.sealed_at
