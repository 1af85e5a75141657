"""Letting recordings go (处置): what is frozen in a batch, who must agree, what stands against it.

Holds always: a batch is a list frozen by digest, and every answer names that digest; two different
persons approve it, and whoever has two accounts is still one person; what stands against a
recording is told with every reason; nothing is due by a clock that cannot be believed, by less than
the grace, or because room is short.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from evidence.canonical import Json, dumps, loads
from evidence.errors import Malformed

Sentence = tuple[str, str]
APPROVALS = 2
"""Four eyes: two persons, whoever proposed included at most once."""

MOST_IN_BATCH = 200
"""What two persons can read line by line before they answer for it."""

MOST_IN_A_DAY = 1000
"""A brake against many batches in a row: a mistake in a rule is seen before it has eaten a year."""

GRACE = timedelta(days=10)
"""What must have passed since the day something became due.

A clock may have been set forward while the machine was off by as much as the log may stand still
without being doubted (`evidence.disposal_clock.LONGEST_QUIET`): so nothing goes early by it.
"""


class BatchState(StrEnum):
    """Where a batch stands."""

    DRAFT = "DRAFT"
    APPROVED_1 = "APPROVED_1"
    APPROVED_2 = "APPROVED_2"
    EXECUTED = "EXECUTED"
    CERTIFIED = "CERTIFIED"
    REFUSED = "REFUSED"


class Answer(StrEnum):
    """What a person says to a batch; one refusal ends it, and takes it back too."""

    APPROVED = "APPROVED"
    REFUSED = "REFUSED"


OPEN = frozenset({BatchState.DRAFT, BatchState.APPROVED_1, BatchState.APPROVED_2})
"""States of batches whose recordings stand in no other batch."""


class DisposalBar(StrEnum):
    """What stands against the disposal of one recording."""

    NEVER_DUE = "NEVER_DUE"
    NOT_DUE = "NOT_DUE"
    IN_GRACE = "IN_GRACE"
    HELD = "HELD"
    LOCKED = "LOCKED"
    SEALED_IN_DOUBT = "SEALED_IN_DOUBT"
    ALREADY_GONE = "ALREADY_GONE"
    MISSING = "MISSING"
    ELSEWHERE = "ELSEWHERE"
    NOT_AS_FROZEN = "NOT_AS_FROZEN"


class BatchBar(StrEnum):
    """What stands against a step of a whole batch."""

    CLOCK = "CLOCK"
    TOO_MANY = "TOO_MANY"
    TOO_MANY_TODAY = "TOO_MANY_TODAY"
    EMPTY = "EMPTY"
    SAME_PERSON = "SAME_PERSON"
    NOT_OPEN = "NOT_OPEN"
    OTHER_LIST = "OTHER_LIST"
    NOT_APPROVED = "NOT_APPROVED"
    TOO_EARLY = "TOO_EARLY"
    LINES = "LINES"


WORDS: Mapping[str, Sentence] = {
    "NEVER_DUE": ("没有到期日（期限未定、永久或案卷未结）", "has no day on which it becomes due"),
    "NOT_DUE": ("保管期限未满，{due_on} 到期", "is kept until {due_on}"),
    "IN_GRACE": ("{due_on} 到期，宽限期未过", "was due on {due_on}, and the grace has not passed"),
    "HELD": ("处于保全状态，不得处置", "is held and must be kept"),
    "LOCKED": ("存储锁未到期（{until}）", "is locked in its store until {until}"),
    "SEALED_IN_DOUBT": (
        "入库时的时钟不可信，期限无法推算",
        "was sealed by a clock that cannot be believed, so nobody can tell when it is due",
    ),
    "ALREADY_GONE": ("此前已处置", "was disposed of before"),
    "MISSING": (
        "原件不在存储库中，须先查明，不得以处置代替",
        "is not in the vault: find out why, a disposal does not cover a loss",
    ),
    "ELSEWHERE": ("已列入另一处置批次", "stands in another batch"),
    "NOT_AS_FROZEN": (
        "与批次冻结时的记载不同，须重新提出",
        "is no longer as it was when the list was frozen: propose it anew",
    ),
    "CLOCK": ("时钟异常，暂停处置", "the clock cannot be believed: nothing is disposed of"),
    "TOO_MANY": ("一批最多 {most} 份", "a batch has at most {most} recordings"),
    "TOO_MANY_TODAY": ("24 小时内最多处置 {most} 份", "at most {most} recordings go in 24 hours"),
    "EMPTY": ("批次中没有录像", "a batch names no recording"),
    "SAME_PERSON": ("两次批准须由两名不同的人员作出", "two different persons must approve"),
    "NOT_OPEN": ("批次已不在待批状态", "the batch is not waiting for an answer any more"),
    "OTHER_LIST": ("清单摘要与冻结时不同", "the list is not the one that was frozen"),
    "NOT_APPROVED": ("尚未经两人批准", "two persons have not approved it yet"),
    "TOO_EARLY": ("等待期未满，{until} 起可执行", "the delay ends on {until}"),
    "LINES": ("清单中有不得处置的录像", "something in the list must not be disposed of"),
}


@dataclass(frozen=True)
class Line:
    """A recording as it stands in a list: how long it was kept, by what, and since when.

    `period` is as profiles write it; `start` and `due_on` are days; `again` where bytes came back
    that were disposed of before; `basis` says which source and clause set the period.
    """

    recording: str
    size: int
    class_code: str
    period: str
    start: str
    due_on: str
    basis: str
    again: bool = False

    def json(self) -> dict[str, Json]:
        """The line as lists, statements and commands hold it."""
        return {
            "recording": self.recording,
            "size": str(self.size),
            "class": self.class_code,
            "period": self.period,
            "start": self.start,
            "due_on": self.due_on,
            "basis": self.basis,
            "again": self.again,
        }


def frozen(lines: Iterable[Line]) -> tuple[str, str]:
    """The list as its row holds it, in order of digests, and its SHA-256."""
    ordered: list[Json] = [one.json() for one in sorted(lines, key=lambda line: line.recording)]
    text = dumps(ordered)
    return text.decode(), hashlib.sha256(text).hexdigest()


def read_list(text: str) -> tuple[Line, ...]:
    """The lines of a frozen list; raises `Malformed`."""
    found = loads(text.encode())
    if not isinstance(found, list):
        raise Malformed("A list of a batch is no list")
    return tuple(_line(one) for one in found)


def _line(found: Json) -> Line:
    names = ("recording", "size", "class", "period", "start", "due_on", "basis")
    if not isinstance(found, Mapping) or found.keys() != {*names, "again"}:
        raise Malformed("A line of a batch is not as it must be")
    texts = [one for one in (found[name] for name in names) if isinstance(one, str)]
    again = found["again"]
    if len(texts) != len(names) or not isinstance(again, bool) or not texts[1].isdecimal():
        raise Malformed("A line of a batch is not as it must be")
    recording, size, class_code, period, start, due_on, basis = texts
    return Line(recording, int(size), class_code, period, start, due_on, basis, again=again)


@dataclass(frozen=True)
class Told:
    """A person's answer to a batch, on a day, to the list of this digest."""

    answer: Answer
    person: str
    list_sha256: str
    day: date


def state_of(told: Sequence[Told], *, buried: bool, certified: bool) -> BatchState:
    """Where a batch stands, from what was said of it and what was done."""
    if certified:
        return BatchState.CERTIFIED
    if buried:
        return BatchState.EXECUTED
    if any(one.answer is Answer.REFUSED for one in told):
        return BatchState.REFUSED
    steps = (BatchState.DRAFT, BatchState.APPROVED_1, BatchState.APPROVED_2)
    return steps[min(len(approvers(told)), APPROVALS)]


def approvers(told: Iterable[Told]) -> tuple[str, ...]:
    """The persons who approved, in order, each once."""
    return tuple(dict.fromkeys(one.person for one in told if one.answer is Answer.APPROVED))


def against_answer(
    told: Sequence[Told], *, said: Told, state: BatchState, list_sha256: str
) -> list[BatchBar]:
    """What stands against an answer; a refusal needs only that the batch is still open."""
    bars = [] if state in OPEN else [BatchBar.NOT_OPEN]
    if said.answer is Answer.REFUSED:
        return bars
    if state is BatchState.APPROVED_2:
        bars.append(BatchBar.NOT_OPEN)
    if said.list_sha256 != list_sha256:
        bars.append(BatchBar.OTHER_LIST)
    if said.person in approvers(told):
        bars.append(BatchBar.SAME_PERSON)
    return bars


def executable_on(told: Sequence[Told], *, delay_days: int) -> date | None:
    """The first day on which a batch may be carried out; None before two persons approved."""
    first: dict[str, date] = {}
    for one in told:
        if one.answer is Answer.APPROVED:
            first.setdefault(one.person, one.day)
    days = sorted(first.values())
    return days[APPROVALS - 1] + timedelta(days=delay_days) if len(days) >= APPROVALS else None


def in_grace(due_on: date, *, today: date) -> bool:
    """Whether something is due, and not yet for as long as a clock might be off."""
    return due_on <= today < due_on + GRACE


def words(bar: str, facts: Mapping[str, str | int]) -> Sentence:
    """What a bar says, filled in."""
    chinese, english = WORDS[bar]
    return chinese.format_map(facts), english.format_map(facts)
