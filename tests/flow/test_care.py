"""What is done for stored originals later: second digests, adoption of orphans, the scrub."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.vocabulary import DockState, FixityState
from storage import adoption, second_digest
from storage.scrub import scrub
from storage.site import SitePlan
from tests.cli import call
from tests.docking import House, cards_in, open_house, put, wait_for

FILES = {f"{n}.mp4": f"recording {n}".encode() for n in range(5)}


def ignore(_count: int) -> None:
    """Nobody watches."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "site")) as opened:
        opened.take(put(tmp_path / "card", FILES))
        yield opened


def original(house: House, sha256: str) -> Path:
    return house.site.plan.vault_root / "originals" / sha256[:2] / sha256


def flip(path: Path) -> None:
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[3] ^= 1
    path.write_bytes(data)


def sm3_of(house: House) -> dict[str, str]:
    return {row["recording_id"]: row["value"] for row in house.rows("digests")}


EXPECTED = {
    hashlib.sha256(data).hexdigest(): hashlib.new("sm3", data).hexdigest()
    for data in FILES.values()
}


# --- second digests -----------------------------------------------------------------------------


def test_the_service_adds_sm3_after_the_officer_is_done(house: House, tmp_path: Path) -> None:
    with house.serve(cards_in(tmp_path / "slots")):
        wait_for(lambda: house.count("digests") == len(FILES), "every digest is added")
    assert sm3_of(house) == EXPECTED
    added = house.entries("digest.added")
    assert len(added) == len(FILES)
    assert min(e.seq for e in added) > house.entries("receipt.issued")[0].seq
    assert [row.table for entry in added for row in entry.rows] == ["digests"] * len(FILES)
    assert list(second_digest.add_missing(house.site, ignore, bad=set())) == []
    house.assert_green()


def test_inline_sm3_is_there_with_the_seal(tmp_path: Path) -> None:
    with open_house(SitePlan(tmp_path / "site", None, None, ("sm3",))) as house:
        house.take(put(tmp_path / "card", FILES))
        assert sm3_of(house) == EXPECTED
        assert house.entries("digest.added") == []
        house.assert_green()


def test_no_sm3_is_made_of_a_damaged_copy(house: House) -> None:
    bad = sorted(EXPECTED)[2]
    flip(original(house, bad))
    assert sorted(second_digest.add_missing(house.site, ignore, bad=set())) == sorted(
        set(EXPECTED) - {bad}
    )
    assert bad not in sm3_of(house)
    assert second_digest.missing(house.site) == [bad]


# --- orphans ------------------------------------------------------------------------------------


def test_an_original_without_a_row_is_adopted_at_the_next_start(
    house: House, tmp_path: Path
) -> None:
    data = b"killed between the name and the row"
    sha256 = hashlib.sha256(data).hexdigest()
    original(house, sha256).parent.mkdir(exist_ok=True)
    original(house, sha256).write_bytes(data)
    assert [note.kind for note in house.verify().notes] == ["ORPHAN_FILE"]
    with house.serve(cards_in(tmp_path / "slots")):
        pass
    [entry] = house.entries("recording.adopted")
    assert entry.facts == {"recording": sha256, "size": str(len(data))}
    assert sorted(row.table for row in entry.rows) == ["copies", "recordings"]
    house.assert_green()


def test_what_cannot_be_adopted_does_not_keep_the_service_from_starting(
    house: House, tmp_path: Path
) -> None:
    names = [hashlib.sha256(word).hexdigest() for word in (b"wrong", b"folder", b"link", b"pipe")]
    wrong, folder, link, pipe = (original(house, name) for name in names)
    for path in (wrong, folder, link, pipe):
        path.parent.mkdir(exist_ok=True)
    wrong.write_bytes(b"not what its name says")
    folder.mkdir()
    link.symlink_to("/etc/hostname")
    os.mkfifo(pipe)
    put(tmp_path / "slots" / "A", {"new.mp4": b"new"})
    with house.serve(cards_in(tmp_path / "slots")) as service:
        service.wait_state("A", DockState.SAFE)
    assert house.entries("recording.adopted") == []
    assert wrong.read_bytes() == b"not what its name says"  # left for a person to judge
    assert list(adoption.adopt(house.site, ignore)) == []


# --- scrub --------------------------------------------------------------------------------------


def test_a_scrub_finds_one_flipped_bit_and_a_missing_file(house: House) -> None:
    clean = scrub(house.site, limit=None, progress=ignore, stop=lambda: False)
    assert (clean.objects, clean.bad, clean.not_checked) == (len(FILES), [], 0)
    flipped, missing = sorted(EXPECTED)[:2]
    flip(original(house, flipped))
    original(house, missing).unlink()
    found = scrub(house.site, limit=None, progress=ignore, stop=lambda: False)
    assert {bad.recording for bad in found.bad} == {flipped, missing}
    states = {row["id"].rpartition("/")[2]: row["state"] for row in house.rows("fixity")}
    assert {sha for sha, state in states.items() if state == FixityState.FAILED} == {
        flipped,
        missing,
    }
    assert house.observed().count("STORED_COPY_BAD") == 2
    assert house.rows("scrubs")[-1]["mode"] == "FULL"
    kinds = {finding.kind for finding in house.verify().findings}
    assert kinds == {"OBJECT_ALTERED", "OBJECT_MISSING"}


def test_a_limited_scrub_says_what_it_did_not_check(house: House) -> None:
    """Three honest answers: verified, failed, and not checked."""
    checked: set[str] = set()
    for left in (3, 1, 0):
        done = scrub(house.site, limit=2, progress=ignore, stop=lambda: False)
        assert (done.mode, done.not_checked) == ("LIMITED", left)
        checked = {row["id"] for row in house.rows("fixity")}
    assert len(checked) == len(FILES)  # the longest unchecked came first each time
    stopped = scrub(house.site, limit=None, progress=ignore, stop=lambda: True)
    assert (stopped.mode, stopped.objects) == ("LIMITED", 0)
    assert len(house.entries("scrub.finished")) == 4
    house.assert_green()


def test_nothing_checked_is_no_success(tmp_path: Path) -> None:
    with open_house(SitePlan(tmp_path / "empty")):
        pass
    said = call("scrub", "--json", "--data", tmp_path / "empty")
    assert (said.code, said.body["objects"]) == (1, 0)


def test_a_damaged_copy_is_repaired_from_the_card(house: House, tmp_path: Path) -> None:
    bad = min(EXPECTED)
    flip(original(house, bad))
    house.take(tmp_path / "card")
    assert "STORED_COPY_REPAIRED" in house.observed()
    kept = list((house.site.plan.vault_root / "damaged").iterdir())
    assert len(kept) == 1
    assert house.site.vault.rehash(bad, ignore) == bad
    assert house.verify().findings == ()
