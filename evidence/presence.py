"""Who was there while an action went on: too few officers, or auxiliaries alone, to the second.

Holds always: only who may enforce counts as an officer, and each person once however often they
are listed; every second of the window is judged, whether anybody was filmed or not (D-16; R-059,
R-062, R-104). Who may enforce on one day of an action and not on the next has two presences.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from evidence.enforcing import PersonKind
from evidence.interval import Span, at_least, clip, subtract, total, union


@dataclass(frozen=True)
class Presence:
    """Somebody was there for that time."""

    person: str
    may_enforce: bool
    kind: PersonKind
    span: Span


@dataclass(frozen=True)
class Stretches:
    """Seconds of a window of which something is true, in order."""

    spans: tuple[Span, ...]

    @property
    def seconds(self) -> int:
        """How many they are."""
        return total(self.spans)


def below(window: Span, presences: Iterable[Presence], *, least: int) -> Stretches:
    """When fewer than `least` officers were there (TEAM_BELOW_TWO)."""
    enough = at_least(_officers(presences), least) if least > 0 else [window]
    return Stretches(tuple(subtract([window], enough)))


def auxiliary_alone(window: Span, presences: Iterable[Presence]) -> Stretches:
    """When an auxiliary was there and nobody who may enforce (AUX_ALONE)."""
    known = tuple(presences)
    auxiliaries = [one.span for one in known if one.kind is PersonKind.AUXILIARY]
    alone = subtract(clip(auxiliaries, window), _officers(known))
    return Stretches(tuple(alone))


def _officers(presences: Iterable[Presence]) -> list[Span]:
    """When each of the officers was there; no two spans of one person overlap."""
    by_person: dict[str, list[Span]] = defaultdict(list)
    for one in presences:
        if one.may_enforce:
            by_person[one.person].append(one.span)
    return [span for spans in by_person.values() for span in union(spans)]
