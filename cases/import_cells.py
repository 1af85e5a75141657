"""Cells of files of cases and actions, and the row that says such a file was read in."""

import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

from sqlalchemy import Connection, Table, select

from evidence.case_vocabulary import ImportKind
from evidence.register_words import WORDS
from people.cells import Fault, Reader, Rows
from people.register import all_bearers
from people.units import nameable_units
from storage import schema
from storage.ledger import Act, Row

_CHINA = timezone(timedelta(hours=8))
_LONGEST = 200
_MOMENT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
)
_SEPARATORS = re.compile(r"[、,，;；\s]+")


@dataclass(frozen=True)
class FileOf:
    """A file of cases or actions: its rows, its digest, and the source whose ids it has.

    `within` are the units that may be named, None: all.
    """

    rows: Rows
    sha256: str
    source: str
    within: Collection[str] | None = None


@dataclass(frozen=True)
class Line:
    """A row: its line in the file, its faults, and what became of it, null in a preview."""

    line: int
    faults: tuple[Fault, ...] = ()
    outcome: str | None = None


class CaseReader(Reader):
    """Reads cells as `people.cells.Reader`, and moments, longer texts and lists besides."""

    def line_text(self, column: str) -> str | None:
        """A text of at most 200 characters; None for none."""
        value = self.cells.get(column, "").strip()
        if value and (len(value) > _LONGEST or not value.isprintable()):
            self.add(column, "CELL_LONG")
        return value or None

    def moment(self, column: str) -> datetime | None:
        """A moment in China such as 2024-05-16 09:00, as UTC; None for none or for a fault."""
        if not self.is_given(column):
            return None
        parts = _MOMENT.fullmatch(self.cells[column].strip())
        try:
            numbers = [int(part or 0) for part in parts.groups()] if parts else [0]
            return datetime(*numbers, tzinfo=_CHINA).astimezone(UTC)  # type: ignore[misc,arg-type]
        except (TypeError, ValueError):
            self.add(column, "CELL_MOMENT")
            return None

    def maybe_flag(self, column: str) -> bool:
        """是 or 否; nothing is 否."""
        return self.flag(column) if self.is_given(column) else False

    def listed(self, column: str) -> list[str]:
        """Words after each other, such as officer numbers."""
        return [one for one in _SEPARATORS.split(self.cells.get(column, "").strip()) if one]


def by_word(kind: type[StrEnum]) -> Mapping[str, StrEnum]:
    """The members of a kind by their Chinese word, and by their code."""
    words = {WORDS[kind][member.name][0]: member for member in kind}
    return {**words, **{member.value: member for member in kind}}


Stated = tuple[Table, Table, str]
"""What has ids of a source, what is said of it in order, and the column that ties the two."""

CASES: Stated = (schema.cases, schema.case_statements, "case_id")
ACTIONS: Stated = (schema.actions, schema.action_statements, "action_id")


@dataclass(frozen=True)
class Known:
    """What rows are held against: units by name or id, persons by officer number or id."""

    units: frozenset[str]
    persons: Mapping[str, str]
    elsewhere: frozenset[str] = frozenset()
    """Ids of the source that stand for something of a unit that may not be named."""

    @classmethod
    def of(cls, connection: Connection, file: FileOf, *, stated: Stated) -> "Known":
        """As it is on record now."""
        borne = all_bearers(connection)
        persons = {number: found[0].person for number, found in borne.items() if len(found) == 1}
        ids = {bearer.person: bearer.person for found in borne.values() for bearer in found}
        units = nameable_units(connection, file.within)
        return cls(units, {**persons, **ids}, _elsewhere(connection, file, stated=stated))


def _elsewhere(connection: Connection, file: FileOf, *, stated: Stated) -> frozenset[str]:
    if file.within is None:
        return frozenset()
    table, said, owner = stated
    joined = table.join(said, said.c[owner] == table.c.id)
    query = select(table.c.external_id, said.c.unit_id).select_from(joined)
    query = query.where(table.c.source == file.source).order_by(said.c.number)
    units = {row.external_id: row.unit_id for row in connection.execute(query)}
    return frozenset(one for one, unit in units.items() if unit not in file.within)


def insert_import(act: Act, kind: ImportKind, *, file: FileOf, counts: tuple[int, int]) -> str:
    """Writes that a file was read in, with its rows taken and left out; returns the id."""
    row: Row = {
        "id": secrets.token_hex(8),
        "kind": kind.value,
        "file_sha256": file.sha256,
        "rows_taken": counts[0],
        "rows_refused": counts[1],
        "imported_at": act.at_text,
    }
    act.insert(schema.case_imports, row)
    return str(row["id"])
