"""What must hold among profiles: dates, inheritance, completeness, and values that agree.

Everything here is judged on effective values, so a profile is also held to what it inherits.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from evidence.canonical import Json
from evidence.policy_catalogue import PARAMETERS, REQUIRED, RULES
from evidence.policy_kinds import shown
from evidence.policy_messages import CONTRADICTIONS
from evidence.policy_messages import PARAMETERS as TITLES
from evidence.policy_profile import DEFAULT, Profile, Statement
from evidence.policy_reading import Problem
from evidence.vocabulary import Standing, Tier

_DEEPEST = 8  # profiles above one another; more is a circle
_FOR_EVER = date.max
_STRICTER = {tier: rank for rank, tier in enumerate(reversed(Tier))}


@dataclass(frozen=True)
class _Pair:
    """Two parameters that may contradict each other, and how."""

    left: str
    right: str
    how: str


_PAIRS = (
    _Pair("gap.seam_max_s", "gap.seam_total_s", "OVER"),
    _Pair("campaign.from", "campaign.to", "AFTER"),
    _Pair("campaign.lookback_from", "campaign.from", "AFTER"),
    _Pair("complaint.extension_max", "complaint.days", "NEEDS"),
    _Pair("ratio.countable_kinds", "device.kinds", "WITHIN"),
)


def lineage(profiles: Iterable[Profile], profile: Profile, *, day: date) -> tuple[Profile, ...]:
    """The profile and those it inherits from on a day, itself first; ends where one is missing."""
    known = tuple(profiles)
    found = [profile]
    while found[-1].inherits is not None and len(found) < _DEEPEST:
        above = (p for p in known if p.id == found[-1].inherits and p.holds_on(day))
        parent = next(above, None)
        if parent is None or parent in found:
            break
        found.append(parent)
    return tuple(found)


def stated(line: Sequence[Profile], name: str) -> tuple[Profile, Statement] | None:
    """The nearest profile of a lineage that says something of a parameter, and what it says."""
    found = ((p, p.parameters[name]) for p in line if name in p.parameters)
    return next(found, None)


def stated_rule(line: Sequence[Profile], name: str) -> tuple[Profile, Statement] | None:
    """The nearest profile of a lineage that gives grounds for a rule."""
    return next(((p, p.rules[name]) for p in line if name in p.rules), None)


def problems_among(profiles: Sequence[Profile]) -> Iterator[Problem]:
    """Everything that is wrong among profiles that were each read without a problem."""
    yield from _names(profiles)
    yield from _overlaps(profiles)
    for profile in profiles:
        yield from _parents(profiles, profile)
        if profile.id == DEFAULT:
            yield from _default(profile)
        yield from _as_inherited(profiles, profile)


def _as_inherited(profiles: Sequence[Profile], profile: Profile) -> Iterator[Problem]:
    """What is wrong with a profile above any of those that it inherits from, each problem once."""
    told: list[Problem] = []
    for day in _turns(profiles, profile):
        line = lineage(profiles, profile, day=day)
        if line[-1].id == DEFAULT:
            found = (*_missing(line), *_contradictions(line), *_lowered(line))
            told += [problem for problem in found if problem not in told]
    yield from told


def _turns(profiles: Sequence[Profile], profile: Profile) -> list[date]:
    """The days on which what a profile inherits may change: its first, and others' first."""
    others = (other.valid_from for other in profiles if other is not profile)
    return sorted({profile.valid_from, *(day for day in others if profile.holds_on(day))})


def unset(line: Sequence[Profile]) -> tuple[str, ...]:
    """Names of parameters whose value the bureau must set, in the order of the catalogue."""
    said = ((name, stated(line, name)) for name in PARAMETERS)
    return tuple(name for name, one in said if one and one[1].standing is Standing.TO_BE_SET)


def inherited_unset(profiles: Sequence[Profile], own: Sequence[Profile]) -> Iterator[Problem]:
    """Values that a bureau's own profiles must set and do not: what they inherit as to be set.

    A profile that itself says so of a clause is a jurisdiction's, and is left alone.
    """
    for profile in own:
        line = lineage(profiles, profile, day=profile.valid_from)
        for name in unset(line):
            if name not in profile.parameters:
                yield Problem("POLICY_TO_BE_SET", profile.place, titled(name))


def titled(name: str) -> dict[str, str]:
    """A parameter's name and titles, as sentences about it want them."""
    chinese, english = TITLES[name]
    return {"value": name, "title_zh": chinese, "title_en": english}


# --- dates and inheritance ------------------------------------------------------------------------


def _names(profiles: Sequence[Profile]) -> Iterator[Problem]:
    for first, second in combinations(profiles, 2):
        if (first.id == second.id) != (first.jurisdiction == second.jurisdiction):
            facts = {"value": second.id, "other": first.place}
            yield Problem("POLICY_TWO_NAMES", second.place, facts)


def _overlaps(profiles: Sequence[Profile]) -> Iterator[Problem]:
    for first, second in combinations(profiles, 2):
        same = first.id == second.id
        apart = _end(first) < second.valid_from or _end(second) < first.valid_from
        if same and (not apart or first.version == second.version):
            yield Problem("POLICY_OVERLAP", second.place, {"other": first.place})


def _end(profile: Profile) -> date:
    return profile.valid_to or _FOR_EVER


def _parents(profiles: Sequence[Profile], profile: Profile) -> Iterator[Problem]:
    """A profile inherits from one that holds on each of its days, up to the default profile."""
    if profile.id == DEFAULT:
        return
    above = [p for p in profiles if p.id == profile.inherits and p is not profile]
    line = lineage(profiles, profile, day=profile.valid_from)
    if not _cover(above, profile) or (len(line) >= _DEEPEST or line[-1].id != DEFAULT):
        yield Problem("POLICY_NO_PARENT", profile.place, {"value": profile.inherits or "?"})


def _cover(above: Sequence[Profile], profile: Profile) -> bool:
    """Whether the profiles above hold on each day of this one, one after the other."""
    day = profile.valid_from
    for parent in sorted(above, key=lambda p: p.valid_from):
        if not parent.holds_on(day):
            continue
        if _end(parent) >= _end(profile):
            return True
        day = _end(parent) + timedelta(days=1)
    return False


# --- completeness ---------------------------------------------------------------------------------


def _default(profile: Profile) -> Iterator[Problem]:
    for name in PARAMETERS:
        if name in REQUIRED and name in profile.parameters:
            yield Problem("POLICY_DEFAULT_OF_REQUIRED", profile.parameters[name].place)
        if name not in REQUIRED and name not in profile.parameters:
            yield Problem("POLICY_MISSING_PARAMETER", profile.place, titled(name))
    for name in RULES.keys() - profile.rules.keys():
        yield Problem("POLICY_MISSING_RULE", profile.place, {"value": name})


def _missing(line: Sequence[Profile]) -> Iterator[Problem]:
    for name in sorted(REQUIRED):
        if line[0].id != DEFAULT and stated(line, name) is None:
            yield Problem("POLICY_MISSING_PARAMETER", line[0].place, titled(name))


# --- values that agree ----------------------------------------------------------------------------


def _contradictions(line: Sequence[Profile]) -> Iterator[Problem]:
    for pair in _PAIRS:
        left, right = stated(line, pair.left), stated(line, pair.right)
        if left is None or right is None or not _contradict(left[1], right[1], how=pair.how):
            continue
        chinese, english = CONTRADICTIONS[pair.how]
        facts = {
            "left": pair.left,
            "left_value": shown(left[1].value),
            "right": pair.right,
            "right_value": shown(right[1].value),
            "why_not_zh": chinese,
            "why_not_en": english,
        }
        near = next((s[1].place for s in (left, right) if s[0] is line[0]), line[0].place)
        yield Problem("POLICY_CONTRADICTION", near, facts)


def _contradict(left: Statement, right: Statement, *, how: str) -> bool:
    if how == "NEEDS":
        return left.standing is Standing.SET and right.standing is Standing.NONE
    if left.standing is not Standing.SET or right.standing is not Standing.SET:
        return False
    if how == "WITHIN":
        return not set(texts_of(left.value)) <= set(texts_of(right.value))
    return _order(left.value) > _order(right.value)


def _order(value: Json) -> tuple[int, str]:
    """Numbers by their size, dates (as ISO text) by their text."""
    return (value, "") if isinstance(value, int) else (0, str(value))


def texts_of(value: Json) -> list[str]:
    """The texts of a list; an empty list for any other value."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def rows_of(value: Json) -> list[dict[str, Json]]:
    """The rows of a table; an empty list for any other value."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _lowered(line: Sequence[Profile]) -> Iterator[Problem]:
    """A list of what is recorded may raise what is above it, never lower it or leave it out."""
    own = line[0].parameters.get("tier.catalogue")
    above = stated(line[1:], "tier.catalogue")
    if own is None or above is None:
        return
    tiers = {str(row["code"]): Tier(str(row["tier"])) for row in rows_of(own.value)}
    for row in rows_of(above[1].value):
        here, there = tiers.get(str(row["code"])), Tier(str(row["tier"]))
        if here is None or is_lower(here, there):
            facts = {"value": str(row["item"]), "other": there.value}
            yield Problem("POLICY_TIER_LOWERED", own.place, facts)


def is_lower(tier: Tier, than: Tier) -> bool:
    """Whether a tier asks for less than another."""
    return _STRICTER[tier] < _STRICTER[than]
