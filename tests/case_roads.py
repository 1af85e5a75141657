"""Roads over HTTP that several tests take: cases, actions, what is written and what is filmed."""

from pathlib import Path

from evidence.case_vocabulary import MetadataGroup
from tests.case_service import Browser, Desk
from tests.casework import PAPER, moment
from tests.filming import Outing, between, bring_back, dock, hand_out

DAY = "2024-05-16"


def at(time: str, day: str = DAY) -> str:
    """A moment in China as requests say it."""
    return moment(f"{day} {time}").isoformat()


def case_of(browser: Browser, unit: str, number: str) -> str:
    """A case that is under investigation."""
    given = {"number": number, "unit": unit, "category": "COMPULSION", "power_item": "0217"}
    case: str = browser.post("/api/cases", given)["id"]
    for state in ("FILED", "INVESTIGATING"):
        browser.post(f"/api/cases/{case}/steps", {"to": state})
    return case


def action_of(browser: Browser, unit: str, kind: str, case: str | None, *people: str) -> str:
    """A planned action of a case with these people, the first of them its lead."""
    given = {
        "unit": unit,
        "type": kind,
        "category": "COMPULSION",
        "power_item": "0217",
        "case": case,
        "place": "某街一号",
    }
    action: str = browser.post("/api/actions", given)["id"]
    roles = ["LEAD", *["ASSIST"] * (len(people) - 1)]
    members = [
        {"person": one, "role": role, "is_recorder_person": not place}
        for place, (one, role) in enumerate(zip(people, roles, strict=True))
    ]
    browser.post(f"/api/actions/{action}/team", {"members": members})
    return action


def written_up(browser: Browser, action: str, *signers: str, has_paper: bool = True) -> None:
    """All that an action needs beside its footage, or all but the document."""
    road = f"/api/actions/{action}"
    for group in MetadataGroup:
        browser.post(f"{road}/metadata", {"group": group.value, "text": "如实"})
    browser.post(f"{road}/identity", {"mode": "SHOWN"})
    browser.post(f"{road}/awareness", {"mode": "VISIBLE_DEVICE"})
    if not has_paper:
        return
    document = {"code": "现场笔录", "template": "T-1", "document_sha256": PAPER}
    browser.post(f"{road}/documents", document)
    for signer in (*signers, "COUNTERPART"):
        browser.post(f"{road}/signatures", {"document_sha256": PAPER, "signer": signer})


def taken_out(there: Desk, recorder: str, holder: str, day: str = DAY) -> None:
    """Has somebody take a recorder out for the day."""
    hand_out(there.office, recorder, Outing(holder, f"{day} 08:00", f"{day} 18:00", 0))


def filmed(
    there: Desk, folder: Path, recorder: str, *clips: tuple[str, str], day: str = DAY
) -> list[str]:
    """Has a recorder brought back at six and docked with these clips; returns their digests."""
    bring_back(there.office, recorder, f"{day} 18:00", ahead_ms=0)
    return dock(there.office, folder, recorder, clips=[between(*clip, day=day) for clip in clips])


def took_place(
    there: Desk, lead: Browser, action: str, start: str, end: str, *, day: str = DAY
) -> None:
    """Begins an action and ends it, each when it is so."""
    there.office.clock.set(f"{day} {start}")
    lead.post(f"/api/actions/{action}/start")
    there.office.clock.set(f"{day} {end}")
    there.office.clock()
    lead.post(f"/api/actions/{action}/end", {"start": at(start, day), "end": at(end, day)})
