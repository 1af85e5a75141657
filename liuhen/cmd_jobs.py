"""`jobs list|retry`: what was made of recordings to look at, what failed and why."""

from typing import Annotated

import typer

from evidence.canonical import Json
from evidence.derivative import DerivativeState
from evidence.messages import preview_sentence
from evidence.reason_messages import Sentence
from evidence.remarks import Remark, remarks_of
from liuhen import invocation
from storage import catalogue, derivatives
from storage.derivatives import Derivative
from storage.making import Making, under_way

app = typer.Typer(help="预览任务  Jobs that make previews", no_args_is_help=True)

_PAGE = 100


@app.command("list")
def list_(
    context: typer.Context,
    state: Annotated[
        DerivativeState, typer.Option(help="只列某种结果  Only this outcome")
    ] = DerivativeState.FAILED,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="最多行数  At most")] = _PAGE,
) -> None:
    """列出预览任务的结果，默认只列失败的  List outcomes, failures unless asked otherwise."""
    run = invocation.of(context)
    with run.reporting("jobs list"), run.site() as site:
        counts = derivatives.counts(site.database)
        rows = derivatives.listing(site.database, state, limit=limit)
        making = under_way(site)
    for one in making:
        run.output.say(*_making_words(one))
    run.output.say(
        f"可用 {counts['READY']}，不适用 {counts['NOT_APPLICABLE']}，失败 {counts['FAILED']}，"
        f"待处理录像 {counts['WAITING']}",
        f"{counts['READY']} ready, {counts['NOT_APPLICABLE']} not applicable, "
        f"{counts['FAILED']} failed, {counts['WAITING']} recordings waiting",
    )
    columns = ("录像 recording", "种类 kind", "次数 attempts", "时间 at", "说明 why")
    run.output.table(columns, (_row(row) for row in rows))
    jobs: list[Json] = [_json(row) for row in rows]
    totals: dict[str, Json] = dict(counts)
    now: list[Json] = [{**vars(one), "kind": one.kind.value} for one in making]
    run.output.finish({"command": "jobs list", "counts": totals, "jobs": jobs, "making": now})


@app.command()
def retry(
    context: typer.Context,
    recording: Annotated[
        str | None,
        typer.Argument(help="SHA-256 或其开头，缺省为全部失败项  SHA-256; all failures without it"),
    ] = None,
) -> None:
    """失败的任务重新进行；指明录像则全部重做  Do failed jobs anew, or all of one recording."""
    run = invocation.of(context)
    with run.reporting("jobs retry"), run.site() as site:
        sha256 = None
        if recording is not None:
            sha256 = catalogue.full_digest(site.database, recording)
        if sha256 is None:
            forgotten = derivatives.retry(site.database, None)
        else:
            forgotten = derivatives.renew(site.database, sha256)
    run.output.say(f"将重新进行 {forgotten} 项", f"{forgotten} will be done anew")
    run.output.finish({"command": "jobs retry", "recording": sha256, "retried": forgotten})


def _making_words(one: Making) -> Sentence:
    far = "" if one.percent is None else f" {one.percent} %"
    name = f"{one.recording[:16]} {one.kind.value}{far}"
    return f"正在制作 {name}", f"Making {name}"


def _row(row: Derivative) -> tuple[str, ...]:
    said = [_sentence(row)[0]] if row.code else [remark.words()[0] for remark in _remarks(row)]
    why = "；".join(said)
    return row.recording[:16], row.kind.value, str(row.attempts), f"{row.made_at:%F %T}", why


def _json(row: Derivative) -> dict[str, Json]:
    chinese, english = _sentence(row) if row.code else (None, None)
    remarks: list[Json] = [_remark(remark) for remark in _remarks(row)]
    shown = {"recording", "kind", "state", "tool", "made_at", "attempts", "code"}
    body = {name: value for name, value in row.json().items() if name in shown}
    return {**body, "zh": chinese, "en": english, "remarks": remarks}


def _sentence(row: Derivative) -> Sentence:
    message = str(row.facts.get("message", ""))
    return preview_sentence(row.code or "NOT_PLAYABLE", message, facts=row.facts)


def _remarks(row: Derivative) -> tuple[Remark, ...]:
    return remarks_of(row.facts.get("reasons"))


def _remark(remark: Remark) -> dict[str, Json]:
    chinese, english = remark.words()
    detail = remark.detail or None
    return {"code": remark.code.value, "zh": chinese, "en": english, "detail": detail}
