"""`grant …`: who may see, copy or borrow which recordings, why and until when."""

from typing import Annotated

import typer

from cases import access, confidentiality, follow, grants, lists
from cases.access import Denied, LookOnRecord
from cases.grants import NewGrant, Objects, Whom
from evidence.access import GranteeKind, GrantKind, Term
from evidence.canonical import Json
from evidence.ratio import day_of
from liuhen import arguments, clock, invocation
from liuhen.case_view import case_id
from liuhen.grant_view import (
    GRANT_COLUMNS,
    TRY_COLUMNS,
    grant_json,
    grant_row,
    try_json,
    try_row,
)
from liuhen.invocation import Invocation
from liuhen.link_footage import person_of
from storage import catalogue
from storage.site import Site

app = typer.Typer(help="调阅、复制、借阅  Access to recordings", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="申请或批准编号  Grant")]
By = Annotated[str, typer.Option("--by", help="经办人工号、编号或登录名  Who says so")]
Note = Annotated[str | None, typer.Option(help="说明  Note")]
_MOST_LOOKS = 1000


@app.command("list")
def list_(
    context: typer.Context,
    case: Annotated[str | None, typer.Option(help="案件编号  Only about this case")] = None,
) -> None:
    """列出申请与批准，新的在前  List requests and grants, the latest first."""
    run = invocation.of(context)
    with run.reporting("grant list"), run.site() as site:
        follow.catch_up(site.ledger)
        today = day_of(clock.now())
        with site.database.read() as connection:
            about = None if case is None else lists.find_case(connection, case).id
            found = grants.of_case(connection, about) if about else grants.newest(connection)
            rows = [grant_row(connection, one, today=today) for one in found]
            told: list[Json] = [grant_json(connection, one, today=today) for one in found]
    run.output.table(GRANT_COLUMNS, rows)
    run.output.finish({"command": "grant list", "grants": told})


@app.command()
def request(
    context: typer.Context,
    kind: Annotated[GrantKind, typer.Argument(case_sensitive=False, help="种类  Kind")],
    purpose: Annotated[str, typer.Option(help="用途  Purpose")],
    basis: Annotated[str, typer.Option(help="法律依据  Legal basis")],
    document: Annotated[str, typer.Option(help="文号  Document number")],
    to: Annotated[str, typer.Option("--to", help="截止日（含）  Last day")],
    by: By,
    from_: Annotated[str | None, typer.Option("--from", help="起始日  First day")] = None,
    person: Annotated[str | None, typer.Option(help="使用人，默认申请人  Who uses it")] = None,
    grantee: Annotated[
        GranteeKind, typer.Option(case_sensitive=False, help="给谁  Whom it is for")
    ] = GranteeKind.PERSON,
    outsider: Annotated[str | None, typer.Option(help="外部单位或当事人  Who outside")] = None,
    case: Annotated[str | None, typer.Option(help="案件编号  Case")] = None,
    recording: Annotated[list[str] | None, typer.Option(help="录像  Recording")] = None,
) -> None:
    """申请调阅、复制或借阅，待第二人批准  Ask for access; a second person approves."""
    run = invocation.of(context)
    with run.reporting("grant request"), run.site() as site:
        now, asking = clock.now(), person_of(site, by)
        digests = (catalogue.full_digest(site.database, one) for one in recording or ())
        new = NewGrant(
            kind=kind,
            whom=Whom(grantee, asking if person is None else person_of(site, person), outsider),
            purpose=purpose,
            basis=basis,
            document_number=document,
            objects=Objects(
                None if case is None else case_id(site, case), tuple(dict.fromkeys(digests))
            ),
            term=Term(arguments.day_of(from_, now), arguments.day_of(to, now)),
            requester=asking,
        )
        made = grants.request(site.ledger, new)
        _finish(run, "grant request", site=site, grant=made)


@app.command()
def approve(context: typer.Context, grant: Id, by: By, note: Note = None) -> None:
    """批准：批准人须不是申请人，也不是使用人  Approve, as a third person."""
    run = invocation.of(context)
    with run.reporting("grant approve"), run.site() as site:
        follow.catch_up(site.ledger)
        grants.approve(site.ledger, grant, person=person_of(site, by), note=note)
        _finish(run, "grant approve", site=site, grant=grant)


@app.command()
def refuse(context: typer.Context, grant: Id, by: By, note: Note = None) -> None:
    """不予批准；由申请人作出即为撤回  Refuse; by who asked, it is withdrawn."""
    run = invocation.of(context)
    with run.reporting("grant refuse"), run.site() as site:
        grants.refuse(site.ledger, grant, person=person_of(site, by), note=note)
        _finish(run, "grant refuse", site=site, grant=grant)


@app.command()
def revoke(
    context: typer.Context,
    grant: Id,
    reason: Annotated[str, typer.Option(help="理由  Reason")],
    by: By,
) -> None:
    """撤销批准，正在查看的也即中断  Revoke a grant; who looks just now is cut off."""
    run = invocation.of(context)
    with run.reporting("grant revoke"), run.site() as site:
        grants.revoke(site.ledger, grant, person=person_of(site, by), reason=reason)
        _finish(run, "grant revoke", site=site, grant=grant)


@app.command()
def trail(
    context: typer.Context, case: Annotated[str, typer.Argument(help="案件编号  Case")]
) -> None:
    """谁看过、谁试图看案件录像  Who looked at the footage of a case, and who tried to."""
    run = invocation.of(context)
    with run.reporting("grant trail"), run.site() as site:
        follow.catch_up(site.ledger)
        with site.database.read() as connection:
            recordings = grants.recordings_of_case(connection, lists.find_case(connection, case).id)
            looks = access.looks_at(connection, recordings, limit=_MOST_LOOKS)
            found: list[LookOnRecord | Denied] = [*looks]
            found += access.denials_of(connection, recordings)
    found.sort(key=lambda one: one.at, reverse=True)
    run.output.table(TRY_COLUMNS, map(try_row, found))
    told: list[Json] = [try_json(one) for one in found]
    run.output.finish({"command": "grant trail", "case": case, "tries": told})


@app.command()
def level(
    context: typer.Context,
    recording: Annotated[str, typer.Argument(help="录像 SHA-256 或其开头  Recording")],
    level: Annotated[str, typer.Argument(help="NONE、PRIVACY 或 COMMERCIAL  Level")],
    reason: Annotated[str, typer.Option(help="理由  Reason")],
    by: By,
) -> None:
    """标注个人隐私或商业秘密  State that a recording is confidential, or no more."""
    run = invocation.of(context)
    with run.reporting("grant level"), run.site() as site:
        sha256, person = catalogue.full_digest(site.database, recording), person_of(site, by)
        stated = level.upper()
        confidentiality.state(site.ledger, sha256, level=stated, person=person, reason=reason)
    run.output.say(f"已标注 {sha256[:16]}：{stated}", f"{sha256[:16]} is {stated}")
    run.output.finish({"command": "grant level", "recording": sha256, "level": stated})


def _finish(run: Invocation, command: str, *, site: Site, grant: str) -> None:
    """Tells a grant as it stands now."""
    today = day_of(clock.now())
    with site.database.read() as connection:
        found = grants.find(connection, grant)
        told = grant_json(connection, found, today=today)
        row = grant_row(connection, found, today=today)
    run.output.table(GRANT_COLUMNS, [row])
    run.output.finish({"command": command, **told})
