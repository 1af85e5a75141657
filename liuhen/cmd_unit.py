"""`unit add|list|state|show`: the units of a bureau, and what each is in law."""

from datetime import date
from typing import Annotated

import typer

from evidence.canonical import Json
from liuhen import clock, invocation
from liuhen.arguments import day_of
from liuhen.cmd_user import unit_app
from liuhen.register_view import UNKNOWN
from people import units
from people.bodies import Body, UnitKind, UnitStanding, bodies, state_unit
from people.policies import policies_of
from storage.site import Site

app = unit_app

_KINDS = {
    UnitKind.AGENCY: ("行政机关", "agency"),
    UnitKind.AUTHORISED: ("法律法规授权组织", "authorised body"),
    UnitKind.ENTRUSTED: ("受委托组织", "entrusted body"),
    UnitKind.OVERSIGHT: ("监督机构", "oversight body"),
    UnitKind.GOVERNMENT: ("人民政府", "government"),
    UnitKind.SECTION: ("内设机构", "section"),
}


@app.command()
def state(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(help="单位名称或编号  Unit")],
    kind: Annotated[UnitKind, typer.Argument(help="性质  Kind", case_sensitive=False)],
    from_: Annotated[str | None, typer.Option("--from", help="自该日起  First day")] = None,
    basis: Annotated[
        str | None, typer.Option(help="主体资格依据  What its capacity rests on")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="资格终止日（含）  Last day of its capacity")
    ] = None,
    principal: Annotated[str | None, typer.Option(help="委托机关  Who entrusts it")] = None,
    power: Annotated[
        list[str] | None, typer.Option(help="委托事项编码，可重复  Code of a power, repeatable")
    ] = None,
    filing: Annotated[str | None, typer.Option(help="备案号  Filing number")] = None,
    profile: Annotated[str | None, typer.Option(help="适用的政策档  Policy profile")] = None,
) -> None:
    """登记单位性质、主体资格、委托关系和适用政策  State what a unit is in law from a day on."""
    run = invocation.of(context)
    with run.reporting("unit state"), run.site() as site:
        now = clock.now()
        if profile is not None:
            _check_profile(site, profile, day=day_of(None, now))
        new = UnitStanding(
            from_day=day_of(from_, now),
            kind=kind,
            capacity_basis=basis,
            capacity_to=None if until is None else day_of(until, now),
            principal=principal,
            powers=tuple(power or ()),
            filing_number=filing,
            profile=profile,
        )
        unit_id = state_unit(site.ledger, unit, new=new)
    chinese, english = _KINDS[kind]
    run.output.say(
        f"{unit} 自 {new.from_day} 起：{chinese}", f"{unit} from {new.from_day} on: {english}"
    )
    body: dict[str, Json] = {"unit": unit_id, "kind": kind.value}
    run.output.finish({"command": "unit state", **body, "from": new.from_day.isoformat()})


@app.command()
def show(
    context: typer.Context,
    on: Annotated[str | None, typer.Option(help="日期，默认今天  Date, else today")] = None,
) -> None:
    """列出当日各执法主体及其内设机构  List the bodies of a day with their sections."""
    run = invocation.of(context)
    with run.reporting("unit show"), run.site() as site, site.database.read() as connection:
        day = day_of(on, clock.now())
        found = bodies(connection, day)
        names = {unit.id: unit.name for unit in units.all_units(connection)}
    columns = (
        *("单位 unit", "性质 kind", "主体资格 capacity"),
        *("委托机关 principal", "政策档 profile", "内设机构 sections"),
    )
    run.output.table(columns, (_row(body, day, names=names) for body in found))
    listed: list[Json] = [_json(body, day) for body in found]
    run.output.finish({"command": "unit show", "day": day.isoformat(), "bodies": listed})


def _check_profile(site: Site, profile: str, *, day: date) -> None:
    """Raises `NotFound` for a profile that there is not on any day."""
    with site.database.read() as connection:
        policies = policies_of(connection)
    if profile not in {one.id for one in policies.all}:
        policies.in_force(profile, day)


def _row(body: Body, day: date, *, names: dict[str, str]) -> tuple[str, ...]:
    standing = body.standing
    sections = "、".join(sorted(names[unit] for unit in body.units - {body.unit.id}))
    if standing is None:
        return (body.unit.name, f"{UNKNOWN}（按行政机关 as an agency）", "", "", "", sections)
    capacity = "有 yes" if standing.has_capacity(day) else "无 no"
    principal = names.get(standing.principal or "", "")
    kind = " ".join(_KINDS[standing.kind])
    return (body.unit.name, kind, capacity, principal, standing.profile or "", sections)


def _json(body: Body, day: date) -> Json:
    """A body as objects hold it; `standing` is null where nothing is stated."""
    standing, sections = body.standing, sorted(body.units - {body.unit.id})
    head: dict[str, Json] = {"unit": body.unit.id, "name": body.unit.name, "sections": [*sections]}
    if standing is None:
        return {**head, "standing": None}
    until = standing.capacity_to
    stated: dict[str, Json] = {
        "from": standing.from_day.isoformat(),
        "kind": standing.kind.value,
        "has_capacity": standing.has_capacity(day),
        "capacity_basis": standing.capacity_basis,
        "capacity_to": None if until is None else until.isoformat(),
        "principal": standing.principal,
        "powers": [*standing.powers],
        "filing_number": standing.filing_number,
        "profile": standing.profile,
    }
    return {**head, "standing": stated}
