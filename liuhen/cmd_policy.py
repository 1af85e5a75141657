"""`policy check|explain|list`: the profiles that come with the product, and a bureau's own."""

from pathlib import Path
from typing import Annotated

import typer

from evidence.canonical import Json, dumps
from evidence.errors import NotFound
from evidence.policy import Effective, InForce, Profiles, problems_of
from evidence.policy_catalogue import PARAMETERS, RULES
from evidence.policy_checks import inherited_unset
from evidence.policy_messages import BASES, STANDINGS
from evidence.policy_messages import PARAMETERS as PARAMETER_TITLES
from evidence.policy_messages import RULES as RULE_TITLES
from evidence.policy_profile import Citation, Profile
from evidence.policy_reading import Problem
from liuhen import case_view, clock, invocation
from liuhen.arguments import day_of, text_of
from liuhen.invocation import Invocation
from liuhen.output import ExitCode, Output
from liuhen.own_policy_view import OWN_COLUMNS, changes_json, own_json, own_row, say_changes
from people import own_policies
from people.policies import load_policies, policies_of, shipped_texts
from storage.site import exists

app = typer.Typer(help="政策档  Policy profiles", no_args_is_help=True)

By = Annotated[str, typer.Option("--by", help="办理人工号  Officer number of whoever does it")]
Named = Annotated[str, typer.Argument(help="提案编号  Proposed profile")]
Note = Annotated[str | None, typer.Option(help="说明  Note")]
On = Annotated[str | None, typer.Option(help="日期，默认今天  Date, else today")]


@app.command()
def check(
    context: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="本单位的政策档，默认检查自带的  Own profiles, else those shipped"),
    ] = None,
) -> None:
    """检查政策档，逐条指出问题所在  Check profiles and name each problem with its place."""
    run = invocation.of(context)
    with run.reporting("policy check"):
        if files:
            texts = {str(path): text_of(path) for path in files}
            profiles, problems = _own(texts)
        else:
            texts = shipped_texts()
            profiles, problems = problems_of(texts)
    for problem in problems:
        run.output.say(*problem.sentence)
    if not problems:
        run.output.say(
            f"{len(profiles)} 个政策档没有问题", f"Nothing is wrong with {len(profiles)} profiles"
        )
    listed: list[Json] = [_problem(problem) for problem in problems]
    names: list[Json] = [profile.name for profile in profiles]
    run.output.finish(
        {"command": "policy check", "files": sorted(texts), "profiles": names, "problems": listed},
        ExitCode.FINDING if problems else ExitCode.FINE,
    )


def _own(texts: dict[str, str]) -> tuple[list[Profile], list[Problem]]:
    """A bureau's profiles over those shipped; one of the same name and version stands for it."""
    alone, _ = problems_of(texts)
    names = {profile.name for profile in alone}
    base = [profile for profile in load_policies().all if profile.name not in names]
    profiles, problems = problems_of(texts, base)
    if not problems:
        problems = list(inherited_unset([*base, *profiles], profiles))
    return profiles, problems


@app.command()
def explain(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(help="规则或参数，如 ratio  Rule or parameter")],
    profile: Annotated[
        str | None, typer.Option(help="地区编号或名称，默认全部  Jurisdiction, else all")
    ] = None,
    on: On = None,
) -> None:
    """说明规则或参数：值、条文、引文  Explain a rule or parameter: value, clause, quotation."""
    run = invocation.of(context)
    with run.reporting("policy explain"):
        day = day_of(on, clock.now())
        policies = known_policies(run)
        chosen = [policies.in_force(profile, day)] if profile else _all_on(policies, day_text=on)
        found = [(policy, _find(policy, rule)) for policy in chosen]
    for policy, effective in found:
        _say(run.output, policy, effective=effective)
    answers: list[Json] = [_answer(policy, effective) for policy, effective in found]
    run.output.finish(
        {"command": "policy explain", "rule": rule, "day": day.isoformat(), "answers": answers}
    )


@app.command("list")
def list_(context: typer.Context) -> None:
    """列出自带的和本单位已生效的政策档  List the profiles shipped and the bureau's own."""
    run = invocation.of(context)
    with run.reporting("policy list"):
        policies = known_policies(run)
    columns = (
        "编号 id",
        "地区 jurisdiction",
        "版本 version",
        "生效 from",
        "失效 to",
        "文件 document",
    )
    run.output.table(columns, (_row(profile) for profile in policies.all))
    body: list[Json] = [_profile(policies, profile) for profile in policies.all]
    run.output.finish({"command": "policy list", "profiles": body})


@app.command()
def propose(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="本单位的政策档  The bureau's own profile")],
    by: By,
    retroactive: Annotated[
        bool, typer.Option("--retroactive", help="溯及以往，重新评定  Past days are judged anew")
    ] = False,
    note: Note = None,
    dry_run: Annotated[bool, typer.Option(help="只预览  Preview only")] = False,
) -> None:
    """提出本单位的政策档，逐项列出变化；须第二人批准  Propose a profile; a second one approves."""
    run = invocation.of(context)
    with run.reporting("policy propose"), run.site() as site:
        body, person = text_of(file), case_view.person_id(site, by)
        with site.database.read() as connection:
            seen = own_policies.preview(connection, body)
        made = None
        if not dry_run and not seen.problems:
            made = own_policies.propose(
                site.ledger, body, person=person, retroactive=retroactive, note=note
            )
    say_changes(run.output, seen)
    if made is not None:
        run.output.say(f"已提出（{made}），待第二人批准", f"{made} waits for a second person")
    body_json = {"command": "policy propose", "policy": made, **changes_json(seen)}
    run.output.finish(body_json, ExitCode.USAGE if seen.problems else ExitCode.FINE)


@app.command()
def proposals(context: typer.Context) -> None:
    """列出提出过的本单位政策档，新的在前  The bureau's own profiles, the latest first."""
    run = invocation.of(context)
    with run.reporting("policy proposals"), run.site() as s, s.database.read() as connection:
        found = own_policies.everything(connection)
    run.output.table(OWN_COLUMNS, map(own_row, found))
    listed: list[Json] = [own_json(one) for one in found]
    run.output.finish({"command": "policy proposals", "policies": listed})


@app.command()
def show(context: typer.Context, policy: Named) -> None:
    """某个提案的文本摘要和它的各项变化  A proposed profile, and what it changes."""
    run = invocation.of(context)
    with run.reporting("policy show"), run.site() as site, site.database.read() as connection:
        found = own_policies.find(connection, policy)
        seen = own_policies.shown_again(connection, policy)
    say_changes(run.output, seen)
    body: dict[str, Json] = {**own_json(found), "body": found.body, **changes_json(seen)}
    run.output.finish({"command": "policy show", **body})


@app.command()
def approve(
    context: typer.Context,
    policy: Named,
    by: By,
    seen: Annotated[str, typer.Option(help="所见文本的 SHA-256  Digest of the text seen")],
    note: Note = None,
) -> None:
    """批准政策档，使其生效；须由提出人以外的人  Bring a profile into force, as a second person."""
    run = invocation.of(context)
    with run.reporting("policy approve"), run.site() as site:
        person = case_view.person_id(site, by)
        own_policies.approve(site.ledger, policy, person=person, seen=seen, note=note)
        with site.database.read() as connection:
            found = own_policies.find(connection, policy)
    run.output.say(
        f"{found.profile} 自 {found.valid_from} 起生效；用 unit state --profile 指明适用单位",
        f"{found.profile} holds from {found.valid_from}; unit state --profile says for whom",
    )
    run.output.finish({"command": "policy approve", **own_json(found)})


@app.command()
def refuse(context: typer.Context, policy: Named, by: By, note: Note = None) -> None:
    """不批准政策档；提出人办理即为撤回  Refuse a profile; by who proposed it, withdraw it."""
    run = invocation.of(context)
    with run.reporting("policy refuse"), run.site() as site:
        person = case_view.person_id(site, by)
        own_policies.refuse(site.ledger, policy, person=person, note=note)
        with site.database.read() as connection:
            found = own_policies.find(connection, policy)
    run.output.say(f"{policy} 未批准", f"{policy} is not approved")
    run.output.finish({"command": "policy refuse", **own_json(found)})


def known_policies(run: Invocation) -> Profiles:
    """What there is on this machine: with the site's own profiles where there is a site."""
    if not exists(run.settings.plan):
        return load_policies()
    with run.site() as site, site.database.read() as connection:
        return policies_of(connection)


def _all_on(policies: Profiles, *, day_text: str | None) -> list[InForce]:
    """Every policy in force on the day, the default first."""
    day = day_of(day_text, clock.now())
    ids = dict.fromkeys(profile.id for profile in policies.all)
    return [found for id_ in ids if (found := policies.find(id_, day)) is not None]


def _find(policy: InForce, rule: str) -> Effective | None:
    """What holds of a rule or parameter, None where nobody says anything of a required one."""
    if rule in RULES:
        return policy.rule(rule)
    if rule not in PARAMETERS:
        raise NotFound(f"No rule or parameter {rule}", why="NO_PARAMETER", value=rule)
    return policy.said(rule)


# --- words ----------------------------------------------------------------------------------------


def _say(output: Output, policy: InForce, *, effective: Effective | None) -> None:
    own = policy.profile
    if effective is None:
        output.say(f"【{own.jurisdiction}】未作说明", f"[{own.id}] nothing is said")
        return
    statement = effective.statement
    (title_zh, title_en), name = _title(statement.name), statement.name
    (said_zh, said_en), value = STANDINGS[statement.standing], _shown(statement.value)
    output.say(f"【{own.jurisdiction}】{title_zh}（{name}）", f"[{own.id}] {title_en} ({name})")
    if name in PARAMETERS:
        output.say(f"  值：{value or said_zh}", f"  value: {value or said_en}")
    else:
        for parameter in RULES[name].parameters:
            said = policy.effective(parameter).statement
            none_zh, none_en = STANDINGS[said.standing]
            shown = _shown(said.value)
            output.say(
                f"  {_title(parameter)[0]}：{shown or none_zh}",
                f"  {parameter} = {shown or none_en}",
            )
    basis_zh, basis_en = BASES[statement.basis]
    source = effective.profile
    output.say(f"  依据：{basis_zh}（{source.name}）", f"  basis: {basis_en} ({source.name})")
    for citation in statement.citations:
        place = f"《{citation.source.title}》{citation.source.number or ''} {citation.article}"
        output.say(f"  {place}：「{citation.quote}」", f"    SHA-256 {citation.digest}")
    if statement.remark:
        output.say(f"  说明：{statement.remark[0]}", f"  remark: {statement.remark[1]}")


def _title(name: str) -> tuple[str, str]:
    return RULE_TITLES[name] if name in RULE_TITLES else PARAMETER_TITLES[name]


def _shown(value: Json) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else dumps(value).decode()


def _row(profile: Profile) -> tuple[str, ...]:
    until = profile.valid_to.isoformat() if profile.valid_to else ""
    titles = "；".join(source.title for source in profile.sources) if profile.inherits else ""
    span = (profile.valid_from.isoformat(), until)
    return (profile.id, profile.jurisdiction, str(profile.version), *span, titles)


# --- objects --------------------------------------------------------------------------------------


def _problem(problem: Problem) -> dict[str, Json]:
    return {"code": problem.code, "place": problem.place, "message": _both(problem.sentence)}


def _profile(policies: Profiles, profile: Profile) -> dict[str, Json]:
    policy = policies.in_force(profile.id, profile.valid_from)
    sources: list[Json] = [
        {
            "title": source.title,
            "number": source.number,
            "date": source.dated.isoformat() if source.dated else None,
            "sha256": source.sha256,
        }
        for source in profile.sources
    ]
    return {
        "id": profile.id,
        "jurisdiction": profile.jurisdiction,
        "version": profile.version,
        "valid_from": profile.valid_from.isoformat(),
        "valid_to": profile.valid_to.isoformat() if profile.valid_to else None,
        "inherits": profile.inherits,
        "remark": _both(profile.remark),
        "sources": sources,
        "to_be_set": list(policy.to_be_set()),
    }


def _answer(policy: InForce, effective: Effective | None) -> dict[str, Json]:
    head: dict[str, Json] = {
        "profile": policy.profile.name,
        "jurisdiction": policy.profile.jurisdiction,
    }
    if effective is None:
        return {**head, "statement": None}
    statement = effective.statement
    rule = RULES.get(statement.name)
    citations: list[Json] = [_citation(citation) for citation in statement.citations]
    names = rule.parameters if rule else ()
    body: dict[str, Json] = {
        "name": statement.name,
        "title": _both(_title(statement.name)),
        "rule_version": rule.version if rule else None,
        "stated_by": effective.profile.name,
        "standing": statement.standing.value,
        "value": statement.value,
        "basis": statement.basis.value,
        "remark": _both(statement.remark) if statement.remark else None,
        "citations": citations,
        "parameters": [_parameter(policy, name) for name in names],
    }
    return {**head, "statement": body}


def _parameter(policy: InForce, name: str) -> dict[str, Json]:
    effective = policy.effective(name)
    return {
        "name": name,
        "standing": effective.statement.standing.value,
        "value": effective.statement.value,
        "stated_by": effective.profile.name,
    }


def _both(words: tuple[str, str]) -> dict[str, Json]:
    return {"zh": " ".join(words[0].split()), "en": " ".join(words[1].split())}


def _citation(citation: Citation) -> dict[str, Json]:
    source = citation.source
    return {
        "document": source.title,
        "number": source.number,
        "date": source.dated.isoformat() if source.dated else None,
        "document_sha256": source.sha256,
        "article": citation.article,
        "quote": citation.quote,
        "digest": citation.digest,
    }
