"""Cases and actions as answers show them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select

from api import models_cases as c
from api.coverage_shown import verdict_shown
from api.models import Words
from api.refusal_shown import refusal_shown
from api.register_words import all_said, name_in, said
from cases import assess, kept, reading
from cases.blocking import GUARDED, NextStep
from cases.coverage_facts import tier_now
from cases.policy import policy_of
from cases.proposals import Proposal
from cases.reading import Action, Case, Interval, Record, TeamMember
from cases.trying import names_in, tries
from evidence.canonical import Json
from evidence.case_vocabulary import (
    ActionFact,
    Awareness,
    Bearing,
    CaseFact,
    CaseStage,
    IdentityMode,
    MetadataGroup,
    NoticeItem,
    Opinion,
    RecordChoice,
    Signed,
    Signer,
)
from evidence.case_words import STEP_WORDS
from evidence.enforcing import AnnualCheck, may_enforce
from evidence.ratio import day_of
from evidence.refusal_messages import refusal_sentence
from people.staff import Member, members_of
from storage import schema

_REF = "_ref"


def unit_name(connection: Connection, unit: str) -> str | None:
    """What a unit is called, for whoever may see the case though not the list of units."""
    table = schema.units
    return connection.execute(select(table.c.name).where(table.c.id == unit)).scalar()


def case_shown(connection: Connection, case: Case) -> c.CaseShown:
    """A case as it stands."""
    details = case.details
    return c.CaseShown(
        id=case.id,
        number=details.number,
        unit=details.unit,
        unit_name=unit_name(connection, details.unit),
        category=said(details.category),
        category_name=details.category_name,
        power_item=details.power_item,
        title=details.title,
        party=details.party,
        is_major=details.is_major,
        especially_major=details.especially_major,
        state=said(case.state),
        state_at=case.state_at,
        source=case.origin.source,
        external_id=case.origin.external_id,
    )


def interval_shown(interval: Interval) -> c.IntervalShown:
    """A version of an action's interval."""
    return c.IntervalShown(**vars(interval))


def team_shown(connection: Connection, action: Action, *, at: datetime) -> list[c.MemberShown]:
    """A team, each with whether they may enforce on the day of the action."""
    team = reading.team(connection, action.id)
    people = members_of(connection, [one.person for one in team])
    policy = policy_of(connection, action.details.unit, day=day_of(at))
    check = AnnualCheck[policy.text("certificate.annual_check").upper()]
    return [_member(one, people, at=at, check=check) for one in team]


def _member(
    one: TeamMember, people: Mapping[str, Member], *, at: datetime, check: AnnualCheck
) -> c.MemberShown:
    known = people.get(one.person)
    standing = None if known is None else may_enforce(known.facts, day_of(at), annual_check=check)
    return c.MemberShown(
        person=one.person,
        name=name_in(people, one.person),
        officer_number=None if known is None else known.officer_number,
        role=said(one.role),
        is_recorder_person=one.is_recorder_person,
        came=one.came,
        left=one.left,
        may_enforce=standing is not None and standing.may_enforce,
        reasons=[] if standing is None else all_said(standing.bars),
    )


def records_shown(
    connection: Connection, records: Iterable[Record], *, kinds: type[StrEnum]
) -> list[c.RecordShown]:
    """Records of an action or case with their texts opened; `kinds` are the words of their kind."""
    found = list(records)
    refs = [str(value) for one in found for name, value in one.body.items() if _is_ref(name)]
    named = {str(one.body[name]) for one in found for name in _PEOPLE if name in one.body}
    opened = _Opened(kept.opened(connection, refs), members_of(connection, sorted(named)))
    return [_record(one, opened, kinds=kinds) for one in found]


def action_records_shown(connection: Connection, action_id: str) -> list[c.RecordShown]:
    """Every record of an action."""
    found = reading.action_records(connection, action_id)
    return records_shown(connection, found, kinds=ActionFact)


def case_records_shown(connection: Connection, case_id: str) -> list[c.RecordShown]:
    """Every record of a case."""
    return records_shown(connection, reading.case_records(connection, case_id), kinds=CaseFact)


def _record(one: Record, opened: "_Opened", *, kinds: type[StrEnum]) -> c.RecordShown:
    refs = {name: str(value) for name, value in one.body.items() if _is_ref(name)}
    facts = {name: value for name, value in one.body.items() if not _is_ref(name)}
    ordered = sorted(facts.items(), key=lambda one: (_ORDER.get(one[0], 0), one[0]))
    told = (_told(name, value, people=opened.people) for name, value in ordered)
    return c.RecordShown(
        number=one.number,
        kind=said(kinds(one.kind)),
        at=one.at,
        document_sha256=one.document_sha256,
        facts={**facts},
        words=[each for each in told if each is not None],
        texts={name.removesuffix(_REF): opened.texts.get(ref) for name, ref in refs.items()},
        person=one.person,
    )


@dataclass(frozen=True)
class _Opened:
    """What stands behind the commitments and ids of records."""

    texts: Mapping[str, str]
    people: Mapping[str, Member]


_VALUES: Mapping[str, tuple[type[StrEnum], ...]] = {
    "bearing": (Bearing,),
    "group": (MetadataGroup,),
    "item": (NoticeItem,),
    "mode": (Awareness, IdentityMode),
    "opinion": (Opinion,),
    "record": (RecordChoice,),
    "result": (Signed,),
    "signature": (Signed,),
    "signer": (Signer,),
    "stage": (CaseStage,),
}
"""Which words the value of a fact is one of."""

_PLAIN = frozenset({"code", "template", "sign"})
_PEOPLE = frozenset({"signer", "noted_by", "person", "approver", "reviewer"})


_ORDER: Mapping[str, int] = {"signer": -1, "noted_by": 1}
"""Who signs is said before what became of it, and who noted that at the end."""
_LIMITS = {
    "reconsideration_until": ("复议期限至 {}", "reconsideration until {}"),
    "suit_until": ("起诉期限至 {}", "suit until {}"),
}
_NOTED = ("{name}注明", "noted by {name}")


def _told(name: str, value: Json, *, people: Mapping[str, Member]) -> Words | None:
    """A fact in words; None for what says nothing to people."""
    for kind in _VALUES.get(name, ()):
        if value in set(kind):
            return said(kind(str(value))).words
    if name in _LIMITS:
        chinese, english = _LIMITS[name]
        return Words(zh=chinese.format(value), en=english.format(value))
    if name in _PLAIN:
        return Words(zh=str(value), en=str(value))
    known = name_in(people, str(value)) if name in _PEOPLE else None
    if known is None:
        return None
    chinese, english = _NOTED if name == "noted_by" else ("{name}", "{name}")
    return Words(zh=chinese.format(name=known), en=english.format(name=known))


def _is_ref(name: str) -> bool:
    return name.endswith(_REF)


def proposals_shown(
    connection: Connection, found: Iterable[Proposal], *, reader: str
) -> list[c.ProposalShown]:
    """Proposals with the names of who made and answered them; `reader` is the person who asks."""
    known = list(found)
    persons = {one.person for one in known}
    persons |= {one.answered.person for one in known if one.answered is not None}
    people = members_of(connection, sorted(persons))
    return [_proposal(connection, one, people=people, reader=reader) for one in known]


def number_of(connection: Connection, action: Action) -> str | None:
    """The number of an action's case; None where it has none yet."""
    case = action.details.case
    return None if case is None else reading.case(connection, case).details.number


def _proposal(
    connection: Connection, one: Proposal, *, people: Mapping[str, Member], reader: str
) -> c.ProposalShown:
    answered, about = one.answered, reading.action(connection, one.action)
    return c.ProposalShown(
        id=one.id,
        action=one.action,
        action_type=said(about.details.type),
        case_number=number_of(connection, about),
        is_own=one.person == reader,
        kind=said(one.kind),
        facts={**one.body},
        reason=one.reason,
        person=one.person,
        name=name_in(people, one.person),
        stated_at=one.stated_at,
        answer=None if answered is None else said(answered.answer),
        answered_by=None if answered is None else answered.person,
        answered_name=None if answered is None else name_in(people, answered.person),
        note=None if answered is None else answered.note,
    )


def action_shown(connection: Connection, action: Action, *, at: datetime) -> c.ActionShown:
    """An action as it stands, with its tier, its times and its latest verdict."""
    details = action.details
    planned = details.planned or (None, None)
    declared = reading.intervals(connection, action.id)[-1:]
    day = day_of(declared[0].start if declared else planned[0] or at)
    tier = tier_now(connection, action, policy=policy_of(connection, details.unit, day=day))
    latest = assess.latest(connection, action.id)
    return c.ActionShown(
        id=action.id,
        case=details.case,
        case_number=number_of(connection, action),
        unit=details.unit,
        unit_name=unit_name(connection, details.unit),
        type=said(details.type),
        type_name=details.type_name,
        category=said(details.category),
        category_name=details.category_name,
        power_item=details.power_item,
        place=details.place,
        room=details.room,
        room_name=_room_name(connection, details.room),
        interests=c.InterestsShown(**vars(details.interests)),
        tier=said(tier.tier),
        tier_reasons=all_said(tier.reasons),
        tier_raised=details.tier_raised,
        planned_from=planned[0],
        planned_to=planned[1],
        started_at=declared[0].start if declared else None,
        ended_at=declared[0].end if declared else None,
        state=said(action.state),
        state_at=action.state_at,
        source=action.origin.source,
        external_id=action.origin.external_id,
        verdict=None if latest is None else verdict_shown(latest),
    )


def _room_name(connection: Connection, room: str | None) -> str | None:
    """What a registered room is called; whatever else was said of it stays as it was said."""
    table = schema.places
    found = connection.execute(select(table.c.name).where(table.c.id == room)).scalar()
    return room if found is None else str(found)


# --- steps ----------------------------------------------------------------------------------------


def blocks_shown(blocks: Iterable[NextStep]) -> list[c.StepBlockShown]:
    """Steps that may come next, each with all that stands against it."""
    return [
        c.StepBlockShown(
            step=one.step,
            words=_step_words(one.step),
            refusals=[refusal_shown(told) for told in one.told],
        )
        for one in blocks
        if one.step in GUARDED
    ]


def tries_shown(connection: Connection, subject: str) -> list[c.TryShown]:
    """Every try of a step, the newest first."""
    found = tries(connection, subject)
    people = members_of(connection, sorted({one.person for one in found if one.person}))
    names = names_in(connection, [each for one in found for each in one.refusals])
    return [
        c.TryShown(
            step=one.step,
            words=_step_words(one.step),
            passed=one.passed,
            codes=[refusal.code.value for refusal in one.refusals],
            reasons=[_words(refusal_sentence(refusal, names)) for refusal in one.refusals],
            person=one.person,
            name=name_in(people, one.person),
            tried_at=one.at,
        )
        for one in reversed(found)
    ]


def _step_words(step: str) -> Words:
    return _words(STEP_WORDS.get(step, (step, step)))


def _words(said_of: tuple[str, str]) -> Words:
    return Words(zh=said_of[0], en=said_of[1])
