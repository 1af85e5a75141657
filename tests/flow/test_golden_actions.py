"""Golden scenarios of starting and settling actions, through the acts on a real database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cases import (
    arrived,
    assess,
    coverage_facts,
    follow,
    reading,
    records,
    steps,
    team,
    trying,
)
from cases.arrived import NewInterval
from cases.reading import ActionDetails, Interests, TeamMember
from cases.records import NewAwareness, NewExemption, NewSignature, NewWitness
from evidence.assessment import Assessment
from evidence.case_vocabulary import (
    ActionState,
    ActionType,
    Awareness,
    Category,
    Signed,
    TeamRole,
)
from evidence.enforcing import Bar
from evidence.errors import BadInput
from people import bodies
from people.bodies import UnitKind, UnitStanding
from storage.site import SitePlan
from tests.casework import PAPER, Bureau, bureau, codes, moment
from tests.filming import Outing, between, bring_back, camera, dock, hand_out


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Bureau]:
    with bureau(SitePlan(tmp_path / "site")) as made:
        yield made


def assessed(office: Bureau, action: str) -> Assessment:
    with office.house.site.database.read() as connection:
        found = coverage_facts.assessment_of(connection, action, now=office.clock())
    assert found is not None
    return found


def state(office: Bureau, action: str) -> ActionState:
    with office.house.site.database.read() as connection:
        return reading.action(connection, action).state


def inspection(details: ActionDetails) -> ActionDetails:
    return replace(details, category=Category.INSPECTION)


def start(office: Bureau, action: str, by: str) -> list[str]:
    return codes(lambda: steps.start(office.ledger, action, step=office.step(by)))


def settle(office: Bureau, action: str, by: str) -> list[str]:
    return codes(lambda: steps.settle(office.ledger, action, step=office.step(by)))


def test_g04_a_team_without_two_officers_does_not_start(tmp_path: Path, database_url: str) -> None:
    with bureau(SitePlan(tmp_path / "site", database_url)) as office:
        office.clock.set("2024-04-18 14:59")
        first, second = office.officer(), office.officer()
        helper, other = office.auxiliary(), office.auxiliary()
        action = office.action(ActionType.EVIDENCE_TAKING, helper, other)
        office.not_recorded(action, by=helper)
        assert start(office, action, helper) == ["TEAM_TOO_SMALL", "NO_LEAD"]
        office.team(action, first, helper)
        assert start(office, action, first) == ["TEAM_TOO_SMALL"]
        office.team(action, first, second, helper)
        office.ended(action, "2024-04-18 15:00", "2024-04-18 15:45", by=first)
        with office.house.site.database.read() as connection:
            tried = trying.tries(connection, f"action/{action}")
        assert [(one.step, one.passed) for one in tried] == [
            ("START", False),
            ("START", False),
            ("START", True),
            ("END", True),
        ]
        assert [one.facts["officers"] for one in tried[0].refusals[:1]] == [0]
        assert [one.facts["officers"] for one in tried[1].refusals] == [1]
        assert len(office.house.entries("step.refused")) == 2
        left = {first: "2024-04-18 15:35", second: "2024-04-18 15:20"}
        there = [
            TeamMember(first, TeamRole.LEAD, is_recorder_person=True, left=moment(left[first])),
            TeamMember(second, TeamRole.ASSIST, left=moment(left[second])),
            TeamMember(helper, TeamRole.ASSIST),
        ]
        team.state_team(office.ledger, action, members=there)
        found = assessed(office, action)
        assert (found.below.seconds, found.aux_alone.seconds) == (1500, 600)
        assert office.house.verify().findings == ()


def test_r053_r062_an_expired_certificate_is_named_as_the_cause(office: Bureau) -> None:
    office.clock.set("2024-07-01 09:00")
    first = office.officer()
    expired = office.officer(until=date(2024, 6, 30))
    action = office.action(ActionType.SEAL_UP, first, expired)
    recorder = camera(office)
    hand_out(office, recorder, Outing(first, "2024-07-01 09:05", "2024-07-01 18:00"))
    with pytest.raises(trying.StepRefused) as refused:
        steps.start(office.ledger, action, step=office.step(first))
    told = refused.value.told
    assert [one.code for one in told] == ["TEAM_TOO_SMALL", "CERT_EXPIRED"]
    assert told[0].refusal.facts["causes"] == [
        {"person": expired, "bars": [Bar.CERT_EXPIRED.value]}
    ]
    assert "证件已过期" in told[0].said[0]
    assert expired not in told[0].said[0]
    assert "2名以上" in "".join(one.quote for one in told[0].clauses)
    later = office.action(ActionType.SEAL_UP, first, expired)
    office.clock.set("2024-07-01 10:00")
    office.lasted(later, "2024-06-30 09:00", "2024-06-30 09:30", by=first)
    assert start(office, later, first) == []


def test_r048_r049_body_and_item_must_hold_on_the_day(office: Bureau) -> None:
    office.clock.set("2024-03-01 08:00")
    office.stated(date(2024, 1, 1), "XX", "0216", "0217")
    office.stated(date(2024, 4, 1), "XX", "0216")
    ended = UnitStanding(
        date(2024, 6, 1), UnitKind.AGENCY, "三定方案", capacity_to=date(2024, 6, 30), profile="XX"
    )
    bodies.state_unit(office.ledger, office.unit, new=ended)
    first, second = office.officer(), office.officer()
    plain = office.action(ActionType.OTHER, first, second, change=other_action)
    for day, told in (
        ("2024-03-31 09:00", []),
        ("2024-04-01 09:00", ["POWER_ITEM_ENDED"]),
        ("2024-06-30 09:00", []),
        ("2024-07-01 09:00", ["NOT_QUALIFIED"]),
    ):
        office.clock.set(day)
        with office.house.site.database.read() as connection:
            judged = steps.start_judged(connection, plain, step=office.step(first))
        assert [one.code.value for one in judged.refusals] == told


def other_action(details: ActionDetails) -> ActionDetails:
    return replace(details, type_name="巡查")


def test_a_mandatory_action_needs_a_working_recorder_in_hand(office: Bureau) -> None:
    office.clock.set("2024-04-10 08:00")
    first, second = office.officer(), office.officer()
    action = office.action(ActionType.SEIZURE, first, second)
    assert start(office, action, first) == ["NO_RECORDER"]
    recorder = camera(office)
    assert start(office, action, first) == ["NO_RECORDER"]
    hand_out(office, recorder, Outing(second, "2024-04-10 09:00", "2024-04-10 18:00"))
    assert start(office, action, first) == []
    assert state(office, action) is ActionState.STARTED
    assert start(office, action, first) == ["WRONG_STATE"]
    late = office.action(ActionType.SEIZURE, first, second)
    bring_back(office, recorder, "2024-04-10 12:00", ahead_ms=0)
    for at, told in (("12:30", ["NO_RECORDER"]), ("08:59", ["NO_RECORDER"]), ("11:00", [])):
        then = replace(office.step(first), at=moment(f"2024-04-10 {at}"))
        office.clock.set("2024-04-10 13:00")
        assert codes(lambda step=then: steps.start(office.ledger, late, step=step)) == told  # type: ignore[misc]


def exemption(*signers: str, approver: str | None, reason: str | None) -> NewExemption:
    return NewExemption((PAPER,), signers, reason, approver)


def test_g11_text_stands_for_an_inspection_and_never_for_a_demolition(office: Bureau) -> None:
    office.clock.set("2024-06-18 09:00")
    first, second, head = office.officer(), office.officer(), office.officer()
    whole = exemption(first, second, approver=head, reason="检查笔录完整")
    action = office.action(ActionType.INSPECTION, first, second, change=inspection)
    steps.exempt(office.ledger, action, step=office.step(first), new=whole)
    office.ended(action, "2024-06-18 09:30", "2024-06-18 10:10", by=first)
    office.described(action, first, second)
    assert assessed(office, action).verdict.value == "TEXT_EXEMPT"
    assert settle(office, action, first) == []
    assert state(office, action) is ActionState.SETTLED

    demolition = office.action(ActionType.FORCED_DEMOLITION, first, second)
    life = office.action(
        ActionType.INSPECTION,
        first,
        second,
        change=lambda one: replace(inspection(one), interests=Interests(life_health=True)),
    )
    for forbidden in (demolition, life):
        told = codes(
            lambda one=forbidden: steps.exempt(  # type: ignore[misc]
                office.ledger, one, step=office.step(first), new=whole
            )
        )
        assert told == ["EXEMPTION_FORBIDDEN"]
    poor = exemption(first, approver=first, reason=None)
    other = office.action(ActionType.INSPECTION, first, second, change=inspection)
    assert codes(lambda: steps.exempt(office.ledger, other, step=office.step(first), new=poor)) == [
        "SIGNATURES",
        "EXEMPTION_REASON",
        "EXEMPTION_APPROVER",
    ]


def test_g12_the_same_inspection_under_wl_and_zj(tmp_path: Path) -> None:
    with bureau(SitePlan(tmp_path / "wl"), "WL") as office:
        office.clock.set("2024-06-18 09:00")
        first, second, head = office.officer(), office.officer(), office.officer()
        whole = exemption(first, second, approver=head, reason="检查笔录完整")
        action = office.action(ActionType.INSPECTION, first, second, change=inspection)
        told = codes(
            lambda: steps.exempt(office.ledger, action, step=office.step(first), new=whole)
        )
        assert told == ["EXEMPTION_FORBIDDEN"]
        recorder = camera(office)
        hand_out(office, recorder, Outing(first, "2024-06-18 09:10", "2024-06-18 09:20"))
        office.ended(action, "2024-06-18 09:30", "2024-06-18 10:10", by=first)
        found = assessed(office, action)
        assert found.facts.tier.value == "MANDATORY"
        assert [span.seconds for _, span in found.gaps] == [2400, 2400]
    with bureau(SitePlan(tmp_path / "zj"), "ZJ") as office:
        office.clock.set("2024-06-18 09:00")
        first, second, head = office.officer(), office.officer(), office.officer()
        whole = exemption(first, second, approver=head, reason="检查笔录完整")
        action = office.action(ActionType.INSPECTION, first, second, change=inspection)
        steps.exempt(office.ledger, action, step=office.step(first), new=whole)
        office.ended(action, "2024-06-18 09:30", "2024-06-18 10:10", by=first)
        assert assessed(office, action).verdict.value == "TEXT_EXEMPT"
        assert settle(office, action, first) == ["META_INCOMPLETE", "MISSING_DOC", "NO_IDENTITY"]


def test_g16_signatures_refusal_and_witness(office: Bureau) -> None:
    office.clock.set("2024-05-20 09:00")
    first, second, helper = office.officer(), office.officer(), office.auxiliary()
    action = office.action(ActionType.INSPECTION, first, second, change=inspection)
    office.not_recorded(action, by=first)
    office.ended(action, "2024-05-20 09:30", "2024-05-20 10:00", by=first)
    office.described(action, first)

    def sign(new: NewSignature) -> None:
        records.sign(office.ledger, action, said=office.said(first, PAPER), new=new)

    with pytest.raises(trying.StepRefused) as refused:
        steps.settle(office.ledger, action, step=office.step(first))
    assert [one.said[0] for one in refused.value.told] == ["在场执法人员签名 1/2"]
    sign(NewSignature(second))
    sign(NewSignature("COUNTERPART", Signed.REFUSED))
    assert settle(office, action, first) == ["REFUSAL_NOTE"]
    sign(NewSignature("COUNTERPART", Signed.REFUSED, note="拒绝签名", noted_by=first))
    records.add_witness(
        office.ledger, action, said=office.said(first), new=NewWitness("某辅警", person=helper)
    )
    assert settle(office, action, first) == ["WITNESS_SIGNATURE", "WITNESS_OF_BUREAU"]
    other = office.action(ActionType.INSPECTION, first, second, change=inspection)
    office.not_recorded(other, by=first)
    office.ended(other, "2024-05-20 11:00", "2024-05-20 11:30", by=first)
    office.described(other, first, second)
    records.add_witness(office.ledger, other, said=office.said(first), new=NewWitness("邻居"))
    assert settle(office, other, first) == ["WITNESS_SIGNATURE"]
    witness = NewSignature("WITNESS")
    records.sign(office.ledger, other, said=office.said(first, PAPER), new=witness)
    assert settle(office, other, first) == []


def test_d21_a_decision_after_the_start_is_none(office: Bureau) -> None:
    office.clock.set("2024-05-20 09:00")
    first, second = office.officer(), office.officer()
    action = office.action(ActionType.HEARING, first, second)
    assert start(office, action, first) == ["NO_DECISION"]
    office.lasted(action, "2024-05-20 08:00", "2024-05-20 08:30", by=first)
    office.not_recorded(action, by=first)
    assert assessed(office, action).verdict.value == "NO_DECISION"


def test_cancelling_needs_a_reason(office: Bureau) -> None:
    first, second = office.officer(), office.officer()
    action = office.action(ActionType.HEARING, first, second)

    def cancel(reason: str) -> list[str]:
        step = office.step(first)
        return codes(lambda: steps.cancel(office.ledger, action, step=step, reason=reason))

    assert cancel(" ") == ["REASON_MISSING"]
    assert cancel("当事人撤回申请") == []
    assert state(office, action) is ActionState.CANCELLED


def test_g08_an_interval_is_not_trimmed_by_one_person_and_the_first_version_stays(
    office: Bureau, tmp_path: Path
) -> None:
    day = "2024-03-12"
    office.clock.set(f"{day} 09:00")
    first, second, recorder = office.officer(), office.officer(), camera(office)
    action = office.action(ActionType.SEAL_UP, first, second)
    hand_out(office, recorder, Outing(first, f"{day} 09:30", f"{day} 18:00", out_ms=0))
    office.ended(action, f"{day} 10:00", f"{day} 10:40", by=first)
    bring_back(office, recorder, f"{day} 12:00", ahead_ms=0)
    dock(office, tmp_path, recorder, clips=[between("10:02:30", "10:41:00", day)])
    before = assessed(office, action)
    assert before.verdict.value == "GAP"
    assert [span.seconds for _, span in before.gaps] == [150, 150]
    later = NewInterval(moment(f"{day} 10:02:30"), moment(f"{day} 10:40"), first)
    for alone in (later, replace(later, reason="笔录写错")):
        with pytest.raises(BadInput):
            arrived.declare_interval(office.ledger, action, new=alone)
    both = replace(later, reason="笔录写错", second_person=second)
    assert arrived.declare_interval(office.ledger, action, new=both) == 1
    follow.catch_up(office.ledger)
    with office.house.site.database.read() as connection:
        verdicts = [one.verdict.value for one in assess.history(connection, action)]
        versions = reading.intervals(connection, action)
    assert (verdicts[-2:], len(versions)) == (["GAP", "FULL"], 2)


def test_g15_covert_footage_is_kept_and_counts_for_nothing(office: Bureau, tmp_path: Path) -> None:
    day = "2024-04-10"
    office.clock.set(f"{day} 08:00")
    first, second, recorder = office.officer(), office.officer(), camera(office)
    action = office.action(ActionType.SEIZURE, first, second)
    hand_out(office, recorder, Outing(first, f"{day} 08:30", f"{day} 18:00", out_ms=0))
    office.ended(action, f"{day} 14:00", f"{day} 15:00", by=first)
    office.described(action, first, second)
    bring_back(office, recorder, f"{day} 16:00", ahead_ms=0)
    (seen,) = dock(office, tmp_path, recorder, clips=[between("14:00:00", "15:00:00", day)])
    assert assessed(office, action).verdict.value == "FULL"
    new = NewAwareness(Awareness.NONE, recording=seen)
    records.note_awareness(office.ledger, action, said=office.said(first), new=new)
    follow.catch_up(office.ledger)
    assert assessed(office, action).verdict.value == "NONE"
    assert settle(office, action, first) == ["COVERAGE_NONE"]
    assert seen in {row["id"] for row in office.house.rows("recordings")}
