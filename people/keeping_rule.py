"""How often every stored byte is read again, as the default profile has it, and why."""

import re
from dataclasses import dataclass
from datetime import date

from evidence.errors import BadInput
from people.ratio_rule import policy_for

_EVERY = re.compile(r"P(\d+)([DWMY])")
_DAYS = {"D": 1, "W": 7, "M": 28, "Y": 365}
"""The shortest that a month may be: reading too early does no harm."""


@dataclass(frozen=True)
class ScrubRule:
    """The interval as the profile writes it, in days, and what it rests on, Chinese first."""

    every: str
    days: int
    basis: tuple[str, str]


def scrub_rule(day: date) -> ScrubRule:
    """The rule in force; raises `NotFound` or `BadInput` where the profile says nothing usable."""
    found = policy_for(None, day).effective("scrub.every")
    every = str(found.statement.value)
    match = _EVERY.fullmatch(every)
    if match is None:
        raise BadInput(f"scrub.every of {every} cannot be counted in days")
    return ScrubRule(every, int(match[1]) * _DAYS[match[2]], found.statement.remark or ("", ""))
