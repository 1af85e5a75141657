"""Which recordings belong to which actions: what waits, what is tied, what is put aside.

Holds always: a recording is answered for to whoever reaches it by unit, as its officer or holder,
or through an action within reach; that it is tied to something is no look at it.
"""

from datetime import datetime

from fastapi import APIRouter, Depends, Request
from sqlalchemy import Connection

from api import models as m
from api import models_findings as f
from api.case_reach import action_within, allowed_to, is_named, reaches_action
from api.case_shown import number_of, unit_name
from api.guard import Caller, needs
from api.models_register import Made
from api.register_words import all_said, name_in, said
from api.responses import PROBLEMS
from api.world import World, world_of
from cases import clocks, follow, footage, inbox, links, proposals, quarantine, reading, segments
from cases.inbox import Deadlines, Waiting
from cases.links import Link
from cases.proposals import Why
from cases.quarantine import NewAnchor, Said
from cases.segments import NewSegment, Segment
from evidence.errors import NotFound
from evidence.linking import Candidate, LinkReason
from people.roles import Permission
from people.staff import members_of
from storage import listing

router = APIRouter(tags=["links"])

_reading = Depends(needs(Permission.READ_CASES))
_linking = Depends(needs(Permission.LINK_FOOTAGE))
_judging = Depends(needs(Permission.JUDGE_FOOTAGE))


@router.get("/api/inbox", responses=PROBLEMS["read"])
def link_inbox(request: Request, caller: Caller = _linking) -> f.Inbox:
    """Footage that waits for somebody to say what it is of, with the candidates and why."""
    world = world_of(request)
    _caught_up(world)
    now = world.site.clock()
    with world.site.database.read() as connection:
        deadlines = Deadlines(connection)
        shown = [
            _waiting(connection, one, due=deadlines.of(one), now=now)
            for one in inbox.waiting(connection)
            if _reaches_waiting(connection, caller, one=one)
        ]
    return f.Inbox(waiting=shown)


@router.get("/api/recordings/{recording}/cases", responses=PROBLEMS["find"])
def cases_of_recording(
    request: Request, recording: m.Sha256, caller: Caller = _reading
) -> f.RecordingCases:
    """What a recording is of, when it was made by corrected time, and whether it counts."""
    world = world_of(request)
    _caught_up(world)
    with world.site.database.read() as connection:
        _check(connection, caller, recording=recording)
        placed = footage.placed(connection, recording)
        known = links.links_of(connection, recording)
        persons = [one.person for one in known if one.person]
        hold = None if placed is None else placed.timed.hold
        people = members_of(connection, sorted({*persons, *([hold.holder] if hold else [])}))
        aside = quarantine.quarantined(connection, [recording]).get(recording, frozenset())
        return f.RecordingCases(
            may=allowed_to(caller, lambda one: _tells(connection, one, recording=recording)),
            raw=None if placed is None else clocks.moment(placed.raw_us),
            state=said(links.state_of(connection, recording)),
            links=[
                _link(connection, one, name=name_in(people, one.person))
                for one in known
                if reaches_action(connection, caller, action=reading.action(connection, one.action))
            ],
            aside=all_said(sorted(aside)),
            start=None if placed is None else clocks.moment(placed.span.start * clocks.SECOND_US),
            end=None if placed is None else clocks.moment(placed.span.end * clocks.SECOND_US),
            clock=None if placed is None else said(placed.timed.clock.basis),
            uncertainty_s=None if placed is None else placed.timed.clock.uncertainty_s,
            holder=None if hold is None else hold.holder,
            holder_name=None if hold is None else name_in(people, hold.holder),
        )


@router.post("/api/recordings/{recording}/links", status_code=201, responses=PROBLEMS["change"])
def link(
    request: Request, recording: m.Sha256, given: f.LinkGiven, caller: Caller = _linking
) -> Made:
    """Ties a recording to an action within reach."""
    world = _reached(request, caller, recording=recording)
    with world.site.database.read() as connection:
        action_within(connection, caller, action_id=given.action)
    ledger, person = world.ledger_of(caller.account), caller.account.person
    done = links.link(ledger, recording, action=given.action, person=person)
    _caught_up(world)
    return Made(id=done)


@router.post("/api/recordings/{recording}/unlinking", status_code=201, responses=PROBLEMS["change"])
def propose_unlink(
    request: Request, recording: m.Sha256, given: f.UnlinkGiven, caller: Caller = _linking
) -> Made:
    """Proposes that a recording is not of an action after all: it waits for a second person."""
    world = world_of(request)
    with world.site.database.read() as connection:
        action_within(connection, caller, action_id=given.action)
        _check(connection, caller, recording=recording)
    why = Why(caller.account.person, given.reason)
    ledger = world.ledger_of(caller.account)
    done = proposals.propose_unlink(ledger, recording, action=given.action, why=why)
    return Made(id=done)


@router.post("/api/recordings/{recording}/answer", responses=PROBLEMS["change"])
def answer(
    request: Request, recording: m.Sha256, given: f.LinkAnswerGiven, caller: Caller = _linking
) -> m.Done:
    """Says of footage that waits that it is of no case, or that it is answered later."""
    world = _reached(request, caller, recording=recording)
    ledger, person = world.ledger_of(caller.account), caller.account.person
    links.answer(ledger, recording, said=given.answer, person=person)
    _caught_up(world)
    return m.Done()


@router.post("/api/recordings/{recording}/quarantine", responses=PROBLEMS["change"])
def put_aside(
    request: Request, recording: m.Sha256, given: f.AsideGiven, caller: Caller = _judging
) -> m.Done:
    """Puts a recording aside: it is kept, shown as such, and covers nothing."""
    world = _reached(request, caller, recording=recording)
    told = Said(caller.account.person, given.note)
    ledger = world.ledger_of(caller.account)
    quarantine.quarantine(ledger, recording, cause=given.cause, said=told)
    _caught_up(world)
    return m.Done()


@router.post("/api/recordings/{recording}/release", responses=PROBLEMS["change"])
def release(
    request: Request, recording: m.Sha256, given: f.ReleaseGiven, caller: Caller = _judging
) -> m.Done:
    """Lets a recording count again, with a reason."""
    world = _reached(request, caller, recording=recording)
    told = Said(caller.account.person, given.note)
    quarantine.release(world.ledger_of(caller.account), recording, cause=given.cause, said=told)
    _caught_up(world)
    return m.Done()


@router.post("/api/recordings/{recording}/anchor", status_code=201, responses=PROBLEMS["change"])
def set_anchor(
    request: Request, recording: m.Sha256, given: f.AnchorGiven, caller: Caller = _judging
) -> Made:
    """Says what a recording's clock showed at a true moment; raw times stay as they are."""
    world = _reached(request, caller, recording=recording)
    new = NewAnchor(
        device_at=given.device_at,
        true_at=given.true_at,
        person=caller.account.person,
        note=given.note,
        recording=recording,
    )
    done = quarantine.set_anchor(world.ledger_of(caller.account), new)
    _caught_up(world)
    return Made(id=done)


@router.get("/api/actions/{action}/segments", responses=PROBLEMS["find"])
def list_segments(request: Request, action: m.Key, caller: Caller = _reading) -> f.Segments:
    """The stretches of an action's recordings that documents rest on."""
    with world_of(request).site.database.read() as connection:
        action_within(connection, caller, action_id=action)
        found = segments.segments_of(connection, action)
        people = members_of(connection, sorted({one.person for one in found}))
    return f.Segments(segments=[_segment(one, name_in(people, one.person)) for one in found])


@router.post("/api/actions/{action}/segments", status_code=201, responses=PROBLEMS["change"])
def add_segment(
    request: Request, action: m.Key, given: f.SegmentGiven, caller: Caller = _linking
) -> Made:
    """Notes the stretch of a recording that a document rests on."""
    world = world_of(request)
    with world.site.database.read() as connection:
        action_within(connection, caller, action_id=action)
    new = NewSegment(action=action, person=caller.account.person, **given.model_dump())
    return Made(id=segments.add_segment(world.ledger_of(caller.account), new))


# --- who reaches what -----------------------------------------------------------------------------


def _caught_up(world: World) -> None:
    follow.catch_up(world.site.ledger)


def _reached(request: Request, caller: Caller, *, recording: str) -> World:
    """The world, once it is known that the recording lies within reach."""
    world = world_of(request)
    _caught_up(world)
    with world.site.database.read() as connection:
        _check(connection, caller, recording=recording)
    return world


def _check(connection: Connection, caller: Caller, *, recording: str) -> None:
    """Raises `NotFound` for a recording that nobody tells this caller of."""
    if not _tells(connection, caller, recording=recording):
        raise NotFound("No such recording", why="NO_RECORDING", recording=recording)


def _tells(connection: Connection, caller: Caller, *, recording: str) -> bool:
    waiting = inbox.find_waiting(connection, recording)
    tied = [one.action for one in links.standing_links(connection, recording)]
    candidates = [] if waiting is None else [one.action for one in waiting.candidates]
    if _covers(connection, caller, recording=recording):
        return True
    return any(_reaches(connection, caller, action=one) for one in [*tied, *candidates])


def _reaches_waiting(connection: Connection, caller: Caller, *, one: Waiting) -> bool:
    if _covers(connection, caller, recording=one.recording):
        return True
    return any(_reaches(connection, caller, action=each.action) for each in one.candidates)


def _reaches(connection: Connection, caller: Caller, *, action: str) -> bool:
    """What is nobody's action yet opens no recording to anybody."""
    return is_named(connection, caller, action=reading.action(connection, action))


def _covers(connection: Connection, caller: Caller, *, recording: str) -> bool:
    rows = listing.of_recording(connection, recording)
    return any(caller.extent.covers(unit_id=row.unit, officer=row.officer) for row in rows)


# --- as answers show it ---------------------------------------------------------------------------


def _waiting(
    connection: Connection, one: Waiting, *, due: datetime, now: datetime
) -> f.WaitingShown:
    placed = footage.placed(connection, one.recording)
    hold = None if placed is None else placed.timed.hold
    people = {} if hold is None else members_of(connection, [hold.holder])
    return f.WaitingShown(
        recording=one.recording,
        since=one.since,
        due=due,
        overdue=now >= due,
        recorder=one.recorder,
        holder_name=None if hold is None else name_in(people, hold.holder),
        start=None if placed is None else clocks.moment(placed.span.start * clocks.SECOND_US),
        end=None if placed is None else clocks.moment(placed.span.end * clocks.SECOND_US),
        candidates=[_candidate(connection, each) for each in one.candidates],
    )


def _candidate(connection: Connection, one: Candidate) -> f.CandidateShown:
    action = reading.action(connection, one.action)
    details = action.details
    declared = reading.intervals(connection, one.action)[-1:]
    times = (declared[0].start, declared[0].end) if declared else details.planned or (None, None)
    return f.CandidateShown(
        action=one.action,
        case=details.case,
        case_number=number_of(connection, action),
        type=said(details.type),
        unit_name=unit_name(connection, details.unit),
        place=details.place,
        start=times[0],
        end=times[1],
        reasons=all_said(one.reasons),
        overlap_s=one.overlap_s,
    )


def _link(connection: Connection, one: Link, *, name: str | None) -> f.LinkShown:
    action = reading.action(connection, one.action)
    return f.LinkShown(
        recording=one.recording,
        action=one.action,
        case=action.details.case,
        case_number=number_of(connection, action),
        type=said(action.details.type),
        basis=said(one.basis),
        reasons=all_said(map(LinkReason, one.reasons)),
        person=one.person,
        name=name,
        stated_at=one.stated_at,
        ended_at=one.ended_at,
        end_reason=one.end_reason,
    )


def _segment(one: Segment, name: str | None) -> f.SegmentShown:
    fields = {field: value for field, value in vars(one).items() if field in _FIELDS}
    return f.SegmentShown(**fields, name=name)


_FIELDS = frozenset(f.SegmentShown.model_fields)
