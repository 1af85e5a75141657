"""Cases, actions, proposals and findings of a unit, each fresh, for requests about them."""

import itertools
from datetime import timedelta

from cases import (
    arrived,
    finding_follow,
    finding_rows,
    findings,
    follow,
    links,
    proposals,
    register,
)
from cases.arrived import NewInterval
from cases.findings import Explanation
from cases.proposals import Why
from cases.reading import ActionDetails, CaseDetails
from devices import upkeep
from evidence.case_vocabulary import ActionType, Category
from evidence.device_sets import Condition
from evidence.finding_rules import Cause
from tests import registering
from tests.docking import House

_NUMBERS = itertools.count(1)
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


def linked_action_of(house: House, unit: str, recording: str) -> str:
    """An action of a unit that a recording is linked to."""
    ledger, action = house.site.ledger, action_of(house, unit)
    person = person_of(house, unit)
    links.link(ledger, recording, action=action, person=person)
    follow.catch_up(ledger)
    return action
