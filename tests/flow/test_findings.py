"""Findings on real sites: each opens once by following the log, and closes by its rule alone."""

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cases import finding_follow, finding_rows, findings
from cases.arrived import Reached, case_reached
from cases.finding_follow import follow
from cases.finding_rows import Finding, Wanted
from cases.finding_words import clauses_of, sentence_of
from cases.findings import Explanation, Responsible
from devices import holding, upkeep
from devices.holding import CheckOut
from devices.makes import load_makes
from devices.recorders import add_recorder, assign_recorder
from devices.waivers import waive
from evidence.canonical import dumps
from evidence.case_vocabulary import CaseState
from evidence.device_sets import Condition
from evidence.entry import time_text
from evidence.errors import BadInput, NotFound, Refused
from evidence.finding_rules import Cause, FindingEvent, FindingKind, FindingState, Route, Triage
from people import bodies, clean_up, units
from people.bodies import UnitKind, UnitStanding
from people.policies import load_policies
from storage import schema
from storage.scrub import scrub
from storage.site import SitePlan
from tests.casework import Bureau, bureau, moment
from tests.docking import put
from tests.registering import LONG_AGO, equip, hire
from tests.vaults import ignore

SHIPPED = load_policies()

K, S, E = FindingKind, FindingState, FindingEvent


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Bureau]:
    with bureau(SitePlan(tmp_path / "site")) as opened:
        yield opened
        assert opened.house.verify().findings == ()


@pytest.fixture
def either(tmp_path: Path, database_url: str) -> Iterator[Bureau]:
    """The same on SQLite and on PostgreSQL."""
    with bureau(SitePlan(tmp_path / "site", database_url)) as opened:
        yield opened
        assert opened.house.verify().findings == ()


def found(desk: Bureau, *kinds: FindingKind) -> list[Finding]:
    """What there is after following, oldest first."""
    follow(desk.ledger)
    with desk.house.site.database.read() as connection:
        return finding_rows.page(connection, Wanted(kinds=kinds))[::-1]


def the(desk: Bureau, *kinds: FindingKind) -> Finding:
    (one,) = found(desk, *kinds)
    return one


def events(finding: Finding) -> list[FindingEvent]:
    return [one.event for one in finding.events]


def lose(desk: Bureau, recorder: str, at: str, condition: Condition = Condition.LOST) -> None:
    since = desk.clock.set(at)
    upkeep.state_condition(desk.ledger, recorder, condition=condition, since=since)


# --- recorders ------------------------------------------------------------------------------------


def test_g_02_the_loss_opens_one_finding_and_the_shortage_another(desk: Bureau) -> None:
    for _ in range(9):
        desk.officer()
    desk.clock.set("2024-06-03 08:00")
    recorders = [equip(desk.house, desk.unit) for _ in range(3)]
    assert found(desk) == []
    lose(desk, recorders[2], "2024-06-03 14:20", Condition.REPAIR)
    assert found(desk) == []  # 2 sets: MET_FLOOR_ONLY, which is advisory
    lose(desk, recorders[1], "2024-06-04 09:00")
    lost, short = sorted(found(desk), key=lambda one: one.kind != K.RECORDER_LOST)
    assert (lost.kind, lost.subject) == (K.RECORDER_LOST, f"recorder/{recorders[1]}")
    assert short.matter == {"people": 9, "sets": 1, "required": 3, "short": 2}
    assert short.kind is K.RATIO_SHORT
    assert (
        clauses_of(short, SHIPPED)[0].quote == "原则上按每4名执法人员…配备1套音像记录设备的标准确定"
    )
    assert sentence_of(short)[0] == "执法人员 9 人，应配 3 套，现有 1 套，缺 2 套"
    upkeep.state_condition(
        desk.ledger, recorders[1], condition=Condition.LOST, since=moment("2024-06-04 08:55")
    )
    assert follow(desk.ledger) == 0
    lose(desk, recorders[2], "2024-06-07 10:00", Condition.SERVING)
    assert [one.state for one in found(desk, K.RATIO_SHORT)] == [S.CLOSED]
    assert the(desk, K.RECORDER_LOST).state is S.OPEN


def test_what_comes_back_stands_again_under_a_new_number(either: Bureau) -> None:
    recorder = equip(either.house, either.unit)
    lose(either, recorder, "2024-06-04 09:00")
    first = the(either, K.RECORDER_LOST)
    lose(either, recorder, "2024-06-05 09:00", Condition.SERVING)
    assert the(either, K.RECORDER_LOST).state is S.CLOSED
    lose(either, recorder, "2025-01-02 09:00")
    again = the(either, K.RECORDER_LOST)
    assert again.id == first.id
    assert again.numbers == ("F-2024-0001", "F-2025-0001")
    assert events(again) == [E.CLOSED, E.REOPENED]
    lose(either, equip(either.house, either.unit), "2025-01-03 09:00")
    assert found(either, K.RECORDER_LOST)[-1].number == "F-2025-0002"
    with either.house.site.database.read() as connection:
        for number in again.numbers:
            assert finding_rows.find(connection, number).id == first.id
        with pytest.raises(NotFound):
            finding_rows.find(connection, "F-2025-0099")


def test_r_051_a_shortage_of_an_entrusted_body_is_told_to_its_principal(either: Bureau) -> None:
    town = units.add_unit(either.ledger, name="镇", parent=either.unit).id
    standing = UnitStanding(
        *(LONG_AGO, UnitKind.ENTRUSTED, "委托书", None, either.unit, ("0217",), "备1", "XX")
    )
    bodies.state_unit(either.ledger, town, new=standing)
    approver, *_ = [hire(either.house, town) for _ in range(8)]
    either.clock.set("2024-06-03 08:00")
    equip(either.house, town)
    short = the(either, K.RATIO_SHORT)
    assert (short.unit, short.principal) == (town, either.unit)
    with either.house.site.database.read() as connection:
        for within, seen in ((town, 1), (either.unit, 1), ("other", 0)):
            wanted = Wanted(within=frozenset({within}))
            assert len(finding_rows.page(connection, wanted)) == seen
    days = (date(2024, 1, 1), date(2024, 12, 31))
    waive(either.ledger, town, days=days, reason="采购中", approver=approver)
    assert the(either, K.RATIO_SHORT).state is S.CLOSED


def test_r_056_a_clean_up_that_nobody_signed_by_the_year_s_end(either: Bureau) -> None:
    either.stated(LONG_AGO, "WL")
    section, town = (units.add_unit(either.ledger, name=one, parent=either.unit) for one in "科镇")
    entrusted = (UnitKind.ENTRUSTED, "委托书", None, either.unit, ("0217",), "备1")
    bodies.state_unit(either.ledger, town.id, new=UnitStanding(LONG_AGO, *entrusted, "WL"))
    officer, other = either.officer(), either.officer()
    either.clock.set("2024-12-31 23:59")
    assert found(either, K.CLEAN_UP_UNSIGNED) == []
    either.clock.set("2025-01-01 00:00")
    unsigned = the(either, K.CLEAN_UP_UNSIGNED)  # the town has nobody
    assert (unsigned.unit, unsigned.matter["year"]) == (either.unit, 2024)
    assert sentence_of(unsigned)[0] == "2024 年执法人员清理清单至 2024-12-31 无人签署，至今未签"
    [clause] = clauses_of(unsigned, SHIPPED)
    assert (clause.article, clause.quote) == ("二(一)", "每年定期開展行政執法人員清理工作")

    findings.explain(either.ledger, unsigned.id, said=Explanation(Cause.OTHER, "遗漏", officer))
    findings.approve(either.ledger, unsigned.id, person=other)
    day = date(2025, 1, 8)
    for unit, year in ((section.id, 2024), (either.unit, 2023)):
        clean_up.sign_clean_up(either.ledger, unit, year=year, signer=officer, day=day)
    assert the(either, K.CLEAN_UP_UNSIGNED).state is S.ACCEPTED
    clean_up.sign_clean_up(either.ledger, either.unit, year=2024, signer=officer, day=day)
    finding_follow.catch_up(either.ledger)  # without a sweep
    assert the(either, K.CLEAN_UP_UNSIGNED).state is S.CLOSED

    hire(either.house, town.id)
    either.clock.set("2026-01-01 00:00")
    clean_up.sign_clean_up(either.ledger, either.unit, year=2025, signer=officer, day=day)
    assert len(found(either, K.CLEAN_UP_UNSIGNED)) == 1  # it lists the town's people too
    either.stated(date(2026, 6, 1), "XX")  # which knows no such duty
    either.clock.set("2027-01-01 00:00")
    assert [one.unit for one in found(either, K.CLEAN_UP_UNSIGNED)][1:] == [town.id]


def out(desk: Bureau, recorder: str, holder: str, *, until: str) -> str:
    now = desk.clock.now
    new = CheckOut(recorder, holder, now, moment(until))
    return holding.check_out(desk.ledger, new)


def test_late_docking_opens_past_the_limit_and_only_an_answer_closes_it(desk: Bureau) -> None:
    officer, other = desk.officer(), desk.officer()
    desk.clock.set("2024-06-03 08:00")
    recorder = equip(desk.house, desk.unit)
    held = out(desk, recorder, officer, until="2024-06-03 18:00")
    desk.clock.set("2024-06-04 17:59")
    assert found(desk, K.LATE_DOCKING) == []
    desk.clock.set("2024-06-04 18:01")
    late = the(desk, K.LATE_DOCKING)
    assert (late.subject, late.persons) == (f"assignment/{held}", (officer,))
    desk.clock.set("2024-06-06 08:00")
    holding.check_in(desk.ledger, recorder, back_at=desk.clock.now)
    assert the(desk, K.LATE_DOCKING).state is S.OPEN
    said = Explanation(Cause.FORCE_MAJEURE, "洪水阻断道路", officer)
    findings.explain(desk.ledger, late.id, said=said)
    findings.approve(desk.ledger, late.id, person=other)
    closed = the(desk, K.LATE_DOCKING)
    assert (closed.state, events(closed)) == (S.CLOSED, [E.EXPLAINED, E.APPROVED, E.CLOSED])
    assert follow(desk.ledger) == 0
    out(desk, recorder, officer, until="2024-06-06 18:00")
    desk.clock.set("2024-06-07 12:00")
    holding.check_in(desk.ledger, recorder, back_at=desk.clock.now)
    assert len(found(desk, K.LATE_DOCKING)) == 1


def test_a_dock_ends_an_outing_and_says_who_had_it(desk: Bureau, tmp_path: Path) -> None:
    """Docked in time by the card's own name, and nobody had entered the return."""
    officer = desk.officer()
    desk.clock.set("2024-06-03 08:00")
    recorder = "3100001"
    equip_named(desk, recorder)
    out(desk, recorder, officer, until="2024-06-03 18:00")
    desk.clock.set("2024-06-04 17:59")
    name = f"DCIM/A11_{recorder}_310001_20240603180118_000{{}}.mp4"
    desk.house.take(put(tmp_path / "card", {name.format(1): b"one", name.format(4): b"four"}))
    desk.clock.set("2024-06-09 08:00")
    assert found(desk, K.LATE_DOCKING) == []
    hole = the(desk, K.SEQUENCE_GAP)
    assert (hole.matter["first"], hole.matter["last"]) == (2, 3)
    assert (hole.unit, hole.persons) == (desk.unit, (officer,))
    assert clauses_of(hole, SHIPPED)[0].article == "四(二)"


def equip_named(desk: Bureau, number: str) -> None:
    ledger = desk.ledger
    add_recorder(ledger, load_makes(), number=number, make="zfy")
    assign_recorder(ledger, number, unit=desk.unit)
    upkeep.note_test(ledger, number, passed=True, tested_at=desk.clock.now)


def test_what_a_docking_saw_at_each_time_is_one_finding(desk: Bureau, tmp_path: Path) -> None:
    desk.clock.set("2024-06-03 08:00")
    out(desk, equip(desk.house, desk.unit), desk.officer(), until="2024-06-03 18:00")
    recorder = "3100001"
    equip_named(desk, recorder)
    card = tmp_path / "card"
    for number in (1, 3):
        name = f"DCIM/A11_{recorder}_310001_20240603180118_{number:04}.mp4"
        desk.house.take(put(card, {name: name.encode()}))
    kinds = sorted(one.kind for one in found(desk, K.SEQUENCE_GAP, K.RECORDER_NOT_OUT))
    assert kinds == [K.RECORDER_NOT_OUT, K.RECORDER_NOT_OUT, K.SEQUENCE_GAP]
    name = f"DCIM/A11_{recorder}_310001_20240603190118_0009.mp4"
    desk.house.take(put(card, {name: b"nine"}))
    assert len(found(desk, K.SEQUENCE_GAP)) == 2  # 2 as before, and 4 to 8


def test_r_198_a_stored_original_that_was_altered_is_a_finding(
    desk: Bureau, tmp_path: Path
) -> None:
    desk.clock.set("2024-06-03 08:00")
    desk.house.take(put(tmp_path / "card", {"clip.mp4": b"as it was"}))
    (sha256,) = [row["id"] for row in desk.house.rows("recordings")]
    original = desk.house.site.plan.vault_root / "originals" / sha256[:2] / sha256
    original.chmod(0o644)
    original.write_bytes(b"otherwise")
    for _ in range(2):
        scrub(desk.house.site, limit=None, progress=ignore, stop=lambda: False)
    altered = the(desk, K.MISMATCH)
    assert (altered.recording, altered.subject) == (sha256, f"recording/{sha256}")
    assert "保护措施" in clauses_of(altered, SHIPPED)[1].quote
    original.write_bytes(b"as it was")


# --- cases ----------------------------------------------------------------------------------------


def decided(desk: Bureau, case: str, at: str) -> None:
    case_reached(desk.ledger, case, state=CaseState.DECIDED, reached=Reached(moment(at)))


def agreed(desk: Bureau, case: str, at: str) -> None:
    table = schema.case_records
    with desk.ledger.act() as act:
        row = {
            **act.numbered(table, owner="case_id", value=case),
            "kind": "REVIEW_OPINION",
            "at": time_text(moment(at)),
            "document_sha256": None,
            "body": dumps({"round": 1, "opinion": "AGREE"}).decode(),
            "person_id": None,
            "stated_at": act.at_text,
        }
        act.insert(table, row)
        act.enter("case.recorded", {"case": case})


def test_r_218_a_decision_dated_before_its_review_agreed_is_found_on_import(desk: Bureau) -> None:
    desk.clock.set("2024-05-20 08:00")
    early, right, small = (
        desk.case(number, is_major=is_major)
        for number, is_major in (("1", True), ("2", True), ("3", False))
    )
    for case in (early, right, small):
        decided(desk, case, "2024-05-01 10:00")
    agreed(desk, right, "2024-04-30 10:00")
    agreed(desk, early, "2024-05-03 10:00")
    unreviewed = the(desk, K.DECIDED_UNREVIEWED)
    assert (unreviewed.case, unreviewed.subject) == (early, f"case/{early}")
    said = "决定作出于 2024-05-01 10:00:00，法制审核同意于 2024-05-03 10:00:00"
    assert sentence_of(unreviewed)[0] == said
    assert clauses_of(unreviewed, SHIPPED)[0].quote == "未经法制审核或者审核未通过的,不得作出决定"


# --- answers --------------------------------------------------------------------------------------


def refused(code: str, desk: Bureau, finding: str, person: str) -> None:
    with pytest.raises(Refused) as caught:
        findings.approve(desk.ledger, finding, person=person)
    assert caught.value.code == "ANSWER_REFUSED"
    assert caught.value.facts["reasons"] == code


def test_an_answer_needs_two_persons_and_changes_nothing_else(desk: Bureau) -> None:
    holder, teller, boss = desk.officer(), desk.officer(), desk.officer()
    desk.clock.set("2024-06-03 08:00")
    recorder = equip(desk.house, desk.unit)
    out(desk, recorder, holder, until="2024-06-03 18:00")
    lose(desk, recorder, "2024-06-03 12:00")
    lost = the(desk, K.RECORDER_LOST)
    refused("NOT_EXPLAINED", desk, lost.id, boss)
    for text in ("", " ", "x" * 501, "\x00"):
        with pytest.raises(BadInput):
            findings.explain(desk.ledger, lost.id, said=Explanation(Cause.OTHER, text, teller))
    with pytest.raises(NotFound):
        findings.explain(desk.ledger, lost.id, said=Explanation(Cause.OTHER, "丢", "nobody"))
    findings.explain(desk.ledger, lost.number, said=Explanation(Cause.OTHER, "落水", teller))
    refused("SECOND_PERSON", desk, lost.id, teller)
    refused("APPROVER_IN_TEAM", desk, lost.id, holder)
    findings.approve(desk.ledger, lost.id, person=boss)
    accepted = the(desk, K.RECORDER_LOST)
    assert (accepted.state, accepted.explained_by) == (S.ACCEPTED, teller)
    assert accepted.events[0].texts == {"text": "落水"}
    text = str(desk.house.entries("finding.explained")[0])
    assert "落水" not in text
    assert "落水" not in "".join(row["body"] for row in desk.house.rows("finding_events"))
    lose(desk, recorder, "2024-06-09 08:00", Condition.SERVING)
    assert the(desk, K.RECORDER_LOST).state is S.CLOSED
    refused("FINDING_CLOSED", desk, lost.id, boss)


def test_r_118_and_r_035_dealing_with_it_needs_its_own_and_names_who_answers(desk: Bureau) -> None:
    boss, officer = desk.officer(), desk.officer()
    lose(desk, equip(desk.house, desk.unit), "2024-06-03 12:00")
    lost = the(desk, K.RECORDER_LOST)
    with pytest.raises(Refused) as caught:
        findings.triage(desk.ledger, lost.id, route=Route(Triage.SCHEDULED), by=boss)
    assert caught.value.facts["reasons"] == "TRIAGE_PERSON TRIAGE_DEADLINE"
    soon = Route(Triage.SCHEDULED, officer, "soon")
    with pytest.raises(BadInput):
        findings.triage(desk.ledger, lost.id, route=soon, by=boss)
    by_june = Route(Triage.SCHEDULED, officer, "2024-06-30")
    named = Responsible(head=boss, direct=(officer,))
    findings.triage(desk.ledger, lost.id, route=by_june, by=boss, responsible=named)
    referred = Route(Triage.REFERRED, recipient="纪委监委", document="〔2024〕1号")
    findings.triage(desk.ledger, lost.id, route=referred, by=boss)
    first, last = the(desk, K.RECORDER_LOST).events
    assert (first.body["person"], first.body["head"], first.body["direct"]) == (
        *(officer, boss, [officer]),
    )
    assert last.texts == {"recipient": "纪委监委", "document": "〔2024〕1号"}
    assert the(desk, K.RECORDER_LOST).state is S.OPEN


def test_r_042_a_report_before_the_detection_is_remembered_with_the_finding(desk: Bureau) -> None:
    officer = desk.officer()
    desk.clock.set("2024-05-16 12:00")
    told, silent = equip(desk.house, desk.unit), equip(desk.house, desk.unit)
    said = Explanation(Cause.DEVICE_FAILURE, "掉进河里", officer)
    findings.report_oneself(desk.ledger, f"recorder/{told}", said=said)
    for recorder in (told, silent):
        lose(desk, recorder, "2024-05-17 02:00")
    by_subject = {one.subject: one for one in found(desk, K.RECORDER_LOST)}
    own = by_subject[f"recorder/{told}"]
    assert own.self_reported
    assert (own.events[0].event, own.events[0].person) == (E.SELF_REPORTED, officer)
    assert own.state is S.OPEN
    assert not by_subject[f"recorder/{silent}"].self_reported
    for subject in ("recorder/none", "action/none", "unit/x", "nonsense"):
        with pytest.raises(NotFound):
            findings.report_oneself(desk.ledger, subject, said=said)


# --- following ------------------------------------------------------------------------------------


def test_two_who_follow_at_once_open_each_finding_once(either: Bureau) -> None:
    for _ in range(12):
        lose(either, equip(either.house, either.unit), "2024-06-04 09:00")
    together = threading.Barrier(3)

    def run() -> None:
        together.wait()
        follow(either.ledger)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found(either, K.RECORDER_LOST)) == 12
    assert len(either.house.entries("finding.opened")) == len(found(either))
    numbers = [one.number for one in found(either)]
    assert len(set(numbers)) == len(numbers)


def test_whoever_begins_anew_finds_the_same(desk: Bureau) -> None:
    """The position is operational: it may be lost, and nothing is opened twice."""
    recorder = equip(desk.house, desk.unit)
    lose(desk, recorder, "2024-06-04 09:00")
    before = found(desk)
    with desk.house.site.database.locked() as connection:
        connection.execute(schema.finding_follow.delete())
    assert follow(desk.ledger) == 0
    assert found(desk) == before
    entries = desk.house.count("entries")
    assert follow(desk.ledger) == 0
    assert desk.house.count("entries") == entries


def test_pages_and_counts_by_state(either: Bureau) -> None:
    officer, boss = either.officer(), either.officer()
    for _ in range(4):
        lose(either, equip(either.house, either.unit), "2024-06-04 09:00")
    one, two, three, _ = found(either, K.RECORDER_LOST)
    for finding in (one, two, three):
        said = Explanation(Cause.OTHER, "查", officer)
        findings.explain(either.ledger, finding.id, said=said)
    for finding in (two, three):
        findings.approve(either.ledger, finding.id, person=boss)
    lose(either, three.subject.partition("/")[2], "2024-06-05 09:00", Condition.SERVING)
    follow(either.ledger)
    lost = Wanted(kinds=(K.RECORDER_LOST,))
    with either.house.site.database.read() as connection:
        assert finding_rows.counts(connection, lost) == dict.fromkeys(FindingState, 1)
        for state in FindingState:
            wanted = Wanted(states=(state,), kinds=lost.kinds)
            (only,) = finding_rows.page(connection, wanted)
            assert only.state is state
        first = finding_rows.page(connection, lost, limit=3)
        rest = finding_rows.page(connection, lost, before=finding_rows.cursor(first[-1]))
        assert {one.id for one in first} & {one.id for one in rest} == set()
        assert len(first) + len(rest) == 4
        with pytest.raises(BadInput):
            finding_rows.page(connection, lost, before="x")
