"""A bureau whose officers, supervisor and reviewer work over HTTP, each logged in as themselves."""

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from api.guard import CSRF
from evidence.vocabulary import Role
from ingest.board import Board
from liuhen.settings import Settings, Web
from liuhen.web_server import WebServer
from people import accounts, invitations
from people.accounts import NewPerson
from people.staff import members
from storage.site import SitePlan
from tests.casework import Bureau, bureau
from tests.serving import HASHED, PASSWORD, SECONDS


@dataclass
class Desk:
    """A bureau behind a web server; `at` gives the browser of whoever is named."""

    office: Bureau
    web: WebServer
    stack: contextlib.ExitStack
    logins: Iterator[int] = field(default_factory=itertools.count)
    stored: str = HASHED

    def at(self, person: str | None, role: Role, *, unit: str = "") -> "Browser":
        """Somebody of the register, or somebody new, with a role at a unit, else the bureau."""
        ledger, login = self.office.ledger, f"user{next(self.logins)}"
        with self.office.house.site.database.read() as connection:
            known = members(connection).get(person or "")
        new = NewPerson(f"姓名{login}", login)
        if known is not None:
            new = NewPerson(known.full_name or "", login, known.officer_number)
        account = accounts.add_account(ledger, new, role=role, unit_id=unit or self.office.unit)
        with ledger.act() as act:
            invitations.set_password(act, account, stored=self.stored)
            act.enter("password.set", {"account": account})
        client = httpx.Client(base_url=self.web.address, timeout=SECONDS)
        self.stack.callback(client.close)
        return Browser(client, login)


@dataclass(frozen=True)
class Browser:
    """What one person sends, and what the service says to it."""

    client: httpx.Client
    login: str

    def ask(self, method: str, address: str, **options: Any) -> httpx.Response:  # noqa: ANN401
        """What the service says; whoever's log-in has ended, as days pass, logs in again."""
        said = self.client.request(method, address, **options)
        if said.status_code != 401:
            return said
        given = {"login": self.login, "password": PASSWORD}
        found = self.client.post("/api/login", json=given)
        assert found.status_code == 200, found.text
        self.client.headers[CSRF] = found.json()["csrf"]
        return self.client.request(method, address, **options)

    def get(self, address: str, **query: Any) -> Any:  # noqa: ANN401 - JSON
        """The answer to a question that is allowed."""
        said = self.ask("GET", address, params=query)
        assert said.status_code == 200, said.text
        return said.json()

    def post(self, address: str, body: dict[str, Any] | None = None, *, status: int = 0) -> Any:  # noqa: ANN401
        """The answer to a change: any success, or just this status."""
        said = self.ask("POST", address, json=body or {})
        wanted = said.status_code == status if status else said.status_code < 300
        assert wanted, f"{said.status_code}: {said.text}"
        return said.json()

    def codes(self, address: str, body: dict[str, Any] | None = None) -> list[str]:
        """All that stands against a step; none where it was taken."""
        said = self.ask("POST", address, json=body or {})
        if said.status_code < 300:
            return []
        assert said.status_code == 409, said.text
        return [one["code"] for one in said.json()["refusals"]]


@contextlib.contextmanager
def desk(folder: Path, *, profile: str = "XX", pages: Path | None = None) -> Iterator[Desk]:
    """A bureau that follows a profile, behind a web server on a free port."""
    plan = SitePlan(folder / "site")
    with bureau(plan, profile) as office, contextlib.ExitStack() as stack:
        settings = Settings(data=folder / "site", web=Web(port=0))
        board = Board(None)
        web = WebServer(
            settings, office.house.site, docks=board.views, pages=pages or folder / "no pages"
        )
        web.start()
        stack.callback(web.stop)
        yield Desk(office, web, stack)
