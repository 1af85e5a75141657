"""`finding list|show|explain|approve|triage|report`: what was found, and what people say of it."""

from typing import Annotated

import typer

from cases import finding_rows, findings
from cases.finding_follow import follow
from cases.finding_rows import Finding, Wanted
from cases.findings import Explanation, Responsible
from evidence.canonical import Json
from evidence.finding_rules import Cause, FindingKind, FindingState, Route, Triage
from liuhen import invocation
from liuhen.finding_view import Words, counts_json, finding_json, say_finding, say_list
from people import staff, units
from storage.site import Site

app = typer.Typer(help="问题：缺口、不足、逾期等  Findings", no_args_is_help=True)

Number = Annotated[str, typer.Argument(help="问题编号，如 F-2026-0001  Number or id of a finding")]
By = Annotated[
    str, typer.Option("--by", help="工号或编号  Officer number or id of whoever says it")
]
Text = Annotated[str, typer.Option("--text", help="说明文字  In words")]
_ALIVE = (FindingState.OPEN, FindingState.EXPLAINED, FindingState.ACCEPTED)


@app.command("list")
def list_(
    context: typer.Context,
    state: Annotated[
        list[FindingState] | None,
        typer.Option(case_sensitive=False, help="状态，默认未销号的  State, else all but closed"),
    ] = None,
    kind: Annotated[
        list[FindingKind] | None, typer.Option(case_sensitive=False, help="类别  Kind")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="单位名称或编号  Unit")] = None,
    action: Annotated[str | None, typer.Option(help="行为编号  Action")] = None,
    case: Annotated[str | None, typer.Option(help="案件编号  Case")] = None,
    before: Annotated[str | None, typer.Option(help="上一页给出的 next  Next page")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="最多行数  At most")] = 200,
) -> None:
    """列出问题，新的在前  The findings there are, newest first."""
    run = invocation.of(context)
    with run.reporting("finding list"), run.site() as site:
        follow(site.ledger)
        with site.database.read() as connection:
            wanted = Wanted(
                states=tuple(state or _ALIVE),
                kinds=tuple(kind or ()),
                unit=None if unit is None else units.find_unit(connection, unit).id,
                action=action,
                case=case,
            )
            found = finding_rows.page(connection, wanted, before=before, limit=limit)
            counted = finding_rows.counts(connection, Wanted(unit=wanted.unit))
            words = Words.of(connection)
    say_list(run.output, found, words=words)
    lines: list[Json] = [finding_json(one, words) for one in found]
    following = finding_rows.cursor(found[-1]) if len(found) == limit else None
    run.output.finish(
        {
            "command": "finding list",
            "findings": lines,
            "counts": counts_json(counted),
            "next": following,
        }
    )


@app.command()
def show(context: typer.Context, finding: Number) -> None:
    """显示一个问题及其经过、条文  One finding with its history and the clauses it rests on."""
    run = invocation.of(context)
    with run.reporting("finding show"), run.site() as site:
        follow(site.ledger)
        found, words = _seen(site, finding)
    say_finding(run.output, found, words=words)
    run.output.finish({"command": "finding show", **finding_json(found, words)})


@app.command()
def explain(
    context: typer.Context,
    finding: Number,
    cause: Annotated[Cause, typer.Option(case_sensitive=False, help="原因  Cause")],
    text: Text,
    by: By,
) -> None:
    """说明原因；不改变任何结论  Explain a finding; no verdict changes by it."""
    run = invocation.of(context)
    with run.reporting("finding explain"), run.site() as site:
        follow(site.ledger)
        said = Explanation(cause, text, _person(site, by))
        findings.explain(site.ledger, _id(site, finding), said=said)
        found, words = _seen(site, finding)
    run.output.say(
        f"已登记对 {found.number} 的说明", f"The explanation of {found.number} is on record"
    )
    run.output.finish({"command": "finding explain", **finding_json(found, words)})


@app.command()
def approve(context: typer.Context, finding: Number, by: By) -> None:
    """批准说明：须由小组以外的他人批准  Approve an explanation, from outside the team."""
    run = invocation.of(context)
    with run.reporting("finding approve"), run.site() as site:
        follow(site.ledger)
        findings.approve(site.ledger, _id(site, finding), person=_person(site, by))
        found, words = _seen(site, finding)
    run.output.say(
        f"已批准对 {found.number} 的说明", f"The explanation of {found.number} is approved"
    )
    run.output.finish({"command": "finding approve", **finding_json(found, words)})


@app.command()
def triage(
    context: typer.Context,
    finding: Number,
    route: Annotated[Triage, typer.Argument(case_sensitive=False, help="处理方式  Route")],
    by: By,
    person: Annotated[str | None, typer.Option(help="责任人工号  Person responsible")] = None,
    deadline: Annotated[str | None, typer.Option(help="整改期限  Day by which")] = None,
    recipient: Annotated[str | None, typer.Option(help="移送的接收单位  Referred to")] = None,
    document: Annotated[str | None, typer.Option(help="移送文号  Document number")] = None,
    head: Annotated[str | None, typer.Option(help="单位负责人工号  Head of the unit")] = None,
    direct: Annotated[
        list[str] | None, typer.Option(help="直接责任人工号  Directly responsible")
    ] = None,
) -> None:
    """确定处理方式：立行立改、限期整改或移送  How a finding is dealt with."""
    run = invocation.of(context)
    with run.reporting("finding triage"), run.site() as site:
        follow(site.ledger)
        chosen = Route(route, _maybe(site, person), deadline, recipient, document)
        named = Responsible(_maybe(site, head), tuple(_person(site, one) for one in direct or ()))
        findings.triage(
            *(site.ledger, _id(site, finding)),
            route=chosen,
            by=_person(site, by),
            responsible=named,
        )
        found, words = _seen(site, finding)
    run.output.say(
        f"已确定 {found.number} 的处理方式", f"It is settled how {found.number} is dealt with"
    )
    run.output.finish({"command": "finding triage", **finding_json(found, words)})


@app.command()
def report(
    context: typer.Context,
    subject: Annotated[
        str, typer.Argument(help="action/编号、recorder/编号 或 recording/摘要  What it is about")
    ],
    cause: Annotated[Cause, typer.Option(case_sensitive=False, help="原因  Cause")],
    text: Text,
    by: By,
) -> None:
    """在被发现之前自行报告，如设备故障  Report something oneself, before it is detected."""
    run = invocation.of(context)
    with run.reporting("finding report"), run.site() as site:
        said = Explanation(cause, text, _person(site, by))
        made = findings.report_oneself(site.ledger, subject, said=said)
    run.output.say(f"已登记自行报告：{subject}", f"The report of {subject} is on record")
    run.output.finish({"command": "finding report", "report": made, "subject": subject})


# --- naming ---------------------------------------------------------------------------------------


def _seen(site: Site, named: str) -> tuple[Finding, Words]:
    with site.database.read() as connection:
        return finding_rows.find(connection, named), Words.of(connection)


def _id(site: Site, named: str) -> str:
    with site.database.read() as connection:
        return finding_rows.find(connection, named).id


def _person(site: Site, named: str) -> str:
    with site.database.read() as connection:
        return staff.find(connection, named).id


def _maybe(site: Site, named: str | None) -> str | None:
    return None if named is None else _person(site, named)
