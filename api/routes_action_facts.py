"""What was done and said in an action, put on record fact by fact.

Holds always: a fact is taken whenever it comes; who states it is whoever is logged in.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from api import models as m
from api import models_case_given as g
from api.case_reach import action_within
from api.guard import Caller, needs
from api.models_register import Made, Moment
from api.responses import PROBLEMS
from api.world import World, world_of
from cases import records
from cases.records import NewAwareness, NewDocument, NewSignature, NewWitness, Said
from people.roles import Permission
from storage.ledger import Ledger

router = APIRouter(prefix="/api/actions/{action}", tags=["actions"])

_keeping = Depends(needs(Permission.KEEP_CASES))
At = Annotated[Moment | None, Query(description="of which moment the fact is; now if left out")]


@router.post("/decision", status_code=201, responses=PROBLEMS["change"])
def decide_recording(
    request: Request,
    action: m.Key,
    given: g.DecisionGiven,
    at: At = None,
    caller: Caller = _keeping,
) -> Made:
    """Whether to record, where that is left to those on the spot."""
    ledger, said = _fact(request, caller, action=action, at=at)
    done = records.decide(ledger, action, said=said, choice=given.choice, reason=given.reason)
    return Made(id=done)


@router.post("/awareness", status_code=201, responses=PROBLEMS["change"])
def note_awareness(
    request: Request,
    action: m.Key,
    given: g.AwarenessGiven,
    at: At = None,
    caller: Caller = _keeping,
) -> Made:
    """How the counterpart knew of the recording; with none the footage is set aside as covert."""
    ledger, said = _fact(request, caller, action=action, at=at)
    new = NewAwareness(**given.model_dump())
    return Made(id=records.note_awareness(ledger, action, said=said, new=new))


@router.post("/identity", status_code=201, responses=PROBLEMS["change"])
def show_identity(
    request: Request,
    action: m.Key,
    given: g.IdentityGiven,
    at: At = None,
    caller: Caller = _keeping,
) -> Made:
    """That certificates were shown or worn."""
    ledger, said = _fact(request, caller, action=action, at=at)
    done = records.show_identity(
        ledger, action, said=said, mode=given.mode, offset_s=given.offset_s
    )
    return Made(id=done)


@router.post("/notices", status_code=201, responses=PROBLEMS["change"])
def notify(
    request: Request, action: m.Key, given: g.NoticeGiven, at: At = None, caller: Caller = _keeping
) -> Made:
    """That the counterpart was told of something."""
    ledger, said = _fact(request, caller, action=action, at=at, document=given.document_sha256)
    done = records.notify(ledger, action, said=said, item=given.item, offset_s=given.offset_s)
    return Made(id=done)


@router.post("/documents", status_code=201, responses=PROBLEMS["change"])
def add_document(
    request: Request,
    action: m.Key,
    given: g.DocumentGiven,
    at: At = None,
    caller: Caller = _keeping,
) -> Made:
    """A document of the action, by its digest."""
    ledger, said = _fact(request, caller, action=action, at=at, document=given.document_sha256)
    new = NewDocument(given.code, given.template, given.reason)
    return Made(id=records.add_document(ledger, action, said=said, new=new))


@router.post("/signatures", status_code=201, responses=PROBLEMS["change"])
def sign(
    request: Request,
    action: m.Key,
    given: g.SignatureGiven,
    at: At = None,
    caller: Caller = _keeping,
) -> Made:
    """A signature on a document, or that it was refused."""
    ledger, said = _fact(request, caller, action=action, at=at, document=given.document_sha256)
    new = NewSignature(given.signer, given.result, given.note, given.noted_by)
    return Made(id=records.sign(ledger, action, said=said, new=new))


@router.post("/witnesses", status_code=201, responses=PROBLEMS["change"])
def add_witness(
    request: Request,
    action: m.Key,
    given: g.WitnessGiven,
    at: At = None,
    caller: Caller = _keeping,
) -> Made:
    """A witness who was there or was asked to be."""
    ledger, said = _fact(request, caller, action=action, at=at)
    new = NewWitness(given.name, given.is_present, given.person)
    return Made(id=records.add_witness(ledger, action, said=said, new=new))


@router.post("/metadata", status_code=201, responses=PROBLEMS["change"])
def describe(
    request: Request,
    action: m.Key,
    given: g.MetadataGiven,
    at: At = None,
    caller: Caller = _keeping,
) -> Made:
    """One of the six groups that the record must state."""
    ledger, said = _fact(request, caller, action=action, at=at)
    done = records.describe(ledger, action, said=said, group=given.group, text=given.text)
    return Made(id=done)


@router.post("/parties", status_code=201, responses=PROBLEMS["change"])
def name_party(
    request: Request, action: m.Key, given: g.PartyGiven, at: At = None, caller: Caller = _keeping
) -> Made:
    """A party of the action."""
    ledger, said = _fact(request, caller, action=action, at=at)
    return Made(id=records.name_party(ledger, action, said=said, name=given.name))


def _fact(
    request: Request,
    caller: Caller,
    *,
    action: str,
    at: datetime | None,
    document: str | None = None,
) -> tuple[Ledger, Said]:
    """The log, and who says it of which moment, for an action within reach."""
    world: World = world_of(request)
    with world.site.database.read() as connection:
        action_within(connection, caller, action_id=action)
    said = Said(caller.account.person, at or world.site.clock(), document)
    return world.ledger_of(caller.account), said
