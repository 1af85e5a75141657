"""A real service with a real log-in, for benchmarks that go through HTTP."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from evidence.vocabulary import Role
from liuhen import clock
from people import accounts, units
from people.accounts import NewPerson
from people.invitations import accept, found_at_terminal, invite
from storage.site import Actor, Site, SitePlan, open_site

PASSWORD = "a password for benchmarks"  # noqa: S105 - of a site that lives for a minute
_START_SECONDS = 60.0


@dataclass(frozen=True)
class Served:
    """A service that answers, and the cookie of an auditor of the whole bureau."""

    url: str
    cookie: str
    csrf: str

    def client(self) -> httpx.Client:
        """A client that is logged in."""
        headers = {"cookie": self.cookie, "x-liuhen-csrf": self.csrf}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60)


def site_with_an_auditor(data: Path) -> Site:
    """A site, open, with a bureau and one person who may see everything in it."""
    site = open_site(SitePlan(data), clock.now, actor=Actor("service"))
    first = found_at_terminal(site.ledger, bureau="B", first=NewPerson("A", "admin"))
    accept(site.ledger, invite(site.ledger, first), password=PASSWORD)
    with site.database.read() as connection:
        root = units.root(connection)
    if root is None:
        raise RuntimeError("The bureau was not made")
    person = NewPerson("B", "auditor")
    account = accounts.add_account(site.ledger, person, role=Role.AUDITOR, unit_id=root.id)
    accept(site.ledger, invite(site.ledger, account), password=PASSWORD)
    return site


@contextmanager
def served(data: Path) -> Iterator[Served]:
    """`liuhen serve` over that site while the block runs."""
    port = free_port()
    command = [sys.executable, "-P", "-m", "liuhen", "--data", str(data)]
    with (data / "serve.log").open("w") as log:
        process = subprocess.Popen(
            [*command, "serve", "--port", str(port)], stdout=log, stderr=subprocess.STDOUT
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url)
        given = {"login": "auditor", "password": PASSWORD}
        answer = httpx.post(f"{url}/api/login", json=given, timeout=30).raise_for_status()
        found = re.match(r"[^;]+", answer.headers["set-cookie"])
        yield Served(url, found.group(0) if found else "", answer.json()["csrf"])
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _wait(url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{url}/api/health", timeout=5).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The service did not answer")
