"""Policy in force: which profile applies in a jurisdiction on a day, and what it says.

Holds always: profiles that contradict themselves or each other are never in force, because loading
refuses them; on a day for which no profile is known nothing is applied and the answer says so; a
parameter is answered by the nearest profile that says something of it, and the answer tells which
profile that is and by which clause. A value that the bureau must set, and has not, is refused by
name and never replaced by a guess.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from evidence.canonical import Json
from evidence.errors import BadInput, NotFound, ProgramMistake
from evidence.policy_catalogue import PARAMETERS, RULES
from evidence.policy_checks import (
    inherited_unset,
    lineage,
    problems_among,
    rows_of,
    stated,
    stated_rule,
    texts_of,
    titled,
    unset,
)
from evidence.policy_kinds import length_parts
from evidence.policy_messages import PROBLEMS
from evidence.policy_profile import DEFAULT, Profile, Statement
from evidence.policy_reading import Problem, read_profile
from evidence.vocabulary import Standing


@dataclass(frozen=True)
class Effective:
    """What holds of a parameter or rule: the statement, and the profile that makes it."""

    statement: Statement
    profile: Profile


@dataclass(frozen=True)
class InForce:
    """The policy of a jurisdiction on a day: its profile, and those it inherits from, in order."""

    line: tuple[Profile, ...]
    day: date

    @property
    def profile(self) -> Profile:
        """The jurisdiction's own profile."""
        return self.line[0]

    def said(self, name: str) -> Effective | None:
        """What holds of a parameter. Raises `NotFound` for a name that is none.

        None only for a required parameter in the default profile, which is no jurisdiction's.
        """
        if name not in PARAMETERS:
            raise NotFound(f"No parameter {name}", why="NO_PARAMETER", value=name)
        found = stated(self.line, name)
        return Effective(found[1], found[0]) if found else None

    def effective(self, name: str) -> Effective:
        """As `said`; raises `BadInput` where nothing is said."""
        found = self.said(name)
        if found is None:
            raise self._not_said(name)
        return found

    def rule(self, rule_id: str) -> Effective:
        """The clauses that a rule applies here. Raises `NotFound` for an id that is none."""
        found = stated_rule(self.line, rule_id)
        if found is None:
            raise NotFound(f"No rule {rule_id}", why="NO_PARAMETER", value=rule_id)
        return Effective(found[1], found[0])

    def stamp(self, rule_id: str) -> dict[str, Json]:
        """What a verdict writes of itself: profiles with their versions, rule with its version."""
        names: list[Json] = [profile.name for profile in self.line]
        return {"profiles": names, "rule": rule_id, "rule_version": RULES[rule_id].version}

    def to_be_set(self) -> tuple[str, ...]:
        """Names of parameters that the bureau must still set."""
        return unset(self.line)

    def check_ready(self) -> None:
        """Raises `BadInput` naming the first parameter that the bureau must still set.

        Asked when a bureau takes the profile as its own, so that no duty starts without its number.
        """
        for name in self.to_be_set():
            raise Problem("POLICY_TO_BE_SET", self.profile.place, titled(name)).error()

    def value(self, name: str) -> Json:
        """The value of a parameter, null where there is no such duty or limit.

        Raises `BadInput` where the bureau must set it first, `NotFound` for a name that is none.
        """
        statement = self.effective(name).statement
        if statement.standing is Standing.TO_BE_SET:
            raise self._not_said(name)
        return statement.value

    def whole(self, name: str) -> int:
        """The value of a parameter that is a whole number; raises as `value`."""
        value = self.value(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ProgramMistake(f"{name} is no whole number")
        return value

    def flag(self, name: str) -> bool:
        """The value of a parameter that is true or false; raises as `value`."""
        value = self.value(name)
        if not isinstance(value, bool):
            raise ProgramMistake(f"{name} is neither true nor false")
        return value

    def text(self, name: str) -> str:
        """The value of a parameter that is one word or text; raises as `value`."""
        value = self.value(name)
        if not isinstance(value, str):
            raise ProgramMistake(f"{name} is no text")
        return value

    def texts(self, name: str) -> list[str]:
        """The items of a parameter that is a list, none where it is none; raises as `value`."""
        return texts_of(self.value(name))

    def rows(self, name: str) -> list[dict[str, Json]]:
        """The rows of a parameter that is a table, none where it is none; raises as `value`."""
        return rows_of(self.value(name))

    def length(self, name: str) -> tuple[int, str] | None:
        """Number and unit (wd, cd, mo, y) of a length, or None for none; raises as `value`."""
        value = self.value(name)
        return None if value is None else length_parts(str(value))

    def _not_said(self, name: str) -> BadInput:
        facts = {**titled(name), "profile": self.profile.name}
        message = PROBLEMS["POLICY_NOT_SAID"][1].format_map(facts)
        return BadInput(message, why="POLICY_NOT_SAID", **facts)


@dataclass(frozen=True)
class Profiles:
    """Profiles that agree with each other, in order of ids and days."""

    all: tuple[Profile, ...]

    def find(self, jurisdiction: str, day: date) -> InForce | None:
        """The policy of a jurisdiction, by id or name, on a day; None where none is in force."""
        for profile in self.all:
            if jurisdiction in (profile.id, profile.jurisdiction) and profile.holds_on(day):
                return InForce(lineage(self.all, profile, day=day), day)
        return None

    def in_force(self, jurisdiction: str, day: date) -> InForce:
        """As `find`; raises `NotFound`, naming what there is, where none is in force."""
        found = self.find(jurisdiction, day)
        if found is not None:
            return found
        own = [p for p in self.all if jurisdiction in (p.id, p.jurisdiction)]
        known = ", ".join(_span(p) for p in own) or ", ".join(sorted({p.id for p in self.all}))
        why = "NO_PROFILE_THEN" if own else "NO_PROFILE"
        facts = {"value": jurisdiction, "day": day.isoformat(), "known": known}
        raise NotFound(PROBLEMS[why][1].format_map(facts), why=why, **facts)


def _span(profile: Profile) -> str:
    until = profile.valid_to.isoformat() if profile.valid_to else ""
    return f"{profile.name} {profile.valid_from.isoformat()}..{until}"


def problems_of(
    texts: Mapping[str, str], base: Sequence[Profile] = ()
) -> tuple[list[Profile], list[Problem]]:
    """Profiles from TOML texts by place, and all that is wrong with them, one by one or together.

    `base` are profiles that were loaded before; only what concerns the texts is told.
    """
    readings = [read_profile(text, place) for place, text in sorted(texts.items())]
    problems = [problem for reading in readings for problem in reading.problems]
    profiles = [reading.profile for reading in readings if reading.profile is not None]
    if not problems:
        told = tuple(texts)
        among = problems_among([*base, *profiles])
        problems = [one for one in among if one.place.startswith(told)]
    return profiles, problems


def load_profiles(texts: Mapping[str, str], base: Sequence[Profile] = ()) -> Profiles:
    """Profiles from TOML texts by place, over those in `base`.

    Raises `BadInput` for the first problem, which names file, line and key.
    """
    profiles, problems = problems_of(texts, base)
    if problems:
        raise problems[0].error()
    return _ordered([*base, *profiles])


def joined(texts: Mapping[str, str], base: Profiles) -> tuple[Profiles, list[Problem]]:
    """Profiles of texts by place over others, and all that is wrong with the texts.

    Of one id, a later text ends an earlier one on the day before its own first: an earlier one
    cannot name the day on which it will be replaced.
    """
    readings = [read_profile(text, place) for place, text in texts.items()]
    problems = [problem for reading in readings for problem in reading.problems]
    own = _replaced([reading.profile for reading in readings if reading.profile is not None])
    if not problems:
        among = [*problems_among([*base.all, *own]), *inherited_unset([*base.all, *own], own)]
        problems = [one for one in among if one.place.startswith(tuple(texts))]
    return _ordered([*base.all, *own]), problems


def _replaced(own: Sequence[Profile]) -> list[Profile]:
    found = []
    for one in own:
        later = [each.valid_from for each in own if each.id == one.id]
        end = min((day for day in later if day > one.valid_from), default=None)
        last = None if end is None else end - timedelta(days=1)
        ends = [day for day in (one.valid_to, last) if day is not None]
        found.append(replace(one, valid_to=min(ends, default=None)))
    return found


def _ordered(profiles: Sequence[Profile]) -> Profiles:
    return Profiles(tuple(sorted(profiles, key=lambda p: (p.id != DEFAULT, p.id, p.valid_from))))
