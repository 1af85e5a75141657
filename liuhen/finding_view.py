"""How findings are shown on a terminal and as objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from cases.finding_rows import Finding, Happened
from cases.finding_words import clauses_of, sentence_of
from evidence.canonical import Json
from evidence.entry import parse_time
from evidence.finding_rules import (
    Cause,
    FindingEvent,
    FindingState,
    Triage,
    closes_when,
)
from evidence.policy import Profiles
from evidence.ratio import day_of
from evidence.register_words import word
from liuhen.arguments import shown_moment
from liuhen.output import Output
from liuhen.register_view import UNKNOWN, both
from people import staff, units
from people.policies import policies_of
from people.staff import Member


@dataclass(frozen=True)
class Words:
    """Names of people and units, and the policies, for whoever reads a finding."""

    people: Mapping[str, Member]
    units: Mapping[str, str]
    policies: Profiles

    @classmethod
    def of(cls, connection: Connection) -> "Words":
        """All that the register has."""
        names = {unit.id: unit.name for unit in units.all_units(connection)}
        return cls(staff.members(connection), names, policies_of(connection))

    def person(self, key: object) -> str:
        """Somebody's name and number."""
        member = self.people.get(str(key))
        return (
            UNKNOWN if member is None else f"{member.full_name or UNKNOWN} {member.officer_number}"
        )


def say_list(output: Output, found: Sequence[Finding], *, words: Words) -> None:
    """A line for each finding."""
    columns = ("编号 number", "类别 kind", "状态 state", "单位 unit", "内容 what", "发现 opened")
    output.table(columns, (_row(one, words) for one in found))
    if not found:
        output.say("没有这样的问题", "There is no such finding")


def say_finding(output: Output, found: Finding, *, words: Words) -> None:
    """A finding with its history and clauses."""
    output.say(
        f"{found.number} {word(found.kind)[0]}（{word(found.state)[0]}）",
        f"{word(found.kind)[1]} ({word(found.state)[1]})",
    )
    output.say(*sentence_of(found))
    output.say(*word(closes_when(found.kind)))
    rows = ((shown_moment(parse_time(one.at)), *_event_cells(one, words)) for one in found.events)
    output.table(("时间 at", "经过 event", "人员 person", "内容 what"), rows)
    for clause in clauses_of(found, words.policies):
        output.say(f"依据：{clause.document} {clause.article}", clause.quote)


def finding_json(found: Finding, words: Words) -> dict[str, Json]:
    """A finding as objects hold it."""
    chinese, english = sentence_of(found)
    clauses: list[Json] = [
        {"document": one.document, "article": one.article, "quote": one.quote}
        for one in clauses_of(found, words.policies)
    ]
    return {
        "finding": found.id,
        "number": found.number,
        "numbers": list(found.numbers),
        "kind": found.kind.value,
        "state": found.state.value,
        "closes": closes_when(found.kind).value,
        "subject": found.subject,
        "unit": found.unit,
        "unit_name": words.units.get(found.unit or ""),
        "principal": found.principal,
        "action": found.action,
        "case": found.case,
        "recording": found.recording,
        "sentence": {"zh": chinese, "en": english},
        "matter": dict(found.matter),
        "responsible": list(found.persons),
        "self_reported": found.self_reported,
        "opened_at": found.opened_at,
        "rule": dict(found.rule),
        "clauses": clauses,
        "events": [_event_json(one) for one in found.events],
    }


def counts_json(counted: Mapping[FindingState, int]) -> dict[str, Json]:
    """How many there are in each state."""
    return {state.value: counted[state] for state in FindingState}


def _row(found: Finding, words: Words) -> tuple[str, ...]:
    unit = words.units.get(found.unit or "", UNKNOWN)
    opened = shown_moment(parse_time(found.opened_at))
    return found.number, both(found.kind), both(found.state), unit, sentence_of(found)[0], opened


def _event_cells(one: Happened, words: Words) -> tuple[str, str, str]:
    person = UNKNOWN if one.person is None else words.person(one.person)
    return both(one.event), person, "；".join(_told(one, words)) or UNKNOWN


def _told(one: Happened, words: Words) -> list[str]:
    """What an event says, in words."""
    body, told = one.body, list[str]()
    if one.event is FindingEvent.EXPLAINED:
        told.append(both(Cause(str(body["cause"]))))
    if one.event is FindingEvent.TRIAGED:
        told.append(both(Triage(str(body["triage"]))))
        told += [words.person(body["person"])] if body.get("person") else []
        told += [str(body["deadline"])] if body.get("deadline") else []
    if one.number is not None:
        told.append(one.number)
    return told + [text or UNKNOWN for text in one.texts.values()]


def _event_json(one: Happened) -> dict[str, Json]:
    said = {name: value for name, value in one.body.items() if not name.endswith("_ref")}
    return {
        "event": one.event.value,
        "at": one.at,
        "person": one.person,
        "number": one.number,
        "said": {**said, **one.texts},
    }


def day_opened(found: Finding) -> date:
    """The day on which it was detected, in China."""
    return day_of(parse_time(found.opened_at))
