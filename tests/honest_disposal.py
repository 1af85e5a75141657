"""Rows of a disposal for the honest store: proposed, approved by two, buried, gone, certified."""

from typing import Protocol

from evidence import note
from evidence.canonical import Json
from evidence.disposal import Line, frozen
from evidence.disposal_certificate import CERTIFICATE, REMOVED, Gone, certificate_body
from evidence.personal import REMARK
from tests.honest_people import Store

BATCH, RECORD = "DB-2026-1", "DC-2026-1"


class Disposing(Store, Protocol):
    """What the honest store gives beyond rows."""

    def adopt(self, body: bytes) -> str:
        """Adopts bytes that no card brought, and returns their digest."""
        ...

    def drop_original(self, sha256: str) -> None:
        """Takes bytes out of the vault."""
        ...

    def stated(self, text: str) -> str:
        """The note of a text, by the station's key."""
        ...


def bury(store: Disposing, line: Line) -> tuple[str, str]:
    """Everything up to the tombstone; returns the list's digest and the tombstone's key."""
    text, sha256 = frozen([line])
    said = {"stated_at": store.at}
    store.row(
        "disposal_batches",
        id=BATCH,
        year=2026,
        ordinal=1,
        list_sha256=sha256,
        list=text,
        note=store.personal(REMARK, "期限已满，无继续保存价值"),
        person_id="p1",
        **said,
    )
    store.enter("disposal.proposed", {"batch": BATCH, "list_sha256": sha256})
    for number, person in enumerate(("p1", "p2")):
        store.row(
            "disposal_answers",
            id=f"{BATCH}/{number}",
            batch_id=BATCH,
            number=number,
            answer="APPROVED",
            list_sha256=sha256,
            note=None,
            person_id=person,
            stated_at=store.at,
        )
        store.enter("disposal.answered", {"batch": BATCH, "answer": "APPROVED"})
    tombstone = f"{line.recording}/0"
    store.row(
        "tombstones",
        id=tombstone,
        recording_id=line.recording,
        number=0,
        batch_id=BATCH,
        list_sha256=sha256,
        sightings=0,
        person_id="p1",
        stated_at=store.at,
    )
    store.enter("disposal.buried", {"batch": BATCH, "recordings": [line.recording]})
    return sha256, tombstone


def certify(store: Disposing, line: Line, *, site: str, buried: tuple[str, str]) -> None:
    """The certificate of what is gone."""
    sha256, tombstone = buried
    head: dict[str, Json] = {
        "site": site,
        "certificate": RECORD,
        "batch": BATCH,
        "list_sha256": sha256,
        "issued_at": store.at,
    }
    body = certificate_body(head, [Gone(line, tombstone, REMOVED)])
    store.row(
        "disposal_certificates",
        id=RECORD,
        year=2026,
        ordinal=1,
        batch_id=BATCH,
        list_sha256=sha256,
        signed=store.stated(note.statement(CERTIFICATE, body)),
        issued_at=store.at,
    )
    store.enter("disposal.certified", {"batch": BATCH, "certificate": RECORD})


def add_disposal(store: Disposing, *, site: str) -> None:
    """A whole disposal, and what two persons said of the clock."""
    sha256 = store.adopt(b"let go by law")
    line = Line(sha256, 13, "WORKING_MATERIAL", "6 mo", "2025-01-01", "2025-07-02", "XX@1")
    buried = bury(store, line)
    store.drop_original(sha256)
    certify(store, line, site=site, buried=buried)
    store.row(
        "clock_explanations",
        id="clock/0",
        number=0,
        position=1,
        kind="STOOD_STILL",
        note=store.personal(REMARK, "春节停用"),
        person_id="p1",
        second_id="p2",
        stated_at=store.at,
    )
    store.enter("clock.explained", {"position": 1, "kind": "STOOD_STILL"})
