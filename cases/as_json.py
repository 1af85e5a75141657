"""Cases and actions as the terminal and the API give them: one shape for both.

Holds always: moments are texts in UTC as rows hold them; a text that was erased is null.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from cases import assess, blocking, coverage_facts, kept, links, reading, trying
from cases.blocking import NextStep
from cases.policy import policy_of
from cases.reading import Action, Case, Interval, Record, TeamMember
from cases.trying import Tried
from evidence.canonical import Json
from evidence.entry import time_text
from evidence.ratio import day_of


def case_json(case: Case) -> dict[str, Json]:
    """A case as a list has it."""
    said = case.details
    return {
        "case": case.id,
        "source": case.origin.source,
        "external_id": case.origin.external_id,
        "number": said.number,
        "unit": said.unit,
        "category": said.category.value,
        "category_name": said.category_name,
        "power_item": said.power_item,
        "title": said.title,
        "party": said.party,
        "is_major": said.is_major,
        "especially_major": said.especially_major,
        "state": case.state.value,
        "state_at": time_text(case.state_at),
    }


def action_json(action: Action) -> dict[str, Json]:
    """An action as a list has it."""
    said, planned = action.details, action.details.planned
    return {
        "action": action.id,
        "source": action.origin.source,
        "external_id": action.origin.external_id,
        "case": said.case,
        "unit": said.unit,
        "type": said.type.value,
        "type_name": said.type_name,
        "category": said.category.value,
        "category_name": said.category_name,
        "power_item": said.power_item,
        "place": said.place,
        "room": said.room,
        "touches_liberty": said.interests.liberty,
        "touches_life_health": said.interests.life_health,
        "touches_major_property": said.interests.major_property,
        "tier_raised": None if said.tier_raised is None else said.tier_raised.value,
        "planned_from": None if planned is None else time_text(planned[0]),
        "planned_to": None if planned is None else time_text(planned[1]),
        "state": action.state.value,
        "state_at": time_text(action.state_at),
    }


def whole_case(connection: Connection, case_id: str, *, at: datetime) -> dict[str, Json]:
    """A case with its steps, records, tries and actions, and what blocks what may come next."""
    case = reading.case(connection, case_id)
    named = reading.actions_of_case(connection, case_id)
    actions = [reading.action(connection, one) for one in named]
    return {
        **case_json(case),
        "actions": [_with_verdict(connection, one) for one in actions],
        "steps": _records(connection, reading.case_steps(connection, case_id)),
        "records": _records(connection, reading.case_records(connection, case_id)),
        "tries": [_tried(one) for one in trying.tries(connection, f"case/{case_id}")],
        "next": [_next(one) for one in blocking.of_case(connection, case, at=at)],
    }


def whole_action(connection: Connection, action_id: str, *, at: datetime) -> dict[str, Json]:
    """An action with all that is on record of it, and what blocks its next step."""
    action = reading.action(connection, action_id)
    intervals = reading.intervals(connection, action_id)
    day = day_of(intervals[-1].start if intervals else at)
    policy = policy_of(connection, action.details.unit, day=day)
    tier = coverage_facts.tier_now(connection, action, policy=policy)
    latest = assess.latest(connection, action_id)
    return {
        **action_json(action),
        "tier": tier.tier.value,
        "tier_reasons": [one.value for one in tier.reasons],
        "team": [_member(one) for one in reading.team(connection, action_id)],
        "intervals": [_interval(one) for one in intervals],
        "states": _records(connection, reading.action_states(connection, action_id)),
        "records": _records(connection, reading.action_records(connection, action_id)),
        "recordings": list[Json](links.recordings_of(connection, action_id)),
        "verdict": None if latest is None else latest.verdict.value,
        "assessment": None if latest is None else dict(latest.body),
        "tries": [_tried(one) for one in trying.tries(connection, f"action/{action_id}")],
        "next": [_next(one) for one in blocking.of_action(connection, action, at=at)],
    }


def _with_verdict(connection: Connection, action: Action) -> dict[str, Json]:
    latest = assess.latest(connection, action.id)
    return {**action_json(action), "verdict": None if latest is None else latest.verdict.value}


def _next(one: NextStep) -> dict[str, Json]:
    return {"to": one.to, "against": [told.json() for told in one.told]}


def _tried(one: Tried) -> dict[str, Json]:
    return {
        "step": one.step,
        "passed": one.passed,
        "codes": [refusal.code.value for refusal in one.refusals],
        "person": one.person,
        "at": time_text(one.at),
    }


def _member(one: TeamMember) -> dict[str, Json]:
    return {
        "person": one.person,
        "role": one.role.value,
        "is_recorder_person": one.is_recorder_person,
        "came_at": None if one.came is None else time_text(one.came),
        "left_at": None if one.left is None else time_text(one.left),
    }


def _interval(one: Interval) -> dict[str, Json]:
    return {
        "version": one.number + 1,
        "from": time_text(one.start),
        "to": time_text(one.end),
        "document": one.basis_sha256,
        "reason": one.reason,
        "declared_by": one.declared_by,
        "second_person": one.second_person,
        "stated_at": time_text(one.stated_at),
    }


def _records(connection: Connection, records: Sequence[Record]) -> list[Json]:
    """Records or states with their texts opened."""
    refs = [
        str(value)
        for record in records
        for name, value in record.body.items()
        if name.endswith("_ref")
    ]
    texts = kept.opened(connection, refs)
    return [_record(one, texts) for one in records]


def _record(one: Record, texts: Mapping[str, str]) -> dict[str, Json]:
    """`said` is the body, in which each text stands under its name without `_ref`."""
    said = {
        name.removesuffix("_ref"): texts.get(str(value)) if name.endswith("_ref") else value
        for name, value in one.body.items()
    }
    return {
        "number": one.number,
        "kind": one.kind,
        "at": time_text(one.at),
        "document": one.document_sha256,
        "person": one.person,
        "said": said,
    }
