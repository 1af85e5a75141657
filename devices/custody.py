"""What a docked recorder says of whoever held it: facts on the session, refused to nobody.

Holds always: nothing is said at a site that never put a holder on record, since there nobody could
have; a person stands in a fact by id alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from devices.holding import Assignment, against_holder, holders, is_any
from evidence.enforcing import AnnualCheck
from evidence.entry import time_text
from people.policies import Followed
from people.ratio_rule import annual_check_for, policy_for
from people.staff import members


@dataclass(frozen=True)
class DockingRule:
    """`dock.within_hours`, and what a missing annual check does."""

    within: timedelta = timedelta(hours=24)
    annual_check: AnnualCheck = AnnualCheck.FLAG


@dataclass(frozen=True)
class DockingFact:
    """A code with what it is about."""

    code: str
    facts: dict[str, str | int]


def docking_rule(followed: Followed | None, day: date) -> DockingRule:
    """The rule of a profile on a day, of the default one for None; raises `NotFound`."""
    hours = policy_for(followed, day).whole("dock.within_hours")
    return DockingRule(timedelta(hours=hours), annual_check_for(followed, day))


def docking_facts(
    connection: Connection, recorder: str, *, at: datetime, rule: DockingRule
) -> list[DockingFact]:
    """What there is to say of a recorder that is docked at a moment.

    Somebody counts as its holder who has it still, or brought it back no longer ago than `within`.
    """
    if not is_any(connection):
        return []
    last = next((one for one in holders(connection, recorder, limit=1) if one.out_at <= at), None)
    if last is None or (last.back_at is not None and at - last.back_at > rule.within):
        return [DockingFact("RECORDER_NOT_OUT", {"recorder": recorder})]
    return list(_of(connection, last, at=at, rule=rule))


def _of(
    connection: Connection, held: Assignment, *, at: datetime, rule: DockingRule
) -> Iterator[DockingFact]:
    who: dict[str, str | int] = {"recorder": held.recorder, "holder": held.holder}
    holder = members(connection).get(held.holder)
    moments = (held.out_at, held.back_at or at)
    reasons = {
        reason
        for moment in moments
        if holder is not None
        for reason in against_holder(holder, moment, annual_check=rule.annual_check)
    }
    if holder is None or reasons:
        said = " ".join(sorted(reason.value for reason in reasons)) or "UNDONE"
        yield DockingFact("HOLDER_NOT_ALLOWED", {**who, "reasons": said})
    if held.is_overdue(at, grace=rule.within):
        yield DockingFact("RETURN_OVERDUE", {**who, "due": time_text(held.due_at)})
