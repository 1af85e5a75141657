"""Persons and their accounts: who may log in, in which roles, and since when.

Holds always: every account belongs to one person; a row is never changed, a new one says what
holds now (the state of the highest number, memberships without an end); names, numbers and log-in
names stand in rows as commitments, in the clear only where they can be erased; whoever is disabled
is logged out by the same act.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from evidence.canonical import Json
from evidence.errors import BadInput, NotFound
from evidence.personal import LOGIN_NAME, OFFICER_NUMBER, PERSON_NAME, SALT_BYTES, Personal
from evidence.vocabulary import AccountState, Role
from people import units
from people.register import bearers
from people.roles import Membership
from storage import schema
from storage.ledger import Act, Ledger

_LONGEST = 64


@dataclass(frozen=True)
class NewPerson:
    """Who is to have an account; `officer_number` is what recorders write into file names."""

    full_name: str
    login: str
    officer_number: str | None = None


@dataclass(frozen=True)
class Account:
    """An account as people see it; names are null once they are erased."""

    id: str
    person: str
    login: str | None
    full_name: str | None
    officer_number: str | None
    state: AccountState
    memberships: tuple[Membership, ...]
    has_password: bool

    def json(self) -> dict[str, Json]:
        """The account as commands print it."""
        held: list[Json] = [
            {"id": one.id, "role": one.role.value, "unit": one.unit_id} for one in self.memberships
        ]
        return {
            "account": self.id,
            "person": self.person,
            "login": self.login,
            "name": self.full_name,
            "officer_number": self.officer_number,
            "state": self.state.value,
            "has_password": self.has_password,
            "roles": held,
        }


def add_account(ledger: Ledger, new: NewPerson, *, role: Role, unit_id: str) -> str:
    """The act `account.added`; returns its id. Raises `BadInput` or `NotFound`."""
    with ledger.act() as act:
        unit = units.find_unit(act.connection, unit_id)
        account_id = insert_account(act, new, role=role, unit_id=unit.id)
        act.enter("account.added", {"account": account_id, "role": role.value, "unit": unit.id})
    return account_id


def insert_account(act: Act, new: NewPerson, *, role: Role, unit_id: str) -> str:
    """Writes person, account, its first state and role within an act. Raises `BadInput`.

    Who is on the register under this name and number, and has no account, is this person already.
    """
    login, full_name = folded(new.login), _said(new.full_name, "PERSON_NAME")
    _check_free(act.connection, login)
    person_id = _person(act, full_name, officer_number=new.officer_number)
    account = {
        "id": secrets.token_hex(8),
        "person_id": person_id,
        "login": _kept(act, LOGIN_NAME, value=login),
        "added_at": act.at_text,
    }
    act.insert(schema.accounts, account)
    account_id = str(account["id"])
    _write_state(act, account_id, state=AccountState.ACTIVE)
    _write_membership(act, account_id, role=role, unit_id=unit_id)
    values = {"id": account_id, "login": login, "password": None, "changed_at": act.at_text}
    act.connection.execute(insert(schema.credentials).values(**values))
    return account_id


def _person(act: Act, full_name: str, *, officer_number: str | None) -> str:
    """The person whom an account is for, written where there is none.

    Raises `BadInput` for a number that is somebody else's on the register: by it officers find
    their own recordings.
    """
    number = _said(officer_number, "OFFICER_NUMBER") if officer_number else None
    posted = [one for one in bearers(act.connection, number) if one.is_posted] if number else []
    if any(one.full_name != full_name for one in posted):
        raise BadInput(f"Number {number} is taken", why="OFFICER_NUMBER_TAKEN", number=str(number))
    free = [one.person for one in posted if not one.has_account]
    if free:
        return free[0]
    person = {
        "id": secrets.token_hex(8),
        "full_name": _kept(act, PERSON_NAME, value=full_name),
        "officer_number": None if number is None else _kept(act, OFFICER_NUMBER, value=number),
        "added_at": act.at_text,
    }
    act.insert(schema.persons, person)
    return str(person["id"])


def set_state(ledger: Ledger, account_id: str, *, state: AccountState) -> None:
    """The act `account.disabled` or `account.enabled`; a disabled one is logged out by it.

    Raises `NotFound`, or `BadInput` where it is so already or nobody could administer any more.
    """
    with ledger.act() as act:
        account = find(act.connection, account_id)
        if account.state == state:
            raise BadInput(f"Account {account_id} is {state} already", why="STATE_ALREADY")
        _write_state(act, account.id, state=state)
        if state == AccountState.DISABLED:
            _check_somebody_administers(act.connection)
            end_sessions(act, account.id)
            act.enter("account.disabled", {"account": account.id})
        else:
            act.enter("account.enabled", {"account": account.id})


def grant_role(ledger: Ledger, account_id: str, *, role: Role, unit_id: str) -> str:
    """The act `role.granted`; returns the membership. Raises `NotFound` or `BadInput`."""
    with ledger.act() as act:
        account = find(act.connection, account_id)
        unit = units.find_unit(act.connection, unit_id)
        held = {(one.role, one.unit_id) for one in account.memberships}
        if (role, unit.id) in held:
            raise BadInput(f"{account_id} holds {role} there already", why="ROLE_HELD")
        membership = _write_membership(act, account.id, role=role, unit_id=unit.id)
        facts: dict[str, Json] = {"account": account.id, "role": role.value, "unit": unit.id}
        act.enter("role.granted", facts)
    return membership


def end_role(ledger: Ledger, membership_id: str) -> None:
    """The act `role.ended`. Raises `NotFound`, or `BadInput` for the last administrator."""
    table, ends = schema.memberships, schema.membership_ends
    with ledger.act() as act:
        row = act.connection.execute(select(table).where(table.c.id == membership_id)).first()
        ended = act.connection.execute(select(ends).where(ends.c.id == membership_id)).first()
        if row is None or ended is not None:
            raise NotFound(f"No role {membership_id} is held", why="NO_ROLE", role=membership_id)
        act.insert(ends, {"id": membership_id, "ended_at": act.at_text})
        _check_somebody_administers(act.connection)
        act.enter("role.ended", {"account": row.account_id, "role": row.role, "unit": row.unit_id})


def end_sessions(act: Act, account_id: str) -> int:
    """Ends every log-in of an account within an act; how many there were."""
    table = schema.login_sessions
    open_ones = (table.c.account_id == account_id) & table.c.ended_at.is_(None)
    ended = update(table).where(open_ones).values(ended_at=act.at_text)
    act.connection.execute(
        delete(schema.invitations).where(schema.invitations.c.account_id == account_id)
    )
    return int(act.connection.execute(ended).rowcount)


# --- reading --------------------------------------------------------------------------------------


def find(connection: Connection, named: str) -> Account:
    """The account of this id or log-in name; raises `NotFound`."""
    for account in listed(connection):
        if named in (account.id, account.login):
            return account
    raise NotFound(f"There is no account {named}", why="NO_ACCOUNT", account=named)


def by_id(connection: Connection, account_id: str) -> Account | None:
    """One account, or None."""
    return next(iter(_accounts(connection, only=account_id)), None)


def listed(connection: Connection) -> list[Account]:
    """Every account, in order of log-in names."""
    return sorted(_accounts(connection), key=lambda one: (one.login or "", one.id))


def is_any(connection: Connection) -> bool:
    """Whether there is an account at all."""
    return connection.execute(select(schema.accounts.c.id).limit(1)).first() is not None


def names(connection: Connection) -> dict[str, str | None]:
    """The person's name of each account, null once it is erased."""
    return {one.id: one.full_name for one in _accounts(connection)}


def folded(login: str) -> str:
    """A log-in name in its one form: no case, no space around; raises `BadInput`."""
    login = _said(login, "LOGIN_NAME").casefold()
    if any(character.isspace() for character in login):
        raise BadInput(f"{login!r} cannot be a log-in name", why="LOGIN_NAME", name=login)
    return login


def _accounts(connection: Connection, only: str | None = None) -> Iterable[Account]:
    table, persons, credentials = schema.accounts, schema.persons, schema.credentials
    joined = table.join(persons, persons.c.id == table.c.person_id)
    joined = joined.join(credentials, credentials.c.id == table.c.id, isouter=True)
    query = select(
        table.c.id,
        table.c.person_id,
        persons.c.full_name,
        persons.c.officer_number,
        credentials.c.login,
        credentials.c.password,
    ).select_from(joined)
    rows = connection.execute(query if only is None else query.where(table.c.id == only)).all()
    opened = _opened(connection, [value for row in rows for value in row[2:4] if value])
    states = _states(connection, only)
    memberships = _memberships(connection, only)
    for row in rows:
        yield Account(
            id=row.id,
            person=row.person_id,
            login=row.login,
            full_name=opened.get(row.full_name),
            officer_number=opened.get(row.officer_number or ""),
            state=states[row.id],
            memberships=tuple(memberships.get(row.id, ())),
            has_password=row.password is not None,
        )


def _opened(connection: Connection, commitments: list[str]) -> dict[str, str]:
    table = schema.personal_data
    found: dict[str, str] = {}
    for start in range(0, len(commitments), 500):
        chosen = table.c.id.in_(commitments[start : start + 500])
        rows = connection.execute(select(table.c.id, table.c.value).where(chosen))
        found.update((row.id, row.value) for row in rows)
    return found


def _states(connection: Connection, only: str | None) -> dict[str, AccountState]:
    table = schema.account_states
    query = select(table.c.account_id, table.c.state).order_by(table.c.number)
    if only is not None:
        query = query.where(table.c.account_id == only)
    return {row.account_id: AccountState(row.state) for row in connection.execute(query)}


def _memberships(connection: Connection, only: str | None) -> dict[str, list[Membership]]:
    table, ends = schema.memberships, schema.membership_ends
    joined = table.join(ends, ends.c.id == table.c.id, isouter=True)
    query = select(table).select_from(joined).where(ends.c.id.is_(None))
    if only is not None:
        query = query.where(table.c.account_id == only)
    tree = units.all_units(connection)
    top = {unit.id for unit in tree if unit.parent is None}
    found: dict[str, list[Membership]] = {}
    for row in connection.execute(query.order_by(table.c.since, table.c.id)):
        reach = units.below(tree, row.unit_id)
        held = Membership(row.id, Role(row.role), row.unit_id, reach, row.unit_id in top)
        found.setdefault(row.account_id, []).append(held)
    return found


# --- writing --------------------------------------------------------------------------------------


def _write_state(act: Act, account_id: str, *, state: AccountState) -> None:
    table = schema.account_states
    query = select(table.c.number).where(table.c.account_id == account_id)
    numbers = act.connection.execute(query).scalars().all()
    number = max(numbers, default=-1) + 1
    row = {
        "id": f"{account_id}/{number}",
        "account_id": account_id,
        "number": number,
        "state": state.value,
        "changed_at": act.at_text,
    }
    act.insert(table, row)


def _write_membership(act: Act, account_id: str, *, role: Role, unit_id: str) -> str:
    row = {
        "id": secrets.token_hex(8),
        "account_id": account_id,
        "role": role.value,
        "unit_id": unit_id,
        "since": act.at_text,
    }
    act.insert(schema.memberships, row)
    return str(row["id"])


def _check_free(connection: Connection, login: str) -> None:
    table = schema.credentials
    if connection.execute(select(table.c.id).where(table.c.login == login)).first() is not None:
        raise BadInput(f"Log-in name {login} is taken", why="LOGIN_TAKEN", name=login)


def _check_somebody_administers(connection: Connection) -> None:
    for account in _accounts(connection):
        roles = {(one.role, one.is_root) for one in account.memberships}
        if account.state == AccountState.ACTIVE and (Role.ADMINISTRATOR, True) in roles:
            return
    raise BadInput("Nobody could administer the bureau any more", why="LAST_ADMINISTRATOR")


def _said(text: str, why: str) -> str:
    """A name as it may be kept: printable, neither empty nor long; raises `BadInput`."""
    text = text.strip()
    if not text or len(text) > _LONGEST or not text.isprintable():
        raise BadInput(f"{text!r} cannot be used", why=why, name=text)
    return text


def _kept(act: Act, kind: str, *, value: str) -> str:
    return act.keep(Personal(kind, value, secrets.token_bytes(SALT_BYTES)))
