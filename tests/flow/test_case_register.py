"""Cases and actions put on record: once, said anew, stricter only; teams and facts of actions."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cases import arrived, reading, records, register, team
from cases.arrived import NewInterval, Reached
from cases.reading import ActionDetails, CaseDetails, Interests, Origin, TeamMember
from cases.records import NewDocument, NewSignature
from cases.register import Outcome
from evidence.case_vocabulary import (
    ActionState,
    ActionType,
    CaseState,
    Category,
    MetadataGroup,
    RecordChoice,
    Signed,
    TeamRole,
)
from evidence.errors import BadInput, NotFound, Refused
from evidence.messages import error_sentence
from evidence.vocabulary import Tier
from storage.site import SitePlan
from tests.casework import Bureau, bureau, moment
from tests.docking import House


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Bureau]:
    with bureau(SitePlan(tmp_path / "site", database_url)) as made:
        yield made


def refusal(error: Refused) -> str:
    """The reason's code; it must have its sentence in both languages."""
    chinese, english = error_sentence(error.code, str(error), facts=error.facts)
    assert chinese != english
    assert "{" not in chinese + english
    return str(error.facts["why"])


def house_entries(house: House) -> list[str]:
    return [entry.act for entry in house.entries()]


def test_one_external_id_is_one_case_however_often_it_is_sent(office: Bureau) -> None:
    origin = Origin("platform", "123")
    details = CaseDetails("〔2024〕15号", "局", Category.PENALTY, title="某店案", party="乙")
    added = register.add_case(office.ledger, details, origin=origin, state=CaseState.FILED)
    again = register.add_case(office.ledger, details, origin=origin)
    renamed = replace(details, title="某店违法经营案")
    changed = register.add_case(office.ledger, renamed, origin=origin)
    assert [one.outcome for one in (added, again, changed)] == [
        Outcome.ADDED,
        Outcome.UNCHANGED,
        Outcome.CHANGED,
    ]
    assert len({added.id, again.id, changed.id}) == 1
    with office.house.site.database.read() as connection:
        case = reading.case(connection, added.id)
    assert case.details == replace(renamed, unit=office.unit)
    assert case.state is CaseState.FILED
    assert house_entries(office.house)[-2:] == ["case.added", "case.stated"]
    texts = [str(row) for row in office.house.rows("case_statements")]
    assert "乙" not in "".join(texts)
    assert office.house.verify().findings == ()


def test_what_cannot_be_a_case_is_refused_in_words(office: Bureau) -> None:
    good = CaseDetails("1号", office.unit, Category.PENALTY, is_major=True)
    case = register.add_case(office.ledger, good).id
    wrong = [
        (replace(good, number="2号", category=Category.OTHER), "CATEGORY_NAME"),
        (replace(good, number=" "), "CASE_NUMBER"),
        (good, "CASE_NUMBER_TAKEN"),
        (replace(good, number="2号", power_item="02 17"), "POWER_CODE"),
        (replace(good, number="2号", unit="别局"), "NO_UNIT"),
    ]
    for details, why in wrong:
        with pytest.raises(Refused) as refused:
            register.add_case(office.ledger, details)
        assert refusal(refused.value) == why
    with pytest.raises(BadInput) as lowered:
        register.state_case(office.ledger, case, details=replace(good, is_major=False))
    assert refusal(lowered.value) == "MAJOR_LOWERED"
    with pytest.raises(NotFound) as unknown:
        register.state_case(office.ledger, "none", details=good)
    assert refusal(unknown.value) == "NO_CASE"


def test_what_makes_recording_stricter_is_never_taken_back(office: Bureau) -> None:
    plain = ActionDetails(office.unit, ActionType.INSPECTION, Category.INSPECTION)
    strict = replace(plain, interests=Interests(life_health=True), tier_raised=Tier.DISCRETIONARY)
    action = register.add_action(office.ledger, strict).id
    for details, why in (
        (replace(strict, interests=Interests(liberty=True)), "FLAG_LOWERED"),
        (replace(strict, tier_raised=None), "TIER_LOWERED"),
        (replace(strict, planned=(moment("2024-01-02"), moment("2024-01-01"))), "PLANNED_ORDER"),
        (replace(strict, type=ActionType.OTHER), "TYPE_NAME"),
        (replace(strict, case="none"), "NO_CASE"),
    ):
        with pytest.raises(Refused) as refused:
            register.state_action(office.ledger, action, details=details)
        assert refusal(refused.value) == why
    started = Reached(office.clock())
    arrived.action_reached(office.ledger, action, state=ActionState.STARTED, reached=started)
    stricter = replace(strict, tier_raised=Tier.MANDATORY)
    stated = register.state_action(office.ledger, action, details=stricter)
    assert stated.outcome is Outcome.CHANGED
    with pytest.raises(BadInput) as fixed:
        register.state_action(office.ledger, action, details=replace(stricter, room="Q-1"))
    assert refusal(fixed.value) == "ACTION_FIXED"


def test_a_team_has_a_lead_and_one_keeper_and_whoever_leaves_stays_on_record(
    office: Bureau,
) -> None:
    first, second, helper = office.officer(), office.officer(), office.auxiliary()
    action = office.action(ActionType.SEIZURE, first, second)
    lead = TeamMember(first, TeamRole.LEAD, is_recorder_person=True)
    other = TeamMember(second, TeamRole.ASSIST)
    for members, why in (
        ([replace(lead, role=TeamRole.ASSIST), other], "NO_LEAD"),
        ([replace(lead, is_recorder_person=False), other], "ONE_RECORDER_PERSON"),
        ([lead, lead], "TEAM_TWICE"),
        ([lead, replace(other, person="nobody")], "NO_PERSON"),
    ):
        with pytest.raises(Refused) as refused:
            team.state_team(office.ledger, action, members=members)
        assert refusal(refused.value) == why
    assert not team.state_team(office.ledger, action, members=[lead, other])
    left = replace(lead, left=moment("2024-01-02 09:00"))
    assert team.state_team(
        office.ledger, action, members=[left, TeamMember(helper, TeamRole.ASSIST)]
    )
    with office.house.site.database.read() as connection:
        assert [one.person for one in reading.team(connection, action)] == [first, helper]
    assert len(office.house.rows("action_team")) == 5


def test_facts_are_taken_and_what_is_no_fact_is_refused(office: Bureau) -> None:
    officer = office.officer()
    action = office.action(ActionType.INSPECTION, officer, office.officer())
    ledger, paper = office.ledger, "ab" * 32
    records.describe(
        ledger, action, said=office.said(officer), group=MetadataGroup.RESULT, text="当场改正"
    )
    new = NewSignature("COUNTERPART", Signed.REFUSED)
    records.sign(ledger, action, said=office.said(officer, paper), new=new)
    with pytest.raises(BadInput) as free:
        records.add_document(
            ledger, action, said=office.said(officer, paper), new=NewDocument("检查笔录")
        )
    assert refusal(free.value) == "FREE_FORM_REASON"
    with pytest.raises(BadInput) as silent:
        records.decide(ledger, action, said=office.said(officer), choice=RecordChoice.NOT_RECORD)
    assert refusal(silent.value) == "NOT_RECORD_REASON"
    with office.house.site.database.read() as connection:
        found = reading.action_records(connection, action)
    assert [one.kind for one in found] == ["METADATA", "SIGNATURE"]
    assert found[1].body == {"result": "REFUSED", "signer": "COUNTERPART"}
    assert set(found[0].body) == {"group", "text_ref"}
    assert office.house.verify().findings == ()


def test_an_interval_is_put_right_by_two_people_only(office: Bureau) -> None:
    office.clock.set("2024-03-12 11:00")
    one, other = office.officer(), office.officer()
    action = office.action(ActionType.SEAL_UP, one, other)
    office.lasted(action, "2024-03-12 10:00", "2024-03-12 10:40", by=one)
    later = NewInterval(moment("2024-03-12 10:02:30"), moment("2024-03-12 10:40"), one)
    for new, why in (
        (later, "INTERVAL_REASON"),
        (replace(later, reason="笔录写错"), "SECOND_PERSON"),
        (replace(later, reason="笔录写错", second_person=one), "SECOND_PERSON"),
        (replace(later, end=later.start), "INTERVAL_ORDER"),
        (replace(later, end=moment("2024-03-12 12:00")), "FUTURE"),
    ):
        with pytest.raises(BadInput) as refused:
            arrived.declare_interval(office.ledger, action, new=new)
        assert refusal(refused.value) == why
    right = replace(later, reason="笔录写错", second_person=other)
    assert arrived.declare_interval(office.ledger, action, new=right) == 1
    with office.house.site.database.read() as connection:
        found = reading.intervals(connection, action)
    assert [one.start for one in found] == [moment("2024-03-12 10:00"), later.start]
    assert found[1].reason == "笔录写错"
