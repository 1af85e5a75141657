"""Disposal: what is due, batches that two persons approve, their certificates.

Holds always: whoever does not reach every recording of a batch sees nothing of it; an answer and an
execution stand in the name of the person who is logged in, so two log-ins of one person are one.
"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api import models as m
from api import models_disposal as d
from api.guard import Caller, needs
from api.register_words import said
from api.responses import PROBLEMS
from api.routes_reports import FILE
from api.world import World, world_of
from cases import disposal, disposal_clock, disposal_rows
from cases.disposal import House, Proposal, Said
from cases.disposal_clock import LogTimes
from cases.disposal_judging import Against, Judge, due
from cases.disposal_report import certificate_report
from cases.disposal_rows import Batch
from evidence.disposal import Line
from evidence.disposal_clock import SOURCES, Doubt
from evidence.entry import time_text
from evidence.errors import NotFound
from evidence.report import ReportKind
from evidence.retention import RetentionClass
from evidence.retention_messages import RETENTION_WORDS
from people import staff
from people.roles import Permission
from render.pdf import as_pdf, check_font
from storage import listing, removing
from storage.reporting import record_report

router = APIRouter(prefix="/api/disposals", tags=["disposals"])

_reading = Depends(needs(Permission.READ_DISPOSALS))
_handling = Depends(needs(Permission.HANDLE_DISPOSALS))
BatchId = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,40}$")]
After = Annotated[m.Sha256 | None, Query(description="`next` of the page before")]
_EASY: m.Words = m.Words(zh="现在可以执行", en="It may be carried out now")


@router.get("/due", responses=PROBLEMS["find"])
def list_due(request: Request, after: After = None, caller: Caller = _reading) -> d.DisposalsDue:
    """What may be proposed today, and what is due and must stay, with every reason."""
    world = world_of(request)
    with world.site.database.read() as connection:
        log, now = LogTimes.read(connection), world.site.clock()
        stores = removing.shelves(world.site)
        page = due(Judge.of(connection, now=now, log=log, stores=stores), after=after)
        doubts = disposal_clock.doubts_now(connection, now=now, machine=world.machine, log=log)
    returned = removing.returned(world.site)
    wanted = [one.recording for one in (*page.lines, *(line for line, _ in page.kept))]
    seen = _within(world, caller, of=[*wanted, *returned])
    return d.DisposalsDue(
        lines=[_line(one) for one in page.lines if one.recording in seen],
        kept=[
            d.KeptShown(line=_line(line), reasons=[_against(one) for one in against])
            for line, against in page.kept
            if line.recording in seen
        ],
        returned=[one for one in returned if one in seen],
        clock=[_doubt(one) for one in doubts],
        next=page.following,
    )


@router.get("", responses=PROBLEMS["read"])
def list_batches(request: Request, caller: Caller = _reading) -> d.Batches:
    """Batches of recordings within reach, newest first."""
    world = world_of(request)
    with world.site.database.read() as connection:
        found = disposal_rows.batches(connection)
    seen = _within(world, caller, of={line.recording for one in found for line in one.lines})
    shown = [one for one in found if all(line.recording in seen for line in one.lines)]
    with world.site.database.read() as connection:
        return d.Batches(batches=[_batch(connection, one, caller=caller) for one in shown])


@router.post("", responses=PROBLEMS["change"])
def propose(request: Request, given: d.ProposalGiven, caller: Caller = _handling) -> d.BatchShown:
    """Proposes a batch, whose list is frozen by its digest."""
    world = world_of(request)
    _check_within(world, caller, of=given.originals)
    new = Proposal(tuple(given.originals), caller.account.person, given.appraisal)
    made = disposal.propose(_house(world, caller), new)
    return _shown(world, caller, batch=made)


@router.get("/certificates/{certificate}", responses=PROBLEMS["find"])
def one_certificate(
    request: Request, certificate: BatchId, caller: Caller = _reading
) -> d.DisposalCertificate:
    """A certificate with its signature; it stays for ever."""
    world = world_of(request)
    with world.site.database.read() as connection:
        found = disposal_rows.certificate(connection, certificate)
        lines = disposal_rows.batch(connection, found.batch).lines
    _check_within(world, caller, of=[one.recording for one in lines])
    return d.DisposalCertificate(
        certificate=found.id,
        batch=found.batch,
        issued_at=found.issued_at,
        signed=found.signed,
        lines=[_line(one) for one in lines],
    )


@router.post(
    "/certificates/{certificate}/print",
    response_class=Response,
    responses={**PROBLEMS["change"], **FILE},
)
def print_certificate(
    request: Request, certificate: BatchId, caller: Caller = _reading
) -> Response:
    """A certificate as a PDF, which is on record before its first byte."""
    world = world_of(request)
    check_font()
    with world.site.database.read() as connection:
        found = disposal_rows.certificate(connection, certificate)
        lines = disposal_rows.batch(connection, found.batch).lines
        report = certificate_report(connection, found)
    _check_within(world, caller, of=[one.recording for one in lines])
    data = as_pdf(report, made_at=world.site.clock())
    ledger = world.ledger_of(caller.account)
    facts = {"certificate": found.id}
    sha256 = record_report(ledger, ReportKind.DISPOSAL, data=data, facts=facts)
    headers = {
        "content-disposition": f'attachment; filename="{found.id}.pdf"',
        "x-liuhen-sha256": sha256,
    }
    return Response(data, media_type="application/pdf", headers=headers)


@router.get("/{batch}", responses=PROBLEMS["find"])
def one_batch(request: Request, batch: BatchId, caller: Caller = _reading) -> d.BatchShown:
    """A batch with its list and everything that was said of it."""
    return _shown(world_of(request), caller, batch=batch)


@router.post("/{batch}/answers", responses=PROBLEMS["change"])
def answer(
    request: Request, batch: BatchId, given: d.DisposalAnswerGiven, caller: Caller = _handling
) -> d.BatchShown:
    """Approves the list of this digest, or refuses the batch; two persons must approve."""
    world = world_of(request)
    _shown(world, caller, batch=batch)
    told = Said(given.answer, caller.account.person, given.list_sha256, given.note)
    disposal.answer(_house(world, caller), batch, said=told)
    return _shown(world, caller, batch=batch)


@router.get("/{batch}/rehearsal", responses=PROBLEMS["find"])
def rehearse(request: Request, batch: BatchId, caller: Caller = _reading) -> d.RehearsalShown:
    """The dry run: all that would stand against carrying it out now."""
    world = world_of(request)
    _shown(world, caller, batch=batch)
    bars = disposal.rehearse(_house(world, caller), batch)
    chinese, english = bars.sentences()
    return d.RehearsalShown(
        may=not bars,
        words=m.Words(zh=chinese, en=english) if bars else _EASY,
        codes=bars.codes,
        recordings=[_against(one) for one in bars.lines],
        clock=[_doubt(one) for one in bars.doubts],
    )


@router.post("/{batch}/execution", responses=PROBLEMS["change"])
def execute(request: Request, batch: BatchId, caller: Caller = _handling) -> d.BatchShown:
    """Carries a batch out: tombstones, then the bytes, then the certificate."""
    world = world_of(request)
    _shown(world, caller, batch=batch)
    disposal.carry_out(_house(world, caller), batch, person=caller.account.person)
    return _shown(world, caller, batch=batch)


# --- reach ----------------------------------------------------------------------------------------


def _house(world: World, caller: Caller) -> House:
    return House.of(world.site, world.machine, ledger=world.ledger_of(caller.account))


def _within(world: World, caller: Caller, *, of: Sequence[str] | set[str]) -> set[str]:
    """Those of these recordings that lie within reach."""
    if caller.extent.everything:
        return set(of)
    listing.catch_up(world.site.database)
    reach = caller.extent
    with world.site.database.read() as connection:
        return {
            one
            for one in set(of)
            if any(
                reach.covers(unit_id=row.unit, officer=row.officer)
                for row in listing.of_recording(connection, one)
            )
        }


def _check_within(world: World, caller: Caller, *, of: Sequence[str]) -> None:
    missing = set(of) - _within(world, caller, of=of)
    if missing:
        recording = min(missing)
        raise NotFound("No such recording", why="NO_RECORDING", recording=recording)


# --- as pages show it -----------------------------------------------------------------------------


def _shown(world: World, caller: Caller, *, batch: str) -> d.BatchShown:
    """The batch; raises `NotFound` where there is none within reach."""
    with world.site.database.read() as connection:
        found = disposal_rows.batch(connection, batch)
    listed = [one.recording for one in found.lines]
    if set(listed) - _within(world, caller, of=listed):
        raise NotFound(f"There is no batch {batch}", why="NO_BATCH", batch=batch)
    with world.site.database.read() as connection:
        return _batch(connection, found, caller=caller)


def _batch(connection: Connection, batch: Batch, *, caller: Caller) -> d.BatchShown:
    people = {batch.person, *(one.told.person for one in batch.said)}
    names = staff.names_of(connection, people)
    return d.BatchShown(
        batch=batch.id,
        state=said(batch.state),
        list_sha256=batch.list_sha256,
        lines=[_line(one) for one in batch.lines],
        appraisal=batch.note,
        proposer=batch.person,
        proposer_name=names.get(batch.person),
        proposed_at=batch.proposed_at,
        answers=[
            d.PersonSaid(
                answer=said(one.told.answer),
                person=one.told.person,
                name=names.get(one.told.person),
                note=one.note,
                at=one.at,
            )
            for one in batch.said
        ],
        mine=caller.account.person in batch.approvers,
        buried_at=batch.buried_at,
        certificate=batch.certificate,
        certified_at=batch.certified_at,
    )


def _line(line: Line) -> d.LineShown:
    code = line.class_code
    chinese, english = RETENTION_WORDS[RetentionClass].get(code, (code, code))
    return d.LineShown(
        recording=line.recording,
        size=line.size,
        kept_as=m.Words(zh=chinese, en=english),
        period=line.period,
        start=line.start,
        due_on=line.due_on,
        basis=line.basis,
        again=line.again,
    )


def _against(one: Against) -> d.AgainstShown:
    words = m.Words(zh=one.said[0], en=one.said[1])
    return d.AgainstShown(recording=one.recording, code=one.bar.value, words=words)


def _doubt(one: Doubt) -> d.DoubtShown:
    chinese, english = SOURCES[one.source]
    return d.DoubtShown(
        source=one.source.value,
        words=m.Words(zh=chinese, en=english),
        at=time_text(one.at),
        now=time_text(one.now),
    )
