"""One-time codes: the only way to a first password, and to the first administrator.

Holds always: a code is shown once, to whoever asked for it at the terminal or as an administrator,
and only its SHA-256 is kept; it works once and not for long; a newer code of the same account, or
a newer one for the first administrator, puts the older out of use.
"""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import Connection, delete, insert, select, update

from evidence.entry import time_text
from evidence.errors import BadInput, NotLoggedIn
from evidence.vocabulary import AccountState, Role
from people import accounts, passwords, units
from people.accounts import NewPerson
from storage import schema
from storage.ledger import Act, Ledger

_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without look-alikes
_GROUPS = 4
_FIRST = timedelta(hours=1)
_LATER = timedelta(days=7)


def invite_first(ledger: Ledger) -> str | None:
    """A code for the first administrator, with the act `administrator.invited`.

    None once there is any account: then an administrator adds the others.
    """
    with ledger.database.read() as connection:
        if accounts.is_any(connection):
            return None
    code = _new_code()
    with ledger.act() as act:
        _keep_code(act, code, account_id=None, lasting=_FIRST)
        act.enter("administrator.invited", {})
    return code


def invite(ledger: Ledger, account_id: str) -> str:
    """A code by which the person sets a new password: the act `account.invited`.

    Raises `NotFound`, or `BadInput` for a disabled account.
    """
    code = _new_code()
    with ledger.act() as act:
        account = accounts.find(act.connection, account_id)
        if account.state != AccountState.ACTIVE:
            raise BadInput(f"Account {account_id} is disabled", why="ACCOUNT_DISABLED")
        _keep_code(act, code, account_id=account.id, lasting=_LATER)
        act.enter("account.invited", {"account": account.id})
    return code


def accept(ledger: Ledger, code: str, *, password: str) -> str:
    """The act `password.set`: a person takes a code and chooses a password; returns the account.

    Every log-in there was under the old password ends. Raises `NotLoggedIn` or `BadInput`.
    """
    account_id = _account_of(ledger, code)
    with ledger.database.read() as connection:
        account = accounts.by_id(connection, account_id)
    passwords.check_new(password, login=(account.login if account else None) or "")
    stored = passwords.hashed(password)
    with ledger.act() as act:
        if _take(act, code) != account_id:
            raise _no_code()
        accounts.end_sessions(act, account_id)
        set_password(act, account_id, stored=stored)
        act.enter("password.set", {"account": account_id})
    return account_id


def found(ledger: Ledger, code: str, *, bureau: str, first: NewPerson, password: str) -> str:
    """The act `administrator.founded`: the bureau and its first administrator; returns the account.

    Raises `NotLoggedIn` for a code that is not the one of the terminal, or `BadInput`.
    """
    passwords.check_new(password, login=accounts.folded(first.login))
    with ledger.database.read() as connection:
        if _stored(connection, code, ledger=ledger) is None:
            raise _no_code()
    stored = passwords.hashed(password)
    with ledger.act() as act:
        if accounts.is_any(act.connection) or _take(act, code) is not None:
            raise _no_code()
        account_id = _found(act, bureau=bureau, first=first)
        set_password(act, account_id, stored=stored)
    return account_id


def found_at_terminal(ledger: Ledger, *, bureau: str, first: NewPerson) -> str:
    """The same act from the terminal, which any code would have come from; returns the account.

    The person then sets a password with a code of their own. Raises `BadInput`.
    """
    with ledger.act() as act:
        if accounts.is_any(act.connection):
            raise BadInput("There is an account already", why="SET_UP_ALREADY")
        return _found(act, bureau=bureau, first=first)


def _found(act: Act, *, bureau: str, first: NewPerson) -> str:
    unit = units.insert_unit(act, name=bureau, parent=None)
    account_id = accounts.insert_account(act, first, role=Role.ADMINISTRATOR, unit_id=unit.id)
    act.connection.execute(delete(schema.invitations))
    act.enter("administrator.founded", {"account": account_id, "unit": unit.id})
    return account_id


def set_password(act: Act, account_id: str, *, stored: str) -> None:
    """Keeps the hash of a password within an act."""
    table = schema.credentials
    values = {"password": stored, "changed_at": act.at_text}
    act.connection.execute(update(table).where(table.c.id == account_id).values(**values))


def _new_code() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(_GROUPS))
    return "-".join(groups)


def _digest(code: str) -> str:
    plain = "".join(character for character in code.upper() if character.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def _keep_code(act: Act, code: str, *, account_id: str | None, lasting: timedelta) -> None:
    table = schema.invitations
    older = table.c.account_id.is_(None) if account_id is None else table.c.account_id == account_id
    act.connection.execute(delete(table).where(older))
    until = time_text(act.at + lasting)
    values = {"id": _digest(code), "account_id": account_id, "expires_at": until}
    act.connection.execute(insert(table).values(**values))


def _stored(connection: Connection, code: str, *, ledger: Ledger) -> tuple[str | None] | None:
    table = schema.invitations
    row = connection.execute(select(table).where(table.c.id == _digest(code))).first()
    if row is None or row.expires_at <= time_text(ledger.clock()):
        return None
    return (row.account_id,)


def _account_of(ledger: Ledger, code: str) -> str:
    with ledger.database.read() as connection:
        stored = _stored(connection, code, ledger=ledger)
    if stored is None or stored[0] is None:
        raise _no_code()
    return stored[0]


def _take(act: Act, code: str) -> str | None:
    """Uses a code up; the account it is for, None for the first administrator's.

    Raises `NotLoggedIn` where it was used or has run out meanwhile.
    """
    table = schema.invitations
    row = act.connection.execute(select(table).where(table.c.id == _digest(code))).first()
    if row is None or row.expires_at <= act.at_text:
        raise _no_code()
    act.connection.execute(delete(table).where(table.c.id == row.id))
    return None if row.account_id is None else str(row.account_id)


def _no_code() -> NotLoggedIn:
    return NotLoggedIn("The code is not valid, was used or has run out", code="CODE_INVALID")
