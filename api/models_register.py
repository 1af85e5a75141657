"""The bodies of answers and requests about people, recorders and their ratio.

Days are those of Asia/Shanghai as YYYY-MM-DD, moments are UTC texts.
"""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from api.models import PLAIN, Given, Key, Unit, Words
from evidence.device_sets import Condition
from evidence.enforcing import PersonKind, PostStatus
from people.register import CertificateEvent

Text = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=PLAIN)]
Remark = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Moment = Annotated[
    AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC))
]
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2999, 12, 31))]
"""Far enough for any certificate, and nothing that no clock could count from."""
Offset = Annotated[int, Field(ge=-(10**12), le=10**12)]


class Said(BaseModel):
    """A code of the register with what it is called."""

    code: str
    words: Words


class ClauseShown(BaseModel):
    """What the rule rests on, in the words of its document."""

    document: str
    article: str
    quote: str


class RatioShown(BaseModel):
    """Demand and supply beside each other.

    `people` are those counted, `roster` the officers on paper; `required` is by the rounding of
    the rule, `required_by_floor` by the mildest reading; `unwaived` is the status without waiver.
    """

    people: int
    able: int
    roster: int
    present: int
    required: int
    required_by_floor: int
    short: int
    status: Said
    unwaived: Said


class RatioLine(BaseModel):
    """A body, or a unit of one that is counted for show; `parent` is the unit above it.

    `principal` is the unit that entrusted it, `concerns` are those that a shortage concerns;
    `within` is whether its people and devices may be seen, which a principal's may not.
    """

    unit: Unit
    is_body: bool
    principal: str | None
    concerns: list[str]
    within: bool
    ratio: RatioShown


class RuleShown(BaseModel):
    """The rule that was applied, and what it rests on; `stamp` names profile and versions."""

    numerator: int
    denominator: int
    minimum: int
    minimum_below: int
    rounding: Said
    headcount: Said
    clauses: list[ClauseShown]
    stamp: dict[str, object]


class RatioBoard(BaseModel):
    """The ratio of every body within reach at a moment: the end of a day, or now."""

    day: date
    at: datetime
    lines: list[RatioLine]


class PersonCounted(BaseModel):
    """Somebody of a unit on a day, with every reason against counting them."""

    person: str
    name: str | None
    officer_number: str | None
    unit: str
    kind: Said
    counted: bool
    reasons: list[Said]
    flags: list[Said]


class DeviceCounted(BaseModel):
    """A device of a unit: `part` is what it adds, null for nothing; `lent_to` the borrower."""

    device: str
    kind: Said
    unit: str | None
    counted: bool
    part: Said | None
    reasons: list[Said]
    lent_to: str | None


class WaiverShown(BaseModel):
    """From which day to which the ratio is waived, why, and who approved it.

    `reason` is null once it is erased, the name of `approver` too.
    """

    first: date
    last: date
    reason: str | None
    approver: str | None


class RatioDetail(BaseModel):
    """One line of the board with everybody and everything that it rests on."""

    day: date
    at: datetime
    line: RatioLine
    rule: RuleShown
    people: list[PersonCounted]
    devices: list[DeviceCounted]
    waivers: list[WaiverShown]


class RatioDayShown(BaseModel):
    """A day's ratio at its worst moment, and when the day ended."""

    day: date
    worst: RatioShown
    last: RatioShown


class RatioHistory(BaseModel):
    """How the ratio went, day by day."""

    unit: Unit
    days: list[RatioDayShown]


class RatioSpanShown(BaseModel):
    """From a moment up to, and not including, another."""

    start: datetime
    end: datetime
    ratio: RatioShown


class RatioForecast(BaseModel):
    """How the ratio will go if nobody does anything and self-tests are kept up."""

    unit: Unit
    spans: list[RatioSpanShown]


class PersonShown(BaseModel):
    """Somebody of the register, and whether they may enforce on the day asked for."""

    person: str
    name: str | None
    officer_number: str | None
    unit: str
    kind: Said
    status: Said
    may_enforce: bool
    reasons: list[Said]
    flags: list[Said]


class Persons(BaseModel):
    """Everybody within reach on a day."""

    day: date
    persons: list[PersonShown]


class PostingShown(BaseModel):
    """Where and as what somebody serves from a day on."""

    from_day: date
    unit: str
    kind: Said
    on_establishment: bool
    on_post: bool
    status: Said


class EventShown(BaseModel):
    """What became of a certificate."""

    event: Said
    day: date


class CertificateShown(BaseModel):
    """A certificate; its number is null once it is erased."""

    certificate: str
    number: str | None
    kind: str
    issuer: str
    valid_from: date
    valid_to: date
    events: list[EventShown]


class PersonDetail(BaseModel):
    """All that is on record of somebody; `elsewhere` counts postings in units out of reach."""

    shown: PersonShown
    day: date
    postings: list[PostingShown]
    elsewhere: int
    certificates: list[CertificateShown]
    undertakings: list[date]


class PostingGiven(Given):
    """A posting to state."""

    unit: Key
    from_day: Day
    kind: PersonKind = PersonKind.OFFICER
    on_establishment: bool = True
    on_post: bool = True
    status: PostStatus = PostStatus.ACTIVE
    reason: Remark | None = None


class CertificateGiven(Given):
    """A certificate to enter; it is valid on both days."""

    number: Text
    issuer: Text
    valid_from: Day
    valid_to: Day
    kind: Text = "行政执法证"


class PersonGiven(PostingGiven):
    """Somebody to enter, with the first posting."""

    name: Text
    officer_number: Text
    certificate: CertificateGiven | None = None
    undertaking: Day | None = None


class EventGiven(Given):
    """What became of a certificate, and when."""

    event: CertificateEvent
    day: Day


class UndertakingGiven(Given):
    """The day on which somebody undertook to keep secrets."""

    signed_on: Day


class Made(BaseModel):
    """The id of what was put on record."""

    id: str


class FaultShown(BaseModel):
    """What is wrong with one cell."""

    column: str
    code: str
    words: Words


class RosterRow(BaseModel):
    """A row of a roster by its line in the file; it is taken where it has no fault."""

    line: int
    name: str
    officer_number: str
    faults: list[FaultShown]


class RosterRead(BaseModel):
    """What a file would come to, or came to; `id` is null as long as it was not taken in."""

    id: str | None
    sha256: str
    good: int
    faulty: int
    rows: list[RosterRow]


class RosterShown(BaseModel):
    """A file that was read in."""

    id: str
    kind: str
    file_sha256: str
    rows_taken: int
    rows_refused: int
    imported_at: str
    undone_at: str | None


class Rosters(BaseModel):
    """Files that were read in, newest first."""

    rosters: list[RosterShown]


class ReasonGiven(Given):
    """Why something is done."""

    reason: Remark


class HolderShown(BaseModel):
    """One time that somebody had a device; names are null where the person is out of reach."""

    assignment: str
    device: str
    holder: str
    name: str | None
    officer_number: str | None
    supervisor: str | None
    supervisor_name: str | None
    out_at: datetime
    due_at: datetime
    back_at: datetime | None
    overdue: bool


class DeviceShown(BaseModel):
    """A device now: whose, in which condition, with whom."""

    device: str
    make: str
    kind: Said
    serial: str | None
    unit: str | None
    lent_to: str | None
    condition: Said
    tested_at: datetime | None
    test_passed: bool | None
    retires_on: date | None
    ready: bool
    reasons: list[Said]
    holder: HolderShown | None


class Devices(BaseModel):
    """The devices within reach, in order of their numbers."""

    at: datetime
    devices: list[DeviceShown]


class Holders(BaseModel):
    """Who had a device, newest first."""

    device: str
    holders: list[HolderShown]


class OwnHoldings(BaseModel):
    """What whoever asks has out."""

    holders: list[HolderShown]


class CheckOutGiven(Given):
    """Who takes a device out, until when; `out_at` null means now."""

    holder: Key
    due_at: Moment
    supervisor: Key | None = None
    out_at: Moment | None = None
    offset_ms: Offset | None = None


class CheckInGiven(Given):
    """When a device came back; null means now."""

    back_at: Moment | None = None
    offset_ms: Offset | None = None


class TestGiven(Given):
    """Whether a self-test was passed, and when; null means now."""

    __test__ = False

    passed: bool
    tested_at: Moment | None = None


class ConditionGiven(Given):
    """What has become of a device, and since when; null means now."""

    condition: Condition
    since: Moment | None = None
    reason: Remark | None = None


class LoanGiven(Given):
    """To which unit a device is lent, and since when; null means now."""

    unit: Key
    out_at: Moment | None = None


class LoanEndGiven(Given):
    """When a loan came back; null means now."""

    back_at: Moment | None = None
