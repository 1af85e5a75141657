"""`user …`, `unit …`, `session …`: accounts, units and log-ins, from the terminal."""

from typing import Annotated

import typer

from evidence.canonical import Json
from evidence.errors import BadInput, NotFound
from evidence.vocabulary import AccountState, Role
from liuhen import invocation
from liuhen.invocation import Invocation
from people import accounts, invitations, logins, units
from people.accounts import Account, NewPerson
from people.units import Unit
from storage.site import Site

app = typer.Typer(help="账号与角色  Accounts and roles", no_args_is_help=True)
unit_app = typer.Typer(help="单位  Units", no_args_is_help=True)
session_app = typer.Typer(help="登录  Log-ins", no_args_is_help=True)

_MOST = 200

Named = Annotated[str, typer.Argument(help="用户名或账号  Log-in name or account")]


@app.command()
def setup(
    context: typer.Context,
    bureau: Annotated[str | None, typer.Option(help="本单位名称  Name of the bureau")] = None,
    name: Annotated[str | None, typer.Option(help="首个管理员姓名  Name of the person")] = None,
    login: Annotated[str | None, typer.Option(help="首个管理员用户名  Log-in name")] = None,
) -> None:
    """为首个管理员生成一次性代码；给出三项则直接建立  One-time code of the first administrator."""
    run = invocation.of(context)
    with run.reporting("user setup"), run.site(make=True) as site:
        if bureau and name and login:
            first = NewPerson(name, login)
            account = invitations.found_at_terminal(site.ledger, bureau=bureau, first=first)
            code: str | None = invitations.invite(site.ledger, account)
        elif bureau or name or login:
            raise BadInput("Bureau, name and log-in name go together", why="SET_UP_PARTS")
        else:
            account, code = None, invitations.invite_first(site.ledger)
        if code is None:
            raise BadInput("There is an account already", why="SET_UP_ALREADY")
    run.output.say(
        f"首个管理员的一次性代码，请在网页上使用：{code}",
        f"One-time code of the first administrator, to be used on the page: {code}",
    )
    run.output.finish({"command": "user setup", "account": account, "code": code})


@app.command()
def add(
    context: typer.Context,
    login: Annotated[str, typer.Argument(help="用户名  Log-in name")],
    name: Annotated[str, typer.Option(help="姓名  The person's name")],
    role: Annotated[Role, typer.Option(help="角色  Role", case_sensitive=False)],
    unit: Annotated[
        str | None, typer.Option(help="单位名称或编号，默认为本单位  Unit, else the bureau")
    ] = None,
    officer: Annotated[
        str | None, typer.Option(help="记录仪文件名中的警号/工号  Number in recorders' names")
    ] = None,
) -> None:
    """新增账号并给出一次性代码  Add a person's account; prints the one-time code."""
    run = invocation.of(context)
    with run.reporting("user add"), run.site() as site:
        with site.database.read() as connection:
            place = _unit(units.root(connection), site, named=unit)
        new = NewPerson(name, login, officer)
        account = accounts.add_account(site.ledger, new, role=role, unit_id=place)
        code = invitations.invite(site.ledger, account)
    _say_code(run, "user add", account=account, code=code)


@app.command("list")
def list_(context: typer.Context) -> None:
    """列出账号  List the accounts."""
    run = invocation.of(context)
    with run.reporting("user list"), run.site() as site, site.database.read() as connection:
        found = accounts.listed(connection)
        names = {unit.id: unit.name for unit in units.all_units(connection)}
    columns = (
        "用户名 login",
        "姓名 name",
        "警号 number",
        "状态 state",
        "角色 roles",
        "账号 account",
    )
    run.output.table(columns, (_row(one, names) for one in found))
    body: list[Json] = [one.json() for one in found]
    run.output.finish({"command": "user list", "accounts": body})


@app.command()
def invite(context: typer.Context, account: Named) -> None:
    """重新生成一次性代码（忘记密码时）  A new one-time code, for a forgotten password."""
    run = invocation.of(context)
    with run.reporting("user invite"), run.site() as site:
        found = _find(site, account)
        code = invitations.invite(site.ledger, found.id)
    _say_code(run, "user invite", account=found.id, code=code)


@app.command()
def disable(context: typer.Context, account: Named) -> None:
    """停用账号并结束其登录  Disable an account and end its log-ins."""
    _set_state(context, "user disable", account=account, state=AccountState.DISABLED)


@app.command()
def enable(context: typer.Context, account: Named) -> None:
    """重新启用账号  Let an account log in again."""
    _set_state(context, "user enable", account=account, state=AccountState.ACTIVE)


@app.command()
def grant(
    context: typer.Context,
    account: Named,
    role: Annotated[Role, typer.Argument(help="角色  Role", case_sensitive=False)],
    unit: Annotated[
        str | None, typer.Option(help="单位名称或编号，默认为本单位  Unit, else the bureau")
    ] = None,
) -> None:
    """授予角色  Give an account a role in a unit."""
    run = invocation.of(context)
    with run.reporting("user grant"), run.site() as site:
        found = _find(site, account)
        with site.database.read() as connection:
            place = _unit(units.root(connection), site, named=unit)
        held = accounts.grant_role(site.ledger, found.id, role=role, unit_id=place)
    run.output.say(f"已授予角色 {role}（{held}）", f"Granted {role} as {held}")
    run.output.finish(
        {"command": "user grant", "account": found.id, "held": held, "role": role.value}
    )


@app.command()
def revoke(
    context: typer.Context,
    held: Annotated[str, typer.Argument(help="user list --json 中的角色编号  Id of a held role")],
) -> None:
    """取消角色  End a role that an account holds."""
    run = invocation.of(context)
    with run.reporting("user revoke"), run.site() as site:
        accounts.end_role(site.ledger, held)
    run.output.say("已取消该角色", "The role has ended")
    run.output.finish({"command": "user revoke", "held": held})


@unit_app.command("add")
def add_unit(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="单位名称  Name of the unit")],
    below: Annotated[
        str | None, typer.Option(help="上级单位，默认为本单位  Unit above, else the bureau")
    ] = None,
) -> None:
    """新增下级单位  Add a unit below another."""
    run = invocation.of(context)
    with run.reporting("unit add"), run.site() as site:
        with site.database.read() as connection:
            parent = _unit(units.root(connection), site, named=below)
        unit = units.add_unit(site.ledger, name=name, parent=parent)
    run.output.say(f"已新增单位 {unit.name}", f"Added unit {unit.name}")
    run.output.finish({"command": "unit add", **_unit_json(unit)})


@unit_app.command("list")
def list_units(context: typer.Context) -> None:
    """列出单位  List the units."""
    run = invocation.of(context)
    with run.reporting("unit list"), run.site() as site, site.database.read() as connection:
        found = units.all_units(connection)
    names = {unit.id: unit.name for unit in found}
    columns = ("单位 unit", "上级 above", "编号 id")
    run.output.table(columns, ((u.name, names.get(u.parent or "", ""), u.id) for u in found))
    body: list[Json] = [_unit_json(unit) for unit in found]
    run.output.finish({"command": "unit list", "units": body})


@session_app.command("list")
def list_sessions(context: typer.Context) -> None:
    """列出登录，新的在前  List log-ins, newest first."""
    run = invocation.of(context)
    with run.reporting("session list"), run.site() as site:
        found = logins.sessions(site.database, limit=_MOST)
    columns = ("用户名 login", "开始 began", "最近 seen", "结束 ended", "地址 from", "编号 name")
    run.output.table(
        columns,
        (
            (s.login or "", s.began_at, s.seen_at, s.ended_at or "", s.address, s.name)
            for s in found
        ),
    )
    body: list[Json] = [one.json() for one in found]
    run.output.finish({"command": "session list", "sessions": body})


@session_app.command("revoke")
def revoke_session(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="登录编号  Name of the log-in")],
) -> None:
    """强制结束一次登录  End a log-in."""
    run = invocation.of(context)
    with run.reporting("session revoke"), run.site() as site:
        account = logins.revoke(site.ledger, name)
    run.output.say("已强制退出该登录", "The log-in has ended")
    run.output.finish({"command": "session revoke", "session": name, "account": account})


def _set_state(context: typer.Context, command: str, *, account: str, state: AccountState) -> None:
    run = invocation.of(context)
    with run.reporting(command), run.site() as site:
        found = _find(site, account)
        accounts.set_state(site.ledger, found.id, state=state)
    disabled = state == AccountState.DISABLED
    run.output.say(
        f"账号 {account} 已{'停用' if disabled else '启用'}",
        f"Account {account} is {'disabled' if disabled else 'enabled'}",
    )
    run.output.finish({"command": command, "account": found.id, "state": state.value})


def _say_code(run: Invocation, command: str, *, account: str, code: str) -> None:
    run.output.say(
        f"一次性代码（七天内有效，只显示这一次）：{code}",
        f"One-time code, good for seven days and shown only now: {code}",
    )
    run.output.finish({"command": command, "account": account, "code": code})


def _find(site: Site, named: str) -> Account:
    with site.database.read() as connection:
        return accounts.find(connection, named)


def _unit(root: Unit | None, site: Site, *, named: str | None) -> str:
    """The unit named, else the bureau; raises `NotFound` where there is none yet."""
    if root is None:
        raise NotFound("There is no bureau yet", why="NOT_SET_UP")
    if named is None:
        return root.id
    with site.database.read() as connection:
        return units.find_unit(connection, named).id


def _row(one: Account, names: dict[str, str]) -> tuple[str, ...]:
    roles = "；".join(f"{held.role} {names.get(held.unit_id, '')}" for held in one.memberships)
    parts = (one.login, one.full_name, one.officer_number)
    return (*(part or "" for part in parts), one.state.value, roles, one.id)


def _unit_json(unit: Unit) -> dict[str, Json]:
    return {"unit": unit.id, "name": unit.name, "above": unit.parent}
