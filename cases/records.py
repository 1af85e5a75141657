"""What was done and said in an action, put on record fact by fact: each is one act.

Holds always: a fact is taken whenever it comes and however irregular it is, and judged when a step
rests on it; what cannot be a fact at all (a refusal without its note, a free form without a reason,
a moment to come) is refused as input. Of two facts about one thing the later counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cases import kept, reading
from evidence.canonical import Json
from evidence.case_vocabulary import (
    ActionFact,
    Awareness,
    IdentityMode,
    MetadataGroup,
    NoticeItem,
    RecordChoice,
    Signed,
    Signer,
)
from evidence.errors import BadInput
from evidence.personal import PERSON_NAME, REMARK
from storage import schema
from storage.ledger import Act, Ledger, Row


@dataclass(frozen=True)
class Said:
    """Who states a fact, and of which moment it is (UTC); the document it stands in, if any."""

    person: str | None
    at: datetime
    document_sha256: str | None = None


@dataclass(frozen=True)
class NewExemption:
    """Text instead of recording: the documents' digests, who signs, why, and who approves."""

    documents: tuple[str, ...]
    signers: tuple[str, ...]
    reason: str | None
    approver: str | None


@dataclass(frozen=True)
class NewAwareness:
    """How the counterpart knew of a recording; `offset_s` is where in it they were told."""

    mode: Awareness
    recording: str | None = None
    offset_s: int | None = None
    sign: str | None = None


@dataclass(frozen=True)
class NewDocument:
    """A document of an action: its code, and its template or why it is in free form (R-191)."""

    code: str
    template: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class NewSignature:
    """A signature on a document; `signer` is a person's id or COUNTERPART or WITNESS.

    A refusal needs a note and who noted it (R-194).
    """

    signer: str
    result: Signed = Signed.SIGNED
    note: str | None = None
    noted_by: str | None = None


@dataclass(frozen=True)
class NewWitness:
    """A witness; `person` where they are of the register, and then not of the bureau (R-195)."""

    name: str
    is_present: bool = True
    person: str | None = None


@dataclass(frozen=True)
class _Fact:
    """A fact with the commitments that its body holds under keys of `_ref`."""

    kind: ActionFact
    body: Mapping[str, Json]
    texts: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)


def decide(
    ledger: Ledger, action_id: str, *, said: Said, choice: RecordChoice, reason: str | None = None
) -> str:
    """Whether to record, where that is left to those on the spot (R-146); returns the row's id.

    NOT_RECORD needs a reason. Raises `BadInput` or `NotFound`, as everything below.
    """
    if choice is RecordChoice.NOT_RECORD and not (reason or "").strip():
        raise BadInput("Not to record needs a reason", why="NOT_RECORD_REASON")
    body: Mapping[str, Json] = {"record": choice.value}
    return _record(
        ledger, action_id, said=said, fact=_Fact(ActionFact.DECISION, body, _reason(reason))
    )


def note_awareness(ledger: Ledger, action_id: str, *, said: Said, new: NewAwareness) -> str:
    """How the counterpart knew of the recording (R-196)."""
    body: Mapping[str, Json] = {
        "mode": new.mode.value,
        "offset_s": _offset(new.offset_s),
        "recording": kept.digest_text(new.recording),
        "sign": kept.line(new.sign, "SIGN"),
    }
    return _record(ledger, action_id, said=said, fact=_Fact(ActionFact.AWARENESS, body))


def show_identity(
    ledger: Ledger,
    action_id: str,
    *,
    said: Said,
    mode: IdentityMode,
    offset_s: int | None = None,
) -> str:
    """That certificates were shown or worn (R-078)."""
    body: Mapping[str, Json] = {"mode": mode.value, "offset_s": _offset(offset_s)}
    return _record(ledger, action_id, said=said, fact=_Fact(ActionFact.IDENTITY, body))


def notify(
    ledger: Ledger,
    action_id: str,
    *,
    said: Said,
    item: NoticeItem,
    offset_s: int | None = None,
) -> str:
    """That the counterpart was told of something (R-066), in the recording or in a document."""
    if offset_s is None and said.document_sha256 is None:
        raise BadInput("A notice stands in a recording or document", why="NOTICE_PLACE")
    body: Mapping[str, Json] = {"item": item.value, "offset_s": _offset(offset_s)}
    return _record(ledger, action_id, said=said, fact=_Fact(ActionFact.NOTICE, body))


def add_document(ledger: Ledger, action_id: str, *, said: Said, new: NewDocument) -> str:
    """A document of the action; `said` names its digest."""
    code, template = (
        kept.needed_line(new.code, "DOCUMENT_CODE"),
        kept.line(new.template, "TEMPLATE"),
    )
    _needs_document(said)
    if template is None and not (new.reason or "").strip():
        raise BadInput("A free form needs a reason", why="FREE_FORM_REASON")
    body: Mapping[str, Json] = {"code": code, "template": template}
    return _record(
        ledger, action_id, said=said, fact=_Fact(ActionFact.DOCUMENT, body, _reason(new.reason))
    )


def sign(ledger: Ledger, action_id: str, *, said: Said, new: NewSignature) -> str:
    """A signature on a document, or that it was refused; `said` names the document's digest.

    A refusal without its note is a fact as well; whoever settles the action is told (R-194).
    """
    _needs_document(said)
    with ledger.database.read() as connection:
        if new.signer not in set(Signer):
            kept.known_person(connection, new.signer)
        if new.noted_by is not None:
            kept.known_person(connection, new.noted_by)
    body: Mapping[str, Json] = {
        "signer": new.signer,
        "result": new.result.value,
        "noted_by": new.noted_by,
    }
    texts = {"note_ref": (REMARK, new.note)}
    return _record(ledger, action_id, said=said, fact=_Fact(ActionFact.SIGNATURE, body, texts))


def add_witness(ledger: Ledger, action_id: str, *, said: Said, new: NewWitness) -> str:
    """A witness who was there or was asked to be (R-195)."""
    kept.needed_line(new.name, "WITNESS_NAME")
    if new.person is not None:
        with ledger.database.read() as connection:
            kept.known_person(connection, new.person)
    body: Mapping[str, Json] = {"person": new.person, "present": new.is_present}
    texts = {"name_ref": (PERSON_NAME, new.name)}
    return _record(ledger, action_id, said=said, fact=_Fact(ActionFact.WITNESS, body, texts))


def describe(ledger: Ledger, action_id: str, *, said: Said, group: MetadataGroup, text: str) -> str:
    """One of the six groups that the record must state (R-184)."""
    if not text.strip():
        raise BadInput("The element of the record is empty", why="METADATA_EMPTY")
    body: Mapping[str, Json] = {"group": group.value}
    texts = {"text_ref": (REMARK, text)}
    return _record(ledger, action_id, said=said, fact=_Fact(ActionFact.METADATA, body, texts))


def name_party(ledger: Ledger, action_id: str, *, said: Said, name: str) -> str:
    """A party of the action."""
    kept.needed_line(name, "PARTY_NAME")
    texts = {"name_ref": (PERSON_NAME, name)}
    return _record(ledger, action_id, said=said, fact=_Fact(ActionFact.PARTY, {}, texts))


# --- rows within an act ---------------------------------------------------------------------------


def put_exemption(act: Act, action_id: str, *, said: Said, new: NewExemption) -> str:
    """Writes that text stands for recording; whoever calls has passed the guard of R-142."""
    documents: list[Json] = [kept.digest_text(one) for one in new.documents]
    signers: list[Json] = [kept.known_person(act.connection, one) for one in new.signers]
    approver = None if new.approver is None else kept.known_person(act.connection, new.approver)
    body: Mapping[str, Json] = {"documents": documents, "signers": signers, "approver": approver}
    fact = _Fact(ActionFact.EXEMPTION, body, _reason(new.reason))
    return _insert(act, action_id, said=said, fact=fact)


def _record(ledger: Ledger, action_id: str, *, said: Said, fact: _Fact) -> str:
    with ledger.act() as act:
        reading.action(act.connection, action_id)
        row_id = _insert(act, action_id, said=said, fact=fact)
        act.enter("action.recorded", {"action": action_id, "kind": fact.kind.value})
    return row_id


def _insert(act: Act, action_id: str, *, said: Said, fact: _Fact) -> str:
    texts = {name: kept.keep(act, kind, value=value) for name, (kind, value) in fact.texts.items()}
    if said.person is not None:
        kept.known_person(act.connection, said.person)
    row: Row = {
        **act.numbered(schema.action_records, owner="action_id", value=action_id),
        "kind": fact.kind.value,
        "at": kept.past_text(act, said.at),
        "document_sha256": kept.digest_text(said.document_sha256),
        "body": kept.body_text({**fact.body, **texts}),
        "person_id": said.person,
        "stated_at": act.at_text,
    }
    act.insert(schema.action_records, row)
    return str(row["id"])


def _reason(reason: str | None) -> Mapping[str, tuple[str, str | None]]:
    return {"reason_ref": (REMARK, reason)}


def _offset(seconds: int | None) -> int | None:
    if seconds is not None and not 0 <= seconds <= 86_400:
        raise BadInput(f"{seconds} s lies in no recording", why="OFFSET", value=seconds)
    return seconds


def _needs_document(said: Said) -> None:
    if said.document_sha256 is None:
        raise BadInput("The document's SHA-256 is missing", why="DOCUMENT_MISSING")
