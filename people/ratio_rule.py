"""The ratio as a body's policy profile has it on a day, and the clauses it rests on.

Holds always: nothing is filled in where no profile is in force that day; a body of which no profile
is stated follows the default one, which says of each value whose clause it takes.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from evidence.canonical import Json
from evidence.device_sets import CountRule
from evidence.enforcing import AnnualCheck
from evidence.errors import BadInput, ProgramMistake
from evidence.policy import InForce
from evidence.policy_profile import DEFAULT
from evidence.quota import Quota, Rounding
from evidence.ratio import Headcount, RatioRule
from evidence.reviewing import ReviewerRule
from evidence.training import TrainingRule
from evidence.vocabulary import DeviceKind
from people.policies import Followed, load_policies

_STATES = {"IN_STOCK", "CHECKED_OUT", "DOCKED"}


@dataclass(frozen=True)
class Clause:
    """What a rule rests on: document and article, and the words as they are printed there."""

    document: str
    article: str
    quote: str


def rule_for(followed: Followed | None, day: date) -> RatioRule:
    """The rule of a body's profile on a day; for None that of the default.

    Raises `NotFound` where none is in force, `BadInput` for a value that is still to be set.
    """
    policy = policy_for(followed, day)
    officers, least = policy.whole("ratio.officers_per_set"), policy.whole("ratio.min_sets")
    rounding = Rounding[policy.text("ratio.rounding").upper()]
    kinds = frozenset(DeviceKind(kind) for kind in policy.texts("ratio.countable_kinds"))
    return RatioRule(
        quota=Quota(1, officers, rounding, minimum=least, minimum_below=officers),
        counting=CountRule(kinds, timedelta(days=_test_days(policy))),
        headcount=Headcount[policy.text("ratio.headcount").upper()],
        annual_check=annual_check_for(followed, day),
    )


def reviewer_rule_for(followed: Followed | None, day: date) -> ReviewerRule:
    """How many legal reviewers so many officers need, and who counts (R-073, R-074, R-157).

    Raises as `rule_for`.
    """
    policy = policy_for(followed, day)
    rounding = Rounding[policy.text("reviewer.rounding").upper()]
    percent, least = policy.whole("reviewer.percent"), policy.whole("reviewer.min")
    quota = Quota(percent, 100, rounding, minimum=least, minimum_below=20)
    return ReviewerRule(quota, policy.flag("reviewer.external_counts"))


def annual_check_for(followed: Followed | None, day: date) -> AnnualCheck:
    """What a missing annual check of a certificate does (R-103); raises as `rule_for`."""
    return AnnualCheck[policy_for(followed, day).text("certificate.annual_check").upper()]


def clauses_for(followed: Followed | None, day: date, *, rule: str = "ratio") -> tuple[Clause, ...]:
    """What the ratio, or another rule, rests on (R-147 to R-149); raises `NotFound`."""
    said = policy_for(followed, day).rule(rule).statement
    return tuple(Clause(one.source.title, one.article, one.quote) for one in said.citations)


def stamp_for(followed: Followed | None, day: date, *, rule: str = "ratio") -> dict[str, Json]:
    """Which profiles and which version of a rule a verdict rests on; raises `NotFound`."""
    return policy_for(followed, day).stamp(rule)


def training_rule_for(followed: Followed | None, day: date) -> TrainingRule:
    """How much training a year asks for (R-055); raises as `rule_for`."""
    policy = policy_for(followed, day)
    return TrainingRule(policy.whole("training.hours"), policy.whole("training.general_min"))


def warn_days_for(followed: Followed | None, day: date) -> int:
    """How many days before its end a certificate is told of (R-115); raises as `rule_for`."""
    return policy_for(followed, day).whole("certificate.warn_days")


def policy_for(followed: Followed | None, day: date) -> InForce:
    """The policy in force for a body; raises `NotFound`."""
    if followed is None:
        return load_policies().in_force(DEFAULT, day)
    return followed.among.in_force(followed.id, day)


def _test_days(policy: InForce) -> int:
    """How many days a self-test holds.

    Raises `BadInput` for a profile that tells devices apart by whose hands they are in.
    """
    value = policy.value("ratio.serviceable")
    if not isinstance(value, dict):
        raise ProgramMistake("ratio.serviceable is no table")
    states, days = value["states"], value["self_test_days"]
    if not isinstance(states, list) or set(map(str, states)) != _STATES:
        raise BadInput("Devices count whoever has them", why="POLICY_STATES")
    if not isinstance(days, int):
        raise ProgramMistake("self_test_days is no number")
    return days
