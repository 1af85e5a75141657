"""`person …`: who serves where and as what, with which certificate, and who may enforce."""

from dataclasses import replace
from datetime import date
from typing import Annotated

import typer

from evidence.canonical import Json
from evidence.enforcing import PersonKind, PostStatus, Standing, may_enforce, posting_on
from evidence.errors import BadInput, NotFound
from liuhen import clock, invocation, person_lists
from liuhen.arguments import day_of
from liuhen.invocation import Invocation
from liuhen.register_view import UNKNOWN, both, listed, person_json
from people import register, staff, units
from people.bodies import bodies
from people.papers import Paper, papers_of
from people.policies import Followed
from people.ratio_rule import annual_check_for
from people.register import CertificateEvent, NewCertificate, Newcomer, NewPosting
from people.staff import Member
from storage.site import Site

app = typer.Typer(help="人员与执法资格  People and who may enforce", no_args_is_help=True)

Number = Annotated[str, typer.Argument(help="工号/警号或人员编号  Officer number or id")]
On = Annotated[str | None, typer.Option(help="日期，默认今天  Date, else today")]
Held = Annotated[
    str | None, typer.Option("--certificate", help="证件号，有多本时必填  Number, if several")
]


@app.command()
def add(
    context: typer.Context,
    number: Annotated[str, typer.Argument(help="工号/警号  Officer number")],
    name: Annotated[str, typer.Option(help="姓名  Name")],
    unit: Annotated[str, typer.Option(help="单位名称或编号  Unit")],
    kind: Annotated[
        PersonKind, typer.Option(help="人员类别  Kind", case_sensitive=False)
    ] = PersonKind.OFFICER,
    from_: Annotated[str | None, typer.Option("--from", help="任职日期  First day")] = None,
    established: Annotated[bool, typer.Option(help="在编  On the establishment")] = True,
    on_post: Annotated[bool, typer.Option(help="在岗  On post")] = True,
    certificate: Annotated[str | None, typer.Option(help="执法证号  Certificate")] = None,
    issuer: Annotated[str | None, typer.Option(help="发证机关  Issuer")] = None,
    valid_from: Annotated[str | None, typer.Option(help="有效期起  First day")] = None,
    valid_to: Annotated[str | None, typer.Option(help="有效期止  Last day")] = None,
    undertaking: Annotated[
        str | None, typer.Option(help="保密承诺日期  Day of the undertaking")
    ] = None,
) -> None:
    """登记一名人员  Register a person."""
    run = invocation.of(context)
    with run.reporting("person add"):
        now = clock.now()
        posting = NewPosting(
            day_of(from_, now), unit, kind, on_establishment=established, on_post=on_post
        )
        parts = [one for one in (certificate, issuer, valid_from, valid_to) if one is not None]
        if len(parts) not in (0, 4):
            raise BadInput("Parts of a certificate are missing", why="CERTIFICATE_PARTS")
        paper = (
            _paper(parts[:2], days=(day_of(parts[2], now), day_of(parts[3], now)))
            if parts
            else None
        )
        signed = None if undertaking is None else day_of(undertaking, now)
        new = Newcomer(name, number, posting, paper, signed)
        with run.site() as site:
            person = register.add_person(site.ledger, new)
    run.output.say(f"已登记 {name}（{number}）", f"Registered {name} ({number})")
    run.output.finish({"command": "person add", "person": person, "officer_number": number})


@app.command("list")
def list_(
    context: typer.Context,
    on: On = None,
    unit: Annotated[str | None, typer.Option(help="只列该单位及下级  Only this unit")] = None,
) -> None:
    """列出人员及当日能否执法  List people and whether they may enforce on a day."""
    run = invocation.of(context)
    with run.reporting("person list"), run.site() as site:
        day = day_of(on, clock.now())
        names, found = _standings(site, day, unit=unit)
    columns = ("姓名 name", "工号 number", "单位 unit", "类别 kind", "可执法 may", "原因 reasons")
    run.output.table(columns, (_row(one, standing, names=names) for one, standing in found))
    people: list[Json] = [person_json(one, standing, day=day) for one, standing in found]
    able = sum(standing.may_enforce for _, standing in found)
    run.output.say(
        f"{day} 共 {len(found)} 人，可执法 {able} 人",
        f"{len(found)} people on {day}; {able} may enforce",
    )
    run.output.finish({"command": "person list", "day": day.isoformat(), "people": people})


@app.command()
def show(context: typer.Context, number: Number, on: On = None) -> None:
    """说明某人当日能否执法及全部原因  Say whether somebody may enforce, with every reason."""
    run = invocation.of(context)
    with run.reporting("person show"), run.site() as site:
        day = day_of(on, clock.now())
        with site.database.read() as connection:
            person = staff.find(connection, number)
            papers = papers_of(connection, person.id)
            names = {unit.id: unit.name for unit in units.all_units(connection)}
        standing = _standing(site, person, day=day)
    _say_standing(run, person, standing=standing, day=day)
    columns = ("自 from", "单位 unit", "类别 kind", "状态 status")
    run.output.table(
        columns,
        (
            (str(one.from_day), names[one.unit_id], both(one.kind), both(one.status))
            for one in person.facts.postings
        ),
    )
    headings = ("证件号 certificate", "发证机关 issuer", "起 from", "止 to", "变动 events")
    run.output.table(headings, (_paper_row(paper) for paper in papers))
    run.output.finish(
        {
            "command": "person show",
            **person_json(person, standing, day=day),
            "postings": _postings_json(person),
            "certificates": [_paper_json(paper) for paper in papers],
            "undertakings": [signed.isoformat() for signed in person.undertakings],
        }
    )


@app.command()
def post(
    context: typer.Context,
    number: Number,
    from_: Annotated[str | None, typer.Option("--from", help="自该日起  First day")] = None,
    unit: Annotated[str | None, typer.Option(help="单位，默认不变  Unit, else as before")] = None,
    kind: Annotated[
        PersonKind | None, typer.Option(help="人员类别  Kind", case_sensitive=False)
    ] = None,
    status: Annotated[
        PostStatus | None, typer.Option(help="状态  Status", case_sensitive=False)
    ] = None,
    established: Annotated[bool | None, typer.Option(help="在编  On the establishment")] = None,
    on_post: Annotated[bool | None, typer.Option(help="在岗  On post")] = None,
    reason: Annotated[str | None, typer.Option(help="事由  Reason")] = None,
) -> None:
    """登记任职变动；未写明的与此前相同  State a posting; what is not named stays as it was."""
    run = invocation.of(context)
    with run.reporting("person post"), run.site() as site:
        day = day_of(from_, clock.now())
        person = _find(site, number)
        before = posting_on(person.facts.postings, day) or person.facts.postings[0]
        new = NewPosting(
            day,
            unit or before.unit_id,
            kind or before.kind,
            on_establishment=before.on_establishment if established is None else established,
            on_post=before.on_post if on_post is None else on_post,
            status=status or before.status,
            reason=reason,
        )
        register.state_posting(site.ledger, person.id, new=new)
        person = _find(site, number)
        standing = _standing(site, person, day=day)
    _say_standing(run, person, standing=standing, day=day)
    run.output.finish({"command": "person post", **person_json(person, standing, day=day)})


@app.command()
def certificate(
    context: typer.Context,
    number: Number,
    certificate_number: Annotated[str, typer.Argument(help="证件号  Its number")],
    issuer: Annotated[str, typer.Option(help="发证机关  Issuer")],
    valid_from: Annotated[str, typer.Option(help="有效期起  First day")],
    valid_to: Annotated[str, typer.Option(help="有效期止  Last day")],
    kind: Annotated[str, typer.Option(help="证件种类  Kind")] = "行政执法证",
    examined: Annotated[
        str | None, typer.Option(help="考试合格日期  Day of the examination")
    ] = None,
) -> None:
    """登记执法证件  Register a certificate."""
    run = invocation.of(context)
    with run.reporting("person certificate"), run.site() as site:
        now = clock.now()
        days = day_of(valid_from, now), day_of(valid_to, now)
        passed = None if examined is None else day_of(examined, now)
        new = _paper([certificate_number, issuer], days=days)
        new = replace(new, kind=kind, examined_on=passed)
        person = _find(site, number)
        found = register.add_certificate(site.ledger, person.id, new=new)
    run.output.say("已登记证件", f"Registered certificate {found}")
    run.output.finish({"command": "person certificate", "person": person.id, "certificate": found})


@app.command()
def check(context: typer.Context, number: Number, on: On = None, held: Held = None) -> None:
    """登记该年度的证件年检  Note the certificate's annual check of the day's year."""
    _note(context, number, event=CertificateEvent.ANNUAL_CHECK, on=on, held=held)


@app.command()
def revoke(context: typer.Context, number: Number, on: On = None, held: Held = None) -> None:
    """登记证件注销，自该日起无效  Note that a certificate is revoked from a day on."""
    _note(context, number, event=CertificateEvent.REVOKED, on=on, held=held)


@app.command()
def collect(context: typer.Context, number: Number, on: On = None, held: Held = None) -> None:
    """登记证件收回  Note that a certificate was collected."""
    _note(context, number, event=CertificateEvent.COLLECTED, on=on, held=held)


@app.command()
def destroy(context: typer.Context, number: Number, on: On = None, held: Held = None) -> None:
    """登记证件销毁  Note that a certificate was destroyed."""
    _note(context, number, event=CertificateEvent.DESTROYED, on=on, held=held)


@app.command()
def undertake(context: typer.Context, number: Number, on: On = None) -> None:
    """登记保密承诺  Note an undertaking of confidentiality."""
    run = invocation.of(context)
    with run.reporting("person undertake"), run.site() as site:
        day = day_of(on, clock.now())
        person = _find(site, number)
        register.sign_undertaking(site.ledger, person.id, signed_on=day)
    run.output.say(f"已登记 {day} 的保密承诺", f"Noted the undertaking of {day}")
    run.output.finish(
        {"command": "person undertake", "person": person.id, "signed_on": day.isoformat()}
    )


_COMMANDS = {
    CertificateEvent.ANNUAL_CHECK: ("person check", "年检", "annual check"),
    CertificateEvent.REVOKED: ("person revoke", "注销", "revocation"),
    CertificateEvent.COLLECTED: ("person collect", "收回", "collection"),
    CertificateEvent.DESTROYED: ("person destroy", "销毁", "destruction"),
}


def _note(
    context: typer.Context,
    number: str,
    *,
    event: CertificateEvent,
    on: str | None,
    held: str | None,
) -> None:
    command, chinese, english = _COMMANDS[event]
    run = invocation.of(context)
    with run.reporting(command), run.site() as site:
        day = day_of(on, clock.now())
        with site.database.read() as connection:
            person = staff.find(connection, number)
            paper = _chosen(papers_of(connection, person.id), number, held=held)
        register.note_event(site.ledger, paper.id, event=event, day=day)
    run.output.say(f"已登记 {day} 的证件{chinese}", f"Noted the {english} of {day}")
    body: dict[str, Json] = {"person": person.id, "certificate": paper.id}
    run.output.finish({"command": command, **body, "day": day.isoformat()})


def _chosen(papers: list[Paper], number: str, *, held: str | None) -> Paper:
    """The certificate named, or the only one there is."""
    if held is not None:
        found = [paper for paper in papers if held in (paper.number, paper.id)]
        if len(found) != 1:
            raise NotFound(
                "No such certificate", why="NO_CERTIFICATE_OF", person=number, certificate=held
            )
        return found[0]
    if len(papers) != 1:
        raise BadInput("Certificate not named", why="WHICH_CERTIFICATE", person=number)
    return papers[0]


def _paper(parts: list[str], *, days: tuple[date, date]) -> NewCertificate:
    number, issuer = parts
    return NewCertificate(number, issuer, *days)


def _find(site: Site, number: str) -> Member:
    with site.database.read() as connection:
        return staff.find(connection, number)


# --- verdicts -------------------------------------------------------------------------------------


def _standings(
    site: Site, day: date, *, unit: str | None
) -> tuple[dict[str, str], list[tuple[Member, Standing]]]:
    """Names of units, and everybody whose posting of the day is in these units, in order."""
    with site.database.read() as connection:
        tree = units.all_units(connection)
        everybody = staff.members(connection)
        wanted = None if unit is None else units.below(tree, units.chosen(tree, unit).id)
        profiles = _profiles(site, day)
    found = []
    for person in everybody.values():
        standing = _judged(person, day, profiles=profiles)
        posting = standing.posting
        if wanted is None or (posting is not None and posting.unit_id in wanted):
            found.append((person, standing))
    found.sort(key=lambda one: (one[0].officer_number or "", one[0].id))
    return {one.id: one.name for one in tree}, found


def _standing(site: Site, person: Member, *, day: date) -> Standing:
    return _judged(person, day, profiles=_profiles(site, day))


def _profiles(site: Site, day: date) -> dict[str, Followed | None]:
    """The policy profile of the body that each unit is of; None for the default."""
    with site.database.read() as connection:
        found = bodies(connection, day)
    return {unit: body.followed for body in found for unit in body.units}


def _judged(person: Member, day: date, *, profiles: dict[str, Followed | None]) -> Standing:
    """The verdict by the policy of wherever the person serves."""
    posting = posting_on(person.facts.postings, day)
    profile = None if posting is None else profiles.get(posting.unit_id)
    return may_enforce(person.facts, day, annual_check=annual_check_for(profile, day))


# --- words ----------------------------------------------------------------------------------------


def _say_standing(run: Invocation, person: Member, *, standing: Standing, day: date) -> None:
    name = f"{person.full_name or UNKNOWN}（{person.officer_number or UNKNOWN}）"
    if standing.may_enforce:
        run.output.say(f"{name}{day} 可以执法", f"May enforce on {day}")
    else:
        chinese, english = listed(standing.bars)
        run.output.say(f"{name}{day} 不得执法：{chinese}", f"May not enforce on {day}: {english}")
    if standing.flags:
        chinese, english = listed(standing.flags)
        run.output.say(f"提示：{chinese}", f"Remark: {english}")


def _row(person: Member, standing: Standing, *, names: dict[str, str]) -> tuple[str, ...]:
    posting = standing.posting
    where = (names[posting.unit_id], both(posting.kind)) if posting else (UNKNOWN, UNKNOWN)
    reasons = "；".join(both(bar) for bar in (*standing.bars, *standing.flags))
    who = person.full_name or UNKNOWN, person.officer_number or UNKNOWN
    return (*who, *where, "是 yes" if standing.may_enforce else "否 no", reasons)


def _paper_row(paper: Paper) -> tuple[str, ...]:
    events = "；".join(f"{_COMMANDS[event][1]} {day}" for event, day in paper.events)
    days = str(paper.valid_from), str(paper.valid_to)
    return (paper.number or UNKNOWN, paper.issuer, *days, events)


def _paper_json(paper: Paper) -> Json:
    events: list[Json] = [
        {"event": event.value, "day": day.isoformat()} for event, day in paper.events
    ]
    return {
        "certificate": paper.id,
        "kind": paper.kind,
        "number": paper.number,
        "issuer": paper.issuer,
        "valid_from": paper.valid_from.isoformat(),
        "valid_to": paper.valid_to.isoformat(),
        "events": events,
    }


def _postings_json(person: Member) -> list[Json]:
    return [
        {
            "from": one.from_day.isoformat(),
            "unit": one.unit_id,
            "kind": one.kind.value,
            "status": one.status.value,
            "on_establishment": one.on_establishment,
            "on_post": one.on_post,
        }
        for one in person.facts.postings
    ]


app.add_typer(person_lists.app)
