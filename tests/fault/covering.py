"""`script/prove coverage`: random actions, footage, teams and clocks against second by second.

A trial makes one action of at most a minute and a half with footage of a few devices, and asks
everything of it: what is covered, in what order the facts came, what more footage does, whether a
clock could turn the verdict, who was there, which second a clock meant, and whose footage it is.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from evidence.assessment import ActionFacts, CoveragePolicy, LinkedFootage, assess
from evidence.clockfix import Anchor, ClockBasis, clock_of, correct
from evidence.coverage import Covered, Modality, SeamRule, Stretch, Verdict, cover_each, verdict
from evidence.enforcing import PersonKind
from evidence.interval import Span
from evidence.linking import (
    ActionIndex,
    ActionWindow,
    Candidate,
    Footage,
    LinkReason,
    Place,
    Point,
    candidates,
    winner,
)
from evidence.marginal import ClockReach, is_marginal
from evidence.presence import Presence, auxiliary_alone, below
from evidence.vocabulary import Tier
from tests.fault import second_by_second as slow
from tests.fault.campaigns import Campaign, Tally

NOW = 1_718_668_800
LONGEST = 90
US = 1_000_000
EVERY = 4
"""Of so many trials one moves clocks, which takes as long as all the rest."""
BETTER = (Verdict.NONE, Verdict.GAP, Verdict.SEAMED, Verdict.FULL)
DECISIVE = {LinkReason.HOLDER, LinkReason.ROOM}
TIES = DECISIVE | {LinkReason.PLACE, LinkReason.CARD_NAMES}


@dataclass(frozen=True)
class Rules:
    """The functions under trial; a test of this campaign puts broken ones here."""

    cover_each: Callable[..., Mapping[Modality, Covered]] = cover_each
    is_marginal: Callable[..., bool] = is_marginal
    candidates: Callable[..., list[Candidate]] = candidates
    correct: Callable[..., int] = correct


def campaign(rules: Rules | None = None) -> Campaign:
    """Trial after trial one action with all that bears on it."""
    under_trial = rules or Rules()

    def trial(seed: int, number: int) -> Tally:
        return _trial(under_trial, random.Random(f"{seed}/{number}"), number=number)

    return Campaign(
        name="coverage",
        claim="coverage, presence, clocks and links are what a look at every second finds, in "
        "whatever order facts come, and more footage never makes a verdict worse",
        trial=trial,
        forbidden=(
            "wrong coverage",
            "wrong verdict",
            "worse with more",
            "order matters",
            "wrong margin",
            "wrong presence",
            "wrong second",
            "wrong link",
        ),
        needed=("FULL", "SEAMED", "GAP", "NONE", "marginal", "aux alone", "linked", "in doubt"),
        default_count=100_000,
        save_every=2_000,
    )


def _trial(rules: Rules, chance: random.Random, *, number: int) -> Tally:
    window = _span(chance, NOW, longest=LONGEST, least=1)
    rule = SeamRule(chance.randint(0, 6), chance.randint(0, 14))
    footage = _footage(chance, window)
    tally: Tally = Counter()
    tally += _coverage(rules, chance, window=window, rule=rule, footage=footage)
    tally += _order(chance, window=window, rule=rule, footage=footage)
    if number % EVERY == 0:
        tally += _margin(rules, chance, rule=rule)
    tally += _presence(chance, window)
    tally += _clock(rules, chance)
    return tally + _links(rules, chance)


# --- what is filmed -------------------------------------------------------------------------------


def _span(chance: random.Random, near: int, *, longest: int, least: int = 0) -> Span:
    start = near + chance.randint(-5, 5)
    return Span(start, start + chance.randint(least, longest))


def _footage(chance: random.Random, window: Span) -> list[Stretch]:
    """A few devices, most of them with files one after the other, some that hardly film."""
    found: list[Stretch] = []
    for device in range(chance.choice((0, 1, 1, 2, 3))):
        for modality in chance.choice(((Modality.VIDEO,), (Modality.AUDIO,), tuple(Modality))):
            found += _files(chance, window, device=f"D-{device}", modality=modality)
    if found and chance.random() < 0.5:  # most recorders have both, cut at the same seconds
        found = _with_both(found)
    return found


def _with_both(stretches: Sequence[Stretch]) -> list[Stretch]:
    return [*stretches, *(replace(one, modality=_other(one.modality)) for one in stretches)]


def _other(modality: Modality) -> Modality:
    return Modality.AUDIO if modality is Modality.VIDEO else Modality.VIDEO


def _files(
    chance: random.Random, window: Span, *, device: str, modality: Modality
) -> list[Stretch]:
    at = window.start + chance.choice((-4, 0, 0, chance.randint(-8, 20)))
    found: list[Stretch] = []
    for number in range(chance.randint(1, 6)):
        end = at + chance.choice((0, chance.randint(1, 20), chance.randint(10, 60)))
        found.append(Stretch(f"{device}/{number}", device, modality, Span(at, end)))
        at = end + chance.choice((0, 0, 1, 2, chance.randint(0, 8), -3))
        at = max(at, found[-1].span.start)
    return found


# --- one question after the other -----------------------------------------------------------------


def _coverage(
    rules: Rules,
    chance: random.Random,
    *,
    window: Span,
    rule: SeamRule,
    footage: Sequence[Stretch],
) -> Tally:
    given = chance.sample(footage, len(footage))
    found = rules.cover_each(window, given, rule=rule)
    by_hand = {
        modality: slow.covered(window, [s for s in footage if s.modality is modality], rule=rule)
        for modality in Modality
    }
    judged, expected = verdict(found), slow.verdict(window, footage, rule=rule)
    more = [*footage, *_footage(chance, window)]
    better = verdict(rules.cover_each(window, more, rule=rule))
    return Counter(
        {
            "wrong coverage": int(found != by_hand),
            "wrong verdict": int(judged is not expected),
            "worse with more": int(BETTER.index(better) < BETTER.index(judged)),
            judged.value: 1,
        }
    )


def _order(
    chance: random.Random, *, window: Span, rule: SeamRule, footage: Sequence[Stretch]
) -> Tally:
    """The same facts in another order, files of a device as one recording."""
    policy = CoveragePolicy(rule, 2, {"profiles": ["XX@1"], "versions": {"coverage": 1}})
    reach = chance.choice((0, 0, 0, 1))
    ways = [
        assess(_facts(chance, window, footage=footage, reach=reach), policy).bytes()
        for _ in range(2)
    ]
    return Counter({"order matters": int(ways[0] != ways[1])})


def _facts(
    chance: random.Random, window: Span, *, footage: Sequence[Stretch], reach: int
) -> ActionFacts:
    """The facts in an order of their own, by clocks that are known to so many seconds."""
    given = chance.sample(footage, len(footage))
    devices = sorted({one.device for one in given})
    chance.shuffle(devices)
    linked = [
        LinkedFootage(
            recording=device,
            device=device,
            clock=device,
            basis=ClockBasis.LINEAR,
            uncertainty_s=reach,
            video=_of(given, device, modality=Modality.VIDEO),
            audio=_of(given, device, modality=Modality.AUDIO),
        )
        for device in devices
    ]
    return ActionFacts("A-1", 1, window, Tier.MANDATORY, footage=frozenset(linked))


def _of(footage: Sequence[Stretch], device: str, *, modality: Modality) -> tuple[Span, ...]:
    return tuple(s.span for s in footage if s.device == device and s.modality is modality)


def _margin(rules: Rules, chance: random.Random, *, rule: SeamRule) -> Tally:
    """A verdict is marginal only where a shift turns it, and always where one alone would."""
    window = _span(chance, NOW, longest=30, least=1)
    clocks = [
        (chance.randint(0, 4), _with_both(_files(chance, window, device=f"D-{n}", modality=kind)))
        for n, kind in enumerate(chance.choices(tuple(Modality), k=chance.randint(1, 2)))
    ]
    found = rules.is_marginal(window, [ClockReach(r, f) for r, f in clocks], rule=rule)
    reached = dict(slow.verdicts_within(window, clocks, rule=rule))
    here = reached[tuple(0 for _ in clocks)]
    can_turn = any(other is not here for other in reached.values())
    must_tell = any(
        other is not here
        for shifts, other in reached.items()
        if sum(1 for by in shifts if by) <= 1
        or all(abs(by) in (0, reach) for by, (reach, _) in zip(shifts, clocks, strict=True))
    )
    wrong = (found and not can_turn) or (must_tell and not found)
    return Counter({"wrong margin": int(wrong), "marginal": int(found)})


def _presence(chance: random.Random, window: Span) -> Tally:
    there = [
        Presence(
            f"P-{chance.randint(1, 4)}",
            may_enforce=kind is PersonKind.OFFICER and chance.random() < 0.8,
            kind=kind,
            span=_span(chance, window.start + chance.randint(0, LONGEST), longest=LONGEST),
        )
        for kind in chance.choices((PersonKind.OFFICER, PersonKind.AUXILIARY), k=4)
    ]
    least = chance.randint(0, 3)
    team, alone = below(window, there, least=least), auxiliary_alone(window, there)
    right = team.spans == slow.below(window, there, least=least)
    right = right and alone.spans == slow.auxiliary_alone(window, there)
    return Counter({"wrong presence": int(not right), "aux alone": int(alone.seconds > 0)})


def _clock(rules: Rules, chance: random.Random) -> Tally:
    out, dock = _anchor(chance, NOW), _anchor(chance, NOW + chance.randint(-1, 40_000))
    clock = clock_of(out, dock, max_correctable_s=300)
    at_us = (NOW + chance.randint(-100, 40_000)) * US + chance.choice((0, US // 2, 1, US // 2 - 1))
    right = clock.basis is slow.basis(out, dock, most_s=300)
    if clock.basis is ClockBasis.LINEAR and out and dock:
        right = right and rules.correct(at_us, clock) == slow.true_second(at_us, out, dock)
    else:
        right = right and rules.correct(at_us, clock) == slow.offset_second(at_us, clock)
    return Counter({"wrong second": int(not right)})


def _anchor(chance: random.Random, near: int) -> Anchor | None:
    if chance.random() < 0.2:
        return None
    true = near * US + chance.randrange(US)
    return Anchor(
        true + chance.choice((0, 300 * US, 300 * US + 1, chance.randint(-400, 400) * US)), true
    )


def _links(rules: Rules, chance: random.Random) -> Tally:
    actions = [_action(chance, f"A-{number}") for number in range(chance.randint(0, 8))]
    index, tally = ActionIndex(actions), Counter[str]()
    for number in range(3):
        footage = _recording(chance, f"R-{number}")
        found = rules.candidates(footage, index)
        tied = slow.ties(footage, actions)
        told = {one.action: set(one.reasons) & TIES for one in found}
        clear = [action for action, by in tied.items() if by & DECISIVE]
        won = winner(found)
        right = told == tied and len(found) == len(tied)
        wins = clear[0] if len(clear) == 1 and footage.is_clock_trusted else None
        right = right and (won.action if won else None) == wins
        tally += Counter(
            {
                "wrong link": int(not right),
                "linked": int(won is not None),
                "in doubt": len(tied) > 1,
            }
        )
    return tally


def _action(chance: random.Random, name: str) -> ActionWindow:
    people = [f"P-{number}" for number in range(5)]
    return ActionWindow(
        name,
        _span(chance, NOW + chance.randint(0, 200), longest=chance.choice((1, 60, 300)), least=1),
        frozenset(chance.sample(people, chance.randint(0, 3))),
        room=chance.choice((None, "H-1", "H-2")),
        place=chance.choice((None, Place(_point(chance), chance.choice((0, 100, 5_000))))),
    )


def _recording(chance: random.Random, name: str) -> Footage:
    return Footage(
        name,
        "D-1",
        _span(chance, NOW + chance.randint(0, 200), longest=chance.choice((0, 60))),
        holder=chance.choice((None, "P-1", "P-2")),
        room=chance.choice((None, None, "H-1")),
        claimed=chance.choice((None, None, "P-3")),
        gps=chance.choice((None, _point(chance))),
        is_marked=chance.random() < 0.5,
        is_clock_trusted=chance.random() < 0.9,
    )


def _point(chance: random.Random) -> Point:
    """Somewhere within a few kilometres, most often within a few hundred metres."""
    reach = chance.choice((5_000, 400_000))
    return Point(300_000_000 + chance.randint(-reach, reach), chance.randint(-reach, reach))
