"""G-05 to G-09, G-14, G-15 and the linking rows, from docked recordings through the acts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cases import arrived, assess, follow, inbox, links, quarantine, records, segments
from cases.arrived import NewInterval, Reached
from cases.links import LinkAnswer, LinkState, Unlinking
from cases.quarantine import NewAnchor, Said
from cases.records import NewAwareness
from cases.segments import NewSegment
from devices import places
from devices.places import NewPlace
from devices.upkeep import DeviceDetails, state_kind
from evidence.assessment import Exclusion
from evidence.case_vocabulary import ActionType, Awareness, CaseState
from evidence.coverage import Verdict
from evidence.errors import BadInput, Refused
from evidence.linking import LinkReason
from evidence.messages import error_sentence
from evidence.places import PlaceKind
from evidence.vocabulary import DeviceKind, Role
from people import accounts
from people.accounts import NewPerson
from storage.scrub import scrub
from storage.site import SitePlan
from tests.casework import Bureau, bureau, moment
from tests.docking import put
from tests.filming import Clip, Outing, between, bring_back, camera, days_later, dock, hand_out
from tests.vaults import ignore

SEIZURE, SEAL_UP = ActionType.SEIZURE, ActionType.SEAL_UP


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Bureau]:
    with bureau(SitePlan(tmp_path / "site", database_url)) as made:
        yield made


def result(office: Bureau, action: str) -> assess.Assessed:
    with office.house.site.database.read() as connection:
        found = assess.latest(connection, action)
    assert found is not None
    return found


def verdicts(office: Bureau, action: str) -> list[str]:
    with office.house.site.database.read() as connection:
        return [one.verdict.value for one in assess.history(connection, action)]


def gaps(found: assess.Assessed, modality: str = "video") -> list[tuple[str, str, int]]:
    body = found.body[modality]
    assert isinstance(body, dict)
    spans = body["gaps"]
    assert isinstance(spans, list)
    return [(str(one["from"]), str(one["to"]), int(str(one["seconds"]))) for one in spans]


def covered(found: assess.Assessed) -> tuple[int, int]:
    video, audio = found.body["video"], found.body["audio"]
    assert isinstance(video, dict)
    assert isinstance(audio, dict)
    return int(str(video["seconds"])), int(str(audio["seconds"]))


def refused(error: Refused) -> str:
    """The code, whose sentence stands in both languages."""
    chinese, english = error_sentence(error.code, str(error), facts=error.facts)
    assert chinese != english
    assert "{" not in chinese + english
    return error.code if error.code != "BAD_INPUT" else str(error.facts["why"])


def team_of(office: Bureau, *recorders: str) -> tuple[str, list[str]]:
    """Two officers, and who of them holds which recorder for the day of 10 April 2024."""
    lead, second = office.officer(), office.officer()
    for recorder, holder in zip(recorders, (lead, second), strict=False):
        hand_out(office, recorder, Outing(holder, "2024-04-10 08:00", "2024-04-10 18:00"))
    return lead, [lead, second]


def test_g_06_two_cameras_cover_together(office: Bureau, tmp_path: Path) -> None:
    first, second = camera(office, "1111111"), camera(office, "2222222")
    lead, team = team_of(office, first, second)
    action = office.action(SEIZURE, *team)
    office.clock.set("2024-04-10 16:00")
    office.lasted(action, "2024-04-10 14:00", "2024-04-10 15:30", by=lead)
    dock(office, tmp_path, first, clips=[between("13:58:10", "14:47:30")])
    alone = result(office, action)
    assert alone.verdict is Verdict.PROVISIONAL  # the second recorder is still out
    assert gaps(alone) == [("2024-04-10T06:47:30Z", "2024-04-10T07:30:00Z", 2550)]
    dock(office, tmp_path, second, clips=[between("14:45:00", "15:31:05")])
    both = result(office, action)
    assert (both.verdict, covered(both)) == (Verdict.FULL, (5400, 5400))
    video = both.body["video"]
    assert isinstance(video, dict)
    assert video["overlap_s"] == 150
    assert office.house.verify().findings == ()


def test_g_06_with_one_camera_that_came_back_there_is_a_gap(office: Bureau, tmp_path: Path) -> None:
    first = camera(office)
    lead, team = team_of(office, first)
    action = office.action(SEIZURE, *team)
    office.clock.set("2024-04-10 16:00")
    office.lasted(action, "2024-04-10 14:00", "2024-04-10 15:30", by=lead)
    dock(office, tmp_path, first, clips=[between("13:58:10", "14:47:30")])
    found = result(office, action)
    assert found.verdict is Verdict.GAP
    assert gaps(found) == gaps(found, "audio")
    assert gaps(found)[0][2] == 2550


def test_g_07_a_gap_of_90_s_and_a_joint_of_4(office: Bureau, tmp_path: Path) -> None:
    first = camera(office)
    lead, team = team_of(office, first)
    action, joined = (office.action(ActionType.FORCED_DEMOLITION, *team) for _ in "ab")
    office.clock.set("2024-04-10 16:00")
    office.lasted(action, "2024-04-10 09:00", "2024-04-10 11:00", by=lead)
    office.lasted(joined, "2024-04-10 13:00", "2024-04-10 14:00", by=lead)
    clips = [between("09:00:00", "10:10:00"), between("10:11:30", "11:00:00")]
    clips += [between("13:00:00", "13:30:00"), between("13:30:04", "14:00:00")]
    dock(office, tmp_path, first, clips=clips)
    found = result(office, action)
    assert (found.verdict, covered(found)) == (Verdict.GAP, (7110, 7110))
    assert gaps(found) == gaps(found, "audio")
    assert gaps(found) == [("2024-04-10T02:10:00Z", "2024-04-10T02:11:30Z", 90)]
    assert result(office, joined).verdict is Verdict.SEAMED


def test_g_08_a_later_version_is_full_and_the_first_stays(office: Bureau, tmp_path: Path) -> None:
    first = camera(office)
    lead, team = team_of(office, first)
    action = office.action(SEAL_UP, *team)
    office.clock.set("2024-04-10 16:00")
    office.lasted(action, "2024-04-10 10:00", "2024-04-10 10:40", by=lead)
    dock(office, tmp_path, first, clips=[between("10:02:30", "10:41:00")])
    found = result(office, action)
    assert (found.verdict, gaps(found)[0][2], covered(found)[0]) == (Verdict.GAP, 150, 2250)
    start, end = moment("2024-04-10 10:02:30"), moment("2024-04-10 10:40")
    alone = NewInterval(start, end, lead)
    with pytest.raises(BadInput):
        arrived.declare_interval(office.ledger, action, new=alone)
    told = replace(alone, reason="现场记录有误", second_person=team[1])
    arrived.declare_interval(office.ledger, action, new=told)
    follow.catch_up(office.ledger)
    assert verdicts(office, action)[-2:] == ["GAP", "FULL"]


@pytest.mark.parametrize("ahead", [100, 301])
def test_g_09_a_clock_is_put_right_or_waits_for_a_reviewer(
    office: Bureau, tmp_path: Path, ahead: int
) -> None:
    recorder = camera(office)
    lead, second = office.officer(), office.officer()
    outing = Outing(lead, "2024-05-14 08:00", "2024-05-14 18:00", out_ms=0)
    hand_out(office, recorder, outing)
    action = office.action(SEAL_UP, lead, second)
    office.clock.set("2024-05-14 17:00")
    office.lasted(action, "2024-05-14 13:00", "2024-05-14 13:30", by=lead)
    bring_back(office, recorder, "2024-05-14 18:00", ahead_ms=ahead * 1000)
    clip = between("13:00:50", "13:30:55", day="2024-05-14")
    (recording,) = dock(office, tmp_path, recorder, clips=[clip])
    if ahead == 100:
        assert result(office, action).verdict is Verdict.FULL
        return
    with office.house.site.database.read() as connection:
        waits = inbox.find_waiting(connection, recording)
    assert waits is not None
    assert LinkReason.CLOCK_UNTRUSTED in waits.candidates[0].reasons
    links.link(office.ledger, recording, action=action, person=lead)
    follow.catch_up(office.ledger)
    found = result(office, action)
    assert (found.verdict, covered(found)) == (Verdict.NONE, (0, 0))
    device_at, true_at = moment("2024-05-14 13:00:50"), moment("2024-05-14 13:00:00")
    anchor = NewAnchor(device_at, true_at, reviewer(office), "画面中的挂钟", recording=recording)
    with pytest.raises(Refused) as nobody:
        quarantine.set_anchor(office.ledger, replace(anchor, person=lead))
    assert refused(nobody.value) == "NOT_REVIEWER"
    quarantine.set_anchor(office.ledger, anchor)
    follow.catch_up(office.ledger)
    assert result(office, action).verdict is Verdict.FULL
    sighting = office.house.rows("sightings")[0]
    assert sighting["name_time"] == "2024-05-14T13:00:50", "the raw time is kept"


def reviewer(office: Bureau) -> str:
    """A person with the role of a reviewer."""
    new = NewPerson("复核员", "reviewer")
    account = accounts.add_account(office.ledger, new, role=Role.REVIEWER, unit_id=office.unit)
    with office.house.site.database.read() as connection:
        found = accounts.by_id(connection, account)
    assert found is not None
    return found.person


def test_a_recorder_that_is_out_keeps_the_verdict_open_until_its_limit(
    office: Bureau, tmp_path: Path
) -> None:
    """Due at 18:00, with 24 hours to dock: at 18:00 the next day it still waits, then no more."""
    recorder = camera(office)
    lead, team = team_of(office, recorder)
    action = office.action(SEIZURE, *team)
    office.clock.set("2024-04-10 16:00")
    office.lasted(action, "2024-04-10 14:00", "2024-04-10 15:30", by=lead)
    follow.catch_up(office.ledger)
    assert verdicts(office, action) == ["PROVISIONAL"]
    office.clock.set("2024-04-11 17:59")
    follow.catch_up(office.ledger)
    assert verdicts(office, action) == ["PROVISIONAL"]
    office.clock.set("2024-04-11 18:00:02")
    follow.catch_up(office.ledger)
    assert verdicts(office, action) == ["PROVISIONAL", "NONE"]
    clips = [between("14:00:00", "15:30:00")]
    dock(office, tmp_path, recorder, clips=clips)
    assert verdicts(office, action) == ["PROVISIONAL", "NONE", "FULL"]
    before = office.house.count("assessments")
    assert not assess.assess(office.ledger, action), "the same facts are not written again"
    assert office.house.count("assessments") == before


def test_g_14_and_g_15_what_is_put_aside_does_not_count(office: Bureau, tmp_path: Path) -> None:
    recorder = camera(office)
    lead, team = team_of(office, recorder)
    action = office.action(SEIZURE, *team)
    office.clock.set("2024-04-10 16:00")
    office.lasted(action, "2024-04-10 14:00", "2024-04-10 15:00", by=lead)
    clips = [between("14:00:00", "15:00:00"), Clip("2024-04-10 14:00:00", 3600, sound_only=True)]
    whole, pocket = dock(office, tmp_path, recorder, clips=clips)
    assert result(office, action).verdict is Verdict.FULL
    covert = NewAwareness(Awareness.NONE, recording=pocket)
    records.note_awareness(office.ledger, action, said=office.said(lead), new=covert)
    follow.catch_up(office.ledger)
    found = result(office, action)
    inputs = found.body["inputs"]
    assert isinstance(inputs, dict)
    assert inputs["excluded"] == [{"recording": pocket, "reason": "COVERT"}]
    assert found.verdict is Verdict.FULL
    path = office.house.site.plan.vault_root / "originals" / whole[:2] / whole
    path.chmod(0o600)
    path.write_bytes(b"altered")
    scrubbed(office)
    assert result(office, action).verdict is Verdict.NONE
    (kept,) = [row for row in office.house.rows("recordings") if row["id"] == whole]
    assert kept["id"] == whole, "the digest on record never changes"


def scrubbed(office: Bureau) -> None:
    """Every original read again."""
    site = office.house.site
    assert scrub(site, limit=None, progress=ignore, stop=lambda: False).bad
    follow.catch_up(office.ledger)


def test_r_065_r_061_one_recording_serves_two_cases_and_stays_once_decided(
    office: Bureau, tmp_path: Path
) -> None:
    recorder = camera(office)
    lead, second, other = office.officer(), office.officer(), office.officer()
    hand_out(office, recorder, Outing(lead, "2024-04-10 08:00", "2024-04-10 18:00"))
    cases = [office.case("1号"), office.case("2号")]
    ours = office.action(SEIZURE, lead, second, case=cases[0])
    theirs = office.action(SEAL_UP, other, lead, case=cases[1])
    office.clock.set("2024-04-10 16:00")
    for action in (ours, theirs):
        office.lasted(action, "2024-04-10 14:00", "2024-04-10 15:00", by=lead)
    (recording,) = dock(office, tmp_path, recorder, clips=[between("14:00:00", "15:00:00")])
    with office.house.site.database.read() as connection:
        waits = inbox.find_waiting(connection, recording)
    assert waits is not None, "two are clear, so nobody guesses"
    assert {one.action for one in waits.candidates} == {ours, theirs}
    for action in (ours, theirs):
        links.link(office.ledger, recording, action=action, person=lead)
    follow.catch_up(office.ledger)
    assert result(office, ours).verdict is result(office, theirs).verdict is Verdict.FULL
    assert office.house.count("recordings") == 1
    with office.house.site.database.read() as connection:
        assert inbox.find_waiting(connection, recording) is None
        first, last = links.standing_links(connection, recording)
    alone = Unlinking("认错了", lead, lead)
    with pytest.raises(BadInput) as one_person:
        links.unlink(office.ledger, first.id, said=alone)
    assert refused(one_person.value) == "SECOND_PERSON"
    arrived.case_reached(
        office.ledger, cases[0], state=CaseState.DECIDED, reached=Reached(office.clock())
    )
    both = replace(alone, second_person=second)
    with pytest.raises(Refused) as decided:
        links.unlink(office.ledger, first.id, said=both)
    assert refused(decided.value) == "ALREADY_DECIDED"
    links.unlink(office.ledger, last.id, said=both)
    follow.catch_up(office.ledger)
    assert result(office, theirs).verdict is Verdict.NONE
    assert result(office, ours).verdict is Verdict.FULL
    with office.house.site.database.read() as connection:
        assert inbox.find_waiting(connection, recording) is None, "it is not proposed again"


def test_a_segment_is_printed_with_its_times(office: Bureau, tmp_path: Path) -> None:
    recorder = camera(office)
    lead, team = team_of(office, recorder)
    action = office.action(SEIZURE, *team, case=office.case("3号"))
    office.clock.set("2024-04-10 16:00")
    office.lasted(action, "2024-04-10 14:00", "2024-04-10 15:00", by=lead)
    (recording,) = dock(office, tmp_path, recorder, clips=[between("14:00:00", "15:00:00")])
    new = NewSegment(
        recording, action, "a" * 64, "询问笔录", 760_500, 785_000, "当事人陈述货物来源", lead
    )
    segments.add_segment(office.ledger, new)
    for wrong in (replace(new, to_ms=3_600_001), replace(new, from_ms=785_000)):
        with pytest.raises(BadInput) as outside:
            segments.add_segment(office.ledger, wrong)
        assert refused(outside.value) == "SEGMENT"
    with office.house.site.database.read() as connection:
        report = segments.printed(connection, action)
    (row,) = report.tables[0].rows
    assert row[2] == "00:12:40.500–00:13:05.000"
    assert row[3] == "2024-04-10 14:12:41–2024-04-10 14:13:05"
    assert row[5] == "当事人陈述货物来源"
    assert all("货物" not in str(one) for one in office.house.rows("segment_links"))


def test_r_189_footage_of_no_case_waits_is_overdue_and_becomes_working_material(
    office: Bureau, tmp_path: Path
) -> None:
    recorder = camera(office)
    team_of(office, recorder)
    office.clock.set("2024-05-14 18:00")
    (recording,) = dock(office, tmp_path, recorder, clips=[between("09:00:00", "09:10:00")])
    with office.house.site.database.read() as connection:
        (waits,) = inbox.waiting(connection)
        due = inbox.Deadlines(connection).of(waits)
    assert (waits.recording, due) == (recording, waits.since + timedelta(hours=72))
    person = office.officer()
    links.answer(office.ledger, recording, said=LinkAnswer.NO_CASE, person=person)
    days_later(office, 100)
    with office.house.site.database.read() as connection:
        assert links.state_of(connection, recording) is LinkState.WORKING_MATERIAL
        assert inbox.waiting(connection) == []


def test_r_188_what_was_filmed_for_a_matter_that_is_not_filed_is_working_material(
    office: Bureau, tmp_path: Path
) -> None:
    recorder = camera(office)
    lead, team = team_of(office, recorder)
    case = office.case("5号")
    action = office.action(ActionType.INSPECTION, *team, case=case)
    office.clock.set("2024-04-10 16:00")
    office.lasted(action, "2024-04-10 14:00", "2024-04-10 15:00", by=lead)
    clips = [between("14:00:00", "14:20:00"), between("14:20:00", "14:40:00")]
    clips.append(between("14:40:00", "15:00:00"))
    docked = dock(office, tmp_path, recorder, clips=clips)
    reached = Reached(office.clock())
    states = [CaseState.FILED, CaseState.NOT_FILED]
    found = []
    for state in states:
        arrived.case_reached(office.ledger, case, state=state, reached=reached)
        follow.catch_up(office.ledger)
        with office.house.site.database.read() as connection:
            found.append([links.state_of(connection, one) for one in docked])
    assert found == [[LinkState.LINKED] * 3, [LinkState.WORKING_MATERIAL] * 3]
    assert office.house.count("recordings") == 3


def test_r_083_a_missing_number_is_told(office: Bureau, tmp_path: Path) -> None:
    recorder = camera(office)
    name = f"A11_{recorder}_000000_202404101{{}}0000_{{:04}}.mp4"
    numbers = (11, 12, 14)
    files = {name.format(n % 10, n): str(n).encode() for n in numbers}
    office.house.take(put(tmp_path / "card", files))
    (gap,) = [row for row in office.house.rows("observations") if row["code"] == "SEQUENCE_GAP"]
    assert "13" in gap["facts"]
    assert office.house.count("recordings") == 3


def test_r_138_r_145_the_device_of_a_room_covers_what_is_done_there(
    office: Bureau, tmp_path: Path
) -> None:
    """An inquiry 09:00 to 09:50 in a registered room, whose recorder ran from 08:55 to 10:00."""
    recorder, since = camera(office), moment("2024-01-01 08:00")
    office.clock.set("2024-04-10 08:00")
    new = NewPlace("询问室一", office.unit, PlaceKind.INQUIRY_ROOM, since)
    room = places.add_place(office.ledger, new)
    kind = DeviceDetails(DeviceKind.FIXED_SURVEILLANCE)
    state_kind(office.ledger, recorder, details=kind)
    places.fit(office.ledger, recorder, place=room, since=since)
    lead, second = office.officer(), office.officer()
    inquiry = office.action(
        ActionType.EVIDENCE_TAKING, lead, second, change=lambda one: replace(one, room=room)
    )
    office.clock.set("2024-04-10 11:00")
    office.lasted(inquiry, "2024-04-10 09:00", "2024-04-10 09:50", by=lead)
    (recording,) = dock(office, tmp_path, recorder, clips=[between("08:55:00", "10:00:00")])
    found = result(office, inquiry)
    assert (found.verdict, found.body["tier"]) == (Verdict.FULL, "MANDATORY")
    with office.house.site.database.read() as connection:
        (tied,) = links.standing_links(connection, recording)
    assert (tied.basis, tied.reasons) == (links.LinkBasis.AUTO, ("ROOM", "OVERLAP"))
    places.fit(office.ledger, recorder, place=None, since=moment("2024-04-10 10:30"))
    follow.catch_up(office.ledger)
    assert verdicts(office, inquiry)[-1] == "FULL", "it was there when it was filmed"


def test_r_077_r_139_footage_of_an_unknown_device_or_of_another_time_gives_no_coverage(
    office: Bureau, tmp_path: Path
) -> None:
    recorder = camera(office)
    lead, team = team_of(office, recorder)
    action = office.action(SEIZURE, *team)
    office.clock.set("2024-04-10 18:00")
    office.lasted(action, "2024-04-10 14:00", "2024-04-10 15:00", by=lead)
    (stranger,) = dock(office, tmp_path, "7777777", clips=[between("14:00:00", "15:00:00")])
    (later,) = dock(office, tmp_path, recorder, clips=[between("17:00:00", "17:30:00")])
    for recording in (stranger, later):
        links.link(office.ledger, recording, action=action, person=lead)
    follow.catch_up(office.ledger)
    found = result(office, action)
    inputs = found.body["inputs"]
    assert isinstance(inputs, dict)
    reasons = {(one["recording"], one["reason"]) for one in inputs["excluded"]}
    assert reasons == {(stranger, "EXTERNAL"), (later, "POST_HOC")}
    assert found.verdict is Verdict.NONE
    said = Said(reviewer(office), "设备为借用，编号已核对")
    quarantine.release(office.ledger, stranger, cause=Exclusion.EXTERNAL, said=said)
    follow.catch_up(office.ledger)
    assert result(office, action).verdict is Verdict.FULL


def test_a_team_that_changes_and_a_certificate_that_ends_are_assessed_anew(
    office: Bureau, tmp_path: Path
) -> None:
    recorder = camera(office)
    lead, team = team_of(office, recorder)
    action = office.action(SEIZURE, *team)
    other = office.action(SEAL_UP, office.officer(), office.officer())
    office.clock.set("2024-04-10 16:00")
    office.lasted(action, "2024-04-10 14:00", "2024-04-10 15:00", by=lead)
    office.lasted(other, "2024-04-10 14:00", "2024-04-10 15:00", by=lead)
    dock(office, tmp_path, recorder, clips=[between("14:00:00", "15:00:00")])
    untouched = verdicts(office, other)
    office.team(action, lead)
    follow.catch_up(office.ledger)
    below = result(office, action).body["team_below"]
    assert isinstance(below, dict)
    assert below["seconds"] == 3600
    assert verdicts(office, other) == untouched, "no other action is written about"
