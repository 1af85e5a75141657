"""From dock to receipt: the one road every card takes. Read this file first.

Holds always: the card's inventory is signed before its first byte is copied; a file is safe only
after `ingest.taking` sealed it; the receipt comes last, from `ingest.concluding`. Whatever fails,
the card still holds the file, and the next docking starts again by itself.

1. open      the session is on record (`ingest.acts.open_session`)
2. list      everything on the card, by descriptor, links never followed (`ingest.card`)
3. enlist    new and changed files into a signed inventory (`ingest.session`)
4. settle    what still changes or is held open waits (`ingest.settle`)
5. take      copy and hash in one read, fsync, read back, seal (`ingest.taking`)
6. conclude  claims, gaps, checkpoint, receipt (`ingest.concluding`)
7. recheck   files recognised from earlier dockings are read again, when nobody waits
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from evidence.errors import CardGone, CardSilent, CommitUnknown, EnvironmentTrouble
from evidence.vocabulary import DockState, FileState, SourceKind
from ingest import acts
from ingest.acts import About, DockPlace
from ingest.card import Card, Listing
from ingest.concluding import conclude
from ingest.leases import release
from ingest.session import Intake, Tracked
from ingest.settle import Settler
from ingest.station import Station
from ingest.taking import take

_ENDS_BY_ITSELF = frozenset({SourceKind.ONE_SHOT, SourceKind.DROP_FOLDER, SourceKind.DEVICE})
_RECHECK_AT_ONCE = 8
_SHORTEST_PAUSE = 0.02


@dataclass(frozen=True)
class DockHandle:
    """How the caller names a dock on the board, wakes it, and lets its card go."""

    key: str
    wake: threading.Event
    let_go: Callable[[], None]


def take_card(station: Station, card: Card, *, place: DockPlace, handle: DockHandle) -> Intake:
    """Takes a card until it is gone, the service stops, or its kind of source is done.

    Raises `EnvironmentTrouble` where even the first entry cannot be written, and `CommitUnknown`
    where a new session must begin. Where the site stops working midway in a one-shot run, the
    session ends, and `Intake.trouble` says why.
    """
    opened = acts.open_session(station, place)
    settler = Settler(station.settings.settle_seconds)
    once = place.source == SourceKind.ONE_SHOT
    intake = Intake(station, card, opened, handle.key, settler, once, wake=handle.wake)
    station.board.change(handle.key, lambda view: replace(view, session_id=opened.session_id))
    if place.is_unreplayed:
        intake.observe("JOURNAL_NOT_REPLAYED", about=About(opened.session_id), facts={})
        intake.tell("JOURNAL_NOT_REPLAYED")
    try:
        _take_until_over(intake, handle)
    except EnvironmentTrouble as error:
        if not intake.once:
            raise
        intake.trouble = error
    finally:
        _give_back(intake)
    _show_interrupted(intake)
    return intake


def _take_until_over(intake: Intake, handle: DockHandle) -> None:
    try:
        while not intake.station.stop.is_set() and not _is_over(intake):
            _unless_trouble(intake, lambda: _round(intake, handle))
            if not _is_over(intake):
                _rest(intake, handle)
    except CardGone:
        while not _unless_trouble(intake, lambda: _card_is_gone(intake)):
            pass
    except CardSilent:
        while not _unless_trouble(intake, lambda: _give_silent_card_up(intake)):
            pass


def _rest(intake: Intake, handle: DockHandle) -> None:
    """Until the next look; a card that may leave is not held on to meanwhile."""
    pause = _pause(intake)
    if pause and _may_leave(intake) and not intake.changed:
        intake.card.rest()
    handle.wake.wait(pause)
    handle.wake.clear()


def _show_interrupted(intake: Intake) -> None:
    """Nothing runs any more where the service stopped: no state that asks to wait may stay."""
    gone = intake.station.board.get(intake.key).state == DockState.CARD_GONE
    if intake.station.stop.is_set() and not gone and not _may_leave(intake):
        intake.refresh(DockState.INTERRUPTED)


def _unless_trouble(intake: Intake, work: Callable[[], None]) -> bool:
    """Whether to go on: trouble of the site is shown, and the caller is to try again (False).

    True too where the service stops. In one shot it is raised, at once or, where room is short, in
    a while: somebody waits for the answer. So is an act of which nobody knows whether it is on
    record: only a new session looks that up.
    """
    try:
        work()
    except CommitUnknown:
        raise
    except EnvironmentTrouble as error:
        intake.waits_since = intake.waits_since or intake.station.monotonic()
        if intake.once and not intake.may_wait(error, since=intake.waits_since):
            raise
        intake.tell(error.code, None, **error.facts)
        intake.refresh(DockState.STORAGE_TROUBLE)
        return intake.station.stop.wait(intake.station.settings.retry_seconds)
    if intake.waits_since is not None:
        intake.waits_since = None
        intake.refresh()
    return True


def _round(intake: Intake, handle: DockHandle) -> None:
    """One look at the card and everything that can be done about it now."""
    listing = intake.card.list()
    if _is_silent(intake, listing):
        if intake.is_out_of_patience_with_silence():
            raise CardSilent("Card does not answer")
        return
    intake.enlist(listing)
    ready = intake.restate(intake.ready(intake.station.monotonic()))
    if not intake.is_done and _may_leave(intake):
        intake.refresh(DockState.SETTLING)  # something came: the word is taken back at once
    _take_all(intake, ready)
    intake.pay()
    if intake.once:
        intake.give_up_waiting()
    if not intake.is_done:
        intake.refresh(_waiting_state(intake))
    elif intake.changed:
        if _is_quiet(intake):
            _finish(intake, handle)
    else:
        if not _may_leave(intake):
            intake.refresh(_may_leave_state(intake))  # trouble of the site has passed
        if _rechecks(intake):
            _recheck(intake)


def _is_silent(intake: Intake, listing: Listing) -> bool:
    """Whether the card, which lists what is cached, gives nothing: nothing is noted of it then."""
    unread = {item.path for item in listing.passed_over if item.is_unread}
    known = set() if intake.listing is None else {item.path for item in intake.listing.passed_over}
    if intake.silent_since is None and unread <= known:
        return False
    if intake.card_answers() is False:
        if not intake.card.is_present():
            raise CardGone("Card is no longer at its place")
        intake.falls_silent()
        return True
    intake.silent_since = None
    intake.refresh()
    return False


def _may_leave(intake: Intake) -> bool:
    """Whether people are told now that they may take the card away."""
    return intake.station.board.get(intake.key).may_leave


def _take_all(intake: Intake, files: Sequence[Tracked]) -> None:
    """Takes files in order; while one is read back, the next is copied."""
    with ThreadPoolExecutor(intake.station.settings.per_card, "copy") as pool:
        for done in [pool.submit(_take_unless_over, intake, tracked) for tracked in files]:
            done.result()


def _take_unless_over(intake: Intake, tracked: Tracked) -> None:
    is_out = intake.gone.is_set() or intake.silent_since is not None
    if intake.station.stop.is_set() or is_out:
        return
    try:
        take(intake, tracked)
    except CardGone:
        intake.gone.set()
        raise


def _finish(intake: Intake, handle: DockHandle) -> None:
    """The receipt, if there is a file; a card we mounted is unmounted; then people may leave."""
    if intake.station.stop.is_set():
        return
    if _is_empty(intake):
        intake.changed = False  # no receipt: a promise over nothing could be taken for one over all
    else:
        _say_unsure(intake)
        conclude(intake)
    if intake.opened.place.source == SourceKind.DEVICE:
        handle.let_go()
    intake.refresh(_may_leave_state(intake))


def _may_leave_state(intake: Intake) -> DockState:
    """Which of the states that let people leave is true now."""
    if _is_empty(intake):
        return DockState.EMPTY_CARD
    if _is_nothing_read(intake):
        return DockState.NO_ANSWER
    if intake.unsafe_files():
        return DockState.INCOMPLETE
    return DockState.NEW_SAFE if intake.recheckable() else DockState.SAFE


def _is_nothing_read(intake: Intake) -> bool:
    """Whether not one byte of any file could be read: the card may be at fault."""
    return bool(intake.tracked) and all(t.is_unread for t in intake.tracked.values())


def _say_unsure(intake: Intake) -> None:
    """Puts on record what nobody was sure of: each bad file, or once that none can be read."""
    if _is_nothing_read(intake) and "NOTHING_READ" not in intake.reported:
        intake.reported.add("NOTHING_READ")
        files = len(intake.tracked)
        intake.observe("NOTHING_READ", about=About(intake.session_id), facts={"files": files})
        intake.tell("NOTHING_READ", None, files=files)
    elif not _is_nothing_read(intake):
        for tracked, error in intake.unsure:
            about = About(intake.session_id, path=tracked.path)
            intake.observe(error.code, about=about, facts=error.facts)
        intake.unsure.clear()


def _is_empty(intake: Intake) -> bool:
    """Whether there never was a file to take, nor a folder that might hold one unseen."""
    return not intake.all() and not intake.unread


def _rechecks(intake: Intake) -> bool:
    """Whether known files of this card are still to be read again; concludes after the last."""
    if not intake.station.settings.recheck or intake.opened.place.source != SourceKind.MOUNT:
        return False
    if intake.recheckable():
        return True
    if intake.rechecked:
        intake.changed = True  # the next round issues a receipt that says SEALED for them
    return False


def _recheck(intake: Intake) -> None:
    """Reads some known files again, though people may leave at any moment."""
    batch = sorted(intake.recheckable(), key=lambda tracked: tracked.order)[:_RECHECK_AT_ONCE]
    _take_all(intake, batch)
    intake.changed = False
    intake.rechecked = True
    intake.refresh()


def _is_over(intake: Intake) -> bool:
    told = intake.receipts > 0 or (_is_empty(intake) and not intake.changed)
    return intake.opened.place.source in _ENDS_BY_ITSELF and told


def _is_quiet(intake: Intake) -> bool:
    """Whether a drop folder has rested long enough for its session to end; cards need not."""
    if intake.opened.place.source != SourceKind.DROP_FOLDER:
        return True
    rested = intake.station.monotonic() - intake.last_change
    return rested >= intake.station.settings.quiet_seconds


def _waiting_state(intake: Intake) -> DockState | None:
    """What to show while not everything is done; None keeps what a failure put there."""
    states = {tracked.state for tracked in intake.tracked.values() if not tracked.is_done}
    if states == {FileState.STILL_WRITING}:
        return DockState.SETTLING
    return None


def _pause(intake: Intake) -> float:
    """Seconds until the next look."""
    settings = intake.station.settings
    if intake.is_done and not intake.changed:
        return 0.0 if _rechecks(intake) else settings.poll_seconds
    waiting = any(t.state == FileState.STILL_WRITING for t in intake.tracked.values())
    pause = settings.settle_seconds / 2 if waiting else settings.poll_seconds / 2
    return max(_SHORTEST_PAUSE, min(pause, settings.poll_seconds))


def _card_is_gone(intake: Intake) -> None:
    """The card went: what is not safe is still on it, and a receipt says which is which."""
    if intake.station.stop.is_set():
        return
    may_leave = intake.is_done and not intake.changed  # that was said
    if intake.unsafe_files() and not may_leave and "CARD_REMOVED_EARLY" not in intake.reported:
        intake.reported.add("CARD_REMOVED_EARLY")
        facts = {"safe": len(intake.safe_files()), "files": len(intake.all())}
        intake.observe("CARD_REMOVED_EARLY", about=About(intake.session_id), facts=facts)
        intake.tell("CARD_REMOVED_EARLY", None, **facts)
    intake.pay()
    if intake.changed and intake.all():
        conclude(intake)
    intake.refresh(DockState.CARD_GONE)


def _give_silent_card_up(intake: Intake) -> None:
    """In one shot, somebody waits for the answer: what is safe, and that the rest is not."""
    if "CARD_SILENT" not in intake.reported:
        intake.reported.add("CARD_SILENT")
        facts = {"safe": len(intake.safe_files()), "files": len(intake.all())}
        intake.observe("CARD_SILENT", about=About(intake.session_id), facts=facts)
    intake.pay()
    if intake.changed and intake.all():
        conclude(intake)
    intake.refresh(DockState.NO_ANSWER)


def _give_back(intake: Intake) -> None:
    intake.station.turns.forget(intake.key)
    if not intake.once:
        release_recorder(intake)


def release_recorder(intake: Intake) -> None:
    """Gives the claim on the recorder's number back, if this session made one."""
    if intake.recorder is not None:
        release(intake.station, f"recorder/{intake.recorder}", detail=intake.session_id)
