"""Cases, actions, proposals and findings of a unit, each fresh, for requests about them."""

import itertools
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from cases import (
    arrived,
    case_terms,
    finding_follow,
    finding_rows,
    findings,
    follow,
    grants,
    holds,
    links,
    proposals,
    reading,
    register,
    retention_changes,
)
from cases.arrived import NewInterval
from cases.findings import Explanation
from cases.grants import NewGrant, Objects, Whom
from cases.holds import NewHold
from cases.proposals import Why
from cases.reading import ActionDetails, CaseDetails
from cases.retention_changes import NewVersion
from devices import upkeep
from evidence.access import GranteeKind, GrantKind, Term
from evidence.case_vocabulary import ActionType, Category
from evidence.device_sets import Condition
from evidence.finding_rules import Cause
from evidence.ratio import day_of
from evidence.retention import CaseTerm, PeriodRule, Source
from evidence.retention_holds import HoldKind, scope_of
from people import own_policies
from storage import schema
from tests import registering
from tests.docking import House
from tests.own_policy import own_text

_NUMBERS = itertools.count(1)
_SOURCE = Source("某局档案管理办法", "第十条", "保管期限")
_PEOPLE: dict[tuple[str, str], str] = {}
"""Somebody of each unit of a site: one is enough, and lists of people stay short."""


def person_of(house: House, unit: str) -> str:
    """An officer of a unit, the same each time."""
    key = house.site.site_id, unit
    if key not in _PEOPLE:
        _PEOPLE[key] = registering.hire(house, unit)
    return _PEOPLE[key]


def case_of(house: House, unit: str) -> str:
    """A case of a unit that nobody is named for yet."""
    details = CaseDetails(f"案{next(_NUMBERS)}", unit, Category.PENALTY, power_item="0217")
    return register.add_case(house.site.ledger, details).id


def action_of(house: House, unit: str) -> str:
    """An action of a unit that nobody is named for yet."""
    details = ActionDetails(unit, ActionType.OTHER, Category.PENALTY, type_name="巡查")
    return register.add_action(house.site.ledger, details).id


def proposal_of(house: House, unit: str) -> str:
    """Another interval of an action of a unit, proposed by somebody of it."""
    ledger, action = house.site.ledger, action_of(house, unit)
    person = person_of(house, unit)
    end = house.site.clock()
    start = end - timedelta(hours=1)
    arrived.declare_interval(ledger, action, new=NewInterval(start, end, person))
    times = (start, end - timedelta(minutes=1))
    return proposals.propose_interval(ledger, action, times=times, why=Why(person, "笔录所载"))


def finding_of(house: House, unit: str) -> str:
    """That a recorder of a unit was lost, explained by somebody of it."""
    ledger, recorder = house.site.ledger, registering.equip(house, unit)
    at = house.site.clock()
    upkeep.state_condition(ledger, recorder, condition=Condition.LOST, since=at, reason="遗失")
    finding_follow.follow(ledger)
    with ledger.database.read() as connection:
        [found] = finding_rows.about(connection, [f"recorder/{recorder}"])
    told = Explanation(Cause.OTHER, "已报告", person_of(house, unit))
    findings.explain(ledger, found.id, said=told)
    return found.id


def hold_of(house: House, unit: str) -> str:
    """A hold in the list of a unit, asked for by somebody of it."""
    person = person_of(house, unit)
    scope = scope_of(cases=[case_of(house, unit)])
    new = NewHold(HoldKind.MANUAL, "依据", scope, date(2099, 1, 1), person, person, unit=unit)
    return holds.place_hold(house.site.ledger, new)


def version_of(house: House, unit: str) -> str:
    """Another table of periods of a unit, made by somebody of it."""
    rule = PeriodRule("UNLINKED", "30 y", "", (_SOURCE,))
    new = NewVersion(unit, date(2099, 1, 1), (rule,))
    return retention_changes.propose(house.site.ledger, new, person=person_of(house, unit))


def policy_of(house: House) -> str:
    """A profile of the bureau's own that waits for a second person."""
    body = own_text({}, valid_from="2099-01-01")
    with house.site.database.read() as connection:
        person = connection.execute(select(schema.persons.c.id).limit(1)).scalar_one()
    return own_policies.propose(house.site.ledger, body, person=person)


def term_of(house: House, unit: str) -> str:
    """An earlier end of a case file of a unit, which waits for a second person."""
    ledger, case, person = house.site.ledger, case_of(house, unit), person_of(house, unit)
    for period in ("30 y", "10 y"):
        new = CaseTerm("LONG", period, source=_SOURCE)
        stated = case_terms.state_term(ledger, case, new=new, person=person)
    return stated.id


def linked_action_of(house: House, unit: str, recording: str) -> str:
    """An action of a unit that a recording is linked to."""
    ledger, action = house.site.ledger, action_of(house, unit)
    person = person_of(house, unit)
    links.link(ledger, recording, action=action, person=person)
    follow.catch_up(ledger)
    return action


def grant_of(house: House, unit: str) -> str:
    """That somebody of a unit asks to see the footage of a case of it, of which there is none."""
    person = person_of(house, unit)
    today = day_of(house.site.clock())
    new = NewGrant(
        kind=GrantKind.CONSULT,
        whom=Whom(GranteeKind.PERSON, person),
        purpose="核实经过",
        basis="行政处罚法 第五十二条",
        document_number=f"调〔2026〕{next(_NUMBERS)}号",
        objects=Objects(case_of(house, unit)),
        term=Term(today, today + timedelta(days=30)),
        requester=person,
    )
    return grants.request(house.site.ledger, new)


def case_with(house: House, action: str) -> str:
    """A case that an action is of from now on."""
    with house.site.database.read() as connection:
        details = reading.action(connection, action).details
    case = case_of(house, details.unit)
    register.state_action(house.site.ledger, action, details=replace(details, case=case))
    return case
