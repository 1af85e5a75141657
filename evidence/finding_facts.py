"""From facts to the findings they are: one function for each kind of fact.

Holds always: integers and dates only; what nobody can say yet (a provisional verdict, a year
without a calendar) opens nothing and closes nothing, and is named.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from evidence.canonical import Json
from evidence.entry import time_text
from evidence.finding_rules import About, FindingKind, Holding
from evidence.quota import QuotaStatus, QuotaVerdict
from evidence.ratio import SHANGHAI, day_of
from evidence.workdays import WorkCalendar

_GAPS = frozenset({"GAP", "NONE"})
_DAY = timedelta(days=1)
ACTION_KINDS = frozenset(
    {
        *(FindingKind.COVERAGE_GAP, FindingKind.NO_DECISION, FindingKind.TEAM_BELOW_TWO),
        *(FindingKind.AUX_ALONE, FindingKind.NIGHT_OR_HOLIDAY),
    }
)
"""What may hold of an action at any time, and is judged anew when something about it changes."""


@dataclass(frozen=True)
class Judged:
    """What holds, and the kinds of which nobody can say yet."""

    holding: tuple[Holding, ...] = ()
    undecided: frozenset[FindingKind] = frozenset()


@dataclass(frozen=True)
class Assessed:
    """The newest assessment of an action as far as findings rest on it.

    Gaps are (from, to, seconds) as the assessment's body has them; `below_s` and `alone_s` are
    seconds in which fewer officers than demanded, or nobody but auxiliaries, were there.
    """

    action: str
    verdict: str
    video: Sequence[tuple[str, str, int]] = ()
    audio: Sequence[tuple[str, str, int]] = ()
    below_s: int = 0
    alone_s: int = 0

    def matter(self) -> dict[str, Json]:
        """What an answer to its gaps speaks for: the verdict with each gap."""
        gaps: dict[str, Json] = {
            name: [list(gap) for gap in found]
            for name, found in (("video", self.video), ("audio", self.audio))
        }
        seconds: dict[str, Json] = {
            "video_s": sum(gap[2] for gap in self.video),
            "audio_s": sum(gap[2] for gap in self.audio),
        }
        return {"verdict": self.verdict, **gaps, **seconds}


def assessed(action: str, body: Mapping[str, Json]) -> Assessed:
    """What findings need of an assessment's body (`evidence.assessment`)."""
    return Assessed(
        action=action,
        verdict=str(body["verdict"]),
        video=_gaps(body["video"]),
        audio=_gaps(body["audio"]),
        below_s=_seconds_of(body["team_below"]),
        alone_s=_seconds_of(body["aux_alone"]),
    )


def _gaps(covered: Json) -> tuple[tuple[str, str, int], ...]:
    gaps = covered["gaps"] if isinstance(covered, Mapping) else ()
    found = [gap for gap in gaps if isinstance(gap, Mapping)] if isinstance(gaps, Sequence) else []
    return tuple((str(gap["from"]), str(gap["to"]), _seconds_of(gap)) for gap in found)


def _seconds_of(found: Json) -> int:
    seconds = found["seconds"] if isinstance(found, Mapping) else 0
    return seconds if isinstance(seconds, int) else 0


def of_assessment(found: Assessed, about: About) -> Judged:
    """Coverage, missing decision, and the two officers (R-143, D-16, D-21).

    A provisional verdict says nothing of coverage yet. An auxiliary alone is always fewer than two
    officers, so of the two the graver one holds, and there is one finding (G-04).
    """
    subject, holding = f"action/{found.action}", list[Holding]()
    if found.verdict in _GAPS:
        holding.append(Holding(FindingKind.COVERAGE_GAP, subject, found.matter(), about))
    if found.verdict == "NO_DECISION":
        holding.append(Holding(FindingKind.NO_DECISION, subject, {}, about))
    if found.alone_s > 0:
        matter: dict[str, Json] = {"below_s": found.below_s, "alone_s": found.alone_s}
        holding.append(Holding(FindingKind.AUX_ALONE, subject, matter, about))
    elif found.below_s > 0:
        matter = {"below_s": found.below_s}
        holding.append(Holding(FindingKind.TEAM_BELOW_TWO, subject, matter, about))
    is_open = found.verdict == "PROVISIONAL"
    return Judged(tuple(holding), frozenset({FindingKind.COVERAGE_GAP}) if is_open else frozenset())


def of_interval(action: str, number: int, *, about: About) -> list[Holding]:
    """A corrected interval: each version after the first is a finding of its own (D-17, G-08)."""
    if number == 0:
        return []
    subject = f"interval/{action}/{number}"
    return [Holding(FindingKind.INTERVAL_CHANGED, subject, {"version": number + 1}, about)]


# --- night and holidays ---------------------------------------------------------------------------


@dataclass(frozen=True)
class ExecutionRule:
    """Which actions are compulsory execution, and what counts as night (行政强制法 art. 43).

    `night` is from one time of day to another, in China, or None where the bureau judges no night.
    """

    types: frozenset[str]
    night: tuple[time, time] | None
    holidays: bool


@dataclass(frozen=True)
class ActualInterval:
    """When an action took place: seconds since 1970 in UTC, half-open."""

    action: str
    type: str
    start: int
    end: int


def of_execution_time(
    found: ActualInterval, about: About, *, rule: ExecutionRule, calendar: WorkCalendar
) -> Judged:
    """Compulsory execution in the night or on a day that the calendar lists as off.

    A day of a year that the calendar does not know leaves it undecided, unless the night or
    another day holds already.
    """
    if found.type not in rule.types or found.start >= found.end:
        return Judged()
    days = _days(found)
    night_s = sum(_overlap(found, span) for span in _nights(days, rule.night))
    asked = days if rule.holidays else []
    off = [day.isoformat() for day in asked if _is_listed_off(calendar, day)]
    if night_s or off:
        matter: dict[str, Json] = {"night_s": night_s, "holidays": list(off)}
        subject = f"action/{found.action}"
        return Judged((Holding(FindingKind.NIGHT_OR_HOLIDAY, subject, matter, about),))
    unknown = any(not calendar.knows(day) for day in asked)
    return Judged((), frozenset({FindingKind.NIGHT_OR_HOLIDAY}) if unknown else frozenset())


def _days(found: ActualInterval) -> list[date]:
    first, last = (day_of(datetime.fromtimestamp(at, UTC)) for at in (found.start, found.end - 1))
    return [first + _DAY * n for n in range((last - first).days + 1)]


def _nights(days: Sequence[date], night: tuple[time, time] | None) -> Iterable[tuple[int, int]]:
    """The nights that touch these days, each by the day on which it begins."""
    if night is None:
        return
    begins, ends = night
    for day in [days[0] - _DAY, *days]:
        until = day if begins < ends else day + _DAY
        yield _seconds(day, begins), _seconds(until, ends)


def _seconds(day: date, at: time) -> int:
    return int(datetime.combine(day, at, SHANGHAI).timestamp())


def _overlap(found: ActualInterval, span: tuple[int, int]) -> int:
    return max(0, min(found.end, span[1]) - max(found.start, span[0]))


def _is_listed_off(calendar: WorkCalendar, day: date) -> bool:
    """Whether the notice of the day's year lists it as off; an ordinary weekend is not listed."""
    year = calendar.year(day.year)
    return year is not None and day in year.off


# --- recorders and recordings ---------------------------------------------------------------------


@dataclass(frozen=True)
class Outing:
    """One time that a recorder was out; moments are UTC, `back_at` None while it is not docked."""

    id: str
    recorder: str
    due_at: datetime
    back_at: datetime | None


def is_late(outing: Outing, now: datetime, *, within: timedelta) -> bool:
    """Whether it came back, or is still out, after `dock.within_hours` past its due time."""
    return (outing.back_at or now) > outing.due_at + within


def of_outing(outing: Outing, now: datetime, *, within: timedelta, about: About) -> list[Holding]:
    """Late docking, once for each time a recorder is out, be it back by now or not."""
    if not is_late(outing, now, within=within):
        return []
    limit = outing.due_at + within
    matter: dict[str, Json] = {
        "recorder": outing.recorder,
        "due_at": time_text(outing.due_at),
        "limit": time_text(limit),
    }
    return [Holding(FindingKind.LATE_DOCKING, f"assignment/{outing.id}", matter, about)]


def of_unlinked(
    recording: str, docked_at: datetime, *, now: datetime, within: timedelta, about: About
) -> list[Holding]:
    """Footage that nobody has said the action of in `link.within_hours` (R-189)."""
    limit = docked_at + within
    if now < limit:
        return []
    matter: dict[str, Json] = {"limit": time_text(limit)}
    return [Holding(FindingKind.UNLINKED, f"recording/{recording}", matter, about)]


_OBSERVED: Mapping[str, FindingKind] = {
    "SEQUENCE_GAP": FindingKind.SEQUENCE_GAP,
    "LOG_WITHOUT_FILE": FindingKind.LOG_WITHOUT_FILE,
    "RECORDER_NOT_OUT": FindingKind.RECORDER_NOT_OUT,
    "HOLDER_NOT_ALLOWED": FindingKind.HOLDER_NOT_ALLOWED,
    "STORED_COPY_BAD": FindingKind.MISMATCH,
    "STORED_COPY_RESTORED": FindingKind.MISMATCH,
    "STORED_COPY_UNREPAIRED": FindingKind.MISMATCH,
}
OBSERVED = frozenset(_OBSERVED)
"""Codes of observations that are findings."""


@dataclass(frozen=True)
class Observed:
    """An observation at a docking or of a stored copy; `whose` is the recorder, else the card."""

    code: str
    session: str | None
    recording: str | None
    whose: str
    facts: Mapping[str, Json]


def of_observation(found: Observed, about: About) -> list[Holding]:
    """What a docking or a scrub found. The same hole seen at each docking is one finding."""
    kind = _OBSERVED.get(found.code)
    if kind is None:
        return []
    facts = found.facts
    if kind is FindingKind.SEQUENCE_GAP:
        span = f"{facts.get('first')}-{facts.get('last')}"
        chapter = "" if facts.get("recording") is None else f"/{facts['recording']}"
        subject = f"numbers/{found.whose}/{facts.get('series')}{chapter}/{span}"
    elif kind is FindingKind.LOG_WITHOUT_FILE:
        subject = f"log/{found.whose}/{facts.get('at')}"
    elif kind is FindingKind.MISMATCH:
        subject = f"recording/{found.recording}"
    else:
        subject = f"session/{found.session}"
    return [Holding(kind, subject, {**facts}, about)]


def of_condition(recorder: str, conditions: Sequence[str], *, about: About) -> list[Holding]:
    """A recorder that is lost, by its conditions in order of their moments (G-02).

    It is lost until it serves again: to be written off brings nothing back.
    """
    decisive = [one for one in conditions if one in ("LOST", "SERVING", "REPAIR")]
    if not decisive or decisive[-1] != "LOST":
        return []
    matter: dict[str, Json] = {"recorder": recorder}
    return [Holding(FindingKind.RECORDER_LOST, f"recorder/{recorder}", matter, about)]


_QUARANTINED: Mapping[str, FindingKind] = {
    "COVERT": FindingKind.COVERT,
    "STATE_SECRET": FindingKind.STATE_SECRET,
}
QUARANTINE_KINDS = frozenset(_QUARANTINED.values())
"""What a quarantine may open, and its release closes."""


def of_quarantine(recording: str, reasons: Collection[str], *, about: About) -> list[Holding]:
    """Covert footage and state secrets, for as long as they are quarantined (R-197, R-168)."""
    return [
        Holding(kind, f"recording/{recording}", {}, about)
        for reason, kind in _QUARANTINED.items()
        if reason in reasons
    ]


# --- units and cases ------------------------------------------------------------------------------


def of_ratio(unit: str, verdict: QuotaVerdict, *, about: About) -> list[Holding]:
    """A shortage: at SHORT only, as it is shown after waivers (R-051, R-149)."""
    if verdict.status is not QuotaStatus.SHORT:
        return []
    matter: dict[str, Json] = {
        "people": verdict.people,
        "sets": verdict.present,
        "required": verdict.required,
        "short": verdict.short,
    }
    return [Holding(FindingKind.RATIO_SHORT, f"unit/{unit}", matter, about)]


def of_clean_up(unit: str, year: int, *, due: date, about: About) -> list[Holding]:
    """A year's clean-up of the personnel that nobody signed by its last day (R-056)."""
    matter: dict[str, Json] = {"year": year, "due": due.isoformat()}
    return [Holding(FindingKind.CLEAN_UP_UNSIGNED, f"clean_up/{unit}/{year}", matter, about)]


@dataclass(frozen=True)
class Decided:
    """A decision and the newest review that agreed, as the case's record has them (UTC)."""

    case: str
    decided_at: datetime
    agreed_at: datetime | None
    needs_review: bool


def of_decision(found: Decided, about: About) -> list[Holding]:
    """A decision that came before its review agreed, or without one that it needed (R-218)."""
    agreed = found.agreed_at
    if agreed is None and not found.needs_review:
        return []
    if agreed is not None and agreed <= found.decided_at:
        return []
    matter: dict[str, Json] = {
        "decided_at": time_text(found.decided_at),
        "agreed_at": None if agreed is None else time_text(agreed),
    }
    return [Holding(FindingKind.DECIDED_UNREVIEWED, f"case/{found.case}", matter, about)]
