"""`grant …`: who may see, copy or borrow which recordings, why and until when."""

from pathlib import Path
from typing import Annotated

import typer

from cases import access, confidentiality, follow, grants, handing_out, lists
from cases.access import Denied, LookOnRecord
from cases.grants import NewGrant, Objects, Whom
from cases.handing_out import NewLoan
from evidence.access import GranteeKind, GrantKind, Term
from evidence.canonical import Json
from evidence.ratio import day_of
from liuhen import arguments, clock, invocation
from liuhen.case_view import case_id
from liuhen.grant_view import (
    GRANT_COLUMNS,
    LOAN_COLUMNS,
    TRY_COLUMNS,
    copy_json,
    grant_json,
    grant_row,
    loan_json,
    loan_row,
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
Receiver = Annotated[str, typer.Option(help="领取人  Who takes it")]
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


@app.command("copy")
def copy_(
    context: typer.Context,
    grant: Id,
    to: Annotated[Path, typer.Option(help="新目录，不覆盖  New folder")],
    receiver: Receiver,
    by: By,
) -> None:
    """凭复制批准交出原件、保管记录和签名回执  Give originals out, against a signed receipt."""
    run = invocation.of(context)
    with run.reporting("grant copy"), run.site() as site:
        follow.catch_up(site.ledger)
        person = person_of(site, by)
        made = handing_out.give_originals(site, grant, folder=to, receiver=receiver, person=person)
    run.output.say(
        f"已交出至 {to}（{made.id}）；对方可用 sha256sum -c SHA256SUMS 核对",
        f"Given out to {to} ({made.id}); sha256sum -c SHA256SUMS checks it",
    )
    run.output.finish({"command": "grant copy", "path": str(to), **copy_json(made)})


@app.command()
def copies(context: typer.Context, grant: Id) -> None:
    """凭该批准交出过什么，及其回执  What left under a grant, with its receipts."""
    run = invocation.of(context)
    with run.reporting("grant copies"), run.site() as site, site.database.read() as connection:
        grants.find(connection, grant)
        found = handing_out.copies_of(connection, grant)
    for one in found:
        run.output.say_exactly("" if run.output.as_json else one.signed)
    told: list[Json] = [copy_json(one) for one in found]
    run.output.finish({"command": "grant copies", "grant": grant, "copies": told})


@app.command()
def lend(
    context: typer.Context,
    grant: Id,
    medium: Annotated[str, typer.Option(help="介质，如 移动硬盘 3 号  Medium")],
    due: Annotated[str, typer.Option(help="归还期限（含）  Last day")],
    receiver: Receiver,
    by: By,
) -> None:
    """凭借阅批准借出介质，须按期归还  Lend a medium that is due back on a day."""
    run = invocation.of(context)
    with run.reporting("grant lend"), run.site() as site:
        follow.catch_up(site.ledger)
        new = NewLoan(medium, arguments.day_of(due, clock.now()), receiver)
        made = handing_out.lend(site.ledger, grant, new=new, person=person_of(site, by))
        _finish_loan(run, "grant lend", site=site, loan=made)


@app.command("return")
def return_(
    context: typer.Context,
    loan: Annotated[str, typer.Argument(help="借出编号  Loan")],
    by: By,
    note: Note = None,
) -> None:
    """登记介质归还  A lent medium is back."""
    run = invocation.of(context)
    with run.reporting("grant return"), run.site() as site:
        handing_out.take_back(site.ledger, loan, person=person_of(site, by), said=note)
        _finish_loan(run, "grant return", site=site, loan=loan)


@app.command()
def loans(
    context: typer.Context,
    overdue: Annotated[bool, typer.Option("--overdue", help="只列逾期未还  Overdue only")] = False,
) -> None:
    """列出借出的介质，未还的在前  What was lent, what is out first."""
    run = invocation.of(context)
    today = day_of(clock.now())
    with run.reporting("grant loans"), run.site() as site, site.database.read() as connection:
        found = [
            one for one in handing_out.loans(connection) if one.is_overdue(today) or not overdue
        ]
    run.output.table(LOAN_COLUMNS, (loan_row(one, today=today) for one in found))
    told: list[Json] = [loan_json(one, today=today) for one in found]
    run.output.finish({"command": "grant loans", "loans": told})


def _finish_loan(run: Invocation, command: str, *, site: Site, loan: str) -> None:
    with site.database.read() as connection:
        found = handing_out.loan(connection, loan)
    today = day_of(clock.now())
    run.output.table(LOAN_COLUMNS, [loan_row(found, today=today)])
    run.output.finish({"command": command, **loan_json(found, today=today)})


def _finish(run: Invocation, command: str, *, site: Site, grant: str) -> None:
    """Tells a grant as it stands now."""
    today = day_of(clock.now())
    with site.database.read() as connection:
        found = grants.find(connection, grant)
        told = grant_json(connection, found, today=today)
        row = grant_row(connection, found, today=today)
    run.output.table(GRANT_COLUMNS, [row])
    run.output.finish({"command": command, **told})
