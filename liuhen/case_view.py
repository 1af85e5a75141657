"""How commands show cases and actions, and what a refused step says."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection

from cases import follow, lists
from cases.blocking import NextStep
from cases.import_cells import FileOf, Line
from cases.reading import Action, Case
from cases.trying import Step, StepRefused, Told
from evidence.canonical import Json
from evidence.register_words import word
from liuhen import clock
from liuhen.arguments import moment_of, shown_moment
from liuhen.invocation import Invocation
from liuhen.output import ExitCode, Output, error_json
from liuhen.register_view import (
    UNKNOWN,
    exit_of,
    faults_json,
    read_file,
    say_faults,
    say_read,
)
from people import staff, units
from storage.site import Site


@contextmanager
def stepping(run: Invocation, command: str) -> Iterator[None]:
    """As `Invocation.reporting`; a refused step says every reason, its clause and its remedy."""
    with run.reporting(command):
        try:
            yield
        except StepRefused as refused:
            say_told(run.output, refused.told)
            told: list[Json] = [one.json() for one in refused.told]
            error: dict[str, Json] = error_json(refused)
            body: dict[str, Json] = {"command": command, "error": error, "refusals": told}
            run.output.finish(body, ExitCode.USAGE)


def say_told(output: Output, told: Sequence[Told]) -> None:
    """Each reason with the first clause it rests on, and what would lift it."""
    for one in told:
        clause = one.clauses[0] if one.clauses else None
        where = "" if clause is None else f"（{clause.document} {clause.article}）"
        article = "" if clause is None else f" ({clause.article})"
        output.say(
            f"[{one.code}] {one.said[0]}{where}；{one.lift[0]}",
            f"[{one.code}] {one.said[1]}{article}; {one.lift[1]}",
        )


def say_next(output: Output, following: Sequence[NextStep], *, kind: type[StrEnum]) -> None:
    """What may come next, and what stands against it."""
    for one in following:
        chinese, english = word(kind(one.to))
        if one.told:
            output.say(f"下一步“{chinese}”尚不能办理：", f"Next, “{english}”, is blocked:")
            say_told(output, one.told)
        else:
            output.say(f"下一步可办理“{chinese}”", f"Next, “{english}”, may be taken")


def case_row(case: Case, names: Mapping[str, str]) -> Sequence[str]:
    """A line of the list of cases."""
    said = case.details
    return (
        case.id,
        said.number,
        names.get(said.unit, UNKNOWN),
        " ".join(word(said.category)),
        " ".join(word(case.state)),
        shown_moment(case.state_at),
        said.title or UNKNOWN,
    )


CASE_COLUMNS = (
    *("编号 id", "案号 number", "单位 unit", "类别 category"),
    *("环节 state", "时间 at", "案由 title"),
)


def action_row(action: Action, names: Mapping[str, str]) -> Sequence[str]:
    """A line of the list of actions."""
    said = action.details
    return (
        action.id,
        said.case or UNKNOWN,
        names.get(said.unit, UNKNOWN),
        said.type_name or " ".join(word(said.type)),
        " ".join(word(action.state)),
        shown_moment(action.state_at),
    )


ACTION_COLUMNS = (
    *("编号 id", "案件 case", "单位 unit", "类型 type"),
    *("状态 state", "时间 at"),
)


def unit_names(connection: Connection) -> dict[str, str]:
    """The names of units by id."""
    return {unit.id: unit.name for unit in units.all_units(connection)}


def case_id(site: Site, named: str) -> str:
    """The id of a case named by id, number or outside id. Raises `NotFound`."""
    with site.database.read() as connection:
        return lists.find_case(connection, named).id


def action_id(site: Site, named: str) -> str:
    """The id of an action named by its own or outside id. Raises `NotFound`."""
    with site.database.read() as connection:
        return lists.find_action(connection, named).id


def person_id(site: Site, named: str) -> str:
    """The id of somebody named by officer number or id. Raises `NotFound`."""
    with site.database.read() as connection:
        return staff.find(connection, named).id


def persons(site: Site, named: Sequence[str] | None) -> list[str]:
    """The ids of several."""
    return [person_id(site, one) for one in named or ()]


def step_of(site: Site, by: str, *, at: str | None, document: str | None) -> Step:
    """Somebody takes a step at a moment, by the document named."""
    return Step(person_id(site, by), moment_of(at, clock.now()), document)


def caught_up(site: Site) -> None:
    """Follows the log before anything is shown: links and verdicts are as of now."""
    follow.catch_up(site.ledger)


def file_of(path: Path, columns: Sequence[str], *, source: str) -> FileOf:
    """A file of cases or actions. Raises `BadInput`."""
    sha256, rows = read_file(path, columns)
    return FileOf(rows, sha256, source)


def finish_import(
    run: Invocation, command: str, *, file: FileOf, import_id: str | None, lines: Sequence[Line]
) -> None:
    """Tells what became of a file's rows."""
    faults = [(line.line, fault) for line in lines for fault in line.faults]
    refused = sum(bool(line.faults) for line in lines)
    say_faults(run.output, faults)
    say_read(run.output, import_id, taken=len(lines) - refused, refused=refused)
    rows: list[Json] = [{"line": line.line, "outcome": line.outcome} for line in lines]
    body: dict[str, Json] = {
        "command": command,
        "import": import_id,
        "sha256": file.sha256,
        "good": len(lines) - refused,
        "refused": refused,
        "rows": rows,
        "faults": faults_json(faults),
    }
    run.output.finish(body, exit_of(import_id, refused=refused))
