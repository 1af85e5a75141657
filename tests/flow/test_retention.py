"""How long footage is kept and what holds it, through the acts on a real database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cases import (
    arrived,
    case_steps,
    case_terms,
    holds,
    holds_following,
    links,
    retention,
    retention_changes,
    retention_due,
)
from cases.arrived import Reached
from cases.holds import Hold, NewHold, Release
from cases.holds_following import Remedies
from cases.retention_changes import NewVersion
from evidence.case_vocabulary import ActionType, CaseState
from evidence.errors import BadInput, NotFound, Refused
from evidence.retention import CaseTerm, PeriodRule, RetentionReason, Source, Standing
from evidence.retention_holds import HoldKind, Scope, scope_of
from storage.site import SitePlan
from tests.casework import Bureau, bureau, moment
from tests.filming import Outing, between, bring_back, camera, dock, hand_out

R = RetentionReason


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    with bureau(SitePlan(tmp_path_factory.mktemp("kept") / "site"), profile="ZJ") as made:
        yield made


def kept(office: Bureau, recording: str, today: str = "2024-12-31") -> Standing:
    with office.house.site.database.read() as connection:
        return retention.standing(connection, recording, today=date.fromisoformat(today))


def held(office: Bureau, recording: str, today: str = "2024-05-01") -> list[Hold]:
    with office.house.site.database.read() as connection:
        return holds.active_holds(connection, recording, today=date.fromisoformat(today))


def filmed(office: Bureau, folder: Path, day: str, *, by: str, camera_no: str, clips: int = 1,
           case: str | None = None) -> tuple[str, list[str]]:  # fmt: skip
    """An action of that day with its footage, linked by its holder; action and recordings."""
    office.clock.set(f"{day} 08:00")
    action = office.action(ActionType.ON_SITE, by, case=case)
    hand_out(office, camera_no, Outing(by, f"{day} 08:30", f"{day} 18:00"))
    bring_back(office, camera_no, f"{day} 17:00")
    office.lasted(action, f"{day} 10:00", f"{day} 11:00", by=by)
    times = [between(f"10:0{n}:00", "10:50:00", day=day) for n in range(clips)]
    return action, dock(office, folder, camera_no, clips=times)


def new_hold(person: str, scope: Scope, kind: HoldKind = HoldKind.MANUAL) -> NewHold:
    return NewHold(kind, "〔2024〕保1号", scope, date(2024, 12, 31), owner=person, person=person)


def test_g_18_an_unfiled_matter_is_kept_as_working_material(office: Bureau, tmp_path: Path) -> None:
    lead, case = office.officer(), office.case("〔2024〕M-5")
    _, found = filmed(office, tmp_path, "2024-01-10", by=lead, camera_no=camera(office, "1000001"),
                      clips=3, case=case)  # fmt: skip
    assert len(found) == 3
    assert {reason for one in found for reason in kept(office, one).reasons} >= {R.CASE_OPEN}
    office.clock.set("2024-01-12 16:00")
    step = office.step(lead)
    case_steps.file(office.ledger, case, step=step, is_filed=False, reason="不构成违法")
    for one in found:
        now = kept(office, one)
        assert (now.class_code, now.start) == ("WORKING_MATERIAL", date(2024, 1, 12))
        assert (now.due_on, now.longest.why) == (None, R.NOT_FILED)
        assert R.NO_PERIOD in now.reasons
        assert now.sources[0].article == "行政执法全过程记录制度 第十三条"
    _six_months(office, found)


def _six_months(office: Bureau, found: list[str]) -> None:
    """G-18 goes on: six months by a version of the bureau's own, which reaches back if approved."""
    proposer, approver = office.officer(), office.officer()
    source = Source("某局档案管理办法", "第十条", "工作资料保管六个月")
    rules = (PeriodRule("WORKING_MATERIAL", "6 mo", "", (source,)),)
    day = office.clock.set("2024-01-20 09:00").date()
    forward = NewVersion("局", day, rules)
    with office.house.site.database.read() as connection:
        assert retention_changes.preview(connection, forward, today=day).moved == ()
        back = replace(forward, is_retroactive=True)
        seen = retention_changes.preview(connection, back, today=day)
    assert [one.recording for one in seen.moved] == sorted(found)
    assert {(one.before, one.after) for one in seen.moved} == {(None, date(2024, 7, 13))}
    assert (seen.shorter, seen.below_floor) == (("WORKING_MATERIAL",), ("WORKING_MATERIAL",))
    early = replace(forward, from_day=date(2024, 1, 1))
    with pytest.raises(BadInput):
        retention_changes.propose(office.ledger, early, person=proposer)
    version = retention_changes.propose(office.ledger, back, person=proposer)
    assert {kept(office, one).due_on for one in found} == {None}
    for person, digest, code in (
        (proposer, seen.sha256, "RETENTION_SECOND_PERSON"),
        (approver, "0" * 64, "RETENTION_PREVIEW_CHANGED"),
    ):
        with pytest.raises(Refused) as refused:
            retention_changes.approve(office.ledger, version, person=person, seen=digest)
        assert refused.value.code == code
    retention_changes.approve(office.ledger, version, person=approver, seen=seen.sha256)
    for one in found:
        now = kept(office, one)
        assert (now.ends_on, now.due_on) == (date(2024, 7, 12), date(2024, 7, 13))
        assert now.sources == (source,)
    with pytest.raises(BadInput):
        retention_changes.refuse(office.ledger, version, person=approver)
    assert due(office, "2024-07-12") == {}
    assert due(office, "2024-07-13") == dict.fromkeys(found, True)
    scope = scope_of(recordings=found[:1])
    hold = holds.place_hold(office.ledger, new_hold(proposer, scope))
    assert due(office, "2024-07-13") == {**dict.fromkeys(found, True), found[0]: False}
    holds.release_hold(office.ledger, hold, said=Release(approver, "〔2024〕2号"))
    other = retention_changes.propose(office.ledger, back, person=proposer)
    retention_changes.refuse(office.ledger, other, person=proposer)
    with office.house.site.database.read() as connection:
        told = [one.answered for one in retention_changes.all_versions(connection)]
    assert [one.answer.value for one in told if one] == ["WITHDRAWN", "APPROVED"]


def due(office: Bureau, today: str) -> dict[str, bool]:
    """What is due on a day, page by page, and whether nothing holds it."""
    found: dict[str, bool] = {}
    after = None
    with office.house.site.database.read() as connection:
        while True:
            page = retention_due.due_page(
                connection, today=date.fromisoformat(today), after=after, limit=2
            )
            found |= {one.standing.recording: one.is_ready for one in page.found}
            after = page.next
            if after is None:
                return found


def test_a_case_file_keeps_its_footage_and_a_decision_what_it_rests_on(
    office: Bureau, tmp_path: Path
) -> None:
    lead, case, other = office.officer(), office.case("〔2024〕C-1"), office.case("〔2024〕C-2")
    number = camera(office, "1000002")
    _, found = filmed(office, tmp_path, "2024-02-05", by=lead, camera_no=number, case=case)
    (one,) = found
    assert kept(office, one).reasons == (R.OF_CASE, R.CASE_OPEN)
    decided = Reached(moment("2024-02-20 10:00"), lead, {"outcome": "罚款", "relied_on": found})
    office.clock.set("2024-03-01 09:00")
    arrived.case_reached(office.ledger, other, state=CaseState.DECIDED, reached=decided)
    both = kept(office, one)
    assert {ground.subject for ground in both.grounds} == {f"case/{case}", f"case/{other}"}
    assert {ground.why for ground in both.grounds} == {R.OF_CASE, R.RELIED_ON}
    for id_ in (case, other):
        reached = Reached(moment("2024-02-28 10:00"), lead)
        arrived.case_reached(office.ledger, id_, state=CaseState.ARCHIVED, reached=reached)
    assert R.CASE_TERM_UNKNOWN in kept(office, one).reasons
    assert kept(office, one).start == date(2024, 2, 28)
    _terms(office, one, cases=(case, other))


def _terms(office: Bureau, one: str, *, cases: tuple[str, str]) -> None:
    """R-187: the end that was stated of the file; of two files the later, of one never an earlier
    without a second person."""
    clerk, second = office.officer(), office.officer()
    source = Source("归档文件目录", "第 15 卷", "保管至 2034 年 12 月 31 日")
    long = CaseTerm("LONG", ends_on=date(2034, 12, 31), source=source)
    first, other = cases
    case_terms.state_term(office.ledger, first, new=long, person=clerk)
    assert kept(office, one).due_on is None
    case_terms.state_term(office.ledger, other, new=replace(long, period="3 y", ends_on=None),
                          person=clerk)  # fmt: skip
    now = kept(office, one)
    assert (now.class_code, now.due_on) == ("LONG", date(2035, 1, 1))
    assert now.floor == date(2029, 2, 20)
    short = replace(long, ends_on=date(2026, 12, 31))
    waits = case_terms.state_term(office.ledger, first, new=short, person=clerk)
    assert waits.waits
    assert kept(office, one).due_on == date(2035, 1, 1)
    with pytest.raises(Refused):
        case_terms.answer_term(office.ledger, waits.id, person=clerk, approve=True)
    case_terms.answer_term(office.ledger, waits.id, person=second, approve=True)
    now = kept(office, one)
    assert now.due_on == date(2027, 3, 1)
    assert R.BELOW_LITIGATION_FLOOR in now.warnings
    with pytest.raises(BadInput):
        case_terms.answer_term(office.ledger, waits.id, person=second, approve=True)
    for bad in (replace(long, period="30 y"), replace(long, source=None), CaseTerm("LONG")):
        with pytest.raises(BadInput):
            case_terms.state_term(office.ledger, first, new=bad, person=clerk)


def test_r_067_r_076_remedies_and_a_transfer_hold_all_of_a_case(
    office: Bureau, tmp_path: Path
) -> None:
    lead, case = office.officer(), office.case("〔2024〕C-7")
    number = camera(office, "1000008")
    _, (one,) = filmed(office, tmp_path, "2024-05-02", by=lead, camera_no=number, case=case)
    office.clock.set("2024-05-06 10:00")
    said = office.said(lead, "ab" * 32)
    new = Remedies(date(2024, 7, 5), date(2024, 11, 6), "市政府", "某区法院")
    _, hold = holds_following.state_remedies(office.ledger, case, said=said, new=new)
    entry = office.house.entries("case.recorded")[-1]
    assert (entry.facts["hold"], entry.facts["objects"]) == (hold, [one])
    assert [there.kind for there in held(office, one, "2024-11-06")] == [HoldKind.REMEDY_WINDOW]
    assert held(office, one, "2024-11-07") == []
    reached = Reached(office.clock(), lead)
    arrived.case_reached(office.ledger, case, state=CaseState.TRANSFERRED, reached=reached)
    (there,) = held(office, one, "2030-01-01")
    assert (there.kind, there.person, there.review_on) == (
        HoldKind.TRANSFER, lead, date(2024, 11, 4))  # fmt: skip


def _links(office: Bureau, recording: str) -> list[str]:
    with office.house.site.database.read() as connection:
        return [one.id for one in links.standing_links(connection, recording)]


def test_unlinked_footage_has_a_class_of_its_own_and_an_absurd_time_counts_from_docking(
    office: Bureau, tmp_path: Path
) -> None:
    office.clock.set("2024-02-10 09:00")
    number = camera(office, "1000003")
    sane, absurd = dock(office, tmp_path, number, clips=[
        between("08:00:00", "08:10:00", day="2024-02-09"),
        between("00:00:10", "00:10:00", day="2000-01-01"),
    ])  # fmt: skip
    now = kept(office, sane)
    assert (now.class_code, now.start) == ("UNLINKED", date(2024, 2, 9))
    assert now.reasons == (R.LINKED_TO_NOTHING, R.FROM_RECORDING, R.NO_PERIOD)
    assert kept(office, absurd).start == date(2024, 2, 10)
    assert R.FROM_DOCKING in kept(office, absurd).reasons
    links.answer(office.ledger, sane, said=links.LinkAnswer.NO_CASE, person=office.officer())
    assert kept(office, sane).class_code == "WORKING_MATERIAL"
    with pytest.raises(NotFound):
        kept(office, "0" * 64)


def test_r_001_a_complaint_holds_what_others_carried_and_what_is_docked_later(
    office: Bureau, tmp_path: Path
) -> None:
    officer, auxiliary, colleague = office.officer(), office.auxiliary(), office.officer()
    number, own = camera(office, "1000004"), camera(office, "1000005")
    office.clock.set("2024-03-05 08:00")
    action = office.action(ActionType.ON_SITE, officer, auxiliary)
    hand_out(office, number, Outing(officer, "2024-03-05 08:30", "2024-03-05 18:00"))
    hand_out(office, own, Outing(colleague, "2024-03-05 08:40", "2024-03-05 18:00"))
    bring_back(office, number, "2024-03-05 17:00")
    office.lasted(action, "2024-03-05 10:00", "2024-03-05 11:00", by=officer)
    (carried,) = dock(office, tmp_path, number,
                      clips=[between("10:00:00", "11:00:00", day="2024-03-05")])  # fmt: skip
    interval = (moment("2024-03-05 10:00"), moment("2024-03-05 11:00"))
    scope = scope_of(persons=[auxiliary, colleague], interval=interval)
    asker = office.officer()
    hold = holds.place_hold(office.ledger, new_hold(asker, scope, HoldKind.COMPLAINT))
    (entry,) = [one for one in office.house.entries("hold.placed") if one.facts["hold"] == hold]
    assert entry.facts["objects"] == [carried]
    assert [one.id for one in held(office, carried)] == [hold]
    bring_back(office, own, "2024-03-06 09:00")
    late, outside = dock(office, tmp_path, own, clips=[
        between("10:30:00", "10:40:00", day="2024-03-05"),
        between("14:30:00", "14:40:00", day="2024-03-05"),
    ])  # fmt: skip
    assert [one.id for one in held(office, late)] == [hold]
    assert held(office, outside) == []
    with office.house.site.database.read() as connection:
        found = holds.held_by(connection, holds.find(connection, hold))
    assert found == sorted([carried, late])


def test_a_hold_is_released_by_somebody_else_on_a_basis_once(
    office: Bureau, tmp_path: Path
) -> None:
    office.clock.set("2024-04-10 09:00")
    asker, other = office.officer(), office.officer()
    (one,) = dock(office, tmp_path, camera(office, "1000006"),
                  clips=[between("08:00:00", "08:10:00")])  # fmt: skip
    hold = holds.place_hold(office.ledger, new_hold(asker, scope_of(recordings=[one])))
    with pytest.raises(Refused) as refused:
        holds.release_hold(office.ledger, hold, said=Release(asker, "〔2024〕1号"))
    assert refused.value.code == "HOLD_SECOND_PERSON"
    with pytest.raises(BadInput):
        holds.release_hold(office.ledger, hold, said=Release(other, " "))
    with pytest.raises(BadInput):
        holds.review_hold(office.ledger, hold, person=other, review_on=date(2024, 4, 9))
    holds.review_hold(office.ledger, hold, person=other, review_on=date(2024, 4, 20))
    (there,) = held(office, one)
    assert (there.review_on, there.is_review_late(date(2024, 4, 21))) == (date(2024, 4, 20), True)
    holds.release_hold(office.ledger, hold, said=Release(other, "〔2024〕1号"))
    assert held(office, one) == []
    with pytest.raises(BadInput):
        holds.release_hold(office.ledger, hold, said=Release(other, "〔2024〕1号"))
    with pytest.raises(NotFound):
        holds.place_hold(office.ledger, new_hold(asker, scope_of(recordings=["0" * 64])))


def test_a_hold_outlives_an_unlinking_and_reaches_all_of_a_case(
    office: Bureau, tmp_path: Path
) -> None:
    lead, second, case = office.officer(), office.officer(), office.case("〔2024〕C-9")
    number = camera(office, "1000007")
    _, (one,) = filmed(office, tmp_path, "2024-04-15", by=lead, camera_no=number, case=case)
    hold = holds.place_hold(office.ledger, new_hold(lead, scope_of(cases=[case])))
    (link,) = _links(office, one)
    links.unlink(office.ledger, link, said=links.Unlinking("认错", lead, second))
    assert [there.id for there in held(office, one)] == [hold]
    _, (more,) = filmed(office, tmp_path, "2024-04-16", by=lead, camera_no=number, case=case)
    assert [there.id for there in held(office, more)] == [hold]
    office.house.assert_green()
