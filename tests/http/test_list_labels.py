"""The list says what was found wrong with a recording, without losing its index."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from evidence.derivative import DerivativeKind, DerivativeState, MediaLabel
from evidence.vocabulary import Role
from storage import derivatives
from storage.derivatives import Derivative
from tests.serving import At, Clip, Serving, serve


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serve(tmp_path_factory.mktemp("served"), clips=(Clip.OWN, Clip.UNIT)) as opened:
        yield opened


def made(serving: Serving, kind: DerivativeKind, *labels: MediaLabel) -> Derivative:
    """A row that remarks on the officer's recording."""
    database, sha256 = serving.house.site.database, serving.recordings[Clip.OWN]
    [row] = [
        one for one in derivatives.of_recording(database, sha256) if one.kind == DerivativeKind.HLS
    ]
    return replace(row, kind=kind, facts={"labels": [label.value for label in labels]})


def labels_of(serving: Serving) -> dict[Clip, list[str]]:
    """What the list says of each recording."""
    with serving.logged_in(serving.person(Role.AUDITOR, At.ROOT)) as client:
        rows = client.get("/api/recordings").json()["recordings"]
    by_recording = {row["recording"]: row["labels"] for row in rows}
    return {clip: by_recording[sha256] for clip, sha256 in serving.recordings.items()}


def test_the_list_says_that_a_recording_is_damaged(own: Serving) -> None:
    before = labels_of(own)
    database = own.house.site.database
    damaged, silent = MediaLabel.DAMAGED, MediaLabel.SOUND_INCOMPLETE
    derivatives.record(database, made(own, DerivativeKind.PROBE, damaged))
    hls = made(own, DerivativeKind.HLS, damaged, silent)
    derivatives.record(database, hls)
    after = labels_of(own)
    assert after[Clip.OWN] == [*before[Clip.OWN], "DAMAGED", "SOUND_INCOMPLETE"]
    assert after[Clip.UNIT] == before[Clip.UNIT]
    derivatives.record(database, replace(hls, state=DerivativeState.FAILED, facts={}))
    assert labels_of(own)[Clip.OWN] == [*before[Clip.OWN], "DAMAGED"]


def test_the_labels_of_a_page_are_found_by_an_index(own: Serving) -> None:
    query = derivatives.labels_statement(own.recordings.values())
    with own.house.site.database.read() as connection:
        words = str(query.compile(connection.engine, compile_kwargs={"literal_binds": True}))
        plan = [str(row[3]) for row in connection.execute(text(f"EXPLAIN QUERY PLAN {words}"))]
    assert all(one.startswith("SEARCH derivatives USING INDEX") for one in plan), plan
