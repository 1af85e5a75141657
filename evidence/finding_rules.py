"""Findings (问题): which facts open one, by which rule it closes, and who may answer it.

Holds always: a fact that holds has one finding, whatever is asked how often; one about a state
closes when the state is gone and stands again, under a new number, when it comes back; one about
what happened closes when it was explained and somebody else approved the explanation; an approval
speaks for the facts it saw and for no others; no answer changes a verdict (D-07, D-16, D-17, D-21,
R-042, R-118, R-125, R-143, R-219; part 3.2).
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from evidence.canonical import Json


class FindingKind(StrEnum):
    """What a finding is about."""

    COVERAGE_GAP = "COVERAGE_GAP"
    NO_DECISION = "NO_DECISION"
    TEAM_BELOW_TWO = "TEAM_BELOW_TWO"
    AUX_ALONE = "AUX_ALONE"
    INTERVAL_CHANGED = "INTERVAL_CHANGED"
    NIGHT_OR_HOLIDAY = "NIGHT_OR_HOLIDAY"
    LATE_DOCKING = "LATE_DOCKING"
    UNLINKED = "UNLINKED"
    SEQUENCE_GAP = "SEQUENCE_GAP"
    LOG_WITHOUT_FILE = "LOG_WITHOUT_FILE"
    RATIO_SHORT = "RATIO_SHORT"
    CLEAN_UP_UNSIGNED = "CLEAN_UP_UNSIGNED"
    RECORDER_LOST = "RECORDER_LOST"
    RECORDER_NOT_OUT = "RECORDER_NOT_OUT"
    HOLDER_NOT_ALLOWED = "HOLDER_NOT_ALLOWED"
    COVERT = "COVERT"
    STATE_SECRET = "STATE_SECRET"  # noqa: S105 - a kind of finding
    MISMATCH = "MISMATCH"
    DECIDED_UNREVIEWED = "DECIDED_UNREVIEWED"
    ACCESS_ANOMALY = "ACCESS_ANOMALY"


class ClosesWhen(StrEnum):
    """The rule by which a kind of finding closes."""

    GONE = "GONE"  # when what it is about holds no more
    ANSWERED = "ANSWERED"  # when it was explained and somebody else approved that


class FindingState(StrEnum):
    """Where a finding stands. ACCEPTED is approved though what it is about still holds."""

    OPEN = "OPEN"
    EXPLAINED = "EXPLAINED"
    ACCEPTED = "ACCEPTED"
    CLOSED = "CLOSED"


class FindingEvent(StrEnum):
    """What happened to a finding after it was opened."""

    SELF_REPORTED = "SELF_REPORTED"
    CHANGED = "CHANGED"
    EXPLAINED = "EXPLAINED"
    APPROVED = "APPROVED"
    TRIAGED = "TRIAGED"
    CLOSED = "CLOSED"
    REOPENED = "REOPENED"


class Cause(StrEnum):
    """Why it came to it, as whoever explains it says (R-219); it changes no verdict."""

    FORCE_MAJEURE = "FORCE_MAJEURE"
    DEVICE_FAILURE = "DEVICE_FAILURE"
    SAFETY = "SAFETY"
    OTHER = "OTHER"


class Triage(StrEnum):
    """How a finding is dealt with (R-118)."""

    IMMEDIATE = "IMMEDIATE"
    SCHEDULED = "SCHEDULED"
    REFERRED = "REFERRED"


class AnswerBar(StrEnum):
    """What stands against an explanation, an approval or a triage."""

    FINDING_CLOSED = "FINDING_CLOSED"
    NOT_EXPLAINED = "NOT_EXPLAINED"
    SECOND_PERSON = "SECOND_PERSON"
    APPROVER_IN_TEAM = "APPROVER_IN_TEAM"
    TRIAGE_PERSON = "TRIAGE_PERSON"
    TRIAGE_DEADLINE = "TRIAGE_DEADLINE"
    TRIAGE_RECIPIENT = "TRIAGE_RECIPIENT"
    TRIAGE_DOCUMENT = "TRIAGE_DOCUMENT"


_K = FindingKind
_STATES_OF_AFFAIRS = frozenset(
    {
        *(_K.COVERAGE_GAP, _K.NO_DECISION, _K.TEAM_BELOW_TWO, _K.AUX_ALONE, _K.NIGHT_OR_HOLIDAY),
        *(_K.UNLINKED, _K.RATIO_SHORT, _K.RECORDER_LOST, _K.COVERT, _K.STATE_SECRET),
        _K.CLEAN_UP_UNSIGNED,
    }
)
RULES: Mapping[FindingKind, str] = {
    _K.COVERAGE_GAP: "coverage",
    _K.NO_DECISION: "tier",
    _K.TEAM_BELOW_TWO: "presence",
    _K.AUX_ALONE: "presence",
    _K.INTERVAL_CHANGED: "coverage",
    _K.NIGHT_OR_HOLIDAY: "execution_time",
    _K.LATE_DOCKING: "docking",
    _K.UNLINKED: "linking",
    _K.SEQUENCE_GAP: "completeness",
    _K.LOG_WITHOUT_FILE: "completeness",
    _K.RATIO_SHORT: "ratio",
    _K.CLEAN_UP_UNSIGNED: "clean_up",
    _K.RECORDER_LOST: "ratio",
    _K.RECORDER_NOT_OUT: "docking",
    _K.HOLDER_NOT_ALLOWED: "docking",
    _K.COVERT: "awareness",
    _K.STATE_SECRET: "secrecy",
    _K.MISMATCH: "completeness",
    _K.DECIDED_UNREVIEWED: "legal_review",
    _K.ACCESS_ANOMALY: "access_review",
}
"""The rule of the policy profile whose clauses a kind of finding rests on."""


def closes_when(kind: FindingKind) -> ClosesWhen:
    """The rule by which findings of a kind close."""
    return ClosesWhen.GONE if kind in _STATES_OF_AFFAIRS else ClosesWhen.ANSWERED


# --- what holds, and what follows from it ---------------------------------------------------------


@dataclass(frozen=True)
class About:
    """What a finding belongs to; `persons` are those directly responsible, where known (R-035).

    `principal` is the unit that entrusted the other one, and is told as well (R-051).
    """

    unit: str | None = None
    principal: str | None = None
    action: str | None = None
    case: str | None = None
    recording: str | None = None
    persons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Holding:
    """A fact that holds and is a finding; `matter` is what an answer speaks for."""

    kind: FindingKind
    subject: str
    matter: Mapping[str, Json]
    about: About = field(default_factory=About)


@dataclass(frozen=True)
class Known:
    """A finding on record with its state and the matter it was last about."""

    id: str
    kind: FindingKind
    subject: str
    state: FindingState
    matter: Mapping[str, Json]


class Step(StrEnum):
    """What is to be done about one finding."""

    OPEN = "OPEN"
    CHANGE = "CHANGE"
    CLOSE = "CLOSE"
    REOPEN = "REOPEN"


@dataclass(frozen=True)
class Change:
    """A step; `known` is None for a new finding, `holding` for one whose matter is gone."""

    step: Step
    known: Known | None
    holding: Holding | None


def changes(
    known: Iterable[Known],
    holding: Iterable[Holding],
    *,
    undecided: Collection[FindingKind] = frozenset(),
) -> list[Change]:
    """What must be done so that the findings about some subjects are those that hold.

    `known` are all findings on record about these subjects. Of `undecided` kinds nobody can say
    yet whether they hold: they stay as they are. In the order of kinds and subjects.
    """
    before = {(one.kind, one.subject): one for one in known}
    now = {(one.kind, one.subject): one for one in holding if one.kind not in undecided}
    found: list[Change] = []
    for key in sorted({*before, *now}):
        if key[0] in undecided:
            continue
        step = _step(before.get(key), now.get(key))
        if step is not None:
            found.append(Change(step, before.get(key), now.get(key)))
    return found


def _step(known: Known | None, holding: Holding | None) -> Step | None:
    if known is None:
        return Step.OPEN
    if closes_when(known.kind) is ClosesWhen.ANSWERED:
        return None  # what happened has happened: only an answer closes it, and for good
    is_closed = known.state is FindingState.CLOSED
    if holding is None:
        return None if is_closed else Step.CLOSE
    if is_closed:
        return Step.REOPEN
    return Step.CHANGE if dict(known.matter) != dict(holding.matter) else None


# --- states and answers ---------------------------------------------------------------------------

_AFTER: Mapping[FindingEvent, FindingState] = {
    FindingEvent.CHANGED: FindingState.OPEN,
    FindingEvent.EXPLAINED: FindingState.EXPLAINED,
    FindingEvent.APPROVED: FindingState.ACCEPTED,
    FindingEvent.CLOSED: FindingState.CLOSED,
    FindingEvent.REOPENED: FindingState.OPEN,
}


def state_of(events: Iterable[FindingEvent]) -> FindingState:
    """Where a finding stands after these events, in their order."""
    state = FindingState.OPEN
    for event in events:
        state = _AFTER.get(event, state)
    return state


@dataclass(frozen=True)
class Answer:
    """An approval that somebody wants to give; `team` is everybody who ever was of the action's."""

    state: FindingState
    explained_by: str | None
    approver: str
    team: frozenset[str] = frozenset()


def against_explaining(state: FindingState) -> list[AnswerBar]:
    """What stands against explaining a finding."""
    return [AnswerBar.FINDING_CLOSED] if state is FindingState.CLOSED else []


def against_approval(answer: Answer) -> list[AnswerBar]:
    """Everything that stands against an approval; whoever explains does not approve (D-07)."""
    if answer.state is FindingState.CLOSED:
        return [AnswerBar.FINDING_CLOSED]
    found: list[AnswerBar] = []
    if answer.state is not FindingState.EXPLAINED:
        found.append(AnswerBar.NOT_EXPLAINED)
    if answer.approver == answer.explained_by:
        found.append(AnswerBar.SECOND_PERSON)
    if answer.approver in answer.team:
        found.append(AnswerBar.APPROVER_IN_TEAM)
    return found


@dataclass(frozen=True)
class Route:
    """How a finding is to be dealt with, by whom and until when, or to whom it was referred.

    `deadline` is a day, such as 2024-06-30; `document` the number of the referral.
    """

    triage: Triage
    person: str | None = None
    deadline: str | None = None
    recipient: str | None = None
    document: str | None = None


def against_triage(route: Route) -> list[AnswerBar]:
    """What a triage lacks (R-118): a timetable and a person, or a recipient and a document."""
    wanted: dict[AnswerBar, str | None] = {}
    if route.triage is Triage.SCHEDULED:
        wanted = {
            AnswerBar.TRIAGE_PERSON: route.person,
            AnswerBar.TRIAGE_DEADLINE: route.deadline,
        }
    if route.triage is Triage.REFERRED:
        wanted = {
            AnswerBar.TRIAGE_RECIPIENT: route.recipient,
            AnswerBar.TRIAGE_DOCUMENT: route.document,
        }
    return [bar for bar, given in wanted.items() if not given]


def is_self_reported(reported_at: Sequence[str], opened_at: str) -> bool:
    """Whether somebody reported it before it was detected (R-042); times as rows hold them."""
    return any(at < opened_at for at in reported_at)


def shown_number(year: int, ordinal: int) -> str:
    """The number people know a finding by, such as F-2026-0001; ordinals count from 1 in a year."""
    return f"F-{year}-{ordinal:04}"


def read_number(text: str) -> tuple[int, int] | None:
    """Year and ordinal of a number that people write; None for what is none."""
    found = _NUMBER.fullmatch(text.strip())
    return None if found is None else (int(found[1]), int(found[2]))


_NUMBER = re.compile(r"[Ff]-([0-9]{4})-([0-9]{4,9})")
