"""Receipts: what they promise, how far they can be checked without us, and that no forgery passes.

The reader with nothing but the public key and the receipt is played by `receipt check` in a place
where there is no site.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from evidence import merkle, note, statements
from evidence.canonical import Json
from evidence.note import Checkpoint
from storage.keys import verify_ed25519
from storage.ledger import node_reader
from storage.site import SitePlan
from tests.cli import Said, call
from tests.docking import House, open_house, put

FILES = {
    "DCIM/A11_3100001_310001_20260902180118_0001.mp4": b"first",
    "DCIM/A11_3100001_310001_20260902181118_0002.mp4": b"second",
    "LOG/20260902.txt": b"2026/09/02-18:01:18 #ID:3100001 #Record Start\r\n",
}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "site")) as opened:
        opened.take(put(tmp_path / "card", FILES))
        yield opened


@pytest.fixture
def paper(house: House, tmp_path: Path) -> Path:
    """The receipt as an officer carries it away."""
    path = tmp_path / "receipt.txt"
    path.write_text(house.rows("receipts")[0]["signed"], encoding="utf-8")
    return path


@pytest.fixture
def key(house: House) -> Path:
    """The station's public key, as it was handed over."""
    return house.site.plan.data / "keys" / "station.pub"


def check_offline(paper: Path, key: Path | str, tmp_path: Path) -> Said:
    return call("receipt", "check", paper, "--key", key, "--data", tmp_path / "nowhere", "--json")


def log_of(body: dict[str, Json]) -> dict[str, Json]:
    log = body["log"]
    assert isinstance(log, dict)
    return log


def test_it_names_every_file_and_where_it_was_sealed(house: House) -> None:
    [body] = house.receipts()
    lines = statements.receipt_files(body)
    assert (body["complete"], body["not_safe"]) == (True, [])
    names = house.names([line.path for line in lines])
    assert dict(zip(names, [line.size for line in lines], strict=True)) == {
        name.encode(): len(data) for name, data in FILES.items()
    }
    seen = {row["id"]: row["recording_id"] for row in house.rows("sightings")}
    assert {line.sighting: line.sha256 for line in lines} == seen
    assert {line.basis for line in lines} == {"SEALED"}
    assert body["recorder"] == {"verdict": "AGREED", "number": "3100001"}


def test_its_place_in_the_log_is_signed_and_holds_every_file(house: House) -> None:
    [body] = house.receipts()
    log = log_of(body)
    size = log["size"]
    assert isinstance(size, int)
    signed = {row["size"]: row["note"] for row in house.rows("checkpoints")}
    text = note.read(signed[size], house.site.log_signer.key, verify=verify_ed25519)
    checkpoint = Checkpoint.parse(text)
    assert checkpoint == Checkpoint(str(log["origin"]), size, bytes.fromhex(str(log["root"])))
    sealed = house.entries("recording.sealed")
    assert len(sealed) == len(FILES)
    with house.site.database.read() as connection:
        for entry in sealed:
            proof = merkle.inclusion_proof(entry.seq, size, node=node_reader(connection))
            leaf = merkle.leaf_hash(entry.canonical())
            merkle.check_inclusion(
                leaf, entry.seq, size=size, proof=proof, expected=checkpoint.root
            )
    [issued] = house.entries("receipt.issued")
    assert issued.seq >= size  # the checkpoint came first
    assert max(signed) > issued.seq  # and the receipt itself is signed for, too


def test_it_is_checked_without_the_site(paper: Path, key: Path, tmp_path: Path) -> None:
    said = check_offline(paper, key, tmp_path)
    assert said.code == 0
    assert said.body["signature"] == "VALID"
    assert said.body["key_from_outside"] is True
    assert said.body["missing"] is None  # no site, so nothing is claimed of the originals
    as_text = check_offline(paper, key.read_text(encoding="utf-8").strip(), tmp_path)
    assert as_text.body["receipt"] == said.body["receipt"]


def test_every_changed_character_is_refused(paper: Path, key: Path, tmp_path: Path) -> None:
    signed = paper.read_text(encoding="utf-8")
    seed = 9
    places = Random(seed).sample(range(len(signed)), 25)
    for place in places:
        other = "0" if signed[place] != "0" else "1"
        paper.write_text(signed[:place] + other + signed[place + 1 :], encoding="utf-8")
        said = check_offline(paper, key, tmp_path)
        assert said.code == 1, (seed, place)
        assert said.body["error"]["code"] in {"BAD_SIGNATURE", "MALFORMED"}
        assert "Traceback" not in said.err


@pytest.mark.parametrize("content", ["", "\n\n", "liuhen receipt v1\n", "x" * 10_000, "{}"])
def test_what_is_no_receipt_is_refused(
    paper: Path, key: Path, tmp_path: Path, content: str
) -> None:
    paper.write_text(content, encoding="utf-8")
    said = check_offline(paper, key, tmp_path)
    assert (said.code, said.body["error"]["code"]) == (1, "MALFORMED")


def test_another_key_and_another_statement_are_refused(
    house: House, paper: Path, key: Path, tmp_path: Path
) -> None:
    other = house.site.plan.data / "keys" / "log.pub"
    assert check_offline(paper, other, tmp_path).body["error"]["code"] == "BAD_SIGNATURE"
    paper.write_text(house.rows("inventories")[0]["signed"], encoding="utf-8")
    said = check_offline(paper, key, tmp_path)
    assert (said.code, said.body["error"]["code"]) == (1, "MALFORMED")


@pytest.mark.parametrize("text", ["", "nonsense", "a+b+c", "k" * 5000])
def test_a_key_that_is_none_is_a_mistake_of_the_person(
    paper: Path, tmp_path: Path, text: str
) -> None:
    said = check_offline(paper, text, tmp_path)
    assert (said.code, said.body["error"]["code"]) == (2, "BAD_INPUT")


def test_beside_the_site_missing_originals_are_named(
    house: House, paper: Path, tmp_path: Path
) -> None:
    data = house.site.plan.data
    assert call("receipt", "check", paper, "--data", data, "--json").body["missing"] == []
    gone = next(iter(house.site.vault.digests()))
    (data / "vault" / "originals" / gone[:2] / gone).rename(tmp_path / "elsewhere")
    said = call("receipt", "check", paper, "--data", data, "--json")
    assert (said.code, said.body["missing"]) == (1, [gone])


def test_it_is_listed_shown_and_written_down(house: House, tmp_path: Path) -> None:
    data = house.site.plan.data
    [row] = house.rows("receipts")
    listed = call("receipt", "list", "--json", "--data", data).body["receipts"]
    assert [item["receipt"] for item in listed] == [row["id"]]
    to = tmp_path / "copy.txt"
    for name in (row["id"], row["session_id"]):
        shown = call("receipt", "show", name, "--json", "--data", data)
        assert sorted(shown.body["names"].values()) == sorted(FILES)
        assert shown.body["signed"] == row["signed"]
    said = call("receipt", "show", row["id"], "--to", to, "--data", data)
    assert said.code == 0
    assert "完整：卡上文件全部安全" in said.out
    assert to.read_text(encoding="utf-8") == row["signed"]
    again = call("receipt", "show", row["id"], "--to", to, "--json", "--data", data)
    assert (again.code, again.body["error"]["code"]) == (2, "BAD_INPUT")
    assert call("receipt", "show", "no-such", "--json", "--data", data).code == 2


def test_receipts_of_one_session_are_numbered_and_kept(house: House, tmp_path: Path) -> None:
    house.take(tmp_path / "card")
    sessions = [row["session_id"] for row in house.rows("receipts")]
    assert len(set(sessions)) == 2
    numbers = itertools.groupby(sorted(house.receipts(), key=str), lambda body: body["session"])
    assert all([body["number"] for body in bodies] == [0] for _, bodies in numbers)
    house.assert_green()
