"""Findings: what was found, on which clauses, and what became of it.

Holds always: a finding is shown to whoever reaches its unit, or is of the team of its action; an
explanation never changes a verdict, and is approved by somebody outside.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection

from api import models as m
from api import models_findings as f
from api.case_reach import reaches_action
from api.guard import Caller, needs
from api.models_register import ClauseShown
from api.register_words import name_in, said
from api.responses import PROBLEMS
from api.world import World, world_of
from cases import finding_follow, finding_rows, findings, follow, reading
from cases.finding_rows import Finding, Happened, Wanted
from cases.finding_words import clauses_of, sentence_of
from cases.findings import Explanation, Responsible
from evidence.entry import parse_time
from evidence.errors import NotFound
from evidence.finding_rules import FindingKind, FindingState, Route
from evidence.policy import Profiles
from people.policies import policies_of
from people.roles import Permission
from people.staff import Member, members_of

router = APIRouter(prefix="/api/findings", tags=["findings"])

_reading = Depends(needs(Permission.READ_FINDINGS))
_handling = Depends(needs(Permission.HANDLE_FINDINGS))
Before = Annotated[m.Key | None, Query(description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("", responses=PROBLEMS["read"])
def list_findings(
    request: Request,
    state: FindingState | None = None,
    kind: FindingKind | None = None,
    action: m.Key | None = None,
    before: Before = None,
    limit: Limit = 50,
    caller: Caller = _reading,
) -> f.Findings:
    """Findings within reach, newest first."""
    world = world_of(request)
    _caught_up(world)
    reach = caller.extent
    wanted = Wanted(
        states=[] if state is None else [state],
        kinds=[] if kind is None else [kind],
        action=action,
        within=None if reach.everything or reach.homes else reach.units,
    )
    with world.site.database.read() as connection:
        found = finding_rows.page(connection, wanted, before=before, limit=limit + 1)
        page = found[:limit]
        shown = [one for one in page if _reaches(connection, caller, found=one)]
        people, policies = _people(connection, shown), policies_of(connection)
    after = finding_rows.cursor(page[-1]) if len(found) > limit else None
    listed = [_shown(one, people, policies=policies) for one in shown]
    return f.Findings(findings=listed, next=after)


@router.get("/{finding}", responses=PROBLEMS["find"])
def one_finding(request: Request, finding: m.Key, caller: Caller = _reading) -> f.FindingShown:
    """A finding with its clauses and everything that happened to it."""
    world = world_of(request)
    _caught_up(world)
    with world.site.database.read() as connection:
        found = _within(connection, caller, named=finding)
        people = _people(connection, [found])
        return _shown(found, people, policies=policies_of(connection))


@router.post("/{finding}/explanation", responses=PROBLEMS["change"])
def explain(
    request: Request, finding: m.Key, given: f.ExplanationGiven, caller: Caller = _reading
) -> m.Done:
    """Explains a finding within reach: it waits for somebody outside to approve that."""
    world, found = _found(request, caller, finding=finding)
    told = Explanation(given.cause, given.text, caller.account.person)
    findings.explain(world.ledger_of(caller.account), found.id, said=told)
    return m.Done()


@router.post("/{finding}/approval", responses=PROBLEMS["change"])
def approve(request: Request, finding: m.Key, caller: Caller = _handling) -> m.Done:
    """Accepts an explanation, as somebody outside the team; the verdict stays what it is."""
    world, found = _found(request, caller, finding=finding)
    findings.approve(world.ledger_of(caller.account), found.id, person=caller.account.person)
    return m.Done()


@router.post("/{finding}/triage", responses=PROBLEMS["change"])
def triage(
    request: Request, finding: m.Key, given: f.TriageGiven, caller: Caller = _handling
) -> m.Done:
    """Says how a finding is dealt with, and who answers for it."""
    world, found = _found(request, caller, finding=finding)
    route = Route(
        triage=given.triage,
        person=given.person,
        deadline=None if given.deadline is None else given.deadline.isoformat(),
        recipient=given.recipient,
        document=given.document,
    )
    findings.triage(
        world.ledger_of(caller.account),
        found.id,
        route=route,
        by=caller.account.person,
        responsible=Responsible(given.head, tuple(given.direct)),
    )
    return m.Done()


def _caught_up(world: World) -> None:
    follow.catch_up(world.site.ledger)
    finding_follow.follow(world.site.ledger)


def _found(request: Request, caller: Caller, *, finding: str) -> tuple[World, Finding]:
    world = world_of(request)
    _caught_up(world)
    with world.site.database.read() as connection:
        return world, _within(connection, caller, named=finding)


def _within(connection: Connection, caller: Caller, *, named: str) -> Finding:
    """A finding within reach. Raises `NotFound`."""
    found = finding_rows.find(connection, named)
    if not _reaches(connection, caller, found=found):
        raise NotFound(f"There is no finding {named}", why="NO_FINDING", finding=named)
    return found


def _reaches(connection: Connection, caller: Caller, *, found: Finding) -> bool:
    reach = caller.extent
    if reach.everything:
        return True
    if {found.unit, found.principal} & reach.units:
        return True
    if caller.account.person in found.persons:
        return True
    if found.action is None or not reach.homes:
        return False
    return reaches_action(connection, caller, action=reading.action(connection, found.action))


def _people(connection: Connection, found: list[Finding]) -> dict[str, Member]:
    persons = {event.person for one in found for event in one.events if event.person}
    return members_of(connection, sorted(persons))


def _shown(found: Finding, people: dict[str, Member], *, policies: Profiles) -> f.FindingShown:
    chinese, english = sentence_of(found)
    return f.FindingShown(
        id=found.id,
        number=found.number,
        kind=said(found.kind),
        state=said(found.state),
        words=m.Words(zh=chinese, en=english),
        unit=found.unit,
        action=found.action,
        case=found.case,
        recording=found.recording,
        persons=list(found.persons),
        self_reported=found.self_reported,
        opened_at=parse_time(found.opened_at),
        clauses=[ClauseShown(**vars(one)) for one in clauses_of(found, policies)],
        events=[_happened(one, people) for one in found.events],
    )


def _happened(one: Happened, people: dict[str, Member]) -> f.HappenedShown:
    return f.HappenedShown(
        event=said(one.event),
        at=parse_time(one.at),
        person=one.person,
        name=name_in(people, one.person),
        facts={name: value for name, value in one.body.items() if not name.endswith("_ref")},
        texts=dict(one.texts),
    )
