"""A site that is served: sealed recordings of several units, people of every role, a web server.

Everything is real: cards, docking, database, TLS, sockets. Only passwords are all the same, and
their hash was made with so little work that hundreds may log in (`tests/unit/test_passwords.py` and
the tests of the page have hashes as the product makes them).
"""

import contextlib
import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from random import Random

import httpx
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import insert

from api.guard import CSRF
from devices.makes import load_makes
from devices.recorders import add_recorder, assign_recorder
from evidence.derivative import DerivativeKind, DerivativeState
from evidence.entry import time_text
from evidence.vocabulary import AccountState, Role
from ingest.board import Board
from liuhen import clock
from liuhen.settings import Settings, Web
from liuhen.web_server import WebServer
from people import accounts, invitations, units
from people.accounts import NewPerson
from storage import derivatives, schema
from storage.derivatives import Derivative
from storage.site import SitePlan
from tests.docking import House, open_house, put

PASSWORD = "一个足够长的口令 no one guesses"  # noqa: S105 - of people who live for one test
HASHED = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
SECONDS = 30.0
OFFICER = "310001"
LONG_SIZE = 24_000_000
"""More than what two sockets hold, so that a download can be watched in its middle."""
_NAME = "DCIM/A11_{recorder}_{officer}_20260902083000_0001.mp4"
_LOGINS = itertools.count(1)


class At(StrEnum):
    """Where something belongs: A stands below the bureau, BELOW below A, OTHER beside A."""

    ROOT = "bureau"
    A = "A"
    BELOW = "below A"
    OTHER = "beside A"
    NOWHERE = "no unit"


class Clip(StrEnum):
    """The sealed recordings: OWN is the officer's, of unit A; each other one somebody else's."""

    OWN = "own"
    UNIT = "own unit"
    BELOW = "unit below"
    OTHER = "other unit"
    NOWHERE = "no unit"
    ROOT = "at the bureau"
    LONG = "long"


CLIPS = {
    Clip.OWN: (At.A, OFFICER, "1111111"),
    Clip.UNIT: (At.A, "320002", "2222222"),
    Clip.BELOW: (At.BELOW, "330003", "3333333"),
    Clip.OTHER: (At.OTHER, "340004", "4444444"),
    Clip.NOWHERE: (At.NOWHERE, "350005", "5555555"),
    Clip.ROOT: (At.ROOT, "360006", "6666666"),
    Clip.LONG: (At.A, "370007", "7777777"),
}
"""Unit, officer's number and recorder of each."""

SHORT = tuple(clip for clip in Clip if clip != Clip.LONG)

FILES = {
    DerivativeKind.POSTER: {"poster.jpg": b"\xff\xd8 a still"},
    DerivativeKind.HLS: {"index.m3u8": b"#EXTM3U\n", "media.mp4": Random(7).randbytes(2_500_000)},
}
"""What was made of each recording, as far as the service can tell."""


@dataclass
class Ticks:
    """A clock that a test may put forward."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        """The time now."""
        return clock.now() + self.ahead


@dataclass(frozen=True)
class Person:
    """Somebody with an account."""

    account: str
    login: str
    role: Role
    at: At


@dataclass
class Serving:
    """A running web server, and what stands behind it."""

    house: House
    web: WebServer
    board: Board
    ticks: Ticks
    units: dict[At, str]
    people: dict[tuple[Role, At], Person] = field(default_factory=dict)
    recordings: dict[Clip, str] = field(default_factory=dict)
    contents: dict[Clip, bytes] = field(default_factory=dict)
    stored: str = ""
    kept: dict[object, dict[str, str]] = field(default_factory=dict)
    """What requests may be about that change nothing of it, by what tells it from others."""

    def client(self, **options: object) -> httpx.Client:
        """Somebody who has not logged in, to be closed by the caller."""
        return httpx.Client(base_url=self.web.address, timeout=SECONDS, **options)  # type: ignore[arg-type]

    @contextlib.contextmanager
    def nobody(self) -> Iterator[httpx.Client]:
        """Somebody who has not logged in, while the block runs."""
        with self.client() as client:
            yield client

    @contextlib.contextmanager
    def logged_in(self, person: Person) -> Iterator[httpx.Client]:
        """A log-in of this person, with the word of our page on every request."""
        with self.client() as client:
            self.log_in(client, person)
            yield client

    def log_in(self, client: httpx.Client, person: Person) -> None:
        """Has the client log in."""
        given = {"login": person.login, "password": PASSWORD}
        said = client.post("/api/login", json=given)
        assert said.status_code == 200, said.text
        client.headers[CSRF] = said.json()["csrf"]

    def person(self, role: Role, at: At) -> Person:
        """The person of this role there."""
        return self.people[role, at]

    def add_person(self, role: Role, at: At, *, password: bool = True) -> Person:
        """A new account; nobody logs in to one without a password."""
        ledger, login = self.house.site.ledger, f"user{next(_LOGINS)}"
        number = OFFICER if role == Role.OFFICER else None
        new = NewPerson(f"姓名 {login}", login, number)
        unit = self.units[At.A if at == At.NOWHERE else at]
        account = accounts.add_account(ledger, new, role=role, unit_id=unit)
        if password:
            with ledger.act() as act:
                invitations.set_password(act, account, stored=self.stored)
                act.enter("password.set", {"account": account})
        if at == At.NOWHERE:
            accounts.end_role(ledger, self.memberships(account)[0])
        return Person(account, login, role, at)

    def memberships(self, account: str) -> list[str]:
        """The roles that an account holds, by id."""
        with self.house.site.database.read() as connection:
            found = accounts.by_id(connection, account)
        return [one.id for one in found.memberships] if found else []

    def begin_session(self, account: str) -> str:
        """A log-in of an account that nobody logs in with; returns what it is revoked by."""
        name = f"session{next(_LOGINS)}"
        values = {"id": name, "account_id": account, "name": name, "csrf": "", "address": "test"}
        at = time_text(clock.now())
        values |= {"agent": "test", "began_at": at, "seen_at": at}
        with self.house.site.database.write() as connection:
            connection.execute(insert(schema.login_sessions).values(**values))
        return name

    def disable(self, account: str) -> None:
        """Disables an account, as the terminal would."""
        accounts.set_state(self.house.site.ledger, account, state=AccountState.DISABLED)


@contextlib.contextmanager
def serve(
    folder: Path,
    *,
    database: str | None = None,
    web: Web | None = None,
    clips: Collection[Clip] = SHORT,
) -> Iterator[Serving]:
    """A site with people and recordings behind a web server on a free port."""
    ticks = Ticks()
    plan = SitePlan(folder / "site", database)
    with open_house(plan, ticks=ticks) as house:
        board = Board(None)
        chosen = Settings(data=folder / "site", web=web or Web(port=0))
        server = WebServer(chosen, house.site, docks=board.views, pages=folder / "no pages")
        serving = Serving(house, server, board, ticks, _found(house))
        serving.stored = HASHED
        _fill(serving, folder, clips=clips)
        server.start()
        try:
            yield serving
        finally:
            server.stop()


def _found(house: House) -> dict[At, str]:
    """The bureau, by somebody who is in nobody's way, and its units."""
    ledger = house.site.ledger
    first = NewPerson("首个管理员", "first")
    invitations.found_at_terminal(ledger, bureau="某区城管局", first=first)
    with house.site.database.read() as connection:
        top = units.root(connection)
    assert top is not None
    a = units.add_unit(ledger, name="甲中队", parent=top.id).id
    below = units.add_unit(ledger, name="甲一班", parent=a).id
    other = units.add_unit(ledger, name="乙中队", parent=top.id).id
    return {At.ROOT: top.id, At.A: a, At.BELOW: below, At.OTHER: other}


def _fill(serving: Serving, folder: Path, *, clips: Collection[Clip]) -> None:
    for role, at in itertools.product(Role, (At.A, At.ROOT)):
        serving.people[role, at] = serving.add_person(role, at)
    ledger, makes = serving.house.site.ledger, load_makes()
    for at, _, recorder in CLIPS.values():
        if at != At.NOWHERE:
            add_recorder(ledger, makes, number=recorder, make=next(iter(makes)).id)
            assign_recorder(ledger, recorder, unit=serving.units[at])
    cards = [_card(serving, clip, folder=folder) for clip in clips]
    if cards:
        serving.house.take(*cards)
    names = dict(serving.house.sealed())
    for clip in clips:
        _, officer, recorder = CLIPS[clip]
        name = _NAME.format(recorder=recorder, officer=officer).encode()
        serving.recordings[clip] = names[name]
        derive(serving, names[name])


def _card(serving: Serving, clip: Clip, *, folder: Path) -> Path:
    _, officer, recorder = CLIPS[clip]
    content = Random(clip.value).randbytes(LONG_SIZE if clip == Clip.LONG else 50_000)
    serving.contents[clip] = content
    files = {_NAME.format(recorder=recorder, officer=officer): content}
    return put(folder / "cards" / clip.name, files)


def derive(serving: Serving, sha256: str) -> None:
    """Puts files beside a recording as the worker does, without a look at its bytes."""
    site = serving.house.site
    with derivatives.drafting(site) as drafts:
        for kind, files in FILES.items():
            draft = put(drafts / kind.value, files)
            listed = derivatives.publish(site, draft, sha256=sha256, kind=kind)
            made = Derivative(
                recording=sha256,
                kind=kind,
                state=DerivativeState.READY,
                tool="tests",
                facts={},
                files=tuple(listed),
                made_at=clock.now(),
                attempts=1,
            )
            derivatives.record(site.database, made)
