"""Reports on the screen, as Excel or PDF: of what lies within reach; a file is on record first.

Holds always: the entry `report.made` names whoever asked, the days, the units and the digest of the
very bytes that are sent, and is durable before they are; whoever does not reach everything gets a
report of their units alone, in which people of no such unit stand by id.
"""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api import models_report as m
from api.guard import Caller, needs
from api.models import Words
from api.models_register import Day
from api.responses import PROBLEMS
from api.world import World, world_of
from cases import finding_follow, follow
from cases.report_rows import Asked
from cases.reports import REPORTS
from evidence.canonical import Json
from evidence.ratio import day_of
from evidence.reason_messages import Sentence
from evidence.report import Report, ReportFormat, ReportKind
from people.roles import Permission
from render.pdf import as_pdf, check_font
from render.sheets_out import as_excel
from storage.reporting import record_report

router = APIRouter(prefix="/api/reports", tags=["reports"])

_BEFORE = timedelta(days=30)
_REGISTER = frozenset({ReportKind.RATIO, ReportKind.HOLDERS})
_TYPES = {
    ReportFormat.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ReportFormat.PDF: "application/pdf",
}
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the file; its SHA-256 stands in the header X-Liuhen-Sha256",
        "content": {
            name: {"schema": {"type": "string", "format": "binary"}} for name in _TYPES.values()
        },
    }
}
First = Annotated[Day | None, Query(description="30 days before the last if left out")]
Last = Annotated[Day | None, Query(description="today if left out")]
_reading = Depends(needs(Permission.READ_REPORTS))


@router.get("/{kind}", responses=PROBLEMS["find"])
def show_report(
    request: Request,
    kind: m.Kind,
    first: First = None,
    last: Last = None,
    caller: Caller = _reading,
) -> m.ReportShown:
    """A report on the screen: what its file would say, of the same days and units."""
    world = world_of(request)
    asked = _asked(world, (first, last), caller=caller)
    return _shown(_read(world, ReportKind(kind), asked=asked), kind)


@router.post("", response_class=Response, responses={**PROBLEMS["change"], **FILE})
def make_report(request: Request, given: m.ReportAsked, caller: Caller = _reading) -> Response:
    """Makes a report of some days and gives it out; that it was made is an act on record."""
    world = world_of(request)
    kind = ReportKind(given.kind)
    if given.format is ReportFormat.PDF:
        check_font()
    asked = _asked(world, (given.first, given.last), caller=caller)
    report = _read(world, kind, asked=asked)
    make = as_pdf if given.format is ReportFormat.PDF else as_excel
    data = make(report, made_at=asked.now)
    ledger = world.ledger_of(caller.account)
    sha256 = record_report(ledger, kind, data=data, facts=_facts(kind, asked))
    name = f"{kind.value}-{asked.last.isoformat()}.{given.format.value}"
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "x-liuhen-sha256": sha256,
    }
    return Response(data, media_type=_TYPES[given.format], headers=headers)


def _read(world: World, kind: ReportKind, *, asked: Asked) -> Report:
    """What a report says, once everything is followed that it rests on."""
    if kind not in _REGISTER:
        follow.catch_up(world.site.ledger)
        finding_follow.follow(world.site.ledger)
    with world.site.database.read() as connection:
        return REPORTS[kind](connection, asked)


def _asked(world: World, days: tuple[date | None, date | None], *, caller: Caller) -> Asked:
    """The days, of the caller's units."""
    now = world.site.clock()
    last = days[1] or day_of(now)
    within = None if caller.extent.everything else caller.extent.units
    return Asked(days[0] or last - _BEFORE, last, now, within, named=within)


def _shown(report: Report, kind: m.Kind) -> m.ReportShown:
    return m.ReportShown(
        kind=kind,
        title=_words(report.title),
        facts=[m.FactShown(title=_words(title), value=cell) for title, cell in report.facts],
        tables=[
            m.TableShown(
                title=_words(table.title),
                columns=[_words(one.title) for one in table.columns],
                rows=[list(row) for row in table.rows],
                empty=_words(table.empty),
            )
            for table in report.tables
        ],
    )


def _words(said: Sentence) -> Words:
    return Words(zh=said[0], en=said[1])


def _facts(kind: ReportKind, asked: Asked) -> dict[str, Json]:
    """What the entry says beside kind and digest; units where not all were asked for."""
    is_day = kind is ReportKind.RATIO
    days: dict[str, Json] = {"day": asked.last.isoformat()} if is_day else asked.json()
    return days if asked.within is None else {**days, "units": [*sorted(asked.within)]}
