"""What becomes of a device: its kind, self-tests, repair, loss and loan; each statement is an act.

Holds always: nothing stated is changed; of two conditions the one of the later moment holds, of one
moment the one stated later; a statement may be late, and then says of which moment it is; none is
of the future (R-149, R-166; part 3.1 and 3.2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Table, select

from devices.recorders import is_known
from evidence.device_sets import Condition
from evidence.entry import parse_time, time_text
from evidence.errors import BadInput, NotFound
from evidence.vocabulary import DeviceKind
from people.register import remark
from people.units import find_unit
from storage import schema
from storage.ledger import Act, Ledger, Row

_LONGEST_SERIAL = 64


@dataclass(frozen=True)
class DeviceDetails:
    """What a device is; `retires_on` is the first day on which it is past its service life."""

    kind: DeviceKind
    serial: str | None = None
    retires_on: date | None = None


def state_kind(ledger: Ledger, recorder: str, *, details: DeviceDetails) -> None:
    """The act `recorder.described`. Raises `NotFound` or `BadInput`."""
    with ledger.act() as act:
        insert_kind(act, known(act.connection, recorder), details=details)
        act.enter("recorder.described", {"recorder": recorder, "kind": details.kind.value})


def state_condition(
    ledger: Ledger,
    recorder: str,
    *,
    condition: Condition,
    since: datetime,
    reason: str | None = None,
) -> None:
    """The act `recorder.condition`. Raises `NotFound` or `BadInput`.

    A device that somebody has may bear files that were not taken yet: it is not retired before it
    is back (part 3.2).
    """
    with ledger.act() as act:
        not_later(act, since)
        if condition is Condition.RETIRED and _is_out(act.connection, recorder):
            raise BadInput(f"{recorder} is still out", why="RETIRED_OUT", recorder=recorder)
        values: dict[str, str | None] = {
            "condition": condition.value,
            "since": time_text(since),
            "reason": None if reason is None else kept_remark(act, reason),
        }
        _insert(
            act, schema.recorder_conditions, recorder=known(act.connection, recorder), values=values
        )
        act.enter("recorder.condition", {"recorder": recorder, "condition": condition.value})


def note_test(ledger: Ledger, recorder: str, *, passed: bool, tested_at: datetime) -> None:
    """The act `recorder.tested`. Raises `NotFound` or `BadInput`."""
    with ledger.act() as act:
        not_later(act, tested_at)
        insert_test(act, known(act.connection, recorder), passed=passed, tested_at=tested_at)
        act.enter("recorder.tested", {"recorder": recorder, "passed": passed})


def lend(ledger: Ledger, recorder: str, *, unit: str, out_at: datetime) -> str:
    """The act `recorder.lent`; returns the loan. Raises `NotFound` or `BadInput`."""
    with ledger.act() as act:
        not_later(act, out_at)
        known(act.connection, recorder)
        if _is_lent_from(act.connection, recorder, at=out_at):
            raise BadInput(f"{recorder} is lent already", why="LENT", recorder=recorder)
        unit_id = find_unit(act.connection, unit).id
        values: dict[str, str | None] = {"unit_id": unit_id, "out_at": time_text(out_at)}
        loan = _insert(act, schema.loans, recorder=recorder, values=values)
        act.enter("recorder.lent", {"recorder": recorder, "unit": unit_id})
    return loan


def take_back(ledger: Ledger, recorder: str, *, back_at: datetime) -> None:
    """The act `recorder.taken_back`. Raises `BadInput` where it is not lent, or was later."""
    with ledger.act() as act:
        not_later(act, back_at)
        found = _open_loan(act.connection, recorder)
        if found is None or back_at <= parse_time(found[1]):
            raise BadInput(f"{recorder} was not lent then", why="NOT_LENT", recorder=recorder)
        row: Row = {"id": found[0], "back_at": time_text(back_at), "stated_at": act.at_text}
        act.insert(schema.loan_ends, row)
        act.enter("recorder.taken_back", {"recorder": recorder})


def _is_out(connection: Connection, recorder: str) -> bool:
    table, returns = schema.assignments, schema.assignment_returns
    joined = table.join(returns, returns.c.id == table.c.id, isouter=True)
    query = select(table.c.id).select_from(joined).where(table.c.recorder_id == recorder)
    query = query.where(table.c.back_at.is_(None), returns.c.id.is_(None))
    return connection.execute(query).first() is not None


# --- rows within an act ---------------------------------------------------------------------------


def insert_kind(
    act: Act, recorder: str, *, details: DeviceDetails, import_id: str | None = None
) -> None:
    """Writes what a device is. Raises `BadInput`."""
    serial = details.serial
    if serial is not None and not (0 < len(serial) <= _LONGEST_SERIAL and serial.isprintable()):
        raise BadInput(f"{serial!r} is no serial number", why="SERIAL", serial=serial)
    values: dict[str, str | None] = {
        "kind": details.kind.value,
        "serial": serial,
        "retires_on": None if details.retires_on is None else details.retires_on.isoformat(),
        "import_id": import_id,
    }
    _insert(act, schema.recorder_kinds, recorder=recorder, values=values)


def insert_test(
    act: Act, recorder: str, *, passed: bool, tested_at: datetime, import_id: str | None = None
) -> None:
    """Writes a self-test."""
    values: dict[str, str | int | None] = {
        "tested_at": time_text(tested_at),
        "passed": int(passed),
        "import_id": import_id,
    }
    _insert(act, schema.self_tests, recorder=recorder, values=values)


def known(connection: Connection, recorder: str) -> str:
    """The recorder's number; raises `NotFound` for one that is not registered."""
    if not is_known(connection, recorder):
        raise NotFound(f"No recorder {recorder}", why="NO_RECORDER", recorder=recorder)
    return recorder


def not_later(act: Act, at: datetime) -> None:
    """Raises `BadInput` for a moment after the act's own: what is to come is no fact yet."""
    if at > act.at:
        raise BadInput("That moment is still to come", why="FUTURE", at=time_text(at))


def kept_remark(act: Act, text: str) -> str:
    """The commitment to what somebody wrote freely; raises `BadInput` for nothing or too much."""
    return remark(act, text)


def _insert(
    act: Act, table: Table, *, recorder: str, values: Mapping[str, str | int | None]
) -> str:
    row: Row = {
        **act.numbered(table, owner="recorder_id", value=recorder),
        **values,
        "stated_at": act.at_text,
    }
    act.insert(table, row)
    return str(row["id"])


def _is_lent_from(connection: Connection, recorder: str, *, at: datetime) -> bool:
    """Whether a loan lasts at a moment or begins after it: a new one would lie over it."""
    table, ends = schema.loans, schema.loan_ends
    joined = table.join(ends, ends.c.id == table.c.id, isouter=True)
    lasts = ends.c.back_at.is_(None) | (ends.c.back_at > time_text(at))
    query = select(table.c.id).select_from(joined).where(table.c.recorder_id == recorder, lasts)
    return connection.execute(query).first() is not None


def _open_loan(connection: Connection, recorder: str) -> tuple[str, str] | None:
    table, ends = schema.loans, schema.loan_ends
    joined = table.join(ends, ends.c.id == table.c.id, isouter=True)
    query = select(table.c.id, table.c.out_at).select_from(joined)
    query = query.where(table.c.recorder_id == recorder, ends.c.id.is_(None))
    row = connection.execute(query).first()
    return None if row is None else (row.id, row.out_at)
