"""What a docking session puts on record about the card, and that none of it stops a copy."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from evidence.vocabulary import DockState
from storage.folder_vault import FolderVault
from storage.ledger import Ledger
from storage.site import Site, SitePlan
from storage.vault import Progress, ReadAt, Space, StagedCopy, Stored
from tests.docking import House, cards_in, drop, open_house, put

NAME = "DCIM/A11_{recorder}_310001_2026090218{n:02}00_{n:04}.mp4"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "site")) as opened:
        yield opened


def numbered(recorder: str, *numbers: int) -> dict[str, bytes]:
    names = [NAME.format(recorder=recorder, n=n) for n in numbers]
    return {name: name.encode() for name in names}


def claims(house: House, subject: str = "RECORDER") -> list[tuple[str, str | None]]:
    rows = [row for row in house.rows("claims") if row["subject"] == subject]
    return sorted((row["verdict"], row["value"]) for row in rows)


def facts(house: House, code: str) -> list[dict[str, Any]]:
    rows = [row for row in house.rows("observations") if row["code"] == code]
    return [json.loads(row["facts"]) for row in rows]


@pytest.mark.parametrize(
    ("files", "code", "verdict"),
    [
        (numbered("3100001", 1), "RECORDER_UNKNOWN", ("SINGLE_SOURCE", "3100001")),
        (numbered("0000000", 1), "RECORDER_NOT_SET", ("NOT_SET", None)),
        ({"clip.mp4": b"clip"}, "RECORDER_NOT_SET", ("NOT_SET", None)),
        (numbered("3100001", 1) | numbered("3100002", 1), "RECORDER_CONFLICT", ("CONFLICT", None)),
    ],
)
def test_whose_card_it_is_never_stops_a_copy(
    house: House, tmp_path: Path, files: dict[str, bytes], code: str, verdict: tuple[str, Any]
) -> None:
    put(tmp_path / "slots" / "A", files)
    with house.serve(cards_in(tmp_path / "slots")) as service:
        service.wait_state("A", DockState.SAFE)
        assert code in service.notices("A")
    assert code in house.observed()
    assert claims(house) == [verdict]
    assert len(house.sealed()) == len(files)
    house.assert_green()


def test_two_docked_with_one_number_are_both_marked(house: House, tmp_path: Path) -> None:
    for card, number in (("A", 1), ("B", 2), ("C", 3)):
        recorder = "3100001" if card != "C" else "3100009"
        put(tmp_path / "slots" / card, numbered(recorder, number))
    with house.serve(cards_in(tmp_path / "slots")) as service:
        for card in "ABC":
            service.wait_state(card, DockState.SAFE)
    marked = {
        r["session_id"] for r in house.rows("observations") if r["code"] == "RECORDER_DOUBLED"
    }
    sessions = {row["id"]: row["label"] for row in house.rows("dock_sessions")}
    labels = {r["id"]: r["value"] for r in house.rows("personal_data") if r["kind"] == "card-label"}
    assert {labels[sessions[session]] for session in marked} == {"A", "B"}
    house.assert_green()


def test_an_officers_number_stands_in_no_row(house: House, tmp_path: Path) -> None:
    house.take(put(tmp_path / "A", numbered("3100001", 1)))
    [(_, value)] = claims(house, "OFFICER")
    assert value is not None
    assert value.startswith("c1:")
    bodies = "".join(row["body"] for row in house.rows("entries"))
    signed = "".join(row["signed"] for row in house.rows("receipts") + house.rows("inventories"))
    assert "310001" not in bodies.replace("3100001", "") + signed.replace("3100001", "")


def test_a_missing_number_and_a_recording_only_the_log_knows(house: House, tmp_path: Path) -> None:
    log = (
        b"2026/09/02-18:01:00 #ID:3100001 #Record Start\r\n"
        b"2026/09/02-18:03:00 #ID:3100001 #Record Start\r\n"
        b"2026/09/02-18:30:00 #ID:3100001 #Record Start\r\n"
        b"\xff\xfe damaged line\r\n"
    )
    house.take(put(tmp_path / "A", numbered("3100001", 1, 3) | {"LOG/20260902.txt": log}))
    [gap] = facts(house, "SEQUENCE_GAP")
    [lost] = facts(house, "LOG_WITHOUT_FILE")
    assert (gap["numbers"], gap["count"]) == ("2", 1)
    assert lost["at"] == "2026-09-02T18:30:00"
    house.assert_green()


def test_the_same_is_said_once_though_the_card_stays(house: House, tmp_path: Path) -> None:
    card = put(tmp_path / "slots" / "A", numbered("3100001", 1, 3))
    with house.serve(cards_in(tmp_path / "slots")) as service:
        service.wait_state("A", DockState.SAFE)
        for n in (4, 5):
            before = house.count("receipts")
            put(card, numbered("3100001", n))
            service.wait_state("A", DockState.COPYING, DockState.SETTLING, DockState.SAFE)
            while house.count("receipts") == before:
                service.wait_state("A", DockState.SAFE, DockState.COPYING, DockState.SETTLING)
        service.wait_state("A", DockState.SAFE)
    counted = Counter(house.observed())
    assert (counted["SEQUENCE_GAP"], counted["RECORDER_UNKNOWN"]) == (1, 1)
    assert [body["number"] for body in house.receipts()] == [0, 1, 2]
    assert [row["number"] for row in house.rows("inventories")] == [0, 1, 2]


# --- the inventory comes first ------------------------------------------------------------------


@dataclass
class Watched:
    """A vault that notes the log's acts whenever staging begins; all else is the real vault's."""

    real: FolderVault
    ledger: Ledger
    house: list[House] = field(default_factory=list)
    acts: list[list[str]] = field(default_factory=list)
    kind = "FOLDER"

    @property
    def vault_id(self) -> str:
        """Identity of the real vault."""
        return self.real.vault_id

    def stage(self, read_at: ReadAt, progress: Progress) -> StagedCopy:
        """Notes what is on record, then stages."""
        self.acts.append([entry.act for entry in self.house[0].entries()])
        return self.real.stage(read_at, progress)

    def confirm(self, staged: StagedCopy, progress: Progress) -> Stored:
        """As the real vault."""
        return self.real.confirm(staged, progress)

    def discard(self, staged: StagedCopy) -> None:
        """As the real vault."""
        self.real.discard(staged)

    def open(self, sha256: str) -> BinaryIO:
        """As the real vault."""
        return self.real.open(sha256)

    def size(self, sha256: str) -> int | None:
        """As the real vault."""
        return self.real.size(sha256)

    def sweep(self) -> int:
        """As the real vault."""
        return self.real.sweep()

    def space(self) -> Space:
        """As the real vault."""
        return self.real.space()


def test_the_inventory_is_signed_before_the_first_byte_is_copied(
    house: House, tmp_path: Path
) -> None:
    site: Site = house.site
    watched = Watched(site.vault, site.ledger)
    seen = House(replace(site, vault=watched), house.settings)  # type: ignore[arg-type]
    watched.house.append(house)
    card = put(tmp_path / "A", numbered("3100001", 1, 2) | {"Thumbs.db": b"litter"})
    [taken] = seen.take(card)
    assert taken.trouble is None
    assert len(watched.acts) == 2
    for acts in watched.acts:
        assert acts.index("session.opened") < acts.index("inventory.written")
    assert "recording.sealed" not in watched.acts[0]
    body = house.inventory(0)
    files, passed = body["files"], body["passed_over"]
    assert isinstance(files, list)
    assert isinstance(passed, list)
    assert (len(files), len(passed)) == (2, 1)
    order = [e.act for e in house.entries() if e.act in ("inventory.written", "recording.sealed")]
    assert order == ["inventory.written", "recording.sealed", "recording.sealed"]


def test_a_file_that_came_later_is_in_a_supplement_before_it_is_sealed(
    house: House, tmp_path: Path
) -> None:
    folder = put(tmp_path / "in", {"a.mp4": b"a"})
    with house.serve(drop(folder)) as service:
        service.wait_state("in", DockState.SAFE, DockState.COPYING, DockState.SETTLING)
        put(folder, {"b.mp4": b"b"})
        while house.count("sightings") < 2:
            service.views("in")
    listed: set[str] = set()
    written = iter(range(house.count("inventories")))
    rows = sorted(house.rows("inventories"), key=lambda row: row["written_at"])
    order = {row["id"]: n for n, row in enumerate(house.rows("inventories"))}
    for entry in house.entries():
        if entry.act == "inventory.written":
            files = house.inventory(order[rows[next(written)]["id"]])["files"]
            assert isinstance(files, list)
            listed |= {str(f["path"]) for f in files if isinstance(f, dict)}
        if entry.act == "recording.sealed":
            paths = {row["id"]: row["path"] for row in house.rows("sightings")}
            [sighting] = [row.key for row in entry.rows if row.table == "sightings"]
            assert paths[sighting] in listed
    house.assert_green()
