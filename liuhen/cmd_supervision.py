"""`supervision …`: who looked in a period, what stands out, and the review of it."""

from typing import Annotated

import typer

from cases import finding_follow, supervision
from cases.supervision import NewReview, Seen
from evidence.canonical import Json
from evidence.register_words import word
from evidence.supervising import Measure
from liuhen import clock, invocation
from liuhen.link_footage import person_of
from liuhen.register_view import both

app = typer.Typer(help="调阅监督  Supervision of who looked", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="期间，如 2026-05  Period")]


@app.command("list")
def list_(context: typer.Context) -> None:
    """列出复查期间及是否已复查  List periods and whether they were reviewed."""
    run = invocation.of(context)
    with (
        run.reporting("supervision list"),
        run.site() as site,
        site.database.read() as connection,
    ):
        found = supervision.listed(connection, clock.now())
    rows = [
        (one.period.name, both(one.state), str(len(one.looks) - one.denied), str(one.denied))
        for one in found
    ]
    run.output.table(("期间 period", "状态 state", "查看 looks", "被拒 denied"), rows)
    told: list[Json] = [_head(one) for one in found]
    run.output.finish({"command": "supervision list", "periods": told})


@app.command()
def show(context: typer.Context, period: Name) -> None:
    """显示期间内的异常和历次复查  Show what stands out in a period, and its reviews."""
    run = invocation.of(context)
    with (
        run.reporting("supervision show"),
        run.site() as site,
        site.database.read() as connection,
    ):
        found = supervision.named(connection, period, now=clock.now())
        flags = supervision.flags_of(connection, found, measure=Measure())
        unknown = supervision.unknown_in(connection, found)
    rows = [(one.id, both(one.flag), str(len(one.looks))) for one in flags]
    run.output.table(("异常 flag", "种类 kind", "次数 looks"), rows)
    told: list[Json] = [
        {**one.json(), "id": one.id, "flag": _said(one.flag.value, word(one.flag))} for one in flags
    ]
    reviews: list[Json] = [
        {
            "review": one.id,
            "person": one.person,
            "at": one.at,
            "looks": one.looks,
            "raised": [*one.raised],
            "note": one.note,
        }
        for one in found.reviews
    ]
    body: dict[str, Json] = {"measure": Measure().json(), "flags": told, "reviews": reviews}
    run.output.finish(
        {"command": "supervision show", **_head(found), "odd_days_unknown": unknown, **body}
    )


@app.command()
def review(
    context: typer.Context,
    period: Name,
    by: Annotated[str, typer.Option("--by", help="复查人工号、编号或登录名  Who reviews")],
    raise_: Annotated[
        list[str] | None, typer.Option("--raise", help="提出为问题的异常  Flag to raise")
    ] = None,
    note: Annotated[str | None, typer.Option(help="对其余异常的说明  What of the rest")] = None,
) -> None:
    """复查并签署；本人的查看由他人复查  Review and sign, but for one's own looks."""
    run = invocation.of(context)
    with run.reporting("supervision review"), run.site() as site:
        new = NewReview(person_of(site, by), tuple(raise_ or ()), note)
        made = supervision.review(site.ledger, period, new=new)
        finding_follow.follow(site.ledger)
        with site.database.read() as connection:
            found = supervision.find(connection, made)
    run.output.say(f"已复查 {period}", f"{period} is reviewed")
    run.output.finish(
        {
            "command": "supervision review",
            "period": period,
            "review": made,
            "looks": found.looks,
            "flags": len(found.flags),
            "raised": len(found.raised),
        }
    )


def _head(found: Seen) -> dict[str, Json]:
    return {
        "period": found.period.name,
        "from": found.period.first.isoformat(),
        "to": found.period.last.isoformat(),
        "state": _said(found.state.value, word(found.state)),
        "looks": len(found.looks) - found.denied,
        "denied": found.denied,
    }


def _said(code: str, words: tuple[str, str]) -> dict[str, Json]:
    return {"code": code, "message": {"zh": words[0], "en": words[1]}}
