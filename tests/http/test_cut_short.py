"""A service that was killed: its looks are worth nothing to the next one, and are ended by it."""

import contextlib
import re
from collections.abc import Iterator

import httpx
import pytest

from api.guard import CSRF
from evidence.vocabulary import Role
from people.views import find_view
from tests import cli
from tests.serving import PASSWORD, SECONDS, At, Clip, Serving, serve


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serve(tmp_path_factory.mktemp("served"), clips=(Clip.OWN,)) as opened:
        yield opened


@contextlib.contextmanager
def killed_in_the_end(prepared: Serving) -> Iterator[str]:
    """The real command at the site; its address. It is killed without a word."""
    data = prepared.house.site.plan.data
    with cli.running("--data", data, "serve", "--port", "0") as process:
        assert process.stdout is not None
        lines = (re.search(r"http://\S+", line) for line in process.stdout)
        yield next(found.group() for found in lines if found)
        process.kill()
        process.wait(SECONDS)


def logged_in(prepared: Serving, client: httpx.Client) -> None:
    """Has the client log in as the auditor, anew."""
    auditor = prepared.person(Role.AUDITOR, At.A)
    given = {"login": auditor.login, "password": PASSWORD}
    client.headers[CSRF] = client.post("/api/login", json=given).json()["csrf"]


def test_after_a_kill_an_old_look_shows_nothing_and_is_said_to_be_cut_short(
    prepared: Serving,
) -> None:
    sha256, database = prepared.recordings[Clip.OWN], prepared.house.site.database
    look = f"/api/recordings/{sha256}/preview"
    with httpx.Client(timeout=SECONDS) as old, httpx.Client(timeout=SECONDS) as new:
        with killed_in_the_end(prepared) as address:
            old.base_url = address
            logged_in(prepared, old)
            view = old.post(look).json()
            assert old.get(view["files"]["HLS/media.mp4"]).status_code == 200
        assert not find_view(database, view["id"]).ended
        with killed_in_the_end(prepared) as address:
            old.base_url = new.base_url = address
            logged_in(prepared, new)
            looks_before = len(prepared.house.entries("recording.viewed"))
            for client in (old, new):
                said = client.get(view["files"]["HLS/media.mp4"])
                assert (said.status_code, said.json()["code"]) == (404, "NOT_FOUND")
            assert len(prepared.house.entries("recording.viewed")) == looks_before
            [told] = [
                one
                for one in new.get(f"/api/recordings/{sha256}/views").json()["views"]
                if one["id"] == view["id"]
            ]
            again = old.post(look).json()  # as the page does by itself
            assert old.get(again["files"]["HLS/media.mp4"]).status_code == 200
    assert (told["ended"], told["cut_short"], told["shown"]) == (True, True, [])
    found = find_view(database, view["id"])
    assert (found.ended, found.cut_short) == (True, True)
    [entry] = [
        one for one in prepared.house.entries("view.shown") if one.facts["view"] == view["id"]
    ]
    assert entry.facts["cut_short"] is True
    prepared.house.assert_green()


def test_a_look_is_worth_nothing_to_another_log_in_of_the_same_person_elsewhere(
    prepared: Serving,
) -> None:
    """Another process knows the look from the database only, and still refuses it."""
    look = f"/api/recordings/{prepared.recordings[Clip.OWN]}/preview"
    with httpx.Client(timeout=SECONDS) as new, killed_in_the_end(prepared) as address:
        new.base_url = address
        logged_in(prepared, new)
        with prepared.logged_in(prepared.person(Role.AUDITOR, At.A)) as old:
            view = old.post(look).json()
            for _ in range(2):
                assert new.get(view["files"]["HLS/media.mp4"]).status_code == 404
            assert new.post(f"/api/views/{view['id']}/end").status_code == 404
            assert old.get(view["files"]["HLS/media.mp4"]).status_code == 200
