"""领用 and 归还: who takes a recorder out, when it is due, and when it came back.

Holds always: a recorder has one holder at a time, which the database refuses to break too; taking
it out is a step that is refused to whoever may not have it, while what a dock finds is a fact and
is never refused; an auxiliary carries one only under a named officer and after an undertaking of
confidentiality (R-046, R-058 to R-060; part 3.1 and 3.2).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, select
from sqlalchemy.exc import IntegrityError

from devices.fleet import fleet
from devices.upkeep import known, not_later
from evidence.device_sets import CountRule, DeviceFacts, Uncounted
from evidence.device_sets import count_device as counted
from evidence.enforcing import AnnualCheck, Bar, HolderBar, PersonKind, may_enforce
from evidence.entry import parse_time, time_text
from evidence.errors import BadInput, NotFound, Refused
from evidence.ratio import Window, day_of
from evidence.register_words import word
from evidence.vocabulary import DeviceKind
from people.policies import Followed
from people.ratio_rule import annual_check_for, policy_for
from people.staff import Member, members
from storage import schema
from storage.ledger import Act, Ledger
from storage.ledger import Row as NewRow

_READY = CountRule(frozenset(DeviceKind))
_KINDS_BAR_NOTHING = frozenset({Uncounted.KIND_MAKES_NO_SET, Uncounted.KIND_NOT_IN_POLICY})


@dataclass(frozen=True)
class CheckOut:
    """Who is to take what, from when to when; `supervisor` is asked of auxiliaries.

    `offset_ms` is how far the device's clock is ahead of ours; None where nobody looked.
    """

    recorder: str
    holder: str
    out_at: datetime
    due_at: datetime
    supervisor: str | None = None
    offset_ms: int | None = None


@dataclass(frozen=True)
class Assignment:
    """One time that somebody had a recorder; `back_at` is None while it is out. Times are UTC."""

    id: str
    recorder: str
    holder: str
    supervisor: str | None
    out_at: datetime
    due_at: datetime
    back_at: datetime | None

    def is_overdue(self, now: datetime, *, grace: timedelta = timedelta(0)) -> bool:
        """Whether it is out longer than it should be."""
        return self.back_at is None and now > self.due_at + grace


@dataclass(frozen=True)
class CheckOutRule:
    """What a missing annual check does, and by how much a clock may be off at the least."""

    annual_check: AnnualCheck = AnnualCheck.FLAG
    clock_within: timedelta = timedelta(seconds=300)


_ANY = CheckOutRule()


def check_out_rule(followed: Followed | None, day: date) -> CheckOutRule:
    """The rule of a profile on a day, of the default one for None; raises `NotFound`."""
    seconds = policy_for(followed, day).whole("clock.max_correctable_s")
    return CheckOutRule(annual_check_for(followed, day), timedelta(seconds=seconds))


def check_out(ledger: Ledger, new: CheckOut, *, rule: CheckOutRule = _ANY) -> str:
    """The act `recorder.checked_out`; returns the assignment's id.

    Raises `BadInput`, `NotFound`, or `Refused` (CHECK_OUT_REFUSED) with every reason.
    """
    with ledger.act() as act:
        not_later(act, new.out_at)
        if new.due_at <= new.out_at:
            raise BadInput("It is due before it is out", why="DUE_EARLY")
        known(act.connection, new.recorder)
        reasons = list(_against(act.connection, new, rule=rule))
        if reasons:
            raise _refusal(new, reasons)
        assignment = _insert(act, new)
        facts = {"recorder": new.recorder, "holder": new.holder, "assignment": assignment}
        act.enter("recorder.checked_out", {**facts})
    return assignment


def check_in(
    ledger: Ledger, recorder: str, *, back_at: datetime, offset_ms: int | None = None
) -> str:
    """The act `recorder.checked_in`; returns the assignment. Raises `BadInput`."""
    with ledger.act() as act:
        not_later(act, back_at)
        held = holding(act.connection, recorder)
        if held is None or back_at <= held.out_at:
            raise BadInput(f"{recorder} was not out then", why="NOT_OUT", recorder=recorder)
        row: NewRow = {
            "id": held.id,
            "back_at": time_text(back_at),
            "clock_offset_ms": None if offset_ms is None else str(offset_ms),
            "stated_at": act.at_text,
        }
        act.insert(schema.assignment_returns, row)
        act.enter("recorder.checked_in", {"recorder": recorder, "assignment": held.id})
    return held.id


def _refusal(new: CheckOut, reasons: Sequence[StrEnum]) -> Refused:
    said = [word(reason) for reason in reasons]
    return Refused(
        f"{new.recorder} cannot be taken out: {'; '.join(english for _, english in said)}",
        code="CHECK_OUT_REFUSED",
        reason_zh="；".join(chinese for chinese, _ in said),
        reasons=" ".join(reasons),
        recorder=new.recorder,
    )


def _insert(act: Act, new: CheckOut) -> str:
    row: NewRow = {
        **act.numbered(schema.assignments, owner="recorder_id", value=new.recorder),
        "holder_id": new.holder,
        "supervisor_id": new.supervisor,
        "out_at": time_text(new.out_at),
        "due_at": time_text(new.due_at),
        "back_at": None,
        "clock_offset_ms": None if new.offset_ms is None else str(new.offset_ms),
        "stated_at": act.at_text,
    }
    try:
        act.insert(schema.assignments, row)
    except IntegrityError as error:
        raise BadInput(
            f"{new.recorder} is with somebody else", why="HELD", recorder=new.recorder
        ) from error
    return str(row["id"])


# --- what stands against it -----------------------------------------------------------------------


def _against(connection: Connection, new: CheckOut, *, rule: CheckOutRule) -> Iterable[StrEnum]:
    """Codes of everything that stands against taking it out."""
    held = holding(connection, new.recorder)
    if held is not None:
        yield HolderBar.HELD
    device = fleet(connection, only=new.recorder).get(new.recorder)
    yield from against_device(device.facts if device else None, new.out_at)
    if new.offset_ms is not None and timedelta(milliseconds=abs(new.offset_ms)) > rule.clock_within:
        yield HolderBar.CLOCK_FAR_OFF
    people = members(connection)
    holder = people.get(new.holder)
    if holder is None:
        raise NotFound(f"There is no person {new.holder}", why="NO_PERSON", person=new.holder)
    yield from against_holder(holder, new.out_at, annual_check=rule.annual_check)
    if _is_auxiliary(holder, new.out_at):
        yield from _against_supervision(
            None if new.supervisor is None else people.get(new.supervisor),
            new.out_at,
            annual_check=rule.annual_check,
        )


def against_device(device: DeviceFacts | None, at: datetime) -> list[Uncounted]:
    """Why a device cannot be handed out at a moment, whoever asks for it."""
    if device is None:
        return [Uncounted.NOT_REGISTERED_YET]
    reasons = counted(device, at, rule=_READY).reasons
    return [reason for reason in reasons if reason not in _KINDS_BAR_NOTHING]


def against_holder(holder: Member, at: datetime, *, annual_check: AnnualCheck) -> Iterable[StrEnum]:
    """Why somebody may not have a recorder: an officer who may not enforce, an auxiliary who left
    or undertook no confidentiality.
    """
    standing = may_enforce(holder.facts, day_of(at), annual_check=annual_check)
    if not _is_auxiliary(holder, at):
        yield from standing.bars
        return
    serving = {Bar.NOT_ON_POST, Bar.SUSPENDED, Bar.DISQUALIFIED, Bar.LEFT}
    yield from (bar for bar in standing.bars if bar in serving)
    if not any(day <= day_of(at) for day in holder.undertakings):
        yield HolderBar.NO_UNDERTAKING


def _is_auxiliary(holder: Member, at: datetime) -> bool:
    posting = may_enforce(holder.facts, day_of(at)).posting
    return posting is not None and posting.kind is PersonKind.AUXILIARY


def _against_supervision(
    supervisor: Member | None, at: datetime, *, annual_check: AnnualCheck
) -> Iterable[StrEnum]:
    if supervisor is None:
        yield HolderBar.NO_SUPERVISOR
        return
    standing = may_enforce(supervisor.facts, day_of(at), annual_check=annual_check)
    if not standing.may_enforce:
        yield HolderBar.SUPERVISOR_BARRED


# --- reading --------------------------------------------------------------------------------------


def holding(connection: Connection, recorder: str) -> Assignment | None:
    """The assignment that lasts now, if any."""
    table = schema.assignments
    query = _joined().where(table.c.recorder_id == recorder)
    lasting = [one for one in map(_assignment, connection.execute(query)) if one.back_at is None]
    return lasting[0] if lasting else None


def holder_at(connection: Connection, recorder: str, *, at: datetime) -> Assignment | None:
    """Who had the recorder at a moment, by what is on record."""
    table = schema.assignments
    query = _joined().where(table.c.recorder_id == recorder, table.c.out_at <= time_text(at))
    found = map(_assignment, connection.execute(query))
    return next((one for one in found if one.back_at is None or at < one.back_at), None)


def holders(
    connection: Connection, recorder: str | None = None, *, limit: int = 1000
) -> list[Assignment]:
    """Assignments of a recorder or of all, newest first."""
    table = schema.assignments
    query = _joined().order_by(table.c.out_at.desc(), table.c.id).limit(limit)
    if recorder is not None:
        query = query.where(table.c.recorder_id == recorder)
    return [_assignment(row) for row in connection.execute(query)]


def lasting(connection: Connection) -> list[Assignment]:
    """Every assignment that lasts now, in order of recorders."""
    query = _joined().where(schema.assignments.c.back_at.is_(None))
    query = query.where(schema.assignment_returns.c.id.is_(None))
    found = map(_assignment, connection.execute(query.order_by(schema.assignments.c.recorder_id)))
    return list(found)


def held_within(connection: Connection, window: Window) -> list[Assignment]:
    """Every assignment that lasted at some moment of a window, by recorder and time."""
    table = schema.assignments
    query = _joined().where(table.c.out_at < time_text(window.until))
    query = query.order_by(table.c.recorder_id, table.c.out_at)
    found = map(_assignment, connection.execute(query))
    return [one for one in found if one.back_at is None or one.back_at > window.since]


def is_any(connection: Connection) -> bool:
    """Whether this site ever put a holder on record."""
    return connection.execute(select(schema.assignments.c.id).limit(1)).first() is not None


def _joined() -> Select[Any]:
    table, returns = schema.assignments, schema.assignment_returns
    joined = table.join(returns, returns.c.id == table.c.id, isouter=True)
    return select(table, returns.c.back_at.label("returned_at")).select_from(joined)


def _assignment(row: Row[Any]) -> Assignment:
    back = row.back_at or row.returned_at
    return Assignment(
        id=row.id,
        recorder=row.recorder_id,
        holder=row.holder_id,
        supervisor=row.supervisor_id,
        out_at=parse_time(row.out_at),
        due_at=parse_time(row.due_at),
        back_at=None if back is None else parse_time(back),
    )
