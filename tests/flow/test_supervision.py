"""The looks of a month, reviewed by somebody else: what stands out is raised or explained."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cases import finding_follow, finding_rows, links, supervision
from cases.finding_rows import Wanted
from cases.supervision import NewReview
from evidence.access import Ground
from evidence.case_vocabulary import ActionType
from evidence.errors import BadInput, NotFound, Refused
from evidence.finding_rules import FindingKind
from evidence.supervising import LookFlag, Measure, ReviewState
from evidence.vocabulary import Role
from people import accounts
from people.accounts import NewPerson
from people.views import Because, Looker, ViewKind, open_view
from storage.site import SitePlan
from tests.casework import Bureau, bureau
from tests.filming import Outing, between, bring_back, camera, dock, hand_out


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Bureau]:
    with bureau(SitePlan(tmp_path / "site"), profile="XX") as made:
        yield made


def looker(office: Bureau, name: str) -> Looker:
    """Somebody with an account."""
    new = NewPerson(name, name)
    account = accounts.add_account(office.ledger, new, role=Role.AUDITOR, unit_id=office.unit)
    with office.house.site.database.read() as connection:
        return Looker(account, accounts.find(connection, account).person, "s")


def look(office: Bureau, who: Looker, recording: str, at: str, ground: Ground) -> None:
    office.clock.set(at)
    kind, because = ViewKind.PREVIEW, Because(ground)
    open_view(office.ledger, who, recording=recording, kind=kind, because=because)


def state(office: Bureau, name: str) -> ReviewState:
    with office.house.site.database.read() as connection:
        return supervision.named(connection, name, now=office.clock()).state


def test_r_153_a_month_is_reviewed_by_somebody_who_did_not_look(
    office: Bureau, tmp_path: Path
) -> None:
    office.clock.set("2024-04-30 08:00")
    lead, number = office.officer(), camera(office, "1000001")
    action = office.action(ActionType.ON_SITE, lead)
    hand_out(office, number, Outing(lead, "2024-04-30 08:30", "2024-04-30 18:00"))
    bring_back(office, number, "2024-04-30 17:00")
    clip = between("10:00:00", "10:10:00", day="2024-04-30")
    [recording] = dock(office, tmp_path, number, clips=[clip])
    if not links_there(office, recording):
        links.link(office.ledger, recording, action=action, person=lead)
    one, two = looker(office, "auditor-a"), looker(office, "auditor-b")
    for day in range(6, 11):
        look(office, one, recording, f"2024-05-{day:02} 10:00", Ground.GRANT)
    for at in ("2024-05-06 22:00", "2024-05-01 10:00", "2024-05-18 10:00"):
        look(office, one, recording, at, Ground.GRANT)
    look(office, two, recording, "2024-05-20 10:00", Ground.ROLE)
    office.clock.set("2024-05-31 20:00")
    assert state(office, "2024-05") is ReviewState.RUNNING
    with pytest.raises(BadInput):
        supervision.review(office.ledger, "2024-05", new=NewReview(lead))
    office.clock.set("2024-06-03 09:00")
    assert state(office, "2024-05") is ReviewState.DUE
    with office.house.site.database.read() as connection:
        found = supervision.named(connection, "2024-05", now=office.clock())
        flags = supervision.flags_of(connection, found, measure=Measure())
        own = supervision.flags_of(connection, found, measure=Measure(), without=one.person)
    assert {(flag.person, flag.flag): len(flag.looks) for flag in flags} == {
        (one.person, LookFlag.ODD_HOURS): 3,
        (two.person, LookFlag.OUT_OF_TEAM): 1,
    }
    assert [flag.person for flag in own] == [two.person]
    with pytest.raises(BadInput, match="left open"):
        supervision.review(office.ledger, "2024-05", new=NewReview(lead))
    raised = NewReview(one.person, (f"{two.person}:OUT_OF_TEAM",))
    made = supervision.review(office.ledger, "2024-05", new=raised)
    assert state(office, "2024-05") is ReviewState.PARTLY  # their own looks are still open
    supervision.review(office.ledger, "2024-05", new=NewReview(two.person, note="夜间突击检查"))
    assert state(office, "2024-05") is ReviewState.REVIEWED
    finding_follow.follow(office.ledger)
    with office.house.site.database.read() as connection:
        kinds = Wanted(kinds=(FindingKind.ACCESS_ANOMALY,))
        [opened] = finding_rows.page(connection, kinds, before=None, limit=9)
        assert supervision.find(connection, made).looks == 1
    assert opened.persons == (two.person,)
    office.house.assert_green()


def links_there(office: Bureau, recording: str) -> bool:
    with office.house.site.database.read() as connection:
        return bool(links.standing_links(connection, recording))


def test_nobody_signs_for_a_month_in_which_only_they_looked(office: Bureau, tmp_path: Path) -> None:
    office.clock.set("2024-05-06 08:00")
    with pytest.raises(NotFound):
        supervision.review(office.ledger, "2024-02", new=NewReview("nobody"))
    number = camera(office, "1000002")
    clip = between("10:00:00", "10:10:00", day="2024-05-06")
    [recording] = dock(office, tmp_path, number, clips=[clip])
    one = looker(office, "auditor-c")
    look(office, one, recording, "2024-05-06 10:00", Ground.ROLE)
    office.clock.set("2024-06-03 09:00")
    with pytest.raises(Refused, match="else"):
        supervision.review(office.ledger, "2024-05", new=NewReview(one.person))
