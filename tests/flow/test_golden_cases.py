"""Golden scenarios of deciding, closing and archiving, through the acts on a real database."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cases import (
    case_facts,
    case_file,
    case_steps,
    coverage_facts,
    findings,
    manifest,
    reading,
    register,
    steps,
    trying,
)
from cases.case_file import NewTag
from cases.case_steps import Decision
from cases.findings import Explanation
from evidence.case_vocabulary import (
    ActionType,
    Bearing,
    CaseFact,
    CaseStage,
    CaseState,
    Opinion,
    Signed,
)
from evidence.errors import BadInput, Refused
from evidence.finding_rules import Cause
from storage.site import SitePlan
from tests.casework import Bureau, bureau, codes
from tests.demolishing import (
    DAY,
    close,
    demolished,
    digest,
    fix,
    found_gap,
    until_executed,
)
from tests.filming import between


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Bureau]:
    with bureau(SitePlan(tmp_path / "site")) as made:
        yield made


def state(office: Bureau, case: str) -> CaseState:
    with office.house.site.database.read() as connection:
        return reading.case(connection, case).state


def test_g07_a_gap_refuses_settling_and_closing_and_a_joint_does_not(
    office: Bureau, tmp_path: Path
) -> None:
    gap = [between("09:00:00", "10:10:00", DAY), between("10:11:30", "11:00:00", DAY)]
    made = demolished(office, tmp_path, *gap)
    until_executed(office, made)
    fix(office, made, *made.recordings)
    office.clock.set("2024-05-27 10:00")
    with pytest.raises(trying.StepRefused) as refused:
        case_steps.close(office.ledger, made.case, step=office.step(made.lead))
    (told,) = refused.value.told
    assert told.code == "COVERAGE_GAP"
    assert (told.refusal.facts["video_s"], told.refusal.facts["audio_s"]) == (90, 90)
    assert "90 秒" in told.said[0]
    assert "全程" in told.clauses[0].quote
    assert state(office, made.case) is CaseState.EXECUTED
    finding = found_gap(office, made)
    said = Explanation(Cause.DEVICE_FAILURE, "电池接触不良", made.lead)
    findings.explain(office.ledger, finding, said=said)
    assert close(office, made) == ["COVERAGE_GAP"]
    with pytest.raises(Refused):
        findings.approve(office.ledger, finding, person=made.mate)
    findings.approve(office.ledger, finding, person=office.officer())
    assert close(office, made) == []
    with office.house.site.database.read() as connection:
        verdict = coverage_facts.assessment_of(connection, made.action, now=office.clock())
    assert verdict is not None
    assert verdict.verdict.value == "GAP"
    assert state(office, made.case) is CaseState.CLOSED


def test_g07_a_joint_of_four_seconds_settles_and_closes(office: Bureau, tmp_path: Path) -> None:
    seam = [between("09:00:00", "10:10:00", DAY), between("10:10:04", "11:00:00", DAY)]
    made = demolished(office, tmp_path, *seam)
    until_executed(office, made)
    fix(office, made, *made.recordings)
    assert close(office, made) == ["NOT_SETTLED"]
    steps.settle(office.ledger, made.action, step=office.step(made.lead))
    assert close(office, made) == []
    with office.house.site.database.read() as connection:
        settled = reading.action_states(connection, made.action)[-1]
    assert settled.body["verdict"] == "SEAMED"


def test_g17_r136_each_recording_is_fixed_and_whole_before_the_archive(
    office: Bureau, tmp_path: Path
) -> None:
    quarters = [between(f"09:{at:02}:00", f"09:{at + 10:02}:00", DAY) for at in (0, 10, 20, 30)]
    quarters[3] = between("09:30:00", "11:00:00", DAY)
    made = demolished(office, tmp_path, *quarters)
    until_executed(office, made)
    steps.settle(office.ledger, made.action, step=office.step(made.lead))
    fix(office, made, *made.recordings[:2])
    fix(office, made, made.recordings[2])
    with pytest.raises(trying.StepRefused) as refused:
        case_steps.close(office.ledger, made.case, step=office.step(made.lead))
    assert [one.code for one in refused.value.told] == ["NOT_FIXED"]
    assert refused.value.told[0].refusal.facts["recordings"] == [made.recordings[3]]
    fix(office, made, made.recordings[3], signed=Signed.REFUSED)
    assert close(office, made) == []

    whole = manifest.whole_in(office.house.site.vault)
    lost = made.recordings[0]

    def archive(is_whole: manifest.Whole) -> Callable[[], None]:
        step = office.step(made.lead)
        return lambda: case_steps.archive(office.ledger, made.case, step=step, is_whole=is_whole)

    with pytest.raises(trying.StepRefused) as missing:
        archive(lambda sha256: sha256 != lost and whole(sha256))()
    assert [one.code for one in missing.value.told] == ["ITEM_MISSING"]
    assert missing.value.told[0].refusal.facts["items"] == [lost]
    assert codes(archive(whole)) == []
    with office.house.site.database.read() as connection:
        (found,) = [
            one for one in reading.case_records(connection, made.case) if one.kind == "MANIFEST"
        ]
        closing = reading.case_steps(connection, made.case)[-1]
    assert found.body["recordings"] == sorted(made.recordings)
    assert len(list(found.body["fixations"])) == 2  # type: ignore[arg-type]
    assert found.body["class"] == "CASE_FILE"
    assert closing.body["manifest"] == found.body["sha256"]
    office.house.assert_green()


def test_an_original_that_was_changed_is_not_whole(office: Bureau, tmp_path: Path) -> None:
    made = demolished(office, tmp_path, between("09:00:00", "11:00:00", DAY))
    (recording,) = made.recordings
    vault = office.house.site.vault
    assert manifest.not_whole([recording, digest(9)], is_whole=manifest.whole_in(vault)) == {
        digest(9)
    }
    (path,) = [one for one in office.house.site.plan.vault_root.rglob(recording) if one.is_file()]
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[::-1])
    assert not manifest.whole_in(vault)(recording)


def major(office: Bureau, *, especially: bool = False) -> tuple[str, str, str]:
    """A major case under investigation with an action; returns it, its lead and a reviewer."""
    office.clock.set("2024-03-04 09:00")
    lead, reviewer = office.officer(), office.officer()
    case = office.case("1号", is_major=True)
    if especially:
        with office.house.site.database.read() as connection:
            details = reading.case(connection, case).details
        details = replace(details, especially_major=True)
        register.state_case(office.ledger, case, details=details)
    action = office.action(ActionType.HEARING, lead, office.officer(), case=case)
    office.described(action, lead)
    case_steps.file(office.ledger, case, step=office.step(lead, digest(1)))
    case_steps.move(office.ledger, case, to=CaseState.INVESTIGATING, step=office.step(lead))
    return case, lead, reviewer


def decide(office: Bureau, case: str, by: str) -> list[str]:
    step = office.step(by, digest(2))
    return codes(
        lambda: case_steps.decide(office.ledger, case, step=step, decision=Decision("罚款"))
    )


def reviewed(office: Bureau, case: str, opinion: Opinion, *, by: str) -> None:
    said = office.said(by, digest(7))
    case_file.give_opinion(office.ledger, case, said=said, opinion=opinion)


def test_r155_r160_r162_r208_no_major_decision_without_a_review_that_agreed(office: Bureau) -> None:
    case, lead, reviewer = major(office)
    assert decide(office, case, lead) == ["REVIEW_NOT_AGREED"]
    case_steps.submit_review(office.ledger, case, step=office.step(lead))
    reviewed(office, case, Opinion.PROBLEMS, by=reviewer)
    assert decide(office, case, lead) == ["REVIEW_NOT_AGREED"]
    case_steps.submit_review(office.ledger, case, step=office.step(lead))
    reviewed(office, case, Opinion.AGREE, by=lead)
    assert decide(office, case, lead) == ["REVIEWER_IN_TEAM"]
    reviewed(office, case, Opinion.AGREE, by=reviewer)
    other = office.action(ActionType.HEARING, lead, office.officer(), case=case)
    office.described(other, lead, paper="cd" * 32)
    assert decide(office, case, lead) == ["REVIEW_STALE"]
    case_steps.submit_review(office.ledger, case, step=office.step(lead))
    assert decide(office, case, lead) == ["REVIEW_NOT_AGREED"]
    reviewed(office, case, Opinion.AGREE, by=reviewer)
    assert decide(office, case, lead) == []
    assert decide(office, case, lead) == ["ALREADY_DECIDED"]
    with office.house.site.database.read() as connection:
        tried = trying.tries(connection, f"case/{case}")
    assert [one.passed for one in tried if one.step == "DECIDED"] == [False] * 5 + [True, False]
    assert office.house.verify().findings == ()


@pytest.mark.parametrize(("votes", "told"), [((7, 3), ["VOTES_TOO_FEW"]), ((6, 3), [])])
def test_r169_r170_an_especially_major_case_needs_minutes_and_half_of_the_votes(
    office: Bureau, votes: tuple[int, int], told: list[str]
) -> None:
    case, lead, reviewer = major(office, especially=True)
    case_steps.submit_review(office.ledger, case, step=office.step(lead))
    reviewed(office, case, Opinion.AGREE, by=reviewer)
    assert decide(office, case, lead) == ["COLLECTIVE_MISSING", "MINUTES_MISSING"]
    case_file.hold_collective(
        office.ledger, case, said=office.said(lead, digest(8)), members=votes[0], in_favour=votes[1]
    )
    assert decide(office, case, lead) == told


def test_r210_the_collective_step_is_asked_for_where_the_profile_has_it(tmp_path: Path) -> None:
    with bureau(SitePlan(tmp_path / "zj"), "ZJ") as office:
        case, lead, reviewer = major(office)
        case_steps.submit_review(office.ledger, case, step=office.step(lead))
        reviewed(office, case, Opinion.AGREE, by=reviewer)
        assert decide(office, case, lead) == ["COLLECTIVE_MISSING"]


def test_r061_no_recording_is_left_out_of_the_bundle(office: Bureau, tmp_path: Path) -> None:
    halves = [between("09:00:00", "10:00:00", DAY), between("10:00:00", "11:00:00", DAY)]
    made = demolished(office, tmp_path, *halves)
    case_steps.file(office.ledger, made.case, step=office.step(made.lead))
    step = office.step(made.lead)
    case_steps.move(office.ledger, made.case, to=CaseState.INVESTIGATING, step=step)
    with pytest.raises(trying.StepRefused) as refused:
        case_steps.submit_review(
            office.ledger, made.case, step=step, recordings=(made.recordings[0],)
        )
    assert refused.value.told[0].code == "REVIEW_INCOMPLETE"
    assert refused.value.told[0].refusal.facts["recordings"] == [made.recordings[1]]


def test_r061_what_was_said_of_a_recording_stays_for_legal_review(
    office: Bureau, tmp_path: Path
) -> None:
    made = demolished(office, tmp_path, between("09:00:00", "11:00:00", DAY))
    (recording,), said = made.recordings, office.said(office.officer())
    for bearing in (Bearing.FOR, Bearing.AGAINST):
        new = NewTag(recording, bearing, "当事人配合")
        case_file.tag(office.ledger, made.case, said=said, new=new)
    with office.house.site.database.read() as connection:
        tags = case_facts.of_kind(connection, made.case, kind=CaseFact.TAG)
    assert [one.body["bearing"] for one in tags] == ["FOR", "AGAINST"], "what was said first stays"
    assert "当事人配合" not in str(office.house.rows("case_records"))
    other = office.case("〔2024〕16号")
    for case, by, tagged in (
        (other, said, recording),
        (made.case, said, "0" * 64),
        (made.case, office.said(None), recording),
    ):
        with pytest.raises(BadInput):
            case_file.tag(office.ledger, case, said=by, new=NewTag(tagged, Bearing.FOR))


def test_r188_what_was_not_filed_is_archived_as_working_material(
    office: Bureau, tmp_path: Path
) -> None:
    made = demolished(office, tmp_path, between("09:00:00", "11:00:00", DAY))

    def leave(reason: str | None) -> list[str]:
        step = office.step(made.lead)
        return codes(
            lambda: case_steps.file(
                office.ledger, made.case, step=step, is_filed=False, reason=reason
            )
        )

    assert leave(None) == ["REASON_MISSING"]
    assert leave("达不到立案条件") == []
    whole = manifest.whole_in(office.house.site.vault)
    case_steps.archive(office.ledger, made.case, step=office.step(made.lead), is_whole=whole)
    with office.house.site.database.read() as connection:
        found = reading.case_records(connection, made.case)[-1]
        unfiled = reading.case_steps(connection, made.case)[-2]
    assert (found.body["class"], found.body["recordings"]) == (
        "WORKING_MATERIAL",
        sorted(made.recordings),
    )
    assert unfiled.body["recordings"] == sorted(made.recordings)


def test_r080_r076_stages_and_the_receipt_of_a_transfer(office: Bureau) -> None:
    office.clock.set("2024-04-01 09:00")
    lead = office.officer()
    case = office.case("2号")
    for to in (CaseState.INVESTIGATING, CaseState.SERVED):
        with pytest.raises(trying.StepRefused) as refused:
            case_steps.move(office.ledger, case, to=to, step=office.step(lead))
        assert refused.value.told[0].code == "WRONG_STATE"
    case_steps.file(office.ledger, case, step=office.step(lead, digest(1)))
    case_steps.move(office.ledger, case, to=CaseState.INVESTIGATING, step=office.step(lead))
    bare = office.step(lead)
    assert codes(lambda: case_steps.transfer(office.ledger, case, step=bare, to="公安局")) == [
        "TRANSFER_RECEIPT"
    ]
    case_steps.decide(office.ledger, case, step=office.step(lead), decision=Decision("不予处罚"))
    case_steps.move(office.ledger, case, to=CaseState.SERVED, step=office.step(lead))
    case_steps.close(office.ledger, case, step=office.step(lead))

    def archive() -> list[str]:
        step = office.step(lead)
        whole = manifest.whole_in(office.house.site.vault)
        return codes(lambda: case_steps.archive(office.ledger, case, step=step, is_whole=whole))

    assert archive() == ["STAGE_MISSING"]
    for stage in (CaseStage.INVESTIGATE, CaseStage.DECIDE, CaseStage.SERVE_EXECUTE):
        said = office.said(lead, digest(20 + list(CaseStage).index(stage)))
        case_file.note_stage(office.ledger, case, said=said, stage=stage)
    assert archive() == []
