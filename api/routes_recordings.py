"""Finding recordings, and what is on record of each."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection

from api import models as m
from api.access import may_know_of
from api.acts import act_words, actor_words
from api.guard import Caller, check_recording, extent_of, needs
from api.responses import PROBLEMS
from api.world import World, world_of
from evidence import entry as entries
from evidence.canonical import Json
from evidence.derivative import DerivativeState
from evidence.errors import BadInput, Forbidden, NotFound
from evidence.messages import error_sentence, preview_sentence, sentence
from evidence.register_words import WORDS
from evidence.remarks import Remark, remarks_of
from evidence.retention import RetentionClass
from evidence.vocabulary import FileKind
from people import accounts, units, views
from people.roles import Permission
from people.views import LOOKS
from storage import catalogue, derivatives, listing
from storage.catalogue import SightingView
from storage.derivatives import Derivative
from storage.graves import Grave, grave, graves
from storage.listing import Filter, Listed
from storage.making import under_way
from storage.site import Site

router = APIRouter(prefix="/api/recordings", tags=["recordings"])

_MOST_ENTRIES = 500
_MOST_LOOKS = 200
_listing = Depends(needs(Permission.LIST_RECORDINGS))
_custody = Depends(needs(Permission.READ_CUSTODY))
_looks = Depends(needs(Permission.READ_VIEWS))

_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$"
Exact = Annotated[str | None, Query(min_length=1, max_length=200, pattern=m.PLAIN)]
Before = Annotated[
    str | None, Query(max_length=400, pattern=m.PLAIN, description="a page's `next`")
]


class Wanted:
    """The filters of the list as the address carries them."""

    def __init__(
        self,
        recorder: Exact = None,
        officer: Exact = None,
        unit: Exact = None,
        dock: Exact = None,
        session: Exact = None,
        kind: FileKind | None = None,
        day: Annotated[str | None, Query(pattern=_DAY, description="claimed day")] = None,
        sealed_from: Annotated[str | None, Query(pattern=_TIME)] = None,
        sealed_to: Annotated[str | None, Query(pattern=_TIME)] = None,
    ) -> None:
        _check_is_there("day", day, reading=date.fromisoformat)
        for name, text in (("sealed_from", sealed_from), ("sealed_to", sealed_to)):
            _check_is_there(name, text, reading=datetime.fromisoformat)
        self.filter = Filter(
            recorder=recorder,
            officer=officer,
            unit=unit,
            dock=dock,
            session=session,
            kind=None if kind is None else kind.value,
            day=day,
            sealed_from=sealed_from,
            sealed_to=sealed_to,
        )


def _check_is_there(field: str, text: str | None, *, reading: Callable[[str], date]) -> None:
    """Raises `BadInput` for a day or time that has the form of one and is none."""
    if text is None:
        return
    try:
        reading(text)
    except ValueError as error:
        why = "FIELD_NO_DAY"
        raise BadInput(f"{field}: no such day or time", why=why, field=field, text=text) from error


@router.get("", responses=PROBLEMS["read"])
def list_recordings(
    request: Request,
    wanted: Annotated[Wanted, Depends()],
    before: Before = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    caller: Caller = _listing,
) -> m.RecordingsPage:
    """The newest recordings that may be seen; at most one exact filter beside the times."""
    database = world_of(request).site.database
    listing.catch_up(database)
    with database.read() as connection:
        rows = listing.page(
            connection, wanted.filter, within=caller.within, before=before, limit=limit
        )
        names = unit_names(connection)
        shown = catalogue.sightings_named(connection, [row.sighting for row in rows])
        gone = graves(connection, {row.recording for row in rows})
        remarks = derivatives.labels_of(connection, {row.recording for row in rows})
    listed = [
        _listed(
            *(row, shown[row.sighting]),
            names=names,
            found=remarks.get(row.recording, []),
            gone=gone.get(row.recording),
        )
        for row in rows
    ]
    more = listing.cursor(rows[-1]) if len(rows) == limit else None
    return m.RecordingsPage(recordings=listed, next=more)


@router.get("/{recording}", responses=PROBLEMS["find"])
def one_recording(request: Request, recording: m.Sha256, caller: Caller = _listing) -> m.Recording:
    """One recording, with its sightings and what was made of it to look at."""
    world = world_of(request)
    is_let_in = _check_known(world, caller, recording=recording)
    database = world.site.database
    with database.read() as connection:
        size, sealed_at = catalogue.find_recording(connection, recording)
        digests = catalogue.further_digests(connection, recording)
        buried = grave(connection, recording)
        listed = {row.sighting: row for row in listing.of_recording(connection, recording)}
        names = unit_names(connection)
    seen = [
        _sighting(view, listed[view.id], names=names)
        for view in catalogue.sightings_of(database, recording)
        if view.id in listed and (is_let_in or _covers(caller, listed[view.id]))
    ]
    return m.Recording(
        recording=recording,
        size=size,
        sealed_at=sealed_at,
        digests={"sha256": recording, **digests},
        sightings=seen,
        derivatives=[_derivative(row) for row in derivatives.of_recording(database, recording)],
        making=_making(world.site, recording),
        disposed=None if buried is None else disposed(buried),
    )


@router.get("/{recording}/custody", responses=PROBLEMS["find"])
def custody(request: Request, recording: m.Sha256, caller: Caller = _custody) -> m.Custody:
    """The entries of the custody log about a recording and the dockings it came by."""
    world = world_of(request)
    is_let_in = _check_known(world, caller, recording=recording)
    with world.site.database.read() as connection:
        rows = listing.of_recording(connection, recording)
        within = [row for row in rows if is_let_in or _covers(caller, row)]
        sessions = {f"session/{row.session}" for row in within}
        subjects = [f"recording/{recording}", *sorted(sessions)]
        bodies = listing.entries_about(connection, subjects, limit=_MOST_ENTRIES + 1)
        names = accounts.names(connection)
        found = [_entry(connection, body, names=names) for body in bodies[-_MOST_ENTRIES:]]
    withheld = None
    if not _may_know_who_looked(caller, rows):
        found, withheld = _without_lookers(found)
    return m.Custody(entries=found, whole=len(bodies) <= _MOST_ENTRIES, withheld=withheld)


@router.get("/{recording}/views", responses=PROBLEMS["find"])
def looks(request: Request, recording: m.Sha256, caller: Caller = _looks) -> m.Looks:
    """Who has looked at a recording, when, and at which bytes."""
    world = world_of(request)
    check_recording(world, caller.extent, recording=recording)
    found = views.of_recording(world.site.database, recording, limit=_MOST_LOOKS)
    with world.site.database.read() as connection:
        people = accounts.names(connection)
    return m.Looks(
        views=[
            m.Looked(
                id=view.id,
                account=view.account,
                name=people.get(view.account),
                kind=view.kind.value,
                opened_at=view.opened_at,
                ended=view.ended,
                cut_short=view.cut_short,
                shown=[_shown(one) for one in view.shown],
            )
            for view in found
        ]
    )


def _check_known(world: World, caller: Caller, *, recording: str) -> bool:
    """Whether it is known by team or grant alone; raises `NotFound` for not at all."""
    try:
        check_recording(world, caller.extent, recording=recording)
    except NotFound:
        if not may_know_of(world, caller, recording=recording):
            raise
        return True
    return False


def _may_know_who_looked(caller: Caller, rows: Sequence[Listed]) -> bool:
    try:
        reach = extent_of(caller.logged_in, Permission.READ_VIEWS)
    except Forbidden:
        return False
    return any(reach.covers(unit_id=row.unit, officer=row.officer) for row in rows)


def _without_lookers(
    found: Sequence[m.CustodyEntry],
) -> tuple[list[m.CustodyEntry], m.Withheld | None]:
    """The entries, those of looks without whose they are: that something stood there is told."""
    nobody: dict[str, object] = {"actor": None, "facts": {}, "body": None}
    shown = [one.model_copy(update=nobody if one.act in LOOKS else {}) for one in found]
    count = sum(one.act in LOOKS for one in found)
    chinese, english = sentence("LOOKERS_WITHHELD", {"count": count})
    words = m.Words(zh=chinese, en=english)
    return shown, m.Withheld(count=count, words=words) if count else None


def unit_names(connection: Connection) -> dict[str, str]:
    """Names of units by id."""
    return {unit.id: unit.name for unit in units.all_units(connection)}


def _covers(caller: Caller, row: Listed) -> bool:
    return caller.extent.covers(unit_id=row.unit, officer=row.officer)


def _shown(one: views.Shown) -> m.ShownBytes:
    ranges = [(span.start, span.end) for span in one.spans]
    return m.ShownBytes(what=one.what, size=one.size, ranges=ranges)


def disposed(buried: Grave) -> m.Disposed:
    """By what a recording went, in words too."""
    error = buried.error()
    chinese, english = error_sentence(error.code, str(error), facts=error.facts)
    of_class = WORDS[RetentionClass].get(buried.class_code, (buried.class_code,) * 2)
    return m.Disposed(
        batch=buried.batch,
        certificate=buried.certificate,
        class_words=m.Words(zh=of_class[0], en=of_class[1]),
        period=buried.period,
        due_on=buried.due_on,
        basis=buried.basis,
        buried_at=buried.buried_at,
        words=m.Words(zh=chinese, en=english),
    )


def _listed(
    row: Listed,
    view: SightingView,
    *,
    names: dict[str, str],
    found: Sequence[str],
    gone: Grave | None,
) -> m.ListedRecording:
    return m.ListedRecording(
        sighting=row.sighting,
        recording=row.recording,
        session=row.session,
        name=view.name,
        size=view.size,
        kind=row.kind,
        labels=list(dict.fromkeys([*view.labels, *found])),
        day=row.day,
        sealed_at=row.sealed_at,
        dock=row.dock,
        recorder=row.recorder,
        officer=row.officer,
        unit=row.unit,
        unit_name=names.get(row.unit or ""),
        disposed=None if gone is None else gone.certificate or gone.batch,
    )


def _sighting(view: SightingView, row: Listed, *, names: dict[str, str]) -> m.Sighting:
    return m.Sighting(
        id=view.id,
        session=view.session,
        name=view.name,
        kind=view.kind,
        labels=list(view.labels),
        name_time=view.name_time,
        container_time=view.container_time,
        container_zone=view.container_zone,
        file_time=view.file_time,
        zone=view.zone,
        sealed_at=view.sealed_at,
        dock=row.dock,
        recorder=row.recorder,
        officer=row.officer,
        unit=row.unit,
        unit_name=names.get(row.unit or ""),
    )


def _derivative(row: Derivative) -> m.DerivativeShown:
    words = None
    if row.state == DerivativeState.FAILED:
        reason = str(row.facts.get("message", ""))
        code = row.code or "NOT_PLAYABLE"
        chinese, english = preview_sentence(code, reason, facts=row.facts)
        words = m.Words(zh=chinese, en=english)
    labels = row.facts.get("labels")
    return m.DerivativeShown(
        kind=row.kind.value,
        state=row.state.value,
        words=words,
        tool=row.tool,
        labels=[str(label) for label in labels] if isinstance(labels, list) else [],
        remarks=_remarks(row.facts.get("reasons")),
        transcoded={name: _why(row.facts.get(name)) for name in ("video", "sound")},
        files=[str(file["name"]) for file in row.files],
        made_at=entries.time_text(row.made_at),
        facts=dict(row.facts),
    )


def _making(site: Site, recording: str) -> m.MakingShown | None:
    found = next((one for one in under_way(site) if one.recording == recording), None)
    return m.MakingShown(kind=found.kind.value, percent=found.percent) if found else None


def _remarks(found: Json) -> list[m.RemarkShown]:
    return [_remark(one) for one in remarks_of(found)]


def _why(stream: Json) -> list[m.RemarkShown]:
    return _remarks(stream.get("why")) if isinstance(stream, Mapping) else []


def _remark(one: Remark) -> m.RemarkShown:
    chinese, english = one.words()
    words = m.Words(zh=chinese, en=english)
    return m.RemarkShown(code=one.code.value, words=words, detail=one.detail or None)


def _entry(connection: Connection, body: str, *, names: dict[str, str | None]) -> m.CustodyEntry:
    entry = entries.parse(body.encode())
    facts: dict[str, Json] = dict(entry.facts)
    return m.CustodyEntry(
        seq=entry.seq,
        at=entries.time_text(entry.at),
        clock=entry.clock,
        act=entry.act,
        words=act_words(entry.act),
        actor=actor_words(connection, entry.actor, names=names),
        facts=dict(facts),
        body=body,
    )
