"""How commands show what the register says: words in both languages, people, devices, faults."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path

from evidence.canonical import Json
from evidence.enforcing import Standing
from evidence.errors import BadInput
from evidence.reason_messages import WHY
from evidence.register_words import word
from liuhen.output import ExitCode, Output
from people.cells import Fault, Rows, rows_of
from people.sheets import read_sheet
from people.staff import Member

UNKNOWN = "—"


def said(member: StrEnum) -> dict[str, Json]:
    """A word of the register as objects hold it."""
    chinese, english = word(member)
    return {"code": member.value, "message": {"zh": chinese, "en": english}}


def all_said(members: Iterable[StrEnum]) -> list[Json]:
    """Several words as objects hold them."""
    return [said(member) for member in members]


def both(member: StrEnum) -> str:
    """A word in Chinese and English, as tables show it."""
    return " ".join(word(member))


def listed(members: Iterable[StrEnum]) -> tuple[str, str]:
    """Words after each other, in Chinese and in English."""
    pairs = [word(member) for member in members]
    return "、".join(zh for zh, _ in pairs), ", ".join(en for _, en in pairs)


def person_json(person: Member, standing: Standing, *, day: date) -> dict[str, Json]:
    """A person with the verdict of a day; name and number are null once they are erased."""
    posting = standing.posting
    return {
        "person": person.id,
        "name": person.full_name,
        "officer_number": person.officer_number,
        "day": day.isoformat(),
        "may_enforce": standing.may_enforce,
        "reasons": all_said(standing.bars),
        "flags": all_said(standing.flags),
        "unit": posting.unit_id if posting else None,
        "kind": posting.kind.value if posting else None,
        "status": posting.status.value if posting else None,
    }


# --- files that are read in -----------------------------------------------------------------------


def read_file(path: Path, columns: Sequence[str]) -> tuple[str, Rows]:
    """SHA-256 of a file, and its rows by these columns. Raises `BadInput`."""
    try:
        sheet = read_sheet(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be read", why="UNREADABLE", path=str(path)) from error
    return sheet.sha256, rows_of(sheet, columns)


Faults = Sequence[tuple[int, Fault]]
"""What is wrong, each with its line in the file."""


def say_faults(output: Output, faults: Faults) -> None:
    """Each fault with its line and column, in both languages."""
    for line, fault in faults:
        chinese, english = sentence_of(fault)
        output.say(
            f"第 {line} 行“{fault.column}”：{chinese}", f"Line {line}, {fault.column}: {english}"
        )


def faults_json(faults: Faults) -> list[Json]:
    """The faults as objects hold them."""
    return [_fault_json(line, fault) for line, fault in faults]


def say_read(output: Output, import_id: str | None, *, taken: int, refused: int) -> None:
    """What became of a file of which so many rows can be taken and so many not."""
    if import_id is None:
        output.say(
            f"未导入：{taken} 行可以导入，{refused} 行有错误",
            f"Nothing was taken in: {taken} rows can be, {refused} have faults",
        )
        return
    output.say(
        f"已导入 {taken} 行（{import_id}），{refused} 行有错误未导入",
        f"Took in {taken} rows as {import_id}; {refused} with faults were left out",
    )


def exit_of(import_id: str | None, *, refused: int) -> ExitCode:
    """Fine, or partial where rows were left out, or usage where faults kept all of it out."""
    if not refused:
        return ExitCode.FINE
    return ExitCode.USAGE if import_id is None else ExitCode.PARTIAL


def sentence_of(fault: Fault) -> tuple[str, str]:
    """What is wrong with a cell, in Chinese and English."""
    chinese, english = WHY[fault.why]
    return chinese.format_map(fault.facts), english.format_map(fault.facts)


def _fault_json(line: int, fault: Fault) -> Json:
    chinese, english = sentence_of(fault)
    message: dict[str, Json] = {"zh": chinese, "en": english}
    return {"line": line, "column": fault.column, "code": fault.why, "message": message}
