"""The acts of a docking session, each one function and one transaction with its custody entry.

Holds always: nothing here changes the card or the vault; a row and its entry commit together; a
path stands in rows and entries only as its commitment, whose opening is kept beside the log.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from devices.claims import Judgement
from evidence import note, statements
from evidence.canonical import Json, dumps
from evidence.entry import Entry, time_text
from evidence.errors import StorageFailed
from evidence.personal import CARD_LABEL, OFFICER_NUMBER, SALT_BYTES, Personal
from evidence.statements import ListedFile, PassedOver, SafeFile, UnsafeFile
from evidence.vocabulary import ClaimSubject
from ingest.identity import CardIdentity
from ingest.station import Station
from storage import schema
from storage.graves import grave
from storage.items import add_digest, add_item
from storage.ledger import Act, Ledger, Row
from storage.scrub import forget_failure
from storage.vault import StagedCopy, Stored


@dataclass(frozen=True)
class DockPlace:
    """Where a card stands: the dock's name, how cards reach it, and the card itself.

    `is_unreplayed`: its file system was not closed cleanly and is read without its journal.
    """

    dock: str
    source: str
    identity: CardIdentity
    is_unreplayed: bool = False


@dataclass(frozen=True)
class Opened:
    """A docking session that is on record."""

    session_id: str
    opened_at: datetime
    place: DockPlace


@dataclass(frozen=True)
class SightingFacts:
    """What is known of one file besides its bytes; times are as claimed, never trusted."""

    kind: str
    labels: tuple[str, ...]
    priority: int
    mtime_ns: int
    name_time: str | None
    container_time: str | None
    container_zone: str | None
    file_time: str | None


@dataclass(frozen=True)
class Sealing:
    """One file about to be sealed: its inventory line, its bytes in the vault, its facts."""

    line: ListedFile
    staged: StagedCopy
    stored: Stored
    facts: SightingFacts
    recognition: str


def open_session(station: Station, place: DockPlace) -> Opened:
    """The act `session.opened`: a card stands in a dock."""
    label = Personal(CARD_LABEL, place.identity.label, secrets.token_bytes(SALT_BYTES))
    with station.site.ledger.act() as act:
        session_id = f"{act.at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        row: Row = {
            "id": session_id,
            "dock": place.dock,
            "source": place.source,
            "card": place.identity.card,
            "card_basis": place.identity.basis,
            "label": act.keep(label),
            "zone": station.settings.zone,
            "opened_at": act.at_text,
        }
        act.insert(schema.dock_sessions, row)
        act.enter("session.opened", {"session": session_id, "dock": place.dock})
    return Opened(session_id, act.at, place)


def write_inventory(
    station: Station,
    opened: Opened,
    *,
    number: int,
    files: Sequence[tuple[ListedFile, Personal]],
    passed_over: Sequence[tuple[PassedOver, Personal]],
) -> None:
    """The act `inventory.written`: what stands on the card, signed before a byte is copied."""
    site = station.site
    with site.ledger.act() as act:
        act.keep_all([name for _, name in (*files, *passed_over)])
        head: dict[str, Json] = {
            "site": site.site_id,
            "session": opened.session_id,
            "number": number,
            "written_at": act.at_text,
        }
        body = statements.inventory_body(
            head, [line for line, _ in files], passed_over=[item for item, _ in passed_over]
        )
        row: Row = {
            "id": f"{opened.session_id}/{number}",
            "session_id": opened.session_id,
            "number": number,
            "files": len(files),
            "signed": site.station_signer.note(note.statement(statements.INVENTORY, body)),
            "written_at": act.at_text,
        }
        act.insert(schema.inventories, row)
        facts: dict[str, Json] = {
            "session": opened.session_id,
            "number": number,
            "files": len(files),
            "passed_over": len(passed_over),
        }
        act.enter("inventory.written", facts)


def seal(station: Station, opened: Opened, *, sealing: Sealing) -> tuple[str, Entry]:
    """The act `recording.sealed`: these bytes are durably here; returns the sighting and entry."""
    sha256 = sealing.stored.sha256
    sighting_id = f"{opened.session_id}/{sealing.line.number}"
    with station.site.ledger.act() as act:
        first = add_item(act, sealing.stored, vault_id=station.site.vault.vault_id)
        for algorithm, value in sealing.staged.digests.items():
            if algorithm != "sha256":
                add_digest(act, sha256, algorithm=algorithm, value=value)
        _flag_return(station, act, opened=opened, sha256=sha256)
        _seal_sighting(station, act, opened=opened, sealing=sealing)
        _remember(act.connection, sealing.recognition, sha256=sha256, sighting_id=sighting_id)
        forget_failure(act.connection, f"{station.site.vault.vault_id}/{sha256}")
        facts: dict[str, Json] = {
            "session": opened.session_id,
            "recording": sha256,
            "size": str(sealing.stored.size),
            "read_back": sealing.stored.read_back.value,
            "first_sighting": first,
        }
        entry = act.enter("recording.sealed", facts)
    return sighting_id, entry


def _flag_return(station: Station, act: Act, *, opened: Opened, sha256: str) -> None:
    """Marks bytes that were disposed of before and are kept again; they must be there at all.

    Raises `StorageFailed` (copy again) where a disposal took them between their name and this act.
    """
    buried = grave(act.connection, sha256)
    if buried is None:
        return
    if station.site.vault.size(sha256) is None:
        reason = f"{sha256} was disposed of while it was docked"
        raise StorageFailed(f"Nothing to seal: {reason}", reason=reason)
    row: Row = {
        "id": secrets.token_hex(12),
        "session_id": opened.session_id,
        "recording_id": sha256,
        "path": None,
        "code": "DOCKED_AFTER_DISPOSAL",
        "facts": dumps({"batch": buried.batch, "certificate": buried.certificate}).decode(),
        "observed_at": act.at_text,
    }
    act.insert(schema.observations, row)


def _seal_sighting(station: Station, act: Act, *, opened: Opened, sealing: Sealing) -> None:
    facts = sealing.facts
    row: Row = {
        "id": f"{opened.session_id}/{sealing.line.number}",
        "session_id": opened.session_id,
        "recording_id": sealing.stored.sha256,
        "path": sealing.line.path,
        "size": sealing.stored.size,
        "mtime_ns": str(facts.mtime_ns),
        "kind": facts.kind,
        "labels": dumps(list(facts.labels)).decode(),
        "priority": facts.priority,
        "name_time": facts.name_time,
        "container_time": facts.container_time,
        "container_zone": facts.container_zone,
        "file_time": facts.file_time,
        "zone": station.settings.zone,
        "sealed_at": act.at_text,
    }
    act.insert(schema.sightings, row)


def _remember(connection: Connection, key: str, *, sha256: str, sighting_id: str) -> None:
    table = schema.seen_files
    connection.execute(table.delete().where(table.c.id == key))
    connection.execute(table.insert().values(id=key, recording_id=sha256, sighting_id=sighting_id))


def judge(station: Station, opened: Opened, *, subject: ClaimSubject, judgement: Judgement) -> None:
    """The act `recorder.claimed`: what the card's own sources say of its recorder or officer.

    An officer's number is personal: it stands in the row as a commitment.
    """
    with station.site.ledger.act() as act:
        personal = subject == ClaimSubject.OFFICER
        row: Row = {
            "id": f"{opened.session_id}/{subject}/{secrets.token_hex(4)}",
            "session_id": opened.session_id,
            "subject": subject.value,
            "verdict": judgement.verdict.value,
            "value": _claimed_value(act, judgement.value, personal=personal),
            "sources": dumps(_sources(act, judgement, personal=personal)).decode(),
            "judged_at": act.at_text,
        }
        act.insert(schema.claims, row)
        facts: dict[str, Json] = {
            "session": opened.session_id,
            "subject": subject.value,
            "verdict": judgement.verdict.value,
        }
        act.enter("recorder.claimed", facts)


def _sources(act: Act, judgement: Judgement, *, personal: bool) -> list[Json]:
    return [
        {
            "source": source.source.value,
            "value": _claimed_value(act, source.value, personal=personal),
            "count": source.count,
            "evident": source.evident,
        }
        for source in judgement.sources
    ]


def _claimed_value(act: Act, value: str | None, *, personal: bool) -> str | None:
    if value is None or not personal:
        return value
    return act.keep(Personal(OFFICER_NUMBER, value, secrets.token_bytes(SALT_BYTES)))


@dataclass(frozen=True)
class About:
    """What an observation is about; any part may be unknown."""

    session_id: str | None = None
    recording_id: str | None = None
    path: Personal | None = None


def observe(ledger: Ledger, code: str, *, about: About, facts: Mapping[str, Json]) -> None:
    """The act `observation.made`: something an assessor will want to know."""
    with ledger.act() as act:
        row: Row = {
            "id": secrets.token_hex(12),
            "session_id": about.session_id,
            "recording_id": about.recording_id,
            "path": None if about.path is None else act.keep(about.path),
            "code": code,
            "facts": dumps(facts).decode(),
            "observed_at": act.at_text,
        }
        act.insert(schema.observations, row)
        act.enter("observation.made", {"code": code, "session": about.session_id})


def issue_receipt(
    station: Station,
    opened: Opened,
    *,
    head: Mapping[str, Json],
    safe: Sequence[SafeFile],
    not_safe: Sequence[UnsafeFile],
) -> str:
    """The act `receipt.issued`: signs which files are safe and which are not; returns its id.

    `head` holds the receipt's number, the recorder's verdict and the log position.
    """
    site = station.site
    with site.ledger.act() as act:
        whole: dict[str, Json] = {
            **head,
            "site": site.site_id,
            "session": opened.session_id,
            "opened_at": time_text(opened.opened_at),
            "issued_at": act.at_text,
        }
        body = statements.receipt_body(whole, safe, not_safe=not_safe)
        receipt_id = f"{opened.session_id}-{head['number']}"
        row: Row = {
            "id": receipt_id,
            "session_id": opened.session_id,
            "number": _integer(head["number"]),
            "complete": int(not not_safe),
            "signed": site.station_signer.note(note.statement(statements.RECEIPT, body)),
            "issued_at": act.at_text,
        }
        act.insert(schema.receipts, row)
        facts: dict[str, Json] = {
            "receipt": receipt_id,
            "session": opened.session_id,
            "safe": len(safe),
            "not_safe": len(not_safe),
        }
        act.enter("receipt.issued", facts)
    return receipt_id


def _integer(value: Json) -> int:
    return value if isinstance(value, int) else 0
