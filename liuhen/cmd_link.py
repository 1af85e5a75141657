"""`link …`: which recordings belong to which actions, what waits, and what does not count."""

from typing import Annotated

import typer

from cases import follow, inbox, links
from cases.inbox import Deadlines
from cases.links import LinkAnswer, Unlinking
from evidence.canonical import Json
from evidence.entry import time_text
from liuhen import clock, invocation, link_footage, link_view
from liuhen.link_footage import person_of
from storage import catalogue

app = typer.Typer(help="录像关联  Which recordings belong to which actions", no_args_is_help=True)
app.add_typer(link_footage.app)

Recording = Annotated[str, typer.Argument(help="录像 SHA-256 或其开头  Recording")]
Action = Annotated[str, typer.Argument(help="执法活动编号  Action")]
By = Annotated[str, typer.Option("--by", help="经办人工号、编号或登录名  Who says so")]


@app.command("list")
def list_(
    context: typer.Context,
    action: Annotated[str | None, typer.Option(help="执法活动编号  Action")] = None,
    recording: Annotated[str | None, typer.Option(help="录像 SHA-256  Recording")] = None,
) -> None:
    """列出执法活动或录像的关联，含已解除的  List links of an action or a recording."""
    run = invocation.of(context)
    with run.reporting("link list"), run.site() as site:
        follow.catch_up(site.ledger)
        sha256 = None if recording is None else catalogue.full_digest(site.database, recording)
        with site.database.read() as connection:
            found = [] if sha256 is None else links.links_of(connection, sha256)
            found += [] if action is None else links.links_of_action(connection, action)
    run.output.table(link_view.LINK_COLUMNS, map(link_view.link_row, found))
    told: list[Json] = [link_view.link_json(one) for one in found]
    run.output.finish({"command": "link list", "links": told})


@app.command("inbox")
def inbox_(
    context: typer.Context,
    overdue: Annotated[bool, typer.Option("--overdue", help="只列逾期的  Only those overdue")] = (
        False
    ),
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="最多行数  At most")] = 1000,
) -> None:
    """列出待关联录像、候选活动和理由  List what waits, with its candidates and why."""
    run = invocation.of(context)
    with run.reporting("link inbox"), run.site() as site:
        follow.catch_up(site.ledger)
        now = clock.now()
        with site.database.read() as connection:
            deadlines, found = Deadlines(connection), inbox.waiting(connection, limit=limit)
            due = {one.recording: deadlines.of(one) for one in found}
        late = {recording for recording, moment in due.items() if now >= moment}
        found = [one for one in found if one.recording in late or not overdue]
    run.output.say(f"待关联 {len(found)} 段", f"{len(found)} wait")
    rows = (link_view.waiting_row(one, is_late=one.recording in late) for one in found)
    run.output.table(link_view.WAITING_COLUMNS, rows)
    told: list[Json] = [
        link_view.waiting_json(one, due=due[one.recording], is_late=one.recording in late)
        for one in found
    ]
    run.output.finish({"command": "link inbox", "waiting": told})


@app.command()
def confirm(context: typer.Context, recording: Recording, action: Action, by: By) -> None:
    """确认录像属于执法活动  Say that a recording belongs to an action."""
    run = invocation.of(context)
    with run.reporting("link confirm"), run.site() as site:
        sha256, person = catalogue.full_digest(site.database, recording), person_of(site, by)
        link = links.link(site.ledger, sha256, action=action, person=person)
        follow.catch_up(site.ledger)
    run.output.say(f"已关联 {sha256[:16]} 与 {action}", f"Linked to {action}")
    body: dict[str, Json] = {"recording": sha256, "action": action, "link": link}
    run.output.finish({"command": "link confirm", **body})


@app.command()
def remove(
    context: typer.Context,
    link: Annotated[str, typer.Argument(help="关联编号  Link")],
    reason: Annotated[str, typer.Option(help="理由  Reason")],
    by: By,
    second: Annotated[str, typer.Option(help="复核人  The second person who confirms")],
) -> None:
    """解除关联，须有理由和第二人；案件决定后不能解除  End a link, by two persons."""
    run = invocation.of(context)
    with run.reporting("link remove"), run.site() as site:
        said = Unlinking(reason, person_of(site, by), person_of(site, second))
        links.unlink(site.ledger, link, said=said)
        follow.catch_up(site.ledger)
    run.output.say(f"已解除关联 {link}", f"The link {link} has ended")
    run.output.finish({"command": "link remove", "link": link})


@app.command()
def answer(
    context: typer.Context,
    recording: Recording,
    said: Annotated[LinkAnswer, typer.Argument(help="答复  Answer", case_sensitive=False)],
    by: By,
) -> None:
    """答复待关联录像：不属于任何案件（工作资料）或以后再定  Say that it is of no case, or later."""
    run = invocation.of(context)
    with run.reporting("link answer"), run.site() as site:
        sha256, person = catalogue.full_digest(site.database, recording), person_of(site, by)
        links.answer(site.ledger, sha256, said=said, person=person)
        follow.catch_up(site.ledger)
        with site.database.read() as connection:
            state = links.state_of(connection, sha256)
    chinese, english = link_view.STATES[state]
    run.output.say(f"{sha256[:16]}：{chinese}", f"{sha256[:16]}: {english}")
    body: dict[str, Json] = {"recording": sha256, "answer": said.value, "state": state.value}
    run.output.finish({"command": "link answer", **body})


@app.command()
def coverage(context: typer.Context, action: Action) -> None:
    """执法活动的录像覆盖评定及历次结果  The coverage of an action, and each result before."""
    run = invocation.of(context)
    with run.reporting("link coverage"), run.site() as site:
        follow.catch_up(site.ledger)
        found = link_view.coverage_of(site, action)
    link_view.say_coverage(run.output, found)
    results: list[Json] = [
        {
            "number": one.number,
            "verdict": one.verdict.value,
            "sha256": one.sha256,
            "assessed_at": time_text(one.assessed_at),
        }
        for one in found
    ]
    latest = found[-1].body if found else None
    run.output.finish(
        {"command": "link coverage", "action": action, "latest": latest, "results": results}
    )
