"""Clearing a card by receipt: the only act that removes anything, and only from a card.

Holds always: it is asked for by a person, for one receipt and one card; the stored copy is read
again from the medium and the card's file through one open descriptor, both are compared with the
receipt, and only then that name is unlinked, on that card. A file that differs is new evidence and
stays, and so does one that somebody holds open for writing. Nothing is cleared from a card whose
recorder is unknown or doubted, whose officer is doubted, whose docking was not judged to its end,
or that was ever doubled, itself or in its number.
"""

import hashlib
import os
import threading
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from devices.recorders import is_known
from evidence import note
from evidence.canonical import Json, dumps, loads_object
from evidence.errors import CardTrouble, LiuhenError, NotFound, Refused
from evidence.note import parse_statement
from evidence.personal import shown_name
from evidence.statements import RECEIPT, SafeFile, receipt_files
from evidence.vocabulary import ClaimSubject, ClaimVerdict, ClearResult
from ingest.card import DOUBLED_NAME, Card, FoundFile, Listing, SourceReader
from ingest.identity import identify
from ingest.settle import held_for_writing
from storage import schema
from storage.catalogue import opened_paths
from storage.keys import verify_ed25519
from storage.ledger import Row, newest_of_session
from storage.site import Site

_BLOCK = 1 << 20
_SURE = frozenset({ClaimVerdict.AGREED.value, ClaimVerdict.SINGLE_SOURCE.value})


@dataclass(frozen=True)
class ClearedFile:
    """What was done with one file of the card."""

    name: str
    recording: str
    result: ClearResult
    detail: str = ""


@dataclass
class Clearing:
    """The outcome.

    `others` are files on the card that the receipt does not name: untouched. `absent` are files
    of the receipt that are not on the card any more. `stopped`: the rest was left as it is.
    """

    receipt_id: str
    files: list[ClearedFile] = field(default_factory=list)
    others: int = 0
    absent: int = 0
    stopped: bool = False

    def count(self, result: ClearResult) -> int:
        """How many files ended so."""
        return sum(file.result == result for file in self.files)


@dataclass(frozen=True)
class _Receipt:
    id: str
    session_id: str
    files: dict[bytes, SafeFile]


def clear_card(site: Site, card: Card, *, receipt_id: str, stop: threading.Event) -> Clearing:
    """Clears from the card what the receipt calls safe, file by file, each an act.

    Raises `NotFound` for no such receipt, `Refused` (CLEAR_REFUSED) where the card may not be
    cleared at all, `BadSignature` for a receipt that this site did not sign.
    """
    receipt = _load(site, receipt_id)
    _check_card(site, card, receipt=receipt)
    listing = card.list()
    _check_names(listing)
    with site.ledger.act() as act:
        facts: dict[str, Json] = {"receipt": receipt.id, "files": len(receipt.files)}
        act.enter("card.clearing", facts)
    outcome = Clearing(receipt.id)
    listed = {file.path: file for file in listing.files}
    outcome.others = len(listed.keys() - receipt.files.keys())
    outcome.absent = len(receipt.files.keys() - listed.keys())
    for path, safe in sorted(receipt.files.items()):
        if stop.is_set():
            outcome.stopped = True
            break
        found = listed.get(path)
        if found is not None:
            outcome.files.append(_clear_file(site, card, receipt=receipt, found=found, safe=safe))
    return outcome


def _load(site: Site, receipt_id: str) -> _Receipt:
    table = schema.receipts
    with site.database.read() as connection:
        row = connection.execute(select(table).where(table.c.id == receipt_id)).first()
    if row is None:
        raise NotFound(f"No receipt {receipt_id}", why="NO_RECEIPT", receipt=receipt_id)
    text = note.read(row.signed, site.station_signer.key, verify=verify_ed25519)
    body = parse_statement(RECEIPT, text)
    files = {file.path: file for file in receipt_files(body)}
    opened = opened_paths(site.database, list(files))
    by_path = {path: files[commitment] for commitment, path in opened.items()}
    return _Receipt(receipt_id, row.session_id, by_path)


def _check_card(site: Site, card: Card, *, receipt: _Receipt) -> None:
    """Raises `Refused` unless this is the receipt's card and it is certain whose it is."""
    sessions = schema.dock_sessions
    here = identify(card).card
    with site.database.read() as connection:
        there = connection.execute(
            select(sessions.c.card).where(sessions.c.id == receipt.session_id)
        ).scalar_one()
        if there != here:
            raise _refusal("This is not the card of the receipt", "不是收据所记的卡")
        number = _certain_recorder(connection, receipt.session_id)
        if not is_known(connection, number):
            raise _refusal(f"Recorder {number} is not registered", f"记录仪 {number} 未登记")
        if _is_doubled(connection, here, number=number):
            raise _refusal(
                f"Two recorders claimed number {number}, or two were docked with this card's "
                "number; keep the card and give each recorder a number of its own: this version "
                "has no way yet to settle it",
                f"曾有两台记录仪编号同为 {number}，或此卡曾与同编号记录仪同时插入；"
                "请保留此卡，为各记录仪设置不同编号；本版本尚不能登记核实结果",
            )


def _check_names(listing: Listing) -> None:
    """Raises `Refused` where a name stands twice: nobody can tell which of the two would go."""
    doubled = [item for item in listing.passed_over if item.reason == DOUBLED_NAME]
    if doubled:
        name = shown_name(doubled[0].path)
        raise _refusal(f"{name} stands twice on the card", f"卡上有两个同名的 {name}")


def _certain_recorder(connection: Connection, session_id: str) -> str:
    """The recorder's number if every judgement of the session agrees on it; raises `Refused`."""
    table = schema.claims
    query = select(table).where(table.c.session_id == session_id)
    claims = connection.execute(query).all()
    if not _is_judged(connection, session_id) or len({row.subject for row in claims}) < 2:
        raise _refusal(
            "This docking was not judged to its end; dock the card again and use its new receipt",
            "该次采集尚未判定完毕；请重新插入此卡并使用新收据",
        )
    doubted = {row.subject for row in claims if row.verdict == ClaimVerdict.CONFLICT.value}
    if ClaimSubject.OFFICER.value in doubted:
        raise _refusal("The card names more than one officer", "卡上执法人员编号互相矛盾")
    ours = [row for row in claims if row.subject == ClaimSubject.RECORDER.value]
    values = {row.value for row in ours if row.verdict in _SURE}
    if len(values) != 1 or doubted:
        raise _refusal("The card does not say for certain whose it is", "卡上记录仪编号不能确定")
    return str(values.pop())


def _is_judged(connection: Connection, session_id: str) -> bool:
    """Whether a receipt came after the newest inventory: each receipt comes after a judgement.

    What is listed and not judged yet may name another recorder or officer.
    """
    acts = ("inventory.written", "receipt.issued")
    newest = newest_of_session(connection, session_id, acts=acts)
    return newest is not None and newest.act == "receipt.issued"


def _is_doubled(connection: Connection, card: str, *, number: str) -> bool:
    """Whether any docking of this card, or of this number, ever met another of the same number.

    Docking again proves nothing: the other recorder may just not be there. ADR 12.
    """
    observations, sessions = schema.observations, schema.dock_sessions
    query = (
        select(sessions.c.card, observations.c.facts)
        .join(sessions, sessions.c.id == observations.c.session_id)
        .where(observations.c.code == "RECORDER_DOUBLED")
    )
    return any(
        row.card == card or loads_object(row.facts.encode()).get("recorder") == number
        for row in connection.execute(query)
    )


def _refusal(english: str, chinese: str) -> Refused:
    return Refused(english, code="CLEAR_REFUSED", reason_zh=chinese)


def _clear_file(
    site: Site, card: Card, *, receipt: _Receipt, found: FoundFile, safe: SafeFile
) -> ClearedFile:
    result, detail = _try_to_clear(site, card, found=found, safe=safe)
    row: Row = {
        "id": f"{receipt.id}/{os.urandom(6).hex()}",
        "receipt_id": receipt.id,
        "recording_id": safe.sha256,
        "path": safe.path,
        "result": result.value,
        "facts": dumps({"detail": detail}).decode(),
        "cleared_at": "",
    }
    with site.ledger.act() as act:
        act.insert(schema.clearings, {**row, "cleared_at": act.at_text})
        facts: dict[str, Json] = {
            "receipt": receipt.id,
            "recording": safe.sha256,
            "result": result.value,
        }
        act.enter("card.cleared", facts)
    return ClearedFile(shown_name(found.path), safe.sha256, result, detail)


def _try_to_clear(
    site: Site, card: Card, *, found: FoundFile, safe: SafeFile
) -> tuple[ClearResult, str]:
    """Reads both copies again and unlinks; every failure leaves the card's file where it is."""
    try:
        stored = site.vault.rehash(safe.sha256, _ignore)
    except LiuhenError as error:
        return ClearResult.STORED_COPY_BAD, str(error)
    if stored != safe.sha256:
        return ClearResult.STORED_COPY_BAD, f"stored copy reads as {stored}"
    try:
        return _unlink_if_equal(card, found, safe=safe)
    except (CardTrouble, OSError) as error:
        return ClearResult.FAILED, str(error)


def _unlink_if_equal(card: Card, found: FoundFile, *, safe: SafeFile) -> tuple[ClearResult, str]:
    descriptor = card.open(found)
    try:
        before = os.fstat(descriptor)
        digest = _digest(descriptor)
        if digest != safe.sha256 or before.st_size != safe.size:
            return ClearResult.DIFFERS, f"card's file reads as {digest}"
        if held_for_writing(descriptor):  # what is written after this look was never read
            return ClearResult.STILL_WRITING, "another program has it open for writing"
        now = card.status(found)
        if now is None or not os.path.samestat(now, before) or not found.same_version(now):
            return ClearResult.DIFFERS, "another file took its place"
        card.remove(found)
    finally:
        os.close(descriptor)
    return ClearResult.CLEARED, ""


def _digest(descriptor: int) -> str:
    read = SourceReader(descriptor, threading.Event())
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(_BLOCK))
    offset = 0
    while count := read(buffer, offset):
        digest.update(buffer[:count])
        offset += count
    return digest.hexdigest()


def _ignore(_count: int) -> None:
    """Clearing shows files, not bytes."""
