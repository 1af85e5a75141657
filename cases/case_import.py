"""Reads a file of cases: what is wrong with which row, and the act that takes it in.

Holds always: as in `people.roster`; the same external id again is the same case, and a row that
says nothing new changes nothing; a state that was reached elsewhere is a fact (law 4).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from cases import reading, register
from cases.arrived import Reached, put_case_state
from cases.import_cells import CASES, CaseReader, FileOf, Known, Line, by_word, insert_import
from cases.reading import CaseDetails, Origin
from cases.register import Outcome
from evidence.case_vocabulary import CaseState, Category, ImportKind
from evidence.entry import time_text
from people.cells import Cells, check_columns, is_blank
from people.roster import check_faults, of_line
from storage.ledger import Act, Ledger

ID, NUMBER, UNIT, CATEGORY = "外部编号", "案号", "单位", "执法类别"
CATEGORY_NAME, ITEM, TITLE, PARTY = "类别名称", "权责事项", "案由", "当事人"
MAJOR, ESPECIALLY, STATE, STATE_AT = "重大", "特别重大", "办理环节", "环节时间"
REQUIRED = (NUMBER, UNIT, CATEGORY)
COLUMNS = (
    *(*REQUIRED, ID, CATEGORY_NAME, ITEM, TITLE, PARTY),
    *(MAJOR, ESPECIALLY, STATE, STATE_AT),
)

_CATEGORIES, _STATES = by_word(Category), by_word(CaseState)


@dataclass(frozen=True)
class _Read:
    """A row as it would be taken."""

    line: Line
    details: CaseDetails | None = None
    external_id: str = ""
    state: CaseState | None = None
    state_at: datetime | None = None


def preview(connection: Connection, file: FileOf, *, now: datetime) -> list[Line]:
    """What is wrong with each row; raises `BadInput` for a file without a needed column."""
    return [one.line for one in _read(connection, file, now=now)]


def take_cases(ledger: Ledger, file: FileOf, *, skip_faulty: bool) -> tuple[str, list[Line]]:
    """The act `cases.imported`; returns its id and every line. Rows with a fault are left out.

    Raises `BadInput` where any row has a fault and these are not to be skipped, or none is left.
    """
    with ledger.act() as act:
        read = _read(act.connection, file, now=act.at)
        good = [one for one in read if one.details is not None]
        refused = len(read) - len(good)
        counts = check_faults(len(good), refused=refused, skip_faulty=skip_faulty)
        import_id = insert_import(act, ImportKind.CASES, file=file, counts=counts)
        outcomes = {one.line.line: _take(act, one, file=file, import_id=import_id) for one in good}
        act.enter("cases.imported", {"import": import_id, "rows": len(good)})
    return import_id, [_done(one.line, outcomes) for one in read]


def _done(line: Line, outcomes: Mapping[int, Outcome]) -> Line:
    outcome = outcomes.get(line.line)
    return Line(line.line, line.faults, None if outcome is None else outcome.value)


def _read(connection: Connection, file: FileOf, *, now: datetime) -> list[_Read]:
    check_columns(file.rows.cells, REQUIRED)
    known = Known.of(connection, file, stated=CASES)
    often = Counter(_id(cells) for cells in file.rows.cells)
    return [
        _row(CaseReader(cells), line, known=known, often=often, now=now)
        for line, cells in enumerate(file.rows.cells, start=file.rows.first_line)
        if not is_blank(cells)
    ]


def _id(cells: Cells) -> str:
    """The id by which the source knows a case: its own, else its number."""
    return cells.get(ID, "").strip() or cells.get(NUMBER, "").strip()


def _row(
    reader: CaseReader, line: int, *, known: Known, often: Mapping[str, int], now: datetime
) -> _Read:
    external_id = _id(reader.cells)
    if external_id and often[external_id] > 1:
        reader.add(ID if reader.is_given(ID) else NUMBER, "CELL_ID_TWICE")
    if external_id in known.elsewhere:
        reader.add(ID if reader.is_given(ID) else NUMBER, "CELL_ELSEWHERE")
    details = _details(reader, known)
    state = reader.choice(STATE, _STATES, why="CELL_STATE") if reader.is_given(STATE) else None
    at = reader.moment(STATE_AT)
    if at is not None and at > now:
        reader.add(STATE_AT, "CELL_FUTURE")
    if reader.found:
        return _Read(Line(line, tuple(reader.found)))
    reached = None if state is None else CaseState(state.value)
    return _Read(Line(line), details, external_id, reached, at)


def _details(reader: CaseReader, known: Known) -> CaseDetails:
    number, unit = reader.text(NUMBER), reader.text(UNIT)
    chosen = reader.choice(CATEGORY, _CATEGORIES, why="CELL_CATEGORY")
    if unit and unit not in known.units:
        reader.add(UNIT, "CELL_UNIT")
    name = reader.line_text(CATEGORY_NAME)
    if chosen is Category.OTHER and name is None:
        reader.add(CATEGORY_NAME, "CELL_EMPTY")
    return CaseDetails(
        number=number,
        unit=unit,
        category=Category((chosen or Category.OTHER).value),
        category_name=name,
        power_item=reader.line_text(ITEM),
        title=reader.line_text(TITLE),
        party=reader.line_text(PARTY),
        is_major=reader.maybe_flag(MAJOR),
        especially_major=reader.maybe_flag(ESPECIALLY),
    )


def _take(act: Act, row: _Read, *, file: FileOf, import_id: str) -> Outcome:
    """Writes a row; raises `BadInput` that names its line."""
    if row.details is None:
        return Outcome.UNCHANGED
    with of_line(row.line.line):
        origin = Origin(file.source, row.external_id)
        stated = register.put_case(act, row.details, origin=origin, import_id=import_id)
        if row.state is None or _stands(act.connection, stated.id, row=row):
            return stated.outcome
        put_case_state(act, stated.id, state=row.state, reached=Reached(row.state_at or act.at))
    return Outcome.CHANGED if stated.outcome is Outcome.UNCHANGED else stated.outcome


def _stands(connection: Connection, case_id: str, *, row: _Read) -> bool:
    """Whether the case is on record in this state, of that moment if the file names one."""
    steps = reading.case_steps(connection, case_id)
    same = [one for one in steps if row.state is not None and one.kind == row.state.value]
    return any(row.state_at is None or time_text(one.at) == time_text(row.state_at) for one in same)
