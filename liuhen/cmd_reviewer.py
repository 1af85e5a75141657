"""`reviewer add|end|ratio`: legal reviewers of each body, and whether there are enough."""

from datetime import date
from typing import Annotated

import typer

from evidence.canonical import Json
from evidence.reviewing import ReviewerSource
from liuhen import clock, invocation
from liuhen.arguments import day_of
from liuhen.output import Output
from liuhen.register_view import UNKNOWN, both, said
from people import staff
from people.policies import Followed
from people.ratio_rule import clauses_for, stamp_for
from people.reviewers import BodyReviewers, ReviewerLine, reviewers, state_reviewer

app = typer.Typer(help="法制审核人员  Legal reviewers", no_args_is_help=True)

Number = Annotated[str, typer.Argument(help="工号/警号或人员编号  Officer number or id")]
Unit = Annotated[str, typer.Option(help="审核的单位  The unit reviewed for")]
From = Annotated[str | None, typer.Option("--from", help="自该日起，默认今天  First day")]
_RULE = "reviewer_ratio"


@app.command()
def add(
    context: typer.Context,
    number: Number,
    source: Annotated[ReviewerSource, typer.Argument(help="来源  Source", case_sensitive=False)],
    unit: Unit,
    from_: From = None,
) -> None:
    """登记法制审核人员  Put on record that somebody reviews for a unit."""
    _state(context, "reviewer add", number=number, unit=unit, stated=(from_, source))


@app.command()
def end(context: typer.Context, number: Number, unit: Unit, from_: From = None) -> None:
    """登记不再担任法制审核人员  Put on record that somebody reviews no longer."""
    _state(context, "reviewer end", number=number, unit=unit, stated=(from_, None))


@app.command()
def ratio(
    context: typer.Context,
    on: Annotated[str | None, typer.Option(help="日期，默认今天  Date, else today")] = None,
) -> None:
    """各单位法制审核人员是否足额，外部人员单列  Whether there are enough reviewers."""
    run = invocation.of(context)
    with run.reporting("reviewer ratio"), run.site() as site:
        day = day_of(on, clock.now())
        with site.database.read() as connection:
            found = reviewers(connection, day)
        bodies = [_json(one, day) for one in found]
    columns = (
        *("单位 body", "执法人员 officers", "审核人员 counted", "其中本单位 own"),
        *("外部 outside", "应配 required", "缺 short", "结论 status"),
    )
    run.output.table(columns, (_row(one) for one in found))
    headings = ("单位 body", "姓名 name", "工号 number", "来源 source", "计入 counted")
    run.output.table(headings, (_line(body, one) for body in found for one in body.reviewers))
    for followed in dict.fromkeys(one.body.followed for one in found):
        _say_rule(run.output, followed, day=day)
    run.output.finish({"command": "reviewer ratio", "day": day.isoformat(), "bodies": bodies})


def _state(
    context: typer.Context,
    command: str,
    *,
    number: str,
    unit: str,
    stated: tuple[str | None, ReviewerSource | None],
) -> None:
    run = invocation.of(context)
    from_, source = stated
    with run.reporting(command), run.site() as site:
        day = day_of(from_, clock.now())
        with site.database.read() as connection:
            person = staff.find(connection, number)
        unit_id = state_reviewer(site.ledger, person.id, unit=unit, from_day=day, source=source)
    name = person.full_name or UNKNOWN
    if source is None:
        run.output.say(f"{name} 自 {day} 起不再审核", f"{number} reviews no longer from {day} on")
    else:
        run.output.say(f"{name} 自 {day} 起：{both(source)}", f"{number} reviews from {day} on")
    body: dict[str, Json] = {"person": person.id, "unit": unit_id, "from": day.isoformat()}
    kind = None if source is None else source.value
    run.output.finish({"command": command, **body, "source": kind})


def _row(one: BodyReviewers) -> tuple[str, ...]:
    verdict, found = one.verdict.verdict, one.verdict
    counts = (verdict.people, verdict.present, found.own, found.outside)
    return (
        one.body.unit.name,
        *(str(count) for count in (*counts, verdict.required, verdict.short)),
        both(verdict.status),
    )


def _line(body: BodyReviewers, one: ReviewerLine) -> tuple[str, ...]:
    counted = "是 yes" if one.serves else "否，当日不在任 no, serves not"
    names = one.person.full_name or UNKNOWN, one.person.officer_number or UNKNOWN
    return (body.body.unit.name, *names, both(one.source), counted)


def _say_rule(output: Output, followed: Followed | None, *, day: date) -> None:
    for clause in clauses_for(followed, day, rule=_RULE):
        output.say(
            f"依据：《{clause.document}》{clause.article}：「{clause.quote}」",
            f"By clause {clause.article}, quoted as printed",
        )


def _json(one: BodyReviewers, day: date) -> Json:
    verdict, followed = one.verdict.verdict, one.body.followed
    by_source: dict[str, Json] = {
        source.value: one.verdict.by_source.get(source, 0) for source in ReviewerSource
    }
    people: list[Json] = [
        {
            "person": line.person.id,
            "name": line.person.full_name,
            "officer_number": line.person.officer_number,
            "source": line.source.value,
            "counted": line.serves,
        }
        for line in one.reviewers
    ]
    clauses: list[Json] = [
        {"document": clause.document, "article": clause.article, "quote": clause.quote}
        for clause in clauses_for(followed, day, rule=_RULE)
    ]
    return {
        "unit": one.body.unit.id,
        "name": one.body.unit.name,
        "officers": verdict.people,
        "present": verdict.present,
        "own": one.verdict.own,
        "outside": one.verdict.outside,
        "by_source": by_source,
        "required": verdict.required,
        "short": verdict.short,
        "status": said(verdict.status),
        "reviewers": people,
        "rule": {**stamp_for(followed, day, rule=_RULE), "clauses": clauses},
    }
