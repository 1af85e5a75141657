"""What changes policy or the register has old actions assessed anew, those that it bears on alone.

Each test says something new of days gone by, follows, and looks at what was written.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from cases import assess, follow, links
from cases.assess import Assessed
from cases.policy import policy_at_docking
from devices.makes import load_makes
from devices.recorders import add_recorder
from evidence.case_vocabulary import ActionType
from evidence.vocabulary import Tier
from people import catalogues
from people.catalogue_import import ListedItem, Preview
from storage import schema
from storage.site import SitePlan
from tests.casework import Bureau, bureau, moment
from tests.filming import Outing, between, camera, dock, hand_out


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Bureau]:
    with bureau(SitePlan(tmp_path / "site")) as made:
        yield made


def last(office: Bureau, action: str) -> Assessed:
    with office.house.site.database.read() as connection:
        found = assess.latest(connection, action)
    assert found is not None
    return found


def verdicts(office: Bureau, *actions: str) -> list[tuple[int, str]]:
    """How often each was judged before, and how it stands."""
    follow.catch_up(office.ledger)
    return [(one.number, one.verdict.value) for one in (last(office, each) for each in actions)]


def inspections(office: Bureau, *days: str) -> list[str]:
    """An inspection of forty minutes on each day, with no footage and nothing decided."""
    team = office.officer(), office.officer()
    found = []
    for day in days:
        action = office.action(ActionType.INSPECTION, *team)
        office.clock.set(f"{day} 12:00")
        office.lasted(action, f"{day} 09:30", f"{day} 10:10", by=team[0])
        found.append(action)
    return found


def test_a_profile_that_is_stated_later_judges_what_was_done_since_its_day(office: Bureau) -> None:
    """Wulong asks for every inspection to be recorded, the district that was followed does not."""
    before, since = inspections(office, "2024-06-17", "2024-06-18")
    assert verdicts(office, before, since) == [(0, "NO_DECISION")] * 2
    office.clock.set("2024-07-01 09:00")
    office.stated(date(2024, 6, 18), "WL")
    assert verdicts(office, before, since) == [(0, "NO_DECISION"), (1, "NONE")]
    rules = last(office, since).body["rules"]
    assert isinstance(rules, dict)
    assert rules["profiles"] == ["WL@1", "default@1"]
    assert office.house.count("assessments_due") == 0
    office.stated(date(2024, 6, 18), "WL", "0217")
    assert verdicts(office, since) == [(1, "NONE")], "what changes nothing writes nothing"


def test_an_own_list_that_asks_for_more_judges_what_was_done_since_its_day(office: Bureau) -> None:
    before, since = inspections(office, "2024-06-17", "2024-06-18")
    verdicts(office, before, since)
    item = ListedItem(2, "行政检查", None, "到场", None, "离场", Tier.MANDATORY, None, "INSPECTION")
    seen = Preview("ab" * 32, "XX@1", (item,), ())
    catalogues.import_catalogue(office.ledger, seen, valid_from=date(2024, 6, 18))
    assert verdicts(office, before, since) == [(0, "NO_DECISION"), (1, "NONE")]


def test_a_program_with_other_policies_judges_everything_once(office: Bureau) -> None:
    """An upgrade, as the site sees it: what was judged last was judged by other profiles."""
    (action,) = inspections(office, "2024-06-18")
    assert verdicts(office, action) == [(0, "NO_DECISION")]
    with office.house.site.database.write() as connection:
        connection.execute(update(schema.policies_followed).values(sha256="0" * 64))
    follow.catch_up(office.ledger, is_over=lambda: True)
    assert office.house.rows("assessments_due") == [{"id": action, "at_s": 0}]
    assert verdicts(office, action) == [(0, "NO_DECISION")], "the same facts, the same bytes"
    assert office.house.count("assessments_due") == 0
    follow.catch_up(office.ledger, is_over=lambda: True)
    assert office.house.count("assessments_due") == 0, "once"


def test_r_139_a_device_that_is_registered_later_counts(office: Bureau, tmp_path: Path) -> None:
    team = office.officer(), office.officer()
    action = office.action(ActionType.SEIZURE, *team)
    office.clock.set("2024-04-10 18:00")
    office.lasted(action, "2024-04-10 14:00", "2024-04-10 15:00", by=team[0])
    (recording,) = dock(office, tmp_path, "7777777", clips=[between("14:00:00", "15:00:00")])
    links.link(office.ledger, recording, action=action, person=team[0])
    judged = last(office, action).number + 1
    assert verdicts(office, action) == [(judged, "NONE")]
    add_recorder(office.ledger, load_makes(), number="7777777", make="zfy")
    assert verdicts(office, action) == [(judged + 1, "FULL")]


def test_a_recording_is_placed_by_the_policy_of_the_bureau_that_docked_it(office: Bureau) -> None:
    office.stated(date(2024, 5, 1), "ZJ")
    office.clock.set("2024-04-01 08:00")
    recorder = camera(office)
    with office.house.site.database.read() as connection:
        names = [
            policy_at_docking(connection, one, docked=moment(f"{day} 00:00")).profile.id
            for one, day in (
                (recorder, "2024-04-30"),
                (recorder, "2024-05-01"),
                ("7777777", "2024-05-01"),
                (None, "2024-05-01"),
            )
        ]
    assert names == ["XX", "ZJ", "default", "default"]


def test_two_that_follow_at_once_do_each_thing_once(tmp_path: Path, database_url: str) -> None:
    """As the service and a question over HTTP do: neither stumbles over what the other wrote."""
    with bureau(SitePlan(tmp_path / "site", database_url)) as office:
        recorder = camera(office)
        lead, second = office.officer(), office.officer()
        hand_out(office, recorder, Outing(lead, "2024-04-10 08:00", "2024-04-10 18:00"))
        action = office.action(ActionType.SEIZURE, lead, second)
        office.clock.set("2024-04-10 16:00")
        office.lasted(action, "2024-04-10 14:00", "2024-04-10 15:00", by=lead)
        clips = [between(f"14:{at:02}:00", f"14:{at + 7:02}:00") for at in range(0, 49, 7)]
        recordings = dock(office, tmp_path, recorder, clips=clips)
        tables = (schema.spans, schema.link_waiting, schema.assessments_due)
        found = [office.house.rows(table.name) for table in tables]
        with office.house.site.database.write() as connection:
            connection.execute(update(schema.case_follow).values(position=0))
            for table in tables:
                connection.execute(delete(table))
        barrier = threading.Barrier(3)

        def together(_: int) -> int:
            barrier.wait()
            return follow.catch_up(office.ledger)

        with ThreadPoolExecutor(3) as pool:
            assert min(pool.map(together, range(3))) >= 0
        assert [office.house.rows(table.name) for table in tables] == found
        assert office.house.count("links") == len(recordings)
