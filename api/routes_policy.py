"""What holds by which clause, and the working-day calendar: read by whoever reads the ratio.

Holds always: nothing is filled in; where no profile is in force the answer says so; a last day that
rests on a year that is not known is provisional.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from api import models_policy as p
from api import models_register as r
from api import policy_shown
from api.guard import Caller, needs
from api.register_words import asked
from api.responses import PROBLEMS
from api.world import world_of
from evidence.errors import NotFound
from evidence.policy_catalogue import PARAMETERS, RULES
from evidence.terms import Term, due_after
from evidence.vocabulary import DayKind, TermUnit
from people.calendar import YearInForce, in_force, years_in_force
from people.policies import policies_of
from people.roles import Permission

router = APIRouter(prefix="/api", tags=["policy"])

_reading = Depends(needs(Permission.READ_RATIO))
Rule = Annotated[str, Query(min_length=1, max_length=64, description="a rule or parameter")]
Named = Annotated[str, Query(min_length=1, max_length=64, description="id or name")]
On = Annotated[r.Day | None, Query(description="a day in Asia/Shanghai; today if left out")]
Count = Annotated[int, Query(ge=0, le=36500)]


@router.get("/policies", responses=PROBLEMS["read"])
def list_policies(request: Request, _caller: Caller = _reading) -> p.Profiles:
    """The policy profiles that come with the product, and the bureau's own in force."""
    with world_of(request).site.database.read() as connection:
        policies = policies_of(connection)
    return p.Profiles(profiles=[policy_shown.profile(policies, one) for one in policies.all])


@router.get("/policies/explain", responses=PROBLEMS["find"])
def explain_policy(
    request: Request,
    rule: Rule = "ratio",
    profile: Named = "default",
    on: On = None,
    _caller: Caller = _reading,
) -> p.Explanation:
    """What holds of a rule or parameter in a jurisdiction on a day, with clause and quotation."""
    world = world_of(request)
    day = on or asked(world, None).day
    with world.site.database.read() as connection:
        policy = policies_of(connection).in_force(profile, day)
    if rule not in RULES and rule not in PARAMETERS:
        raise NotFound(f"No rule or parameter {rule}", why="NO_PARAMETER", value=rule)
    found = policy.rule(rule) if rule in RULES else policy.said(rule)
    return p.Explanation(
        day=day,
        jurisdiction=policy.profile.jurisdiction,
        profiles=[one.name for one in policy.line],
        answer=None if found is None else policy_shown.explained(found),
    )


@router.get("/calendar", responses=PROBLEMS["read"])
def show_calendar(request: Request, _caller: Caller = _reading) -> p.Calendar:
    """The years of the working-day calendar that are known, each with its document."""
    with world_of(request).site.database.read() as connection:
        found = years_in_force(connection)
    return p.Calendar(years=[_year(one) for one in found])


@router.get("/calendar/due", responses=PROBLEMS["read"])
def term_due(
    request: Request,
    event: On = None,
    count: Count = 0,
    unit: TermUnit = TermUnit.WORKING_DAY,
    *,
    roll: bool = True,
    _caller: Caller = _reading,
) -> p.TermShown:
    """When a term ends that begins with an event, whose own day is not counted (D-09)."""
    world = world_of(request)
    first = event or asked(world, None).day
    with world.site.database.read() as connection:
        calendar = in_force(connection)
    due = due_after(first, Term(count, unit), calendar=calendar, roll=roll)
    return p.TermShown(
        event=first,
        count=count,
        unit=unit,
        roll=roll,
        state=due.state,
        day=due.day,
        not_before=None if due.day else due.not_before,
    )


def _year(held: YearInForce) -> p.YearShown:
    year = held.year
    kinds = {**dict.fromkeys(year.off, DayKind.OFF), **dict.fromkeys(year.worked, DayKind.WORKED)}
    return p.YearShown(
        year=year.number,
        source=year.source,
        origin=held.origin,
        imported_at=held.imported_at,
        days=[p.DayShown(day=day, kind=kinds[day]) for day in sorted(kinds)],
    )
