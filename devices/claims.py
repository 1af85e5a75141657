"""Whose card is this: what its sources claim, and what the claims amount to.

Holds always: every source is kept with its value and count, whatever the verdict. Where two
values meet there is no winner: old files with an old number after renumbering are a CONFLICT, for
a person to settle. Factory zeros and things equal on all units are listed and claim nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from devices.cardlog import CardLog, LogLine
from devices.makes import Makes
from devices.names import NameFacts
from devices.words import ClaimSource, is_unset
from evidence.vocabulary import ClaimVerdict

MAX_SOURCES = 64


@dataclass(frozen=True)
class Claim:
    """One thing one source says; `evident` is False where the value cannot tell units apart."""

    source: ClaimSource
    value: str
    evident: bool = True


@dataclass(frozen=True)
class SourcedValue:
    """A value as one source gives it, and how often."""

    source: ClaimSource
    value: str
    count: int
    evident: bool


@dataclass(frozen=True)
class Judgement:
    """`value` is set for AGREED and SINGLE_SOURCE alone.

    `sources` holds at most `MAX_SOURCES`, those with the highest count; `left_out` counts the rest.
    """

    verdict: ClaimVerdict
    value: str | None
    sources: tuple[SourcedValue, ...]
    left_out: int = 0


@dataclass(frozen=True)
class CardClaims:
    """What a card claims about its recorder and about its officer."""

    recorder: Judgement
    officer: Judgement


def judge(claims: Iterable[Claim]) -> Judgement:
    """Weighs claims about one subject: two different sources must say the same to agree."""
    counted = Counter(claims)
    evident = [claim for claim in counted if claim.evident and not is_unset(claim.value)]
    values = sorted({claim.value for claim in evident})
    return Judgement(
        verdict=_verdict(values, {claim.source for claim in evident}),
        value=values[0] if len(values) == 1 else None,
        sources=tuple(_listed(counted)[:MAX_SOURCES]),
        left_out=max(0, len(counted) - MAX_SOURCES),
    )


def claims_of_card(
    names: Sequence[NameFacts],
    logs: Sequence[CardLog],
    *,
    makes: Makes,
    label: str | None = None,
    usb_serial: str | None = None,
) -> CardClaims:
    """Judges a card by its file names, its card logs, its volume label and its USB serial."""
    stated = [*_recorders(names, logs)]
    outer = [*_label(label, stated, makes=makes), *_serial(usb_serial, stated, makes=makes)]
    return CardClaims(judge([*stated, *outer]), judge(_officers(names, logs)))


def _verdict(values: Sequence[str], sources: set[ClaimSource]) -> ClaimVerdict:
    if not values:
        return ClaimVerdict.NOT_SET
    if len(values) > 1:
        return ClaimVerdict.CONFLICT
    return ClaimVerdict.AGREED if len(sources) > 1 else ClaimVerdict.SINGLE_SOURCE


def _listed(counted: Counter[Claim]) -> list[SourcedValue]:
    listed = (SourcedValue(c.source, c.value, count, c.evident) for c, count in counted.items())
    return sorted(listed, key=lambda s: (-s.count, s.source, s.value, not s.evident))


def _recorders(names: Sequence[NameFacts], logs: Sequence[CardLog]) -> Iterator[Claim]:
    for name in names:
        if name.recorder_raw is not None:
            yield Claim(ClaimSource.NAME, name.recorder_raw.upper())
    for line in _sound_lines(logs):
        if line.recorder_raw is not None:
            yield Claim(ClaimSource.CARD_LOG, line.recorder_raw.upper())


def _officers(names: Sequence[NameFacts], logs: Sequence[CardLog]) -> Iterator[Claim]:
    for name in names:
        if name.officer_raw is not None:
            yield Claim(ClaimSource.NAME, name.officer_raw.upper())
    for line in _sound_lines(logs):
        if line.officer_raw is not None:
            yield Claim(ClaimSource.CARD_LOG, line.officer_raw.upper())


def _sound_lines(logs: Sequence[CardLog]) -> Iterator[LogLine]:
    return (line for log in logs for line in log.lines if not line.damaged)


def _label(label: str | None, stated: Sequence[Claim], *, makes: Makes) -> Iterator[Claim]:
    """A label that is a recorder number stands beside the others; a name of its own stands in."""
    value = (label or "").strip().upper()
    if not value:
        return
    numbers = [make.identity.label_number for make in makes]
    own_names = [make.identity.label_name for make in makes]
    numbered = any(pattern.fullmatch(value) for pattern in numbers if pattern)
    named = any(pattern.fullmatch(value) for pattern in own_names if pattern)
    alone = all(is_unset(claim.value) for claim in stated)
    evident = numbered or _is_stated(value, stated) or (named and alone)
    yield Claim(ClaimSource.LABEL, value, evident)


def _serial(serial: str | None, stated: Sequence[Claim], *, makes: Makes) -> Iterator[Claim]:
    """A USB serial may be the card reader's, so it can only confirm a number stated elsewhere."""
    value = (serial or "").strip().upper()
    if not value:
        return
    shared = any(value in make.identity.shared_usb_serials for make in makes)
    yield Claim(ClaimSource.USB_SERIAL, value, _is_stated(value, stated) and not shared)


def _is_stated(value: str, stated: Sequence[Claim]) -> bool:
    return any(claim.value == value for claim in stated)
