"""What holds for every request: where it comes from, how large it is, what its answer carries."""

import http.client
import json
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from api.guard import COOKIE, CSRF, SECURE_COOKIE
from api.security import HEADERS, LARGEST_BODY
from evidence.vocabulary import Role
from liuhen.settings import Web
from tests.certificates import make_certificate
from tests.serving import PASSWORD, SECONDS, At, Clip, Serving, serve

ELSEWHERE = (
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://["},
    {"origin": "http://127.0.0.1"},  # our host, another port
    {"origin": ""},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "nonsense"},
)
CHANGES = ("/api/login", "/api/setup", "/api/password", "/api/logout", "/api/units", "/nothing")


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Serving]:
    """A served site that the test may break."""
    with serve(tmp_path, clips=(Clip.OWN,)) as opened:
        yield opened


@pytest.mark.parametrize("headers", ELSEWHERE, ids=lambda one: " ".join(*one.items()))
def test_a_change_from_another_site_reaches_no_route(
    serving: Serving, headers: dict[str, str]
) -> None:
    with serving.logged_in(serving.person(Role.ADMINISTRATOR, At.ROOT)) as client:
        for path in CHANGES:
            said = client.post(path, json={"name": "x", "parent": "x"}, headers=headers)
            assert (said.status_code, said.json()["code"]) == (403, "CROSS_SITE"), path
        assert client.delete("/api/logins/x", headers=headers).json()["code"] == "CROSS_SITE"
        assert client.get("/api/me", headers=headers).status_code == 200


def test_our_own_page_and_programs_may_ask_for_changes(serving: Serving) -> None:
    with serving.logged_in(serving.person(Role.ADMINISTRATOR, At.ROOT)) as client:
        origin = serving.web.address.rstrip("/")
        for headers in ({"origin": origin, "sec-fetch-site": "same-origin"}, {}):
            said = client.post("/api/jobs/retry", json={}, headers=headers)
            assert said.status_code == 200, said.text


def test_every_answer_carries_the_policy_errors_too(serving: Serving) -> None:
    with serving.logged_in(serving.person(Role.AUDITOR, At.A)) as client:
        answers = [
            client.get("/api/health"),
            client.get("/api/recordings?limit=0"),
            client.get("/api/jobs"),
            client.get("/api/logins"),
            client.get("/api/nothing"),
            client.get("/nothing/at/all"),
            client.put("/api/login"),
            client.post("/api/login", content=b"\xff"),
            client.post("/api/login", content=b"x" * (LARGEST_BODY + 1)),
            client.post("/api/logout", headers={"origin": "https://evil.example"}),
        ]
    assert [one.status_code for one in answers] == [
        200,
        422,
        200,
        403,
        404,
        404,
        405,
        422,
        413,
        403,
    ]
    for answer in answers:
        assert HEADERS.items() <= dict(answer.headers).items()
        assert "server" not in answer.headers
        assert "strict-transport-security" not in answer.headers
    for answer in answers[1:]:
        if answer.status_code >= 400:
            assert set(answer.json()) == {"code", "zh", "en"}
    assert answers[0].headers["cache-control"] == "no-store"


def test_no_page_may_run_what_is_not_ours() -> None:
    policy = dict(part.split(" ", 1) for part in HEADERS["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"


@pytest.mark.parametrize("size", [LARGEST_BODY + 1, 50_000_000])
def test_a_body_too_large_is_not_read(serving: Serving, size: int) -> None:
    """The answer comes at once: not a byte of the body was sent."""
    host, port = serving.web.address.removeprefix("http://").rstrip("/").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=SECONDS)
    connection.putrequest("POST", "/api/login")
    connection.putheader("content-length", str(size))
    connection.endheaders()
    said = connection.getresponse()
    assert (said.status, json.loads(said.read())["code"]) == (413, "TOO_LARGE")
    connection.close()


def test_a_body_must_say_how_long_it_is(serving: Serving) -> None:
    with serving.nobody() as client:
        said = client.post("/api/login", content=iter([b"{}"]))
        assert (said.status_code, said.json()["code"]) == (413, "TOO_LARGE")
        filled = {"login": "x" * 150, "password": "y" * 1000, "z": ""}
        filled["z"] = "z" * (LARGEST_BODY - len(str(filled)) - 20)
        assert client.post("/api/login", json=filled).status_code == 422


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[" * 60_000, b'"\\ud800"', b'{"login": "\\ud800", "password": "x"}',
     b'{"login": "a\\u0000b", "password": "x"}', b"null", b"[]", b'{"login": 1, "password": NaN}',
     b'{"login": "x", "password": "x", "role": "ADMINISTRATOR"}'],
)  # fmt: skip
def test_a_body_that_is_none_is_refused_in_words(serving: Serving, body: bytes) -> None:
    with serving.nobody() as client:
        said = client.post("/api/login", content=body, headers={"content-type": "application/json"})
        assert (said.status_code, said.json()["code"]) == (422, "BAD_INPUT"), said.text


def test_the_cookie_is_for_us_alone(serving: Serving) -> None:
    person = serving.person(Role.OFFICER, At.A)
    with serving.nobody() as client:
        said = client.post("/api/login", json={"login": person.login, "password": PASSWORD})
        flags = _flags(said)
        assert flags[0].startswith(f"{COOKIE}=")
        assert {"httponly", "samesite=strict", "path=/"} <= set(flags)
        assert "secure" not in flags
        client.headers[CSRF] = said.json()["csrf"]
        gone = _flags(client.post("/api/logout"))
        assert {"max-age=0", "httponly", "samesite=strict", "path=/"} <= set(gone)
        assert client.get("/api/me").status_code == 401


def test_under_tls_the_cookie_never_leaves_it(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    with serve(tmp_path, web=Web(port=0, certificate=certificate, key=key), clips=()) as serving:
        assert serving.web.address.startswith("https://")
        person = serving.person(Role.OFFICER, At.A)
        trust = ssl.create_default_context(cafile=str(certificate))
        with serving.client(verify=trust) as client:
            said = client.post("/api/login", json={"login": person.login, "password": PASSWORD})
            flags = _flags(said)
            assert flags[0].startswith(f"{SECURE_COOKIE}=")
            assert {"secure", "httponly", "samesite=strict", "path=/"} <= set(flags)
            assert not any(flag.startswith("domain") for flag in flags)
            assert client.get("/api/me").status_code == 200
            for answer in (said, client.get("/api/nothing")):
                assert "max-age" in answer.headers["strict-transport-security"]
            secret = client.cookies[SECURE_COOKIE]
            client.cookies.clear()
            client.cookies.set(COOKIE, secret)  # without the prefix a neighbour could have set it
            assert client.get("/api/me").status_code == 401
        with serving.client() as client, pytest.raises(httpx.ConnectError):
            client.get("/api/health")  # nobody vouches for the certificate


def _flags(said: httpx.Response) -> list[str]:
    first, *flags = said.headers["set-cookie"].split("; ")
    return [first, *(flag.lower() for flag in flags)]


def test_a_database_that_is_gone_is_said_in_words(own: Serving, tmp_path: Path) -> None:
    with own.logged_in(own.person(Role.AUDITOR, At.ROOT)) as client:
        own.house.site.database.close()
        for path in (tmp_path / "site").glob("liuhen.db*"):
            path.rename(path.with_name(f"away-{path.name}"))
        (tmp_path / "site" / "liuhen.db").mkdir()
        for address in ("/api/health", "/api/me", "/api/recordings", "/api/docks"):
            said = client.get(address)
            assert (said.status_code, said.json()["code"]) == (503, "DATABASE_UNAVAILABLE")
            assert "Traceback" not in said.text
            assert HEADERS.items() <= dict(said.headers).items()
        own.house.site.database.close()
        (tmp_path / "site" / "liuhen.db").rmdir()
        for path in (tmp_path / "site").glob("away-*"):
            path.rename(path.with_name(path.name.removeprefix("away-")))
        assert client.get("/api/me").status_code == 200


def test_a_mistake_of_ours_is_an_error_without_a_trace(
    own: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    with own.logged_in(own.person(Role.AUDITOR, At.ROOT)) as client:
        with own.house.site.database.write() as connection:
            connection.execute(text("UPDATE derivatives SET state = 'NONSENSE'"))
        said = client.get(f"/api/recordings/{own.recordings[Clip.OWN]}")
        assert (said.status_code, said.json()["code"]) == (500, "INTERNAL")
        assert "NONSENSE" not in said.text
        assert HEADERS.items() <= dict(said.headers).items()
    assert "NONSENSE" in caplog.text
    with own.nobody() as client:  # the connection was closed, the service goes on
        assert client.get("/api/health").status_code == 200


def test_a_missing_vault_is_said_in_words(own: Serving) -> None:
    with own.logged_in(own.person(Role.AUDITOR, At.ROOT)) as client:
        view = client.post(f"/api/recordings/{own.recordings[Clip.OWN]}/original").json()
        root = own.house.site.plan.vault_root
        root.rename(root.with_name("unmounted"))
        said = client.get(view["files"]["ORIGINAL"])
        root.with_name("unmounted").rename(root)
        assert (said.status_code, said.json()["code"]) == (503, "VAULT_UNAVAILABLE")
        assert client.get(view["files"]["ORIGINAL"]).status_code == 200


def test_more_at_once_than_there_are_connections(serving: Serving) -> None:
    """Requests wait for a connection to the database; none is answered with an error."""
    statuses: list[int] = []
    with serving.logged_in(serving.person(Role.AUDITOR, At.ROOT)) as client:

        def ask() -> None:
            paths = ("/api/recordings", "/api/me", "/api/jobs")
            statuses.extend(client.get(path).status_code for path in paths)

        threads = [threading.Thread(target=ask) for _ in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert statuses == [200] * 120
