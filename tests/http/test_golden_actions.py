"""G-04, G-09, G-12 and G-15 to G-17, as people at their browsers, each on a day of its own.

One bureau behind one server serves all of them: what a scenario leaves there concerns its own day.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from devices import places
from devices.places import NewPlace
from evidence.places import PlaceKind
from evidence.vocabulary import Role
from tests.case_roads import (
    action_of,
    at,
    case_of,
    filmed,
    taken_out,
    took_place,
    written_up,
)
from tests.case_service import Browser, Desk, desk
from tests.casework import PAPER, moment
from tests.filming import Clip, Outing, between, bring_back, camera, dock, hand_out


@dataclass
class Bureau:
    """A desk with two officers, an auxiliary, a supervisor and a reviewer."""

    there: Desk
    folder: Path
    one: str
    two: str
    helper: str
    lead: Browser
    head: Browser
    reviewer: Browser
    cameras: list[str]
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def camera(self) -> str:
        """A body camera that nobody had before."""
        return self.cameras.pop()

    def card(self) -> Path:
        """A folder for cards."""
        return self.folder / f"cards{next(self.numbers)}"

    def action(self, kind: str, day: str, *people: str, case: str | None = None) -> str:
        """A planned action of these people, or of both officers, at eight of a day."""
        self.there.office.clock.set(f"{day} 08:00")
        return action_of(self.lead, self.there.office.unit, kind, case, *(people or self.both))

    @property
    def both(self) -> tuple[str, str]:
        """The two officers."""
        return self.one, self.two

    def coverage(self, action: str) -> Any:  # noqa: ANN401 - JSON
        """The newest assessment."""
        return self.lead.get(f"/api/actions/{action}")["coverage"]

    def findings(self, kind: str, action: str) -> int:
        """How many findings of a kind there are of an action."""
        found = self.head.get("/api/findings", kind=kind)["findings"]
        return sum(one["action"] == action for one in found)


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    folder = tmp_path_factory.mktemp("bureau")
    with desk(folder) as there:
        one, two = there.office.officer(), there.office.officer()
        lead = there.at(one, Role.OFFICER)
        head, reviewer = there.at(None, Role.SUPERVISOR), there.at(None, Role.REVIEWER)
        cameras = [camera(there.office, f"77000{number:02}") for number in range(12)]
        there.office.stated(date(2024, 7, 1), "WL")
        there.office.stated(date(2024, 8, 1), "ZJ")
        helper = there.office.auxiliary()
        yield Bureau(there, folder, one, two, helper, lead, head, reviewer, cameras)


def test_g04_two_officers_or_no_start_and_what_became_of_them(bureau: Bureau) -> None:
    day, lead = "2024-04-18", bureau.lead
    action = bureau.action("EVIDENCE_TAKING", day, bureau.one, bureau.helper)
    road = f"/api/actions/{action}"
    lead.post(f"{road}/decision", {"choice": "RECORD", "reason": "取证"})
    bureau.there.office.clock.set(f"{day} 14:59")
    recorder = bureau.camera()
    taken_out(bureau.there, recorder, bureau.one, day)
    bureau.there.office.clock.set(f"{day} 15:00")
    assert lead.codes(f"{road}/start") == ["TEAM_TOO_SMALL"]
    [block] = [
        one
        for one in lead.get(road)["blocks"]
        if "TEAM_TOO_SMALL" in [each["code"] for each in one["refusals"]]
    ]
    assert block["refusals"][0]["clauses"]
    there: list[dict[str, Any]] = [
        {"person": bureau.one, "role": "LEAD", "is_recorder_person": True},
        {"person": bureau.two, "role": "ASSIST"},
        {"person": bureau.helper, "role": "ASSIST"},
    ]
    lead.post(f"{road}/team", {"members": there})
    took_place(bureau.there, lead, action, "15:00:00", "15:45:00", day=day)
    for member, left in zip(there, ("15:35:00", "15:20:00", None), strict=True):
        member["left"] = None if left is None else at(left, day)
    lead.post(f"{road}/team", {"members": there})
    coverage = bureau.coverage(action)
    assert sum(one["seconds"] for one in coverage["team_below"]) == 1500
    assert sum(one["seconds"] for one in coverage["aux_alone"]) == 600
    assert bureau.findings("TEAM_BELOW_TWO", action) + bureau.findings("AUX_ALONE", action) == 1


def test_g09_a_clock_that_drifts_is_corrected_and_one_too_far_off_waits(bureau: Bureau) -> None:
    found: dict[int, Any] = {}
    for day, ahead_s in (("2024-05-14", 100), ("2024-05-15", 301)):
        recorder = bureau.camera()
        action = bureau.action("SEAL_UP", day)
        out = Outing(bureau.one, f"{day} 08:00:00", f"{day} 18:00", 0)
        hand_out(bureau.there.office, recorder, out)
        took_place(bureau.there, bureau.lead, action, "13:00:00", "13:30:00", day=day)
        bring_back(bureau.there.office, recorder, f"{day} 18:00", ahead_ms=ahead_s * 1000)
        clips = [between("13:00:50", "13:30:55", day)]
        (recording,) = dock(bureau.there.office, bureau.card(), recorder, clips=clips)
        found[ahead_s] = action, recording
    action, _ = found[100]
    coverage = bureau.coverage(action)
    assert (coverage["verdict"]["code"], coverage["video"]["seconds"]) == ("FULL", 1800)
    action, recording = found[301]
    [waits] = [
        one for one in bureau.lead.get("/api/inbox")["waiting"] if one["recording"] == recording
    ]
    reasons = [one["code"] for one in waits["candidates"][0]["reasons"]]
    assert reasons[-1] == "CLOCK_UNTRUSTED"
    bureau.lead.post(f"/api/recordings/{recording}/links", {"action": action})
    coverage = bureau.coverage(action)
    assert coverage["verdict"]["code"] == "NONE"
    [excluded] = coverage["excluded"]
    assert excluded["reason"]["code"] == "CLOCK_UNTRUSTED"
    anchor = {"device_at": at("13:00:50", "2024-05-15"), "true_at": at("13:00:00", "2024-05-15")}
    road = f"/api/recordings/{recording}/anchor"
    assert bureau.lead.ask("POST", road, json={**anchor, "note": "画面钟"}).status_code == 403
    bureau.reviewer.post(road, {**anchor, "note": "画面钟"})
    assert bureau.coverage(action)["verdict"]["code"] == "FULL"


def exempted(bureau: Bureau, action: str) -> list[str]:
    """What stands against a text instead of a recording, which the head is asked for."""
    given = {"documents": [PAPER], "signers": [*bureau.both], "reason": "检查笔录完整"}
    proposal = bureau.lead.post(f"/api/actions/{action}/exemptions", given)["id"]
    return bureau.head.codes(f"/api/proposals/{proposal}/approve")


def test_g12_the_same_inspection_in_other_jurisdictions(bureau: Bureau) -> None:
    wulong, zhijiang, filmed_only = "2024-07-18", "2024-08-20", "2024-08-21"
    action = bureau.action("INSPECTION", wulong)
    taken_out(bureau.there, bureau.camera(), bureau.one, wulong)
    assert exempted(bureau, action) == ["EXEMPTION_FORBIDDEN"]
    took_place(bureau.there, bureau.lead, action, "09:30:00", "10:10:00", day=wulong)
    bureau.there.office.clock.set("2024-07-20 09:00")
    coverage = bureau.coverage(action)
    assert (coverage["verdict"]["code"], coverage["video"]["gaps"][0]["seconds"]) == ("NONE", 2400)

    action = bureau.action("INSPECTION", zhijiang)
    assert exempted(bureau, action) == []
    took_place(bureau.there, bureau.lead, action, "09:30:00", "10:10:00", day=zhijiang)
    assert bureau.coverage(action)["verdict"]["code"] == "TEXT_EXEMPT"

    action, recorder = bureau.action("INSPECTION", filmed_only), bureau.camera()
    decided = {"choice": "RECORD", "reason": "易生争议"}
    bureau.lead.post(f"/api/actions/{action}/decision", decided)
    taken_out(bureau.there, recorder, bureau.one, filmed_only)
    took_place(bureau.there, bureau.lead, action, "09:30:00", "10:10:00", day=filmed_only)
    filmed(bureau.there, bureau.card(), recorder, ("09:29:00", "10:11:00"), day=filmed_only)
    written_up(bureau.lead, action, has_paper=False)
    assert bureau.coverage(action)["verdict"]["code"] == "FULL"
    assert bureau.lead.codes(f"/api/actions/{action}/settle") == ["MISSING_DOC"]


def test_g15_covert_footage_is_kept_and_counts_for_nothing(bureau: Bureau) -> None:
    day, office = "2024-04-10", bureau.there.office
    seen, pocket, fixed = bureau.camera(), bureau.camera(), bureau.camera()
    since = moment("2024-01-01 08:00")
    office.clock.set(f"{day} 07:00")
    room = places.add_place(
        office.ledger, NewPlace("询问室", office.unit, PlaceKind.INQUIRY_ROOM, since)
    )
    places.fit(office.ledger, fixed, place=room, since=since)
    action = bureau.action("SEIZURE", day)
    bureau.lead.post(
        f"/api/actions/{action}/statement",
        {
            "unit": office.unit,
            "type": "SEIZURE",
            "category": "COMPULSION",
            "power_item": "0217",
            "room": room,
        },
    )
    for recorder, holder in ((seen, bureau.one), (pocket, bureau.two)):
        taken_out(bureau.there, recorder, holder, day)
    took_place(bureau.there, bureau.lead, action, "14:00:00", "15:00:00", day=day)
    clip = ("14:00:00", "15:00:00")
    (visible,) = filmed(bureau.there, bureau.card(), seen, clip, day=day)
    bring_back(office, pocket, f"{day} 18:05", ahead_ms=0)
    hidden_clip = Clip(f"{day} 14:00:00", 3600, sound_only=True)
    (hidden,) = dock(office, bureau.card(), pocket, clips=[hidden_clip])
    (signed,) = dock(office, bureau.card(), fixed, clips=[between(*clip, day)])
    road = f"/api/actions/{action}/awareness"
    for recording, mode in ((visible, "VISIBLE_DEVICE"), (signed, "SIGNAGE"), (hidden, "NONE")):
        said = {"mode": mode, "recording": recording, "sign": "S-3" if mode == "SIGNAGE" else None}
        bureau.lead.post(road, said)
    coverage = bureau.coverage(action)
    assert coverage["verdict"]["code"] == "FULL"
    assert {one["recording"] for one in coverage["footage"]} == {visible, signed}
    [excluded] = coverage["excluded"]
    assert (excluded["recording"], excluded["reason"]["code"]) == (hidden, "COVERT")
    found = bureau.head.get("/api/findings", kind="COVERT")["findings"]
    assert [one["recording"] for one in found] == [hidden]
    kept = bureau.lead.get(f"/api/recordings/{hidden}/cases")
    assert [one["code"] for one in kept["aside"]] == ["COVERT"]


def test_g16_signatures_refusal_and_witness(bureau: Bureau) -> None:
    day, lead = "2024-05-20", bureau.lead
    action = bureau.action("INSPECTION", day)
    road = f"/api/actions/{action}"
    lead.post(f"{road}/decision", {"choice": "NOT_RECORD", "reason": "例行"})
    took_place(bureau.there, lead, action, "09:30:00", "10:00:00", day=day)
    written_up(lead, action, bureau.one)
    assert lead.codes(f"{road}/settle") == ["SIGNATURES"]
    [block] = [
        one for one in lead.get(road)["blocks"] if one["refusals"][0]["code"] == "SIGNATURES"
    ]
    assert block["refusals"][0]["words"]["zh"] == "在场执法人员签名 1/2"
    lead.post(f"{road}/signatures", {"document_sha256": PAPER, "signer": bureau.two})
    refused = {"document_sha256": PAPER, "signer": "COUNTERPART", "result": "REFUSED"}
    lead.post(f"{road}/signatures", refused)
    assert lead.codes(f"{road}/settle") == ["REFUSAL_NOTE"]
    lead.post(f"{road}/signatures", {**refused, "note": "拒绝签名", "noted_by": bureau.one})
    lead.post(f"{road}/witnesses", {"name": "某辅警", "person": bureau.helper})
    lead.post(f"{road}/signatures", {"document_sha256": PAPER, "signer": "WITNESS"})
    assert lead.codes(f"{road}/settle") == ["WITNESS_OF_BUREAU"]


def test_g17_each_recording_is_fixed_before_the_case_is_closed(bureau: Bureau) -> None:
    day, lead = "2024-06-18", bureau.lead
    recorder = bureau.camera()
    taken_out(bureau.there, recorder, bureau.one, day)
    case = case_of(lead, bureau.there.office.unit, "拆17")
    action = bureau.action("FORCED_DEMOLITION", day, case=case)
    taken_out(bureau.there, bureau.camera(), bureau.one, day)
    took_place(bureau.there, lead, action, "09:00:00", "10:00:00", day=day)
    quarters = [(f"09:{at_:02}:00", f"09:{at_ + 15:02}:00") for at_ in (0, 15, 30)]
    clips = [*quarters, ("09:45:00", "10:00:00")]
    recordings = filmed(bureau.there, bureau.card(), recorder, *clips, day=day)
    written_up(lead, action, *bureau.both)
    lead.post(f"/api/actions/{action}/settle")
    steps = f"/api/cases/{case}/steps"
    for to in ("DECIDED", "SERVED", "EXECUTED"):
        lead.post(steps, {"to": to, "document_sha256": PAPER, "outcome": "强制拆除"})
    fixing = f"/api/cases/{case}/fixations"
    for some in (recordings[:2], recordings[2:3]):
        lead.post(fixing, {"document_sha256": PAPER, "recordings": some})
    bureau.there.office.clock.set("2024-06-20 16:00")
    assert lead.codes(steps, {"to": "CLOSED"}) == ["NOT_FIXED"]
    said = str(lead.get(f"/api/cases/{case}")["blocks"])
    assert recordings[3][:8] in said
    assert recordings[0][:8] not in said
    bureau.there.office.clock.set("2024-06-21 09:30")
    tag = {"recording": recordings[0], "bearing": "FOR", "note": "当事人配合"}
    assert lead.ask("POST", f"/api/cases/{case}/tags", json=tag).status_code == 403
    bureau.reviewer.post(f"/api/cases/{case}/tags", tag)
    [tagged] = [
        one
        for one in bureau.head.get(f"/api/cases/{case}")["records"]
        if one["kind"]["code"] == "TAG"
    ]
    assert (tagged["facts"]["bearing"], tagged["texts"]) == ("FOR", {"note": "当事人配合"})
    lead.post(fixing, {"document_sha256": PAPER, "recordings": recordings[3:]})
    lead.post(steps, {"to": "CLOSED"})
    assert lead.codes(steps, {"to": "ARCHIVED"}) == ["STAGE_MISSING"]
    stage = {"stage": "START", "document_sha256": PAPER}
    lead.post(f"/api/cases/{case}/stages", stage)
    lead.post(steps, {"to": "ARCHIVED"})
    shown = lead.get(f"/api/cases/{case}")
    assert shown["case"]["state"]["code"] == "ARCHIVED"
    assert sorted(shown["recordings"]) == sorted(recordings)
