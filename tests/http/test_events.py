"""Server-sent events of the docks, and how the service ends while somebody listens or looks."""

import contextlib
import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.guard import CSRF
from evidence.vocabulary import DockState, Role
from liuhen.settings import Settings, Web
from liuhen.web_server import WebServer
from people import logins
from people.views import find_view
from tests import cli
from tests.docking import PATIENCE, cards_in, put
from tests.serving import PASSWORD, SECONDS, At, Clip, Serving, serve

MOST_SECONDS_TO_STOP = 8.0


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Serving]:
    """A served site that the test may stop."""
    with serve(tmp_path, clips=(Clip.LONG,)) as opened:
        yield opened


def events(said: httpx.Response) -> Iterator[list[dict[str, Any]]]:
    """The docks of each event."""
    for line in said.iter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))["docks"]


def test_a_card_is_seen_all_the_way(own: Serving, tmp_path: Path) -> None:
    settings, root = Settings(data=tmp_path / "site", web=Web(port=0)), cards_in(tmp_path / "dock")
    with own.house.serve(root) as running, contextlib.ExitStack() as closing:
        web = WebServer(settings, own.house.site, docks=running.station.board.views)
        web.start()
        closing.callback(web.stop)
        client = closing.enter_context(httpx.Client(base_url=web.address, timeout=SECONDS))
        own.log_in(client, own.person(Role.OFFICER, At.A))
        said = closing.enter_context(client.stream("GET", "/api/docks/events"))
        assert said.headers["content-type"].startswith("text/event-stream")
        heard = events(said)
        assert next(heard) == []
        put(root.path / "card", {f"DCIM/{n}.mp4": bytes([n]) * 400_000 for n in range(9)})
        seen = _until_safe(heard)
        assert [one["state"] for one in seen][-1] == DockState.SAFE
        assert seen[-1]["may_leave"]
        assert seen[-1]["safe"] == seen[-1]["files"] == 9
        passed = running.history.states("card")
        told = [one["state"] for one in seen]
        places = [passed.index(DockState(state)) for state in dict.fromkeys(told)]
        assert places == sorted(places)
        assert all(one["words"]["zh"] and one["words"]["en"] for one in seen)
        assert not any(one["may_leave"] for one in seen if one["state"] != DockState.SAFE)


def _until_safe(heard: Iterator[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    deadline = time.monotonic() + PATIENCE
    while not seen or seen[-1]["state"] != DockState.SAFE:
        assert time.monotonic() < deadline, seen
        seen += next(heard)
    return seen


@pytest.mark.parametrize("how", ["revoked", "disabled", "logged out"])
def test_a_stream_ends_with_the_session(serving: Serving, how: str) -> None:
    person, site = serving.add_person(Role.OFFICER, At.A), serving.house.site
    with serving.logged_in(person) as client, client.stream("GET", "/api/docks/events") as said:
        heard = events(said)
        assert next(heard) == []
        [session] = logins.sessions(site.database, of=[person.account], limit=9)
        if how == "revoked":
            logins.revoke(site.ledger, session.name)
        elif how == "disabled":
            serving.disable(person.account)
        else:
            logins.log_out(site.ledger, session.name)
        began = time.monotonic()
        assert list(heard) == []
        assert time.monotonic() - began < 2 * SECONDS / 10


def test_the_service_stops_while_somebody_listens_and_somebody_looks(own: Serving) -> None:
    with contextlib.ExitStack() as closing:
        clients = [
            closing.enter_context(own.logged_in(own.person(role, At.ROOT)))
            for role in (Role.OFFICER, Role.REVIEWER, Role.ADMINISTRATOR)
        ]
        streams = [closing.enter_context(one.stream("GET", "/api/docks/events")) for one in clients]
        assert [next(events(one)) for one in streams] == [[], [], []]
        auditor = closing.enter_context(own.logged_in(own.person(Role.AUDITOR, At.ROOT)))
        view = auditor.post(f"/api/recordings/{own.recordings[Clip.LONG]}/original").json()
        slow = closing.enter_context(auditor.stream("GET", view["files"]["ORIGINAL"]))
        pieces = slow.iter_raw(1 << 16)
        received = len(next(pieces))  # and takes no more
        began = time.monotonic()
        stopping = threading.Thread(target=own.web.stop)
        stopping.start()
        stopping.join(MOST_SECONDS_TO_STOP)
        assert not stopping.is_alive(), "the service is still there"
        assert time.monotonic() - began < MOST_SECONDS_TO_STOP
    found = find_view(own.house.site.database, view["id"])
    assert found.ended
    [shown] = found.shown
    assert received <= shown.spans[0].end < len(own.contents[Clip.LONG])
    own.house.assert_green()


def test_a_view_outlives_a_kill(tmp_path: Path) -> None:
    with serve(tmp_path, clips=(Clip.LONG,)) as prepared:
        auditor, sha256 = prepared.person(Role.AUDITOR, At.A), prepared.recordings[Clip.LONG]
        database = prepared.house.site.database
        with contextlib.ExitStack() as closing:
            process = closing.enter_context(
                cli.running("--data", tmp_path / "site", "serve", "--port", "0")
            )
            address = _address(process.stdout)
            client = closing.enter_context(httpx.Client(base_url=address, timeout=SECONDS))
            given = {"login": auditor.login, "password": PASSWORD}
            client.headers[CSRF] = client.post("/api/login", json=given).json()["csrf"]
            view = client.post(f"/api/recordings/{sha256}/original").json()
            said = closing.enter_context(client.stream("GET", view["files"]["ORIGINAL"]))
            assert next(said.iter_raw())
            process.kill()
            process.wait(SECONDS)
        found = find_view(database, view["id"])
        assert (found.recording, found.account) == (sha256, auditor.account)
        assert not found.ended
        prepared.house.assert_green()


def _address(output: Any) -> str:  # noqa: ANN401 - a stream of text
    for line in output:
        if found := re.search(r"http://\S+", line):
            return found.group()
    pytest.fail("the service did not say where it is")
