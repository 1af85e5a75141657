"""`hold place|release|review|list|show|remedies`: what keeps recordings from being disposed of."""

from typing import Annotated

import typer

from cases import follow, holds, holds_following, holds_found
from cases.holds import NewHold, Release
from cases.holds_following import Remedies
from cases.records import Said
from evidence.canonical import Json
from evidence.retention_holds import HoldKind, HoldState, Scope, scope_of
from liuhen import case_view, clock, invocation
from liuhen.arguments import day_of, moment_of
from liuhen.hold_view import HOLD_COLUMNS, hold_json, hold_row
from people import units
from storage import catalogue
from storage.site import Site

app = typer.Typer(help="保全：停止销毁  Holds", no_args_is_help=True)

Which = Annotated[str, typer.Argument(help="保全编号  Hold")]
By = Annotated[str, typer.Option("--by", help="办理人工号  Officer number of whoever does it")]
Basis = Annotated[str, typer.Option(help="依据，如文号  Basis, such as a document number")]
People = Annotated[list[str] | None, typer.Option("--person", help="涉及人员工号  Persons")]
Cases = Annotated[list[str] | None, typer.Option("--case", help="案件  Cases")]
Actions = Annotated[list[str] | None, typer.Option("--action", help="执法活动  Actions")]
Recordings = Annotated[list[str] | None, typer.Option("--recording", help="录像  Recordings")]


@app.command()
def place(
    context: typer.Context,
    kind: Annotated[HoldKind, typer.Argument(case_sensitive=False, help="事由  Kind")],
    basis: Basis,
    review: Annotated[str, typer.Option(help="复核日期  Day on which it is looked at")],
    by: By,
    owner: Annotated[str | None, typer.Option(help="责任人工号，默认办理人  Who answers")] = None,
    person: People = None,
    since: Annotated[str | None, typer.Option("--from", help="起（北京时间）  From")] = None,
    until: Annotated[str | None, typer.Option("--to", help="止（北京时间）  To")] = None,
    case: Cases = None,
    action: Actions = None,
    recording: Recordings = None,
    ends: Annotated[str | None, typer.Option(help="自动到期的最后一天  Last day")] = None,
    unit: Annotated[str | None, typer.Option(help="所属单位  Unit")] = None,
    note: Annotated[str | None, typer.Option(help="说明  Note")] = None,
    dry_run: Annotated[bool, typer.Option(help="只查找，不登记  Find only")] = False,
) -> None:
    """登记保全，或只查找会保全哪些录像  Place a hold, or only find what it would hold."""
    run = invocation.of(context)
    with run.reporting("hold place"), run.site() as site:
        follow.catch_up(site.ledger)
        now = clock.now()
        interval = (
            None if since is None else moment_of(since, now),
            None if until is None else moment_of(until, now),
        )
        scope = scope_of(
            persons=case_view.persons(site, person),
            interval=interval,
            cases=[case_view.case_id(site, one) for one in case or ()],
            actions=[case_view.action_id(site, one) for one in action or ()],
            recordings=[catalogue.full_digest(site.database, one) for one in recording or ()],
        )
        asked = case_view.person_id(site, by)
        new = NewHold(
            kind=kind,
            basis=basis,
            scope=scope,
            review_on=day_of(review, now),
            owner=asked if owner is None else case_view.person_id(site, owner),
            person=asked,
            note=note,
            until=None if ends is None else day_of(ends, now),
            unit=_unit(site, unit),
        )
        hold = None if dry_run else holds.place_hold(site.ledger, new)
        found = _found(site, hold, scope=scope)
    run.output.say(f"涉及 {len(found)} 段录像", f"{len(found)} recordings are held")
    for one in found:
        run.output.say(one, "")
    run.output.finish({"command": "hold place", "hold": hold, "recordings": [*found]})


@app.command()
def release(
    context: typer.Context,
    hold: Which,
    by: By,
    basis: Basis,
    note: Annotated[str | None, typer.Option(help="说明  Note")] = None,
) -> None:
    """解除保全；须由申请人以外的人办理  Release a hold, by another person than asked for it."""
    run = invocation.of(context)
    with run.reporting("hold release"), run.site() as site:
        said = Release(case_view.person_id(site, by), basis, note)
        holds.release_hold(site.ledger, hold, said=said)
        body = _shown(site, hold)
    run.output.say(f"保全 {hold} 已解除", f"The hold {hold} is released")
    run.output.finish({"command": "hold release", **body})


@app.command()
def review(
    context: typer.Context,
    hold: Which,
    following: Annotated[str, typer.Option("--next", help="下次复核日期  Next day")],
    by: By,
    note: Annotated[str | None, typer.Option(help="说明  Note")] = None,
) -> None:
    """复核保全，并确定下次复核日期  Look at a hold, and say when it is looked at next."""
    run = invocation.of(context)
    with run.reporting("hold review"), run.site() as site:
        day, person = day_of(following, clock.now()), case_view.person_id(site, by)
        holds.review_hold(site.ledger, hold, person=person, review_on=day, note=note)
        body = _shown(site, hold)
    run.output.say(f"保全 {hold} 已复核", f"The hold {hold} was reviewed")
    run.output.finish({"command": "hold review", **body})


@app.command("list")
def list_(
    context: typer.Context,
    all_: Annotated[bool, typer.Option("--all", help="含已解除和到期的  Also those over")] = False,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="只列复核逾期的  Review overdue only")
    ] = False,
) -> None:
    """列出保全，新的在前  The holds there are, the latest first."""
    run = invocation.of(context)
    today = day_of(None, clock.now())
    with run.reporting("hold list"), run.site() as site, site.database.read() as connection:
        found = [
            one
            for one in holds.all_holds(connection)
            if (all_ or one.state(today) is HoldState.ACTIVE)
            and (not overdue or one.is_review_late(today))
        ]
    run.output.table(HOLD_COLUMNS, (hold_row(one, today=today) for one in found))
    lines: list[Json] = [hold_json(one, today=today) for one in found]
    run.output.finish({"command": "hold list", "holds": lines})


@app.command()
def show(context: typer.Context, hold: Which) -> None:
    """显示保全及现在保全的全部录像  A hold, and all that it holds now."""
    run = invocation.of(context)
    with run.reporting("hold show"), run.site() as site:
        follow.catch_up(site.ledger)
        body = _shown(site, hold)
        with site.database.read() as connection:
            there = holds.find(connection, hold)
            found = holds.held_by(connection, there)
    today = day_of(None, clock.now())
    run.output.table(HOLD_COLUMNS, [hold_row(there, today=today)])
    for one in found:
        run.output.say(one, "")
    run.output.finish({"command": "hold show", **body, "recordings": [*found]})


@app.command()
def remedies(
    context: typer.Context,
    case: Annotated[str, typer.Argument(help="案件编号、案号或外部编号  Case")],
    reconsideration: Annotated[str, typer.Option(help="复议期限的最后一天  Last day")],
    suit: Annotated[str, typer.Option(help="起诉期限的最后一天  Last day")],
    by: By,
    document: Annotated[str | None, typer.Option(help="决定书的 SHA-256  Its document")] = None,
    body: Annotated[str | None, typer.Option(help="复议机关  Who reconsiders")] = None,
    court: Annotated[str | None, typer.Option(help="诉讼法院  Which court")] = None,
) -> None:
    """登记决定告知的复议、起诉期限，期限内全案保全  A decision's limits; all of it is held."""
    run = invocation.of(context)
    with run.reporting("hold remedies"), run.site() as site:
        follow.catch_up(site.ledger)
        now = clock.now()
        said = Said(case_view.person_id(site, by), now, document)
        key = case_view.case_id(site, case)
        new = Remedies(day_of(reconsideration, now), day_of(suit, now), body, court)
        record, hold = holds_following.state_remedies(site.ledger, key, said=said, new=new)
        shown = _shown(site, hold)
    run.output.say(f"已登记；保全 {hold}", f"On record; held by {hold}")
    run.output.finish({"command": "hold remedies", "record": record, **shown})


def _unit(site: Site, named: str | None) -> str | None:
    if named is None:
        return None
    with site.database.read() as connection:
        return units.find_unit(connection, named).id


def _found(site: Site, hold: str | None, *, scope: Scope) -> list[str]:
    """What a hold that was placed found, or what one of this scope would find now."""
    with site.database.read() as connection:
        if hold is not None:
            return sorted(holds.find(connection, hold).listed)
        return holds_found.found_by(connection, scope, placed=clock.now())


def _shown(site: Site, hold: str) -> dict[str, Json]:
    with site.database.read() as connection:
        return hold_json(holds.find(connection, hold), today=day_of(None, clock.now()))
