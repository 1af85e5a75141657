"""What the name of a file on a card claims.

Holds always: any bytes are accepted and nothing is raised; a claim is only ever read off, never
made up. Factory zeros are "not set", a date that does not exist is no date, and both stay visible
as raw text and remark. The path is not opened and not obeyed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from devices.kinds import kind_of, log_make
from devices.makes import MAX_NAME, UNKNOWN, Form, Make, Makes, match
from devices.wallclock import WallTime, wall_time
from devices.words import NameClock, Remark, Scope, is_unset
from evidence.personal import shown_name
from evidence.vocabulary import FileKind


@dataclass(frozen=True)
class NameFacts:
    """What one name claims.

    `recorder` and `officer` are None where the name states none or states factory zeros; the raw
    fields keep what stands there. `claimed_time` is YYYY-MM-DDTHH:MM:SS on the recorder's own
    clock, zone unstated. `sequence` counts within `series`. `chapter` numbers the parts of one
    recording. `odd_name` means the name holds something that a terminal, a shell or another file
    system would take for more than a name.
    """

    make: str
    form: str | None
    kind: FileKind
    recorder: str | None
    recorder_raw: str | None
    officer: str | None
    officer_raw: str | None
    claimed_time: str | None
    sequence: int | None
    series: str | None
    chapter: int | None
    important: bool
    odd_name: bool
    remarks: tuple[Remark, ...]


def read_name(path: bytes, makes: Makes) -> NameFacts:
    """The claims of `path`, relative to the card, with '/' between folders."""
    *folders, name = path.decode("utf-8", "surrogateescape").split("/")
    stem, extension = _split(name)
    make, form, groups = _recognise(folders[-1] if folders else "", stem, makes=makes)
    log = log_make(folders, extension, makes=makes) if form is None else None
    time = _time(form, groups)
    raw_recorder, raw_officer = groups.get("recorder"), groups.get("officer")
    return NameFacts(
        make=log.id if log else make,
        form=form.id if form else None,
        kind=kind_of(folders, extension, makes=makes),
        recorder=_number(raw_recorder),
        recorder_raw=raw_recorder,
        officer=_number(raw_officer),
        officer_raw=raw_officer,
        claimed_time=time.text,
        sequence=_integer(groups.get("sequence")),
        series=_series(make, form, groups=groups, folders=folders, tops=_tops(makes)),
        chapter=_chapter(form, groups),
        important=form is not None and groups.get("mark", "").upper() in form.important,
        odd_name=_is_odd(path, [*folders, name]),
        remarks=_remarks(time, raw_recorder, officer=raw_officer),
    )


def _split(name: str) -> tuple[str, str]:
    stem, dot, extension = name.rpartition(".")
    return (stem, extension) if dot else (name, "")


def _recognise(folder: str, stem: str, *, makes: Makes) -> tuple[str, Form | None, dict[str, str]]:
    if len(stem) > MAX_NAME or len(folder) > MAX_NAME:
        return UNKNOWN, None, {}
    for make in makes:
        for form in make.forms:
            groups = match(form, folder, stem=stem)
            if groups is not None:
                return make.id, form, groups
    return UNKNOWN, None, {}


def _time(form: Form | None, groups: Mapping[str, str]) -> WallTime:
    time = wall_time(groups)
    if time.text and form and form.clock is NameClock.UTC:
        return WallTime(None, Remark.TIME_IS_UTC)
    return time


def _number(raw: str | None) -> str | None:
    return None if raw is None or is_unset(raw) else raw.upper()


def _integer(digits: str | None) -> int | None:
    return None if digits is None else int(digits)


def _chapter(form: Form | None, groups: Mapping[str, str]) -> int | None:
    stated = _integer(groups.get("chapter"))
    return form.chapter if stated is None and form else stated


def _tops(makes: Sequence[Make]) -> frozenset[str]:
    return frozenset(tree for make in makes for tree in make.trees)


def _series(
    make: str,
    form: Form | None,
    *,
    groups: Mapping[str, str],
    folders: Sequence[str],
    tops: frozenset[str],
) -> str | None:
    """A key that two names share exactly if one counter wrote both."""
    if form is None or form.scope is None:
        return None
    recorder = groups.get("recorder", "").upper()
    day = "".join(groups.get(piece, "") for piece in ("year", "month", "day"))
    parts = {
        Scope.RECORDER_DAY: [recorder, day],
        Scope.RECORDER: [recorder],
        Scope.CARD: [_root(folders, tops)],
        Scope.FOLDER: [_root(folders, tops), folders[-1].upper() if form.folder else ""],
    }
    return ":".join([make, *(part for part in parts[form.scope] if part)])


def _root(folders: Sequence[str], tops: frozenset[str]) -> str:
    """Tells the cards apart that someone copied side by side into one folder; '' for a card.

    Folders above the first that a make is known to create are not the card's. Their names may be
    anything, so a digest stands for them.
    """
    lower = [folder.lower() for folder in folders]
    top = next((i for i, folder in enumerate(lower) if folder in tops), len(lower))
    above = "/".join(folders[:top])
    if not above:
        return ""
    return hashlib.sha256(above.encode("utf-8", "surrogateescape")).hexdigest()[:8]


def _is_odd(path: bytes, parts: Sequence[str]) -> bool:
    if any(part in ("", ".", "..") or part.startswith("-") for part in parts):
        return True
    return shown_name(path) != path.decode("utf-8", "surrogateescape")


def _remarks(time: WallTime, recorder: str | None, *, officer: str | None) -> tuple[Remark, ...]:
    found = [time.remark]
    if recorder is not None and is_unset(recorder):
        found.append(Remark.RECORDER_NOT_SET)
    if officer is not None and is_unset(officer):
        found.append(Remark.OFFICER_NOT_SET)
    return tuple(remark for remark in found if remark is not None)
