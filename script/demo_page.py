"""The demonstration's page: the service's lines, people with log-ins, and which cards may leave.

Holds always: what the service prints is printed on, except the one-time code that is used here.
"""

import json
import re
import secrets
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar

PORT = 8620
BUREAU = "滨河区城市管理局（演示）"
_ADDRESS = re.compile(r"Page and API at (\S+)")
_CODE = re.compile(r"一次性代码 (\S+)|use the code (\S+)")
_FREE = re.compile(r"\[(\S+ .+?)\] .*(?<!请勿)可以取走")
_SECONDS = 30.0
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without look-alikes: somebody types them

PEOPLE = (
    ("ADMINISTRATOR", "陈管理", "admin", "keeps people; sees no recording"),
    ("SUPERVISOR", "周主管", "supervisor", "sees everything, and who has looked"),
    ("REVIEWER", "李复核", "reviewer", "looks at recordings"),
    ("AUDITOR", "赵审计", "auditor", "sees everything, may take originals"),
    ("OFFICER", "王外勤", "officer", "sees own recordings: officer {officer}"),
)
"""Role, name, log-in and what it is for; the administrator is the first."""

ADMINISTRATOR = PEOPLE[0][1:3]
"""The administrator's name and log-in."""


class PageTrouble(Exception):
    """The page's people could not be made; the message is for people."""


@dataclass(frozen=True)
class LogIn:
    """What somebody needs to log in, and what for."""

    role: str
    login: str
    password: str
    purpose: str


def port_to_use(asked: int | None) -> int:
    """The port asked for; else the usual one, or any free one where that is taken."""
    if asked is not None:
        return asked
    try:
        socket.create_server(("127.0.0.1", PORT)).close()
    except OSError:
        return 0
    return PORT


@dataclass
class Lines:
    """Reads what the service prints, prints it on, and remembers what the demonstration needs."""

    process: "subprocess.Popen[bytes]"
    address: str | None = None
    code: str | None = None
    free: set[str] = field(default_factory=set)
    """Cards that may be taken away, as their lines name them."""
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _ended: bool = False

    def start(self) -> None:
        """Begins to read, in a thread that ends with the service."""
        threading.Thread(target=self._read, name="lines", daemon=True).start()

    def wait(self, condition: Callable[[], bool], seconds: float | None) -> bool:
        """Waits until the condition holds; false where time is over or the service has ended.

        In short steps: a signal's handler gets its turn between them.
        """
        left = seconds
        with self._changed:
            while not condition():
                if self._ended or (left is not None and left <= 0):
                    return False
                self._changed.wait(0.2)
                left = None if left is None else left - 0.2
        return True

    def _read(self) -> None:
        stdout = self.process.stdout
        for raw in stdout or ():
            line = raw.decode(errors="replace")
            with self._changed:
                self._note(line)
                self._changed.notify_all()
            if not _CODE.search(line):
                sys.stdout.write(line)
                sys.stdout.flush()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _note(self, line: str) -> None:
        if found := _ADDRESS.search(line):
            self.address = found[1]
        elif found := _CODE.search(line):
            self.code = found[1] or found[2]
        elif found := _FREE.match(line):
            self.free.add(found[1])


class _Api:
    """The API as one person uses it."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        # No proxy: the service is on this machine, whatever the environment says of others.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
        self.csrf = ""

    def ask(self, path: str, body: Mapping[str, object] | None = None) -> dict[str, object]:
        """The answer's object, to a change where there is a body.

        Raises `PageTrouble` with the service's own sentence.
        """
        request = urllib.request.Request(  # noqa: S310 - the address is our own service's
            f"{self._address}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json", "x-liuhen-csrf": self.csrf},
        )
        try:
            with self._opener.open(request, timeout=_SECONDS) as response:
                answered: dict[str, object] = json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                raise PageTrouble(f"{path} was refused: {error.read().decode()}") from error
        except OSError as error:
            raise PageTrouble(f"{path} did not answer: {error}") from error
        return answered


def needs_people(address: str) -> bool:
    """Whether the site has no account yet."""
    return bool(_Api(address).ask("/api/setup")["needed"])


def make_people(address: str, code: str, *, officer: str, is_new: bool) -> list[LogIn]:
    """The first administrator by the code, then one account for each other role.

    Where the site is new, the code makes the bureau too; else it is the administrator's own.
    """
    first, *others = PEOPLE
    made = [_log_in(*first, officer=officer)]
    admin, password = _Api(address), made[0].password
    if is_new:
        body = {"code": code, "bureau": BUREAU, "name": first[1], "login": first[2]}
        me = admin.ask("/api/setup", {**body, "password": password})
    else:
        admin.ask("/api/password", {"code": code, "password": password})
        me = admin.ask("/api/login", {"login": first[2], "password": password})
    admin.csrf = str(me["csrf"])
    roles = me["roles"]
    unit = roles[0]["unit"] if isinstance(roles, list) else ""
    for person in others:
        log_in = _log_in(*person, officer=officer)
        new: dict[str, object] = {"name": person[1], "login": person[2], "role": person[0]}
        if person[0] == "OFFICER":
            new["officer_number"] = officer
        invited = admin.ask("/api/users", {**new, "unit": unit})
        _Api(address).ask("/api/password", {"code": invited["code"], "password": log_in.password})
        made.append(log_in)
    admin.ask("/api/logout", {})
    return made


def _log_in(role: str, _name: str, login: str, purpose: str, *, officer: str) -> LogIn:
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    return LogIn(role, login, "-".join(groups), purpose.format(officer=officer))
