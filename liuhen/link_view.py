"""How commands show links, what waits, and the coverage of an action."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from cases import assess
from cases.assess import Assessed
from cases.inbox import Waiting
from cases.links import Link, LinkState
from evidence.canonical import Json
from evidence.entry import time_text
from evidence.linking import Candidate, LinkReason
from liuhen.arguments import shown_moment
from liuhen.output import Output
from liuhen.register_view import UNKNOWN, all_said, both, listed
from storage.site import Site

STATES: Mapping[LinkState, tuple[str, str]] = {
    LinkState.LINKED: ("已关联", "linked"),
    LinkState.UNLINKED: ("待关联", "waits for its action"),
    LinkState.WORKING_MATERIAL: ("工作资料", "working material"),
}
LINK_COLUMNS = (
    "关联 link",
    "录像 recording",
    "执法活动 action",
    "依据 basis",
    "时间 at",
    "解除 ended",
)
WAITING_COLUMNS = (
    "录像 recording",
    "记录仪 recorder",
    "入库 since",
    "逾期 late",
    "候选 candidates",
)


def link_row(one: Link) -> tuple[str, ...]:
    """A link as a row."""
    basis = "、".join(both(LinkReason(reason)) for reason in one.reasons) or one.basis.value
    ended = "" if one.ended_at is None else shown_moment(one.ended_at)
    return one.id[:16], one.recording[:16], one.action, basis, shown_moment(one.stated_at), ended


def link_json(one: Link) -> dict[str, Json]:
    """A link as an object."""
    by: list[Json] = [] if one.ended_by is None else list(one.ended_by)
    return {
        "link": one.id,
        "recording": one.recording,
        "action": one.action,
        "basis": one.basis.value,
        "reasons": all_said(LinkReason(reason) for reason in one.reasons),
        "person": one.person,
        "stated_at": time_text(one.stated_at),
        "ended_at": None if one.ended_at is None else time_text(one.ended_at),
        "end_reason": one.end_reason,
        "ended_by": by,
    }


def waiting_row(one: Waiting, *, is_late: bool) -> tuple[str, ...]:
    """What waits as a row."""
    found = "；".join(f"{c.action}（{listed(c.reasons)[0]}）" for c in one.candidates)
    late = "是" if is_late else ""
    since = shown_moment(one.since)
    return one.recording[:16], one.recorder or UNKNOWN, since, late, found or UNKNOWN


def waiting_json(one: Waiting, *, due: datetime, is_late: bool) -> dict[str, Json]:
    """What waits as an object."""
    return {
        "recording": one.recording,
        "recorder": one.recorder,
        "since": time_text(one.since),
        "due": time_text(due),
        "overdue": is_late,
        "candidates": [_candidate(found) for found in one.candidates],
    }


def _candidate(one: Candidate) -> dict[str, Json]:
    reasons = all_said(one.reasons)
    return {"action": one.action, "overlap_s": one.overlap_s, "reasons": reasons}


def coverage_of(site: Site, action: str) -> list[Assessed]:
    """Every result of an action, the last last."""
    with site.database.read() as connection:
        return assess.history(connection, action)


def say_coverage(output: Output, found: Sequence[Assessed]) -> None:
    """The last result with its gaps, then when each result came."""
    if not found:
        output.say("尚未评定：活动没有起止时间", "Not assessed: the action has no interval yet")
        return
    output.say(f"评定：{both(found[-1].verdict)}", f"Verdict: {found[-1].verdict}")
    rows = list(_gaps(found[-1].body))
    output.table(("内容 what", "起 from", "止 to", "秒 seconds"), rows)
    results = ((str(one.number), both(one.verdict), shown_moment(one.assessed_at)) for one in found)
    output.table(("次 number", "结论 verdict", "时间 at"), results)


def _gaps(body: Mapping[str, Json]) -> Iterable[tuple[str, ...]]:
    for modality, word in (("video", "图像 picture"), ("audio", "声音 sound")):
        said = body[modality]
        spans = said["gaps"] if isinstance(said, dict) else None
        for span in spans if isinstance(spans, list) else ():
            if isinstance(span, dict):
                yield word, str(span["from"]), str(span["to"]), str(span["seconds"])
