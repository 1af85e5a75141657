"""The published vectors: made again they are the same, and the code agrees with each of them."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from evidence import canonical, entry, merkle, note
from evidence.errors import EvidenceAltered, Malformed
from evidence.note import Checkpoint, VerifyingKey
from evidence.personal import Personal
from evidence.statements import receipt_files
from proof.bytes import Marker, original_path, read_marker
from proof.keys import verify_ed25519
from tests.assets import make_vectors

MADE = make_vectors.build()


def stored(name: str) -> dict[str, Any]:
    """The vectors as they are published."""
    found: dict[str, Any] = json.loads((make_vectors.FOLDER / name).read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("name", sorted(MADE))
def test_made_again_they_are_the_same(name: str) -> None:
    published = (make_vectors.FOLDER / name).read_text(encoding="utf-8")
    assert published == make_vectors.text_of(MADE[name])


def test_nothing_else_lies_beside_them() -> None:
    assert {path.name for path in make_vectors.FOLDER.iterdir()} == set(MADE)


def test_every_file_says_what_to_accept_and_most_what_to_refuse() -> None:
    for name, vectors in MADE.items():
        assert vectors.get("accepted") or vectors.get("roots"), name
    assert sum(len(vectors.get("refused", ())) for vectors in MADE.values()) >= 80


def test_canonical() -> None:
    for vector in stored("canonical.json")["accepted"]:
        form = vector["canonical"].encode()
        assert canonical.dumps(json.loads(vector["json"])) == form
        assert canonical.dumps(canonical.loads(form)) == form
    for vector in stored("canonical.json")["refused"]:
        with pytest.raises(Malformed):
            canonical.loads(base64.b64decode(vector["base64"]))


def test_rows() -> None:
    for vector in stored("row.json")["accepted"]:
        found = entry.row_digest(vector["table"], vector["format"], row=vector["row"])
        assert found == vector["sha256"]


def test_entries() -> None:
    for vector in stored("entry.json")["accepted"]:
        data = vector["text"].encode()
        assert entry.parse(data).canonical() == data
        assert merkle.leaf_hash(data).hex() == vector["leaf"]
    for vector in stored("entry.json")["refused"]:
        with pytest.raises(Malformed):
            entry.parse(vector["text"].encode())


def test_commitments() -> None:
    for vector in stored("commitment.json")["accepted"]:
        assert _personal(vector).commitment == vector["commitment"]
    for vector in stored("commitment.json")["refused"]:
        with pytest.raises(Malformed):
            _ = _personal(vector).commitment


def _personal(vector: dict[str, str]) -> Personal:
    return Personal(vector["kind"], vector["value"], base64.b64decode(vector["salt"]))


def test_the_tree() -> None:
    vectors = stored("tree.json")
    leaves = [merkle.leaf_hash(leaf.encode()) for leaf in vectors["leaves"]]
    roots = [bytes.fromhex(root) for root in vectors["roots"]]
    for size, root in enumerate(roots):
        assert merkle.Frontier(leaves[:size]).root() == root
    for vector in vectors["inclusion"]:
        index, proof = vector["index"], [bytes.fromhex(value) for value in vector["proof"]]
        merkle.check_inclusion(
            leaves[index], index, size=vector["size"], proof=proof, expected=roots[-1]
        )
    for vector in vectors["consistency"]:
        old, proof = vector["old"], [bytes.fromhex(value) for value in vector["proof"]]
        merkle.check_consistency(
            old, vector["new"], old_root=roots[old], new_root=roots[-1], proof=proof
        )


def test_keys() -> None:
    for vector in stored("key.json")["accepted"]:
        key = VerifyingKey.parse(vector["text"])
        assert (key.name, key.text()) == (vector["name"], vector["text"])
    for vector in stored("key.json")["refused"]:
        with pytest.raises(Malformed):
            VerifyingKey.parse(vector["text"])


def test_checkpoints() -> None:
    vectors = stored("checkpoint.json")
    key = VerifyingKey.parse(vectors["key"])
    for vector in vectors["accepted"]:
        found = Checkpoint.parse(note.read(vector["note"], key, verify=verify_ed25519))
        expected = (vector["origin"], vector["size"], vector["root"])
        assert (found.origin, found.size, found.root.hex()) == expected
    for vector in vectors["refused"]:
        with pytest.raises(EvidenceAltered):
            Checkpoint.parse(note.read(vector["note"], key, verify=verify_ed25519))


@pytest.mark.parametrize("name", ["inventory.json", "receipt.json"])
def test_statements(name: str) -> None:
    vectors = stored(name)
    key = VerifyingKey.parse(vectors["key"])
    for vector in vectors["accepted"]:
        assert _body(vectors["kind"], vector["note"], key) == vector["body"]
    for vector in vectors["refused"]:
        with pytest.raises(EvidenceAltered):
            _body(vectors["kind"], vector["note"], key)


def test_files_of_receipts() -> None:
    vectors = stored("receipt.json")
    key = VerifyingKey.parse(vectors["key"])
    for vector in vectors["accepted"]:
        files = receipt_files(_body(vectors["kind"], vector["note"], key))
        assert [file.json() for file in files] == vector["body"]["files"]
    for vector in vectors["refused_files"]:
        body = _body(vectors["kind"], vector["note"], key)
        with pytest.raises(Malformed):
            receipt_files(body)


def _body(kind: str, signed: str, key: VerifyingKey) -> dict[str, canonical.Json]:
    return note.parse_statement(kind, note.read(signed, key, verify=verify_ed25519))


def test_the_vault(tmp_path: Path) -> None:
    vectors = stored("vault.json")
    marker = tmp_path / "liuhen-vault.json"
    for vector in vectors["accepted"]:
        marker.write_text(vector["marker"])
        assert read_marker(tmp_path) == Marker(vector["site"], vector["vault"])
    for vector in vectors["refused"]:
        marker.write_text(vector["marker"])
        with pytest.raises(Malformed):
            read_marker(tmp_path)
    for vector in vectors["originals"]:
        assert original_path(tmp_path, vector["sha256"]) == tmp_path / vector["path"]
