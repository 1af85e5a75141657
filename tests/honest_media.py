"""Rows of what recordings really hold for the honest store, on record."""

from collections.abc import Mapping

from evidence.canonical import Json
from evidence.personal import MEDIA_PLACE, REMARK
from tests.honest_people import Store


def add_media(store: Store) -> None:
    """Each recording measured once, the first one again with another tool."""
    for sha256 in store.contents:
        _measured(store, sha256, 0)
    _measured(store, next(iter(store.contents)), 1)


def add_links(store: Store) -> None:
    """What may be said of a recording once there are persons and an action."""
    sha256 = min(store.contents)
    about: Mapping[str, str | int] = {"recording_id": sha256, "number": 0}
    said = {"person_id": "p1", "stated_at": store.at}
    facts: dict[str, Json] = {"recording": sha256}
    store.row(
        "clock_anchors",
        id="recorder/DSJ-0007/0",
        subject="recorder/DSJ-0007",
        number=0,
        recorder_id="DSJ-0007",
        recording_id=None,
        device_at=store.at,
        true_at=store.at,
        note=store.personal(REMARK, "与报时台核对"),
        **said,
    )
    store.enter("clock.anchored", {"subject": "recorder/DSJ-0007"})
    note = store.personal(REMARK, "设备藏在衣袋中")
    aside = {"state": "QUARANTINED", "cause": "COVERT", "note": note}
    store.row("quarantines", id=f"{sha256}/0", **about, **aside, **said)
    store.enter("recording.quarantined", {**facts, "cause": "COVERT"})
    tied = {"action_id": "x1", "basis": "PERSON", "reasons": '["HOLDER","OVERLAP"]'}
    store.row("links", id=f"{sha256}/0", **about, **tied, **said)
    store.enter("recording.linked", {**facts, "action": "x1"})
    store.row(
        "segment_links",
        id=f"{sha256}/0",
        **about,
        action_id="x1",
        document_sha256="3" * 64,
        document_code="现场笔录",
        from_ms=1000,
        to_ms=2500,
        note=store.personal(REMARK, "出示证件"),
        **said,
    )
    store.enter("segment.linked", {**facts, "action": "x1"})
    _ended(store, sha256, facts)


def _ended(store: Store, sha256: str, facts: dict[str, Json]) -> None:
    store.row(
        "link_ends",
        id=f"{sha256}/0",
        reason=store.personal(REMARK, "认错了行动"),
        person_id="p1",
        second_person="p1",
        ended_at=store.at,
    )
    store.enter("recording.unlinked", {**facts, "action": "x1"})
    about: Mapping[str, str | int] = {"recording_id": sha256, "number": 0}
    said = {"answer": "NO_CASE", "person_id": "p1", "stated_at": store.at}
    store.row("link_answers", id=f"{sha256}/0", **about, **said)
    store.enter("recording.answered", {**facts, "answer": "NO_CASE"})
    result = {"verdict": "NONE", "body": '{"v":1}', "sha256": "4" * 64, "assessed_at": store.at}
    store.row("assessments", id="x1/0", action_id="x1", number=0, **result)
    store.enter("action.assessed", {"action": "x1", "verdict": "NONE"})


def _measured(store: Store, sha256: str, number: int) -> None:
    store.row(
        "media_facts",
        id=f"{sha256}/{number}",
        recording_id=sha256,
        number=number,
        tool=f"ffmpeg 5.{number}",
        video="[[0,5000000],[7000000,9000000]]",
        sound="[[0,9000000]]",
        labels='["DAMAGED"]',
        place=store.personal(MEDIA_PLACE, "+30.6700+107.8000/") if number else None,
        measured_at=store.at,
    )
    store.enter("media.measured", {"recording": sha256})
