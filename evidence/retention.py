"""How long a recording is kept, and by what: the longest of everything that keeps it wins.

Holds always: a class without a period is never due, nor is what depends on a case file that has
not ended or says of no end (D-11); what is permanent is never due; periods end on the corresponding
day at 24:00 and do not roll to a working day (D-09), so no calendar is needed for them; the day on
which something becomes due is the day after. Nothing here disposes of anything.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from evidence.canonical import Json
from evidence.policy_kinds import CASE_ARCHIVE, PERMANENT, length_parts
from evidence.terms import EARLIEST, LATEST, MOST, Term, due_after
from evidence.vocabulary import TermUnit
from evidence.workdays import WorkCalendar

_MONTHS = {"y": 12, "mo": 1}
_NO_CALENDAR = WorkCalendar(())
_DAY = timedelta(days=1)
_CLASS = re.compile("[A-Z][A-Z0-9_]{1,39}")
PLAUSIBLE = timedelta(days=31)
"""How long before its first docking footage may claim to be made and still be believed."""


class RetentionClass(StrEnum):
    """What a recording is kept as; profiles and bureaus give each its period."""

    CASE_FILE = "CASE_FILE"
    WORKING_MATERIAL = "WORKING_MATERIAL"
    ACTION_FILE = "ACTION_FILE"
    UNLINKED = "UNLINKED"


class RetentionReason(StrEnum):
    """Why a recording is kept as it is, from when that counts, and what is to be minded."""

    PERMANENT = "PERMANENT"
    NO_PERIOD = "NO_PERIOD"
    NO_POLICY = "NO_POLICY"
    CASE_OPEN = "CASE_OPEN"
    CASE_TERM_UNKNOWN = "CASE_TERM_UNKNOWN"
    ACTION_OPEN = "ACTION_OPEN"
    BEYOND_COUNTING = "BEYOND_COUNTING"
    OF_CASE = "OF_CASE"
    RELIED_ON = "RELIED_ON"
    OF_ACTION = "OF_ACTION"
    LISTED_ITEM = "LISTED_ITEM"
    NOT_FILED = "NOT_FILED"
    CANCELLED = "CANCELLED"
    ANSWERED_NO_CASE = "ANSWERED_NO_CASE"
    LINKED_TO_NOTHING = "LINKED_TO_NOTHING"
    FROM_RECORDING = "FROM_RECORDING"
    FROM_DOCKING = "FROM_DOCKING"
    LONGEST_OF_SEVERAL = "LONGEST_OF_SEVERAL"
    BELOW_LITIGATION_FLOOR = "BELOW_LITIGATION_FLOOR"
    CALENDAR_YEAR_UNKNOWN = "CALENDAR_YEAR_UNKNOWN"


NEVER_DUE = frozenset(
    {
        RetentionReason.PERMANENT,
        RetentionReason.NO_PERIOD,
        RetentionReason.NO_POLICY,
        RetentionReason.CASE_OPEN,
        RetentionReason.CASE_TERM_UNKNOWN,
        RetentionReason.ACTION_OPEN,
        RetentionReason.BEYOND_COUNTING,
    }
)
"""Reasons for which a recording has no day on which it becomes due."""


@dataclass(frozen=True)
class Source:
    """Where a period stands: document, article, and the words."""

    document: str
    article: str
    quote: str

    def json(self) -> dict[str, Json]:
        """As commands and rows hold it."""
        return {"document": self.document, "article": self.article, "quote": self.quote}


LITIGATION = Source(
    "中华人民共和国行政诉讼法",
    "第四十六条第二款",
    "因不动产提起诉讼的案件自行政行为作出之日起超过二十年,其他案件自行政行为作出之日起超过五年"
    "提起诉讼的,人民法院不予受理",
)
"""How long an administrative act can be brought before a court."""


@dataclass(frozen=True)
class PeriodRule:
    """The period of a class, by whom it is set, and what it rests on.

    `period` is `permanent`, `case-archive`, a length such as `30 y` or `6 mo`, or None where none
    is set. `by` names the profile (`ZJ@1`), or the bureau's own version (`<unit>/<number>`).
    """

    class_code: str
    period: str | None
    by: str
    sources: tuple[Source, ...] = ()


def is_class(code: str) -> bool:
    """Whether a text may name a class, such as WORKING_MATERIAL."""
    return _CLASS.fullmatch(code) is not None


def months_of(period: str) -> int:
    """The months of a length such as `30 y`; raises `ValueError` for what is none."""
    count, unit = length_parts(period)
    return count * _MONTHS[unit]


def last_day(start: date, period: str) -> date | None:
    """The last day of a length that an event of this day set going; None beyond what is counted."""
    months = months_of(period)
    if not EARLIEST <= start <= LATEST or months > MOST // 31:
        return None
    try:
        due = due_after(start, Term(months, TermUnit.MONTH), calendar=_NO_CALENDAR, roll=False)
    except ValueError:  # past the last year that a date can have
        return None
    return due.day


def rank(period: str | None) -> tuple[int, int]:
    """How long periods are beside each other; that nothing is set is the longest of all."""
    if period is None:
        return 3, 0
    fixed = {PERMANENT: 2, CASE_ARCHIVE: 1}
    return (fixed[period], 0) if period in fixed else (0, months_of(period))


def is_shorter(period: str | None, before: str | None) -> bool:
    """Whether a period lets go earlier than the one before, or may: it is refused by itself."""
    return rank(period) < rank(before)


@dataclass(frozen=True)
class Ground:
    """One thing that keeps a recording: `why`, and what that is about (`case/ID`, `action/ID`).

    `start` is the day of the event from which the period counts; `ends_on` its last day, None where
    `reasons` says why there is none. `rule_class` is the class whose period counts. `act_day` is
    when the administrative act was, if it is one.
    """

    class_code: str
    why: RetentionReason
    subject: str
    period: str | None
    start: date | None
    ends_on: date | None
    reasons: tuple[RetentionReason, ...] = ()
    by: str = ""
    sources: tuple[Source, ...] = ()
    act_day: date | None = None
    is_real_estate: bool = False
    rule_class: str = ""

    @property
    def order(self) -> tuple[int, date]:
        """The longest last: by last day, then without one, then for ever."""
        if RetentionReason.PERMANENT in self.reasons:
            return 2, date.max
        return (1, date.max) if self.ends_on is None else (0, self.ends_on)

    @property
    def floor(self) -> date | None:
        """The last day on which the act could still be brought before a court, None without one."""
        return None if self.act_day is None else last_day(self.act_day, floor_of(self))

    def json(self) -> dict[str, Json]:
        """As commands and the API give it."""
        return {
            "class": self.class_code,
            "why": self.why.value,
            "subject": self.subject,
            "period": self.period,
            "counted_from": _text(self.start),
            "ends_on": _text(self.ends_on),
            "reasons": [one.value for one in self.reasons],
            "set_by": self.by,
            "sources": [one.json() for one in self.sources],
        }


def floor_of(ground: Ground) -> str:
    """Five years, twenty where the act is about real estate (行政诉讼法 46)."""
    return "20 y" if ground.is_real_estate else "5 y"


@dataclass(frozen=True)
class Standing:
    """How long a recording is kept: by the ground that keeps it longest, all of them beside it.

    `due_on` is the first day on which it may be proposed for disposal, None: never, and `reasons`
    says why. `floor` is the last day of the longest litigation floor, shown beside it; a rule below
    it is warned of and nothing more. `warnings` are codes of `RetentionReason`.
    """

    recording: str
    longest: Ground
    grounds: tuple[Ground, ...]
    reasons: tuple[RetentionReason, ...]
    warnings: tuple[RetentionReason, ...]
    floor: date | None = None

    @property
    def class_code(self) -> str:
        """The class that it is kept as."""
        return self.longest.class_code

    @property
    def period(self) -> str | None:
        """`permanent`, `case-archive`, a length, or None where none is set."""
        return self.longest.period

    @property
    def start(self) -> date | None:
        """The day from which the period counts."""
        return self.longest.start

    @property
    def ends_on(self) -> date | None:
        """The last day of the period, which ends at 24:00."""
        return self.longest.ends_on

    @property
    def due_on(self) -> date | None:
        """The day after; None where it is never due as things stand."""
        return None if self.ends_on is None else self.ends_on + _DAY

    @property
    def sources(self) -> tuple[Source, ...]:
        """What its period rests on."""
        return self.longest.sources

    def is_due(self, today: date) -> bool:
        """Whether its period has ended; holds are asked apart (`cases.holds.active_holds`)."""
        return self.due_on is not None and self.due_on <= today

    def json(self) -> dict[str, Json]:
        """As commands and the API give it."""
        return {
            "recording": self.recording,
            "class": self.class_code,
            "period": self.period,
            "counted_from": _text(self.start),
            "ends_on": _text(self.ends_on),
            "due_on": _text(self.due_on),
            "reasons": [one.value for one in self.reasons],
            "warnings": [one.value for one in self.warnings],
            "litigation_until": _text(self.floor),
            "sources": [one.json() for one in self.sources],
            "grounds": [one.json() for one in self.grounds],
        }


def stand(recording: str, grounds: Sequence[Ground], *, known_years: frozenset[int]) -> Standing:
    """What keeps a recording longest; `known_years` are those of the working-day calendar."""
    ordered = sorted(grounds, key=lambda one: (one.order, one.subject), reverse=True)
    longest = ordered[0]
    reasons = [longest.why, *longest.reasons]
    if len(ordered) > 1:
        reasons.append(RetentionReason.LONGEST_OF_SEVERAL)
    floors = [one.floor for one in ordered if one.floor is not None]
    floor = max(floors, default=None)
    warnings = list[RetentionReason]()
    if longest.ends_on is not None:
        if floor is not None and longest.ends_on < floor:
            warnings.append(RetentionReason.BELOW_LITIGATION_FLOOR)
        if longest.ends_on.year not in known_years:
            warnings.append(RetentionReason.CALENDAR_YEAR_UNKNOWN)
    return Standing(
        recording, longest, tuple(ordered), tuple(reasons), tuple(warnings), floor=floor
    )


def counted(ground: Ground, *, not_started: RetentionReason) -> Ground:
    """A ground with its last day by its period, or with why it has none."""
    if ground.period is None:
        return _never(ground, RetentionReason.NO_PERIOD)
    if ground.period == PERMANENT:
        return _never(ground, RetentionReason.PERMANENT)
    if ground.period == CASE_ARCHIVE:
        return _never(ground, RetentionReason.CASE_TERM_UNKNOWN)
    if ground.start is None:
        return _never(ground, not_started)
    ends = last_day(ground.start, ground.period)
    if ends is None:
        return _never(ground, RetentionReason.BEYOND_COUNTING)
    return replace(ground, ends_on=ends)


@dataclass(frozen=True)
class CaseFile:
    """What is known of the end of a case file; days are None until they come.

    `term_period` and `ends_on` are what was stated of this very file, in the class `term_class`.
    """

    id: str
    has_ended: bool
    ended_on: date | None
    act_day: date | None = None
    term_class: str | None = None
    term_period: str | None = None
    ends_on: date | None = None
    term_source: Source | None = None
    is_real_estate: bool = False


def of_case(file: CaseFile, rule: PeriodRule, *, why: RetentionReason) -> Ground:
    """The ground that a case file is: what was stated of it, or its class's period, if longer.

    It counts from the day on which the file was archived or handed over, and never before (R-186).
    """
    ground = Ground(
        class_code=file.term_class or rule.class_code,
        why=why,
        subject=f"case/{file.id}",
        period=file.term_period or rule.period,
        start=file.ended_on,
        ends_on=None,
        by=rule.by,
        sources=rule.sources if file.term_source is None else (file.term_source, *rule.sources),
        act_day=file.act_day,
        is_real_estate=file.is_real_estate,
        rule_class=rule.class_code,
    )
    periods = [one for one in (file.term_period, rule.period) if one and one != CASE_ARCHIVE]
    if PERMANENT in periods:
        return _never(replace(ground, period=PERMANENT), RetentionReason.PERMANENT)
    if not file.has_ended:
        return _never(ground, RetentionReason.CASE_OPEN)
    if not periods and file.ends_on is None:
        is_file = rule.period == CASE_ARCHIVE
        code = RetentionReason.CASE_TERM_UNKNOWN if is_file else RetentionReason.NO_PERIOD
        return _never(ground, code)
    ended = [
        counted(replace(ground, period=one), not_started=RetentionReason.CASE_OPEN)
        for one in periods
    ]
    if file.ends_on is not None:
        ended.append(replace(ground, ends_on=file.ends_on))
    return max(ended, key=lambda one: one.order)


@dataclass(frozen=True)
class CaseTerm:
    """What was stated of the end of a case file: its class, and a period or a last day."""

    class_code: str | None = None
    period: str | None = None
    ends_on: date | None = None
    is_real_estate: bool = False
    source: Source | None = None


def lets_go_earlier(new: CaseTerm, before: CaseTerm | None) -> bool:
    """Whether a later statement of a case file's end ends it earlier, or may.

    The first one shortens nothing: a file of which nobody said an end was never due.
    """
    if before is None or new.period == PERMANENT:
        return False
    if before.is_real_estate and not new.is_real_estate:
        return True
    if new.period is not None and before.period is not None:
        return is_shorter(new.period, before.period)
    if new.ends_on is not None and before.ends_on is not None:
        return new.ends_on < before.ends_on
    return True


@dataclass(frozen=True)
class Made:
    """When a recording was made, as it says and as it was docked, by Shanghai's days.

    `recorded` is None where nothing says so; `is_anchored`: a reviewer set its clock right.
    """

    recorded: date | None
    docked: date
    is_trusted: bool
    is_anchored: bool = False

    @property
    def start(self) -> tuple[date, RetentionReason]:
        """From which day its own period counts: from the docking where its time is absurd."""
        day = self.recorded
        if day is None or not self.is_trusted or day > self.docked:
            return self.docked, RetentionReason.FROM_DOCKING
        if day < self.docked - PLAUSIBLE and not self.is_anchored:
            return self.docked, RetentionReason.FROM_DOCKING
        return day, RetentionReason.FROM_RECORDING


def _never(ground: Ground, why: RetentionReason) -> Ground:
    return replace(ground, ends_on=None, reasons=(*ground.reasons, why))


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
