"""What is on record of an action and bears on its coverage, as `evidence.assessment` takes it.

Holds always: everything is read from evidence at one moment; what is linked and does not count
stands there with its reason; nothing here decides.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from cases import clocks, footage, links, quarantine, reading
from cases.clocks import Hold, microseconds
from cases.footage import Placed
from cases.matching import seconds
from cases.policy import own_list, policy_of
from cases.reading import Action, Interval, TeamMember
from evidence.assessment import (
    ActionFacts,
    Assessment,
    Decision,
    Excluded,
    Exclusion,
    LinkedFootage,
    Outing,
    assess,
    coverage_policy,
    pending,
)
from evidence.case_vocabulary import ActionFact, RecordChoice
from evidence.enforcing import AnnualCheck, PersonKind, Standing, may_enforce
from evidence.entry import parse_time, time_text
from evidence.interval import Span, clip
from evidence.policy import InForce
from evidence.presence import Presence
from evidence.ratio import day_of
from evidence.tiering import TierFacts, TierVerdict, may_exempt, tier_of, tier_policy
from evidence.vocabulary import ClaimSubject
from people.staff import Member, members_of
from storage import media_facts, schema

_CHINA = ZoneInfo("Asia/Shanghai")
_FAR_US = 1 << 52
_HOUR = 3600
_MOST_DOCKINGS = 50


@dataclass(frozen=True)
class _Asked:
    """The action that is assessed: its team, when it was, and by which policy."""

    action: Action
    team: Sequence[TeamMember]
    window: Span
    policy: InForce


def assessment_of(connection: Connection, action_id: str, *, now: datetime) -> Assessment | None:
    """The assessment of what is on record now; None without a declared interval.

    Raises `NotFound`, or `BadInput` for a value of policy that the bureau must set first.
    """
    declared = reading.intervals(connection, action_id)
    if not declared:
        return None
    action = reading.action(connection, action_id)
    policy = policy_of(connection, action.details.unit, day=day_of(declared[-1].start))
    asked = _Asked(
        action,
        reading.team(connection, action_id),
        seconds(declared[-1].start, declared[-1].end),
        policy,
    )
    facts = _facts(connection, asked, interval=declared[-1])
    now_s = microseconds(now) // clocks.SECOND_US
    waits = pending(facts.window, facts.waits_for, now=now_s)
    return assess(replace(facts, waits_for=waits), coverage_policy(policy))


def tier_now(connection: Connection, action: Action, *, policy: InForce) -> TierVerdict:
    """How the action must be recorded, by all that bears on it now."""
    details = action.details
    facts = TierFacts(
        type=details.type.value,
        touches_liberty=details.interests.liberty,
        touches_life_health=details.interests.life_health,
        touches_major_property=details.interests.major_property,
        is_fixed_place=details.room is not None,
        raised=details.tier_raised,
    )
    return tier_of(facts, tier_policy(policy, own_list(connection, policy.day)))


def _facts(connection: Connection, asked: _Asked, *, interval: Interval) -> ActionFacts:
    action, policy = asked.action, asked.policy
    tier = tier_now(connection, action, policy=policy).tier
    may = may_exempt(tier, action.details.type.value, policy=tier_policy(policy))
    is_exempted = any(True for _ in _records(connection, action.id, kind=ActionFact.EXEMPTION))
    there = list(_recordings(connection, asked))
    return ActionFacts(
        action=action.id,
        window_number=interval.number,
        window=asked.window,
        tier=tier,
        exemption=may if is_exempted else None,
        decisions=frozenset(_decisions(connection, action.id)),
        presences=frozenset(_presences(connection, asked)),
        footage=frozenset(one for one in there if isinstance(one, LinkedFootage)),
        excluded=frozenset(one for one in there if isinstance(one, Excluded)),
        waits_for=frozenset(_outings(connection, asked)),
    )


@dataclass(frozen=True)
class _Record:
    number: int
    stated_at: datetime
    body: Mapping[str, object]


def _records(connection: Connection, action_id: str, *, kind: ActionFact) -> Iterator[_Record]:
    table = schema.action_records
    query = select(table).where(table.c.action_id == action_id, table.c.kind == kind.value)
    for row in connection.execute(query.order_by(table.c.number)):
        yield _Record(row.number, parse_time(row.stated_at), json.loads(row.body))


def _decisions(connection: Connection, action_id: str) -> Iterator[Decision]:
    """When each was entered here counts, not when somebody says it was taken (R-146)."""
    for one in _records(connection, action_id, kind=ActionFact.DECISION):
        entered = microseconds(one.stated_at) // clocks.SECOND_US
        yield Decision(one.number, entered, one.body["record"] == RecordChoice.RECORD.value)


# --- who was there --------------------------------------------------------------------------------


def _presences(connection: Connection, asked: _Asked) -> Iterator[Presence]:
    """Each of the team for each day, because who may enforce today may not tomorrow."""
    known = members_of(connection, [one.person for one in asked.team])
    check = AnnualCheck[asked.policy.text("certificate.annual_check").upper()]
    for one in asked.team:
        for day, span in _by_day(_there(one, asked.window)):
            found = _standing(known.get(one.person), day, check=check)
            posting = None if found is None else found.posting
            kind = PersonKind.EXTERNAL if posting is None else posting.kind
            may = found is not None and found.may_enforce
            yield Presence(one.person, may, kind, span)


def _standing(member: Member | None, day: date, *, check: AnnualCheck) -> Standing | None:
    """Whether somebody may enforce that day; None for whoever is not of the register."""
    return None if member is None else may_enforce(member.facts, day, annual_check=check)


def _there(member: TeamMember, window: Span) -> list[Span]:
    """When somebody was there, within the action."""
    start = window.start if member.came is None else _second(member.came)
    end = window.end if member.left is None else _second(member.left)
    return clip([Span(start, max(start, end))], window)


def _second(at: datetime) -> int:
    return microseconds(at) // clocks.SECOND_US


def _by_day(spans: Iterable[Span]) -> Iterator[tuple[date, Span]]:
    """Spans cut where a day ends in China."""
    for span in spans:
        start = span.start
        while start < span.end:
            at = clocks.moment(start * clocks.SECOND_US).astimezone(_CHINA)
            midnight = datetime.combine(at.date() + timedelta(days=1), datetime.min.time(), _CHINA)
            end = min(span.end, _second(midnight))
            yield at.date(), Span(start, end)
            start = end


# --- what was filmed ------------------------------------------------------------------------------


def _recordings(connection: Connection, asked: _Asked) -> Iterator[LinkedFootage | Excluded]:
    """Each linked recording: as it counts, or each reason why it does not."""
    there = links.recordings_of(connection, asked.action.id)
    put_aside = quarantine.quarantined(connection, there)
    taken_back = quarantine.released(connection, there)
    for recording in there:
        placed = footage.placed(connection, recording, policy=asked.policy)
        reasons = set(put_aside.get(recording, ()))
        if placed is None:
            reasons.add(_unplaced(connection, recording))
        else:
            found = _against(placed, window=asked.window)
            reasons |= {one for one in found if one not in taken_back.get(recording, ())}
        if placed is not None and not reasons:
            yield _counted(placed)
        for reason in sorted(reasons):
            yield Excluded(recording, reason)


def _unplaced(connection: Connection, recording: str) -> Exclusion:
    """Why nobody knows when a recording was made."""
    known = media_facts.latest(connection, [recording])
    return Exclusion.CLOCK_UNTRUSTED if known else Exclusion.NOT_MEASURED


def _against(placed: Placed, *, window: Span) -> Iterator[Exclusion]:
    """What the recording itself shows that keeps it from counting (R-139)."""
    if not placed.is_registered:
        yield Exclusion.EXTERNAL
    if not placed.timed.is_trusted:
        yield Exclusion.CLOCK_UNTRUSTED
    elif placed.span.overlap(window) == 0 and placed.facts.length > 0:
        yield Exclusion.POST_HOC


def _counted(placed: Placed) -> LinkedFootage:
    clock = placed.timed.clock
    return LinkedFootage(
        recording=placed.sighted.recording,
        device=placed.device,
        clock=placed.timed.id,
        basis=clock.basis,
        uncertainty_s=clock.uncertainty_s,
        video=placed.spans(placed.facts.video),
        audio=placed.spans(placed.facts.sound),
    )


# --- what is still out ----------------------------------------------------------------------------


def _outings(connection: Connection, asked: _Asked) -> Iterator[Outing]:
    """The recorders that the team had during the action, and whether each was docked since."""
    hours = asked.policy.whole("dock.within_hours")
    persons = [one.person for one in asked.team]
    since, until = (clocks.moment(at * clocks.SECOND_US) for at in _ends(asked.window))
    for hold in clocks.holds_within(connection, persons, since=since, until=until):
        limit = hold.limit_us // clocks.SECOND_US + hours * _HOUR
        docked = _is_docked(connection, hold, since=until)
        yield Outing(hold.id, _span(hold), limit, docked)


def _ends(window: Span) -> tuple[int, int]:
    return window.start, window.end


def _span(hold: Hold) -> Span:
    end = _FAR_US if hold.back_us is None else hold.back_us
    return Span(hold.out_us // clocks.SECOND_US, -(-end // clocks.SECOND_US))


def _is_docked(connection: Connection, hold: Hold, *, since: datetime) -> bool:
    """Whether a docking after the action took everything that was on the recorder."""
    table, sessions, receipts = schema.claims, schema.dock_sessions, schema.receipts
    joined = table.join(sessions, sessions.c.id == table.c.session_id)
    joined = joined.join(receipts, receipts.c.session_id == sessions.c.id)
    query = select(sessions.c.id, sessions.c.opened_at).select_from(joined).distinct()
    query = query.where(
        table.c.value == hold.recorder,
        table.c.subject == ClaimSubject.RECORDER.value,
        sessions.c.opened_at >= time_text(since),
        receipts.c.complete == 1,
    )
    query = query.order_by(sessions.c.opened_at).limit(_MOST_DOCKINGS)
    claims = footage.certain_claims(connection, [row.id for row in connection.execute(query)])
    named = [known.get(ClaimSubject.RECORDER.value) for known in claims.values()]
    return hold.recorder in named
