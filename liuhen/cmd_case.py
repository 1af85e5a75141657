"""`case add|import|list|show|step|record`: the register of cases and their guarded steps."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cases import as_json, blocking, case_file, case_import, case_moves, lists, register
from cases.case_file import NewFixation, NewTag
from cases.case_moves import CaseMove
from cases.lists import Wanted
from cases.reading import CaseDetails, Origin
from cases.records import Said
from evidence.canonical import Json
from evidence.case_vocabulary import Bearing, CaseStage, CaseState, Category, Opinion, Signed
from evidence.errors import BadInput
from liuhen import case_view, clock, invocation
from liuhen.arguments import moment_of
from people import units
from storage.ledger import Ledger

app = typer.Typer(help="案件登记与办理  Cases", no_args_is_help=True)

Named = Annotated[str, typer.Argument(help="案件编号、案号或外部编号  Case")]
By = Annotated[str, typer.Option("--by", help="办理人工号  Officer number of whoever does it")]
At = Annotated[str | None, typer.Option(help="时间（北京时间），默认现在  Moment, else now")]
Document = Annotated[str | None, typer.Option(help="所依据文书的 SHA-256  Its document")]


class Kind(StrEnum):
    """What `case record` puts on record."""

    FIXATION = "FIXATION"
    OPINION = "OPINION"
    COLLECTIVE = "COLLECTIVE"
    STAGE = "STAGE"
    TAG = "TAG"


@app.command()
def add(
    context: typer.Context,
    number: Annotated[str, typer.Argument(help="案号  Case number")],
    unit: Annotated[str, typer.Option(help="单位名称或编号  Unit")],
    category: Annotated[Category, typer.Option(case_sensitive=False, help="执法类别  Category")],
    name: Annotated[str | None, typer.Option(help="其他类别的名称  Name of another one")] = None,
    item: Annotated[str | None, typer.Option(help="权责清单事项  Item of the power list")] = None,
    title: Annotated[str | None, typer.Option(help="案由  Title")] = None,
    party: Annotated[str | None, typer.Option(help="当事人  Party")] = None,
    major: Annotated[bool, typer.Option("--major", help="重大  Major")] = False,
    especially: Annotated[
        bool, typer.Option("--especially-major", help="特别重大  Especially major")
    ] = False,
    source: Annotated[str, typer.Option(help="来源  Where the id is from")] = Origin.source,
    external_id: Annotated[str | None, typer.Option("--id", help="外部编号  Its id there")] = None,
) -> None:
    """登记案件；同一外部编号再次登记即更新  Put a case on record, or say it anew by its id."""
    run = invocation.of(context)
    details = CaseDetails(
        number=number,
        unit=unit,
        category=category,
        category_name=name,
        power_item=item,
        title=title,
        party=party,
        is_major=major,
        especially_major=especially,
    )
    with run.reporting("case add"), run.site() as site:
        origin = Origin(source, external_id)
        stated = register.add_case(site.ledger, details, origin=origin)
    said = {"ADDED": ("已登记", "registered"), "CHANGED": ("已更新", "described anew")}
    chinese, english = said.get(stated.outcome.value, ("没有变化", "unchanged"))
    run.output.say(f"案件 {stated.id} {chinese}", f"Case {stated.id} {english}")
    run.output.finish({"command": "case add", "case": stated.id, "outcome": stated.outcome.value})


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
    """导入案件，逐行指出错误  Read cases in; each fault is named by line and column."""
    run = invocation.of(context)
    with run.reporting("case import"), run.site() as site:
        given = case_view.file_of(file, case_import.COLUMNS, source=source)
        with site.database.read() as connection:
            lines = case_import.preview(connection, given, now=clock.now())
        import_id = None
        if not dry_run and (skip_faulty or not any(line.faults for line in lines)):
            import_id, lines = case_import.take_cases(site.ledger, given, skip_faulty=skip_faulty)
    case_view.finish_import(run, "case import", file=given, import_id=import_id, lines=lines)


@app.command("list")
def list_(
    context: typer.Context,
    unit: Annotated[str | None, typer.Option(help="单位名称或编号  Unit")] = None,
    state: Annotated[
        CaseState | None, typer.Option(case_sensitive=False, help="环节  State")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="最多行数  At most")] = 200,
) -> None:
    """列出案件，新的在前  The cases there are, the last added first."""
    run = invocation.of(context)
    with run.reporting("case list"), run.site() as site, site.database.read() as connection:
        within = None if unit is None else {units.find_unit(connection, unit).id}
        wanted = Wanted(within, None if state is None else state.value, limit=limit)
        found = lists.case_page(connection, wanted).found
        names = case_view.unit_names(connection)
    run.output.table(case_view.CASE_COLUMNS, (case_view.case_row(one, names) for one in found))
    lines: list[Json] = [as_json.case_json(one) for one in found]
    run.output.finish({"command": "case list", "cases": lines})


@app.command()
def show(context: typer.Context, case: Named) -> None:
    """显示案件、执法活动和下一步的阻碍  A case, its actions, and what blocks the next step."""
    run = invocation.of(context)
    with run.reporting("case show"), run.site() as site:
        case_view.caught_up(site)
        with site.database.read() as connection:
            found = lists.find_case(connection, case)
            body = as_json.whole_case(connection, found.id, at=clock.now())
            following = blocking.of_case(connection, found, at=clock.now())
            names = case_view.unit_names(connection)
            actions = lists.action_page(connection, Wanted(case=found.id, limit=1000)).found
    run.output.table(case_view.CASE_COLUMNS, [case_view.case_row(found, names)])
    run.output.table(
        case_view.ACTION_COLUMNS, (case_view.action_row(one, names) for one in actions)
    )
    case_view.say_next(run.output, following, kind=CaseState)
    run.output.finish({"command": "case show", **body})


@app.command()
def step(
    context: typer.Context,
    case: Named,
    to: Annotated[CaseState, typer.Argument(case_sensitive=False, help="到哪一环节  State")],
    by: By,
    at: At = None,
    document: Document = None,
    outcome: Annotated[str | None, typer.Option(help="处理结果  Outcome")] = None,
    rely: Annotated[
        list[str] | None, typer.Option(help="决定所依据的录像  Recordings relied on")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="理由  Reason")] = None,
    receiver: Annotated[str | None, typer.Option(help="接收单位  Receiver")] = None,
) -> None:
    """办理案件的一个环节，不符合条件的说明全部理由  Take a step; a refusal tells every reason."""
    run = invocation.of(context)
    move = CaseMove(to, reason, outcome, tuple(rely or ()), receiver)
    with case_view.stepping(run, "case step"), run.site() as site:
        case_view.caught_up(site)
        key = case_view.case_id(site, case)
        taken = case_view.step_of(site, by, at=at, document=document)
        case_moves.take(site.ledger, key, step=taken, move=move, vault=site.vault)
        with site.database.read() as connection:
            found = lists.find_case(connection, key)
    run.output.say(f"案件 {key} 已到环节 {to.value}", f"Case {key} has reached {to.value}")
    run.output.finish({"command": "case step", **as_json.case_json(found)})


@app.command()
def record(
    context: typer.Context,
    case: Named,
    kind: Annotated[Kind, typer.Argument(case_sensitive=False, help="种类  Kind")],
    by: By,
    at: At = None,
    document: Document = None,
    recording: Annotated[
        list[str] | None, typer.Option(help="固定或标注的录像  Recordings fixed, or tagged")
    ] = None,
    refused: Annotated[str | None, typer.Option(help="拒绝签名的注明  Note of a refusal")] = None,
    opinion: Annotated[
        Opinion, typer.Option(case_sensitive=False, help="审核意见  Opinion")
    ] = Opinion.AGREE,
    members: Annotated[int, typer.Option(help="参加人数  Members")] = 0,
    in_favour: Annotated[int, typer.Option(help="赞成人数  In favour")] = 0,
    stage: Annotated[
        CaseStage, typer.Option(case_sensitive=False, help="环节  Stage")
    ] = CaseStage.INVESTIGATE,
    bearing: Annotated[
        Bearing, typer.Option(case_sensitive=False, help="证据对谁有利  Which way it bears")
    ] = Bearing.NEUTRAL,
) -> None:
    """登记书面固定、审核意见、集体讨论、环节材料或标注  A fixation, opinion, vote, stage or tag."""
    run = invocation.of(context)
    with run.reporting("case record"), run.site() as site:
        key, ledger = case_view.case_id(site, case), site.ledger
        said = Said(case_view.person_id(site, by), moment_of(at, clock.now()), document)
        if kind is Kind.FIXATION:
            signed = Signed.SIGNED if refused is None else Signed.REFUSED
            new = NewFixation(tuple(recording or ()), signed, refused)
            row = case_file.fix(ledger, key, said=said, new=new)
        elif kind is Kind.OPINION:
            row = case_file.give_opinion(ledger, key, said=said, opinion=opinion)
        elif kind is Kind.COLLECTIVE:
            row = case_file.hold_collective(
                ledger, key, said=said, members=members, in_favour=in_favour
            )
        elif kind is Kind.STAGE:
            row = case_file.note_stage(ledger, key, said=said, stage=stage)
        else:
            row = _tagged(ledger, key, said=said, bearing=bearing, recordings=recording or ())
    run.output.say(f"已登记（{row}）", f"On record as {row}")
    run.output.finish({"command": "case record", "case": key, "record": row, "kind": kind.value})


def _tagged(
    ledger: Ledger, case: str, *, said: Said, bearing: Bearing, recordings: Sequence[str]
) -> str:
    """Says which way one recording bears. Raises `BadInput` for none or several."""
    if len(recordings) != 1:
        raise BadInput("A tag is of one recording", why="TAG_OF_ONE")
    return case_file.tag(ledger, case, said=said, new=NewTag(recordings[0], bearing))
