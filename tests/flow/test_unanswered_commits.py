"""The connection breaks while an act is committed: it is on record once, whatever was heard."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evidence.errors import CommitUnknown, DatabaseUnavailable
from evidence.vocabulary import DockState
from ingest import acts
from ingest.acts import About
from storage.ledger import Ledger
from storage.site import SitePlan
from tests.cutting import Cut, Cutting, Due
from tests.databases import PostgresServer
from tests.docking import House, cards_in, open_house, put, wait_for

pytestmark = pytest.mark.postgres

FILES = {f"DCIM/A11_3100001_310001_2026090218{n:02}00_{n:04}.mp4": b"%d" % n for n in (1, 2, 4)}
AWAY_SECONDS = 1.0


@pytest.fixture
def cutting(postgres: PostgresServer) -> Iterator[Cutting]:
    with tempfile.TemporaryDirectory(prefix="liuhen-cut-") as folder:  # a socket's name is short
        made = Cutting(Path(folder), postgres)
        yield made
        made.close()


@pytest.fixture
def house(tmp_path: Path, cutting: Cutting, postgres_url: str) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "site", cutting.url(postgres_url))) as opened:
        yield opened


def once(words: str, cut: Cut) -> Due:
    """Breaks the first commit of something that holds these words."""
    done: list[bool] = []

    def due(sent: bytes) -> Cut | None:
        if done or words.encode() not in sent:
            return None
        done.append(True)
        return cut

    return due


def observe(house: House) -> None:
    acts.observe(house.site.ledger, "SEQUENCE_GAP", about=About(), facts={"numbers": "3"})


def test_an_act_that_was_committed_is_not_called_failed(house: House, cutting: Cutting) -> None:
    before = house.count("entries")
    cutting.due = once("observation.made", Cut.AFTER)
    observe(house)
    observe(house)
    assert cutting.cuts == 1
    assert (house.count("entries"), house.count("observations")) == (before + 2, 2)
    assert house.verify().findings == ()


def test_an_act_whose_commit_never_arrived_has_failed(house: House, cutting: Cutting) -> None:
    before = house.count("entries")
    cutting.due = once("observation.made", Cut.BEFORE)
    with pytest.raises(DatabaseUnavailable) as caught:
        observe(house)
    assert caught.type is DatabaseUnavailable
    assert (cutting.cuts, house.count("entries")) == (1, before)
    observe(house)
    assert (house.count("entries"), house.count("observations")) == (before + 1, 1)
    assert house.verify().findings == ()


def test_a_card_is_taken_once_though_commits_are_not_answered(
    house: House, tmp_path: Path, cutting: Cutting
) -> None:
    """Not one act is answered."""
    with house.serve(cards_in(tmp_path / "slots")) as service:
        cutting.due = lambda sent: Cut.AFTER if b'"act":"' in sent else None
        put(tmp_path / "slots" / "A", FILES)
        service.wait_state("A", DockState.SAFE)
        cutting.due = lambda _sent: None
    acts_of_a_card = ("session.opened", "inventory.written", "recorder.claimed", "receipt.issued")
    assert all(house.entries(act) for act in acts_of_a_card)
    assert cutting.cuts >= 5 + len(FILES)
    counts = {table: house.count(table) for table in ("dock_sessions", "inventories", "receipts")}
    assert counts == {"dock_sessions": 1, "inventories": 1, "receipts": 1}
    assert house.count("sightings") == len(FILES)
    assert house.observed() == ["RECORDER_UNKNOWN", "SEQUENCE_GAP"]
    house.assert_green()


@pytest.mark.parametrize(
    "act", ["session.opened", "inventory.written", "recording.sealed", "receipt.issued"]
)
@pytest.mark.parametrize("cut", list(Cut))
def test_a_new_session_looks_up_what_nobody_could_tell(
    house: House, tmp_path: Path, cutting: Cutting, act: str, cut: Cut
) -> None:
    """The database stays away after it; what was sealed is recognised."""
    breaks = once(act, cut)

    def leave(sent: bytes) -> Cut | None:
        found = breaks(sent)
        if found is not None:
            cutting.back_in(AWAY_SECONDS)
        return found

    ledger = house.site.ledger
    hasty = Ledger(
        ledger.database, ledger.clock, actor=ledger.actor, signer=ledger.signer, patience=(0.0,)
    )
    impatient = replace(house, site=replace(house.site, ledger=hasty))
    put(tmp_path / "slots" / "A", FILES)
    with impatient.serve(cards_in(tmp_path / "slots")) as service:
        cutting.due = leave
        wait_for(lambda: cutting.cuts == 1, "the commit broke")
        service.wait_state("A", DockState.STORAGE_TROUBLE)
        service.wait_done("A")
    sealed = [path for path, _ in house.sealed()]
    assert set(sealed) == {name.encode() for name in FILES}  # read again, so seen again
    assert set(house.observed()) == {"RECORDER_UNKNOWN", "SEQUENCE_GAP"}
    assert house.receipts()[-1]["complete"] is True
    house.assert_green()


def test_where_it_cannot_be_told_that_is_said(house: House, cutting: Cutting) -> None:
    house.site.ledger.patience = (0.0,)
    cut = once("observation.made", Cut.AFTER)

    def leave(sent: bytes) -> Cut | None:
        found = cut(sent)
        if found is not None:
            cutting.back_in(AWAY_SECONDS)
        return found

    cutting.due = leave
    with pytest.raises(CommitUnknown) as caught:
        observe(house)
    assert caught.value.code == "COMMIT_UNKNOWN"
