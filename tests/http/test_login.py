"""Logging in, one-time codes, sessions: who gets in, for how long, and who does not."""

import contextlib
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import insert, select

from api.guard import COOKIE, CSRF
from api.looking import TRUST_SECONDS
from evidence.errors import NotLoggedIn, TooManyTries
from evidence.vocabulary import Role
from people import accounts, invitations, logins
from people.logins import (
    LASTING,
    RESTING,
    TRIES_PER_ADDRESS,
    TRIES_PER_NAME,
    TRIES_PER_NAME_ANYWHERE,
    WINDOW,
    Origin,
)
from people.passwords import matches
from people.views import find_view
from storage import schema
from storage.ledger import Act, Ledger
from tests.serving import PASSWORD, At, Clip, Person, Serving, serve

NEW = "another password altogether"
TOO_SHORT = "zu kurz?"


@pytest.fixture(scope="module")
def moving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A served site whose clock the tests move."""
    with serve(tmp_path_factory.mktemp("moving"), clips=(Clip.LONG,)) as opened:
        yield opened


@pytest.fixture
def own(moving: Serving) -> Serving:
    """The same at a time when no earlier try to log in counts any more."""
    forget_tries(moving)
    return moving


def refused(client: httpx.Client, login: str, password: str) -> tuple[int, str]:
    """Status and whole body of a log-in."""
    said = client.post("/api/login", json={"login": login, "password": password})
    return said.status_code, said.text


def forget_tries(serving: Serving) -> None:
    """Puts the clock forward until no try counts any more."""
    serving.ticks.ahead += WINDOW + timedelta(seconds=1)


def test_one_sentence_for_every_reason(own: Serving) -> None:
    known = own.person(Role.OFFICER, At.A)
    disabled = own.add_person(Role.OFFICER, At.A)
    own.disable(disabled.account)
    new = own.add_person(Role.OFFICER, At.A, password=False)
    with own.nobody() as client:
        answers = {
            refused(client, "nobody", PASSWORD),
            refused(client, known.login, PASSWORD + " "),
            refused(client, disabled.login, PASSWORD),
            refused(client, new.login, PASSWORD),
            refused(client, f"{known.login}%", PASSWORD),
            refused(client, "nobody", ""),
        } - {refused(client, "nobody", "")}
    assert len(answers) == 1, answers
    assert "LOGIN_FAILED" in answers.pop()[1]


def test_a_name_is_the_same_in_any_case(own: Serving) -> None:
    person = own.person(Role.OFFICER, At.A)
    with own.nobody() as client:
        for login in (person.login.upper(), f" {person.login} "):
            assert refused(client, login, PASSWORD)[0] == 200


def test_tries_under_one_name_are_limited(own: Serving) -> None:
    person, other = own.person(Role.OFFICER, At.A), own.person(Role.REVIEWER, At.A)
    with own.nobody() as client:
        for _ in range(TRIES_PER_NAME):
            assert refused(client, person.login, "wrong")[0] == 401
        said = client.post("/api/login", json={"login": person.login, "password": PASSWORD})
        assert (said.status_code, said.json()["code"]) == (429, "TOO_MANY_TRIES")
        assert int(said.headers["retry-after"]) >= WINDOW.total_seconds()
        assert refused(client, other.login, PASSWORD)[0] == 200
        forget_tries(own)
        assert refused(client, person.login, PASSWORD)[0] == 200


def test_nobody_shuts_out_a_colleague_by_naming_him(own: Serving) -> None:
    site, person = own.house.site, own.person(Role.OFFICER, At.A)
    here, there = Origin("192.0.2.1"), Origin("192.0.2.2")
    for _ in range(TRIES_PER_NAME):
        with pytest.raises(NotLoggedIn):
            logins.log_in(site.ledger, person.login, password="wrong", origin=here)
    with pytest.raises(TooManyTries):
        logins.log_in(site.ledger, person.login, password=PASSWORD, origin=here)
    logins.log_in(site.ledger, person.login, password=PASSWORD, origin=there)


def test_tries_under_one_name_are_limited_over_all_addresses(own: Serving) -> None:
    site, person = own.house.site, own.person(Role.OFFICER, At.A)
    with pytest.raises(NotLoggedIn):
        logins.log_in(site.ledger, person.login, password="wrong", origin=Origin("192.0.2.1"))
    _as_if_tried(own, TRIES_PER_NAME_ANYWHERE - 1)
    with pytest.raises(TooManyTries):
        logins.log_in(site.ledger, person.login, password=PASSWORD, origin=Origin("192.0.2.2"))


def _as_if_tried(serving: Serving, times: int) -> None:
    """Counts each try on record so often again, without waiting for as many hashes."""
    table = schema.login_attempts
    with serving.house.site.database.write() as connection:
        rows = connection.execute(select(table.c.key, table.c.at)).all()
        again = [
            {"id": f"{number}/{place}", "key": row.key, "at": row.at}
            for place, row in enumerate(rows)
            for number in range(times)
        ]
        connection.execute(insert(table), again)


def test_tries_from_one_address_are_limited_whatever_the_name(own: Serving) -> None:
    with own.nobody() as client:
        for number in range(TRIES_PER_ADDRESS):
            if number % 2:
                assert refused(client, f"name{number}", "wrong")[0] == 401
            else:
                said = client.post("/api/password", json={"code": "AAAA", "password": NEW})
                assert (said.status_code, said.json()["code"]) == (401, "CODE_INVALID")
        assert refused(client, own.person(Role.OFFICER, At.A).login, PASSWORD)[0] == 429
        for path, given in (
            ("/api/password", {"code": "AAAA", "password": NEW}),
            ("/api/setup", dict.fromkeys(("code", "bureau", "name", "login", "password"), NEW)),
        ):
            assert client.post(path, json=given).status_code == 429


def test_whoever_gets_in_is_not_counted(own: Serving) -> None:
    person = own.person(Role.OFFICER, At.A)
    with own.nobody() as client:
        for _ in range(TRIES_PER_NAME + 2):
            assert refused(client, person.login, PASSWORD)[0] == 200


def test_many_tries_at_once_gain_nothing(own: Serving) -> None:
    person, found = own.person(Role.OFFICER, At.A), Counter[int]()
    gate = threading.Barrier(20)

    def guess() -> None:
        with own.nobody() as client:
            gate.wait()
            found[refused(client, person.login, "wrong")[0]] += 1

    threads = [threading.Thread(target=guess) for _ in range(gate.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {401: TRIES_PER_NAME, 429: gate.parties - TRIES_PER_NAME}


# --- one-time codes -------------------------------------------------------------------------------


def take(client: httpx.Client, code: str, password: str = NEW) -> str:
    """Takes a code; the answer's code, or OK."""
    said = client.post("/api/password", json={"code": code, "password": password})
    return "OK" if said.status_code == 200 else str(said.json()["code"])


def test_a_code_works_once(own: Serving) -> None:
    ledger, person = own.house.site.ledger, own.add_person(Role.OFFICER, At.A, password=False)
    code = invitations.invite(ledger, person.account)
    with own.nobody() as client:
        assert take(client, code, "short") == "BAD_INPUT"
        assert take(client, code.lower().replace("-", " ")) == "OK"
        assert take(client, code) == "CODE_INVALID"
        assert refused(client, person.login, NEW)[0] == 200


def test_of_many_at_once_one_takes_the_code(own: Serving) -> None:
    person = own.add_person(Role.OFFICER, At.A, password=False)
    code = invitations.invite(own.house.site.ledger, person.account)
    found, gate = Counter[str](), threading.Barrier(6)
    before = len(own.house.entries("password.set"))

    def one(number: int) -> None:
        with own.nobody() as client:
            gate.wait()
            found[take(client, code, f"{NEW} {number}")] += 1

    threads = [threading.Thread(target=one, args=(number,)) for number in range(gate.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {"OK": 1, "CODE_INVALID": gate.parties - 1}
    assert len(own.house.entries("password.set")) == before + 1


def test_a_code_runs_out_and_a_newer_one_voids_it(own: Serving) -> None:
    ledger, person = own.house.site.ledger, own.add_person(Role.OFFICER, At.A, password=False)
    with own.nobody() as client:
        older = invitations.invite(ledger, person.account)
        newer = invitations.invite(ledger, person.account)
        assert take(client, older) == "CODE_INVALID"
        own.ticks.ahead += timedelta(days=7, seconds=1)
        assert take(client, newer) == "CODE_INVALID"
        last = invitations.invite(ledger, person.account)
        own.ticks.ahead += timedelta(days=6, hours=23)
        assert take(client, last) == "OK"


def test_a_code_of_a_disabled_account_is_void(own: Serving) -> None:
    person = own.add_person(Role.OFFICER, At.A, password=False)
    code = invitations.invite(own.house.site.ledger, person.account)
    own.disable(person.account)
    with own.nobody() as client:
        assert take(client, code) == "CODE_INVALID"


def test_a_code_for_a_person_does_not_found_a_bureau(own: Serving) -> None:
    person = own.add_person(Role.OFFICER, At.A, password=False)
    code = invitations.invite(own.house.site.ledger, person.account)
    given = {"code": code, "bureau": "假", "name": "假", "login": "false", "password": NEW}
    with own.nobody() as client:
        assert client.get("/api/setup").json() == {"needed": False}
        said = client.post("/api/setup", json=given)
        assert (said.status_code, said.json()["code"]) == (401, "CODE_INVALID")
        assert take(client, code) == "OK"  # the wrong door did not use it up


def test_a_new_password_ends_every_session_under_the_old(own: Serving) -> None:
    person = own.add_person(Role.OFFICER, At.A)
    with own.logged_in(person) as client, own.nobody() as other:
        assert take(other, invitations.invite(own.house.site.ledger, person.account)) == "OK"
        assert client.get("/api/me").status_code == 401
        assert refused(other, person.login, PASSWORD)[0] == 401
        assert refused(other, person.login, NEW)[0] == 200


@pytest.mark.parametrize("change", ["password", "disabled"])
def test_a_change_in_the_middle_of_a_log_in_wins(own: Serving, change: str) -> None:
    """The password was compared; before the session is there, it is no longer the password."""
    site, person = own.house.site, own.add_person(Role.OFFICER, At.A)
    code = invitations.invite(site.ledger, person.account)

    def happens() -> None:
        if change == "password":
            invitations.accept(site.ledger, code, password=NEW)
        else:
            own.disable(person.account)

    ledger = _Interrupted(site.ledger, happens)
    with pytest.raises(NotLoggedIn):
        logins.log_in(ledger, person.login, password=PASSWORD, origin=Origin("test"))
    assert logins.sessions(site.database, of=[person.account], limit=9) == []


class _Interrupted(Ledger):
    """A ledger before whose acts something else happens."""

    def __init__(self, ledger: Ledger, happens: Callable[[], None]) -> None:
        super().__init__(ledger.database, ledger.clock, actor=ledger.actor, signer=ledger.signer)
        self._happens = happens

    @contextlib.contextmanager
    def act(self) -> Iterator[Act]:
        """The act that comes too late."""
        self._happens()
        with super().act() as act:
            yield act


# --- sessions -------------------------------------------------------------------------------------


def test_a_session_rests_out(own: Serving) -> None:
    with own.logged_in(own.person(Role.OFFICER, At.A)) as client:
        for _ in range(3):
            own.ticks.ahead += RESTING - timedelta(minutes=2)
            assert client.get("/api/me").status_code == 200
        own.ticks.ahead += RESTING
        assert client.get("/api/me").status_code == 401


def test_a_session_ages_out_however_much_it_is_used(own: Serving) -> None:
    with own.logged_in(own.person(Role.OFFICER, At.A)) as client:
        for _ in range(int(LASTING / timedelta(minutes=30)) - 1):
            own.ticks.ahead += timedelta(minutes=30)
            assert client.get("/api/me").status_code == 200
        own.ticks.ahead += timedelta(minutes=31)
        assert client.get("/api/me").status_code == 401


def test_logging_out_ends_the_session_for_whoever_kept_the_cookie(own: Serving) -> None:
    with own.logged_in(own.person(Role.OFFICER, At.A)) as client, own.nobody() as thief:
        thief.cookies.set(COOKIE, client.cookies[COOKIE])
        assert thief.get("/api/me").status_code == 200
        assert client.post("/api/logout").status_code == 200
        assert thief.get("/api/me").status_code == 401


def test_each_log_in_has_a_secret_and_a_word_of_its_own(own: Serving) -> None:
    person = own.person(Role.OFFICER, At.A)
    with own.nobody() as fixed, own.logged_in(person) as first, own.logged_in(person) as second:
        fixed.cookies.set(COOKIE, "chosen by somebody else")
        own.log_in(fixed, person)
        clients = (fixed, first, second)
        given = {cookie.value for one in clients for cookie in one.cookies.jar}
        assert len(given) == 4  # theirs, and the one that was chosen
        with own.nobody() as thief:
            thief.cookies.set(COOKIE, "chosen by somebody else")
            assert thief.get("/api/me").status_code == 401
        assert len({client.headers[CSRF] for client in clients}) == 3
        second.headers[CSRF] = first.headers[CSRF]
        assert second.post("/api/logout").status_code == 403


def test_disabling_and_revoking_stop_at_once(own: Serving) -> None:
    administrator = own.person(Role.ADMINISTRATOR, At.ROOT)
    person, other = own.add_person(Role.OFFICER, At.A), own.add_person(Role.REVIEWER, At.A)
    with own.logged_in(administrator) as admin, own.logged_in(person) as one:
        with own.logged_in(other) as two:
            listed = admin.get("/api/logins").json()["logins"]
            name = next(it["name"] for it in listed if it["login"] == other.login)
            assert admin.delete(f"/api/logins/{name}").status_code == 200
            assert two.get("/api/me").status_code == 401
            assert admin.delete(f"/api/logins/{name}").status_code == 404
        assert admin.post(f"/api/users/{person.account}/disable").status_code == 200
        assert one.get("/api/me").status_code == 401
        assert admin.post(f"/api/users/{person.account}/enable").status_code == 200
        assert one.get("/api/me").status_code == 401  # what was ended stays ended


def test_a_role_that_ended_counts_no_more(own: Serving) -> None:
    person = own.add_person(Role.REVIEWER, At.A)
    with own.logged_in(person) as client:
        assert client.get("/api/recordings").status_code == 200
        accounts.end_role(own.house.site.ledger, own.memberships(person.account)[0])
        assert client.get("/api/recordings").status_code == 403
        assert client.get("/api/me").json()["permissions"] == []


@pytest.mark.parametrize("how", ["disabled", "revoked", "role ended"])
def test_a_download_stops_in_its_middle(own: Serving, how: str) -> None:
    person = own.add_person(Role.AUDITOR, At.A)
    sha256 = own.recordings[Clip.LONG]
    with own.logged_in(person) as client:
        view = client.post(f"/api/recordings/{sha256}/original").json()["id"]
        stopped = _end(own, person, how)
        received = 0
        with client.stream("GET", f"/api/views/{view}/original") as said:
            pieces = said.iter_raw(1 << 16)
            received += len(next(pieces))
            stopped()
            time.sleep(TRUST_SECONDS)  # so long what was just looked up still counts
            with contextlib.suppress(httpx.RemoteProtocolError):
                received += sum(len(piece) for piece in pieces)
        assert 0 < received < len(own.contents[Clip.LONG])
        assert client.get(f"/api/views/{view}/original").status_code in (401, 403)


def test_what_is_sent_to_nobody_is_not_on_record_as_seen(own: Serving) -> None:
    person = own.add_person(Role.AUDITOR, At.A)
    with own.logged_in(person) as client:
        said = client.post(f"/api/recordings/{own.recordings[Clip.LONG]}/original").json()
        with client.stream("GET", said["files"]["ORIGINAL"]) as download:
            received = len(next(download.iter_raw(1 << 16)))
        assert client.post(f"/api/views/{said['id']}/end").status_code == 200
    [shown] = find_view(own.house.site.database, said["id"]).shown
    assert received <= shown.spans[-1].end < len(own.contents[Clip.LONG])


def _end(own: Serving, person: Person, how: str) -> Callable[[], object]:
    site = own.house.site
    [session] = logins.sessions(site.database, of=[person.account], limit=9)
    [held] = own.memberships(person.account)
    return {
        "disabled": lambda: own.disable(person.account),
        "revoked": lambda: logins.revoke(site.ledger, session.name),
        "role ended": lambda: accounts.end_role(site.ledger, held),
    }[how]


def test_the_last_administrator_stays(own: Serving) -> None:
    administrator = own.person(Role.ADMINISTRATOR, At.ROOT)
    with own.logged_in(administrator) as client:
        people = client.get("/api/users").json()["accounts"]
        first = next(one for one in people if one["login"] == "first")
        assert client.post(f"/api/users/{first['account']}/disable").status_code == 200
        said = client.post(f"/api/users/{administrator.account}/disable")
        assert (said.status_code, said.json()["code"]) == (422, "BAD_INPUT")
        [held] = own.memberships(administrator.account)
        said = client.delete(f"/api/users/{administrator.account}/roles/{held}")
        assert (said.status_code, said.json()["code"]) == (422, "BAD_INPUT")
        assert client.get("/api/me").status_code == 200


# --- passwords ------------------------------------------------------------------------------------


def test_a_password_stands_nowhere(own: Serving, caplog: pytest.LogCaptureFixture) -> None:
    person = own.add_person(Role.OFFICER, At.A, password=False)
    code = invitations.invite(own.house.site.ledger, person.account)
    kept_secret = [NEW, TOO_SHORT, "wrong password", code]
    caplog.set_level(0)
    with own.nobody() as client:
        asked: tuple[tuple[str, dict[str, object]], ...] = (
            ("password", {"code": code, "password": TOO_SHORT}),
            ("password", {"code": code, "password": NEW}),
            ("login", {"login": person.login, "password": NEW}),
            ("login", {"login": person.login, "password": "wrong password"}),
            ("login", {"login": person.login, "password": [NEW]}),
            ("login", {"login": {"password": NEW}, "password": NEW}),
        )
        said = [client.post(f"/api/{path}", json=given) for path, given in asked]
        kept_secret.append(client.cookies[COOKIE])
    assert [one.status_code for one in said] == [422, 200, 200, 401, 422, 422]
    ours = [one for one in caplog.records if not one.name.startswith("http")]  # not the browser's
    logged = "\n".join(one.getMessage() for one in ours)
    stored = b"".join(path.read_bytes() for path in own.house.site.plan.data.glob("liuhen.db*"))
    for one in kept_secret:
        assert one not in logged
        assert not any(one in answer.text for answer in said)
        assert one.encode() not in stored
    rows = own.house.rows("credentials")
    [kept] = [one["password"] for one in rows if one["login"] == person.login]
    assert re.match(r"\$argon2id\$", kept)
    assert matches(NEW, kept)
