"""How an action must be recorded: the strictest of what bears on it (reading D-05).

Holds always: the interests that an action touches decide, not its name (「等」 keeps the list open,
R-144); a person may raise a tier, nothing here lowers one; text never replaces the recording of
what must be recorded whole (R-142).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from evidence.policy import InForce
from evidence.policy_checks import is_lower
from evidence.vocabulary import Tier

INVESTIGATING = frozenset({"INSPECTION", "EVIDENCE_TAKING", "INQUIRY", "SCENE_EXAMINATION"})
"""Codes of 行政检查 and 调查取证, which `tier.inspection` covers; 询问, 勘验 are ways of it."""


class PlaceRule(StrEnum):
    """Which case-handling places are recorded throughout: `tier.fixed_place` (reading D-08)."""

    ALL = "all"
    RIGHTS_BEARING = "rights_bearing"


class TierReason(StrEnum):
    """Why an action has its tier."""

    CATALOGUE = "CATALOGUE"
    INSPECTION = "INSPECTION"
    TOUCHES_LIBERTY = "TOUCHES_LIBERTY"
    TOUCHES_LIFE_HEALTH = "TOUCHES_LIFE_HEALTH"
    TOUCHES_MAJOR_PROPERTY = "TOUCHES_MAJOR_PROPERTY"
    FIXED_PLACE = "FIXED_PLACE"
    RAISED = "RAISED"
    NOT_LISTED = "NOT_LISTED"


@dataclass(frozen=True)
class TierFacts:
    """What is said of an action; `type` is a code of the list of what is recorded, or another."""

    type: str
    touches_liberty: bool = False
    touches_life_health: bool = False
    touches_major_property: bool = False
    is_fixed_place: bool = False
    raised: Tier | None = None

    @property
    def flags(self) -> tuple[TierReason, ...]:
        """The interests that it touches."""
        touched = {
            TierReason.TOUCHES_LIBERTY: self.touches_liberty,
            TierReason.TOUCHES_LIFE_HEALTH: self.touches_life_health,
            TierReason.TOUCHES_MAJOR_PROPERTY: self.touches_major_property,
        }
        return tuple(reason for reason, holds in touched.items() if holds)


@dataclass(frozen=True)
class TierPolicy:
    """The parameters of a profile that bear on the tier, and on text instead of recording.

    `place` is the tier of a registered case-handling place, None where the list names none.
    """

    catalogue: Mapping[str, Tier]
    inspection: Tier
    place: Tier | None
    places: PlaceRule
    exempt_tiers: frozenset[Tier]
    never_exempt: frozenset[str]


@dataclass(frozen=True)
class TierVerdict:
    """The tier, and each reason that asks for just this one."""

    tier: Tier
    reasons: tuple[TierReason, ...]


def tier_of(facts: TierFacts, policy: TierPolicy) -> TierVerdict:
    """The strictest tier that anything asks for; ORDINARY where nothing does."""
    asked = dict.fromkeys(facts.flags, Tier.MANDATORY)
    if facts.type in policy.catalogue:
        asked[TierReason.CATALOGUE] = policy.catalogue[facts.type]
    if facts.type in INVESTIGATING:
        asked[TierReason.INSPECTION] = policy.inspection
    if facts.is_fixed_place and policy.place is not None and _counts(facts, policy.places):
        asked[TierReason.FIXED_PLACE] = policy.place
    if facts.raised is not None:
        asked[TierReason.RAISED] = facts.raised
    tier = Tier.ORDINARY
    for one in asked.values():
        tier = tier if is_lower(one, tier) else one
    reasons = tuple(reason for reason in TierReason if asked.get(reason) is tier)
    return TierVerdict(tier, reasons or (TierReason.NOT_LISTED,))


def may_exempt(tier: Tier, type_: str, *, policy: TierPolicy) -> bool:
    """Whether a text may stand for the recording of such an action (R-142, D-05)."""
    if tier is Tier.MANDATORY:
        return False
    return tier in policy.exempt_tiers and type_ not in policy.never_exempt


def tier_policy(policy: InForce, own: Mapping[str, Tier] | None = None) -> TierPolicy:
    """The parameters of the profile in force; `own` is a bureau's own list, which may only raise.

    Raises `BadInput` for a value that the bureau must set first.
    """
    rows = policy.rows("tier.catalogue")
    listed = {
        subject: {
            str(row["code"]): Tier(str(row["tier"])) for row in rows if row["subject"] == subject
        }
        for subject in ("ACTION", "PLACE")
    }
    actions = listed["ACTION"]
    for code, tier in (own or {}).items():
        if code not in actions or is_lower(actions[code], tier):
            actions[code] = tier
    return TierPolicy(
        catalogue=actions,
        inspection=Tier(policy.text("tier.inspection")),
        place=listed["PLACE"].get("FIXED_PLACE"),
        places=PlaceRule(policy.text("tier.fixed_place")),
        exempt_tiers=frozenset(Tier(name) for name in policy.texts("text_exemption.tiers")),
        never_exempt=frozenset(policy.texts("text_exemption.never_for")),
    )


def _counts(facts: TierFacts, places: PlaceRule) -> bool:
    """Under the narrow reading a place counts where the action touches an interest itself."""
    return places is PlaceRule.ALL or bool(facts.flags)
