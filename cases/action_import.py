"""Reads a file of actions: what is wrong with which row, and the act that takes it in.

Holds always: as in `cases.case_import`; an action that is over comes with its interval and team as
facts, whatever they are worth, and is judged afterwards (law 4).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from cases import reading, register
from cases.arrived import NewInterval, Reached, put_action_state, put_interval
from cases.import_cells import ACTIONS, CaseReader, FileOf, Known, Line, by_word, insert_import
from cases.reading import ActionDetails, Interests, Origin, TeamMember
from cases.register import Outcome
from cases.team import put_team
from evidence.case_vocabulary import ActionState, ActionType, Category, ImportKind, TeamRole
from people.cells import check_columns, is_blank
from people.roster import check_faults, of_line
from storage import schema
from storage.ledger import Act, Ledger

ID, CASE, UNIT, TYPE = "外部编号", "案件", "单位", "行为类型"
CATEGORY, TYPE_NAME, CATEGORY_NAME, ITEM = "执法类别", "类型名称", "类别名称", "权责事项"
PLACE, ROOM = "地点", "场所"
LIBERTY, LIFE, PROPERTY = "涉人身自由", "涉生命健康", "涉重大财产权益"
PLAN_FROM, PLAN_TO, FROM, TO = "计划开始", "计划结束", "实际开始", "实际结束"
LEADS, ASSISTS, KEEPER = "主办人员", "协办人员", "记录员"
REQUIRED = (ID, UNIT, CATEGORY, TYPE)
COLUMNS = (
    *(*REQUIRED, CASE, TYPE_NAME, CATEGORY_NAME, ITEM, PLACE, ROOM, LIBERTY, LIFE, PROPERTY),
    *(PLAN_FROM, PLAN_TO, FROM, TO, LEADS, ASSISTS, KEEPER),
)

_CATEGORIES, _TYPES = by_word(Category), by_word(ActionType)


@dataclass(frozen=True)
class _Read:
    """A row as it would be taken; `lasted` is the interval of an action that is over."""

    line: Line
    details: ActionDetails | None = None
    external_id: str = ""
    team: tuple[TeamMember, ...] = ()
    lasted: tuple[datetime, datetime] | None = None


def preview(connection: Connection, file: FileOf, *, now: datetime) -> list[Line]:
    """What is wrong with each row; raises `BadInput` for a file without a needed column."""
    return [one.line for one in _read(connection, file, now=now)]


def take_actions(ledger: Ledger, file: FileOf, *, skip_faulty: bool) -> tuple[str, list[Line]]:
    """The act `actions.imported`; returns its id and every line. Rows with a fault are left out.

    Raises `BadInput` where any row has a fault and these are not to be skipped, or none is left.
    """
    with ledger.act() as act:
        read = _read(act.connection, file, now=act.at)
        good = [one for one in read if one.details is not None]
        refused = len(read) - len(good)
        counts = check_faults(len(good), refused=refused, skip_faulty=skip_faulty)
        import_id = insert_import(act, ImportKind.ACTIONS, file=file, counts=counts)
        outcomes = {one.line.line: _take(act, one, file=file, import_id=import_id) for one in good}
        act.enter("actions.imported", {"import": import_id, "rows": len(good)})
    return import_id, [_done(one.line, outcomes) for one in read]


def _done(line: Line, outcomes: Mapping[int, Outcome]) -> Line:
    outcome = outcomes.get(line.line)
    return replace(line, outcome=None if outcome is None else outcome.value)


@dataclass(frozen=True)
class _Around:
    """What rows are held against."""

    known: Known
    cases: Mapping[str, str]
    often: Mapping[str, int]
    now: datetime


def _read(connection: Connection, file: FileOf, *, now: datetime) -> list[_Read]:
    check_columns(file.rows.cells, REQUIRED)
    often = Counter(cells.get(ID, "").strip() for cells in file.rows.cells)
    known = Known.of(connection, file, stated=ACTIONS)
    around = _Around(known, _cases(connection, file), often, now)
    return [
        _row(CaseReader(cells), line, around=around)
        for line, cells in enumerate(file.rows.cells, start=file.rows.first_line)
        if not is_blank(cells)
    ]


def _cases(connection: Connection, file: FileOf) -> dict[str, str]:
    """Cases by the id that the source has for them, by their own id, and by their number.

    Of units that may be named alone.
    """
    table, said = schema.cases, schema.case_statements
    query = select(said.c.case_number, said.c.case_id, said.c.unit_id).order_by(said.c.number)
    stated = connection.execute(query).all()
    units = {row.case_id: row.unit_id for row in stated}
    near = {one for one, unit in units.items() if file.within is None or unit in file.within}
    by_number = {row.case_number: row.case_id for row in stated if row.case_id in near}
    rows = [row for row in connection.execute(select(table)) if row.id in near]
    own = {row.id: row.id for row in rows}
    theirs = {row.external_id: row.id for row in rows if row.source == file.source}
    return {**by_number, **own, **theirs}


def _row(reader: CaseReader, line: int, *, around: _Around) -> _Read:
    external_id = reader.text(ID)
    if external_id and around.often[external_id] > 1:
        reader.add(ID, "CELL_ID_TWICE")
    if external_id in around.known.elsewhere:
        reader.add(ID, "CELL_ELSEWHERE")
    details = _details(reader, around)
    members = _team(reader, around.known)
    lasted = _span(reader, FROM, until=TO)
    if lasted is not None and lasted[1] > around.now:
        reader.add(TO, "CELL_FUTURE")
    if lasted is not None and not members:
        reader.add(LEADS, "CELL_EMPTY")
    if reader.found:
        return _Read(Line(line, tuple(reader.found)))
    return _Read(Line(line), details, external_id, members, lasted)


def _details(reader: CaseReader, around: _Around) -> ActionDetails:
    unit, case = reader.text(UNIT), reader.line_text(CASE)
    category = reader.choice(CATEGORY, _CATEGORIES, why="CELL_CATEGORY")
    type_ = reader.choice(TYPE, _TYPES, why="CELL_ACTION_TYPE")
    if unit and unit not in around.known.units:
        reader.add(UNIT, "CELL_UNIT")
    if case is not None and case not in around.cases:
        reader.add(CASE, "CELL_CASE")
    for is_other, column in (
        (category is Category.OTHER, CATEGORY_NAME),
        (type_ is ActionType.OTHER, TYPE_NAME),
    ):
        if is_other and not reader.is_given(column):
            reader.add(column, "CELL_EMPTY")
    return ActionDetails(
        unit=unit,
        type=ActionType((type_ or ActionType.OTHER).value),
        category=Category((category or Category.OTHER).value),
        type_name=reader.line_text(TYPE_NAME),
        category_name=reader.line_text(CATEGORY_NAME),
        power_item=reader.line_text(ITEM),
        case=around.cases.get(case or ""),
        place=reader.line_text(PLACE),
        room=reader.line_text(ROOM),
        interests=Interests(
            reader.maybe_flag(LIBERTY), reader.maybe_flag(LIFE), reader.maybe_flag(PROPERTY)
        ),
        planned=_span(reader, PLAN_FROM, until=PLAN_TO),
    )


def _span(reader: CaseReader, since: str, *, until: str) -> tuple[datetime, datetime] | None:
    """An interval of two cells; one without the other, or out of order, is a fault."""
    start, end = reader.moment(since), reader.moment(until)
    if reader.is_given(since) != reader.is_given(until):
        reader.add(until if reader.is_given(since) else since, "CELL_EMPTY")
    if start is None or end is None:
        return None
    if end <= start:
        reader.add(until, "CELL_DAYS_ORDER")
    return start, end


def _team(reader: CaseReader, known: Known) -> tuple[TeamMember, ...]:
    """The team of a row: who leads, who assists, and who of them keeps the record."""
    leads, assists = reader.listed(LEADS), reader.listed(ASSISTS)
    keepers = reader.listed(KEEPER) or leads[:1]
    for column, numbers in ((LEADS, leads), (ASSISTS, assists), (KEEPER, keepers)):
        if any(number not in known.persons for number in numbers):
            reader.add(column, "CELL_PERSON")
            return ()
    if (assists and not leads) or len(keepers) > 1 or set(keepers) - {*leads, *assists}:
        reader.add(KEEPER if leads else LEADS, "CELL_TEAM")
        return ()
    return tuple(
        TeamMember(known.persons[number], role, is_recorder_person=number in keepers)
        for role, numbers in ((TeamRole.LEAD, leads), (TeamRole.ASSIST, assists))
        for number in numbers
    )


def _take(act: Act, row: _Read, *, file: FileOf, import_id: str) -> Outcome:
    """Writes a row; raises `BadInput` that names its line."""
    if row.details is None:
        return Outcome.UNCHANGED
    with of_line(row.line.line):
        origin = Origin(file.source, row.external_id)
        stated = register.put_action(act, row.details, origin=origin, import_id=import_id)
        changed = _take_team(act, stated.id, row=row)
        changed = _take_interval(act, stated.id, row=row) or changed
    is_same = stated.outcome is Outcome.UNCHANGED
    return Outcome.CHANGED if is_same and changed else stated.outcome


def _take_team(act: Act, action_id: str, *, row: _Read) -> bool:
    if not row.team or reading.team(act.connection, action_id):
        return False
    put_team(act, action_id, members=row.team)
    return True


def _take_interval(act: Act, action_id: str, *, row: _Read) -> bool:
    """The first version of an interval; a later one takes two people and comes by no file."""
    if row.lasted is None or reading.intervals(act.connection, action_id):
        return False
    lead, (start, end) = row.team[0].person, row.lasted
    put_interval(act, action_id, new=NewInterval(start, end, lead))
    put_action_state(act, action_id, state=ActionState.ENDED, reached=Reached(end, lead))
    return True
