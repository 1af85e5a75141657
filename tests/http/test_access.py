"""Access outside one's role: refused on record, granted by others, cut off when it ends."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from api.looking import TRUST_SECONDS
from cases import grants
from evidence.access import GrantKind
from evidence.ratio import day_of
from evidence.vocabulary import Role
from people import accounts
from tests import case_targets
from tests.case_service import Browser
from tests.serving import At, Clip, Person, Serving


@pytest.fixture
def officer(serving: Serving) -> Iterator[Browser]:
    yield from _browser(serving, serving.person(Role.OFFICER, At.A))


@pytest.fixture
def supervisor(serving: Serving) -> Iterator[Browser]:
    yield from _browser(serving, serving.person(Role.SUPERVISOR, At.ROOT))


def _browser(serving: Serving, person: Person) -> Iterator[Browser]:
    with serving.logged_in(person) as client:
        yield Browser(client, person.login)


def asked(serving: Serving, **given: object) -> dict[str, Any]:
    """A request that lacks nothing, of this month."""
    today = day_of(serving.house.site.clock())
    return {
        "kind": "CONSULT",
        "purpose": "陈述和申辩",
        "basis": "行政执法过错责任追究办法 第十二条",
        "document_number": "调〔2026〕7号",
        "from_day": today.isoformat(),
        "to_day": (today + timedelta(days=14)).isoformat(),
        **given,
    }


def test_r_017_a_try_from_outside_is_refused_and_stands_in_the_trail_of_the_case(
    serving: Serving, supervisor: Browser
) -> None:
    house, recording = serving.house, serving.recordings[Clip.OTHER]
    action = case_targets.linked_action_of(house, serving.units[At.OTHER], recording)
    case = case_targets.case_with(house, action)
    newcomer = serving.add_person(Role.OFFICER, At.A)  # others may have tried before
    with serving.logged_in(newcomer) as client:
        officer = Browser(client, newcomer.login)
        for _ in range(2):  # the second within a minute leaves no second entry
            said = officer.ask("POST", f"/api/recordings/{recording}/preview")
            assert (said.status_code, said.json()["code"]) == (403, "NEEDS_GRANT")
        assert officer.ask("GET", f"/api/recordings/{recording}").status_code == 404
    with house.site.database.read() as connection:
        person = accounts.find(connection, newcomer.account).person
    tries = supervisor.get(f"/api/cases/{case}/access")["tries"]
    mine = [(one["recording"], one["denied"]) for one in tries if one["person"] == person]
    assert mine == [(recording, True)]
    custody = supervisor.get(f"/api/recordings/{recording}/custody")["entries"]
    acts = [one for one in custody if newcomer.account in one["body"]]
    assert [one["act"] for one in acts] == ["access.denied"]
    assert acts[0]["facts"] == {"recording": recording, "kind": "PREVIEW"}


def test_r_020_what_is_missing_is_said_and_nothing_is_entered(
    serving: Serving, officer: Browser
) -> None:
    recordings = [serving.recordings[Clip.OTHER]]
    for field, word in (("document_number", "文号"), ("purpose", "用途"), ("basis", "依据")):
        body = asked(serving, recordings=recordings, **{field: "  "})
        assert word in officer.post("/api/grants", body, status=422)["zh"]
    for wrong in ({}, {"to_day": "2020-01-01"}, {"grantee": "COURT"}, {"case": "nowhere"}):
        body = asked(serving, **({"recordings": recordings} if wrong else {}), **wrong)
        assert officer.ask("POST", "/api/grants", json=body).status_code in (404, 422)


def test_r_047_a_grant_opens_just_its_recordings_to_just_one_and_ends_a_stream(
    serving: Serving, officer: Browser, supervisor: Browser
) -> None:
    relied_on, other = serving.recordings[Clip.UNIT], serving.recordings[Clip.ROOT]
    made = officer.post("/api/grants", asked(serving, recordings=[relied_on]))["id"]
    assert officer.ask("POST", f"/api/recordings/{relied_on}/preview").status_code == 403
    assert supervisor.post(f"/api/grants/{made}/approve", {"note": "同意"})
    view = officer.post(f"/api/recordings/{relied_on}/preview")
    media = view["files"]["HLS/media.mp4"]
    assert officer.ask("GET", media, headers={"range": "bytes=0-9"}).status_code == 206
    assert officer.get(f"/api/recordings/{relied_on}")["sightings"]
    for recording, what in ((other, "preview"), (relied_on, "original")):
        said = officer.ask("POST", f"/api/recordings/{recording}/{what}")
        assert said.status_code == 403, (recording, what)
    with serving.logged_in(serving.person(Role.REVIEWER, At.A)) as reviewer:
        assert reviewer.get(media).status_code == 404  # the address is this log-in's alone
    [shown] = [one for one in officer.get("/api/grants")["grants"] if one["id"] == made]
    assert (shown["state"]["code"], shown["recordings"]) == ("ACTIVE", [relied_on])
    supervisor.post(f"/api/grants/{made}/revoke", {"reason": "申辩已毕"})
    _gone(officer.client, media)
    assert officer.ask("POST", f"/api/recordings/{relied_on}/preview").status_code == 403


def _gone(client: httpx.Client, media: str) -> None:
    """Nothing more goes out once the right was looked up again."""
    end = time.monotonic() + 30 * TRUST_SECONDS  # a busy machine is slow, the right is not
    while client.get(media, headers={"range": "bytes=0-9"}).status_code != 404:
        assert time.monotonic() < end
        time.sleep(0.2)


def test_nobody_approves_what_they_asked_for_or_what_is_for_themselves(
    serving: Serving, officer: Browser, supervisor: Browser
) -> None:
    recordings = [serving.recordings[Clip.UNIT]]
    with serving.house.site.database.read() as connection:
        login = serving.person(Role.SUPERVISOR, At.ROOT).account
        person = accounts.find(connection, login).person
    theirs = supervisor.post("/api/grants", asked(serving, recordings=recordings))["id"]
    for_them = officer.post("/api/grants", asked(serving, recordings=recordings, person=person))
    for grant, word in ((theirs, "申请人"), (for_them["id"], "使用人")):
        said = supervisor.post(f"/api/grants/{grant}/approve", {}, status=409)
        assert (said["code"], word in said["zh"]) == ("GRANT_REFUSED", True)
    assert officer.ask("POST", f"/api/grants/{theirs}/withdraw").status_code == 404
    supervisor.post(f"/api/grants/{theirs}/withdraw")
    assert supervisor.post(f"/api/grants/{theirs}/approve", {}, status=422)


def test_of_a_grant_that_has_expired_nothing_is_active(
    serving: Serving, officer: Browser, supervisor: Browser
) -> None:
    recording = serving.recordings[Clip.UNIT]
    body = asked(serving, recordings=[recording], kind="COPY")
    made = officer.post("/api/grants", body)["id"]
    supervisor.post(f"/api/grants/{made}/approve", {})
    with serving.house.site.database.read() as connection:
        found = grants.find(connection, made)
        for kind, ahead, there in (
            (GrantKind.COPY, 0, True),
            (GrantKind.COPY, 1, False),
            (GrantKind.CONSULT, 0, False),
        ):
            today = found.term.last + timedelta(days=ahead)
            granted = grants.active(
                connection, found.whom.person, kind=kind, recording=recording, today=today
            )
            assert (granted is not None) is there, (kind, ahead)


def test_r_168_privacy_is_stated_with_a_reason_and_a_state_secret_goes_to_quarantine(
    serving: Serving, officer: Browser, supervisor: Browser
) -> None:
    recording = serving.recordings[Clip.UNIT]
    address = f"/api/recordings/{recording}/confidentiality"
    with serving.logged_in(serving.person(Role.REVIEWER, At.ROOT)) as client:
        reviewer = Browser(client, "")
        assert "隔离" in reviewer.post(address, {"level": "STATE", "reason": "x"}, status=422)["zh"]
        reviewer.post(address, {"level": "PRIVACY", "reason": "有未成年人"})
        assert reviewer.get(address)["level"]["code"] == "PRIVACY"
        body = asked(serving, recordings=[recording], grantee="COUNTERPART", outsider="某甲")
        made = officer.post("/api/grants", body)["id"]
        said = supervisor.post(f"/api/grants/{made}/approve", {}, status=409)
        assert "遮蔽" in said["zh"]
        reviewer.post(address, {"level": "NONE", "reason": "已核实"})
    supervisor.post(f"/api/grants/{made}/approve", {})


def test_a_medium_is_lent_under_a_grant_to_borrow_and_comes_back(
    serving: Serving, officer: Browser, supervisor: Browser
) -> None:
    recordings = [serving.recordings[Clip.UNIT]]
    body = asked(serving, recordings=recordings, kind="BORROW", grantee="COURT", outsider="法院")
    made = officer.post("/api/grants", body)["id"]
    loan = {"medium": "移动硬盘 3 号", "due_on": body["to_day"], "receiver": "书记员"}
    assert supervisor.post(f"/api/grants/{made}/loans", loan, status=409)["code"] == (
        "GRANT_NOT_ACTIVE"
    )
    supervisor.post(f"/api/grants/{made}/approve", {})
    supervisor.post(f"/api/grants/{made}/loans", loan)
    [lent] = [one for one in officer.get("/api/outgoing")["loans"] if one["grant"] == made]
    assert (lent["receiver"], lent["overdue"], lent["back_at"]) == ("书记员", False, None)
    assert officer.ask("POST", f"/api/grants/{made}/loans/0/return", json={}).status_code == 403
    supervisor.post(f"/api/grants/{made}/loans/0/return", {"note": "完好"})
    [back] = [one for one in supervisor.get("/api/outgoing")["loans"] if one["grant"] == made]
    assert back["back_note"] == "完好"
