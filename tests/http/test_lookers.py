"""Who has looked is told to those only whom the table of roles lets know, by every road."""

import itertools

import pytest

from evidence.vocabulary import Role
from people import accounts
from people.roles import TABLE, Permission
from people.views import LOOKS
from tests.serving import At, Clip, Serving

READERS = [role for role in Role if Permission.READ_CUSTODY in TABLE[role]]
HELD = list(itertools.product(READERS, (At.A, At.ROOT)))


@pytest.mark.parametrize(("role", "at"), HELD, ids=[f"{role}-{at.name}" for role, at in HELD])
def test_custody_says_who_looked_to_nobody_else(serving: Serving, role: Role, at: At) -> None:
    # Somebody new, who did nothing else there: then their name may stand nowhere at all.
    looker, sha256 = serving.add_person(Role.SUPERVISOR, At.ROOT), serving.recordings[Clip.OWN]
    with serving.logged_in(looker) as client:
        view = client.post(f"/api/recordings/{sha256}/preview").json()
        assert client.get(view["files"]["POSTER/poster.jpg"]).status_code == 200
        assert client.post(f"/api/views/{view['id']}/end").status_code == 200
    with serving.logged_in(serving.person(role, at)) as client:
        said = client.get(f"/api/recordings/{sha256}/custody")
        who = client.get(f"/api/recordings/{sha256}/views")
    body = said.json()
    looks = [one for one in body["entries"] if one["act"] in LOOKS]
    others = [one for one in body["entries"] if one["act"] not in LOOKS]
    assert len(looks) >= 2
    assert others
    assert all(one["actor"] and one["body"] for one in others)
    may_know = Permission.READ_VIEWS in TABLE[role]
    assert who.status_code == (200 if may_know else 403)
    for name in (looker.account, view["id"]):
        assert (name in said.text) == may_know
    if may_know:
        assert body["withheld"] is None
        assert f"姓名 {looker.login}" in [one["actor"] for one in looks]
        return
    assert f"姓名 {looker.login}" not in said.text
    assert [(one["actor"], one["facts"], one["body"]) for one in looks] == [
        (None, {}, None) for _ in looks
    ]
    assert body["withheld"]["count"] == len(looks)
    assert str(len(looks)) in body["withheld"]["words"]["zh"]
    assert str(len(looks)) in body["withheld"]["words"]["en"]


def test_who_may_know_it_of_another_unit_only_does_not_know_it_here(serving: Serving) -> None:
    """A reviewer of the bureau who supervises one unit learns of that unit's recordings."""
    both = serving.add_person(Role.REVIEWER, At.ROOT)
    other = serving.units[At.OTHER]
    accounts.grant_role(
        serving.house.site.ledger, both.account, role=Role.SUPERVISOR, unit_id=other
    )
    with serving.logged_in(serving.person(Role.AUDITOR, At.ROOT)) as client:
        for clip in (Clip.OWN, Clip.OTHER):
            path = f"/api/recordings/{serving.recordings[clip]}/preview"
            assert client.post(path).status_code == 200
    with serving.logged_in(both) as client:
        here = client.get(f"/api/recordings/{serving.recordings[Clip.OWN]}/custody").json()
        there = client.get(f"/api/recordings/{serving.recordings[Clip.OTHER]}/custody").json()
    assert here["withheld"]["count"] > 0
    assert there["withheld"] is None
