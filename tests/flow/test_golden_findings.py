"""The findings of G-04, G-07, G-08 and G-15, of unlinked footage and of the night, through acts."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cases import arrived, assess, finding_rows, findings, links, quarantine, records
from cases.arrived import NewInterval
from cases.finding_follow import follow
from cases.finding_rows import Finding, Wanted
from cases.finding_words import clauses_of, sentence_of
from cases.findings import Explanation
from cases.links import LinkAnswer, Unlinking
from cases.quarantine import Said
from cases.reading import TeamMember
from cases.team import state_team
from evidence.assessment import Exclusion
from evidence.case_vocabulary import ActionType, RecordChoice, TeamRole
from evidence.coverage import Verdict
from evidence.errors import Refused
from evidence.finding_rules import Cause, FindingEvent, FindingKind, FindingState
from people.policies import load_policies
from storage.site import SitePlan
from tests.casework import Bureau, bureau, moment
from tests.filming import Outing, between, bring_back, camera, dock, hand_out

SHIPPED = load_policies()

K, S, E = FindingKind, FindingState, FindingEvent
_OF_ACTIONS = (
    *(K.COVERAGE_GAP, K.NO_DECISION, K.TEAM_BELOW_TWO, K.AUX_ALONE, K.INTERVAL_CHANGED),
    *(K.NIGHT_OR_HOLIDAY, K.COVERT),
)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Bureau]:
    with bureau(SitePlan(tmp_path / "site")) as made:
        yield made
        assert made.house.verify().findings == ()


def found(office: Bureau, *kinds: FindingKind) -> list[Finding]:
    """What there is after following, oldest first; shortages and dockings only where asked for."""
    follow(office.ledger)
    with office.house.site.database.read() as connection:
        return finding_rows.page(connection, Wanted(kinds=kinds or _OF_ACTIONS))[::-1]


def the(office: Bureau, *kinds: FindingKind) -> Finding:
    (one,) = found(office, *kinds)
    return one


def verdict(office: Bureau, action: str) -> Verdict:
    with office.house.site.database.read() as connection:
        result = assess.latest(connection, action)
    assert result is not None
    return result.verdict


def crew(office: Bureau, recorder: str) -> list[str]:
    """Two officers, of whom the first has the recorder for the day."""
    team = [office.officer(), office.officer()]
    hand_out(office, recorder, Outing(team[0], "2024-04-10 08:00", "2024-04-10 18:00"))
    return team


def test_g_04_the_two_officers_and_the_auxiliary_alone_are_one_finding(office: Bureau) -> None:
    first, second, auxiliary = office.officer(), office.officer(), office.auxiliary()
    office.clock.set("2024-04-18 14:00")
    action = office.action(ActionType.EVIDENCE_TAKING, first, second, auxiliary)
    decide(office, action, first)
    members = [
        TeamMember(first, TeamRole.LEAD, is_recorder_person=True, left=moment("2024-04-18 15:35")),
        TeamMember(second, TeamRole.ASSIST, left=moment("2024-04-18 15:20")),
        TeamMember(auxiliary, TeamRole.ASSIST),
    ]
    office.clock.set("2024-04-18 16:00")
    state_team(office.ledger, action, members=members)
    office.lasted(action, "2024-04-18 15:00", "2024-04-18 15:45", by=first)
    alone = the(office, K.AUX_ALONE, K.TEAM_BELOW_TWO)
    assert (alone.kind, alone.matter) == (K.AUX_ALONE, {"below_s": 1500, "alone_s": 600})
    assert (alone.action, alone.unit, alone.persons) == (action, office.unit, (first,))
    assert sentence_of(alone)[0] == "辅助人员单独在场 600 秒；在场执法人员不足共 1500 秒"
    assert any("不得單獨從事" in clause.quote for clause in clauses_of(alone, SHIPPED))


def decide(office: Bureau, action: str, person: str) -> None:
    choice = RecordChoice.NOT_RECORD
    said = office.said(person)
    records.decide(office.ledger, action, said=said, choice=choice, reason="涉及隐私")


def test_g_07_one_finding_explained_and_approved_while_the_verdict_stays(
    office: Bureau, tmp_path: Path
) -> None:
    recorder, outsider = camera(office), office.officer()
    team = crew(office, recorder)
    action = office.action(ActionType.FORCED_DEMOLITION, *team)
    office.clock.set("2024-04-10 16:00")
    office.lasted(action, "2024-04-10 09:00", "2024-04-10 11:00", by=team[0])
    clips = [between("09:00:00", "10:10:00"), between("10:11:30", "11:00:00")]
    dock(office, tmp_path, recorder, clips=clips)
    gap = the(office)
    assert (gap.kind, gap.number, gap.persons) == (K.COVERAGE_GAP, "F-2024-0001", (team[0],))
    span = ["2024-04-10T02:10:00Z", "2024-04-10T02:11:30Z", 90]
    assert gap.matter == {
        "verdict": "GAP",
        "video": [span],
        "audio": [span],
        "video_s": 90,
        "audio_s": 90,
    }
    said = Explanation(Cause.DEVICE_FAILURE, "电池脱落", team[0])
    findings.explain(office.ledger, gap.id, said=said)
    for person, reasons in ((team[0], "SECOND_PERSON APPROVER_IN_TEAM"), (team[1], None)):
        with pytest.raises(Refused) as caught:
            findings.approve(office.ledger, gap.id, person=person)
        assert caught.value.facts["reasons"] == (reasons or "APPROVER_IN_TEAM")
    findings.approve(office.ledger, gap.id, person=outsider)
    accepted = the(office)
    assert (accepted.state, verdict(office, action)) == (S.ACCEPTED, Verdict.GAP)
    assert clauses_of(accepted, SHIPPED)[0].article == "二(二)2"


def test_an_accepted_gap_that_grows_must_be_explained_anew(office: Bureau, tmp_path: Path) -> None:
    recorder, outsider = camera(office), office.officer()
    team = crew(office, recorder)
    action = office.action(ActionType.SEIZURE, *team)
    office.clock.set("2024-04-10 16:00")
    office.lasted(action, "2024-04-10 14:00", "2024-04-10 15:00", by=team[0])
    clips = [between("14:00:00", "14:30:00"), between("14:31:00", "15:00:00")]
    second = dock(office, tmp_path, recorder, clips=clips)[1]
    gap = the(office)
    findings.explain(office.ledger, gap.id, said=Explanation(Cause.OTHER, "换卡", team[0]))
    findings.approve(office.ledger, gap.id, person=outsider)
    with office.house.site.database.read() as connection:
        (link,) = links.standing_links(connection, second)
    undo = Unlinking("误关联", person=team[0], second_person=outsider)
    links.unlink(office.ledger, link.id, said=undo)
    grown = the(office)
    assert [one.event for one in grown.events] == [E.EXPLAINED, E.APPROVED, E.CHANGED]
    assert (grown.state, grown.matter["video_s"]) == (S.OPEN, 30 * 60)
    links.link(office.ledger, second, action=action, person=team[0])
    assert the(office).matter["video_s"] == 60
    late = dock(office, tmp_path, recorder, clips=[between("14:30:00", "14:31:00")])
    assert (len(late), the(office).state) == (1, S.CLOSED)
    assert verdict(office, action) is Verdict.FULL


def test_g_08_a_corrected_interval_is_a_finding_and_the_gap_of_the_first_closes(
    office: Bureau, tmp_path: Path
) -> None:
    recorder = camera(office)
    team = crew(office, recorder)
    action = office.action(ActionType.SEAL_UP, *team)
    office.clock.set("2024-04-10 16:00")
    office.lasted(action, "2024-04-10 10:00", "2024-04-10 10:40", by=team[0])
    dock(office, tmp_path, recorder, clips=[between("10:02:30", "10:41:00")])
    gap = the(office)
    assert gap.matter["video_s"] == 150
    later = NewInterval(
        *(moment("2024-04-10 10:02:30"), moment("2024-04-10 10:40"), team[0]),
        reason="笔录写错",
        second_person=team[1],
    )
    arrived.declare_interval(office.ledger, action, new=later)
    by_kind = {one.kind: one for one in found(office)}
    assert by_kind[K.COVERAGE_GAP].state is S.CLOSED
    changed = by_kind[K.INTERVAL_CHANGED]
    assert (changed.state, changed.matter) == (S.OPEN, {"version": 2})
    assert len(by_kind) == 2
    assert follow(office.ledger) == 0


def test_g_15_covert_footage_is_one_finding_and_gives_no_coverage(
    office: Bureau, tmp_path: Path
) -> None:
    recorder = camera(office)
    team = crew(office, recorder)
    action = office.action(ActionType.SEIZURE, *team)
    office.clock.set("2024-04-10 16:00")
    office.lasted(action, "2024-04-10 14:00", "2024-04-10 15:00", by=team[0])
    (recording,) = dock(office, tmp_path, recorder, clips=[between("14:00:00", "15:00:00")])
    assert found(office) == []
    quarantine.quarantine(
        office.ledger, recording, cause=Exclusion.COVERT, said=Said(team[1], "口袋内录制")
    )
    by_kind = {one.kind: one for one in found(office)}
    assert set(by_kind) == {K.COVERT, K.COVERAGE_GAP}
    covert = by_kind[K.COVERT]
    assert (covert.recording, covert.persons) == (recording, (team[0],))
    assert any("禁止秘密、掩藏记录设备" in one.quote for one in clauses_of(covert, SHIPPED))
    assert by_kind[K.COVERAGE_GAP].matter["verdict"] == "NONE"


def test_a_recorder_that_is_still_out_leaves_the_gap_undecided(
    office: Bureau, tmp_path: Path
) -> None:
    first, second = camera(office, "1111111"), camera(office, "2222222")
    team = crew(office, first)
    hand_out(office, second, Outing(team[1], "2024-04-10 08:05", "2024-04-10 18:00"))
    action = office.action(ActionType.SEIZURE, *team)
    office.clock.set("2024-04-10 16:00")
    office.lasted(action, "2024-04-10 14:00", "2024-04-10 15:00", by=team[0])
    dock(office, tmp_path, first, clips=[between("14:00:00", "14:50:00")])
    assert verdict(office, action) is Verdict.PROVISIONAL
    assert found(office) == []
    office.clock.set("2024-04-11 18:01")
    by_kind = {one.kind: one for one in found(office, K.LATE_DOCKING, K.COVERAGE_GAP)}
    late, gap = by_kind[K.LATE_DOCKING], by_kind[K.COVERAGE_GAP]
    assert late.matter["recorder"] == second
    assert gap.matter["video_s"] == 600
    bring_back(office, second, "2024-04-11 19:00")
    dock(office, tmp_path, second, clips=[between("14:40:00", "15:00:00")])
    assert the(office, K.COVERAGE_GAP).state is S.CLOSED
    assert the(office, K.LATE_DOCKING).state is S.OPEN


def test_r_189_footage_is_unlinked_after_72_hours_until_somebody_says_what_it_is(
    office: Bureau, tmp_path: Path
) -> None:
    recorder = camera(office)
    team = crew(office, recorder)
    office.clock.set("2024-04-10 16:00")
    one, two = dock(
        *(office, tmp_path, recorder),
        clips=[between("14:00:00", "14:10:00"), between("15:00:00", "15:10:00")],
    )
    bring_back(office, recorder, "2024-04-10 16:05")
    office.clock.now += timedelta(hours=71, minutes=50)
    assert found(office, K.UNLINKED) == []
    office.clock.now += timedelta(minutes=10)
    waiting = {finding.recording: finding for finding in found(office, K.UNLINKED)}
    assert set(waiting) == {one, two}
    assert (waiting[one].unit, waiting[one].persons) == (office.unit, (team[0],))
    links.answer(office.ledger, one, said=LinkAnswer.NO_CASE, person=team[0])
    links.answer(office.ledger, two, said=LinkAnswer.LATER, person=team[0])
    states = {finding.recording: finding.state for finding in found(office, K.UNLINKED)}
    assert states == {one: S.CLOSED, two: S.OPEN}
    action = office.action(ActionType.SEIZURE, *team)
    links.link(office.ledger, two, action=action, person=team[0])
    assert {finding.state for finding in found(office, K.UNLINKED)} == {S.CLOSED}


def test_art_43_compulsory_execution_at_night_and_on_a_day_off(office: Bureau) -> None:
    team = [office.officer(), office.officer()]
    office.clock.set("2024-05-20 08:00")
    times = {
        "night": ("2024-05-16 21:00", "2024-05-16 22:30"),
        "holiday": ("2024-05-01 09:00", "2024-05-01 10:00"),
        "day": ("2024-05-16 09:00", "2024-05-16 10:00"),
    }
    actions = {name: office.action(ActionType.FORCED_DEMOLITION, *team) for name in times}
    seizure = office.action(ActionType.SEIZURE, *team)
    for name, (start, end) in times.items():
        office.lasted(actions[name], start, end, by=team[0])
    office.lasted(seizure, *times["night"], by=team[0])
    by_action = {one.action: one for one in found(office, K.NIGHT_OR_HOLIDAY)}
    assert set(by_action) == {actions["night"], actions["holiday"]}
    assert by_action[actions["night"]].matter == {"night_s": 1800, "holidays": []}
    assert by_action[actions["holiday"]].matter["holidays"] == ["2024-05-01"]
    (clause,) = clauses_of(by_action[actions["night"]], SHIPPED)
    assert "不得在夜间或者法定节假日实施行政强制执行" in clause.quote
