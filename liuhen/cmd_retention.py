"""`retention …`: how long recordings are kept, what is due, and who changes the periods."""

from typing import Annotated

import typer

from cases import case_terms, follow, holds, retention, retention_changes, retention_due
from cases.retention_changes import NewVersion
from evidence.canonical import Json
from evidence.errors import BadInput
from evidence.retention import CaseTerm, PeriodRule, Source
from liuhen import case_view, clock, invocation
from liuhen.arguments import day_of
from liuhen.hold_view import (
    DUE_COLUMNS,
    PERIOD_COLUMNS,
    due_row,
    preview_json,
    rule_json,
    rule_row,
    say_preview,
    say_standing,
    standing_json,
    term_json,
    version_json,
)
from people import units
from storage import catalogue

app = typer.Typer(help="保管期限  Retention", no_args_is_help=True)

By = Annotated[str, typer.Option("--by", help="办理人工号  Officer number of whoever does it")]
Version = Annotated[str, typer.Argument(help="期限版本编号  Version")]
Document = Annotated[str, typer.Option(help="所依据的文件  Document it rests on")]
Article = Annotated[str, typer.Option(help="条款  Article")]
Quote = Annotated[str, typer.Option(help="原文  Its words")]


@app.command()
def show(
    context: typer.Context,
    recording: Annotated[str, typer.Argument(help="录像的 SHA-256  Recording")],
    day: Annotated[str | None, typer.Option("--on", help="哪一天，默认今天  Day")] = None,
) -> None:
    """一段录像保管到何时、依据什么、被何保全  How long a recording is kept, and by what."""
    run = invocation.of(context)
    with run.reporting("retention show"), run.site() as site:
        follow.catch_up(site.ledger)
        today = day_of(day, clock.now())
        sha256 = catalogue.full_digest(site.database, recording)
        with site.database.read() as connection:
            found = retention.standing(connection, sha256, today=today)
            held = holds.active_holds(connection, sha256, today=today)
    say_standing(run.output, found, held_by=held, today=today)
    run.output.finish({"command": "retention show", **standing_json(found, held, today=today)})


@app.command()
def due(
    context: typer.Context,
    day: Annotated[str | None, typer.Option("--on", help="哪一天，默认今天  Day")] = None,
    after: Annotated[str | None, typer.Option(help="上一页给出的 next  Next page")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="最多行数  At most")] = 200,
) -> None:
    """列出保管期限已满的录像，入库早的在前  What is due, the oldest first."""
    run = invocation.of(context)
    with run.reporting("retention due"), run.site() as site:
        follow.catch_up(site.ledger)
        today = day_of(day, clock.now())
        with site.database.read() as connection:
            page = retention_due.due_page(connection, today=today, after=after, limit=limit)
    run.output.table(DUE_COLUMNS, map(due_row, page.found))
    lines: list[Json] = [
        standing_json(one.standing, one.held_by, today=today) for one in page.found
    ]
    run.output.finish(
        {
            "command": "retention due",
            "due": lines,
            "looked_at": page.looked_at,
            "next": page.next,
        }
    )


@app.command()
def periods(
    context: typer.Context,
    unit: Annotated[str | None, typer.Option(help="单位，默认全局  Unit")] = None,
) -> None:
    """各类资料现行的保管期限及依据  The periods in force, each with its source."""
    run = invocation.of(context)
    with run.reporting("retention periods"), run.site() as site, site.database.read() as connection:
        key = None if unit is None else units.find_unit(connection, unit).id
        found = retention.periods_in_force(connection, key, today=day_of(None, clock.now()))
    run.output.table(PERIOD_COLUMNS, map(rule_row, found))
    rules: list[Json] = [rule_json(one) for one in found]
    run.output.finish({"command": "retention periods", "unit": key, "periods": rules})


@app.command()
def change(
    context: typer.Context,
    unit: Annotated[str, typer.Option(help="单位  Unit")],
    periods: Annotated[
        list[str], typer.Option("--class", help="类别=期限，如 WORKING_MATERIAL=6 mo  Period")
    ],
    document: Document,
    article: Article,
    quote: Quote,
    by: By,
    begins: Annotated[str | None, typer.Option("--from", help="施行日，默认今天  From")] = None,
    retroactive: Annotated[
        bool, typer.Option("--retroactive", help="溯及已有录像  For what is there too")
    ] = False,
    note: Annotated[str | None, typer.Option(help="说明  Note")] = None,
    dry_run: Annotated[bool, typer.Option(help="只预览  Preview only")] = False,
) -> None:
    """提出新的期限版本，列出受影响的录像；须第二人批准  Make a version; a second one approves."""
    run = invocation.of(context)
    with run.reporting("retention change"), run.site() as site:
        follow.catch_up(site.ledger)
        today = day_of(None, clock.now())
        source = Source(document, article, quote)
        rules = tuple(_rule(one, source) for one in periods)
        new = NewVersion(unit, day_of(begins, clock.now()), rules, retroactive, note)
        person = case_view.person_id(site, by)
        with site.database.read() as connection:
            seen = retention_changes.preview(connection, new, today=today)
        version = None if dry_run else retention_changes.propose(site.ledger, new, person=person)
    say_preview(run.output, seen)
    run.output.finish({"command": "retention change", "version": version, **preview_json(seen)})


@app.command()
def versions(context: typer.Context) -> None:
    """列出期限版本及其批准情况  Every version of the periods, the latest first."""
    run = invocation.of(context)
    with run.reporting("retention versions"), run.site() as s, s.database.read() as connection:
        found = retention_changes.all_versions(connection)
    columns = ("版本 version", "施行 from", "溯及 retroactive", "影响 touched", "答复 answer")
    rows = (
        (
            one.version.id,
            one.version.from_day.isoformat(),
            "是 yes" if one.version.is_retroactive else "",
            str(one.touched),
            "" if one.answered is None else one.answered.answer.value,
        )
        for one in found
    )
    run.output.table(columns, rows)
    lines: list[Json] = [version_json(one) for one in found]
    run.output.finish({"command": "retention versions", "versions": lines})


@app.command()
def preview(context: typer.Context, version: Version) -> None:
    """某个期限版本现在影响哪些录像  What a version on record touches now."""
    run = invocation.of(context)
    with run.reporting("retention preview"), run.site() as site:
        follow.catch_up(site.ledger)
        today = day_of(None, clock.now())
        with site.database.read() as connection:
            seen = retention_changes.shown_again(connection, version, today=today)
    say_preview(run.output, seen)
    run.output.finish({"command": "retention preview", "version": version, **preview_json(seen)})


@app.command()
def approve(
    context: typer.Context,
    version: Version,
    by: By,
    seen: Annotated[str, typer.Option(help="所见预览的摘要  Digest of the preview seen")],
    note: Annotated[str | None, typer.Option(help="说明  Note")] = None,
) -> None:
    """批准期限版本；须由提出人以外的人  Approve a version, by another person than made it."""
    run = invocation.of(context)
    with run.reporting("retention approve"), run.site() as site:
        follow.catch_up(site.ledger)
        person = case_view.person_id(site, by)
        retention_changes.approve(site.ledger, version, person=person, seen=seen, note=note)
        with site.database.read() as connection:
            found = retention_changes.find(connection, version)
    run.output.say(f"期限版本 {version} 已批准", f"The version {version} is approved")
    run.output.finish({"command": "retention approve", **version_json(found)})


@app.command()
def refuse(
    context: typer.Context,
    version: Version,
    by: By,
    note: Annotated[str | None, typer.Option(help="说明  Note")] = None,
) -> None:
    """不批准期限版本；提出人办理即为撤回  Refuse a version; by who made it, withdraw it."""
    run = invocation.of(context)
    with run.reporting("retention refuse"), run.site() as site:
        person = case_view.person_id(site, by)
        retention_changes.refuse(site.ledger, version, person=person, note=note)
        with site.database.read() as connection:
            found = retention_changes.find(connection, version)
    run.output.say(f"期限版本 {version} 未批准", f"The version {version} is not approved")
    run.output.finish({"command": "retention refuse", **version_json(found)})


@app.command()
def term(
    context: typer.Context,
    case: Annotated[str, typer.Argument(help="案件编号、案号或外部编号  Case")],
    class_: Annotated[str, typer.Option("--class", help="案卷的保管类别  Its class")],
    document: Document,
    article: Article,
    quote: Quote,
    by: By,
    period: Annotated[str | None, typer.Option(help="期限，如 30 y、permanent  Period")] = None,
    ends: Annotated[str | None, typer.Option(help="保管到哪一天  Last day")] = None,
    real_estate: Annotated[
        bool, typer.Option("--real-estate", help="涉及不动产  About real estate")
    ] = False,
) -> None:
    """登记案卷的保管期限；缩短的须第二人批准  State how long a case file is kept."""
    run = invocation.of(context)
    with run.reporting("retention term"), run.site() as site:
        key, person = case_view.case_id(site, case), case_view.person_id(site, by)
        new = CaseTerm(
            class_code=class_,
            period=period,
            ends_on=None if ends is None else day_of(ends, clock.now()),
            is_real_estate=real_estate,
            source=Source(document, article, quote),
        )
        stated = case_terms.state_term(site.ledger, key, new=new, person=person)
    waits = ("，待第二人批准", ", a second person must approve it") if stated.waits else ("", "")
    run.output.say(f"已登记（{stated.id}）{waits[0]}", f"On record as {stated.id}{waits[1]}")
    run.output.finish({"command": "retention term", **term_json(stated)})


@app.command()
def answer(
    context: typer.Context,
    term: Annotated[str, typer.Argument(help="案卷期限编号  End of a case file")],
    by: By,
    approve: Annotated[bool, typer.Option("--approve/--refuse", help="批准与否  Approve")],
    note: Annotated[str | None, typer.Option(help="说明  Note")] = None,
) -> None:
    """答复缩短的案卷期限  Answer an end of a case file that lets go earlier."""
    run = invocation.of(context)
    with run.reporting("retention answer"), run.site() as site:
        person = case_view.person_id(site, by)
        case_terms.answer_term(site.ledger, term, person=person, approve=approve, note=note)
        with site.database.read() as connection:
            found = case_terms.find(connection, term)
    run.output.say(f"已答复（{term}）", f"{term} is answered")
    run.output.finish({"command": "retention answer", **term_json(found)})


def _rule(text: str, source: Source) -> PeriodRule:
    """`CLASS=PERIOD`; raises `BadInput`."""
    name, equals, period = text.partition("=")
    if not equals:
        raise BadInput(f"{text} is no class with its period", why="RETENTION_PERIOD", value=text)
    return PeriodRule(name.strip(), period.strip(), "", (source,))
