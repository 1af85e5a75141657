"""Actions, judged for findings: gaps, decisions, teams, corrected times, night and holidays.

Holds always: as in `cases.finding_look`.
"""

from datetime import date, time

from cases import reading
from cases.finding_look import Among, Due, Look, due_of, newest, once, stamped
from cases.reading import ActionDetails, Interval
from evidence.canonical import loads_object
from evidence.case_vocabulary import TeamRole
from evidence.finding_facts import (
    ACTION_KINDS,
    ActualInterval,
    ExecutionRule,
    Judged,
    assessed,
    of_assessment,
    of_execution_time,
    of_interval,
)
from evidence.finding_rules import About, FindingKind, Holding
from evidence.policy import InForce
from evidence.ratio import day_of
from storage import schema


def judge_action(look: Look, action: str) -> list[Due]:
    """Coverage, decision, team, corrected intervals, night and holidays."""
    said = reading.action(look.connection, action).details
    windows = reading.intervals(look.connection, action)
    day = day_of(windows[-1].start if windows else look.now)
    about = _about_action(look, action, said=said, day=day)
    found, undecided = _assessed(look, action, about=about)
    if windows:
        window = ActualInterval(action, said.type.value, *_seconds(windows[-1]))
        judged = _execution(look, window, about=about, day=day)
        found, undecided = (*found, *judged.holding), undecided | judged.undecided
    due = due_of(look, [f"action/{action}"], holding=found, among=Among(ACTION_KINDS, undecided))
    changed = [one for row in windows for one in of_interval(action, row.number, about=about)]
    due += once(look, changed)
    return stamped(look, due, unit=about.unit, day=day)


def _about_action(look: Look, action: str, *, said: ActionDetails, day: date) -> About:
    team = reading.team(look.connection, action)
    leads = tuple(sorted(one.person for one in team if one.role is TeamRole.LEAD))
    return About(said.unit, look.principal(said.unit, day), action, said.case, None, leads)


def _assessed(
    look: Look, action: str, *, about: About
) -> tuple[tuple[Holding, ...], frozenset[FindingKind]]:
    """What the newest assessment says; without one, nothing can be said."""
    row = newest(look.connection, schema.assessments, owner="action_id", value=action)
    if row is None:
        return (), ACTION_KINDS - {FindingKind.NIGHT_OR_HOLIDAY}
    judged = of_assessment(assessed(action, loads_object(row.body.encode())), about)
    return judged.holding, judged.undecided


def _execution(look: Look, window: ActualInterval, *, about: About, day: date) -> Judged:
    policy = look.policy(about.unit, day)
    if policy is None:
        return Judged((), frozenset({FindingKind.NIGHT_OR_HOLIDAY}))
    return of_execution_time(window, about, rule=execution_rule(policy), calendar=look.calendar())


def _seconds(window: Interval) -> tuple[int, int]:
    return int(window.start.timestamp()), int(window.end.timestamp())


def execution_rule(policy: InForce) -> ExecutionRule:
    """When compulsory execution may not be, by a profile."""
    night = policy.value("execution.night")
    hours = None if night is None else [time.fromisoformat(one) for one in str(night).split("-")]
    return ExecutionRule(
        types=frozenset(policy.texts("execution.types")),
        night=None if hours is None else (hours[0], hours[1]),
        holidays=policy.text("execution.holidays") == "listed_off",
    )
