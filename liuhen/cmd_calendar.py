"""`calendar show|import|due`: working days, the yearly notice, and when a term ends."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from evidence.canonical import Json
from evidence.errors import BadInput, NotFound
from evidence.register_words import word
from evidence.terms import Due, Term, due_after
from evidence.vocabulary import TermUnit
from evidence.workdays import CalendarYear, WorkCalendar, holidays_of
from evidence.year_table import MOST_BYTES
from liuhen import invocation
from liuhen.invocation import Invocation
from liuhen.output import ExitCode
from people.calendar import (
    Preview,
    YearInForce,
    import_year,
    in_force,
    preview,
    problem_sentence,
    years_in_force,
)

app = typer.Typer(help="工作日历与期限  Working days and terms", no_args_is_help=True)


@app.command()
def show(
    context: typer.Context,
    year: Annotated[int | None, typer.Argument(help="年份，默认全部  Year, else all")] = None,
) -> None:
    """显示已知年份的放假与调休  Show the days off and make-up days of the years known."""
    run = invocation.of(context)
    with run.reporting("calendar show"), run.site() as site:
        with site.database.read() as connection:
            known = years_in_force(connection)
        found = [held for held in known if year in (None, held.year.number)]
        if not found:
            raise NotFound(f"No calendar of {year}", why="CALENDAR_YEAR", year=year or 0)
    if year is None:
        columns = ("年份 year", "假期 holidays", "调休上班 make-up", "来源 origin", "依据 document")
        run.output.table(columns, (_row(held) for held in found))
    else:
        _say_year(run, found[0].year)
    body: list[Json] = [_year_json(held) for held in found]
    run.output.finish({"command": "calendar show", "years": body})


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="日期,休|班 的 CSV  Table of dates, 休 or 班")],
    year: Annotated[int | None, typer.Option(help="年份，默认按表中  Year")] = None,
    source: Annotated[str | None, typer.Option(help="依据的文件  Document it is from")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只预览  Preview only")] = False,
) -> None:
    """导入一年的放假通知  Import a year's notice, with a preview."""
    run = invocation.of(context)
    with run.reporting("calendar import"), run.site() as site:
        data = _bytes_of(file)
        with site.database.read() as connection:
            seen = preview(connection, data, number=year, source=source)
        _say_preview(run, seen)
        imported = None
        if seen.table.year is not None and not dry_run:
            imported = import_year(site.ledger, data, number=year, source=source)
    if imported is not None:
        name = imported.year.number
        run.output.say(f"已导入 {name} 年", f"Imported {name}")
    elif seen.table.year is not None:
        run.output.say("以上为预览，未导入", "A preview; nothing was imported")
    run.output.finish(
        {"command": "calendar import", "imported": imported is not None, **_preview_json(seen)},
        ExitCode.USAGE if seen.table.problems else ExitCode.FINE,
    )


@app.command()
def due(
    context: typer.Context,
    from_: Annotated[str, typer.Option("--from", help="起算日（当日不计）  Day of the event")],
    days: Annotated[int, typer.Option(help="期限长度  Length of the term")],
    unit: Annotated[TermUnit, typer.Option(help="单位  Unit")] = TermUnit.WORKING_DAY,
    roll: Annotated[
        bool, typer.Option("--roll/--no-roll", help="末日顺延至工作日  Roll to a working day")
    ] = True,
) -> None:
    """计算期限的末日  When a term ends."""
    run = invocation.of(context)
    with run.reporting("calendar due"), run.site() as site:
        event, term = _date_of(from_), Term(days, unit)
        with site.database.read() as connection:
            calendar = in_force(connection)
        found = due_after(event, term, calendar=calendar, roll=roll)
    _say_due(run, found)
    said: dict[str, Json] = {
        "command": "calendar due",
        "from": str(event),
        "count": days,
        "unit": unit.value,
        "roll": roll,
    }
    run.output.finish({**said, **_due_json(found, calendar)})


def _bytes_of(file: Path) -> bytes:
    """What the file holds, one byte more than is allowed at most; raises `BadInput`."""
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise BadInput(f"{file} cannot be read", why="UNREADABLE", path=str(file)) from error


def _date_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{text!r} is not a date", why="NOT_A_DATE", text=text) from error


def _say_year(run: Invocation, year: CalendarYear) -> None:
    run.output.say(f"{year.number} 年，依据：{year.source}", f"{year.number}, from: {year.source}")
    columns = ("起 first", "止 last", "天数 days")
    spans = holidays_of(year)
    run.output.table(columns, ((str(a), str(b), str((b - a).days + 1)) for a, b in spans))
    worked = "、".join(f"{day:%m-%d}" for day in sorted(year.worked)) or "—"
    run.output.say(f"调休上班：{worked}", f"Weekend days worked: {worked}")


def _say_preview(run: Invocation, seen: Preview) -> None:
    for problem in seen.table.problems:
        run.output.say(*problem_sentence(problem))
    if seen.table.year is None:
        count = len(seen.table.problems)
        run.output.say(f"共 {count} 处错误，未导入", f"{count} problems; nothing was imported")
        return
    _say_year(run, seen.table.year)
    if seen.before is None:
        run.output.say("该年此前没有数据", "Nothing was known of this year")
        return
    source, turned = seen.before.year.source, [one for one in seen.turns if one.was != one.becomes]
    run.output.say(
        f"与现行数据（{source}）不同的日子：{len(turned)}",
        f"Days that differ from what holds now ({source}): {len(turned)}",
    )
    said = [
        (str(one.day), *(" ".join(word(state)) for state in (one.was, one.becomes)))
        for one in turned
    ]
    run.output.table(("日期 day", "原为 was", "改为 becomes"), said)


def _say_due(run: Invocation, found: Due) -> None:
    if found.day is not None:
        run.output.say(f"末日：{found.day}，至 24:00", f"Last day: {found.day}, until 24:00")
        return
    run.output.say(
        f"暂定：不早于 {found.not_before}；缺少之后年份的放假通知，导入后再算",
        f"Provisional: not before {found.not_before}; a year's notice is missing, import it first",
    )


def _row(held: YearInForce) -> tuple[str, ...]:
    days = sum((last - first).days + 1 for first, last in holidays_of(held.year))
    counts = (str(held.year.number), str(days), str(len(held.year.worked)))
    return (*counts, held.origin.value, held.year.source)


def _year_json(held: YearInForce) -> dict[str, Json]:
    return {
        "year": held.year.number,
        "origin": held.origin.value,
        "source": held.year.source,
        "number": held.number,
        "imported_at": held.imported_at,
        **_days_json(held.year),
    }


def _days_json(year: CalendarYear | None) -> dict[str, Json]:
    spans = holidays_of(year) if year else []
    return {
        "holidays": [{"first": str(first), "last": str(last)} for first, last in spans],
        "worked": [str(day) for day in sorted(year.worked)] if year else [],
    }


def _preview_json(seen: Preview) -> dict[str, Json]:
    year, before = seen.table.year, seen.before
    problems: list[Json] = []
    for problem in seen.table.problems:
        chinese, english = problem_sentence(problem)
        message: Json = {"zh": chinese, "en": english}
        problems.append({"line": problem.line, "code": problem.code, "message": message})
    return {
        "year": year.number if year else None,
        "source": year.source if year else None,
        **_days_json(year),
        "before": {"origin": before.origin.value, "source": before.year.source} if before else None,
        "changed": [str(day) for day in seen.changed],
        "problems": problems,
    }


def _due_json(found: Due, calendar: WorkCalendar) -> dict[str, Json]:
    last = calendar.last_working(found.day) if found.day else None
    return {
        "state": found.state.value,
        "day": str(found.day) if found.day else None,
        "not_before": str(found.not_before),
        "unrolled": str(found.unrolled) if found.unrolled else None,
        "last_working_day": str(last) if last else None,
    }
