"""What stands in front of the service: whose word is believed on where a request comes from."""

import signal
from collections import Counter
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from api.guard import CSRF, SECURE_COOKIE
from evidence.vocabulary import Role
from liuhen.settings import Web
from people.logins import TRIES_PER_NAME
from tests import cli
from tests.serving import PASSWORD, At, Serving, serve


def _fail(serving: Serving, forwarded: str) -> int:
    """The status of a try to log in that fails, with this header."""
    person = serving.person(Role.REVIEWER, At.A)
    given = {"login": person.login, "password": "wrong in any case"}
    with serving.nobody() as client:
        said = client.post("/api/login", json=given, headers={"x-forwarded-for": forwarded})
    return said.status_code


def _address_of_log_in(serving: Serving, forwarded: str) -> str:
    """Where a log-in with this header came from, as the administrator is told."""
    person = serving.person(Role.ADMINISTRATOR, At.ROOT)
    given = {"login": person.login, "password": PASSWORD}
    with serving.nobody() as client:
        said = client.post("/api/login", json=given, headers={"x-forwarded-for": forwarded})
        assert said.status_code == 200, said.text
        for cookie in said.headers.get_list("set-cookie"):  # a Secure one too: this is the proxy
            client.headers["cookie"] = cookie.partition(";")[0]
        client.headers[CSRF] = said.json()["csrf"]
        return str(client.get("/api/logins").json()["logins"][0]["address"])


def test_nobody_chooses_where_a_request_comes_from(tmp_path: Path) -> None:
    with serve(tmp_path, clips=()) as serving:
        statuses = Counter(_fail(serving, f"9.9.9.{one}") for one in range(TRIES_PER_NAME + 2))
        assert statuses == {401: TRIES_PER_NAME, 429: 2}
        assert _address_of_log_in(serving, "8.8.8.8") == "127.0.0.1"


def test_the_trusted_proxy_is_believed_and_only_its_own_word(tmp_path: Path) -> None:
    web = Web(port=0, trusted_proxy="127.0.0.0/8", public_url="https://evidence.example")
    with serve(tmp_path, web=web, clips=()) as serving:
        assert _address_of_log_in(serving, "10.1.2.3") == "10.1.2.3"
        # What the browser itself wrote stands left of what the proxy saw.
        assert _address_of_log_in(serving, "8.8.8.8, 10.1.2.3") == "10.1.2.3"
        statuses = Counter(_fail(serving, f"9.9.9.{one}, 10.7.7.7") for one in range(7))
        assert statuses == {401: TRIES_PER_NAME, 429: 7 - TRIES_PER_NAME}


def test_another_address_than_the_proxy_is_not_believed(tmp_path: Path) -> None:
    web = Web(port=0, trusted_proxy="10.0.0.5")
    with serve(tmp_path, web=web, clips=()) as serving:
        assert _address_of_log_in(serving, "8.8.8.8") == "127.0.0.1"


def test_behind_tls_the_cookie_never_leaves_it(tmp_path: Path) -> None:
    web = Web(port=0, plain=True, public_url="https://evidence.example")
    with serve(tmp_path, web=web, clips=()) as serving:
        assert serving.web.address.startswith("http://")
        given = {"login": serving.person(Role.AUDITOR, At.A).login, "password": PASSWORD}
        with serving.nobody() as client:
            said = client.post("/api/login", json=given)
            first, *flags = said.headers["set-cookie"].split("; ")
            assert first.startswith(f"{SECURE_COOKIE}=")
            assert {"secure", "httponly", "samesite=strict"} <= {flag.lower() for flag in flags}
            assert "max-age" in said.headers["strict-transport-security"]
            asked = httpx.get(f"{serving.web.address}api/me", headers={"cookie": first})
            assert asked.status_code == 200


@pytest.mark.parametrize("place", [{"trusted_proxy": "*"}, {"trusted_proxy": "10.0.0.1/24"},
    {"trusted_proxy": "proxy.example"}, {"trusted_proxy": ""}, {"public_url": "evidence.example"},
    {"public_url": "ftp://evidence.example"}, {"public_url": "https://evidence.example/page"}],
    ids=str)  # fmt: skip
def test_what_is_no_proxy_and_no_address_is_refused(place: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Web(port=0, **place)  # type: ignore[arg-type]


_WARNING = "set web.public_url"


@pytest.mark.parametrize("lines", [[], ['public_url = "http://evidence.example"']], ids=str)
def test_the_start_says_that_cookies_are_in_the_clear(tmp_path: Path, lines: list[str]) -> None:
    assert _WARNING in _said_at_start(tmp_path, lines)


def test_the_start_says_nothing_of_it_where_they_are_not(tmp_path: Path) -> None:
    assert _WARNING not in _said_at_start(tmp_path, ['public_url = "https://evidence.example"'])


def _said_at_start(folder: Path, lines: list[str]) -> str:
    """Everything a service with these settings prints until it is ended."""
    (folder / "liuhen.toml").write_text("\n".join(["[web]", "plain = true", *lines]))
    with cli.running("--data", folder, "serve", "--port", "0") as process:
        assert process.stdout is not None
        first = next(line for line in process.stdout if "http://" in line)
        process.send_signal(signal.SIGINT)
        return first + process.stdout.read()
