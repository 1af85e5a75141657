"""`action …`: the register of enforcement actions, their teams, facts and guarded steps."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cases import action_import, arrived, as_json, blocking, lists, register, steps, team
from cases.arrived import NewInterval
from cases.lists import Wanted
from cases.readiness import Light, readiness
from cases.reading import ActionDetails, Interests, Origin, TeamMember
from cases.records import NewExemption
from evidence.canonical import Json
from evidence.case_vocabulary import ActionState, ActionType, Category, TeamRole
from evidence.errors import BadInput
from evidence.vocabulary import Tier
from liuhen import action_records, case_view, clock, invocation
from liuhen.arguments import moment_of
from liuhen.output import ExitCode
from people import units
from storage.site import Site

app = typer.Typer(help="执法活动登记与办理  Enforcement actions", no_args_is_help=True)
app.command("record")(action_records.record)

Named = Annotated[str, typer.Argument(help="执法活动编号或外部编号  Action")]
By = Annotated[str, typer.Option("--by", help="办理人工号  Officer number of whoever does it")]
At = Annotated[str | None, typer.Option(help="时间（北京时间），默认现在  Moment, else now")]
Document = Annotated[str | None, typer.Option(help="所依据文书的 SHA-256  Its document")]
From = Annotated[str, typer.Option("--from", help="实际开始（北京时间）  When it began")]
To = Annotated[str, typer.Option("--to", help="实际结束（北京时间）  When it ended")]


@app.command()
def add(
    context: typer.Context,
    kind: Annotated[ActionType, typer.Argument(case_sensitive=False, help="类型  Type")],
    unit: Annotated[str, typer.Option(help="单位名称或编号  Unit")],
    category: Annotated[Category, typer.Option(case_sensitive=False, help="执法类别  Category")],
    case: Annotated[str | None, typer.Option(help="案件  Case")] = None,
    name: Annotated[str | None, typer.Option(help="其他类型的名称  Name of another type")] = None,
    category_name: Annotated[str | None, typer.Option(help="其他类别的名称  Its name")] = None,
    item: Annotated[str | None, typer.Option(help="权责清单事项  Item of the power list")] = None,
    place: Annotated[str | None, typer.Option(help="地点  Place")] = None,
    room: Annotated[str | None, typer.Option(help="登记场所  Registered room")] = None,
    liberty: Annotated[bool, typer.Option("--liberty", help="涉人身自由  Touches liberty")] = False,
    life: Annotated[bool, typer.Option("--life-health", help="涉生命健康  Life, health")] = False,
    prop: Annotated[
        bool, typer.Option("--major-property", help="涉重大财产权益  Major property")
    ] = False,
    tier: Annotated[
        Tier | None, typer.Option(case_sensitive=False, help="提高记录等级  Raise the tier")
    ] = None,
    plan_from: Annotated[str | None, typer.Option(help="计划开始  Planned from")] = None,
    plan_to: Annotated[str | None, typer.Option(help="计划结束  Planned to")] = None,
    source: Annotated[str, typer.Option(help="来源  Where the id is from")] = Origin.source,
    external_id: Annotated[str | None, typer.Option("--id", help="外部编号  Its id there")] = None,
) -> None:
    """登记执法活动；同一外部编号再次登记即更新  Put an action on record, or say it anew."""
    run = invocation.of(context)
    with run.reporting("action add"), run.site() as site:
        details = ActionDetails(
            unit=unit,
            type=kind,
            category=category,
            type_name=name,
            category_name=category_name,
            power_item=item,
            case=None if case is None else case_view.case_id(site, case),
            place=place,
            room=room,
            interests=Interests(liberty, life, prop),
            tier_raised=tier,
            planned=_planned(plan_from, plan_to),
        )
        stated = register.add_action(site.ledger, details, origin=Origin(source, external_id))
    said = {"ADDED": ("已登记", "registered"), "CHANGED": ("已更新", "described anew")}
    chinese, english = said.get(stated.outcome.value, ("没有变化", "unchanged"))
    run.output.say(f"执法活动 {stated.id} {chinese}", f"Action {stated.id} {english}")
    outcome = stated.outcome.value
    run.output.finish({"command": "action add", "action": stated.id, "outcome": outcome})


def _planned(since: str | None, until: str | None) -> tuple[datetime, datetime] | None:
    if (since is None) != (until is None):
        raise BadInput("A plan has a start and an end", why="PLANNED_ORDER")
    if since is None:
        return None
    return moment_of(since, clock.now()), moment_of(until, clock.now())


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Excel 或 CSV 文件  Excel or CSV file")],
    source: Annotated[str, typer.Option(help="来源  Whose ids the file has")] = "file",
    dry_run: Annotated[bool, typer.Option(help="只预览，不导入  Preview only")] = False,
    skip_faulty: Annotated[
        bool, typer.Option("--skip-faulty", help="跳过有错误的行  Leave out rows with faults")
    ] = False,
) -> None:
    """导入执法活动，逐行指出错误  Read actions in; each fault is named by line and column."""
    run = invocation.of(context)
    with run.reporting("action import"), run.site() as site:
        given = case_view.file_of(file, action_import.COLUMNS, source=source)
        with site.database.read() as connection:
            lines = action_import.preview(connection, given, now=clock.now())
        import_id = None
        if not dry_run and (skip_faulty or not any(line.faults for line in lines)):
            import_id, lines = action_import.take_actions(
                site.ledger, given, skip_faulty=skip_faulty
            )
    case_view.finish_import(run, "action import", file=given, import_id=import_id, lines=lines)


@app.command("list")
def list_(
    context: typer.Context,
    unit: Annotated[str | None, typer.Option(help="单位名称或编号  Unit")] = None,
    case: Annotated[str | None, typer.Option(help="案件  Case")] = None,
    state: Annotated[
        ActionState | None, typer.Option(case_sensitive=False, help="状态  State")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="最多行数  At most")] = 200,
) -> None:
    """列出执法活动，新的在前  The actions there are, the last added first."""
    run = invocation.of(context)
    with run.reporting("action list"), run.site() as site, site.database.read() as connection:
        wanted = Wanted(
            units=None if unit is None else {units.find_unit(connection, unit).id},
            state=None if state is None else state.value,
            case=None if case is None else lists.find_case(connection, case).id,
            limit=limit,
        )
        found = lists.action_page(connection, wanted).found
        names = case_view.unit_names(connection)
    rows = (case_view.action_row(one, names) for one in found)
    run.output.table(case_view.ACTION_COLUMNS, rows)
    lines: list[Json] = [as_json.action_json(one) for one in found]
    run.output.finish({"command": "action list", "actions": lines})


@app.command()
def show(context: typer.Context, action: Named) -> None:
    """显示执法活动、结论和下一步的阻碍  An action, its verdict, and what blocks the next step."""
    run = invocation.of(context)
    with run.reporting("action show"), run.site() as site:
        case_view.caught_up(site)
        with site.database.read() as connection:
            found = lists.find_action(connection, action)
            body = as_json.whole_action(connection, found.id, at=clock.now())
            following = blocking.of_action(connection, found, at=clock.now())
            names = case_view.unit_names(connection)
    run.output.table(case_view.ACTION_COLUMNS, [case_view.action_row(found, names)])
    verdict = body["verdict"] or "—"
    run.output.say(f"音像记录结论：{verdict}", f"Verdict on the recording: {verdict}")
    case_view.say_next(run.output, following, kind=ActionState)
    run.output.finish({"command": "action show", **body})


@app.command("team")
def team_(
    context: typer.Context,
    action: Named,
    lead: Annotated[list[str], typer.Option(help="主办人员工号  Officer number of a lead")],
    assist: Annotated[list[str] | None, typer.Option(help="协办人员工号  Who assists")] = None,
    keeper: Annotated[
        str | None, typer.Option(help="记录员工号，默认第一主办  Who keeps the record")
    ] = None,
    came: Annotated[
        list[str] | None, typer.Option(help="到场，如 3201=2024-05-16 09:10  Came")
    ] = None,
    left: Annotated[
        list[str] | None, typer.Option(help="离场，如 3201=2024-05-16 10:10  Left")
    ] = None,
) -> None:
    """登记执法分工；未列入的人员即退出  State the whole team; who is left out is withdrawn."""
    run = invocation.of(context)
    with run.reporting("action team"), run.site() as site:
        key = case_view.action_id(site, action)
        comings, goings = _moments(site, came), _moments(site, left)
        keeps = case_view.person_id(site, keeper or lead[0])
        named = ((TeamRole.LEAD, lead), (TeamRole.ASSIST, assist))
        members = [
            TeamMember(
                person=one,
                role=role,
                is_recorder_person=one == keeps,
                came=comings.get(one),
                left=goings.get(one),
            )
            for role, numbers in named
            for one in case_view.persons(site, numbers)
        ]
        changed = team.state_team(site.ledger, key, members=members)
    chinese, english = ("已登记", "on record") if changed else ("没有变化", "unchanged")
    run.output.say(f"执法分工{chinese}", f"The team is {english}")
    run.output.finish(
        {"command": "action team", "action": key, "changed": changed, "members": len(members)}
    )


def _moments(site: Site, given: list[str] | None) -> dict[str, datetime]:
    """Moments by person, from words such as `3201=2024-05-16 09:10`. Raises `BadInput`."""
    found: dict[str, datetime] = {}
    for word in given or ():
        number, _, text = word.partition("=")
        if not text:
            raise BadInput(f"{word} names no moment", why="NOT_A_MOMENT", text=word)
        found[case_view.person_id(site, number)] = moment_of(text, clock.now())
    return found


@app.command()
def ready(context: typer.Context, action: Named) -> None:
    """出发前检查：人员、设备、存储；红灯说明怎么办  Whether it can go out, and what to do."""
    run = invocation.of(context)
    with run.reporting("action ready"), run.site() as site:
        space = site.vault.space()
        with site.database.read() as connection:
            found = lists.find_action(connection, action)
            answer = readiness(connection, found.id, at=clock.now(), space=space)
    marks = {Light.GREEN: "绿 OK", Light.RED: "红 RED", Light.UNKNOWN: "未知 ?"}
    for point in answer.points:
        todo = ("", "") if point.todo is None else point.todo
        run.output.say(
            f"{marks[point.light]} {point.said[0]} {todo[0]}".rstrip(),
            f"{point.said[1]} {todo[1]}".rstrip(),
        )
    points: list[Json] = [point.json() for point in answer.points]
    body: dict[str, Json] = {"action": found.id, "ready": answer.is_ready, "points": points}
    code = ExitCode.FINE if answer.is_ready else ExitCode.USAGE
    run.output.finish({"command": "action ready", **body}, code)


@app.command()
def start(
    context: typer.Context, action: Named, by: By, at: At = None, document: Document = None
) -> None:
    """开始执法活动；不符合条件的说明全部理由  Start it; a refusal tells every reason."""
    run = invocation.of(context)
    with case_view.stepping(run, "action start"), run.site() as site:
        key = case_view.action_id(site, action)
        taken = case_view.step_of(site, by, at=at, document=document)
        steps.start(site.ledger, key, step=taken)
    _finish(run, "action start", action=key, state=ActionState.STARTED)


@app.command()
def end(
    context: typer.Context,
    action: Named,
    by: By,
    since: From,
    until: To,
    document: Document = None,
) -> None:
    """结束执法活动，填写实际起止时间  End it, with the interval of the written record."""
    run = invocation.of(context)
    with case_view.stepping(run, "action end"), run.site() as site:
        key = case_view.action_id(site, action)
        taken = case_view.step_of(site, by, at=None, document=document)
        first, last = moment_of(since, clock.now()), moment_of(until, clock.now())
        new = NewInterval(first, last, taken.person, document)
        steps.end(site.ledger, key, step=taken, interval=new)
    _finish(run, "action end", action=key, state=ActionState.ENDED)


@app.command()
def settle(
    context: typer.Context, action: Named, by: By, at: At = None, document: Document = None
) -> None:
    """办结执法活动；不符合条件的说明全部理由  Settle it; a refusal tells every reason."""
    run = invocation.of(context)
    with case_view.stepping(run, "action settle"), run.site() as site:
        case_view.caught_up(site)
        key = case_view.action_id(site, action)
        taken = case_view.step_of(site, by, at=at, document=document)
        steps.settle(site.ledger, key, step=taken)
    _finish(run, "action settle", action=key, state=ActionState.SETTLED)


@app.command()
def cancel(
    context: typer.Context,
    action: Named,
    by: By,
    reason: Annotated[str, typer.Option(help="理由  Reason")],
) -> None:
    """取消尚未开始的执法活动  Cancel what has not started."""
    run = invocation.of(context)
    with case_view.stepping(run, "action cancel"), run.site() as site:
        key = case_view.action_id(site, action)
        taken = case_view.step_of(site, by, at=None, document=None)
        steps.cancel(site.ledger, key, step=taken, reason=reason)
    _finish(run, "action cancel", action=key, state=ActionState.CANCELLED)


@app.command()
def exempt(
    context: typer.Context,
    action: Named,
    by: By,
    document: Annotated[list[str], typer.Option(help="文书的 SHA-256  Its documents")],
    signer: Annotated[list[str], typer.Option(help="签名人员工号  Officers who sign")],
    reason: Annotated[str | None, typer.Option(help="理由  Reason")] = None,
    approver: Annotated[str | None, typer.Option(help="批准人工号  Who approves")] = None,
) -> None:
    """以文字记录代替音像记录  Let a text stand for the recording, where it may."""
    run = invocation.of(context)
    with case_view.stepping(run, "action exempt"), run.site() as site:
        key = case_view.action_id(site, action)
        signers = tuple(case_view.persons(site, signer))
        by_whom = None if approver is None else case_view.person_id(site, approver)
        new = NewExemption(tuple(document), signers, reason, by_whom)
        taken = case_view.step_of(site, by, at=None, document=None)
        steps.exempt(site.ledger, key, step=taken, new=new)
    run.output.say("已登记以文字代音像", "The text stands for the recording")
    run.output.finish({"command": "action exempt", "action": key})


@app.command()
def interval(
    context: typer.Context,
    action: Named,
    by: By,
    since: From,
    until: To,
    reason: Annotated[str | None, typer.Option(help="更正的理由  Why it is put right")] = None,
    second: Annotated[str | None, typer.Option(help="复核人工号  Second person")] = None,
    document: Document = None,
) -> None:
    """登记或更正实际起止时间；更正须有理由和复核人  Declare or put right when it was."""
    run = invocation.of(context)
    with run.reporting("action interval"), run.site() as site:
        key = case_view.action_id(site, action)
        new = NewInterval(
            start=moment_of(since, clock.now()),
            end=moment_of(until, clock.now()),
            declared_by=case_view.person_id(site, by),
            basis_sha256=document,
            reason=reason,
            second_person=None if second is None else case_view.person_id(site, second),
        )
        version = arrived.declare_interval(site.ledger, key, new=new) + 1
    run.output.say(f"已登记第 {version} 版起止时间", f"Version {version} of the interval stands")
    run.output.finish({"command": "action interval", "action": key, "version": version})


def _finish(run: invocation.Invocation, command: str, *, action: str, state: ActionState) -> None:
    run.output.say(f"执法活动 {action} 已到 {state.value}", f"Action {action} is {state.value}")
    run.output.finish({"command": command, "action": action, "state": state.value})
