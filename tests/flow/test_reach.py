"""How far a verification reaches: what is green without a root from outside, and red with one.

Whoever holds the log key can rewrite a whole log so that it agrees with itself. That is stated in
the report (`trust.reach`), and shown here, so that nobody takes green for more than it is.
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from evidence import merkle
from evidence.canonical import dumps, loads_object
from evidence.entry import RowRef, row_digest
from evidence.note import Checkpoint, split
from proof.findings import Reach, Report, State
from proof.keys import Trust
from tests import honest_store
from tests.fault.tamper_attacks import rebuild_log
from tests.fault.tamper_victim import Victim
from tests.honest_store import ORIGIN, HonestStore, Signer

SEED = 7


@pytest.fixture
def notes(tmp_path: Path) -> list[str]:
    """Checkpoints of an honest site in `tmp_path / "site"`, kept outside."""
    return honest_store.build(tmp_path / "site", SEED)


@pytest.fixture
def victim(tmp_path: Path, notes: list[str]) -> Victim:
    """That site."""
    assert notes
    return Victim(tmp_path / "site")


def _log_key() -> Signer:
    return Signer.of(ORIGIN, str(SEED).encode())


def _size(note: str) -> int:
    return Checkpoint.parse(split(note)[0]).size


def _kinds(report: Report) -> set[str]:
    return set(report.counts)


def test_reach_is_stated(victim: Victim, notes: list[str]) -> None:
    key = _log_key().key
    assert victim.verify().roots.reach is Reach.INTERNAL
    assert victim.verify(Trust(log_key=key)).roots.reach is Reach.KEY
    anchored = victim.verify(Trust(key, tuple(notes))).roots
    assert anchored.reach is Reach.CHECKPOINT
    assert anchored.checkpoint_size == victim.verify().coverage.signed_entries - 1


def test_a_log_rewritten_by_its_key_holder_needs_an_outside_checkpoint(
    tmp_path: Path, notes: list[str]
) -> None:
    """The key holder writes another history of the same site, signatures and all."""
    rewritten = tmp_path / "rewritten"
    rewritten.mkdir()
    other = HonestStore(rewritten, SEED)
    other.now += timedelta(days=1)
    other.found()
    while _size(other.checkpoint()) <= _size(notes[-1]):
        other.session(2)
    other.later()
    other.close()
    victim, key = Victim(rewritten), _log_key().key
    assert victim.verify().state is State.VERIFIED
    assert victim.verify(Trust(log_key=key)).state is State.VERIFIED
    report = victim.verify(Trust(key, (notes[-1],)))
    assert _kinds(report) == {"LOG_FORKED"}
    finding = report.findings[0]
    assert finding.expected.strip() == notes[-1].strip()
    assert report.roots.reach is Reach.KEY


def test_a_fork_shows_both_signatures(tmp_path: Path, notes: list[str]) -> None:
    rewritten = tmp_path / "rewritten"
    rewritten.mkdir()
    other = HonestStore(rewritten, SEED)
    other.now += timedelta(days=1)
    other.found()
    own = other.checkpoint()
    other.session(2)
    other.close()
    finding = Victim(rewritten).verify(Trust(checkpoints=(notes[0],))).findings[0]
    assert finding.kind == "LOG_FORKED"
    assert finding.found == own


def test_a_restored_backup_needs_an_outside_checkpoint(tmp_path: Path) -> None:
    notes = honest_store.build(tmp_path / "site", SEED)
    older = tmp_path / "older"
    older.mkdir()
    backup = HonestStore(older, SEED)
    backup.found()
    backup.session(1)
    backup.close()
    victim = Victim(older)
    assert victim.verify().state is State.VERIFIED
    report = victim.verify(Trust(checkpoints=(notes[-1],)))
    assert _kinds(report) == {"LOG_TRUNCATED"}
    assert report.findings[0].found == str(report.coverage.entries)


def test_another_key_everywhere_needs_the_outside_key(tmp_path: Path, notes: list[str]) -> None:
    impostor = tmp_path / "impostor"
    honest_store.build(impostor, SEED + 1)
    victim, key = Victim(impostor), _log_key().key
    assert victim.verify().state is State.VERIFIED
    assert {"LOG_KEY_DIFFERS", "CHECKPOINT_REFUSED"} <= _kinds(victim.verify(Trust(log_key=key)))
    refused = victim.verify(Trust(checkpoints=(notes[0],)))
    assert _kinds(refused) == {"OUTSIDE_CHECKPOINT_REFUSED"}


def _sign_again(victim: Victim, bodies: list[str]) -> None:
    """What only the log key's holder can do: a good checkpoint for every size."""
    tree = merkle.Frontier()
    victim.execute("DELETE FROM checkpoints")
    for body in bodies:
        tree.append(merkle.leaf_hash(body.encode()))
        signed = _log_key().sign(Checkpoint(ORIGIN, tree.size, tree.root()).text())
        at = str(loads_object(body.encode())["at"])
        victim.insert("checkpoints", {"size": tree.size, "note": signed, "signed_at": at})


@pytest.mark.parametrize("with_key", [True, False])
def test_no_entry_is_without_a_signature(victim: Victim, *, with_key: bool) -> None:
    """Taking signatures away is red, whether one entry loses its cover or all of them."""
    trust = Trust(_log_key().key) if with_key else Trust()
    whole = victim.verify(trust).coverage
    assert whole.unsigned_entries == 0
    assert whole.checkpoints == whole.entries
    victim.delete("checkpoints", victim.rows("checkpoints")[-1])
    report = victim.verify(trust)
    assert [(f.kind, f.first, f.last) for f in report.findings] == [
        ("ENTRY_UNSIGNED", whole.entries - 1, whole.entries - 1)
    ]
    assert report.coverage.signed_entries == whole.entries - 1
    victim.execute("DELETE FROM checkpoints")
    report = victim.verify(trust)
    assert [(f.kind, f.item, f.count) for f in report.findings] == [
        ("ENTRY_UNSIGNED", f"entries/0-{whole.entries - 1}", whole.entries)
    ]
    assert report.state is State.FAILED
    assert report.coverage.signed_entries == 0


def test_signatures_missing_in_between_are_named_as_runs(victim: Victim) -> None:
    victim.execute("DELETE FROM checkpoints WHERE size IN (3, 4, 5, 9)")
    report = victim.verify(Trust(_log_key().key))
    assert [(f.kind, f.item, f.count) for f in report.findings] == [
        ("CHECKPOINT_MISSING", "checkpoints/3-5", 3),
        ("CHECKPOINT_MISSING", "checkpoints/9", 1),
    ]


def test_the_newest_entries_cannot_be_rewritten(victim: Victim) -> None:
    """The last row and its entry taken back: without the key there is no signature for it."""
    bodies = [str(row["body"]) for row in victim.rows("entries")][:-1]
    bodies[-1] = bodies[-1].replace('"act":"', '"act":"x')
    victim.delete("recorders", victim.rows("recorders")[-1])
    rebuild_log(victim, bodies)
    victim.execute("DELETE FROM checkpoints WHERE size >= ?", len(bodies))
    assert "ENTRY_UNSIGNED" in _kinds(victim.verify(Trust(_log_key().key)))


def test_a_row_rewritten_by_a_later_entry_is_noted(victim: Victim) -> None:
    """The key's holder can append an entry; the log then shows that the row was changed."""
    bodies = [str(row["body"]) for row in victim.rows("entries")]
    row = victim.rows("recorders")[0]
    victim.update("recorders", row, make="other")
    altered = {"id": "DSJ-0007", "make": "other", "added_at": str(row["added_at"])}
    digest = row_digest("recorders", 1, row=altered)
    last = loads_object(bodies[-1].encode())
    ref = RowRef("recorders", "DSJ-0007", 1, digest).json()
    appended = {**last, "seq": len(bodies), "rows": [ref], "clock": "OK"}
    bodies.append(dumps(appended).decode())
    rebuild_log(victim, bodies)
    assert _kinds(victim.verify()) == {"ENTRY_UNSIGNED"}
    _sign_again(victim, bodies)
    report = victim.verify()
    assert report.state is State.VERIFIED
    assert [(note.kind, note.item) for note in report.notes] == [
        ("ROW_REWRITTEN", "recorders/DSJ-0007"),
        ("DISPOSED_UNDER", "disposal_certificates/DC-2026-1"),
    ]


def test_the_signing_time_beside_a_checkpoint_is_a_claim(victim: Victim) -> None:
    row = victim.rows("checkpoints")[0]
    victim.update("checkpoints", row, signed_at="2001-01-01T00:00:00.000000Z")
    assert victim.verify().state is State.VERIFIED
    victim.update("checkpoints", row, signed_at="yesterday")
    assert _kinds(victim.verify()) == {"CHECKPOINT_TIME"}


def _receipt(victim: Victim) -> str:
    return str(victim.rows("receipts")[-1]["signed"])


def test_a_receipt_kept_outside_is_as_good_as_a_checkpoint(tmp_path: Path, victim: Victim) -> None:
    """Both keys rewrite the whole history; the officer's receipt of before still convicts it."""
    kept = _receipt(victim)
    anchored = victim.verify(Trust(checkpoints=(kept,)))
    assert anchored.state is State.VERIFIED
    assert anchored.roots.reach is Reach.CHECKPOINT
    assert anchored.roots.checkpoint_size is not None
    rewritten = tmp_path / "rewritten"
    rewritten.mkdir()
    other = HonestStore(rewritten, SEED)
    other.now += timedelta(days=1)
    other.found()
    for _ in range(9):
        other.session(2)
    other.close()
    assert Victim(rewritten).verify().state is State.VERIFIED
    assert _kinds(Victim(rewritten).verify(Trust(checkpoints=(kept,)))) == {"LOG_FORKED"}


def test_a_receipt_of_another_station_is_refused(tmp_path: Path, victim: Victim) -> None:
    honest_store.build(tmp_path / "other", SEED + 1)
    kept = _receipt(Victim(tmp_path / "other"))
    assert _kinds(victim.verify(Trust(checkpoints=(kept,)))) == {"OUTSIDE_CHECKPOINT_REFUSED"}


def test_the_log_key_alone_cannot_rewrite_what_came_before_a_receipt(victim: Victim) -> None:
    """Its holder rewrites an entry, rebuilds the log, and signs every checkpoint again."""
    bodies = [str(row["body"]) for row in victim.rows("entries")]
    bodies[1] = bodies[1].replace("dock-1", "dock-2")
    rebuild_log(victim, bodies)
    _sign_again(victim, bodies)
    report = victim.verify()
    assert _kinds(report) == {"RECEIPT_ROOT"}
    finding = report.findings[0]
    assert finding.count == report.coverage.receipts
    assert finding.first == 0
    assert finding.last is not None
    assert finding.last >= 1


def test_a_malformed_outside_checkpoint_is_refused(victim: Victim, notes: list[str]) -> None:
    for text in ("", "not a note", notes[0] + notes[1], notes[0].replace("\n", "\r\n")):
        report = victim.verify(Trust(checkpoints=(text,)))
        assert _kinds(report) == {"OUTSIDE_CHECKPOINT_REFUSED"}


def test_the_tree_of_the_campaign_is_the_definition(victim: Victim) -> None:
    """The rewriting attacks rebuild the tree rightly; otherwise they would prove nothing."""
    rebuild_log(victim, [str(row["body"]) for row in victim.rows("entries")])
    assert victim.verify().state is State.VERIFIED


def test_a_checkpoint_of_the_right_size_and_another_origin_is_refused(victim: Victim) -> None:
    row = victim.rows("checkpoints")[0]
    leaves = [merkle.leaf_hash(str(victim.rows("entries")[0]["body"]).encode())]
    checkpoint = Checkpoint("elsewhere", 1, merkle.Frontier(leaves).root())
    signer = replace(_log_key(), name=ORIGIN)
    victim.update("checkpoints", row, note=signer.sign(checkpoint.text()))
    assert _kinds(victim.verify()) == {"CHECKPOINT_REFUSED"}
