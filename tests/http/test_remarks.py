"""What is wrong with a recording, in both languages: from the row to the API and the command."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from evidence.canonical import Json
from evidence.derivative import DerivativeKind, DerivativeState
from evidence.remarks import Remark, RemarkCode
from evidence.vocabulary import Role
from storage import derivatives
from storage.making import Making, tell
from tests.cli import call
from tests.serving import At, Clip, Serving, serve

LINE = "[h264] Invalid NAL unit size (-1 > 551)."
SHORT = Remark(RemarkCode.SHORTER_THAN_CLAIMED, {"length": "5.46", "claimed": "8.84"})
BROKEN = Remark(RemarkCode.PICTURE_BROKEN, {"count": 5}, LINE)
TOLD: list[dict[str, Json]] = [
    {
        "code": "SHORTER_THAN_CLAIMED",
        "zh": "文件自称时长 8.84 秒，实际只能解码 5.46 秒",
        "en": "Only 5.46 s of the claimed 8.84 s decode",
        "detail": None,
    },
    {
        "code": "PICTURE_BROKEN",
        "zh": "画面数据有解码错误（至少 5 处），相应画面可能花屏或缺失",
        "en": (
            "Picture data does not decode cleanly (5 errors or more); pictures may be spoilt or "
            "missing"
        ),
        "detail": LINE,
    },
]


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A recording whose rendition says what is wrong, and whose poster could not be made."""
    with serve(tmp_path_factory.mktemp("damaged"), clips=[Clip.OWN]) as serving:
        database = serving.house.site.database
        [row] = _rows(serving, DerivativeKind.HLS)
        why = Remark(RemarkCode.STREAM_DAMAGED).json()
        facts: dict[str, Json] = {
            "reasons": [SHORT.json(), BROKEN.json()],
            "labels": ["DAMAGED"],
            "video": {"action": "TRANSCODE", "codec": "h264", "why": [why]},
            "sound": None,
        }
        derivatives.record(database, replace(row, facts=facts))
        failed = replace(
            row,
            kind=DerivativeKind.SHEET,
            state=DerivativeState.FAILED,
            facts={"message": "no keyframe decodes", "why": "NO_KEYFRAME"},
            files=(),
            code="NOT_PLAYABLE",
        )
        derivatives.record(database, failed)
        yield serving


@pytest.fixture
def auditor(damaged: Serving) -> Iterator[httpx.Client]:
    with damaged.logged_in(damaged.person(Role.AUDITOR, At.A)) as client:
        yield client


def _rows(serving: Serving, kind: DerivativeKind) -> list[derivatives.Derivative]:
    rows = derivatives.of_recording(serving.house.site.database, serving.recordings[Clip.OWN])
    return [row for row in rows if row.kind == kind]


def test_the_api_says_it_in_both_languages(damaged: Serving, auditor: httpx.Client) -> None:
    body = auditor.get(f"/api/recordings/{damaged.recordings[Clip.OWN]}").json()
    made = {one["kind"]: one for one in body["derivatives"]}
    assert [_flat(one) for one in made["HLS"]["remarks"]] == TOLD
    [why] = made["HLS"]["transcoded"]["video"]
    assert (why["code"], why["words"]["zh"]) == ("STREAM_DAMAGED", "数据有损坏")
    assert made["HLS"]["transcoded"]["sound"] == []
    assert made["SHEET"]["words"]["zh"] == (
        "无法由该文件生成预览：没有任何关键帧可以解码；原件完好保存"
    )


def test_failed_previews_say_why_in_both_languages(damaged: Serving) -> None:
    with damaged.logged_in(damaged.person(Role.ADMINISTRATOR, At.ROOT)) as client:
        [failed] = client.get("/api/jobs").json()["failed"]
    assert failed["words"]["zh"].startswith("无法由该文件生成预览：没有任何关键帧可以解码")
    assert "no keyframe decodes" in failed["words"]["en"]


def test_the_command_says_the_same(damaged: Serving) -> None:
    data = Path(damaged.house.site.plan.data)
    ready = call("--data", data, "jobs", "list", "--state", "READY", "--json").body
    assert [job["remarks"] for job in ready["jobs"] if job["kind"] == "HLS"] == [TOLD]
    failed = call("--data", data, "jobs", "list", "--json").body
    [job] = failed["jobs"]
    assert (job["code"], job["remarks"]) == ("NOT_PLAYABLE", [])
    assert "没有任何关键帧可以解码" in job["zh"]


def test_whoever_waits_is_told_what_is_being_made(damaged: Serving) -> None:
    site, recording = damaged.house.site, damaged.recordings[Clip.OWN]
    with (
        damaged.logged_in(damaged.person(Role.SUPERVISOR, At.ROOT)) as client,
        derivatives.drafting(site) as drafts,
    ):
        told = []
        for sha256 in ("0" * 64, recording):
            tell(drafts, Making(sha256, DerivativeKind.HLS, 41))
            told.append(client.get(f"/api/recordings/{recording}").json()["making"])
        assert told == [None, {"kind": "HLS", "percent": 41}]
        said = call("--data", site.plan.data, "jobs", "list", "--json").body["making"]
    assert said == [{"recording": recording, "kind": "HLS", "percent": 41}]


def _flat(found: dict[str, dict[str, str]]) -> dict[str, object]:
    return {**found["words"], "code": found["code"], "detail": found["detail"]}
