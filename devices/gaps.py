"""Possibly missing recordings: holes in the numbers, and starts in the card log without a file.

Holds always: nothing here says that a recording *is* missing, only that numbers or the log leave
room for one (R-083). Numbers are compared within one series only (`NameFacts.series`), so never
across days, cards or folders where a make may begin again. What is reported is bounded: a hole is
one range however wide, and what does not fit is counted.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import ClassVar

from devices.cardlog import CardLog, LogLine
from devices.makes import Form, Makes, form_of
from devices.names import NameFacts
from devices.words import LOG_WITHOUT_FILE, SEQUENCE_GAP, EventKind, Scope
from evidence.vocabulary import FileKind

MAX_REPORTED = 500
WRAP_REACH = 100
RECORDINGS = frozenset({FileKind.VIDEO, FileKind.AUDIO, FileKind.PHOTO})
_RUNNING = frozenset({FileKind.VIDEO, FileKind.AUDIO})
_ENDS = frozenset(
    {EventKind.RECORD_STOP, EventKind.RECORD_START, EventKind.POWER_OFF, EventKind.POWER_ON}
)


@dataclass(frozen=True)
class SequenceGap:
    """Numbers `first` to `last` of `series` have no file.

    With `recording` set, the numbers are chapters of that recording.
    """

    code: ClassVar[str] = SEQUENCE_GAP
    series: str
    first: int
    last: int
    recording: int | None = None

    def facts(self) -> dict[str, str | int]:
        """The facts of the observation."""
        span = f"{self.first}" if self.first == self.last else f"{self.first}–{self.last}"
        found: dict[str, str | int] = {
            "series": self.series,
            "numbers": span,
            "first": self.first,
            "last": self.last,
            "count": self.last - self.first + 1,
        }
        return found if self.recording is None else found | {"recording": self.recording}


@dataclass(frozen=True)
class LogWithoutFile:
    """The card log says at `at` (recorder's clock) that recording began; no file fits."""

    code: ClassVar[str] = LOG_WITHOUT_FILE
    at: str
    recorder: str | None
    line: int

    def facts(self) -> dict[str, str | int]:
        """The facts of the observation."""
        found: dict[str, str | int] = {"at": self.at, "line": self.line}
        return found if self.recorder is None else found | {"recorder": self.recorder}


@dataclass(frozen=True)
class SequenceGaps:
    """At most `MAX_REPORTED` gaps in the order of their series; `left_out` counts the rest."""

    found: tuple[SequenceGap, ...]
    left_out: int


@dataclass(frozen=True)
class LogGaps:
    """At most `MAX_REPORTED` starts in the order of the log; `left_out` counts the rest.

    `untimed` counts starts that carry no real time and so cannot be compared.
    """

    found: tuple[LogWithoutFile, ...]
    left_out: int
    untimed: int


def sequence_gaps(names: Iterable[NameFacts], makes: Makes) -> SequenceGaps:
    """Holes in the numbers of recordings; give also the names taken from the card before.

    Thumbnails and other companions do not fill a hole: what they accompany is what may be missing.
    """
    by_series: defaultdict[str, list[tuple[NameFacts, Form]]] = defaultdict(list)
    for name in names:
        form = form_of(makes, name.make, form=name.form) if name.form else None
        if form and name.series and name.sequence is not None and name.kind in RECORDINGS:
            by_series[name.series].append((name, form))
    found = [gap for series in sorted(by_series) for gap in _gaps_of(series, by_series[series])]
    return SequenceGaps(tuple(found[:MAX_REPORTED]), max(0, len(found) - MAX_REPORTED))


def log_gaps(
    logs: Iterable[CardLog],
    names: Iterable[NameFacts],
    *,
    tolerance: timedelta = timedelta(seconds=5),
    since: str | None = None,
) -> LogGaps:
    """Starts of recording in the card logs that no file answers to.

    A file answers to the start nearest to the time in its name, at most `tolerance` away; failing
    that, to the start whose recording was running at that time. A number that is not set matches
    any. Give also the names of files taken from the card before, or leave out what the log says
    before `since` (YYYY-MM-DDTHH:MM:SS): a card cleared rightly still has its log.
    """
    spans, untimed = _spans(logs)
    answered = _answered(spans, names, tolerance=tolerance)
    found = [
        LogWithoutFile(span.line.time or "", span.line.recorder, span.line.number)
        for index, span in enumerate(spans)
        if index not in answered and (since is None or (span.line.time or "") >= since)
    ]
    return LogGaps(tuple(found[:MAX_REPORTED]), max(0, len(found) - MAX_REPORTED), untimed)


def _gaps_of(series: str, members: Sequence[tuple[NameFacts, Form]]) -> Iterator[SequenceGap]:
    numbers = sorted({name.sequence for name, _ in members if name.sequence is not None})
    form = members[0][1]
    for first, last in _holes(numbers, form):
        yield SequenceGap(series, first, last)
    yield from _chapter_gaps(series, members)


def _holes(numbers: Sequence[int], form: Form) -> list[tuple[int, int]]:
    """Missing ranges between the numbers, in ascending order, minding a counter's wrap-around."""
    holes = [(a + 1, b - 1) for a, b in pairwise(numbers) if b > a + 1]
    outside = (numbers[0] - form.first) + (form.last - numbers[-1])
    widest = max(holes, key=lambda hole: hole[1] - hole[0], default=None)
    if widest is None or not _wrapped(form, outside, widest=widest):
        return holes
    holes.remove(widest)  # not yet reached: the counter went over its end into the low numbers
    if numbers[0] > form.first:
        holes.insert(0, (form.first, numbers[0] - 1))
    if numbers[-1] < form.last:
        holes.append((numbers[-1] + 1, form.last))
    return holes


def _wrapped(form: Form, outside: int, *, widest: tuple[int, int]) -> bool:
    """Whether files at both ends of the counter read as one run over its end.

    They do if little is missing around the end and most of the counter lies unused between.
    """
    counts_on = form.scope in (Scope.CARD, Scope.RECORDER)
    return counts_on and outside < WRAP_REACH and widest[1] - widest[0] > (form.last // 2)


def _chapter_gaps(series: str, members: Sequence[tuple[NameFacts, Form]]) -> Iterator[SequenceGap]:
    chapters: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for name, form in members:
        if name.chapter is not None and form.first_chapter is not None:
            chapters[name.sequence or 0, form.first_chapter].add(name.chapter)
    for (recording, first), present in sorted(chapters.items()):
        ordered = [first - 1, *sorted(present)]
        for a, b in pairwise(ordered):
            if b > a + 1:
                yield SequenceGap(series, a + 1, b - 1, recording)


@dataclass(frozen=True)
class _Span:
    """A recording as the log tells it; `end` is its start where nothing later is logged."""

    line: LogLine
    start: datetime
    end: datetime


def _spans(logs: Iterable[CardLog]) -> tuple[list[_Span], int]:
    """Recordings of all logs in the order of time, and how many starts carry no time."""
    lines = [line for log in logs for line in log.lines if line.event in _ENDS]
    untimed = sum(line.event is EventKind.RECORD_START and line.time is None for line in lines)
    timed = [(datetime.fromisoformat(line.time), line) for line in lines if line.time]
    timed.sort(key=lambda item: (item[0], item[1].number))
    next_at: dict[str | None, datetime] = {}
    spans: dict[tuple[datetime, str | None], _Span] = {}  # a start that is logged twice is one
    for at, line in reversed(timed):
        if line.event is EventKind.RECORD_START:
            spans.setdefault((at, line.recorder), _Span(line, at, next_at.get(line.recorder, at)))
        next_at[line.recorder] = at
    return list(reversed(spans.values())), untimed


class _Starts:
    """Spans of one recorder in the order of time, by their place in the list of all spans."""

    def __init__(self, spans: Sequence[_Span], places: Sequence[int]) -> None:
        self._places = places
        self._starts = [spans[place].start for place in places]
        self._ends = [spans[place].end for place in places]

    def near(self, at: datetime, tolerance: timedelta) -> Iterator[tuple[timedelta, int]]:
        """The nearest span on either side within the tolerance, with its distance."""
        right = bisect_left(self._starts, at)
        for i in range(max(0, right - 1), min(right + 1, len(self._starts))):
            distance = abs(self._starts[i] - at)
            if distance <= tolerance:
                yield distance, self._places[i]

    def running(self, at: datetime) -> Iterator[int]:
        """The last span begun at `at`, if it had not ended."""
        last = bisect_right(self._starts, at) - 1
        if last >= 0 and at <= self._ends[last]:
            yield self._places[last]


def _answered(
    spans: Sequence[_Span], names: Iterable[NameFacts], *, tolerance: timedelta
) -> set[int]:
    by_recorder: defaultdict[str | None, list[int]] = defaultdict(list)
    for place, span in enumerate(spans):
        by_recorder[span.line.recorder].append(place)
    starts = {recorder: _Starts(spans, places) for recorder, places in by_recorder.items()}
    any_recorder = _Starts(spans, range(len(spans)))
    found: set[int] = set()
    for name in names:
        if name.claimed_time is None or name.kind not in _RUNNING:
            continue
        matching = [starts[r] for r in (name.recorder, None) if r in starts]
        places = [any_recorder] if name.recorder is None else matching
        found.update(
            _answers(places, datetime.fromisoformat(name.claimed_time), tolerance=tolerance)
        )
    return found


def _answers(places: Sequence[_Starts], at: datetime, *, tolerance: timedelta) -> list[int]:
    near = [found for starts in places for found in starts.near(at, tolerance)]
    if near:
        return [min(near)[1]]
    return [place for starts in places for place in starts.running(at)][:1]
