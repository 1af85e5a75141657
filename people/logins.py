"""Logging in and staying logged in: sessions that the database knows and anybody in charge can end.

Holds always: the browser holds 32 random bytes and the database only their SHA-256; a session ends
by logging out, by being revoked, by resting too long or by age, and is then worth nothing; a try
is counted before the password is looked at, so many at once gain nothing.
"""

import hashlib
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from evidence.canonical import Json
from evidence.entry import parse_time, time_text
from evidence.errors import NotFound, NotLoggedIn, TooManyTries
from evidence.vocabulary import AccountState
from people import accounts, passwords
from people.accounts import Account
from storage import schema
from storage.database import Database
from storage.ledger import Act, Clock, Ledger

RESTING = timedelta(hours=1)
LASTING = timedelta(hours=12)
WINDOW = timedelta(minutes=15)
TRIES_PER_NAME = 5  # from one address: nobody shuts out a colleague by naming him
TRIES_PER_ADDRESS = 30
TRIES_PER_NAME_ANYWHERE = 60
_SEEN_EVERY = timedelta(minutes=1)
_LONGEST_AGENT = 200


@dataclass(frozen=True)
class Origin:
    """Where a request comes from: network address and the browser's own name for itself."""

    address: str
    agent: str = ""


@dataclass(frozen=True)
class LoggedIn:
    """A session that holds: `csrf` is the word that each change must bring along."""

    session: str
    account: Account
    csrf: str
    until: str


@dataclass(frozen=True)
class SessionView:
    """A session in a list; `name` is what it is revoked by, the browser's secret is not in it."""

    name: str
    account: str
    login: str | None
    address: str
    agent: str
    began_at: str
    seen_at: str
    ended_at: str | None

    def json(self) -> dict[str, Json]:
        """The session as commands print it."""
        return {**vars(self)}


def log_in(ledger: Ledger, login: str, *, password: str, origin: Origin) -> str:
    """The act `account.logged_in`; returns the browser's secret.

    Raises `NotLoggedIn` (one sentence for every reason) or `TooManyTries`.
    """
    login = login.strip().casefold()
    tries = _count_try(ledger, [*_named(login, origin), _from(origin)])
    with ledger.database.read() as connection:
        account_id, stored = _credentials(connection, login)
        account = None if account_id is None else accounts.by_id(connection, account_id)
    matched = passwords.matches(password, stored)
    if not matched or account is None or account.state != AccountState.ACTIVE:
        raise _failed()
    secret = _begin(ledger, account, stored=stored, origin=origin)
    with ledger.database.write() as connection:
        table = schema.login_attempts
        connection.execute(delete(table).where(table.c.id.in_(tries)))
    return secret


def recognise(database: Database, clock: Clock, *, secret: str, is_use: bool = True) -> LoggedIn:
    """Whose session this is; raises `NotLoggedIn` unless it holds and the account is active.

    Only a use keeps a session from resting: a board that stands open is none.
    """
    table, now = schema.login_sessions, clock()
    with database.read() as connection:
        row = connection.execute(select(table).where(table.c.id == _digest(secret))).first()
        account = None if row is None else accounts.by_id(connection, row.account_id)
    if row is None or account is None or account.state != AccountState.ACTIVE:
        raise NotLoggedIn("Nobody is logged in")
    until = min(parse_time(row.began_at) + LASTING, parse_time(row.seen_at) + RESTING)
    if row.ended_at is not None or until <= now:
        raise NotLoggedIn("The session has ended")
    if is_use and now - parse_time(row.seen_at) >= _SEEN_EVERY:
        with database.write() as connection:
            seen = update(table).where(table.c.id == row.id).values(seen_at=time_text(now))
            connection.execute(seen)
    return LoggedIn(row.name, account, row.csrf, time_text(until))


def log_out(ledger: Ledger, session: str) -> None:
    """The act `account.logged_out`. Raises `NotFound` where the session has ended already."""
    with ledger.act() as act:
        account = _end(act, session)
        act.enter("account.logged_out", {"account": account, "session": session})


def revoke(ledger: Ledger, session: str) -> str:
    """The act `session.revoked`: somebody in charge ends a session; returns its account.

    Raises `NotFound`.
    """
    with ledger.act() as act:
        account = _end(act, session)
        act.enter("session.revoked", {"account": account, "session": session})
    return account


def sessions(
    database: Database, *, of: Collection[str] | None = None, limit: int
) -> list[SessionView]:
    """Sessions, newest first, ended ones too: of these accounts, or of all."""
    table, credentials = schema.login_sessions, schema.credentials
    joined = table.join(credentials, credentials.c.id == table.c.account_id, isouter=True)
    query = select(table, credentials.c.login).select_from(joined)
    if of is not None:
        query = query.where(table.c.account_id.in_(of))
    query = query.order_by(table.c.began_at.desc(), table.c.name).limit(limit)
    with database.read() as connection:
        return [_view(row) for row in connection.execute(query).mappings()]


def account_of(database: Database, session: str) -> str:
    """Whose session this is; raises `NotFound`."""
    table = schema.login_sessions
    with database.read() as connection:
        found = connection.execute(
            select(table.c.account_id).where(table.c.name == session)
        ).scalar()
    if found is None:
        raise no_session(session)
    return str(found)


def no_session(session: str) -> NotFound:
    """What is said of a session that is not there, has ended, or is out of reach."""
    return NotFound(f"There is no open session {session}", why="NO_LOGIN", session=session)


def _view(row: RowMapping) -> SessionView:
    return SessionView(
        name=row["name"],
        account=row["account_id"],
        login=row["login"],
        address=row["address"],
        agent=row["agent"],
        began_at=row["began_at"],
        seen_at=row["seen_at"],
        ended_at=row["ended_at"],
    )


def _failed() -> NotLoggedIn:
    return NotLoggedIn("Name and password do not match", code="LOGIN_FAILED")


def _credentials(connection: Connection, login: str) -> tuple[str | None, str | None]:
    table = schema.credentials
    row = connection.execute(select(table).where(table.c.login == login)).first()
    return (None, None) if row is None else (row.id, row.password)


def _begin(ledger: Ledger, account: Account, *, stored: str | None, origin: Origin) -> str:
    """Begins a session, unless the password was changed or the account disabled meanwhile."""
    secret = secrets.token_urlsafe(32)
    with ledger.act() as act:
        now = accounts.by_id(act.connection, account.id)
        same = _credentials(act.connection, account.login or "") == (account.id, stored)
        if not same or now is None or now.state != AccountState.ACTIVE:
            raise _failed()
        values = {
            "id": _digest(secret),
            "account_id": account.id,
            "name": secrets.token_hex(8),
            "csrf": secrets.token_urlsafe(24),
            "address": origin.address,
            "agent": origin.agent[:_LONGEST_AGENT],
            "began_at": act.at_text,
            "seen_at": act.at_text,
            "ended_at": None,
        }
        act.connection.execute(insert(schema.login_sessions).values(**values))
        act.enter("account.logged_in", {"account": account.id, "session": values["name"]})
    return secret


def _end(act: Act, session: str) -> str:
    """Ends an open session within an act; its account. Raises `NotFound`."""
    table = schema.login_sessions
    row = act.connection.execute(select(table).where(table.c.name == session)).first()
    if row is None or row.ended_at is not None:
        raise no_session(session)
    ended = update(table).where(table.c.id == row.id).values(ended_at=act.at_text)
    act.connection.execute(ended)
    return str(row.account_id)


def guess(ledger: Ledger, origin: Origin) -> None:
    """Counts a one-time code that is about to be looked at. Raises `TooManyTries`."""
    _count_try(ledger, [_from(origin)])


def _named(login: str, origin: Origin) -> list[tuple[str, int]]:
    name = f"name {_digest(login)}"
    return [(f"{name} from {origin.address}", TRIES_PER_NAME), (name, TRIES_PER_NAME_ANYWHERE)]


def _from(origin: Origin) -> tuple[str, int]:
    return (f"from {origin.address}", TRIES_PER_ADDRESS)


def _count_try(ledger: Ledger, limits: Iterable[tuple[str, int]]) -> list[str]:
    """Puts a try on record before it is made, and raises `TooManyTries` where it is one too many.

    A success takes its own rows away again.
    """
    table, now = schema.login_attempts, ledger.clock()
    since = time_text(now - WINDOW)
    rows: list[str] = []
    with ledger.database.locked() as connection:  # of many at once, none may overlook another
        connection.execute(delete(table).where(table.c.at < since))
        for key, most in limits:
            count = select(func.count()).where(table.c.key == key, table.c.at >= since)
            if int(connection.execute(count).scalar_one()) >= most:
                minutes = int(WINDOW.total_seconds() // 60)
                raise TooManyTries("Too many tries to log in", minutes=minutes)
            rows.append(secrets.token_hex(12))
            values = {"id": rows[-1], "key": key, "at": time_text(now)}
            connection.execute(insert(table).values(**values))
    return rows


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
