"""Actions, footage and people for tests of the pure rules: times are of one day in Shanghai."""

from datetime import date, datetime
from itertools import count

from evidence.assessment import (
    ActionFacts,
    Assessment,
    CoveragePolicy,
    LinkedFootage,
    assess,
    coverage_policy,
)
from evidence.clockfix import ClockBasis
from evidence.coverage import Modality
from evidence.enforcing import PersonKind
from evidence.interval import Span
from evidence.policy import InForce
from evidence.presence import Presence
from evidence.ratio import SHANGHAI
from evidence.tiering import TierPolicy, tier_policy
from evidence.vocabulary import Tier
from people.policies import shipped
from people.ratio_rule import policy_for

DAY = date(2024, 6, 18)
_NUMBERS = count(1)


def at(clock: str, day: date = DAY) -> int:
    """The second at which a clock in Shanghai shows `09:30` or `09:30:15`."""
    moment = datetime.fromisoformat(f"{day.isoformat()} {clock}")
    return int(moment.replace(tzinfo=SHANGHAI).timestamp())


def span(since: str, until: str, day: date = DAY) -> Span:
    """From one time of day up to another."""
    return Span(at(since, day), at(until, day))


def clocks(spans: object) -> list[str]:
    """Spans as people read them: `10:10:00-10:11:30`."""
    if not isinstance(spans, (list, tuple)):
        raise TypeError(spans)
    shown = (datetime.fromtimestamp(edge, SHANGHAI) for one in spans for edge in _edges(one))
    texts = [f"{moment:%H:%M:%S}" for moment in shown]
    return [f"{start}-{end}" for start, end in zip(texts[::2], texts[1::2], strict=True)]


def _edges(one: Span) -> tuple[int, int]:
    return one.start, one.end


def filmed(
    *spans: Span,
    device: str = "D-01",
    basis: ClockBasis = ClockBasis.LINEAR,
    uncertainty_s: int | None = 0,
    only: Modality | None = None,
) -> LinkedFootage:
    """A recording with picture and sound, or one of them, for these times."""
    return LinkedFootage(
        recording=f"Rec-{next(_NUMBERS)}",
        device=device,
        clock=device,
        basis=basis,
        uncertainty_s=uncertainty_s,
        video=() if only is Modality.AUDIO else spans,
        audio=() if only is Modality.VIDEO else spans,
    )


def officer(person: str, when: Span, *, may_enforce: bool = True) -> Presence:
    """An officer who was there."""
    return Presence(person, may_enforce, PersonKind.OFFICER, when)


def auxiliary(person: str, when: Span) -> Presence:
    """An auxiliary who was there."""
    return Presence(person, may_enforce=False, kind=PersonKind.AUXILIARY, span=when)


def in_force(profile: str | None = "XX", day: date = DAY) -> InForce:
    """A shipped profile."""
    return policy_for(None if profile is None else shipped(profile), day)


def tiers(profile: str | None = "XX", day: date = DAY) -> TierPolicy:
    """What a profile says of tiers."""
    return tier_policy(in_force(profile, day))


def rules(profile: str | None = "XX", day: date = DAY) -> CoveragePolicy:
    """What a profile says of coverage."""
    return coverage_policy(in_force(profile, day))


def action(window: Span, *footage: LinkedFootage, tier: Tier = Tier.MANDATORY) -> ActionFacts:
    """An action with its footage, and two officers who stayed."""
    there = frozenset(officer(person, window) for person in ("O-11", "O-12"))
    return ActionFacts("A-1", 1, window, tier, presences=there, footage=frozenset(footage))


def judged(window: Span, *footage: LinkedFootage, tier: Tier = Tier.MANDATORY) -> Assessment:
    """The assessment of an action under XX."""
    return assess(action(window, *footage, tier=tier), rules())
