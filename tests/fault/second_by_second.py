"""What coverage, presence, clocks and links amount to, found the slow way: second by second.

Nothing here uses the code under trial but its plain values. Windows are short, so every second is
looked at; true times are fractions; every action is asked about every recording.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby, product

from evidence.clockfix import Anchor, ClockBasis, DeviceClock
from evidence.coverage import Covered, Modality, SeamRule, Stretch, Verdict
from evidence.enforcing import PersonKind
from evidence.interval import Span
from evidence.linking import ActionWindow, Footage, LinkReason, metres
from evidence.presence import Presence


def seconds_of(span: Span) -> range:
    """Each second of a span."""
    return range(span.start, span.end)


def runs(seconds: Iterable[int]) -> tuple[Span, ...]:
    """Seconds as spans, in order."""
    ranked = enumerate(sorted(set(seconds)))
    grouped = (
        [s for _, s in group] for _, group in groupby(ranked, key=lambda pair: pair[1] - pair[0])
    )
    return tuple(Span(run[0], run[-1] + 1) for run in grouped)


def covered(window: Span, stretches: Sequence[Stretch], *, rule: SeamRule) -> Covered:
    """What stretches of one modality cover of a window."""
    there = {
        second: {s.device for s in stretches if s.span.start <= second < s.span.end}
        for second in seconds_of(window)
    }
    missing = runs(second for second, devices in there.items() if not devices)
    seams = tuple(run for run in missing if _is_short_joint(run, window, most=rule.max_s))
    if sum(len(seconds_of(run)) for run in seams) > rule.total_s:
        seams = ()
    gaps = tuple(run for run in missing if run not in seams)
    seconds = sum(1 for devices in there.values() if devices)
    return Covered(seconds, gaps, seams, sum(1 for d in there.values() if len(d) >= 2))


def _is_short_joint(run: Span, window: Span, *, most: int) -> bool:
    touches = run.start == window.start or run.end == window.end
    return not touches and len(seconds_of(run)) <= most


def verdict(window: Span, stretches: Sequence[Stretch], *, rule: SeamRule) -> Verdict:
    """What picture and sound amount to together."""
    each = [
        covered(window, [s for s in stretches if s.modality is modality], rule=rule)
        for modality in Modality
    ]
    if not any(one.seconds for one in each):
        return Verdict.NONE
    if any(one.gaps for one in each):
        return Verdict.GAP
    return Verdict.SEAMED if any(one.seams for one in each) else Verdict.FULL


def shifted(stretches: Iterable[Stretch], by: int) -> list[Stretch]:
    """The same footage by a clock that is so many seconds off."""
    return [
        Stretch(s.recording, s.device, s.modality, Span(s.span.start + by, s.span.end + by))
        for s in stretches
    ]


def verdicts_within(
    window: Span, clocks: Sequence[tuple[int, Sequence[Stretch]]], *, rule: SeamRule
) -> Iterator[tuple[tuple[int, ...], Verdict]]:
    """The verdict under each shift of the clocks within their reach."""
    for shifts in product(*(range(-reach, reach + 1) for reach, _ in clocks)):
        moved = [
            stretch
            for (_, footage), by in zip(clocks, shifts, strict=True)
            for stretch in shifted(footage, by)
        ]
        yield shifts, verdict(window, moved, rule=rule)


def below(window: Span, there: Sequence[Presence], *, least: int) -> tuple[Span, ...]:
    """When fewer than `least` persons who may enforce are there."""
    return runs(s for s in seconds_of(window) if len(_officers(there, s)) < least)


def auxiliary_alone(window: Span, there: Sequence[Presence]) -> tuple[Span, ...]:
    """When an auxiliary is there and nobody who may enforce."""
    return runs(
        s
        for s in seconds_of(window)
        if any(p.kind is PersonKind.AUXILIARY and s in seconds_of(p.span) for p in there)
        and not _officers(there, s)
    )


def _officers(there: Sequence[Presence], second: int) -> set[str]:
    return {p.person for p in there if p.may_enforce and second in seconds_of(p.span)}


def true_second(at_us: int, out: Anchor, dock: Anchor) -> int:
    """t = T0 + (d - D0) (T1 - T0) / (D1 - D0), half seconds up, by fractions."""
    rate = Fraction(dock.true_us - out.true_us, dock.device_us - out.device_us)
    true = out.true_us + (at_us - out.device_us) * rate
    return int((true / 1_000_000 + Fraction(1, 2)).__floor__())


def basis(out: Anchor | None, dock: Anchor | None, *, most_s: int) -> ClockBasis:
    """What the time between two anchors rests on."""
    known = [anchor for anchor in (out, dock) if anchor]
    if any(abs(Fraction(a.device_us - a.true_us, 1_000_000)) > most_s for a in known):
        return ClockBasis.UNTRUSTED
    if out and dock:
        goes_on = dock.device_us > out.device_us and dock.true_us > out.true_us
        return ClockBasis.LINEAR if goes_on else ClockBasis.UNTRUSTED
    return ClockBasis.CONSTANT if known else ClockBasis.ASSUMED


def offset_second(at_us: int, clock: DeviceClock) -> int:
    """The true second by an offset that never changes."""
    true = Fraction(at_us - clock.anchor.offset_us, 1_000_000)
    return int((true + Fraction(1, 2)).__floor__())


def ties(footage: Footage, actions: Sequence[ActionWindow]) -> dict[str, set[LinkReason]]:
    """Every action that shares a second with a recording and is tied to it, and by what."""
    found: dict[str, set[LinkReason]] = {}
    mine = set(seconds_of(footage.span)) or {footage.span.start}
    for one in actions:
        by = {
            LinkReason.HOLDER: footage.holder in one.team,
            LinkReason.ROOM: footage.room is not None and footage.room == one.room,
            LinkReason.CARD_NAMES: footage.claimed in one.team,
            LinkReason.PLACE: footage.gps is not None
            and one.place is not None
            and metres(footage.gps, one.place.point) <= one.place.radius_m,
        }
        held = {reason for reason, holds in by.items() if holds}
        if held and mine & set(seconds_of(one.span)):
            found[one.action] = held
    return found
