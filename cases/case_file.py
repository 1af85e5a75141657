"""What belongs to a case beside its steps: fixations, legal review, discussion, stages, tags.

Holds always: as in `cases.records`: a fact is taken and judged when a step rests on it; the last
opinion on the last round counts, and every round stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from cases import case_facts, kept, reading
from cases.records import Said
from evidence.canonical import Json
from evidence.case_vocabulary import Bearing, CaseFact, CaseStage, Opinion, Signed
from evidence.errors import BadInput
from evidence.personal import REMARK
from storage import schema
from storage.ledger import Act, Ledger, Row


@dataclass(frozen=True)
class NewFixation:
    """Recordings reduced to a signed writing (R-199); a refusal to sign needs its note."""

    recordings: tuple[str, ...]
    signature: Signed = Signed.SIGNED
    note: str | None = None


@dataclass(frozen=True)
class NewTag:
    """Which way a recording of the case bears, as whoever reviews it sees it (R-061)."""

    recording: str
    bearing: Bearing
    note: str | None = None


@dataclass(frozen=True)
class CaseRecord:
    """A record in the making; `texts` are commitments to be, under keys that end in `_ref`."""

    kind: CaseFact
    body: Mapping[str, Json]
    texts: Mapping[str, str | None] = field(default_factory=dict)


def fix(ledger: Ledger, case_id: str, *, said: Said, new: NewFixation) -> str:
    """A fixation; `said` names the document's digest. Raises `BadInput` or `NotFound`."""
    recordings = _recordings(new.recordings)
    if not recordings:
        raise BadInput("A fixation is of recordings", why="FIXATION_EMPTY")
    if said.document_sha256 is None:
        raise BadInput("The document's SHA-256 is missing", why="DOCUMENT_MISSING")
    if new.signature is Signed.REFUSED and not (new.note or "").strip():
        raise BadInput("A refusal needs its note", why="REFUSAL_WITHOUT_NOTE")
    body: Mapping[str, Json] = {"recordings": recordings, "signature": new.signature.value}
    return _record(ledger, case_id, said=said, new=_of(CaseFact.FIXATION, body, note=new.note))


def give_opinion(
    ledger: Ledger, case_id: str, *, said: Said, opinion: Opinion, round_: int | None = None
) -> str:
    """What legal review came to on a round, None for the last (R-160); `said` is the reviewer.

    Raises `BadInput` or `NotFound`.
    """
    if said.person is None:
        raise BadInput("Somebody reviewed it", why="REVIEWER_MISSING")
    if said.document_sha256 is None:
        raise BadInput("The document's SHA-256 is missing", why="DOCUMENT_MISSING")
    with ledger.database.read() as connection:
        last = rounds(connection, case_id)
    if round_ is not None and not 1 <= round_ <= last:
        raise BadInput(f"There was no round {round_}", why="NO_ROUND", round=round_)
    body: Mapping[str, Json] = {
        "round": round_ or last,
        "opinion": opinion.value,
        "reviewer": said.person,
    }
    return _record(ledger, case_id, said=said, new=_of(CaseFact.REVIEW_OPINION, body))


def hold_collective(
    ledger: Ledger, case_id: str, *, said: Said, members: int, in_favour: int
) -> str:
    """A collective discussion with its votes (R-170); `said` names the minutes, if any."""
    if not 0 <= in_favour <= members or members < 1:
        raise BadInput("The votes do not add up", why="VOTES", members=members)
    body: Mapping[str, Json] = {"members": members, "in_favour": in_favour}
    return _record(ledger, case_id, said=said, new=_of(CaseFact.COLLECTIVE, body))


def note_stage(
    ledger: Ledger, case_id: str, *, said: Said, stage: CaseStage, note: str | None = None
) -> str:
    """A record of one of the four stages (R-080, R-185); `said` names its document."""
    if said.document_sha256 is None:
        raise BadInput("The document's SHA-256 is missing", why="DOCUMENT_MISSING")
    body: Mapping[str, Json] = {"stage": stage.value}
    return _record(ledger, case_id, said=said, new=_of(CaseFact.STAGE, body, note=note))


def tag(ledger: Ledger, case_id: str, *, said: Said, new: NewTag) -> str:
    """Says which way a recording bears; what was said before stays, so legal review sees all of it.

    Raises `BadInput` without a reviewer or for a recording that is of no action of the case, or
    `NotFound`.
    """
    if said.person is None:
        raise BadInput("Somebody reviewed it", why="REVIEWER_MISSING")
    with ledger.database.read() as connection:
        of_case = case_facts.linked(connection, case_id)
    if new.recording not in of_case:
        raise BadInput("The recording is not of the case", why="NOT_OF_CASE", case=case_id)
    body: Mapping[str, Json] = {"recording": new.recording, "bearing": new.bearing.value}
    return _record(ledger, case_id, said=said, new=_of(CaseFact.TAG, body, note=new.note))


# --- rows within an act ---------------------------------------------------------------------------


def put_case_record(act: Act, case_id: str, *, said: Said, new: CaseRecord) -> str:
    """Writes a record of a case; returns its id."""
    if said.person is not None:
        kept.known_person(act.connection, said.person)
    texts = {name: kept.keep(act, REMARK, value=value) for name, value in new.texts.items()}
    row: Row = {
        **act.numbered(schema.case_records, owner="case_id", value=case_id),
        "kind": new.kind.value,
        "at": kept.past_text(act, said.at),
        "document_sha256": kept.digest_text(said.document_sha256),
        "body": kept.body_text({**new.body, **texts}),
        "person_id": said.person,
        "stated_at": act.at_text,
    }
    act.insert(schema.case_records, row)
    return str(row["id"])


def rounds(connection: Connection, case_id: str) -> int:
    """How many times a case was sent to review."""
    records = reading.case_records(connection, case_id)
    return sum(record.kind == CaseFact.REVIEW_SUBMITTED.value for record in records)


def _of(kind: CaseFact, body: Mapping[str, Json], *, note: str | None = None) -> CaseRecord:
    return CaseRecord(kind, body, {"note_ref": note})


def _record(ledger: Ledger, case_id: str, *, said: Said, new: CaseRecord) -> str:
    with ledger.act() as act:
        reading.case(act.connection, case_id)
        row_id = put_case_record(act, case_id, said=said, new=new)
        act.enter("case.recorded", {"case": case_id, "kind": new.kind.value})
    return row_id


def _recordings(named: Sequence[str]) -> list[Json]:
    found: list[Json] = []
    found.extend(sorted({kept.digest_text(one) or "" for one in named} - {""}))
    return found
