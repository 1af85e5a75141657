"""Reports of cases: the same values as objects, spreadsheets and pages, each gap with its proof."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from cases import records
from cases.auxiliary_report import auxiliary_json, auxiliary_report, see_auxiliaries
from cases.coverage_report import coverage_json, coverage_report, see_coverage
from cases.docking_report import docking_json, docking_report, see_docking
from cases.finding_follow import follow
from cases.reading import TeamMember
from cases.report_rows import Asked
from cases.team import state_team
from cases.unlinked_report import see_unlinked, unlinked_json, unlinked_report
from evidence.case_vocabulary import ActionType, RecordChoice, TeamRole
from evidence.errors import BadInput
from evidence.report import Report
from people import units
from render.pdf import FACE, FONTS, as_pdf
from render.sheets_out import as_excel
from storage.site import SitePlan
from tests.casework import Bureau, bureau, moment
from tests.cli import call
from tests.filming import Outing, between, bring_back, camera, dock, hand_out
from tests.reports import formulas_in, sheets_of, text_of

DAY = date(2024, 4, 10)
needs_font = pytest.mark.skipif(
    not (FONTS / FACE).is_file(), reason="the typeface of PDF reports was not fetched"
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """A day: a demolition with a gap, a seizure that is whole, a team that thinned out."""
    folder = tmp_path_factory.mktemp("office")
    with bureau(SitePlan(folder / "site")) as made:
        units.add_unit(made.ledger, name="二中队", parent=made.unit)
        live_a_day(made, folder)
        yield made


def live_a_day(office: Bureau, folder: Path) -> None:
    first, second = camera(office, "1111111"), camera(office, "2222222")
    team = [office.officer(), office.officer()]
    hand_out(office, first, Outing(team[0], "2024-04-10 08:00", "2024-04-10 18:00"))
    hand_out(office, second, Outing(team[1], "2024-04-10 08:05", "2024-04-10 18:00"))
    case = office.case("〔2024〕15号")
    demolition = office.action(ActionType.FORCED_DEMOLITION, *team, case=case)
    seizure = office.action(ActionType.SEIZURE, *team)
    office.clock.set("2024-04-10 16:00")
    office.lasted(demolition, "2024-04-10 09:00", "2024-04-10 11:00", by=team[0])
    office.lasted(seizure, "2024-04-10 14:00", "2024-04-10 15:00", by=team[0])
    clips = [between("09:00:00", "10:10:00"), between("10:11:30", "11:00:00")]
    clips += [between("14:00:00", "15:00:00"), between("15:30:00", "15:31:00")]
    dock(office, folder, first, clips=clips)
    thin_out(office, *team)
    bring_back(office, first, "2024-04-10 17:00")
    office.clock.set("2024-04-15 12:00")
    follow(office.ledger)


def thin_out(office: Bureau, lead: str, second: str) -> None:
    """An evidence-taking at which an auxiliary was left alone."""
    auxiliary = office.auxiliary()
    office.clock.set("2024-04-10 11:30")
    action = office.action(ActionType.EVIDENCE_TAKING, lead, second, auxiliary)
    said = office.said(lead)
    choice = RecordChoice.NOT_RECORD
    records.decide(office.ledger, action, said=said, choice=choice, reason="涉及隐私")
    office.clock.set("2024-04-10 16:00")
    members = [
        TeamMember(lead, TeamRole.LEAD, is_recorder_person=True, left=moment("2024-04-10 12:35")),
        TeamMember(second, TeamRole.ASSIST, left=moment("2024-04-10 12:20")),
        TeamMember(auxiliary, TeamRole.ASSIST),
    ]
    state_team(office.ledger, action, members=members)
    office.lasted(action, "2024-04-10 12:00", "2024-04-10 12:45", by=lead)


def asked(office: Bureau, first: date = DAY, last: date = DAY) -> Asked:
    return Asked(first, last, office.clock.now)


def excel(report: Report, office: Bureau) -> Any:  # noqa: ANN401
    data = as_excel(report, made_at=office.clock.now)
    assert formulas_in(data) == 0
    return sheets_of(data)


@pytest.fixture
def look(office: Bureau) -> Iterator[Connection]:
    with office.house.site.database.read() as connection:
        yield connection


def test_rates_and_gaps_with_their_proof(office: Bureau, look: Connection) -> None:
    seen = see_coverage(look, asked(office))
    found: Any = coverage_json(seen)
    total = found["total"]
    assert (total["actions"], total["recording"]["text"]) == (3, "50.0 %")
    assert total["recording"] == {
        "good": 1,
        "judged": 2,
        "pending": 0,
        "unknown": 0,
        "per_mille": 500,
        "text": "50.0 %",
    }
    assert (total["outings"]["good"], total["outings"]["judged"]) == (1, 2)
    assert (total["recordings"]["good"], total["recordings"]["judged"]) == (4, 4)
    idle = next(one for one in found["units"] if one["name"] == "二中队")
    assert (idle["actions"], idle["recording"]["text"], idle["outings"]["judged"]) == (0, "—", 0)
    (demolition,) = found["gaps"]
    assert demolition["case_number"] == "〔2024〕15号"
    assert [(gap["modality"], gap["seconds"]) for gap in demolition["gaps"]] == [
        *(("VIDEO", 90), ("AUDIO", 90)),
    ]
    log = office.house.entries()
    assert log[demolition["entry"]].facts["sha256"] == demolition["assessment"]
    assert len(demolition["recordings"]) == 2
    for one in demolition["recordings"]:
        assert log[one["entry"]].act == "recording.sealed"
        assert log[one["entry"]].facts["recording"] == one["recording"]
    assert any("全程音像记录" in clause["quote"] for clause in found["clauses"])


def test_the_spreadsheet_says_the_same(office: Bureau, look: Connection) -> None:
    seen = see_coverage(look, asked(office))
    sheets = excel(coverage_report(seen), office)
    rows = {row[0]: row for row in sheets["各单位"][1:]}
    assert set(rows) == {"局", "二中队"}
    assert rows["局"][1:7] == [3, 2, 1, 0, 0, "50.0 %"]
    assert rows["二中队"][1:] == [0, 0, 0, 0, 0, "—", 0, 0, 0, "—", 0, 0, 0, "—"]
    gaps = sheets["缺口"][1:]
    assert [row[5:] for row in gaps] == [
        ["98.75 %", name, "2024-04-10 10:10:00", "2024-04-10 10:11:30", 90]
        for name in ("图像 picture", "声音 sound")
    ]
    proofs = sheets["缺口的证明"][1:]
    assert [len(str(row[2])) for row in proofs] == [64] * 3
    facts = [str(row) for row in sheets["概况"]]
    assert any("舍去尾数" in fact for fact in facts)


def test_other_days_and_units_hold_nothing_and_are_not_left_out(
    office: Bureau, look: Connection
) -> None:
    before = asked(office, DAY - timedelta(days=9), DAY - timedelta(days=1))
    found: Any = coverage_json(see_coverage(look, before))
    assert (found["total"]["actions"], len(found["units"]), found["gaps"]) == (0, 2, [])
    idle = next(one.id for one in units.all_units(look) if one.name == "二中队")
    only = replace(asked(office), within=frozenset({idle}))
    found = coverage_json(see_coverage(look, only))
    assert [one["unit"] for one in found["units"]] == [idle]
    assert found["total"]["actions"] == found["total"]["outings"]["judged"] == 0
    for first, last, why in (
        (DAY, DAY - timedelta(days=1), "DAYS_ORDER"),
        (date(2099, 1, 1), date(2099, 1, 2), "REPORT_TO_COME"),
    ):
        with pytest.raises(BadInput) as caught:
            see_coverage(look, asked(office, first, last))
        assert caught.value.facts["why"] == why


def test_late_docking_names_holder_limit_and_finding(office: Bureau, look: Connection) -> None:
    seen = see_docking(look, asked(office))
    found: Any = docking_json(seen)
    (late,) = found["late"]
    assert (late["recorder"], late["came_at"]) == ("2222222", None)
    assert late["finding"].startswith("F-2024-")
    assert found["total"]["text"] == "50.0 %"
    limit = moment("2024-04-11 18:00")
    assert late["minutes_late"] == -(-(office.clock.now - limit) // timedelta(minutes=1))
    sheets = excel(docking_report(seen), office)
    assert sheets["逾期的领用"][1][0] == "2222222"
    assert sheets["逾期的领用"][1][6] == "未归还 still out"
    assert {row[0]: row[1:] for row in sheets["各单位"][1:]}["二中队"] == [0, 0, 0, "—"]


def test_unlinked_footage_is_there_with_how_late_it_is(office: Bureau, look: Connection) -> None:
    seen = see_unlinked(look, asked(office))
    found: Any = unlinked_json(seen)
    (waits,) = found["recordings"]
    assert found["total"] == {"waiting": 1, "late": 1}
    assert (waits["recorder"], waits["late"]) == ("1111111", True)
    assert waits["finding"].startswith("F-2024-")
    sheets = excel(unlinked_report(seen), office)
    assert sheets["未关联的录像"][1][0] == waits["recording"]
    assert sheets["未关联的录像"][1][7] == waits["hours_late"] == 44


def test_r_104_auxiliaries_alone_are_counted_in_seconds(office: Bureau, look: Connection) -> None:
    seen = see_auxiliaries(look, asked(office))
    found: Any = auxiliary_json(seen)
    (alone,) = found["actions"]
    assert (alone["alone_s"], alone["below_s"], alone["filmed_s"]) == (600, 1500, 0)
    assert found["total"] == {
        "actions": 3,
        "alone": 1,
        "alone_s": 600,
        "below": 1,
        "below_s": 1500,
    }
    sheets = excel(auxiliary_report(seen), office)
    row = sheets["行为"][1]
    assert row[4:8] == [600, 0, 1500, "2024-04-10 12:35:00 至 2024-04-10 12:45:00"]
    assert str(row[8]).startswith("人员")
    assert any("不得單獨從事" in str(line[3]) for line in sheets["条文依据"][1:])


@needs_font
def test_the_pages_say_the_same(office: Bureau, look: Connection) -> None:
    made_at = office.clock.now
    text = text_of(as_pdf(coverage_report(see_coverage(look, asked(office))), made_at=made_at))
    for said in ("执法音像记录覆盖情况报告", "〔2024〕15号", "98.75%", "10:11:30", "50.0%"):
        assert said in text
    for report in (
        docking_report(see_docking(look, asked(office))),
        unlinked_report(see_unlinked(look, asked(office))),
        auxiliary_report(see_auxiliaries(look, asked(office))),
    ):
        text = text_of(as_pdf(report, made_at=made_at))
        assert "".join(report.title[0].split()) in text
        assert "二中队" in text


def test_the_command_line_follows_first_and_puts_the_report_on_record(
    office: Bureau, tmp_path: Path
) -> None:
    target = tmp_path / "c.xlsx"
    data = office.house.site.plan.data
    days = ("--from", "2024-04-10", "--to", "2024-04-10")
    said = call("report", "coverage", target, *days, "--unit", "二中队", "--json", "--data", data)
    assert said.code == 0, said
    assert said.body["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    assert [row[0] for row in sheets_of(target.read_bytes())["各单位"][1:]] == ["二中队"]
    entry = office.house.entries("report.made")[-1]
    assert entry.facts["kind"] == "coverage"
    assert entry.facts["sha256"] == said.body["sha256"]
