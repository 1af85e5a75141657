"""One file from the card into the vault and the log.

Holds always: a file is called safe only after `Vault.confirm` (durable, read back, equal) and the
commit of its sealing act; whatever goes wrong before that, the card still has the file and the
copy is thrown away; a read error keeps what could be read, labelled PARTIAL.
"""

import contextlib
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from devices.makes import UNKNOWN
from evidence.container import ContainerTime, claimed_time
from evidence.entry import time_text
from evidence.errors import (
    CardGone,
    CardSilent,
    CardTrouble,
    CommitUnknown,
    EnvironmentTrouble,
    LiuhenError,
    NotRegular,
    OutOfSpace,
    SourceChanged,
    SourceUnreadable,
    StorageFailed,
)
from evidence.statements import SafeFile
from evidence.vocabulary import DockState, FileKind, FileState, Label, SafeBasis
from ingest import acts
from ingest.acts import About, Sealing, SightingFacts
from ingest.board import DockView
from ingest.card import SourceReader, close
from ingest.room import counted, watched
from ingest.session import Intake, Tracked
from ingest.settle import held_for_writing, unchanged
from storage.durable import storage_trouble
from storage.vault import Progress, StagedCopy, Stored, Vault

_MEDIA = frozenset({FileKind.VIDEO, FileKind.AUDIO, FileKind.PHOTO})
_WORTH_TELLING = frozenset({Label.EMPTY.value, Label.ODD_NAME.value})
_ABSURD_BEFORE = "2010"
_LONGEST_PAUSE = 12
"""What goes on failing is copied again more and more seldom, at most so many pauses apart."""
_ZONES = timedelta(days=2)  # a right clock in any zone claims no time later than this


def take(intake: Intake, tracked: Tracked) -> None:
    """Takes one file as far as it can be taken now; the outcome is in `tracked`.

    Raises `CardGone` or `CommitUnknown`: the session is over.
    """
    station = intake.station
    try:
        for attempt in range(station.settings.attempts):
            if attempt:
                intake.tell("COPIED_AGAIN", tracked)
            try:
                _take_answered(intake, tracked)
            except StorageFailed as error:
                failure: EnvironmentTrouble = error
                continue
            return
        _postpone(intake, tracked, error=failure, state=DockState.STORAGE_TROUBLE)
    except CardSilent:
        _wait_for_answer(intake, tracked)
    except SourceChanged:
        _wait_again(intake, tracked)
    except NotRegular as error:
        _fail(intake, tracked, error=error)
    except SourceUnreadable as error:
        _fail(intake, tracked, error=error)
    except OutOfSpace as error:
        _postpone(intake, tracked, error=error, state=DockState.WAITING_FOR_SPACE)
    except CommitUnknown:  # it may be sealed: a new session recognises it then
        raise
    except EnvironmentTrouble as error:
        _postpone(intake, tracked, error=error, state=DockState.STORAGE_TROUBLE)


def _take_answered(intake: Intake, tracked: Tracked) -> None:
    """Takes it once; raises `CardSilent` where a file cannot be opened and the card may be out."""
    try:
        _take_once(intake, tracked)
    except SourceUnreadable as error:
        if not tracked.is_judged:
            _judge(intake, tracked, error=error)
        raise


def _take_once(intake: Intake, tracked: Tracked) -> None:
    vault = intake.station.site.vault
    tracked.is_judged = False
    staged = _stage(intake, tracked)
    if staged.stopped is not None:
        with contextlib.ExitStack() as undo:
            undo.callback(vault.discard, staged)
            _must_be_worth_keeping(intake, tracked, staged=staged)
            undo.pop_all()
    tracked.state = FileState.READING_BACK
    stored = vault.confirm(staged, _ignore)
    tracked.repaired |= stored.repaired  # if the seal fails, the next try finds nothing to repair
    _seal(intake, tracked, staged=staged, stored=stored)
    if tracked.repaired:  # told after the seal: a damaged file without a row may have stood there
        tracked.repaired = False
        about = About(intake.session_id, stored.sha256)
        intake.observe("STORED_COPY_REPAIRED", about=about, facts={})
        intake.tell("STORED_COPY_REPAIRED", tracked)
    if staged.stopped is None:
        _compare_with_known(intake, tracked, stored=stored)
    if staged.stopped is not None:
        raise _fragment(staged.stopped) from staged.stopped


def _compare_with_known(intake: Intake, tracked: Tracked, *, stored: Stored) -> None:
    """A version that was sealed before must read as it did then; else somebody has to look."""
    if tracked.seen is None or tracked.seen.sha256 == stored.sha256:
        return
    about = About(intake.session_id, stored.sha256, tracked.path)
    facts = {"before": tracked.seen.sha256, "now": stored.sha256}
    intake.observe("KNOWN_FILE_DIFFERS", about=about, facts=facts)
    intake.tell("KNOWN_FILE_DIFFERS", tracked)


def _fragment(stopped: LiuhenError) -> SourceUnreadable:
    """What is told of a file of which a part is sealed: only then it may be called kept."""
    return SourceUnreadable(str(stopped), code="FRAGMENT_KEPT", **stopped.facts)


def _stage(intake: Intake, tracked: Tracked) -> StagedCopy:
    """Copies once; raises `SourceChanged` (the copy is gone) if the file did not hold still."""
    station, found = intake.station, tracked.found
    descriptor = intake.card.open(found)
    try:
        before = intake.card.look(descriptor)
        if held_for_writing(descriptor) or not found.same_version(before):
            raise SourceChanged("File is still being written")
        with station.turns.turn(intake.key, priority=tracked.priority):
            staged = _copy(intake, tracked, descriptor=descriptor)
        with contextlib.ExitStack() as undo:
            undo.callback(station.site.vault.discard, staged)
            if staged.stopped is None:
                after = intake.card.look(descriptor)
                _must_have_held_still(intake, tracked, looks=(before, after), size=staged.size)
            undo.pop_all()
    finally:
        close(descriptor)
    return staged


def _copy(intake: Intake, tracked: Tracked, *, descriptor: int) -> StagedCopy:
    """Copies into staging; raises `OutOfSpace` before the first byte if it does not fit."""
    station, vault = intake.station, intake.station.site.vault
    with station.room.promised(vault, tracked.found.size) as promise:
        _show_copying(intake, tracked)
        read_at = watched(SourceReader(descriptor, station.stop), vault)
        return vault.stage(read_at, counted(_progress(intake), promise))


def _must_have_held_still(
    intake: Intake, tracked: Tracked, *, looks: tuple[os.stat_result, os.stat_result], size: int
) -> None:
    if not _held_still(intake, tracked, looks=looks, size=size):
        raise SourceChanged("File changed while it was copied")


def _held_still(
    intake: Intake, tracked: Tracked, *, looks: tuple[os.stat_result, os.stat_result], size: int
) -> bool:
    """Whether the descriptor that is still open reads what was listed and stands there now.

    Raises `SourceUnreadable` where the card no longer lets anybody look.
    """
    before, after = looks
    if not unchanged(tracked.found, before, after=after) or size != after.st_size:
        return False
    now = intake.card.status(tracked.found)
    if now is None:  # pulled after the last byte was read: the copy is whole
        return not intake.card.is_present()
    return tracked.found.same_version(now) and os.path.samestat(now, after)


def _must_be_worth_keeping(intake: Intake, tracked: Tracked, *, staged: StagedCopy) -> None:
    """Raises why it ended early, unless it is what precedes a bad spot on a card that answers."""
    if isinstance(staged.stopped, SourceUnreadable):
        _judge(intake, tracked, error=staged.stopped, size=staged.size)
    if staged.stopped and not (staged.size and isinstance(staged.stopped, SourceUnreadable)):
        raise staged.stopped


def _judge(intake: Intake, tracked: Tracked, *, error: SourceUnreadable, size: int = 0) -> None:
    """Whether a read error is the file's own: then it returns.

    A card that was pulled goes on giving what is cached, and answers the rest with read errors.
    Raises `CardGone`, or `CardSilent` where the card gives nothing at all, or may not: after some
    tries the file is given up all the same, and what is put on record waits for the end. A card
    that gives nothing is waited for as long as it is docked; in one shot, where somebody waits,
    not for ever by turns of silence and answers.
    """
    tracked.is_judged = True
    if isinstance(error.__cause__, PermissionError):
        return
    answer = intake.card_answers(*([tracked.found] if size else []))
    if answer:
        return
    if not intake.card.is_present():  # a pulled card answers with a read error first
        raise CardGone("Card went while it was read") from error
    tracked.unanswered += 1
    tried = tracked.unanswered >= intake.station.settings.attempts
    if answer is not None and not (tried and intake.once):  # it answered between the tries
        intake.falls_silent()
        raise CardSilent("Card does not answer") from error
    if not tried:
        raise CardSilent("Nobody can tell whether the card answers") from error
    intake.unsure.append((tracked, error))


def _seal(intake: Intake, tracked: Tracked, *, staged: StagedCopy, stored: Stored) -> None:
    station = intake.station
    facts = sighting_facts(intake, tracked, stored=stored, partial=staged.stopped is not None)
    key = station.recognition_key(intake.opened.place.identity.card, tracked.found)
    if staged.stopped is not None:
        key = f"partial:{key}"  # a partial copy must never be recognised as the file
    sealing = Sealing(tracked.line, staged, stored, facts, key)
    sighting_id, entry = acts.seal(station, intake.opened, sealing=sealing)
    with intake.lock:
        if intake.last_entry is None or intake.last_entry[0] < entry.seq:
            intake.last_entry = (entry.seq, entry.canonical().decode())
        if staged.stopped is None:
            basis = SafeBasis.SEALED
            tracked.safe = SafeFile(
                tracked.line.path, stored.sha256, stored.size, sighting_id, basis
            )
            tracked.state, tracked.code = FileState.SAFE, ""
        intake.has_progressed()
    intake.count_safe(tracked)
    for label in sorted(_WORTH_TELLING.intersection(facts.labels)):
        intake.tell(f"FILE_{label}", tracked)


def sighting_facts(
    intake: Intake, tracked: Tracked, *, stored: Stored, partial: bool
) -> SightingFacts:
    """What name, container and file times claim, each kept apart; nothing is corrected."""
    container = _container_time(tracked, stored, vault=intake.station.site.vault)
    file_time = _file_time(tracked.found.mtime_ns)
    labels = _labels(tracked, stored, partial=partial)
    claimed = [time for time in (tracked.name.claimed_time, container.text, file_time) if time]
    latest = time_text(intake.opened.opened_at + _ZONES)
    if not claimed or any(not _ABSURD_BEFORE <= time <= latest for time in claimed):
        labels = (*labels, Label.TIME_ABSURD)
    return SightingFacts(
        kind=tracked.name.kind,
        labels=tuple(label.value for label in labels),
        priority=tracked.priority,
        mtime_ns=tracked.found.mtime_ns,
        name_time=tracked.name.claimed_time,
        container_time=container.text,
        container_zone=container.zone.value,
        file_time=file_time,
    )


def _labels(tracked: Tracked, stored: Stored, *, partial: bool) -> tuple[Label, ...]:
    wanted = (
        (tracked.name.important, Label.IMPORTANT),
        (stored.size == 0, Label.EMPTY),
        (partial, Label.PARTIAL),
        (tracked.name.make == UNKNOWN, Label.UNKNOWN_NAME),
        (tracked.name.odd_name, Label.ODD_NAME),
    )
    return tuple(label for holds, label in wanted if holds)


def _container_time(tracked: Tracked, stored: Stored, *, vault: Vault) -> ContainerTime:
    if tracked.name.kind not in _MEDIA:
        return claimed_time(lambda _offset, _length: b"", 0)
    with (
        vault.open(stored.sha256) as original,
        storage_trouble("Reading the container", original.fileno()),
    ):

        def read(offset: int, length: int) -> bytes:
            original.seek(offset)
            return original.read(length)

        return claimed_time(read, stored.size)


def _file_time(mtime_ns: int) -> str | None:
    try:
        return time_text(datetime.fromtimestamp(mtime_ns // 1_000_000_000, UTC))
    except (OverflowError, ValueError, OSError):
        return None


def _progress(intake: Intake) -> Progress:
    def copied(count: int) -> None:
        intake.station.board.count(intake.key, count)
        intake.station.turns.took(intake.key, count)

    return copied


def _ignore(_count: int) -> None:
    """Read-back has no bar of its own."""


def _show_copying(intake: Intake, tracked: Tracked) -> None:
    tracked.state = FileState.COPYING
    quiet = tracked.safe is not None  # read again though it is known: nobody has to wait for it

    def apply(view: DockView) -> DockView:
        state = view.state if quiet else DockState.COPYING
        return replace(view, state=state, current=tracked.shown)

    intake.station.board.change(intake.key, apply)


def _wait_again(intake: Intake, tracked: Tracked) -> None:
    """The file is still being written: it settles anew, for ever if need be."""
    tracked.state = FileState.STILL_WRITING
    intake.settler.unsettle(tracked.found, intake.station.monotonic())
    intake.tell("STILL_WRITING", tracked)
    intake.refresh()


def _wait_for_answer(intake: Intake, tracked: Tracked) -> None:
    """Nothing is said of this file yet: it may be sound, and the card out."""
    tracked.state = FileState.LISTED
    tracked.not_before = intake.station.monotonic() + intake.station.settings.retry_seconds
    intake.refresh()


def _postpone(
    intake: Intake, tracked: Tracked, *, error: EnvironmentTrouble, state: DockState
) -> None:
    """Tries again later, each time after a longer pause; one shot waits for room, and not long."""
    now = intake.station.monotonic()
    tracked.code, tracked.facts = error.code, error.facts
    tracked.postponed += 1
    tracked.waits_since = tracked.waits_since or now
    about = tracked if isinstance(error, StorageFailed) else None  # else it is not this file's
    intake.tell(error.code, about, **error.facts)
    if intake.once and not intake.may_wait(error, since=tracked.waits_since):
        tracked.state = FileState.FAILED
        intake.changed = True
    else:
        tracked.state = FileState.LISTED
        pauses = min(2 ** (tracked.postponed - 1), _LONGEST_PAUSE)
        tracked.not_before = now + pauses * intake.station.settings.retry_seconds
    intake.refresh(state)


def _fail(intake: Intake, tracked: Tracked, *, error: CardTrouble) -> None:
    """The card does not give the file: said, put on record, and the rest goes on."""
    tracked.state, tracked.code, tracked.facts = FileState.FAILED, error.code, error.facts
    tracked.is_unread = isinstance(error, SourceUnreadable) and not error.facts.get("offset")
    if all(unsure is not tracked for unsure, _ in intake.unsure):
        about = About(intake.session_id, path=tracked.path)
        intake.observe(error.code, about=about, facts=error.facts)
    intake.tell(error.code, tracked, **error.facts)
    intake.has_progressed()
    intake.refresh()
